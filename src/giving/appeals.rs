//! SQL of appeals: their versions, funds and life.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Integer, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::feed::changed_appeal;
use super::limits::{Extension, ExtensionColumns};
use super::model::{AppealState, AppealTerms};
use crate::authz::{Granted, RunAppeal};
use crate::basics::codes::codes;
use crate::basics::fold;
use crate::basics::keyboard::memo_forms;
use crate::changes;
use crate::db::DbError;
use crate::db::schema::{appeal, appeal_version};
use crate::db::shown;
use crate::db::statement::statement;
use crate::ledger::model::{Fund, FundId, Restriction};
use crate::ledger::store as ledger;
use crate::tree::{self, ChapterId};

codes! {
    /// The legal frame of an appeal; deadlines and publications depend on it (Decree 93/2021, Decree 03/2026, the Red Cross law).
    pub wire enum Regime {
        /// Disaster, epidemic, incident. (Not an appeal for one patient: that is ordinary support, or a fund's.)
        Decree93Of2021 = "DECREE_93_2021",
        /// A licensed Red Cross fund.
        Decree03Of2026 = "DECREE_03_2026",
        /// Ordinary Red Cross support.
        RedCrossLaw = "RED_CROSS_LAW",
        ForeignAid = "FOREIGN_AID",
        /// Relief for another country's disaster: the central chapter calls, and everything goes to its account.
        OverseasDisaster = "OVERSEAS_DISASTER",
    }
}

/// What a version of an appeal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealText {
    pub title: String,
    pub purpose: String,
    pub target_vnd: Option<i64>,
    pub receive_from: NaiveDate,
    pub receive_until: NaiveDate,
    /// Why it receives for longer than its law allows by itself.
    pub extension: Option<Extension>,
}

/// A new appeal.
pub struct NewAppeal {
    pub id: Uuid,
    pub code: String,
    pub regime: Regime,
    pub text: AppealText,
}

/// An appeal with its newest version, as everyone may see it (drafts excepted).
#[derive(Debug, Clone)]
pub struct AppealRow {
    pub id: Uuid,
    pub code: String,
    pub chapter_id: Uuid,
    pub chapter: String,
    pub regime: String,
    pub state: String,
    pub version: i32,
    pub title: String,
    pub purpose: String,
    pub target_vnd: Option<i64>,
    pub receive_from: NaiveDate,
    pub receive_until: NaiveDate,
    pub extension: Option<Extension>,
}

/// Result of making an appeal.
#[derive(Debug, PartialEq, Eq)]
pub enum Created {
    New,
    /// The same appeal is here already, by the same id.
    Existing,
    CodeTaken,
    IdTaken,
}

/// Makes a DRAFT with its two funds, or opens nothing when id or code is known.
pub fn create(conn: &mut PgConnection, by: &Granted<RunAppeal>, now: DateTime<Utc>, new: &NewAppeal) -> Result<Created, DbError> {
    let known: Option<(String, Uuid, String)> =
        appeal::table.find(new.id).select((appeal::code, appeal::chapter_id, appeal::regime)).first(conn).optional()?;
    if let Some((code, chapter, regime)) = known {
        let same =
            code == new.code && chapter == by.chapter().0 && regime == new.regime.name() && first_text(conn, new.id)? == new.text;
        return Ok(if same { Created::Existing } else { Created::IdTaken });
    }
    let taken: i64 = appeal::table.filter(appeal::code.eq(&new.code)).count().get_result(conn)?;
    if taken > 0 {
        return Ok(Created::CodeTaken);
    }
    shown::adds(conn);
    let fund = ledger::open_fund(conn, Restriction::Appeal, &new.code)?;
    let quarantine = ledger::open_fund(conn, Restriction::Quarantine, &new.code)?;
    diesel::insert_into(appeal::table)
        .values((
            appeal::id.eq(new.id),
            appeal::code.eq(&new.code),
            appeal::chapter_id.eq(by.chapter().0),
            appeal::regime.eq(new.regime.name()),
            appeal::state.eq(AppealState::Draft.name()),
            appeal::version.eq(1),
            appeal::fund_id.eq(fund.0),
            appeal::quarantine_fund_id.eq(quarantine.0),
            appeal::created_at.eq(now),
            appeal::created_by.eq(by.account()),
        ))
        .execute(conn)?;
    insert_version(conn, by, now, new.id, 1, &new.text, AppealState::Draft)?;
    changes::note(conn, &[changed_appeal(by.chapter(), &new.code)])?;
    Ok(Created::New)
}

/// What an appeal said when it was drafted.
fn first_text(conn: &mut PgConnection, id: Uuid) -> Result<AppealText, DbError> {
    use appeal_version as v;
    type Row = (String, String, Option<i64>, NaiveDate, NaiveDate, ExtensionColumns);
    let columns = (v::title, v::purpose, v::target_vnd, v::receive_from, v::receive_until, EXTENSION);
    let (title, purpose, target_vnd, receive_from, receive_until, extension): Row =
        v::table.find((id, 1)).select(columns).first(conn)?;
    Ok(AppealText { title, purpose, target_vnd, receive_from, receive_until, extension: Extension::of(extension) })
}

fn insert_version(
    conn: &mut PgConnection,
    by: &Granted<RunAppeal>,
    now: DateTime<Utc>,
    id: Uuid,
    version: i32,
    text: &AppealText,
    state: AppealState,
) -> Result<(), DbError> {
    let (ground, no, on, decided_by, level, commitment) = Extension::columns(text.extension.as_ref());
    shown::alters(conn);
    diesel::insert_into(appeal_version::table)
        .values((
            (
                appeal_version::extension_ground.eq(ground),
                appeal_version::extension_no.eq(no),
                appeal_version::extension_on.eq(on),
                appeal_version::extension_by.eq(decided_by),
                appeal_version::extension_level.eq(level),
                appeal_version::extension_text.eq(commitment),
            ),
            appeal_version::appeal_id.eq(id),
            appeal_version::version.eq(version),
            appeal_version::title.eq(&text.title),
            appeal_version::purpose.eq(&text.purpose),
            appeal_version::target_vnd.eq(text.target_vnd),
            appeal_version::receive_from.eq(text.receive_from),
            appeal_version::receive_until.eq(text.receive_until),
            appeal_version::state.eq(state.name()),
            appeal_version::recorded_at.eq(now),
            appeal_version::recorded_by.eq(by.account()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes the next version of an appeal of the granted chapter, locked by the caller with [`find_for_update`].
pub fn next_version(
    conn: &mut PgConnection,
    by: &Granted<RunAppeal>,
    now: DateTime<Utc>,
    row: &AppealRow,
    text: &AppealText,
    state: AppealState,
) -> Result<(), DbError> {
    insert_version(conn, by, now, row.id, row.version + 1, text, state)?;
    shown::alters(conn);
    diesel::update(appeal::table.find(row.id).filter(appeal::chapter_id.eq(by.chapter().0)))
        .set((appeal::state.eq(state.name()), appeal::version.eq(row.version + 1)))
        .execute(conn)?;
    changes::note(conn, &[changed_appeal(by.chapter(), &row.code)])
}

impl AppealRow {
    pub fn text(&self) -> AppealText {
        AppealText {
            title: self.title.clone(),
            purpose: self.purpose.clone(),
            target_vnd: self.target_vnd,
            receive_from: self.receive_from,
            receive_until: self.receive_until,
            extension: self.extension.clone(),
        }
    }
}

/// Columns of an appeal and its newest version; only what the public role may read.
type Stored = (Uuid, String, Uuid, String, String, i32, String, String, Option<i64>, NaiveDate, NaiveDate, ExtensionColumns);

#[diesel::dsl::auto_type]
fn newest() -> _ {
    appeal::table.inner_join(
        appeal_version::table.on(appeal_version::appeal_id.eq(appeal::id).and(appeal_version::version.eq(appeal::version))),
    )
}

/// The columns of [`Extension`].
const EXTENSION: ExtensionAt = (
    appeal_version::extension_ground,
    appeal_version::extension_no,
    appeal_version::extension_on,
    appeal_version::extension_by,
    appeal_version::extension_level,
    appeal_version::extension_text,
);

type ExtensionAt = (
    appeal_version::extension_ground,
    appeal_version::extension_no,
    appeal_version::extension_on,
    appeal_version::extension_by,
    appeal_version::extension_level,
    appeal_version::extension_text,
);
type StoredAt = (
    appeal::id,
    appeal::code,
    appeal::chapter_id,
    appeal::regime,
    appeal::state,
    appeal::version,
    appeal_version::title,
    appeal_version::purpose,
    appeal_version::target_vnd,
    appeal_version::receive_from,
    appeal_version::receive_until,
    ExtensionAt,
);

/// The columns of [`Stored`].
const STORED: StoredAt = (
    appeal::id,
    appeal::code,
    appeal::chapter_id,
    appeal::regime,
    appeal::state,
    appeal::version,
    appeal_version::title,
    appeal_version::purpose,
    appeal_version::target_vnd,
    appeal_version::receive_from,
    appeal_version::receive_until,
    EXTENSION,
);

fn with_chapters(conn: &mut PgConnection, rows: Vec<Stored>) -> Result<Vec<AppealRow>, DbError> {
    let labels = tree::labels(conn, &rows.iter().map(|row| row.2).collect::<Vec<_>>())?;
    let row_of = |(
        id,
        code,
        chapter_id,
        regime,
        state,
        version,
        title,
        purpose,
        target_vnd,
        receive_from,
        receive_until,
        extension,
    ): Stored| {
        let chapter = labels.get(&chapter_id)?.code.clone();
        Some(AppealRow {
            id,
            code,
            chapter_id,
            chapter,
            regime,
            state,
            version,
            title,
            purpose,
            target_vnd,
            receive_from,
            receive_until,
            extension: Extension::of(extension),
        })
    };
    Ok(rows.into_iter().filter_map(row_of).collect())
}

/// One appeal by code.
pub fn find(conn: &mut PgConnection, code: &str) -> Result<Option<AppealRow>, DbError> {
    let rows = newest().filter(appeal::code.eq(code)).select(STORED).load(conn)?;
    Ok(with_chapters(conn, rows)?.pop())
}

/// [`find`] by its id.
pub fn by_id(conn: &mut PgConnection, id: Uuid) -> Result<Option<AppealRow>, DbError> {
    let rows = newest().filter(appeal::id.eq(id)).select(STORED).load(conn)?;
    Ok(with_chapters(conn, rows)?.pop())
}

/// [`find`], with the appeal locked against other changes until the end of the transaction.
pub fn find_for_update(conn: &mut PgConnection, code: &str) -> Result<Option<AppealRow>, DbError> {
    let locked: Option<Uuid> =
        appeal::table.filter(appeal::code.eq(code)).select(appeal::id).for_update().first(conn).optional()?;
    match locked {
        Some(_) => find(conn, code),
        None => Ok(None),
    }
}

/// The appeal that is no draft whose code stands so in the memo of a transfer; `None` where none or more than one does.
pub fn of_memo(conn: &mut PgConnection, memo: &str) -> Result<Option<String>, DbError> {
    let plain: String = fold(memo).chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    if !(2..=24).contains(&plain.len()) {
        return Ok(None);
    }
    // Every form of a code begins with the same two characters.
    let near =
        appeal::table.filter(appeal::state.ne(AppealState::Draft.name())).filter(appeal::code.like(format!("{}%", &plain[..2])));
    let codes: Vec<String> = near.select(appeal::code).load(conn)?;
    let mut fits = codes.into_iter().filter(|code| memo_forms(code).contains(&plain));
    let first = fits.next();
    Ok(first.filter(|_| fits.next().is_none()))
}

/// Appeals that are no drafts, by code after `after`; of one state if named.
pub fn list(
    conn: &mut PgConnection,
    state: Option<AppealState>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<AppealRow>, DbError> {
    let states: Vec<&str> = match state {
        Some(state) => vec![state.name()],
        None => vec![AppealState::Open.name(), AppealState::Closed.name()],
    };
    let rows = newest()
        .filter(appeal::code.gt(after.unwrap_or_default()))
        .filter(appeal::state.eq_any(states))
        .filter(appeal::state.ne(AppealState::Draft.name()))
        .order(appeal::code)
        .limit(limit)
        .select(STORED)
        .load(conn)?;
    with_chapters(conn, rows)
}

statement! {
    struct LockAppeals { codes: Vec<&'a str> => Array<Text> } -> (SqlUuid,),
    "SELECT id FROM appeal WHERE code = ANY(?) ORDER BY id FOR SHARE"
}

statement! {
    struct Terms { ids: Vec<Uuid> => Array<SqlUuid> } ->
        (SqlUuid, Text, SqlUuid, Text, Integer, Integer, Date, Date, Array<SqlUuid>),
    "SELECT a.id, a.code, a.chapter_id, a.state, a.fund_id, a.quarantine_fund_id, v.receive_from, v.receive_until,
            ARRAY(SELECT s.chapter_id FROM appeal_share s WHERE s.appeal_id = a.id
                  UNION ALL
                  SELECT i FROM chapter_successors(a.chapter_id || ARRAY(SELECT s.chapter_id FROM appeal_share s WHERE s.appeal_id = a.id)) i)
     FROM appeal a JOIN appeal_version v ON v.appeal_id = a.id AND v.version = a.version
     WHERE a.id = ANY(?)"
}

/// What recording needs to know of appeals, by code. They are locked first, so that an appeal cannot close between
/// the decision where a gift goes and its booking; and read by a statement of its own, because one that waited for a
/// lock would still see the version from before the wait.
pub fn terms(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, AppealTerms>, DbError> {
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<(Uuid,)> = LockAppeals { codes: &codes.to_vec() }.load(conn)?;
    type Row = (Uuid, String, Uuid, String, i32, i32, NaiveDate, NaiveDate, Vec<Uuid>);
    let rows: Vec<Row> = Terms { ids: &ids.into_iter().map(|(id,)| id).collect() }.load(conn)?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, code, chapter, state, fund, quarantine, receive_from, receive_until, shared)| {
            let fund_of = |id, restriction: Restriction| Fund {
                id: FundId(id),
                code: format!("{}:{code}", restriction.name()),
                restriction,
                appeal: Some(code.clone()),
            };
            let terms = AppealTerms {
                id,
                state: AppealState::parse(&state)?,
                chapter: ChapterId(chapter),
                receive_from,
                receive_until,
                fund: fund_of(fund, Restriction::Appeal),
                quarantine: fund_of(quarantine, Restriction::Quarantine),
                shared_with: shared.into_iter().map(ChapterId).collect(),
                code: code.clone(),
            };
            Some((code, terms))
        })
        .collect())
}

/// When an appeal was opened and closed, in Vietnam. Allowed to the public role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    pub opened_on: NaiveDate,
    pub closed_on: Option<NaiveDate>,
}

/// The lives of appeals that were opened, by id.
pub fn lives(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Life>, DbError> {
    use appeal_version as v;
    let rows: Vec<(Uuid, String, Option<NaiveDate>)> = v::table
        .filter(v::appeal_id.eq_any(ids))
        .group_by((v::appeal_id, v::state))
        .select((v::appeal_id, v::state, diesel::dsl::min(v::recorded_on)))
        .load(conn)?;
    let day = |id: Uuid, state: AppealState| rows.iter().find(|row| row.0 == id && row.1 == state.name()).and_then(|row| row.2);
    let life = |id: &Uuid| {
        let life = Life { opened_on: day(*id, AppealState::Open)?, closed_on: day(*id, AppealState::Closed) };
        Some((*id, life))
    };
    Ok(ids.iter().filter_map(life).collect())
}

/// Codes and chapters of appeals, by id.
pub fn named(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, (String, Uuid)>, DbError> {
    let rows = appeal::table.filter(appeal::id.eq_any(ids)).select((appeal::id, (appeal::code, appeal::chapter_id)));
    Ok(rows.load::<(Uuid, (String, Uuid))>(conn)?.into_iter().collect())
}

/// Appeals of a chapter, of those below it and of those it has succeeded that are no drafts, by code after `after`.
pub fn list_below(conn: &mut PgConnection, chapter: ChapterId, after: &str, limit: i64) -> Result<Vec<AppealRow>, DbError> {
    let taken_over = tree::with_succeeded(conn, chapter)?;
    let rows = newest()
        .filter(appeal::chapter_id.eq_any(tree::at_and_below(chapter.0)).or(appeal::chapter_id.eq_any(taken_over)))
        .filter(appeal::code.ge(after))
        .filter(appeal::state.ne(AppealState::Draft.name()))
        .order(appeal::code)
        .limit(limit)
        .select(STORED)
        .load(conn)?;
    with_chapters(conn, rows)
}

/// The title an appeal had at a moment; its versions are kept for good.
pub fn title_at(conn: &mut PgConnection, code: &str, at: DateTime<Utc>) -> Result<Option<String>, DbError> {
    Ok(appeal_version::table
        .inner_join(appeal::table.on(appeal::id.eq(appeal_version::appeal_id)))
        .filter(appeal::code.eq(code))
        .filter(appeal_version::recorded_at.le(at))
        .order(appeal_version::version.desc())
        .select(appeal_version::title)
        .first(conn)
        .optional()?)
}

/// The appeals of a chapter: code and state. Its successor goes on with them.
pub fn of_chapter(conn: &mut PgConnection, chapter: Uuid) -> Result<Vec<(String, String)>, DbError> {
    Ok(appeal::table
        .filter(appeal::chapter_id.eq(chapter))
        .order(appeal::code)
        .select((appeal::code, appeal::state))
        .load(conn)?)
}
