//! Leaf v1: the bytes of an entry in the log, RFC 8785 (JCS) JSON.
//!
//! No floats and no large numbers: amounts and quantities are decimal strings. `entry` is the public code, `day` and
//! `booked` are dates, `reason` and `item` are codes. Free text never stands in a leaf; it is behind `pd`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use super::tree::leaf_hash;
use crate::hex::hex;

/// Code of the central chapter, and in leaves the "province" of what is booked there.
pub const CENTRAL: &str = "TW";

/// The largest leaf an entry bundle can carry, in bytes.
pub const MAX_LEAF: usize = 65_535;

/// Leaf v1, field by field. Absent fields are left out, not null. [`LeafV1::of`] makes it, so that a field which comes later
/// changes no leaf of a kind without it.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct LeafV1<'a> {
    pub kind: &'a str,
    pub entry: &'a str,
    pub chapter: &'a str,
    pub province: &'a str,
    pub day: NaiveDate,
    pub booked: NaiveDate,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appeal: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
    /// Which of the publications that the law wants this is, or of what is stated; a code. Of PUBLICATION and STATEMENT alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<&'a str>,
    /// Last day of what is published, where the same is published again and again. Of PUBLICATION alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<NaiveDate>,
    /// Code of the chapter that money or goods go to. Of TRANSFER_OUT alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<&'a str>,
    /// What money is spent on or comes from; a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<&'a str>,
    /// Code of the list of households that something is handed out by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<&'a str>,
    /// How many an entry stands for: households of a list, members who paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Merkle root over what households of a list were handed.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "base64url_if_any")]
    pub root: Option<[u8; 32]>,
    pub postings: Vec<LeafPosting<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goods: Vec<LeafGoods<'a>>,
    /// A key of the log, as verifiers read it. Of KEY alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<&'a str>,
    /// SHA-256 of the document behind the entry.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "base64url_if_any")]
    pub doc: Option<[u8; 32]>,
    #[serde(serialize_with = "base64url")]
    pub pd: [u8; 32],
}

/// One posting; with account and fund anyone can add up every total.
#[derive(Debug, Clone, Serialize)]
pub struct LeafPosting<'a> {
    pub account: &'a str,
    pub fund: &'a str,
    pub amount: String,
}

/// One kind of goods.
#[derive(Debug, Clone, Serialize)]
pub struct LeafGoods<'a> {
    pub item: &'a str,
    pub qty: String,
    pub unit: &'a str,
    pub value: String,
    pub valuation: &'a str,
}

/// What a KEY leaf says of its key, as its `reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Signs from now on, beside the others.
    Added,
    /// Signs no more.
    Retired,
}

impl Change {
    pub const ALL: [Change; 2] = [Change::Added, Change::Retired];

    pub fn name(self) -> &'static str {
        match self {
            Change::Added => "ADDED",
            Change::Retired => "RETIRED",
        }
    }
}

#[derive(Serialize)]
struct Versioned<'a> {
    v: u8,
    #[serde(flatten)]
    leaf: &'a LeafV1<'a>,
}

fn base64url<S: serde::Serializer>(bytes: &[u8; 32], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&URL_SAFE_NO_PAD.encode(bytes))
}

fn base64url_if_any<S: serde::Serializer>(bytes: &Option<[u8; 32]>, to: S) -> Result<S::Ok, S::Error> {
    match bytes {
        Some(bytes) => base64url(bytes, to),
        None => to.serialize_none(),
    }
}

/// A leaf as it is stored, hashed and served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    pub bytes: Vec<u8>,
    pub hash: [u8; 32],
}

/// A leaf could not be made.
#[derive(Debug, thiserror::Error)]
pub enum LeafError {
    #[error("leaf encoding: {0}")]
    Encoding(#[from] serde_json::Error),
    #[error("a leaf of {0} bytes is too large")]
    TooLarge(usize),
}

/// What every leaf says.
#[derive(Debug, Clone, Copy)]
pub struct Core<'a> {
    pub kind: &'a str,
    /// Its own public code.
    pub entry: &'a str,
    pub chapter: &'a str,
    pub province: &'a str,
    /// Business day; not after `booked`.
    pub day: NaiveDate,
    pub booked: NaiveDate,
    pub pd: [u8; 32],
}

impl<'a> LeafV1<'a> {
    /// A leaf that says nothing but its core.
    pub fn of(core: Core<'a>) -> Self {
        let Core { kind, entry, chapter, province, day, booked, pd } = core;
        Self {
            kind,
            entry,
            chapter,
            province,
            day,
            booked,
            channel: None,
            appeal: None,
            of: None,
            reason: None,
            event: None,
            period: None,
            to: None,
            category: None,
            list: None,
            count: None,
            root: None,
            postings: Vec::new(),
            goods: Vec::new(),
            key: None,
            doc: None,
            pd,
        }
    }

    /// The bytes that are stored, hashed and served.
    pub fn encode(&self) -> Result<Leaf, LeafError> {
        let bytes = serde_json_canonicalizer::to_vec(&Versioned { v: 1, leaf: self })?;
        if bytes.len() > MAX_LEAF {
            return Err(LeafError::TooLarge(bytes.len()));
        }
        Ok(Leaf { hash: leaf_hash(&bytes), bytes })
    }
}

/// What a leaf of our own log says, money and goods apart. Leaves of others are read by [`verify`](crate::verify), which
/// believes nothing of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Said {
    pub kind: String,
    pub chapter: String,
    pub booked: NaiveDate,
    pub appeal: Option<String>,
    pub of: Option<String>,
    pub reason: Option<String>,
    pub event: Option<String>,
    pub period: Option<NaiveDate>,
    pub key: Option<String>,
    /// Base64url, as it is written.
    pub doc: Option<String>,
}

impl Said {
    /// Reads the bytes of a leaf; `None` for what is no leaf v1.
    pub fn read(leaf: &[u8]) -> Option<Self> {
        serde_json::from_slice(leaf).ok()
    }

    /// What is said of [`key`](Self::key).
    pub fn change(&self) -> Option<Change> {
        Change::ALL.into_iter().find(|change| self.reason.as_deref() == Some(change.name()))
    }

    /// The document's hash as everybody else writes it, in hexadecimal digits.
    pub fn doc_hex(&self) -> Option<String> {
        URL_SAFE_NO_PAD.decode(self.doc.as_ref()?).ok().map(|hash| hex(&hash))
    }
}

/// The entry whose public row a leaf changes: what an erasure or a correction of personal data is about. `None` for all
/// other leaves; a reversal stands beside its original and changes nothing in it.
pub fn entry_changed_by(leaf: &[u8]) -> Option<String> {
    // No [`Said`]: an erasure must not be overlooked for a field that does not matter here.
    #[derive(Deserialize)]
    struct About {
        kind: String,
        of: Option<String>,
    }
    let about: About = serde_json::from_slice(leaf).ok()?;
    if ["ERASURE", "AMENDMENT"].contains(&about.kind.as_str()) { about.of } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_the_empty_entry_is_the_known_one() {
        assert!(hex(&leaf_hash(b"")).starts_with("6e340b9cffb37a98") && hex(&leaf_hash(b"")).ends_with("17afa01d"));
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn gift() -> LeafV1<'static> {
        LeafV1 {
            channel: Some("IN_KIND"),
            appeal: Some("BAO13"),
            postings: vec![
                LeafPosting { account: "GOODS_IN_STOCK", fund: "APPEAL:BAO13", amount: "1500000".to_owned() },
                LeafPosting { account: "DONATION_RESTRICTED", fund: "APPEAL:BAO13", amount: "-1500000".to_owned() },
            ],
            goods: vec![LeafGoods {
                item: "RICE",
                qty: "100.5".to_owned(),
                unit: "KG",
                value: "1500000".to_owned(),
                valuation: "MARKET_PRICE",
            }],
            ..LeafV1::of(Core {
                kind: "GIFT_IN_KIND",
                entry: "0123456789ABCDEF7",
                chapter: "23095",
                province: "68",
                day: day("2026-11-21"),
                booked: day("2026-11-22"),
                pd: std::array::from_fn(|i| i as u8),
            })
        }
    }

    /// Golden bytes: what is in the log stays readable for ever, so this text may never change for v1.
    #[test]
    fn golden_leaf_with_goods() {
        let leaf = gift().encode().unwrap();
        assert_eq!(
            String::from_utf8(leaf.bytes).unwrap(),
            concat!(
                r#"{"appeal":"BAO13","booked":"2026-11-22","channel":"IN_KIND","chapter":"23095","day":"2026-11-21","#,
                r#""entry":"0123456789ABCDEF7","goods":[{"item":"RICE","qty":"100.5","unit":"KG","valuation":"MARKET_PRICE","value":"1500000"}],"#,
                r#""kind":"GIFT_IN_KIND","pd":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","#,
                r#""postings":[{"account":"GOODS_IN_STOCK","amount":"1500000","fund":"APPEAL:BAO13"},"#,
                r#"{"account":"DONATION_RESTRICTED","amount":"-1500000","fund":"APPEAL:BAO13"}],"province":"68","v":1}"#
            )
        );
        assert_eq!(hex(&leaf.hash), GOLDEN_HASH);
    }

    const GOLDEN_HASH: &str = "4ba74de57bcfa6e6101529c02a364116d19a578e71a3a77cbf6e15849be6c25a";

    #[test]
    fn golden_reversal() {
        let leaf = LeafV1 {
            kind: "REVERSAL",
            of: Some("ZZZZZZZZZZZZZZZZ9"),
            reason: Some("DUPLICATE"),
            goods: vec![],
            channel: None,
            ..gift()
        };
        let text = String::from_utf8(leaf.encode().unwrap().bytes).unwrap();
        assert!(text.contains(r#""of":"ZZZZZZZZZZZZZZZZ9""#) && text.contains(r#""reason":"DUPLICATE""#));
        assert!(!text.contains("goods") && !text.contains("channel") && !text.contains("null"));
    }

    /// What came later leaves earlier leaves as they are: see the golden leaves above.
    #[test]
    fn golden_publication() {
        let leaf = LeafV1 {
            kind: "PUBLICATION",
            of: Some("ZZZZZZZZZZZZZZZZ9"),
            event: Some("ANNUAL_ACCOUNTS"),
            period: Some(day("2026-12-31")),
            channel: None,
            postings: vec![],
            goods: vec![],
            doc: Some([0xFF; 32]),
            ..gift()
        };
        assert_eq!(
            String::from_utf8(leaf.encode().unwrap().bytes).unwrap(),
            concat!(
                r#"{"appeal":"BAO13","booked":"2026-11-22","chapter":"23095","day":"2026-11-21","#,
                r#""doc":"__________________________________________8","entry":"0123456789ABCDEF7","event":"ANNUAL_ACCOUNTS","#,
                r#""kind":"PUBLICATION","of":"ZZZZZZZZZZZZZZZZ9","pd":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","#,
                r#""period":"2026-12-31","postings":[],"province":"68","v":1}"#
            )
        );
    }

    #[test]
    fn golden_key() {
        let leaf = LeafV1 {
            kind: "KEY",
            chapter: "TW",
            province: "TW",
            reason: Some("ADDED"),
            key: Some("ledger.example.vn/log1+68c7249f+ARl/ayPhbIUyxqvIOPrNXqeJvgx2spIDNAOb+os9No1h"),
            channel: None,
            appeal: None,
            postings: vec![],
            goods: vec![],
            ..gift()
        };
        assert_eq!(
            String::from_utf8(leaf.encode().unwrap().bytes).unwrap(),
            concat!(
                r#"{"booked":"2026-11-22","chapter":"TW","day":"2026-11-21","entry":"0123456789ABCDEF7","#,
                r#""key":"ledger.example.vn/log1+68c7249f+ARl/ayPhbIUyxqvIOPrNXqeJvgx2spIDNAOb+os9No1h","kind":"KEY","#,
                r#""pd":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","postings":[],"province":"TW","reason":"ADDED","v":1}"#
            )
        );
    }

    #[test]
    fn golden_transfer_and_list() {
        let transfer =
            LeafV1 { kind: "TRANSFER_OUT", to: Some("23095"), channel: None, postings: vec![], goods: vec![], ..gift() };
        assert_eq!(
            String::from_utf8(transfer.encode().unwrap().bytes).unwrap(),
            concat!(
                r#"{"appeal":"BAO13","booked":"2026-11-22","chapter":"23095","day":"2026-11-21","entry":"0123456789ABCDEF7","#,
                r#""kind":"TRANSFER_OUT","pd":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","postings":[],"province":"68","to":"23095","v":1}"#
            )
        );
        let list = LeafV1 {
            kind: "DISTRIBUTION_CASH",
            list: Some("68-TH-0001"),
            count: Some(120),
            root: Some([0xFF; 32]),
            channel: None,
            postings: vec![],
            goods: vec![],
            ..gift()
        };
        assert_eq!(
            String::from_utf8(list.encode().unwrap().bytes).unwrap(),
            concat!(
                r#"{"appeal":"BAO13","booked":"2026-11-22","chapter":"23095","count":120,"day":"2026-11-21","entry":"0123456789ABCDEF7","#,
                r#""kind":"DISTRIBUTION_CASH","list":"68-TH-0001","pd":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","postings":[],"#,
                r#""province":"68","root":"__________________________________________8","v":1}"#
            )
        );
        let paid = LeafV1 { kind: "PAYMENT", category: Some("RICE"), ..gift() }.encode().unwrap();
        assert!(
            String::from_utf8(paid.bytes).unwrap().starts_with(r#"{"appeal":"BAO13","booked":"2026-11-22","category":"RICE","#)
        );
    }

    #[test]
    fn what_was_written_is_read_again() {
        let publication = LeafV1 { event: Some("ANNUAL_ACCOUNTS"), doc: Some([0xAB; 32]), ..gift() }.encode().unwrap();
        let said = Said::read(&publication.bytes).unwrap();
        assert_eq!((said.event.as_deref(), said.doc_hex()), (Some("ANNUAL_ACCOUNTS"), Some("ab".repeat(32))));
        assert_eq!((said.booked, said.appeal.as_deref(), said.change()), (day("2026-11-22"), Some("BAO13"), None));
        let key = LeafV1 { key: Some("a+00000000+AQ"), reason: Some("RETIRED"), ..gift() }.encode().unwrap();
        assert_eq!(Said::read(&key.bytes).and_then(|said| said.change()), Some(Change::Retired));
        assert_eq!(Said::read(b"{}"), None);
    }

    #[test]
    fn erasures_and_corrections_say_whose_row_changed() {
        let of = |kind: &str| {
            let leaf = LeafV1 { kind, of: Some("ZZZZZZZZZZZZZZZZ9"), ..gift() }.encode().unwrap();
            entry_changed_by(&leaf.bytes)
        };
        assert_eq!(
            (of("ERASURE").as_deref(), of("AMENDMENT").as_deref()),
            (Some("ZZZZZZZZZZZZZZZZ9"), Some("ZZZZZZZZZZZZZZZZ9"))
        );
        assert_eq!(
            (of("REVERSAL"), entry_changed_by(b"no leaf"), entry_changed_by(&gift().encode().unwrap().bytes)),
            (None, None, None)
        );
    }
}
