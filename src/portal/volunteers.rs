//! Volunteers of a chapter by year, on its page.

use super::format;
use super::volunteer_words::{self, Words};
use crate::disclosure::volunteers::{VolunteersOfYear, said};
use crate::http::Lang;

/// Volunteers by year, with the words for them.
pub struct Volunteers {
    pub w: &'static volunteer_words::Volunteers,
    pub years: Vec<Year>,
}

/// A year.
pub struct Year {
    pub on: String,
    pub all: String,
    pub by_kind: String,
}

/// The newest years; `None` where nothing is told.
pub fn of(years: Vec<VolunteersOfYear>, lang: Lang) -> Option<Volunteers> {
    let count = |volunteers: i32| format::count(i64::from(volunteers), lang);
    let year = |year: VolunteersOfYear| Year {
        on: format::day(year.on, lang),
        all: count(year.volunteers),
        by_kind: year
            .by_kind
            .iter()
            .map(|group| {
                let names = group.kinds.iter().map(|kind| said(*kind)).map(|(vi, en)| if lang == Lang::En { en } else { vi });
                format!("{}: {}", names.collect::<Vec<_>>().join(", "), count(group.volunteers))
            })
            .collect::<Vec<_>>()
            .join("; "),
    };
    (!years.is_empty()).then(|| Volunteers { w: &Words::of(lang).volunteers, years: years.into_iter().map(year).collect() })
}
