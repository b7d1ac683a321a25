//! SQL of a chapter's life: founding, versions, former names. Functions that write take a grant and the chapter from it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use uuid::Uuid;

use super::feed;
use super::model::{Contact, Decision, Details, Legal, NewChapter, folded_name};
use crate::authz::{Granted, Organise};
use crate::db::DbError;
use crate::db::schema::{chapter, chapter_former_name, chapter_request, chapter_version};
use crate::db::shown;
use crate::db::statement::statement;
use crate::house::succession::Going;
use crate::tree::ChapterId;

/// A chapter with everything an officer may know of it.
#[derive(Debug, Clone)]
pub struct Known {
    pub row: Row,
    pub details: Details,
    /// The decision by which the committee is provisional.
    pub provisional: Option<(Decision, NaiveDate)>,
}

/// The chapter's own row.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = chapter, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub id: Uuid,
    pub code: String,
    pub kind: String,
    pub level: String,
    pub status: String,
    pub parent_id: Option<Uuid>,
    pub unit_code: Option<String>,
    pub name: String,
    pub short_name: String,
    pub founded_on: NaiveDate,
    pub version: i32,
}

/// A chapter's state after one change.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = chapter_version, check_for_backend(diesel::pg::Pg))]
pub struct Version {
    pub chapter_id: Uuid,
    pub version: i32,
    pub change: String,
    pub name: String,
    pub short_name: String,
    pub status: String,
    pub effective_on: NaiveDate,
    pub decision_no: Option<String>,
    pub decision_on: Option<NaiveDate>,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub legal_personality: Option<bool>,
    pub seal_no: Option<String>,
    pub seal_registered_on: Option<NaiveDate>,
    pub tax_code: Option<String>,
    pub own_bank_account: Option<bool>,
    pub recorded_at: Option<DateTime<Utc>>,
    pub recorded_by: Option<Uuid>,
}

impl Version {
    /// What a chapter that came with the units was before anybody changed it.
    fn as_it_came(row: &Row) -> Self {
        Self {
            chapter_id: row.id,
            version: 1,
            change: "FOUNDED".to_owned(),
            name: row.name.clone(),
            short_name: row.short_name.clone(),
            status: row.status.clone(),
            effective_on: row.founded_on,
            decision_no: None,
            decision_on: None,
            address: None,
            phone: None,
            email: None,
            legal_personality: None,
            seal_no: None,
            seal_registered_on: None,
            tax_code: None,
            own_bank_account: None,
            recorded_at: None,
            recorded_by: None,
        }
    }

    pub fn details(&self) -> Details {
        Details {
            contact: Contact { address: self.address.clone(), phone: self.phone.clone(), email: self.email.clone() },
            legal: Legal {
                legal_personality: self.legal_personality,
                seal_no: self.seal_no.clone(),
                seal_registered_on: self.seal_registered_on,
                tax_code: self.tax_code.clone(),
                own_bank_account: self.own_bank_account,
            },
        }
    }

    pub fn with_details(self, details: &Details) -> Self {
        let Details { contact, legal } = details.clone();
        Self {
            address: contact.address,
            phone: contact.phone,
            email: contact.email,
            legal_personality: legal.legal_personality,
            seal_no: legal.seal_no,
            seal_registered_on: legal.seal_registered_on,
            tax_code: legal.tax_code,
            own_bank_account: legal.own_bank_account,
            ..self
        }
    }
}

pub fn find(conn: &mut PgConnection, code: &str) -> Result<Option<Row>, DbError> {
    Ok(chapter::table.filter(chapter::code.eq(code)).select(Row::as_select()).first(conn).optional()?)
}

/// [`find`], held against other changes until the end of the transaction. Entries may be booked meanwhile: their
/// foreign keys ask for less.
pub fn hold(conn: &mut PgConnection, code: &str) -> Result<Option<Row>, DbError> {
    Ok(chapter::table.filter(chapter::code.eq(code)).select(Row::as_select()).for_no_key_update().first(conn).optional()?)
}

/// [`hold`] for a chapter that is about to be closed, held against whatever names it as well: bookings that have begun end first, and
/// those that begin meanwhile wait, and then find its books closed.
pub fn hold_to_close(conn: &mut PgConnection, id: Uuid) -> Result<Option<Row>, DbError> {
    Ok(chapter::table.find(id).select(Row::as_select()).for_update().first(conn).optional()?)
}

/// All versions, oldest first; a chapter that was never changed has the one it came with.
pub fn versions(conn: &mut PgConnection, row: &Row) -> Result<Vec<Version>, DbError> {
    let found: Vec<Version> = chapter_version::table
        .filter(chapter_version::chapter_id.eq(row.id))
        .order(chapter_version::version)
        .select(Version::as_select())
        .load(conn)?;
    Ok(if found.is_empty() { vec![Version::as_it_came(row)] } else { found })
}

/// A chapter as it is now.
pub fn known(conn: &mut PgConnection, row: Row) -> Result<Known, DbError> {
    let versions = versions(conn, &row)?;
    let provisional = if row.status == "PROVISIONAL" { versions.iter().rev().find(|v| is_decision(v)) } else { None };
    let provisional = provisional.and_then(|v| {
        let decision = Decision { no: v.decision_no.clone()?, on: v.decision_on };
        Some((decision, v.effective_on))
    });
    let details = versions.last().map(Version::details).unwrap_or_default();
    Ok(Known { row, details, provisional })
}

/// Whether a version says since when the chapter has its status.
fn is_decision(version: &Version) -> bool {
    ["FOUNDED", "MADE_PROVISIONAL", "MADE_REGULAR"].contains(&version.change.as_str())
}

statement! {
    struct TakeNumbers { prefix: str => Text, n: i32 => Integer } -> (Integer,),
    "INSERT INTO chapter_serial AS s (prefix, last) VALUES (?, ?)
     ON CONFLICT (prefix) DO UPDATE SET last = s.last + excluded.last RETURNING last"
}

/// Takes the next number of a prefix. It counts on only if the transaction commits.
pub fn next_number(conn: &mut PgConnection, prefix: &str) -> Result<i32, DbError> {
    let (last,): (i32,) = TakeNumbers { prefix, n: &1 }.get_result(conn)?;
    Ok(last)
}

/// Who asked what under this id: the chapter and the keyed hash of the request.
pub fn request(conn: &mut PgConnection, id: Uuid) -> Result<Option<(Uuid, Vec<u8>)>, DbError> {
    Ok(chapter_request::table
        .find(id)
        .select((chapter_request::chapter_id, chapter_request::request_hash))
        .first(conn)
        .optional()?)
}

pub fn note_request(conn: &mut PgConnection, _: &Granted<Organise>, id: Uuid, chapter: Uuid, hash: &[u8]) -> Result<(), DbError> {
    diesel::insert_into(chapter_request::table)
        .values((chapter_request::id.eq(id), chapter_request::chapter_id.eq(chapter), chapter_request::request_hash.eq(hash)))
        .execute(conn)?;
    Ok(())
}

/// Founds a chapter with its first version. `by` is the grant at the parent; `None` names the chapter of the grant,
/// `Some` a chapter that the same request has just founded below it.
pub fn insert(
    conn: &mut PgConnection,
    by: &Granted<Organise>,
    now: DateTime<Utc>,
    below: Option<ChapterId>,
    code: &str,
    new: &NewChapter,
) -> Result<(), DbError> {
    write_first(conn, (by.account(), now), below.unwrap_or(by.chapter()), (code, None), new)
}

/// Founds the chapter of a unit by the decision of a plan that several persons approved. The caller holds the chapter above.
pub fn insert_territorial(
    conn: &mut PgConnection,
    by: Uuid,
    now: DateTime<Utc>,
    below: ChapterId,
    code: &str,
    new: &NewChapter,
) -> Result<(), DbError> {
    write_first(conn, (by, now), below, (code, Some(code)), new)
}

fn write_first(
    conn: &mut PgConnection,
    (by, now): (Uuid, DateTime<Utc>),
    below: ChapterId,
    (code, unit): (&str, Option<&str>),
    new: &NewChapter,
) -> Result<(), DbError> {
    let status = if new.provisional { "PROVISIONAL" } else { "ACTIVE" };
    shown::alters(conn);
    diesel::insert_into(chapter::table)
        .values((
            chapter::id.eq(new.id),
            chapter::code.eq(code),
            chapter::kind.eq(new.kind.name()),
            chapter::level.eq(new.level.name()),
            chapter::status.eq(status),
            chapter::parent_id.eq(below.0),
            chapter::unit_code.eq(unit),
            chapter::name.eq(&new.name),
            chapter::short_name.eq(&new.short_name),
            chapter::folded.eq(folded_name(&new.name)),
            chapter::founded_on.eq(new.founded_on),
        ))
        .execute(conn)?;
    let first = Version {
        chapter_id: new.id,
        version: 1,
        change: "FOUNDED".to_owned(),
        name: new.name.clone(),
        short_name: new.short_name.clone(),
        status: status.to_owned(),
        effective_on: new.founded_on,
        decision_no: Some(new.decision.no.clone()),
        decision_on: new.decision.on,
        address: None,
        phone: None,
        email: None,
        legal_personality: None,
        seal_no: None,
        seal_registered_on: None,
        tax_code: None,
        own_bank_account: None,
        recorded_at: Some(now),
        recorded_by: Some(by),
    };
    diesel::insert_into(chapter_version::table).values(first.with_details(&new.details)).execute(conn)?;
    Ok(())
}

/// Writes the next version of a chapter that the caller holds, and brings its row in line. The grant is one at the
/// chapter or at the one above it; anything else writes nothing and is not found.
pub fn next_version(
    conn: &mut PgConnection,
    by: &Granted<Organise>,
    now: DateTime<Utc>,
    row: &Row,
    next: Version,
) -> Result<(), DbError> {
    if by.chapter().0 != row.id && Some(by.chapter().0) != row.parent_id {
        return Err(diesel::result::Error::NotFound.into());
    }
    write_version(conn, by.account(), now, row, next)
}

/// Ends a chapter that goes up in another one, by the decision of a plan that two persons approved. The caller holds it.
pub fn go_up(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    row: &Row,
    going: &Going,
    change: &str,
    status: &str,
) -> Result<(), DbError> {
    let last = versions(conn, row)?.pop().ok_or(diesel::result::Error::NotFound)?;
    let next = Version {
        change: change.to_owned(),
        name: row.name.clone(),
        short_name: row.short_name.clone(),
        status: status.to_owned(),
        effective_on: going.since,
        decision_no: Some(going.decision_no.clone()),
        decision_on: None,
        // What it had at the bank is its successor's from that day on.
        own_bank_account: Some(false),
        ..last
    };
    write_version(conn, going.by, now, row, next)?;
    feed::changed(conn, row.id, row.parent_id, &row.code)
}

/// Tells those who keep a copy that something went up in a chapter.
pub fn took_over(conn: &mut PgConnection, id: Uuid, code: &str) -> Result<(), DbError> {
    feed::changed(conn, id, None, code)
}

fn write_version(conn: &mut PgConnection, by: Uuid, now: DateTime<Utc>, row: &Row, next: Version) -> Result<(), DbError> {
    shown::alters(conn);
    let versions = versions(conn, row)?;
    if let [came] = versions.as_slice()
        && came.recorded_at.is_none()
    {
        diesel::insert_into(chapter_version::table).values(came).on_conflict_do_nothing().execute(conn)?;
    }
    let version = row.version + 1;
    if next.name != row.name {
        let since = versions.iter().rev().find(|v| ["FOUNDED", "RENAMED"].contains(&v.change.as_str()));
        diesel::insert_into(chapter_former_name::table)
            .values((
                chapter_former_name::chapter_id.eq(row.id),
                chapter_former_name::version.eq(version),
                chapter_former_name::name.eq(&row.name),
                chapter_former_name::folded.eq(folded_name(&row.name)),
                chapter_former_name::valid_from.eq(since.map_or(row.founded_on, |v| v.effective_on)),
                chapter_former_name::valid_to.eq(next.effective_on),
            ))
            .execute(conn)?;
    }
    diesel::update(chapter::table.find(row.id))
        .set((
            chapter::version.eq(version),
            chapter::name.eq(&next.name),
            chapter::short_name.eq(&next.short_name),
            chapter::folded.eq(folded_name(&next.name)),
            chapter::status.eq(&next.status),
        ))
        .execute(conn)?;
    let next = Version { version, chapter_id: row.id, recorded_at: Some(now), recorded_by: Some(by), ..next };
    diesel::insert_into(chapter_version::table).values(next).execute(conn)?;
    Ok(())
}

/// Whether a sibling is called exactly so. (Siblings that are not territorial must differ in more than
/// marks; an index sees to that.)
pub fn is_called(conn: &mut PgConnection, row: &Row, name: &str) -> Result<bool, DbError> {
    let same = chapter::table
        .filter(chapter::parent_id.is_not_distinct_from(row.parent_id))
        .filter(chapter::name.eq(name))
        .filter(chapter::id.ne(row.id))
        .filter(chapter::status.ne_all(["MERGED", "DISSOLVED"]));
    Ok(diesel::select(diesel::dsl::exists(same)).get_result(conn)?)
}

/// A name a chapter had before.
#[derive(Debug, Clone, Queryable)]
pub struct FormerName {
    pub name: String,
    pub valid_from: NaiveDate,
    pub valid_to: NaiveDate,
}

/// Former names, newest first.
pub fn former_names(conn: &mut PgConnection, id: Uuid) -> Result<Vec<FormerName>, DbError> {
    Ok(chapter_former_name::table
        .filter(chapter_former_name::chapter_id.eq(id))
        .order(chapter_former_name::version.desc())
        .select((chapter_former_name::name, chapter_former_name::valid_from, chapter_former_name::valid_to))
        .load(conn)?)
}

/// What chapters that were renamed were and are called in short, by id.
pub fn short_names_of_renamed(conn: &mut PgConnection) -> Result<HashMap<Uuid, Vec<String>>, DbError> {
    use chapter_version as v;
    let renamed = chapter_former_name::table.select(chapter_former_name::chapter_id).distinct();
    let rows: Vec<(Uuid, String)> =
        v::table.filter(v::chapter_id.eq_any(renamed)).select((v::chapter_id, v::short_name)).distinct().load(conn)?;
    let mut names: HashMap<Uuid, Vec<String>> = HashMap::new();
    for (id, name) in rows {
        names.entry(id).or_default().push(name);
    }
    Ok(names)
}

/// What the public may know of a chapter's office and committee: contact, and the decision if it is provisional.
pub fn public_face(conn: &mut PgConnection, id: Uuid) -> Result<(Contact, Option<(Decision, NaiveDate)>), DbError> {
    use chapter_version as v;
    type Newest = (Option<String>, Option<String>, Option<String>, String);
    let newest: Option<Newest> = v::table
        .filter(v::chapter_id.eq(id))
        .order(v::version.desc())
        .select((v::address, v::phone, v::email, v::status))
        .first(conn)
        .optional()?;
    let Some((address, phone, email, status)) = newest else {
        return Ok((Contact::default(), None));
    };
    let contact = Contact { address, phone, email };
    if status != "PROVISIONAL" {
        return Ok((contact, None));
    }
    let decision: Option<(Option<String>, Option<NaiveDate>, NaiveDate)> = v::table
        .filter(v::chapter_id.eq(id))
        .filter(v::change.eq_any(["FOUNDED", "MADE_PROVISIONAL"]))
        .order(v::version.desc())
        .select((v::decision_no, v::decision_on, v::effective_on))
        .first(conn)
        .optional()?;
    Ok((contact, decision.and_then(|(no, on, since)| no.map(|no| (Decision { no, on }, since)))))
}
