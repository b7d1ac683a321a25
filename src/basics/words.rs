//! Amounts in Vietnamese words, as vouchers need them (Law on Accounting, Article 16: cash totals in figures and words).
//!
//! The northern standard, which is what schoolbooks and official documents write: *linh* and *nghìn* (not *lẻ*, *ngàn*).
//!
//! * Three digits at a time, then `nghìn`, `triệu`, `tỷ`; above that the tỷ are counted: `một nghìn tỷ`, `một triệu tỷ`.
//! * A group that is zero is not said. A group after a higher one says its hundreds even when they are zero
//!   (`một triệu không trăm linh năm`), so that nothing can be read into the hole.
//! * `linh` for an empty ten before a unit; `mười` for ten, `mươi` for the tens from twenty on; after `mươi` one is
//!   `mốt` and four is `tư`; after any ten five is `lăm`. After `linh` and `mười` four stays `bốn`.
//! * On paper a sum of whole thousands ends in `chẵn` ("even"), so that nobody can write a smaller sum behind it.

const DIGITS: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
/// The tỷ: 10^9, the largest unit with a name of its own.
const BILLION: u64 = 1_000_000_000;

/// A number in words, lower case: `một triệu bảy trăm bốn mươi tám nghìn chín trăm ba mươi lăm`.
pub fn number(n: u64) -> String {
    if n == 0 {
        return DIGITS[0].to_owned();
    }
    let mut words = Vec::new();
    say(n, false, &mut words);
    words.join(" ")
}

/// Says `n` > 0; `follows`: something higher was said before, so empty hundreds are said too.
fn say(n: u64, follows: bool, words: &mut Vec<&'static str>) {
    let mut follows = follows;
    if n >= BILLION {
        say(n / BILLION, follows, words);
        words.push("tỷ");
        follows = true;
    }
    for (unit, name) in [(1_000_000, Some("triệu")), (1_000, Some("nghìn")), (1, None)] {
        let group = n % BILLION / unit % 1_000;
        if group > 0 {
            say_group(group as usize, follows, words);
            words.extend(name);
            follows = true;
        }
    }
}

/// Says 1 to 999.
fn say_group(group: usize, follows: bool, words: &mut Vec<&'static str>) {
    let (hundreds, tens, units) = (group / 100, group / 10 % 10, group % 10);
    if hundreds > 0 || follows {
        words.extend([DIGITS[hundreds], "trăm"]);
    }
    match tens {
        0 if units > 0 && (hundreds > 0 || follows) => words.push("linh"),
        0 => {}
        1 => words.push("mười"),
        _ => words.extend([DIGITS[tens], "mươi"]),
    }
    match (tens, units) {
        (_, 0) => {}
        (2.., 1) => words.push("mốt"),
        (2.., 4) => words.push("tư"),
        (1.., 5) => words.push("lăm"),
        _ => words.push(DIGITS[units]),
    }
}

/// An amount in words, as a sentence begins: `Năm trăm nghìn đồng`. What is negative is said `Âm …`.
pub fn dong(amount: i64) -> String {
    let words = number(amount.unsigned_abs());
    let sign = if amount < 0 { "âm " } else { "" };
    let text = format!("{sign}{words} đồng");
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// [`dong`] as it is put on paper: `Năm trăm nghìn đồng chẵn`.
pub fn dong_on_paper(amount: i64) -> String {
    let words = dong(amount);
    if amount != 0 && amount % 1_000 == 0 { words + " chẵn" } else { words }
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
