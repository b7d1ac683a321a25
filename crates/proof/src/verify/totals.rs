//! What was received, added up from leaves alone: by appeal, fund, chapter, province and channel.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

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

/// Sums by [`Cell`].
#[derive(Debug, Clone, Default)]
pub struct Totals {
    cells: HashMap<String, Sum>,
    scratch: String,
}

/// The same sums, seen from each side. Money that came after an appeal's end is in quarantine: in `by_fund` alone.
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

    /// Takes in what was added up elsewhere.
    pub fn merge(&mut self, other: Totals) {
        for (cell, sum) in other.cells {
            self.cells.entry(cell).or_default().add(sum);
        }
    }

    pub fn views(&self) -> Views {
        let mut views = Views::default();
        for (cell, sum) in &self.cells {
            let mut parts = cell.split('\0').map(str::to_owned);
            let mut part = || parts.next().unwrap_or_default();
            let (chapter, province, appeal, fund, channel) = (part(), part(), part(), part(), part());
            let is_quarantined = fund == "QUARANTINE" || fund.starts_with("QUARANTINE:");
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
        views
    }
}

#[cfg(test)]
mod tests {
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
    }
}
