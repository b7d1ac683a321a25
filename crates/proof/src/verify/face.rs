//! What everybody is shown of an entry: as its leaf says it must be, and as a site shows it.
//!
//! A leaf has neither the giver's name nor the number of messages; all the rest of a public row follows from it, and of a reversal's
//! goods from the leaf that it names.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};

use serde::Deserialize;

use super::code::Code;
use crate::hex::hex;
use crate::leaf::CENTRAL;
use crate::tree::leaf_hash;

/// The part of a public row that does not change any more. What an entry does not have is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Face {
    pub code: String,
    pub kind: String,
    pub channel: String,
    pub chapter: String,
    pub province: String,
    pub appeal: String,
    pub fund: String,
    pub day: String,
    pub booked: String,
    pub amount: i128,
    pub reverses: String,
    pub reason: String,
    /// Hexadecimal.
    pub leaf_hash: String,
}

/// A line of goods. A reversal's is that of its original: signs are compared apart ([`Lines`]).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Line {
    pub item: String,
    pub quantity: String,
    pub unit: String,
    /// Only where a site shows them.
    pub value: String,
    pub valuation: String,
}

/// Goods as they are shown, or must be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    pub lines: Vec<Line>,
    /// Every quantity, and every value that is shown, has a minus.
    pub is_negative: bool,
    /// Values are shown as well.
    pub is_valued: bool,
}

#[derive(Deserialize)]
struct LeafIn<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    entry: Cow<'a, str>,
    #[serde(borrow)]
    chapter: Cow<'a, str>,
    #[serde(borrow)]
    province: Cow<'a, str>,
    #[serde(borrow)]
    day: Cow<'a, str>,
    #[serde(borrow)]
    booked: Cow<'a, str>,
    #[serde(borrow, default)]
    channel: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    appeal: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    of: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    reason: Option<Cow<'a, str>>,
    #[serde(borrow)]
    postings: Vec<PostingIn<'a>>,
    #[serde(borrow, default)]
    goods: Vec<GoodsIn<'a>>,
}

#[derive(Deserialize)]
struct PostingIn<'a> {
    #[serde(borrow)]
    account: Cow<'a, str>,
    #[serde(borrow)]
    fund: Cow<'a, str>,
    #[serde(borrow)]
    amount: Cow<'a, str>,
}

#[derive(Deserialize)]
struct GoodsIn<'a> {
    #[serde(borrow)]
    item: Cow<'a, str>,
    #[serde(borrow)]
    qty: Cow<'a, str>,
    #[serde(borrow)]
    unit: Cow<'a, str>,
    #[serde(borrow)]
    value: Cow<'a, str>,
    #[serde(borrow)]
    valuation: Cow<'a, str>,
}

/// What a leaf that was found right asks to be shown, and its goods.
pub fn of_leaf(bytes: &[u8]) -> Option<(Face, Vec<Line>)> {
    let leaf: LeafIn<'_> = serde_json::from_slice(bytes).ok()?;
    let own = |text: &Option<Cow<'_, str>>| text.as_deref().unwrap_or_default().to_owned();
    let (fund, amount) = shown(&leaf.postings)?;
    let goods = leaf.goods.iter().map(|line| Line {
        item: line.item.to_string(),
        quantity: line.qty.to_string(),
        unit: line.unit.to_string(),
        value: line.value.to_string(),
        valuation: line.valuation.to_string(),
    });
    let face = Face {
        code: leaf.entry.to_string(),
        kind: leaf.kind.to_string(),
        channel: own(&leaf.channel),
        chapter: leaf.chapter.to_string(),
        // The centre is its own province in a leaf, and in none in a row.
        province: if leaf.province == CENTRAL { String::new() } else { leaf.province.to_string() },
        appeal: own(&leaf.appeal),
        fund: fund.to_owned(),
        day: leaf.day.to_string(),
        booked: leaf.booked.to_string(),
        amount,
        reverses: own(&leaf.of),
        reason: own(&leaf.reason),
        leaf_hash: hex(&leaf_hash(bytes)),
    };
    Some((face, goods.collect()))
}

/// The fund and the sum that a row shows: what was received or, where nothing was, what came to a fund's balance. No fund where
/// there are several.
fn shown<'p>(postings: &'p [PostingIn<'_>]) -> Option<(&'p str, i128)> {
    let sum = |counts: &dyn Fn(&str) -> bool| -> Option<i128> {
        let amounts = postings.iter().filter(|p| counts(&p.account)).map(|p| p.amount.parse::<i128>().ok());
        amounts.sum::<Option<i128>>().map(|sum| -sum)
    };
    let is_donation = |account: &str| ["DONATION_RESTRICTED", "DONATION_UNRESTRICTED"].contains(&account);
    let received = postings.iter().any(|p| is_donation(&p.account));
    let amount = if received { sum(&is_donation)? } else { sum(&|account: &str| account == "FUND_BALANCE")? };
    let fund = &*postings.first()?.fund;
    Some((if postings.iter().all(|p| p.fund == fund) { fund } else { "" }, amount))
}

impl Face {
    /// Fingerprint under a key of this audit alone.
    pub fn digest(&self, keyed: &RandomState) -> u64 {
        keyed.hash_one(self)
    }

    /// What differs in a row that should have this face, in words.
    pub fn differences(&self, shown: &Face) -> Vec<String> {
        let pairs = [
            ("code", &shown.code, &self.code),
            ("kind", &shown.kind, &self.kind),
            ("channel", &shown.channel, &self.channel),
            ("chapter", &shown.chapter, &self.chapter),
            ("province", &shown.province, &self.province),
            ("appeal", &shown.appeal, &self.appeal),
            ("fund", &shown.fund, &self.fund),
            ("day", &shown.day, &self.day),
            ("booked_on", &shown.booked, &self.booked),
            ("reverses", &shown.reverses, &self.reverses),
            ("reason", &shown.reason, &self.reason),
            ("leaf_hash", &shown.leaf_hash, &self.leaf_hash),
        ];
        let amounts = (shown.amount != self.amount)
            .then(|| format!("the site shows the amount {} đồng; the log has {}", shown.amount, self.amount));
        let texts = pairs.into_iter().filter(|(name, is, should)| is != should && !(*name == "fund" && should.is_empty()));
        amounts.into_iter().chain(texts.map(|(name, is, should)| differs(name, is, should))).collect()
    }
}

fn differs(name: &str, is: &str, should: &str) -> String {
    let say = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.chars().take(100).collect() };
    format!("the site shows {} as {name}; the log has {}", say(is), say(should))
}

/// Fingerprints of goods: without values, and with them.
pub fn goods_digests(lines: &[Line], keyed: &RandomState) -> [u64; 2] {
    let plain: Vec<_> = lines.iter().map(|line| (&line.item, &line.quantity, &line.unit)).collect();
    [keyed.hash_one(plain), keyed.hash_one(lines)]
}

impl Lines {
    /// The fingerprint to compare with.
    pub fn digest(&self, keyed: &RandomState) -> (usize, u64) {
        let [plain, valued] = goods_digests(&self.lines, keyed);
        if self.is_valued { (1, valued) } else { (0, plain) }
    }

    /// `RICE 100.5 KG; BLANKET 2 PIECE`
    pub fn text(&self) -> String {
        let sign = if self.is_negative { "-" } else { "" };
        let line = |line: &Line| {
            let value =
                if self.is_valued { format!(" of {sign}{} đồng ({})", line.value, line.valuation) } else { String::new() };
            format!("{} {sign}{} {}{value}", line.item, line.quantity, line.unit)
        };
        if self.lines.is_empty() { "nothing".to_owned() } else { self.lines.iter().map(line).collect::<Vec<_>>().join("; ") }
    }

    /// Reads lines whose quantities and values may have a minus: all of them, or none.
    pub fn read(lines: Vec<Line>, is_valued: bool) -> Result<Self, String> {
        let is_negative = lines.first().is_some_and(|line| line.quantity.starts_with('-'));
        let bare = |text: String| match (text.strip_prefix('-'), is_negative) {
            (Some(text), true) => Ok(text.to_owned()),
            (None, false) => Ok(text),
            _ => Err("some of its goods have a minus and some have none".to_owned()),
        };
        let read = |line: Line| -> Result<Line, String> {
            let value = if is_valued { bare(line.value)? } else { line.value };
            Ok(Line { quantity: bare(line.quantity)?, value, ..line })
        };
        Ok(Self { lines: lines.into_iter().map(read).collect::<Result<_, _>>()?, is_negative, is_valued })
    }
}

/// A row as a site shows it.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub face: Face,
    /// Its place in the log; none for the first seconds.
    pub index: Option<u64>,
    pub goods: Lines,
    pub names_a_giver: bool,
    /// What was said of it later; `None` where the form of the row has no room for it.
    pub later: Option<Later>,
}

/// What a site says came later.
#[derive(Debug, Clone, Default)]
pub struct Later {
    pub reversed_by: Option<String>,
    pub annotations: Vec<String>,
}

impl Row {
    /// The code, as far as it is one.
    pub fn code(&self) -> Option<Code> {
        Code::parse(&self.face.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAF: &str = concat!(
        r#"{"appeal":"BAO13","booked":"2026-11-22","channel":"IN_KIND","chapter":"23095","day":"2026-11-21","#,
        r#""entry":"0123456789ABCDEF7","goods":[{"item":"RICE","qty":"100.5","unit":"KG","valuation":"MARKET_PRICE","value":"1500000"}],"#,
        r#""kind":"GIFT_IN_KIND","pd":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","#,
        r#""postings":[{"account":"GOODS_IN_STOCK","amount":"1500000","fund":"APPEAL:BAO13"},"#,
        r#"{"account":"DONATION_RESTRICTED","amount":"-1500000","fund":"APPEAL:BAO13"}],"province":"TW","v":1}"#
    );

    #[test]
    fn a_leaf_says_what_is_shown() {
        let (face, goods) = of_leaf(LEAF.as_bytes()).unwrap();
        assert_eq!((face.amount, face.fund.as_str(), face.province.as_str()), (1_500_000, "APPEAL:BAO13", ""));
        assert_eq!(goods[0].quantity, "100.5");
        assert!(face.differences(&face).is_empty());
        let other = Face { amount: 3_000_000, day: "2026-11-20".to_owned(), ..face.clone() };
        let differ = face.differences(&other);
        assert_eq!(differ[0], "the site shows the amount 3000000 đồng; the log has 1500000");
        assert_eq!(differ[1], "the site shows 2026-11-20 as day; the log has 2026-11-21");
        let keyed = RandomState::new();
        assert_ne!(face.digest(&keyed), other.digest(&keyed));
        assert!(of_leaf(b"{}").is_none() && of_leaf(b"\xff").is_none());
    }

    #[test]
    fn what_came_to_a_balance_is_shown_where_nothing_was_received() {
        let opening = LEAF.replace("DONATION_RESTRICTED", "FUND_BALANCE");
        assert_eq!(of_leaf(opening.as_bytes()).unwrap().0.amount, 1_500_000);
        let two = LEAF.replace("-1500000\",\"fund\":\"APPEAL:BAO13", "-1500000\",\"fund\":\"GENERAL");
        assert_eq!(of_leaf(two.as_bytes()).unwrap().0.fund, "", "which of two is not said");
    }

    #[test]
    fn signs_of_goods_are_all_the_same() {
        let line = |quantity: &str| Line {
            item: "RICE".to_owned(),
            quantity: quantity.to_owned(),
            unit: "KG".to_owned(),
            value: String::new(),
            valuation: String::new(),
        };
        let back = Lines::read(vec![line("-1"), line("-0.5")], false).unwrap();
        assert!(back.is_negative && back.lines[1].quantity == "0.5" && back.text() == "RICE -1 KG; RICE -0.5 KG");
        assert!(Lines::read(vec![line("-1"), line("2")], false).is_err());
        assert!(Lines::read(vec![line("1"), line("-2")], false).is_err());
    }
}
