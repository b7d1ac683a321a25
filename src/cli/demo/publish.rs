//! What was published of the demo's appeals, and what was forgotten: papers are made, uploaded and published the way
//! officers do it.

use chrono::{DateTime, Utc};
use print::{About, Body, Issuer, Paper, Piece};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Failure;
use crate::app::Shared;
use crate::authz::{Actor, RunAppeal, Visit};
use crate::documents::answers::title_of;
use crate::documents::assemble;
use crate::documents::model::{ContentHash, MediaType};
use crate::documents::store::Holder;
use crate::documents::uploads::{self, Begun, NewUpload};
use crate::giving::appeals;
use crate::giving::papers::OF_APPEALS;
use crate::http::{Kind, Problem};
use crate::publications::channel::Channel;
use crate::publications::milestones::Source;
use crate::publications::model::Event;
use crate::publications::publish::{self, NewPublication};
use crate::publications::store;
use crate::tree::ChapterId;
use crate::vault::place;

/// What is published of an appeal that is open, and of one that is over. The results of its use are not: that is overdue.
const OPEN: [Event; 1] = [Event::OpeningDocument];
const CLOSED: [Event; 3] = [Event::OpeningDocument, Event::SupportLevels, Event::ResultsReceived];

/// Publishes for an appeal of the demo what is not published yet: how it began when it was opened, the rest now.
pub(super) fn publish(
    shared: &Shared,
    actor: Actor,
    code: &str,
    opened: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let (row, done) = shared.db.tx_blocking(|conn| -> Result<_, Problem> {
        let row = appeals::find(conn, code)?.ok_or_else(Problem::not_found)?;
        let done = store::list(conn, row.id)?;
        Ok((row, done))
    })?;
    let events: &[Event] = if row.state == "CLOSED" { &CLOSED } else { &OPEN };
    for event in events.iter().filter(|event| done.iter().all(|made| made.published.event != event.name())) {
        let title = format!("{}: {}", event.label().vi, row.title);
        let bytes = paper(&title, &row.purpose)?;
        let new = NewPublication {
            id: Uuid::now_v7(),
            event: *event,
            period: None,
            source: Source::Document(upload(shared, actor, ChapterId(row.chapter_id), now, &bytes)?),
            title: title_of(&title)?,
            version: None,
            channels: vec![Channel::Website, Channel::PlaceOfReceiving, Channel::PlaceOfAid],
        };
        shared.db.tx_blocking(|conn| -> Result<(), Problem> {
            let v = &mut Visit::enter(conn, &shared.vault, now, actor)?;
            let row = appeals::find_for_update(v.conn, code)?.ok_or_else(Problem::not_found)?;
            let grant = v.at::<RunAppeal>(ChapterId(row.chapter_id))?;
            // Nobody had a role then: the right is today's, the day is not.
            v.now = if *event == Event::OpeningDocument { opened } else { now };
            publish::publish(v, &grant, &row, &new)?;
            Ok(())
        })?;
    }
    Ok(())
}

/// A sheet with a heading and a text.
fn paper(title: &str, text: &str) -> Result<Vec<u8>, Failure> {
    let paper = Paper {
        lang: "vi",
        about: About { title: title.to_owned(), id: title.to_owned(), day: (2026, 1, 1) },
        issuer: Issuer { above: None, name: "HỘI CHỮ THẬP ĐỎ VIỆT NAM".to_owned(), address: None },
        series: None,
        number: None,
        link: None,
        title: title.to_owned(),
        subtitle: None,
        day: None,
        cancelled: None,
        body: Body::Flow(vec![Piece::Text(text.to_owned())]),
        signatures: Vec::new(),
        note: Some("(Tài liệu mẫu của bản chạy thử)".to_owned()),
        foot: None,
        copies: Vec::new(),
        sheet: "Trang",
    };
    Ok(print::pdf(&paper)?)
}

/// One upload in one chunk, by the same steps as over HTTP. Returns the document's id.
fn upload(shared: &Shared, actor: Actor, chapter: ChapterId, now: DateTime<Utc>, bytes: &[u8]) -> Result<Uuid, Failure> {
    let (id, archive, vault) = (Uuid::now_v7(), &shared.archive, &shared.vault);
    let mut writer = archive.begin_chunk(id, 0)?;
    writer.write(bytes)?;
    let chunk = writer.finish()?;
    let hash = ContentHash::of(Sha256::new_with_prefix(bytes));
    let new = NewUpload {
        id,
        purpose: OF_APPEALS.purpose,
        name: vault.seal(place("upload", "name", &id), "van-ban.pdf".as_bytes())?,
        media_type: MediaType::Pdf.name(),
        size_bytes: i64::try_from(bytes.len())?,
        sha256: hash.to_string(),
        request_hash: vault.hash("upload.request", hash.as_str().as_bytes()).to_vec(),
        bare_hash: vault.hash("upload.request.bare", hash.as_str().as_bytes()).to_vec(),
    };
    let holder = |conn: &mut diesel::PgConnection| -> Result<Holder, Problem> {
        Ok(Holder::of(&mut Visit::enter(conn, vault, now, actor)?, chapter, &OF_APPEALS)?)
    };
    let row = shared.db.tx_blocking(|conn| -> Result<_, Problem> {
        let holder = holder(conn)?;
        let Begun::New(mut row) = uploads::begin(conn, &holder, now, &new, &archive.limits)? else {
            return Err(Problem::new(Kind::Conflict));
        };
        uploads::take(conn, &mut row, 0, &chunk, &archive.limits)?;
        Ok(row)
    })?;
    let outcome = assemble::assemble(archive, &row, std::slice::from_ref(&chunk.file))?;
    shared.db.tx_blocking(|conn| -> Result<(), Problem> {
        let holder = holder(conn)?;
        assemble::complete(conn, archive, vault, &holder, now, id, &outcome)
    })?;
    archive.drop_upload(id);
    Ok(id)
}
