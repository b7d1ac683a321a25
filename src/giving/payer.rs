//! What a gift says of its payer beside the name: for the receipt, and for how a child's name may be shown.

use super::gift_in::GiftIn;
use crate::basics::Line;
use crate::http::{Check, one_name};
use crate::parties::PartyKind;

/// More enclosed papers are a typing mistake.
const MOST_ENCLOSED: u8 = 99;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Payer {
    /// The giver is a child: the representative agreed to how the name is shown, and from seven years on the child too.
    pub is_child: bool,
    pub address: Option<Line>,
    /// How many original vouchers came with the gift.
    pub enclosed: Option<u8>,
}

impl Payer {
    /// Reads what was sent; what is wrong with it goes to the others' mistakes.
    pub fn parse(check: &mut Check, gift: &GiftIn) -> Self {
        let is_sound = check.sound(&["/giver"]);
        if gift.giver.is_none() && gift.payer_address.is_some() && is_sound {
            check.wrong("/payer_address", "WITHOUT_A_GIVER", "Có địa chỉ thì phải có người ủng hộ.", "An address takes a giver.");
        }
        if gift.for_child && is_sound && !gift.giver.as_ref().is_some_and(|giver| giver.kind == PartyKind::Person) {
            check.wrong(
                "/for_child",
                "NOT_A_PERSON",
                "Chỉ người ủng hộ là cá nhân mới có thể là trẻ em.",
                "Only a person can be a child.",
            );
        }
        if gift.enclosed.is_some_and(|count| count > MOST_ENCLOSED) {
            check.wrong("/enclosed", "OUT_OF_RANGE", "Từ 0 đến 99 chứng từ.", "0 to 99 vouchers.");
        }
        let address = gift.payer_address.as_deref().and_then(|text| check.read(one_name("/payer_address", text, 200)));
        Self { is_child: gift.for_child, address, enclosed: gift.enclosed }
    }
}
