//! SQL of documents, their links and their publications.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use uuid::Uuid;

use super::model::{ContentHash, MAX_LINKS};
use crate::authz::{
    self, AuditEvent, Denied, Granted, Inspect, KeepBlood, KeepFamilyLinks, KeepPeople, Read, Record, RunActivities, RunAppeal,
    SeeBlood, SeeFamilyLinks, SeePeople, Seen, Visit,
};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::{document, document_link, document_publication, document_withdrawal};
use crate::db::shown;
use crate::db::statement::statement;
use crate::house::Rooms;
use crate::house::papers::{Brings, Paper, Reads};
use crate::tree::ChapterId;

/// Proof that somebody may bring papers of a purpose into a chapter: whoever keeps its books or its people, or runs its appeals or activities.
#[derive(Debug, Clone)]
pub enum Holder {
    Record(Granted<Record>),
    RunAppeal(Granted<RunAppeal>),
    KeepPeople(Granted<KeepPeople>),
    KeepFamilyLinks(Granted<KeepFamilyLinks>),
    KeepBlood(Granted<KeepBlood>),
    RunActivities(Granted<RunActivities>),
}

impl Holder {
    /// Decides by the purpose which right it takes.
    pub fn of(v: &mut Visit<'_>, chapter: ChapterId, paper: &Paper) -> Result<Self, Denied> {
        Ok(match paper.brought_by {
            Brings::Record => Holder::Record(v.at(chapter)?),
            Brings::RunAppeal => Holder::RunAppeal(v.at(chapter)?),
            Brings::KeepPeople => Holder::KeepPeople(v.at(chapter)?),
            Brings::KeepFamilyLinks => Holder::KeepFamilyLinks(v.at(chapter)?),
            Brings::KeepBlood => Holder::KeepBlood(v.at(chapter)?),
            Brings::RunActivities => Holder::RunActivities(v.at(chapter)?),
        })
    }

    pub fn chapter(&self) -> ChapterId {
        match self {
            Holder::Record(granted) => granted.chapter(),
            Holder::RunAppeal(granted) => granted.chapter(),
            Holder::KeepPeople(granted) => granted.chapter(),
            Holder::KeepFamilyLinks(granted) => granted.chapter(),
            Holder::KeepBlood(granted) => granted.chapter(),
            Holder::RunActivities(granted) => granted.chapter(),
        }
    }

    pub fn account(&self) -> Uuid {
        match self {
            Holder::Record(granted) => granted.account(),
            Holder::RunAppeal(granted) => granted.account(),
            Holder::KeepPeople(granted) => granted.account(),
            Holder::KeepFamilyLinks(granted) => granted.account(),
            Holder::KeepBlood(granted) => granted.account(),
            Holder::RunActivities(granted) => granted.account(),
        }
    }
}

/// A document; its bytes are the file named `sha256`.
#[derive(Debug, Clone, Queryable)]
pub struct DocumentRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub purpose: String,
    /// Of what is stored, cleaned.
    pub sha256: String,
    pub size_bytes: i64,
    pub media_type: String,
    /// Of what was sent.
    pub uploaded_sha256: String,
    pub uploaded_bytes: i64,
    /// Sealed; empty once erased.
    pub name: Vec<u8>,
    pub request_hash: Vec<u8>,
    pub uploaded_by: Uuid,
    pub uploaded_at: DateTime<Utc>,
}

/// A document to be registered.
pub struct NewDocument<'a> {
    pub id: Uuid,
    pub purpose: &'a str,
    pub sha256: &'a ContentHash,
    pub size_bytes: i64,
    pub media_type: &'static str,
    pub uploaded_sha256: &'a str,
    pub uploaded_bytes: i64,
    pub name: &'a [u8],
    pub request_hash: &'a [u8],
}

/// Registers a document whose file is in its place.
pub fn insert(conn: &mut PgConnection, by: &Holder, now: DateTime<Utc>, new: &NewDocument<'_>) -> Result<(), DbError> {
    use document as d;
    diesel::insert_into(d::table)
        .values((
            d::id.eq(new.id),
            d::chapter_id.eq(by.chapter().0),
            d::purpose.eq(new.purpose),
            d::sha256.eq(new.sha256.as_str()),
            d::size_bytes.eq(new.size_bytes),
            d::media_type.eq(new.media_type),
            d::uploaded_sha256.eq(new.uploaded_sha256),
            d::uploaded_bytes.eq(new.uploaded_bytes),
            d::name.eq(new.name),
            d::request_hash.eq(new.request_hash),
            d::uploaded_by.eq(by.account()),
            d::uploaded_at.eq(now),
        ))
        .execute(conn)?;
    let event = AuditEvent {
        account: Some(by.account()),
        action: "DOCUMENT_UPLOADED",
        subject: Some(new.id),
        chapter: Some(by.chapter().0),
    };
    authz::audit(conn, now, &[event])
}

pub fn find(conn: &mut PgConnection, id: Uuid) -> Result<Option<DocumentRow>, DbError> {
    Ok(document::table.find(id).first(conn).optional()?)
}

/// Whether a chapter keeps a document of this content, uploaded for this purpose.
pub fn is_kept(conn: &mut PgConnection, chapter: ChapterId, paper: &Paper, hash: &str) -> Result<bool, DbError> {
    let found = document::table
        .filter(document::sha256.eq(hash))
        .filter(document::chapter_id.eq(chapter.0))
        .filter(document::purpose.eq(paper.purpose));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(conn)?)
}

/// How a reader names a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    Id(Uuid),
    Content(ContentHash),
}

impl Key {
    pub fn parse(text: &str) -> Option<Self> {
        match ContentHash::parse(text) {
            Some(hash) => Some(Key::Content(hash)),
            None => text.parse().ok().map(Key::Id),
        }
    }
}

/// A document that the visitor may read, with the proof; `None` otherwise. The same bytes may lie in several chapters: one
/// the visitor reads is enough, and the others do not show.
pub fn readable(v: &mut Visit<'_>, rooms: Rooms, key: &Key) -> Result<Option<(DocumentRow, Seen<Read>)>, DbError> {
    /// More chapters with one and the same file than anybody will see.
    const MANY: i64 = 500;
    let rows: Vec<DocumentRow> = match key {
        Key::Id(id) => find(v.conn, *id)?.into_iter().collect(),
        Key::Content(hash) => document::table
            .filter(document::sha256.eq(hash.as_str()))
            .order((document::uploaded_at, document::id))
            .limit(MANY)
            .load(v.conn)?,
    };
    let mut chapters: Vec<ChapterId> = rows.iter().map(|row| ChapterId(row.chapter_id)).collect();
    // What is nowhere takes the same statements as what lies where this visitor may not look.
    if chapters.is_empty() {
        chapters.push(ChapterId(Uuid::nil()));
    }
    let seen = v.see_each(&chapters)?;
    for (row, seen) in rows.into_iter().zip(seen) {
        let (Some(seen), Some(paper)) = (seen, rooms.paper(&row.purpose)) else { continue };
        if may_read(v, paper, seen.chapter())? {
            return Ok(Some((row, seen)));
        }
    }
    Ok(None)
}

/// Whether a visitor who reads the chapter's records may read papers of this purpose too.
pub fn may_read(v: &mut Visit<'_>, paper: &Paper, chapter: ChapterId) -> Result<bool, DbError> {
    let seen = match paper.read_by {
        Reads::Read => return Ok(true),
        Reads::Inspect => v.see::<Inspect>(chapter).map(drop),
        Reads::SeePeople => v.see::<SeePeople>(chapter).map(drop),
        Reads::SeeFamilyLinks => v.see::<SeeFamilyLinks>(chapter).map(drop),
        Reads::SeeBlood => v.see::<SeeBlood>(chapter).map(drop),
    };
    match seen {
        Ok(()) => Ok(true),
        Err(Denied::Refused(_)) => Ok(false),
        Err(Denied::Db(error)) => Err(error),
    }
}

/// What documents belong to, and the purpose they were uploaded for.
#[derive(Clone, Copy)]
pub struct Subject {
    pub paper: &'static Paper,
    pub id: Uuid,
}

/// Result of linking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linked {
    New,
    Already,
    /// No such document in this chapter.
    NoSuchDocument,
    /// It was uploaded for something else.
    OtherPurpose,
    /// The subject has as many as it may.
    Full,
}

/// Links a document of the granted chapter to a subject of that chapter; the caller has checked the subject.
pub fn link(conn: &mut PgConnection, by: &Holder, now: DateTime<Utc>, id: Uuid, subject: Subject) -> Result<Linked, DbError> {
    use document_link as l;
    let Some(row) = find(conn, id)?.filter(|row| row.chapter_id == by.chapter().0) else {
        return Ok(Linked::NoSuchDocument);
    };
    if row.purpose != subject.paper.purpose {
        return Ok(Linked::OtherPurpose);
    }
    lock(conn, &format!("links of {}", subject.id))?;
    let of_subject = || l::table.filter(l::subject_kind.eq(subject.paper.purpose)).filter(l::subject_id.eq(subject.id));
    if of_subject().filter(l::document_id.eq(id)).count().get_result::<i64>(conn)? > 0 {
        return Ok(Linked::Already);
    }
    if of_subject().count().get_result::<i64>(conn)? >= MAX_LINKS {
        return Ok(Linked::Full);
    }
    diesel::insert_into(l::table)
        .values((
            l::document_id.eq(id),
            l::subject_kind.eq(subject.paper.purpose),
            l::subject_id.eq(subject.id),
            l::linked_by.eq(by.account()),
            l::linked_at.eq(now),
        ))
        .execute(conn)?;
    audit(conn, now, by, "DOCUMENT_LINKED", id)?;
    Ok(Linked::New)
}

/// The documents of a subject, in the order they were linked. The caller has checked that the subject may be read.
pub fn of_subject(conn: &mut PgConnection, subject: Subject) -> Result<Vec<DocumentRow>, DbError> {
    use document_link as l;
    Ok(document::table
        .inner_join(l::table.on(l::document_id.eq(document::id)))
        .filter(l::subject_kind.eq(subject.paper.purpose))
        .filter(l::subject_id.eq(subject.id))
        .order((l::linked_at, document::id))
        .limit(MAX_LINKS)
        .select(document::all_columns)
        .load(conn)?)
}

/// Result of publishing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    New,
    /// Under the same title.
    Already,
    /// Under another title: withdraw it first.
    OtherTitle,
    /// It is not linked to this subject, or papers of its purpose are never shown.
    NotLinked,
}

/// Shows a document to everybody, under a title made for that. Only documents linked to the subject can be.
pub fn publish(
    conn: &mut PgConnection,
    by: &Holder,
    now: DateTime<Utc>,
    id: Uuid,
    subject: Subject,
    title: &str,
) -> Result<Published, DbError> {
    use document_publication as p;
    lock(conn, &format!("publication of {id}"))?;
    let found = of_subject(conn, subject)?.into_iter().find(|row| row.id == id);
    let Some(row) = found.filter(|row| row.chapter_id == by.chapter().0 && subject.paper.public) else {
        return Ok(Published::NotLinked);
    };
    let known: Option<String> = p::table.find((id, subject.id)).select(p::title).first(conn).optional()?;
    if let Some(known) = known {
        return Ok(if known == title { Published::Already } else { Published::OtherTitle });
    }
    shown::alters(conn);
    diesel::insert_into(p::table)
        .values((
            p::document_id.eq(id),
            p::purpose.eq(subject.paper.purpose),
            p::subject_id.eq(subject.id),
            p::sha256.eq(&row.sha256),
            p::size_bytes.eq(row.size_bytes),
            p::media_type.eq(&row.media_type),
            p::title.eq(title),
            p::published_on.eq(vietnam_date(now)),
            p::published_at.eq(now),
            p::published_by.eq(by.account()),
        ))
        .execute(conn)?;
    audit(conn, now, by, "DOCUMENT_PUBLISHED", id)?;
    Ok(Published::New)
}

/// Takes a document out of the public again, and keeps the day it happened. Whether it was there.
pub fn withdraw(conn: &mut PgConnection, by: &Holder, now: DateTime<Utc>, id: Uuid, subject: Subject) -> Result<bool, DbError> {
    let was_there = take_down(conn, now, Some(by.account()), id, subject.id)?;
    if was_there {
        audit(conn, now, by, "DOCUMENT_WITHDRAWN", id)?;
    }
    Ok(was_there)
}

/// [`withdraw`] for a room whose records say that it is shown no more; by nobody's account where a request about personal data says so.
pub fn take_down(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    by: Option<Uuid>,
    id: Uuid,
    subject: Uuid,
) -> Result<bool, DbError> {
    use document_publication as p;
    use document_withdrawal as w;
    shown::alters(conn);
    let gone: Option<String> = diesel::delete(p::table.find((id, subject))).returning(p::sha256).get_result(conn).optional()?;
    if let Some(sha256) = &gone {
        diesel::insert_into(w::table)
            .values((
                (w::document_id.eq(id), w::subject_id.eq(subject), w::sha256.eq(sha256)),
                (w::withdrawn_on.eq(vietnam_date(now)), w::withdrawn_at.eq(now), w::withdrawn_by.eq(by)),
            ))
            .execute(conn)?;
    }
    Ok(gone.is_some())
}

/// Whether what was published of some subjects is still shown. Readable by the public role.
#[derive(Debug, Default)]
pub struct Shown {
    now: HashSet<(Uuid, String)>,
    withdrawn: HashMap<(Uuid, String), NaiveDate>,
}

impl Shown {
    pub fn of(conn: &mut PgConnection, subjects: &[Uuid]) -> Result<Self, DbError> {
        use document_publication as p;
        use document_withdrawal as w;
        let now: Vec<(Uuid, String)> =
            p::table.filter(p::subject_id.eq_any(subjects)).select((p::subject_id, p::sha256)).load(conn)?;
        let gone: Vec<(Uuid, String, Option<NaiveDate>)> = w::table
            .filter(w::subject_id.eq_any(subjects))
            .group_by((w::subject_id, w::sha256))
            .select((w::subject_id, w::sha256, diesel::dsl::max(w::withdrawn_on)))
            .load(conn)?;
        let day = |(subject, hash, day): (Uuid, String, Option<NaiveDate>)| Some(((subject, hash), day?));
        Ok(Self { now: now.into_iter().collect(), withdrawn: gone.into_iter().filter_map(day).collect() })
    }

    /// The day a content was last taken out of the public, if it is out.
    pub fn withdrawn_on(&self, subject: Uuid, hash: &str) -> Option<NaiveDate> {
        let key = (subject, hash.to_owned());
        if self.now.contains(&key) { None } else { self.withdrawn.get(&key).copied() }
    }
}

/// What everybody may know of a published document. Readable by the public role.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct PublicDocument {
    pub sha256: String,
    pub size_bytes: i64,
    pub media_type: String,
    pub title: String,
    pub published_on: NaiveDate,
}

const PUBLIC: (
    document_publication::sha256,
    document_publication::size_bytes,
    document_publication::media_type,
    document_publication::title,
    document_publication::published_on,
) = (
    document_publication::sha256,
    document_publication::size_bytes,
    document_publication::media_type,
    document_publication::title,
    document_publication::published_on,
);

/// A published document by its content; of several publications of the same bytes, the first.
pub fn published(conn: &mut PgConnection, hash: &ContentHash) -> Result<Option<PublicDocument>, DbError> {
    use document_publication as p;
    Ok(p::table
        .filter(p::sha256.eq(hash.as_str()))
        .order((p::published_on, p::subject_id, p::title))
        .select(PUBLIC)
        .first(conn)
        .optional()?)
}

/// Whether it is shown for as long as somebody agrees, and not for good as papers of appeals are. Readable by the public role.
pub fn may_be_taken_back(conn: &mut PgConnection, hash: &ContentHash) -> Result<bool, DbError> {
    use document_publication as p;
    // The role reads these columns and no others, also where it only asks whether there is one.
    let back = p::table.filter(p::sha256.eq(hash.as_str())).filter(p::purpose.ne("APPEAL")).select(p::sha256);
    Ok(diesel::select(diesel::dsl::exists(back)).get_result(conn)?)
}

/// The published documents of each of these subjects. Readable by the public role.
pub fn published_of_each(conn: &mut PgConnection, subjects: &[Uuid]) -> Result<Vec<(Uuid, PublicDocument)>, DbError> {
    use document_publication as p;
    let query = p::table.filter(p::subject_id.eq_any(subjects)).order((p::subject_id, p::published_on, p::title, p::sha256));
    Ok(query.select((p::subject_id, PUBLIC)).load(conn)?)
}

/// The published documents of an appeal.
pub fn published_of(conn: &mut PgConnection, appeal: Uuid) -> Result<Vec<PublicDocument>, DbError> {
    use document_publication as p;
    Ok(p::table
        .filter(p::subject_id.eq(appeal))
        .order((p::published_on, p::title, p::sha256))
        .limit(MAX_LINKS)
        .select(PUBLIC)
        .load(conn)?)
}

/// Which of these documents are published anywhere.
pub fn are_published(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    use document_publication as p;
    Ok(p::table.filter(p::document_id.eq_any(ids)).select(p::document_id).distinct().load(conn)?)
}

statement! {
    struct Stored { after: String => Text, limit: i64 => BigInt } -> (Text, BigInt),
    "SELECT DISTINCT sha256, size_bytes FROM document WHERE sha256 > ? ORDER BY sha256 LIMIT ?"
}

/// Files that must be there: hash and length of the next `limit` after a hash, in order. Begin with an empty one.
pub fn stored_after(conn: &mut PgConnection, after: &str, limit: i64) -> Result<Vec<(String, i64)>, DbError> {
    Ok(Stored { after: &after.to_owned(), limit: &limit }.load(conn)?)
}

/// Which of these contents some document has.
pub fn referenced(conn: &mut PgConnection, hashes: &[String]) -> Result<Vec<String>, DbError> {
    Ok(document::table.filter(document::sha256.eq_any(hashes)).select(document::sha256).distinct().load(conn)?)
}

statement! {
    struct Lock { name: String => Text } -> (),
    "SELECT pg_advisory_xact_lock(hashtextextended('documents: ' || ?, 0))"
}

/// One at a time, until the end of the transaction, among all servers.
pub(super) fn lock(conn: &mut PgConnection, name: &str) -> Result<(), DbError> {
    Lock { name: &name.to_owned() }.execute(conn)?;
    Ok(())
}

/// Held by whoever gives a content its file or takes it away: see `sweep`.
pub(super) fn lock_content(conn: &mut PgConnection, hash: &ContentHash) -> Result<(), DbError> {
    lock(conn, &format!("content {hash}"))
}

fn audit(conn: &mut PgConnection, now: DateTime<Utc>, by: &Holder, action: &'static str, id: Uuid) -> Result<(), DbError> {
    let event = AuditEvent { account: Some(by.account()), action, subject: Some(id), chapter: Some(by.chapter().0) };
    authz::audit(conn, now, &[event])
}
