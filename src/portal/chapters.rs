//! `/don-vi` and `/don-vi/{code}`: chapters by their tree and by their names, old names too.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use diesel::pg::PgConnection;
use serde::Deserialize;

use super::asked::in_capitals;
use super::blood_results;
use super::blood_words;
use super::commended;
use super::committees::{self, Block};
use super::flow::{Beside, View};
use super::ledger::{Newest, Row, latest};
use super::log_state::LogState;
use super::members::Members;
use super::page::{Page, Section, given, render, serve};
use super::reversals::{self, Here, year};
use super::volunteer_words;
use super::volunteers::Volunteers;
use super::words::{Words, fill};
use super::{format, labels, members, volunteers};
use crate::chapters::reference::CENTRAL;
use crate::chapters::shown::RelatedChapter;
use crate::db::Db;
use crate::disclosure::blood_results as of_blood;
use crate::disclosure::chapters::{self as chapters, ChapterDetail, ChapterOut, ChapterRef, MatchedBy};
use crate::disclosure::entries::EntriesQuery;
use crate::disclosure::totals::{self, PlaceSpent, Spent, TotalsOut};
use crate::http::{Lang, Problem, Query};
use crate::search::SearchIndex;

/// Chapters of a page: more than stand below any other, so that a list is whole.
const CHAPTERS: i64 = 200;
const FOUND: i64 = 30;
const NEWEST: i64 = 8;
/// Old names said with a chapter that was found.
const OLD_NAMES: usize = 3;

/// A chapter in a list.
pub struct Line {
    pub code: String,
    pub name: String,
    pub level: String,
    pub amount: String,
    pub count: String,
    /// Old names that led to it.
    pub formerly: Option<String>,
    pub is_gone: bool,
}

fn line(chapter: ChapterOut, lang: Lang) -> Line {
    let w = &Words::of(lang).chapters;
    let old: Vec<String> = chapter.matched_by.iter().take(OLD_NAMES).map(|name| old_name(name, w.partly)).collect();
    Line {
        level: labels::level(&chapter.level, lang),
        amount: format::vnd(chapter.received.received_vnd, lang),
        count: format::count(chapter.received.gift_count, lang),
        formerly: (!old.is_empty()).then(|| fill(w.formerly, &[&old.join("; ")])),
        is_gone: matches!(chapter.status.as_str(), "MERGED" | "DISSOLVED"),
        code: chapter.code,
        name: chapter.name,
    }
}

fn old_name(name: &MatchedBy, partly: &str) -> String {
    let mut parts = vec![name.old_name.as_str()];
    parts.extend(name.district.as_deref());
    parts.extend(name.province.as_deref());
    let place = parts.join(", ");
    if name.relation.as_deref() == Some("PARTIAL") { format!("{place} ({partly})") } else { place }
}

/// What is looked for.
#[derive(Deserialize)]
pub struct ListForm {
    #[serde(default)]
    q: String,
    cursor: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/chapters.html")]
struct ChaptersPage {
    p: Page,
    q: String,
    title: String,
    lines: Vec<Line>,
    next: Option<String>,
}

/// `/don-vi`: the provinces, or what a name finds.
pub async fn list_chapters(
    request: HttpRequest,
    Query(form): Query<ListForm>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let (q, cursor) = (form.q, given(form.cursor));
    let q: String = q.trim().chars().filter(|c| !c.is_control()).take(100).collect();
    serve(&request, || async {
        let p = Page::new(&request, Section::Chapters);
        let lang = p.lang;
        let asked = q.clone();
        let page = db
            .read_public(move |conn| match asked.as_str() {
                "" => chapters::below(conn, CENTRAL, cursor.as_deref(), CHAPTERS),
                asked => chapters::find_by_name(conn, asked, cursor.as_deref(), FOUND),
            })
            .await?;
        let title = match q.as_str() {
            "" => p.w.chapters.provinces.to_owned(),
            asked => fill(p.w.chapters.found, &[asked]),
        };
        let next = page.next.map(|cursor| {
            let pairs = [("q", q.as_str()), ("cursor", &cursor)];
            format!("/don-vi?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
        });
        let lines = page.items.into_iter().map(|chapter| line(chapter, lang)).collect();
        render(&ChaptersPage { p, q, title, lines, next })
    })
    .await
}

/// A fact about a chapter: name and value.
pub struct Fact {
    pub name: &'static str,
    pub value: String,
    /// Names and addresses are Vietnamese in every language.
    pub is_vietnamese: bool,
}

/// Name, from when, to when.
pub struct Former {
    pub name: String,
    pub until: String,
}

/// Another chapter and since when, in words.
pub struct Relation {
    pub code: String,
    pub name: String,
    pub since: String,
}

#[derive(Template)]
#[template(path = "portal/chapter.html")]
struct ChapterPage {
    p: Page,
    code: String,
    name: String,
    is_gone: bool,
    status: String,
    ancestors: Vec<ChapterRef>,
    own: String,
    own_count: String,
    subtree: String,
    subtree_count: String,
    quarantined: Option<String>,
    flow: Option<View>,
    facts: Vec<Fact>,
    provisional: Option<String>,
    /// Address, telephone, e-mail, as far as published.
    contact: Vec<Fact>,
    former: Vec<Former>,
    /// What it went up in, and what went up in it.
    successors: Vec<Relation>,
    predecessors: Vec<Relation>,
    committees: Vec<Block>,
    of_committees: &'static committees::Words,
    members: Option<Members>,
    volunteers: Option<Volunteers>,
    /// To the page on which people sign up, where the chapter takes anybody.
    invitation: Option<&'static str>,
    /// Units of blood this year against its target.
    blood: Option<(&'static blood_words::BloodResults, blood_results::Line)>,
    /// The newest commendations and models of good practice.
    commended: Option<commended::Here>,
    below: Vec<Line>,
    next: Option<String>,
    rows: Vec<Row>,
    reversed: Here,
    /// The newest head of the log, for paper.
    seal: Option<String>,
}

/// Where in the list of what is below, and which year of reversals.
#[derive(Deserialize)]
pub struct BelowForm {
    cursor: Option<String>,
    #[serde(default)]
    year: String,
}

/// `/don-vi/{code}`.
pub async fn show_chapter(
    request: HttpRequest,
    code: web::Path<String>,
    Query(form): Query<BelowForm>,
    db: web::Data<Db>,
    index: web::Data<SearchIndex>,
) -> Result<HttpResponse, Problem> {
    let code = code.into_inner();
    if let Some(there) = in_capitals("don-vi", &code, request.query_string()) {
        return Ok(there);
    }
    serve(&request, || async {
        let p = Page::new(&request, Section::Chapters);
        let page = db.read_public(move |conn| chapter_page(conn, &index, p, &code, form)).await?;
        render(&page)
    })
    .await
}

/// Where a chapter with others below it spent: itself, and each of them with everything below it.
fn spent_here(chapter: &ChapterOut, totals: &TotalsOut, below: &[ChapterOut]) -> Vec<PlaceSpent> {
    if below.is_empty() {
        return Vec::new();
    }
    let place = |code: &str, name: &str, spent| PlaceSpent { code: code.to_owned(), name: name.to_owned(), spent };
    let own = Spent { handed_out_vnd: totals.own_flow.handed_out_vnd, paid_vnd: totals.own_flow.paid_vnd };
    let below = below.iter().map(|below| place(&below.code, &below.name, below.spent));
    totals::in_order(below.chain([place(&chapter.code, &chapter.name, own)]).collect())
}

fn chapter_page(
    conn: &mut PgConnection,
    index: &SearchIndex,
    p: Page,
    code: &str,
    form: BelowForm,
) -> Result<ChapterPage, Problem> {
    let lang = p.lang;
    let ChapterDetail {
        chapter,
        ancestors,
        unit,
        founded_on,
        contact,
        provisional,
        former_names,
        successors,
        predecessors,
        committees: in_office,
        totals,
        held,
        members,
        volunteers: of_volunteers,
        ..
    } = chapters::detail(conn, code, p.today)?;
    let below = chapters::below(conn, &chapter.code, given(form.cursor).as_deref(), CHAPTERS)?;
    let reversed = reversals::here(conn, &chapter.code, year(&form.year, p.today)?, lang)?;
    let here = EntriesQuery { chapter: Some(chapter.code.clone()), ..EntriesQuery::default() };
    let Newest { rows, .. } = latest(conn, index, &here, NEWEST, lang)?;
    let blood = blood_results::on_chapter(of_blood::of_chapter(conn, &chapter.code, p.today)?, lang);
    let commended = commended::here(conn, &chapter.code, lang)?;
    let spent = spent_here(&chapter, &totals, &below.items);
    let flow = View::of(conn, &totals, Beside::Place(spent, held), lang)?;
    let w = &p.w.chapters;
    let fact = |name, value| Fact { name, value, is_vietnamese: false };
    let named = |name, value| Fact { name, value, is_vietnamese: true };
    let mut facts = vec![
        fact(w.code, chapter.code.clone()),
        fact(w.level, labels::level(&chapter.level, lang)),
        fact(w.status, labels::status(&chapter.status, lang)),
        fact(w.founded, format::day(founded_on, lang)),
    ];
    facts.extend(unit.first().map(|unit| named(w.unit, unit.full_name.clone())));
    let reach = [(w.address, contact.address), (w.phone, contact.phone), (w.email, contact.email)];
    let until = |from, to| fill(w.until, &[&format::day(from, lang), &format::day(to, lang)]);
    let related = |all: Vec<RelatedChapter>| {
        let one =
            |it: RelatedChapter| Relation { since: fill(w.since, &[&format::day(it.since, lang)]), code: it.code, name: it.name };
        all.into_iter().map(one).collect()
    };
    let is_gone = matches!(chapter.status.as_str(), "MERGED" | "DISSOLVED");
    Ok(ChapterPage {
        successors: related(successors),
        predecessors: related(predecessors),
        committees: committees::blocks(in_office, lang),
        of_committees: committees::words(lang),
        is_gone,
        status: labels::status(&chapter.status, lang),
        own: format::vnd(totals.own.received_vnd, lang),
        own_count: fill(p.w.home.in_gifts, &[&format::count(totals.own.gift_count, lang)]),
        subtree: format::vnd(totals.received.received_vnd, lang),
        subtree_count: fill(p.w.home.in_gifts, &[&format::count(totals.received.gift_count, lang)]),
        quarantined: (totals.quarantined.gift_count != 0).then(|| format::vnd(totals.quarantined.received_vnd, lang)),
        provisional: provisional.map(|decision| fill(w.provisional, &[&decision.decision_no])),
        contact: reach.into_iter().filter_map(|(name, value)| value.map(|value| named(name, value))).collect(),
        former: former_names
            .into_iter()
            .map(|name| Former { until: until(name.valid_from, name.valid_to), name: name.name })
            .collect(),
        next: below.next.map(|cursor| format!("/don-vi/{}?cursor={cursor}", chapter.code)),
        below: below.items.into_iter().map(|chapter| line(chapter, lang)).collect(),
        seal: LogState::read(conn)?.on_paper(lang),
        members: members::of(members, lang),
        volunteers: volunteers::of(of_volunteers, lang),
        invitation: (!is_gone).then_some(volunteer_words::Words::of(lang).sign_up.invitation),
        blood,
        commended,
        flow,
        facts,
        ancestors,
        rows,
        reversed,
        code: chapter.code,
        name: chapter.name,
        p,
    })
}
