//! What entries moved of cash and of goods, walked for an audit: everything but gifts and reversals.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::accounts::Account;
use super::kinds::Kind;
use super::model::{FundId, Posting};
use crate::db::DbError;
use crate::db::schema::{entry, entry_detail, posting};

/// An entry with its postings.
#[derive(Debug, Clone)]
pub struct MovedEntry {
    pub id: Uuid,
    pub code: String,
    pub kind: Kind,
    pub chapter: Uuid,
    pub booked: NaiveDate,
    pub postings: Vec<Posting>,
    /// One of the two sides of a transfer that were booked at one moment: settled by book.
    pub by_book: bool,
}

type Header = (Uuid, String, String, Uuid, NaiveDate, DateTime<Utc>);

/// Those after one of them in the order of ids, at most so many; nothing at the end.
pub fn entries_after(conn: &mut PgConnection, after: Uuid, most: i64) -> Result<Vec<MovedEntry>, DbError> {
    use entry as e;
    let left_out: Vec<&str> =
        Kind::ALL.into_iter().filter(|kind| kind.is_gift() || *kind == Kind::Reversal).map(Kind::name).collect();
    let headers: Vec<Header> = e::table
        .filter(e::id.gt(after))
        .filter(e::kind.ne_all(left_out))
        .order(e::id)
        .limit(most)
        .select((e::id, e::code, e::kind, e::chapter_id, e::booked, e::recorded_at))
        .load(conn)?;
    let ids: Vec<Uuid> = headers.iter().map(|header| header.0).collect();
    let by_book = by_book(conn, &headers)?;
    let rows: Vec<(Uuid, String, i32, i64)> = posting::table
        .filter(posting::entry_id.eq_any(&ids))
        .order((posting::entry_id, posting::n))
        .select((posting::entry_id, posting::account, posting::fund_id, posting::amount))
        .load(conn)?;
    let mut postings: HashMap<Uuid, Vec<Posting>> = HashMap::new();
    for (id, account, fund, amount) in rows {
        // What this program does not know is the ledger's own audit's to name.
        let Some(account) = Account::parse(&account) else { continue };
        postings.entry(id).or_default().push(Posting { account, fund: FundId(fund), amount });
    }
    let entry = |(id, code, kind, chapter, booked, _): Header| MovedEntry {
        kind: Kind::parse(&kind).unwrap_or(Kind::Statement),
        postings: postings.remove(&id).unwrap_or_default(),
        by_book: by_book.contains(&code),
        id,
        code,
        chapter,
        booked,
    };
    Ok(headers.into_iter().map(entry).collect())
}

/// The codes of transfers among these whose other side was booked at the same moment.
fn by_book(conn: &mut PgConnection, headers: &[Header]) -> Result<Vec<String>, DbError> {
    let is = |kind: Kind| move |header: &&Header| header.2 == kind.name();
    let outs: Vec<&str> = headers.iter().filter(is(Kind::TransferOut)).map(|header| header.1.as_str()).collect();
    let ins: Vec<&str> = headers.iter().filter(is(Kind::TransferIn)).map(|header| header.1.as_str()).collect();
    if outs.is_empty() && ins.is_empty() {
        return Ok(Vec::new());
    }
    let pairs: Vec<(String, Option<String>)> = entry_detail::table
        .filter(entry_detail::of_code.eq_any(&outs).or(entry_detail::code.eq_any(&ins)))
        .select((entry_detail::code, entry_detail::of_code))
        .load(conn)?;
    let of_both: Vec<&String> = pairs.iter().flat_map(|(code, of)| [Some(code), of.as_ref()]).flatten().collect();
    let at: Vec<(String, String, DateTime<Utc>)> =
        entry::table.filter(entry::code.eq_any(of_both)).select((entry::code, entry::kind, entry::recorded_at)).load(conn)?;
    let at: HashMap<String, (String, DateTime<Utc>)> = at.into_iter().map(|(code, kind, at)| (code, (kind, at))).collect();
    let moment = |code: &String, kind: Kind| at.get(code).filter(|(known, _)| known == kind.name()).map(|(_, at)| *at);
    let mut found = Vec::new();
    for (code, of) in &pairs {
        let Some(of) = of else { continue };
        let (came, left) = (moment(code, Kind::TransferIn), moment(of, Kind::TransferOut));
        if came.is_some() && came == left {
            found.extend([code.clone(), of.clone()]);
        }
    }
    Ok(found)
}
