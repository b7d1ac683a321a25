//! `/keu-goi` and `/keu-goi/{code}`: appeals, what they received and when and where, their papers and their ledgers.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{Days, NaiveDate};
use diesel::pg::PgConnection;
use serde::Deserialize;

use super::asked::in_capitals;
use super::charts::{self, Inflow, share};
use super::flow::{Beside, View};
use super::ledger::{Form, Found, find};
use super::log_state::LogState;
use super::page::{Page, Section, given, render, serve};
use super::publications::{self, Event};
use super::words::{Words, fill};
use super::{format, labels};
use crate::chapters::store as chapters;
use crate::db::Db;
use crate::disclosure::flow::Flow;
use crate::disclosure::held::HeldAndOpen;
use crate::disclosure::totals::{self, PlaceSum, Places, Sum, TotalsOut, TotalsQuery};
use crate::disclosure::{appeals, documents};
use crate::giving::appeal_shown::AppealOut;
use crate::giving::limits::Extension;
use crate::giving::model::AppealState;
use crate::http::{Lang, Problem, Query};
use crate::search::SearchIndex;

/// Closed appeals of a page.
const CLOSED_A_PAGE: i64 = 24;
/// More appeals are never open at once.
const MOST_OPEN: i64 = 100;
/// Days a chart may go back; the totals give no more at once.
const MOST_DAYS: u64 = 399;
/// Places shown before the rest is folded away.
const FIRST_PLACES: usize = 10;

/// An appeal in a list.
pub struct Card {
    pub code: String,
    pub title: String,
    pub is_open: bool,
    pub period: String,
    pub received: String,
    pub gifts: String,
    /// (percent for the bar, words)
    pub target: Option<(String, String)>,
}

fn period(from: NaiveDate, until: NaiveDate, lang: Lang) -> String {
    fill(Words::of(lang).appeals.from_to, &[&format::day(from, lang), &format::day(until, lang)])
}

/// The period, and why it is longer than the law allows by itself.
fn whole_period(appeal: &AppealOut, lang: Lang) -> String {
    let (w, period) = (&Words::of(lang).appeals, period(appeal.receive_from, appeal.receive_until, lang));
    match &appeal.extension {
        None => period,
        Some(Extension::Decision { decision_no, decided_on, decided_by, .. }) => {
            fill(w.by_decision, &[&period, decision_no, &format::day(*decided_on, lang), decided_by])
        }
        Some(Extension::CommitmentToGivers { commitment }) => fill(w.by_commitment, &[&period, commitment]),
    }
}

fn of_target(received: i64, target: Option<i64>, lang: Lang) -> Option<(String, String)> {
    let target = target.filter(|target| *target > 0)?;
    let text =
        fill(Words::of(lang).appeals.of_target, &[&format::percent(received, target, lang), &format::compact_sum(target, lang)]);
    Some((share(received, target), text))
}

fn card(appeal: AppealOut, received: Sum, lang: Lang) -> Card {
    Card {
        is_open: appeal.state == AppealState::Open.name(),
        period: period(appeal.receive_from, appeal.receive_until, lang),
        received: format::vnd(received.received_vnd, lang),
        gifts: fill(Words::of(lang).home.in_gifts, &[&format::count(received.gift_count, lang)]),
        target: of_target(received.received_vnd, appeal.target_vnd, lang),
        code: appeal.code,
        title: appeal.title,
    }
}

/// Appeals of a state with what they received, and the cursor of the next page.
pub fn cards(
    conn: &mut PgConnection,
    state: Option<AppealState>,
    cursor: Option<&str>,
    limit: i64,
    lang: Lang,
) -> Result<(Vec<Card>, Option<String>), Problem> {
    let page = appeals::list(conn, state, cursor, limit)?;
    let received = appeals::received(conn)?;
    let sum = |code: &str| received.get(code).copied().unwrap_or_default();
    let cards = page.items.into_iter().map(|appeal| (sum(&appeal.code), appeal)).map(|(sum, appeal)| card(appeal, sum, lang));
    Ok((cards.collect(), page.next))
}

/// Where in the list of closed appeals.
#[derive(Deserialize)]
pub struct ListForm {
    cursor: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/appeals.html")]
struct AppealsPage {
    p: Page,
    open: Vec<Card>,
    closed: Vec<Card>,
    next: Option<String>,
}

/// `/keu-goi`.
pub async fn list_appeals(
    request: HttpRequest,
    Query(form): Query<ListForm>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let cursor = given(form.cursor);
    serve(&request, || async {
        let p = Page::new(&request, Section::Appeals);
        let lang = p.lang;
        let (open, closed, next) = db
            .read_public(move |conn| -> Result<_, Problem> {
                let open = match cursor {
                    None => cards(conn, Some(AppealState::Open), None, MOST_OPEN, lang)?.0,
                    Some(_) => Vec::new(),
                };
                let (closed, next) = cards(conn, Some(AppealState::Closed), cursor.as_deref(), CLOSED_A_PAGE, lang)?;
                Ok((open, closed, next))
            })
            .await?;
        render(&AppealsPage { p, open, closed, next: next.map(|cursor| format!("/keu-goi?cursor={cursor}")) })
    })
    .await
}

/// One of the five totals.
pub struct Figure {
    pub name: &'static str,
    /// `None` where there are no figures yet: not the same as nothing.
    pub amount: Option<String>,
    pub note: Option<String>,
}

/// A line of the table of places.
pub struct Place {
    pub code: String,
    pub name: String,
    pub amount: String,
    pub count: String,
    /// Percent of the longest bar.
    pub share: String,
    /// Not below the appeal's chapter: what it received itself, or what others did.
    pub note: Option<&'static str>,
}

/// A line of the table of channels.
pub struct ChannelLine {
    pub name: String,
    pub amount: String,
    pub share: String,
}

/// A published paper.
pub struct Paper {
    pub href: String,
    pub title: String,
    pub about: String,
    pub sha256: String,
}

/// What an appeal is.
pub struct Head {
    pub code: String,
    pub title: String,
    pub purpose: String,
    pub is_open: bool,
    pub chapter: String,
    pub chapter_name: String,
    pub regime: String,
    pub period: String,
}

/// Everything on the page but the ledger.
pub struct Overview {
    pub figures: Vec<Figure>,
    pub target: Option<(String, String)>,
    pub quarantined: Option<String>,
    pub flow: Option<View>,
    pub chart: Option<Inflow>,
    pub places_title: &'static str,
    pub places: Vec<Place>,
    pub other_places: Vec<Place>,
    /// How many others there are, in words.
    pub rest: String,
    pub channels: Vec<ChannelLine>,
    pub papers: Vec<Paper>,
    pub events: Vec<Event>,
}

#[derive(Template)]
#[template(path = "portal/appeal.html")]
struct AppealPage {
    p: Page,
    head: Head,
    /// Left away when the reader searches in the ledger.
    overview: Option<Overview>,
    found: Found,
    /// The newest head of the log, for paper.
    seal: Option<String>,
}

/// `/keu-goi/{code}`: the appeal; with conditions, what its ledger has.
pub async fn show_appeal(
    request: HttpRequest,
    code: web::Path<String>,
    Query(mut form): Query<Form>,
    db: web::Data<Db>,
    index: web::Data<SearchIndex>,
) -> Result<HttpResponse, Problem> {
    let code = code.into_inner();
    if let Some(there) = in_capitals("keu-goi", &code, request.query_string()) {
        return Ok(there);
    }
    if let Some(there) = form.settle(&request, &db).await? {
        return Ok(there);
    }
    serve(&request, || async {
        let p = Page::new(&request, Section::Appeals);
        let (lang, today) = (p.lang, p.today);
        let (head, overview, found, seal) = db
            .read_public(move |conn| -> Result<_, Problem> {
                let appeals::AppealDetail { appeal, totals, held } = appeals::detail(conn, &code, today)?;
                let overview = if form.asks() { None } else { Some(overview(conn, &appeal, totals, held, today, lang)?) };
                let action = format!("/keu-goi/{}", appeal.code);
                let found = find(conn, &index, form, action, Some(&appeal.code), lang)?;
                Ok((head(conn, appeal, lang)?, overview, found, LogState::read(conn)?.on_paper(lang)))
            })
            .await?;
        render(&AppealPage { p, head, overview, found, seal })
    })
    .await
}

fn head(conn: &mut PgConnection, appeal: AppealOut, lang: Lang) -> Result<Head, Problem> {
    let chapter_name = chapters::names(conn, &[&appeal.chapter])?.remove(&appeal.chapter).unwrap_or_default();
    Ok(Head {
        is_open: appeal.state == AppealState::Open.name(),
        regime: labels::regime(&appeal.regime, lang),
        period: whole_period(&appeal, lang),
        code: appeal.code,
        title: appeal.title,
        purpose: appeal.purpose,
        chapter: appeal.chapter,
        chapter_name,
    })
}

fn overview(
    conn: &mut PgConnection,
    appeal: &AppealOut,
    totals: TotalsOut,
    held: HeldAndOpen,
    today: NaiveDate,
    lang: Lang,
) -> Result<Overview, Problem> {
    let w = &Words::of(lang).appeals;
    let received = totals.received;
    let (places, other_places) = places(totals::by_place(conn, &appeal.chapter, &appeal.code, received)?, lang);
    let papers = documents::of_appeal(conn, &appeal.code)?;
    let spent = totals::spent_by_place(conn, &appeal.chapter, &appeal.code)?;
    Ok(Overview {
        figures: five(received, &totals.flow, lang),
        flow: View::of(conn, &totals, Beside::Place(spent, held), lang)?,
        target: of_target(received.received_vnd, appeal.target_vnd, lang),
        quarantined: (totals.quarantined.gift_count != 0).then(|| format::vnd(totals.quarantined.received_vnd, lang)),
        chart: chart(conn, appeal, today, lang)?,
        places_title: if appeal.chapter == crate::chapters::reference::CENTRAL { w.by_province } else { w.by_commune },
        places,
        rest: fill(w.rest_of_places, &[&other_places.len().to_string()]),
        other_places,
        channels: channels(&totals, lang),
        papers: papers.into_iter().map(|paper| paper_line(paper, lang)).collect(),
        events: publications::of_appeal(conn, &appeal.code, today, lang)?,
    })
}

/// The five totals. What the books do not tell yet is said to be unknown, not zero.
fn five(received: Sum, flow: &Flow, lang: Lang) -> Vec<Figure> {
    let w = Words::of(lang);
    let unknown = |name| Figure { name, amount: None, note: None };
    let known = |name, vnd| Figure { name, amount: Some(format::vnd(vnd, lang)), note: None };
    vec![
        unknown(w.appeals.pledged),
        Figure {
            name: w.appeals.received,
            amount: Some(format::vnd(received.received_vnd, lang)),
            note: Some(fill(w.home.in_gifts, &[&format::count(received.gift_count, lang)])),
        },
        unknown(w.appeals.allocated),
        known(w.appeals.distributed, flow.handed_out_vnd),
        known(w.appeals.spent, flow.paid_vnd),
    ]
}

/// The lines of the table of places, and those folded away. All of them add up to what was received.
fn places(places: Places, lang: Lang) -> (Vec<Place>, Vec<Place>) {
    let w = &Words::of(lang).appeals;
    let Places { below, own, elsewhere } = places;
    let elsewhere = PlaceSum { code: String::new(), name: w.elsewhere.to_owned(), received: elsewhere };
    let most = below.iter().chain([&own, &elsewhere]).map(|place| place.received.received_vnd).max().unwrap_or_default();
    let mut first: Vec<Place> = below.into_iter().map(|place| place_line(place, most, lang)).collect();
    // A fold that hides a single line saves nobody anything.
    let rest = first.split_off(if first.len() <= FIRST_PLACES + 2 { first.len() } else { FIRST_PLACES });
    let beside = [(own, Some(w.place_itself)), (elsewhere, None)];
    let beside = beside.into_iter().filter(|(place, _)| place.received != Sum::default());
    first.extend(beside.map(|(place, note)| Place { note, ..place_line(place, most, lang) }));
    (first, rest)
}

fn place_line(place: PlaceSum, most: i64, lang: Lang) -> Place {
    Place {
        note: None,
        amount: format::vnd(place.received.received_vnd, lang),
        count: format::count(place.received.gift_count, lang),
        share: share(place.received.received_vnd, most),
        code: place.code,
        name: place.name,
    }
}

fn channels(totals: &TotalsOut, lang: Lang) -> Vec<ChannelLine> {
    let mut lines: Vec<(&String, &Sum)> = totals.by_channel.iter().filter(|(_, sum)| sum.gift_count != 0).collect();
    lines.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.received_vnd));
    let line = |(code, sum): (&String, &Sum)| ChannelLine {
        name: labels::channel(code, lang),
        amount: format::vnd(sum.received_vnd, lang),
        share: format::percent(sum.received_vnd, totals.received.received_vnd, lang),
    };
    lines.into_iter().map(line).collect()
}

fn paper_line(paper: documents::PublicDocumentOut, lang: Lang) -> Paper {
    let kind = match paper.media_type.as_str() {
        "application/pdf" => "PDF",
        "image/jpeg" => "JPEG",
        "image/png" => "PNG",
        "image/webp" => "WebP",
        other => other,
    };
    let published = fill(Words::of(lang).appeals.published_on, &[&format::day(paper.published_on, lang)]);
    Paper {
        about: format!("{kind}, {}, {published}", format::size(paper.size_bytes, lang)),
        href: paper.href,
        title: paper.title,
        sha256: paper.sha256,
    }
}

/// From the first day of receiving to today or the last day, as far back as there are totals at once.
fn chart(conn: &mut PgConnection, appeal: &AppealOut, today: NaiveDate, lang: Lang) -> Result<Option<Inflow>, Problem> {
    let to = today.min(appeal.receive_until);
    let earliest = to.checked_sub_days(Days::new(MOST_DAYS)).unwrap_or(to);
    let from = appeal.receive_from.max(earliest);
    if from > to {
        return Ok(None);
    }
    let query = TotalsQuery { appeal: Some(appeal.code.clone()), from: Some(from), to: Some(to), ..TotalsQuery::default() };
    let days = totals::load(conn, &query)?.by_day.unwrap_or_default();
    Ok(charts::inflow(&days, from, to, lang))
}
