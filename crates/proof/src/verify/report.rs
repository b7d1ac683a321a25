//! What an audit of the log found.

use std::collections::BTreeMap;

use serde::Serialize;

use super::totals::Views;
use super::visible;
use crate::leaf::Change;

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub check: &'static str,
    /// What it is about: `entry <index> (<code>)`, a file, a sum.
    pub subject: String,
    pub differs: String,
}

/// Findings: all counted, the first so many kept.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    pub kept: Vec<Finding>,
    pub total: u64,
}

/// More findings than this nobody reads.
pub const MOST_KEPT: usize = 10_000;

impl Findings {
    pub fn add(&mut self, check: &'static str, subject: impl Into<String>, differs: impl Into<String>) {
        self.take(Finding { check, subject: subject.into(), differs: differs.into() });
    }

    pub fn take(&mut self, finding: Finding) {
        self.total += 1;
        if self.kept.len() < MOST_KEPT {
            self.kept.push(finding);
        }
    }

    /// Takes in what was found elsewhere.
    pub fn merge(&mut self, other: Findings) {
        let more = other.total - other.kept.len() as u64;
        other.kept.into_iter().for_each(|finding| self.take(finding));
        self.total += more;
    }
}

/// How many leaves of one sort are not understood, and where the first is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct NotUnderstood {
    pub leaves: u64,
    pub first_index: u64,
}

/// A leaf about a key of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyChange {
    pub index: u64,
    pub entry: String,
    /// As verifiers read it.
    pub key: String,
    /// `ADDED` or `RETIRED`.
    pub change: &'static str,
}

/// Two notes with good signatures of which the later does not continue the earlier: whoever signed them cannot explain it away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    pub before: String,
    pub after: String,
    pub why: String,
}

/// What an audit says.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Nothing is wrong, and nothing that was to be checked is left unchecked.
    pub clean: bool,
    /// How many things are wrong, whether listed or not.
    pub total: u64,
    pub findings: Vec<Finding>,
    pub origin: String,
    pub size: u64,
    /// Base64, as in the checkpoint.
    pub root: String,
    /// Leaves by kind.
    pub entries: BTreeMap<String, u64>,
    /// Included, with words this program does not know.
    pub not_understood: BTreeMap<String, NotUnderstood>,
    /// What the log says of its keys.
    pub keys: Vec<KeyChange>,
    pub totals: Views,
    /// What was done besides, or left out, and why.
    pub notes: Vec<String>,
    /// What was to be checked and could not be.
    pub unchecked: Vec<String>,
    /// Signed notes that do not fit together, verbatim.
    pub evidence: Vec<Contradiction>,
    pub seconds: f64,
}

/// `paid 1500000`
fn said((name, vnd): (&str, i128)) -> String {
    format!("{} {vnd}", name.trim_end_matches("_vnd").replace('_', " "))
}

impl Report {
    /// Some lines for people; at most `most` findings.
    pub fn text(&self, most: usize) -> String {
        let mut lines: Vec<String> =
            self.findings.iter().take(most).map(|f| format!("{}: {}: {}", f.check, f.subject, f.differs)).collect();
        let shown = lines.len() as u64;
        if self.total > shown {
            lines.push(format!("… and {} more", self.total - shown));
        }
        lines.push(format!("log {}, {} entries, root {}", self.origin, self.size, self.root));
        let kinds: Vec<String> = self.entries.iter().map(|(kind, n)| format!("{kind} {n}")).collect();
        if !kinds.is_empty() {
            lines.push(kinds.join(", "));
        }
        let received = self.totals.received;
        lines.push(format!(
            "received {} đồng in {} gifts, for {} appeals, by {} chapters of {} provinces",
            received.received_vnd,
            received.gift_count,
            self.totals.by_appeal.len(),
            self.totals.by_chapter.len(),
            self.totals.by_province.len()
        ));
        let moved: Vec<String> = self.totals.flow.terms().skip(1).filter(|(_, vnd)| *vnd != 0).map(said).collect();
        // Where nothing but gifts was booked, all of it is left.
        if moved.len() > 1 {
            lines.push(format!("{} (on the way {})", moved.join(", "), self.totals.flow.on_the_way()));
        }
        for key in &self.keys {
            let said = if key.change == Change::Added.name() { "signs from there on" } else { "signs no more" };
            lines.push(format!("entry {} ({}): the key {} {said}", key.index, key.entry, key.key));
        }
        for (what, many) in &self.not_understood {
            lines.push(format!(
                "included, not understood: {what}, {} leaves, the first at index {}",
                many.leaves, many.first_index
            ));
        }
        lines.extend(self.notes.iter().map(|note| format!("note: {note}")));
        for pair in &self.evidence {
            lines.push(format!("evidence: {}. The two signed notes:", pair.why));
            lines.extend(pair.before.lines().chain(pair.after.lines()).map(|line| format!("    {line}")));
        }
        lines.extend(self.unchecked.iter().map(|what| format!("NOT CHECKED: {what}")));
        let verdict = match self.total {
            0 if !self.unchecked.is_empty() => "nothing wrong was found, and not everything could be checked".to_owned(),
            0 => "clean".to_owned(),
            1 => "1 finding".to_owned(),
            n => format!("{n} findings"),
        };
        lines.push(format!("{verdict} ({:.1} s)", self.seconds));
        // Names and answers are others' words.
        lines.iter().map(|line| visible(line)).collect::<Vec<_>>().join("\n")
    }
}
