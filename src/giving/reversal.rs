//! Reversing a gift takes two persons: somebody who records at the chapter asks, with a reason; somebody else with
//! APPROVE decides. Whoever recorded the gift or asked for its reversal — as a person, whatever account they use —
//! does not decide. Where the chapter has no such second person, the request says which chapter above will.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::bare;
use super::store::{self, Gifts, ReversalRow, Reversals};
use crate::authz::{self, Actor, Approve, AuditEvent, Read, Record};
use crate::basics::clock::vietnam_time;
use crate::basics::{Line, PublicCode};
use crate::db::DbError;
use crate::http::{Kind, Problem};
use crate::identity::store as identity;
use crate::ledger::model::Balanced;
use crate::ledger::reversals::{self, Original, TwoPersons};
use crate::ledger::store::{self as ledger, BookError, BookedAt, NewEntry};
use crate::log::{commitment, opening};
use crate::tree::{self, ChapterId};
use crate::vault::{Vault, place};

/// Why a gift is reversed. Public, so it is a code; the note is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    Duplicate,
    WrongAmount,
    WrongAppeal,
    WrongChapter,
    WrongGiver,
    NotReceived,
    Other,
}

impl Reason {
    pub const ALL: [Reason; 7] = [
        Reason::Duplicate,
        Reason::WrongAmount,
        Reason::WrongAppeal,
        Reason::WrongChapter,
        Reason::WrongGiver,
        Reason::NotReceived,
        Reason::Other,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Reason::Duplicate => "DUPLICATE",
            Reason::WrongAmount => "WRONG_AMOUNT",
            Reason::WrongAppeal => "WRONG_APPEAL",
            Reason::WrongChapter => "WRONG_CHAPTER",
            Reason::WrongGiver => "WRONG_GIVER",
            Reason::NotReceived => "NOT_RECEIVED",
            Reason::Other => "OTHER",
        }
    }

    fn parse(name: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// A request as its author makes it.
#[derive(Debug, Clone)]
pub struct Request {
    pub id: Uuid,
    pub gift: Uuid,
    pub reason: Reason,
    pub note: Option<Line>,
}

/// A request and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReversalOut {
    pub id: Uuid,
    pub gift_id: Uuid,
    /// `REQUESTED`, `APPROVED` or `REFUSED`.
    #[schema(example = "REQUESTED")]
    pub state: String,
    #[schema(example = "DUPLICATE")]
    pub reason: String,
    pub requested_at: DateTime<Utc>,
    /// Code of the nearest chapter with a second person who can decide.
    #[schema(example = "23095")]
    pub approver_chapter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// Public code of the reversing entry, once approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

fn out(conn: &mut PgConnection, row: ReversalRow) -> Result<ReversalOut, DbError> {
    let code = match row.entry_id {
        Some(id) => ledger::booked(conn, &[id])?.remove(&id).map(|entry| entry.code),
        None => None,
    };
    Ok(ReversalOut {
        id: row.id,
        gift_id: row.gift_id,
        state: row.state,
        reason: row.reason,
        requested_at: row.requested_at,
        approver_chapter: tree::code_of(conn, ChapterId(row.approver_chapter_id))?,
        decided_at: row.decided_at,
        code,
    })
}

fn content_hash(vault: &Vault, gift: Uuid, reason: &str, note: &str) -> [u8; 32] {
    vault.hash("reversal.request", format!("{gift}\0{reason}\0{note}").as_bytes())
}

/// Asks for a reversal. The same request sent again answers as the first time.
pub fn request(
    conn: &mut PgConnection,
    vault: &Vault,
    now: DateTime<Utc>,
    actor: Actor,
    ask: &Request,
) -> Result<(ReversalOut, bool), Problem> {
    authz::authenticate(conn, now, actor)?;
    let gift = store::gifts(conn, Gifts::One(ask.gift), 1)?.pop().ok_or_else(Problem::not_found)?;
    let grant = authz::require::<Record>(conn, now, actor, ChapterId(gift.chapter_id))?;
    store::hold_gift(conn, ask.gift)?;
    let hash = content_hash(vault, ask.gift, ask.reason.name(), ask.note.as_ref().map_or("", Line::as_str));
    if let Some(known) = store::reversals(conn, Reversals::One(ask.id), 1)?.pop() {
        // An erasure of the giver's data takes the note out of what is compared.
        let bare = bare::of_reversal(vault, ask.gift, ask.reason.name());
        return if known.request_hash == hash || known.request_hash == bare {
            Ok((out(conn, known)?, false))
        } else {
            Err(Problem::say(Kind::IdTaken, "id này đã dùng cho đề nghị khác.", "This id stands for another request."))
        };
    }
    let standing = store::reversals(conn, Reversals::OfGift(ask.gift), 50)?.into_iter().find(|r| r.state != "REFUSED");
    if standing.is_some() {
        return Err(already_asked());
    }
    let recorder = identity::officer_of(conn, gift.recorded_by)?;
    let approver = authz::nearest_approver(conn, now, grant.chapter(), &[grant.officer(), recorder])?.ok_or_else(|| {
        Problem::say(
            Kind::Conflict,
            "Chưa có ai khác được quyền duyệt ở đơn vị này hay cấp trên: cần bổ nhiệm trước.",
            "Nobody else may approve here or above: appoint somebody first.",
        )
    })?;
    let note =
        ask.note.as_ref().map(|n| vault.seal(place("reversal_request", "note", &ask.id), n.as_str().as_bytes())).transpose();
    let note = note.map_err(Problem::internal)?;
    let new = store::NewReversal {
        id: ask.id,
        gift: ask.gift,
        reason: ask.reason.name(),
        note: note.as_deref(),
        request_hash: &hash,
        approver_chapter: approver.0,
    };
    store::insert_reversal(conn, &grant, now, &new).map_err(|error| match error.constraint() {
        Some("reversal_request_standing_key") => already_asked(),
        Some("reversal_request_pk") => Problem::say(Kind::IdTaken, "id này đã dùng.", "This id is taken."),
        _ => error.into(),
    })?;
    audit(conn, now, grant.account(), grant.chapter(), "REVERSAL_REQUESTED", ask.id)?;
    let row = store::reversals(conn, Reversals::One(ask.id), 1)?.pop().ok_or_else(Problem::not_found)?;
    Ok((out(conn, row)?, true))
}

fn already_asked() -> Problem {
    Problem::say(
        Kind::Conflict,
        "Quà này đã có đề nghị hủy đang chờ hoặc đã được hủy.",
        "A reversal of this gift is waiting or was approved already.",
    )
}

fn audit(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    account: Uuid,
    chapter: ChapterId,
    action: &'static str,
    subject: Uuid,
) -> Result<(), DbError> {
    authz::audit(conn, now, &[AuditEvent { account: Some(account), action, subject: Some(subject), chapter: Some(chapter.0) }])
}

/// What the second person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Refuse,
}

/// Decides a request. Deciding again the same way answers as the first time.
pub fn decide(
    conn: &mut PgConnection,
    vault: &Vault,
    now: DateTime<Utc>,
    actor: Actor,
    id: Uuid,
    decision: Decision,
) -> Result<ReversalOut, Problem> {
    authz::authenticate(conn, now, actor)?;
    let row = store::reversals(conn, Reversals::ForDecision(id), 1)?.pop().ok_or_else(Problem::not_found)?;
    let grant = authz::require::<Approve>(conn, now, actor, ChapterId(row.gift_chapter_id))?;
    match (row.state.as_str(), decision) {
        ("REQUESTED", _) => {}
        ("APPROVED", Decision::Approve) | ("REFUSED", Decision::Refuse) => return Ok(out(conn, row)?),
        _ => return Err(Problem::say(Kind::Conflict, "Đề nghị đã được quyết định khác.", "The request was decided otherwise.")),
    }
    let gift = store::gifts(conn, Gifts::One(row.gift_id), 1)?.pop().ok_or_else(Problem::not_found)?;
    let recorder = identity::officer_of(conn, gift.recorded_by)?;
    let requester = identity::officer_of(conn, row.requested_by)?;
    if [recorder, requester].contains(&grant.officer()) {
        return Err(Problem::say(
            Kind::Forbidden,
            "Người ghi hoặc người đề nghị không tự duyệt: cần người thứ hai.",
            "Whoever recorded or asked does not decide: it takes a second person.",
        ));
    }
    let by = TwoPersons { asked: requester, approves: &grant };
    let entry = match decision {
        Decision::Approve => Some(book(conn, vault, now, &by, &row, gift.entry_id)?),
        Decision::Refuse => None,
    };
    if entry.is_some() {
        store::release_slip(conn, row.gift_id)?;
    }
    store::decide_reversal(conn, id, grant.account(), now, entry)?;
    let action = if entry.is_some() { "REVERSAL_APPROVED" } else { "REVERSAL_REFUSED" };
    audit(conn, now, grant.account(), grant.chapter(), action, id)?;
    let row = store::reversals(conn, Reversals::One(id), 1)?.pop().ok_or_else(Problem::not_found)?;
    Ok(out(conn, row)?)
}

/// Books the mirror of the gift's entry, today, and counts it.
fn book(
    conn: &mut PgConnection,
    vault: &Vault,
    now: DateTime<Utc>,
    by: &TwoPersons<'_>,
    row: &ReversalRow,
    gift_entry: Uuid,
) -> Result<Uuid, Problem> {
    let written = ledger::written(conn, gift_entry)?.ok_or_else(Problem::not_found)?;
    let here = tree::place_of(conn, by.approves.chapter())?;
    let original = PublicCode::parse(&written.code).map_err(|_| Problem::internal("an entry has a broken code"))?;
    let reason = Reason::parse(&row.reason).ok_or_else(|| Problem::internal("a request has an unknown reason"))?;
    let funds = ledger::funds(conn, &written.postings.iter().map(|p| p.fund).collect::<Vec<_>>())?;
    let code = PublicCode::random().map_err(Problem::internal)?;
    let secret = commitment::secret().map_err(Problem::internal)?;
    let time = vietnam_time(now);
    let fields = [("note", ""), ("time", time.as_str())];
    let at = BookedAt::now(now);
    let entry = NewEntry {
        id: Uuid::now_v7(),
        place: Arc::new(here),
        day: at.day,
        channel: written.channel,
        postings: Balanced::mirrored(written.kind, &written.postings).map_err(Problem::internal)?,
        reverses: Some((gift_entry, original, reason.name().into())),
        goods: Vec::new(),
        message_count: None,
        giver_shown: None,
        document: None,
        pd: commitment::commit(&secret, &fields),
        opening: Some(opening::seal(vault, code.as_str(), &secret, &fields).map_err(Problem::internal)?),
        code,
    };
    let id = entry.id;
    reversals::book(conn, at, &HashMap::from_iter(funds), by, Original::Gift, vec![entry]).map_err(|error| match error {
        BookError::NotCovered => Problem::say(
            Kind::Conflict,
            "Tiền hoặc hàng này đã được chi, chuyển: không còn đủ để hủy. Hãy xử lý bút toán chi trước.",
            "This money or these goods have been used already: there is not enough left to reverse. Correct the outflow first.",
        ),
        BookError::Db(error) => match error.constraint() {
            Some("entry_reverses_key") => already_asked(),
            _ => error.into(),
        },
        other => Problem::internal(other),
    })?;
    Ok(id)
}

/// One request, for those who may read the chapter's books.
pub fn show(conn: &mut PgConnection, now: DateTime<Utc>, actor: Actor, id: Uuid) -> Result<ReversalOut, Problem> {
    authz::authenticate(conn, now, actor)?;
    let row = store::reversals(conn, Reversals::One(id), 1)?.pop().ok_or_else(Problem::not_found)?;
    authz::require::<Read>(conn, now, actor, ChapterId(row.gift_chapter_id))?;
    Ok(out(conn, row)?)
}

/// Requests that wait for a chapter to decide, oldest first.
pub fn waiting(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    actor: Actor,
    chapter: &str,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<ReversalOut>, Problem> {
    authz::authenticate(conn, now, actor)?;
    let here = tree::place(conn, chapter)?.ok_or_else(Problem::not_found)?;
    authz::require::<Read>(conn, now, actor, here.id)?;
    let rows = store::reversals(conn, Reversals::WaitingAt { chapter: here.id.0, after }, limit)?;
    rows.into_iter().map(|row| out(conn, row).map_err(Problem::from)).collect()
}
