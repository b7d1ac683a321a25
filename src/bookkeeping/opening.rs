//! Opening balances: asked by somebody who records, approved by a second person, booked one entry a fund.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Opening, Verdict};
use super::store::{self, LineRow, OpeningRow};
use crate::authz::{self, Actor, Approve, AuditEvent, Granted, Read, Record};
use crate::basics::clock::vietnam_time;
use crate::basics::hex;
use crate::basics::{Line, PublicCode, Vnd};
use crate::db::DbError;
use crate::documents::model::Purpose;
use crate::documents::store as documents;
use crate::http::{FieldError, Kind, Problem, Say};
use crate::identity::store as identity;
use crate::ledger::kinds::Account;
use crate::ledger::model::{Balanced, Fund, FundId};
use crate::ledger::public;
use crate::ledger::store::{self as ledger, BookError, BookedAt, NewEntry};
use crate::log::{commitment, opening};
use crate::tree::{self, ChapterId, Place};
use crate::vault::{Vault, place};

/// An opening balance and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpeningOut {
    pub id: Uuid,
    #[schema(example = "23095")]
    pub chapter: String,
    pub as_of: NaiveDate,
    #[schema(example = "02/BB-HCTĐ")]
    pub document_no: String,
    /// SHA-256, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// `REQUESTED`, `APPROVED`, `REFUSED` or `REVERSED`.
    #[schema(example = "REQUESTED")]
    pub state: String,
    pub requested_at: DateTime<Utc>,
    /// Code of the nearest chapter with a second person who can decide.
    #[schema(example = "23095")]
    pub approver_chapter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    pub lines: Vec<OpeningLineOut>,
    /// The booked entries, one a fund, once approved.
    pub entries: Vec<EntryOfFund>,
    /// The newest request to reverse it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversal: Option<OpeningReversalOut>,
}

/// One line.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpeningLineOut {
    #[schema(example = "GENERAL")]
    pub fund: String,
    #[schema(example = "CASH_ON_HAND")]
    pub account: String,
    pub amount_vnd: i64,
}

/// The entry of one fund.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryOfFund {
    #[schema(example = "GENERAL")]
    pub fund: String,
    /// Public code.
    #[schema(example = "7ZC4K0M9T2R8VQ3BX")]
    pub code: String,
    /// Public code of the entry that reversed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversed_by: Option<String>,
}

/// A request to reverse an opening balance.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpeningReversalOut {
    pub id: Uuid,
    #[schema(example = "WRONG_AMOUNT")]
    pub reason: String,
    /// `REQUESTED`, `APPROVED` or `REFUSED`.
    #[schema(example = "REQUESTED")]
    pub state: String,
    pub requested_at: DateTime<Utc>,
    #[schema(example = "23095")]
    pub approver_chapter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
}

pub(super) fn out(conn: &mut PgConnection, row: OpeningRow) -> Result<OpeningOut, DbError> {
    let lines = store::lines(conn, row.id)?;
    let funds = ledger::funds(conn, &lines.iter().map(|l| FundId(l.fund_id)).collect::<Vec<_>>())?;
    let fund = |id: i32| funds.get(&FundId(id)).map(|fund| fund.code.clone()).unwrap_or_default();
    let entries = store::entries(conn, row.id)?;
    let booked = ledger::booked(conn, &entries.iter().map(|(_, id)| *id).collect::<Vec<_>>())?;
    let codes: Vec<&str> = booked.values().map(|entry| entry.code.as_str()).collect();
    let reversals = public::reversals_of(conn, &codes)?;
    let entries = entries.into_iter().filter_map(|(id, entry)| {
        let code = booked.get(&entry)?.code.clone();
        Some(EntryOfFund { fund: fund(id), reversed_by: reversals.get(&code).cloned(), code })
    });
    let entries = entries.collect();
    let reversal = match store::reversal_of(conn, row.id)? {
        None => None,
        Some(asked) => Some(OpeningReversalOut {
            id: asked.id,
            reason: asked.reason,
            state: asked.state,
            requested_at: asked.requested_at,
            approver_chapter: tree::code_of(conn, ChapterId(asked.approver_chapter_id))?,
            decided_at: asked.decided_at,
        }),
    };
    Ok(OpeningOut {
        id: row.id,
        chapter: tree::code_of(conn, ChapterId(row.chapter_id))?,
        as_of: row.as_of,
        document_no: row.document_no,
        document: row.document.as_deref().map(hex),
        state: row.state,
        requested_at: row.requested_at,
        approver_chapter: tree::code_of(conn, ChapterId(row.approver_chapter_id))?,
        decided_at: row.decided_at,
        lines: lines
            .into_iter()
            .map(|l| OpeningLineOut { fund: fund(l.fund_id), account: l.account, amount_vnd: l.amount_vnd })
            .collect(),
        entries,
        reversal,
    })
}

/// Asks for an opening balance. The same request sent again answers as the first time.
pub fn request(
    conn: &mut PgConnection,
    vault: &Vault,
    now: DateTime<Utc>,
    actor: Actor,
    ask: &Opening,
) -> Result<(OpeningOut, bool), Problem> {
    authz::authenticate(conn, now, actor)?;
    let here = tree::place(conn, &ask.chapter)?.ok_or_else(no_such_chapter)?;
    let grant = authz::require::<Record>(conn, now, actor, here.id)
        .map_err(|problem| if problem.kind == Kind::NotFound { no_such_chapter() } else { problem })?;
    let hash = vault.hash("opening_balance.request", content(ask, ask.note.as_ref()).as_bytes());
    if let Some(known) = store::find(conn, ask.id)? {
        // A note that named an erased person is gone, and with it from what is compared.
        let bare = vault.hash("opening_balance.request", content(ask, None).as_bytes());
        return if known.request_hash == hash || known.note.is_none() && known.request_hash == bare {
            Ok((out(conn, known)?, false))
        } else {
            Err(Problem::new(Kind::IdTaken))
        };
    }
    let lines = rows_of(conn, &here, ask)?;
    if let Some(document) = &ask.document
        && !documents::is_kept(conn, here.id, Purpose::OpeningBalance, &hex(document))?
    {
        return Err(Problem::field(
            "/document",
            "NO_SUCH_DOCUMENT",
            "Đơn vị chưa tải lên giấy tờ nào có SHA-256 này cho số dư đầu kỳ.",
            "The chapter has uploaded no document with this SHA-256 for an opening balance.",
        ));
    }
    let approver = second_person(conn, now, grant.chapter(), &[grant.officer()])?;
    let note = seal_note(vault, "opening_balance", ask.id, ask.note.as_ref())?;
    let row = OpeningRow {
        id: ask.id,
        chapter_id: here.id.0,
        as_of: ask.as_of,
        document_no: ask.document_no.as_str().to_owned(),
        document: ask.document.map(|hash| hash.to_vec()),
        note,
        request_hash: hash.to_vec(),
        state: "REQUESTED".to_owned(),
        approver_chapter_id: approver.0,
        requested_by: grant.account(),
        requested_at: now,
        decided_by: None,
        decided_at: None,
    };
    let new = store::insert(conn, &grant, &row, &lines)?;
    let known = store::find(conn, ask.id)?.ok_or_else(Problem::not_found)?;
    if !new && known.request_hash != hash {
        return Err(Problem::new(Kind::IdTaken));
    }
    if new {
        audit(conn, now, grant.account(), grant.chapter(), "OPENING_BALANCE_REQUESTED", ask.id)?;
    }
    Ok((out(conn, known)?, new))
}

/// The lines as rows; every fund exists, every fund balances, nothing is open already.
fn rows_of(conn: &mut PgConnection, here: &Place, ask: &Opening) -> Result<Vec<LineRow>, Problem> {
    if !here.accepts_entries {
        return Err(Problem::field(
            "/chapter",
            "BOOKS_CLOSED",
            "Đơn vị đã sáp nhập hoặc giải thể: hãy ghi ở đơn vị kế thừa.",
            "The chapter has merged or is dissolved: record at its successor.",
        ));
    }
    let funds = ledger::funds_by_code(conn, &ask.lines.iter().map(|l| l.fund.as_str()).collect::<Vec<_>>())?;
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    for (n, line) in ask.lines.iter().enumerate() {
        match funds.get(&line.fund) {
            Some(fund) => rows.push(LineRow {
                opening_id: ask.id,
                n: i16::try_from(n + 1).unwrap_or(i16::MAX),
                fund_id: fund.id.0,
                account: line.account.name().to_owned(),
                amount_vnd: line.amount.get(),
            }),
            None => errors.push(FieldError::new(
                format!("/lines/{n}/fund"),
                "NO_SUCH_FUND",
                Say::fixed(
                    "Không có quỹ này: GENERAL, OPERATING hoặc APPEAL:<mã đợt>.",
                    "No such fund: GENERAL, OPERATING or APPEAL:<code>.",
                ),
            )),
        }
    }
    for (code, lines) in ask.by_fund() {
        if funds.get(code).is_some_and(|fund| Balanced::opening(fund.id, &lines).is_err()) {
            errors.push(FieldError::new(
                "/lines",
                "TOO_LARGE",
                Say::new(format!("Quỹ {code} vượt 10^15 đồng."), format!("The fund {code} passes 10^15 đồng.")),
            ));
        }
    }
    for (fund, account) in store::held(conn, here.id.0, &rows)? {
        let n = rows.iter().position(|row| row.fund_id == fund && row.account == account).unwrap_or_default();
        errors.push(FieldError::new(
            format!("/lines/{n}"),
            "ALREADY_OPENED",
            Say::fixed(
                "Quỹ và tài khoản này đã có số dư đầu kỳ: hãy đề nghị hủy bản cũ trước.",
                "This fund and account were opened already: ask for the reversal of that one first.",
            ),
        ));
    }
    if errors.is_empty() { Ok(rows) } else { Err(Problem::invalid(errors)) }
}

/// The nearest chapter with somebody else who may approve.
pub(super) fn second_person(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    here: ChapterId,
    not: &[Uuid],
) -> Result<ChapterId, Problem> {
    authz::nearest_approver(conn, now, here, not)?.ok_or_else(|| {
        Problem::say(
            Kind::Conflict,
            "Chưa có ai khác được quyền duyệt ở đơn vị này hay cấp trên: cần bổ nhiệm trước.",
            "Nobody else may approve here or above: appoint somebody first.",
        )
    })
}

fn no_such_chapter() -> Problem {
    let detail = Say::fixed("Không có đơn vị này trong phạm vi của bạn.", "There is no such chapter within your reach.");
    Problem { errors: vec![FieldError::new("/chapter", "NO_SUCH_CHAPTER", detail)], ..Problem::not_found() }
}

pub(super) fn seal_note(vault: &Vault, table: &str, id: Uuid, note: Option<&Line>) -> Result<Option<Vec<u8>>, Problem> {
    note.map(|note| vault.seal(place(table, "note", &id), note.as_str().as_bytes())).transpose().map_err(Problem::internal)
}

fn content(ask: &Opening, note: Option<&Line>) -> String {
    let lines: Vec<_> = ask.lines.iter().map(|l| json!([l.fund, l.account.name(), l.amount.get()])).collect();
    let note = note.map(Line::as_str);
    json!([ask.id, ask.chapter, ask.as_of, ask.document_no.as_str(), ask.document, note, lines]).to_string()
}

/// The hash of a request that is kept, as if it had come without its note.
pub(super) fn bare_hash_of(conn: &mut PgConnection, vault: &Vault, id: Uuid) -> Result<Vec<u8>, DbError> {
    let Some(row) = store::find(conn, id)? else { return Ok(Vec::new()) };
    let lines = store::lines(conn, id)?;
    let funds = ledger::funds(conn, &lines.iter().map(|l| FundId(l.fund_id)).collect::<Vec<_>>())?;
    let lines: Vec<_> = lines
        .iter()
        .map(|l| json!([funds.get(&FundId(l.fund_id)).map(|fund| fund.code.as_str()), l.account, l.amount_vnd]))
        .collect();
    let chapter = tree::code_of(conn, ChapterId(row.chapter_id))?;
    let content = json!([row.id, chapter, row.as_of, row.document_no, row.document, null, lines]).to_string();
    Ok(vault.hash("opening_balance.request", content.as_bytes()).to_vec())
}

pub(super) fn audit(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    account: Uuid,
    chapter: ChapterId,
    action: &'static str,
    subject: Uuid,
) -> Result<(), DbError> {
    authz::audit(conn, now, &[AuditEvent { account: Some(account), action, subject: Some(subject), chapter: Some(chapter.0) }])
}

/// Decides a request. Deciding again the same way answers as the first time.
pub fn decide(
    conn: &mut PgConnection,
    vault: &Vault,
    now: DateTime<Utc>,
    actor: Actor,
    id: Uuid,
    verdict: Verdict,
) -> Result<OpeningOut, Problem> {
    authz::authenticate(conn, now, actor)?;
    let row = store::hold(conn, id)?.ok_or_else(Problem::not_found)?;
    let grant = authz::require::<Approve>(conn, now, actor, ChapterId(row.chapter_id))?;
    match (row.state.as_str(), verdict) {
        ("REQUESTED", _) => {}
        ("APPROVED" | "REVERSED", Verdict::Approve) | ("REFUSED", Verdict::Refuse) => return Ok(out(conn, row)?),
        _ => return Err(decided_otherwise()),
    }
    if identity::officer_of(conn, row.requested_by)? == grant.officer() {
        return Err(not_oneself());
    }
    store::decide(conn, &grant, now, id, verdict.state())?;
    if verdict == Verdict::Approve {
        book(conn, vault, now, &grant, &row)?;
    }
    let action = match verdict {
        Verdict::Approve => "OPENING_BALANCE_APPROVED",
        Verdict::Refuse => "OPENING_BALANCE_REFUSED",
    };
    audit(conn, now, grant.account(), grant.chapter(), action, id)?;
    let row = store::find(conn, id)?.ok_or_else(Problem::not_found)?;
    Ok(out(conn, row)?)
}

pub(super) fn decided_otherwise() -> Problem {
    Problem::say(Kind::Conflict, "Đề nghị đã được quyết định khác.", "The request was decided otherwise.")
}

pub(super) fn not_oneself() -> Problem {
    Problem::say(
        Kind::Forbidden,
        "Người ghi hoặc người đề nghị không tự duyệt: cần người thứ hai.",
        "Whoever recorded or asked does not decide: it takes a second person.",
    )
}

/// Books one entry a fund, with the day of the old books and the hash of the document.
fn book(
    conn: &mut PgConnection,
    vault: &Vault,
    now: DateTime<Utc>,
    grant: &Granted<Approve>,
    row: &OpeningRow,
) -> Result<(), Problem> {
    let lines = store::lines(conn, row.id)?;
    let funds = ledger::funds(conn, &lines.iter().map(|l| FundId(l.fund_id)).collect::<Vec<_>>())?;
    let here = here(conn, grant)?;
    let mut by_fund: Vec<&Fund> = funds.values().collect();
    by_fund.sort_by_key(|fund| fund.id);
    let (mut entries, mut ids) = (Vec::new(), Vec::new());
    for fund in by_fund {
        let of_fund: Option<Vec<(Account, Vnd)>> = lines
            .iter()
            .filter(|l| l.fund_id == fund.id.0)
            .map(|l| Account::parse(&l.account).zip(Vnd::parse(l.amount_vnd).ok()))
            .collect();
        let of_fund = of_fund.ok_or_else(|| Problem::internal("an opening balance has a line that is none"))?;
        let postings = Balanced::opening(fund.id, &of_fund).map_err(Problem::internal)?;
        let entry = Draft { vault, now, here: here.clone(), day: row.as_of, document: document(row)? }.entry(postings, None)?;
        ids.push((fund.id, entry.id));
        entries.push((grant, entry));
    }
    ledger::book(conn, BookedAt::now(now), &funds, entries).map_err(not_booked)?;
    store::hold_places(conn, grant, row.id, &lines, &ids).map_err(|error| match error.constraint() {
        Some("opening_balance_held_pk") => Problem::say(
            Kind::Conflict,
            "Một quỹ và tài khoản trong bản này đã có số dư đầu kỳ.",
            "A fund and account of this one were opened meanwhile.",
        ),
        _ => error.into(),
    })
}

pub(super) fn document(row: &OpeningRow) -> Result<Option<[u8; 32]>, Problem> {
    row.document
        .as_deref()
        .map(|bytes| bytes.try_into().map_err(|_| Problem::internal("a document's hash is not 32 bytes")))
        .transpose()
}

pub(super) fn here(conn: &mut PgConnection, grant: &Granted<Approve>) -> Result<Arc<Place>, Problem> {
    Ok(Arc::new(tree::place_of(conn, grant.chapter())?))
}

pub(super) fn not_booked(error: BookError) -> Problem {
    match error {
        BookError::NotCovered => Problem::say(
            Kind::Conflict,
            "Tiền hoặc hàng này đã được chi, chuyển: không còn đủ để hủy. Hãy xử lý bút toán chi trước.",
            "This money or these goods have been used already: there is not enough left to reverse. Correct the outflow first.",
        ),
        BookError::Db(error) => error.into(),
        other => Problem::internal(other),
    }
}

/// What the entries of one decision share.
pub(super) struct Draft<'a> {
    pub vault: &'a Vault,
    pub now: DateTime<Utc>,
    pub here: Arc<Place>,
    pub day: NaiveDate,
    pub document: Option<[u8; 32]>,
}

impl Draft<'_> {
    /// An entry with a code, a commitment and its sealed opening. The note stays in the request and is not committed.
    pub fn entry(self, postings: Balanced, reverses: Option<(Uuid, PublicCode, &'static str)>) -> Result<NewEntry, Problem> {
        let code = PublicCode::random().map_err(Problem::internal)?;
        let secret = commitment::secret().map_err(Problem::internal)?;
        let time = vietnam_time(self.now);
        let fields = [("note", ""), ("time", time.as_str())];
        Ok(NewEntry {
            id: Uuid::now_v7(),
            place: self.here,
            day: self.day,
            channel: None,
            postings,
            reverses: reverses.map(|(id, code, reason)| (id, code, reason.into())),
            goods: Vec::new(),
            message_count: None,
            giver_shown: None,
            document: self.document,
            pd: commitment::commit(&secret, &fields),
            opening: Some(opening::seal(self.vault, code.as_str(), &secret, &fields).map_err(Problem::internal)?),
            code,
        })
    }
}

/// One opening balance, for those who may read the chapter's books.
pub fn show(conn: &mut PgConnection, now: DateTime<Utc>, actor: Actor, id: Uuid) -> Result<OpeningOut, Problem> {
    authz::authenticate(conn, now, actor)?;
    let row = store::find(conn, id)?.ok_or_else(Problem::not_found)?;
    authz::require::<Read>(conn, now, actor, ChapterId(row.chapter_id))?;
    Ok(out(conn, row)?)
}

/// A chapter's opening balances, oldest first.
pub fn list(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    actor: Actor,
    chapter: &str,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<OpeningOut>, Problem> {
    authz::authenticate(conn, now, actor)?;
    let here = tree::place(conn, chapter)?.ok_or_else(Problem::not_found)?;
    authz::require::<Read>(conn, now, actor, here.id)?;
    let rows = store::list(conn, here.id.0, after, limit)?;
    rows.into_iter().map(|row| out(conn, row).map_err(Problem::from)).collect()
}

/// What [`ledger::book`] needs to know of funds, as reversals take them.
pub(super) type Funds = HashMap<FundId, Fund>;
