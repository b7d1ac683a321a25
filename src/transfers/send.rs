//! Sending: asked by somebody who records at the sender, decided by the sender's chain, and booked with the last approval.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::booking::{About, Named};
use super::fault::Fault;
use super::model::{Carried, NewTransfer, TransferPartKind, TransferPartState, TransferState, by_book};
use super::open::{self, OpenTransfer};
use super::papers;
use super::store::{self, GoodsRow, PartRow, TransferRow};
use super::wire::{ChapterTransferOut, out};
use super::{booking, goods};
use crate::authz::{Approve, Granted, Record, Right, Visit};
use crate::basics::Vnd;
use crate::basics::clock::vietnam_date;
use crate::chapters::store as chapters;
use crate::decisions::{self, Approval, Asked, Content, Matter, State, Verdict};
use crate::http::Check;
use crate::ledger::accounts::Account;
use crate::ledger::draft::{Behind, Draft};
use crate::ledger::held;
use crate::ledger::kinds::Kind;
use crate::ledger::model::{Balanced, Fund, Posting};
use crate::ledger::store::{self as ledger, BookedAt, Detail};
use crate::tree::{self, ChapterId, Place};
use crate::vouchers::store as vouchers;

/// A transfer, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "TRANSFER",
    vi: "Chuyển cho đơn vị",
    en: "Transfer to chapter",
    shown_at: "/api/v1/transfers/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "TRANSFER_REQUESTED",
        approved: "TRANSFER_SENT",
        refused: "TRANSFER_REFUSED",
        withdrawn: "TRANSFER_WITHDRAWN",
    },
};

/// Asks for a transfer. The same request sent again answers as the first time.
pub fn request(v: &mut Visit<'_>, ask: &NewTransfer) -> Result<(ChapterTransferOut, bool), Fault> {
    let (grant, here) = v.at_code::<Record>(&ask.chapter).map_err(Fault::NoSuchChapter)?;
    let known = store::find(v.conn, ask.id)?.is_some();
    // What was asked rightly is answered, whatever has changed since.
    let plan = match known {
        true => None,
        false => Some(destination(v.conn, &here, vietnam_date(v.now), ask)?),
    };
    let decision = decisions::New {
        kind: MATTER,
        id: ask.id,
        subject: ask.id,
        about: Some(&ask.to),
        amount_vnd: plan.as_ref().map(|plan| plan.amount_vnd),
        not_by: &[],
        // By book both sides change at once, so both approve.
        with: plan.as_ref().filter(|plan| plan.by_book).map(|plan| plan.to.id),
    };
    let text = content(ask);
    let said = Content { text: &text, note: ask.note.as_ref() };
    let asked = match known {
        true => decisions::ask(v, &grant, &decision, said)?,
        false => decisions::ask_first(v, &grant, &decision, said)?.map_or(Asked::Before, |_| Asked::Now),
    };
    if let (Asked::Now, Some(plan)) = (asked, plan) {
        store::insert(v.conn, &grant, &row_of(&grant, v.now, ask, &plan), &goods::rows(ask))?;
    }
    let row = store::find(v.conn, ask.id)?.ok_or(Fault::Unknown)?;
    Ok((out(v.conn, row)?, asked == Asked::Now))
}

fn content(ask: &NewTransfer) -> String {
    let lines: Vec<_> = ask.lines.iter().map(|line| json!([line.item, line.quantity.milli(), line.unit])).collect();
    let amount = ask.amount.map(Vnd::get);
    json!([ask.chapter, ask.to, ask.fund, ask.from.name(), amount, lines, ask.day, ask.document]).to_string()
}

fn row_of(grant: &Granted<Record>, now: DateTime<Utc>, ask: &NewTransfer, plan: &Plan) -> TransferRow {
    TransferRow {
        id: ask.id,
        chapter_id: grant.chapter().0,
        to_chapter_id: plan.to.id.0,
        fund_id: plan.fund.id.0,
        amount_vnd: plan.amount_vnd,
        source: ask.from.name().to_owned(),
        by_book: plan.by_book,
        day: ask.day,
        document: ask.document.map(|hash| hash.to_vec()),
        state: TransferState::Requested.name().to_owned(),
        confirmed_vnd: 0,
        returned_vnd: 0,
        requested_by: grant.account(),
        requested_at: now,
        entry_id: None,
        sent_on: None,
        receipt_refusal: None,
        receipt_refused_by: None,
        receipt_refused_at: None,
    }
}

/// Where what is asked for goes, and how.
struct Plan {
    to: Place,
    fund: Fund,
    by_book: bool,
    /// Of goods, what they would be worth now.
    amount_vnd: i64,
}

/// The plan; or everything that is wrong with what was asked.
fn destination(conn: &mut PgConnection, here: &Place, today: NaiveDate, ask: &NewTransfer) -> Result<Plan, Fault> {
    let mut check = Check::default();
    if !here.accepts_entries {
        closed(&mut check, "/chapter");
    }
    let to = tree::place(conn, &ask.to)?;
    match &to {
        None => check.wrong("/to", "NO_SUCH_CHAPTER", "Không có đơn vị này.", "There is no such chapter."),
        Some(to) if !to.accepts_entries => closed(&mut check, "/to"),
        Some(_) => {}
    }
    let fund = ledger::funds_by_code(conn, &[&ask.fund])?.remove(&ask.fund);
    if fund.is_none() {
        check.wrong(
            "/fund",
            "NO_SUCH_FUND",
            "Không có quỹ này: GENERAL, OPERATING hoặc APPEAL:<mã đợt>.",
            "No such fund: GENERAL, OPERATING or APPEAL:<code>.",
        );
    }
    let amount_vnd = goods::check(conn, here.id, today, fund.as_ref().map(|fund| fund.id), ask, &mut check)?;
    check.extend(booking::no_such_paper(conn, here.id, &papers::OF_TRANSFERS, ask.document.as_ref())?);
    let by_book = match &to {
        Some(to) if ask.from == Carried::Bank => one_account(conn, here, to, &mut check)?,
        _ => false,
    };
    check.done(to.zip(fund).map(|(to, fund)| Plan { to, fund, by_book, amount_vnd })).map_err(Fault::Fields)
}

fn closed(check: &mut Check, pointer: &str) {
    check.wrong(
        pointer,
        "BOOKS_CLOSED",
        "Đơn vị đã sáp nhập hoặc giải thể: hãy ghi ở đơn vị kế tục.",
        "The chapter has merged or is dissolved: record at its successor.",
    );
}

/// Whether both use one bank account, so that nothing moves at the bank. Who has none of their own neither sends nor receives by
/// bank otherwise.
fn one_account(conn: &mut PgConnection, here: &Place, to: &Place, check: &mut Check) -> Result<bool, Fault> {
    let accounts = chapters::bank_accounts(conn, &[here.id.0, to.id.0])?;
    let account = |place: &Place| accounts.get(&place.id.0).copied().unwrap_or(place.id.0);
    if account(here) == account(to) {
        return Ok(true);
    }
    for (place, pointer) in [(here, "/from"), (to, "/to")] {
        if account(place) != place.id.0 {
            check.add(booking::no_account(conn, pointer, account(place))?);
        }
    }
    Ok(false)
}

impl Matter for TransferRow {
    type Asks = Record;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        match &by.other_side {
            Some(sender) => both(v, sender, &by.grant, self),
            None => leave(v, &by.grant, self),
        }
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Fault> {
        let to = if state == State::Withdrawn { TransferState::Withdrawn } else { TransferState::Refused };
        Ok(store::lay_aside(v.conn, by, self, to)?)
    }
}

/// Decides a request. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<ChapterTransferOut, Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    decisions::decide(v, &row, id, verdict)?;
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    out(v.conn, row)
}

/// The entry that sends, drawn up at the sender.
fn out_of(
    v: &mut Visit<'_>,
    sender: &Granted<Approve>,
    row: &TransferRow,
    postings: Balanced,
) -> Result<ledger::NewEntry, Fault> {
    let mut draft = Draft::today(v.conn, v.vault, v.now, sender)?;
    let to = tree::place_of(v.conn, ChapterId(row.to_chapter_id))?;
    if !tree::goes_on(v.conn, &draft.here)? || !tree::goes_on(v.conn, &to)? {
        return Err(Fault::Closed);
    }
    // Goods lie in lots of one chapter: a closed one takes none, neither what arrives nor what comes back.
    if row.source == Carried::Goods.name() && !(draft.here.accepts_entries && to.accepts_entries) {
        return Err(Fault::Closed);
    }
    draft.day = row.day.unwrap_or(draft.day);
    draft.document = booking::document(row.document.as_deref())?;
    let detail = Detail { to: Some(to.code), ..Detail::default() };
    // The note stays with the request and is not committed to.
    Ok(draft.entry(postings, Behind::default())?.with_detail(detail))
}

/// Notes that it was sent, for the sender and for everybody.
fn is_sent(
    v: &mut Visit<'_>,
    sender: &Granted<Approve>,
    row: &TransferRow,
    about: &About,
    by: Named,
    goods: &[GoodsRow],
) -> Result<(), Fault> {
    store::sent(v.conn, sender, row, (by.id, by.day), goods)?;
    let codes = tree::codes(v.conn, row.sides())?;
    let chapter = |side: Uuid| codes.get(&side).cloned().unwrap_or_default();
    let sent = OpenTransfer {
        out_code: by.code,
        from_chapter: chapter(row.chapter_id),
        to_chapter: chapter(row.to_chapter_id),
        fund: about.fund_code(),
        outstanding_vnd: row.amount_vnd,
        sent_on: by.day,
    };
    Ok(open::opens(v.conn, &sent)?)
}

/// Books that it leaves the sender.
fn leave(v: &mut Visit<'_>, sender: &Granted<Approve>, row: &TransferRow) -> Result<(), Fault> {
    let about = About::read(v.conn, row)?;
    if about.carried == Carried::Goods {
        return leave_in_kind(v, sender, row, &about);
    }
    let postings = Balanced::moved(Kind::TransferOut, about.fund, about.amount, about.carried.leaves(), Account::Interchapter)?;
    let entry = out_of(v, sender, row, postings)?;
    let named = Named::from(&entry);
    vouchers::book(v.conn, BookedAt::now(v.now), &about.funds, vec![(sender, entry)])?;
    is_sent(v, sender, row, &about, named, &[])
}

/// The same for goods: their lots say what they are worth.
fn leave_in_kind(v: &mut Visit<'_>, sender: &Granted<Approve>, row: &TransferRow, about: &About) -> Result<(), Fault> {
    let taking = goods::take(v.conn, sender, vietnam_date(v.now), about.fund, row.id)?;
    let worth = Vnd::parse(taking.value()).map_err(|_| Fault::NotCovered)?;
    let postings = Balanced::moved(Kind::TransferOut, about.fund, worth, Account::GoodsInStock, Account::Interchapter)?;
    let entry = out_of(v, sender, row, postings)?.with_goods(taking.goods(v.conn)?);
    let named = Named::from(&entry);
    let taken = taking.leaves(v.conn, v.now, entry.id)?;
    vouchers::book(v.conn, BookedAt::now(v.now), &about.funds, vec![(sender, entry)])?;
    let row = TransferRow { amount_vnd: worth.get(), ..row.clone() };
    is_sent(v, sender, &row, about, named, &goods::on_the_way(row.id, &taken))
}

/// Books by book: out of the sender's share of the bank account, into the receiver's, at one moment.
fn both(v: &mut Visit<'_>, sender: &Granted<Approve>, receiver: &Granted<Approve>, row: &TransferRow) -> Result<(), Fault> {
    let about = About::read(v.conn, row)?;
    let mut share = |account| held::now(v.conn, sender.chapter(), about.fund, account);
    let (bank, in_transit) = (share(Account::Bank)?, share(Account::InTransit)?);
    let in_transit_out = share(Account::InTransitOut)?;
    let moved = by_book(row.amount_vnd, bank, in_transit, in_transit_out);
    let posting = |account, amount| Posting { account, fund: about.fund, amount };
    let side = |kind, sign: i64| {
        let own = moved.iter().map(|(account, amount)| posting(*account, sign * amount));
        let between = std::iter::once(posting(Account::Interchapter, -sign * row.amount_vnd));
        // The side that grows comes first, and names the fund.
        Balanced::new(kind, if sign < 0 { between.chain(own).collect() } else { own.chain(between).collect() })
    };
    let sent = out_of(v, sender, row, side(Kind::TransferOut, -1)?)?;
    let mut draft = Draft::today(v.conn, v.vault, v.now, receiver)?;
    draft.day = sent.day;
    draft.document = sent.document;
    let detail = Detail { of: Some(sent.code.clone()), ..Detail::default() };
    let arrived = draft.entry(side(Kind::TransferIn, 1)?, Behind::default())?.with_detail(detail);
    let (named, arrives) = (Named::from(&sent), arrived.id);
    vouchers::book(v.conn, BookedAt::now(v.now), &about.funds, vec![(sender, sent), (receiver, arrived)])?;
    is_sent(v, sender, row, &about, named.clone(), &[])?;
    let hash = v.vault.hash("transfer_part.by_book", row.id.as_bytes()).to_vec();
    let part = PartRow {
        id: Uuid::now_v7(),
        transfer_id: row.id,
        kind: TransferPartKind::Receipt.name().to_owned(),
        amount_vnd: row.amount_vnd,
        account: Carried::Bank.name().to_owned(),
        day: Some(named.day),
        document: None,
        reason: None,
        note: None,
        request_hash: Some(hash.clone()),
        bare_hash: Some(hash),
        state: TransferPartState::Booked.name().to_owned(),
        entry_id: Some(arrives),
        loss_entry_id: None,
        recorded_by: receiver.account(),
        recorded_at: v.now,
    };
    store::insert_part(v.conn, receiver, &part, &[])?;
    let left = store::count(v.conn, row, TransferPartKind::Receipt, row.amount_vnd)?;
    Ok(open::left(v.conn, &named.code, left)?)
}
