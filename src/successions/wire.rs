//! Plans as JSON that goes out.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{Content, GoesOn, Kind, Share, State};
use super::store::{self, Row};
use crate::basics::hex;
use crate::chapters::to_be_made::ToBeMade;
use crate::house::succession::Succession;
use crate::ledger::store as ledger;
use crate::tree::{self, ChapterId, Level};

/// A plan and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuccessionOut {
    id: Uuid,
    kind: Kind,
    state: State,
    /// Codes of the chapters that go up.
    #[schema(example = json!(["23094"]))]
    from: Vec<String>,
    /// Codes of those that go on for them; the first with whatever is not given to another.
    #[schema(example = json!(["23095"]))]
    to: Vec<String>,
    /// Those of `to` that it makes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    new_chapters: Vec<ToBeMade>,
    /// Of a split: which accounts of which funds go where.
    shares: Vec<Share>,
    /// Whose role goes on, and where.
    officers: Vec<GoesOn>,
    /// The day it is carried out.
    effective_on: NaiveDate,
    #[schema(example = "07/QĐ-HCTĐ")]
    decision_no: String,
    /// SHA-256 of the decision's paper, hexadecimal.
    document: String,
    /// Code of the nearest chapter above all of them, which decides.
    #[schema(example = "68")]
    above: String,
    asked_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    done_at: Option<DateTime<Utc>>,
    /// What was written for those who decide; shown to them alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Public codes of the entries by which the books went over, each TRANSFER_OUT followed by its TRANSFER_IN.
    entries: Vec<String>,
}

/// What is shown of a plan.
pub fn out(conn: &mut PgConnection, row: Row) -> Result<SuccessionOut, Fault> {
    let broken = || Fault::broken("a plan is not as it must be");
    let Content { from, to, shares, officers, new_chapters } = row.content().ok_or_else(broken)?;
    let (kind, state) = (row.kind().ok_or_else(broken)?, row.state().ok_or_else(broken)?);
    let entries = store::entries(conn, row.id)?;
    let codes = ledger::codes(conn, &entries)?;
    Ok(SuccessionOut {
        above: tree::code_of(conn, ChapterId(row.above_chapter_id))?,
        id: row.id,
        kind,
        state,
        from,
        to,
        new_chapters,
        shares,
        officers,
        effective_on: row.effective_on,
        decision_no: row.decision_no,
        document: hex(&row.document),
        asked_at: row.asked_at,
        decided_at: row.decided_at,
        done_at: row.done_at,
        note: None,
        entries: entries.iter().filter_map(|id| codes.get(id).cloned()).collect(),
    })
}

/// What a plan would do, as things stand. Nothing of it is done.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuccessionDryRunOut {
    /// Chapters that are made first.
    pub new_chapters: Vec<ChapterMadeOut>,
    /// What moves, chapter by chapter.
    pub chapters: Vec<ChapterGoingOut>,
    /// What has to be out of the way first, in words of the language asked for, each with its chapter.
    pub in_the_way: Vec<InTheWayOut>,
}

/// A chapter that is to be made.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChapterMadeOut {
    #[schema(example = "23096")]
    pub code: String,
    /// Code of the chapter above.
    #[schema(example = "68")]
    pub parent: String,
    #[schema(value_type = Level)]
    pub level: &'static str,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub name: String,
    #[schema(example = "Hàm Liêm")]
    pub short_name: String,
}

/// Something that stands in the way.
#[derive(Debug, Serialize, ToSchema)]
pub struct InTheWayOut {
    #[schema(example = "23094")]
    pub chapter: String,
    /// What it is, and what to do about it.
    #[schema(example = "Đang ghi sổ 1 danh sách ủng hộ đã nhận: hãy chờ xong.")]
    pub what: String,
}

/// What would become of one chapter.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChapterGoingOut {
    #[schema(example = "23094")]
    pub chapter: String,
    /// What is left in its books, and where each account of a fund goes.
    pub balances: Vec<BalanceGoingOut>,
    /// Its goods, which go where GOODS_IN_STOCK of their fund goes.
    pub goods: Vec<GoodsGoingOut>,
    /// Rows of every room that follow to the successor or end, by table and column.
    pub rows: Vec<RowsGoingOut>,
    /// Its appeals, which the successor runs.
    pub appeals: Vec<AppealGoingOut>,
    /// What waits for a decision there, or was asked there: the successor decides, and goes on with it.
    pub decisions: Vec<OpenDecisionOut>,
    /// Roles held there.
    pub officers: Vec<OfficerGoingOut>,
}

/// What an account of a fund holds; below zero, what it owes.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalanceGoingOut {
    #[schema(example = "GENERAL")]
    pub fund: String,
    #[schema(example = "CASH_ON_HAND")]
    pub account: String,
    pub amount_vnd: i64,
    /// Code of the successor it goes to.
    #[schema(example = "23095")]
    pub to: String,
}

/// Goods of a fund.
#[derive(Debug, Serialize, ToSchema)]
pub struct GoodsGoingOut {
    #[schema(example = "GENERAL")]
    pub fund: String,
    /// Catalogue code.
    #[schema(example = "RICE")]
    pub item: String,
    /// Decimal text.
    #[schema(example = "100.5")]
    pub quantity: String,
    #[schema(example = "KG")]
    pub unit: String,
    pub value_vnd: i64,
}

/// What becomes of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = RowsBecome)]
pub enum Becomes {
    /// They are the successor's to read and to go on with.
    Follows,
    /// They end with the chapter; the successor makes its own.
    Ends,
}

impl Becomes {
    /// What a room says of a column; nothing of what only says what was.
    pub fn of(succession: Succession) -> Option<Self> {
        match succession {
            Succession::Stays => None,
            Succession::Follows => Some(Becomes::Follows),
            Succession::Ends => Some(Becomes::Ends),
        }
    }
}

/// Rows of a room that name the chapter.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowsGoingOut {
    /// The part of the program they belong to.
    #[schema(example = "giving")]
    pub room: &'static str,
    /// Table and column.
    #[schema(example = "appeal.chapter_id")]
    pub column: &'static str,
    /// What becomes of them.
    pub becomes: Becomes,
    pub rows: i64,
}

/// An appeal of a chapter that goes up.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppealGoingOut {
    #[schema(example = "LULUT-2026")]
    pub code: String,
    #[schema(example = "OPEN")]
    pub state: String,
}

/// What waits for a decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenDecisionOut {
    /// What waits to be decided.
    #[schema(example = "GIFT_REVERSAL")]
    pub matter: String,
    pub id: Uuid,
    /// A public code or the number of a paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub about: Option<String>,
}

/// A role at a chapter that goes up.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficerGoingOut {
    pub assignment: Uuid,
    #[schema(example = "hanh.hamliem")]
    pub user_name: String,
    #[schema(example = "OFFICER")]
    pub role: String,
    /// Code of the successor where it goes on; absent where it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "23095")]
    pub to: Option<String>,
}
