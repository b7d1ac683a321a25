//! Every room that can hold something of a person is asked, and what the requests themselves hold.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::store;
use crate::calendar::retention::{Periods, Vouchers};
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::giving::personal::{self, Scope};
use crate::house::Rooms;
use crate::house::audit::{Audit, Audits};
use crate::house::errand::Errand;
use crate::house::persons::{
    Called, Candidate, Corrected, Holding, HoldsPersons, Kept, Mentioned, Needed, OfParty, PersonsError, Processing, Record,
};
use crate::ledger::annotations;
use crate::ledger::store as ledger;
use crate::parties::restriction;
use crate::vault::place;

/// What is held behind these records, wherever it is.
pub fn found(errand: &mut Errand<'_>, rooms: Rooms, of: &[Record]) -> Result<Vec<Holding>, PersonsError> {
    let mut found = Vec::new();
    for holder in rooms.persons() {
        found.extend(holder.found(errand, of)?);
    }
    Ok(found)
}

/// Says everywhere what is right.
pub fn correct(errand: &mut Errand<'_>, rooms: Rooms, of: &[Corrected]) -> Result<(), PersonsError> {
    rooms.persons().try_for_each(|holder| holder.correct(errand, of))
}

/// Erases, and says what stays.
pub fn erase(errand: &mut Errand<'_>, rooms: Rooms, of: &[Record]) -> Result<Vec<Kept>, PersonsError> {
    let mut kept = Vec::new();
    for holder in rooms.persons() {
        kept.extend(holder.erase(errand, of)?);
    }
    Ok(kept)
}

/// Takes somebody out of texts that no record leads to, and says what stays.
pub fn erase_mentions(errand: &mut Errand<'_>, rooms: Rooms, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
    let mut kept = Vec::new();
    for holder in rooms.persons() {
        kept.extend(holder.erase_mentions(errand, of)?);
    }
    Ok(kept)
}

/// Keeps what these records lead to and lets nobody use it, or lets it be used again.
pub fn restrict(errand: &mut Errand<'_>, rooms: Rooms, of: &[Record], on: bool) -> Result<(), PersonsError> {
    rooms.persons().try_for_each(|holder| holder.restrict(errand, of, on))
}

/// The chapters that hold what a request is about, each once: gifts, and of a party also what it is there besides.
pub fn chapters(conn: &mut PgConnection, rooms: Rooms, scope: Scope) -> Result<Vec<Uuid>, DbError> {
    let Scope::Party(party) = scope else { return personal::chapters(conn, scope) };
    let mut all = BTreeSet::new();
    for holder in rooms.persons() {
        all.extend(holder.chapters_of(conn, party)?);
    }
    Ok(all.into_iter().collect())
}

/// What these chapters hold of a party that no record leads to.
pub fn found_of(errand: &mut Errand<'_>, rooms: Rooms, of: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
    let mut found = Vec::new();
    for holder in rooms.persons() {
        found.extend(holder.found_of(errand, of)?);
    }
    Ok(found)
}

/// Says there what is right where the party's own name, the old one still, is all that leads there.
pub fn correct_named(errand: &mut Errand<'_>, rooms: Rooms, of: &OfParty<'_>, called: &Called) -> Result<(), PersonsError> {
    rooms.persons().try_for_each(|holder| holder.correct_named(errand, of, called))
}

/// Says there what is right: the party is called so, and is `to`.
pub fn correct_of(
    errand: &mut Errand<'_>,
    rooms: Rooms,
    of: &OfParty<'_>,
    to: Uuid,
    called: &Called,
) -> Result<(), PersonsError> {
    rooms.persons().try_for_each(|holder| holder.correct_of(errand, of, to, called))
}

/// Takes away what is shown of a party there that asked for restriction.
pub fn restrict_of(errand: &mut Errand<'_>, rooms: Rooms, of: &OfParty<'_>) -> Result<(), PersonsError> {
    rooms.persons().try_for_each(|holder| holder.restrict_of(errand, of))
}

/// What was closed then may be used again.
pub fn lift_of(errand: &mut Errand<'_>, rooms: Rooms, of: &OfParty<'_>) -> Result<(), PersonsError> {
    rooms.persons().try_for_each(|holder| holder.lift_of(errand, of))
}

/// Takes away what is shown of a party there that asked not to be shown.
pub fn hide_of(errand: &mut Errand<'_>, rooms: Rooms, of: &OfParty<'_>) -> Result<(), PersonsError> {
    rooms.persons().try_for_each(|holder| holder.hide_of(errand, of))
}

/// Whether anything is shown of a party at a chapter, besides gifts.
pub fn is_shown_of(conn: &mut PgConnection, rooms: Rooms, of: &OfParty<'_>) -> Result<bool, DbError> {
    for holder in rooms.persons() {
        if holder.is_shown_of(conn, of)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes the party out of what hangs on it there, what hangs on the rest first.
pub fn erase_of(errand: &mut Errand<'_>, rooms: Rooms, of: &OfParty<'_>) -> Result<Vec<Kept>, PersonsError> {
    let (mut kept, holders) = (Vec::new(), rooms.persons().collect::<Vec<_>>());
    for holder in holders.into_iter().rev() {
        kept.extend(holder.erase_of(errand, of)?);
    }
    Ok(kept)
}

/// Erased records an audit looks at together.
const BATCH: i64 = 1_000;

/// Nothing that was erased still stands anywhere.
pub struct Erased;

impl Audits for Erased {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        look(audit.conn, audit.findings, audit.rooms)
    }
}

fn look(conn: &mut PgConnection, findings: &mut Findings, rooms: Rooms) -> Result<(), DbError> {
    let vouchers = Vouchers::read(conn)?;
    let mut after = String::new();
    loop {
        let codes = annotations::erased_after(conn, &after, BATCH)?;
        let Some(last) = codes.last() else { return Ok(()) };
        after.clone_from(last);
        findings.looked("erased", codes.len());
        let entries = ledger::by_codes(conn, &codes)?;
        let mut gifts = personal::of_entries(conn, &entries.keys().copied().collect::<Vec<_>>())?;
        let mut erased = Vec::with_capacity(entries.len());
        let mut said = annotations::of_entries(conn, &codes.iter().map(String::as_str).collect::<Vec<_>>())?;
        for (entry, (code, booked)) in entries {
            let Some((gift, chapter)) = gifts.remove(&entry) else { continue };
            let said = said.remove(&code).unwrap_or_default().into_iter().map(|one| one.code).collect();
            erased.push(Record { gift, chapter, said, kept_until: vouchers.until(booked), code });
        }
        for holder in rooms.persons() {
            holder.audit(conn, findings, &erased)?;
        }
    }
}

/// Notes and changes of requests.
pub struct Requests;

impl HoldsPersons for Requests {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Yêu cầu của chủ thể dữ liệu, điều cần sửa, ghi chú",
                "Requests of data subjects, what is to be corrected, notes",
            ),
            purpose: ("Trả lời đúng hạn và chứng minh đã làm", "To answer in time and to prove it"),
            grounds: ("Nghị định 356/2025/NĐ-CP, điều 5", "Decree 356/2025/NĐ-CP, art. 5"),
            readers: ("Người tiếp nhận và người duyệt", "Who receives and who decides"),
            period: (
                "Phần nêu tên bị xóa khi thực hiện yêu cầu xóa; phần còn lại giữ làm bằng chứng",
                "What names somebody goes with an erasure; the rest stays as proof",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["personal_data_request.note", "personal_data_request.changes", "personal_data_request.request_hash"]
    }

    /// Who has a request open, or asked that their data be kept and not used.
    fn needed(&self, conn: &mut PgConnection, _: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
        let parties: Vec<Uuid> = of.iter().map(|one| one.party).collect();
        let open: HashSet<Uuid> = store::open_about(conn, &parties)?.into_iter().map(|row| row.0).collect();
        let closed = restriction::of_parties(conn, &parties)?;
        let stays = |one: &&Candidate| open.contains(&one.party) || closed.contains(&(one.party, one.chapter));
        Ok(of.iter().filter(stays).map(|one| Needed { person: one.person, record: "PERSON", until: None }).collect())
    }

    fn found(&self, errand: &mut Errand<'_>, of: &[Record]) -> Result<Vec<Holding>, PersonsError> {
        let mut found = Vec::new();
        for row in store::about(errand.conn, None, &gifts(of))? {
            let Some(sealed) = &row.note else { continue };
            found.push(Holding {
                what: "REQUEST_NOTE".to_owned(),
                gift: row.gift_id,
                text: errand.vault.open_text(place("personal_data_request", "note", &row.id), sealed)?,
                since: Some(row.requested_at),
                kept_until: None,
            });
        }
        Ok(found)
    }

    fn erase(&self, errand: &mut Errand<'_>, of: &[Record]) -> Result<Vec<Kept>, PersonsError> {
        store::forget_texts(errand.conn, errand.vault, None, &gifts(of))?;
        Ok(Vec::new())
    }

    fn audit(&self, conn: &mut PgConnection, findings: &mut Findings, erased: &[Record]) -> Result<(), DbError> {
        let codes: HashMap<Uuid, &str> = erased.iter().map(|record| (record.gift, record.code.as_str())).collect();
        for row in store::about(conn, None, &gifts(erased))? {
            if (row.note.is_some() || row.changes.is_some())
                && let Some(code) = row.gift_id.and_then(|gift| codes.get(&gift))
            {
                findings.found("erased", *code, "its giver was erased and the text of a request about it is kept");
            }
        }
        Ok(())
    }
}

fn gifts(of: &[Record]) -> Vec<Uuid> {
    of.iter().map(|record| record.gift).collect()
}
