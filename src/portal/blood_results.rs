//! `/hien-mau/ket-qua` and `/hien-mau/ket-qua/{code}`: what drives of blood gave, by chapter and year, and one by one.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::Datelike;
use serde::Deserialize;

use super::blood_words::{self, BloodResults as Text, Words};
use super::charts::{self, Bar};
use super::format;
use super::log_state::LogState;
use super::page::{Page, Section, given, render, serve};
use super::words::fill;
use crate::blood_results::out::{
    BloodCounts, BloodMonth, BloodPersons, BloodProgress, BloodResultOut, BloodResultRow, BloodResultsOut,
};
use crate::db::Db;
use crate::disclosure::blood_results::{self, BloodDrivesQuery, BloodResultsQuery};
use crate::http::{Lang, Problem, Query};

/// Drives of a page.
const DRIVES: u32 = 20;
/// Years to choose from, beside the one that is shown.
const YEARS: i32 = 4;

/// Whose results, of which year, and where in the list of drives.
#[derive(Deserialize)]
pub struct Form {
    chapter: Option<String>,
    #[serde(default)]
    year: String,
    cursor: Option<String>,
}

/// A chapter in the table, or the one the page is about.
pub struct Line {
    pub href: String,
    pub name: String,
    pub units: String,
    pub target: String,
    /// How much of it was reached: the width of a bar, and in words.
    pub reached: Option<(String, String)>,
    /// The same in a sentence.
    pub of_target: Option<String>,
    pub target_statement: Option<String>,
    pub last_year: String,
    pub change: Option<String>,
    pub drives: String,
}

/// Persons by one thing.
pub struct Counted {
    pub title: &'static str,
    pub lines: Vec<(String, String, String)>,
}

/// Units by month.
pub struct Months {
    pub says: String,
    pub width: &'static str,
    pub bars: Vec<Bar>,
    pub before: Vec<Bar>,
    pub scale: [String; 3],
    pub days: [String; 3],
    /// Month, units, units of the year before.
    pub lines: Vec<(String, String, String)>,
}

/// A drive in the list.
pub struct DriveLine {
    pub code: String,
    pub day: String,
    pub chapter: String,
    pub name: String,
    pub units: String,
    pub gave: String,
    pub corrected: bool,
}

#[derive(Template)]
#[template(path = "portal/blood_results.html")]
struct ResultsPage {
    p: Page,
    w: &'static Text,
    own: Line,
    until: String,
    years: Vec<(String, String, bool)>,
    /// What it hands on, and how that differs from its own target.
    handed_on: Option<(String, Option<String>)>,
    facts: Vec<(&'static str, String)>,
    months: Option<Months>,
    counts: Vec<Counted>,
    lines: Vec<Line>,
    rest: Option<String>,
    values: Vec<(String, String)>,
    drives: Vec<DriveLine>,
    next: Option<String>,
    /// Where the files are: name and address.
    files: [(&'static str, String); 3],
    /// The newest head of the log, for paper.
    seal: Option<String>,
}

/// How one figure changed into another, with its sign: `+12,5%`.
fn change(now: i64, before: i64, lang: Lang) -> Option<String> {
    let sign = if now > before { "+" } else { "" };
    (before > 0).then(|| format!("{sign}{}", format::percent(now - before, before, lang)))
}

fn line(of: BloodProgress, lang: Lang) -> Line {
    let reached = of.target_units.filter(|target| *target > 0);
    Line {
        href: format!("/hien-mau/ket-qua?chapter={}", of.chapter),
        units: format::count(of.units, lang),
        target: of.target_units.map(|units| format::count(units, lang)).unwrap_or_default(),
        of_target: reached.map(|target| {
            let figures = [&format::percent(of.units, target, lang), &format::count(target, lang)];
            fill(Words::of(lang).blood.of_target, &figures.map(String::as_str))
        }),
        reached: reached.map(|target| (charts::share(of.units, target), format::percent(of.units, target, lang))),
        target_statement: of.target_statement,
        last_year: format::count(of.units_last_year, lang),
        change: change(of.units, of.units_last_year, lang),
        drives: format::count(of.drives, lang),
        name: of.chapter_name,
    }
}

fn counted(counts: &BloodCounts, lang: Lang) -> Vec<Counted> {
    let w = &Words::of(lang).blood;
    let all = [
        (w.by_sex, &counts.by_sex),
        (w.by_age, &counts.by_age),
        (w.by_group, &counts.by_group),
        (w.by_volume, &counts.by_volume),
        (w.by_reason, &counts.by_reason),
    ];
    let of = |(title, persons): (&'static str, &Vec<BloodPersons>)| {
        let most = persons.iter().map(|one| one.persons).max().unwrap_or_default();
        let name = |one: &BloodPersons| {
            let names: Vec<String> = one.kinds.iter().map(|code| blood_words::kind(code, lang)).collect();
            if names.len() > 3 { w.together.to_owned() } else { names.join(", ") }
        };
        let line = |one: &BloodPersons| (name(one), format::count(one.persons, lang), charts::share(one.persons, most));
        Counted { title, lines: persons.iter().map(line).collect() }
    };
    all.into_iter().map(of).filter(|counted| !counted.lines.is_empty()).collect()
}

fn months(all: &[BloodMonth], year: i32, lang: Lang) -> Option<Months> {
    let most = all.iter().flat_map(|month| [month.units, month.units_last_year]).max().filter(|most| *most > 0)?;
    let best = all.iter().max_by_key(|month| (month.units, std::cmp::Reverse(month.month)))?;
    let top = charts::round_up(most);
    let bar = |month: &BloodMonth, units: i64, year: i32| {
        let at = i64::from(month.month) - 1;
        let says = format!("{}/{year}: {}", month.month, format::count(units, lang));
        charts::bar(usize::try_from(at).unwrap_or(0), units, top, says)
    };
    let name = |month: i16| format!("{month:02}/{year}");
    Some(Months {
        says: fill(Words::of(lang).blood.months_say, &[&best.month.to_string(), &format::count(best.units, lang)]),
        width: "120",
        bars: all.iter().filter(|month| month.units > 0).map(|month| bar(month, month.units, year)).collect(),
        before: all
            .iter()
            .filter(|month| month.units_last_year > 0)
            .map(|month| bar(month, month.units_last_year, year - 1))
            .collect(),
        scale: [format::count(top, lang), format::count(top / 2, lang), "0".to_owned()],
        days: [name(1), name(6), name(12)],
        lines: all
            .iter()
            .filter(|month| month.units + month.units_last_year > 0)
            .map(|month| (name(month.month), format::count(month.units, lang), format::count(month.units_last_year, lang)))
            .collect(),
    })
}

fn drive(row: BloodResultRow, lang: Lang) -> DriveLine {
    DriveLine {
        code: row.drive,
        day: format::day(row.day, lang),
        chapter: row.chapter,
        name: row.chapter_name,
        units: format::count(row.units, lang),
        gave: format::count(row.gave, lang),
        corrected: row.corrected,
    }
}

/// What people did, of a year.
fn facts(of: &BloodResultsOut, lang: Lang) -> Vec<(&'static str, String)> {
    let w = &Words::of(lang).blood;
    let count = |many| format::count(many, lang);
    let mut facts = vec![(w.registered, count(of.registered)), (w.came, count(of.came)), (w.gave, count(of.gave))];
    let untold = (of.drives_not_telling > 0).then(|| fill(w.not_telling, &[&count(of.drives_not_telling)]));
    facts.push((w.deferred, untold.map_or_else(|| count(of.deferred), |text| format!("{} ({text})", count(of.deferred)))));
    if of.ml_units > 0 {
        facts.push((w.ml, format!("{}\u{a0}ml {}", count(of.ml), fill(w.ml_of, &[&count(of.ml_units)]))));
    }
    facts
}

/// The address of a page of the list, or of a file.
fn with(path: &str, pairs: &[(&str, Option<&str>)]) -> String {
    let given: Vec<(&str, &str)> = pairs.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
    format!("{path}?{}", serde_urlencoded::to_string(given).unwrap_or_default())
}

/// `/hien-mau/ket-qua`.
pub async fn show_results(request: HttpRequest, Query(form): Query<Form>, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let (chapter, cursor) = (given(form.chapter), given(form.cursor));
    let year = match form.year.trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| Problem::not_found())?),
    };
    serve(&request, || async {
        let p = Page::new(&request, Section::Other);
        let (lang, today) = (p.lang, p.today);
        let query = BloodResultsQuery { chapter: chapter.clone(), year, rows: None };
        let list = BloodDrivesQuery { chapter: chapter.clone(), year, limit: Some(DRIVES), cursor };
        let read = move |conn: &mut diesel::pg::PgConnection| -> Result<_, Problem> {
            let seal = LogState::read(conn)?.on_paper(lang);
            Ok((blood_results::of_year(conn, &query, today)?, blood_results::drives(conn, &list, today)?, seal))
        };
        let (of, drives, seal) = db.read_public(read).await?;
        let page = results_page(p, of, drives.items, drives.next.as_deref(), chapter.as_deref());
        render(&ResultsPage { seal, ..page })
    })
    .await
}

fn results_page(
    p: Page,
    of: BloodResultsOut,
    drives: Vec<BloodResultRow>,
    next: Option<&str>,
    chapter: Option<&str>,
) -> ResultsPage {
    let (lang, w) = (p.lang, &Words::of(p.lang).blood);
    let written = of.year.to_string();
    let newest = p.today.year().max(of.year);
    let years = (newest - YEARS..=newest).rev().map(|year| {
        let text = year.to_string();
        (with("/hien-mau/ket-qua", &[("chapter", chapter), ("year", Some(&text))]), text.clone(), year == of.year)
    });
    let own_target = of.own.target_units;
    let differs = |handed: i64| {
        let differs = own_target.map(|own| handed - own).filter(|differs| *differs != 0)?;
        let sign = if differs > 0 { "+" } else { "" };
        Some(fill(w.handed_on_differs, &[&format!("{sign}{}", format::count(differs, lang))]))
    };
    let (lines, bare): (Vec<_>, Vec<_>) =
        of.rows.iter().cloned().partition(|row| row.target_units.is_some() || row.units + row.units_last_year > 0);
    let value = |of: &crate::blood_results::out::BloodValue| {
        let figures = [&format::count(of.units, lang), &format::vnd(of.vnd_per_unit, lang), &format::vnd(of.value_vnd, lang)];
        (fill(w.value_text, &figures.map(String::as_str)), fill(w.value_source, &[&of.source]))
    };
    let file = |path: &str, rows: Option<&str>| with(path, &[("chapter", chapter), ("year", Some(&written)), ("rows", rows)]);
    ResultsPage {
        until: fill(w.until, &[&format::day(of.until, lang)]),
        years: years.collect(),
        handed_on: of.handed_on_units.map(|handed| (format::count(handed, lang), differs(handed))),
        facts: facts(&of, lang),
        months: months(&of.months, of.year, lang),
        counts: counted(&of.counts, lang),
        rest: (!bare.is_empty() && !lines.is_empty())
            .then(|| fill(w.rest, &[&format::count(i64::try_from(bare.len()).unwrap_or(0), lang)])),
        lines: lines.into_iter().map(|row| line(row, lang)).collect(),
        values: of.value.iter().map(value).collect(),
        drives: drives.into_iter().map(|row| drive(row, lang)).collect(),
        next: next
            .map(|cursor| with("/hien-mau/ket-qua", &[("chapter", chapter), ("year", Some(&written)), ("cursor", Some(cursor))])),
        files: [
            (w.file_rows, file("/api/v1/public/blood-results.csv", None)),
            (w.file_communes, file("/api/v1/public/blood-results.csv", Some("COMMUNE"))),
            (w.file_drives, file("/api/v1/public/blood-results/drives.csv", None)),
        ],
        own: line(of.own, lang),
        seal: None,
        w,
        p,
    }
}

#[derive(Template)]
#[template(path = "portal/blood_result.html")]
struct ResultPage {
    p: Page,
    w: &'static Text,
    of: BloodResultOut,
    day: String,
    units: String,
    facts: Vec<(&'static str, String)>,
    counts: Vec<Counted>,
    /// The newest head of the log, for paper.
    seal: Option<String>,
}

/// `/hien-mau/ket-qua/{code}`, however the code is typed.
pub async fn show_result(request: HttpRequest, code: web::Path<String>, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let code = code.into_inner();
    serve(&request, || async {
        let p = Page::new(&request, Section::Other);
        let (lang, w) = (p.lang, &Words::of(p.lang).blood);
        let read = move |conn: &mut diesel::pg::PgConnection| -> Result<_, Problem> {
            Ok((blood_results::one(conn, &code)?, LogState::read(conn)?.on_paper(lang)))
        };
        let (of, seal) = db.read_public(read).await?;
        let count = |many| format::count(many, lang);
        let few = || w.not_told.to_owned();
        let mut facts = vec![
            (w.registered, count(of.registered)),
            (w.came, of.came.map_or_else(few, count)),
            (w.gave, count(of.gave)),
            (w.deferred, of.deferred.map_or_else(few, count)),
        ];
        facts.extend(of.ml.map(|ml| (w.ml, format!("{}\u{a0}ml", count(ml)))));
        let (day, units) = (format::day(of.day, lang), count(of.units));
        render(&ResultPage { counts: counted(&of.counts, lang), day, units, facts, of, seal, w, p })
    })
    .await
}

/// What stands on a chapter's own page: units of this year against its target, where there is either.
pub fn on_chapter(of: BloodProgress, lang: Lang) -> Option<(&'static Text, Line)> {
    let is_something = of.target_units.is_some() || of.units + of.units_last_year > 0;
    is_something.then(|| (&Words::of(lang).blood, line(of, lang)))
}
