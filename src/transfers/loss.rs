//! What was lost on the way: said by the sender, decided by a second person, booked as a return and the loss of it in one
//! transaction. So what is on the way is never written off where nobody answers for it.

use serde_json::json;
use uuid::Uuid;

use super::booking::{self, About};
use super::fault::Fault;
use super::model::{Carried, PartAsk, TransferPartKind, TransferPartState};
use super::parts::{self, Taken};
use super::store::{self, PartRow, TransferRow};
use super::wire::{ChapterTransferOut, out};
use super::{goods, papers};
use crate::authz::{Granted, Record, Right, Visit};
use crate::basics::Vnd;
use crate::decisions::{self, Approval, Asked, Content, Halt, Matter, OfRequest, State, Verdict};
use crate::http::Check;
use crate::ledger::accounts::Account;
use crate::ledger::draft::{Behind, Draft};
use crate::ledger::kinds::Kind;
use crate::ledger::model::Balanced;
use crate::ledger::store::{BookedAt, Detail};
use crate::stock::lots;
use crate::tree::{self, ChapterId};
use crate::vouchers::store as vouchers;

/// A loss on the way, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "TRANSFER_LOSS",
    vi: "Ghi mất trên đường, khoản chuyển",
    en: "Book as lost on the way, transfer",
    shown_at: "/api/v1/transfers/{id}",
    decided_at: "/loss",
    actions: decisions::Actions {
        asked: "TRANSFER_LOSS_REQUESTED",
        approved: "TRANSFER_LOSS_APPROVED",
        refused: "TRANSFER_LOSS_REFUSED",
        withdrawn: "TRANSFER_LOSS_WITHDRAWN",
    },
};

/// Asks a second person to book what was lost. Sent again, it asks only once.
pub fn request(v: &mut Visit<'_>, id: Uuid, ask: PartAsk) -> Result<(ChapterTransferOut, bool), Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    let grant = parts::right_at::<Record>(v, &row, row.chapter_id)?;
    let about = About::read(v.conn, &row)?;
    // Lost money is counted as cash, whatever it was sent as: it never came to an account.
    let ask = PartAsk { account: (about.carried != Carried::Goods).then_some(Carried::Cash), ..ask };
    let taken = match store::part(v.conn, ask.id)? {
        Some(known) if known.transfer_id != id || known.kind != TransferPartKind::Loss.name() => return Err(Halt::IdTaken.into()),
        Some(_) => None,
        None => Some(checked(v, &row, &about, &ask)?),
    };
    let sent = booking::out_code(v.conn, &row)?;
    let decision = decisions::New {
        kind: MATTER,
        id: ask.id,
        subject: id,
        about: Some(&sent),
        amount_vnd: taken.as_ref().map(|taken| taken.amount.get()),
        not_by: &[],
        with: None,
    };
    let asked = decisions::ask(v, &grant, &decision, Content { text: &content(id, &ask), note: ask.note.as_ref() })?;
    if let (Asked::Now, Some(taken)) = (asked, taken) {
        let part = parts::row_of(&row, TransferPartKind::Loss, &ask, &taken, TransferPartState::Waiting, grant.account(), v.now);
        store::insert_part(v.conn, &grant, &part, &taken.goods).map_err(parts::id_taken)?;
        store::settle_part(v.conn, &row, part.id, TransferPartState::Waiting)?;
    }
    Ok((out(v.conn, row)?, asked == Asked::Now))
}

fn checked(v: &mut Visit<'_>, row: &TransferRow, about: &About, ask: &PartAsk) -> Result<Taken, Fault> {
    let taken = parts::taken(v.conn, row, about, ask)?;
    let mut check = Check::default();
    let here = ChapterId(row.chapter_id);
    check.extend(booking::no_such_paper(v.conn, here, &papers::OF_RECEIPTS, ask.document.as_ref())?);
    check.done(Some(taken)).map_err(Fault::Fields)
}

fn content(transfer: Uuid, ask: &PartAsk) -> String {
    let lines: Vec<_> = ask.lines.iter().map(|(n, quantity)| json!([n, quantity.milli()])).collect();
    json!([transfer, ask.amount.map(Vnd::get), lines, ask.document, ask.reason]).to_string()
}

/// A transfer and what is said to be lost of it.
struct Loss<'a> {
    row: &'a TransferRow,
    part: &'a PartRow,
}

impl Matter for Loss<'_> {
    type Asks = Record;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        book(v, by, self)
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, _: &Granted<R>, state: State) -> Result<(), Fault> {
        let to = if state == State::Withdrawn { TransferPartState::Withdrawn } else { TransferPartState::Refused };
        Ok(store::settle_part(v.conn, self.row, self.part.id, to)?)
    }
}

/// Decides a loss of a transfer: the one that was seen, or the newest. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, of: &OfRequest, verdict: Verdict) -> Result<ChapterTransferOut, Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    parts::sees(v, &row)?;
    let part = match of.request {
        Some(seen) => {
            store::part(v.conn, seen)?.filter(|part| part.transfer_id == id && part.kind == TransferPartKind::Loss.name())
        }
        None => store::newest_loss(v.conn, id)?,
    };
    let part = part.ok_or(Fault::NobodyAsked)?;
    decisions::decide(v, &Loss { row: &row, part: &part }, part.id, verdict)?;
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    out(v.conn, row)
}

/// Books that it came back and that it is lost, so that both are seen and nothing else changes.
fn book(v: &mut Visit<'_>, by: &Approval, loss: &Loss<'_>) -> Result<(), Fault> {
    let Loss { row, part } = loss;
    let about = About::read(v.conn, row)?;
    let lost = store::part_goods(v.conn, part.id)?;
    if part.amount_vnd > row.outstanding() {
        return Err(Fault::LessIsLeft);
    }
    goods::still_left(&about.lines, &lost)?;
    let amount = Vnd::parse(part.amount_vnd).map_err(|_| Fault::broken("a loss of no amount"))?;
    let carried = Carried::parse(&part.account).ok_or_else(|| Fault::broken("a loss of an unknown account"))?;
    let taken = Taken { amount, carried, goods: lost };
    let mut draft = Draft::today(v.conn, v.vault, v.now, &by.grant)?;
    if !tree::goes_on(v.conn, &draft.here)? {
        return Err(Fault::Closed);
    }
    draft.document = booking::document(part.document.as_deref())?;
    let back = parts::entry_of(v.conn, &draft, row, &about, &taken, Kind::TransferReturn)?;
    let kind = if carried == Carried::Goods { Kind::StockAdjustment } else { Kind::CashCountDifference };
    let postings = Balanced::moved(kind, about.fund, amount, carried.arrives(), Account::Loss)?;
    let detail = Detail { reason: part.reason.clone().map(Into::into), ..Detail::default() };
    let gone = draft.entry(postings, Behind::default())?.with_detail(detail).with_goods(back.goods.clone());
    let (ids, day) = ([back.id, gone.id], draft.day);
    if carried == Carried::Goods {
        goods::enter(v.conn, v.now, &by.grant, &about, (ids[0], day), &taken.goods)?;
        lots::lose(v.conn, v.now, &by.grant, ids)?;
    }
    vouchers::book(v.conn, BookedAt::now(v.now), &about.funds, vec![(&by.grant, back), (&by.grant, gone)])?;
    store::book_loss(v.conn, &by.grant, part.id, day, ids)?;
    parts::count(v.conn, row, TransferPartKind::Loss, &taken.goods, part.amount_vnd)
}
