//! The duties of appeals as they are shown: what is due, until when, what was published and where it stands in the log.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::channel::Channel;
use super::milestones;
use super::model::{self, Duty, Event, Facts, Rule, State, Typed, Version};
use super::store::{self, PublishedRow};
use crate::basics::hex;
use crate::calendar::{self, Calendar};
use crate::db::DbError;
use crate::documents::store::Shown;
use crate::giving::appeals::{self, AppealRow, Life};
use crate::log;

/// What is to be published of an appeal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicationDutyOut {
    pub event: Event,
    #[schema(example = "Kết quả tiếp nhận")]
    pub name: String,
    #[schema(example = "What was received")]
    pub name_en: String,
    /// Last day of what is published, for what comes again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<NaiveDate>,
    pub state: State,
    /// Last day in time, in Vietnam; absent while nobody knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    /// Whether `due_on` is the last possible day, because the day it counts from is not known yet.
    pub provisional: bool,
    /// Whether `due_on` is advice: nobody is late by it.
    pub advisory: bool,
    /// First day on which publishing counts.
    pub publish_from: NaiveDate,
    /// By how many days it is overdue, or was published late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_late: Option<i64>,
    /// What its time counts from.
    #[schema(example = "RECEIVING_ENDED")]
    pub counts_from: String,
    /// Absent while it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts_from_day: Option<NaiveDate>,
    /// How sure the period is: `S` from a source, `GK` to be verified, `REC` our own recommendation.
    #[schema(example = "S")]
    pub mark: String,
    /// Where the newest version is still to be put up before the duty is met.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["PLACE_OF_AID"]))]
    pub notices_missing: Vec<&'static str>,
    /// The rule's source.
    pub source: String,
    /// What was published, the newest last. None is ever taken back.
    pub versions: Vec<PublishedVersionOut>,
}

/// One version of what was published.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublishedVersionOut {
    /// Its public code, under which its leaf stands in the log.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    pub version: i32,
    /// Code of the version before, which this one replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    pub title: String,
    /// SHA-256 of the document or the statement, hexadecimal; the leaf has it as `doc`.
    pub sha256: String,
    /// Where the document is; absent while it is not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/api/v1/public/documents/…")]
    pub href: Option<String>,
    /// Code of the statement that was published, where it is no document.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub statement: Option<String>,
    /// When it was taken out of the public.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_on: Option<NaiveDate>,
    pub published_on: NaiveDate,
    /// Where it was shown: `WEBSITE` and perhaps others.
    #[schema(example = json!(["WEBSITE", "PLACE_OF_RECEIVING", "PLACE_OF_AID"]))]
    pub channels: Vec<String>,
    /// SHA-256 leaf hash in the public log, hexadecimal.
    pub leaf_hash: String,
    /// Place in the public log; absent for the first second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_index: Option<i64>,
}

/// A publication, and the one that took its place.
#[derive(Debug, Clone)]
pub struct Published {
    pub version: PublishedVersionOut,
    pub replaced_by: Option<PublishedVersionOut>,
}

/// The publication of an appeal that has this code, whether or not it is still a duty. Allowed to the public role.
pub fn published(conn: &mut PgConnection, appeal: Uuid, code: &str) -> Result<Option<Published>, DbError> {
    let rows = store::of_appeals(conn, &[appeal])?.remove(&appeal).unwrap_or_default();
    let shown = Shown::of(conn, &[appeal])?;
    let Some(row) = rows.iter().find(|row| row.code == code) else { return Ok(None) };
    let next = rows.iter().find(|row| row.replaces.as_deref() == Some(code));
    let indices = log::store::indices_of(conn, &[row].into_iter().chain(next).map(|row| row.code.as_str()).collect::<Vec<_>>())?;
    let out = |row: &PublishedRow| version_out(row, shown.withdrawn_on(appeal, &row.sha256), indices.get(&row.code).copied());
    Ok(Some(Published { version: out(row), replaced_by: next.map(out) }))
}

/// What an appeal's duties depend on, as it stands.
pub(super) fn facts_of(row: &AppealRow, life: Life, typed: Typed) -> Facts {
    Facts {
        opened_on: life.opened_on,
        closed_on: life.closed_on,
        receive_from: row.receive_from,
        receive_until: row.receive_until,
        typed,
    }
}

/// What an appeal's duties depend on; none before it is opened.
pub(super) fn facts(conn: &mut PgConnection, row: &AppealRow) -> Result<Option<Facts>, DbError> {
    let Some(life) = appeals::lives(conn, &[row.id])?.remove(&row.id) else { return Ok(None) };
    let typed = milestones::typed(conn, &[row.id])?.remove(&row.id).unwrap_or_default();
    Ok(Some(facts_of(row, life, typed)))
}

/// The duties of one appeal, without what was published for them; none before it is opened.
pub fn of_one(conn: &mut PgConnection, row: &AppealRow, today: NaiveDate) -> Result<Vec<Duty>, DbError> {
    let Some(facts) = facts(conn, row)? else { return Ok(Vec::new()) };
    let rules = store::rules(conn)?.remove(&row.regime).unwrap_or_default();
    let calendar = calendar::from(conn, facts.opened_on)?;
    Ok(model::duties(&rules, &calendar, &facts, today))
}

/// The duties of appeals with how they stand, in the order of the appeals. A fixed number of queries; allowed to the public
/// role.
pub fn of_appeals(
    conn: &mut PgConnection,
    rows: &[AppealRow],
    today: NaiveDate,
) -> Result<Vec<Vec<PublicationDutyOut>>, DbError> {
    let read = Read::of(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    Ok(rows.iter().map(|row| read.duties(row, today)).collect())
}

/// What the duties of some appeals are made from.
struct Read {
    lives: HashMap<Uuid, Life>,
    typed: HashMap<Uuid, Typed>,
    rules: HashMap<String, Vec<Rule>>,
    calendar: Calendar,
    published: HashMap<Uuid, Vec<PublishedRow>>,
    shown: Shown,
    indices: HashMap<String, i64>,
}

impl Read {
    fn of(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Self, DbError> {
        let lives = appeals::lives(conn, ids)?;
        let first = lives.values().map(|life| life.opened_on).min().unwrap_or(NaiveDate::MAX);
        let published = store::of_appeals(conn, ids)?;
        let codes: Vec<&str> = published.values().flatten().map(|row| row.code.as_str()).collect();
        Ok(Self {
            typed: milestones::typed(conn, ids)?,
            rules: store::rules(conn)?,
            calendar: calendar::from(conn, first)?,
            shown: Shown::of(conn, ids)?,
            indices: log::store::indices_of(conn, &codes)?,
            lives,
            published,
        })
    }

    fn duties(&self, row: &AppealRow, today: NaiveDate) -> Vec<PublicationDutyOut> {
        let Some(life) = self.lives.get(&row.id) else { return Vec::new() };
        let rules = self.rules.get(&row.regime).map(Vec::as_slice).unwrap_or_default();
        let all = self.published.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let typed = self.typed.get(&row.id).copied().unwrap_or_default();
        let duties = model::duties(rules, &self.calendar, &facts_of(row, *life, typed), today);
        duties
            .into_iter()
            .map(|duty| {
                let ours = |row: &&PublishedRow| row.event == duty.event.name() && row.period == duty.period;
                self.shown(&duty, &all.iter().filter(ours).collect::<Vec<_>>(), today)
            })
            .collect()
    }

    fn shown(&self, duty: &Duty, rows: &[&PublishedRow], today: NaiveDate) -> PublicationDutyOut {
        let withdrawn = |row: &PublishedRow| self.shown.withdrawn_on(row.appeal_id, &row.sha256);
        let version = |row: &&PublishedRow| Version {
            published_on: row.published_on,
            withdrawn_on: withdrawn(row),
            put_up: not_put_up(row).is_empty(),
        };
        let newest = rows.last().filter(|row| duty.rule.takes_notices(row.published_on));
        let standing = model::standing(duty, &rows.iter().map(version).collect::<Vec<_>>(), today);
        let label = duty.event.label();
        PublicationDutyOut {
            event: duty.event,
            name: label.vi.into_owned(),
            name_en: label.en.into_owned(),
            period: duty.period,
            state: standing.state,
            due_on: duty.due_on,
            provisional: duty.provisional,
            advisory: duty.rule.advisory,
            notices_missing: newest.map(|row| not_put_up(row)).unwrap_or_default(),
            publish_from: duty.from,
            days_late: standing.days_late,
            counts_from: duty.rule.counts_from.name().to_owned(),
            counts_from_day: duty.counts_from_day,
            mark: duty.rule.mark.clone(),
            source: duty.rule.source.clone(),
            versions: rows.iter().map(|row| version_out(row, withdrawn(row), self.indices.get(&row.code).copied())).collect(),
        }
    }
}

/// At which of the two places that the law names a version was not put up.
fn not_put_up(row: &PublishedRow) -> Vec<&'static str> {
    Channel::NOTICES.map(Channel::name).into_iter().filter(|notice| !row.channels.iter().any(|known| known == notice)).collect()
}

fn version_out(row: &PublishedRow, withdrawn_on: Option<NaiveDate>, log_index: Option<i64>) -> PublishedVersionOut {
    PublishedVersionOut {
        code: row.code.clone(),
        version: row.version,
        replaces: row.replaces.clone(),
        title: row.title.clone(),
        sha256: row.sha256.clone(),
        href: withdrawn_on.is_none().then(|| match &row.statement {
            Some(code) => format!("/api/v1/public/statements/{code}"),
            None => format!("/api/v1/public/documents/{}", row.sha256),
        }),
        statement: row.statement.clone(),
        withdrawn_on,
        published_on: row.published_on,
        channels: row.channels.clone(),
        leaf_hash: hex(&row.leaf_hash),
        log_index,
    }
}
