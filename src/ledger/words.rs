//! What somebody typed into the search, understood: words, neighbours, and the beginning of a word (decision 21).

use serde::{Serialize, Serializer};

use crate::basics::text::words;

/// One thing that must occur. All are folded: `a-z` and `0-9` only, so nothing typed can change the meaning of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    Word(String),
    /// Two words that stand next to each other, in this order, as `first_second`.
    Pair(String),
    /// The beginning of a word.
    Begins(String),
}

/// A search that has at least one term. Every term must occur.
///
/// There is no limit of its own: what is typed has at most 200 characters, and so at most 199 different terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(Vec<Term>);

impl Words {
    /// Every word must occur, the last one may be the beginning of a word; text in double quotes must stand together,
    /// word by word. `None` when there is no word in it.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut terms: Vec<Term> = Vec::new();
        let parts: Vec<&str> = typed.split('"').collect();
        let last_part = parts.len() - 1;
        for (at, part) in parts.iter().enumerate() {
            let found = words(part);
            let quoted = at % 2 == 1;
            let last_word = found.len().saturating_sub(1);
            for (n, word) in found.iter().enumerate() {
                let open = !quoted && at == last_part && n == last_word;
                terms.push(if open { Term::Begins(word.clone()) } else { Term::Word(word.clone()) });
            }
            if quoted {
                terms.extend(found.windows(2).map(|pair| Term::Pair(format!("{}_{}", pair[0], pair[1]))));
            }
        }
        let mut once: Vec<Term> = Vec::with_capacity(terms.len());
        for term in terms {
            if !once.contains(&term) {
                once.push(term);
            }
        }
        if once.is_empty() { None } else { Some(Self(once)) }
    }

    pub fn terms(&self) -> &[Term] {
        &self.0
    }

    /// For PostgreSQL, over a tsvector of words and pairs.
    pub fn tsquery(&self) -> String {
        let lexeme = |term: &Term| match term {
            Term::Word(word) | Term::Pair(word) => format!("'{word}'"),
            Term::Begins(word) => format!("'{word}':*"),
        };
        self.0.iter().map(lexeme).collect::<Vec<_>>().join(" & ")
    }
}

/// A cursor is bound to this text.
impl Serialize for Words {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.tsquery())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tsquery(typed: &str) -> Option<String> {
        Words::parse(typed).map(|words| words.tsquery())
    }

    #[test]
    fn typed_text_becomes_a_query() {
        assert_eq!(tsquery("Hàm Liêm").as_deref(), Some("'ham' & 'liem':*"));
        assert_eq!(tsquery("\"Hàm Liêm\"").as_deref(), Some("'ham' & 'liem' & 'ham_liem'"));
        assert_eq!(tsquery("\"ham liem\" gạ").as_deref(), Some("'ham' & 'liem' & 'ham_liem' & 'ga':*"));
        assert_eq!(tsquery("an an AN an").as_deref(), Some("'an' & 'an':*"), "said twice is meant once");
        assert_eq!(tsquery("…"), None);
    }

    #[test]
    fn what_fits_into_a_search_is_bounded() {
        let pairs: String =
            (b'a'..=b'z').flat_map(|a| (b'a'..=b'z').map(move |b| format!("{}{} ", a as char, b as char))).collect();
        let typed = format!("\"{}", &pairs[..199]);
        assert!(Words::parse(&typed).unwrap().terms().len() < 200);
    }

    proptest! {
        /// Whatever is typed, the query consists of quoted lexemes, `:*` and `&` only.
        #[test]
        fn nothing_typed_escapes_its_quotes(typed in ".{0,60}") {
            if let Some(query) = tsquery(&typed) {
                for term in query.split(" & ") {
                    let term = term.strip_suffix(":*").unwrap_or(term);
                    let word = term.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')).unwrap();
                    prop_assert!(!word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
                }
            }
        }
    }
}
