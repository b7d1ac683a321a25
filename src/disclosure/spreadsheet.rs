//! The second form of an appeal's ledger: for people who open it in a spreadsheet.
//!
//! Names stand beside codes, and codes of digits carry `VN-` in front: a spreadsheet takes `08` and `00008` for the number 8, cell
//! by cell, and two chapters become one. Programs read the first form.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use sheets::harmless;

use super::csv_rows::Shown;
use super::labels::{self, Categories};
use crate::basics::hex;
use crate::chapters::store as chapters;
use crate::db::DbError;
use crate::http::Lang;
use crate::ledger::measures::Measure;
use crate::ledger::public;
use crate::{log, stock};

/// The names of the columns: what people call them, and what the first form does.
const HEADER: [&str; 39] = [
    "Vị trí trong sổ niêm phong, từ 0 (log_index)",
    "Mã bút toán (code)",
    "Mã loại (kind)",
    "Loại bút toán",
    "Ngày nhận (day)",
    "Ngày vào sổ (booked_on)",
    "Mã hình thức (channel)",
    "Hình thức",
    "Mã đơn vị (chapter)",
    "Đơn vị",
    "Mã tỉnh (province)",
    "Tỉnh, thành",
    "Quỹ (fund)",
    "Số đồng đã nhận (amount_vnd)",
    "Số đồng chuyển từ sổ cũ (carried_vnd)",
    "Người ủng hộ (giver)",
    "Mã hiện vật (goods)",
    "Hiện vật",
    "Số tin nhắn (message_count)",
    "Hủy bút toán (reverses)",
    "Mã lý do (reason)",
    "Lý do hủy",
    "Đã bị hủy bởi (reversed_by)",
    "Giá trị hiện vật từng dòng, đồng",
    "Mã băm (leaf_hash)",
    "Số đồng thu khác (other_income_vnd)",
    "Số đồng chuyển từ quỹ khác (released_vnd)",
    "Số đồng nhận từ đơn vị khác (taken_over_vnd)",
    "Số đồng chuyển cho đơn vị khác (sent_vnd)",
    "Số đồng đã trao (handed_out_vnd)",
    "Số đồng đã chi (paid_vnd)",
    "Số đồng hoàn trả (refunded_vnd)",
    "Số đồng hao hụt (lost_vnd)",
    "Về bút toán (of)",
    "Mã đơn vị được chuyển đến (to)",
    "Đơn vị được chuyển đến",
    "Mã mục chi, thu (category)",
    "Mục chi, thu",
    "Ghi sau khi khóa sổ, tính vào tháng (counts_in)",
];

/// The first line, without its mark.
pub fn header() -> Vec<String> {
    HEADER.iter().map(|name| (*name).to_owned()).collect()
}

/// What a page of entries needs beside itself, read once.
pub struct Names {
    chapters: HashMap<String, String>,
    items: HashMap<String, String>,
    reversals: HashMap<String, String>,
    categories: Categories,
}

impl Names {
    /// Of entries in a log of this size: a later reversal is not of the file's moment.
    pub fn read(conn: &mut PgConnection, entries: &[Shown], size: i64) -> Result<Self, DbError> {
        let codes: Vec<&str> = entries.iter().map(|shown| shown.row.code.as_str()).collect();
        let mut places: Vec<&str> = entries
            .iter()
            .flat_map(|shown| {
                let to = shown.detail.as_ref().and_then(|detail| detail.to_chapter.as_deref());
                [Some(shown.row.chapter.as_str()), shown.row.province.as_deref(), to]
            })
            .flatten()
            .collect();
        let mut items: Vec<&str> = entries.iter().flat_map(|shown| &shown.goods).map(|goods| goods.item.as_str()).collect();
        for list in [&mut places, &mut items] {
            list.sort_unstable();
            list.dedup();
        }
        let coded = entries.iter().filter_map(|shown| shown.detail.as_ref()?.category.as_deref());
        let categories = Categories::read(conn, coded)?;
        let items = if items.is_empty() { HashMap::new() } else { stock::items(conn, &items)? };
        let mut reversals = public::reversals_of(conn, &codes)?;
        let indices = log::store::indices_of(conn, &reversals.values().map(String::as_str).collect::<Vec<_>>())?;
        reversals.retain(|_, by| indices.get(by).is_some_and(|index| *index < size));
        Ok(Self {
            chapters: chapters::names(conn, &places)?,
            items: items.into_iter().map(|(code, item)| (code, item.name)).collect(),
            reversals,
            categories,
        })
    }
}

/// A code as a cell that nothing takes for a number.
fn code(code: &str) -> String {
    if code.starts_with(|c: char| c.is_ascii_digit()) { format!("VN-{code}") } else { code.to_owned() }
}

/// A name that a spreadsheet would change (`1/2`, `0123`, `12E45`) is kept as it is by an apostrophe.
fn name(text: Option<String>) -> String {
    let text = text.map(|text| harmless(&text)).unwrap_or_default();
    if text.starts_with(|c: char| c.is_ascii_digit()) { format!("'{text}") } else { text }
}

/// A month as a cell that nothing takes for a day.
fn in_words(month: &str) -> String {
    month.split_once('-').map_or_else(|| month.to_owned(), |(year, month)| format!("tháng {month}/{year}"))
}

/// A row.
pub fn record(shown: Shown, names: &Names) -> Vec<String> {
    let (received, carried) = (shown.measure(Measure::Received), shown.measure(Measure::Opened));
    let later: Vec<String> = shown.later().collect();
    let Shown { row, index, goods, detail, counts_in } = shown;
    let detail = detail.as_ref();
    let reason = row.reason.as_deref().or(detail.and_then(|detail| detail.reason.as_deref()));
    let place = |code: Option<&str>| code.and_then(|code| names.chapters.get(code)).cloned().unwrap_or_default();
    let said = |label: fn(&str, Lang) -> String, code: Option<&str>| code.map(|code| label(code, Lang::Vi)).unwrap_or_default();
    let (mut coded, mut named, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for line in &goods {
        coded.push(format!("{} {} {}", line.item, line.quantity, line.unit));
        let item = names.items.get(&line.item).unwrap_or(&line.item);
        named.push(format!("{item}: {} {}", line.quantity.replace('.', ","), labels::unit(&line.unit, Lang::Vi)));
        values.push(format!("{item}: {}", line.value_vnd));
    }
    let mut record = vec![
        index.to_string(),
        row.code.clone(),
        row.kind.clone(),
        labels::kind(&row.kind, Lang::Vi),
        row.day.to_string(),
        row.booked.to_string(),
        row.channel.clone().unwrap_or_default(),
        said(labels::channel, row.channel.as_deref()),
        code(&row.chapter),
        place(Some(&row.chapter)),
        row.province.as_deref().map(code).unwrap_or_default(),
        place(row.province.as_deref()),
        row.fund,
        received.to_string(),
        carried.to_string(),
        name(row.giver),
        coded.join("; "),
        named.join("; "),
        row.message_count.map(|n| n.to_string()).unwrap_or_default(),
        row.reverses.unwrap_or_default(),
        reason.unwrap_or_default().to_owned(),
        said(labels::reason, reason),
        names.reversals.get(&row.code).cloned().unwrap_or_default(),
        values.join("; "),
        hex(&row.leaf_hash),
    ];
    record.extend(later);
    let to = detail.and_then(|detail| detail.to_chapter.as_deref());
    let category = detail.and_then(|detail| detail.category.as_deref());
    record.extend([
        detail.and_then(|detail| detail.of_code.clone()).unwrap_or_default(),
        to.map(code).unwrap_or_default(),
        place(to),
        category.unwrap_or_default().to_owned(),
        category.map(|code| names.categories.name(code, Lang::Vi)).unwrap_or_default(),
        counts_in.as_deref().map(in_words).unwrap_or_default(),
    ]);
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_taken_for_a_number() {
        assert_eq!((code("00008").as_str(), code("TW").as_str(), code("23095-CH1").as_str()), ("VN-00008", "TW", "VN-23095-CH1"));
        let shown = |text: &str| name(Some(text.to_owned()));
        assert_eq!(in_words("2026-12"), "tháng 12/2026");
        assert_eq!((shown("1/2"), shown("=1"), shown("Lê An")), ("'1/2".into(), "'=1".into(), "Lê An".into()));
    }
}
