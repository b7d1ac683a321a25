//! The columns of an appeal's ledger as a file, and what programs are told of them: Table Schema (`datapackage.json`) and CSVW.
//!
//! Most readers take `08` and `00008` for the number 8, and two chapters become one; the descriptions say which columns
//! are text. Numbers are plain whole numbers, without signs between the digits.

use serde_json::{Value, json};

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    Text,
    Whole,
    Day,
}

/// A column of the file.
#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    pub holds: Holds,
    /// Never empty.
    pub always: bool,
    pub vi: &'static str,
    pub en: &'static str,
}

const fn column(name: &'static str, holds: Holds, always: bool, vi: &'static str, en: &'static str) -> Column {
    Column { name, holds, always, vi, en }
}

/// In the order of the file. New ones come at the end: others count columns. With `amount_vnd` (received) and `carried_vnd`
/// (opened) there is one for each term of the equation but what is left.
pub const COLUMNS: [Column; 29] = [
    column("log_index", Holds::Whole, true, "Vị trí trong sổ niêm phong, từ 0", "Place in the public log, from 0"),
    column("code", Holds::Text, true, "Mã công khai của bút toán", "Public code of the entry"),
    column("kind", Holds::Text, true, "Loại bút toán", "Kind of entry"),
    column("day", Holds::Day, true, "Ngày nhận, giờ Việt Nam", "Day received, in Vietnam"),
    column("booked_on", Holds::Day, true, "Ngày vào sổ, giờ Việt Nam", "Day booked, in Vietnam"),
    column(
        "channel",
        Holds::Text,
        false,
        "Hình thức nhận; trống khi không phải khoản nhận",
        "How it came; empty for what was not received",
    ),
    column(
        "chapter",
        Holds::Text,
        true,
        "Mã đơn vị: chữ, giữ nguyên số 0 ở đầu (00008 và 08 là hai đơn vị)",
        "Code of the chapter: text, with its leading zeros (00008 and 08 are two chapters)",
    ),
    column(
        "province",
        Holds::Text,
        false,
        "Mã tỉnh: chữ, giữ nguyên số 0 ở đầu; trống với Trung ương",
        "Code of the province: text, with its leading zeros; empty for the centre",
    ),
    column("fund", Holds::Text, true, "Quỹ", "Fund"),
    column(
        "amount_vnd",
        Holds::Whole,
        true,
        "Số đồng đã nhận, nguyên; âm ở bút toán hủy",
        "Đồng received, whole; negative in a reversal",
    ),
    column(
        "giver",
        Holds::Text,
        false,
        "Người ủng hộ, theo cách họ chọn; trống khi ẩn danh",
        "The giver in the form the giver chose; empty for anonymous",
    ),
    column(
        "goods",
        Holds::Text,
        false,
        "Hiện vật: mã hiện vật, số lượng, đơn vị tính, cách nhau bằng dấu chấm phẩy; âm ở bút toán hủy",
        "Goods: item, quantity, unit, parted by semicolons; negative in a reversal",
    ),
    column("message_count", Holds::Whole, false, "Số tin nhắn hay giao dịch gộp lại", "Messages or payments in one sum"),
    column("reverses", Holds::Text, false, "Mã bút toán bị dòng này hủy", "Code of the entry that this one reverses"),
    column(
        "reason",
        Holds::Text,
        false,
        "Lý do hủy hay điều chỉnh",
        "Why it reverses another, or why stock or cash was adjusted",
    ),
    column(
        "leaf_hash",
        Holds::Text,
        true,
        "SHA-256 của lá trong sổ niêm phong, 64 chữ số hệ 16",
        "SHA-256 of the leaf in the public log, 64 hexadecimal digits",
    ),
    column(
        "carried_vnd",
        Holds::Whole,
        true,
        "Số đồng chuyển từ sổ cũ sang, nguyên; 0 ở mọi dòng khác",
        "Đồng carried over from old books, whole; 0 in all other rows",
    ),
    measure("other_income_vnd", "Số đồng thu khác", "Đồng of other income"),
    measure(
        "released_vnd",
        "Số đồng chuyển từ quỹ khác sang; âm khi chuyển đi",
        "Đồng that came from other funds; negative when they went",
    ),
    measure("taken_over_vnd", "Số đồng nhận từ đơn vị khác", "Đồng taken over from other chapters"),
    measure(
        "sent_vnd",
        "Số đồng chuyển cho đơn vị khác; âm khi được trả lại",
        "Đồng sent to other chapters; negative when they came back",
    ),
    measure("handed_out_vnd", "Số đồng đã trao theo danh sách", "Đồng handed out by lists"),
    measure("paid_vnd", "Số đồng đã chi", "Đồng paid"),
    measure("refunded_vnd", "Số đồng hoàn trả người ủng hộ", "Đồng given back to givers"),
    measure("lost_vnd", "Số đồng hao hụt, mất mát; âm khi tìm lại được", "Đồng lost; negative when they were found"),
    column(
        "of",
        Holds::Text,
        false,
        "Mã bút toán được nói đến (khoản chuyển, khoản ủng hộ được hoàn trả, khoản tạm ứng)",
        "Code of the entry it is about (a transfer, a refunded gift, an advance)",
    ),
    column(
        "to",
        Holds::Text,
        false,
        "Mã đơn vị được chuyển đến: chữ, giữ nguyên số 0 ở đầu",
        "Code of the chapter it goes to: text, with its leading zeros",
    ),
    column("category", Holds::Text, false, "Mã mục chi, mục thu", "What it was spent on or came from, as a code"),
    column(
        "counts_in",
        Holds::Text,
        false,
        "Tháng được tính vào (2026-12), khi ghi sau khi khóa sổ tháng của ngày nhận; trống ở mọi dòng khác",
        "The month in which it counts (2026-12), where it came when the month of its day was closed; empty in all other rows",
    ),
];

/// A term of the equation that is neither received nor carried over.
const fn measure(name: &'static str, vi: &'static str, en: &'static str) -> Column {
    column(name, Holds::Whole, true, vi, en)
}

/// Of which ledger, for its description.
pub struct Described<'a> {
    pub code: &'a str,
    pub title: &'a str,
}

/// Frictionless Table Schema.
pub fn table_schema() -> Value {
    let field = |column: &Column| {
        let kind = match column.holds {
            Holds::Text => "string",
            Holds::Whole => "integer",
            Holds::Day => "date",
        };
        let mut field = json!({"name": column.name, "type": kind, "title": column.vi, "description": column.en});
        if column.always {
            field["constraints"] = json!({"required": true});
        }
        if column.name == "code" {
            field["constraints"]["unique"] = json!(true);
        }
        field
    };
    // An empty field is the only one that says nothing: somebody may well be called NA.
    json!({"fields": COLUMNS.iter().map(field).collect::<Vec<_>>(), "missingValues": [""], "primaryKey": ["code"]})
}

/// Frictionless Data Package: the file beside it, and its schema.
pub fn data_package(of: &Described<'_>) -> Value {
    json!({
        "profile": "tabular-data-package",
        // Names of packages have no capitals.
        "name": format!("ledger-{}", of.code.to_lowercase()),
        "title": of.title,
        "resources": [{
            "profile": "tabular-data-resource",
            "name": "ledger",
            "path": "ledger.csv",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "dialect": {"delimiter": ",", "quoteChar": "\"", "doubleQuote": true, "lineTerminator": "\r\n", "header": true},
            "schema": table_schema(),
        }],
    })
}

/// CSVW metadata (W3C): what `ledger.csv-metadata.json` beside a `ledger.csv` is looked for as.
pub fn csvw(of: &Described<'_>) -> Value {
    let column = |column: &Column| {
        let datatype = match column.holds {
            Holds::Text => json!("string"),
            Holds::Whole => json!("integer"),
            Holds::Day => json!({"base": "date", "format": "yyyy-MM-dd"}),
        };
        json!({"name": column.name, "titles": column.name, "datatype": datatype, "required": column.always,
               "dc:title": {"@value": column.vi, "@language": "vi"}, "dc:description": {"@value": column.en, "@language": "en"}})
    };
    json!({
        "@context": "http://www.w3.org/ns/csvw",
        "url": "ledger.csv",
        "dc:title": {"@value": of.title, "@language": "vi"},
        "dialect": {"encoding": "utf-8", "delimiter": ",", "quoteChar": "\"", "doubleQuote": true, "header": true,
                    "lineTerminators": ["\r\n", "\n"]},
        "tableSchema": {"columns": COLUMNS.iter().map(column).collect::<Vec<_>>(), "primaryKey": "code"},
    })
}
