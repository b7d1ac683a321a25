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
use super::totals::{Cell, Sum, Totals};
use crate::leaf::Change;
use crate::note::Verifier;

/// What a leaf of a kind must and must not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindRule {
    pub name: &'static str,
    /// Has postings (and only then).
    pub money: bool,
    pub of: Of,
    /// Nothing personal stands behind `pd`.
    pub open: bool,
}

/// Whom a leaf of a kind speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Nobody,
    /// An earlier entry.
    Entry,
    /// An earlier leaf of its own kind, or nobody.
    Predecessor,
}

const fn rule(name: &'static str, money: bool, of: Of, open: bool) -> KindRule {
    KindRule { name, money, of, open }
}

/// Kinds this program understands. The list only grows.
pub const KINDS: &[KindRule] = &[
    rule("GIFT_CASH", true, Of::Nobody, false),
    rule("GIFT_BANK", true, Of::Nobody, false),
    rule("GIFT_IN_KIND", true, Of::Nobody, false),
    rule("GIFT_AGGREGATE", true, Of::Nobody, false),
    rule("OPENING_BALANCE", true, Of::Nobody, false),
    rule("REVERSAL", true, Of::Entry, false),
    rule("AMENDMENT", false, Of::Entry, false),
    rule("ERASURE", false, Of::Entry, true),
    rule("PUBLICATION", false, Of::Predecessor, true),
    rule("KEY", false, Of::Nobody, true),
];

/// Accounts this program understands, and whether a credit to one is something received.
pub const ACCOUNTS: &[(&str, bool)] = &[
    ("CASH_ON_HAND", false),
    ("IN_TRANSIT", false),
    ("GOODS_IN_STOCK", false),
    ("DONATION_RESTRICTED", true),
    ("DONATION_UNRESTRICTED", true),
    ("BANK", false),
    ("RECEIVABLE_OTHER", false),
    ("ADVANCE", false),
    ("PAYABLE", false),
    ("FUND_BALANCE", false),
];

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
    Key(Entry, Box<KeySaid>),
    /// Why it is not understood; its code, where it has one.
    NotUnderstood(String, Option<Code>),
}

/// Reads leaves, and adds up what they say was received. Hashes of postings compare only within one reader.
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

/// A key or a change that this program does not know may come later.
fn key_said(key: &str, change: &str, entry: Entry) -> Leaf {
    let known = Verifier::parse(key).ok().zip(Change::ALL.into_iter().find(|known| known.name() == change));
    match known {
        Some((key, change)) => Leaf::Key(entry, Box::new(KeySaid { key, retired: change == Change::Retired })),
        None => Leaf::NotUnderstood("a key".to_owned(), Some(entry.code)),
    }
}

const FIELDS: [&str; 18] = [
    "v", "kind", "entry", "chapter", "province", "day", "booked", "channel", "appeal", "of", "reason", "event", "period",
    "postings", "goods", "key", "doc", "pd",
];

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
        let Some(rule) = KINDS.iter().find(|rule| rule.name == kind) else {
            return Ok(Leaf::NotUnderstood(format!("kind {kind}"), Some(entry)));
        };
        only(members, &FIELDS)?;
        let of_fits = match rule.of {
            Of::Nobody => of.is_none(),
            Of::Entry => of.is_some(),
            Of::Predecessor => true,
        };
        if rule.money == postings.is_empty() || !of_fits || reason.is_some() != ["REVERSAL", "KEY"].contains(&kind) {
            return Err(format!("a {kind} with postings, of or reason that do not belong to it"));
        }
        let (event, period) = (text(members, "event")?.is_some(), find(members, "period").is_some());
        if event != (kind == "PUBLICATION") || period && (!event || date(members, "period").is_err()) {
            return Err(format!("a {kind} with event or period that do not belong to it"));
        }
        let key = key(members)?;
        if key.is_some() != (kind == "KEY") {
            return Err(format!("a {kind} with a key that does not belong to it, or without one"));
        }
        if rule.open && text(members, "pd")? != Some(NOTHING_COMMITTED) {
            return Err(format!("a {kind} that commits to something"));
        }
        let unknown = postings.iter().map(|p| p.account).find(|account| !ACCOUNTS.iter().any(|(name, _)| name == account));
        if let Some(unknown) =
            unknown.map(|a| format!("account {a}")).or(channel.filter(|c| !CHANNELS.contains(c)).map(|c| format!("channel {c}")))
        {
            return Ok(Leaf::NotUnderstood(unknown, Some(entry)));
        }
        if let Some(key) = key {
            let entry = Entry { code: entry, kind: rule, of: None, postings: 0, opposite: 0 };
            return Ok(key_said(key, reason.unwrap_or_default(), entry));
        }
        let cell = Cell { chapter, province, appeal: appeal.unwrap_or_default(), fund: "", channel: channel.unwrap_or_default() };
        self.receive(&postings, cell, kind == "REVERSAL");
        let hash =
            |sign: i64| self.keyed.hash_one(postings.iter().map(|p| (p.account, p.fund, sign * p.amount)).collect::<Vec<_>>());
        Ok(Leaf::Entry(Entry { code: entry, kind: rule, of, postings: hash(1), opposite: hash(-1) }))
    }

    /// Credits to donation accounts are what was received; each fund of an entry counts once.
    fn receive(&mut self, postings: &[Posting<'_>], cell: Cell<'_>, is_reversal: bool) {
        let is_donation = |p: &&Posting| ACCOUNTS.iter().any(|(name, donation)| *donation && *name == p.account);
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
