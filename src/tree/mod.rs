//! Chapter ids and the ancestor closure: what authorization and features need of the hierarchy, nothing more.
//!
//! Invariant (kept by the trigger `chapter_close`): every chapter has one closure row for itself (depth 0) and one
//! for each chapter above it, up to the central one. A chapter never moves; reorganisation founds a successor.
//!
//! So there are two lines upwards. The tree says where something was booked, for good: sums and leaves follow it. The *line of
//! today* says who decides: walking up, a successor takes the place of what it succeeded (`chapter_stand_in`, which the
//! database keeps as it keeps the closure).

pub mod folding;
mod going_on;
pub mod small_cells;

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

pub use going_on::goes_on_for;

use crate::basics::codes::codes;
use crate::db::DbError;
use crate::db::schema::{chapter, chapter_ancestor, chapter_stand_in, chapter_successor};
use crate::db::shown;
use crate::db::statement::statement;
use crate::house::Room;
use crate::house::audit::{Audit, Audits};
use crate::house::succession::Succession::Stays;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["chapter_ancestor", "chapter_stand_in", "chapter_successor"],
    audits: &[&Closure],
    chapters: &[
        ("chapter_ancestor.chapter_id", Stays),
        ("chapter_ancestor.ancestor_id", Stays),
        ("chapter_stand_in.chapter_id", Stays),
        ("chapter_stand_in.stand_in_id", Stays),
        ("chapter_successor.old_id", Stays),
        ("chapter_successor.new_id", Stays),
    ],
    ..Room::called("tree")
};

/// Internal id of a chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChapterId(pub Uuid);

/// A chapter where it stands in the tree: its own code and, above it, the chapters at depth 1 and 2 from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub id: ChapterId,
    pub code: String,
    pub short_name: String,
    /// Central first, the chapter itself last.
    pub path: Vec<Step>,
    /// Books are closed for merged and dissolved chapters.
    pub accepts_entries: bool,
}

/// One chapter on the way down from the central one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub id: ChapterId,
    pub code: String,
    pub short_name: String,
}

impl Place {
    /// The provincial chapter above (or the chapter itself, if it is one).
    pub fn province(&self) -> Option<&Step> {
        self.path.get(1)
    }

    /// What a leaf says as its `province`: the provincial chapter above, or of what stands below none, the chapter itself.
    pub fn leaf_province(&self) -> &str {
        self.province().map_or(self.code.as_str(), |step| step.code.as_str())
    }

    /// The chapter two steps below the centre: the commune, school or agency that a branch belongs to.
    pub fn grassroots(&self) -> Option<&Step> {
        self.path.get(2)
    }

    pub fn is_below_or_at(&self, other: ChapterId) -> bool {
        self.path.iter().any(|step| step.id == other)
    }
}

/// A chapter and one step of its path: id, code, short name, status; id, code and short name of the step.
type Row = (Uuid, String, String, String, Uuid, String, String);

/// Chapters with their paths, as [`Row`]s, the central step first.
macro_rules! paths {
    () => {{
        let above = diesel::alias!(chapter as above);
        chapter::table
            .inner_join(chapter_ancestor::table.on(chapter_ancestor::chapter_id.eq(chapter::id)))
            .inner_join(above.on(chapter_ancestor::ancestor_id.eq(above.field(chapter::id))))
            .order((chapter::code, chapter_ancestor::depth.desc()))
            .select((
                chapter::id,
                chapter::code,
                chapter::short_name,
                chapter::status,
                above.field(chapter::id),
                above.field(chapter::code),
                above.field(chapter::short_name),
            ))
    }};
}

/// Places by id.
fn walked(rows: Vec<Row>) -> HashMap<Uuid, Place> {
    let mut places = HashMap::new();
    for (id, code, short_name, status, step_id, step_code, step_name) in rows {
        let place = places.entry(id).or_insert_with(|| Place {
            id: ChapterId(id),
            code,
            short_name,
            path: Vec::new(),
            accepts_entries: matches!(status.as_str(), "ACTIVE" | "PROVISIONAL" | "MERGING"),
        });
        place.path.push(Step { id: ChapterId(step_id), code: step_code, short_name: step_name });
    }
    places
}

/// The places of chapters by code, in one query. Unknown codes are absent.
pub fn places(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, Place>, DbError> {
    let places = walked(paths!().filter(chapter::code.eq_any(codes)).load(conn)?);
    Ok(places.into_values().map(|place| (place.code.clone(), place)).collect())
}

/// The places of chapters by id, in one query.
pub fn places_of(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Place>, DbError> {
    Ok(walked(paths!().filter(chapter::id.eq_any(ids)).load(conn)?))
}

/// The central chapter: the one with nothing above it.
pub fn centre(conn: &mut PgConnection) -> Result<ChapterId, DbError> {
    Ok(ChapterId(chapter::table.filter(chapter::parent_id.is_null()).select(chapter::id).first(conn)?))
}

/// The places of all chapters, by id.
pub fn all_places(conn: &mut PgConnection) -> Result<HashMap<Uuid, Place>, DbError> {
    Ok(walked(paths!().load(conn)?))
}

/// The closure must be what the parents of the chapters say, and who stands in what the successors say.
pub struct Closure;

impl Audits for Closure {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.findings.ask(audit.conn, "chapter_closure", CLOSURE)?;
        audit.findings.ask(audit.conn, "chapter_stand_in", STAND_INS)
    }
}

const STAND_INS: &str = "SELECT coalesce((SELECT code FROM chapter WHERE id = chapter_id), chapter_id::text),
       format('%s stands in at depth %s, by the successors at depth %s', (SELECT code FROM chapter WHERE id = stand_in_id),
              coalesce(i.depth::text, '-'), coalesce(t.depth::text, '-'))
FROM chapter_line_of_today(ARRAY(SELECT id FROM chapter)) t FULL JOIN chapter_stand_in i USING (chapter_id, stand_in_id)
WHERE (i.depth, i.from_depth, i.leads) IS DISTINCT FROM (t.depth, t.from_depth, t.leads)";

const CLOSURE: &str = "WITH RECURSIVE up(chapter_id, ancestor_id, depth) AS (
    SELECT id, id, 0 FROM chapter
    UNION ALL
    SELECT up.chapter_id, c.parent_id, up.depth + 1 FROM up JOIN chapter c ON c.id = up.ancestor_id
    WHERE c.parent_id IS NOT NULL AND up.depth < 9)
SELECT coalesce((SELECT code FROM chapter WHERE id = chapter_id), chapter_id::text),
       format('stands at depth %s below %s, by its parents at depth %s', coalesce(a.depth::text, '-'),
              coalesce((SELECT code FROM chapter WHERE id = ancestor_id), ancestor_id::text), coalesce(up.depth::text, '-'))
FROM up FULL JOIN chapter_ancestor a USING (chapter_id, ancestor_id) WHERE up.depth IS DISTINCT FROM a.depth";

/// The place of one chapter, by code.
pub fn place(conn: &mut PgConnection, code: &str) -> Result<Option<Place>, DbError> {
    Ok(places(conn, &[code])?.remove(code))
}

/// The place of one chapter, by id: what somebody holds who has a grant there.
pub fn place_of(conn: &mut PgConnection, id: ChapterId) -> Result<Place, DbError> {
    Ok(places_of(conn, &[id.0])?.remove(&id.0).ok_or(diesel::result::Error::NotFound)?)
}

codes! {
    /// Level of a chapter (cấp Hội).
    #[derive(Hash)]
    #[schema(as = ChapterLevel)]
    pub wire enum Level {
        /// Trung ương Hội.
        Central = "CENTRAL",
        /// Hội cấp tỉnh.
        Province = "PROVINCE",
        /// Hội cấp huyện, until 30/6/2025.
        District = "DISTRICT",
        /// Hội cấp xã.
        Commune = "COMMUNE",
        /// Hội cơ sở of an agency, school, hospital or enterprise: "and equivalents" of the statutes.
        Grassroots = "GRASSROOTS",
        /// Chi hội.
        Branch = "BRANCH",
    }
}

/// The level of a chapter.
pub fn level(conn: &mut PgConnection, id: ChapterId) -> Result<Option<Level>, DbError> {
    let name: Option<String> = chapter::table.find(id.0).select(chapter::level).first(conn).optional()?;
    Ok(name.as_deref().and_then(Level::parse))
}

statement! {
    struct LineOfToday {
        chapter: Uuid => diesel::sql_types::Uuid,
        same: Uuid => diesel::sql_types::Uuid,
    } -> (diesel::sql_types::Uuid, diesel::sql_types::Text),
    "SELECT c.id, c.level FROM (
         SELECT a.ancestor_id AS id, a.depth FROM chapter_ancestor a
         WHERE a.chapter_id = ? AND NOT EXISTS (SELECT FROM chapter_stand_in i WHERE i.chapter_id = a.chapter_id AND i.from_depth <= a.depth)
         UNION ALL
         SELECT i.stand_in_id, i.depth FROM chapter_stand_in i WHERE i.chapter_id = ? AND i.leads
     ) l JOIN chapter c ON c.id = l.id ORDER BY l.depth"
}

/// Those who decide about a chapter with their levels, the nearest first: itself and those above it, on the line of today.
pub fn line(conn: &mut PgConnection, id: ChapterId) -> Result<Vec<(ChapterId, Level)>, DbError> {
    let rows: Vec<(Uuid, String)> = LineOfToday { chapter: &id.0, same: &id.0 }.load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, level)| Some((ChapterId(id), Level::parse(&level)?))).collect())
}

/// What a chapter has taken over, besides its own: it and every chapter that it goes on for.
pub fn with_succeeded(conn: &mut PgConnection, here: ChapterId) -> Result<Vec<Uuid>, DbError> {
    use chapter_stand_in as i;
    let mut all: Vec<Uuid> =
        i::table.filter(i::stand_in_id.eq(here.0)).filter(i::depth.eq(0)).filter(i::leads).select(i::chapter_id).load(conn)?;
    all.push(here.0);
    Ok(all)
}

/// A list of what a chapter has and has taken over, in the order of `key`: each chapter's by its own index, then the first of all of them.
pub fn merged<R, K: Ord>(
    conn: &mut PgConnection,
    here: ChapterId,
    rows: i64,
    mut find: impl FnMut(&mut PgConnection, Uuid) -> Result<Vec<R>, DbError>,
    key: impl Fn(&R) -> K,
) -> Result<Vec<R>, DbError> {
    let mut all = Vec::new();
    for chapter in with_succeeded(conn, here)? {
        all.extend(find(conn, chapter)?);
    }
    all.sort_by_key(&key);
    // What went from one of them to the other is found at both.
    all.dedup_by_key(|row| key(row));
    all.truncate(usize::try_from(rows).unwrap_or_default());
    Ok(all)
}

/// Who goes on for each of these chapters today; those that were not succeeded are absent.
pub fn successors(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, DbError> {
    use chapter_stand_in as i;
    let rows: Vec<(Uuid, Uuid)> = i::table
        .filter(i::chapter_id.eq_any(ids))
        .filter(i::depth.eq(0))
        .filter(i::from_depth.eq(0))
        .filter(i::leads)
        .select((i::chapter_id, i::stand_in_id))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Who goes on for a chapter today; nobody where it was not succeeded.
pub fn successor(conn: &mut PgConnection, id: ChapterId) -> Result<Option<ChapterId>, DbError> {
    Ok(successors(conn, &[id.0])?.remove(&id.0).map(ChapterId))
}

/// Whether what was begun at a chapter is still gone on with: its books are open, or another one has succeeded it. (What is new is not.)
pub fn goes_on(conn: &mut PgConnection, place: &Place) -> Result<bool, DbError> {
    Ok(place.accepts_entries || successor(conn, place.id)?.is_some())
}

/// A chapter that another one went up in, or that did so.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Related {
    pub code: String,
    pub name: String,
    pub since: NaiveDate,
    /// Of several successors, the one that goes on with whatever is not given to another.
    pub leads: bool,
}

/// What a chapter went up in, the leading one first. Public.
pub fn went_up_in(conn: &mut PgConnection, id: Uuid) -> Result<Vec<Related>, DbError> {
    use chapter_successor as s;
    Ok(s::table
        .inner_join(chapter::table.on(chapter::id.eq(s::new_id)))
        .filter(s::old_id.eq(id))
        .order((s::leads.desc(), chapter::code))
        .select((chapter::code, chapter::name, s::since, s::leads))
        .load(conn)?)
}

/// What went up in a chapter, the newest first. Public.
pub fn came_from(conn: &mut PgConnection, id: Uuid) -> Result<Vec<Related>, DbError> {
    use chapter_successor as s;
    Ok(s::table
        .inner_join(chapter::table.on(chapter::id.eq(s::old_id)))
        .filter(s::new_id.eq(id))
        .order((s::since.desc(), chapter::code))
        .select((chapter::code, chapter::name, s::since, s::leads))
        .load(conn)?)
}

/// Notes what a chapter goes up in, from a day on; the first leads. Whoever holds a right there from now on holds it here.
pub fn succeed(conn: &mut PgConnection, old: ChapterId, by: &[ChapterId], since: NaiveDate) -> Result<(), DbError> {
    use chapter_successor as s;
    let rows = by.iter().enumerate();
    let rows: Vec<_> =
        rows.map(|(n, new)| (s::old_id.eq(old.0), s::new_id.eq(new.0), s::since.eq(since), s::leads.eq(n == 0))).collect();
    shown::alters(conn);
    diesel::insert_into(s::table).values(rows).execute(conn)?;
    Ok(())
}

/// The chapters at and below a chapter, as a subquery for others' lists.
#[diesel::dsl::auto_type]
pub fn at_and_below(id: Uuid) -> _ {
    chapter_ancestor::table.filter(chapter_ancestor::ancestor_id.eq(id)).select(chapter_ancestor::chapter_id)
}

/// For each of these chapters, itself and every chapter above it.
pub fn lines(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Uuid>>, DbError> {
    let rows: Vec<(Uuid, Uuid)> = chapter_ancestor::table
        .filter(chapter_ancestor::chapter_id.eq_any(ids))
        .select((chapter_ancestor::chapter_id, chapter_ancestor::ancestor_id))
        .load(conn)?;
    let mut lines: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (chapter, above) in rows {
        lines.entry(chapter).or_default().push(above);
    }
    Ok(lines)
}

/// What a chapter is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub code: String,
    pub name: String,
}

/// Codes and names of chapters by id.
pub fn labels(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Label>, DbError> {
    let rows: Vec<(Uuid, String, String)> =
        chapter::table.filter(chapter::id.eq_any(ids)).select((chapter::id, chapter::code, chapter::name)).load(conn)?;
    Ok(rows.into_iter().map(|(id, code, name)| (id, Label { code, name })).collect())
}

/// Codes of chapters by id, in one query.
pub fn codes(conn: &mut PgConnection, ids: impl IntoIterator<Item = Uuid>) -> Result<HashMap<Uuid, String>, DbError> {
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let rows: Vec<(Uuid, String)> =
        chapter::table.filter(chapter::id.eq_any(ids)).select((chapter::id, chapter::code)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The code of a chapter by id.
pub fn code_of(conn: &mut PgConnection, id: ChapterId) -> Result<String, DbError> {
    Ok(chapter::table.find(id.0).select(chapter::code).first(conn)?)
}
