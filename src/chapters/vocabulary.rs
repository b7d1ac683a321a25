//! The words that names of places are made of: today's and those of before the reform, from the project's `data/`. With it a word that
//! no name has is told from one that has been mistyped.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use super::reference::{mergers, units};
use crate::basics::text::words;

/// What the names say, folded.
struct Vocabulary {
    /// A word as names write it.
    written: HashMap<String, String>,
    /// Neighbouring words without the blank between them: `hanoi` → `ha noi`.
    joined: HashMap<String, String>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(read);

/// What every chapter is called, beside its place.
const SOCIETY: &str = "Trung ương Hội Chữ thập đỏ Việt Nam chi hội CTĐ";

fn read() -> Vocabulary {
    let files = [units::UNITS, mergers::MERGERS, mergers::PROVINCES, mergers::EARLIER];
    // Names have no commas: fields are names, codes and words of the statistics office, which do no harm here.
    let names: BTreeSet<&str> =
        files.into_iter().flat_map(str::lines).flat_map(|line| line.split(',')).chain([SOCIETY]).collect();
    let mut vocabulary = Vocabulary { written: HashMap::new(), joined: HashMap::new() };
    for name in names {
        for word in name.split_whitespace() {
            for folded in words(word) {
                vocabulary.written.entry(folded).or_insert_with(|| word.to_owned());
            }
        }
        let words = words(name);
        for some in words.windows(2).chain(words.windows(3)).filter(|some| some.iter().all(|word| !is_number(word))) {
            vocabulary.joined.entry(some.concat()).or_insert_with(|| some.join(" "));
        }
    }
    vocabulary
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a folded word stands in a name.
pub fn knows(word: &str) -> bool {
    VOCABULARY.written.contains_key(word)
}

/// A folded word as names write it.
pub fn written(word: &str) -> Option<&'static str> {
    VOCABULARY.written.get(word).map(String::as_str)
}

/// The words of a name that were written without a blank between them.
pub fn apart(word: &str) -> Option<&'static str> {
    (!knows(word)).then(|| VOCABULARY.joined.get(word).map(String::as_str)).flatten()
}

/// A text read again: words that no name has as what they were before a typing program changed them, if there is such a word. `None`
/// when nothing is to be read otherwise.
pub fn reread(text: &str) -> Option<String> {
    let mut changed = false;
    let again: Vec<String> = text
        .split_whitespace()
        .map(|word| {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            let known = words(bare).iter().all(|word| knows(word) || is_number(word));
            match (!known).then(|| meant(bare)).flatten() {
                Some(meant) => {
                    changed = true;
                    word.replace(bare, meant)
                }
                None => word.to_owned(),
            }
        })
        .collect();
    changed.then(|| again.join(" "))
}

/// The word of a name that was meant; the longest where several fit, which is the least guess.
fn meant(word: &str) -> Option<&'static str> {
    let readings = crate::basics::keyboard::readings(word);
    let fits = readings.iter().filter(|reading| knows(reading) && !is_number(reading));
    fits.max_by_key(|reading| (reading.len(), std::cmp::Reverse((*reading).clone()))).and_then(|reading| written(reading))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::fold;

    #[test]
    fn words_that_no_name_has_are_read_again() {
        for (typed, meant) in [
            ("Bắc Kanj", "bac kan"),
            ("hafm liem", "ham liem"),
            ("ham2 liem6", "ham liem"),
            ("Đawsk Lắk", "dak lak"),
            ("tinhr Lâm Ddoongf", "tinh lam dong"),
        ] {
            assert_eq!(reread(typed).map(|text| fold(&text)).as_deref(), Some(meant), "{typed}");
        }
        for fine in ["Hàm Liêm", "Quận 2", "Smith", "", "zzzz"] {
            assert_eq!(reread(fine), None, "{fine}");
        }
    }

    #[test]
    fn names_written_in_one_are_taken_apart() {
        assert_eq!((apart("hanoi"), apart("thuathienhue"), apart("ham")), (Some("ha noi"), Some("thua thien hue"), None));
    }
}
