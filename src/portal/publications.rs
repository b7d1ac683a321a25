//! What the law wants an appeal to publish, when it is due and whether it was done, as the page of the appeal lists it.

use chrono::NaiveDate;
use diesel::pg::PgConnection;

use super::format;
use super::words::{Words, fill};
use crate::disclosure::publications;
use crate::http::{Lang, Problem};
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
    fn of(duty: PublicationDutyOut, lang: Lang) -> Self {
        let w = &Words::of(lang).appeals;
        let newest = duty.versions.last();
        let day = |day| format::day(day, lang);
        let late = duty.days_late.map(|days| format::count(days, lang)).unwrap_or_default();
        let published = newest.map(|version| day(version.published_on)).unwrap_or_default();
        let state = match duty.state {
            State::Due => w.duty_due.to_owned(),
            State::Overdue => fill(w.duty_overdue, &[&late]),
            State::Published => fill(w.duty_published, &[&published]),
            State::PublishedLate => fill(w.duty_published_late, &[&published, &late]),
        };
        let due = fill(w.duty_until, &[&day(duty.due_on)]);
        // A period that is remembered and not read must not make a chapter look late without saying so.
        let sure = duty.mark == "S";
        Self {
            what: if lang == Lang::En { duty.name_en } else { duty.name },
            due: if sure { due } else { format!("{due} {}", w.duty_unsure) },
            state,
            mark: match duty.state {
                State::Due => "",
                State::Overdue => "bad",
                State::Published => "good",
                State::PublishedLate => "late",
            },
            href: newest.and_then(|version| version.href.clone()),
            sha256: newest.map(|version| version.sha256.clone()),
            code: newest.map(|version| version.code.clone()),
        }
    }
}

/// The duties of an appeal, in order.
pub fn of_appeal(conn: &mut PgConnection, appeal: &str, today: NaiveDate, lang: Lang) -> Result<Vec<Event>, Problem> {
    let duties = publications::of_appeal(conn, appeal, today)?;
    Ok(duties.into_iter().map(|duty| Event::of(duty, lang)).collect())
}
