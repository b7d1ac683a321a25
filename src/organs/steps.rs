//! What is done about a registration.

use uuid::Uuid;

use super::access;
use super::fault::Fault;
use super::model::{OrganState, OrganStepKind};
use super::persons;
use super::sealed;
use super::store::{self, Row, Stands, StepRow};
use super::wire::OrganStepIn;
use crate::authz::Visit;
use crate::http::{FieldError, Say};

/// Enters a step. Sent again it is done once; returns whether it was done now.
pub fn enter(v: &mut Visit<'_>, id: Uuid, body: &OrganStepIn, card: Option<&str>) -> Result<bool, Fault> {
    let (row, grant) = access::keep(v, id)?;
    if let Some(known) = store::step(v.conn, body.id)? {
        return if is_same(v, &row, &known, body, card)? { Ok(false) } else { Err(Fault::IdTaken) };
    }
    let to = body.kind.leads_from(row.state()).ok_or(Fault::NotPossible)?;
    // Whoever may not be used may still withdraw, and the centre is told of it.
    if matches!(body.kind, OrganStepKind::HandedOver | OrganStepKind::CardIssued) {
        access::clear(v, &row)?;
    }
    if body.on < row.handed_on.unwrap_or(row.consent_on) || row.withdrawn_on.is_some_and(|day| body.on < day) {
        return Err(Fault::Fields(vec![FieldError::new(
            "/on",
            "BEFORE_THE_LAST",
            Say::fixed(
                "Ngày này trước việc đã ghi gần nhất: hãy xem lại.",
                "This is before what was done last: look at it again.",
            ),
        )]));
    }
    let step = StepRow {
        id: body.id,
        registration_id: id,
        kind: body.kind.name().to_owned(),
        day: body.on,
        done_by: grant.account(),
        done_at: v.now,
    };
    store::add_step(v.conn, &step)?;
    stand(v, &row, to, body, card)?;
    let action = match body.kind {
        OrganStepKind::HandedOver => "ORGAN_HANDED_OVER",
        OrganStepKind::CardIssued => "ORGAN_CARD_ISSUED",
        OrganStepKind::Withdrawn => "ORGAN_WITHDRAWN",
        OrganStepKind::CentreTold => "ORGAN_CENTRE_TOLD",
    };
    v.note(&grant, action, id)?;
    Ok(true)
}

/// Whether a step that was entered is the one that comes again.
fn is_same(v: &Visit<'_>, row: &Row, known: &StepRow, body: &OrganStepIn, card: Option<&str>) -> Result<bool, Fault> {
    let same = known.registration_id == row.id && known.kind == body.kind.name() && known.day == body.on;
    let stored = row.card.as_ref().map(|card| sealed::open_card(v.vault, &row.id, card)).transpose()?;
    // Of who withdrew since no number is kept to compare with.
    Ok(same && (card.is_none() || stored.is_none() || stored.as_deref() == card))
}

fn stand(v: &mut Visit<'_>, row: &Row, to: OrganState, body: &OrganStepIn, card: Option<&str>) -> Result<(), Fault> {
    if to == OrganState::Ended {
        let told = Some(body.on).filter(|_| body.kind == OrganStepKind::CentreTold);
        persons::empty(&mut v.errand(), row.id, told)?;
        return Ok(());
    }
    let on = |kind| Some(body.on).filter(|_| body.kind == kind);
    let to = Stands {
        state: to.name(),
        handed_on: on(OrganStepKind::HandedOver),
        card: card.map(|card| sealed::seal_card(v.vault, row.id, card)).transpose()?,
        card_on: on(OrganStepKind::CardIssued),
        withdrawn_on: on(OrganStepKind::Withdrawn),
        version: row.version + 1,
    };
    Ok(store::stand(v.conn, row.id, &to)?)
}
