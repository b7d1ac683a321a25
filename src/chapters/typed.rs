//! What somebody typed to find a place, turned into queries over folded words. Pure.
//!
//! Every word must occur, the last may be the beginning of one. After a comma come places above: `Hàm Chính, Hàm Thuận
//! Bắc` is the Hàm Chính of that district. Where nothing fits, the words a name often begins with are left out: people type `xã` for
//! what was a `thị trấn`, and `Hội Chữ thập đỏ` before everything.

use crate::basics::text::words;

/// One reading of what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The words joined, to see which names end with exactly these.
    pub exact: String,
    /// All words as a tsquery.
    pub all: String,
    /// The words before the first comma, as a tsquery, with those after it.
    pub placed: Option<(String, String)>,
    /// The words before the first comma, joined.
    pub head: String,
}

/// Most words that are looked at.
const MAX_WORDS: usize = 16;

/// Words every chapter's name begins with.
const SOCIETY: &[&[&str]] =
    &[&["chi", "hoi", "chu", "thap", "do"], &["hoi", "chu", "thap", "do"], &["chi", "hoi"], &["hoi", "ctd"], &["ctd"]];

/// Kinds of units, in full and as they are written short.
const KINDS: &[&[&str]] = &[
    &["dac", "khu"],
    &["thi", "tran"],
    &["thi", "xa"],
    &["thanh", "pho"],
    &["xa"],
    &["phuong"],
    &["huyen"],
    &["quan"],
    &["tinh"],
    &["tp"],
    &["tx"],
    &["tt"],
    &["x"],
    &["p"],
    &["h"],
    &["q"],
    &["t"],
];

/// Lexemes hold only `a-z` and `0-9`, so nothing typed can change the meaning of a query.
fn query(words: &[String], open: bool) -> String {
    let last = words.len().saturating_sub(1);
    let term = |(n, word): (usize, &String)| format!("'{word}'{}", if open && n == last { ":*" } else { "" });
    words.iter().enumerate().map(term).collect::<Vec<_>>().join(" & ")
}

fn reading(head: &[String], place: &[String]) -> Typed {
    let all: Vec<String> = head.iter().chain(place).cloned().collect();
    let placed = (!head.is_empty() && !place.is_empty()).then(|| (query(head, false), query(place, true)));
    Typed { exact: all.join(" "), all: query(&all, true), placed, head: head.join(" ") }
}

fn without<'a>(words: &'a [String], beginnings: &[&[&str]]) -> Option<&'a [String]> {
    let begins = |some: &&&[&str]| some.len() < words.len() && some.iter().zip(words).all(|(b, w)| b == w);
    let rest = beginnings.iter().find(begins).map(|some| &words[some.len()..])?;
    // `Quận 1` without its kind is a number, which fits everything.
    rest.iter().any(|word| word.bytes().any(|b| b.is_ascii_alphabetic())).then_some(rest)
}

/// The readings of a text, the closest first; empty when there is no word in it.
pub fn readings(text: &str) -> Vec<Typed> {
    let (head, place) = text.split_once(',').unwrap_or((text, ""));
    let mut head = words(head);
    let mut place = words(place);
    head.truncate(MAX_WORDS);
    place.truncate(MAX_WORDS);
    if head.is_empty() {
        (head, place) = (place, Vec::new());
    }
    if head.is_empty() {
        return Vec::new();
    }
    let mut found = vec![reading(&head, &place)];
    let mut rest = head.as_slice();
    for beginnings in [SOCIETY, KINDS] {
        if let Some(shorter) = without(rest, beginnings) {
            rest = shorter;
            found.push(reading(rest, &place));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str) -> Vec<String> {
        readings(text).into_iter().map(|r| r.all).collect()
    }

    #[test]
    fn beginnings_are_left_out_one_after_the_other() {
        assert_eq!(all("Hàm Chính"), ["'ham' & 'chinh':*"]);
        assert_eq!(all("xã Hàm Chính"), ["'xa' & 'ham' & 'chinh':*", "'ham' & 'chinh':*"]);
        assert_eq!(
            all("Hội CTĐ xã Hàm Chính"),
            ["'hoi' & 'ctd' & 'xa' & 'ham' & 'chinh':*", "'xa' & 'ham' & 'chinh':*", "'ham' & 'chinh':*"]
        );
        assert_eq!(all("Quận 1").len(), 1);
        assert_eq!(all("xã").len(), 1);
        assert!(all(" …, ").is_empty());
    }

    #[test]
    fn places_stand_after_a_comma() {
        let typed = readings("Hàm Chính, Hàm Thuận Bắc, Bình Thuận").remove(0);
        assert_eq!(typed.head, "ham chinh");
        let placed = ("'ham' & 'chinh'".to_owned(), "'ham' & 'thuan' & 'bac' & 'binh' & 'thuan':*".to_owned());
        assert_eq!(typed.placed, Some(placed));
        assert_eq!(readings("ham liem,")[0].placed, None);
        assert_eq!(readings(", ham liem")[0].all, "'ham' & 'liem':*");
    }

    proptest! {
        #[test]
        fn nothing_typed_escapes_its_quotes(text in ".{0,60}") {
            for reading in readings(&text) {
                let (head, place) = reading.placed.clone().unwrap_or_default();
                for term in [reading.all, head, place].iter().flat_map(|q| q.split(" & ")).filter(|t| !t.is_empty()) {
                    let term = term.strip_suffix(":*").unwrap_or(term);
                    let word = term.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')).unwrap();
                    prop_assert!(!word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric()));
                }
            }
        }
    }
}
