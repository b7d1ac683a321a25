//! The persons in papers: file names, which often are somebody's name, and what is on the paper itself.
//!
//! The paper of a gift is a voucher, which accounting law has kept for years whoever is on it. So when its giver is erased
//! its name goes and the paper is closed ([`super::closures`]) until the law needs it no more; then the sweep takes it.
//! The same bytes uploaded a second time in the chapter are the same paper. A file that belongs to no gift yet is found
//! by its name alone: the name goes, and somebody has to look whose paper it is.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::closures::{self, Closing, Reason};
use super::uploads;
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::{document, document_closure, document_link, upload};
use crate::house::errand::Errand;
use crate::house::persons::{Called, Corrected, Holding, HoldsPersons, Kept, Mentioned, PersonsError, Processing, Record, What};
use crate::tree;
use crate::vault::{Vault, VaultError, place};

/// See the module.
pub struct Papers;

/// The purpose of papers of gifts, whose givers are the persons.
const OF_GIFTS: &str = "GIFT";

/// Papers looked at together, when they are looked for by name.
const BATCH: i64 = 1_000;

/// What is needed of a paper to show, to name or to close it.
#[derive(Debug, Clone, Queryable)]
struct Paper {
    id: Uuid,
    chapter_id: Uuid,
    purpose: String,
    media_type: String,
    sha256: String,
    uploaded_sha256: String,
    uploaded_bytes: i64,
    name: Vec<u8>,
    uploaded_at: chrono::DateTime<chrono::Utc>,
}

macro_rules! columns {
    () => {
        (
            document::id,
            document::chapter_id,
            document::purpose,
            document::media_type,
            document::sha256,
            document::uploaded_sha256,
            document::uploaded_bytes,
            document::name,
            document::uploaded_at,
        )
    };
}

impl Paper {
    fn name(&self, vault: &Vault) -> Result<Option<String>, VaultError> {
        if self.name.is_empty() {
            return Ok(None);
        }
        vault.open_text(place("document", "name", &self.id), &self.name).map(Some)
    }
}

/// The papers of these gifts, each with its gift.
fn linked(conn: &mut PgConnection, gifts: &[Uuid]) -> Result<Vec<(Uuid, Paper)>, DbError> {
    use document_link as l;
    Ok(document::table
        .inner_join(l::table.on(l::document_id.eq(document::id)))
        .filter(l::subject_kind.eq(OF_GIFTS))
        .filter(l::subject_id.eq_any(gifts))
        .order((l::subject_id, document::id))
        .select((l::subject_id, columns!()))
        .load(conn)?)
}

/// The papers of these gifts and all copies of them in their chapters.
fn with_copies(conn: &mut PgConnection, of: &[Record]) -> Result<Vec<(Closing, Paper)>, DbError> {
    let own = linked(conn, &of.iter().map(|record| record.gift).collect::<Vec<_>>())?;
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let hashes: BTreeSet<&str> = own.iter().flat_map(|(_, paper)| [paper.sha256.as_str(), &paper.uploaded_sha256]).collect();
    let chapters: BTreeSet<Uuid> = own.iter().map(|(_, paper)| paper.chapter_id).collect();
    let same: Vec<Paper> = document::table
        .filter(document::sha256.eq_any(&hashes))
        .filter(document::chapter_id.eq_any(&chapters))
        .filter(document::purpose.eq(OF_GIFTS))
        .select(columns!())
        .load(conn)?;
    let until: HashMap<Uuid, NaiveDate> = of.iter().map(|record| (record.gift, record.kept_until)).collect();
    let mut closings = Vec::new();
    for (gift, paper) in &own {
        let Some(kept_until) = until.get(gift).copied() else { continue };
        let is_copy = |other: &&Paper| {
            other.id == paper.id
                || other.chapter_id == paper.chapter_id && [&paper.sha256, &paper.uploaded_sha256].contains(&&other.sha256)
        };
        let copies = same.iter().filter(is_copy);
        closings.extend(copies.map(|copy| (Closing { document: copy.id, gift: *gift, kept_until }, copy.clone())));
    }
    Ok(closings)
}

/// Empties the names of papers, and takes them out of what uploads are compared by.
fn forget_names(errand: &mut Errand<'_>, papers: &[&Paper]) -> Result<(), PersonsError> {
    let labels = tree::labels(errand.conn, &papers.iter().map(|paper| paper.chapter_id).collect::<Vec<_>>())?;
    for paper in papers.iter().filter(|paper| !paper.name.is_empty()) {
        let chapter = labels.get(&paper.chapter_id).map_or("", |label| label.code.as_str());
        let file = uploads::Bare {
            chapter,
            purpose: &paper.purpose,
            media_type: &paper.media_type,
            size_bytes: paper.uploaded_bytes,
            sha256: &paper.uploaded_sha256,
        };
        let hash = file.hash(errand.vault);
        diesel::update(document::table.find(paper.id))
            .set((document::name.eq(Vec::<u8>::new()), document::request_hash.eq(hash)))
            .execute(errand.conn)?;
    }
    Ok(())
}

/// The names of papers by their ids, and when they were uploaded.
pub(super) fn names_of(
    errand: &mut Errand<'_>,
    ids: &[Uuid],
) -> Result<Vec<(String, chrono::DateTime<chrono::Utc>)>, PersonsError> {
    let papers = document::table.filter(document::id.eq_any(ids)).order(document::id).select(columns!());
    let papers: Vec<Paper> = papers.load(errand.conn)?;
    let mut named = Vec::with_capacity(papers.len());
    for paper in papers {
        named.push((paper.name(errand.vault)?.unwrap_or_default(), paper.uploaded_at));
    }
    Ok(named)
}

/// [`forget_names`] of papers by their ids.
pub(super) fn forget_names_of(errand: &mut Errand<'_>, ids: &[Uuid]) -> Result<(), PersonsError> {
    let papers: Vec<Paper> = document::table.filter(document::id.eq_any(ids)).select(columns!()).load(errand.conn)?;
    forget_names(errand, &papers.iter().collect::<Vec<_>>())
}

/// Takes somebody's name off papers that belong to no record.
fn unlinked_papers(errand: &mut Errand<'_>, of: &Mentioned) -> Result<usize, PersonsError> {
    use document_link as l;
    let (mut after, mut found) = (Uuid::nil(), 0);
    loop {
        let linked = l::table.filter(l::document_id.eq(document::id));
        let papers: Vec<Paper> = document::table
            .filter(document::chapter_id.eq_any(&of.chapters))
            .filter(document::id.gt(after))
            .filter(document::name.ne(Vec::<u8>::new()))
            .filter(diesel::dsl::not(diesel::dsl::exists(linked)))
            .order(document::id)
            .limit(BATCH)
            .select(columns!())
            .load(errand.conn)?;
        let Some(last) = papers.last() else { return Ok(found) };
        after = last.id;
        let mut named = Vec::new();
        for paper in &papers {
            if paper.name(errand.vault)?.is_some_and(|name| of.called.is_in(&name)) {
                named.push(paper);
            }
        }
        found += named.len();
        forget_names(errand, &named)?;
    }
}

/// An upload under way, as far as its name goes.
#[derive(Queryable)]
struct Announced {
    id: Uuid,
    chapter_id: Uuid,
    purpose: String,
    media_type: String,
    size_bytes: i64,
    sha256: String,
    name: Vec<u8>,
    /// It has become a paper, which is told of as one.
    is_done: bool,
}

/// Takes somebody's name off announcements of files; says how many of the files are still under way.
fn uploads_under_way(errand: &mut Errand<'_>, of: &Mentioned) -> Result<usize, PersonsError> {
    use upload as u;
    let done = document::table.filter(document::id.eq(u::id));
    let rows: Vec<Announced> = u::table
        .filter(u::chapter_id.eq_any(&of.chapters))
        .filter(u::name.ne(Vec::<u8>::new()))
        .order(u::id)
        .select((u::id, u::chapter_id, u::purpose, u::media_type, u::size_bytes, u::sha256, u::name, diesel::dsl::exists(done)))
        .for_no_key_update()
        .load(errand.conn)?;
    let labels = tree::labels(errand.conn, &rows.iter().map(|row| row.chapter_id).collect::<Vec<_>>())?;
    let mut found = 0;
    for row in rows {
        let name = errand.vault.open_text(place("upload", "name", &row.id), &row.name)?;
        if !of.called.is_in(&name) {
            continue;
        }
        let file = uploads::Bare {
            chapter: labels.get(&row.chapter_id).map_or("", |label| label.code.as_str()),
            purpose: &row.purpose,
            media_type: &row.media_type,
            size_bytes: row.size_bytes,
            sha256: &row.sha256,
        };
        let hash = file.hash(errand.vault);
        diesel::update(u::table.find(row.id))
            .set((u::name.eq(Vec::<u8>::new()), u::request_hash.eq(hash)))
            .execute(errand.conn)?;
        found += usize::from(!row.is_done);
    }
    Ok(found)
}

impl HoldsPersons for Papers {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: ("Bản chụp giấy tờ, chứng từ và tên tệp", "Scanned papers and vouchers, and names of files"),
            purpose: ("Chứng từ của mỗi khoản, quyết định, giấy đồng ý", "The paper behind an entry, a decision, a consent"),
            grounds: (
                "Luật Kế toán; sự đồng ý (Luật 91/2025/QH15, điều 9)",
                "Accounting law; consent (Law 91/2025/QH15, art. 9)",
            ),
            readers: (
                "Theo mục đích của từng loại giấy tờ; mỗi lần mở được ghi lại",
                "By the purpose of each paper; each opening is noted",
            ),
            period: (
                "Theo thời hạn của từng loại giấy tờ, rồi hệ thống tự xóa",
                "As long as each kind of paper is kept, then swept",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["document.name", "document.request_hash", "upload.name", "upload.request_hash"]
    }

    fn found(&self, errand: &mut Errand<'_>, of: &[Record]) -> Result<Vec<Holding>, PersonsError> {
        let until: HashMap<Uuid, NaiveDate> = of.iter().map(|record| (record.gift, record.kept_until)).collect();
        let papers = linked(errand.conn, &of.iter().map(|record| record.gift).collect::<Vec<_>>())?;
        let mut found = Vec::with_capacity(papers.len());
        for (gift, paper) in papers {
            found.push(Holding {
                what: "PAPER".to_owned(),
                gift: Some(gift),
                text: paper.name(errand.vault)?.unwrap_or_default(),
                since: Some(paper.uploaded_at),
                kept_until: until.get(&gift).copied(),
            });
        }
        Ok(found)
    }

    fn correct(&self, errand: &mut Errand<'_>, of: &[Corrected]) -> Result<(), PersonsError> {
        let called: HashMap<Uuid, (&Called, &Called)> = of.iter().map(|one| (one.record.gift, (&one.old, &one.new))).collect();
        for (gift, paper) in linked(errand.conn, &called.keys().copied().collect::<Vec<_>>())? {
            let Some(((old, new), name)) = called.get(&gift).zip(paper.name(errand.vault)?) else { continue };
            let right = old.replaced_in(&name, new);
            if right != name {
                let sealed = errand.vault.seal(place("document", "name", &paper.id), right.as_bytes())?;
                diesel::update(document::table.find(paper.id)).set(document::name.eq(sealed)).execute(errand.conn)?;
            }
        }
        Ok(())
    }

    fn erase(&self, errand: &mut Errand<'_>, of: &[Record]) -> Result<Vec<Kept>, PersonsError> {
        let papers = with_copies(errand.conn, of)?;
        forget_names(errand, &papers.iter().map(|(_, paper)| paper).collect::<Vec<_>>())?;
        let closings: Vec<Closing> = papers.iter().map(|(closing, _)| *closing).collect();
        closures::close(errand.conn, errand.now, Reason::Erased, &closings)?;
        let count = closings.iter().map(|closing| closing.document).collect::<BTreeSet<_>>().len();
        let until = closings.iter().map(|closing| closing.kept_until).max();
        Ok(if count == 0 { Vec::new() } else { vec![Kept { what: What::Paper, count, until }] })
    }

    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        let count = unlinked_papers(errand, of)? + uploads_under_way(errand, of)?;
        Ok(if count == 0 { Vec::new() } else { vec![Kept { what: What::UnlinkedPaper, count, until: None }] })
    }

    fn restrict(&self, errand: &mut Errand<'_>, of: &[Record], on: bool) -> Result<(), PersonsError> {
        if !on {
            return Ok(closures::reopen(errand.conn, &of.iter().map(|record| record.gift).collect::<Vec<_>>())?);
        }
        let closings: Vec<Closing> = with_copies(errand.conn, of)?.into_iter().map(|(closing, _)| closing).collect();
        Ok(closures::close(errand.conn, errand.now, Reason::Restricted, &closings)?)
    }

    fn audit(&self, conn: &mut PgConnection, findings: &mut Findings, erased: &[Record]) -> Result<(), DbError> {
        let codes: HashMap<Uuid, &str> = erased.iter().map(|record| (record.gift, record.code.as_str())).collect();
        let papers = linked(conn, &codes.keys().copied().collect::<Vec<_>>())?;
        use document_closure as c;
        let closed: Vec<(Uuid, Uuid)> = c::table
            .filter(c::subject_id.eq_any(codes.keys()))
            .filter(c::reason.eq(Reason::Erased.name()))
            .select((c::document_id, c::subject_id))
            .load(conn)?;
        for (gift, paper) in papers {
            let code = codes.get(&gift).copied().unwrap_or_default();
            if !closed.contains(&(paper.id, gift)) {
                findings.found("erased", code, format!("its giver was erased and its paper {} is open", paper.id));
            }
            if !paper.name.is_empty() {
                findings.found("erased", code, format!("its giver was erased and the file of its paper {} has a name", paper.id));
            }
        }
        Ok(())
    }
}
