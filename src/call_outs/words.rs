//! What is written to people who are asked.

use chrono::{DateTime, Utc};

use super::store::CallOutRow;
use crate::calling::model::{first_name, told};
use crate::outbox::Text;

/// Asks somebody.
pub fn asking(row: &CallOutRow, chapter: &str, name: &str, url: &str) -> String {
    format!(
        "{chapter} mời {}: {}. Nơi: {}. Từ {}. {} Trả lời: {url}",
        first_name(name),
        row.event,
        row.place,
        told(row.from_at),
        row.why
    )
}

/// Tells somebody who has not answered that enough come.
pub fn enough(row: &CallOutRow, chapter: &str, name: &str) -> String {
    format!("{chapter}: {} đã đủ người, {} không cần đến nữa. Cảm ơn!", row.event, first_name(name))
}

/// As the outbox takes it.
pub fn text(body: String) -> Text {
    Text { subject: "Hội Chữ thập đỏ: huy động tình nguyện viên".to_owned(), body }
}

/// When somebody said they arrive.
pub fn arrives(at: DateTime<Utc>) -> String {
    told(at)
}
