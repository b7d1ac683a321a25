//! Purchases: goods bought into stock, with their invoice. With the last approval they enter as lots, by the purchase's own entry.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::advance_store::{self, AdvanceRow};
use super::fault::Fault;
use super::kind::{Booking, Orders};
use super::model::{self, Basics, OrderKind, PaidFrom, Particulars, Payee, wrong};
use super::order::{self, Content, Request};
use super::purchase_store::{self as store, LineRow, PurchaseRow};
use super::store::OrderRow;
use super::wire::MoneyOrderOut;
use super::{categories, debts, feed, open_advances};
use crate::authz::{Granted, Record, Visit};
use crate::basics::codes::codes;
use crate::basics::{Line, PublicCode, Vnd};
use crate::db::DbError;
use crate::decisions::{self, Approval};
use crate::house::errand::Errand;
use crate::house::feed::Feed;
use crate::house::undo::CannotUndo;
use crate::http::{Check, FieldError, note, one_line};
use crate::ledger::accounts::Account;
use crate::ledger::entry::NewEntry;
use crate::ledger::kinds;
use crate::ledger::model::{Fund, FundId};
use crate::stock::lots::{self, Arriving, Entering};
use crate::stock::quantity::{Quantity, QuantityIn, quantity_schema};
use crate::stock::valuation::Valuation;
use crate::stock::{self, places};
use crate::tree;

/// Most lines of one purchase.
const MOST_LINES: usize = 50;

/// A purchase, as a matter for a second person.
pub const MATTER: &decisions::Kind = &decisions::Kind {
    name: "PURCHASE",
    vi: "Mua hàng nhập kho",
    en: "Buy goods into stock",
    shown_at: "/api/v1/purchases/{id}",
    decided_at: "",
    actions: decisions::Actions {
        asked: "PURCHASE_REQUESTED",
        approved: "PURCHASE_APPROVED",
        refused: "PURCHASE_REFUSED",
        withdrawn: "PURCHASE_WITHDRAWN",
    },
};

codes! {
    /// From what goods are paid.
    pub wire enum BoughtFrom {
        /// Tiền mặt tại quỹ.
        Cash = "CASH",
        /// Chuyển khoản; counts as on its way until the bank's statement says so.
        Bank = "BANK",
        /// Mua chịu: it is owed for now.
        Payable = "PAYABLE",
        /// From an advance, which is named.
        Advance = "ADVANCE",
    }
}

impl BoughtFrom {
    fn account(self) -> Account {
        match self {
            BoughtFrom::Cash => PaidFrom::Cash.account(),
            BoughtFrom::Bank => PaidFrom::Bank.account(),
            BoughtFrom::Payable => PaidFrom::Payable.account(),
            BoughtFrom::Advance => Account::Advance,
        }
    }
}

/// Goods of one kind that were bought.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PurchaseLineIn {
    /// Catalogue code.
    #[schema(example = "RICE", max_length = 40)]
    pub item: String,
    /// As text (`"12.5"`) or number: up to three decimals in units that measure, none in units that count.
    #[schema(schema_with = quantity_schema)]
    pub quantity: QuantityIn,
    /// One of the item's units.
    #[schema(example = "KG", max_length = 20)]
    pub unit: String,
    /// What the line cost, taxes included, in đồng.
    #[schema(minimum = 1, example = 7_500_000)]
    pub value_vnd: i64,
    /// The last day they are good.
    #[serde(default)]
    pub expires_on: Option<NaiveDate>,
    /// Where they are kept: one of the chapter's places of storage.
    #[serde(default)]
    pub store: Option<Uuid>,
}

/// A purchase as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PurchaseIn {
    /// Made by the client, once; sending it again asks only once.
    pub id: Uuid,
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// Code of the fund that pays, and that the goods belong to.
    #[schema(example = "APPEAL:LULUT-2026", max_length = 60)]
    pub fund: String,
    #[schema(min_items = 1, max_items = 50)]
    pub lines: Vec<PurchaseLineIn>,
    /// What pays.
    pub from: BoughtFrom,
    /// Public code of the advance, where it is paid from one; then the fund is that of the advance.
    #[serde(default)]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV", max_length = 40)]
    pub advance: Option<String>,
    /// Who sold it; never public.
    pub supplier: Payee,
    /// Number of the invoice.
    #[serde(default)]
    #[schema(example = "00000112", max_length = 60)]
    pub invoice_no: Option<String>,
    /// Its day.
    #[serde(default)]
    pub invoice_on: Option<NaiveDate>,
    /// The day the goods came.
    pub day: NaiveDate,
    /// What for, in words, as the vouchers say it; never public.
    #[schema(example = "Mua 500 kg gạo cứu trợ", max_length = 200)]
    pub content: String,
    /// SHA-256 of the invoice, or the list of what was bought from people without one, that the chapter has uploaded for
    /// `MONEY_ORDER`, hexadecimal; the hash becomes public with the entry.
    #[schema(min_length = 64, max_length = 64)]
    pub document: String,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

/// A line that is right in itself.
#[derive(Debug, Clone, PartialEq, Eq)]
struct BoughtLine {
    item: String,
    unit: String,
    quantity: Quantity,
    value: Vnd,
    expires_on: Option<NaiveDate>,
    store: Option<Uuid>,
}

/// A purchase that is right in itself.
pub struct Purchase {
    basics: Basics,
    chapter: String,
    fund: String,
    lines: Vec<BoughtLine>,
    from: BoughtFrom,
    advance: Option<PublicCode>,
    invoice: (Option<Line>, Option<NaiveDate>),
    particulars: Particulars,
    note: Option<Line>,
}

impl PurchaseIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Purchase, Vec<FieldError>> {
        let mut check = Check::default();
        let lines = check_lines(&mut check, &self.lines);
        let sum = Vnd::sum(lines.iter().map(|line| line.value));
        if sum.is_none() && check.is_clean() {
            check.wrong("/lines", "TOO_LARGE", "Tổng vượt 10^15 đồng.", "Worth more than 10^15 đồng together.");
        }
        let sum = sum.map_or(1, Vnd::get);
        let basics = model::basics(&mut check, self.id, sum, self.day, Some(&self.document), today);
        if self.invoice_on.is_some_and(|day| day > today) {
            check.wrong("/invoice_on", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
        }
        let invoice = check.read(self.invoice_no.as_deref().map(|no| one_line("/invoice_no", no, 60)).transpose());
        let advance = check_advance(&mut check, self.from, self.advance.as_deref());
        let payee = self.supplier.check("/supplier", &mut check);
        let content = model::content(&mut check, "/content", &self.content);
        let note = check.read(note(self.note.as_deref()));
        let made = basics.zip(payee).zip(content).zip(invoice).zip(note);
        let (chapter, fund, from, on) = (self.chapter, self.fund, self.from, self.invoice_on);
        check.done(made.map(|((((basics, payee), content), invoice), note)| Purchase {
            basics,
            chapter,
            fund,
            lines,
            from,
            advance,
            invoice: (invoice, on),
            particulars: Particulars { payee: Some(payee), content },
            note,
        }))
    }
}

fn check_advance(check: &mut Check, from: BoughtFrom, advance: Option<&str>) -> Option<PublicCode> {
    match (from, advance) {
        (BoughtFrom::Advance, None) => {
            check.wrong("/advance", "REQUIRED", "Cần mã khoản tạm ứng.", "It takes the code of the advance.")
        }
        (BoughtFrom::Advance, Some(text)) => {
            let code = PublicCode::parse(text).ok();
            if code.is_none() {
                let (vi, en) = ("Mã công khai sai.", "Not a public code.");
                check.wrong("/advance", "NOT_A_CODE", vi, en);
            }
            return code;
        }
        (_, Some(_)) => check.wrong("/advance", "NOT_NEEDED", "Không trả từ tạm ứng.", "It is not paid from an advance."),
        (_, None) => {}
    }
    None
}

fn check_lines(check: &mut Check, lines: &[PurchaseLineIn]) -> Vec<BoughtLine> {
    if lines.is_empty() || lines.len() > MOST_LINES {
        check.wrong("/lines", "OUT_OF_RANGE", "Từ 1 đến 50 dòng.", "1 to 50 lines.");
        return Vec::new();
    }
    let mut read = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let quantity = line.quantity.check(check, format!("/lines/{n}/quantity"));
        let value = model::amount(check, &format!("/lines/{n}/value_vnd"), line.value_vnd);
        read.extend(quantity.zip(value).map(|(quantity, value)| BoughtLine {
            item: line.item.clone(),
            unit: line.unit.clone(),
            quantity,
            value,
            expires_on: line.expires_on,
            store: line.store,
        }));
    }
    read
}

/// See the module.
pub struct Purchases;

/// What is said of purchases.
pub static PURCHASES: Purchases = Purchases;

impl Orders for Purchases {
    fn kind(&self) -> OrderKind {
        OrderKind::Purchase
    }

    fn matter(&self) -> &'static decisions::Kind {
        MATTER
    }

    fn feed(&self) -> &'static Feed {
        &feed::PURCHASES
    }

    fn books(&self) -> kinds::Kind {
        kinds::Kind::Purchase
    }

    /// Its goods; and where an advance pays, what is open of that is looked at again, and held.
    fn entries(&self, v: &mut Visit<'_>, of: &Booking<'_>) -> Result<Vec<NewEntry>, Fault> {
        if let Some(advance) = of.row.of_entry_id {
            open_advances::hold(v, advance, of.row.amount_vnd)?;
        }
        let lines = arriving(&store::lines(v.conn, of.row.id)?);
        let goods = lots::goods(v.conn, &lines)?;
        let entries: Vec<NewEntry> = self.drawn(v, of)?.into_iter().map(|entry| entry.with_goods(goods.clone())).collect();
        let entry = entries.first().ok_or_else(|| Fault::broken("a purchase without an entry"))?.id;
        // Before the balances, as everywhere.
        let entering = Entering { by: of.by, fund: FundId(of.row.fund_id), entry, day: of.row.day, lines };
        lots::enter(v.conn, v.now, &[entering])?;
        Ok(entries)
    }

    fn booked(&self, v: &mut Visit<'_>, _: &Approval, row: &OrderRow, _: &[Uuid]) -> Result<(), Fault> {
        if let Some(advance) = row.of_entry_id {
            advance_store::clear(v.conn, advance, row.amount_vnd)?;
        }
        Ok(())
    }

    /// The goods are taken back whole, and stand as long as they are paid for.
    fn undo(&self, errand: &mut Errand<'_>, row: &OrderRow) -> Result<(), CannotUndo> {
        if let Some(advance) = row.of_entry_id {
            advance_store::hold(errand.conn, advance)?;
            advance_store::clear(errand.conn, advance, -row.amount_vnd)?;
        }
        debts::require_owed(errand.conn, row)?;
        let Some(entry) = row.entry_id else { return Ok(()) };
        Ok(lots::undo(errand.conn, errand.now, entry)?)
    }
}

fn arriving(lines: &[LineRow]) -> Vec<Arriving> {
    let line = |line: &LineRow| Arriving {
        item: line.item.clone(),
        unit: line.unit.clone(),
        quantity: Quantity::from_milli(line.quantity_milli),
        value: line.value_vnd,
        valuation: Valuation::Invoice.name().to_owned(),
        expires_on: line.expires_on,
        store: line.store_id,
    };
    lines.iter().map(line).collect()
}

/// Asks for a purchase. The same request sent again answers as the first time.
pub fn request(v: &mut Visit<'_>, ask: &Purchase) -> Result<(PurchaseOut, bool), Fault> {
    let place = order::at(v, &ask.chapter)?;
    let Basics { id, amount, day, document } = ask.basics;
    let lines: Vec<_> =
        ask.lines.iter().map(|l| json!([l.item, l.unit, l.quantity.milli(), l.value.get(), l.expires_on, l.store])).collect();
    let (no, on) = &ask.invoice;
    let advance = ask.advance.as_ref().map(PublicCode::as_str);
    let said = json!([ask.fund, amount.get(), lines, ask.from, advance, no.as_ref().map(Line::as_str), on, day, document]);
    let request = Request { id, day, category: None, said, particulars: &ask.particulars, note: ask.note.as_ref() };
    let (order, new) = order::request(v, &PURCHASES, &place, &request, |v, _| look(v, &place.0, ask))?;
    if new {
        let purchase = PurchaseRow { order_id: id, invoice_no: no.as_ref().map(|no| no.as_str().to_owned()), invoice_on: *on };
        store::insert(v.conn, &place.0, &purchase, &rows(id, &ask.lines))?;
    }
    Ok((one(v, order)?, new))
}

fn rows(order: Uuid, lines: &[BoughtLine]) -> Vec<LineRow> {
    let row = |(n, line): (i16, &BoughtLine)| LineRow {
        order_id: order,
        n,
        item: line.item.clone(),
        unit: line.unit.clone(),
        quantity_milli: line.quantity.milli(),
        value_vnd: line.value.get(),
        expires_on: line.expires_on,
        store_id: line.store,
    };
    (1..).zip(lines).map(row).collect()
}

fn look(v: &mut Visit<'_>, grant: &Granted<Record>, ask: &Purchase) -> Result<Content, Fault> {
    let fund = order::fund(v, "/fund", &ask.fund)?;
    categories::may_leave(&fund).map_err(|error| Fault::Fields(vec![error]))?;
    let items = stock::items(v.conn, &ask.lines.iter().map(|line| line.item.as_str()).collect::<Vec<_>>())?;
    let stores = places::known(v.conn, grant.chapter(), &ask.lines.iter().filter_map(|line| line.store).collect::<Vec<_>>())?;
    let mut check = Check::default();
    for (n, line) in ask.lines.iter().enumerate() {
        let at = format!("/lines/{n}");
        let fits = places::check_goods(&mut check, &at, &items, &stores, &line.item, &line.unit, line.store).is_some();
        if fits && !line.quantity.is_whole() && items.get(&line.item).is_some_and(|item| item.counts_in(&line.unit)) {
            let (vi, en) = ("Đơn vị này phải là số nguyên.", "This unit comes in whole numbers.");
            check.wrong(format!("{at}/quantity"), "NOT_WHOLE", vi, en);
        }
    }
    let advance = match &ask.advance {
        Some(code) => Some(advance_of(v, &mut check, grant, &fund, code, ask.basics.amount)?),
        None => None,
    };
    check.done(Some(())).map_err(Fault::Fields)?;
    Ok(Content {
        fund,
        to_fund: None,
        amount_vnd: ask.basics.amount.get(),
        debit: Some(Account::GoodsInStock),
        credit: Some(ask.from.account()),
        category: None,
        of_entry: advance.flatten().map(|advance| advance.entry_id),
        reason: None,
        consent: None,
        document: ask.basics.document,
        about: None,
    })
}

/// The advance that pays: of the chapter and the fund, with as much open.
fn advance_of(
    v: &mut Visit<'_>,
    check: &mut Check,
    grant: &Granted<Record>,
    fund: &Fund,
    code: &PublicCode,
    amount: Vnd,
) -> Result<Option<AdvanceRow>, Fault> {
    let advance = open_advances::of_code(v.conn, code)?;
    // An advance of a chapter that went up in this one is this one's to clear.
    let ours = tree::with_succeeded(v.conn, grant.chapter())?;
    let advance = match advance.filter(|advance| ours.contains(&advance.chapter_id) && advance.fund_id == fund.id.0) {
        Some(ours) => open_advances::known(v.conn, ours)?,
        None => None,
    };
    match &advance {
        None => check.add(wrong(
            "/advance",
            "NO_SUCH_ADVANCE",
            "Đơn vị không có khoản tạm ứng nào mang mã này trong quỹ.",
            "The chapter has no advance of this code in the fund.",
        )),
        Some(advance) if advance.open_vnd < amount.get() => check.add(wrong(
            "/advance",
            "MORE_THAN_OPEN",
            "Nhiều hơn phần tạm ứng chưa thanh toán.",
            "More than is open of the advance.",
        )),
        Some(_) => {}
    }
    Ok(advance)
}

/// A purchase, with its goods.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PurchaseOut {
    /// The order, as of every kind.
    pub order: MoneyOrderOut,
    /// Number of the invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "00000112")]
    pub invoice_no: Option<String>,
    /// Day of the invoice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_on: Option<NaiveDate>,
    pub lines: Vec<PurchaseLineOut>,
}

/// Goods of one kind that were bought.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PurchaseLineOut {
    /// Catalogue code.
    #[schema(example = "RICE")]
    pub item: String,
    /// Decimal text.
    #[schema(example = "500")]
    pub quantity: String,
    #[schema(example = "KG")]
    pub unit: String,
    pub value_vnd: i64,
    /// Until when it is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<NaiveDate>,
    /// Where it was put.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<Uuid>,
}

/// With its goods.
pub fn one(v: &mut Visit<'_>, order: MoneyOrderOut) -> Result<PurchaseOut, Fault> {
    shown(v, vec![order])?.pop().ok_or(Fault::Unknown)
}

/// With the goods of each, in their order.
pub fn shown(v: &mut Visit<'_>, orders: Vec<MoneyOrderOut>) -> Result<Vec<PurchaseOut>, DbError> {
    let ids: Vec<Uuid> = orders.iter().map(|order| order.id).collect();
    let (mut purchases, mut lines) = (store::of_orders(v.conn, &ids)?, store::lines_of(v.conn, &ids)?);
    let line = |row: LineRow| PurchaseLineOut {
        item: row.item,
        quantity: Quantity::from_milli(row.quantity_milli).to_string(),
        unit: row.unit,
        value_vnd: row.value_vnd,
        expires_on: row.expires_on,
        store: row.store_id,
    };
    let with = |order: MoneyOrderOut| {
        let purchase = purchases.remove(&order.id);
        PurchaseOut {
            invoice_no: purchase.as_ref().and_then(|purchase| purchase.invoice_no.clone()),
            invoice_on: purchase.and_then(|purchase| purchase.invoice_on),
            lines: lines.remove(&order.id).unwrap_or_default().into_iter().map(line).collect(),
            order,
        }
    };
    Ok(orders.into_iter().map(with).collect())
}
