use super::*;
use proptest::prelude::*;

/// Written by hand, not by the program.
const KNOWN: &[(u64, &str)] = &[
    (0, "không"),
    (1, "một"),
    (4, "bốn"),
    (5, "năm"),
    (10, "mười"),
    (11, "mười một"),
    (14, "mười bốn"),
    (15, "mười lăm"),
    (20, "hai mươi"),
    (21, "hai mươi mốt"),
    (24, "hai mươi tư"),
    (25, "hai mươi lăm"),
    (40, "bốn mươi"),
    (44, "bốn mươi tư"),
    (50, "năm mươi"),
    (55, "năm mươi lăm"),
    (99, "chín mươi chín"),
    (100, "một trăm"),
    (101, "một trăm linh một"),
    (104, "một trăm linh bốn"),
    (105, "một trăm linh năm"),
    (110, "một trăm mười"),
    (111, "một trăm mười một"),
    (115, "một trăm mười lăm"),
    (121, "một trăm hai mươi mốt"),
    (205, "hai trăm linh năm"),
    (555, "năm trăm năm mươi lăm"),
    (1_000, "một nghìn"),
    (1_001, "một nghìn không trăm linh một"),
    (1_005, "một nghìn không trăm linh năm"),
    (1_010, "một nghìn không trăm mười"),
    (1_015, "một nghìn không trăm mười lăm"),
    (1_100, "một nghìn một trăm"),
    (2_024, "hai nghìn không trăm hai mươi tư"),
    (10_000, "mười nghìn"),
    (15_000, "mười lăm nghìn"),
    (21_000, "hai mươi mốt nghìn"),
    (100_000, "một trăm nghìn"),
    (105_000, "một trăm linh năm nghìn"),
    (500_000, "năm trăm nghìn"),
    (1_000_000, "một triệu"),
    (1_000_005, "một triệu không trăm linh năm"),
    (1_005_000, "một triệu không trăm linh năm nghìn"),
    (1_050_000, "một triệu không trăm năm mươi nghìn"),
    (1_748_935, "một triệu bảy trăm bốn mươi tám nghìn chín trăm ba mươi lăm"),
    (10_000_000, "mười triệu"),
    (31_000_001, "ba mươi mốt triệu không trăm linh một"),
    (100_000_000, "một trăm triệu"),
    (584_712_000, "năm trăm tám mươi tư triệu bảy trăm mười hai nghìn"),
    (999_999_999, "chín trăm chín mươi chín triệu chín trăm chín mươi chín nghìn chín trăm chín mươi chín"),
    (1_000_000_000, "một tỷ"),
    (1_000_000_001, "một tỷ không trăm linh một"),
    (1_000_001_000, "một tỷ không trăm linh một nghìn"),
    (1_001_000_000, "một tỷ không trăm linh một triệu"),
    (4_000_000_000, "bốn tỷ"),
    (24_000_000_000, "hai mươi tư tỷ"),
    (105_000_000_000, "một trăm linh năm tỷ"),
    (1_000_000_000_000, "một nghìn tỷ"),
    (1_000_000_000_005, "một nghìn tỷ không trăm linh năm"),
    (1_005_000_000_000, "một nghìn không trăm linh năm tỷ"),
    (15_321_000_000_000, "mười lăm nghìn ba trăm hai mươi mốt tỷ"),
    (200_000_030_000_000, "hai trăm nghìn tỷ không trăm ba mươi triệu"),
    (999_999_000_000_000, "chín trăm chín mươi chín nghìn chín trăm chín mươi chín tỷ"),
    (1_000_000_000_000_000, "một triệu tỷ"),
    (1_000_005_000_000_000, "một triệu không trăm linh năm tỷ"),
    (1_000_000_000_000_000_000, "một tỷ tỷ"),
];

#[test]
fn numbers_are_said_as_in_school() {
    for (n, words) in KNOWN {
        assert_eq!(number(*n), *words, "{n}");
        assert_eq!(read(words), Some(*n), "{words}");
    }
}

#[test]
fn an_amount_begins_with_a_capital_and_may_end_even() {
    assert_eq!(dong(500_000), "Năm trăm nghìn đồng");
    assert_eq!(dong(0), "Không đồng");
    assert_eq!(dong(-21), "Âm hai mươi mốt đồng");
    assert_eq!(dong_on_paper(500_000), "Năm trăm nghìn đồng chẵn");
    assert_eq!(dong_on_paper(1_748_935), "Một triệu bảy trăm bốn mươi tám nghìn chín trăm ba mươi lăm đồng");
    assert_eq!(dong_on_paper(1_500), "Một nghìn năm trăm đồng");
    assert_eq!(dong_on_paper(0), "Không đồng");
    assert_eq!(dong_on_paper(1_000_000_000_000_000), "Một triệu tỷ đồng chẵn");
}

/// Reads words back, by other means than they are written: units multiply what stands before them, from the last `tỷ`
/// inwards. Refuses what no schoolbook would write.
fn read(words: &str) -> Option<u64> {
    fn digit(word: &str) -> Option<u64> {
        DIGITS.iter().position(|d| *d == word).map(|d| d as u64)
    }
    fn below_thousand(words: &[&str], follows: bool) -> Option<u64> {
        let (hundreds, rest) = match words {
            [d, "trăm", rest @ ..] => (Some(digit(d)?), rest),
            rest => (None, rest),
        };
        let said = hundreds.is_some();
        let value = match rest {
            [] if said => 0,
            ["linh", d] if said => digit(d).filter(|d| *d > 0)?,
            ["mười"] => 10,
            ["mười", "lăm"] => 15,
            ["mười", d] => 10 + digit(d).filter(|d| *d > 0 && *d != 5)?,
            [t, "mươi"] => 10 * digit(t).filter(|t| *t > 1)?,
            [t, "mươi", u] => {
                let unit = match *u {
                    "mốt" => 1,
                    "tư" => 4,
                    "lăm" => 5,
                    u => digit(u).filter(|u| ![0, 1, 4, 5].contains(u))?,
                };
                10 * digit(t).filter(|t| *t > 1)? + unit
            }
            [d] if !said => digit(d).filter(|d| *d > 0)?,
            _ => return None,
        };
        // Hundreds are said exactly when there are some or something stands above.
        let whole = 100 * hundreds.unwrap_or(0) + value;
        (whole > 0 && said == (follows || whole >= 100)).then_some(whole)
    }
    fn part(words: &[&str], follows: bool) -> Option<u64> {
        for (name, unit) in [("tỷ", BILLION), ("triệu", 1_000_000), ("nghìn", 1_000)] {
            if let Some(at) = words.iter().rposition(|w| *w == name) {
                let above = part(&words[..at], follows)?;
                let below = if at + 1 == words.len() { 0 } else { part(&words[at + 1..], true)? };
                // What stands behind a unit is smaller than it; only tỷ may be counted in thousands and millions.
                let fits = below < unit && (name == "tỷ" || above < 1_000);
                return fits.then(|| above.checked_mul(unit)?.checked_add(below)).flatten();
            }
        }
        below_thousand(words, follows)
    }
    if words == "không" {
        return Some(0);
    }
    part(&words.split(' ').collect::<Vec<_>>(), false)
}

#[test]
fn the_reader_is_strict() {
    for wrong in [
        "",
        "hai mươi một",
        "mười năm",
        "hai mươi năm",
        "một nghìn năm",
        "linh năm",
        "một trăm năm",
        "không trăm linh năm",
        "một mươi",
        "một trăm mươi",
    ] {
        assert_eq!(read(wrong), None, "{wrong}");
    }
}

#[test]
fn every_number_up_to_9999_and_round_every_boundary_reads_back() {
    let mut numbers: Vec<u64> = (0..=9_999).collect();
    for power in 0..=18 {
        let p = 10u64.pow(power);
        for factor in [1, 2, 4, 5, 9, 10, 11, 15, 21, 24, 25, 99, 100, 101, 999, 1_000, 1_001] {
            let Some(round) = p.checked_mul(factor) else { continue };
            numbers.extend([round - 1, round, round + 1, round + 5, round + 10]);
        }
    }
    numbers.extend([u64::MAX, i64::MAX as u64, i64::MIN.unsigned_abs()]);
    for n in numbers {
        let words = number(n);
        assert_eq!(read(&words), Some(n), "{words}");
    }
    assert!(dong(i64::MIN).starts_with("Âm chín tỷ hai trăm hai mươi ba triệu"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn words_read_back_as_the_number(n in 0u64..=1_000_000_000_000_000) {
        let words = number(n);
        prop_assert_eq!(read(&words), Some(n), "{}", words);
    }

    /// Random digits seldom make zeros: these numbers are mostly holes.
    #[test]
    fn numbers_full_of_holes_read_back(groups in proptest::collection::vec(prop_oneof![Just(0u64), Just(1), Just(5), Just(10), Just(100), 0..1_000u64], 1..=6)) {
        let n = groups.iter().fold(0u64, |n, group| n * 1_000 + group);
        let words = number(n);
        prop_assert_eq!(read(&words), Some(n), "{}", words);
    }

    /// No double blanks, no stray words: the sheet shows them as they are.
    #[test]
    fn words_are_words(n in any::<u64>()) {
        for word in number(n).split(' ') {
            prop_assert!(DIGITS.contains(&word) || ["trăm", "mươi", "mười", "linh", "mốt", "tư", "lăm", "nghìn", "triệu", "tỷ"].contains(&word), "{:?}", word);
        }
    }
}
