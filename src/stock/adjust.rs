//! Adjustments: goods lost, spoiled, past their day or found. Somebody who records asks with the record of it, a second person
//! approves; then one entry books what is gone and one what came, so that an entry says one thing alone.

use std::collections::{BTreeMap, HashMap};

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::adjust_in::{Adjustment, AdjustmentReason, Found, LotSide};
use super::adjust_store::{self as store, AdjustmentRow, LineRow};
use super::adjust_wire::{AdjustmentOut, out};
use super::catalog::{self, Item};
use super::fault::Fault;
use super::lots::{self, Arriving, Entering, LotRow};
use super::model::Amount;
use super::quantity::Quantity;
use super::valuation::Valuation;
use super::{papers, places};
use crate::authz::{Granted, Read, Record, Right, Visit};
use crate::basics::clock::vietnam_date;
use crate::basics::vnd::MAX_VND;
use crate::basics::{Vnd, hex};
use crate::decisions::{self, Approval, Asked, Content, Matter, State, Verdict};
use crate::documents::store as documents;
use crate::http::{Check, FieldError, Say};
use crate::ledger::accounts::Account;
use crate::ledger::draft::{Behind, Draft};
use crate::ledger::kinds::Kind;
use crate::ledger::model::{Balanced, Fund, FundId};
use crate::ledger::store::{self as ledger, BookedAt, Detail, Goods, NewEntry};
use crate::tree::{ChapterId, Place};
use crate::vouchers::store as vouchers;

/// An adjustment, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "STOCK_ADJUSTMENT",
    vi: "Điều chỉnh tồn kho theo biên bản, quỹ",
    en: "Adjust what is in stock by the record, fund",
    shown_at: "/api/v1/stock/adjustments/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "STOCK_ADJUSTMENT_REQUESTED",
        approved: "STOCK_ADJUSTMENT_APPROVED",
        refused: "STOCK_ADJUSTMENT_REFUSED",
        withdrawn: "STOCK_ADJUSTMENT_WITHDRAWN",
    },
};

pub(super) fn wrong(pointer: &str, code: &'static str, vi: &'static str, en: &'static str) -> Fault {
    Fault::Fields(vec![FieldError::new(pointer, code, Say::fixed(vi, en))])
}

/// Whether a chapter's books take entries.
pub(super) fn require_open(here: &Place) -> Result<(), Fault> {
    match here.accepts_entries {
        true => Ok(()),
        false => Err(wrong(
            "/chapter",
            "BOOKS_CLOSED",
            "Đơn vị đã sáp nhập hoặc giải thể: hãy ghi ở đơn vị kế tục.",
            "The chapter has merged or is dissolved: record at its successor.",
        )),
    }
}

/// Whether the record was uploaded.
pub(super) fn require_record(conn: &mut PgConnection, here: &Place, document: &[u8; 32]) -> Result<(), Fault> {
    match documents::is_kept(conn, here.id, &papers::OF_ADJUSTMENTS, &hex(document))? {
        true => Ok(()),
        false => Err(wrong(
            "/document",
            "NO_SUCH_DOCUMENT",
            "Đơn vị chưa tải lên biên bản nào có SHA-256 này (STOCK_ADJUSTMENT).",
            "The chapter has uploaded no record with this SHA-256 (STOCK_ADJUSTMENT).",
        )),
    }
}

/// Asks for an adjustment. The same request sent again answers as the first time.
pub fn request(v: &mut Visit<'_>, ask: &Adjustment) -> Result<(AdjustmentOut, bool), Fault> {
    let (grant, here) = v.at_code::<Record>(&ask.chapter).map_err(Fault::NoSuchChapter)?;
    let content = ask.content();
    let content = Content { text: &content, note: ask.note.as_ref() };
    if store::find(v.conn, ask.id)?.is_some() {
        decisions::ask(v, &grant, &decision(ask.id, &ask.fund, None), content)?;
        return Ok((out(v.conn, ask.id)?, false));
    }
    require_open(&here)?;
    let fund = ledger::funds_by_code(v.conn, &[&ask.fund])?.remove(&ask.fund).ok_or_else(|| {
        wrong(
            "/fund",
            "NO_SUCH_FUND",
            "Không có quỹ này: GENERAL, OPERATING hoặc APPEAL:<mã đợt>.",
            "No such fund: GENERAL, OPERATING or APPEAL:<code>.",
        )
    })?;
    require_record(v.conn, &here, &ask.document)?;
    let (lines, worth) = lines_of(v, &grant, &fund, ask)?;
    let proposal = Proposal { id: ask.id, fund: &fund, reason: ask.reason, count: None, document: &ask.document, lines, worth };
    let new = propose(v, &grant, proposal, content)?;
    Ok((out(v.conn, ask.id)?, new))
}

fn decision<'a>(id: Uuid, fund: &'a str, worth: Option<i64>) -> decisions::New<'a> {
    decisions::New { kind: MATTER, id, subject: id, about: Some(fund), amount_vnd: worth, not_by: &[], with: None }
}

/// An adjustment about to be asked for.
pub(super) struct Proposal<'a> {
    pub id: Uuid,
    pub fund: &'a Fund,
    pub reason: AdjustmentReason,
    pub count: Option<Uuid>,
    pub document: &'a [u8; 32],
    pub lines: Vec<LineRow>,
    /// What goes and what comes, added up: by it the chain of approvals is found.
    pub worth: i64,
}

/// Asks a second person; whether nobody had asked before.
pub(super) fn propose(v: &mut Visit<'_>, grant: &Granted<Record>, of: Proposal<'_>, content: Content<'_>) -> Result<bool, Fault> {
    if decisions::ask(v, grant, &decision(of.id, &of.fund.code, Some(of.worth)), content)? == Asked::Before {
        return Ok(false);
    }
    let row = AdjustmentRow {
        id: of.id,
        chapter_id: grant.chapter().0,
        fund_id: of.fund.id.0,
        reason: of.reason.name().to_owned(),
        count_id: of.count,
        document: of.document.to_vec(),
        state: State::Asked.name().to_owned(),
        requested_by: grant.account(),
        requested_at: v.now,
        decided_by: None,
        decided_at: None,
    };
    store::insert(v.conn, grant, &row, &of.lines)?;
    Ok(true)
}

/// What an adjustment is checked against.
struct Around {
    lots: BTreeMap<Uuid, LotRow>,
    /// What lots had when they came.
    origins: HashMap<Uuid, (i64, i64)>,
    items: HashMap<String, Item>,
    stores: Vec<Uuid>,
}

/// The lines as rows, and what all of it is worth by what is there now.
fn lines_of(v: &mut Visit<'_>, grant: &Granted<Record>, fund: &Fund, ask: &Adjustment) -> Result<(Vec<LineRow>, i64), Fault> {
    let more = ask.found.iter().filter_map(|found| if let Found::More { lot, .. } = found { Some(*lot) } else { None });
    let ids: Vec<Uuid> = ask.out.iter().map(|(lot, _)| *lot).chain(more).collect();
    let lots: BTreeMap<Uuid, LotRow> = lots::by_ids(v.conn, grant.chapter(), &ids)?;
    let lots: BTreeMap<Uuid, LotRow> = lots.into_iter().filter(|(_, lot)| lot.fund_id == fund.id.0).collect();
    let new = ask.found.iter().filter_map(|found| if let Found::New(goods) = found { Some(goods) } else { None });
    let codes: Vec<&str> =
        lots.values().map(|lot| lot.item.as_str()).chain(new.clone().map(|goods| goods.item.as_str())).collect();
    let around = Around {
        items: catalog::items(v.conn, &codes)?,
        stores: places::known(v.conn, grant.chapter(), &new.filter_map(|goods| goods.store).collect::<Vec<_>>())?,
        origins: store::origins(v.conn, &ids)?,
        lots,
    };
    let (today, mut check, mut rows, mut worth) = (vietnam_date(v.now), Check::default(), Vec::new(), [0i64; 2]);
    let mut add = |row: Option<(LineRow, i64)>| {
        if let Some((row, value)) = row {
            let [out, found] = &mut worth;
            let sum = if row.side == LotSide::Out.name() { out } else { found };
            *sum = sum.saturating_add(value);
            rows.push(LineRow { adjustment_id: ask.id, n: i16::try_from(rows.len() + 1).unwrap_or(i16::MAX), ..row });
        }
    };
    for (n, (lot, quantity)) in ask.out.iter().enumerate() {
        let at = format!("/out/{n}");
        let lot = around.lot(&mut check, &at, *lot, *quantity);
        if lot.is_some_and(|lot| ask.reason == AdjustmentReason::Expired && lot.expires_on.is_none_or(|last| last >= today)) {
            let (vi, en) = ("Lô này chưa hết hạn.", "This lot has not expired.");
            check.wrong(format!("{at}/lot"), "NOT_EXPIRED", vi, en);
        }
        if lot.is_some_and(|lot| ask.reason == AdjustmentReason::Itemised && !is_of_old_books(lot)) {
            let (vi, en) =
                ("Chỉ kê chi tiết hàng từ sổ cũ (OLD_BOOKS).", "Goods out of old books alone are listed item by item.");
            check.wrong(format!("{at}/lot"), "NOT_OF_OLD_BOOKS", vi, en);
        }
        add(lot.and_then(|lot| line_out(&mut check, &at, lot, quantity.milli())));
    }
    for (n, found) in ask.found.iter().enumerate() {
        add(around.found(&mut check, &format!("/found/{n}"), found));
    }
    let [out, found] = worth;
    fits_an_entry(&mut check, "/out", out);
    fits_an_entry(&mut check, "/found", found);
    check.done(Some((rows, out.saturating_add(found)))).map_err(Fault::Fields)
}

fn is_of_old_books(lot: &LotRow) -> bool {
    Valuation::parse(&lot.valuation).is_some_and(|valuation| !valuation.is_of_today())
}

/// What goes is one entry and what comes another: what is worth more than an entry may say could never be approved.
pub(super) fn fits_an_entry(check: &mut Check, at: &str, worth: i64) {
    if worth > MAX_VND {
        check.wrong(at, "TOO_LARGE", "Tổng giá trị vượt 10^15 đồng.", "Worth more than 10^15 đồng together.");
    }
}

/// So much of a lot, and what it is worth now.
fn line_out(check: &mut Check, at: &str, lot: &LotRow, milli: i64) -> Option<(LineRow, i64)> {
    let part = lot.there().share(milli);
    if part.is_none() {
        let there = Quantity::from_milli(lot.quantity_milli);
        let (vi, en) = (format!("Lô này chỉ còn {there}."), format!("There are {there} left of this lot."));
        check.wrong(format!("{at}/quantity"), "NOT_ENOUGH", vi, en);
    }
    Some((row_of_lot(LotSide::Out, lot, milli, None), part?.value))
}

pub(super) fn row_of_lot(side: LotSide, lot: &LotRow, milli: i64, value: Option<i64>) -> LineRow {
    LineRow {
        adjustment_id: Uuid::nil(),
        n: 0,
        side: side.name().to_owned(),
        lot_id: Some(lot.id),
        item: lot.item.clone(),
        unit: lot.unit.clone(),
        quantity_milli: milli,
        value_vnd: value,
        valuation: lot.valuation.clone(),
        expires_on: lot.expires_on,
        store_id: lot.store_id,
    }
}

/// What so much more of a lot is worth, by what it had when it came.
pub(super) fn price(origins: &HashMap<Uuid, (i64, i64)>, lot: Uuid, milli: i64) -> Option<i64> {
    let (came, value) = *origins.get(&lot)?;
    Amount { milli: came, value }.more(milli).filter(|value| Vnd::parse(*value).is_ok())
}

impl Around {
    /// A lot of the chapter and the fund, in whole numbers where they are counted.
    fn lot(&self, check: &mut Check, at: &str, id: Uuid, quantity: Quantity) -> Option<&LotRow> {
        let Some(lot) = self.lots.get(&id) else {
            let (vi, en) = ("Đơn vị không có lô này trong quỹ.", "The chapter has no such lot in the fund.");
            check.wrong(format!("{at}/lot"), "NO_SUCH_LOT", vi, en);
            return None;
        };
        self.whole(check, at, &lot.item, &lot.unit, quantity);
        Some(lot)
    }

    fn whole(&self, check: &mut Check, at: &str, item: &str, unit: &str, quantity: Quantity) {
        if self.items.get(item).is_some_and(|item| item.counts_in(unit)) && !quantity.is_whole() {
            let (vi, en) = ("Đơn vị này phải là số nguyên.", "This unit comes in whole numbers.");
            check.wrong(format!("{at}/quantity"), "NOT_WHOLE", vi, en);
        }
    }

    fn found(&self, check: &mut Check, at: &str, found: &Found) -> Option<(LineRow, i64)> {
        let goods = match found {
            Found::More { lot, quantity } => {
                let lot = self.lot(check, at, *lot, *quantity)?;
                let value = price(&self.origins, lot.id, quantity.milli());
                if value.is_none() {
                    check.wrong(format!("{at}/quantity"), "TOO_LARGE", "Giá trị vượt 10^15 đồng.", "Worth more than 10^15 đồng.");
                }
                return Some((row_of_lot(LotSide::In, lot, quantity.milli(), value), value?));
            }
            Found::New(goods) => goods,
        };
        places::check_goods(check, at, &self.items, &self.stores, &goods.item, &goods.unit, goods.store)?;
        self.whole(check, at, &goods.item, &goods.unit, goods.quantity);
        let row = LineRow {
            adjustment_id: Uuid::nil(),
            n: 0,
            side: LotSide::In.name().to_owned(),
            lot_id: None,
            item: goods.item.clone(),
            unit: goods.unit.clone(),
            quantity_milli: goods.quantity.milli(),
            value_vnd: Some(goods.value.get()),
            valuation: goods.valuation.name().to_owned(),
            expires_on: goods.expires_on,
            store_id: goods.store,
        };
        Some((row, goods.value.get()))
    }
}

impl Matter for AdjustmentRow {
    type Asks = Record;
    type Fault = Fault;

    fn kind(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Fault> {
        store::decide(v.conn, &by.grant, v.now, self.id, State::Approved)?;
        book(v, by, self)
    }

    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Fault> {
        Ok(store::decide(v.conn, by, v.now, self.id, state)?)
    }
}

/// Decides a request. Deciding again the same way answers as the first time.
pub fn decide(v: &mut Visit<'_>, id: Uuid, verdict: Verdict) -> Result<AdjustmentOut, Fault> {
    let row = store::hold(v.conn, id)?.ok_or(Fault::Unknown)?;
    decisions::decide(v, &row, id, verdict)?;
    out(v.conn, id)
}

/// One adjustment, for those who may read the chapter's books.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<AdjustmentOut, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(ChapterId(row.chapter_id))?;
    let note = decisions::note_of(v, MATTER, id)?;
    Ok(AdjustmentOut { note, ..out(v.conn, id)? })
}

/// Moves the lots and books what they are worth.
fn book(v: &mut Visit<'_>, by: &Approval, row: &AdjustmentRow) -> Result<(), Fault> {
    let fund = FundId(row.fund_id);
    let funds = ledger::funds(v.conn, &[fund])?;
    let lines = store::lines_of(v.conn, &[row.id])?.remove(&row.id).unwrap_or_default();
    let ids: Vec<Uuid> = lines.iter().filter_map(|line| line.lot_id).collect();
    let held = lots::hold(v.conn, by.grant.chapter(), fund, &ids)?.ok_or(Fault::NotCovered)?;
    if let Some(count) = row.count_id
        && store::is_counted_since(v.conn, count, &ids)?
    {
        return Err(Fault::CountedAgain);
    }
    let (outs, ins): (Vec<&LineRow>, Vec<&LineRow>) = lines.iter().partition(|line| line.side == LotSide::Out.name());
    let mut draft = Draft::today(v.conn, v.vault, v.now, &by.grant)?;
    draft.document = Some(row.document.as_slice().try_into().map_err(Fault::broken)?);
    let entry = |from, to, value: i64, goods: Vec<Goods>| -> Result<NewEntry, Fault> {
        let value = Vnd::parse(value).map_err(|_| Fault::WorthNothing)?;
        let postings = Balanced::moved(Kind::StockAdjustment, fund, value, from, to)?;
        let detail = Detail { reason: Some(row.reason.clone().into()), ..Detail::default() };
        Ok(draft.entry(postings, Behind::default())?.with_goods(goods).with_detail(detail))
    };
    let mut entries = Vec::new();
    let parts: Vec<(Uuid, i64)> = outs.iter().filter_map(|line| Some((line.lot_id?, line.quantity_milli))).collect();
    if !parts.is_empty() {
        let taking = lots::write_off(v.conn, &held, &parts)?;
        let entry = entry(Account::GoodsInStock, Account::Loss, taking.value(), taking.goods(v.conn)?)?;
        taking.leaves(v.conn, v.now, entry.id)?;
        entries.push((&by.grant, entry));
    }
    if !ins.is_empty() {
        let arriving: Vec<Arriving> = ins.iter().map(|line| arriving(line)).collect();
        let goods = lots::goods(v.conn, &arriving)?;
        let entry = entry(Account::Loss, Account::GoodsInStock, arriving.iter().map(|line| line.value).sum(), goods)?;
        let more = ins
            .iter()
            .zip(&arriving)
            .filter_map(|(line, goods)| Some((line.lot_id?, Amount { milli: goods.quantity.milli(), value: goods.value })));
        lots::add(v.conn, v.now, &held, entry.id, &more.collect::<Vec<_>>())?;
        let new = ins.iter().zip(&arriving).filter(|(line, _)| line.lot_id.is_none()).map(|(_, goods)| goods.clone());
        let entering = Entering { by: &by.grant, fund, entry: entry.id, day: entry.day, lines: new.collect() };
        lots::enter(v.conn, v.now, &[entering])?;
        entries.push((&by.grant, entry));
    }
    let ids: Vec<Uuid> = entries.iter().map(|(_, entry)| entry.id).collect();
    vouchers::book(v.conn, BookedAt::now(v.now), &funds, entries)?;
    Ok(store::note_entries(v.conn, &by.grant, row.id, &ids)?)
}

fn arriving(line: &LineRow) -> Arriving {
    Arriving {
        item: line.item.clone(),
        unit: line.unit.clone(),
        quantity: Quantity::from_milli(line.quantity_milli),
        value: line.value_vnd.unwrap_or_default(),
        valuation: line.valuation.clone(),
        expires_on: line.expires_on,
        store: line.store_id,
    }
}
