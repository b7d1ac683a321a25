//! Opening balances: asked by somebody who records, approved by a second person, booked one entry a fund.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::model::Opening;
use super::store::{self, LineRow, OpeningRow};
use super::wire::{OpeningOut, out};
use crate::authz::{Approve, Granted, Read, Record, Right, Visit};
use crate::basics::hex;
use crate::basics::{Line, Vnd};
use crate::db::DbError;
use crate::decisions::model::Fingerprint;
use crate::decisions::{self, Approval, Halt, Matter, State, Verdict};
use crate::documents::store as documents;
use crate::http::{Check, FieldError, Say};
use crate::ledger::accounts::Account;
use crate::ledger::draft::{Behind, Draft};
use crate::ledger::model::{Balanced, Fund, FundId};
use crate::ledger::store::{self as ledger, BookError, BookedAt};
use crate::stock::lots::{self, Arriving, Entering};
use crate::stock::quantity::Quantity;
use crate::stock::valuation::Valuation;
use crate::tree::{self, ChapterId, Place};
use crate::vault::{Vault, place};

/// An opening balance, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "OPENING_BALANCE",
    vi: "Mở sổ với số dư đầu kỳ theo biên bản",
    en: "Open the books with the balances of the minutes",
    shown_at: "/api/v1/opening-balances/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "OPENING_BALANCE_REQUESTED",
        approved: "OPENING_BALANCE_APPROVED",
        refused: "OPENING_BALANCE_REFUSED",
        withdrawn: "OPENING_BALANCE_WITHDRAWN",
    },
};

/// Asks for an opening balance. The same request sent again answers as the first time.
pub fn request(v: &mut Visit<'_>, ask: &Opening) -> Result<(OpeningOut, bool), Fault> {
    let (grant, here) = v.at_code::<Record>(&ask.chapter).map_err(Fault::NoSuchChapter)?;
    let of = |note| v.vault.hash("opening_balance.request", content(ask, note).as_bytes());
    let hash = Fingerprint { whole: of(ask.note.as_ref()), bare: of(None) };
    if let Some(known) = store::find(v.conn, ask.id)? {
        return if is_repeat(&hash, &known) { Ok((out(v.conn, known)?, false)) } else { Err(Halt::IdTaken.into()) };
    }
    let lines = rows_of(v.conn, &here, ask)?;
    if let Some(document) = &ask.document
        && !documents::is_kept(v.conn, here.id, &super::papers::OF_OPENINGS, &hex(document))?
    {
        return Err(wrong(
            "/document",
            "NO_SUCH_DOCUMENT",
            "Đơn vị chưa tải lên giấy tờ nào có SHA-256 này cho số dư đầu kỳ.",
            "The chapter has uploaded no document with this SHA-256 for an opening balance.",
        ));
    }
    let decision = decisions::New {
        kind: MATTER,
        id: ask.id,
        subject: ask.id,
        about: Some(ask.document_no.as_str()),
        amount_vnd: Some(lines.iter().map(|line| line.amount_vnd).sum()),
        not_by: &[],
        with: None,
    };
    let plan = decisions::plan(v.conn, v.now, &grant, &decision)?;
    let note = seal_note(v.vault, "opening_balance", ask.id, ask.note.as_ref())?;
    let row = OpeningRow {
        id: ask.id,
        chapter_id: here.id.0,
        as_of: ask.as_of,
        document_no: ask.document_no.as_str().to_owned(),
        document: ask.document.map(|hash| hash.to_vec()),
        note,
        request_hash: hash.whole.to_vec(),
        state: "REQUESTED".to_owned(),
        approver_chapter_id: plan.approver()?.0,
        requested_by: grant.account(),
        requested_at: v.now,
        decided_by: None,
        decided_at: None,
    };
    let new = store::insert(v.conn, &grant, &row, &lines)?;
    let known = store::find(v.conn, ask.id)?.ok_or(Fault::Unknown)?;
    if new {
        decisions::enter(v.conn, v.now, &grant, &decision, &plan)?;
    } else if !is_repeat(&hash, &known) {
        return Err(Halt::IdTaken.into());
    }
    Ok((out(v.conn, known)?, new))
}

fn wrong(pointer: &str, code: &'static str, vi: &'static str, en: &'static str) -> Fault {
    Fault::Fields(vec![FieldError::new(pointer, code, Say::fixed(vi, en))])
}

/// Without its note a request is the same only where the note was erased.
fn is_repeat(hash: &Fingerprint, known: &OpeningRow) -> bool {
    known.request_hash == hash.whole || known.note.is_none() && hash.is_of(&known.request_hash)
}

/// The lines as rows; every fund exists, every fund balances, nothing is open already.
fn rows_of(conn: &mut PgConnection, here: &Place, ask: &Opening) -> Result<Vec<LineRow>, Fault> {
    if !here.accepts_entries {
        return Err(wrong(
            "/chapter",
            "BOOKS_CLOSED",
            "Đơn vị đã sáp nhập hoặc giải thể: hãy ghi ở đơn vị kế tục.",
            "The chapter has merged or is dissolved: record at its successor.",
        ));
    }
    let funds = ledger::funds_by_code(conn, &ask.lines.iter().map(|l| l.fund.as_str()).collect::<Vec<_>>())?;
    let (mut rows, mut check) = (Vec::new(), Check::default());
    for (n, line) in ask.lines.iter().enumerate() {
        match funds.get(&line.fund) {
            Some(fund) => rows.push(LineRow {
                opening_id: ask.id,
                n: i16::try_from(n + 1).unwrap_or(i16::MAX),
                fund_id: fund.id.0,
                account: line.account.name().to_owned(),
                amount_vnd: line.amount.get(),
            }),
            None => check.wrong(
                format!("/lines/{n}/fund"),
                "NO_SUCH_FUND",
                "Không có quỹ này: GENERAL, OPERATING hoặc APPEAL:<mã đợt>.",
                "No such fund: GENERAL, OPERATING or APPEAL:<code>.",
            ),
        }
    }
    for (code, lines) in ask.by_fund() {
        if funds.get(code).is_some_and(|fund| Balanced::opening(fund.id, &lines).is_err()) {
            let (vi, en) = (format!("Quỹ {code} vượt 10^15 đồng."), format!("The fund {code} passes 10^15 đồng."));
            check.wrong("/lines", "TOO_LARGE", vi, en);
        }
    }
    for (fund, account) in store::held(conn, here.id.0, &rows)? {
        let n = rows.iter().position(|row| row.fund_id == fund && row.account == account).unwrap_or_default();
        check.wrong(
            format!("/lines/{n}"),
            "ALREADY_OPENED",
            "Quỹ và tài khoản này đã có số dư đầu kỳ: hãy đề nghị hủy bản cũ trước.",
            "This fund and account were opened already: ask for the reversal of that one first.",
        );
    }
    check.done(Some(rows)).map_err(Fault::Fields)
}

pub(super) fn seal_note(vault: &Vault, table: &str, id: Uuid, note: Option<&Line>) -> Result<Option<Vec<u8>>, Fault> {
    note.map(|note| vault.seal(place(table, "note", &id), note.as_str().as_bytes())).transpose().map_err(Fault::broken)
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

impl Matter for OpeningRow {
    type Asks = Record;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        store::decide(v.conn, &by.grant, v.now, self.id, State::Approved)?;
        book(v, &by.grant, self)
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Fault> {
        Ok(store::decide(v.conn, by, v.now, self.id, state)?)
    }
}

/// Decides a request. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<OpeningOut, Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    decisions::decide(v, &row, id, verdict)?;
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    out(v.conn, row)
}

/// Books one entry a fund, with the day of the old books and the hash of the document.
fn book(v: &mut Visit<'_>, grant: &Granted<Approve>, row: &OpeningRow) -> Result<(), Fault> {
    let lines = store::lines(v.conn, row.id)?;
    let funds = ledger::funds(v.conn, &lines.iter().map(|l| FundId(l.fund_id)).collect::<Vec<_>>())?;
    let here = here(v.conn, grant)?;
    let mut by_fund: Vec<&Fund> = funds.values().collect();
    by_fund.sort_by_key(|fund| fund.id);
    let (mut entries, mut ids) = (Vec::new(), Vec::new());
    for fund in by_fund {
        let of_fund: Option<Vec<(Account, Vnd)>> = lines
            .iter()
            .filter(|l| l.fund_id == fund.id.0)
            .map(|l| Account::parse(&l.account).zip(Vnd::parse(l.amount_vnd).ok()))
            .collect();
        let of_fund = of_fund.ok_or_else(|| Fault::broken("an opening balance has a line that is none"))?;
        let postings = Balanced::opening(fund.id, &of_fund).map_err(Fault::broken)?;
        // The note stays in the request and is not committed to.
        let draft = Draft { vault: v.vault, now: v.now, here: here.clone(), day: row.as_of, document: document(row)? };
        let entry = draft.entry(postings, Behind::default()).map_err(Fault::broken)?;
        let goods = of_fund.iter().filter(|(account, _)| *account == Account::GoodsInStock).map(|(_, value)| old_goods(*value));
        let lots = Entering { by: grant, fund: fund.id, entry: entry.id, day: row.as_of, lines: goods.collect() };
        lots::enter(v.conn, v.now, &[lots])?;
        ids.push((fund.id, entry.id));
        entries.push((grant, entry));
    }
    ledger::book(v.conn, BookedAt::now(v.now), &funds, entries).map_err(not_booked)?;
    store::hold_places(v.conn, grant, row.id, &lines, &ids).map_err(|error| match error.constraint() {
        Some("opening_balance_held_pk") => Fault::OpenedMeanwhile,
        _ => error.into(),
    })
}

/// Of goods out of old books the value alone is known: one set of other goods, until an adjustment lists them item by item.
fn old_goods(value: Vnd) -> Arriving {
    Arriving {
        item: "OTHER_GOODS".to_owned(),
        unit: "SET".to_owned(),
        quantity: Quantity::from_milli(1_000),
        value: value.get(),
        valuation: Valuation::OldBooks.name().to_owned(),
        expires_on: None,
        store: None,
    }
}

pub(super) fn document(row: &OpeningRow) -> Result<Option<[u8; 32]>, Fault> {
    row.document
        .as_deref()
        .map(|bytes| bytes.try_into().map_err(|_| Fault::broken("a document's hash is not 32 bytes")))
        .transpose()
}

pub(super) fn here(conn: &mut PgConnection, grant: &Granted<Approve>) -> Result<Arc<Place>, Fault> {
    Ok(Arc::new(tree::place_of(conn, grant.chapter())?))
}

pub(super) fn not_booked(error: BookError) -> Fault {
    match error {
        BookError::NotCovered => Fault::NotCovered,
        BookError::Closed => Halt::Matter(decisions::books_closed()).into(),
        // An advance of the old books was cleared since.
        BookError::Db(error) if error.constraint() == Some("entry_order_stands") => Fault::NotCovered,
        BookError::Db(error) => error.into(),
        other => Fault::broken(other),
    }
}

/// One opening balance, for those who may read the chapter's books.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<OpeningOut, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(ChapterId(row.chapter_id))?;
    let own = note_for(v, "opening_balance", id, row.approver_chapter_id, row.note.as_deref())?;
    let mut shown = OpeningOut { note: own, ..out(v.conn, row)? };
    if let Some(asked) = &mut shown.reversal {
        let row = store::reversal(v.conn, asked.id)?.ok_or(Fault::Unknown)?;
        asked.note = note_for(v, "opening_balance_reversal", row.id, row.approver_chapter_id, row.note.as_deref())?;
    }
    Ok(shown)
}

/// A note, opened for those who may decide at a chapter.
fn note_for(v: &mut Visit<'_>, table: &str, id: Uuid, approver: Uuid, sealed: Option<&[u8]>) -> Result<Option<String>, Fault> {
    let Some(sealed) = sealed else { return Ok(None) };
    if !decisions::decides_at(v, ChapterId(approver))? {
        return Ok(None);
    }
    v.vault.open_text(place(table, "note", &id), sealed).map(Some).map_err(Fault::broken)
}

/// What [`ledger::book`] needs to know of funds, as reversals take them.
pub(super) type Funds = HashMap<FundId, Fund>;
