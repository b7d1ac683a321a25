//! `/api/v1/public/chapters`: the tree with its totals, and finding a chapter by name.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::held::{HeldAndOpen, Of};
use super::members::{self, MembersOfYear};
use super::totals::{Spent, Sum, TotalsOut, spent};
use super::volunteers::{self, VolunteersOfYear};
use super::{CACHE_CONTROL_LIST, answer};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::chapters::find::{self, MatchedName};
use crate::chapters::life_store;
use crate::chapters::model::{Contact, vietnamese_kind};
use crate::chapters::reference::CENTRAL;
use crate::chapters::shown::{FormerNameOut, ProvisionalOut, RelatedChapter};
use crate::chapters::store::{self, ChapterRow};
use crate::chapters::units::{self, UnitRow};
use crate::committees::shown::{self as committees, PublicCommittee};
use crate::db::Db;
use crate::http::sets::{Searches, Shows};
use crate::http::{Cursor, Page, Problem, Query, one_line, rows_a_page};
use crate::ledger::totals;
use crate::tree::{self, Related};

/// A chapter in a list, with what it and everything below it received and spent.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChapterOut {
    #[schema(example = "23095")]
    pub code: String,
    #[schema(example = "TERRITORIAL")]
    pub kind: String,
    #[schema(example = "COMMUNE")]
    pub level: String,
    #[schema(example = "ACTIVE")]
    pub status: String,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub name: String,
    #[serde(flatten)]
    pub received: Sum,
    /// Without what is kept apart.
    #[serde(flatten)]
    pub spent: Spent,
    /// In a search: the old names it was found by, when today's name is not what was typed. An old name may lead to
    /// several chapters: each says which part came to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub matched_by: Vec<MatchedBy>,
}

/// An old name that leads to a chapter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MatchedBy {
    #[schema(example = "Xã Hàm Chính")]
    pub old_name: String,
    /// The old district and province: many old names are not unique.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Huyện Hàm Thuận Bắc")]
    pub district: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Tỉnh Bình Thuận")]
    pub province: Option<String>,
    /// `WHOLE` or `PARTIAL` (một phần); absent for a name the chapter itself had.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "WHOLE")]
    pub relation: Option<String>,
    /// The words of the statistics office.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nhập toàn bộ")]
    pub note: Option<String>,
}

/// Most old names shown with a chapter; a district's name may fit all its communes.
const MAX_MATCHED: usize = 20;

impl From<MatchedName> for MatchedBy {
    fn from(name: MatchedName) -> Self {
        Self {
            old_name: name.old_name,
            district: name.district,
            province: name.province,
            relation: name.relation,
            note: name.note,
        }
    }
}

/// One chapter.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChapterDetail {
    #[serde(flatten)]
    pub chapter: ChapterOut,
    /// Chapters above, central first.
    pub ancestors: Vec<ChapterRef>,
    /// What the administrative unit is and was called, newest first.
    pub unit: Vec<UnitVersion>,
    #[schema(example = "Trường THCS Hàm Liêm")]
    pub short_name: String,
    pub founded_on: NaiveDate,
    /// The office; never a person's.
    pub contact: Contact,
    /// The decision by which its committee is provisional (lâm thời).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisional: Option<ProvisionalOut>,
    /// Names it had before, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub former_names: Vec<FormerNameOut>,
    /// What it went up in, the leading one first. What it received and did stays here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub successors: Vec<RelatedChapter>,
    /// What went up in it, the newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub predecessors: Vec<RelatedChapter>,
    /// Its committees in office, with their posts; a name only where its holder agrees.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub committees: Vec<PublicCommittee>,
    pub totals: TotalsOut,
    /// Goods in stock, advances that are not cleared, transfers that nobody has confirmed.
    pub held: HeldAndOpen,
    /// Members at the end of each year, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MembersOfYear>,
    /// Volunteers at the end of each year, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub volunteers: Vec<VolunteersOfYear>,
}

/// A chapter by code and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChapterRef {
    pub code: String,
    pub name: String,
}

/// One version of an administrative unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitVersion {
    #[schema(example = "Thành phố Đồng Nai")]
    pub full_name: String,
    #[schema(example = "MUNICIPALITY")]
    pub kind: String,
    #[schema(example = "thành phố trực thuộc trung ương")]
    pub kind_name: &'static str,
    pub valid_from: NaiveDate,
    /// The day from which the next version holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    pub resolution: String,
}

impl From<UnitRow> for UnitVersion {
    fn from(unit: UnitRow) -> Self {
        Self {
            kind_name: vietnamese_kind(&unit.kind),
            full_name: unit.full_name,
            kind: unit.kind,
            valid_from: unit.valid_from,
            valid_to: unit.valid_to,
            resolution: unit.resolution,
        }
    }
}

fn with_totals(conn: &mut PgConnection, rows: Vec<ChapterRow>) -> Result<Vec<ChapterOut>, Problem> {
    let ids: Vec<uuid::Uuid> = rows.iter().map(|row| row.id).collect();
    let mut sums: HashMap<uuid::Uuid, Sum> = HashMap::new();
    for (scope, row) in totals::received_of_scopes(conn, &ids, None)? {
        sums.entry(scope).or_default().add_received(&row);
    }
    let spent = spent(conn, &ids, None)?;
    Ok(rows
        .into_iter()
        .map(|row| ChapterOut {
            received: sums.get(&row.id).copied().unwrap_or_default(),
            spent: spent.get(&row.id).map(|sums| sums.subtree).unwrap_or_default(),
            code: row.code,
            kind: row.kind,
            level: row.level,
            status: row.status,
            name: row.name,
            matched_by: Vec::new(),
        })
        .collect())
}

/// Which chapters.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChaptersQuery {
    /// Words of the name, with or without accents, the last perhaps only begun; old names too. After a comma, places
    /// above: `Hàm Chính, Bình Thuận`.
    #[param(example = "ham liem", max_length = 100)]
    q: Option<String>,
    /// Code of the chapter whose children to list; the central one unless given. Not together with `q`.
    parent: Option<String>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A page of a search: chapters with their ranks and, where old names led to them, these.
fn searched(
    conn: &mut PgConnection,
    q: &str,
    after: Option<(i64, String)>,
    limit: i64,
) -> Result<Vec<(i64, ChapterOut)>, Problem> {
    let (found, names) = find::chapters(conn, q, after, limit)?;
    let mut by_chapter: HashMap<uuid::Uuid, Vec<MatchedBy>> = HashMap::new();
    for name in names {
        by_chapter.entry(name.chapter).or_default().push(name.into());
    }
    let (ranks, rows): (Vec<i64>, Vec<ChapterRow>) = found.into_iter().unzip();
    let ids: Vec<uuid::Uuid> = rows.iter().map(|row| row.id).collect();
    let mut rows = with_totals(conn, rows)?;
    for (row, id) in rows.iter_mut().zip(ids) {
        row.matched_by = by_chapter.remove(&id).unwrap_or_default();
        row.matched_by.truncate(MAX_MATCHED);
    }
    Ok(ranks.into_iter().zip(rows).collect())
}

/// A page of chapters found by a name: what the API and the portal show.
pub fn find_by_name(conn: &mut PgConnection, q: &str, cursor: Option<&str>, limit: i64) -> Result<Page<ChapterOut>, Problem> {
    let q = one_line("q", q, 100)?;
    let after = Cursor::<(i64, String)>::decode(cursor, &q.as_str())?.map(|c| c.last);
    let rows = searched(conn, q.as_str(), after, limit + 1)?;
    Ok(Page::of(rows, limit, &q.as_str(), |(rank, row): &(i64, ChapterOut)| (*rank, row.code.clone()), |(_, row)| row))
}

/// A page of the chapters directly below one, by code: what the API and the portal show.
pub fn below(conn: &mut PgConnection, parent: &str, cursor: Option<&str>, limit: i64) -> Result<Page<ChapterOut>, Problem> {
    let after = Cursor::<String>::decode(cursor, &parent)?.map(|c| c.last);
    let above = store::find(conn, parent)?.ok_or_else(Problem::not_found)?;
    let rows = store::children(conn, above.id, after.as_deref(), limit + 1)?;
    Ok(Page::of(with_totals(conn, rows)?, limit, &parent, |row: &ChapterOut| row.code.clone(), |row| row))
}

/// The chapters below a chapter, or those whose name fits.
///
/// Today's names come first, then old ones: `Hàm Chính` leads to Hàm Liêm.
#[utoipa::path(tag = "public", params(ChaptersQuery), responses((status = 200, body = Page<ChapterOut>), Searches), security(()))]
#[get("/chapters")]
pub async fn list_chapters(
    request: HttpRequest,
    Query(query): Query<ChaptersQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let ChaptersQuery { q, parent, limit, cursor } = query;
    let limit = rows_a_page(limit)?;
    if q.is_some() && parent.is_some() {
        return Err(Problem::field(
            "q",
            "NOT_TOGETHER",
            "Hoặc tìm theo tên, hoặc liệt kê cấp dưới: không dùng cả hai.",
            "Use q or parent.",
        ));
    }
    let page = db.read_public(move |conn| match q {
        Some(q) => find_by_name(conn, &q, cursor.as_deref(), limit),
        None => below(conn, parent.as_deref().unwrap_or(CENTRAL), cursor.as_deref(), limit),
    });
    answer(&request, &page.await?, CACHE_CONTROL_LIST)
}

/// One chapter: where it stands, what its unit is called, what it received, what became of it.
pub fn detail(conn: &mut PgConnection, code: &str, today: NaiveDate) -> Result<ChapterDetail, Problem> {
    let row = store::find(conn, code)?.ok_or_else(Problem::not_found)?;
    let ancestors = store::ancestors(conn, row.id)?.into_iter().map(|c| ChapterRef { code: c.code, name: c.name }).collect();
    let unit = match &row.unit_code {
        Some(code) => units::versions(conn, std::slice::from_ref(code))?,
        None => Vec::new(),
    };
    let (contact, provisional) = life_store::public_face(conn, row.id)?;
    let former_names = life_store::former_names(conn, row.id)?.into_iter().map(FormerNameOut::from).collect();
    let related = |all: Vec<Related>| all.into_iter().map(RelatedChapter::from).collect();
    let (successors, predecessors) = (related(tree::went_up_in(conn, row.id)?), related(tree::came_from(conn, row.id)?));
    let committees = committees::of_chapter(conn, row.id, today)?;
    let (short_name, founded_on) = (row.short_name.clone(), row.founded_on);
    let totals = TotalsOut::read(conn, &row.code, row.id, None)?;
    let held = HeldAndOpen::read(conn, Of::Chapter(row.id, &row.code), &totals, today)?;
    let (members, volunteers) = (members::of(conn, row.id)?, volunteers::of(conn, row.id)?);
    let chapter = with_totals(conn, vec![row])?.pop().ok_or_else(Problem::not_found)?;
    Ok(ChapterDetail {
        chapter,
        ancestors,
        unit: unit.into_iter().map(UnitVersion::from).collect(),
        short_name,
        founded_on,
        contact,
        provisional: provisional.map(ProvisionalOut::from),
        former_names,
        successors,
        predecessors,
        committees,
        totals,
        held,
        members,
        volunteers,
    })
}

/// One chapter: where it stands, what its unit is called, what it received, what became of it.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, example = "23095")), responses((status = 200, body = ChapterDetail), Shows),
    security(())
)]
#[get("/chapters/{code}")]
pub async fn show_chapter(
    request: HttpRequest,
    code: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let today = vietnam_date(clock.now());
    let out = db.read_public(move |conn| detail(conn, &code, today)).await?;
    answer(&request, &out, CACHE_CONTROL_LIST)
}
