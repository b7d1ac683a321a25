//! What people type, paste or scan into the first field of a search: a code, a link of ours, an amount, words.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use unicode_normalization::UnicodeNormalization;

use crate::basics::PublicCode;
use crate::basics::keyboard::{Typed, typed};
use crate::basics::text::fold;
use crate::basics::vnd::MAX_VND;
use crate::db::Db;
use crate::disclosure::entries;
use crate::http::Problem;
use crate::http::cache::PublicCache;

/// Pages whose address holds one code.
const PAGES: &[&str] = &["keu-goi", "don-vi", "can-bo"];
/// Longer hashes there are none.
const MOST_HEX: usize = 64;

/// Answers that the reader finds what was looked for there.
pub fn lead(there: String) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, there)).finish()
}

/// Codes are in capitals: one appeal, chapter or officer has one address, however it is typed.
pub fn in_capitals(page: &str, code: &str, query: &str) -> Option<HttpResponse> {
    let is_plain = code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let capitals = code.to_ascii_uppercase();
    (is_plain && capitals != code).then(|| lead(format!("/{page}/{capitals}{}{query}", if query.is_empty() { "" } else { "?" })))
}

/// A link to one of our pages, from any host and in any case, as scanners type it and phones paste it.
pub enum Link {
    /// To an entry: what stands where its code belongs, and the beginning of a hash.
    Entry(Typed, String),
    /// To another page.
    Page(String),
}

/// Reads a link. Where it leads is always an address of this server.
pub fn link(text: &str) -> Option<Link> {
    let text = text.trim().split('#').next().unwrap_or_default();
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    let path = path.trim_end_matches('/');
    let (before, code) = path.rsplit_once('/')?;
    // `/g/CODE` at least: something stands before the name of the page, or the link begins with it.
    let (_, page) = before.rsplit_once('/')?;
    let page = page.to_lowercase();
    if page == "g" {
        return match typed(code) {
            Typed::Words => None,
            code => Some(Link::Entry(code, hash_of(query))),
        };
    }
    let is_plain = !code.is_empty() && code.len() <= 40 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (is_plain && PAGES.contains(&page.as_str())).then(|| Link::Page(format!("/{page}/{}", code.to_ascii_uppercase())))
}

/// The beginning of a leaf's hash in a query, in any case.
pub fn hash_of(query: &str) -> String {
    let value = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(name, _)| name.eq_ignore_ascii_case("h"));
    let hash = value.map(|(_, hash)| hash.to_ascii_lowercase()).unwrap_or_default();
    if hash.len() <= MOST_HEX && hash.bytes().all(|b| b.is_ascii_hexdigit()) { hash } else { String::new() }
}

/// The address of an entry's page.
pub fn entry(code: &PublicCode, hash: &str) -> String {
    let query = if hash.is_empty() { String::new() } else { format!("?h={hash}") };
    format!("/g/{}{query}", code.as_str())
}

/// What was typed is a code, perhaps one that a typing program changed: leads to what has it. `None` when nothing has.
pub async fn lead_to_code(request: &HttpRequest, db: &Db, code: Typed, hash: &str) -> Result<Option<HttpResponse>, Problem> {
    let code = match code {
        Typed::Code(code) => Some(code),
        Typed::Perhaps(codes) if !is_kept(request) => db.read_public(move |conn| entries::the_one(conn, &codes)).await?,
        Typed::Perhaps(_) | Typed::Broken | Typed::Words => None,
    };
    Ok(code.map(|code| lead(entry(&code, hash))))
}

/// Whether the page that says that nothing was found is kept: then nothing is looked up, for it was not paid for.
fn is_kept(request: &HttpRequest) -> bool {
    request.app_data::<web::Data<PublicCache>>().is_some_and(|cache| cache.has_page(request))
}

/// Amounts with a unit: what it is called when folded, and how many đồng it is.
const UNITS: &[(&str, i128)] = &[
    ("k", 1_000),
    ("nghin", 1_000),
    ("ngan", 1_000),
    ("tr", 1_000_000),
    ("trieu", 1_000_000),
    ("ty", 1_000_000_000),
    ("ti", 1_000_000_000),
];
const CURRENCIES: &[&str] = &["vnd", "dong", "d", "₫"];

/// An amount as people write it: `500.000`, `500,000 đ`, `500k`, `1tr5`, `1,5 tỷ`, `2 triệu 350 nghìn`.
pub fn amount(text: &str) -> Option<i64> {
    // VNI makes of `ty5` and its like a word with a tone: the digit comes back. `tỷ` is what people mean to write.
    let text: String = text
        .nfc()
        .collect::<String>()
        .to_lowercase()
        .replace("tỵ", "ty5")
        .replace("tỳ", "ty2")
        .replace("tý", "ty1")
        .replace("tỹ", "ty4");
    let folded = fold(&text);
    let bare = CURRENCIES.iter().find_map(|sign| folded.strip_suffix(sign)).unwrap_or(&folded).trim();
    let digits: String = bare.chars().filter(|c| !matches!(c, '.' | ',' | ' ')).collect();
    if (1..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        return digits.parse().ok();
    }
    with_units(bare)
}

/// Parts of a number and a unit each, every unit smaller than the one before; digits behind a unit are a fraction of it.
fn with_units(text: &str) -> Option<i64> {
    let (mut rest, mut sum, mut smallest) = (text, 0i128, i128::MAX);
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_ascii_lowercase())?;
        let (number, behind) = rest.split_at(end);
        let length = behind.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(behind.len());
        let (name, behind) = behind.split_at(length);
        let unit = UNITS.iter().find(|(unit, _)| *unit == name).map(|(_, worth)| *worth).filter(|worth| *worth < smallest)?;
        let behind = behind.trim_start();
        let digits = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
        // `1tr5` is 1.5 million; in `1 triệu 500 nghìn` the digits belong to the next unit.
        let is_fraction = behind[digits..].is_empty();
        let fraction = if is_fraction { &behind[..digits] } else { "" };
        sum += scaled(number.trim(), fraction, unit)?;
        rest = if is_fraction { "" } else { behind };
        smallest = unit;
    }
    i64::try_from(sum).ok().filter(|sum| (1..=MAX_VND).contains(sum))
}

/// A number, with a decimal comma or groups of thousands, and a fraction behind the unit, in đồng; `None` for parts of a đồng.
fn scaled(number: &str, behind: &str, unit: i128) -> Option<i128> {
    let parts: Vec<&str> = number.split(['.', ',', ' ']).collect();
    if !parts.iter().all(|part| !part.is_empty() && part.len() <= 15 && part.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let in_groups = parts.len() > 1 && parts[0].len() <= 3 && parts[1..].iter().all(|part| part.len() == 3);
    let (whole, fraction) = match parts.as_slice() {
        [whole] => ((*whole).to_owned(), behind),
        _ if in_groups && behind.is_empty() => (parts.concat(), ""),
        [whole, fraction] if behind.is_empty() => ((*whole).to_owned(), *fraction),
        _ => return None,
    };
    let mut sum = whole.parse::<i128>().ok()?.checked_mul(unit)?;
    let mut place = unit;
    for digit in fraction.bytes() {
        let digit = i128::from(digit - b'0');
        if place % 10 != 0 && digit > 0 {
            return None;
        }
        place /= 10;
        sum = sum.checked_add(digit * place)?;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for text in [
            "500000",
            "500.000",
            "500,000 đ",
            " 500 000đ ",
            "500.000\u{a0}₫",
            "500k",
            "500 nghìn",
            "500 ngàn đồng",
            "0,5 tr",
            "500K",
        ] {
            assert_eq!(amount(text), Some(500_000), "{text}");
        }
        for (text, vnd) in [
            ("1tr5", 1_500_000),
            ("1tr05", 1_050_000),
            ("1tr250", 1_250_000),
            ("2 ty", 2_000_000_000),
            ("2 tỷ", 2_000_000_000),
            ("2 tỉ đồng", 2_000_000_000),
            ("1,5 tỷ", 1_500_000_000),
            ("1.5 tỷ", 1_500_000_000),
            ("1.500 triệu", 1_500_000_000),
            ("1tỵ", 1_500_000_000),
            ("1tỳ", 1_200_000_000),
            ("3tý", 3_100_000_000),
            ("1 triệu 250 nghìn", 1_250_000),
            ("2 tỷ 5", 2_500_000_000),
            ("1k5", 1_500),
        ] {
            assert_eq!(amount(text), Some(vnd), "{text}");
        }
        for text in [
            "",
            "đ",
            "k",
            "tr",
            "-5",
            "5e3",
            "một trăm",
            "1234567890123456",
            "1tr 2tr",
            "1k 2 tỷ",
            "1,2,3 tỷ",
            "0k",
            "9999999 tỷ",
            "1,0005k",
            "5 x",
            "k5",
            "thôn 2",
            "1.500tr5",
        ] {
            assert_eq!(amount(text), None, "{text}");
        }
    }

    #[test]
    fn links_of_ours_are_read_in_any_case() {
        let code = "S9CENRY14WZNQHTRH";
        for text in [
            format!("https://so.redcross.org.vn/g/{code}?h=41f8063d9d4444d9"),
            format!("HTTPS://SO.REDCROSS.ORG.VN/G/{code}?H=41F8063D9D4444D9"),
            format!("so.redcross.org.vn/g/{}/?lang=en&h=41f8063d9d4444d9#x", code.to_lowercase()),
            format!("/g/{code}?h=41f8063d9d4444d9"),
        ] {
            let Some(Link::Entry(Typed::Code(read), hash)) = link(&text) else { panic!("{text}") };
            assert_eq!(entry(&read, &hash), format!("/g/{code}?h=41f8063d9d4444d9"), "{text}");
        }
        let page = |text: &str| match link(text) {
            Some(Link::Page(there)) => Some(there),
            _ => None,
        };
        assert_eq!(page("https://a.vn/KEU-GOI/lulut-2026").as_deref(), Some("/keu-goi/LULUT-2026"));
        for text in
            ["Hàm Liêm", "12/3/2026", "a/b/c", "https://evil.example/keu-goi//x%0d", "/g/", "g/x", "//evil.example/don-vi/..", ""]
        {
            assert!(link(text).is_none(), "{text}");
        }
        assert_eq!(hash_of("h=zz"), "");
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_read_without_panic(text in "\\PC{0,60}") {
            let _ = (amount(&text), link(&text).is_some());
        }

        #[test]
        fn grouped_amounts_are_read_back(vnd in 1i64..MAX_VND) {
            prop_assert_eq!(amount(&crate::basics::vnd::grouped(vnd)), (vnd.to_string().len() <= 15).then_some(vnd));
        }
    }
}
