//! `/hoat-dong` and `/hoat-dong/{code}`: what chapters do, done and to come, all of it or of one movement.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use diesel::pg::PgConnection;
use serde::Deserialize;

use super::activity_words::{Activities, Words};
use super::format;
use super::page::{Page, Section, given, render, serve};
use super::words::fill;
use crate::activities::model::ActivityState;
use crate::activities::shown::{PublicActivity, PublicActivityPhoto};
use crate::activities::store::areas;
use crate::campaigns::movements;
use crate::chapters::store as chapters;
use crate::db::{Db, DbError};
use crate::disclosure::activities::{self, PublicActivitiesQuery};
use crate::http::{Lang, Problem, Query};

/// Activities of a page.
const A_PAGE: u32 = 30;

/// Which of them, and where in the list.
#[derive(Deserialize)]
pub struct ListForm {
    movement: Option<String>,
    cursor: Option<String>,
}

/// An activity in the list.
pub struct Card {
    pub code: String,
    pub title: String,
    pub state: &'static str,
    pub is_done: bool,
    pub is_off: bool,
    pub when: String,
    pub place: String,
    pub area: String,
    pub chapter_name: String,
    pub people: Option<String>,
}

/// A movement to choose.
pub struct Choice {
    pub code: String,
    pub name: String,
    pub current: bool,
}

#[derive(Template)]
#[template(path = "portal/activities.html")]
struct ActivitiesPage {
    p: Page,
    w: &'static Activities,
    movements: Vec<Choice>,
    is_all: bool,
    calendar: String,
    cards: Vec<Card>,
    next: Option<String>,
}

/// Names for the codes that activities have.
struct Names {
    areas: HashMap<String, (String, String)>,
    movements: HashMap<String, (String, String)>,
    chapters: HashMap<String, String>,
    lang: Lang,
}

impl Names {
    fn of(conn: &mut PgConnection, all: &[PublicActivity], lang: Lang) -> Result<Self, DbError> {
        let codes: Vec<&str> =
            all.iter().flat_map(|one| one.delivered_by.iter().chain([&one.chapter])).map(String::as_str).collect();
        Ok(Self {
            areas: areas(conn)?.into_iter().map(|row| (row.code, (row.vi, row.en))).collect(),
            movements: movements::names(conn)?,
            chapters: chapters::names(conn, &codes)?,
            lang,
        })
    }

    fn said(&self, of: &HashMap<String, (String, String)>, code: &str) -> String {
        let said = of.get(code).map(|(vi, en)| if self.lang == Lang::En { en } else { vi });
        said.cloned().unwrap_or_else(|| code.to_owned())
    }

    fn chapter(&self, code: &str) -> String {
        self.chapters.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }
}

fn when(activity: &PublicActivity, lang: Lang) -> String {
    let from = format::day(activity.starts_on, lang);
    if activity.starts_on == activity.ends_on {
        return from;
    }
    fill(Words::of(lang).activities.from_to, &[&from, &format::day(activity.ends_on, lang)])
}

fn state(state: ActivityState, lang: Lang) -> &'static str {
    let w = &Words::of(lang).activities;
    match state {
        ActivityState::Planned => w.planned,
        ActivityState::Done => w.done,
        ActivityState::Cancelled => w.cancelled,
    }
}

/// How many it reached, of what is done.
fn people(activity: &PublicActivity, lang: Lang) -> Option<String> {
    let w = &Words::of(lang).activities;
    match (activity.state, activity.persons, activity.person_times) {
        (ActivityState::Done, Some(0), _) => None,
        (ActivityState::Done, Some(persons), Some(times)) => {
            Some(fill(w.people_and_times, &[&format::count(persons, lang), &format::count(times, lang)]))
        }
        (ActivityState::Done, ..) => Some(w.few.to_owned()),
        _ => None,
    }
}

fn card(activity: PublicActivity, names: &Names) -> Card {
    let lang = names.lang;
    Card {
        state: state(activity.state, lang),
        is_done: activity.state == ActivityState::Done,
        is_off: activity.state == ActivityState::Cancelled,
        when: when(&activity, lang),
        area: names.said(&names.areas, &activity.area),
        chapter_name: names.chapter(&activity.chapter),
        people: people(&activity, lang),
        code: activity.code,
        title: activity.title,
        place: activity.place,
    }
}

/// `/hoat-dong`.
pub async fn list_activities(
    request: HttpRequest,
    Query(form): Query<ListForm>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let (movement, cursor) = (given(form.movement), given(form.cursor));
    serve(&request, || async {
        let p = Page::new(&request, Section::Other);
        let lang = p.lang;
        let query =
            PublicActivitiesQuery { movement: movement.clone(), cursor, limit: Some(A_PAGE), ..PublicActivitiesQuery::default() };
        let (cards, next, choices) = db
            .read_public(move |conn| -> Result<_, Problem> {
                let page = activities::list(conn, &query)?;
                let names = Names::of(conn, &page.items, lang)?;
                let all = movements::all(conn)?;
                Ok((page.items.into_iter().map(|one| card(one, &names)).collect::<Vec<_>>(), page.next, all))
            })
            .await?;
        let asked = movement.as_deref();
        let choice = |one: movements::HumanitarianMovementOut| Choice {
            current: asked == Some(one.code.as_str()),
            name: if lang == Lang::En { one.en } else { one.vi },
            code: one.code,
        };
        let with = |path: &str, cursor: Option<&str>| {
            let pairs: Vec<(&str, &str)> =
                asked.map(|code| ("movement", code)).into_iter().chain(cursor.map(|cursor| ("cursor", cursor))).collect();
            let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
            if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
        };
        render(&ActivitiesPage {
            w: &Words::of(lang).activities,
            movements: choices.into_iter().map(choice).collect(),
            is_all: asked.is_none(),
            calendar: with("/api/v1/public/activities.ics", None),
            cards,
            next: next.map(|cursor| with("/hoat-dong", Some(&cursor))),
            p,
        })
    })
    .await
}

/// A line about an activity.
pub struct Fact {
    pub name: &'static str,
    pub value: String,
    /// Where it leads.
    pub href: Option<String>,
}

#[derive(Template)]
#[template(path = "portal/activity.html")]
struct ActivityPage {
    p: Page,
    w: &'static Activities,
    code: String,
    title: String,
    state: &'static str,
    is_done: bool,
    is_off: bool,
    corrected: bool,
    facts: Vec<Fact>,
    photos: Vec<PublicActivityPhoto>,
}

fn value(activity: &PublicActivity, lang: Lang) -> Option<String> {
    let w = &Words::of(lang).activities;
    let parts = [(w.money, activity.money_vnd), (w.goods, activity.goods_vnd), (w.labour, activity.labour_vnd)];
    let said: Vec<String> =
        parts.iter().filter(|(_, vnd)| *vnd != 0).map(|(text, vnd)| fill(text, &[&format::vnd(*vnd, lang)])).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

fn facts(activity: &PublicActivity, names: &Names) -> Vec<Fact> {
    let (lang, w) = (names.lang, &Words::of(names.lang).activities);
    let plain = |name, value: Option<String>| value.map(|value| Fact { name, value, href: None });
    let chapter = |name, code: &String| Fact { name, value: names.chapter(code), href: Some(format!("/don-vi/{code}")) };
    let mut all: Vec<Fact> = Vec::new();
    all.extend(plain(w.when, Some(when(activity, lang))));
    all.extend(plain(w.place, Some(activity.place.clone())));
    all.push(chapter(w.led_by, &activity.chapter));
    all.extend(activity.delivered_by.iter().map(|code| chapter(w.delivered_by, code)));
    all.extend(plain(w.area, Some(names.said(&names.areas, &activity.area))));
    all.extend(activity.movement.as_ref().map(|code| Fact {
        name: w.movement,
        value: names.said(&names.movements, code),
        href: Some(format!("/hoat-dong?movement={code}")),
    }));
    all.extend(plain(w.partners, (!activity.partners.is_empty()).then(|| activity.partners.join(", "))));
    all.extend(plain(w.plan, activity.plan.clone()));
    all.extend(plain(w.result, activity.result.clone()));
    all.extend(plain(w.people, people(activity, lang)));
    all.extend(plain(w.value, value(activity, lang)));
    all.extend(plain(w.reason, activity.cancelled_reason.clone()));
    all
}

/// `/hoat-dong/{code}`, however the code is typed.
pub async fn show_activity(request: HttpRequest, code: web::Path<String>, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let code = code.into_inner();
    serve(&request, || async {
        let p = Page::new(&request, Section::Other);
        let lang = p.lang;
        let (activity, facts) = db
            .read_public(move |conn| -> Result<_, Problem> {
                let activity = activities::one(conn, &code)?;
                let names = Names::of(conn, std::slice::from_ref(&activity), lang)?;
                let facts = facts(&activity, &names);
                Ok((activity, facts))
            })
            .await?;
        render(&ActivityPage {
            w: &Words::of(lang).activities,
            state: state(activity.state, lang),
            is_done: activity.state == ActivityState::Done,
            is_off: activity.state == ActivityState::Cancelled,
            corrected: activity.corrected,
            code: activity.code,
            title: activity.title,
            photos: activity.photos,
            facts,
            p,
        })
    })
    .await
}
