//! What the page of an entry says besides: what it is about and what is about it, its postings, what became of a transfer.

use chrono::NaiveDate;
use diesel::pg::PgConnection;

use super::flow_words::Words;
use super::proof::Fact;
use super::words::fill;
use super::{format, labels};
use crate::disclosure::entries::EntryOut;
use crate::disclosure::entry_out::{LinkedOut, PostingOut};
use crate::disclosure::labels::Categories;
use crate::http::{Lang, Problem};
use crate::ledger::kinds::Kind;

/// A posting.
pub struct Posting {
    pub account: String,
    pub fund: String,
    /// One of the two is empty.
    pub debit: String,
    pub credit: String,
    /// As the leaf has it, for the check in the browser: account, fund and amount.
    pub leaf: String,
}

/// An entry that is about this one.
pub struct Linked {
    pub code: String,
    pub kind: String,
    pub amount: String,
    pub day: String,
    pub chapter: String,
    pub chapter_name: String,
    pub is_reversed: bool,
}

/// What the page says besides.
pub struct Moved {
    pub w: &'static Words,
    pub postings: Vec<Posting>,
    pub linked: Vec<Linked>,
    /// What became of it, where that is worth a notice: (whether it is good, in bold, and what to say of it).
    pub state: Option<(bool, String, String)>,
}

impl Moved {
    pub fn of(entry: &EntryOut, today: NaiveDate, lang: Lang) -> Self {
        let w = Words::of(lang);
        Self {
            w,
            postings: entry.postings.iter().map(|posting| posting_line(posting, lang)).collect(),
            linked: entry.linked.iter().map(|linked| linked_line(linked, lang)).collect(),
            state: transfer(entry, today, w, lang).or_else(|| refunded(entry, w, lang)),
        }
    }
}

fn posting_line(posting: &PostingOut, lang: Lang) -> Posting {
    let amount = format::vnd(posting.amount_vnd.abs(), lang);
    let (debit, credit) = if posting.amount_vnd >= 0 { (amount, String::new()) } else { (String::new(), amount) };
    Posting {
        account: labels::account(&posting.account, lang),
        fund: labels::fund(&posting.fund, lang),
        leaf: format!("{} {} {}", posting.account, posting.fund, posting.amount_vnd),
        debit,
        credit,
    }
}

fn linked_line(linked: &LinkedOut, lang: Lang) -> Linked {
    Linked {
        code: linked.code.clone(),
        kind: labels::kind(&linked.kind, lang),
        amount: format::vnd(linked.amount_vnd, lang),
        day: format::day(linked.booked_on, lang),
        chapter: linked.chapter.clone(),
        chapter_name: linked.chapter_name.clone(),
        is_reversed: linked.reversed_by.is_some(),
    }
}

fn transfer(entry: &EntryOut, today: NaiveDate, w: &Words, lang: Lang) -> Option<(bool, String, String)> {
    let state = entry.transfer?;
    let vnd = |vnd| format::vnd(vnd, lang);
    let parts = fill(w.moved.parts, &[&vnd(state.confirmed_vnd), &vnd(state.returned_vnd)]);
    Some(match (state.open_vnd, state.returned_vnd) {
        (0, 0) => (true, w.moved.confirmed.to_owned(), String::new()),
        (0, _) => (true, parts, String::new()),
        (open, _) => {
            let days = (today - entry.booked_on).num_days().max(0);
            (false, fill(w.moved.open, &[&vnd(open), &format::count(days, lang)]), parts)
        }
    })
}

fn refunded(entry: &EntryOut, w: &Words, lang: Lang) -> Option<(bool, String, String)> {
    let stands = |linked: &&LinkedOut| linked.kind == Kind::Refund.name() && linked.reversed_by.is_none();
    let back: i64 = entry.linked.iter().filter(stands).map(|linked| linked.amount_vnd).sum();
    let text = || fill(w.moved.refunded, &[&format::vnd(back, lang)]);
    (back != 0).then(|| (false, text(), w.moved.refunded_text.to_owned()))
}

/// What only some kinds say.
pub fn facts(conn: &mut PgConnection, entry: &EntryOut, lang: Lang) -> Result<Vec<Fact>, Problem> {
    let w = &Words::of(lang).moved;
    let mut facts = Vec::new();
    facts.extend(entry.of.as_ref().map(|code| {
        let name = match Kind::parse(&entry.kind) {
            Some(Kind::TransferIn | Kind::TransferReturn) => w.of_transfer,
            Some(Kind::Refund) => w.of_refund,
            Some(Kind::AdvanceClearing) => w.of_advance,
            _ => w.of,
        };
        Fact::code(name, code).to(format!("/g/{code}")).of_leaf("of", code)
    }));
    facts.extend(entry.to.as_ref().map(|code| {
        let name = entry.to_name.as_ref().unwrap_or(code);
        Fact::named(w.to, name).to(format!("/don-vi/{code}")).of_leaf("to", code)
    }));
    if let Some(code) = &entry.category {
        let name = Categories::read(conn, [code.as_str()].into_iter())?.name(code, lang);
        let fact = Fact::plain(w.category, name);
        // A reversal's leaf does not say it: it is that of what it takes back.
        facts.push(if entry.reverses.is_some() { fact } else { fact.of_leaf("category", code) });
    }
    if entry.reverses.is_none() {
        let reason = entry.reason.as_ref();
        facts.extend(reason.map(|code| Fact::plain(w.reason, labels::reason(code, lang)).of_leaf("reason", code)));
    }
    facts.extend(entry.list.as_ref().map(|code| Fact::code(w.list, code).of_leaf("list", code)));
    facts.extend(entry.count.map(|count| {
        let name = if entry.kind == Kind::Dues.name() { w.members } else { w.households };
        Fact::plain(name, format::count(i64::from(count), lang)).of_leaf("count", count.to_string())
    }));
    facts.extend(entry.root.as_ref().map(|root| Fact::code(w.root, root)));
    Ok(facts)
}
