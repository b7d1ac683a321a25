//! Publishing, in one transaction: the document is linked to the appeal and shown, the leaf and the row are written.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::channel::Channel;
use super::duties;
use super::milestones::Source;
use super::model::{Duty, Event};
use super::store::{self, NewRow, PublicationRow, PublishedRow};
use crate::authz::{Granted, Right, RunAppeal, Visit};
use crate::basics::clock::vietnam_date;
use crate::basics::{Line, PublicCode};
use crate::changes::{self, Change};
use crate::documents::answers::{refused_link, refused_publication};
use crate::documents::model::ContentHash;
use crate::documents::store::{self as documents, Holder, Shown, Subject};
use crate::giving::appeals::AppealRow;
use crate::giving::papers::OF_APPEALS;
use crate::giving::publishing::refuse_draft;
use crate::house::feed::Feed;
use crate::http::{Kind as ProblemKind, Problem};
use crate::ledger::kinds::Kind;
use crate::log::leaf::{Core, Leaf, LeafError, LeafV1};
use crate::log::{self, commitment};
use crate::statements::Statement;
use crate::statements::store as statements;
use crate::tree::{self, Place};

/// Publications of an appeal; they are read with it.
pub static PUBLICATIONS: Feed = Feed { kind: "PUBLICATION", read_at: "/appeals/{code}/publications" };

/// Most publications of one appeal: they are listed whole.
const MOST: usize = 200;

/// What is asked for, every field checked.
pub struct NewPublication {
    pub id: Uuid,
    pub event: Event,
    pub period: Option<NaiveDate>,
    pub source: Source,
    pub title: Line,
    /// The number it is to get; whatever is next if absent.
    pub version: Option<i32>,
    /// With the website, in order, each once.
    pub channels: Vec<Channel>,
}

impl NewPublication {
    fn channels(&self) -> Vec<String> {
        self.channels.iter().map(|channel| channel.name().to_owned()).collect()
    }

    /// Whether the same paper is published again only to say where else it was put up since.
    fn is_shown_more_widely(&self, before: &PublishedRow) -> bool {
        before.channels.iter().all(|known| self.channels().contains(known)) && self.channels.len() > before.channels.len()
    }

    /// Whether this is what was published under its id.
    fn is(&self, row: &PublicationRow, appeal: Uuid) -> bool {
        let known = &row.published;
        known.appeal_id == appeal
            && known.event == self.event.name()
            && known.period == self.period
            && row.document_id == self.source.document()
            && known.statement.as_deref() == self.source.statement()
            && known.title == self.title.as_str()
            && known.channels == self.channels()
            && self.version.is_none_or(|version| version == known.version)
    }
}

/// Publishes for an appeal of the granted chapter, which the caller has locked. (the publication, whether it is new)
pub fn publish(
    v: &mut Visit<'_>,
    by: &Granted<RunAppeal>,
    appeal: &AppealRow,
    new: &NewPublication,
) -> Result<(PublicationRow, bool), Problem> {
    if let Some(known) = store::find(v.conn, new.id)? {
        return if new.is(&known, appeal.id) { Ok((known, false)) } else { Err(Problem::new(ProblemKind::IdTaken)) };
    }
    refuse_draft(appeal)?;
    let today = vietnam_date(v.now);
    duty_of(duties::of_one(v.conn, appeal, today)?, new.event, new.period, today)?;
    let all = store::of_appeals(v.conn, &[appeal.id])?.remove(&appeal.id).unwrap_or_default();
    let before = all.iter().rfind(|row| row.event == new.event.name() && row.period == new.period);
    let version = before.map_or(1, |row| row.version + 1);
    check_version(all.len(), version, new.version)?;
    let sha256 = match &new.source {
        Source::Document(document) => show_document(v, by, appeal, new, *document, before)?,
        Source::Statement(code) => {
            let sha256 = stated(v.conn, appeal, new.event, code)?.sha256;
            refuse_the_same(v.conn, appeal, new, &sha256, before)?;
            sha256
        }
    };
    write(v, by, appeal, new, sha256, before)
}

/// Writes a version of what is published, with its leaf. (the publication, whether it is new)
pub(super) fn write<R: Right>(
    v: &mut Visit<'_>,
    by: &Granted<R>,
    appeal: &AppealRow,
    new: &NewPublication,
    sha256: String,
    before: Option<&PublishedRow>,
) -> Result<(PublicationRow, bool), Problem> {
    let version = before.map_or(1, |row| row.version + 1);
    let place = tree::place(v.conn, &appeal.chapter)?.ok_or_else(Problem::not_found)?;
    let mut row = PublishedRow {
        code: PublicCode::random().map_err(Problem::internal)?.as_str().to_owned(),
        appeal_id: appeal.id,
        event: new.event.name().to_owned(),
        period: new.period,
        version,
        replaces: before.map(|row| row.code.clone()),
        sha256,
        title: new.title.as_str().to_owned(),
        channels: new.channels(),
        published_on: vietnam_date(v.now),
        leaf_hash: Vec::new(),
        statement: new.source.statement().map(str::to_owned),
    };
    let leaf = leaf_of(&row, &appeal.code, &place).map_err(Problem::internal)?;
    row.leaf_hash = leaf.hash.to_vec();
    let seq = log::store::append(v.conn, &[log::store::NewLeaf { entry: row.code.clone(), leaf, opening: None }])?;
    let seq = seq.first().copied().unwrap_or_default();
    if !store::insert(v.conn, by, v.now, &NewRow { published: &row, id: new.id, seq, document: new.source.document() })? {
        return Err(Problem::new(ProblemKind::IdTaken));
    }
    changes::note(v.conn, &[Change::of(&PUBLICATIONS, by.chapter(), &appeal.code)])?;
    v.note_with(by, "APPEAL_PUBLICATION", new.id, &json!({"appeal": appeal.code, "event": row.event, "version": version}))?;
    Ok((store::find(v.conn, new.id)?.ok_or_else(Problem::not_found)?, true))
}

/// The duty this is for, if it may be published already.
fn duty_of(duties: Vec<Duty>, event: Event, period: Option<NaiveDate>, today: NaiveDate) -> Result<Duty, Problem> {
    if !duties.iter().any(|duty| duty.event == event) {
        return Err(Problem::field(
            "/event",
            "NOT_REQUIRED",
            "Đợt này không phải công khai mục đó.",
            "Nothing of this kind is to be published of this appeal.",
        ));
    }
    let found = duties.into_iter().find(|duty| duty.event == event && duty.period == period);
    let duty = found.ok_or_else(|| {
        Problem::field(
            "/period",
            "NO_SUCH_PERIOD",
            "Không có kỳ này: hãy chọn kỳ trong danh sách phải công khai.",
            "There is no such period: see `period` in the list of what is to be published.",
        )
    })?;
    if today < duty.from {
        return Err(Problem::say(
            ProblemKind::Conflict,
            format!("Chưa đến lúc: công khai mục này từ ngày {}.", duty.from.format("%d/%m/%Y")),
            format!("Too soon: this is published from {} on.", duty.from),
        ));
    }
    Ok(duty)
}

/// Versions only grow, one after the other.
fn check_version(published: usize, next: i32, asked: Option<i32>) -> Result<(), Problem> {
    if asked.is_some_and(|asked| asked != next) {
        return Err(Problem::say(
            ProblemKind::Conflict,
            format!("Bản tiếp theo là bản {next}: hãy xem lại những gì đã công bố."),
            format!("The next version is {next}: look again at what was published."),
        ));
    }
    if published >= MOST {
        return Err(Problem::say(
            ProblemKind::Conflict,
            format!("Đợt này đã có {MOST} lần công bố."),
            format!("There are {MOST} publications of this appeal already."),
        ));
    }
    Ok(())
}

/// The statement of an event about an appeal.
fn stated(conn: &mut PgConnection, appeal: &AppealRow, event: Event, code: &str) -> Result<Statement, Problem> {
    let is_of = |row: &Statement| row.appeal.as_deref() == Some(&appeal.code) && row.event == event.name();
    statements::find(conn, code)?.filter(is_of).ok_or_else(|| {
        Problem::field(
            "/statement",
            "NO_SUCH_STATEMENT",
            "Không có bản công bố này của đợt.",
            "There is no such statement of this event about the appeal.",
        )
    })
}

/// Links the document if it is not linked yet, and shows it. Returns its hash.
fn show_document(
    v: &mut Visit<'_>,
    by: &Granted<RunAppeal>,
    appeal: &AppealRow,
    new: &NewPublication,
    document: Uuid,
    before: Option<&PublishedRow>,
) -> Result<String, Problem> {
    let subject = Subject { paper: &OF_APPEALS, id: appeal.id };
    let by = Holder::RunAppeal(by.clone());
    let linked = documents::link(v.conn, &by, v.now, document, subject)?;
    if let Some(problem) = refused_link(&linked) {
        return Err(problem);
    }
    let sha256 = documents::find(v.conn, document)?.ok_or_else(Problem::not_found)?.sha256;
    refuse_the_same(v.conn, appeal, new, &sha256, before)?;
    let published = documents::publish(v.conn, &by, v.now, document, subject, new.title.as_str())?;
    match refused_publication(&published) {
        Some(problem) => Err(problem),
        None => Ok(sha256),
    }
}

/// The newest version again is nothing new, unless it was put up at more places.
fn refuse_the_same(
    conn: &mut PgConnection,
    appeal: &AppealRow,
    new: &NewPublication,
    sha256: &str,
    before: Option<&PublishedRow>,
) -> Result<(), Problem> {
    let shown = Shown::of(conn, &[appeal.id])?;
    let stands = |row: &PublishedRow| row.sha256 == sha256 && shown.withdrawn_on(appeal.id, &row.sha256).is_none();
    if before.is_some_and(|row| stands(row) && !new.is_shown_more_widely(row)) {
        return Err(Problem::say(
            ProblemKind::Conflict,
            "Bản mới nhất đã là tài liệu này. Nếu đã niêm yết thêm nơi khác, hãy ghi thêm những nơi đó.",
            "The newest version is this very document. Where it was put up elsewhere since, add those places.",
        ));
    }
    Ok(())
}

/// The leaf of a publication. Everything in it is public, so its `pd` commits to no fields.
pub(super) fn leaf_of(row: &PublishedRow, appeal: &str, place: &Place) -> Result<Leaf, LeafError> {
    let mut leaf = LeafV1::of(Core {
        kind: Kind::Publication.name(),
        entry: &row.code,
        chapter: &place.code,
        province: place.leaf_province(),
        day: row.published_on,
        booked: row.published_on,
        pd: commitment::commit(&[0; 32], &[]),
    });
    leaf.appeal = Some(appeal);
    leaf.of = row.replaces.as_deref();
    leaf.event = Some(&row.event);
    leaf.period = row.period;
    leaf.doc = ContentHash::parse(&row.sha256).map(|hash| hash.bytes());
    leaf.encode()
}
