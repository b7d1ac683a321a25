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
    /// A line for each group of kinds.
    pub by_kind: Vec<String>,
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
                format!("{}: {}", together(&Vec::from_iter(names), lang), count(group.members))
            })
            .collect(),
    };
    (!years.is_empty()).then(|| Members { w: &Words::of(lang).members, years: years.into_iter().map(year).collect() })
}

/// Kinds that are counted as one, so that it reads so.
fn together(names: &[&str], lang: Lang) -> String {
    let (and, folded) = if lang == Lang::En { ("and", "together") } else { ("và", "gộp lại") };
    match names {
        [rest @ .., last] if !rest.is_empty() => format!("{} {and} {last}, {folded}", rest.join(", ")),
        _ => names.concat(),
    }
}
