//! What waits at a chapter, over all matters.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ask::note_row;
use super::store::{self, Row, StepRow};
use super::waiting::{self, Position};
use super::words::Halt;
use crate::authz::{Approve, Denied, Read, Seen, Visit};
use crate::db::DbError;
use crate::house::matter::Matter as Kind;
use crate::http::{Lang, Span};
use crate::identity::store as identity;
use crate::tree::{self, ChapterId};
use crate::vault::Place;

/// A request that waits for a decision. What it is about is shown where it is decided, to those who may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WaitingDecision {
    /// `GIFT_REVERSAL`, `UNUSUAL_GIFT`, `OPENING_BALANCE`, `OPENING_BALANCE_REVERSAL`, a money order
    /// (`PAYMENT`, `INCOME`, `REFUND` …), or what a person asks about their data:
    /// `PERSONAL_DATA_ERASURE`, `…_CORRECTION`, `…_CONSENT_WITHDRAWAL`, `…_RESTRICTION`, `…_RESTRICTION_LIFTING`, `…_OBJECTION`; more
    /// will come.
    #[schema(example = "GIFT_REVERSAL")]
    pub matter: String,
    /// Of the request, as its client made it. Two matters may use the same.
    pub id: Uuid,
    /// What is asked for, in plain words of the language asked for.
    #[schema(example = "Hủy khoản ủng hộ 7ZC4K0M9T2R8VQ3BV")]
    pub subject: String,
    /// In đồng, where there is an amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_vnd: Option<i64>,
    /// User name of whoever asked.
    #[schema(example = "hanh.hamliem")]
    pub asked_by: String,
    /// Since when it waits.
    pub asked_at: DateTime<Utc>,
    /// Code of the chapter that asks.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Code of the chapter whose turn it is; if it has gone up in another one, of that.
    #[schema(example = "23095")]
    pub approver_chapter: String,
    /// It is decided here because nobody else may approve where it should be decided.
    pub passed_up: bool,
    /// Which step waits, counted from 1.
    #[schema(minimum = 1, example = 1)]
    pub step: u16,
    /// How many approvals it takes.
    #[schema(minimum = 1, example = 1)]
    pub steps: u16,
    /// Whether who reads this may decide it: they may approve here and are none of those who asked, recorded or approved before.
    pub may_decide: bool,
    /// Where it is shown.
    #[schema(example = "/api/v1/reversals/0199e0a1-7b1c-7c3e-9d52-6f0a3b8c2d11")]
    pub url: String,
    /// Where it is approved by a POST.
    #[schema(example = "/api/v1/reversals/0199e0a1-7b1c-7c3e-9d52-6f0a3b8c2d11/approval")]
    pub approval_url: String,
    /// Where it is refused by a POST; what a person asks about their data with a reason.
    #[schema(example = "/api/v1/reversals/0199e0a1-7b1c-7c3e-9d52-6f0a3b8c2d11/refusal")]
    pub refusal_url: String,
}

/// What waits at a chapter, oldest first: also what waited below and has come up, because nobody there may decide any more.
pub fn waiting(v: &mut Visit<'_>, here: &Seen<Read>, span: Span<Position>) -> Result<Vec<Row>, DbError> {
    waiting::waiting(v.conn, v.now, here, span)
}

/// Whether the visitor may approve at a chapter: notes about what is decided there are written for them.
pub fn decides_at(v: &mut Visit<'_>, approver: ChapterId) -> Result<bool, DbError> {
    match v.at::<Approve>(approver) {
        Ok(_) => Ok(true),
        Err(Denied::Refused(_)) => Ok(false),
        Err(Denied::Db(error)) => Err(error),
    }
}

/// The note of a request that was made by [`super::ask()`], opened for those who may decide it. Nothing for everybody else, and
/// nothing where there is none.
pub fn note_of(v: &mut Visit<'_>, kind: &Kind, id: Uuid) -> Result<Option<String>, Halt> {
    let Some((approver, sealed)) = store::note(v.conn, kind, id)? else { return Ok(None) };
    if !decides_at(v, ChapterId(approver))? {
        return Ok(None);
    }
    let row = note_row(kind.name, id);
    Ok(Some(v.vault.open_text(Place { table: "decision", column: "note", row: &row }, &sealed)?))
}

/// What is shown of these rows of one chapter, in their order; a fixed number of statements. `matter` finds one by its name.
pub fn shown(
    v: &mut Visit<'_>,
    matter: impl Fn(&str) -> Option<&'static Kind>,
    lang: Lang,
    rows: Vec<Row>,
) -> Result<Vec<WaitingDecision>, DbError> {
    let Some(here) = rows.first().map(|row| row.approver_chapter_id) else { return Ok(Vec::new()) };
    let may_approve = decides_at(v, ChapterId(here))?;
    let mut places: Vec<Uuid> = rows.iter().flat_map(|row| [row.chapter_id, row.approver_chapter_id]).collect();
    let successors = tree::successors(v.conn, &places)?;
    places.extend(successors.values());
    let labels = tree::labels(v.conn, &places)?;
    let names = identity::user_names(v.conn, &rows.iter().map(|row| row.asked_by).collect::<Vec<_>>())?;
    let mut steps: HashMap<(String, Uuid), Vec<StepRow>> = HashMap::new();
    for step in store::steps_of(v.conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())? {
        steps.entry((step.matter.clone(), step.decision_id)).or_default().push(step);
    }
    let now_at = |id: Uuid| successors.get(&id).copied().unwrap_or(id);
    let code = |id: Uuid| labels.get(&id).map(|label| label.code.clone()).unwrap_or_default();
    let person = v.officer();
    let show = |row: Row| {
        let steps = steps.remove(&(row.matter.clone(), row.id)).unwrap_or_default();
        let (now, meant) = turn(&steps, &row);
        let kind = matter(&row.matter);
        let url = kind.map(|kind| kind.shown_at.replace("{id}", &row.subject_id.to_string())).unwrap_or_default();
        let decided_at = kind.map(|kind| kind.decided_at).unwrap_or_default();
        // What is decided where its subject is shown may be asked for again: who decides means this one.
        let of = if decided_at.is_empty() { String::new() } else { format!("?request={}", row.id) };
        WaitingDecision {
            subject: in_words(kind, &row, lang),
            amount_vnd: row.amount_vnd,
            asked_by: names.get(&row.asked_by).cloned().unwrap_or_default(),
            asked_at: row.asked_at,
            chapter: code(row.chapter_id),
            approver_chapter: code(now_at(row.approver_chapter_id)),
            passed_up: meant != row.approver_chapter_id,
            step: now,
            steps: u16::try_from(steps.len()).unwrap_or(u16::MAX).max(1),
            may_decide: may_approve && !row.not_by.contains(&person),
            approval_url: format!("{url}{decided_at}/approval{of}"),
            refusal_url: format!("{url}{decided_at}/refusal{of}"),
            url,
            matter: row.matter,
            id: row.id,
        }
    };
    Ok(rows.into_iter().map(show).collect())
}

/// Which step waits, and where it should be decided.
fn turn(steps: &[StepRow], row: &Row) -> (u16, Uuid) {
    let waits = (1..).zip(steps).find(|(_, step)| step.decided_at.is_none());
    waits.map_or((1, row.chapter_id), |(n, step)| (n, step.chapter_id))
}

fn in_words(kind: Option<&Kind>, row: &Row, lang: Lang) -> String {
    let Some(kind) = kind else { return row.matter.clone() };
    let say = kind.say(row.about.as_deref());
    match lang {
        Lang::Vi => say.vi.into_owned(),
        Lang::En => say.en.into_owned(),
    }
}

/// The chapter whose turn it is, or was, in each of these requests of a matter.
pub fn approvers(conn: &mut PgConnection, kind: &Kind, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, DbError> {
    store::approvers(conn, kind, ids)
}
