//! `/api/v1/public/totals`: what was received, by appeal, chapter, channel and day; what became of it, and what is left.

use std::collections::{BTreeMap, HashMap};

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{Days, NaiveDate};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::flow::{Flow, LeftOut};
use super::{CACHE_CONTROL_LIST, answer};
use crate::chapters::reference::CENTRAL;
use crate::chapters::store as chapters;
use crate::db::{Db, DbError};
use crate::http::sets::Searches;
use crate::http::{Problem, Query};
use crate::ledger::left;
use crate::ledger::measures::Measure;
use crate::ledger::model::Restriction;
use crate::ledger::totals::{self, TotalRow};
use crate::spending::categories;
use crate::{giving, tree};

/// A sum of money and goods, and how many gifts it is made of. Reversed gifts are not in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sum {
    pub received_vnd: i64,
    pub gift_count: i64,
}

impl Sum {
    fn add(&mut self, vnd: i64, count: i64) {
        self.received_vnd += vnd;
        self.gift_count += count;
    }

    /// Adds what a row of totals says was received by a place with everything below it, unless it is kept apart.
    pub fn add_received(&mut self, row: &TotalRow) {
        if row.is(Measure::Received) && row.restriction != "QUARANTINE" {
            self.add(row.subtree_vnd, row.subtree_count);
        }
    }
}

/// Totals of a place, with everything below it.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct TotalsOut {
    #[schema(example = "68")]
    pub chapter: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appeal: Option<String>,
    /// Received into appeals and the general fund.
    #[serde(flatten)]
    pub received: Sum,
    /// The chapter's own part of it.
    pub own: Sum,
    /// Came after an appeal's end: kept apart until decided.
    pub quarantined: Sum,
    pub by_channel: BTreeMap<String, Sum>,
    pub by_fund: BTreeMap<String, Sum>,
    /// Only when `from` and `to` are given: one sum for every day on which something was received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_day: Option<BTreeMap<NaiveDate, Sum>>,
    // What came later stands behind: commands that others wrote down look for the first members by their order.
    /// Everything that came and went, without what is kept apart.
    pub flow: Flow,
    /// The chapter's own part of it.
    pub own_flow: Flow,
    /// The same of what is kept apart.
    pub quarantined_flow: Flow,
    /// The same of each fund, kept apart or not.
    pub flow_by_fund: BTreeMap<String, Flow>,
    /// What was paid, by what for; empty where nobody said.
    pub paid_by_category: BTreeMap<String, i64>,
    /// Own costs that were paid from gifts with the givers' consent (Decree 93/2021/NĐ-CP, art. 12(3)): part of what was paid, without
    /// what was paid from the fund OPERATING.
    pub own_costs_from_gifts_vnd: i64,
    /// Other income, by where it came from.
    pub other_income_by_category: BTreeMap<String, i64>,
    /// Of the whole country: sent by a chapter, and taken over by none yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_the_way_vnd: Option<i64>,
    /// Where what is left lies now. Not with `from` and `to`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<LeftOut>,
    /// What was paid from other funds than OPERATING, by what for.
    #[serde(skip)]
    paid_from_gifts: BTreeMap<String, i64>,
}

impl TotalsOut {
    fn new(chapter: &str, appeal: Option<&str>) -> Self {
        Self { chapter: chapter.to_owned(), appeal: appeal.map(str::to_owned), ..Self::default() }
    }

    fn add(&mut self, row: &TotalRow) {
        let Some(measure) = Measure::parse(&row.measure) else { return };
        let (vnd, count) = (row.subtree_vnd, row.subtree_count);
        self.flow_by_fund.entry(row.fund.clone()).or_default().add(measure, vnd);
        if measure == Measure::Received {
            self.by_fund.entry(row.fund.clone()).or_default().add(vnd, count);
        }
        if row.restriction == "QUARANTINE" {
            self.quarantined_flow.add(measure, vnd);
            if measure == Measure::Received {
                self.quarantined.add(vnd, count);
            }
            return;
        }
        self.flow.add(measure, vnd);
        self.own_flow.add(measure, row.own_vnd);
        match measure {
            Measure::Received => {
                self.received.add(vnd, count);
                self.own.add(row.own_vnd, row.own_count);
                self.by_channel.entry(row.part.clone()).or_default().add(vnd, count);
            }
            Measure::Paid => {
                *self.paid_by_category.entry(row.part.clone()).or_default() += vnd;
                if row.restriction != Restriction::Operating.name() {
                    *self.paid_from_gifts.entry(row.part.clone()).or_default() += vnd;
                }
            }
            Measure::OtherIncome => *self.other_income_by_category.entry(row.part.clone()).or_default() += vnd,
            _ => {}
        }
    }

    fn ended(mut self, conn: &mut PgConnection) -> Result<Self, DbError> {
        self.paid_from_gifts.retain(|code, vnd| !code.is_empty() && *vnd != 0);
        if !self.paid_from_gifts.is_empty() {
            let own = categories::own_costs(conn, &self.paid_from_gifts.keys().map(String::as_str).collect::<Vec<_>>())?;
            let of_own = self.paid_from_gifts.iter().filter(|(code, _)| own.contains(*code));
            self.own_costs_from_gifts_vnd = of_own.map(|(_, vnd)| vnd).sum();
        }
        self.paid_by_category.retain(|_, vnd| *vnd != 0);
        self.other_income_by_category.retain(|_, vnd| *vnd != 0);
        self.on_the_way_vnd = (self.chapter == CENTRAL).then(|| self.flow.on_the_way());
        Ok(self)
    }

    /// Everything up to now, of a chapter with what is below it; of one appeal if named.
    pub fn read(conn: &mut PgConnection, chapter: &str, id: Uuid, appeal: Option<&str>) -> Result<Self, DbError> {
        let mut out = Self::new(chapter, appeal);
        let rows = totals::overall(conn, id, appeal)?;
        rows.iter().for_each(|row| out.add(row));
        out.left = Some(LeftOut::of(&left::overall(conn, id, appeal, &rows)?));
        out.ended(conn)
    }
}

/// Of what.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TotalsQuery {
    /// Code of a chapter; the whole country unless given.
    #[param(example = "68")]
    pub chapter: Option<String>,
    /// Code of an appeal.
    pub appeal: Option<String>,
    /// First and last day: both or none, at most 400 days.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

const MAX_DAYS: u64 = 400;
/// More chapters than stand below any other.
const MAX_PLACES: i64 = 500;

fn days(query: &TotalsQuery) -> Result<Option<(NaiveDate, NaiveDate)>, Problem> {
    match (query.from, query.to) {
        (None, None) => Ok(None),
        (Some(from), Some(to)) if from <= to && from.checked_add_days(Days::new(MAX_DAYS)).is_some_and(|end| to < end) => {
            Ok(Some((from, to)))
        }
        _ => Err(Problem::field(
            "from",
            "OUT_OF_RANGE",
            "Cần cả ngày đầu và ngày cuối, tối đa 400 ngày.",
            "Give both from and to, at most 400 days.",
        )),
    }
}

/// The totals a query asks for: what the API and the portal show.
pub fn load(conn: &mut PgConnection, query: &TotalsQuery) -> Result<TotalsOut, Problem> {
    let days = days(query)?;
    let code = query.chapter.as_deref().unwrap_or(CENTRAL);
    let here = tree::place(conn, code)?.ok_or_else(Problem::not_found)?;
    let appeal = query.appeal.as_deref();
    if let Some(code) = appeal {
        giving::appeals::find(conn, code)?.filter(|row| row.state != "DRAFT").ok_or_else(Problem::not_found)?;
    }
    let Some((from, to)) = days else { return Ok(TotalsOut::read(conn, &here.code, here.id.0, appeal)?) };
    let mut out = TotalsOut::new(&here.code, appeal);
    let mut by_day: BTreeMap<NaiveDate, Sum> = BTreeMap::new();
    for (day, row) in totals::by_day(conn, here.id.0, appeal, from, to)? {
        out.add(&row);
        if row.is(Measure::Received) && row.restriction != "QUARANTINE" {
            by_day.entry(day).or_default().add_received(&row);
        }
    }
    out.by_day = Some(by_day);
    Ok(out.ended(conn)?)
}

/// What a chapter directly below another received, with everything below it.
#[derive(Debug, Clone)]
pub struct PlaceSum {
    pub code: String,
    pub name: String,
    pub received: Sum,
}

/// Where an appeal received what it received: together exactly the whole.
#[derive(Debug, Clone)]
pub struct Places {
    /// The chapters directly below that of the appeal, each with everything below it, most first; those that received
    /// nothing are left out. Provinces, when the centre runs the appeal.
    pub below: Vec<PlaceSum>,
    /// The chapter of the appeal by itself.
    pub own: PlaceSum,
    /// Chapters elsewhere, with which the appeal is shared.
    pub elsewhere: Sum,
}

/// Where an appeal of the chapter `parent` received `whole`.
pub fn by_place(conn: &mut PgConnection, parent: &str, appeal: &str, whole: Sum) -> Result<Places, Problem> {
    let above = chapters::find(conn, parent)?.ok_or_else(Problem::not_found)?;
    let below = chapters::children(conn, above.id, None, MAX_PLACES)?;
    let ids: Vec<_> = below.iter().map(|row| row.id).chain([above.id]).collect();
    let (mut sums, mut own): (HashMap<Uuid, Sum>, Sum) = Default::default();
    for (scope, row) in totals::received_of_scopes(conn, &ids, Some(appeal))? {
        sums.entry(scope).or_default().add_received(&row);
        if scope == above.id && row.restriction != "QUARANTINE" {
            own.add(row.own_vnd, row.own_count);
        }
    }
    let sum_of = |id: &Uuid| sums.get(id).copied().filter(|sum| sum.gift_count != 0);
    let places = below.into_iter().filter_map(|row| sum_of(&row.id).map(|received| (row, received)));
    let mut places: Vec<PlaceSum> =
        places.map(|(row, received)| PlaceSum { code: row.code, name: row.short_name, received }).collect();
    places.sort_by(|a, b| b.received.received_vnd.cmp(&a.received.received_vnd).then_with(|| a.code.cmp(&b.code)));
    let mut elsewhere = whole;
    for sum in places.iter().map(|place| place.received).chain([own]) {
        elsewhere.add(-sum.received_vnd, -sum.gift_count);
    }
    Ok(Places { below: places, own: PlaceSum { code: above.code, name: above.short_name, received: own }, elsewhere })
}

/// What was spent, in đồng.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Spent {
    /// Handed to households by lists.
    pub handed_out_vnd: i64,
    /// Spent otherwise.
    pub paid_vnd: i64,
}

/// What a chapter spent, of an appeal or of everything.
#[derive(Debug, Clone)]
pub struct PlaceSpent {
    pub code: String,
    pub name: String,
    pub spent: Spent,
}

/// Where an appeal was spent: the chapters directly below the chapter `parent`, each with everything below it, and that chapter
/// by itself; those that spent nothing are left out.
pub fn spent_by_place(conn: &mut PgConnection, parent: &str, appeal: &str) -> Result<Vec<PlaceSpent>, Problem> {
    let above = chapters::find(conn, parent)?.ok_or_else(Problem::not_found)?;
    let below = chapters::children(conn, above.id, None, MAX_PLACES)?;
    let ids: Vec<_> = below.iter().map(|row| row.id).chain([above.id]).collect();
    let sums = spent(conn, &ids, Some(appeal))?;
    let own = above.id;
    let place = |row: chapters::ChapterRow| {
        let sums = sums.get(&row.id)?;
        let spent = if row.id == own { sums.own } else { sums.subtree };
        Some(PlaceSpent { code: row.code, name: row.short_name, spent })
    };
    Ok(in_order(below.into_iter().chain([above]).filter_map(place).collect()))
}

/// Places that spent something, those that spent most first.
pub fn in_order(mut places: Vec<PlaceSpent>) -> Vec<PlaceSpent> {
    places.retain(|place| place.spent != Spent::default());
    places.sort_by_key(|place| std::cmp::Reverse(place.spent.handed_out_vnd + place.spent.paid_vnd));
    places
}

/// What a place spent: itself, and with everything below it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SpentSums {
    pub own: Spent,
    pub subtree: Spent,
}

/// What places spent, without what is kept apart; of one appeal if named. Those that spent nothing are absent.
pub(super) fn spent(conn: &mut PgConnection, ids: &[Uuid], appeal: Option<&str>) -> Result<HashMap<Uuid, SpentSums>, DbError> {
    let mut sums: HashMap<Uuid, SpentSums> = HashMap::new();
    for (scope, measure, own, subtree) in totals::sums_of_scopes(conn, ids, appeal, &[Measure::HandedOut, Measure::Paid])? {
        let of = sums.entry(scope).or_default();
        match Measure::parse(&measure) {
            Some(Measure::HandedOut) => (of.own.handed_out_vnd, of.subtree.handed_out_vnd) = (own, subtree),
            Some(Measure::Paid) => (of.own.paid_vnd, of.subtree.paid_vnd) = (own, subtree),
            _ => {}
        }
    }
    Ok(sums)
}

/// Totals, exact at the moment of asking.
#[utoipa::path(tag = "public", params(TotalsQuery), responses((status = 200, body = TotalsOut), Searches), security(()))]
#[get("/totals")]
pub async fn show_totals(
    request: HttpRequest,
    Query(query): Query<TotalsQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let out = db.read_public(move |conn| load(conn, &query)).await?;
    answer(&request, &out, CACHE_CONTROL_LIST)
}
