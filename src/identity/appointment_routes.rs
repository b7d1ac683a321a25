//! `/api/v1/role-assignments`: give roles, list them, end them, let them act for other chapters.

use std::collections::HashMap;

use actix_web::{get, post, web};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::appointments::{self, ActsForRow, AssignmentRow, Concern, NewActsFor, NewAssignment, Period, Which};
use super::manage::{self, Sight};
use super::{appointing, store};
use crate::authz::{Desk, Read, Role, Visit};
use crate::basics::clock::vietnam_date;
use crate::http::sets::{Key, Lists, Writes};
use crate::http::{Answer, Body, Check, Page, Paging, Problem, Query, Reply, one_line, rows_a_page};
use crate::tree::{self, ChapterId};

/// Chapters one assignment may act for.
const MAX_ACTS_FOR: usize = 50;
/// The longest number of a decision, in characters.
const MOST_DECISION: usize = 100;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(give_role).service(list_role_assignments).service(end_role).service(give_acts_for).service(end_acts_for);
}

/// A role to give.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleAssignmentIn {
    /// Made by the client, once.
    id: Uuid,
    /// The account that gets the role.
    account: Uuid,
    role: Role,
    /// Code of the chapter.
    #[schema(example = "23095", max_length = 40)]
    chapter: String,
    /// First day, Vietnam date.
    valid_from: NaiveDate,
    /// Last day; absent for until further notice.
    #[serde(default)]
    valid_to: Option<NaiveDate>,
    /// Number of the decision that gives the role.
    #[schema(example = "15/QĐ-HCTĐ", max_length = 100)]
    decision_no: String,
    /// Chapters without staff whose books the role keeps too.
    #[serde(default)]
    #[schema(max_items = 50)]
    acts_for: Vec<RoleActsForIn>,
}

/// A chapter the role acts for from the beginning.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleActsForIn {
    #[schema(example = "23059", max_length = 40)]
    chapter: String,
    valid_from: NaiveDate,
    #[serde(default)]
    valid_to: Option<NaiveDate>,
    #[schema(example = "16/QĐ-HCTĐ", max_length = 100)]
    decision_no: String,
}

/// One more chapter to act for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActsForIn {
    /// Made by the client, once.
    id: Uuid,
    #[schema(example = "23059", max_length = 40)]
    chapter: String,
    valid_from: NaiveDate,
    #[serde(default)]
    valid_to: Option<NaiveDate>,
    #[schema(example = "16/QĐ-HCTĐ", max_length = 100)]
    decision_no: String,
}

/// How a role ends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleEndingIn {
    /// Number of the decision that ends it.
    #[schema(example = "20/QĐ-HCTĐ", max_length = 100)]
    decision_no: String,
    /// Last day, today or later. Absent: the next request is refused.
    #[serde(default)]
    last_day: Option<NaiveDate>,
}

/// How acting for a chapter ends: with the next request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActsForEndingIn {
    /// Number of the decision that ends it.
    #[schema(example = "21/QĐ-HCTĐ", max_length = 100)]
    decision_no: String,
}

/// Where an assignment stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Standing {
    ToCome,
    InForce,
    /// Its last day has passed.
    Over,
    /// Ended at once, by a decision.
    Ended,
}

fn standing(period: Period, ended: bool, today: NaiveDate) -> Standing {
    if ended {
        Standing::Ended
    } else if period.to.is_some_and(|to| to < today) {
        Standing::Over
    } else if period.from > today {
        Standing::ToCome
    } else {
        Standing::InForce
    }
}

/// A role held at a chapter.
#[derive(Serialize, ToSchema)]
pub struct RoleAssignmentOut {
    id: Uuid,
    account: Uuid,
    user_name: String,
    role: String,
    #[schema(example = "23095")]
    chapter: String,
    chapter_name: String,
    valid_from: NaiveDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<NaiveDate>,
    decision_no: String,
    standing: Standing,
    /// User name of who gave it; absent for roles given on the command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    given_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_decision_no: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    acts_for: Vec<ActsForOut>,
}

/// A chapter a role acts for.
#[derive(Serialize, ToSchema)]
pub struct ActsForOut {
    id: Uuid,
    #[schema(example = "23059")]
    chapter: String,
    chapter_name: String,
    valid_from: NaiveDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<NaiveDate>,
    decision_no: String,
    standing: Standing,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_decision_no: Option<String>,
}

/// A role that was given, and what to think about.
#[derive(Serialize, ToSchema)]
pub struct RoleGivenOut {
    assignment: RoleAssignmentOut,
    /// Duties of the person that one person should not join: reported, not refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    concerns: Vec<Concern>,
}

fn outs(conn: &mut PgConnection, rows: Vec<AssignmentRow>, today: NaiveDate) -> Result<Vec<RoleAssignmentOut>, Problem> {
    let acting = appointments::acts_for(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let places: Vec<Uuid> = rows.iter().map(|row| row.chapter_id).chain(acting.iter().map(|acts| acts.chapter_id)).collect();
    let labels = tree::labels(conn, &places)?;
    let people: Vec<Uuid> = rows.iter().flat_map(|row| [Some(row.account_id), row.given_by, row.ended_by]).flatten().collect();
    let names = store::user_names(conn, &people)?;
    let mut acts_of: HashMap<Uuid, Vec<ActsForRow>> = HashMap::new();
    for acts in acting {
        acts_of.entry(acts.assignment_id).or_default().push(acts);
    }
    let label = |id: &Uuid| labels.get(id).cloned().ok_or_else(|| Problem::internal("a role at no chapter"));
    let acts_out = |acts: ActsForRow| -> Result<ActsForOut, Problem> {
        let at = label(&acts.chapter_id)?;
        let standing = standing(acts.period(), acts.ended_at.is_some(), today);
        Ok(ActsForOut {
            id: acts.id,
            chapter: at.code,
            chapter_name: at.name,
            valid_from: acts.valid_from,
            valid_to: acts.valid_to,
            decision_no: acts.decision_no,
            standing,
            ended_at: acts.ended_at,
            end_decision_no: acts.end_decision_no,
        })
    };
    rows.into_iter()
        .map(|row| {
            let at = label(&row.chapter_id)?;
            let name = |id: Option<Uuid>| id.and_then(|id| names.get(&id).cloned());
            Ok(RoleAssignmentOut {
                id: row.id,
                account: row.account_id,
                user_name: name(Some(row.account_id)).unwrap_or_default(),
                standing: standing(row.period(), row.ended_at.is_some(), today),
                chapter: at.code,
                chapter_name: at.name,
                valid_from: row.valid_from,
                valid_to: row.valid_to,
                decision_no: row.decision_no,
                given_by: name(row.given_by),
                given_at: row.given_at,
                ended_by: name(row.ended_by),
                ended_at: row.ended_at,
                end_decision_no: row.end_decision_no,
                acts_for: acts_of.remove(&row.id).unwrap_or_default().into_iter().map(acts_out).collect::<Result<_, _>>()?,
                role: row.role,
            })
        })
        .collect()
}

fn given_out(v: &mut Visit<'_>, row: AssignmentRow) -> Result<RoleGivenOut, Problem> {
    let today = vietnam_date(v.now);
    let officer = store::officer_of(v.conn, row.account_id)?;
    let concerns = appointments::concerns(v.conn, officer, today)?;
    let assignment = outs(v.conn, vec![row], today)?.pop().ok_or_else(Problem::not_found)?;
    Ok(RoleGivenOut { assignment, concerns })
}

fn own_id(check: &mut Check, id: Uuid) {
    check.own_id("/id", id, "id phải là một UUID duy nhất.", "The id must be a unique UUID.");
}

/// Checks what was sent: (chapter, assignment, chapters acted for). Days are checked where it is given, for the same request may come
/// again when they have passed; beside other mistakes they are named here too.
fn read_assignment(body: RoleAssignmentIn, today: NaiveDate) -> Result<(String, NewAssignment, Vec<NewActsFor>), Problem> {
    let mut check = Check::default();
    let period = Period { from: body.valid_from, to: body.valid_to };
    let mut days = appointing::wrong_days(period, None, today, "");
    own_id(&mut check, body.id);
    if body.acts_for.len() > MAX_ACTS_FOR {
        let (vi, en) = ("Làm thay tối đa 50 đơn vị.", "One role acts for at most 50 chapters.");
        check.wrong("/acts_for", "OUT_OF_RANGE", vi, en);
    }
    let decision_no = check.read(one_line("/decision_no", &body.decision_no, MOST_DECISION));
    let mut acting = Vec::new();
    for (n, acts) in body.acts_for.into_iter().take(MAX_ACTS_FOR).enumerate() {
        let decision_no = check.read(one_line(&format!("/acts_for/{n}/decision_no"), &acts.decision_no, MOST_DECISION));
        // The assignment's id answers for all of it, so these need none of their own from the client.
        let acts_in = Period { from: acts.valid_from, to: acts.valid_to };
        days.extend(appointing::wrong_days(acts_in, Some(period), today, &format!("/acts_for/{n}")));
        acting.extend(decision_no.map(|no| NewActsFor {
            id: Uuid::now_v7(),
            chapter: acts.chapter,
            period: acts_in,
            decision_no: no,
        }));
    }
    if !check.is_clean() {
        check.extend(days);
    }
    let new =
        decision_no.map(|decision_no| NewAssignment { id: body.id, account: body.account, role: body.role, period, decision_no });
    let new = check.done(new).map_err(Problem::invalid)?;
    Ok((body.chapter, new, acting))
}

/// Give an account a role at a chapter, by a decision.
#[utoipa::path(
    tag = "accounts", request_body = RoleAssignmentIn,
    responses((status = 201, body = RoleGivenOut), (status = 200, body = RoleGivenOut, description = "Was given already"), Writes)
)]
#[post("/role-assignments")]
pub async fn give_role(desk: Desk, Body(body): Body<RoleAssignmentIn>) -> Answer<RoleGivenOut> {
    let (chapter, new, acting) = read_assignment(body, desk.today())?;
    desk.tx(move |v| {
        let (row, made) = appointing::give(v, &chapter, &new, &acting)?;
        Ok((given_out(v, row)?, made))
    })
    .await
    .map(Reply::made)
}

/// Which assignments to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RoleAssignmentsQuery {
    /// Of one account. Either this or `chapter`.
    account: Option<Uuid>,
    /// Held at this chapter, or acting for it.
    #[param(example = "23095")]
    chapter: Option<String>,
    /// Ended and past ones too.
    #[serde(default)]
    #[param(required = false)]
    past: bool,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Roles of an account or at a chapter, oldest first.
#[utoipa::path(tag = "accounts", params(RoleAssignmentsQuery), responses((status = 200, body = Page<RoleAssignmentOut>), Lists))]
#[get("/role-assignments")]
pub async fn list_role_assignments(desk: Desk, Query(query): Query<RoleAssignmentsQuery>) -> Answer<Page<RoleAssignmentOut>> {
    let RoleAssignmentsQuery { account, chapter, past, limit, cursor } = query;
    if account.is_some() == chapter.is_some() {
        rows_a_page(limit)?;
        let (vi, en) = ("Chọn một trong hai: account hoặc chapter.", "Give either account or chapter.");
        return Err(Problem::field("account", "NOT_TOGETHER", vi, en));
    }
    let paging = Paging::of((account, chapter, past), limit, cursor.as_deref())?;
    desk.list(
        paging,
        |v, (account, chapter, past), span| {
            let which = whose(v, *account, chapter.as_deref())?;
            let standing_on = (!past).then(|| vietnam_date(v.now));
            Ok(appointments::list(v.conn, &which, standing_on, span.after, span.rows)?)
        },
        |row| (row.valid_from, row.id),
        |v, rows| outs(v.conn, rows, vietnam_date(v.now)),
    )
    .await
}

/// Whose roles, where the visitor may see them: one's own, or those at a chapter whose books one may read.
fn whose(v: &mut Visit<'_>, account: Option<Uuid>, chapter: Option<&str>) -> Result<Which, Problem> {
    match account {
        Some(id) => {
            may_see(v, id)?;
            Ok(Which::OfAccount(id))
        }
        None => {
            let (here, _) = v.see_code::<Read>(chapter.unwrap_or_default())?;
            Ok(Which::AtChapter(here.chapter()))
        }
    }
}

/// One's own account, or one of a chapter whose books one may read.
fn may_see(v: &mut Visit<'_>, id: Uuid) -> Result<Sight, Problem> {
    if id == v.account() {
        return Ok(Sight::Names);
    }
    let subject = manage::subject(v.conn, id, vietnam_date(v.now))?.ok_or_else(Problem::not_found)?;
    let places: Vec<ChapterId> = subject.places.iter().copied().chain([subject.home]).collect();
    Ok(manage::sight(v, &places)?)
}

/// End a role: at once, or with a last day.
#[utoipa::path(
    tag = "accounts", params(("id" = Uuid, Path), Key), request_body = RoleEndingIn,
    responses((status = 200, body = RoleGivenOut), Writes)
)]
#[post("/role-assignments/{id}/ending")]
pub async fn end_role(desk: Desk, id: web::Path<Uuid>, Body(body): Body<RoleEndingIn>) -> Answer<RoleGivenOut> {
    let decision_no = one_line("/decision_no", &body.decision_no, MOST_DECISION)?;
    let content = format!("{id}\0{:?}\0{}", body.last_day, decision_no.as_str());
    let end = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let row = appointing::end(v, *id, body.last_day, &decision_no)?;
        given_out(v, row)
    };
    desk.once("role-assignment/ending", content, end).await
}

/// Let a role act for one more chapter, by a decision.
#[utoipa::path(
    tag = "accounts", params(("id" = Uuid, Path)), request_body = ActsForIn,
    responses((status = 201, body = RoleGivenOut), (status = 200, body = RoleGivenOut, description = "Was given already"), Writes)
)]
#[post("/role-assignments/{id}/acts-for")]
pub async fn give_acts_for(desk: Desk, id: web::Path<Uuid>, Body(body): Body<ActsForIn>) -> Answer<RoleGivenOut> {
    let mut check = Check::default();
    own_id(&mut check, body.id);
    let decision_no = check.read(one_line("/decision_no", &body.decision_no, MOST_DECISION));
    let period = Period { from: body.valid_from, to: body.valid_to };
    let new = decision_no.map(|decision_no| NewActsFor { id: body.id, chapter: body.chapter, period, decision_no });
    let new = check.done(new).map_err(Problem::invalid)?;
    desk.tx(move |v| {
        let (row, made) = appointing::give_acting(v, *id, &new)?;
        Ok((given_out(v, row)?, made))
    })
    .await
    .map(Reply::made)
}

/// End acting for a chapter at once.
#[utoipa::path(
    tag = "accounts", params(("id" = Uuid, Path), ("acts_for" = Uuid, Path), Key), request_body = ActsForEndingIn,
    responses((status = 200, body = RoleGivenOut), Writes)
)]
#[post("/role-assignments/{id}/acts-for/{acts_for}/ending")]
pub async fn end_acts_for(desk: Desk, path: web::Path<(Uuid, Uuid)>, Body(body): Body<ActsForEndingIn>) -> Answer<RoleGivenOut> {
    let decision_no = one_line("/decision_no", &body.decision_no, MOST_DECISION)?;
    let (id, acting) = path.into_inner();
    let content = format!("{id}\0{acting}\0{}", decision_no.as_str());
    let end = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let row = appointing::end_acting(v, id, acting, &decision_no)?;
        given_out(v, row)
    };
    desk.once("role-assignment/acts-for/ending", content, end).await
}
