//! What is written to donors who are asked.

use chrono::{DateTime, Utc};

use super::store::CallRow;
use crate::blood_rules::{Component, RhFactor};
use crate::calling::model::{first_name, told};
use crate::outbox::Text;

/// What is wanted, in plain words: *khối hồng cầu cho người nhóm B−*.
pub fn wanted(row: &CallRow) -> String {
    let component = match row.component() {
        Some(Component::RedCells) => "khối hồng cầu",
        Some(Component::Platelets) => "tiểu cầu",
        Some(Component::Plasma) => "huyết tương",
        _ => "máu",
    };
    let sign = if row.rh == RhFactor::Negative.name() { "−" } else { "+" };
    format!("{component} cho người nhóm {}{sign}", row.abo)
}

/// Asks somebody.
pub fn asking(row: &CallRow, chapter: &str, name: &str, url: &str) -> String {
    format!(
        "{chapter} mời {} hiến máu: đang cần {}. Nơi: {}. Trước {}. {} Trả lời: {url}",
        first_name(name),
        wanted(row),
        row.hospital,
        told(row.until_at),
        row.reason
    )
}

/// Tells somebody who has not answered that enough come.
pub fn enough(row: &CallRow, chapter: &str, name: &str) -> String {
    format!("{chapter}: đã đủ người hiến máu tại {}, {} không cần đến nữa. Cảm ơn!", row.hospital, first_name(name))
}

/// As the outbox takes it.
pub fn text(body: String) -> Text {
    Text { subject: "Hội Chữ thập đỏ: cần người hiến máu".to_owned(), body }
}

/// When somebody said they arrive.
pub fn arrives(at: DateTime<Utc>) -> String {
    told(at)
}
