//! Whether a photograph of an activity may be shown. Pure.

use super::model::{ActivityState, PhotoGround};
use super::photo_store::PhotoConsentRow;
use super::store::ActivityRow;
use crate::http::Say;

/// Whether somebody does not agree any more, and has not agreed again. Whoever nobody wrote down cannot.
fn is_missing(consent: &PhotoConsentRow, all: &[PhotoConsentRow]) -> bool {
    let again = |other: &PhotoConsentRow| other.withdrawn_at.is_none() && other.person_id == consent.person_id;
    match consent.ground() {
        // That nobody could be recognised was a mistake; who is in it agrees or does not.
        Some(PhotoGround::Nobody) => false,
        _ => consent.withdrawn_at.is_some() && !(consent.person_id.is_some() && all.iter().any(again)),
    }
}

/// Why a picture of an activity that is held may not be shown; nothing where it may.
pub fn in_the_way(row: &ActivityRow, of: &[PhotoConsentRow]) -> Option<Say> {
    if row.state != ActivityState::Done.name() || !row.is_public {
        return Some(Say::fixed(
            "Chỉ đăng ảnh của hoạt động công khai đã thực hiện.",
            "Pictures are shown of activities that are public and done.",
        ));
    }
    if of.iter().any(|consent| is_missing(consent, of)) {
        return Some(Say::fixed(
            "Có người trong ảnh đã rút lại sự đồng ý: không đăng, trừ khi chính người ấy đồng ý lại.",
            "Somebody in the picture does not agree any more: it is not shown unless they agree again.",
        ));
    }
    let standing = || of.iter().filter(|consent| consent.withdrawn_at.is_none());
    let nobody = standing().any(|consent| consent.ground() == Some(PhotoGround::Nobody));
    let somebody = standing().any(|consent| consent.ground() != Some(PhotoGround::Nobody));
    match (nobody, somebody) {
        (false, false) => Some(Say::fixed(
            "Chưa ghi sự đồng ý của người trong ảnh, hoặc rằng không nhận ra ai (photo-consents).",
            "Neither the consent of those in it is written down, nor that nobody can be recognised (photo-consents).",
        )),
        (true, true) => Some(Say::fixed(
            "Vừa ghi không nhận ra ai, vừa ghi có người đồng ý: hãy rút lại điều không đúng.",
            "It says that nobody can be recognised, and who agreed: withdraw what is not so.",
        )),
        _ => None,
    }
}
