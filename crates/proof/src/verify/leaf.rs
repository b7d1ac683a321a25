//! What a leaf may look like, and what later checks need of it.
//!
//! Leaf v1 is described in `docs/verify.md`. A leaf that breaks a rule is a finding. One that follows the rules and uses a word
//! this program does not know (a later `v`, kind, account or channel) is included and not understood.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;

use super::canonical::{self, Value};
use super::code::Code;
use super::kinds::{self, KindRule, OF_SOME, Of, Term, term};
use super::totals::{Cell, Sum, Totals};
use crate::leaf::Change;
use crate::note::Verifier;

/// Channels this program understands.
pub const CHANNELS: &[&str] = &["CASH", "BANK_TRANSFER", "IN_KIND", "SMS", "E_WALLET"];

/// No word is longer, in bytes.
const MAX_WORD: usize = 100;
/// No key of a log is longer, in bytes.
const MAX_KEY: usize = 400;
/// No posting is larger, in đồng.
const MAX_AMOUNT: i64 = 1_000_000_000_000_000;
/// `pd` of a leaf behind which nothing personal stands: the commitment of no fields.
const NOTHING_COMMITTED: &str = "6b1xw752KDsg5gJNb__fPWeRyYpjsykxHiIzYVo-juI";

/// What one leaf says, as far as other leaves matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub code: Code,
    pub kind: &'static KindRule,
    pub of: Option<Code>,
    /// Keyed hash of the postings, and of the postings with opposite signs.
    pub postings: u64,
    pub opposite: u64,
}

/// What a reversal takes back. To which terms its postings belong is known by the kind of what it takes back, which stands
/// elsewhere in the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Back {
    chapter: String,
    province: String,
    appeal: String,
    /// Account, fund, amount.
    postings: Vec<(String, String, i64)>,
}

impl Back {
    /// Adds it to the totals, as of the kind and under the category of what it takes back.
    pub fn add_to(&self, totals: &mut Totals, kind: &str, category: &str) {
        let cell = Cell { chapter: &self.chapter, province: &self.province, appeal: &self.appeal, fund: "", channel: "" };
        let postings = self.postings.iter().map(|(account, fund, amount)| Posting { account, fund, amount: *amount });
        add_moved(totals, cell, kind, category, postings);
    }
}

/// What a KEY leaf says of a key of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySaid {
    pub key: Verifier,
    /// It signs no more; otherwise it signs from now on.
    pub retired: bool,
}

/// A leaf that breaks no rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    Entry(Entry),
    /// One that says what it was spent on, or came from.
    Categorised(Entry, Box<str>),
    Reversal(Entry, Box<Back>),
    Key(Entry, Box<KeySaid>),
    /// Why it is not understood; its code, where it has one.
    NotUnderstood(String, Option<Code>),
}

impl Leaf {
    /// The entry, where it is one of the books.
    pub fn entry(&self) -> Option<&Entry> {
        match self {
            Leaf::Entry(entry) | Leaf::Categorised(entry, _) | Leaf::Reversal(entry, _) => Some(entry),
            Leaf::Key(..) | Leaf::NotUnderstood(..) => None,
        }
    }
}

/// Reads leaves, and adds up what they move; of a reversal what was received alone, see [`Back`]. Hashes of postings compare only within one reader.
pub struct Reader<'t> {
    pub keyed: &'t RandomState,
    pub totals: &'t mut Totals,
}

type Members<'v, 'a> = &'v [(Cow<'a, str>, Value<'a>)];

fn find<'v, 'a>(members: Members<'v, 'a>, name: &str) -> Option<&'v Value<'a>> {
    members.iter().find(|(n, _)| n == name).map(|(_, value)| value)
}

fn text<'v>(members: Members<'v, '_>, name: &str) -> Result<Option<&'v str>, String> {
    match find(members, name) {
        None => Ok(None),
        // Codes and words: short, visible, so that they can be printed and told apart.
        Some(Value::Text(text)) if is_word(text, MAX_WORD) => Ok(Some(text)),
        Some(_) => Err(format!("{name} is not a word")),
    }
}

/// The key in a leaf: longer than other words, because the log's name is in it.
fn key<'v>(members: Members<'v, '_>) -> Result<Option<&'v str>, String> {
    match find(members, "key") {
        None => Ok(None),
        Some(Value::Text(text)) if is_word(text, MAX_KEY) => Ok(Some(text)),
        Some(_) => Err("key is not a word".to_owned()),
    }
}

fn needed<'v>(members: Members<'v, '_>, name: &str) -> Result<&'v str, String> {
    text(members, name)?.ok_or_else(|| format!("{name} is missing"))
}

fn is_word(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && !text.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// `YYYY-MM-DD` and no other way to write it.
fn read_date(written: &str) -> Option<NaiveDate> {
    let number = |from: usize, to: usize| {
        let digits = written.get(from..to).filter(|part| part.bytes().all(|b| b.is_ascii_digit()))?;
        digits.parse::<u32>().ok()
    };
    let is_formed = written.len() == 10 && written.get(4..5) == Some("-") && written.get(7..8) == Some("-");
    let year = i32::try_from(number(0, 4)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(5, 7)?, number(8, 10)?).filter(|_| is_formed)
}

fn date(members: Members<'_, '_>, name: &str) -> Result<NaiveDate, String> {
    read_date(needed(members, name)?).ok_or_else(|| format!("{name} is not a date"))
}

fn code(members: Members<'_, '_>, name: &str) -> Result<Option<Code>, String> {
    text(members, name)?.map(|text| Code::parse(text).ok_or_else(|| format!("{name} is not an entry's code"))).transpose()
}

fn only(members: Members<'_, '_>, names: &[&str]) -> Result<(), String> {
    match members.iter().find(|(name, _)| !names.contains(&name.as_ref())) {
        None => Ok(()),
        Some((name, _)) => {
            Err(format!("has a field that v 1 does not have: {}", name.escape_debug().take(40).collect::<String>()))
        }
    }
}

fn hash32(members: Members<'_, '_>, name: &str) -> Result<Option<[u8; 32]>, String> {
    let decoded = text(members, name)?.map(|text| URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()));
    decoded.map(|hash| hash.ok_or_else(|| format!("{name} is not 32 bytes in base64url"))).transpose()
}

fn list<'v, 'a>(members: Members<'v, 'a>, name: &str) -> Result<&'v [Value<'a>], String> {
    match find(members, name) {
        None => Ok(&[]),
        Some(Value::List(values)) => Ok(values),
        Some(_) => Err(format!("{name} is not a list")),
    }
}

#[derive(Clone, Copy)]
struct Posting<'v> {
    account: &'v str,
    fund: &'v str,
    amount: i64,
}

fn posting<'v>(value: &'v Value<'_>) -> Result<Posting<'v>, String> {
    let Value::Object(members) = value else {
        return Err("a posting is not an object".to_owned());
    };
    only(members, &["account", "amount", "fund"]).map_err(|why| format!("a posting {why}"))?;
    let written = needed(members, "amount")?;
    let amount = written
        .parse::<i64>()
        .ok()
        .filter(|n| *n != 0 && n.unsigned_abs() <= MAX_AMOUNT.unsigned_abs() && n.to_string() == written);
    let amount = amount.ok_or_else(|| format!("an amount is not one: {}", written.chars().take(40).collect::<String>()))?;
    Ok(Posting { account: needed(members, "account")?, fund: needed(members, "fund")?, amount })
}

fn check_balance(postings: &[Posting]) -> Result<(), String> {
    for (n, here) in postings.iter().enumerate() {
        // At most a few postings: each fund is summed up at its first one.
        if postings.iter().take(n).any(|before| before.fund == here.fund) {
            continue;
        }
        let sum: i128 = postings.iter().filter(|p| p.fund == here.fund).map(|p| i128::from(p.amount)).sum();
        if sum != 0 {
            return Err(format!("the postings of the fund {} sum to {sum}, not to 0", here.fund));
        }
    }
    Ok(())
}

fn check_goods(goods: &[Value<'_>]) -> Result<(), String> {
    for value in goods {
        let Value::Object(members) = value else {
            return Err("goods are not objects".to_owned());
        };
        only(members, &["item", "qty", "unit", "valuation", "value"]).map_err(|why| format!("a line of goods {why}"))?;
        for name in ["item", "unit", "valuation"] {
            needed(members, name)?;
        }
        for name in ["qty", "value"] {
            let written = needed(members, name)?;
            let is_number =
                written.bytes().all(|b| b.is_ascii_digit() || b == b'.') && written.bytes().any(|b| b.is_ascii_digit());
            if !is_number || written.bytes().filter(|b| *b == b'.').count() > 1 {
                return Err(format!("{name} of goods is not a number"));
            }
        }
    }
    Ok(())
}

/// Adds all that postings move besides what was received.
fn add_moved<'v>(totals: &mut Totals, cell: Cell<'_>, kind: &str, category: &str, postings: impl Iterator<Item = Posting<'v>>) {
    for posting in postings {
        let amount = i128::from(posting.amount);
        let (term, vnd) = match term(kind, posting.account) {
            None | Some(Term::Measure(0, _)) => continue,
            Some(term @ Term::Measure(_, sign)) => (term, sign * amount),
            Some(term @ Term::Left(_)) => (term, amount),
        };
        totals.add_moved(Cell { fund: posting.fund, ..cell }, term, category, vnd);
    }
}

/// A whole number, as counts are.
fn count(members: Members<'_, '_>) -> Result<bool, String> {
    match find(members, "count") {
        None => Ok(false),
        Some(Value::Number(n)) if *n > 0 => Ok(true),
        Some(_) => Err("count is no number".to_owned()),
    }
}

/// A key or a change that this program does not know may come later.
fn key_said(key: &str, change: &str, entry: Entry) -> Leaf {
    let known = Verifier::parse(key).ok().zip(Change::ALL.into_iter().find(|known| known.name() == change));
    match known {
        Some((key, change)) => Leaf::Key(entry, Box::new(KeySaid { key, retired: change == Change::Retired })),
        None => Leaf::NotUnderstood("a key".to_owned(), Some(entry.code)),
    }
}

const FIELDS: [&str; 23] = [
    "v", "kind", "entry", "chapter", "province", "day", "booked", "channel", "appeal", "of", "reason", "event", "period", "to",
    "category", "list", "count", "root", "postings", "goods", "key", "doc", "pd",
];

/// Whether a leaf has what its kind has, and nothing else.
fn fits(
    members: Members<'_, '_>,
    rule: &KindRule,
    of: Option<Code>,
    reason: Option<&str>,
    postings: &[Posting<'_>],
) -> Result<(), String> {
    let kind = rule.name;
    let of_fits = match rule.of {
        Of::Nobody => of.is_none(),
        Of::Entry | Of::Kinds(_) => of.is_some(),
        Of::Predecessor => true,
    };
    let has_reason = rule.must.contains(&"reason");
    if rule.money == postings.is_empty() || !of_fits || reason.is_some() != has_reason {
        return Err(format!("a {kind} with postings, of or reason that do not belong to it"));
    }
    let (event, period) = (text(members, "event")?.is_some(), find(members, "period").is_some());
    let is_late = period && (!event || date(members, "period").is_err());
    if event != rule.must.contains(&"event") || period && !rule.may.contains(&"period") || is_late {
        return Err(format!("a {kind} with event or period that do not belong to it"));
    }
    if key(members)?.is_some() != rule.must.contains(&"key") {
        return Err(format!("a {kind} with a key that does not belong to it, or without one"));
    }
    for name in ["to", "category", "list"] {
        text(members, name)?;
    }
    hash32(members, "root")?;
    count(members)?;
    let has = |name: &str| find(members, name).is_some();
    if let Some(other) = OF_SOME.iter().find(|name| has(name) && !rule.may.contains(name) && !rule.must.contains(name)) {
        return Err(format!("a {kind} has no {other}"));
    }
    if let Some(missing) = rule.must.iter().find(|name| !has(name)) {
        return Err(format!("a {kind} without {missing}"));
    }
    if rule.open && text(members, "pd")? != Some(NOTHING_COMMITTED) {
        return Err(format!("a {kind} that commits to something"));
    }
    Ok(())
}

/// Every kind moves its own accounts. A reversal's are held to be the opposite of what it takes back.
fn check_accounts(rule: &KindRule, postings: &[Posting<'_>]) -> Result<(), String> {
    let fits = |posting: &&Posting<'_>| {
        let allowed = if posting.amount > 0 { rule.debits } else { rule.credits };
        rule.name == "REVERSAL" || allowed.contains(&posting.account)
    };
    match postings.iter().find(|posting| !fits(posting)) {
        None => Ok(()),
        Some(posting) => {
            let side = if posting.amount > 0 { "debits" } else { "credits" };
            Err(format!("a {} that {side} {}", rule.name, posting.account))
        }
    }
}

impl Reader<'_> {
    /// Reads one leaf. The error says what is wrong with it.
    pub fn read(&mut self, bytes: &[u8]) -> Result<Leaf, String> {
        let value = canonical::read(bytes).map_err(|error| error.to_string())?;
        let Value::Object(members) = &value else {
            return Err("is not an object".to_owned());
        };
        match find(members, "v") {
            Some(Value::Number(1)) => self.v1(members),
            Some(Value::Number(v)) if *v > 1 => Ok(Leaf::NotUnderstood(format!("v {v}"), code(members, "entry").ok().flatten())),
            _ => Err("v is missing or no version".to_owned()),
        }
    }

    fn v1(&mut self, members: Members<'_, '_>) -> Result<Leaf, String> {
        let entry = code(members, "entry")?.ok_or("entry is missing")?;
        let kind = needed(members, "kind")?;
        let (chapter, province) = (needed(members, "chapter")?, needed(members, "province")?);
        if date(members, "day")? > date(members, "booked")? {
            return Err("day is after booked".to_owned());
        }
        hash32(members, "pd")?.ok_or("pd is missing")?;
        hash32(members, "doc")?;
        let (channel, appeal) = (text(members, "channel")?, text(members, "appeal")?);
        let (of, reason) = (code(members, "of")?, text(members, "reason")?);
        let postings = list(members, "postings")?.iter().map(posting).collect::<Result<Vec<_>, _>>()?;
        if find(members, "postings").is_none() || postings.len() == 1 || postings.len() > 200 {
            return Err("postings are missing, or one, or more than 200".to_owned());
        }
        check_balance(&postings)?;
        check_goods(list(members, "goods")?)?;
        let Some(rule) = kinds::rule(kind) else {
            return Ok(Leaf::NotUnderstood(format!("kind {kind}"), Some(entry)));
        };
        only(members, &FIELDS)?;
        fits(members, rule, of, reason, &postings)?;
        let key = key(members)?;
        let unknown = postings.iter().map(|p| p.account).find(|account| kinds::term(kind, account).is_none());
        if let Some(unknown) =
            unknown.map(|a| format!("account {a}")).or(channel.filter(|c| !CHANNELS.contains(c)).map(|c| format!("channel {c}")))
        {
            return Ok(Leaf::NotUnderstood(unknown, Some(entry)));
        }
        check_accounts(rule, &postings)?;
        if let Some(key) = key {
            let entry = Entry { code: entry, kind: rule, of: None, postings: 0, opposite: 0 };
            return Ok(key_said(key, reason.unwrap_or_default(), entry));
        }
        let is_reversal = kind == "REVERSAL";
        let cell = Cell { chapter, province, appeal: appeal.unwrap_or_default(), fund: "", channel: channel.unwrap_or_default() };
        self.receive(&postings, cell, is_reversal);
        let hash =
            |sign: i64| self.keyed.hash_one(postings.iter().map(|p| (p.account, p.fund, sign * p.amount)).collect::<Vec<_>>());
        let entry = Entry { code: entry, kind: rule, of, postings: hash(1), opposite: hash(-1) };
        if is_reversal {
            let owned = |p: &Posting<'_>| (p.account.to_owned(), p.fund.to_owned(), p.amount);
            let back = Back {
                chapter: chapter.to_owned(),
                province: province.to_owned(),
                appeal: cell.appeal.to_owned(),
                postings: postings.iter().map(owned).collect(),
            };
            return Ok(Leaf::Reversal(entry, Box::new(back)));
        }
        let category = text(members, "category")?;
        add_moved(self.totals, cell, kind, category.unwrap_or_default(), postings.iter().copied());
        Ok(match category {
            Some(category) => Leaf::Categorised(entry, category.into()),
            None => Leaf::Entry(entry),
        })
    }

    /// Credits to donation accounts are what was received; each fund of an entry counts once.
    fn receive(&mut self, postings: &[Posting<'_>], cell: Cell<'_>, is_reversal: bool) {
        let is_donation = |p: &&Posting| ["DONATION_RESTRICTED", "DONATION_UNRESTRICTED"].contains(&p.account);
        for (n, posting) in postings.iter().enumerate() {
            let counted = postings.iter().take(n).filter(is_donation).any(|before| before.fund == posting.fund);
            if is_donation(&posting) {
                let gift_count = if counted {
                    0
                } else if is_reversal {
                    -1
                } else {
                    1
                };
                let sum = Sum { received_vnd: -i128::from(posting.amount), gift_count };
                self.totals.add(Cell { fund: posting.fund, ..cell }, sum);
            }
        }
    }
}

/// The code of an entry, as far as a text that may be anything has one: to say which entry is meant.
pub fn code_in(bytes: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Named {
        entry: String,
    }
    let named: Named = serde_json::from_slice(bytes).ok()?;
    Code::parse(&named.entry).map(|code| code.to_string())
}

#[cfg(test)]
#[path = "leaf_tests.rs"]
mod tests;
