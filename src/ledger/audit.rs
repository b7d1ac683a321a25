//! The audit of the books: everything beside the postings must be what the postings say.
//!
//! Entries are walked once, some thousand at a time. Each is made again from its header, its postings and its public
//! row by the very functions that book ([`store::leaf_of`], [`public::row_of`]), and what comes out is compared, byte
//! for byte, with what is stored. What only the keys can tell (the opening of a commitment) is checked when they are
//! there. Sums are added up by the database itself ([`super::audit_sums`]).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::accounts::Account;
use super::annotations::{self, AnnotationRow};
use super::audit_sums;
use super::detail::{self, DetailRow};
use super::kinds::{Channel, Kind};
use super::model::{Balanced, Fund, FundId, Posting};
use super::public::{self, PublicGoods, StoredRow};
use super::store::{self, BookedAt, Goods, NewEntry};
use crate::basics::{PublicCode, words_and_pairs};
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::{entry, fund, posting};
use crate::log::audit::Kept;
use crate::log::{self, opening};
use crate::tree::{self, Place};
use crate::vault::Vault;

const BATCH: i64 = 2_000;

/// What the audit needs from other rooms.
pub struct Known<'a> {
    /// `None` leaves out what is sealed.
    pub vault: Option<&'a Vault>,
    /// What items of goods are called, by code: their names are among the words an entry is found by.
    pub item_names: &'a HashMap<String, String>,
    /// Short names, old and new, of chapters that were renamed: a row keeps the words of the name of its day.
    pub renamed: &'a HashMap<Uuid, Vec<String>>,
}

/// What there is in the books and, of the books, in the log: what the claims of all rooms have to come to.
pub struct Books {
    /// Entries by kind.
    pub entries: BTreeMap<String, u64>,
    /// Leaves of entries, and of what was said of entries since.
    leaves: u64,
}

impl Books {
    pub(super) fn leaves(&self) -> u64 {
        self.leaves
    }
}

type Header = (
    Uuid,
    String,
    String,
    Uuid,
    Option<String>,
    NaiveDate,
    NaiveDate,
    DateTime<Utc>,
    i16,
    Option<Uuid>,
    Option<String>,
    Option<Vec<u8>>,
);

/// Code, kind, chapter and channel.
type Original = (String, String, Uuid, Option<String>);

/// What an entry says and what is stored about it, read together.
struct Batch {
    headers: Vec<Header>,
    postings: HashMap<Uuid, Vec<(i16, String, i32, i64)>>,
    /// Entries that are reversed.
    originals: HashMap<Uuid, Original>,
    public: HashMap<String, StoredRow>,
    details: HashMap<String, DetailRow>,
    leaves: HashMap<String, Kept>,
    /// What was said of entries since, and of those they are about; then what opened their own commitment is gone.
    annotated: HashMap<String, Vec<AnnotationRow>>,
}

impl Batch {
    /// A refund names the giver of its gift, and forgets them with it.
    fn names_somebody_erased(&self, code: &str, kind: Kind) -> bool {
        let about = self.details.get(code).and_then(|row| row.of_code.as_deref()).and_then(|of| self.annotated.get(of));
        kind == Kind::Refund && about.is_some_and(|said| said.iter().any(|one| one.kind == Kind::Erasure.name()))
    }
}

/// See the module.
pub fn audit(conn: &mut PgConnection, findings: &mut Findings, known: &Known<'_>) -> Result<Books, DbError> {
    let places: HashMap<Uuid, Arc<Place>> =
        tree::all_places(conn)?.into_iter().map(|(id, place)| (id, Arc::new(place))).collect();
    let funds = all_funds(conn)?;
    let (mut entries, mut leaves, mut after) = (BTreeMap::new(), 0u64, Uuid::nil());
    loop {
        let batch = read(conn, after)?;
        let Some(last) = batch.headers.last() else { break };
        after = last.0;
        findings.looked("entry", batch.headers.len());
        for header in &batch.headers {
            *entries.entry(header.2.clone()).or_insert(0u64) += 1;
            leaves += u64::from(batch.leaves.contains_key(&header.1));
            check(findings, known, &places, &funds, &batch, header);
        }
    }
    leaves += audit_annotations(conn, findings, known.vault)?;
    let places = places.into_iter().map(|(id, place)| (id, (*place).clone())).collect();
    audit_sums::audit(conn, findings, &places)?;
    Ok(Books { entries, leaves })
}

fn all_funds(conn: &mut PgConnection) -> Result<HashMap<FundId, Fund>, DbError> {
    let rows = fund::table.select((fund::id, fund::code, fund::restriction, fund::appeal));
    let rows: Vec<(i32, String, String, Option<String>)> = rows.load(conn)?;
    rows.into_iter().map(|row| store::fund_of(row).map(|fund| (fund.id, fund))).collect()
}

fn read(conn: &mut PgConnection, after: Uuid) -> Result<Batch, DbError> {
    use entry as e;
    let columns = (
        e::id,
        e::code,
        e::kind,
        e::chapter_id,
        e::channel,
        e::day,
        e::booked,
        e::recorded_at,
        e::posting_count,
        e::reverses,
        e::reason,
        e::document,
    );
    let headers: Vec<Header> = e::table.filter(e::id.gt(after)).order(e::id).limit(BATCH).select(columns).load(conn)?;
    let reversed: Vec<Uuid> = headers.iter().filter_map(|header| header.9).collect();
    let originals: Vec<(Uuid, Original)> =
        e::table.filter(e::id.eq_any(&reversed)).select((e::id, (e::code, e::kind, e::chapter_id, e::channel))).load(conn)?;
    let ids: Vec<Uuid> = headers.iter().map(|header| header.0).chain(reversed).collect();
    let rows: Vec<(Uuid, (i16, String, i32, i64))> = posting::table
        .filter(posting::entry_id.eq_any(&ids))
        .order((posting::entry_id, posting::n))
        .select((posting::entry_id, (posting::n, posting::account, posting::fund_id, posting::amount)))
        .load(conn)?;
    let mut postings: HashMap<Uuid, Vec<_>> = HashMap::new();
    for (entry, row) in rows {
        postings.entry(entry).or_default().push(row);
    }
    let codes: Vec<&str> = headers.iter().map(|header| header.1.as_str()).collect();
    let (public, leaves) = (public::stored(conn, &codes)?, log::audit::kept(conn, &codes)?);
    let details = detail::of(conn, &codes)?;
    let about = details.values().filter_map(|row| row.of_code.as_deref());
    let annotated = annotations::of_entries(conn, &codes.iter().copied().chain(about).collect::<Vec<_>>())?;
    Ok(Batch { originals: originals.into_iter().collect(), postings, public, details, leaves, annotated, headers })
}

fn check(
    findings: &mut Findings,
    known: &Known<'_>,
    places: &HashMap<Uuid, Arc<Place>>,
    funds: &HashMap<FundId, Fund>,
    batch: &Batch,
    header: &Header,
) {
    let code = &header.1;
    let leaf = batch.leaves.get(code);
    let row = batch.public.get(code);
    let mut missing = |check, what: &str| findings.found(check, code, what);
    if leaf.is_none() {
        missing("leaf", "there is no leaf");
    }
    if row.is_none() {
        missing("public_entry", "there is no public row");
    }
    let postings = match postings_of(batch, header) {
        Ok(postings) => postings,
        Err((check, why)) => return findings.found(check, code, why),
    };
    if let Some(leaf) = leaf {
        if batch.annotated.contains_key(code) || batch.names_somebody_erased(code, postings.kind()) {
            check_forgotten(findings, code, leaf);
        } else {
            check_opening(findings, known.vault, code, postings.kind(), leaf);
        }
    }
    let (Some(leaf), Some(row)) = (leaf, row) else { return };
    let pd = match pd_of(&leaf.leaf) {
        Some(pd) => pd,
        None => return findings.found("leaf", code, "the leaf has no readable commitment"),
    };
    let entry = match entry_again(known, places, batch, header, postings, row, pd) {
        Ok(entry) => entry,
        Err(why) => return findings.found("entry", code, why),
    };
    if let Err(why) = detail::holds(&entry, batch.details.get(code)) {
        findings.found("entry_detail", code, why);
    }
    let at = BookedAt { at: header.7, day: header.6 };
    match store::leaf_of(&entry, at, funds) {
        Ok(again) => {
            if again.leaf.bytes != leaf.leaf {
                findings.found("leaf", code, leaf_differences(&leaf.leaf, &again.leaf.bytes));
            } else if again.leaf.hash.as_slice() != leaf.leaf_hash {
                findings.found("leaf", code, "the hash is not the hash of this leaf");
            }
            let seq = leaf.waits_as.unwrap_or(row.seq);
            let stored_hash = leaf.leaf_hash.as_slice().try_into().unwrap_or(again.leaf.hash);
            match public::row_of(&entry, at, funds, seq, stored_hash) {
                Some(expected) => {
                    for difference in public::differences(row, &expected, &names_of_days(known, &entry.place)) {
                        findings.found("public_entry", code, difference);
                    }
                }
                None => findings.found("entry", code, "names a fund that does not exist"),
            }
        }
        Err(error) => findings.found("leaf", code, error.to_string()),
    }
}

/// The words that a row may have or not, because a chapter on its path was called otherwise on its day.
fn names_of_days(known: &Known<'_>, place: &Place) -> HashSet<String> {
    if known.renamed.is_empty() {
        return HashSet::new();
    }
    let names = place.path.iter().filter_map(|step| known.renamed.get(&step.id.0)).flatten();
    words_and_pairs(names.map(String::as_str)).into_iter().collect()
}

/// The postings, if the rules would let them be booked; else the check that fails and why.
fn postings_of(batch: &Batch, header: &Header) -> Result<Balanced, (&'static str, String)> {
    let (id, _, kind, chapter, channel, .., count, reverses, _, _) = header;
    let kind = Kind::parse(kind).ok_or_else(|| ("entry", format!("this program does not know the kind {kind}")))?;
    let rows = batch.postings.get(id).map(Vec::as_slice).unwrap_or_default();
    if rows.len() != usize::from(count.unsigned_abs()) || rows.iter().zip(1i16..).any(|(row, n)| row.0 != n) {
        return Err(("posting", format!("has {} postings, the header says {count}", rows.len())));
    }
    let read = |rows: &[(i16, String, i32, i64)]| {
        let posting = |(_, account, fund, amount): &(i16, String, i32, i64)| {
            Account::parse(account).map(|account| Posting { account, fund: FundId(*fund), amount: *amount })
        };
        rows.iter().map(posting).collect::<Option<Vec<_>>>().ok_or_else(|| ("posting", "names an unknown account".to_owned()))
    };
    let postings = read(rows)?;
    let Some(reverses) = reverses else {
        return Balanced::new(kind, postings).map_err(|error| ("posting", error.to_string()));
    };
    let Some((of, original, there, by)) = batch.originals.get(reverses) else {
        return Err(("reversal", "reverses an entry that does not exist".to_owned()));
    };
    let original = Kind::parse(original).ok_or_else(|| ("reversal", format!("reverses {of}, of an unknown kind")))?;
    let theirs = read(batch.postings.get(reverses).map(Vec::as_slice).unwrap_or_default())?;
    let mirror =
        Balanced::mirrored(original, &theirs).map_err(|error| ("reversal", format!("{of}, which it reverses: {error}")))?;
    if mirror.postings() != postings || (there, by) != (chapter, channel) {
        return Err(("reversal", format!("does not mirror {of}")));
    }
    Ok(mirror)
}

/// The entry as it was before it was written.
fn entry_again(
    known: &Known<'_>,
    places: &HashMap<Uuid, Arc<Place>>,
    batch: &Batch,
    header: &Header,
    postings: Balanced,
    row: &StoredRow,
    pd: [u8; 32],
) -> Result<NewEntry, String> {
    let (id, code, _, chapter, channel, day, .., reverses, reason, document) = header;
    let parse = |code: &str| PublicCode::parse(code).map_err(|_| format!("{code} is no public code"));
    let place = places.get(chapter).ok_or_else(|| "belongs to a chapter that does not exist".to_owned())?;
    let reverses = match reverses {
        Some(original) => {
            let of = batch.originals.get(original).map(|original| original.0.as_str()).unwrap_or_default();
            Some((*original, parse(of)?, reason.clone().unwrap_or_default().into()))
        }
        None => None,
    };
    Ok(NewEntry {
        id: *id,
        code: parse(code)?,
        place: Arc::clone(place),
        day: *day,
        channel: channel.as_deref().and_then(Channel::parse),
        postings,
        reverses,
        detail: match batch.details.get(code) {
            Some(row) => row.read().ok_or_else(|| "what its kind says besides cannot be read".to_owned())?,
            None => store::Detail::default(),
        },
        goods: goods_of(known, row)?,
        message_count: row.message_count,
        giver_shown: row.giver.clone(),
        document: document
            .as_deref()
            .map(|hash| hash.try_into().map_err(|_| "its document's hash is not 32 bytes".to_owned()))
            .transpose()?,
        pd,
        opening: None,
        passing: None,
    })
}

fn goods_of(known: &Known<'_>, row: &StoredRow) -> Result<Vec<Goods>, String> {
    let goods: Vec<PublicGoods> = match &row.goods {
        Some(value) => serde_json::from_value(value.clone()).map_err(|_| "its public goods cannot be read".to_owned())?,
        None => Vec::new(),
    };
    Ok(goods
        .into_iter()
        .map(|goods| Goods {
            item_name: known.item_names.get(&goods.item).cloned().unwrap_or_default(),
            item: goods.item,
            quantity: goods.quantity,
            unit: goods.unit,
            value_vnd: goods.value_vnd,
            valuation: goods.valuation.into(),
        })
        .collect())
}

fn pd_of(leaf: &[u8]) -> Option<[u8; 32]> {
    use base64::Engine;
    let leaf: serde_json::Value = serde_json::from_slice(leaf).ok()?;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(leaf["pd"].as_str()?).ok()?.try_into().ok()
}

/// The fields of a leaf that are not what the books say.
fn leaf_differences(stored: &[u8], expected: &[u8]) -> String {
    let (Ok(serde_json::Value::Object(is)), Ok(serde_json::Value::Object(want))) =
        (serde_json::from_slice(stored), serde_json::from_slice(expected))
    else {
        return "the leaf cannot be read".to_owned();
    };
    let names: HashSet<&String> = is.keys().chain(want.keys()).collect();
    let mut names: Vec<&String> = names.into_iter().filter(|name| is.get(*name) != want.get(*name)).collect();
    names.sort();
    let text = |value: Option<&serde_json::Value>| value.map_or_else(|| "-".to_owned(), ToString::to_string);
    match names.as_slice() {
        [] => "the leaf has the right fields in other bytes".to_owned(),
        names => {
            let all: Vec<_> =
                names.iter().map(|n| format!("{n} is {}, the books say {}", text(is.get(*n)), text(want.get(*n)))).collect();
            format!("in the leaf {}", all.join("; "))
        }
    }
}

/// The opening must open, name the fields of its kind, and be what the leaf is committed to.
fn check_opening(findings: &mut Findings, vault: Option<&Vault>, code: &str, kind: Kind, leaf: &Kept) {
    let Some(sealed) = &leaf.opening else {
        return findings.found("opening", code, "there is no opening of its commitment");
    };
    let Some(vault) = vault else { return };
    findings.looked("opening", 1);
    match opening::open(vault, code, sealed) {
        Err(error) => findings.found("opening", code, error.to_string()),
        Ok(opened) if Some(opened.commitment()) != pd_of(&leaf.leaf) => {
            findings.found("opening", code, "does not open the commitment in the leaf");
        }
        Ok(opened) if !opened.fields.iter().map(|field| field.0.as_str()).eq(kind.row().committed.iter().copied()) => {
            findings.found("opening", code, "has other fields than its kind commits to");
        }
        Ok(_) => {}
    }
}

/// What was corrected or erased opens no more.
fn check_forgotten(findings: &mut Findings, code: &str, leaf: &Kept) {
    if leaf.opening.is_some() {
        findings.found("opening", code, "what opens its commitment was to be forgotten and is still there");
    }
}

/// Leaves without money: each is in the log as it says, and only the newest amendment of an entry that was not erased
/// since still opens. Returns how many have their leaf.
fn audit_annotations(conn: &mut PgConnection, findings: &mut Findings, vault: Option<&Vault>) -> Result<u64, DbError> {
    let (mut after, mut with_leaf) = (String::new(), 0u64);
    loop {
        let rows = annotations::after(conn, &after, BATCH)?;
        let Some(last) = rows.last() else { return Ok(with_leaf) };
        after.clone_from(&last.code);
        findings.looked("annotation", rows.len());
        let newest = annotations::of_entries(conn, &rows.iter().map(|row| row.of.as_str()).collect::<Vec<_>>())?;
        let leaves = log::audit::kept(conn, &rows.iter().map(|row| row.code.as_str()).collect::<Vec<_>>())?;
        for row in &rows {
            let Some(leaf) = leaves.get(&row.code) else {
                findings.found("leaf", &row.code, "there is no leaf");
                continue;
            };
            with_leaf += 1;
            let says: serde_json::Value = serde_json::from_slice(&leaf.leaf).unwrap_or_default();
            if leaf.leaf_hash != row.leaf_hash || says["kind"] != *row.kind || says["of"] != *row.of || says["entry"] != *row.code
            {
                findings.found("annotation", &row.code, "its leaf says something else");
            }
            let stands = newest.get(&row.of).and_then(|all| all.last()).is_some_and(|newest| newest.code == row.code);
            if stands && row.kind == Kind::Amendment.name() {
                check_opening(findings, vault, &row.code, Kind::Amendment, leaf);
            } else {
                check_forgotten(findings, &row.code, leaf);
            }
        }
    }
}

/// What other rooms compare their records with.
#[derive(Debug, Clone)]
pub struct Fact {
    pub code: String,
    pub kind: String,
    pub chapter: Uuid,
    pub channel: Option<String>,
    pub day: NaiveDate,
    pub recorded_at: DateTime<Utc>,
    pub recorded_by: Uuid,
    pub reverses: Option<Uuid>,
    /// `None` when there is no public row.
    pub public: Option<public::PublicRow>,
}

/// Facts of entries, by id; unknown ids are absent.
pub fn facts(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Fact>, DbError> {
    type Row = (Uuid, String, String, Uuid, Option<String>, NaiveDate, DateTime<Utc>, Uuid, Option<Uuid>);
    use entry as e;
    let columns = (e::id, e::code, e::kind, e::chapter_id, e::channel, e::day, e::recorded_at, e::recorded_by, e::reverses);
    let rows: Vec<Row> = e::table.filter(e::id.eq_any(ids)).select(columns).load(conn)?;
    let codes: Vec<&str> = rows.iter().map(|row| row.1.as_str()).collect();
    let mut shown = public::by_codes(conn, &codes)?;
    Ok(rows
        .into_iter()
        .map(|(id, code, kind, chapter, channel, day, recorded_at, recorded_by, reverses)| {
            let public = shown.remove(&code);
            (id, Fact { code, kind, chapter, channel, day, recorded_at, recorded_by, reverses, public })
        })
        .collect())
}

/// Facts of the entries that reverse these, by id; what is not reversed is absent.
pub fn facts_of_reversals(conn: &mut PgConnection, originals: &[Uuid]) -> Result<HashMap<Uuid, Fact>, DbError> {
    let ids: Vec<Uuid> = entry::table.filter(entry::reverses.eq_any(originals)).select(entry::id).load(conn)?;
    facts(conn, &ids)
}
