//! What somebody typed to find a place, turned into queries over folded words. Pure.
//!
//! Every word must occur, the last may be the beginning of one. After a comma come places above: `Hàm Chính, Hàm Thuận
//! Bắc` is the Hàm Chính of that district. Where nothing fits, the words are read as people write them short (`TPHCM`, `Q2`), then the
//! words a name often begins with are left out: people type `xã` for what was a `thị trấn`, and `Hội Chữ thập đỏ` before everything.
//! Last, words that no name has are read as what a typing program may have made of them.

use super::model::without_zeros;
use super::vocabulary::{apart, reread};
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

/// Kinds written short, at the beginning of a name.
const SHORT_KINDS: &[(&str, &str)] = &[
    ("tp", "thanh pho"),
    ("tx", "thi xa"),
    ("tt", "thi tran"),
    ("dk", "dac khu"),
    ("q", "quan"),
    ("p", "phuong"),
    ("f", "phuong"),
    ("h", "huyen"),
    ("x", "xa"),
    ("t", "tinh"),
];

/// Names written short or as they used to be spelled, in words.
const SHORT_NAMES: &[(&str, &str)] = &[
    ("tp hcm", "thanh pho ho chi minh"),
    ("tphcm", "thanh pho ho chi minh"),
    ("hcm", "ho chi minh"),
    ("hcmc", "ho chi minh"),
    ("tp sai gon", "thanh pho ho chi minh"),
    ("tp sg", "thanh pho ho chi minh"),
    ("tpsg", "thanh pho ho chi minh"),
    ("tp hn", "thanh pho ha noi"),
    ("tphn", "thanh pho ha noi"),
    ("hn", "ha noi"),
    ("tp dn", "thanh pho da nang"),
    ("tpdn", "thanh pho da nang"),
    ("tp hp", "thanh pho hai phong"),
    ("tphp", "thanh pho hai phong"),
    ("tp ct", "thanh pho can tho"),
    ("tpct", "thanh pho can tho"),
    ("br vt", "ba ria vung tau"),
    ("brvt", "ba ria vung tau"),
    ("tt hue", "thua thien hue"),
    ("tth", "thua thien hue"),
    ("dac lac", "dak lak"),
    ("dac lak", "dak lak"),
    ("dak lac", "dak lak"),
    ("dac nong", "dak nong"),
    ("bac can", "bac kan"),
    ("kon tom", "kon tum"),
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

/// The words of a name, numbers without zeros before them: `Phường 01` is `Phường 1`.
fn place_words(text: &str) -> Vec<String> {
    words(text).iter().map(|word| without_zeros(word).to_owned()).take(MAX_WORDS).collect()
}

/// The words of one name with everything written out that people write short.
fn written_out(words: &[String]) -> Vec<String> {
    let text = words.join(" ");
    let named = |(short, _): &&(&str, &str)| text.strip_suffix(short).is_some_and(|rest| rest.is_empty() || rest.ends_with(' '));
    let text = match SHORT_NAMES.iter().find(named) {
        Some((short, long)) => format!("{}{long}", text.strip_suffix(short).unwrap_or_default()),
        None => text,
    };
    let mut out: Vec<String> = Vec::new();
    for (n, word) in text.split(' ').enumerate() {
        let short = SHORT_KINDS.iter().find(|(short, _)| n == 0 && word.starts_with(short));
        match short.map(|(short, long)| (word.strip_prefix(short).unwrap_or_default(), long)) {
            Some(("", long)) if text.contains(' ') => out.extend(long.split(' ').map(str::to_owned)),
            Some((number, long)) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => {
                out.extend(long.split(' ').map(str::to_owned));
                out.push(without_zeros(number).to_owned());
            }
            Some((name, long)) if apart(word).is_none() && apart(name).is_some() => {
                out.extend(long.split(' ').map(str::to_owned));
                out.extend(apart(name).unwrap_or_default().split(' ').map(str::to_owned));
            }
            _ => out.extend(apart(word).unwrap_or(word).split(' ').map(str::to_owned)),
        }
    }
    out.truncate(MAX_WORDS);
    out
}

/// The readings of a text, the closest first; empty when there is no word in it.
pub fn readings(text: &str) -> Vec<Typed> {
    let mut found = readings_of(text);
    if let Some(again) = reread(text) {
        for typed in readings_of(&again) {
            add(&mut found, typed);
        }
    }
    found
}

fn add(found: &mut Vec<Typed>, typed: Typed) {
    if !found.contains(&typed) {
        found.push(typed);
    }
}

fn readings_of(text: &str) -> Vec<Typed> {
    let mut names = text.split(',').map(place_words).filter(|words| !words.is_empty());
    let Some(head) = names.next() else { return Vec::new() };
    let above: Vec<Vec<String>> = names.collect();
    let mut found = Vec::new();
    let place = |names: &[Vec<String>]| names.concat().into_iter().take(MAX_WORDS).collect::<Vec<_>>();
    let long: (Vec<String>, Vec<String>) = (written_out(&head), above.iter().flat_map(|name| written_out(name)).collect());
    for (head, place) in [(head, place(&above)), long] {
        add(&mut found, reading(&head, &place));
        let mut rest = head.as_slice();
        for beginnings in [SOCIETY, KINDS] {
            if let Some(shorter) = without(rest, beginnings) {
                rest = shorter;
                add(&mut found, reading(rest, &place));
            }
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

    #[test]
    fn what_people_write_short_is_written_out() {
        for (short, long) in [
            ("TPHCM", "'thanh' & 'pho' & 'ho' & 'chi' & 'minh':*"),
            ("TP.HCM", "'thanh' & 'pho' & 'ho' & 'chi' & 'minh':*"),
            ("tp hcm", "'thanh' & 'pho' & 'ho' & 'chi' & 'minh':*"),
            ("Q2", "'quan' & '2':*"),
            ("Q. 02", "'quan' & '2':*"),
            ("P05", "'phuong' & '5':*"),
            ("H. Củ Chi", "'huyen' & 'cu' & 'chi':*"),
            ("hanoi", "'ha' & 'noi':*"),
            ("tphanoi", "'thanh' & 'pho' & 'ha' & 'noi':*"),
            ("Đắc Lắc", "'dak' & 'lak':*"),
            ("Phường 01", "'phuong' & '1':*"),
            ("Ea H'leo", "'ea' & 'hleo':*"),
            ("Bắc Kanj", "'bac' & 'kan':*"),
        ] {
            assert!(all(short).contains(&long.to_owned()), "{short}: {:?}", all(short));
        }
        let typed = readings("P. 12, Q.3, TP.HCM");
        let place = "'quan' & '3' & 'thanh' & 'pho' & 'ho' & 'chi' & 'minh':*".to_owned();
        assert!(typed.iter().any(|t| t.placed == Some(("'phuong' & '12'".to_owned(), place.clone()))), "{typed:?}");
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
