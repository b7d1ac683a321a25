//! `/g/{code}`: one entry, where QR codes lead; a leaf that is none has its page in [`leaf`]. What it says, whether it still stands, and how to check that.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use diesel::pg::PgConnection;
use serde::Deserialize;

use super::asked::{Link, entry, hash_of, lead, lead_to_code, link};
use super::goods::{goods_of, item_names, quantity_text};
use super::ledger::{is_kept_apart, unnamed};
use super::moved::{self, Moved};
use super::page::{Page, Section, render, serve};
use super::proof::{Fact, Proof};
use super::words::fill;
use super::{blood_certificate, card, certificate, flow_words, format, labels, leaf};
use crate::basics::keyboard::{Typed, typed};
use crate::db::Db;
use crate::disclosure::entries::EntryOut;
use crate::disclosure::{appeals, cards, certificates, drives, entries};
use crate::donors;
use crate::http::{Lang, Problem, Query};
use crate::log;

/// What a QR code may carry besides the code.
#[derive(Deserialize)]
pub struct EntryForm {
    /// The first hexadecimal digits of the leaf hash, as somebody has them on paper.
    #[serde(default, alias = "H")]
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
    pub code: String,
    pub day: String,
    pub is_erasure: bool,
}

/// The other entry of a reversal.
pub struct Other {
    pub code: String,
    pub text: String,
}

#[derive(Template)]
#[template(path = "portal/entry.html")]
struct EntryPage {
    p: Page,
    spaced: String,
    title: String,
    amount: String,
    /// On the Vietnamese page, as on paper.
    in_words: Option<String>,
    kind: String,
    facts: Vec<Fact>,
    goods: Vec<Goods>,
    moved: Moved,
    said: Vec<Said>,
    /// The entry that reversed this one, with day and reason.
    reversed_by: Option<Other>,
    /// The entry that this one reverses.
    reverses: Option<Other>,
    /// Its place in the log: what a reversal takes back says how its amount is read.
    reverses_at: Option<i64>,
    is_kept_apart: bool,
    /// It came when the month of its day was closed: in bold, and what that means.
    late: Option<(String, &'static str)>,
    amount_vnd: i64,
    kind_code: String,
    proof: Proof,
}

/// `/g/{code}`.
pub async fn show_entry(
    request: HttpRequest,
    code: web::Path<String>,
    Query(form): Query<EntryForm>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let asked = code.into_inner();
    let code = match typed(&asked) {
        // Read aloud, typed with dashes, scanned in capitals: one entry has one address.
        Typed::Code(code) if code.as_str() != asked || !request.path().starts_with("/g/") => {
            let query = request.query_string();
            let keeps = query.is_empty() || request.path().starts_with("/g/");
            let there = if keeps {
                format!("/g/{code}{}{query}", if query.is_empty() { "" } else { "?" })
            } else {
                entry(&code, &hash_of(query))
            };
            return Ok(lead(there));
        }
        Typed::Code(code) => code,
        changed => {
            let there = lead_to_code(&request, &db, changed, &hash_of(request.query_string())).await?;
            return there.map_or_else(|| Err(entries::no_code()), Ok);
        }
    };
    let prefix = form.h;
    serve(&request, || async {
        let p = Page::new(&request, Section::Other);
        db.read_public(move |conn| match entries::look_up(conn, &code)? {
            Some(entry) => render(&entry_page(conn, p, entry, &prefix)?),
            None => match cards::look_up(conn, &code)? {
                Some(card) => card::page(p, card),
                None => match certificates::look_up(conn, &code, p.today)? {
                    Some(certificate) => certificate::page(p, certificate),
                    None if donors::public::is_one(conn, &code)? => blood_certificate::ask(p),
                    None => match drives::of_booking(conn, &code)? {
                        Some(drive) => super::drives::of_code(p, drive),
                        None => leaf::page(conn, p, &code, &prefix),
                    },
                },
            },
        })
        .await
    })
    .await
}

/// An address in capitals leads to the same one in small letters; codes stay as they are.
pub async fn in_small_letters(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let (page, code) = request.path().trim_start_matches('/').split_once('/').ok_or_else(Problem::not_found)?;
    link(&format!("/{page}/{code}")).map_or_else(
        || Err(Problem::not_found()),
        |there| match there {
            Link::Page(there) => Ok(lead(there)),
            Link::Entry(..) => Err(Problem::not_found()),
        },
    )
}

fn entry_page(conn: &mut PgConnection, p: Page, entry: EntryOut, prefix: &str) -> Result<EntryPage, Problem> {
    let lang = p.lang;
    let mut proof = Proof::read(conn, lang, &entry.code, entry.log_index, &entry.leaf_hash, prefix)?;
    proof.reversed_by = entry.reversed_by.clone();
    let reversed_by = match &entry.reversed_by {
        Some(by) => Some(reversal(conn, by, p.w.entry.cancelled_text, lang)?),
        None => None,
    };
    let reason = labels::reason(entry.reason.as_deref().unwrap_or_default(), lang);
    let reverses = entry.reverses.clone().map(|code| Other { code, text: fill(p.w.entry.reverses_text, &[&reason]) });
    let said = entry.annotations.iter().map(|said| Said {
        code: said.code.clone(),
        day: format::day(said.booked_on, lang),
        is_erasure: said.kind == "ERASURE",
    });
    let is_dong = lang == Lang::Vi && entry.amount_vnd > 0;
    Ok(EntryPage {
        title: fill(p.w.entry.title, &[&entry.code]),
        spaced: format::spaced(&entry.code, 4),
        amount: format::vnd(entry.amount_vnd, lang),
        in_words: is_dong.then(|| crate::basics::words::dong_on_paper(entry.amount_vnd)),
        kind: labels::kind(&entry.kind, lang),
        facts: facts(conn, &p, &entry)?,
        goods: goods(conn, &entry, lang)?,
        moved: Moved::of(&entry, p.today, lang),
        reverses_at: place_of(conn, reverses.as_ref())?,
        said: said.collect(),
        reversed_by,
        reverses,
        is_kept_apart: is_kept_apart(&entry),
        late: late(&entry, lang),
        amount_vnd: entry.amount_vnd,
        kind_code: entry.kind,
        proof,
        p,
    })
}

fn late(entry: &EntryOut, lang: Lang) -> Option<(String, &'static str)> {
    let (w, month) = (&flow_words::Words::of(lang).late, entry.counts_in.as_ref()?);
    Some((fill(w.says, &[&format::written_month(month, lang)]), w.text))
}

/// The entry that reversed another: its day and reason belong on that one's page.
fn reversal(conn: &mut PgConnection, code: &str, text: &str, lang: Lang) -> Result<Other, Problem> {
    let by = entries::find(conn, &entries::parse_code(code)?)?;
    let reason = labels::reason(by.reason.as_deref().unwrap_or("OTHER"), lang);
    Ok(Other { text: fill(text, &[&format::day(by.booked_on, lang), &reason]), code: by.code })
}

fn place_of(conn: &mut PgConnection, other: Option<&Other>) -> Result<Option<i64>, Problem> {
    let Some(Other { code, .. }) = other else { return Ok(None) };
    Ok(log::store::indices_of(conn, &[code])?.remove(code))
}

fn facts(conn: &mut PgConnection, p: &Page, entry: &EntryOut) -> Result<Vec<Fact>, Problem> {
    let (lang, w) = (p.lang, &p.w.entry);
    let mut facts = Vec::new();
    if entry.reverses.is_none() && entry.is_gift() {
        facts.push(match &entry.giver {
            Some(giver) => Fact::named(w.giver, giver),
            None => Fact::plain(w.giver, unnamed(&entry.kind, p.w)),
        });
    }
    facts.extend(entry.message_count.map(|n| Fact::plain(w.messages, format::count(i64::from(n), lang))));
    facts.push(match &entry.appeal {
        Some(code) => {
            let title = appeals::title(conn, code)?.unwrap_or_else(|| code.clone());
            Fact::named(w.appeal, title).to(format!("/keu-goi/{code}")).of_leaf("appeal", code)
        }
        None => Fact::plain(w.appeal, w.no_appeal),
    });
    let is_gift = entry.is_gift();
    let (place, day) = match &entry.reverses {
        Some(_) => (p.w.leaf.chapter, w.day_reversed),
        None if is_gift => (w.chapter, w.day),
        None => (p.w.leaf.chapter, p.w.common.day),
    };
    let chapter = Fact::named(place, &entry.chapter_name).to(format!("/don-vi/{}", entry.chapter));
    facts.push(chapter.of_leaf("chapter", &entry.chapter));
    facts.push(Fact::plain(day, format::day(entry.day, lang)).of_leaf("day", entry.day.to_string()));
    facts.push(Fact::plain(w.booked, format::day(entry.booked_on, lang)).of_leaf("booked", entry.booked_on.to_string()));
    let channel = entry.channel.as_ref();
    facts.extend(channel.map(|channel| Fact::plain(w.channel, labels::channel(channel, lang)).of_leaf("channel", channel)));
    facts.push(Fact::plain(w.fund, labels::fund(&entry.fund, lang)));
    facts.extend(moved::facts(conn, entry, lang)?);
    Ok(facts)
}

fn goods(conn: &mut PgConnection, entry: &EntryOut, lang: Lang) -> Result<Vec<Goods>, Problem> {
    let names = item_names(conn, std::slice::from_ref(entry), lang)?;
    let line = |goods: crate::ledger::public::PublicGoods| Goods {
        quantity: quantity_text(&goods, lang),
        item: names.get(&goods.item).cloned().unwrap_or(goods.item),
        value: format::vnd(goods.value_vnd, lang),
        valuation: labels::valuation(&goods.valuation, lang),
    };
    Ok(goods_of(entry).into_iter().map(line).collect())
}
