//! `/g/{code}` for a leaf of the log that is no entry of the books: what it says in plain words, and how to check that.

use askama::Template;
use diesel::pg::PgConnection;

use super::page::{Page, render};
use super::proof::{Fact, Proof};
use super::words::fill;
use super::{format, labels};
use crate::basics::PublicCode;
use crate::disclosure::leaves::{self, Found, LeafOut};
use crate::http::{Lang, Problem};
use crate::log::key_log;
use crate::log::leaf::{Change, Said};
use crate::publications::duties::{Published, PublishedVersionOut};
use crate::publications::model::Event;
use crate::statements::Event as Stated;

#[derive(Template)]
#[template(path = "portal/leaf.html")]
struct LeafPage {
    p: Page,
    title: String,
    spaced: String,
    kind_code: String,
    heading: String,
    /// What that means.
    text: String,
    facts: Vec<Fact>,
    proof: Proof,
}

/// A code whose leaf has no place yet: what it says is public a moment later.
#[derive(Template)]
#[template(path = "portal/sealing.html")]
struct SealingPage {
    p: Page,
    title: String,
    code: String,
    spaced: String,
}

/// The page of the leaf with this code.
pub fn page(conn: &mut PgConnection, p: Page, code: &PublicCode, prefix: &str) -> Result<String, Problem> {
    let (title, spaced) = (fill(p.w.leaf.title, &[code.as_str()]), format::spaced(code.as_str(), 4));
    let leaf = match leaves::find(conn, code)? {
        Found::Sealing => return render(&SealingPage { p, title, code: code.as_str().to_owned(), spaced }),
        Found::Leaf(leaf) => leaf,
    };
    let mut proof = Proof::read(conn, p.lang, code.as_str(), Some(leaf.index), &leaf.leaf_hash, prefix)?;
    let (heading, text) = match meaning(&p, &leaf.said) {
        Some((heading, text)) => {
            proof.later = Some(later(leaf.published.as_ref()));
            (heading, format!("{text} {}", p.w.leaf.no_money))
        }
        None => (labels::kind(&leaf.said.kind, p.lang), p.w.leaf.other_text.to_owned()),
    };
    render(&LeafPage { title, spaced, heading, text, facts: facts(&p, &leaf), kind_code: leaf.said.kind, proof, p })
}

/// What a leaf says, as heading and text. `None`: a kind without words here, or an entry that these books do not have.
fn meaning(p: &Page, said: &Said) -> Option<(String, String)> {
    let w = &p.w.leaf;
    let kind = || labels::kind(&said.kind, p.lang);
    Some(match (said.kind.as_str(), said.change()) {
        (key_log::KIND, Some(Change::Added)) => (w.key_added.to_owned(), w.key_added_text.to_owned()),
        (key_log::KIND, Some(Change::Retired)) => (w.key_retired.to_owned(), w.key_retired_text.to_owned()),
        ("PUBLICATION", _) => (kind(), w.publication_text.to_owned()),
        ("STATEMENT", _) => (kind(), w.statement_text.to_owned()),
        ("ERASURE", _) => (kind(), format!("{} {}", p.w.entry.erased, p.w.entry.never_amount)),
        ("AMENDMENT", _) => (kind(), format!("{} {}", p.w.entry.amended, p.w.entry.never_amount)),
        _ => return None,
    })
}

/// A newer version is all that can be said of such a leaf; while that one has no place there is nothing to check.
fn later(published: Option<&Published>) -> String {
    let newer = published.and_then(|published| published.replaced_by.as_ref());
    newer.and_then(|newer| Some(format!("{}:{}", newer.code, newer.log_index?))).unwrap_or_default()
}

fn facts(p: &Page, leaf: &LeafOut) -> Vec<Fact> {
    let (lang, w, said) = (p.lang, &p.w.leaf, &leaf.said);
    let entry = |name, code: &str| Fact::code(name, code).to(format!("/g/{code}"));
    let mut facts = Vec::new();
    facts.extend(said.event.as_ref().map(|event| Fact::plain(w.event, event_label(event, lang)).of_leaf("event", event)));
    facts.extend(said.period.map(|day| Fact::plain(w.period, format::day(day, lang)).of_leaf("period", day.to_string())));
    facts.extend(leaf.published.as_ref().map(|published| document(p, &published.version)));
    facts.extend(leaf.stated.as_ref().map(|stated| {
        let name = if lang == Lang::En { &stated.name_en } else { &stated.name };
        Fact::named(w.document, name).to(stated.href.clone())
    }));
    facts.extend(said.appeal.as_ref().map(|code| {
        let title = leaf.appeal_title.as_ref().unwrap_or(code);
        Fact::named(p.w.entry.appeal, title).to(format!("/keu-goi/{code}")).of_leaf("appeal", code)
    }));
    let of = if said.event.is_some() { w.replaces } else { w.of };
    facts.extend(said.of.as_ref().map(|code| entry(of, code).of_leaf("of", code)));
    let newer = leaf.published.as_ref().and_then(|published| published.replaced_by.as_ref());
    facts.extend(newer.map(|newer| entry(w.replaced_by, &newer.code)));
    let stated_anew = leaf.stated.as_ref().and_then(|stated| stated.replaced_by.as_ref());
    facts.extend(stated_anew.map(|code| entry(w.replaced_by, code)));
    let chapter = Fact::named(w.chapter, &leaf.chapter_name).to(format!("/don-vi/{}", said.chapter));
    facts.push(chapter.of_leaf("chapter", &said.chapter));
    facts.push(Fact::plain(p.w.entry.booked, format::day(said.booked, lang)).of_leaf("booked", said.booked.to_string()));
    facts.extend(said.key.as_ref().map(|key| Fact::code(w.key, key).of_leaf("key", key)));
    facts.extend(said.doc_hex().zip(said.doc.as_ref()).map(|(hash, doc)| Fact::code(w.doc, hash).of_leaf("doc", doc)));
    facts
}

fn event_label(event: &str, lang: Lang) -> String {
    let label = Event::parse(event).map(Event::label).or_else(|| Stated::parse(event).map(Stated::label));
    label.map_or_else(|| event.to_owned(), |label| label.in_lang(lang).to_owned())
}

/// The published document, where it is still shown.
fn document(p: &Page, version: &PublishedVersionOut) -> Fact {
    let title = Fact::named(p.w.leaf.document, &version.title);
    match (&version.href, version.withdrawn_on) {
        (Some(href), _) => title.to(href.clone()),
        (None, Some(day)) => Fact::plain(p.w.leaf.document, fill(p.w.leaf.withdrawn, &[&format::day(day, p.lang)])),
        (None, None) => title,
    }
}
