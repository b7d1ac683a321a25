//! What becomes of what was sent: the receiver confirms it or says that it does not take it, the sender has it back.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::booking::{self, About};
use super::fault::Fault;
use super::goods;
use super::model::{Carried, PartAsk, ReceiptRefusal, TransferPartKind, TransferPartState};
use super::papers;
use super::store::{self, PartGoodsRow, PartRow, TransferRow};
use super::wire::{ChapterTransferOut, out};
use crate::authz::{Denied, Granted, Read, Record, Refusal, Right, Visit};
use crate::basics::{Line, PublicCode, Vnd};
use crate::chapters::store as chapters;
use crate::db::DbError;
use crate::decisions::Halt;
use crate::decisions::model::Fingerprint;
use crate::http::{Check, FieldError, Say};
use crate::ledger::accounts::Account;
use crate::ledger::draft::{Behind, Draft};
use crate::ledger::kinds::Kind;
use crate::ledger::model::Balanced;
use crate::ledger::store::{self as ledger, BookedAt, Detail};
use crate::tree::{self, ChapterId};
use crate::vault::{Vault, place};
use crate::vouchers::store as vouchers;

/// A right at one side of a transfer. Who may see the other side knows of it, and is told that this is not theirs.
pub fn right_at<R: Right>(v: &mut Visit<'_>, row: &TransferRow, side: Uuid) -> Result<Granted<R>, Fault> {
    match v.at::<R>(ChapterId(side)) {
        Err(Denied::Refused(Refusal::Unreadable)) => {
            sees(v, row)?;
            Err(Denied::from(Refusal::NotAllowed).into())
        }
        other => Ok(other?),
    }
}

/// That the visitor may read one of the two sides.
pub fn sees(v: &mut Visit<'_>, row: &TransferRow) -> Result<(), Fault> {
    v.at_one_of::<Read>(&row.sides().map(ChapterId))?;
    Ok(())
}

/// How much of a transfer a part is, and as what it comes.
pub struct Taken {
    pub amount: Vnd,
    pub carried: Carried,
    pub goods: Vec<PartGoodsRow>,
}

/// What a part takes of what is on the way; or everything that is wrong with it.
pub fn taken(conn: &mut PgConnection, row: &TransferRow, about: &About, ask: &PartAsk) -> Result<Taken, Fault> {
    if row.by_book {
        return Err(Fault::ByBook);
    }
    let outstanding = row.outstanding();
    if outstanding == 0 {
        return Err(Fault::NothingOnTheWay);
    }
    if about.carried == Carried::Goods { goods_taken(conn, about, ask) } else { money_taken(outstanding, ask) }
}

fn money_taken(outstanding: i64, ask: &PartAsk) -> Result<Taken, Fault> {
    let mut check = Check::default();
    if !ask.lines.is_empty() {
        check.wrong("/lines", "NOT_IN_KIND", "Khoản này là tiền, không có dòng hàng.", "This is money and has no lines.");
    }
    match ask.amount {
        None => check.wrong("/amount_vnd", "MISSING", "Thiếu số tiền.", "The amount is missing."),
        Some(amount) if amount.get() > outstanding => {
            let left = Vnd::parse(outstanding).map(|vnd| vnd.to_string()).unwrap_or_default();
            let (vi, en) = (format!("Chỉ còn {left} đồng đang trên đường."), format!("{left} đồng are on the way."));
            check.wrong("/amount_vnd", "OUT_OF_RANGE", vi, en);
        }
        Some(_) => {}
    }
    match ask.account {
        None => check.wrong("/account", "MISSING", "Ghi rõ tiền mặt hay chuyển khoản.", "Say whether cash or by bank."),
        Some(Carried::Goods) => check.wrong("/account", "NOT_FOR_THIS", "Khoản này là tiền.", "This is money."),
        Some(_) => {}
    }
    let made = ask.amount.zip(ask.account).map(|(amount, carried)| Taken { amount, carried, goods: Vec::new() });
    check.done(made).map_err(Fault::Fields)
}

fn goods_taken(conn: &mut PgConnection, about: &About, ask: &PartAsk) -> Result<Taken, Fault> {
    let goods = goods::parted(conn, ask, &about.lines)?.map_err(Fault::Fields)?;
    let mut check = Check::default();
    if ask.account.is_some_and(|account| account != Carried::Goods) {
        check.wrong("/account", "NOT_FOR_THIS", "Khoản này là hiện vật.", "These are goods.");
    }
    let sum = Vnd::parse(goods.iter().map(|line| line.value_vnd).sum()).ok();
    match (sum, ask.amount) {
        (None, _) => check.wrong(
            "/lines",
            "NOT_POSITIVE",
            "Phần này chưa đáng giá 1 đồng: hãy ghi gộp.",
            "This part is worth less than 1 đồng: take more together.",
        ),
        (Some(sum), Some(amount)) if sum != amount => check.wrong(
            "/amount_vnd",
            "NOT_THE_SUM",
            format!("Phần hiện vật này trị giá {sum} đồng; bỏ trường này hoặc ghi đúng."),
            format!("These goods are worth {sum} đồng; leave this out or state that."),
        ),
        _ => {}
    }
    check.done(sum.map(|amount| Taken { amount, carried: Carried::Goods, goods })).map_err(Fault::Fields)
}

/// What makes a part the same when it comes again.
fn fingerprint(vault: &Vault, kind: TransferPartKind, transfer: Uuid, ask: &PartAsk) -> Fingerprint {
    let lines: Vec<_> = ask.lines.iter().map(|(n, quantity)| json!([n, quantity.milli()])).collect();
    let of = |note: Option<&Line>| {
        let content = json!([
            kind.name(),
            transfer,
            ask.id,
            ask.amount.map(Vnd::get),
            ask.account.map(Carried::name),
            lines,
            ask.day,
            ask.document,
            ask.reason,
            note.map(Line::as_str)
        ]);
        vault.hash("transfer_part.request", content.to_string().as_bytes())
    };
    Fingerprint { whole: of(ask.note.as_ref()), bare: of(None) }
}

/// A part that came before: the transfer as it is now. Without its note a request is the same only where the note was erased.
fn before(
    conn: &mut PgConnection,
    row: &TransferRow,
    kind: TransferPartKind,
    print: &Fingerprint,
    ask: &PartAsk,
) -> Result<Option<(ChapterTransferOut, bool)>, Fault> {
    let Some(known) = store::part(conn, ask.id)? else { return Ok(None) };
    let hash = known.request_hash.as_deref().unwrap_or_default();
    let same = hash == print.whole.as_slice() || known.note.is_none() && print.is_of(hash);
    if known.transfer_id != row.id || known.kind != kind.name() || !same {
        return Err(Halt::IdTaken.into());
    }
    Ok(Some((out(conn, row.clone())?, false)))
}

/// Everything that is wrong with when and by which paper.
fn circumstances(
    conn: &mut PgConnection,
    row: &TransferRow,
    at: ChapterId,
    ask: &PartAsk,
    today: NaiveDate,
) -> Result<Check, Fault> {
    let mut check = Check::default();
    check.extend(booking::no_such_paper(conn, at, &papers::OF_RECEIPTS, ask.document.as_ref())?);
    if row.sent_on.is_some_and(|sent| ask.day.unwrap_or(today) < sent) {
        check.wrong("/day", "TOO_EARLY", "Trước ngày khoản này được chuyển.", "Before the day on which it was sent.");
    }
    Ok(check)
}

/// Money that came by bank to a chapter without an account of its own did not come to it.
fn bank(conn: &mut PgConnection, at: ChapterId, ask: &PartAsk, check: &mut Check) -> Result<(), Fault> {
    if ask.account == Some(Carried::Bank) {
        // What went up in another one has that one's account.
        let at = tree::successor(conn, at)?.unwrap_or(at);
        let accounts = chapters::bank_accounts(conn, &[at.0])?;
        if let Some(holder) = accounts.get(&at.0).filter(|holder| **holder != at.0) {
            check.add(booking::no_account(conn, "/account", *holder)?);
        }
    }
    Ok(())
}

/// The receiver confirms that so much arrived. Sent again, it is confirmed once.
pub fn confirm(v: &mut Visit<'_>, id: Uuid, ask: &PartAsk) -> Result<(ChapterTransferOut, bool), Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    let grant = right_at::<Record>(v, &row, row.to_chapter_id)?;
    record(v, &grant, row, TransferPartKind::Receipt, ask)
}

/// The sender says that so much of it came back. Sent again, it is booked once.
pub fn take_back(v: &mut Visit<'_>, id: Uuid, ask: &PartAsk) -> Result<(ChapterTransferOut, bool), Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    let grant = right_at::<Record>(v, &row, row.chapter_id)?;
    record(v, &grant, row, TransferPartKind::Return, ask)
}

fn record(
    v: &mut Visit<'_>,
    grant: &Granted<Record>,
    row: TransferRow,
    kind: TransferPartKind,
    ask: &PartAsk,
) -> Result<(ChapterTransferOut, bool), Fault> {
    let print = fingerprint(v.vault, kind, row.id, ask);
    if let Some(answer) = before(v.conn, &row, kind, &print, ask)? {
        return Ok(answer);
    }
    let about = About::read(v.conn, &row)?;
    let mut draft = Draft::today(v.conn, v.vault, v.now, grant)?;
    if !tree::goes_on(v.conn, &draft.here)? {
        return Err(Fault::Closed);
    }
    let taken = taken(v.conn, &row, &about, ask)?;
    let mut check = circumstances(v.conn, &row, grant.chapter(), ask, draft.day)?;
    bank(v.conn, grant.chapter(), ask, &mut check)?;
    if kind == TransferPartKind::Receipt && taken.amount.get() < row.outstanding() && ask.document.is_none() {
        check.add(paper_needed());
    }
    check.done(Some(())).map_err(Fault::Fields)?;

    draft.day = ask.day.unwrap_or(draft.day);
    draft.document = ask.document;
    let entry_kind = if kind == TransferPartKind::Receipt { Kind::TransferIn } else { Kind::TransferReturn };
    let entry = entry_of(v.conn, &draft, &row, &about, &taken, entry_kind)?;
    let (entry_id, day) = (entry.id, entry.day);
    goods::enter(v.conn, v.now, grant, &about, (entry_id, day), &taken.goods)?;
    vouchers::book(v.conn, BookedAt::now(v.now), &about.funds, vec![(grant, entry)])?;
    let note = ask.note.as_ref().map(|note| v.vault.seal(place("transfer_part", "note", &ask.id), note.as_str().as_bytes()));
    let part = PartRow {
        day: Some(day),
        note: note.transpose()?,
        request_hash: Some(print.whole.to_vec()),
        bare_hash: Some(print.bare.to_vec()),
        entry_id: Some(entry_id),
        ..row_of(&row, kind, ask, &taken, TransferPartState::Booked, grant.account(), v.now)
    };
    store::insert_part(v.conn, grant, &part, &taken.goods).map_err(id_taken)?;
    count(v.conn, &row, kind, &taken.goods, taken.amount.get())?;
    if kind == TransferPartKind::Receipt && row.receipt_refusal.is_some() {
        store::refuse_receipt(v.conn, grant, &row, v.now, None)?;
    }
    v.note(grant, if kind == TransferPartKind::Receipt { "TRANSFER_CONFIRMED" } else { "TRANSFER_RETURNED" }, row.id)?;
    let row = store::find(v.conn, row.id)?.ok_or(Fault::Unknown)?;
    Ok((out(v.conn, row)?, true))
}

fn paper_needed() -> FieldError {
    let say = Say::fixed(
        "Nhận ít hơn số đang trên đường thì cần biên bản giao nhận: hãy tải lên trước.",
        "Less than what is on the way takes the paper of the hand-over: upload it first.",
    );
    FieldError::new("/document", "MISSING", say)
}

/// An id that stands for a part of another transfer.
pub fn id_taken(error: DbError) -> Fault {
    match error.constraint() {
        Some("transfer_part_pk") => Halt::IdTaken.into(),
        Some("transfer_part_waiting_once") => Fault::LossWaits,
        _ => error.into(),
    }
}

/// A part as it is stored, with what all parts have.
pub fn row_of(
    row: &TransferRow,
    kind: TransferPartKind,
    ask: &PartAsk,
    taken: &Taken,
    state: TransferPartState,
    by: Uuid,
    at: DateTime<Utc>,
) -> PartRow {
    PartRow {
        id: ask.id,
        transfer_id: row.id,
        kind: kind.name().to_owned(),
        amount_vnd: taken.amount.get(),
        account: taken.carried.name().to_owned(),
        day: None,
        document: ask.document.map(|hash| hash.to_vec()),
        reason: ask.reason.map(str::to_owned),
        note: None,
        request_hash: None,
        bare_hash: None,
        state: state.name().to_owned(),
        entry_id: None,
        loss_entry_id: None,
        recorded_by: by,
        recorded_at: at,
    }
}

/// The entry by which a part arrives, at the receiver or back at the sender.
pub fn entry_of(
    conn: &mut PgConnection,
    draft: &Draft<'_>,
    row: &TransferRow,
    about: &About,
    taken: &Taken,
    kind: Kind,
) -> Result<ledger::NewEntry, Fault> {
    let sent = PublicCode::parse(&booking::out_code(conn, row)?).map_err(|_| Fault::broken("an entry has a broken code"))?;
    let postings = Balanced::moved(kind, about.fund, taken.amount, Account::Interchapter, taken.carried.arrives())?;
    let goods = goods::said(conn, &about.lines, &taken.goods)?;
    // The note is kept with the part and is not committed to.
    let detail = Detail { of: Some(sent), ..Detail::default() };
    Ok(draft.entry(postings, Behind::default())?.with_detail(detail).with_goods(goods))
}

/// Takes a part that is booked from what is on the way.
pub fn count(
    conn: &mut PgConnection,
    row: &TransferRow,
    kind: TransferPartKind,
    goods: &[PartGoodsRow],
    amount: i64,
) -> Result<(), Fault> {
    store::count_goods(conn, goods, 1)?;
    let left = store::count(conn, row, kind, amount)?;
    booking::now_left(conn, row, left)
}

/// The receiver says that it does not take what is on the way; only the sender can say that it came back.
pub fn refuse(v: &mut Visit<'_>, id: Uuid, reason: ReceiptRefusal) -> Result<ChapterTransferOut, Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    let grant = right_at::<Record>(v, &row, row.to_chapter_id)?;
    if row.outstanding() == 0 || row.by_book {
        return Err(Fault::NothingOnTheWay);
    }
    if row.receipt_refusal.as_deref() != Some(reason.name()) {
        store::refuse_receipt(v.conn, &grant, &row, v.now, Some(reason))?;
        v.note(&grant, "TRANSFER_RECEIPT_REFUSED", row.id)?;
    }
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    out(v.conn, row)
}
