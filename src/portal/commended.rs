//! `/hoat-dong/bieu-duong`, `/hoat-dong/mo-hinh` and `/hoat-dong/mo-hinh/{id}`: who was commended, named where they agree to it; models of
//! good practice, found by their words. A few of both stand on the page of the chapter.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use diesel::pg::PgConnection;
use serde::Deserialize;
use uuid::Uuid;

use super::commended_words::{Commended, Words};
use super::format;
use super::page::{Page, Section, given, render, serve};
use super::words::fill;
use crate::activities::store::areas;
use crate::campaigns::movements;
use crate::chapters::store as chapters;
use crate::commendations::shown::{PublicCommendation, PublicPracticeModel};
use crate::commendations::store::forms;
use crate::db::{Db, DbError};
use crate::disclosure::commendations::{self, PracticeModelsQuery, PublicCommendationsQuery};
use crate::http::{Lang, Problem, Query};

/// Rows of a page.
const A_PAGE: u32 = 30;
/// Rows of each kind on the page of a chapter.
const ON_CHAPTER: u32 = 3;

/// Texts by code: in Vietnamese, in English.
type Texts = HashMap<String, Said>;
/// A text in Vietnamese and in English.
type Said = (String, String);

fn said(of: &Texts, code: &str, lang: Lang) -> String {
    let said = of.get(code).map(|(vi, en)| if lang == Lang::En { en } else { vi });
    said.cloned().unwrap_or_else(|| code.to_owned())
}

/// Somebody who was commended.
pub struct Line {
    /// The name; of who is not named, that they are not.
    pub who: String,
    pub is_named: bool,
    /// Person or collective.
    pub what: &'static str,
    pub form: String,
    pub year: i16,
    pub chapter: String,
    pub chapter_name: String,
    pub awarded_by: String,
    pub awarded_name: String,
    pub decision: String,
}

fn lines(conn: &mut PgConnection, all: Vec<PublicCommendation>, lang: Lang) -> Result<Vec<Line>, DbError> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let w = &Words::of(lang).commended;
    let forms: Texts = forms(conn)?.into_iter().map(|form| (form.code, (form.vi, form.en))).collect();
    let codes: Vec<&str> = all.iter().flat_map(|one| [one.chapter.as_str(), one.awarded_by.as_str()]).collect();
    let names = chapters::names(conn, &codes)?;
    let name = |code: &String| names.get(code).unwrap_or(code).clone();
    let line = |one: PublicCommendation| Line {
        is_named: one.name.is_some(),
        who: one.name.unwrap_or_else(|| w.unnamed.to_owned()),
        what: if one.is_person { w.person } else { w.collective },
        form: said(&forms, &one.form, lang),
        year: one.year,
        decision: fill(w.decision, &[&one.decision_no, &format::day(one.awarded_on, lang)]),
        chapter_name: name(&one.chapter),
        awarded_name: name(&one.awarded_by),
        chapter: one.chapter,
        awarded_by: one.awarded_by,
    };
    Ok(all.into_iter().map(line).collect())
}

/// A model in a list.
pub struct Card {
    pub id: Uuid,
    pub title: String,
    pub about: String,
    pub area: String,
    pub chapter_name: String,
}

fn cards(conn: &mut PgConnection, all: Vec<PublicPracticeModel>, areas: &Texts, lang: Lang) -> Result<Vec<Card>, DbError> {
    let names = chapters::names(conn, &all.iter().map(|one| one.chapter.as_str()).collect::<Vec<_>>())?;
    let card = |one: PublicPracticeModel| Card {
        area: said(areas, &one.area, lang),
        chapter_name: names.get(&one.chapter).unwrap_or(&one.chapter).clone(),
        id: one.id,
        title: one.title,
        about: one.about,
    };
    Ok(all.into_iter().map(card).collect())
}

fn area_names(conn: &mut PgConnection) -> Result<Vec<(String, Said)>, DbError> {
    Ok(areas(conn)?.into_iter().map(|area| (area.code, (area.vi, area.en))).collect())
}

/// An address with what was asked for.
fn with(path: &str, pairs: &[(&str, Option<&str>)]) -> String {
    let pairs: Vec<(&str, &str)> = pairs.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// The name of the chapter that was asked for.
fn name_of(conn: &mut PgConnection, code: Option<&str>) -> Result<Option<String>, DbError> {
    match code {
        Some(code) => Ok(chapters::names(conn, &[code])?.remove(code)),
        None => Ok(None),
    }
}

/// What the page of a chapter shows: the newest of it and of those below it.
pub struct Here {
    pub w: &'static Commended,
    pub lines: Vec<Line>,
    pub all: String,
    pub models: Vec<Card>,
    pub all_models: String,
}

/// [`Here`]; `None` where there is nothing.
pub fn here(conn: &mut PgConnection, code: &str, lang: Lang) -> Result<Option<Here>, Problem> {
    let (chapter, limit) = (Some(code.to_owned()), Some(ON_CHAPTER));
    let query = PublicCommendationsQuery { chapter: chapter.clone(), limit, ..PublicCommendationsQuery::default() };
    let commended = commendations::list(conn, &query)?.items;
    let models = commendations::search(conn, &PracticeModelsQuery { chapter, limit, ..PracticeModelsQuery::default() })?.items;
    if commended.is_empty() && models.is_empty() {
        return Ok(None);
    }
    let areas: Texts = area_names(conn)?.into_iter().collect();
    Ok(Some(Here {
        w: &Words::of(lang).commended,
        lines: lines(conn, commended, lang)?,
        all: with("/hoat-dong/bieu-duong", &[("chapter", Some(code))]),
        models: cards(conn, models, &areas, lang)?,
        all_models: with("/hoat-dong/mo-hinh", &[("chapter", Some(code))]),
    }))
}

/// Whose commendations, and where in the list.
#[derive(Deserialize)]
pub struct CommendedForm {
    chapter: Option<String>,
    cursor: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/commendations.html")]
struct CommendationsPage {
    p: Page,
    w: &'static Commended,
    title: String,
    is_all: bool,
    lines: Vec<Line>,
    next: Option<String>,
}

/// `/hoat-dong/bieu-duong`.
pub async fn list_commendations(
    request: HttpRequest,
    Query(form): Query<CommendedForm>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let (chapter, cursor) = (given(form.chapter), given(form.cursor));
    serve(&request, || async {
        let p = Page::new(&request, Section::Other);
        let (lang, w) = (p.lang, &Words::of(p.lang).commended);
        let query = PublicCommendationsQuery { chapter: chapter.clone(), cursor, limit: Some(A_PAGE) };
        let (name, lines, next) = db
            .read_public(move |conn| -> Result<_, Problem> {
                let page = commendations::list(conn, &query)?;
                let name = name_of(conn, query.chapter.as_deref())?;
                Ok((name, lines(conn, page.items, lang)?, page.next))
            })
            .await?;
        let asked = chapter.as_deref();
        let next = next.map(|cursor| with("/hoat-dong/bieu-duong", &[("chapter", asked), ("cursor", Some(&cursor))]));
        let title = name.map_or_else(|| w.title.to_owned(), |name| fill(w.title_of, &[&name]));
        render(&CommendationsPage { p, w, title, is_all: asked.is_none(), lines, next })
    })
    .await
}

/// What models are looked for, and where in the list.
#[derive(Deserialize)]
pub struct ModelsForm {
    #[serde(default)]
    q: String,
    area: Option<String>,
    chapter: Option<String>,
    cursor: Option<String>,
}

/// An area to choose.
pub struct Choice {
    pub code: String,
    pub name: String,
    pub chosen: bool,
}

#[derive(Template)]
#[template(path = "portal/practice_models.html")]
struct ModelsPage {
    p: Page,
    w: &'static Commended,
    title: String,
    q: String,
    areas: Vec<Choice>,
    chapter: Option<String>,
    /// Nothing is asked for but what there is.
    is_all: bool,
    cards: Vec<Card>,
    next: Option<String>,
}

/// `/hoat-dong/mo-hinh`.
pub async fn list_models(
    request: HttpRequest,
    Query(form): Query<ModelsForm>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let q: String = form.q.trim().chars().filter(|c| !c.is_control()).take(200).collect();
    let (area, chapter, cursor) = (given(form.area), given(form.chapter), given(form.cursor));
    serve(&request, || async {
        let p = Page::new(&request, Section::Other);
        let (lang, w) = (p.lang, &Words::of(p.lang).commended);
        let query =
            PracticeModelsQuery { q: q.clone(), area: area.clone(), chapter: chapter.clone(), cursor, limit: Some(A_PAGE) };
        let (name, cards, next, areas) = db
            .read_public(move |conn| -> Result<_, Problem> {
                let page = commendations::search(conn, &query)?;
                let areas = area_names(conn)?;
                let texts: Texts = areas.iter().cloned().collect();
                let name = name_of(conn, query.chapter.as_deref())?;
                Ok((name, cards(conn, page.items, &texts, lang)?, page.next, areas))
            })
            .await?;
        let words = Some(q.as_str()).filter(|q| !q.is_empty());
        let asked = [("q", words), ("area", area.as_deref()), ("chapter", chapter.as_deref())];
        let choice = |(code, (vi, en)): (String, Said)| Choice {
            chosen: area.as_deref() == Some(code.as_str()),
            name: if lang == Lang::En { en } else { vi },
            code,
        };
        render(&ModelsPage {
            next: next.map(|cursor| with("/hoat-dong/mo-hinh", &[asked[0], asked[1], asked[2], ("cursor", Some(&cursor))])),
            title: name.map_or_else(|| w.models.to_owned(), |name| fill(w.models_of, &[&name])),
            is_all: words.is_none() && area.is_none(),
            areas: areas.into_iter().map(choice).collect(),
            w,
            p,
            q: q.clone(),
            chapter: chapter.clone(),
            cards,
        })
    })
    .await
}

#[derive(Template)]
#[template(path = "portal/practice_model.html")]
struct ModelPage {
    p: Page,
    w: &'static Commended,
    title: String,
    about: String,
    area: String,
    movement: Option<(String, String)>,
    chapter: String,
    chapter_name: String,
    published: String,
}

/// `/hoat-dong/mo-hinh/{id}`.
pub async fn show_model(request: HttpRequest, id: web::Path<String>, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let id: Uuid = id.parse().map_err(|_| Problem::not_found())?;
    serve(&request, || async {
        let p = Page::new(&request, Section::Other);
        let (lang, w) = (p.lang, &Words::of(p.lang).commended);
        let (model, area, movement, chapter_name) = db
            .read_public(move |conn| -> Result<_, Problem> {
                let model = commendations::one(conn, id)?;
                let areas: Texts = area_names(conn)?.into_iter().collect();
                let movements = movements::names(conn)?;
                let movement = model.movement.as_ref().map(|code| (code.clone(), said(&movements, code, lang)));
                let name = name_of(conn, Some(&model.chapter))?.unwrap_or_else(|| model.chapter.clone());
                let area = said(&areas, &model.area, lang);
                Ok((model, area, movement, name))
            })
            .await?;
        render(&ModelPage {
            published: format::day(model.published_on, lang),
            title: model.title,
            about: model.about,
            chapter: model.chapter,
            area,
            movement,
            chapter_name,
            w,
            p,
        })
    })
    .await
}
