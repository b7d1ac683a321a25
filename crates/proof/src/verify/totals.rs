//! What came, what went and what is left, added up from leaves alone: by appeal, fund, chapter, province, channel and category.

use std::collections::{BTreeMap, HashMap};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::kinds::{LEFT, TERMS, Term};

/// A sum of đồng and the number of gifts it is made of; reversed gifts are not in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sum {
    pub received_vnd: i128,
    pub gift_count: i64,
}

impl Sum {
    fn add(&mut self, other: Sum) {
        self.received_vnd = self.received_vnd.saturating_add(other.received_vnd);
        self.gift_count = self.gift_count.saturating_add(other.gift_count);
    }
}

/// Where something was received. Codes have no control characters, so NUL parts them.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'a> {
    pub chapter: &'a str,
    pub province: &'a str,
    pub appeal: &'a str,
    pub fund: &'a str,
    pub channel: &'a str,
}

/// The terms of the equation, and what they leave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flow([i128; TERMS.len()]);

impl Flow {
    fn add(&mut self, term: usize, vnd: i128) {
        if let Some(sum) = self.0.get_mut(term) {
            *sum = sum.saturating_add(vnd);
        }
    }

    /// Each term by its name, and what is left.
    pub fn terms(&self) -> impl Iterator<Item = (&'static str, i128)> {
        let left = TERMS.iter().zip(self.0).fold(0i128, |left, ((_, side), vnd)| left.saturating_add(side.saturating_mul(vnd)));
        TERMS.iter().zip(self.0).map(|((name, _), vnd)| (*name, vnd)).chain([("left_vnd", left)])
    }

    /// One of them.
    pub fn of(&self, name: &str) -> i128 {
        self.terms().find(|(known, _)| *known == name).map(|(_, vnd)| vnd).unwrap_or_default()
    }

    /// Sent, and taken over by nobody yet.
    pub fn on_the_way(&self) -> i128 {
        self.of("sent_vnd").saturating_sub(self.of("taken_over_vnd"))
    }
}

/// What is left, by where it lies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Left([i128; LEFT.len()]);

impl Left {
    fn add(&mut self, account: usize, vnd: i128) {
        if let Some(sum) = self.0.get_mut(account) {
            *sum = sum.saturating_add(vnd);
        }
    }

    /// Each account by the name of its sum.
    pub fn terms(&self) -> impl Iterator<Item = (&'static str, i128)> {
        LEFT.iter().zip(self.0).map(|((_, name), vnd)| (*name, vnd))
    }
}

fn as_map<S: Serializer>(terms: impl Iterator<Item = (&'static str, i128)>, to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(None)?;
    for (name, vnd) in terms {
        map.serialize_entry(name, &vnd)?;
    }
    map.end()
}

impl Serialize for Flow {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        as_map(self.terms(), to)
    }
}

impl Serialize for Left {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        as_map(self.terms(), to)
    }
}

/// Sums by [`Cell`].
#[derive(Debug, Clone, Default)]
pub struct Totals {
    cells: HashMap<String, Sum>,
    /// All other terms, and what is left: by chapter, province, appeal, fund, term and category.
    moved: HashMap<String, i128>,
    scratch: String,
}

/// The same sums, seen from each side. Money that came after an appeal's end is in quarantine: in what is named by fund alone, and
/// in what is called so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Views {
    pub received: Sum,
    pub quarantined: Sum,
    pub by_fund: BTreeMap<String, Sum>,
    pub by_channel: BTreeMap<String, Sum>,
    pub by_appeal: BTreeMap<String, Sum>,
    pub by_province: BTreeMap<String, Sum>,
    /// Each chapter's own.
    pub by_chapter: BTreeMap<String, Sum>,
    pub flow: Flow,
    pub quarantined_flow: Flow,
    pub flow_by_fund: BTreeMap<String, Flow>,
    pub flow_by_appeal: BTreeMap<String, Flow>,
    pub flow_by_province: BTreeMap<String, Flow>,
    /// Each chapter's own.
    pub flow_by_chapter: BTreeMap<String, Flow>,
    pub paid_by_category: BTreeMap<String, i128>,
    pub other_income_by_category: BTreeMap<String, i128>,
    pub left: Left,
    pub quarantined_left: Left,
    /// Each chapter's own.
    pub left_by_chapter: BTreeMap<String, Left>,
}

/// In which order a number stands for a term: the measures, then the accounts of what is left.
fn number(term: Term) -> u8 {
    match term {
        Term::Measure(n, _) => n as u8,
        Term::Left(n) => (TERMS.len() + n) as u8,
    }
}

impl Totals {
    pub fn add(&mut self, cell: Cell<'_>, sum: Sum) {
        self.scratch.clear();
        for part in [cell.chapter, cell.province, cell.appeal, cell.fund, cell.channel] {
            self.scratch.push_str(part);
            self.scratch.push('\0');
        }
        match self.cells.get_mut(self.scratch.as_str()) {
            Some(there) => there.add(sum),
            None => drop(self.cells.insert(self.scratch.clone(), sum)),
        }
    }

    /// Adds what a posting moves besides what was received.
    pub fn add_moved(&mut self, cell: Cell<'_>, term: Term, category: &str, vnd: i128) {
        self.scratch.clear();
        for part in [cell.chapter, cell.province, cell.appeal, cell.fund] {
            self.scratch.push_str(part);
            self.scratch.push('\0');
        }
        self.scratch.push(char::from(b'A' + number(term)));
        // Other terms are not divided by it.
        let is_divided = |n: usize| TERMS.get(n).is_some_and(|(name, _)| ["paid_vnd", "other_income_vnd"].contains(name));
        let divided = matches!(term, Term::Measure(n, _) if is_divided(n));
        self.scratch.push_str(if divided { category } else { "" });
        match self.moved.get_mut(self.scratch.as_str()) {
            Some(there) => *there = there.saturating_add(vnd),
            None => drop(self.moved.insert(self.scratch.clone(), vnd)),
        }
    }

    /// Takes in what was added up elsewhere.
    pub fn merge(&mut self, other: Totals) {
        for (cell, sum) in other.cells {
            self.cells.entry(cell).or_default().add(sum);
        }
        for (cell, vnd) in other.moved {
            let there = self.moved.entry(cell).or_default();
            *there = there.saturating_add(vnd);
        }
    }

    pub fn views(&self) -> Views {
        let mut views = Views::default();
        for (cell, sum) in &self.cells {
            let mut parts = cell.split('\0').map(str::to_owned);
            let mut part = || parts.next().unwrap_or_default();
            let (chapter, province, appeal, fund, channel) = (part(), part(), part(), part(), part());
            let is_quarantined = is_quarantine(&fund);
            views.flow_of([&chapter, &province, &appeal, &fund], 0, sum.received_vnd);
            views.by_fund.entry(fund).or_default().add(*sum);
            if is_quarantined {
                views.quarantined.add(*sum);
                continue;
            }
            views.received.add(*sum);
            views.by_channel.entry(channel).or_default().add(*sum);
            views.by_province.entry(province).or_default().add(*sum);
            views.by_chapter.entry(chapter).or_default().add(*sum);
            if !appeal.is_empty() {
                views.by_appeal.entry(appeal).or_default().add(*sum);
            }
        }
        for (cell, vnd) in &self.moved {
            let mut parts = cell.split('\0');
            let mut part = || parts.next().unwrap_or_default();
            let place = [part(), part(), part(), part()];
            views.moved(place, part(), *vnd);
        }
        views.paid_by_category.retain(|_, vnd| *vnd != 0);
        views.other_income_by_category.retain(|_, vnd| *vnd != 0);
        views
    }
}

fn is_quarantine(fund: &str) -> bool {
    fund == "QUARANTINE" || fund.starts_with("QUARANTINE:")
}

impl Views {
    /// Adds to a term of the equation, for everybody of whom it is: chapter, province, appeal, fund.
    fn flow_of(&mut self, [chapter, province, appeal, fund]: [&str; 4], term: usize, vnd: i128) {
        self.flow_by_fund.entry(fund.to_owned()).or_default().add(term, vnd);
        if is_quarantine(fund) {
            return self.quarantined_flow.add(term, vnd);
        }
        self.flow.add(term, vnd);
        self.flow_by_province.entry(province.to_owned()).or_default().add(term, vnd);
        self.flow_by_chapter.entry(chapter.to_owned()).or_default().add(term, vnd);
        if !appeal.is_empty() {
            self.flow_by_appeal.entry(appeal.to_owned()).or_default().add(term, vnd);
        }
    }

    fn moved(&mut self, place: [&str; 4], which: &str, vnd: i128) {
        let term = which.bytes().next().map_or(usize::MAX, |letter| usize::from(letter.saturating_sub(b'A')));
        let category = which.get(1..).unwrap_or_default();
        let [chapter, _, _, fund] = place;
        if let Some(account) = term.checked_sub(TERMS.len()) {
            if is_quarantine(fund) {
                return self.quarantined_left.add(account, vnd);
            }
            self.left.add(account, vnd);
            return self.left_by_chapter.entry(chapter.to_owned()).or_default().add(account, vnd);
        }
        self.flow_of(place, term, vnd);
        let divided = match TERMS.get(term) {
            Some(("paid_vnd", _)) => &mut self.paid_by_category,
            Some(("other_income_vnd", _)) => &mut self.other_income_by_category,
            _ => return,
        };
        if !is_quarantine(fund) {
            let there = divided.entry(category.to_owned()).or_default();
            *there = there.saturating_add(vnd);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::kinds::term;
    use super::*;

    #[test]
    fn sums_are_seen_from_every_side() {
        let mut totals = Totals::default();
        let cell = Cell { chapter: "23095", province: "68", appeal: "BAO13", fund: "APPEAL:BAO13", channel: "CASH" };
        totals.add(cell, Sum { received_vnd: 500, gift_count: 1 });
        totals.add(cell, Sum { received_vnd: 300, gift_count: 1 });
        totals.add(cell, Sum { received_vnd: -500, gift_count: -1 });
        let mut other = Totals::default();
        other.add(Cell { chapter: "68", appeal: "", fund: "GENERAL", ..cell }, Sum { received_vnd: 7, gift_count: 1 });
        other.add(Cell { fund: "QUARANTINE:BAO13", ..cell }, Sum { received_vnd: 9, gift_count: 1 });
        totals.merge(other);
        let views = totals.views();
        let sum = |received_vnd, gift_count| Sum { received_vnd, gift_count };
        assert_eq!((views.received, views.quarantined), (sum(307, 2), sum(9, 1)));
        assert_eq!(views.by_appeal, BTreeMap::from([("BAO13".to_owned(), sum(300, 1))]));
        assert_eq!(views.by_province, BTreeMap::from([("68".to_owned(), sum(307, 2))]));
        assert_eq!((views.by_chapter["23095"], views.by_chapter["68"]), (sum(300, 1), sum(7, 1)));
        assert_eq!(views.by_fund["QUARANTINE:BAO13"], sum(9, 1));
        assert_eq!((views.flow.of("received_vnd"), views.quarantined_flow.of("left_vnd")), (307, 9));
    }

    #[test]
    fn what_is_spent_takes_from_what_is_left() {
        let mut totals = Totals::default();
        let cell = Cell { chapter: "23095", province: "68", appeal: "BAO13", fund: "APPEAL:BAO13", channel: "CASH" };
        totals.add(cell, Sum { received_vnd: 500, gift_count: 1 });
        let of = |kind: &str, account: &str| term(kind, account).unwrap();
        totals.add_moved(cell, of("GIFT_CASH", "CASH_ON_HAND"), "", 500);
        totals.add_moved(cell, of("PAYMENT", "AID_EXPENSE"), "RICE", 200);
        totals.add_moved(cell, of("PAYMENT", "CASH_ON_HAND"), "RICE", -200);
        totals.add_moved(cell, of("TRANSFER_OUT", "INTERCHAPTER"), "", 100);
        totals.add_moved(cell, of("TRANSFER_OUT", "CASH_ON_HAND"), "", -100);
        let views = totals.views();
        assert_eq!((views.flow.of("paid_vnd"), views.flow.on_the_way(), views.flow.of("left_vnd")), (200, 100, 200));
        assert_eq!(views.paid_by_category, BTreeMap::from([("RICE".to_owned(), 200)]));
        assert_eq!(views.left.terms().filter(|(_, vnd)| *vnd != 0).collect::<Vec<_>>(), [("cash_vnd", 200)]);
        assert_eq!(views.left_by_chapter["23095"], views.left);
        assert_eq!(views.flow_by_appeal["BAO13"], views.flow);
        let json = serde_json::to_value(views.flow).unwrap();
        assert_eq!((json["sent_vnd"].as_i64(), json["left_vnd"].as_i64()), (Some(100), Some(200)));
    }
}
