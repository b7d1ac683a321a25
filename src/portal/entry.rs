//! `/g/{code}`: one entry, where QR codes lead. What it says, whether it still stands, and how to check that.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use diesel::pg::PgConnection;
use serde::Deserialize;

use super::ledger::{goods_of, item_names};
use super::log_state::LogState;
use super::page::{Page, Section, render, serve};
use super::words::fill;
use super::{format, labels};
use crate::basics::PublicCode;
use crate::db::Db;
use crate::disclosure::{appeals, entries};
use crate::http::{Lang, Problem, Query};
use crate::log::key_log;

/// The shortest beginning of a hash that says anything.
const SHORTEST_PREFIX: usize = 8;

/// What a QR code may carry besides the code.
#[derive(Deserialize)]
pub struct EntryForm {
    /// The first hexadecimal digits of the leaf hash, as somebody has them on paper.
    #[serde(default)]
    h: String,
}

/// Goods in an entry.
pub struct Goods {
    pub item: String,
    pub quantity: String,
    pub value: String,
    pub valuation: String,
}

/// What was said of an entry after it was booked.
pub struct Said {
    pub day: String,
    pub is_erasure: bool,
}

/// A fact about the entry, perhaps with a page of its own.
pub struct Fact {
    pub name: &'static str,
    pub value: String,
    pub href: Option<String>,
    /// Names from the books are Vietnamese in every language.
    pub is_vietnamese: bool,
    /// What the leaf has for it, for the check in the browser: name and value there.
    pub leaf: Option<(&'static str, String)>,
}

/// The other entry of a reversal.
pub struct Other {
    pub code: String,
    pub text: String,
}

/// How the hash in the address compares.
pub enum Compared {
    NotGiven,
    Fits,
    Differs,
}

#[derive(Template)]
#[template(path = "portal/entry.html")]
struct EntryPage {
    p: Page,
    code: String,
    spaced: String,
    title: String,
    amount: String,
    /// On the Vietnamese page, as on paper.
    in_words: Option<String>,
    kind: String,
    facts: Vec<Fact>,
    goods: Vec<Goods>,
    said: Vec<Said>,
    /// The entry that reversed this one, with day and reason.
    reversed_by: Option<Other>,
    /// The entry that this one reverses.
    reverses: Option<Other>,
    index: Option<i64>,
    index_text: String,
    leaf_hash: String,
    leaf_spaced: String,
    compared: Compared,
    sealed: Option<String>,
    /// The newest head of the log, for paper.
    seal: Option<String>,
    amount_vnd: i64,
    kind_code: String,
    /// The log's keys, for the check in the browser.
    vkeys: String,
}

impl EntryPage {
    fn reversing_code(&self) -> &str {
        self.reversed_by.as_ref().map_or("", |other| &other.code)
    }

    fn index_number(&self) -> String {
        self.index.map(|index| index.to_string()).unwrap_or_default()
    }
}

/// `/g/{code}`.
pub async fn show_entry(
    request: HttpRequest,
    code: web::Path<String>,
    Query(form): Query<EntryForm>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let asked = code.into_inner();
    let code = entries::parse_code(&asked)?;
    if code.as_str() != asked {
        // Read aloud, typed with dashes: one entry has one address.
        let query = request.query_string();
        let there = format!("/g/{}{}{query}", code.as_str(), if query.is_empty() { "" } else { "?" });
        return Ok(HttpResponse::SeeOther().insert_header((LOCATION, there)).finish());
    }
    let prefix = form.h;
    serve(&request, || async {
        let p = Page::new(&request, Section::Other);
        let page = db.read_public(move |conn| entry_page(conn, p, &code, &prefix)).await?;
        render(&page)
    })
    .await
}

fn entry_page(conn: &mut PgConnection, p: Page, code: &PublicCode, prefix: &str) -> Result<EntryPage, Problem> {
    let lang = p.lang;
    let entry = entries::find(conn, code)?;
    let log = LogState::read(conn)?;
    let reversed_by = match &entry.reversed_by {
        Some(by) => Some(reversal(conn, by, p.w.entry.cancelled_text, lang)?),
        None => None,
    };
    let reason = labels::reason(entry.reason.as_deref().unwrap_or_default(), lang);
    let reverses = entry.reverses.clone().map(|code| Other { code, text: fill(p.w.entry.reverses_text, &[&reason]) });
    let index_text = match entry.log_index {
        Some(index) => {
            let place = [index + 1, log.size.max(index + 1)].map(|n| format::count(n, lang));
            fill(p.w.entry.index_of, &[&place[0], &place[1]])
        }
        None => p.w.entry.sealing.to_owned(),
    };
    let said =
        entry.annotations.iter().map(|said| Said { day: format::day(said.booked_on, lang), is_erasure: said.kind == "ERASURE" });
    let is_dong = lang == Lang::Vi && entry.amount_vnd > 0;
    Ok(EntryPage {
        title: fill(p.w.entry.title, &[code.as_str()]),
        spaced: format::spaced(code.as_str(), 4),
        amount: format::vnd(entry.amount_vnd, lang),
        in_words: is_dong.then(|| crate::basics::words::dong_on_paper(entry.amount_vnd)),
        kind: labels::kind(&entry.kind, lang),
        facts: facts(conn, &p, &entry)?,
        goods: goods(conn, &entry, lang)?,
        said: said.collect(),
        reversed_by,
        reverses,
        index: entry.log_index,
        index_text,
        leaf_spaced: format::spaced(&entry.leaf_hash, 8),
        compared: compare(prefix, &entry.leaf_hash),
        leaf_hash: entry.leaf_hash,
        sealed: log.sealed(lang),
        seal: log.on_paper(lang),
        amount_vnd: entry.amount_vnd,
        kind_code: entry.kind,
        vkeys: key_log::vkeys(conn)?.join(" "),
        code: entry.code,
        p,
    })
}

/// The entry that reversed another: its day and reason belong on that one's page.
fn reversal(conn: &mut PgConnection, code: &str, text: &str, lang: Lang) -> Result<Other, Problem> {
    let by = entries::find(conn, &entries::parse_code(code)?)?;
    let reason = labels::reason(by.reason.as_deref().unwrap_or("OTHER"), lang);
    Ok(Other { text: fill(text, &[&format::day(by.booked_on, lang), &reason]), code: by.code })
}

fn facts(conn: &mut PgConnection, p: &Page, entry: &entries::EntryOut) -> Result<Vec<Fact>, Problem> {
    let (lang, w) = (p.lang, &p.w.entry);
    let plain = |name, value: String| Fact { name, value, href: None, is_vietnamese: false, leaf: None };
    let of_leaf = |name, value: String, field, code: String| Fact { leaf: Some((field, code)), ..plain(name, value) };
    let named = |name, value: String| Fact { is_vietnamese: true, ..plain(name, value) };
    let mut facts = Vec::new();
    if entry.reverses.is_none() && entry.kind.starts_with("GIFT") {
        facts.push(match &entry.giver {
            Some(giver) => named(w.giver, giver.clone()),
            None => plain(w.giver, w.anonymous.to_owned()),
        });
    }
    facts.extend(entry.message_count.map(|n| plain(w.messages, format::count(i64::from(n), lang))));
    facts.push(match &entry.appeal {
        Some(code) => {
            let title = appeals::detail(conn, code).map(|detail| detail.appeal.title);
            let (href, leaf) = (Some(format!("/keu-goi/{code}")), Some(("appeal", code.clone())));
            Fact { href, leaf, ..named(w.appeal, title.unwrap_or_else(|_| code.clone())) }
        }
        None => plain(w.appeal, w.no_appeal.to_owned()),
    });
    let chapter = format!("/don-vi/{}", entry.chapter);
    let leaf = Some(("chapter", entry.chapter.clone()));
    facts.push(Fact { href: Some(chapter), leaf, ..named(w.chapter, entry.chapter_name.clone()) });
    facts.push(of_leaf(w.day, format::day(entry.day, lang), "day", entry.day.to_string()));
    facts.push(of_leaf(w.booked, format::day(entry.booked_on, lang), "booked", entry.booked_on.to_string()));
    let channel = entry.channel.as_ref();
    facts.extend(channel.map(|channel| of_leaf(w.channel, labels::channel(channel, lang), "channel", channel.clone())));
    facts.push(plain(w.fund, labels::fund(&entry.fund, lang)));
    Ok(facts)
}

fn goods(conn: &mut PgConnection, entry: &entries::EntryOut, lang: Lang) -> Result<Vec<Goods>, Problem> {
    let names = item_names(conn, std::slice::from_ref(entry), lang)?;
    let line = |goods: crate::ledger::public::PublicGoods| Goods {
        item: names.get(&goods.item).cloned().unwrap_or(goods.item),
        quantity: format!("{} {}", format::quantity(&goods.quantity, lang), labels::unit(&goods.unit, lang)),
        value: format::vnd(goods.value_vnd, lang),
        valuation: labels::valuation(&goods.valuation, lang),
    };
    Ok(goods_of(entry).into_iter().map(line).collect())
}

/// A beginning that is too short, or no hash at all, proves nothing and is not mentioned.
fn compare(prefix: &str, hash: &str) -> Compared {
    let prefix = prefix.trim().to_ascii_lowercase();
    let is_hex = (SHORTEST_PREFIX..=hash.len()).contains(&prefix.len()) && prefix.bytes().all(|b| b.is_ascii_hexdigit());
    match is_hex {
        false => Compared::NotGiven,
        true if hash.starts_with(&prefix) => Compared::Fits,
        true => Compared::Differs,
    }
}
