//! `/hien-mau/{code}/kiem-tra`: questions that somebody answers for themself before a blood drive, without an account and without script. What
//! they answer goes out with the answer and is kept nowhere: it stands in the body of a request that no log and no cache knows.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;

use super::format;
use super::page::{Page, Section, dress, render, serve};
use super::pre_check_words::{PreCheck as PreCheckWords, Words, both};
use super::words::fill;
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::blood_rules::{CENTRE_DECIDES, Component};
use crate::db::Db;
use crate::disclosure::pre_check::{Before, PreCheckFinding, PreCheckOut, PreCheckStands, components, listed};
use crate::http::{Bytes, FieldError, Lang, Problem, Say};
use crate::persons::Sex;
use crate::pre_check::{Answers, PreCheckAsk, Question, Since};

/// Most bytes of what is filled in.
const FORM_BYTES: usize = 8 * 1024;
/// The longest of what is typed into a field, in characters, that comes back with the form.
const MOST_SHOWN: usize = 40;

/// What was filled in. It is not `Debug`: nobody writes it into a log.
#[derive(Default)]
struct Form {
    version: Option<i16>,
    birth: String,
    sex: String,
    weight: String,
    component: String,
    last: String,
    /// Codes of the questions that are ticked.
    yes: Vec<String>,
    /// Days, by the code of the question.
    days: HashMap<String, String>,
}

impl Form {
    fn read(bytes: &[u8]) -> Self {
        let mut form = Self::default();
        for (field, text) in form_urlencoded::parse(bytes) {
            let text: String = text.trim().chars().take(MOST_SHOWN).collect();
            match &*field {
                "version" => form.version = text.parse().ok(),
                "birth" => form.birth = text,
                "sex" => form.sex = text,
                "weight" => form.weight = text,
                "component" => form.component = text,
                "last" => form.last = text,
                "yes" => form.yes.push(text),
                _ => drop(field.strip_prefix("on-").map(|code| form.days.insert(code.to_owned(), text))),
            }
        }
        form
    }

    /// The answers, and what of them cannot be read.
    fn answers(&self, before: &Before) -> (Answers, Vec<FieldError>) {
        let mut wrong = Vec::new();
        let mut read = |pointer: String, text: &str| {
            let read = day(text);
            if read.is_none() && !text.is_empty() {
                wrong.push(FieldError::new(pointer, "NOT_A_DATE", not_a_day()));
            }
            read
        };
        let component = Component::parse(&self.component);
        let on = read("/last/on".to_owned(), &self.last);
        let mut yes: Vec<Since> = Vec::new();
        for question in before.questionnaire.questions.iter().filter(|question| question.is_of_rules()) {
            let text = self.days.get(&question.code).map(String::as_str).unwrap_or_default();
            // Who writes a day means yes.
            if self.yes.contains(&question.code) || !text.is_empty() {
                let on = read(format!("/yes/{}/on", yes.len()), text);
                yes.push(Since { question: question.code.clone(), on });
            }
        }
        if component.is_none() && on.is_some() {
            let (vi, en) = both(|words| words.no_component);
            wrong.push(FieldError::new("/last/on", "MISSING", Say::fixed(vi, en)));
        }
        if component.is_some() && self.last.is_empty() {
            wrong.push(FieldError::new("/last/on", "MISSING", not_a_day()));
        }
        let answers = Answers {
            version: self.version.unwrap_or_default(),
            birth: day(&self.birth).map_or_else(|| self.birth.clone(), |day| day.to_string()),
            sex: Sex::parse(&self.sex),
            weight_kg: self.weight.clone(),
            wanted: Component::WholeBlood,
            last: component.zip(on),
            yes,
        };
        (answers, wrong)
    }
}

/// A day as people write it, or as browsers send it.
fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%d/%m/%Y").or_else(|_| NaiveDate::parse_from_str(text, "%Y-%m-%d")).ok()
}

fn not_a_day() -> Say {
    let (vi, en) = both(|words| words.not_a_day);
    Say::fixed(vi, en)
}

/// A question as it stands in the form.
struct Asked {
    kind: &'static str,
    id: String,
    code: String,
    text: String,
    listed: Vec<String>,
    typed: String,
    day: String,
    is_yes: bool,
    wrong: Option<String>,
}

/// A rule that stands in the way.
struct Shown {
    text: String,
    until: String,
    law: String,
}

/// What the rules say.
struct Said {
    said: String,
    bag: Option<String>,
    findings: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "portal/pre_check.html")]
struct PreCheckPage {
    p: Page,
    w: &'static PreCheckWords,
    code: String,
    when: String,
    /// The title of the drive.
    drive: String,
    notice: &'static str,
    note: String,
    version: i16,
    components: Vec<(&'static str, &'static str)>,
    questions: Vec<Asked>,
    wrong: bool,
    result: Option<Said>,
}

impl PreCheckPage {
    fn of(p: Page, before: &Before, form: &Form, errors: &[FieldError], result: Option<Said>) -> Self {
        let (lang, w) = (p.lang, &Words::of(p.lang).pre_check);
        let (note_vi, note_en) = (&before.questionnaire.note_vi, &before.questionnaire.note_en);
        // In the order in which the form gives what is answered with yes.
        let ticked = |question: &&Question| {
            question.is_of_rules()
                && (form.yes.contains(&question.code) || form.days.get(&question.code).is_some_and(|day| !day.is_empty()))
        };
        let yes: Vec<&str> =
            before.questionnaire.questions.iter().filter(ticked).map(|question| question.code.as_str()).collect();
        let asked = |question: &Question| asked(question, before, form, errors, &yes, lang);
        Self {
            w,
            code: before.drive.clone(),
            when: fill(w.for_drive, &[&format::day(before.day, lang)]),
            drive: before.title.clone(),
            notice: if lang == Lang::En { CENTRE_DECIDES.1 } else { CENTRE_DECIDES.0 },
            note: if lang == Lang::En { note_en.clone() } else { note_vi.clone() },
            version: before.questionnaire.version,
            components: components(lang).map(|(component, name)| (component.name(), name)).collect(),
            questions: before.questionnaire.questions.iter().map(asked).collect(),
            wrong: !errors.is_empty(),
            result,
            p,
        }
    }
}

fn asked(question: &Question, before: &Before, form: &Form, errors: &[FieldError], yes: &[&str], lang: Lang) -> Asked {
    let pick = |vi: &str, en: &str| if lang == Lang::En { en.to_owned() } else { vi.to_owned() };
    let typed = match question.ask {
        PreCheckAsk::Birth => form.birth.clone(),
        PreCheckAsk::Sex => form.sex.clone(),
        PreCheckAsk::Weight => form.weight.clone(),
        PreCheckAsk::LastDonation => form.component.clone(),
        PreCheckAsk::Since | PreCheckAsk::Condition => String::new(),
    };
    let day = match question.ask {
        PreCheckAsk::LastDonation => form.last.clone(),
        _ => form.days.get(&question.code).cloned().unwrap_or_default(),
    };
    let place = yes.iter().position(|code| *code == question.code);
    let pointer = match question.ask {
        PreCheckAsk::Birth => "/birth".to_owned(),
        PreCheckAsk::Sex => "/sex".to_owned(),
        PreCheckAsk::Weight => "/weight_kg".to_owned(),
        PreCheckAsk::LastDonation => "/last".to_owned(),
        PreCheckAsk::Since | PreCheckAsk::Condition => place.map(|n| format!("/yes/{n}/")).unwrap_or_default(),
    };
    let wrong = errors.iter().find(|error| !pointer.is_empty() && error.pointer.starts_with(&pointer));
    Asked {
        kind: question.ask.name(),
        id: question.code.to_ascii_lowercase().replace('_', "-"),
        code: question.code.clone(),
        text: pick(&question.vi, &question.en),
        listed: listed(question, &before.rules).into_iter().map(|listed| pick(&listed.vi, &listed.en)).collect(),
        typed,
        day,
        is_yes: place.is_some(),
        wrong: wrong.map(|error| error.detail.in_lang(lang).to_owned()),
    }
}

fn said(out: &PreCheckOut, w: &PreCheckWords, lang: Lang) -> Said {
    let pick = |vi: &str, en: &str| if lang == Lang::En { en.to_owned() } else { vi.to_owned() };
    let shown = |finding: &PreCheckFinding| Shown {
        text: pick(&finding.vi, &finding.en),
        until: match (finding.stands, finding.over_on) {
            (PreCheckStands::ForAWhile, Some(day)) => fill(w.over_on, &[&format::day(day, lang)]),
            (PreCheckStands::Condition, _) => w.keep_to.to_owned(),
            (PreCheckStands::Unclear, _) => w.unclear.to_owned(),
            (PreCheckStands::Always | PreCheckStands::ForAWhile, _) => w.always.to_owned(),
        },
        law: finding.grounds.as_ref().map(|grounds| pick(&grounds.law_vi, &grounds.law_en)).unwrap_or_default(),
    };
    Said {
        said: pick(&out.vi, &out.en),
        bag: out.bag_ml.map(|ml| fill(w.bag, &[&ml.to_string()])),
        findings: out.findings.iter().map(shown).collect(),
    }
}

async fn before(db: &Db, clock: &Clock, code: String) -> Result<Before, Problem> {
    let today = vietnam_date(clock.now());
    db.read_public(move |conn| Before::of(conn, today, &code)).await
}

/// The empty form.
pub async fn show_pre_check(
    request: HttpRequest,
    code: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    serve(&request, || async {
        let before = before(&db, &clock, code.into_inner()).await?;
        render(&PreCheckPage::of(Page::new(&request, Section::Other), &before, &Form::default(), &[], None))
    })
    .await
}

/// What the rules say about what was filled in, or the form once more with what is wrong.
pub async fn assess_pre_check(
    request: HttpRequest,
    code: web::Path<String>,
    Bytes(filled_in): Bytes<FORM_BYTES>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let form = Form::read(&filled_in);
    let before = before(&db, &clock, code.into_inner()).await?;
    let page = Page::new(&request, Section::Other);
    let lang = page.lang;
    let (answers, mut wrong) = form.answers(&before);
    let assessed = match before.assess(&answers) {
        Ok(out) if wrong.is_empty() => Some(out),
        Ok(_) => None,
        Err(problem) if problem.kind.status().is_server_error() => return Err(problem),
        Err(problem) => {
            wrong.extend(problem.errors);
            None
        }
    };
    let status = if assessed.is_some() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let result = assessed.map(|out| said(&out, &Words::of(lang).pre_check, lang));
    let page = PreCheckPage::of(page, &before, &form, &wrong, result);
    let mut response = HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(render(&page)?);
    dress(response.headers_mut(), lang);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_people_and_as_browsers_write_them() {
        let expected = NaiveDate::from_ymd_opt(2000, 2, 29);
        assert_eq!((day("29/02/2000"), day("2000-02-29"), day("29/2/2000")), (expected, expected, expected));
        for text in ["", "2000", "30/02/2000", "29-02-2000", "hôm qua"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_filled_in_is_read_and_cut() {
        let form = Form::read("version=1&birth=+1996+&yes=TATTOO&yes=WORK&on-TATTOO=14%2F03%2F2026&other=x".as_bytes());
        assert_eq!((form.version, form.birth.as_str(), form.yes.len()), (Some(1), "1996", 2));
        assert_eq!(form.days.get("TATTOO").map(String::as_str), Some("14/03/2026"));
        let long = Form::read(format!("weight={}", "9".repeat(500)).as_bytes());
        assert_eq!(long.weight.len(), MOST_SHOWN);
    }
}
