//! Plans in a list: enough to see what each does and who is to do something about it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::ask::MATTER;
use super::fault::Fault;
use super::model::{Kind, State};
use super::store::Row;
use crate::authz::Visit;
use crate::decisions;
use crate::identity::store as identity;
use crate::tree;

/// Which plans.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlansOf {
    pub chapter: String,
    pub state: Option<State>,
}

/// A plan in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuccessionListed {
    id: Uuid,
    kind: Kind,
    state: State,
    /// Codes of the chapters that go up.
    #[schema(example = json!(["23094"]))]
    from: Vec<String>,
    /// Codes of those that go on for them.
    #[schema(example = json!(["23095"]))]
    to: Vec<String>,
    /// Code of the nearest chapter above all of them, which decides last.
    #[schema(example = "68")]
    above: String,
    /// The day it is carried out.
    effective_on: NaiveDate,
    #[schema(example = "07/QĐ-HCTĐ")]
    decision_no: String,
    /// User name of whoever asked.
    #[schema(example = "thu.lamdong")]
    asked_by: String,
    asked_at: DateTime<Utc>,
    /// Code of the chapter whose turn it is; while it waits for an approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "68")]
    approver_chapter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    done_at: Option<DateTime<Utc>>,
    /// Where it is shown.
    #[schema(example = "/api/v1/successions/0199e0a1-7b1c-7c3e-9d52-6f0a3b8c2d11")]
    url: String,
}

/// What is shown of plans, in their order; a fixed number of statements.
pub fn shown(v: &mut Visit<'_>, rows: Vec<Row>) -> Result<Vec<SuccessionListed>, Fault> {
    let waiting: Vec<Uuid> = rows.iter().filter(|row| row.state() == Some(State::Asked)).map(|row| row.id).collect();
    let mut turns: HashMap<Uuid, Uuid> = decisions::approvers(v.conn, MATTER, &waiting)?;
    let successors = tree::successors(v.conn, &turns.values().copied().collect::<Vec<_>>())?;
    turns.values_mut().for_each(|at| *at = successors.get(at).copied().unwrap_or(*at));
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.above_chapter_id).chain(turns.values().copied()))?;
    let names = identity::user_names(v.conn, &rows.iter().map(|row| row.asked_by).collect::<Vec<_>>())?;
    let code = |id: Uuid| codes.get(&id).cloned().unwrap_or_default();
    let broken = || Fault::broken("a plan is not as it must be");
    let show = |row: Row| {
        let (kind, state) = row.kind().zip(row.state()).ok_or_else(broken)?;
        let content = row.content().ok_or_else(broken)?;
        Ok(SuccessionListed {
            id: row.id,
            kind,
            state,
            from: content.from,
            to: content.to,
            above: code(row.above_chapter_id),
            effective_on: row.effective_on,
            decision_no: row.decision_no,
            asked_by: names.get(&row.asked_by).cloned().unwrap_or_default(),
            asked_at: row.asked_at,
            approver_chapter: turns.get(&row.id).map(|at| code(*at)),
            decided_at: row.decided_at,
            done_at: row.done_at,
            url: MATTER.shown_at.replace("{id}", &row.id.to_string()),
        })
    };
    rows.into_iter().map(show).collect()
}
