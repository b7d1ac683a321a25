//! What is left to compare with once what is personal was erased.

use uuid::Uuid;

use crate::vault::Vault;

/// What a gift's entry and goods say anyway: its content without giver, texts, code and the phone's clock. An erased gift
/// is compared by this alone, so that a phone that sends it again learns that it is booked.
pub struct Bare<'a> {
    pub id: Uuid,
    pub chapter: &'a str,
    pub appeal: Option<&'a str>,
    pub channel: &'a str,
    pub amount_vnd: i64,
    /// Item, quantity in thousandths, unit, value, valuation.
    pub lines: Vec<(&'a str, i64, &'a str, i64, &'a str)>,
    pub message_count: Option<i32>,
    pub received_on: chrono::NaiveDate,
    pub paper_slip: Option<(&'a str, &'a str)>,
}

impl<'a> Bare<'a> {
    pub fn hash(&self, vault: &Vault) -> Result<Vec<u8>, serde_json::Error> {
        let content = serde_json::to_vec(&(
            self.id,
            self.chapter,
            self.appeal,
            self.channel,
            self.amount_vnd,
            &self.lines,
            self.message_count,
            self.received_on,
            self.paper_slip,
        ))?;
        Ok(vault.hash("gift.request.bare", &content).to_vec())
    }
}

/// What the request of a reversal is compared by once its note was erased.
pub(super) fn of_reversal(vault: &Vault, gift: Uuid, reason: &str) -> [u8; 32] {
    vault.hash("reversal.request.bare", format!("{gift}\0{reason}").as_bytes())
}
