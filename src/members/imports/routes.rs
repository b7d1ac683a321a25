//! `/api/v1/member-imports`: a list of members out of a spreadsheet, looked through, decided on, admitted.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_TYPE, LOCATION, VARY};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::super::model::MemberKind;
use super::check::{self, File, Found, Told};
use super::form::FORM;
use super::rules::{Rules, Signed};
use super::store::{self, ImportRow};
use super::wire::{ImportOut, ListCheck, ListFault, ListState, Outcome};
use super::{matter, show};
use crate::authz::{Actor, Desk, KeepPeople, Visit};
use crate::basics::clock::vietnam_date;
use crate::basics::{Line, unhex};
use crate::db::Db;
use crate::decisions::Verdict;
use crate::http::query::nothing_asked;
use crate::http::sent_file::XLSX;
use crate::http::sets::{Decides, Key, Own, Records, Writes};
use crate::http::{Answer, Check, Lang, Problem, Query, Reply, SentFile, one_line};
use crate::vault::Vault;

/// Of each kind of rows, most that an answer names.
const MOST_NAMED: usize = 500;
const MOST_NO: usize = 60;
/// Files read at once, in a process: a file unpacks to a multiple of itself.
static READING: Semaphore = Semaphore::const_new(2);

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(download_member_template)
        .service(check_member_list)
        .service(show_member_import)
        .service(accept_member_import)
        .service(approve_member_import)
        .service(refuse_member_import)
        .service(withdraw_member_import);
}

/// The bytes of a spreadsheet.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "names the answer's form in the OpenAPI document")]
pub struct MemberSheet(Vec<u8>);

/// An empty list of members to fill in, with an explanation of its columns.
#[utoipa::path(
    tag = "members",
    responses((status = 200, body = MemberSheet, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), Own)
)]
#[get("/member-imports/template.xlsx")]
pub async fn download_member_template(desk: Desk, request: HttpRequest, lang: Lang) -> Result<HttpResponse, Problem> {
    // Its address could be that of a list, which takes a part.
    nothing_asked(request.query_string())?;
    desk.read(|_| Ok(())).await?;
    let file = web::block(move || sheets::template(&FORM, lang == Lang::En)).await.map_err(Problem::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, XLSX))
        .insert_header((CONTENT_LANGUAGE, lang.tag()))
        .insert_header((VARY, "accept-language"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"danh-sach-hoi-vien.xlsx\""))
        .body(file.map_err(Problem::internal)?))
}

/// What is said of a list as a whole.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Code of the chapter that admits them.
    #[param(example = "23095")]
    chapter: String,
    /// Number of the decision, one for the list. Without it the list is looked through and nothing kept.
    #[param(example = "15/QĐ-HCTĐ", max_length = 60)]
    decision_no: Option<String>,
    /// What kind of members they are whose rows say none; `MEMBER` unless given.
    #[param(inline)]
    kind: Option<MemberKind>,
    /// SHA-256 of the list that the representatives of its children signed, in hexadecimal digits.
    #[param(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", min_length = 64, max_length = 64)]
    paper: Option<String>,
    /// The version of the text that they signed; 1 unless given.
    #[param(example = 1)]
    text_version: Option<i16>,
}

/// [`ListQuery`], checked.
struct Sent {
    actor: Actor,
    now: DateTime<Utc>,
    lang: Lang,
    chapter: String,
    decision_no: Option<Line>,
    kind: MemberKind,
    signed: Signed,
}

impl Sent {
    fn of(desk: &Desk, lang: Lang, query: ListQuery) -> Result<Self, Problem> {
        let mut check = Check::default();
        let decision_no = query.decision_no.as_deref().map(|text| check.read(one_line("decision_no", text, MOST_NO)));
        let paper = query.paper.as_deref().map(unhex);
        if paper == Some(None) {
            check.wrong(
                "paper",
                "NOT_A_HASH",
                "SHA-256 của bản có chữ ký: 64 chữ số hexa.",
                "SHA-256 of the signed paper: 64 hexadecimal digits.",
            );
        }
        let paper = paper.flatten();
        let signed = Signed { text_version: paper.map(|_| query.text_version.unwrap_or(1)), paper };
        check.done(Some(())).map_err(Problem::invalid)?;
        Ok(Self {
            actor: desk.actor(),
            now: desk.now(),
            lang,
            chapter: query.chapter,
            decision_no: decision_no.flatten(),
            kind: query.kind.unwrap_or(MemberKind::Member),
            signed,
        })
    }

    fn told(&self) -> Told<'_> {
        Told {
            chapter: &self.chapter,
            decision_no: self.decision_no.as_ref().map(Line::as_str),
            kind: self.kind,
            signed: &self.signed,
        }
    }
}

/// Look through a list of people to be admitted: XLSX or CSV, at most 10,000 rows, as in the template.
///
/// Nobody is written down. A list with faults is not kept: the answer names them row by row. One without faults that comes with the
/// number of a decision waits for a second person, who admits all of it; the same list sent again is the same one.
#[utoipa::path(
    tag = "members", params(ListQuery),
    request_body(
        content = MemberSheet, content_type = "application/octet-stream",
        description = "The file, as it is. `text/csv`, the type of XLSX and `application/vnd.ms-excel` are taken as well, or none; others are refused (`415`)"
    ),
    responses(
        (status = 201, body = ListCheck, description = "Right; it waits for a second person"),
        (status = 200, body = ListCheck, description = "Not kept: faulty, or a look alone; or the same list is there already"),
        Writes
    )
)]
#[post("/member-imports")]
pub async fn check_member_list(
    desk: Desk,
    Query(query): Query<ListQuery>,
    lang: Lang,
    SentFile(bytes): SentFile,
) -> Answer<ListCheck> {
    let sent = Sent::of(&desk, lang, query)?;
    let chapter = sent.chapter.clone();
    desk.read(move |v| v.at_code::<KeepPeople>(&chapter).map(drop).map_err(Problem::from)).await?;
    let _turn = READING.acquire().await.map_err(Problem::internal)?;
    desk.blocking(move |db, vault, _| checked(db, vault, &sent, &bytes)).await.map(Reply::made)
}

/// Reads, checks and, without a fault, keeps a list that is asked for; says whether it is new.
fn checked(db: &Db, vault: &Vault, sent: &Sent, bytes: &[u8]) -> Result<(ListCheck, bool), Problem> {
    let mut file = check::file(vault, &sent.told(), bytes)?;
    let mut faults = std::mem::take(&mut file.faults);
    let rules = db.read_blocking(|conn| -> Result<Rules, Problem> {
        let mut v = Visit::enter(conn, vault, sent.now, sent.actor)?;
        let (grant, _) = v.at_code::<KeepPeople>(&sent.chapter)?;
        let people = file.people.iter().filter_map(|one| one.entry.as_ref());
        Ok(Rules::read(v.conn, grant.chapter(), people, sent.signed.clone(), vietnam_date(sent.now))?)
    })?;
    let candidates = check::candidates(vault, &file.people, &rules, &mut faults)?;
    let mut found = db.read_blocking(|conn| -> Result<Found, Problem> {
        let mut v = Visit::enter(conn, vault, sent.now, sent.actor)?;
        let (grant, _) = v.at_code::<KeepPeople>(&sent.chapter)?;
        Ok(check::look(&mut v, &grant, &rules, &candidates)?)
    })?;
    faults.append(&mut found.faults);
    faults.sort_by_key(|fault| fault.row);
    let kept = match &sent.decision_no {
        Some(no) if faults.is_empty() => Some(keep(db, vault, sent, no, &file)?),
        _ => None,
    };
    let is_new = kept.as_ref().is_some_and(|(_, is_new)| *is_new);
    let check = ListCheck {
        outcome: if faults.is_empty() { Outcome::Ready } else { Outcome::Faulty },
        rows: file.people.len(),
        fault_count: faults.len(),
        faults: faults.iter().take(MOST_NAMED).map(|fault| ListFault::of(fault, sent.lang)).collect(),
        alike: found.alike.into_iter().take(MOST_NAMED).collect(),
        known: found.known,
        hidden_rows: file.hidden,
        ignored_columns: file.ignored,
        ignored_sheets: file.ignored_sheets,
        import: kept.map(|(out, _)| out),
    };
    Ok((check, is_new))
}

fn keep(db: &Db, vault: &Vault, sent: &Sent, no: &Line, file: &File) -> Result<(ImportOut, bool), Problem> {
    let parts = store::sealed_parts(vault, &file.people)?;
    db.tx_blocking(|conn| -> Result<_, Problem> {
        let mut v = Visit::enter(conn, vault, sent.now, sent.actor)?;
        let (grant, _) = v.at_code::<KeepPeople>(&sent.chapter)?;
        let row = ImportRow {
            id: Uuid::new_v4(),
            chapter_id: grant.chapter().0,
            content_hash: file.content_hash.to_vec(),
            state: ListState::Ready.name().to_owned(),
            decision_no: no.as_str().to_owned(),
            text_version: sent.signed.text_version,
            paper: sent.signed.paper.map(|paper| paper.to_vec()),
            row_count: i32::try_from(file.people.len()).unwrap_or(i32::MAX),
            uploaded_by: grant.account(),
            uploaded_at: v.now,
            decided_by: None,
            decided_at: None,
        };
        let (row, is_new) = matter::ask(&mut v, &grant, &row, &parts)?;
        Ok((show::out(v.conn, row, sent.lang)?, is_new))
    })
}

/// Which part of a list's people to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PartQuery {
    /// Also the people of this part of the list, from 0, up to 500.
    #[param(minimum = 0, maximum = 19)]
    part: Option<i16>,
}

/// Where a list of members stands, also for whoever decides on it. Each reading is noted in the audit trail.
#[utoipa::path(
    tag = "members", params(("id" = Uuid, Path, description = "The list"), PartQuery), responses((status = 200, body = ImportOut), Records)
)]
#[get("/member-imports/{id}")]
pub async fn show_member_import(
    desk: Desk,
    id: web::Path<Uuid>,
    Query(query): Query<PartQuery>,
    lang: Lang,
) -> Answer<ImportOut> {
    desk.tx(move |v| Ok(show::one(v, *id, query.part, lang)?)).await.map(Reply::ok)
}

/// Accept a list of members as the second person: a job admits all its people.
///
/// The job says how far it is (`GET /api/v1/jobs/{id}`); which rows were refused and why says the list. Accept it again as often as
/// needed, after a lost answer or when the job came to nothing: nobody is admitted twice. Where the rules ask for several persons, it is
/// begun with the last one's.
#[utoipa::path(
    tag = "members", params(("id" = Uuid, Path, description = "The list")),
    responses(
        (status = 202, body = ImportOut, description = "It is being admitted, or was, or waits for the next person", headers(("location" = String, description = "Path of the job, once there is one"))),
        Decides
    )
)]
#[post("/member-imports/{id}/acceptance")]
pub async fn accept_member_import(desk: Desk, id: web::Path<Uuid>, lang: Lang) -> Answer<ImportOut> {
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let row = matter::accept(v, *id)?;
        Ok(show::out(v.conn, row, lang)?)
    };
    let out = desk.tx(work).await?;
    let job = out.job;
    let reply = Reply::accepted(out);
    Ok(match job {
        Some(job) => reply.with((LOCATION, format!("/api/v1/jobs/{job}"))),
        None => reply,
    })
}

async fn decide(desk: Desk, id: Uuid, lang: Lang, operation: &'static str, verdict: Verdict) -> Answer<ImportOut> {
    let work = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let row = matter::decide(v, id, verdict)?;
        Ok(show::out(v.conn, row, lang)?)
    };
    desk.once(operation, id.to_string(), work).await
}

/// Approve a list of members as the second person, as every matter is approved: the same as accepting it.
#[utoipa::path(
    tag = "members", params(("id" = Uuid, Path, description = "The list"), Key), responses((status = 200, body = ImportOut), Decides)
)]
#[post("/member-imports/{id}/approval")]
pub async fn approve_member_import(desk: Desk, id: web::Path<Uuid>, lang: Lang) -> Answer<ImportOut> {
    decide(desk, *id, lang, "member-import/approval", Verdict::Approve).await
}

/// Refuse a list of members as the second person: nothing of it is kept.
#[utoipa::path(
    tag = "members", params(("id" = Uuid, Path, description = "The list"), Key), responses((status = 200, body = ImportOut), Decides)
)]
#[post("/member-imports/{id}/refusal")]
pub async fn refuse_member_import(desk: Desk, id: web::Path<Uuid>, lang: Lang) -> Answer<ImportOut> {
    decide(desk, *id, lang, "member-import/refusal", Verdict::Refuse).await
}

/// Withdraw a list of members by the chapter that sent it: nothing of it is kept.
#[utoipa::path(
    tag = "members", params(("id" = Uuid, Path, description = "The list"), Key), responses((status = 200, body = ImportOut), Decides)
)]
#[post("/member-imports/{id}/withdrawal")]
pub async fn withdraw_member_import(desk: Desk, id: web::Path<Uuid>, lang: Lang) -> Answer<ImportOut> {
    decide(desk, *id, lang, "member-import/withdrawal", Verdict::Withdraw).await
}
