//! `/tinh-nguyen`: where somebody signs up as a volunteer, without an account and without script. Whoever does not know the code of a
//! chapter writes its name; of several that fit they choose one.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use diesel::pg::PgConnection;
use serde::Deserialize;

use super::page::{Page, Section, dress, render, serve};
use super::volunteer_words::{SignUp as SignUpWords, Words};
use super::words::fill;
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::disclosure::chapters;
use crate::disclosure::volunteers::{Means, take};
use crate::http::{Allowance, Bytes, Class, FieldError, Lang, Problem, PublicUrl, Query};
use crate::outbox::Ways;
use crate::vault::Vault;
use crate::volunteers::applications;
use crate::volunteers::sign_up::Typed;

/// Most bytes of what is filled in.
const FORM_BYTES: usize = 8 * 1024;
/// Chapters that somebody chooses among.
const CHOICES: i64 = 20;
/// The longest of what is typed into a field, in characters, that comes back with the form.
const MOST_SHOWN: usize = 300;

/// What was filled in.
#[derive(Default, Clone)]
struct Form {
    name: String,
    contact: String,
    chapter: String,
    consent: Option<i16>,
}

impl Form {
    fn read(bytes: &[u8]) -> Self {
        let mut form = Self::default();
        for (field, text) in form_urlencoded::parse(bytes) {
            let text: String = text.chars().take(MOST_SHOWN).collect();
            match &*field {
                "name" => form.name = text,
                "contact" => form.contact = text,
                "chapter" => form.chapter = text,
                "consent" => form.consent = text.parse().ok(),
                _ => {}
            }
        }
        form
    }
}

/// A chapter to choose.
pub(super) struct Choice {
    pub(super) code: String,
    pub(super) name: String,
}

#[derive(Template)]
#[template(path = "portal/sign_up.html")]
struct SignUpPage {
    p: Page,
    w: &'static SignUpWords,
    form: Form,
    choices: Vec<Choice>,
    /// The text of consent, with its version.
    text: String,
    version: i16,
    problem: Option<String>,
    wrong_name: Option<String>,
    wrong_contact: Option<String>,
    wrong_chapter: Option<String>,
    wrong_consent: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/signed_up.html")]
struct TakenPage {
    p: Page,
    w: &'static SignUpWords,
    forget: String,
}

/// Which chapter was chosen on the page before.
#[derive(Deserialize)]
pub struct ChosenForm {
    #[serde(default)]
    chapter: String,
}

/// The empty form.
pub async fn show_sign_up(
    request: HttpRequest,
    Query(chosen): Query<ChosenForm>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let chapter: String = chosen.chapter.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect();
    serve(&request, || async {
        let form = Form { chapter, ..Form::default() };
        let page = blank(Page::new(&request, Section::Other), form);
        let now = clock.now();
        render(&db.read_public(move |conn| with_text(conn, page, now)).await?)
    })
    .await
}

fn blank(p: Page, form: Form) -> SignUpPage {
    SignUpPage {
        w: &Words::of(p.lang).sign_up,
        p,
        form,
        choices: Vec::new(),
        text: String::new(),
        version: 0,
        problem: None,
        wrong_name: None,
        wrong_contact: None,
        wrong_chapter: None,
        wrong_consent: None,
    }
}

fn with_text(conn: &mut PgConnection, page: SignUpPage, now: chrono::DateTime<chrono::Utc>) -> Result<SignUpPage, Problem> {
    let text = applications::text_of_today(conn, now)?.ok_or_else(|| Problem::internal("no text of consent is in force"))?;
    let said = if page.p.lang == Lang::En { text.en } else { text.vi };
    Ok(SignUpPage { text: said, version: text.version, ..page })
}

/// What a handler of the form needs besides what was typed.
pub type Door = (web::Data<Db>, web::Data<Vault>, web::Data<Ways>, web::Data<PublicUrl>, web::Data<Clock>);

/// Takes the form.
pub async fn sign_up(
    request: HttpRequest,
    allowance: Allowance,
    Bytes(filled_in): Bytes<FORM_BYTES>,
    (db, vault, ways, public, clock): Door,
) -> Result<HttpResponse, Problem> {
    let form = Form::read(&filled_in);
    let (now, asked) = (clock.now(), form.chapter.trim().to_owned());
    let found = db.read_public(move |conn| chapters_of(conn, &asked)).await?;
    let code = match found.as_slice() {
        [one] => one.code.clone(),
        _ => String::new(),
    };
    let typed = Typed { name: &form.name, contact: &form.contact, chapter: &code, consent: form.consent };
    let refused = match typed.check(vietnam_date(now)) {
        Err(errors) => Problem::invalid(errors),
        Ok(of) => {
            allowance.spend(Class::SignUp)?;
            match take(Means { db: db.clone(), vault, ways, public, clock }, of).await {
                Ok(_) => return Ok(HttpResponse::SeeOther().insert_header((LOCATION, "/tinh-nguyen/da-nhan")).finish()),
                Err(problem) if problem.kind.status().is_server_error() => return Err(problem),
                Err(problem) => problem,
            }
        }
    };
    let page = again(Page::new(&request, Section::Other), form, &found, &refused);
    let found = if found.len() > 1 { found } else { Vec::new() };
    let page = db.read_public(move |conn| with_text(conn, SignUpPage { choices: found, ..page }, now)).await?;
    answer(&page, &refused)
}

/// The form as it was filled in, with what is wrong.
fn again(p: Page, form: Form, found: &[Choice], refused: &Problem) -> SignUpPage {
    let lang = p.lang;
    let page = blank(p, form);
    let said = |pointer: &str| {
        let of = |error: &&FieldError| error.pointer == pointer;
        refused.errors.iter().find(of).map(|error| error.detail.in_lang(lang).to_owned())
    };
    let wrong_chapter = said("/chapter").map(|text| match found.len() {
        0 => page.w.nothing.to_owned(),
        1 => text,
        _ => page.w.choose.to_owned(),
    });
    let problem = match (&refused.detail, refused.errors.is_empty()) {
        (Some(detail), true) => detail.in_lang(lang).to_owned(),
        _ => page.w.wrong.to_owned(),
    };
    SignUpPage {
        problem: Some(problem),
        wrong_name: said("/name"),
        wrong_contact: said("/contact"),
        wrong_chapter,
        wrong_consent: said("/consent"),
        ..page
    }
}

fn answer(page: &SignUpPage, refused: &Problem) -> Result<HttpResponse, Problem> {
    let status = refused.kind.status();
    let mut response = HttpResponse::build(if status.is_success() { StatusCode::UNPROCESSABLE_ENTITY } else { status });
    response.insert_header((CONTENT_TYPE, "text/html; charset=utf-8"));
    if let Some(seconds) = refused.retry_after {
        response.insert_header((RETRY_AFTER, seconds.to_string()));
    }
    let mut response = response.body(render(page)?);
    dress(response.headers_mut(), page.p.lang);
    Ok(response)
}

/// The chapters that a code or a name means; those that are closed are none.
pub(super) fn chapters_of(conn: &mut PgConnection, asked: &str) -> Result<Vec<Choice>, Problem> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let is_code = asked.len() <= 40 && asked.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_code && let Some(row) = crate::chapters::store::find(conn, &asked.to_ascii_uppercase())? {
        return Ok(vec![Choice { code: row.code, name: row.name }]);
    }
    let asked: String = asked.chars().filter(|c| !c.is_control()).take(100).collect();
    let found = chapters::find_by_name(conn, &asked, None, CHOICES)?;
    let open = found.items.into_iter().filter(|chapter| !matches!(chapter.status.as_str(), "MERGED" | "DISSOLVED"));
    Ok(open.map(|chapter| Choice { code: chapter.code, name: chapter.name }).collect())
}

/// After the form was taken: the same for everybody.
pub async fn show_taken(request: HttpRequest, db: web::Data<Db>, clock: web::Data<Clock>) -> Result<HttpResponse, Problem> {
    serve(&request, || async {
        let p = Page::new(&request, Section::Other);
        let (w, now) = (&Words::of(p.lang).sign_up, clock.now());
        let days = db.read_public(move |conn| -> Result<i64, Problem> { Ok(applications::waits(conn, now)?) }).await?;
        render(&TakenPage { forget: fill(w.taken_forget, &[&days.to_string()]), w, p })
    })
    .await
}
