//! SQL of certificates, and of what everybody may learn of them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Date, Nullable, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::{CertificateState, PublicCertificateState};
use crate::authz::{SeePeople, Seen};
use crate::db::schema::{certificate, certificate_name_text, public_certificate};
use crate::db::statement::statement;
use crate::db::{DbError, shown};
use crate::http::Span;
use crate::tree;

/// A certificate as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = certificate, check_for_backend(diesel::pg::Pg))]
pub struct CertificateRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub person_id: Uuid,
    pub kind: String,
    pub enrolment_id: Option<Uuid>,
    pub code: Option<String>,
    pub elsewhere: Option<Vec<u8>>,
    pub given_on: NaiveDate,
    pub valid_until: Option<NaiveDate>,
    pub state: String,
    pub name_text: Option<i16>,
    pub name_given_on: Option<NaiveDate>,
    pub request_hash: Vec<u8>,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
}

impl CertificateRow {
    pub fn state(&self) -> Option<CertificateState> {
        CertificateState::parse(&self.state)
    }

    pub fn stands(&self) -> bool {
        self.state() == Some(CertificateState::Stands)
    }
}

/// What everybody may learn of one, as it is stored. Readable by the public role.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = public_certificate, check_for_backend(diesel::pg::Pg))]
pub struct PublicRow {
    pub code: String,
    pub state: String,
    pub kind: Option<String>,
    pub course: Option<String>,
    pub chapter_id: Option<Uuid>,
    pub given_on: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    pub name: Option<String>,
}

/// A text that holders agree to.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = certificate_name_text, check_for_backend(diesel::pg::Pg))]
pub struct NameTextRow {
    pub version: i16,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub vi: String,
    pub en: String,
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<CertificateRow>, DbError> {
    Ok(certificate::table.find(id).select(CertificateRow::as_select()).first(conn).optional()?)
}

/// [`find`], held until the end of the transaction.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<CertificateRow>, DbError> {
    Ok(certificate::table.find(id).select(CertificateRow::as_select()).for_no_key_update().first(conn).optional()?)
}

/// Certificates by their enrolments, those that stand.
pub fn standing(conn: &mut PgConnection, enrolments: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, DbError> {
    use certificate as c;
    let query = c::table.filter(c::enrolment_id.eq_any(enrolments)).filter(c::state.eq(CertificateState::Stands.name()));
    let rows: Vec<(Option<Uuid>, Uuid)> = query.select((c::enrolment_id, c::id)).load(conn)?;
    Ok(rows.into_iter().filter_map(|(enrolment, id)| Some((enrolment?, id))).collect())
}

/// Those that stand of these enrolments, in their order. Their course is held where they are changed.
pub fn of_enrolments(conn: &mut PgConnection, enrolments: &[Uuid]) -> Result<Vec<CertificateRow>, DbError> {
    use certificate as c;
    let query = c::table.filter(c::enrolment_id.eq_any(enrolments)).filter(c::state.eq(CertificateState::Stands.name()));
    Ok(query.order((c::recorded_at, c::id)).select(CertificateRow::as_select()).load(conn)?)
}

/// All of these persons, held.
pub fn of_persons(conn: &mut PgConnection, persons: &[Uuid]) -> Result<Vec<CertificateRow>, DbError> {
    let query = certificate::table.filter(certificate::person_id.eq_any(persons)).order(certificate::id);
    Ok(query.select(CertificateRow::as_select()).for_no_key_update().load(conn)?)
}

/// Those of a chapter and of those it goes on for, in the order in which they were entered.
pub fn list(
    conn: &mut PgConnection,
    here: &Seen<SeePeople>,
    span: &Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<CertificateRow>, DbError> {
    use certificate as c;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = c::table.filter(c::chapter_id.eq(chapter)).order((c::recorded_at, c::id)).limit(span.rows);
        let mut query = query.select(CertificateRow::as_select()).into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(c::recorded_at.ge(at)).filter(c::recorded_at.gt(at).or(c::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &CertificateRow| (row.recorded_at, row.id))
}

statement! {
    struct Due {
        chapters: Vec<Uuid> => Array<SqlUuid>,
        by: NaiveDate => Date,
        first: bool => Bool,
        day: Option<NaiveDate> => Nullable<Date>,
        same: Option<NaiveDate> => Nullable<Date>,
        after: Uuid => SqlUuid,
        most: i64 => BigInt,
    } -> (SqlUuid,),
    "SELECT c.id FROM certificate c
     WHERE c.chapter_id = ANY(?) AND c.state = 'STANDS' AND c.valid_until <= ?
       AND (? OR c.valid_until > ? OR c.valid_until = ? AND c.id > ?)
       AND NOT EXISTS (SELECT FROM certificate n WHERE n.person_id = c.person_id AND n.kind = c.kind AND n.state = 'STANDS'
           AND n.id <> c.id AND (coalesce(n.valid_until, 'infinity'), n.id) > (c.valid_until, c.id))
     ORDER BY c.valid_until, c.id LIMIT ?"
}

/// Certificates that run out by a day, or have, and nothing newer of their kind stands in their place: the first due first.
pub fn due(
    conn: &mut PgConnection,
    here: &Seen<SeePeople>,
    by: NaiveDate,
    span: &Span<(NaiveDate, Uuid)>,
) -> Result<Vec<CertificateRow>, DbError> {
    let chapters = tree::with_succeeded(conn, here.chapter())?;
    let (day, after) = (span.after.map(|(day, _)| day), span.after.map_or(Uuid::nil(), |(_, id)| id));
    let due = Due { chapters: &chapters, by: &by, first: &day.is_none(), day: &day, same: &day, after: &after, most: &span.rows };
    let ids: Vec<(Uuid,)> = due.load(conn)?;
    let ids: Vec<Uuid> = ids.into_iter().map(|(id,)| id).collect();
    let query = certificate::table.filter(certificate::id.eq_any(ids)).order((certificate::valid_until, certificate::id));
    Ok(query.select(CertificateRow::as_select()).load(conn)?)
}

/// Writes certificates with what everybody may learn of them.
pub fn insert(conn: &mut PgConnection, rows: &[CertificateRow], public: &[PublicRow]) -> Result<(), DbError> {
    diesel::insert_into(certificate::table).values(rows).execute(conn)?;
    shown::adds(conn);
    diesel::insert_into(public_certificate::table).values(public).execute(conn)?;
    Ok(())
}

/// They do not stand any more; everybody learns that and nothing else.
pub fn end(conn: &mut PgConnection, rows: &[CertificateRow], to: CertificateState) -> Result<(), DbError> {
    use certificate as c;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    diesel::update(c::table.filter(c::id.eq_any(ids)))
        .set((c::state.eq(to.name()), c::name_text.eq(None::<i16>), c::name_given_on.eq(None::<NaiveDate>)))
        .execute(conn)?;
    let public = match to {
        CertificateState::Stands => return Ok(()),
        CertificateState::Revoked => PublicCertificateState::Revoked,
        CertificateState::Erased => PublicCertificateState::NoLongerOnRecord,
    };
    use public_certificate as p;
    shown::alters(conn);
    let codes: Vec<&String> = rows.iter().filter_map(|row| row.code.as_ref()).collect();
    diesel::update(p::table.filter(p::code.eq_any(codes)))
        .set((
            (p::state.eq(public.name()), p::kind.eq(None::<String>), p::course.eq(None::<String>)),
            (p::chapter_id.eq(None::<Uuid>), p::given_on.eq(None::<NaiveDate>), p::valid_until.eq(None::<NaiveDate>)),
            p::name.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(())
}

/// Who gave these of other bodies, and under which numbers, is forgotten; their requests are known by another hash.
pub fn forget(conn: &mut PgConnection, ids: &[Uuid]) -> Result<(), DbError> {
    use certificate as c;
    diesel::update(c::table.filter(c::id.eq_any(ids)))
        .set((c::elsewhere.eq(None::<Vec<u8>>), c::request_hash.eq(Vec::<u8>::new())))
        .execute(conn)?;
    Ok(())
}

/// The name stands beside a certificate from now on, or no more.
pub fn name(conn: &mut PgConnection, row: &CertificateRow, shown_as: Option<(&str, i16, NaiveDate)>) -> Result<(), DbError> {
    use certificate as c;
    use public_certificate as p;
    diesel::update(c::table.find(row.id))
        .set((c::name_text.eq(shown_as.map(|(_, text, _)| text)), c::name_given_on.eq(shown_as.map(|(_, _, day)| day))))
        .execute(conn)?;
    shown::alters(conn);
    if let Some(code) = &row.code {
        diesel::update(p::table.find(code)).set(p::name.eq(shown_as.map(|(name, ..)| name))).execute(conn)?;
    }
    Ok(())
}

/// Whoever is shown is shown under this name.
pub fn rename(conn: &mut PgConnection, codes: &[String], to: &str) -> Result<(), DbError> {
    use public_certificate as p;
    shown::alters(conn);
    diesel::update(p::table.filter(p::code.eq_any(codes)).filter(p::name.is_not_null())).set(p::name.eq(to)).execute(conn)?;
    Ok(())
}

/// What everybody may learn of a code. Allowed to the public role.
pub fn public(conn: &mut PgConnection, code: &str) -> Result<Option<PublicRow>, DbError> {
    Ok(public_certificate::table.find(code).select(PublicRow::as_select()).first(conn).optional()?)
}

/// Every text that holders could ever agree to, the oldest first.
pub fn name_texts(conn: &mut PgConnection) -> Result<Vec<NameTextRow>, DbError> {
    Ok(certificate_name_text::table.order(certificate_name_text::version).select(NameTextRow::as_select()).load(conn)?)
}
