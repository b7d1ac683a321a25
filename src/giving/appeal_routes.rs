//! `/api/v1/appeals`: draft, change, open, close.

use actix_web::{HttpRequest, get, patch, post, web};
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::appeal_shown::AppealOut;
use super::appeals::{self, AppealRow, AppealText, Created, NewAppeal, Regime};
use super::limits::{self, Extension};
use super::model::AppealState;
use crate::authz::{Attempt, Desk, Read, RunAppeal, Visit};
use crate::basics::Vnd;
use crate::basics::clock::vietnam_date;
use crate::basics::keyboard::changed_by_typing;
use crate::http::etag::{if_match, version_tag};
use crate::http::sets::{Decides, Key, Reads, Records, Writes};
use crate::http::{Answer, Body, Check, FieldError, Kind, Patch, Problem, Reply, Say, one_name};
use crate::tree::{ChapterId, Place};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(create_appeal).service(show_appeal).service(change_appeal).service(open_appeal).service(close_appeal);
}

/// A new appeal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealIn {
    /// Made by the client, once.
    id: Uuid,
    /// Short and speakable: it stands in transfer memos. Upper-case letters and digits, perhaps one dash.
    #[schema(example = "LULUT-2026", max_length = 25)]
    code: String,
    /// Code of the responsible chapter.
    #[schema(example = "68", max_length = 40)]
    chapter: String,
    regime: Regime,
    #[schema(example = "Chung tay cùng đồng bào vùng lũ", max_length = 200)]
    title: String,
    #[schema(max_length = 2000)]
    purpose: String,
    /// In đồng; absent for none.
    #[serde(default)]
    target_vnd: Option<i64>,
    /// First and last day of the receiving period.
    receive_from: NaiveDate,
    receive_until: NaiveDate,
    /// Why it receives for longer than its law allows by itself.
    #[serde(default)]
    extension: Option<Extension>,
}

/// Changes to an appeal: a field left out stays, `null` takes the target away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealPatch {
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    title: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    purpose: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    target_vnd: Patch<i64>,
    /// A later last day extends the appeal; what came after the old last day stays in quarantine. Beyond what the law allows it
    /// takes an `extension`.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    receive_until: Patch<NaiveDate>,
    #[serde(default)]
    #[schema(value_type = Option<Extension>)]
    extension: Patch<Extension>,
}

impl AppealPatch {
    /// What the appeal says afterwards.
    fn over(self, old: AppealText, today: NaiveDate) -> Result<AppealText, Vec<FieldError>> {
        let mut wrong = Check::default();
        // The ground on which it received for longer is history.
        let extension = match old.extension {
            Some(old) => Some(self.extension.over_required("/extension", old, &mut wrong)),
            None => self.extension.over(None),
        };
        let text = AppealText {
            title: self.title.over_required("/title", old.title, &mut wrong),
            purpose: self.purpose.over_required("/purpose", old.purpose, &mut wrong),
            target_vnd: self.target_vnd.over(old.target_vnd),
            receive_until: self.receive_until.over_required("/receive_until", old.receive_until, &mut wrong),
            receive_from: old.receive_from,
            extension,
        };
        let checked = wrong.read_all(check(&text, today));
        wrong.done(checked)
    }
}

/// Checks what an appeal says on a day; all mistakes at once.
fn check(text: &AppealText, today: NaiveDate) -> Result<AppealText, Vec<FieldError>> {
    let mut check = Check::default();
    let mut line = |pointer: &str, text: &str, max: usize| {
        check.read(one_name(pointer, text, max)).map(|line| line.as_str().to_owned()).unwrap_or_default()
    };
    let (title, purpose) = (line("/title", &text.title, 200), line("/purpose", &text.purpose, 2_000));
    if text.target_vnd.is_some_and(|target| Vnd::parse(target).is_err()) {
        check.wrong("/target_vnd", "OUT_OF_RANGE", "Từ 1 đến 10^15 đồng.", "1 to 10^15 đồng.");
    }
    if text.receive_until < text.receive_from {
        check.wrong(
            "/receive_until",
            "BEFORE_THE_START",
            "Ngày kết thúc không trước ngày bắt đầu.",
            "The last day is not before the first.",
        );
    }
    let extension = text.extension.clone().and_then(|extension| check.read_all(extension.checked(today)));
    check.done(Some(AppealText { title, purpose, extension, ..text.clone() }))
}

/// What is said of a receiving period that the law does not allow by itself. It counts from the launch: the day the appeal was
/// opened, or its first day if that is earlier.
fn too_long(
    conn: &mut PgConnection,
    regime: &str,
    opened_on: Option<NaiveDate>,
    text: &AppealText,
) -> Result<Option<Say>, Problem> {
    let launch = opened_on.map_or(text.receive_from, |opened| opened.min(text.receive_from));
    let limits = limits::of(conn, regime, launch)?;
    Ok(limits::too_long(&limits, launch, text.receive_until))
}

fn refuse_period(said: Say) -> Problem {
    Problem::invalid(vec![FieldError::new("/receive_until", "TOO_LONG", said)])
}

/// For another country only the central chapter calls: everything goes to its account (Decree 93/2021/NĐ-CP, art. 20).
fn check_place(regime: Regime, here: &Place) -> Result<(), Problem> {
    if regime == Regime::OverseasDisaster && here.path.len() > 1 {
        return Err(Problem::field(
            "/regime",
            "CENTRAL_ONLY",
            "Vận động cho nước ngoài do Trung ương Hội mở; các cấp Hội tiếp nhận cho đợt đó.",
            "The central chapter opens appeals for other countries; chapters of all levels receive for them.",
        ));
    }
    Ok(())
}

/// A code people type into a memo must come through a Vietnamese typing program as it is.
fn survives_typing(code: &str) -> Result<(), FieldError> {
    changed_by_typing(code).map_or(Ok(()), |changed| {
        let (before, key) = (&changed.before, changed.key);
        let vi = format!("Bộ gõ tiếng Việt đổi mã này: phím “{key}” sau “{before}” thành dấu. Hãy đặt mã khác, hoặc thêm gạch nối trước số (LULUT-2026).");
        let en = format!(
            "Vietnamese typing programs change this code: “{key}” behind “{before}” becomes a mark. Choose another, or put a hyphen before the number (LULUT-2026)."
        );
        Err(FieldError::new("/code", "CHANGED_BY_TYPING", Say::new(vi, en)))
    })
}

fn is_code(code: &str) -> bool {
    let part = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    match code.split_once('-') {
        Some((name, number)) => part(name, 2..=16) && part(number, 1..=8),
        None => part(code, 2..=16),
    }
}

/// Draft an appeal. It receives nothing until it is opened.
#[utoipa::path(
    tag = "appeals", request_body = AppealIn,
    responses((status = 201, body = AppealOut), (status = 200, body = AppealOut, description = "Was drafted already"), Records)
)]
#[post("/appeals")]
pub async fn create_appeal(desk: Desk, Body(body): Body<AppealIn>) -> Answer<AppealOut> {
    let text = AppealText {
        title: body.title,
        purpose: body.purpose,
        target_vnd: body.target_vnd,
        receive_from: body.receive_from,
        receive_until: body.receive_until,
        extension: body.extension,
    };
    let mut wrong = Check::default();
    wrong.own_id("/id", body.id, "id phải là UUID của riêng đợt này.", "id must be a UUID of this appeal's own.");
    let text = wrong.read_all(check(&text, desk.today()));
    if !is_code(&body.code) {
        wrong.wrong(
            "/code",
            "NOT_A_CODE",
            "Mã gồm chữ in hoa và số, ví dụ LULUT-2026.",
            "A code is upper-case letters and digits, e.g. LULUT-2026.",
        );
    }
    let new = text.map(|text| NewAppeal { id: body.id, code: body.code, regime: body.regime, text });
    let new = wrong.done(new).map_err(Problem::invalid)?;
    desk.tx(move |v| draft(v, &body.chapter, &new)).await.map(Reply::made).map(answer)
}

fn draft(v: &mut Visit<'_>, chapter: &str, new: &NewAppeal) -> Result<(AppealRow, bool), Problem> {
    let (grant, here) = v.at_code::<RunAppeal>(chapter)?;
    check_place(new.regime, &here)?;
    let said = too_long(v.conn, new.regime.name(), None, &new.text)?;
    if let Some(said) = said.filter(|_| new.text.extension.is_none()) {
        return Err(refuse_period(said));
    }
    let created = appeals::create(v.conn, &grant, v.now, new)?;
    match created {
        Created::CodeTaken => return Err(Problem::field("/code", "CODE_TAKEN", "Mã này đã dùng.", "This code is taken.")),
        Created::IdTaken => return Err(Problem::new(Kind::IdTaken)),
        Created::New => {
            // Only of a new one: a code of before stays, and sending it again finds it.
            survives_typing(&new.code)?;
            v.note(&grant, "APPEAL_DRAFTED", new.id)?;
        }
        Created::Existing => {}
    }
    let row = appeals::find(v.conn, &new.code)?.ok_or_else(Problem::not_found)?;
    Ok((row, created == Created::New))
}

fn answer(reply: Reply<AppealRow>) -> Reply<AppealOut> {
    let (row, reply) = reply.split();
    reply.with(version_tag(row.version)).map(|()| row.into())
}

/// One appeal, drafts of one's own chapters included.
#[utoipa::path(
    tag = "appeals", params(("code" = String, Path, example = "LULUT-2026")), responses((status = 200, body = AppealOut), Reads)
)]
#[get("/appeals/{code}")]
pub async fn show_appeal(desk: Desk, code: web::Path<String>) -> Answer<AppealOut> {
    let row = desk.read(move |v| {
        let row = appeals::find(v.conn, &code)?.ok_or_else(Problem::not_found)?;
        if row.state == AppealState::Draft.name() {
            v.see::<Read>(ChapterId(row.chapter_id))?;
        }
        Ok(row)
    });
    row.await.map(Reply::ok).map(answer)
}

/// What becomes of an appeal; `None` when it is that way already.
type Change = Option<(AppealText, AppealState)>;

/// Loads an appeal for a change and hands it to `change`, which returns the new text and state.
fn change(
    v: &mut Visit<'_>,
    code: &str,
    action: &'static str,
    change: impl FnOnce(&mut Visit<'_>, &AppealRow) -> Result<Change, Problem>,
) -> Result<AppealRow, Problem> {
    let row = appeals::find_for_update(v.conn, code)?.ok_or_else(Problem::not_found)?;
    let grant = v.at::<RunAppeal>(ChapterId(row.chapter_id))?;
    if let Some((text, state)) = change(v, &row)? {
        appeals::next_version(v.conn, &grant, v.now, &row, &text, state)?;
        v.note(&grant, action, row.id)?;
    }
    appeals::find(v.conn, code)?.ok_or_else(Problem::not_found)
}

/// A step of an appeal's life: what was done under the request's key once is not tried again.
async fn step(desk: Desk, code: web::Path<String>, step: Step) -> Answer<AppealOut> {
    let code = code.into_inner();
    let content = code.clone();
    let work = move |v: &mut Visit<'_>| {
        change(v, &code, step.action, |v, row| match v.attempt() {
            Attempt::First => (step.next)(v.conn, row, vietnam_date(v.now)),
            Attempt::Replay => Ok(None),
        })
    };
    desk.once(step.operation, content, work).await.map(answer)
}

/// One step: its name for keys and for the audit trail, and what it does to an appeal on a day.
struct Step {
    operation: &'static str,
    action: &'static str,
    next: fn(&mut PgConnection, &AppealRow, NaiveDate) -> Result<Change, Problem>,
}

const OPENING: Step = Step {
    operation: "appeal/opening",
    action: "APPEAL_OPENED",
    next: |conn, row, today| match AppealState::parse(&row.state) {
        Some(AppealState::Open) => Ok(None),
        Some(AppealState::Draft) if row.receive_until >= today => {
            match too_long(conn, &row.regime, Some(today), &row.text())?.filter(|_| row.extension.is_none()) {
                Some(said) => Err(Problem::say(Kind::Conflict, said.vi, said.en)),
                None => Ok(Some((row.text(), AppealState::Open))),
            }
        }
        Some(AppealState::Draft) => Err(Problem::say(
            Kind::Conflict,
            "Thời gian nhận đã qua: hãy sửa ngày kết thúc.",
            "The receiving period is over: change its last day.",
        )),
        _ => Err(Problem::say(
            Kind::Conflict,
            "Đợt đã đóng không mở lại; hãy lập đợt mới.",
            "A closed appeal is not opened again; draft a new one.",
        )),
    },
};

const CLOSING: Step = Step {
    operation: "appeal/closing",
    action: "APPEAL_CLOSED",
    next: |_, row, _| match AppealState::parse(&row.state) {
        Some(AppealState::Closed) => Ok(None),
        Some(AppealState::Open) => Ok(Some((row.text(), AppealState::Closed))),
        _ => Err(Problem::say(Kind::Conflict, "Đợt chưa mở.", "The appeal is not open.")),
    },
};

fn stale() -> Problem {
    Problem::say(
        Kind::Conflict,
        "Đợt đã thay đổi sau khi bạn đọc: hãy đọc lại rồi sửa.",
        "The appeal has changed since you read it: read it again, then change it.",
    )
}

/// Change the words, the target or the last day. Send the `ETag` you read as `If-Match`.
///
/// Fields left out stay; `"target_vnd": null` takes the target away. What changes nothing makes no version.
#[utoipa::path(
    tag = "appeals",
    params(("code" = String, Path), ("If-Match" = Option<String>, Header, description = "`ETag` of the version read")),
    request_body = AppealPatch, responses((status = 200, body = AppealOut), Writes)
)]
#[patch("/appeals/{code}")]
pub async fn change_appeal(
    request: HttpRequest,
    desk: Desk,
    code: web::Path<String>,
    Body(body): Body<AppealPatch>,
) -> Answer<AppealOut> {
    let expected = if_match(&request)?;
    let patched = move |v: &mut Visit<'_>, row: &AppealRow| {
        if expected.has(row.version) { patch(v, row, body) } else { Err(stale()) }
    };
    desk.tx(move |v| change(v, &code, "APPEAL_CHANGED", patched)).await.map(Reply::ok).map(answer)
}

fn patch(v: &mut Visit<'_>, row: &AppealRow, body: AppealPatch) -> Result<Change, Problem> {
    let state = AppealState::parse(&row.state).ok_or_else(|| Problem::internal("an appeal has an unknown state"))?;
    if state == AppealState::Closed {
        return Err(Problem::say(Kind::Conflict, "Đợt đã đóng, không sửa được.", "The appeal is closed and cannot be changed."));
    }
    let (old, on_new_ground) = (row.text(), matches!(body.extension, Patch::Value(_)));
    let text = body.over(row.text(), vietnam_date(v.now)).map_err(Problem::invalid)?;
    // An appeal from before the limit was kept here may still be corrected; its end may not go further.
    if text.receive_until > old.receive_until {
        let opened_on = appeals::lives(v.conn, &[row.id])?.remove(&row.id).map(|life| life.opened_on);
        // Each time on a ground of its own: the decision before extended to the day before.
        let said = too_long(v.conn, &row.regime, opened_on, &text)?;
        if let Some(said) = said.filter(|_| !on_new_ground) {
            return Err(refuse_period(said));
        }
    }
    // What says the same again is no version.
    Ok((text != old).then_some((text, state)))
}

/// Open a draft: from now on chapters may receive for it.
#[utoipa::path(tag = "appeals", params(("code" = String, Path), Key), responses((status = 200, body = AppealOut), Decides))]
#[post("/appeals/{code}/opening")]
pub async fn open_appeal(desk: Desk, code: web::Path<String>) -> Answer<AppealOut> {
    step(desk, code, OPENING).await
}

/// Close an appeal: whatever comes from now on waits in quarantine.
#[utoipa::path(tag = "appeals", params(("code" = String, Path), Key), responses((status = 200, body = AppealOut), Decides))]
#[post("/appeals/{code}/closing")]
pub async fn close_appeal(desk: Desk, code: web::Path<String>) -> Answer<AppealOut> {
    step(desk, code, CLOSING).await
}
