//! What a log's entries must look like to everybody, kept small: a fingerprint and some numbers an entry, so that a site's rows can
//! be compared without reading two million leaves again. About forty bytes an entry.

use std::collections::HashMap;
use std::hash::RandomState;

use chrono::{Datelike, NaiveDate};

use super::face::{Face, Line, goods_digests};

/// What one leaf asks to be shown, before words are numbered.
#[derive(Debug, Clone)]
pub struct Sketch {
    digest: u64,
    amount: i64,
    day: i32,
    place: String,
    came: String,
    goods: Option<[u64; 2]>,
}

#[derive(Debug, Clone, Copy)]
struct Kept {
    digest: u64,
    amount: i64,
    day: i32,
    place: u32,
    came: u32,
}

/// Of an index without a row: a leaf without money, or one that is not understood.
const NONE: Kept = Kept { digest: 0, amount: 0, day: 0, place: u32::MAX, came: u32::MAX };

/// Words that occur again and again, each once; NUL parts several in one.
#[derive(Debug, Default)]
struct Numbered {
    numbers: HashMap<String, u32>,
    words: Vec<String>,
}

impl Numbered {
    fn number(&mut self, word: String) -> u32 {
        if let Some(number) = self.numbers.get(&word) {
            return *number;
        }
        let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX - 1);
        self.words.push(word.clone());
        self.numbers.insert(word, number);
        number
    }

    /// Which of them fit.
    fn fitting(&self, fits: impl Fn(&[&str]) -> bool) -> Vec<bool> {
        self.words.iter().map(|word| fits(&word.split('\0').collect::<Vec<_>>())).collect()
    }
}

/// See the module.
#[derive(Debug, Default)]
pub struct Rows {
    kept: Vec<Kept>,
    places: Numbered,
    came: Numbered,
    goods: HashMap<u64, [u64; 2]>,
}

/// Days as numbers.
pub fn day_number(day: &str) -> Option<i32> {
    day.parse::<NaiveDate>().ok().map(|day| day.num_days_from_ce())
}

impl Sketch {
    pub fn of(face: &Face, goods: &[Line], keyed: &RandomState) -> Self {
        let is_apart = face.fund == "QUARANTINE" || face.fund.starts_with("QUARANTINE:");
        // Whatever came by a channel and was not received is in no sum of what was.
        let is_no_gift = face.measures.first().is_none_or(|received| *received == 0);
        Self {
            digest: face.digest(keyed),
            amount: face.amount.and_then(|amount| i64::try_from(amount).ok()).unwrap_or(i64::MAX),
            day: day_number(&face.day).unwrap_or_default(),
            place: format!("{}\0{}", face.chapter, face.province),
            came: format!("{}\0{}\0{}", face.channel, face.appeal, if is_apart || is_no_gift { "apart" } else { "" }),
            goods: (!goods.is_empty()).then(|| goods_digests(goods, keyed)),
        }
    }
}

/// Which rows a question of the API is about. All conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Filter {
    pub appeal: Option<String>,
    pub province: Option<String>,
    /// By itself, without what is below it.
    pub chapter: Option<String>,
    pub channel: Option<String>,
    pub day: Option<i32>,
    pub amount: Option<i64>,
}

impl Filter {
    /// Whether a row that is shown fits, as far as one can know: what is below a chapter the log does not say.
    pub fn allows(&self, face: &Face) -> bool {
        let is = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
        is(&self.appeal, &face.appeal)
            && is(&self.province, &face.province)
            && is(&self.channel, &face.channel)
            && self.day.is_none_or(|day| day_number(&face.day) == Some(day))
            && self.amount.is_none_or(|amount| face.amount.is_none_or(|shown| i128::from(amount) == shown))
    }
}

/// Which rows there are, of those that fit a filter.
struct Fits<'f> {
    places: Vec<bool>,
    came: Vec<bool>,
    filter: &'f Filter,
}

impl Fits<'_> {
    fn fits(&self, kept: &Kept) -> bool {
        let has = |list: &[bool], number: u32| list.get(number as usize) == Some(&true);
        has(&self.places, kept.place)
            && has(&self.came, kept.came)
            && self.filter.day.is_none_or(|day| day == kept.day)
            && self.filter.amount.is_none_or(|amount| amount == kept.amount)
    }
}

/// A sum of what was received, and of how many gifts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Received {
    pub vnd: i128,
    pub gifts: i64,
}

impl Rows {
    /// Takes the next leaf's; a reversal's goods are those of the entry at `original`.
    pub fn take(&mut self, index: u64, sketch: Option<Sketch>, original: Option<u64>) {
        // Leaves that could not be read have no row either.
        while (self.kept.len() as u64) < index {
            self.kept.push(NONE);
        }
        let Some(sketch) = sketch else {
            self.kept.push(NONE);
            return;
        };
        let goods = sketch.goods.or_else(|| original.and_then(|original| self.goods.get(&original).copied()));
        if let Some(goods) = goods {
            self.goods.insert(index, goods);
        }
        let (place, came) = (self.places.number(sketch.place), self.came.number(sketch.came));
        self.kept.push(Kept { digest: sketch.digest, amount: sketch.amount, day: sketch.day, place, came });
    }

    fn at(&self, index: u64) -> Option<&Kept> {
        usize::try_from(index).ok().and_then(|index| self.kept.get(index)).filter(|kept| kept.place != NONE.place)
    }

    /// Whether the entry at this place has a row.
    pub fn has(&self, index: u64) -> bool {
        self.at(index).is_some()
    }

    /// Whether it has this one, with this amount where there is one; `false` also when it has none.
    pub fn is_face(&self, index: u64, digest: u64, amount: Option<i128>) -> bool {
        self.at(index).is_some_and(|kept| kept.digest == digest && amount.is_none_or(|amount| amount == i128::from(kept.amount)))
    }

    /// Fingerprints of its goods, without and with values.
    pub fn goods(&self, index: u64) -> Option<[u64; 2]> {
        self.goods.get(&index).copied()
    }

    /// The appeals that some entry is of.
    pub fn appeals(&self) -> Vec<String> {
        let mut appeals: Vec<String> =
            self.came.words.iter().filter_map(|word| word.split('\0').nth(1)).map(str::to_owned).collect();
        appeals.sort_unstable();
        appeals.dedup();
        appeals.retain(|appeal| !appeal.is_empty());
        appeals
    }

    fn fits<'f>(&self, filter: &'f Filter, counts: impl Fn(&str, &str) -> bool) -> Fits<'f> {
        let is = |wanted: &Option<String>, word: Option<&&str>| wanted.as_deref().is_none_or(|wanted| word == Some(&wanted));
        Fits {
            places: self.places.fitting(|part| is(&filter.chapter, part.first()) && is(&filter.province, part.get(1))),
            came: self.came.fitting(|part| {
                let [channel, appeal, apart] = part else { return false };
                is(&filter.channel, Some(channel)) && is(&filter.appeal, Some(appeal)) && counts(channel, apart)
            }),
            filter,
        }
    }

    /// The places of all rows that fit, below an index.
    pub fn fitting(&self, filter: &Filter, below: u64) -> Vec<u64> {
        let fits = self.fits(filter, |_, _| true);
        let below = usize::try_from(below).unwrap_or(usize::MAX);
        self.kept.iter().take(below).zip(0..).filter(|(kept, _)| fits.fits(kept)).map(|(_, index)| index).collect()
    }

    /// What rows that fit add up to: what was received, without what is kept apart.
    pub fn received(&self, filter: &Filter) -> Received {
        let fits = self.fits(filter, |channel, apart| !channel.is_empty() && apart.is_empty());
        let mut sum = Received::default();
        for kept in self.kept.iter().filter(|kept| fits.fits(kept)) {
            sum.vnd += i128::from(kept.amount);
            sum.gifts += kept.amount.signum();
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(amount: i128, chapter: &str, appeal: &str) -> Face {
        Face {
            amount: Some(amount),
            measures: std::array::from_fn(|n| if n == 0 { amount } else { 0 }),
            chapter: chapter.to_owned(),
            province: "68".to_owned(),
            appeal: appeal.to_owned(),
            channel: "CASH".to_owned(),
            fund: if appeal == "LATE" { "QUARANTINE:LATE" } else { "GENERAL" }.to_owned(),
            day: "2026-11-22".to_owned(),
            ..Face::default()
        }
    }

    /// Two million entries are 64 MB.
    #[test]
    fn an_entry_takes_thirty_two_bytes() {
        assert!(size_of::<Kept>() <= 32);
    }

    #[test]
    fn rows_are_found_by_what_they_say() {
        let keyed = RandomState::new();
        let mut rows = Rows::default();
        let line =
            Line { item: "RICE".into(), quantity: "1".into(), unit: "KG".into(), value: "5".into(), valuation: "INVOICE".into() };
        let all = [face(5, "23095", "A"), face(7, "68", "A"), face(-5, "23095", "A"), face(9, "23095", "LATE")];
        rows.take(0, Some(Sketch::of(&all[0], &[line], &keyed)), None);
        rows.take(2, Some(Sketch::of(&all[1], &[], &keyed)), None);
        rows.take(3, Some(Sketch::of(&all[2], &[], &keyed)), Some(0));
        rows.take(4, None, None);
        rows.take(5, Some(Sketch::of(&all[3], &[], &keyed)), None);
        assert!(rows.has(0) && !rows.has(1) && !rows.has(4) && !rows.has(6));
        let is_face = |index, n: usize, amount| rows.is_face(index, all[n].digest(&keyed), amount);
        assert!(is_face(2, 1, None) && is_face(2, 1, Some(7)) && !is_face(2, 1, Some(8)) && !is_face(2, 0, None));
        assert!(!rows.is_face(1, 0, None));
        assert_eq!((rows.goods(3), rows.goods(2)), (rows.goods(0), None));
        let of = |appeal: Option<&str>, chapter: Option<&str>| Filter {
            appeal: appeal.map(str::to_owned),
            chapter: chapter.map(str::to_owned),
            ..Filter::default()
        };
        assert_eq!(rows.fitting(&of(Some("A"), None), 9), [0, 2, 3]);
        assert_eq!(rows.fitting(&of(Some("A"), None), 3), [0, 2]);
        assert_eq!(rows.fitting(&of(None, Some("23095")), 9), [0, 3, 5]);
        let day = Filter { day: day_number("2026-11-22"), province: Some("68".to_owned()), ..Filter::default() };
        assert_eq!(rows.received(&day), Received { vnd: 7, gifts: 1 }, "what is kept apart is not in it");
        assert_eq!(rows.fitting(&Filter { amount: Some(-5), ..day }, 9), [3]);
    }
}
