//! What everybody is shown of an entry: as its leaf says it must be, and as a site shows it.
//!
//! A leaf has neither the giver's name nor the number of messages; all the rest of a public row follows from it. Of a reversal the
//! goods, the category and to which terms its postings belong follow from the leaf that it names.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::code::Code;
use super::fold::Original;
use super::kinds::{self, MEASURES, Term};
use crate::hex::hex;
use crate::leaf::CENTRAL;
use crate::tree::leaf_hash;

/// The part of a public row that does not change any more. What an entry does not have is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    /// Not in every form of a row.
    pub amount: Option<i128>,
    /// What it adds to each term of the equation.
    pub measures: [i128; MEASURES.len()],
    pub reverses: String,
    pub reason: String,
    /// The entry it is about, unless it reverses it.
    pub of: String,
    pub to: String,
    /// Of a reversal, that of what it takes back.
    pub category: String,
    /// Hexadecimal.
    pub leaf_hash: String,
}

/// What a list of households, or members who paid, are counted by. Not in every form of a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    pub list: String,
    pub count: String,
    /// Hexadecimal.
    pub root: String,
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
    #[serde(borrow, default)]
    to: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    category: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    list: Option<Cow<'a, str>>,
    #[serde(default)]
    count: Option<u64>,
    #[serde(borrow, default)]
    root: Option<Cow<'a, str>>,
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

/// What a leaf that was found right asks to be shown, and its goods. `original` knows what a reversal takes back.
pub fn of_leaf<'f>(bytes: &[u8], original: impl FnOnce(Code) -> Option<Original<'f>>) -> Option<(Face, Vec<Line>)> {
    let leaf: LeafIn<'_> = serde_json::from_slice(bytes).ok()?;
    let own = |text: &Option<Cow<'_, str>>| text.as_deref().unwrap_or_default().to_owned();
    let is_reversal = leaf.kind == "REVERSAL";
    let (of, original) = (own(&leaf.of), leaf.of.as_deref().and_then(Code::parse).filter(|_| is_reversal).and_then(original));
    let rule = original.map(|original| original.kind).or_else(|| kinds::rule(&leaf.kind))?;
    let amounts = leaf.postings.iter().map(|p| Some((&*p.account, p.amount.parse::<i128>().ok()?)));
    let amounts: Vec<(&str, i128)> = amounts.collect::<Option<_>>()?;
    let goods = leaf.goods.iter().map(|line| Line {
        item: line.item.to_string(),
        quantity: line.qty.to_string(),
        unit: line.unit.to_string(),
        value: line.value.to_string(),
        valuation: line.valuation.to_string(),
    });
    let face = Face {
        code: leaf.entry.to_string(),
        channel: own(&leaf.channel),
        chapter: leaf.chapter.to_string(),
        // The centre is its own province in a leaf, and in none in a row.
        province: if leaf.province == CENTRAL { String::new() } else { leaf.province.to_string() },
        appeal: own(&leaf.appeal),
        fund: fund(&leaf.postings)?.to_owned(),
        day: leaf.day.to_string(),
        booked: leaf.booked.to_string(),
        amount: Some(rule.shown(amounts.iter().copied(), is_reversal)),
        measures: measures(rule.name, &amounts),
        reverses: if is_reversal { of.clone() } else { String::new() },
        reason: own(&leaf.reason),
        of: if is_reversal { String::new() } else { of },
        to: own(&leaf.to),
        category: original.map_or_else(|| own(&leaf.category), |original| original.category.to_owned()),
        leaf_hash: hex(&leaf_hash(bytes)),
        kind: leaf.kind.to_string(),
    };
    Some((face, goods.collect()))
}

/// What a leaf counts, as a row shows it.
pub fn counted(bytes: &[u8]) -> Option<Counted> {
    let leaf: LeafIn<'_> = serde_json::from_slice(bytes).ok()?;
    let root = leaf.root.as_deref().and_then(|root| URL_SAFE_NO_PAD.decode(root).ok());
    Some(Counted {
        list: leaf.list.as_deref().unwrap_or_default().to_owned(),
        count: leaf.count.map(|count| count.to_string()).unwrap_or_default(),
        root: root.as_deref().map(hex).unwrap_or_default(),
    })
}

/// What postings of a kind add to each term.
fn measures(kind: &str, amounts: &[(&str, i128)]) -> [i128; MEASURES.len()] {
    let mut measures = [0; MEASURES.len()];
    for (account, amount) in amounts {
        if let Some(Term::Measure(n, sign)) = kinds::term(kind, account)
            && let Some(sum) = measures.get_mut(n)
        {
            *sum += sign * amount;
        }
    }
    measures
}

/// The fund that a row shows; none where there are several.
fn fund<'p>(postings: &'p [PostingIn<'_>]) -> Option<&'p str> {
    let fund = &*postings.first()?.fund;
    Some(if postings.iter().all(|p| p.fund == fund) { fund } else { "" })
}

/// All but the amount, which not every form of a row has: it is compared by itself.
impl Hash for Face {
    fn hash<H: Hasher>(&self, to: &mut H) {
        self.texts().map(|(_, text)| text).hash(to);
        self.measures.hash(to);
    }
}

impl Face {
    /// Fingerprint under a key of this audit alone.
    pub fn digest(&self, keyed: &RandomState) -> u64 {
        keyed.hash_one(self)
    }

    fn texts(&self) -> [(&'static str, &str); 15] {
        [
            ("code", &self.code),
            ("kind", &self.kind),
            ("channel", &self.channel),
            ("chapter", &self.chapter),
            ("province", &self.province),
            ("appeal", &self.appeal),
            ("fund", &self.fund),
            ("day", &self.day),
            ("booked_on", &self.booked),
            ("reverses", &self.reverses),
            ("reason", &self.reason),
            ("of", &self.of),
            ("to", &self.to),
            ("category", &self.category),
            ("leaf_hash", &self.leaf_hash),
        ]
    }

    /// What differs in a row that should have this face, in words.
    pub fn differences(&self, shown: &Face) -> Vec<String> {
        let amounts = shown.amount.zip(self.amount).filter(|(is, should)| is != should);
        let amounts = amounts.map(|(is, should)| format!("the site shows the amount {is} đồng; the log has {should}"));
        let measures = MEASURES.iter().zip(shown.measures.iter().zip(&self.measures)).filter(|(_, (is, should))| is != should);
        let measures =
            measures.map(|(name, (is, should))| format!("the site shows the amount {is} đồng as {name}; the log has {should}"));
        let pairs = shown.texts().into_iter().zip(self.texts()).map(|((name, is), (_, should))| (name, is, should));
        let texts = pairs.filter(|(name, is, should)| is != should && !(*name == "fund" && should.is_empty()));
        amounts.into_iter().chain(measures).chain(texts.map(|(name, is, should)| differs(name, is, should))).collect()
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
            // Nothing has no sign: so little of a lot may be worth no đồng.
            let value = if is_valued && line.value != "0" { bare(line.value)? } else { line.value };
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
    /// `None` where the form of the row has no room for it.
    pub counted: Option<Counted>,
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

    fn read(leaf: &str) -> (Face, Vec<Line>) {
        of_leaf(leaf.as_bytes(), |_| None).unwrap()
    }

    #[test]
    fn a_leaf_says_what_is_shown() {
        let (face, goods) = read(LEAF);
        assert_eq!((face.amount, face.fund.as_str(), face.province.as_str()), (Some(1_500_000), "APPEAL:BAO13", ""));
        assert_eq!((face.measures[0], goods[0].quantity.as_str()), (1_500_000, "100.5"));
        assert!(face.differences(&face).is_empty());
        let other = Face { amount: Some(3_000_000), day: "2026-11-20".to_owned(), ..face.clone() };
        let differ = face.differences(&other);
        assert_eq!(differ[0], "the site shows the amount 3000000 đồng; the log has 1500000");
        assert_eq!(differ[1], "the site shows 2026-11-20 as day; the log has 2026-11-21");
        let keyed = RandomState::new();
        assert_ne!(face.digest(&keyed), other.digest(&keyed));
        let mut spent = face.clone();
        spent.measures[7] = 5;
        assert_eq!(face.differences(&spent), ["the site shows the amount 5 đồng as PAID; the log has 0"]);
        assert_ne!(face.digest(&keyed), spent.digest(&keyed));
        assert!(of_leaf(b"{}", |_| None).is_none() && of_leaf(b"\xff", |_| None).is_none());
    }

    /// So little of a lot may be worth no đồng, and nothing has no sign, among lines that go back too.
    #[test]
    fn a_line_worth_nothing_has_no_sign() {
        let (_, goods) = read(LEAF);
        let line =
            |quantity: &str, value: &str| Line { quantity: quantity.to_owned(), value: value.to_owned(), ..goods[0].clone() };
        let back = |value: &str| Lines::read(vec![line("-1", "-500"), line("-1", value)], true);
        assert!(back("0").is_ok_and(|lines| lines.lines[1].value == "0") && back("-7").is_ok());
        assert!(back("7").is_err() && Lines::read(vec![line("1", "5"), line("-1", "0")], true).is_err());
    }

    #[test]
    fn every_kind_shows_its_own_sum() {
        let opening = LEAF.replace("DONATION_RESTRICTED", "FUND_BALANCE").replace("GIFT_IN_KIND", "OPENING_BALANCE");
        let face = read(&opening).0;
        assert_eq!((face.amount, face.measures[1]), (Some(1_500_000), 1_500_000));
        let two = LEAF.replace("-1500000\",\"fund\":\"APPEAL:BAO13", "-1500000\",\"fund\":\"GENERAL");
        assert_eq!(read(&two).0.fund, "", "which of two is not said");
        let code = crate::code::PublicCode::random().unwrap();
        let taken = LEAF
            .replace("DONATION_RESTRICTED", "INTERCHAPTER")
            .replace("GIFT_IN_KIND", "TRANSFER_IN")
            .replace("\"pd\"", &format!("\"of\":\"{}\",\"pd\"", code.as_str()));
        let face = read(&taken).0;
        assert_eq!((face.amount, face.measures[4], face.of.as_str()), (Some(1_500_000), 1_500_000, code.as_str()));
        assert!(face.reverses.is_empty());
        // The same postings taken back: which term they belong to says what is taken back.
        let back = taken.replace("TRANSFER_IN", "REVERSAL").replace("\"1500000\",\"fund", "\"-1500000\",\"fund");
        let back =
            back.replace("\"--1500000\"", "\"1500000\"").replace("INTERCHAPTER\",\"amount\":\"-", "INTERCHAPTER\",\"amount\":\"");
        let original = Original { kind: kinds::rule("TRANSFER_IN").unwrap(), category: "" };
        let (face, _) = of_leaf(back.as_bytes(), |_| Some(original)).unwrap();
        assert_eq!((face.amount, face.measures[4], face.reverses.as_str()), (Some(-1_500_000), -1_500_000, code.as_str()));
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
