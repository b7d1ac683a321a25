//! What leaves must be to each other: codes unique, `of` an earlier entry, a reversal the exact opposite and the only one.
//!
//! Leaves come in the order of the log. Memory: some forty bytes an entry.

use std::collections::{BTreeMap, HashMap};

use super::code::Code;
use super::kinds::{KINDS, KindRule, Of};
use super::leaf::{Back, Entry, KeySaid, Leaf};
use super::report::{Findings, KeyChange, NotUnderstood};
use super::totals::Totals;
use crate::leaf::Change;

/// An entry that may be reversed, in sixteen bytes.
struct Known {
    /// Index, number of its kind and of its category, in one.
    packed: u64,
    postings: u64,
}

/// What a reversal needs to know of what it takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Original<'f> {
    pub kind: &'static KindRule,
    /// Empty where it has none.
    pub category: &'f str,
}

/// Categories that are told apart; later ones are one.
const MOST_CATEGORIES: usize = 10_000;
/// Stands for all of these.
const OTHERS: &str = "…";

impl Known {
    fn new(index: u64, kind: &'static KindRule, category: u16, postings: u64) -> Self {
        let kind = KINDS.iter().position(|rule| rule.name == kind.name).unwrap_or_default() as u64;
        Self { packed: index << 24 | kind << 16 | u64::from(category), postings }
    }

    fn index(&self) -> u64 {
        self.packed >> 24
    }

    /// `None` never happens: numbers are made of this list.
    fn kind(&self) -> Option<&'static KindRule> {
        KINDS.get((self.packed >> 16 & 0xFF) as usize)
    }

    fn category(&self) -> usize {
        (self.packed & 0xFFFF) as usize
    }
}

/// Everything read so far.
#[derive(Default)]
pub struct Fold {
    entries: HashMap<Code, Known>,
    /// Entries without money or not understood: nothing can be reversed that is not in `entries`.
    others: HashMap<Code, (u64, Sort)>,
    /// Numbers of categories, from 1, and their words.
    categories: HashMap<String, u16>,
    words: Vec<String>,
    reversed: HashMap<Code, Code>,
    /// Leaves that speak of an entry and take nothing back, in the order of the log.
    said: HashMap<Code, Vec<Said>>,
    /// Some entries could not be read: whom others speak of may be among them.
    pub has_gaps: bool,
    pub kinds: BTreeMap<String, u64>,
    pub not_understood: BTreeMap<String, NotUnderstood>,
    /// What the log says of its keys, in its order.
    pub keys: Vec<KeyChange>,
}

/// A leaf without money that speaks of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    pub code: Code,
    /// The giver's data are gone; otherwise they were corrected.
    pub is_erasure: bool,
}

/// No log exchanges its key so often.
const MOST_KEYS: usize = 1_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Reversal,
    Annotation,
    /// A leaf without money that may be replaced, by its kind.
    Replaceable(&'static str),
    NotUnderstood,
}

/// How a finding names an entry.
pub fn subject(index: u64, code: Option<impl std::fmt::Display>) -> String {
    match code {
        Some(code) => format!("entry {index} ({code})"),
        None => format!("entry {index}"),
    }
}

impl Fold {
    /// Takes the next leaf.
    pub fn take(&mut self, index: u64, leaf: Leaf, findings: &mut Findings) {
        match leaf {
            Leaf::NotUnderstood(what, code) => {
                // Enough sorts to see what is going on; a log that invents one for each leaf fills no memory with them.
                let what = if self.not_understood.len() < 100 { what } else { "others".to_owned() };
                self.not_understood.entry(what).or_insert(NotUnderstood { leaves: 0, first_index: index }).leaves += 1;
                if let Some(code) = code {
                    self.unique(index, code, findings);
                    self.others.entry(code).or_insert((index, Sort::NotUnderstood));
                }
            }
            Leaf::Entry(entry) | Leaf::Reversal(entry, _) => self.entry(index, &entry, "", findings),
            Leaf::Categorised(entry, category) => self.entry(index, &entry, &category, findings),
            Leaf::Key(entry, said) => {
                self.entry(index, &entry, "", findings);
                self.key(index, entry.code, &said, findings);
            }
        }
    }

    /// Where an entry is in the log.
    pub fn index_of(&self, code: Code) -> Option<u64> {
        self.entries.get(&code).map(Known::index).or(self.others.get(&code).map(|(index, _)| *index))
    }

    /// The entry that a reversal takes back, as far as it is known.
    pub fn original(&self, code: Code) -> Option<Original<'_>> {
        let known = self.entries.get(&code)?;
        let category = known.category().checked_sub(1).and_then(|n| self.words.get(n));
        Some(Original { kind: known.kind()?, category: category.map(String::as_str).unwrap_or_default() })
    }

    /// Adds what a reversal takes back, once it is known what that is. What is not understood moves nothing: what was received was
    /// added when the reversal was read.
    pub fn take_back(&self, entry: &Entry, back: &Back, totals: &mut Totals) {
        if let Some(Original { kind, category }) = entry.of.and_then(|of| self.original(of)) {
            back.add_to(totals, kind.name, category);
        }
    }

    fn number_of(&mut self, category: &str) -> u16 {
        if category.is_empty() {
            return 0;
        }
        let is_known = self.words.len() < MOST_CATEGORIES || self.categories.contains_key(category);
        let category = if is_known { category } else { OTHERS };
        if let Some(number) = self.categories.get(category) {
            return *number;
        }
        self.words.push(category.to_owned());
        let number = u16::try_from(self.words.len()).unwrap_or_default();
        self.categories.insert(category.to_owned(), number);
        number
    }

    /// Whether it uses words that this program does not know.
    pub fn is_not_understood(&self, code: Code) -> bool {
        self.others.get(&code).is_some_and(|(_, sort)| *sort == Sort::NotUnderstood)
    }

    /// The entry that reverses another.
    pub fn reversal_of(&self, code: Code) -> Option<Code> {
        self.reversed.get(&code).copied()
    }

    /// What was said of an entry later, reversals apart.
    pub fn said_of(&self, code: Code) -> &[Said] {
        self.said.get(&code).map_or(&[], Vec::as_slice)
    }

    fn key(&mut self, index: u64, code: Code, said: &KeySaid, findings: &mut Findings) {
        let (key, change) = (said.key.to_string(), if said.retired { Change::Retired } else { Change::Added });
        let twice = self.keys.iter().find(|known| known.key == key && known.change == change.name());
        if let Some(first) = twice {
            let differs = format!(
                "entry {} says already that this key {}",
                first.index,
                if said.retired { "retired" } else { "was added" }
            );
            findings.add("key", subject(index, Some(code)), differs);
        }
        if self.keys.len() < MOST_KEYS {
            self.keys.push(KeyChange { index, entry: code.to_string(), key, change: change.name() });
        }
    }

    fn unique(&self, index: u64, code: Code, findings: &mut Findings) {
        if let Some(first) = self.index_of(code) {
            findings.add("code_once", subject(index, Some(code)), format!("entry {first} has the same code"));
        }
    }

    fn entry(&mut self, index: u64, entry: &Entry, category: &str, findings: &mut Findings) {
        match self.kinds.get_mut(entry.kind.name) {
            Some(count) => *count += 1,
            None => drop(self.kinds.insert(entry.kind.name.to_owned(), 1)),
        }
        self.unique(index, entry.code, findings);
        if let Some(of) = entry.of {
            self.speaks_of(index, entry, of, findings);
        }
        if entry.kind.money && entry.kind.name != "REVERSAL" {
            let category = self.number_of(category);
            let known = Known::new(index, entry.kind, category, entry.postings);
            self.entries.entry(entry.code).or_insert(known);
        } else {
            let is_of_unknown = entry.of.is_some_and(|of| entry.kind.money && self.is_not_understood(of));
            let sort = match (entry.kind.money, entry.kind.of) {
                // What it takes back nobody here can say.
                (true, _) if is_of_unknown => Sort::NotUnderstood,
                (true, _) => Sort::Reversal,
                (false, Of::Predecessor) => Sort::Replaceable(entry.kind.name),
                (false, _) => Sort::Annotation,
            };
            self.others.entry(entry.code).or_insert((index, sort));
        }
    }

    fn speaks_of(&mut self, index: u64, entry: &Entry, of: Code, findings: &mut Findings) {
        let mut found = |differs: String| findings.add("of", subject(index, Some(entry.code)), differs);
        let kind = entry.kind.name;
        let original = self.entries.get(&of);
        let other = self.others.get(&of);
        let differs = match (entry.kind.of, original, other) {
            (_, None, Some((_, Sort::NotUnderstood))) => None,
            (_, None, None) if self.has_gaps => None,
            (_, None, None) => Some(format!("{kind} of {of}, which is no earlier entry")),
            (Of::Predecessor, None, Some((_, Sort::Replaceable(other)))) if *other == kind => None,
            (Of::Predecessor, Some(known), _) if known.kind() == Some(entry.kind) => None,
            (Of::Predecessor, _, _) => Some(format!("replaces {of}, which is no {}", kind.to_lowercase())),
            (Of::Kinds(kinds), Some(known), _) => {
                let is = known.kind().map(|rule| rule.name).unwrap_or_default();
                (!kinds.contains(&is)).then(|| format!("{kind} of entry {} ({of}), a {is}", known.index()))
            }
            (Of::Kinds(_), None, Some((at, _))) => Some(format!("{kind} of entry {at} ({of}), which can have none")),
            (_, Some(_), _) => None,
            (_, None, Some((at, Sort::Reversal))) if kind == "REVERSAL" => {
                Some(format!("reverses entry {at} ({of}), itself a reversal"))
            }
            (_, None, Some((_, Sort::Reversal))) => None,
            (_, None, Some((at, _))) => Some(format!("{kind} of entry {at} ({of}), which has no money")),
        };
        if let Some(differs) = differs {
            return found(differs);
        }
        if kind != "REVERSAL" {
            if entry.kind.of == Of::Entry {
                self.said.entry(of).or_default().push(Said { code: entry.code, is_erasure: kind == "ERASURE" });
            }
            return;
        }
        if let Some(original) = original.filter(|original| original.postings != entry.opposite) {
            found(format!("its postings are not the exact opposite of those of entry {} ({of})", original.index()));
        }
        match self.reversed.get(&of).map(|first| (*first, self.index_of(*first))) {
            Some((first, at)) => {
                let first = at.map_or_else(|| first.to_string(), |at| at.to_string());
                findings.add("of", subject(index, Some(entry.code)), format!("reverses {of} again: entry {first} did"));
            }
            None => drop(self.reversed.insert(of, entry.code)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::kinds::rule;
    use super::*;
    use crate::code::PublicCode;

    fn kind(name: &str) -> &'static KindRule {
        rule(name).unwrap()
    }

    fn code() -> Code {
        Code::parse(PublicCode::random().unwrap().as_str()).unwrap()
    }

    fn found(leaves: Vec<Entry>) -> Vec<String> {
        let (mut fold, mut findings) = (Fold::default(), Findings::default());
        for (index, entry) in (0..).zip(leaves) {
            fold.take(index, Leaf::Entry(entry), &mut findings);
        }
        findings.kept.into_iter().map(|f| f.differs).collect()
    }

    #[test]
    fn a_reversal_is_the_exact_opposite_of_an_earlier_entry_and_the_only_one() {
        let (a, b) = (code(), code());
        let gift = Entry { code: a, kind: kind("GIFT_CASH"), of: None, postings: 5, opposite: 6 };
        let back = Entry { code: b, kind: kind("REVERSAL"), of: Some(a), postings: 6, opposite: 5 };
        assert_eq!(found(vec![gift, back]), Vec::<String>::new());
        assert!(found(vec![back, gift])[0].contains("no earlier entry"));
        assert!(found(vec![gift, Entry { opposite: 7, ..back }])[0].contains("not the exact opposite"));
        assert!(found(vec![gift, back, Entry { code: code(), ..back }])[0].contains("again: entry 1 did"));
        let again = Entry { code: code(), of: Some(b), postings: 5, opposite: 6, ..back };
        assert!(found(vec![gift, back, again])[0].contains("itself a reversal"));
        assert!(found(vec![gift, gift])[0].contains("entry 0 has the same code"));
    }

    #[test]
    fn annotations_speak_of_entries() {
        let (a, b) = (code(), code());
        let gift = Entry { code: a, kind: kind("GIFT_CASH"), of: None, postings: 5, opposite: 6 };
        let erasure = Entry { code: b, kind: kind("ERASURE"), of: Some(a), postings: 0, opposite: 0 };
        assert_eq!(found(vec![gift, erasure, Entry { code: code(), kind: kind("AMENDMENT"), ..erasure }]), Vec::<String>::new());
        assert!(found(vec![gift, erasure, Entry { code: code(), of: Some(b), ..erasure }])[0].contains("has no money"));
        assert!(
            found(vec![gift, erasure, Entry { code: code(), of: Some(b), kind: kind("REVERSAL"), ..gift }])[0]
                .contains("has no money")
        );
    }

    #[test]
    fn new_kinds_speak_of_their_own() {
        let entry =
            |kind_name: &str, of: Option<Code>| Entry { code: code(), kind: kind(kind_name), of, postings: 5, opposite: 6 };
        let (gift, out) = (entry("GIFT_CASH", None), entry("TRANSFER_OUT", None));
        let (taken, refund) = (entry("TRANSFER_IN", Some(out.code)), entry("REFUND", Some(gift.code)));
        let back = Entry { postings: 6, opposite: 5, ..entry("REVERSAL", Some(taken.code)) };
        assert_eq!(found(vec![gift, out, taken, refund, back]), Vec::<String>::new());
        assert!(found(vec![gift, entry("TRANSFER_IN", Some(gift.code))])[0].contains("a GIFT_CASH"));
        assert!(found(vec![taken])[0].contains("no earlier entry"));
        assert!(found(vec![gift, refund, entry("REFUND", Some(refund.code))])[0].contains("a REFUND"));
        let release = entry("FUND_RELEASE", None);
        assert_eq!(found(vec![release, entry("FUND_RELEASE", Some(release.code))]), Vec::<String>::new());
        assert!(found(vec![gift, entry("FUND_RELEASE", Some(gift.code))])[0].contains("no fund_release"));
        let statement = entry("STATEMENT", None);
        assert_eq!(found(vec![statement, entry("STATEMENT", Some(statement.code))]), Vec::<String>::new());
        assert!(found(vec![statement, entry("PUBLICATION", Some(statement.code))])[0].contains("no publication"));
    }

    #[test]
    fn a_reversal_knows_what_it_takes_back() {
        let (mut fold, mut findings) = (Fold::default(), Findings::default());
        let paid = Entry { code: code(), kind: kind("PAYMENT"), of: None, postings: 5, opposite: 6 };
        fold.take(7, Leaf::Categorised(paid, "RICE".into()), &mut findings);
        assert_eq!(fold.original(paid.code), Some(Original { kind: kind("PAYMENT"), category: "RICE" }));
        assert_eq!((fold.index_of(paid.code), fold.original(code())), (Some(7), None));
        assert!(size_of::<Known>() == 16);
    }
}
