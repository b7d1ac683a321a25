//! `/huy`: how often entries are reversed, in the whole country or below a chapter. `/can-bo/{code}`: by one person, known
//! by a public code. And the part of a chapter's page that says the same of the chapter.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{Datelike, NaiveDate};
use diesel::pg::PgConnection;
use serde::Deserialize;

use super::asked::in_capitals;
use super::log_state::LogState;
use super::page::{Page, Section, given, render, serve};
use super::words::{Words, fill};
use super::{format, labels};
use crate::chapters::reference::CENTRAL;
use crate::db::Db;
use crate::disclosure::officers::{self, OfficerChaptersQuery};
use crate::disclosure::reversals::{
    self, ChapterReversalsOut, GiftShare, MonthOut, OfficerReason, ReversalsQuery, Reversed, ReversingQuery,
};
use crate::http::{Lang, Problem, Query};

/// A line of a table: what or who, how many, how much.
pub struct Line {
    pub name: String,
    /// The page of what is named.
    pub href: Option<String>,
    pub sub: String,
    pub count: String,
    pub amount: String,
}

/// A person in a table.
pub struct Person {
    pub code: String,
    pub reasons: String,
    pub asked: String,
    pub approved: String,
}

/// A year to choose.
pub struct Year {
    pub text: String,
    pub href: String,
    pub current: bool,
}

/// Years as links to a page, with all time in front where the page has it; none when there is nothing to choose.
fn years_of(path: &str, years: &[i32], chosen: Option<i32>, all: Option<&str>) -> Vec<Year> {
    let sign = if path.contains('?') { '&' } else { '?' };
    let all = all.map(|text| Year { text: text.to_owned(), href: path.to_owned(), current: chosen.is_none() });
    let year =
        |year: &i32| Year { text: year.to_string(), href: format!("{path}{sign}year={year}"), current: chosen == Some(*year) };
    let list: Vec<Year> = all.into_iter().chain(years.iter().map(year)).collect();
    if list.len() > 1 { list } else { Vec::new() }
}

/// `ghi trùng`, and what was reversed where it was no gift.
fn reason_text(original: &str, reason: &str, lang: Lang) -> String {
    let reason = labels::reason(reason, lang);
    if original == "GIFT" { reason } else { format!("{reason} ({})", labels::kind(original, lang)) }
}

/// How many of all gifts were reversed, in words; nothing where there are no gifts.
fn share_text(gifts: GiftShare, lang: Lang) -> Option<String> {
    let w = &Words::of(lang).reversals;
    let figures = [
        format::percent(gifts.reversed_count, gifts.recorded_count, lang),
        format::count(gifts.reversed_count, lang),
        format::count(gifts.recorded_count, lang),
    ];
    (gifts.recorded_count > 0).then(|| fill(w.share, &figures.each_ref().map(String::as_str)))
}

fn sum_text(sum: Reversed, lang: Lang) -> (String, String) {
    (format::count(sum.count, lang), format::vnd(sum.amount_vnd, lang))
}

#[derive(Template)]
#[template(path = "portal/reversals.html")]
struct ReversalsPage {
    p: Page,
    title: String,
    /// The place, unless it is the whole country.
    place: Option<(String, String)>,
    count: String,
    /// In a sentence below the tables: one absurd sum, taken back, is no headline.
    value: String,
    share: Option<String>,
    years: Vec<Year>,
    reasons: Vec<Line>,
    chapters: Vec<Line>,
    next: Option<String>,
    /// The newest head of the log, for paper.
    seal: Option<String>,
}

/// Below which chapter, in which year, and where in the list.
#[derive(Deserialize)]
pub struct ReversalsForm {
    chapter: Option<String>,
    #[serde(default)]
    year: String,
    cursor: Option<String>,
}

/// The year an address asks for, if any. One that has not come would look like a year without reversals.
pub fn year(text: &str, today: NaiveDate) -> Result<Option<i32>, Problem> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    match text.trim().parse::<i32>() {
        Ok(year) if year > today.year() => {
            Err(Problem::field("year", "OUT_OF_RANGE", "Năm này chưa đến.", "This year has not come yet."))
        }
        Ok(year) => Ok(Some(year)),
        Err(_) => Err(Problem::field(
            "year",
            "WRONG_SHAPE",
            "Cần một số nguyên, chỉ gồm chữ số.",
            "A whole number is needed, digits only.",
        )),
    }
}

/// `/huy`.
pub async fn show_reversals(
    request: HttpRequest,
    Query(form): Query<ReversalsForm>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let ReversalsForm { chapter, year: asked, cursor } = form;
    serve(&request, || async {
        let p = Page::new(&request, Section::Other);
        let year = year(&asked, p.today)?;
        let query = ReversingQuery { chapter: given(chapter), year, limit: None, cursor: given(cursor) };
        let page = db.read_public(move |conn| reversals_page(conn, p, &query)).await?;
        render(&page)
    })
    .await
}

fn reversals_page(conn: &mut PgConnection, p: Page, query: &ReversingQuery) -> Result<ReversalsPage, Problem> {
    let (lang, w) = (p.lang, &p.w.reversals);
    let out = reversals::load(conn, &ReversalsQuery { chapter: query.chapter.clone(), year: query.year })?;
    let list = reversals::reversing(conn, query)?;
    let path = if out.chapter == CENTRAL { "/huy".to_owned() } else { format!("/huy?chapter={}", out.chapter) };
    let reasons = out.by_reason.into_iter().map(|row| {
        let (count, amount) = sum_text(row.reversed, lang);
        Line { name: reason_text(&row.original, &row.reason, lang), href: None, sub: String::new(), count, amount }
    });
    let year = out.year.map(|year| format!("?year={year}")).unwrap_or_default();
    let chapters = list.items.into_iter().map(|row| {
        let (count, amount) = sum_text(row.reversed, lang);
        let sub = row.gifts.and_then(|gifts| share_text(gifts, lang)).unwrap_or_default();
        Line { name: row.name, href: Some(format!("/don-vi/{}{year}#huy", row.chapter)), sub, count, amount }
    });
    let next = list.next.map(|cursor| {
        let sign = if path.contains('?') { '&' } else { '?' };
        let year = out.year.map(|year| format!("year={year}&")).unwrap_or_default();
        format!("{path}{sign}{year}cursor={cursor}")
    });
    let (count, amount) = sum_text(out.reversed, lang);
    Ok(ReversalsPage {
        title: out.year.map_or_else(|| w.title.to_owned(), |year| fill(w.title_year, &[&year.to_string()])),
        share: out.gifts.and_then(|gifts| share_text(gifts, lang)),
        value: fill(w.value, &[&amount]),
        years: years_of(&path, &out.years, out.year, Some(w.all_years)),
        reasons: reasons.collect(),
        chapters: chapters.collect(),
        seal: LogState::read(conn)?.on_paper(lang),
        place: (out.chapter != CENTRAL).then_some((out.chapter, out.name)),
        next,
        count,
        p,
    })
}

/// What the page of a chapter says of its reversals.
pub struct Here {
    /// `None` when nothing was ever reversed here or below.
    pub year: Option<String>,
    pub years: Vec<Year>,
    pub total: String,
    pub share: Option<String>,
    /// With everything below, where that is more: text and page.
    pub below: Option<(String, String)>,
    pub months: Vec<Line>,
    pub persons: Vec<Person>,
}

/// The reversals of a chapter in a year.
pub fn here(conn: &mut PgConnection, code: &str, year: Option<i32>, lang: Lang) -> Result<Here, Problem> {
    let w = &Words::of(lang).reversals;
    let out = reversals::of_chapter(conn, code, year)?;
    let path = format!("/don-vi/{}", out.chapter);
    let mut years = years_of(&path, &out.years, out.year, None);
    years.iter_mut().for_each(|year| year.href.push_str("#huy"));
    let said = |sum: Reversed, text: &str| {
        let (count, amount) = sum_text(sum, lang);
        fill(text, &[&count, &amount])
    };
    let wider = (out.subtree.count > out.own.count).then(|| {
        let year = out.year.map(|year| format!("&year={year}")).unwrap_or_default();
        (said(out.subtree, w.with_below), format!("/huy?chapter={}{year}", out.chapter))
    });
    Ok(Here {
        year: out.year.map(|year| fill(w.in_year, &[&year.to_string()])),
        years,
        total: said(out.own, w.total),
        share: share_text(out.gifts, lang),
        below: wider,
        months: months(&out, lang),
        persons: persons(&out, lang),
    })
}

/// The chapter's own, newest month first, and in it what happened most.
fn months(out: &ChapterReversalsOut, lang: Lang) -> Vec<Line> {
    let mut own: Vec<&MonthOut> = out.months.iter().filter(|row| row.own.count > 0).collect();
    own.sort_by(|a, b| b.month.cmp(&a.month).then(b.own.count.cmp(&a.own.count)));
    let lines = own.into_iter().map(|row| {
        let month = format!("{}-01", row.month).parse::<NaiveDate>();
        let (count, amount) = sum_text(row.own, lang);
        let name = month.map_or_else(|_| row.month.clone(), |day| format::month(day, lang));
        Line { name, href: None, sub: reason_text(&row.original, &row.reason, lang), count, amount }
    });
    lines.collect()
}

fn persons(out: &ChapterReversalsOut, lang: Lang) -> Vec<Person> {
    let person = |officer: &reversals::OfficerReversals| Person {
        code: officer.officer.clone(),
        reasons: reasons_text(&officer.by_reason, lang),
        asked: format::count(officer.part.asked.count, lang),
        approved: format::count(officer.part.approved.count, lang),
    };
    out.officers.iter().map(person).collect()
}

/// `ghi trùng: 3; sai số tiền: 1`, whether asked or approved.
fn reasons_text(reasons: &[OfficerReason], lang: Lang) -> String {
    let text = |row: &OfficerReason| {
        let count = format::count(row.part.count(), lang);
        format!("{}: {count}", reason_text(&row.original, &row.reason, lang))
    };
    reasons.iter().map(text).collect::<Vec<_>>().join("; ")
}

/// Which year, and where in the list.
#[derive(Deserialize)]
pub struct OfficerForm {
    #[serde(default)]
    year: String,
    cursor: Option<String>,
}

/// What a person did at one chapter.
pub struct AtChapter {
    pub code: String,
    pub name: String,
    pub asked: String,
    pub approved: String,
}

#[derive(Template)]
#[template(path = "portal/officer.html")]
struct OfficerPage {
    p: Page,
    code: String,
    title: String,
    asked: String,
    approved: String,
    /// In a sentence below the tables.
    values: String,
    years: Vec<Year>,
    reasons: Vec<Person>,
    chapters: Vec<AtChapter>,
    next: Option<String>,
    /// The newest head of the log, for paper.
    seal: Option<String>,
}

/// `/can-bo/{code}`.
pub async fn show_officer(
    request: HttpRequest,
    code: web::Path<String>,
    Query(form): Query<OfficerForm>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let code = code.into_inner();
    if let Some(there) = in_capitals("can-bo", &code, request.query_string()) {
        return Ok(there);
    }
    serve(&request, || async {
        let p = Page::new(&request, Section::Other);
        let year = year(&form.year, p.today)?;
        let query = OfficerChaptersQuery { year, limit: None, cursor: given(form.cursor) };
        let page = db.read_public(move |conn| officer_page(conn, p, &code, &query)).await?;
        render(&page)
    })
    .await
}

fn officer_page(conn: &mut PgConnection, p: Page, code: &str, query: &OfficerChaptersQuery) -> Result<OfficerPage, Problem> {
    let (lang, w) = (p.lang, &p.w.reversals);
    let out = officers::load(conn, code, query.year)?;
    let list = officers::chapters(conn, code, query)?;
    let path = format!("/can-bo/{}", out.officer);
    let reasons = out.by_reason.iter().map(|row| Person {
        code: String::new(),
        reasons: reason_text(&row.original, &row.reason, lang),
        asked: format::count(row.part.asked.count, lang),
        approved: format::count(row.part.approved.count, lang),
    });
    let chapters = list.items.into_iter().map(|row| AtChapter {
        asked: format::count(row.part.asked.count, lang),
        approved: format::count(row.part.approved.count, lang),
        code: row.chapter,
        name: row.name,
    });
    let (asked, approved) = (sum_text(out.part.asked, lang), sum_text(out.part.approved, lang));
    Ok(OfficerPage {
        title: fill(w.officer_title, &[&out.officer, &out.year.to_string()]),
        values: fill(w.values, &[&asked.1, &approved.1]),
        asked: asked.0,
        approved: approved.0,
        years: years_of(&path, &out.years, Some(out.year), None),
        reasons: reasons.collect(),
        chapters: chapters.collect(),
        next: list.next.map(|cursor| format!("{path}?year={}&cursor={cursor}", out.year)),
        seal: LogState::read(conn)?.on_paper(lang),
        code: out.officer,
        p,
    })
}
