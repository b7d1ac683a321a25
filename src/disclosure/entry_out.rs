//! An entry as everyone may see it: its row, what its kind says besides, and what was said of it since.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::late;
use crate::basics::hex;
use crate::chapters::store as chapters;
use crate::http::Problem;
use crate::ledger::annotations::{self, AnnotationRow};
use crate::ledger::detail::{self, DetailRow};
use crate::ledger::goods;
use crate::ledger::kinds::Kind as EntryKind;
use crate::ledger::measures::Measure;
use crate::ledger::public::{self, PublicGoods, PublicRow};
use crate::log;
use crate::spending::own_costs;

/// An entry as everyone may see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EntryOut {
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    #[schema(example = "GIFT_CASH")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "CASH")]
    pub channel: Option<String>,
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub chapter_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "68")]
    pub province: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appeal: Option<String>,
    #[schema(example = "APPEAL:LULUT-2026")]
    pub fund: String,
    /// The day the gift was received, or on which the entry is dated.
    pub day: NaiveDate,
    pub booked_on: NaiveDate,
    /// The sum of the entry, by its kind: what was received, spent, sent. Negative for a reversal. Sums of entries of several
    /// kinds say nothing: `measures` does.
    pub amount_vnd: i64,
    /// The giver in the form the giver chose; absent for anonymous.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub giver: Option<String>,
    /// Of a reversal: what it gives back, with a minus.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<PublicGoods>>)]
    pub goods: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_count: Option<i32>,
    /// Code of the entry this one reverses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverses: Option<String>,
    /// Why it reverses another, or why stock or cash was adjusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Code of the entry that reversed this one: it no longer stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversed_by: Option<String>,
    /// What the log says of this entry since: its giver's data were corrected (`AMENDMENT`) or erased (`ERASURE`). Amounts
    /// never change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<AnnotationOut>,
    /// SHA-256 leaf hash in the public log, hexadecimal.
    pub leaf_hash: String,
    /// Place in the public log; absent for the first second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_index: Option<i64>,
    /// What it adds to the terms of the equation, in đồng.
    #[schema(example = json!({"RECEIVED": 500_000}))]
    pub measures: BTreeMap<String, i64>,
    /// The entry it is about: the transfer that is taken over, the gift that is refunded, the advance that is cleared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The chapter that money or goods go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "23095")]
    pub to: Option<String>,
    /// What that chapter is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_name: Option<String>,
    /// What it was spent on, or came from; of a reversal, that of what it reverses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Own costs paid from gifts: SHA-256 of the paper in which the givers agreed, hexadecimal. Only of an entry that is asked for
    /// by its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_cost_consent: Option<String>,
    /// The list of households that something was handed out by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// Households of a list, members who paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i32>,
    /// Merkle root over what households of the list were handed, hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// Of an entry that came when the month of its day was closed: the month in which it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-12")]
    pub counts_in: Option<String>,
    /// Entries that are about this one, in the order of the log. Only of an entry that is asked for by its code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub linked: Vec<LinkedOut>,
    /// Of a transfer that stands: what became of it. Only of an entry that is asked for by its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferOut>,
    /// As its leaf has them: debits above zero. Only of an entry that is asked for by its code and has its place in the log.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub postings: Vec<PostingOut>,
}

/// A leaf without money that speaks of an entry.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnnotationOut {
    #[schema(example = "3MZK0T9Q4B7XH2VWE")]
    pub code: String,
    /// `AMENDMENT` or `ERASURE`.
    #[schema(example = "AMENDMENT")]
    pub kind: String,
    pub booked_on: NaiveDate,
    /// SHA-256 leaf hash in the public log, hexadecimal.
    pub leaf_hash: String,
    /// Place in the public log; absent for the first second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_index: Option<i64>,
}

/// An entry that is about another one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LinkedOut {
    /// Its public code.
    #[schema(example = "3MZK0T9Q4B7XH2VWE")]
    pub code: String,
    #[schema(example = "TRANSFER_IN")]
    pub kind: String,
    #[schema(example = "23095")]
    pub chapter: String,
    pub chapter_name: String,
    /// The sum of the entry, by its kind.
    pub amount_vnd: i64,
    pub booked_on: NaiveDate,
    /// Code of the entry that reversed it: it no longer stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversed_by: Option<String>,
    /// Place in the public log; absent for the first second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_index: Option<i64>,
}

/// What became of a transfer, in đồng.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TransferOut {
    /// Taken over by the other chapter.
    pub confirmed_vnd: i64,
    /// Came back.
    pub returned_vnd: i64,
    /// Neither: still on the way.
    pub open_vnd: i64,
}

/// A posting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PostingOut {
    /// Account of the books.
    #[schema(example = "CASH_ON_HAND")]
    pub account: String,
    #[schema(example = "GENERAL")]
    pub fund: String,
    /// Debit above zero, credit below.
    pub amount_vnd: i64,
}

impl EntryOut {
    /// Whether it is a gift, of whatever channel.
    pub fn is_gift(&self) -> bool {
        EntryKind::parse(&self.kind).is_some_and(EntryKind::is_gift)
    }

    /// Whether everything about it has its place in the log, so that the answer will not change by itself.
    pub fn is_settled(&self) -> bool {
        self.log_index.is_some()
            && self.annotations.iter().all(|said| said.log_index.is_some())
            && self.linked.iter().all(|linked| linked.log_index.is_some())
    }

    /// What it adds to a measure.
    pub fn measure(&self, measure: Measure) -> i64 {
        self.measures.get(measure.name()).copied().unwrap_or_default()
    }

    /// Adds what only the page of one entry says: what is about it, and its postings.
    pub(super) fn look_closer(&mut self, conn: &mut PgConnection) -> Result<(), Problem> {
        let about = detail::about(conn, &[&self.code])?;
        let codes: Vec<&str> = about.iter().map(|(_, code)| code.as_str()).collect();
        let rows = public::by_codes(conn, &codes)?;
        let mut rows: Vec<PublicRow> = rows.into_values().collect();
        rows.sort_by_key(|row| row.seq);
        let mut context = Context::read(conn, &rows)?;
        let linked: Vec<EntryOut> = rows.into_iter().map(|row| context.show(row)).collect();
        if self.kind == EntryKind::TransferOut.name() && self.reversed_by.is_none() {
            self.transfer = Some(TransferOut::of(self, &linked));
        }
        self.linked = linked.into_iter().map(LinkedOut::from).collect();
        self.own_cost_consent = own_costs::consents(conn, &[&self.code])?.get(&self.code).map(|hash| hex(hash));
        if self.log_index.is_some() {
            self.postings = log::store::find(conn, &self.code)?.map(|leaf| postings(&leaf.leaf)).unwrap_or_default();
        }
        Ok(())
    }
}

impl TransferOut {
    fn of(sent: &EntryOut, linked: &[EntryOut]) -> Self {
        let standing = || linked.iter().filter(|entry| entry.reversed_by.is_none());
        let confirmed_vnd = standing().map(|entry| entry.measure(Measure::TakenOver)).sum();
        let returned_vnd = standing().map(|entry| -entry.measure(Measure::Sent)).sum();
        Self { confirmed_vnd, returned_vnd, open_vnd: sent.measure(Measure::Sent) - confirmed_vnd - returned_vnd }
    }
}

impl From<EntryOut> for LinkedOut {
    fn from(entry: EntryOut) -> Self {
        let EntryOut { code, kind, chapter, chapter_name, amount_vnd, booked_on, reversed_by, log_index, .. } = entry;
        Self { code, kind, chapter, chapter_name, amount_vnd, booked_on, reversed_by, log_index }
    }
}

/// The postings in the bytes of a leaf of our own log.
fn postings(leaf: &[u8]) -> Vec<PostingOut> {
    #[derive(Deserialize)]
    struct PostingIn {
        account: String,
        fund: String,
        amount: String,
    }
    #[derive(Deserialize)]
    struct LeafIn {
        postings: Vec<PostingIn>,
    }
    let read: Option<LeafIn> = serde_json::from_slice(leaf).ok();
    let posting =
        |PostingIn { account, fund, amount }: PostingIn| Some(PostingOut { account, fund, amount_vnd: amount.parse().ok()? });
    read.map(|leaf| leaf.postings.into_iter().filter_map(posting).collect()).unwrap_or_default()
}

/// What rows need beside themselves, read once for a page.
pub(super) struct Context {
    names: HashMap<String, String>,
    details: HashMap<String, DetailRow>,
    reversals: HashMap<String, String>,
    annotations: HashMap<String, Vec<AnnotationRow>>,
    indices: HashMap<String, i64>,
    given_back: HashMap<String, Vec<PublicGoods>>,
    counts_in: HashMap<String, String>,
}

impl Context {
    pub(super) fn read(conn: &mut PgConnection, rows: &[PublicRow]) -> Result<Self, Problem> {
        let codes: Vec<&str> = rows.iter().map(|row| row.code.as_str()).collect();
        let annotations = annotations::of_entries(conn, &codes)?;
        let logged: Vec<&str> =
            codes.iter().copied().chain(annotations.values().flatten().map(|said| said.code.as_str())).collect();
        let details = detail::of(conn, &codes)?;
        let places = rows.iter().map(|row| row.chapter.as_str());
        let places: Vec<&str> = places.chain(details.values().filter_map(|row| row.to_chapter.as_deref())).collect();
        let indices = log::store::indices_of(conn, &logged)?;
        Ok(Self {
            names: chapters::names(conn, &places)?,
            reversals: public::reversals_of(conn, &codes)?,
            counts_in: late::counts_in(conn, rows.iter().map(|row| (row, indices.get(&row.code).copied())))?,
            indices,
            given_back: goods::given_back(conn, &rows.iter().filter_map(PublicRow::reversal).collect::<Vec<_>>())?,
            annotations,
            details,
        })
    }

    pub(super) fn show(&mut self, row: PublicRow) -> EntryOut {
        let name = |code: &String| self.names.get(code).cloned().unwrap_or_default();
        let said = self.annotations.remove(&row.code).unwrap_or_default();
        let annotations = said.into_iter().map(|a| AnnotationOut {
            log_index: self.indices.get(&a.code).copied(),
            code: a.code,
            kind: a.kind,
            booked_on: a.booked,
            leaf_hash: hex(&a.leaf_hash),
        });
        let annotations = annotations.collect();
        let goods = self.given_back.remove(&row.code).and_then(|goods| serde_json::to_value(goods).ok()).or(row.goods);
        let measures = measures_of(row.amount_vnd, self.details.get(&row.code));
        let detail = self.details.remove(&row.code);
        let (of, to, category, why, list, count, root) = match detail {
            Some(d) => (d.of_code, d.to_chapter, d.category, d.reason, d.list_code, d.counted, d.root),
            None => Default::default(),
        };
        EntryOut {
            annotations,
            chapter_name: name(&row.chapter),
            reversed_by: self.reversals.remove(&row.code),
            log_index: self.indices.remove(&row.code),
            measures,
            to_name: to.as_ref().map(name),
            of,
            to,
            category,
            own_cost_consent: None,
            list,
            count,
            root: root.as_deref().map(hex),
            counts_in: self.counts_in.remove(&row.code),
            linked: Vec::new(),
            transfer: None,
            postings: Vec::new(),
            kind: row.kind,
            channel: row.channel,
            chapter: row.chapter,
            province: row.province,
            appeal: row.appeal,
            fund: row.fund,
            day: row.day,
            booked_on: row.booked,
            amount_vnd: row.amount_vnd,
            giver: row.giver,
            goods,
            message_count: row.message_count,
            reverses: row.reverses,
            reason: row.reason.or(why),
            leaf_hash: hex(&row.leaf_hash),
            code: row.code,
        }
    }
}

/// What an entry adds to the measures. A gift and its reversal have no detail: what they show is what was received.
pub fn measures_of(amount_vnd: i64, detail: Option<&DetailRow>) -> BTreeMap<String, i64> {
    let Some(detail) = detail else { return BTreeMap::from([(Measure::Received.name().to_owned(), amount_vnd)]) };
    let measured = Measure::ALL.into_iter().map(|measure| (measure.name().to_owned(), detail.measure(measure)));
    measured.filter(|(_, vnd)| *vnd != 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postings_come_from_the_leaf() {
        let leaf = br#"{"postings":[{"account":"BANK","amount":"-5","fund":"GENERAL"},{"account":"PAYABLE","amount":"5","fund":"GENERAL"}],"v":1}"#;
        let amounts: Vec<i64> = postings(leaf).into_iter().map(|posting| posting.amount_vnd).collect();
        assert_eq!((amounts, postings(b"{}")), (vec![-5, 5], Vec::new()));
    }
}
