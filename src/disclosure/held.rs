//! What chapters and appeals hold and what is open of it: goods item by item, advances that are not cleared, transfers that nobody
//! has confirmed. Whatever is overdue is said in sum: never who has an advance.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::totals::TotalsOut;
use crate::chapters::reference::CENTRAL;
use crate::chapters::store::names;
use crate::http::Problem;
use crate::ledger::model::FundId;
use crate::ledger::store as ledger;
use crate::spending::overdue::overdue;
use crate::stock::held::held;
use crate::transfers::{OpenTransfer, unconfirmed_of, unconfirmed_sum};
use crate::{stock, transfers, tree};

/// Transfers that are named, the oldest.
const MOST_NAMED: i64 = 10;

/// What is held, and what is open of it, on the day of asking.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeldAndOpen {
    /// The day up to which days are counted.
    pub as_of: NaiveDate,
    /// Of a chapter with everything below it, and all that they go on for.
    pub advances: AdvancesHeld,
    /// Of a chapter: what it or one below it sent, or has to confirm.
    pub on_the_way: OnTheWay,
    /// Goods in stock, kept apart or not, most valuable first; of a chapter with everything below it.
    pub stock: Vec<GoodsHeld>,
}

/// Advances to officers that are not cleared, in đồng.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdvancesHeld {
    /// All of them, kept apart or not, those of old books too.
    pub open_vnd: i64,
    /// Those of them whose day has passed.
    pub overdue_vnd: i64,
    /// How many these are.
    pub overdue_count: i64,
    /// The day by which the oldest of these was to be cleared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest_due_on: Option<NaiveDate>,
    /// How many days ago that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 12)]
    pub oldest_days: Option<i64>,
}

/// What was sent to other chapters, and is neither confirmed nor back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct OnTheWay {
    /// All of it, in đồng.
    pub open_vnd: i64,
    /// In how many transfers.
    pub count: i64,
    /// The oldest of them, at most ten.
    pub oldest: Vec<OnTheWayTransfer>,
}

/// A transfer of which something is on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OnTheWayTransfer {
    /// Public code of the entry that sent it.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    /// Code of the chapter that sent it.
    #[schema(example = "68")]
    pub from: String,
    /// What that chapter is called.
    pub from_name: String,
    /// Code of the chapter that it goes to.
    #[schema(example = "23095")]
    pub to: String,
    /// What that chapter is called.
    pub to_name: String,
    /// Code of its fund.
    #[schema(example = "APPEAL:LULUT-2026")]
    pub fund: String,
    /// What is on the way of it, in đồng.
    pub open_vnd: i64,
    /// The day on which it was sent.
    pub sent_on: NaiveDate,
    /// How many days ago that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 3)]
    pub days: Option<i64>,
}

/// How much there is of an item, in one of its units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GoodsHeld {
    /// Catalogue code.
    #[schema(example = "RICE")]
    pub item: String,
    /// What it is called.
    #[schema(example = "Gạo")]
    pub name: String,
    /// What it is called in English.
    #[schema(example = "Rice")]
    pub name_en: String,
    /// Decimal text.
    #[schema(example = "1200.5")]
    pub quantity: String,
    /// Code of its unit.
    #[schema(example = "KG")]
    pub unit: String,
    /// What it was booked with, in đồng.
    pub value_vnd: i64,
}

/// Of what.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// A chapter, by id and code.
    Chapter(Uuid, &'a str),
    /// An appeal, by its code: its own fund, and what is kept apart of it.
    Appeal(&'a str),
}

impl HeldAndOpen {
    /// A few sums, each from an index of what is there and open. `totals` are those of the same chapter or appeal.
    pub fn read(conn: &mut PgConnection, of: Of<'_>, totals: &TotalsOut, today: NaiveDate) -> Result<Self, Problem> {
        let (below, fund, funds) = match of {
            // Everything is below the centre: no need to ask what.
            Of::Chapter(_, CENTRAL) => (None, None, None),
            Of::Chapter(id, _) => (Some(id), None, None),
            Of::Appeal(code) => (None, Some(format!("APPEAL:{code}")), Some(funds_of(conn, code)?)),
        };
        // Goods and money went over to a successor; what is open stands where it was begun.
        let open_at = below.map(|id| tree::goes_on_for(conn, id)).transpose()?;
        let codes = open_at.as_ref().map(|ids| tree::codes(conn, ids.iter().copied())).transpose()?;
        let codes: Option<Vec<String>> = codes.map(|codes| codes.into_values().collect());
        let on_the_way = OnTheWay::read(conn, codes.as_deref(), fund.as_deref(), today)?;
        Ok(Self {
            as_of: today,
            advances: AdvancesHeld::read(conn, open_at.as_deref(), funds.as_deref(), totals, today)?,
            on_the_way,
            stock: goods(conn, below, funds.as_deref())?,
        })
    }
}

impl AdvancesHeld {
    /// Of chapters, and of funds; of the whole country if neither are named. `totals` are those of the same.
    pub fn read(
        conn: &mut PgConnection,
        chapters: Option<&[Uuid]>,
        funds: Option<&[FundId]>,
        totals: &TotalsOut,
        today: NaiveDate,
    ) -> Result<Self, Problem> {
        let left = totals.left.unwrap_or_default();
        let late = overdue(conn, chapters, funds, today)?;
        Ok(Self {
            open_vnd: left.all.advances_vnd + left.quarantined.advances_vnd,
            overdue_vnd: late.vnd,
            overdue_count: late.count,
            oldest_due_on: late.oldest_due_on,
            oldest_days: late.oldest_due_on.map(|due| (today - due).num_days()),
        })
    }
}

fn funds_of(conn: &mut PgConnection, appeal: &str) -> Result<Vec<FundId>, Problem> {
    let codes = ["APPEAL", "QUARANTINE"].map(|restriction| format!("{restriction}:{appeal}"));
    let funds = ledger::funds_by_code(conn, &codes.each_ref().map(String::as_str))?;
    Ok(funds.into_values().map(|fund| fund.id).collect())
}

impl OnTheWay {
    /// Of chapters, one of which sent it or has to confirm it, or of a fund; of the whole country if neither is named.
    pub fn read(
        conn: &mut PgConnection,
        chapters: Option<&[String]>,
        fund: Option<&str>,
        today: NaiveDate,
    ) -> Result<Self, Problem> {
        let rows = unconfirmed_of(conn, chapters, fund, MOST_NAMED)?;
        if rows.is_empty() {
            return Ok(Self::default());
        }
        let transfers::OpenSum { vnd, count } = unconfirmed_sum(conn, chapters, fund)?;
        let codes: Vec<&str> = rows.iter().flat_map(|row| [row.from_chapter.as_str(), row.to_chapter.as_str()]).collect();
        let names = names(conn, &codes)?;
        let oldest = rows.into_iter().map(|row| named(row, &names, today)).collect();
        Ok(Self { open_vnd: vnd, count, oldest })
    }
}

fn named(row: OpenTransfer, names: &HashMap<String, String>, today: NaiveDate) -> OnTheWayTransfer {
    let name = |code: &String| names.get(code).unwrap_or(code).clone();
    OnTheWayTransfer {
        from_name: name(&row.from_chapter),
        to_name: name(&row.to_chapter),
        code: row.out_code,
        from: row.from_chapter,
        to: row.to_chapter,
        fund: row.fund,
        open_vnd: row.outstanding_vnd,
        sent_on: row.sent_on,
        days: Some((today - row.sent_on).num_days().max(0)),
    }
}

fn goods(conn: &mut PgConnection, below: Option<Uuid>, funds: Option<&[FundId]>) -> Result<Vec<GoodsHeld>, Problem> {
    let mut held = held(conn, below, funds)?;
    if held.is_empty() {
        return Ok(Vec::new());
    }
    held.sort_by(|a, b| b.value_vnd.cmp(&a.value_vnd).then_with(|| (&a.item, &a.unit).cmp(&(&b.item, &b.unit))));
    let items = stock::items(conn, &held.iter().map(|goods| goods.item.as_str()).collect::<Vec<_>>())?;
    let line = |goods: stock::held::Held| {
        let item = items.get(&goods.item);
        GoodsHeld {
            name: item.map_or_else(|| goods.item.clone(), |item| item.name.clone()),
            name_en: item.map_or_else(|| goods.item.clone(), |item| item.name_en.clone()),
            item: goods.item,
            quantity: goods.quantity.to_string(),
            unit: goods.unit,
            value_vnd: goods.value_vnd,
        }
    };
    Ok(held.into_iter().map(line).collect())
}
