//! What somebody asks for when they look for a party: words of a name, the last digits of a number. Pure.

use std::collections::BTreeSet;

use super::Clear;
use super::words::{self, LAST_DIGITS};
use crate::basics::text::{LineError, meant};
use crate::basics::{Phone, fold, hex};
use crate::http::{FieldError, Say, one_line, unfit_name};
use crate::vault::Vault;

/// Longest question, in characters.
const MOST_CHARS: usize = 100;
/// Most words of one.
const MOST_WORDS: usize = 12;
const NAME: &str = "q";

/// See the module. Every word must be in the name, in any order, with or without marks; a number of four digits and more is the
/// end of the telephone number, or as written in the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    words: BTreeSet<String>,
    number: Option<Number>,
}

/// A number in a question: all its digits, and the words it is when it stands in a name (`20/10`).
#[derive(Debug, Clone, PartialEq, Eq)]
struct Number {
    digits: String,
    words: BTreeSet<String>,
}

impl Question {
    /// Reads the parameter `q`.
    pub fn parse(asked: &str) -> Result<Self, FieldError> {
        if asked.len() <= MOST_CHARS * 16
            && meant(asked).is_some()
            && let Some(error) = unfit_name(NAME, asked, LineError::Garbled)
        {
            return Err(error);
        }
        let line = one_line(NAME, asked, MOST_CHARS)?;
        let (text, number) = parted(line.as_str());
        let question = Self { words: words_asked(&text), number };
        if question.words.len() > MOST_WORDS {
            return Err(FieldError::new(NAME, "TOO_LONG", too_many_words()));
        }
        if question.number.is_none() && !question.words.iter().any(|word| says_something(word)) {
            return Err(FieldError::new(NAME, "TOO_SHORT", too_short()));
        }
        Ok(question)
    }

    /// The sets of hashes of which one must be there, at the chapter with this code. One, or two.
    pub fn hashes(&self, vault: &Vault, chapter: &str) -> Vec<Vec<i64>> {
        let of = |word: &String| words::of_word(vault, chapter, word);
        let named: BTreeSet<i64> = self.words.iter().map(of).collect();
        let Some(number) = &self.number else { return vec![Vec::from_iter(named)] };
        let in_name = named.iter().copied().chain(number.words.iter().map(of));
        let digits = words::last_digits(&number.digits).map(|digits| words::of_digits(vault, chapter, digits));
        vec![in_name.collect(), named.iter().copied().chain(digits).collect()]
    }

    /// Whether a party is what was asked for.
    pub fn fits(&self, party: &Clear) -> bool {
        let own = words::of_name(&party.name);
        let ends = |number: &Number| party.phone.as_ref().is_some_and(|phone| phone.ends_with(&number.digits));
        self.words.is_subset(&own) && self.number.as_ref().is_none_or(|number| number.words.is_subset(&own) || ends(number))
    }

    /// What the trail may keep of it: how much was asked for, and a keyed hash by which the same question is known again.
    pub fn trace(&self, vault: &Vault, chapter: &str) -> serde_json::Value {
        let text = serde_json::json!([chapter, self.words, self.number.as_ref().map(|number| &number.digits)]).to_string();
        serde_json::json!({
            "words": self.words.len(),
            "digits": self.number.as_ref().map_or(0, |number| number.digits.len()),
            "asked": hex(&vault.hash("party.asked", text.as_bytes())[..8]),
        })
    }
}

fn words_asked(text: &str) -> BTreeSet<String> {
    let whole = crate::basics::text::words(text);
    // What is not of our letters is there in its parts only.
    whole.into_iter().chain(words::of_name(text).into_iter().filter(|word| !word.is_ascii())).collect()
}

/// Two letters at least, or one that is a word by itself in other scripts.
fn says_something(word: &str) -> bool {
    (word.chars().count() > 1 || !word.is_ascii()) && word.chars().any(char::is_alphabetic)
}

/// A question without its number, and the number. It is one if it stands in one place, its digits grouped as people do.
fn parted(asked: &str) -> (String, Option<Number>) {
    let folded = fold(asked);
    let is_of_number = |word: &&str| word.chars().all(|c| c.is_ascii_digit() || "+-.()/".contains(c));
    let all: Vec<&str> = folded.split(' ').collect();
    let runs: Vec<&[&str]> = all.chunk_by(|a, b| is_of_number(a) == is_of_number(b)).collect();
    let digits_of = |run: &[&str]| run.iter().flat_map(|word| word.chars()).filter(char::is_ascii_digit).collect::<String>();
    let numbers: Vec<usize> = (0..runs.len())
        .filter(|n| runs[*n].first().is_some_and(is_of_number) && digits_of(runs[*n]).len() >= LAST_DIGITS)
        .collect();
    let [at] = numbers[..] else { return (folded.clone(), None) };
    let written = runs[at].join(" ");
    let digits = Phone::sought(&written).map_or_else(|| digits_of(runs[at]), Phone::into_string);
    let rest = runs.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, run)| run.join(" ")).collect::<Vec<_>>().join(" ");
    (rest, Some(Number { digits, words: words_asked(&written) }))
}

fn too_short() -> Say {
    Say::fixed(
        "Quá ngắn: cần ít nhất một chữ có hai chữ cái của tên, hoặc 4 số cuối của số điện thoại.",
        "Too short: at least one word of the name with two letters, or the last 4 digits of the telephone number.",
    )
}

fn too_many_words() -> Say {
    Say::fixed("Quá nhiều chữ: tối đa 12 chữ của tên.", "Too many words: at most 12 of the name.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::VaultKeys;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn party(name: &str, phone: Option<&str>) -> Clear {
        Clear { id: Uuid::nil(), kind: "PERSON".to_owned(), name: name.to_owned(), phone: phone.map(str::to_owned) }
    }

    fn code(asked: &str) -> &'static str {
        Question::parse(asked).unwrap_err().code
    }

    #[test]
    fn words_stand_in_any_order_with_or_without_marks() {
        let an = party("Nguyễn Văn An", Some("0912345678"));
        for asked in [
            "Nguyễn Văn An",
            "an nguyen",
            "  VĂN,an ",
            "An Nguye\u{302}\u{303}n",
            "5678",
            "345 678",
            "0912 345 678",
            "+84 912.345.678",
            "an 5678",
            "5678 Nguyễn",
        ] {
            assert!(Question::parse(asked).unwrap().fits(&an), "{asked}");
        }
        for asked in ["Nguyễn Văn Anh", "ng van an", "5679", "an 0912", "0912345679", "Nguyễn Văn An Bình"] {
            assert!(!Question::parse(asked).unwrap().fits(&an), "{asked}");
        }
        let team = party("Hội 30/4/1975 khóa 2019-2022", None);
        for asked in ["2019", "khóa 2019-2022", "hội 30/4/1975", "hoi 1975"] {
            assert!(Question::parse(asked).unwrap().fits(&team), "{asked}");
        }
        assert!(Question::parse("h'ble").unwrap().fits(&party("H\u{2019}Blê Niê", None)));
        assert!(Question::parse("hble nie").unwrap().fits(&party("H\u{2019}Blê Niê", None)));
        assert!(Question::parse("y moan").unwrap().fits(&party("Y Moan", None)));
        assert!(Question::parse("李").unwrap().fits(&party("李 明", None)));
    }

    #[test]
    fn what_asks_for_nothing_or_everything_is_refused() {
        for (asked, right) in [
            ("", "NOT_A_LINE"),
            ("   ", "NOT_A_LINE"),
            ("a", "TOO_SHORT"),
            ("Ý", "TOO_SHORT"),
            ("123", "TOO_SHORT"),
            ("12 3", "TOO_SHORT"),
            ("… 🌻", "TOO_SHORT"),
            ("a\nb", "NOT_A_LINE"),
            ("NguyÔn V¨n An", "GARBLED_TEXT"),
            ("Nguyeãn Vaên An", "GARBLED_TEXT"),
            ("Nguyá»…n VÄƒn An", "GARBLED_TEXT"),
        ] {
            assert_eq!(code(asked), right, "{asked}");
        }
        assert_eq!(code(&"an".repeat(500)), "NOT_A_LINE");
        assert_eq!(code("a b c d e f g h i k l m an"), "TOO_LONG");
    }

    proptest! {
        /// Whoever is asked for by their own words is found, hashes and all.
        #[test]
        fn a_party_is_found_by_its_own_words(name in "[A-Za-zĐđễằơỰ'’ .-]{2,40}", phone in "09[0-9]{8}", tail in 4usize..=10) {
            let vault = Vault::new(&VaultKeys::generate().unwrap()).unwrap();
            let asked = format!("{name} {}", &phone[phone.len() - tail..]);
            let Ok(question) = Question::parse(&asked) else { return Ok(()) };
            let party = party(&name, Some(&phone));
            prop_assert!(question.fits(&party), "{}", asked);
            let own = words::at(&vault, "23095", &name, Some(&phone));
            let sets = question.hashes(&vault, "23095");
            prop_assert!(sets.iter().any(|set| set.iter().all(|hash| own.contains(hash))), "{}", asked);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,120}") {
            let _ = Question::parse(&text);
        }
    }
}
