//! Requests as JSON that goes out.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{RequestKind, State};
use super::store::{self, KeptRow, RequestRow};
use crate::basics::clock::vietnam_date;
use crate::calendar::retention::Vouchers;
use crate::db::DbError;
use crate::house::persons::What;
use crate::http::{Lang, Say};
use crate::tree;

/// A request and where it stands. Never carries what it is about.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RequestOut {
    pub id: Uuid,
    #[schema(example = "ERASE")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gift: Option<Uuid>,
    /// `REQUESTED`, `ANSWERED`, `EXECUTING`, `DONE` or `REFUSED`.
    #[schema(example = "REQUESTED")]
    pub state: String,
    pub received_on: NaiveDate,
    #[schema(example = "IN_PERSON")]
    pub channel: String,
    pub third_parties: bool,
    /// The last day to answer the person.
    pub answer_due: NaiveDate,
    /// The last day to carry it out.
    pub due_on: NaiveDate,
    /// The next of the two that still counts.
    pub next_due: NaiveDate,
    pub overdue: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended_days: Option<i16>,
    /// How many chapters it covers: of those that hold gifts it is about, the ones in which its writer records. What other
    /// chapters hold is decided above them, and no answer says whether there is any.
    pub chapters: usize,
    /// Code of the nearest chapter with a second person who can decide; absent when it takes none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approver_chapter: Option<String>,
    pub requested_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// Gifts changed so far.
    pub gifts_changed: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_at: Option<DateTime<Utc>>,
    /// What stays, and by which law, in the language asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stays: Option<String>,
    /// Papers and the like that could not be erased.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<KeptOut>,
    /// The request whose rest this is; both are decided on their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rest_of: Option<Uuid>,
}

/// Something an erasure left, and why.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KeptOut {
    /// `PAPER`: papers of gifts, closed and without a name. `UNLINKED_PAPER`: files whose name named the person and that
    /// belong to no gift; somebody has to look at them. `SHARED_PAPER`: lists that others signed as well, closed and without a name.
    #[schema(example = "PAPER")]
    pub what: String,
    pub count: i32,
    /// The last day on which the law needs them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// The same in words, in the language asked for.
    pub says: String,
}

/// The law on keeping, in Vietnamese and in English.
type Law<'a> = Option<(&'a str, &'a str)>;

/// In brackets behind a sentence, or nothing.
fn cited(law: Law<'_>) -> (String, String) {
    law.map(|(vi, en)| (format!(" ({vi})"), format!(" ({en})"))).unwrap_or_default()
}

fn stays(law: Law<'_>) -> Say {
    let (vi, en) = cited(law);
    Say::new(
        format!(
            "Số tiền, ngày, đơn vị nhận và bút toán được giữ lại theo luật kế toán{vi}, không kèm tên; phiếu thu, biên nhận giấy đã ký lưu tại đơn vị."
        ),
        format!(
            "Amount, day, chapter and entry are kept without a name, as accounting law requires{en}; signed paper vouchers stay filed at the chapter."
        ),
    )
}

fn kept_out(law: Law<'_>, lang: Lang, (what, count, until): KeptRow) -> KeptOut {
    let says = if what == What::Paper.name() {
        let (vi, en) = cited(law);
        Say::new(
            format!(
                "Giấy tờ của khoản ủng hộ là chứng từ kế toán, phải lưu theo luật{vi}: đã bỏ tên tệp và đóng lại, chỉ người có quyền kiểm tra xem được."
            ),
            format!(
                "Papers of the gifts are vouchers the law has kept{en}: their names are gone, they are closed, and only those who inspect read them."
            ),
        )
    } else if what == What::SharedPaper.name() {
        Say::fixed(
            "Danh sách nhiều người cùng ký là bằng chứng đồng ý của những người khác: đã bỏ tên tệp và đóng lại, không ai xem để dùng nữa; xóa khi người cuối cùng ra khỏi danh sách.",
            "Lists that many signed prove the consent of the others: their names are gone and they are closed to use; they go when the last of them does.",
        )
    } else {
        Say::fixed(
            "Tệp chưa gắn với khoản nào mang tên người này: đã bỏ tên tệp, hãy xem và xử lý.",
            "Files that belong to no gift carried this name: their names are gone; look at them and decide.",
        )
    };
    KeptOut { what, count, until, says: says.in_lang(lang).to_owned() }
}

/// Requests as they go out, in their order.
pub fn shown(conn: &mut PgConnection, now: DateTime<Utc>, lang: Lang, rows: Vec<RequestRow>) -> Result<Vec<RequestOut>, DbError> {
    let erases = |row: &RequestRow| row.kind() == Some(RequestKind::Erase);
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let erasures: Vec<Uuid> = rows.iter().filter(|row| erases(row)).map(|row| row.id).collect();
    let vouchers = if erasures.is_empty() { Vouchers::default() } else { Vouchers::read(conn)? };
    let mut kept = if erasures.is_empty() { HashMap::new() } else { store::kept_of(conn, &erasures)? };
    let covered = store::covered_counts(conn, &ids)?;
    let approvers = tree::codes(conn, rows.iter().filter_map(|row| row.approver_chapter_id))?;
    let (law, today) = (vouchers.law(vietnam_date(now)), vietnam_date(now));
    let show = |row: RequestRow| RequestOut {
        overdue: row.state().is_some_and(State::is_open) && today > row.next_due,
        chapters: covered.get(&row.id).map_or(0, |n| usize::try_from(*n).unwrap_or_default()),
        approver_chapter: row.approver_chapter_id.and_then(|id| approvers.get(&id).cloned()),
        stays: erases(&row).then(|| stays(law).in_lang(lang).to_owned()),
        kept: kept.remove(&row.id).unwrap_or_default().into_iter().map(|one| kept_out(law, lang, one)).collect(),
        rest_of: row.rest_of,
        id: row.id,
        kind: row.kind().map_or(row.kind, |kind| kind.name().to_owned()),
        party: row.party_alias,
        gift: row.gift_id,
        state: row.state,
        received_on: row.received_on,
        channel: row.channel,
        third_parties: row.third_parties,
        answer_due: row.answer_due,
        due_on: row.due_on,
        next_due: row.next_due,
        extended_days: row.extended_days,
        requested_at: row.requested_at,
        answered_at: row.answered_at,
        decided_at: row.decided_at,
        refusal: row.refusal,
        gifts_changed: row.touched,
        done_at: row.done_at,
    };
    Ok(rows.into_iter().map(show).collect())
}

/// [`shown`] for one.
pub fn out(conn: &mut PgConnection, now: DateTime<Utc>, lang: Lang, row: RequestRow) -> Result<RequestOut, Fault> {
    shown(conn, now, lang, vec![row])?.pop().ok_or(Fault::Unknown)
}
