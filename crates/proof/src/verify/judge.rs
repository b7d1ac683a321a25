//! One row that a site serves, beside the leaf it stands for.
//!
//! What never changes in a row (amount, day, place, goods …) is a finding at once. What changes later (a reversal is named, a giver's
//! name goes) may be a few seconds late in a cache, and what is new may not be in the log yet: that is a [`Doubt`], to be looked at
//! again.

use std::collections::HashSet;

use super::audit::Walk;
use super::code::Code;
use super::face::{self, Line, Lines, Row};
use super::fold::subject;
use super::place::PlaceError;

/// The check that such findings are of.
pub const CHECK: &str = "published_row";
/// Missing rows of one file, or one list, that are named.
pub const MOST_MISSING: usize = 100;
/// Several writers number their entries at once, so that a list is not quite in the order of the log.
pub const OUT_OF_ORDER: u64 = 1_000;
/// Differences that are explained by reading the leaf again; of more only that there is one is said.
const MOST_EXPLAINED: u32 = 1_000;

/// Something that is not right, and may be a moment later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    pub subject: String,
    pub says: String,
    /// The site knows more than the log: that may last as long as a leaf may wait. Otherwise it knows less.
    pub is_ahead: bool,
}

/// Compares rows, and adds what is wrong to the findings of a walk that kept its rows.
pub struct Judge<'a, 'p> {
    pub walk: &'a mut Walk<'p>,
    reported: HashSet<(String, String)>,
    explained: u32,
    /// Rows compared.
    pub compared: u64,
    /// Rows of entries with words that this program does not know.
    pub not_understood: u64,
}

/// Where a row stands in the log.
enum Place {
    At(u64),
    Doubtful(Doubt),
    /// It is a finding, or nothing that can be compared.
    Nowhere,
}

impl<'a, 'p> Judge<'a, 'p> {
    pub fn new(walk: &'a mut Walk<'p>) -> Self {
        Self { walk, reported: HashSet::new(), explained: 0, compared: 0, not_understood: 0 }
    }

    /// Says that something is wrong; the same thing once, however many pages show it.
    pub fn wrong(&mut self, subject: String, whence: &str, says: &str) {
        if self.reported.insert((subject.clone(), says.to_owned())) {
            self.walk.findings.add(CHECK, subject, format!("{whence}: {says}"));
        }
    }

    /// Compares a row; the rest is in doubt.
    pub fn row(&mut self, whence: &str, row: &Row) -> Result<Vec<Doubt>, PlaceError> {
        let Some(code) = row.code() else {
            let shown: String = row.face.code.chars().take(40).collect();
            self.wrong(format!("entry “{shown}”"), whence, "is shown under what is no entry's code");
            return Ok(Vec::new());
        };
        let index = match self.place(whence, row, code) {
            Place::At(index) => index,
            Place::Doubtful(doubt) => return Ok(vec![doubt]),
            Place::Nowhere => return Ok(Vec::new()),
        };
        self.compared += 1;
        let name = subject(index, Some(code));
        for says in self.differences(index, row)? {
            self.wrong(name.clone(), whence, &says);
        }
        let (doubts, wrong) = self.later(row, code, &name);
        wrong.into_iter().for_each(|says| self.wrong(name.clone(), whence, &says));
        Ok(doubts)
    }

    fn place(&mut self, whence: &str, row: &Row, code: Code) -> Place {
        let size = self.walk.size();
        let Some((rows, fold)) = self.walk.known() else { return Place::Nowhere };
        let Some(at) = fold.index_of(code) else {
            let claimed = row.index.filter(|index| *index < size);
            if let Some(index) = claimed {
                // The place is checked: whatever stands there, it is not this.
                self.wrong(subject(index, Some(code)), whence, "the site shows an entry that is not in the log");
                return Place::Nowhere;
            }
            let says = "the site shows an entry that is not in the log".to_owned();
            return Place::Doubtful(Doubt { subject: format!("entry ({code})"), says, is_ahead: true });
        };
        let (has_row, is_known) = (rows.has(at), !fold.is_not_understood(code));
        let name = subject(at, Some(code));
        if !is_known {
            self.not_understood += 1;
            return Place::Nowhere;
        }
        if !has_row {
            self.wrong(name, whence, "the site shows money or goods; the leaf has none");
            return Place::Nowhere;
        }
        match row.index {
            Some(index) if index != at => {
                self.wrong(name, whence, &format!("the site shows it at place {index} of the log"));
            }
            None => {
                let says = "the site shows it as not yet in the log".to_owned();
                return Place::Doubtful(Doubt { subject: name, says, is_ahead: false });
            }
            _ => {}
        }
        Place::At(at)
    }

    /// What differs for good.
    fn differences(&mut self, index: u64, row: &Row) -> Result<Vec<String>, PlaceError> {
        let Some((rows, _)) = self.walk.known() else { return Ok(Vec::new()) };
        let digest = row.face.digest(&self.walk.keyed);
        let (which, shown) = row.goods.digest(&self.walk.keyed);
        let goods_fit = match rows.goods(index) {
            None => row.goods.lines.is_empty(),
            Some(should) => should.get(which) == Some(&shown) && row.goods.is_negative == (row.face.kind == "REVERSAL"),
        };
        let face_fits = rows.is_face(index, digest, row.face.amount);
        if face_fits && goods_fit {
            return self.counts(index, row);
        }
        if self.explained >= MOST_EXPLAINED {
            return Ok(vec!["the site shows it otherwise than the log has it".to_owned()]);
        }
        self.explained += 1;
        let changed = || vec!["the site shows it otherwise than the log had it; the log now gives another leaf".to_owned()];
        let Some((face, lines)) = self.walk.face(index)? else { return Ok(changed()) };
        if !self.walk.known().is_some_and(|(rows, _)| rows.is_face(index, face.digest(&self.walk.keyed), face.amount)) {
            return Ok(changed());
        }
        let mut differ = if face_fits { Vec::new() } else { face.differences(&row.face) };
        if !goods_fit {
            let should = self.goods_of(&face.reverses, lines, row.goods.is_valued)?;
            differ.push(format!("the site shows the goods {}; the log has {}", row.goods.text(), should.text()));
        }
        Ok(differ)
    }

    /// What only few kinds say, and no fingerprint is kept of: their leaves are read again.
    fn counts(&self, index: u64, row: &Row) -> Result<Vec<String>, PlaceError> {
        let is_counted = ["DUES", "DISTRIBUTION_CASH", "DISTRIBUTION_GOODS"].contains(&row.face.kind.as_str());
        let Some(shown) = row.counted.as_ref().filter(|shown| is_counted || **shown != face::Counted::default()) else {
            return Ok(Vec::new());
        };
        let should = self.walk.leaf(index)?.and_then(|leaf| face::counted(&leaf)).unwrap_or_default();
        let differs = "the site shows another list, count or root than the log has".to_owned();
        Ok(if *shown == should { Vec::new() } else { vec![differs] })
    }

    /// The goods that must be shown: a reversal's are its original's.
    fn goods_of(&self, reverses: &str, own: Vec<Line>, is_valued: bool) -> Result<Lines, PlaceError> {
        let original = Code::parse(reverses).and_then(|code| self.walk.known()?.1.index_of(code));
        let lines = match original {
            None => own,
            Some(original) => self.walk.face(original)?.map(|(_, lines)| lines).unwrap_or_default(),
        };
        Ok(Lines { lines, is_negative: original.is_some(), is_valued })
    }

    /// What was said of the entry later: what is in doubt, and what is wrong.
    fn later(&self, row: &Row, code: Code, name: &str) -> (Vec<Doubt>, Vec<String>) {
        let (mut doubts, mut wrong) = (Vec::new(), Vec::new());
        let Some((_, fold)) = self.walk.known() else { return (doubts, wrong) };
        let mut doubt = |says: String, is_ahead: bool| doubts.push(Doubt { subject: name.to_owned(), says, is_ahead });
        let said = fold.said_of(code);
        if row.names_a_giver && said.iter().any(|said| said.is_erasure) {
            doubt("the site names a giver whose data the log says were erased".to_owned(), false);
        }
        let Some(later) = &row.later else { return (doubts, wrong) };
        match (fold.reversal_of(code).map(|by| by.to_string()), later.reversed_by.as_deref()) {
            (Some(by), None) => doubt(format!("the site shows that it stands; the log has its reversal {by}"), false),
            (Some(by), Some(shown)) if by != shown => {
                wrong.push(format!("the site says that {} reverses it; the log has {by}", word(shown)));
            }
            (None, Some(shown)) => {
                doubt(format!("the site says that {} reverses it; the log has no such entry", word(shown)), true);
            }
            _ => {}
        }
        let known: HashSet<String> = said.iter().map(|said| said.code.to_string()).collect();
        let shown: HashSet<&str> = later.annotations.iter().map(String::as_str).collect();
        for code in known.iter().filter(|code| !shown.contains(code.as_str())) {
            doubt(format!("the site does not show what {code} says of it"), false);
        }
        for code in shown.iter().filter(|code| !known.contains(**code)) {
            doubt(format!("the site shows that {} speaks of it; the log has no such leaf", word(code)), true);
        }
        (doubts, wrong)
    }
}

fn word(text: &str) -> String {
    text.chars().take(40).collect()
}
