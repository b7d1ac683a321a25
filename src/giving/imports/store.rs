//! SQL of lists of gifts.

use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Uuid as SqlUuid};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::authz::{Granted, Record};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::{gift_import, gift_import_keeping, gift_import_part};
use crate::db::statement::statement;
use crate::giving::gift_in::GiftIn;
use crate::tree::ChapterId;
use crate::vault::{Vault, VaultError, place};

/// A list as it is read.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = gift_import, check_for_backend(diesel::pg::Pg))]
pub struct ImportRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub state: String,
    pub row_count: i32,
    pub amount_vnd: i64,
    pub unusual: i32,
    pub confirmed: bool,
    pub uploaded_at: DateTime<Utc>,
    pub accepted_at: Option<DateTime<Utc>>,
}

/// A gift of a list, and its row in the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Listed {
    pub row: u32,
    pub gift: GiftIn,
}

/// A row that was refused when it was booked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Refused {
    pub row: u32,
    pub column: Option<String>,
    pub code: String,
    pub vi: String,
    pub en: String,
}

/// A list about to wait.
pub struct NewImport<'a> {
    pub id: Uuid,
    pub content_hash: &'a [u8],
    pub amount_vnd: i64,
    pub unusual: usize,
    pub gifts: &'a [Listed],
}

/// Why a part could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum PartError {
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for PartError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

/// Gifts of a list in parts, sealed: (id of the part, how many, their bytes). Off the database.
pub fn sealed_parts(vault: &Vault, gifts: &[Listed], most: usize) -> Result<Vec<(Uuid, usize, Vec<u8>)>, PartError> {
    let part = |gifts: &[Listed]| -> Result<_, PartError> {
        let id = Uuid::now_v7();
        let sealed = vault.seal(place("gift_import_part", "gifts", &id), &serde_json::to_vec(gifts)?)?;
        Ok((id, gifts.len(), sealed))
    };
    gifts.chunks(most).map(part).collect()
}

/// Writes a list that waits, unless the same one is there.
pub fn insert(
    conn: &mut PgConnection,
    grant: &Granted<Record>,
    at: DateTime<Utc>,
    new: &NewImport<'_>,
    parts: &[(Uuid, usize, Vec<u8>)],
) -> Result<bool, DbError> {
    use gift_import as i;
    use gift_import_part as p;
    let written = diesel::insert_into(i::table)
        .values((
            i::id.eq(new.id),
            i::chapter_id.eq(grant.chapter().0),
            i::content_hash.eq(new.content_hash),
            i::state.eq("READY"),
            i::row_count.eq(i32::try_from(new.gifts.len()).unwrap_or(i32::MAX)),
            i::amount_vnd.eq(new.amount_vnd),
            i::unusual.eq(i32::try_from(new.unusual).unwrap_or(i32::MAX)),
            i::uploaded_by.eq(grant.account()),
            i::uploaded_at.eq(at),
        ))
        .on_conflict((i::chapter_id, i::content_hash))
        .do_nothing()
        .execute(conn)?;
    if written == 0 {
        return Ok(false);
    }
    let rows: Vec<_> = (0i16..)
        .zip(parts)
        .map(|(n, (id, count, sealed))| {
            let count = i16::try_from(*count).unwrap_or(i16::MAX);
            (p::id.eq(id), p::import_id.eq(new.id), p::n.eq(n), p::row_count.eq(count), p::gifts.eq(sealed.as_slice()))
        })
        .collect();
    diesel::insert_into(p::table).values(&rows).execute(conn)?;
    Ok(true)
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<ImportRow>, DbError> {
    Ok(gift_import::table.find(id).select(ImportRow::as_select()).first(conn).optional()?)
}

/// The list of a chapter with this content.
pub fn find_same(conn: &mut PgConnection, chapter: ChapterId, content_hash: &[u8]) -> Result<Option<ImportRow>, DbError> {
    Ok(gift_import::table
        .filter(gift_import::chapter_id.eq(chapter.0).and(gift_import::content_hash.eq(content_hash)))
        .select(ImportRow::as_select())
        .first(conn)
        .optional()?)
}

/// Takes a list that waits; whoever took it first stays named.
pub fn take(
    conn: &mut PgConnection,
    grant: &Granted<Record>,
    at: DateTime<Utc>,
    id: Uuid,
    confirmed: bool,
) -> Result<bool, DbError> {
    use gift_import as i;
    let taken = diesel::update(i::table.find(id).filter(i::chapter_id.eq(grant.chapter().0)).filter(i::state.eq("READY")))
        .set((i::state.eq("ACCEPTED"), i::accepted_by.eq(grant.account()), i::accepted_at.eq(at), i::confirmed.eq(confirmed)))
        .execute(conn)?;
    Ok(taken == 1)
}

/// The next part that is not booked, opened.
pub fn next_part(conn: &mut PgConnection, vault: &Vault, import: Uuid) -> Result<Option<(Uuid, Vec<Listed>)>, PartError> {
    use gift_import_part as p;
    let found: Option<(Uuid, Option<Vec<u8>>)> = p::table
        .filter(p::import_id.eq(import).and(p::done_at.is_null()))
        .order(p::n)
        .select((p::id, p::gifts))
        .first(conn)
        .optional()?;
    let Some((id, Some(sealed))) = found else { return Ok(None) };
    let bytes = vault.open(place("gift_import_part", "gifts", &id), &sealed)?;
    Ok(Some((id, serde_json::from_slice(&bytes)?)))
}

/// What became of a part.
pub struct Settled {
    pub stands: usize,
    pub asked: usize,
    pub refused: Vec<Refused>,
}

/// Notes what became of a part, which keeps nothing else; whoever noted it first is believed.
pub fn settle(conn: &mut PgConnection, at: DateTime<Utc>, part: Uuid, settled: &Settled) -> Result<(), PartError> {
    use gift_import_part as p;
    let small = |count: usize| i16::try_from(count).unwrap_or(i16::MAX);
    diesel::update(p::table.find(part).filter(p::done_at.is_null()))
        .set((
            p::gifts.eq(None::<Vec<u8>>),
            p::stands.eq(small(settled.stands)),
            p::asked.eq(small(settled.asked)),
            p::refused.eq(serde_json::to_value(&settled.refused)?),
            p::done_at.eq(at),
        ))
        .execute(conn)?;
    Ok(())
}

/// A list without a part that is not booked is done.
pub fn finish(conn: &mut PgConnection, id: Uuid) -> Result<(), DbError> {
    use gift_import as i;
    use gift_import_part as p;
    let open = p::table.filter(p::import_id.eq(id).and(p::done_at.is_null()));
    let is_open: bool = diesel::select(diesel::dsl::exists(open)).get_result(conn)?;
    if !is_open {
        diesel::update(i::table.find(id).filter(i::state.eq("ACCEPTED"))).set(i::state.eq("DONE")).execute(conn)?;
    }
    Ok(())
}

/// What became of the parts so far: stands, asked, refused.
pub fn progress(conn: &mut PgConnection, id: Uuid) -> Result<(i64, i64, Vec<Refused>), PartError> {
    use gift_import_part as p;
    type Done = (Option<i16>, Option<i16>, Option<serde_json::Value>);
    let parts: Vec<Done> =
        p::table.filter(p::import_id.eq(id)).order(p::n).select((p::stands, p::asked, p::refused)).load(conn)?;
    let (mut stands, mut asked, mut refused) = (0, 0, Vec::new());
    for (standing, waiting, not) in parts {
        stands += i64::from(standing.unwrap_or(0));
        asked += i64::from(waiting.unwrap_or(0));
        if let Some(not) = not {
            refused.extend(serde_json::from_value::<Vec<Refused>>(not)?);
        }
    }
    Ok((stands, asked, refused))
}

/// Forgets lists that nobody accepted in time, by the newest rule that has begun; without one they are kept.
pub fn forget_old(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<usize, DbError> {
    use gift_import as i;
    use gift_import_keeping as k;
    let rule = k::table.filter(k::valid_from.le(vietnam_date(now))).order(k::valid_from.desc());
    let days: Option<i32> = rule.select(k::kept_days).first(conn).optional()?;
    let Some(days) = days else { return Ok(0) };
    let last = now - Duration::days(days.into());
    Ok(diesel::delete(i::table.filter(i::state.eq("READY").and(i::uploaded_at.lt(last)))).execute(conn)?)
}

/// The parts that wait at these chapters, locked, with their sealed gifts.
pub fn waiting(conn: &mut PgConnection, chapters: &[Uuid]) -> Result<Vec<(Uuid, Vec<u8>)>, DbError> {
    use gift_import as i;
    use gift_import_part as p;
    let lists: Vec<Uuid> =
        i::table.filter(i::chapter_id.eq_any(chapters)).filter(i::state.ne("DONE")).select(i::id).load(conn)?;
    Ok(p::table
        .filter(p::import_id.eq_any(lists).and(p::gifts.is_not_null()))
        .order((p::import_id, p::n))
        .select((p::id, p::gifts.assume_not_null()))
        .for_no_key_update()
        .load(conn)?)
}

/// Writes the gifts of a part anew, of which somebody was taken out.
pub fn rewrite(conn: &mut PgConnection, part: Uuid, sealed: &[u8]) -> Result<(), DbError> {
    use gift_import_part as p;
    diesel::update(p::table.find(part).filter(p::done_at.is_null())).set(p::gifts.eq(sealed)).execute(conn)?;
    Ok(())
}

statement! {
    struct SlipsTaken {
        chapter: Uuid => SqlUuid,
        books: Vec<&'a str> => Array<Text>,
        numbers: Vec<&'a str> => Array<Text>,
    } -> (BigInt,),
    "WITH here AS (SELECT ?::uuid AS chapter),
          slip AS (SELECT n, slip_form(book) AS book, slip_form(no) AS no
                   FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS s(book, no, n))
     SELECT n FROM (SELECT n, book, no, row_number() OVER (PARTITION BY book, no ORDER BY n) AS nth FROM slip) s, here
     WHERE nth > 1 OR EXISTS (SELECT FROM paper_slip t WHERE t.chapter_id = here.chapter AND slip_form(t.book) = s.book AND slip_form(t.no) = s.no)
     ORDER BY n"
}

/// Which of these slips (positions from 0) are taken at a chapter, or stand among them before.
pub fn slips_taken(conn: &mut PgConnection, chapter: ChapterId, slips: &[(&str, &str)]) -> Result<Vec<usize>, DbError> {
    if slips.is_empty() {
        return Ok(Vec::new());
    }
    let taken: Vec<(i64,)> = SlipsTaken {
        chapter: &chapter.0,
        books: &slips.iter().map(|slip| slip.0).collect(),
        numbers: &slips.iter().map(|slip| slip.1).collect(),
    }
    .load(conn)?;
    Ok(taken.into_iter().filter_map(|(n,)| usize::try_from(n - 1).ok()).collect())
}
