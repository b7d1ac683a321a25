//! Money orders, whatever their kind: asked by somebody who records, approved by others, booked.

use std::cell::RefCell;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::categories::Side;
use super::fault::Fault;
use super::kind::{Booking, Orders};
use super::model::{OrderKind, OrderState, Particulars, wrong};
use super::papers;
use super::replacing;
use super::store::{self, Known, OrderRow};
use super::wire::{self, MoneyOrderOut, Names, out};
use crate::authz::{Granted, Read, Record, Right, Seen, Visit};
use crate::basics::{Line, hex};
use crate::changes::{self, Change};
use crate::db::DbError;
use crate::decisions::{self, Approval, Halt, Matter, State, Verdict};
use crate::documents::store as documents;
use crate::http::{FieldError, Span};
use crate::ledger::accounts::Account;
use crate::ledger::draft::Draft;
use crate::ledger::model::{Fund, FundId};
use crate::ledger::reversals::TwoPersons;
use crate::ledger::store::{self as ledger, BookError, BookedAt};
use crate::tree::{self, ChapterId, Place};
use crate::vault::{Vault, place};
use crate::vouchers::store as vouchers;

const BOOKS_CLOSED: (&str, &str) = (
    "Đơn vị đã sáp nhập hoặc giải thể: hãy ghi ở đơn vị kế tục.",
    "The chapter has merged or is dissolved: record at its successor.",
);

/// A request as it came, right in itself.
pub struct Request<'a> {
    pub id: Uuid,
    /// The day on which the money moved.
    pub day: NaiveDate,
    /// What it is spent on or came from, and of which sides that has to be, where the order says it as a whole.
    pub category: Option<(&'a str, &'static [Side])>,
    /// All of it but the persons, the words and the note, in one form: what makes it the same when it comes again.
    pub said: serde_json::Value,
    pub particulars: &'a Particulars,
    /// For who decides.
    pub note: Option<&'a Line>,
}

/// What is ordered, once it is looked at with the books at hand.
#[derive(Debug, Clone)]
pub struct Content {
    pub fund: Fund,
    pub to_fund: Option<Fund>,
    pub amount_vnd: i64,
    pub debit: Option<Account>,
    pub credit: Option<Account>,
    pub category: Option<String>,
    pub of_entry: Option<Uuid>,
    pub reason: Option<String>,
    pub consent: Option<[u8; 32]>,
    pub document: Option<[u8; 32]>,
    /// A public code or a number for the inbox. Never anything personal.
    pub about: Option<String>,
}

/// The right to ask at the chapter that a request names.
pub fn at(v: &mut Visit<'_>, chapter: &str) -> Result<(Granted<Record>, Place), Fault> {
    v.at_code::<Record>(chapter).map_err(Fault::NoSuchChapter)
}

/// Asks for an order. The same request sent again answers as the first time; `look` is asked only where it is new.
pub fn request(
    v: &mut Visit<'_>,
    of: &'static dyn Orders,
    (grant, here): &(Granted<Record>, Place),
    ask: &Request<'_>,
    look: impl FnOnce(&mut Visit<'_>, &Known) -> Result<Content, Fault>,
) -> Result<(MoneyOrderOut, bool), Fault> {
    let known = store::before(v.conn, (ask.id, of.kind(), ask.day), ask.category)?;
    let text = json!([here.code, ask.said]).to_string();
    let said = decisions::Content { text: &text, note: ask.note };
    if let Some(kind) = known.taken_by.as_deref() {
        let same = kind == of.kind().name();
        return if same { again(v, of, grant, ask, said) } else { Err(Halt::IdTaken.into()) };
    }
    let content = new_content(v, of, here, &known, look)?;
    let decision = decision(of, ask.id, Some(&content));
    let Some(approver) = decisions::ask_first(v, grant, &decision, said)? else {
        return again(v, of, grant, ask, said);
    };
    let row = new_row(v, of, ask, &content)?;
    let row = store::insert(v.conn, grant, row)?.ok_or(Halt::IdTaken)?;
    changes::note(v.conn, &[Change::of(of.feed(), grant.chapter(), ask.id)])?;
    let mut names = Names::at(here);
    names.funds(Some(content.fund).into_iter().chain(content.to_fund));
    names.asked_by(row.requested_by, v.user_name());
    names.decided_at(v.conn, &row, approver)?;
    Ok((wire::show(of, row, &names), true))
}

fn decision<'a>(of: &'static dyn Orders, id: Uuid, content: Option<&'a Content>) -> decisions::New<'a> {
    decisions::New {
        kind: of.matter(),
        id,
        subject: id,
        about: content.and_then(|content| content.about.as_deref()),
        amount_vnd: content.map(|content| content.amount_vnd),
        not_by: &[],
        with: None,
    }
}

/// A request that came before is answered as things stand now.
fn again(
    v: &mut Visit<'_>,
    of: &'static dyn Orders,
    grant: &Granted<Record>,
    ask: &Request<'_>,
    said: decisions::Content<'_>,
) -> Result<(MoneyOrderOut, bool), Fault> {
    decisions::ask(v, grant, &decision(of, ask.id, None), said)?;
    let row = store::find(v.conn, ask.id)?.ok_or(Halt::IdTaken)?;
    // Without its persons an order is the same only where they were erased.
    if row.particulars_hash.as_deref().is_some_and(|known| known != fingerprint(v.vault, ask)) {
        return Err(Halt::IdTaken.into());
    }
    Ok((out(v.conn, of, row)?, false))
}

/// What is new is looked at: the chapter keeps books, and the papers it names are there.
fn new_content(
    v: &mut Visit<'_>,
    of: &'static dyn Orders,
    here: &Place,
    known: &Known,
    look: impl FnOnce(&mut Visit<'_>, &Known) -> Result<Content, Fault>,
) -> Result<Content, Fault> {
    // What stands at a chapter is settled there, also when another has succeeded it; nothing new begins.
    let open = match of.kind() {
        OrderKind::AdvanceClearing | OrderKind::Refund => tree::goes_on(v.conn, here)?,
        _ => here.accepts_entries,
    };
    if !open {
        return Err(Fault::Fields(vec![wrong("/chapter", "BOOKS_CLOSED", BOOKS_CLOSED.0, BOOKS_CLOSED.1)]));
    }
    let content = look(v, known)?;
    let mut errors = Vec::new();
    // Of a chapter that went up in another one, papers come there.
    let named = content.document.is_some() || content.consent.is_some();
    let successor = if named && !here.accepts_entries { tree::successor(v.conn, here.id)? } else { None };
    for (at, hash) in [("/document", &content.document), ("/own_cost_consent", &content.consent)] {
        if let Some(hash) = hash
            && !is_kept(v.conn, [Some(here.id), successor], &hex(hash))?
        {
            errors.push(wrong(
                at,
                "NO_SUCH_DOCUMENT",
                "Đơn vị chưa tải lên giấy tờ nào có SHA-256 này cho chứng từ thu, chi (MONEY_ORDER).",
                "The chapter has uploaded no document with this SHA-256 for a money order.",
            ));
        }
    }
    if content.document.is_none() && known.paper_from.is_some_and(|from| content.amount_vnd >= from) {
        errors.push(paper_needed());
    }
    if errors.is_empty() { Ok(content) } else { Err(Fault::Fields(errors)) }
}

fn is_kept(conn: &mut PgConnection, chapters: [Option<ChapterId>; 2], hash: &str) -> Result<bool, DbError> {
    for chapter in chapters.into_iter().flatten() {
        if documents::is_kept(conn, chapter, &papers::OF_ORDERS, hash)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The order needs its paper.
pub fn paper_needed() -> FieldError {
    wrong(
        "/document",
        "REQUIRED",
        "Khoản này cần giấy tờ kèm theo (hóa đơn, quyết định): hãy tải lên rồi ghi SHA-256.",
        "This needs its paper (an invoice, a decision): upload it and name its SHA-256.",
    )
}

/// A fund by the code that a field names.
pub fn fund(v: &mut Visit<'_>, at: &str, code: &str) -> Result<Fund, Fault> {
    ledger::funds_by_code(v.conn, &[code])?.remove(code).ok_or_else(|| {
        Fault::Fields(vec![wrong(
            at,
            "NO_SUCH_FUND",
            "Không có quỹ này: GENERAL, OPERATING hoặc APPEAL:<mã đợt>.",
            "No such fund: GENERAL, OPERATING or APPEAL:<code>.",
        )])
    })
}

fn fingerprint(vault: &Vault, ask: &Request<'_>) -> Vec<u8> {
    vault.hash("money_order.particulars", json!([ask.id, ask.particulars]).to_string().as_bytes()).to_vec()
}

fn new_row(v: &Visit<'_>, of: &'static dyn Orders, ask: &Request<'_>, content: &Content) -> Result<OrderRow, Fault> {
    let clear = serde_json::to_vec(ask.particulars).map_err(Fault::broken)?;
    let sealed = v.vault.seal(place("money_order", "particulars", &ask.id), &clear).map_err(Fault::broken)?;
    Ok(OrderRow {
        id: ask.id,
        kind: of.kind().name().to_owned(),
        chapter_id: Uuid::nil(),
        fund_id: content.fund.id.0,
        to_fund_id: content.to_fund.as_ref().map(|fund| fund.id.0),
        amount_vnd: content.amount_vnd,
        day: ask.day,
        debit: content.debit.map(|account| account.name().to_owned()),
        credit: content.credit.map(|account| account.name().to_owned()),
        category: content.category.clone(),
        of_entry_id: content.of_entry,
        reason: content.reason.clone(),
        consent: content.consent.map(|hash| hash.to_vec()),
        document: content.document.map(|hash| hash.to_vec()),
        particulars: Some(sealed),
        particulars_hash: Some(fingerprint(v.vault, ask)),
        state: OrderState::Requested.name().to_owned(),
        requested_by: Uuid::nil(),
        requested_at: v.now,
        decided_by: None,
        decided_at: None,
        entry_id: None,
        other_entry_id: None,
        more_entry_ids: Vec::new(),
    })
}

/// Who and what for, as long as it is kept.
pub fn particulars(vault: &Vault, row: &OrderRow) -> Result<Particulars, Fault> {
    let Some(sealed) = &row.particulars else { return Ok(Particulars::default()) };
    let clear = vault.open(place("money_order", "particulars", &row.id), sealed).map_err(Fault::broken)?;
    serde_json::from_slice(&clear).map_err(Fault::broken)
}

/// An order with what its kind says.
struct Order<'a> {
    row: &'a OrderRow,
    of: &'static dyn Orders,
    /// As it is once it is booked, with what is shown of it besides.
    booked: RefCell<Option<(OrderRow, Names)>>,
}

impl Matter for Order<'_> {
    type Asks = Record;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        self.of.matter()
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        let (row, of) = (self.row, self.of);
        let particulars = particulars(v.vault, row)?;
        let funds: Vec<FundId> = [Some(row.fund_id), row.to_fund_id].into_iter().flatten().map(FundId).collect();
        let funds = ledger::funds(v.conn, &funds)?;
        let mut draft = Draft::today(v.conn, v.vault, v.now, &by.grant)?;
        // Where it has gone up in another one since it was asked, it passes on.
        if !tree::goes_on(v.conn, &draft.here)? {
            return Err(Fault::conflict(BOOKS_CLOSED.0, BOOKS_CLOSED.1));
        }
        draft.day = row.day;
        draft.document = paper(row)?;
        let entries = of.entries(v, &Booking { row, funds: &funds, draft: &draft, particulars: &particulars, by: &by.grant })?;
        let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
        let mut names = Names::at(&draft.here);
        names.entries(&entries);
        let approved = store::approve(v.conn, &by.grant, v.now, row, &ids)
            .map_err(|error| error.constraint().and_then(|name| of.refused(name)).unwrap_or_else(|| error.into()))?;
        let at = BookedAt::now(v.now);
        let booked = match of.takes_place_of(row) {
            None => vouchers::book(v.conn, at, &funds, entries.into_iter().map(|entry| (&by.grant, entry)).collect()),
            Some(old) => {
                let mirror = replacing::mirror(v, by, of, old)?;
                let persons = TwoPersons { asked: by.asked_by(v.conn)?, approves: &by.grant };
                vouchers::book_instead(v.conn, at, &funds, &persons, [mirror].into_iter().chain(entries).collect())
            }
        };
        booked.map_err(not_booked)?;
        of.booked(v, by, row, &ids)?;
        names.funds(funds.into_values());
        names.decided_at(v.conn, row, by.approver)?;
        self.booked.replace(Some((approved, names)));
        Ok(changes::note(v.conn, &[Change::of(of.feed(), row.chapter(), row.id)])?)
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Fault> {
        let state = if state == State::Withdrawn { OrderState::Withdrawn } else { OrderState::Refused };
        store::lay_aside(v.conn, by, v.now, self.row.id, state)?;
        Ok(changes::note(v.conn, &[Change::of(self.of.feed(), self.row.chapter(), self.row.id)])?)
    }
}

fn paper(row: &OrderRow) -> Result<Option<[u8; 32]>, Fault> {
    let hash = row.document.as_deref().map(TryInto::try_into).transpose();
    hash.map_err(|_| Fault::broken("a document's hash is not 32 bytes"))
}

fn not_booked(error: BookError) -> Fault {
    match error {
        BookError::NotCovered => Fault::conflict(
            "Quỹ này không còn đủ tiền ở nơi chi: hãy xem lại số dư, hoặc chờ tiền về rồi duyệt.",
            "There is not enough of this fund where it is to be paid from: look at the balance, or approve once the money is there.",
        ),
        BookError::Closed => Halt::Matter(decisions::books_closed()).into(),
        BookError::Db(error) if error.constraint() == Some("entry_reverses_key") => replacing::gone(),
        BookError::Db(error) => error.into(),
        other => Fault::broken(other),
    }
}

/// Decides a request. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, of: &'static dyn Orders, id: Uuid, verdict: Verdict) -> Result<MoneyOrderOut, Fault> {
    let row = store::hold(v.conn, of.kind(), id)?.ok_or(Fault::Unknown)?;
    let order = Order { row: &row, of, booked: RefCell::default() };
    decisions::decide(v, &order, id, verdict)?;
    if let Some((booked, mut names)) = order.booked.into_inner() {
        names.read_asked_by(v.conn, &booked)?;
        return Ok(wire::show(of, booked, &names));
    }
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    Ok(out(v.conn, of, row)?)
}

/// One order with who is paid, for those who may read the chapter's books. Reading it is noted in the audit trail, because it
/// names somebody.
pub fn show(v: &mut Visit<'_>, of: &'static dyn Orders, id: Uuid) -> Result<MoneyOrderOut, Fault> {
    let row = store::find(v.conn, id)?.filter(|row| row.kind == of.kind().name()).ok_or(Fault::Unknown)?;
    let seen = v.see::<Read>(ChapterId(row.chapter_id))?;
    v.note_seen(&seen, "MONEY_ORDER_READ", id)?;
    let Particulars { payee, content } = particulars(v.vault, &row)?;
    let note = decisions::note_of(v, of.matter(), id)?;
    let content = Some(content).filter(|content| !content.is_empty());
    Ok(MoneyOrderOut { payee, content, note, ..out(v.conn, of, row)? })
}

/// A chapter's orders of a kind, oldest first.
pub fn list(
    v: &mut Visit<'_>,
    of: &'static dyn Orders,
    here: &Seen<Read>,
    span: Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<OrderRow>, DbError> {
    store::list(v.conn, here, &[of.kind()], span)
}

/// What is shown of listed orders.
pub fn listed(v: &mut Visit<'_>, of: &'static dyn Orders, rows: Vec<OrderRow>) -> Result<Vec<MoneyOrderOut>, DbError> {
    wire::shown(v.conn, of, rows)
}
