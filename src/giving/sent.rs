//! The texts of a gift as they came: what an id stands for is what was sent, and not how a release reads it. Rules of reading
//! change (an old number becomes today's, doubled blanks become one); a phone that sends a gift again after that still finds
//! its own.

use unicode_normalization::UnicodeNormalization;

use super::gift_in::GiftIn;
use crate::basics::Phone;

/// Texts in NFC without blanks around them, the giver's number in digits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sent {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub wish: Option<String>,
    pub memo: Option<String>,
    pub bank_reference: Option<String>,
    pub paper_slip: Option<(String, String)>,
}

impl Sent {
    pub fn of(gift: &GiftIn) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(as_it_came);
        let giver = gift.giver.as_ref();
        Self {
            name: giver.map(|giver| as_it_came(&giver.name)),
            phone: giver
                .and_then(|giver| giver.phone.as_deref())
                .map(|typed| Phone::as_written(typed).unwrap_or_else(|| as_it_came(typed))),
            wish: text(&gift.wish),
            memo: text(&gift.memo),
            bank_reference: text(&gift.bank_reference),
            paper_slip: text(&gift.paper_book).zip(text(&gift.paper_no)),
        }
    }
}

fn as_it_came(text: &str) -> String {
    text.trim().nfc().collect()
}
