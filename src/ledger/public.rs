//! The public face of an entry: the row that holds exactly what may be shown, and how the public finds it.
//!
//! Search text is built from the row alone (DESIGN 9): what is not shown cannot be searched for. Rows are listed
//! newest first by `seq`, the order in which leaves were written.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::expression::SqlLiteral;
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Date, Integer, Jsonb, Nullable, Text};
use serde::Serialize;

use super::entry::{BookedAt, Goods, NewEntry};
use super::kinds::Channel;
use super::model::{Fund, FundId};
use super::words::Words;
use crate::basics::words_and_pairs;
use crate::db::DbError;
use crate::db::schema::{log_leaf, public_entry};
use crate::db::shown;
use crate::db::statement::statement;
use crate::tree::{self, Place};

pub use super::goods::PublicGoods;

/// A row of `public_entry` on its way in.
#[derive(Debug)]
pub(super) struct NewPublicEntry {
    seq: i64,
    code: String,
    kind: &'static str,
    channel: Option<&'static str>,
    chapter: String,
    grassroots: Option<String>,
    province: Option<String>,
    appeal: Option<String>,
    fund: String,
    day: NaiveDate,
    booked: NaiveDate,
    amount_vnd: i64,
    giver: Option<String>,
    goods: Option<serde_json::Value>,
    message_count: Option<i32>,
    reverses: Option<String>,
    reason: Option<String>,
    leaf_hash: [u8; 32],
    words: String,
}

impl From<&Goods> for PublicGoods {
    fn from(goods: &Goods) -> Self {
        Self {
            item: goods.item.clone(),
            quantity: goods.quantity.clone(),
            unit: goods.unit.clone(),
            value_vnd: goods.value_vnd,
            valuation: goods.valuation.clone().into_owned(),
        }
    }
}

/// `None` when the entry names a fund that is not among `funds`.
pub(super) fn row_of(
    entry: &NewEntry,
    at: BookedAt,
    funds: &HashMap<FundId, Fund>,
    seq: i64,
    leaf_hash: [u8; 32],
) -> Option<NewPublicEntry> {
    let (fund, amount_vnd) = entry.postings.shown()?;
    let fund = funds.get(&fund)?;
    let goods: Vec<PublicGoods> = entry.goods.iter().map(PublicGoods::from).collect();
    let place = &entry.place;
    Some(NewPublicEntry {
        seq,
        code: entry.code.as_str().to_owned(),
        kind: entry.postings.kind().name(),
        channel: entry.channel.map(Channel::name),
        chapter: place.code.clone(),
        grassroots: place.grassroots().map(|step| step.code.clone()),
        province: place.province().map(|step| step.code.clone()),
        appeal: fund.appeal.clone(),
        fund: fund.code.clone(),
        day: entry.day,
        booked: at.day,
        amount_vnd,
        giver: entry.giver_shown.clone(),
        goods: if goods.is_empty() { None } else { serde_json::to_value(goods).ok() },
        message_count: entry.message_count,
        reverses: entry.reverses.as_ref().map(|r| r.1.as_str().to_owned()),
        reason: entry.reverses.as_ref().map(|r| r.2.clone().into_owned()),
        leaf_hash,
        words: words_of(
            place,
            entry.giver_shown.as_deref(),
            fund.appeal.as_deref(),
            entry.goods.iter().map(|g| g.item_name.as_str()),
        ),
    })
}

/// A row as it is stored, in full: what an audit compares.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = public_entry, check_for_backend(Pg))]
pub(super) struct StoredRow {
    pub seq: i64,
    code: String,
    kind: String,
    channel: Option<String>,
    chapter: String,
    grassroots: Option<String>,
    province: Option<String>,
    appeal: Option<String>,
    fund: String,
    day: NaiveDate,
    booked: NaiveDate,
    amount_vnd: i64,
    pub giver: Option<String>,
    pub goods: Option<serde_json::Value>,
    pub message_count: Option<i32>,
    reverses: Option<String>,
    reason: Option<String>,
    leaf_hash: Vec<u8>,
    #[diesel(select_expression = diesel::dsl::sql::<Text>("array_to_string(tsvector_to_array(words), ' ')"))]
    #[diesel(select_expression_type = SqlLiteral<Text>)]
    words: String,
}

/// Rows in full, by code.
pub(super) fn stored(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, StoredRow>, DbError> {
    let rows = public_entry::table.filter(public_entry::code.eq_any(codes)).select(StoredRow::as_select());
    Ok(rows.load(conn)?.into_iter().map(|row: StoredRow| (row.code.clone(), row)).collect())
}

/// How a stored row differs from what it should be; empty when it does not. Names and amounts in it are public. Words of
/// `either` may be there or not.
pub(super) fn differences(stored: &StoredRow, expected: &NewPublicEntry, either: &HashSet<String>) -> Vec<String> {
    let mut differences = Vec::new();
    let mut compare = |column: &str, is: String, want: String| {
        if is != want {
            differences.push(format!("{column} is {is}, expected {want}"));
        }
    };
    let text = |value: Option<&str>| value.unwrap_or("-").to_owned();
    compare("kind", stored.kind.clone(), expected.kind.to_owned());
    compare("channel", text(stored.channel.as_deref()), text(expected.channel));
    compare("chapter", stored.chapter.clone(), expected.chapter.clone());
    compare("grassroots", text(stored.grassroots.as_deref()), text(expected.grassroots.as_deref()));
    compare("province", text(stored.province.as_deref()), text(expected.province.as_deref()));
    compare("appeal", text(stored.appeal.as_deref()), text(expected.appeal.as_deref()));
    compare("fund", stored.fund.clone(), expected.fund.clone());
    compare("day", stored.day.to_string(), expected.day.to_string());
    compare("booked", stored.booked.to_string(), expected.booked.to_string());
    compare("amount_vnd", stored.amount_vnd.to_string(), expected.amount_vnd.to_string());
    compare("reverses", text(stored.reverses.as_deref()), text(expected.reverses.as_deref()));
    compare("reason", text(stored.reason.as_deref()), text(expected.reason.as_deref()));
    compare("seq", stored.seq.to_string(), expected.seq.to_string());
    if stored.goods != expected.goods {
        differences.push("goods are not well formed".to_owned());
    }
    if stored.leaf_hash != expected.leaf_hash {
        differences.push("leaf_hash is not the hash of its leaf".to_owned());
    }
    let (mut is, mut want) = (word_set(&stored.words), word_set(&expected.words));
    is.retain(|word| !either.contains(*word));
    want.retain(|word| !either.contains(*word));
    if is != want {
        let more: Vec<&&str> = is.difference(&want).take(5).collect();
        let less: Vec<&&str> = want.difference(&is).take(5).collect();
        differences.push(format!("words: not in the row {more:?}, missing {less:?}"));
    }
    differences
}

fn word_set(words: &str) -> std::collections::BTreeSet<&str> {
    words.split(' ').filter(|word| !word.is_empty()).collect()
}

/// What an entry is found by: where it was booked, who is shown to have given, for which appeal, what goods.
fn words_of<'a>(
    place: &'a Place,
    giver: Option<&'a str>,
    appeal: Option<&'a str>,
    items: impl Iterator<Item = &'a str>,
) -> String {
    let names = place.path.iter().skip(1).map(|step| step.short_name.as_str());
    words_and_pairs(names.chain(giver).chain(appeal).chain(items)).join(" ")
}

statement! {
    struct UpdateGivers {
        codes: Vec<&'a str> => Array<Text>,
        givers: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        words: Vec<&'a str> => Array<Text>,
    } -> (),
    "UPDATE public_entry p SET giver = a.giver, words = array_to_tsvector(string_to_array(a.words, ' '))
     FROM unnest(?::text[], ?::text[], ?::text[]) AS a(code, giver, words) WHERE p.code = a.code"
}

/// Whom entries show as their giver, by code; those that show nobody are absent.
pub fn givers(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, String>, DbError> {
    use public_entry as p;
    let query = p::table.filter(p::code.eq_any(codes)).filter(p::giver.is_not_null());
    Ok(query.select((p::code, p::giver.assume_not_null())).load(conn)?.into_iter().collect())
}

/// Shows entries with another giver, or with none, and makes their words again. `item_names` tells what items are
/// called, by code.
pub fn show_givers(
    conn: &mut PgConnection,
    shown: &HashMap<String, Option<String>>,
    item_names: impl FnOnce(&mut PgConnection, &[&str]) -> Result<HashMap<String, String>, DbError>,
) -> Result<(), DbError> {
    type Row = (String, String, Option<String>, Option<serde_json::Value>);
    use public_entry as p;
    let rows: Vec<Row> =
        p::table.filter(p::code.eq_any(shown.keys())).select((p::code, p::chapter, p::appeal, p::goods)).load(conn)?;
    let items = |goods: &Option<serde_json::Value>| -> Vec<String> {
        let goods: Vec<PublicGoods> = goods.clone().and_then(|g| serde_json::from_value(g).ok()).unwrap_or_default();
        goods.into_iter().map(|g| g.item).collect()
    };
    let codes: std::collections::BTreeSet<String> = rows.iter().flat_map(|row| items(&row.3)).collect();
    let names = item_names(conn, &codes.iter().map(String::as_str).collect::<Vec<_>>())?;
    let chapters: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.1.as_str()).collect();
    let places = tree::places(conn, &Vec::from_iter(chapters))?;
    let mut changed = Vec::with_capacity(rows.len());
    for (code, chapter, appeal, goods) in &rows {
        let (Some(place), Some(giver)) = (places.get(chapter), shown.get(code)) else { continue };
        let items = items(goods);
        let called = items.iter().filter_map(|item| names.get(item)).map(String::as_str);
        changed.push((code.as_str(), giver.as_deref(), words_of(place, giver.as_deref(), appeal.as_deref(), called)));
    }
    shown::alters(conn);
    UpdateGivers {
        codes: &changed.iter().map(|c| c.0).collect(),
        givers: &changed.iter().map(|c| c.1).collect(),
        words: &changed.iter().map(|c| c.2.as_str()).collect(),
    }
    .execute(conn)?;
    Ok(())
}

statement! {
    struct InsertPublic {
        seqs: Vec<i64> => Array<BigInt>,
        codes: Vec<&'a str> => Array<Text>,
        kinds: Vec<&'static str> => Array<Text>,
        channels: Vec<Option<&'static str>> => Array<Nullable<Text>>,
        chapters: Vec<&'a str> => Array<Text>,
        grassroots: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        provinces: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        appeals: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        funds: Vec<&'a str> => Array<Text>,
        days: Vec<NaiveDate> => Array<Date>,
        booked: Vec<NaiveDate> => Array<Date>,
        amounts: Vec<i64> => Array<BigInt>,
        givers: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        goods: Vec<Option<serde_json::Value>> => Array<Nullable<Jsonb>>,
        messages: Vec<Option<i32>> => Array<Nullable<Integer>>,
        reverses: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        reasons: Vec<Option<&'a str>> => Array<Nullable<Text>>,
        hashes: Vec<&'a [u8]> => Array<Binary>,
        words: Vec<&'a str> => Array<Text>,
    } -> (),
    "INSERT INTO public_entry (seq, code, kind, channel, chapter, grassroots, province, appeal, fund, day, booked, amount_vnd, giver, goods,
                               message_count, reverses, reason, leaf_hash, words)
     SELECT seq, code, kind, channel, chapter, grassroots, province, appeal, fund, day, booked, amount_vnd, giver, goods,
            message_count, reverses, reason, leaf_hash, array_to_tsvector(string_to_array(words, ' '))
     FROM unnest(?::int8[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::date[], ?::date[],
                 ?::int8[], ?::text[], ?::jsonb[], ?::int4[], ?::text[], ?::text[], ?::bytea[], ?::text[])
         AS a(seq, code, kind, channel, chapter, grassroots, province, appeal, fund, day, booked, amount_vnd, giver, goods,
              message_count, reverses, reason, leaf_hash, words)"
}

pub(super) fn insert(conn: &mut PgConnection, rows: Vec<NewPublicEntry>) -> Result<(), DbError> {
    shown::adds(conn);
    InsertPublic {
        seqs: &rows.iter().map(|r| r.seq).collect(),
        codes: &rows.iter().map(|r| r.code.as_str()).collect(),
        kinds: &rows.iter().map(|r| r.kind).collect(),
        channels: &rows.iter().map(|r| r.channel).collect(),
        chapters: &rows.iter().map(|r| r.chapter.as_str()).collect(),
        grassroots: &rows.iter().map(|r| r.grassroots.as_deref()).collect(),
        provinces: &rows.iter().map(|r| r.province.as_deref()).collect(),
        appeals: &rows.iter().map(|r| r.appeal.as_deref()).collect(),
        funds: &rows.iter().map(|r| r.fund.as_str()).collect(),
        days: &rows.iter().map(|r| r.day).collect(),
        booked: &rows.iter().map(|r| r.booked).collect(),
        amounts: &rows.iter().map(|r| r.amount_vnd).collect(),
        givers: &rows.iter().map(|r| r.giver.as_deref()).collect(),
        goods: &rows.iter().map(|r| r.goods.clone()).collect(),
        messages: &rows.iter().map(|r| r.message_count).collect(),
        reverses: &rows.iter().map(|r| r.reverses.as_deref()).collect(),
        reasons: &rows.iter().map(|r| r.reason.as_deref()).collect(),
        hashes: &rows.iter().map(|r| r.leaf_hash.as_slice()).collect(),
        words: &rows.iter().map(|r| r.words.as_str()).collect(),
    }
    .execute(conn)?;
    Ok(())
}

/// A public entry as it is read.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = public_entry, check_for_backend(Pg))]
pub struct PublicRow {
    pub seq: i64,
    pub code: String,
    pub kind: String,
    pub channel: Option<String>,
    pub chapter: String,
    pub province: Option<String>,
    pub appeal: Option<String>,
    pub fund: String,
    pub day: NaiveDate,
    pub booked: NaiveDate,
    pub amount_vnd: i64,
    pub giver: Option<String>,
    pub goods: Option<serde_json::Value>,
    pub message_count: Option<i32>,
    pub reverses: Option<String>,
    pub reason: Option<String>,
    pub leaf_hash: Vec<u8>,
}

impl PublicRow {
    /// Of a reversal: its code, and that of the entry it reverses.
    pub fn reversal(&self) -> Option<(&str, &str)> {
        Some((&self.code, self.reverses.as_deref()?))
    }
}

pub fn find(conn: &mut PgConnection, code: &str) -> Result<Option<PublicRow>, DbError> {
    Ok(public_entry::table.filter(public_entry::code.eq(code)).select(PublicRow::as_select()).first(conn).optional()?)
}

/// Public entries by code.
pub fn by_codes(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, PublicRow>, DbError> {
    let rows = public_entry::table.filter(public_entry::code.eq_any(codes)).select(PublicRow::as_select());
    Ok(rows.load(conn)?.into_iter().map(|row: PublicRow| (row.code.clone(), row)).collect())
}

/// The entries that reverse any of these: (original, reversal).
pub fn reversals_of(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, String>, DbError> {
    let rows: Vec<(Option<String>, String)> = public_entry::table
        .filter(public_entry::reverses.eq_any(codes))
        .select((public_entry::reverses, public_entry::code))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(original, reversal)| original.map(|original| (original, reversal))).collect())
}

/// Where in the tree to look: the chapter at its depth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Within {
    Province(String),
    Grassroots(String),
    /// A chapter below these, with its branches.
    Chapter(String),
}

/// What follows the code of a chapter in the codes of its branches, before their number.
pub const BRANCH: &str = "-CH";

/// What the public may search by. All conditions hold together.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Filter {
    pub appeal: Option<String>,
    pub within: Option<Within>,
    pub channel: Option<Channel>,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub min_vnd: Option<i64>,
    pub max_vnd: Option<i64>,
    pub words: Option<Words>,
}

impl Filter {
    /// Nothing, or one value that PostgreSQL has in an index together with the order of rows: no need of more.
    pub fn is_simple(&self) -> bool {
        let exact = self.min_vnd.is_some() && self.min_vnd == self.max_vnd;
        let others = [self.words.is_some(), self.channel.is_some(), self.from.is_some(), self.to.is_some()];
        let ranges = [self.min_vnd, self.max_vnd].iter().any(Option::is_some) && !exact;
        let deep = matches!(self.within, Some(Within::Chapter(_)));
        let values = [self.appeal.is_some(), self.within.is_some(), exact].iter().filter(|given| **given).count();
        !others.contains(&true) && !ranges && !deep && values <= 1
    }

    /// Whether a row fits, words apart.
    fn fits(&self, row: &PublicRow, grassroots: Option<&str>) -> bool {
        let within = match &self.within {
            None => true,
            Some(Within::Province(code)) => row.province.as_ref() == Some(code),
            Some(Within::Grassroots(code)) => grassroots == Some(code.as_str()),
            Some(Within::Chapter(code)) => {
                row.chapter.strip_prefix(code.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(BRANCH))
            }
        };
        within
            && self.appeal.as_ref().is_none_or(|appeal| row.appeal.as_ref() == Some(appeal))
            && self.channel.is_none_or(|channel| row.channel.as_deref() == Some(channel.name()))
            && self.from.is_none_or(|from| row.day >= from)
            && self.to.is_none_or(|to| row.day <= to)
            && self.min_vnd.is_none_or(|min| row.amount_vnd >= min)
            && self.max_vnd.is_none_or(|max| row.amount_vnd <= max)
    }
}

type Boxed<'a> = diesel::dsl::IntoBoxed<'a, public_entry::table, Pg>;

fn filtered<'a>(filter: &Filter) -> Boxed<'a> {
    use public_entry as p;
    let mut query = p::table.into_boxed();
    if let Some(appeal) = &filter.appeal {
        query = query.filter(p::appeal.eq(appeal.clone()));
    }
    query = match filter.within.clone() {
        Some(Within::Province(code)) => query.filter(p::province.eq(code)),
        Some(Within::Grassroots(code)) => query.filter(p::grassroots.eq(code)),
        Some(Within::Chapter(code)) => {
            let branches = format!("{code}{BRANCH}");
            query.filter(
                p::chapter.eq(code).or(diesel::dsl::sql::<Bool>("starts_with(chapter, ").bind::<Text, _>(branches).sql(")")),
            )
        }
        None => query,
    };
    if let Some(channel) = filter.channel {
        query = query.filter(p::channel.eq(channel.name()));
    }
    if let Some(from) = filter.from {
        query = query.filter(p::day.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(p::day.le(to));
    }
    query = match (filter.min_vnd, filter.max_vnd) {
        // An exact amount is one place in an index; the same said as a range is not recognised as one.
        (Some(min), Some(max)) if min == max => query.filter(p::amount_vnd.eq(min)),
        (Some(min), Some(max)) => query.filter(p::amount_vnd.between(min, max)),
        (Some(min), None) => query.filter(p::amount_vnd.ge(min)),
        (None, Some(max)) => query.filter(p::amount_vnd.le(max)),
        (None, None) => query,
    };
    if let Some(words) = &filter.words {
        query = query.filter(diesel::dsl::sql::<Bool>("words @@ ").bind::<Text, _>(words.tsquery()).sql("::tsquery"));
    }
    query
}

/// Entries that fit, newest first, older than `before`.
pub fn search(conn: &mut PgConnection, filter: &Filter, before: Option<i64>, limit: i64) -> Result<Vec<PublicRow>, DbError> {
    let mut query = filtered(filter);
    if let Some(before) = before {
        query = query.filter(public_entry::seq.lt(before));
    }
    Ok(query.order(public_entry::seq.desc()).limit(limit).select(PublicRow::as_select()).load(conn)?)
}

/// Those of the rows numbered `seqs` that fit, newest first. For rows that something else has proposed: PostgreSQL has
/// the last word on what they say.
pub fn fitting(conn: &mut PgConnection, filter: &Filter, seqs: &[i64]) -> Result<Vec<PublicRow>, DbError> {
    // The words stand in the list of what is selected and not in the condition: there an index of all words could look
    // cheaper to the planner than the keys.
    let has_words = match &filter.words {
        Some(words) => diesel::dsl::sql::<Bool>("words @@ ").bind::<Text, _>(words.tsquery()).sql("::tsquery"),
        None => diesel::dsl::sql::<Bool>("").bind::<Text, _>(String::new()).sql(" IS NOT NULL"),
    };
    let rows: Vec<(PublicRow, Option<String>, bool)> = public_entry::table
        .filter(public_entry::seq.eq_any(seqs))
        .order(public_entry::seq.desc())
        .select((PublicRow::as_select(), public_entry::grassroots, has_words))
        .load(conn)?;
    let fits = |(row, grassroots, has_words): (PublicRow, Option<String>, bool)| {
        (has_words && filter.fits(&row, grassroots.as_deref())).then_some(row)
    };
    Ok(rows.into_iter().filter_map(fits).collect())
}

/// A piece of an appeal's ledger: entries in the log below `size`, after `after` in writing order, with their index.
pub fn ledger_page(
    conn: &mut PgConnection,
    appeal: &str,
    size: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<(PublicRow, i64)>, DbError> {
    Ok(public_entry::table
        .inner_join(log_leaf::table.on(log_leaf::entry.eq(public_entry::code)))
        .filter(public_entry::appeal.eq(appeal))
        .filter(public_entry::seq.gt(after))
        .filter(log_leaf::idx.lt(size))
        .order(public_entry::seq)
        .limit(limit)
        .select((PublicRow::as_select(), log_leaf::idx))
        .load(conn)?)
}
