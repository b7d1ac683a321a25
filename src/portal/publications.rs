//! What the law wants an appeal to publish, when it is due and whether it was done, as the page of the appeal lists it.

use chrono::NaiveDate;
use diesel::pg::PgConnection;

use super::format;
use super::words::{Appeals, Words, fill};
use crate::disclosure::publications;
use crate::http::{Lang, Problem};
use crate::publications::channel::Channel;
use crate::publications::duties::PublicationDutyOut;
use crate::publications::model::State;

/// A duty to publish.
pub struct Event {
    pub what: String,
    /// Due date and its ground, in the reader's language.
    pub due: String,
    /// What became of it: published on a day, due, overdue.
    pub state: String,
    /// How that is marked: as good, late, bad, or not at all.
    pub mark: &'static str,
    /// The published document.
    pub href: Option<String>,
    /// SHA-256 of the document, as its leaf has it.
    pub sha256: Option<String>,
    /// Its code, under which that leaf has a page.
    pub code: Option<String>,
}

impl Event {
    fn of(duty: PublicationDutyOut, today: NaiveDate, lang: Lang) -> Self {
        let w = &Words::of(lang).appeals;
        let newest = duty.versions.last();
        let day = |day| format::day(day, lang);
        let late = duty.days_late.map(|days| format::count(days, lang)).unwrap_or_default();
        let published = newest.map(|version| day(version.published_on)).unwrap_or_default();
        // Only the law makes a chapter look late: what we recommend or remember does not.
        let by_law = duty.mark == "S";
        let state = match duty.state {
            State::Due if duty.due_on.is_some_and(|due| today <= due) => w.duty_due.to_owned(),
            State::Overdue if by_law => fill(w.duty_overdue, &[&late]),
            State::Due | State::Overdue => w.duty_open.to_owned(),
            State::PublishedLate if by_law => fill(w.duty_published_late, &[&published, &late]),
            State::Published | State::PublishedLate => fill(w.duty_published, &[&published]),
        };
        Self {
            due: due_text(&duty, w, lang),
            what: if lang == Lang::En { duty.name_en } else { duty.name },
            state,
            mark: match duty.state {
                State::Overdue if by_law => "bad",
                State::PublishedLate if by_law => "late",
                State::Due | State::Overdue => "",
                State::Published | State::PublishedLate => "good",
            },
            href: newest.and_then(|version| version.href.clone()),
            sha256: newest.map(|version| version.sha256.clone()),
            code: newest.map(|version| version.code.clone()),
        }
    }
}

/// Until when, on what ground, and where it is still to be put up. What nobody knows is not said.
fn due_text(duty: &PublicationDutyOut, w: &Appeals, lang: Lang) -> String {
    let until = match (duty.advisory, duty.provisional) {
        (true, _) => w.duty_advised,
        (_, true) => w.duty_at_latest,
        _ => w.duty_until,
    };
    let ground = match duty.mark.as_str() {
        "REC" => w.duty_ours,
        "GK" => w.duty_unsure,
        _ => "",
    };
    let mut said: Vec<String> = Vec::new();
    if let Some(due) = duty.due_on {
        said.extend([fill(until, &[&format::day(due, lang)]), ground.to_owned()]);
    }
    let places: Vec<&str> = duty.notices_missing.iter().filter_map(|notice| place(notice, w)).collect();
    if !places.is_empty() {
        said.push(fill(w.duty_not_put_up, &[&places.join(", ")]));
    }
    said.retain(|text| !text.is_empty());
    said.join(" ")
}

fn place(notice: &str, w: &Appeals) -> Option<&'static str> {
    [(Channel::PlaceOfReceiving, w.place_of_receiving), (Channel::PlaceOfAid, w.place_of_aid)]
        .into_iter()
        .find_map(|(channel, text)| (channel.name() == notice).then_some(text))
}

/// The duties of an appeal, in order.
pub fn of_appeal(conn: &mut PgConnection, appeal: &str, today: NaiveDate, lang: Lang) -> Result<Vec<Event>, Problem> {
    let duties = publications::of_appeal(conn, appeal, today)?;
    Ok(duties.into_iter().map(|duty| Event::of(duty, today, lang)).collect())
}
