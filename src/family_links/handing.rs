//! A case goes to another chapter, or to the centre: offered by one, taken or refused by somebody else there. Before it is taken the
//! other side sees the reason and no name; afterwards the first side sees that it was handed on, and when.

use uuid::Uuid;

use super::access;
use super::between_store::{self as between, HandOverRow};
use super::fault::Fault;
use super::model::{FamilyHandOverState, FamilyStep};
use super::out::FamilyHandOverOut;
use super::papers;
use super::sealed;
use super::show;
use super::steps;
use super::store;
use super::wire::FamilyHandOverIn;
use crate::authz::{self, Granted, KeepFamilyLinks, SeeFamilyLinks, Visit};
use crate::db::DbError;
use crate::http::{FieldError, Say};
use crate::tree::{self, ChapterId};

/// Offers a case. Sent again, it is the same offer. Returns whether it is new.
pub fn offer(v: &mut Visit<'_>, id: Uuid, body: &FamilyHandOverIn, note: &str) -> Result<bool, Fault> {
    let text = serde_json::to_string(body).map_err(Fault::broken)?;
    let hash = v.vault.hash("family_hand_over.request", format!("{id}\0{text}").as_bytes());
    if let Some(known) = between::hand_over(v.conn, body.id)? {
        // Also when it was taken meanwhile, and the case is not here any more.
        let mine = known.family_link_id == id && known.request_hash == hash;
        v.at::<KeepFamilyLinks>(ChapterId(known.from_chapter_id)).map_err(|_| Fault::IdTaken)?;
        return if mine { Ok(false) } else { Err(Fault::IdTaken) };
    }
    let (row, grant) = access::keep(v, id)?;
    access::clear(v, &row)?;
    let to = tree::place(v.conn, &body.to)?.filter(|place| place.accepts_entries).ok_or_else(no_such_chapter)?;
    if goes_on(v, row.chapter_id)? == to.id.0 {
        return Err(same_chapter());
    }
    if row.state().is_over() {
        return Err(Fault::NotPossible);
    }
    if !authz::is_held::<KeepFamilyLinks>(v.conn, v.now, to.id)? {
        return Err(Fault::NobodyThere);
    }
    let row = HandOverRow {
        id: body.id,
        family_link_id: id,
        from_chapter_id: grant.chapter().0,
        to_chapter_id: to.id.0,
        state: FamilyHandOverState::Offered.name().to_owned(),
        note: Some(sealed::seal(v.vault, "family_hand_over", "note", &body.id, &note)?),
        request_hash: hash.to_vec(),
        offered_by: grant.account(),
        offered_at: v.now,
        decided_by: None,
        decided_at: None,
    };
    between::insert_hand_over(v.conn, &row).map_err(waits)?;
    v.note(&grant, "FAMILY_LINK_OFFERED", id)?;
    Ok(true)
}

fn waits(error: DbError) -> Fault {
    match error.constraint() {
        Some("family_hand_over_waiting_key") => Fault::Offered,
        Some("family_hand_over_pk") => Fault::IdTaken,
        _ => error.into(),
    }
}

fn no_such_chapter() -> Fault {
    Fault::Fields(vec![FieldError::new(
        "/to",
        "NO_SUCH_CHAPTER",
        Say::fixed("Không có đơn vị đang hoạt động nào mang mã này.", "There is no active chapter of this code."),
    )])
}

fn same_chapter() -> Fault {
    Fault::Fields(vec![FieldError::new(
        "/to",
        "SAME_CHAPTER",
        Say::fixed("Hồ sơ đang ở chính đơn vị này.", "The case is at this very chapter."),
    )])
}

/// The chapter that goes on with what this one had.
fn goes_on(v: &mut Visit<'_>, chapter: Uuid) -> Result<Uuid, DbError> {
    let mut at = chapter;
    while let Some(next) = tree::successor(v.conn, ChapterId(at))? {
        at = next.0;
    }
    Ok(at)
}

/// One offer, for either side; noted.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<FamilyHandOverOut, Fault> {
    let row = between::hand_over(v.conn, id)?.ok_or(Fault::Unknown)?;
    let sides = [ChapterId(row.from_chapter_id), ChapterId(row.to_chapter_id)];
    let here = v.at_one_of::<SeeFamilyLinks>(&sides)?;
    v.note_at(Some(here.chapter()), "FAMILY_HAND_OVER_READ", Some(id), None)?;
    out(v, row)
}

fn out(v: &mut Visit<'_>, row: HandOverRow) -> Result<FamilyHandOverOut, Fault> {
    let sealed = row.note.clone();
    let note = sealed.map(|note| sealed::open(v.vault, "family_hand_over", "note", &row.id, &note)).transpose()?;
    let shown = show::offers(v, vec![row])?.pop().ok_or(Fault::Unknown)?;
    Ok(FamilyHandOverOut { note, ..shown })
}

/// An offer and its case, held: offers and steps of a case come one after the other.
fn held(v: &mut Visit<'_>, id: Uuid) -> Result<(HandOverRow, store::Row), Fault> {
    let row = between::hand_over(v.conn, id)?.ok_or(Fault::Unknown)?;
    let case = store::hold(v.conn, row.family_link_id)?.ok_or(Fault::Unknown)?;
    let row = between::hand_over(v.conn, id)?.ok_or(Fault::Unknown)?;
    Ok((row, case))
}

/// Whether it was decided so before; decided otherwise, nothing follows any more.
fn before(row: &HandOverRow, state: FamilyHandOverState) -> Result<bool, Fault> {
    match row.state() {
        FamilyHandOverState::Offered => Ok(false),
        known if known == state => Ok(true),
        _ => Err(Fault::NotPossible),
    }
}

/// Takes a case: from now on it is the other chapter's, and whoever takes it is in charge.
pub fn take(v: &mut Visit<'_>, id: Uuid) -> Result<FamilyHandOverOut, Fault> {
    let (row, case) = held(v, id)?;
    let grant = v.at::<KeepFamilyLinks>(ChapterId(row.to_chapter_id))?;
    if before(&row, FamilyHandOverState::Taken)? {
        return out(v, row);
    }
    if row.offered_by == grant.account() {
        return Err(Fault::SamePerson);
    }
    let to = goes_on(v, row.to_chapter_id)?;
    if to == goes_on(v, case.chapter_id)? {
        return Err(Fault::SameChapter);
    }
    let grant = if to == grant.chapter().0 { grant } else { v.at::<KeepFamilyLinks>(ChapterId(to))? };
    let clear = access::clear(v, &case)?;
    let code = tree::code_of(v.conn, ChapterId(to))?;
    let words: Vec<i64> = clear.words(v.vault, &code).into_iter().collect();
    steps::write(v, &grant, &case, (Uuid::new_v4(), FamilyStep::HandedOver), None, &[])?;
    store::give(v.conn, &grant, case.id, &words)?;
    papers::let_go(&mut v.errand(), case.id)?;
    decide(v, &grant, &row, FamilyHandOverState::Taken, "FAMILY_LINK_TAKEN")
}

/// Does not take a case: it stays where it is.
pub fn refuse(v: &mut Visit<'_>, id: Uuid) -> Result<FamilyHandOverOut, Fault> {
    let (row, _) = held(v, id)?;
    let grant = v.at::<KeepFamilyLinks>(ChapterId(row.to_chapter_id))?;
    if before(&row, FamilyHandOverState::Refused)? {
        return out(v, row);
    }
    decide(v, &grant, &row, FamilyHandOverState::Refused, "FAMILY_LINK_NOT_TAKEN")
}

/// Takes an offer back.
pub fn withdraw(v: &mut Visit<'_>, id: Uuid) -> Result<FamilyHandOverOut, Fault> {
    let (row, case) = held(v, id)?;
    let grant = v.at::<KeepFamilyLinks>(ChapterId(row.from_chapter_id))?;
    if before(&row, FamilyHandOverState::Withdrawn)? {
        return out(v, row);
    }
    if !access::is_open_to(&case, grant.account()) {
        return Err(Fault::NotInCharge);
    }
    decide(v, &grant, &row, FamilyHandOverState::Withdrawn, "FAMILY_LINK_OFFER_WITHDRAWN")
}

fn decide(
    v: &mut Visit<'_>,
    by: &Granted<KeepFamilyLinks>,
    row: &HandOverRow,
    state: FamilyHandOverState,
    action: &'static str,
) -> Result<FamilyHandOverOut, Fault> {
    between::decide_hand_over(v.conn, by, v.now, row.id, state)?;
    v.note(by, action, row.family_link_id)?;
    let row = between::hand_over(v.conn, row.id)?.ok_or(Fault::Unknown)?;
    out(v, row)
}
