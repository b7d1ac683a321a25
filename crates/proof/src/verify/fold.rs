//! What leaves must be to each other: codes unique, `of` an earlier entry, a reversal the exact opposite and the only one.
//!
//! Leaves come in the order of the log. Memory: some forty bytes an entry.

use std::collections::{BTreeMap, HashMap};

use super::code::Code;
use super::leaf::{Entry, KeySaid, Leaf, Of};
use super::report::{Findings, KeyChange, NotUnderstood};
use crate::leaf::Change;

struct Known {
    index: u64,
    postings: u64,
}

/// Everything read so far.
#[derive(Default)]
pub struct Fold {
    entries: HashMap<Code, Known>,
    /// Entries without money or not understood: nothing can be reversed that is not in `entries`.
    others: HashMap<Code, (u64, Sort)>,
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
    Publication,
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
            Leaf::Entry(entry) => self.entry(index, &entry, findings),
            Leaf::Key(entry, said) => {
                self.entry(index, &entry, findings);
                self.key(index, entry.code, &said, findings);
            }
        }
    }

    /// Where an entry is in the log.
    pub fn index_of(&self, code: Code) -> Option<u64> {
        self.entries.get(&code).map(|known| known.index).or(self.others.get(&code).map(|(index, _)| *index))
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
        let first = self.entries.get(&code).map(|known| known.index).or(self.others.get(&code).map(|(index, _)| *index));
        if let Some(first) = first {
            findings.add("code_once", subject(index, Some(code)), format!("entry {first} has the same code"));
        }
    }

    fn entry(&mut self, index: u64, entry: &Entry, findings: &mut Findings) {
        match self.kinds.get_mut(entry.kind.name) {
            Some(count) => *count += 1,
            None => drop(self.kinds.insert(entry.kind.name.to_owned(), 1)),
        }
        self.unique(index, entry.code, findings);
        if let Some(of) = entry.of {
            self.speaks_of(index, entry, of, findings);
        }
        if entry.kind.money && entry.of.is_none() {
            self.entries.entry(entry.code).or_insert(Known { index, postings: entry.postings });
        } else {
            let sort = match (entry.kind.money, entry.kind.of) {
                (true, _) => Sort::Reversal,
                (false, Of::Predecessor) => Sort::Publication,
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
            (Of::Predecessor, None, Some((_, Sort::Publication))) => None,
            (Of::Predecessor, _, _) => Some(format!("replaces {of}, which is no publication")),
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
            found(format!("its postings are not the exact opposite of those of entry {} ({of})", original.index));
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
    use super::super::leaf::{KINDS, KindRule};
    use super::*;
    use crate::code::PublicCode;

    fn kind(name: &str) -> &'static KindRule {
        KINDS.iter().find(|rule| rule.name == name).unwrap()
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
}
