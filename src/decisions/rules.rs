//! Chains as a chapter's administrators set them: from which amount on a matter takes which steps.

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::words::Halt;
use crate::authz::{Appoint, Granted, Read, Seen, Visit};
use crate::basics::Line;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::decision_rule;
use crate::house::Rooms;
use crate::http::{Check, FieldError, Problem, Say, one_line};
use crate::tree::{self, ChapterId, Level};

/// Most steps of a chain.
const MOST_STEPS: usize = 10;
/// Matters that keep one approver in tables of their own (`decision_rule_matter_has_steps`).
const ONE_STEP: &[&str] = &["GIFT_REVERSAL", "UNUSUAL_GIFT", "OPENING_BALANCE", "OPENING_BALANCE_REVERSAL"];

/// A chain as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionRuleIn {
    /// Code of the chapter whose requests it is for, and those of the chapters below that have no rule of their own.
    #[schema(example = "68", max_length = 40)]
    pub chapter: String,
    /// What is decided: `TRANSFER`, `PAYMENT` …
    #[schema(example = "PAYMENT", max_length = 60)]
    pub matter: String,
    /// From this amount on, in đồng; of several the highest that is reached counts.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000i64, example = 50_000_000)]
    pub from_vnd: i64,
    /// Who approves, one after the other, each another person: null is the chapter that asks, a level the chapter of that level
    /// above it.
    #[schema(min_items = 1, max_items = 10)]
    pub steps: Vec<Option<Level>>,
    /// The first day it holds; a later day than today, so that nobody changes the chain of what they ask for.
    pub valid_from: NaiveDate,
    /// Number of the decision that says so.
    #[schema(example = "12/QĐ-HCTĐ", max_length = 100)]
    pub source: String,
}

/// A chain that holds, or will hold, at a chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecisionRuleOut {
    #[schema(example = "68")]
    pub chapter: String,
    #[schema(example = "PAYMENT")]
    pub matter: String,
    pub from_vnd: i64,
    /// Who approves, one after the other: null is the chapter that asks.
    pub steps: Vec<Option<Level>>,
    pub valid_from: NaiveDate,
    /// The last day; absent where none is set. A later rule for the same amount takes its place before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    #[schema(example = "12/QĐ-HCTĐ")]
    pub source: String,
}

/// A chain that is right in itself.
pub struct NewRule {
    chapter: String,
    matter: String,
    from_vnd: i64,
    steps: Vec<Option<Level>>,
    valid_from: NaiveDate,
    source: Line,
}

impl DecisionRuleIn {
    /// Every field, against the matters there are and the day it is sent.
    pub fn check(self, rooms: Rooms, today: NaiveDate) -> Result<NewRule, Vec<FieldError>> {
        let mut wrong = Check::default();
        if rooms.matter(&self.matter).is_none() || ONE_STEP.contains(&self.matter.as_str()) {
            wrong.wrong(
                "/matter",
                "NOT_A_CHOICE",
                "Không có việc nào như vậy, hoặc việc này luôn do một người duyệt.",
                "There is no such matter, or it always takes one approval.",
            );
        }
        if !(0..=crate::basics::vnd::MAX_VND).contains(&self.from_vnd) {
            wrong.wrong("/from_vnd", "OUT_OF_RANGE", "Từ 0 đến 10^15 đồng.", "From 0 to 10^15 đồng.");
        }
        if self.steps.is_empty() || self.steps.len() > MOST_STEPS {
            wrong.wrong("/steps", "OUT_OF_RANGE", "Cần từ 1 đến 10 bước.", "Give one to ten steps.");
        }
        if self.valid_from <= today {
            wrong.wrong(
                "/valid_from",
                "OUT_OF_RANGE",
                "Chỉ có hiệu lực từ ngày mai trở đi.",
                "It can hold from tomorrow on, not before.",
            );
        }
        let source = wrong.read(one_line("/source", &self.source, 100));
        let Self { chapter, matter, from_vnd, steps, valid_from, .. } = self;
        wrong.done(source.map(|source| NewRule { chapter, matter, from_vnd, steps, valid_from, source }))
    }
}

/// Sets a chain. The same chain set again is the same; another one for the same amount and day is refused.
pub fn set(v: &mut Visit<'_>, new: &NewRule) -> Result<DecisionRuleOut, Problem> {
    let (grant, place) = v.at_code::<Appoint>(&new.chapter).map_err(|denied| denied.of_chapter("/chapter"))?;
    let known = of_chapters(v.conn, &[grant.chapter()])?;
    let same =
        |rule: &&DecisionRuleOut| (&rule.matter, rule.from_vnd, rule.valid_from) == (&new.matter, new.from_vnd, new.valid_from);
    if let Some(rule) = known.iter().find(same) {
        return if rule.steps == new.steps && rule.source == new.source.as_str() {
            Ok(rule.clone())
        } else {
            Err(Problem::invalid(vec![taken()]))
        };
    }
    insert(v.conn, &grant, new)?;
    let detail = json!({"matter": new.matter, "from_vnd": new.from_vnd, "steps": new.steps, "valid_from": new.valid_from});
    v.note_with(&grant, "DECISION_RULE_SET", grant.chapter().0, &detail)?;
    let NewRule { matter, from_vnd, steps, valid_from, source, .. } = new;
    Ok(DecisionRuleOut {
        chapter: place.code,
        matter: matter.clone(),
        from_vnd: *from_vnd,
        steps: steps.clone(),
        valid_from: *valid_from,
        valid_to: None,
        source: source.as_str().to_owned(),
    })
}

fn taken() -> FieldError {
    let said = Say::fixed(
        "Ngày này đã có quy định khác cho số tiền này: hãy chọn ngày sau đó.",
        "There is another rule of that day for this amount: choose a later day.",
    );
    FieldError::new("/valid_from", "NOT_UNIQUE", said)
}

fn insert(conn: &mut PgConnection, by: &Granted<Appoint>, new: &NewRule) -> Result<(), DbError> {
    use decision_rule as r;
    let rows: Vec<_> = (1i16..)
        .zip(&new.steps)
        .map(|(n, level)| {
            (
                (r::matter.eq(&new.matter), r::chapter_id.eq(by.chapter().0), r::from_vnd.eq(new.from_vnd), r::n.eq(n)),
                (r::level.eq(level.map(Level::name)), r::valid_from.eq(new.valid_from), r::source.eq(new.source.as_str())),
            )
        })
        .collect();
    diesel::insert_into(r::table).values(rows).execute(conn)?;
    Ok(())
}

/// The chains of a chapter and of those above it, the nearest first, that have not ended.
pub fn of_chapter(v: &mut Visit<'_>, here: &Seen<Read>) -> Result<Vec<DecisionRuleOut>, Halt> {
    let today = vietnam_date(v.now);
    let line: Vec<ChapterId> = tree::line(v.conn, here.chapter())?.into_iter().map(|(chapter, _)| chapter).collect();
    let rules = of_chapters(v.conn, &line)?;
    Ok(rules.into_iter().filter(|rule| rule.valid_to.is_none_or(|last| last >= today)).collect())
}

fn of_chapters(conn: &mut PgConnection, chapters: &[ChapterId]) -> Result<Vec<DecisionRuleOut>, DbError> {
    use decision_rule as r;
    type Row = (Uuid, String, i64, NaiveDate, Option<String>, Option<NaiveDate>, String);
    let ids: Vec<Uuid> = chapters.iter().map(|chapter| chapter.0).collect();
    let rows: Vec<Row> = r::table
        .filter(r::chapter_id.eq_any(&ids))
        .order((r::matter, r::from_vnd, r::valid_from, r::n))
        .select((r::chapter_id, r::matter, r::from_vnd, r::valid_from, r::level, r::valid_to, r::source))
        .load(conn)?;
    let codes = tree::codes(conn, ids.iter().copied())?;
    let mut rules: Vec<(usize, DecisionRuleOut)> = Vec::new();
    for (chapter, matter, from_vnd, valid_from, level, valid_to, source) in rows {
        let code = codes.get(&chapter).cloned().unwrap_or_default();
        let level = level.as_deref().and_then(Level::parse);
        let same = |rule: &DecisionRuleOut| {
            (&rule.chapter, &rule.matter, rule.from_vnd, rule.valid_from) == (&code, &matter, from_vnd, valid_from)
        };
        match rules.iter_mut().find(|(_, rule)| same(rule)) {
            Some((_, rule)) => rule.steps.push(level),
            None => {
                let at = ids.iter().position(|id| *id == chapter).unwrap_or(ids.len());
                let rule = DecisionRuleOut { chapter: code, matter, from_vnd, steps: vec![level], valid_from, valid_to, source };
                rules.push((at, rule));
            }
        }
    }
    rules.sort_by_key(|(at, _)| *at);
    Ok(rules.into_iter().map(|(_, rule)| rule).collect())
}
