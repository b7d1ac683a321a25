//! What is stated, and in which form. Pure.

use serde::Serialize;

use crate::basics::codes::codes;
use crate::http::Say;

codes! {
    /// What a statement is.
    #[derive(Hash, PartialOrd, Ord)]
    #[schema(as = StatementEvent)]
    pub wire enum Event {
        /// Quyết định phân bổ.
        Allocation = "ALLOCATION",
        /// Danh sách đã chốt.
        ListFreeze = "LIST_FREEZE",
        /// Chỉ tiêu hiến máu.
        BloodTarget = "BLOOD_TARGET",
        /// Kết quả hiến máu.
        BloodResult = "BLOOD_RESULT",
        /// Báo cáo.
        Report = "REPORT",
        /// Báo cáo quyết toán.
        SettlementReport = "SETTLEMENT_REPORT",
        /// Khóa sổ một tháng.
        PeriodClose = "PERIOD_CLOSE",
    }
}

impl Event {
    /// What people call it.
    pub fn label(self) -> Say {
        match self {
            Event::Allocation => Say::fixed("Quyết định phân bổ", "Allocation"),
            Event::ListFreeze => Say::fixed("Danh sách đã chốt", "Frozen list"),
            Event::BloodTarget => Say::fixed("Chỉ tiêu hiến máu", "Blood donation target"),
            Event::BloodResult => Say::fixed("Kết quả hiến máu", "Blood donation result"),
            Event::Report => Say::fixed("Báo cáo", "Report"),
            Event::SettlementReport => Say::fixed("Báo cáo quyết toán", "Settlement report"),
            Event::PeriodClose => Say::fixed("Khóa sổ tháng", "Month closed"),
        }
    }
}

/// The one text of something to be stated (RFC 8785). Amounts are decimal text, as in leaves: no number in it is large.
///
/// # Errors
/// Only for what is no JSON.
pub fn canonical(what: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    serde_json_canonicalizer::to_vec(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_whatever_the_order() {
        let text = |value: &str| canonical(&serde_json::from_str::<serde_json::Value>(value).unwrap()).unwrap();
        assert_eq!(text(r#"{"b": "Đ", "a": [1, 2]}"#), "{\"a\":[1,2],\"b\":\"Đ\"}".as_bytes());
        assert_eq!(text(r#"{"b":"\u0110","a":[1,2]}"#), text(r#"{ "a":[1,2], "b":"Đ" }"#));
        for event in Event::ALL {
            assert_eq!(Event::parse(event.name()), Some(event));
            assert!(!event.label().vi.is_empty());
        }
    }
}
