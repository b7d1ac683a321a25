//! Blood that was given back for what somebody gave, written off their certificate.

use serde_json::json;

use super::enter::{kept, person_of};
use super::fault::Fault;
use super::model::{BloodCertificateState, DonorId};
use super::store::{self, RedemptionRow};
use super::wire::RedemptionIn;
use crate::authz::Visit;
use crate::basics::{Line, PublicCode};
use crate::vault::place;

/// Writes blood off a certificate of a donor. Sent again, it is the same. Returns whether it is new.
pub fn enter(v: &mut Visit<'_>, id: DonorId, body: &RedemptionIn, facility: Option<&Line>) -> Result<bool, Fault> {
    let (row, grant) = kept(v, id)?;
    person_of(v, &row)?;
    let content = serde_json::to_string(&(id.0, body)).map_err(Fault::broken)?;
    let hash = v.vault.hash("blood_redemption.request", content.as_bytes()).to_vec();
    if let Some(known) = store::redemption(v.conn, body.id)? {
        return if known.request_hash == hash { Ok(false) } else { Err(Fault::IdTaken) };
    }
    let none = || {
        Fault::field(
            "/certificate",
            "NO_SUCH_CERTIFICATE",
            "Người này không có giấy chứng nhận mang mã ấy, hoặc giấy không còn giá trị.",
            "This donor has no certificate of this code, or it does not stand.",
        )
    };
    let code = PublicCode::parse(&body.certificate).map_err(|_| none())?;
    let certificate = store::hold_certificate(v.conn, code.as_str())?.ok_or_else(none)?;
    let donations = store::history(v.conn, &[id])?;
    let is_theirs = donations.iter().any(|donation| donation.id == certificate.donation_id);
    if !is_theirs || certificate.state != BloodCertificateState::Stands.name() {
        return Err(none());
    }
    if body.day < certificate.given_on {
        return Err(Fault::field(
            "/day",
            "BEFORE_GIVING",
            "Nhận máu bồi hoàn không thể trước ngày hiến.",
            "Blood is given back after it was given, not before.",
        ));
    }
    if certificate.redeemed_ml + body.volume_ml > certificate.volume_ml {
        return Err(Fault::field(
            "/volume_ml",
            "MORE_THAN_GIVEN",
            "Vượt quá lượng máu đã hiến còn lại trên giấy chứng nhận.",
            "More than is left of what was given on this certificate.",
        ));
    }
    let seal = |line: &Line| v.vault.seal(place("blood_redemption", "facility", &body.id), line.as_str().as_bytes());
    let row = RedemptionRow {
        id: body.id,
        certificate_id: certificate.id,
        volume_ml: body.volume_ml,
        day: body.day,
        facility: facility.map(seal).transpose()?,
        request_hash: hash,
        entered_by: grant.account(),
        entered_at: v.now,
    };
    store::redeem(v.conn, &certificate, &row)?;
    v.note_with(&grant, "BLOOD_REDEEMED", id.0, &json!({"certificate": certificate.code, "volume_ml": body.volume_ml}))?;
    Ok(true)
}
