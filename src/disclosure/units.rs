//! `/api/v1/public/units`: administrative units today, on a day, and before the reform; old names lead to what they became.

use std::collections::{BTreeSet, HashMap};

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::chapters::{ChapterRef, UnitVersion};
use super::{CACHE_CONTROL, answer};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::chapters::find::{self, Position, UnitKey};
use crate::chapters::model::vietnamese_kind;
use crate::chapters::units::{self, FormerRow, MergerRow, UnitRow};
use crate::db::{Db, DbError};
use crate::http::sets::{Filters, Shows};
use crate::http::{Cursor, Page, Problem, Query, one_line, rows_a_page};

/// A unit of today, or one that was before 1/7/2025 with what it became.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitOut {
    /// Absent for one area that had none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "23098")]
    code: Option<String>,
    #[schema(example = "Xã Hàm Chính")]
    full_name: String,
    #[schema(example = "COMMUNE")]
    kind: String,
    #[schema(example = "xã")]
    kind_name: &'static str,
    /// Whether it ended with the reform of 1/7/2025, or before.
    former: bool,
    /// District and province as they were or, for a unit of today, its province.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Huyện Hàm Thuận Bắc")]
    district: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Tỉnh Bình Thuận")]
    province: Option<String>,
    /// Absent for former units: how long each had been so is not on record.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<NaiveDate>,
    /// The first day on which it no longer held.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "30/2026/QH16")]
    resolution: Option<String>,
    /// The Red Cross chapter of a unit of today.
    #[serde(skip_serializing_if = "Option::is_none")]
    chapter: Option<ChapterRef>,
    /// All units a former one went to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    successors: Vec<Successor>,
}

/// Where a former unit went.
#[derive(Debug, Serialize, ToSchema)]
pub struct Successor {
    #[schema(example = "23095")]
    code: String,
    #[schema(example = "Xã Hàm Liêm")]
    full_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Tỉnh Lâm Đồng")]
    province: Option<String>,
    /// `WHOLE`, or `PARTIAL` when only a part of it went there.
    #[schema(example = "WHOLE")]
    relation: String,
    /// The words of the statistics office; for a district, the communes concerned.
    #[schema(example = "Nhập toàn bộ")]
    note: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    chapter: Option<ChapterRef>,
}

/// What was merged into a unit of today.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergedFrom {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "23098")]
    code: Option<String>,
    #[schema(example = "Xã Hàm Chính")]
    full_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Huyện Hàm Thuận Bắc")]
    district: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Tỉnh Bình Thuận")]
    province: Option<String>,
    #[schema(example = "WHOLE")]
    relation: String,
    #[schema(example = "Nhập toàn bộ")]
    note: String,
}

/// Everything a code stands for.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitDetail {
    #[schema(example = "75")]
    code: String,
    /// Since the reform, newest first; empty for a code that ended with it.
    versions: Vec<UnitVersion>,
    /// The province above a commune.
    #[serde(skip_serializing_if = "Option::is_none")]
    province: Option<UnitRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chapter: Option<ChapterRef>,
    /// The former units that went into it.
    merged_from: Vec<MergedFrom>,
    /// What the code stood for before the reform.
    former: Vec<UnitOut>,
}

/// A unit by code and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitRef {
    #[schema(example = "68")]
    code: String,
    #[schema(example = "Tỉnh Lâm Đồng")]
    full_name: String,
}

/// What rows need beside themselves, read once for a page.
struct Around {
    units: HashMap<String, UnitRow>,
    provinces: HashMap<String, UnitRow>,
    chapters: HashMap<String, (String, String)>,
    former: HashMap<String, (FormerRow, Vec<MergerRow>)>,
}

impl Around {
    fn read(conn: &mut PgConnection, keys: &[UnitKey], day: NaiveDate) -> Result<Self, DbError> {
        let ids: Vec<String> =
            keys.iter().filter_map(|k| if let UnitKey::Former(id) = k { Some(id.clone()) } else { None }).collect();
        let former = units::former(conn, &ids)?;
        let mut codes: BTreeSet<String> =
            keys.iter().filter_map(|k| if let UnitKey::Unit(code) = k { Some(code.clone()) } else { None }).collect();
        codes.extend(former.values().flat_map(|(_, to)| to.iter().map(|m| m.new_code.clone())));
        let codes: Vec<String> = codes.into_iter().collect();
        let units = units::on(conn, &codes, day)?;
        let above: BTreeSet<String> = units.values().filter_map(|unit| unit.parent_code.clone()).collect();
        let provinces = units::on(conn, &above.into_iter().collect::<Vec<_>>(), day)?;
        Ok(Self { units, provinces, chapters: units::chapters_of(conn, &codes)?, former })
    }

    fn province_of(&self, unit: &UnitRow) -> Option<String> {
        unit.parent_code.as_ref().and_then(|code| self.provinces.get(code)).map(|province| province.full_name.clone())
    }

    fn chapter_of(&self, code: &str) -> Option<ChapterRef> {
        self.chapters.get(code).map(|(code, name)| ChapterRef { code: code.clone(), name: name.clone() })
    }

    fn show(&self, key: &UnitKey) -> Option<UnitOut> {
        match key {
            UnitKey::Unit(code) => self.units.get(code).map(|unit| self.unit(unit)),
            UnitKey::Former(id) => self.former.get(id).map(|(former, to)| self.former(former, to)),
        }
    }

    fn unit(&self, unit: &UnitRow) -> UnitOut {
        UnitOut {
            code: Some(unit.code.clone()),
            full_name: unit.full_name.clone(),
            kind: unit.kind.clone(),
            kind_name: vietnamese_kind(&unit.kind),
            former: false,
            district: None,
            province: self.province_of(unit),
            valid_from: Some(unit.valid_from),
            valid_to: unit.valid_to,
            resolution: Some(unit.resolution.clone()),
            chapter: self.chapter_of(&unit.code),
            successors: Vec::new(),
        }
    }

    fn former(&self, former: &FormerRow, to: &[MergerRow]) -> UnitOut {
        let successor = |merger: &MergerRow| {
            let unit = self.units.get(&merger.new_code);
            Successor {
                code: merger.new_code.clone(),
                full_name: unit.map(|unit| unit.full_name.clone()).unwrap_or_default(),
                province: unit.and_then(|unit| self.province_of(unit)),
                relation: merger.relation.clone(),
                note: merger.note.clone(),
                chapter: self.chapter_of(&merger.new_code),
            }
        };
        UnitOut {
            code: former.code.clone(),
            full_name: former.full_name.clone(),
            kind: former.kind.clone(),
            kind_name: vietnamese_kind(&former.kind),
            former: true,
            district: former.district.clone(),
            province: province_of_former(former),
            valid_from: None,
            valid_to: Some(former.valid_to),
            resolution: former.resolution.clone(),
            chapter: None,
            successors: to.iter().map(successor).collect(),
        }
    }
}

fn province_of_former(former: &FormerRow) -> Option<String> {
    (former.level != "PROVINCE").then(|| former.province.clone())
}

/// Units, and what is known of the time asked about.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitsPage {
    #[serde(flatten)]
    page: Page<UnitOut>,
    /// Where the record does not reach: units may be missing here that there were. For a day before the record begins, and where a
    /// name finds nothing (it may have ended earlier).
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<Record>,
}

/// From when on units are on record.
#[derive(Debug, Serialize, ToSchema)]
pub struct Record {
    /// Always false: where everything is on record, nothing is said.
    complete: bool,
    /// From this day on, all units of the kind asked for are.
    #[schema(example = "2025-01-01")]
    since: NaiveDate,
}

impl Record {
    /// What is to be said of a day; nothing where all units are known.
    fn of(day: Option<NaiveDate>, provinces: bool) -> Option<Self> {
        let since = units::on_record_from(provinces)?;
        (day? < since).then_some(Self { complete: false, since })
    }
}

/// Which units.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UnitsQuery {
    /// Words of a name, with or without accents, the last perhaps only begun; after a comma, the places above:
    /// `Hàm Chính, Hàm Thuận Bắc`. Without it, units are listed by `parent`.
    #[param(example = "ham chinh", max_length = 100)]
    q: Option<String>,
    /// As they were on this day; before 1/7/2025 the old units with what they became, as far as they are on record (`record` says
    /// so). Without it: today's, then old ones that fit.
    on: Option<NaiveDate>,
    /// Code of the unit whose parts to list; the provinces unless given. Not together with `q`.
    parent: Option<String>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Administrative units by name, today's and old ones, or the parts of one.
#[utoipa::path(tag = "public", params(UnitsQuery), responses((status = 200, body = UnitsPage), Filters), security(()))]
#[get("/units")]
pub async fn list_units(
    request: HttpRequest,
    Query(query): Query<UnitsQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let UnitsQuery { q, on, parent, limit, cursor } = query;
    if q.is_some() && parent.is_some() {
        return Err(Problem::field(
            "q",
            "NOT_TOGETHER",
            "Hoặc tìm theo tên, hoặc liệt kê cấp dưới: không dùng cả hai.",
            "Use q or parent.",
        ));
    }
    let q = q.map(|q| one_line("q", &q, 100)).transpose()?;
    let limit = rows_a_page(limit)?;
    let filter = (q.as_ref().map(|q| q.as_str().to_owned()), on, parent.clone());
    let after = Cursor::<Position>::decode(cursor.as_deref(), &filter)?.map(|c| c.last);
    let today = vietnam_date(clock.now());
    let page = db
        .read_public(move |conn| -> Result<UnitsPage, Problem> {
            let when = units::when(on);
            let found = match &q {
                Some(q) => find::units(conn, q.as_str(), when, after, limit + 1)?,
                None => units::list(conn, parent, when, after, limit + 1)?,
            };
            // What old units became is told in today's names.
            let day = match when {
                find::When::On(day) => day,
                find::When::Now | find::When::Before | find::When::Earlier(_) => today,
            };
            let keys: Vec<UnitKey> = found.iter().map(|(_, key)| key.clone()).collect();
            let around = Around::read(conn, &keys, day)?;
            let rows = found.into_iter().filter_map(|(at, key)| around.show(&key).map(|row| (at, row))).collect();
            let page = Page::of(rows, limit, &filter, |(at, _)| at.clone(), |(_, row)| row);
            let provinces = q.is_none() && filter.2.is_none();
            let asked = on.or_else(|| units::on_record_from(false).filter(|_| q.is_some() && page.items.is_empty())?.pred_opt());
            Ok(UnitsPage { record: Record::of(asked, provinces), page })
        })
        .await?;
    answer(&request, &page, CACHE_CONTROL)
}

/// One code over time.
///
/// Its versions since the reform with their resolutions, what was merged into it, what it stood for before.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, example = "75")), responses((status = 200, body = UnitDetail), Shows),
    security(())
)]
#[get("/units/{code}")]
pub async fn show_unit(
    request: HttpRequest,
    code: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let today = vietnam_date(clock.now());
    let code = code.into_inner();
    let out = db.read_public(move |conn| unit_detail(conn, code, today)).await?;
    answer(&request, &out, CACHE_CONTROL)
}

fn unit_detail(conn: &mut PgConnection, code: String, today: NaiveDate) -> Result<UnitDetail, Problem> {
    let versions = units::versions(conn, std::slice::from_ref(&code))?;
    let mut keys: Vec<UnitKey> = units::former_ids(conn, &code)?.into_iter().map(UnitKey::Former).collect();
    keys.push(UnitKey::Unit(code.clone()));
    let around = Around::read(conn, &keys, today)?;
    keys.pop();
    let former: Vec<UnitOut> = keys.iter().filter_map(|key| around.show(key)).collect();
    if versions.is_empty() && former.is_empty() {
        return Err(Problem::not_found());
    }
    let merged_from = units::merged_into(conn, &code)?.into_iter().map(|merger| MergedFrom {
        province: province_of_former(&merger.former),
        code: merger.former.code,
        full_name: merger.former.full_name,
        district: merger.former.district,
        relation: merger.relation,
        note: merger.note,
    });
    let above = versions.first().and_then(|unit| unit.parent_code.as_ref()).and_then(|code| around.provinces.get(code));
    Ok(UnitDetail {
        province: above.map(|unit| UnitRef { code: unit.code.clone(), full_name: unit.full_name.clone() }),
        chapter: around.chapter_of(&code),
        merged_from: merged_from.collect(),
        former,
        versions: versions.into_iter().map(UnitVersion::from).collect(),
        code,
    })
}
