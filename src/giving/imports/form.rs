//! The form of a list of gifts, and its rows as gifts. Pure.

use chrono::NaiveDate;
use sheets::{Column, Fault, Form, Holds, Limits, Listed, Read, Refused, Row};
use uuid::Uuid;

use crate::basics::text::meant;
use crate::giving::display::Display;
use crate::giving::gift_in::{GiftIn, GiverIn, LineIn, QuantityIn, Valuation};
use crate::http::FieldError;
use crate::ledger::kinds::Channel;
use crate::parties::PartyKind;
use crate::stock;

/// Most rows of a list.
pub const MOST_ROWS: usize = 10_000;

const CHANNELS: Holds = Holds::Choice(&[
    ("CASH", "Tiền mặt", "Cash"),
    ("BANK_TRANSFER", "Chuyển khoản", "Bank transfer"),
    ("IN_KIND", "Hiện vật", "In kind"),
]);
const VALUATIONS: Holds = Holds::Choice(&[
    ("DONOR_STATED", "Người ủng hộ kê khai", "Stated by the giver"),
    ("INVOICE", "Hóa đơn", "Invoice"),
    ("MARKET_PRICE", "Giá thị trường", "Market price"),
    ("PRICE_LIST", "Bảng giá", "Price list"),
]);
const KINDS: Holds = Holds::Choice(&[
    ("PERSON", "Cá nhân", "Person"),
    ("ORGANISATION", "Tổ chức", "Organisation"),
    ("HOUSEHOLD_BUSINESS", "Hộ kinh doanh", "Household business"),
]);
const DISPLAYS: Holds = Holds::Choice(&[
    ("ANONYMOUS", "Ẩn danh", "Anonymous"),
    ("MASKED", "Viết tắt tên", "Initials"),
    ("FULL_NAME", "Hiện đầy đủ tên", "Full name"),
]);

/// Money, or goods of one kind a row: several kinds from one giver are several rows, and several gifts. Sums of many messages have no
/// giver and are typed by themselves.
pub static FORM: Form = Form {
    title_vi: "Danh sách khoản ủng hộ",
    title_en: "List of gifts",
    columns: &[
        Column {
            name: "received_on",
            vi: "Ngày nhận",
            en: "Received on",
            also: &["Ngày", "Ngày ủng hộ", "Ngày tháng"],
            holds: Holds::Day,
            required: true,
            note_vi: "Ngày nhận tiền, theo thứ tự ngày/tháng/năm. Không ở tương lai.",
            note_en: "The day the money was received, day/month/year. Not in the future.",
            example: "25/11/2026",
        },
        Column {
            name: "amount_vnd",
            vi: "Số tiền",
            en: "Amount",
            also: &["Số tiền ủng hộ", "Thành tiền"],
            holds: Holds::Amount,
            required: true,
            note_vi: "Số đồng nguyên, viết đủ các số 0: 500000 hoặc 500.000; của hiện vật là giá trị. Dòng \"Tổng cộng\" ở cuối được đối chiếu.",
            note_en: "Whole đồng with all zeros: 500000 or 500.000; of goods what they are worth. A line \"Tổng cộng\" at the end is compared.",
            example: "500.000",
        },
        Column {
            name: "channel",
            vi: "Hình thức",
            en: "Channel",
            also: &["Hình thức ủng hộ", "Kênh"],
            holds: CHANNELS,
            required: false,
            note_vi: "Tiền mặt, Chuyển khoản hoặc Hiện vật; để trống là tiền mặt, hoặc hiện vật nếu dòng có hiện vật.",
            note_en: "Cash, Bank transfer or In kind; when empty cash, or in kind where the row has goods.",
            example: "Tiền mặt",
        },
        Column {
            name: "giver",
            vi: "Họ và tên người ủng hộ",
            en: "Giver",
            also: &["Họ và tên", "Họ tên", "Người ủng hộ", "Tên người ủng hộ", "Tên"],
            holds: Holds::Text,
            required: false,
            note_vi: "Viết bằng Unicode. Để trống nếu không biết là ai.",
            note_en: "In Unicode. Empty for a giver who stays unknown.",
            example: "Nguyễn Văn An",
        },
        Column {
            name: "giver_kind",
            vi: "Loại người ủng hộ",
            en: "Kind of giver",
            also: &["Đối tượng"],
            holds: KINDS,
            required: false,
            note_vi: "Cá nhân, Tổ chức hoặc Hộ kinh doanh; để trống là cá nhân.",
            note_en: "Person, Organisation or Household business; a person when empty.",
            example: "Cá nhân",
        },
        Column {
            name: "phone",
            vi: "Điện thoại",
            en: "Phone",
            also: &["Số điện thoại", "SĐT", "ĐT"],
            holds: Holds::Phone,
            required: false,
            note_vi: "Không bao giờ hiện ra công khai. Số 0 ở đầu bị mất được thêm lại.",
            note_en: "Never public. A zero lost at the beginning is put back.",
            example: "0912345678",
        },
        Column {
            name: "payer_address",
            vi: "Địa chỉ",
            en: "Address",
            also: &[],
            holds: Holds::Text,
            required: false,
            note_vi: "In trên phiếu thu, không công khai.",
            note_en: "Stands on the receipt, never public.",
            example: "Thôn 3, xã Hàm Liêm",
        },
        Column {
            name: "display",
            vi: "Cách hiện tên",
            en: "Name shown as",
            also: &["Hiển thị", "Hiện tên"],
            holds: DISPLAYS,
            required: false,
            note_vi: "Theo lựa chọn của người ủng hộ. Để trống: cá nhân ẩn danh, tổ chức hiện đầy đủ.",
            note_en: "As the giver chose. When empty persons are anonymous and organisations are named.",
            example: "Ẩn danh",
        },
        Column {
            name: "appeal",
            vi: "Mã đợt vận động",
            en: "Appeal",
            also: &["Mã đợt", "Đợt vận động"],
            holds: Holds::Code,
            required: false,
            note_vi: "Để trống: vào quỹ chung của đơn vị.",
            note_en: "When empty it goes to the chapter's general fund.",
            example: "LULUT-2026",
        },
        Column {
            name: "wish",
            vi: "Nguyện vọng",
            en: "Wish",
            also: &["Lời nhắn", "Mục đích ủng hộ"],
            holds: Holds::Text,
            required: false,
            note_vi: "Người ủng hộ mong muốn dùng vào việc gì.",
            note_en: "What the giver wishes it to be used for.",
            example: "Giúp trẻ em vùng lũ",
        },
        Column {
            name: "memo",
            vi: "Nội dung chuyển khoản",
            en: "Memo",
            also: &["Nội dung", "Diễn giải"],
            holds: Holds::Text,
            required: false,
            note_vi: "Nguyên văn; không công khai.",
            note_en: "As it came; never public.",
            example: "UNG HO LULUT2026",
        },
        Column {
            name: "bank_reference",
            vi: "Mã giao dịch ngân hàng",
            en: "Bank reference",
            also: &["Mã giao dịch", "Số tham chiếu", "Số bút toán"],
            holds: Holds::Code,
            required: false,
            note_vi: "Định dạng là Văn bản; không công khai.",
            note_en: "Format it as Text; never public.",
            example: "FT26329000123",
        },
        Column {
            name: "paper_book",
            vi: "Quyển biên lai",
            en: "Slip book",
            also: &["Quyển số"],
            holds: Holds::Code,
            required: false,
            note_vi: "Của biên lai in sẵn, cùng với số; mỗi biên lai một dòng.",
            note_en: "Of a pre-printed slip, with its number; one row a slip.",
            example: "Q12",
        },
        Column {
            name: "paper_no",
            vi: "Số biên lai",
            en: "Slip number",
            also: &["Biên lai số"],
            holds: Holds::Code,
            required: false,
            note_vi: "Cùng với quyển biên lai.",
            note_en: "With the book.",
            example: "000123",
        },
        Column {
            name: "item",
            vi: "Hiện vật",
            en: "Goods",
            also: &["Tên hiện vật", "Mặt hàng", "Tên hàng"],
            holds: Holds::Text,
            required: false,
            note_vi: "Tên hoặc mã trong danh mục hàng, ví dụ Gạo; mỗi dòng một mặt hàng. Để trống nếu là tiền.",
            note_en: "Name or code of the catalogue, such as Rice; one kind a row. Empty for money.",
            example: "Gạo",
        },
        Column {
            name: "quantity",
            vi: "Số lượng",
            en: "Quantity",
            also: &[],
            holds: Holds::Text,
            required: false,
            note_vi: "Của hiện vật. Số lẻ ghi dạng Văn bản với dấu chấm: 12.5; không dấu phân cách hàng nghìn.",
            note_en: "Of the goods. Fractions as Text with a point: 12.5; no thousands separator.",
            example: "100",
        },
        Column {
            name: "unit",
            vi: "Đơn vị tính",
            en: "Unit",
            also: &["ĐVT"],
            holds: Holds::Text,
            required: false,
            note_vi: "Một đơn vị của mặt hàng trong danh mục: kg, thùng, cái…",
            note_en: "One of the units of the goods: kg, box, piece…",
            example: "kg",
        },
        Column {
            name: "valuation",
            vi: "Căn cứ giá trị",
            en: "Valued by",
            also: &["Căn cứ định giá"],
            holds: VALUATIONS,
            required: false,
            note_vi: "Giá trị hiện vật lấy từ đâu; để trống là người ủng hộ kê khai.",
            note_en: "Where the value of the goods comes from; stated by the giver when empty.",
            example: "Giá thị trường",
        },
        Column {
            name: "chapter",
            vi: "Mã đơn vị",
            en: "Chapter",
            also: &[],
            holds: Holds::Chapter,
            required: false,
            note_vi: "Nếu có thì phải đúng mã của đơn vị nhận danh sách.",
            note_en: "If it is there, it must be the code of the chapter the list is sent to.",
            example: "23095",
        },
    ],
    summed: Some("amount_vnd"),
    rows: MOST_ROWS,
};

/// Reads a file as a list of gifts.
pub fn read(bytes: &[u8]) -> Result<Listed, Refused> {
    FORM.read_file(bytes, &Limits::LIST, &meant)
}

/// What a row has in a column.
pub fn value<'a>(row: &'a Row, name: &str) -> Option<&'a Read> {
    FORM.value(row, name)
}

/// The word that a row chose in a column.
pub fn choice(row: &Row, name: &str) -> Option<&'static str> {
    FORM.choice(row, name)
}

pub fn day(row: &Row) -> Option<NaiveDate> {
    if let Some(Read::Day(day)) = value(row, "received_on") { Some(*day) } else { None }
}

pub fn amount(row: &Row) -> Option<i64> {
    if let Some(Read::Whole(amount)) = value(row, "amount_vnd") { Some(*amount) } else { None }
}

/// A row of the form as a gift of a chapter, under an id that it gets later. What is missing stands among the faults already.
pub fn gift(row: &Row, chapter: &str) -> Option<GiftIn> {
    Some(gift_of(row, chapter, day(row)?, amount(row)?))
}

/// The same with a day and a sum of one's own.
pub fn gift_of(row: &Row, chapter: &str, received_on: NaiveDate, amount: i64) -> GiftIn {
    let text = |name: &str| FORM.text(row, name).map(str::to_owned);
    let line = text("item").map(|item| LineIn {
        item: stock::item_called(&item).map_or(item, str::to_owned),
        quantity: QuantityIn::Text(text("quantity").unwrap_or_default()),
        unit: text("unit").map(|unit| stock::unit_called(&unit).map_or(unit, str::to_owned)).unwrap_or_default(),
        value_vnd: amount,
        valuation: choice(row, "valuation").and_then(valuation).unwrap_or(Valuation::DonorStated),
    });
    // Whatever is said of goods makes it goods: those that are not named are a fault, and no money.
    let of_goods = ["item", "quantity", "unit", "valuation"].into_iter().any(|name| value(row, name).is_some());
    let unsaid = if of_goods { Channel::InKind } else { Channel::Cash };
    let kind = choice(row, "giver_kind").and_then(PartyKind::parse).unwrap_or(PartyKind::Person);
    GiftIn {
        id: Uuid::nil(),
        code: None,
        chapter: chapter.to_owned(),
        appeal: text("appeal"),
        channel: choice(row, "channel").and_then(Channel::parse).unwrap_or(unsaid),
        amount_vnd: Some(amount),
        lines: line.into_iter().collect(),
        message_count: None,
        giver: text("giver").map(|name| GiverIn { kind, name, phone: text("phone") }),
        display: choice(row, "display").and_then(Display::parse),
        for_child: false,
        payer_address: text("payer_address"),
        enclosed: None,
        wish: text("wish"),
        memo: text("memo"),
        bank_reference: text("bank_reference"),
        received_on,
        paper_book: text("paper_book"),
        paper_no: text("paper_no"),
        captured_at: None,
        confirmed: false,
    }
}

fn valuation(code: &str) -> Option<Valuation> {
    let all = [Valuation::DonorStated, Valuation::Invoice, Valuation::MarketPrice, Valuation::PriceList];
    all.into_iter().find(|valuation| valuation.name() == code)
}

/// The chapter a row names, if it names one.
pub fn chapter_of(row: &Row) -> Option<&str> {
    FORM.text(row, "chapter")
}

/// A spreadsheet program takes the zeros in front of a code.
pub fn is_code(said: &str, code: &str) -> bool {
    let bare = |code: &str| code.trim_start_matches('0').to_owned();
    said.eq_ignore_ascii_case(code)
        || !bare(said).is_empty() && said.bytes().all(|b| b.is_ascii_digit()) && bare(said) == bare(code)
}

/// A fault of a gift as one of its row.
pub fn fault(row: u32, error: &FieldError) -> Fault {
    let pointer = error.pointer.trim_start_matches('/');
    let name = match pointer {
        "giver/name" => "giver",
        "giver/phone" => "phone",
        "giver/kind" => "giver_kind",
        "lines" | "lines/0/item" => "item",
        "lines/0/quantity" => "quantity",
        "lines/0/unit" => "unit",
        "lines/0/value_vnd" => "amount_vnd",
        other => other,
    };
    let column = FORM.columns.iter().map(|column| column.name).find(|column| *column == name);
    let said = sheets::Said::new(error.detail.vi.to_string(), error.detail.en.to_string());
    Fault { row: Some(row), column, code: error.code, said }
}

/// What a whole file is refused with, as one of the request's body.
pub fn refusal(refused: Refused) -> FieldError {
    FieldError::new("", refused.code, crate::http::Say::new(refused.said.vi, refused.said.en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_headings_are_unambiguous() {
        let mut seen = std::collections::HashSet::new();
        for column in FORM.columns {
            // A column may be called the same in two ways, two columns may not.
            let own: std::collections::HashSet<String> =
                [column.name, column.vi, column.en].iter().chain(column.also).map(|heading| heading.to_lowercase()).collect();
            for heading in own {
                assert!(seen.insert(heading.clone()), "{heading} stands twice");
            }
            assert!(!column.note_vi.is_empty() && !column.note_en.is_empty() && !column.example.is_empty());
        }
    }

    #[test]
    fn every_choice_is_one_of_the_books() {
        for (holds, is) in [
            (CHANNELS, (|code| Channel::parse(code).is_some()) as fn(&str) -> bool),
            (KINDS, |code| PartyKind::parse(code).is_some()),
            (DISPLAYS, |code| Display::parse(code).is_some()),
            (VALUATIONS, |code| valuation(code).is_some()),
        ] {
            let Holds::Choice(choices) = holds else { panic!() };
            assert!(choices.iter().all(|(code, ..)| is(code)), "{choices:?}");
        }
    }

    /// Only codes of chapters have `VN-` in front in files of ours.
    #[test]
    fn names_keep_what_they_begin_with() {
        let csv = "Ngày;Số tiền;Mã giao dịch;Quyển biên lai;Số biên lai;Mã đợt;Mã đơn vị\n1/11/2026;5000;VN-2026-1;VN-77;VN-1;VN-LULUT;VN-23095\n";
        let row = &read(csv.as_bytes()).unwrap().rows[0];
        let gift = gift(row, "23095").unwrap();
        let kept = [gift.bank_reference, gift.paper_book, gift.paper_no, gift.appeal].map(Option::unwrap);
        assert_eq!(
            (kept.each_ref().map(String::as_str), chapter_of(row)),
            (["VN-2026-1", "VN-77", "VN-1", "VN-LULUT"], Some("23095"))
        );
    }

    #[test]
    fn a_code_may_have_lost_its_zeros() {
        assert!(
            is_code("8", "00008") && is_code("TW", "TW") && is_code("tw", "TW") && !is_code("8", "08001") && !is_code("", "0")
        );
    }
}
