//! Members of a chapter by year, on its page.

use super::flow_words::{self, Words};
use super::format;
use crate::disclosure::members::{MembersOfYear, said};
use crate::http::Lang;

/// Members by year, with the words for them.
pub struct Members {
    pub w: &'static flow_words::Members,
    pub years: Vec<Year>,
}

/// A year.
pub struct Year {
    pub on: String,
    pub all: String,
    pub by_kind: String,
}

/// The newest years; `None` where nothing is told.
pub fn of(years: Vec<MembersOfYear>, lang: Lang) -> Option<Members> {
    let count = |members: i32| format::count(i64::from(members), lang);
    let year = |year: MembersOfYear| Year {
        on: format::day(year.on, lang),
        all: count(year.members),
        by_kind: year
            .by_kind
            .iter()
            .map(|group| {
                let names = group.kinds.iter().map(|kind| said(*kind)).map(|(vi, en)| if lang == Lang::En { en } else { vi });
                format!("{}: {}", names.collect::<Vec<_>>().join(", "), count(group.members))
            })
            .collect::<Vec<_>>()
            .join("; "),
    };
    (!years.is_empty()).then(|| Members { w: &Words::of(lang).members, years: years.into_iter().map(year).collect() })
}
