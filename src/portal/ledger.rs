//! Entries in lists, and the form that finds them: one form for `/tim` and for the ledger of an appeal, over the same
//! search as the API's.
//!
//! A form is typed by people: empty fields mean nothing, an amount may have dots, a mistake is shown beside its field
//! and not as an error page.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::Deserialize;

use super::asked::{Link, amount, lead, lead_to_code, link};
use super::goods::{ItemNames, goods_of, goods_text, item_names};
use super::log_state::LogState;
use super::page::{Page, Section, render, serve};
use super::words::{Words, fill};
use super::{flow_words, format, labels};
use crate::basics::keyboard::{self, Typed};
use crate::db::Db;
use crate::disclosure::appeals;
use crate::disclosure::entries::{self, EntriesQuery, EntryOut};
use crate::http::{Lang, Problem, Query};
use crate::ledger::kinds::Channel;
use crate::search::SearchIndex;
use crate::tree;

/// Rows of a page of search results.
pub const ROWS: i64 = 25;
/// A smaller bare number is a word to look for: a hamlet, a school.
const LEAST_BARE_AMOUNT: i64 = 1_000;

/// An entry in a list.
pub struct Row {
    pub code: String,
    pub day: String,
    pub iso: String,
    /// The giver; where none is named, what stands in for a name.
    pub who: String,
    pub is_named: bool,
    pub kind: String,
    pub goods: String,
    pub chapter: String,
    pub chapter_name: String,
    pub appeal: Option<String>,
    pub amount: String,
    pub is_reversed: bool,
    /// Reversals and opening balances have no giver, not even an unnamed one.
    pub is_gift: bool,
    pub is_annotated: bool,
    /// Came after its appeal's end: in no total until decided.
    pub is_kept_apart: bool,
    /// Came when the month of its day was closed: in words.
    pub late: Option<String>,
}

/// What stands where a gift's giver is not named. A sum of many small gifts has many givers, none of them asked.
pub fn unnamed(kind: &str, w: &Words) -> &'static str {
    if kind == "GIFT_AGGREGATE" { w.entry.many } else { w.entry.anonymous }
}

/// Whether an entry lies apart from everything that is counted.
pub fn is_kept_apart(entry: &EntryOut) -> bool {
    entry.fund.split(':').next() == Some("QUARANTINE")
}

fn late(entry: &EntryOut, lang: Lang) -> Option<String> {
    let month = format::written_month(entry.counts_in.as_deref()?, lang);
    Some(fill(flow_words::Words::of(lang).late.tag, &[&month]))
}

impl Row {
    pub fn of(entry: EntryOut, names: &ItemNames, lang: Lang) -> Self {
        let goods: Vec<String> = goods_of(&entry).iter().map(|goods| goods_text(goods, names, lang)).collect();
        let (kind, is_gift) = (labels::kind(&entry.kind, lang), entry.is_gift());
        let nobody = || if is_gift { unnamed(&entry.kind, Words::of(lang)).to_owned() } else { kind.clone() };
        Self {
            day: format::day(entry.day, lang),
            iso: entry.day.to_string(),
            is_named: entry.giver.is_some(),
            is_kept_apart: is_kept_apart(&entry),
            late: late(&entry, lang),
            who: entry.giver.clone().unwrap_or_else(nobody),
            kind,
            goods: goods.join(", "),
            chapter: entry.chapter,
            chapter_name: entry.chapter_name,
            appeal: entry.appeal,
            amount: format::vnd(entry.amount_vnd, lang),
            is_reversed: entry.reversed_by.is_some(),
            is_gift,
            is_annotated: !entry.annotations.is_empty(),
            code: entry.code,
        }
    }
}

/// Entries as rows of a table: part of several pages, and what the live list is made of.
#[derive(Template)]
#[template(path = "portal/rows.html")]
pub struct Rows<'a> {
    pub w: &'static Words,
    pub rows: &'a [Row],
}

/// The newest entries that fit, as rows.
pub fn latest(
    conn: &mut PgConnection,
    index: &SearchIndex,
    query: &EntriesQuery,
    rows: i64,
    lang: Lang,
) -> Result<Newest, Problem> {
    let (page, read_as) = entries::search_as_meant(conn, index, query, rows)?;
    let names = item_names(conn, &page.items, lang)?;
    let rows = page.items.into_iter().map(|entry| Row::of(entry, &names, lang)).collect();
    Ok(Newest { rows, next: page.next, read_as })
}

/// Rows of a page, and how the words were read where nothing has them as they were typed.
#[derive(Default)]
pub struct Newest {
    pub rows: Vec<Row>,
    pub next: Option<String>,
    pub read_as: Option<String>,
}

/// What stands in the fields, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Form {
    pub q: String,
    pub amount: String,
    pub min: String,
    pub max: String,
    pub from: String,
    pub to: String,
    pub channel: String,
    pub appeal: String,
    pub chapter: String,
    pub cursor: String,
    /// The first field holds what looks like a code, and nothing has it.
    #[serde(skip)]
    pub is_broken_code: bool,
}

/// Fields that cannot be understood.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub q: bool,
    pub amount: bool,
    pub min: bool,
    pub max: bool,
    pub from: bool,
    pub to: bool,
    pub channel: bool,
    pub appeal: bool,
    pub chapter: bool,
    /// The most is less than the least, the last day before the first.
    pub order_vnd: bool,
    pub order_days: bool,
}

impl Wrong {
    pub fn any(&self) -> bool {
        *self != Self::default()
    }
}

fn typed(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// A day as browsers send it, or as people write it.
fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").or_else(|_| NaiveDate::parse_from_str(text, "%d/%m/%Y")).ok()
}

/// What a field says, if anything; notes that it cannot be understood.
fn read<T>(text: &str, parse: impl FnOnce(&str) -> Option<T>, wrong: &mut bool) -> Option<T> {
    let text = typed(text)?;
    let read = parse(text);
    *wrong = read.is_none();
    read
}

/// A field without what no field may hold, fit to be shown again.
fn cleaned(text: &mut String) {
    text.retain(|c| !c.is_control());
}

impl Form {
    /// Reads the first field as people fill it: a code or a link of ours leads there, and a bare amount is looked for as one.
    /// What is no code as it stands may be one that a typing program changed.
    pub async fn settle(&mut self, request: &HttpRequest, db: &Db) -> Result<Option<HttpResponse>, Problem> {
        let (code, hash) = match link(&self.q) {
            Some(Link::Page(there)) => return Ok(Some(lead(there))),
            Some(Link::Entry(code, hash)) => (code, hash),
            None => (keyboard::typed(&self.q), String::new()),
        };
        self.is_broken_code = !matches!(code, Typed::Words);
        if let Some(there) = lead_to_code(request, db, code, &hash).await? {
            return Ok(Some(there));
        }
        if self.amount.is_empty() && amount(&self.q).is_some_and(|vnd| vnd >= LEAST_BARE_AMOUNT) {
            self.amount = std::mem::take(&mut self.q);
        }
        Ok(None)
    }

    fn cleaned(mut self) -> Self {
        for text in [&mut self.q, &mut self.amount, &mut self.min, &mut self.max, &mut self.from, &mut self.to] {
            cleaned(text);
        }
        [&mut self.channel, &mut self.appeal, &mut self.chapter].into_iter().for_each(cleaned);
        self
    }

    /// Whether any condition is given, or a later page.
    pub fn asks(&self) -> bool {
        self.has_conditions() || typed(&self.appeal).is_some() || !self.cursor.is_empty()
    }

    fn has_conditions(&self) -> bool {
        [&self.q, &self.chapter].into_iter().any(|text| typed(text).is_some()) || self.has_more()
    }

    fn has_more(&self) -> bool {
        [&self.amount, &self.min, &self.max, &self.from, &self.to, &self.channel].into_iter().any(|text| typed(text).is_some())
    }

    /// The question for the search, and what in it cannot be understood.
    pub fn query(&self) -> (EntriesQuery, Wrong) {
        let mut wrong = Wrong::default();
        let exact = read(&self.amount, amount, &mut wrong.amount);
        let (min, max) = (read(&self.min, amount, &mut wrong.min), read(&self.max, amount, &mut wrong.max));
        let (from, to) = (read(&self.from, day, &mut wrong.from), read(&self.to, day, &mut wrong.to));
        wrong.order_vnd = min.zip(max).is_some_and(|(min, max)| max < min);
        wrong.order_days = from.zip(to).is_some_and(|(from, to)| to < from);
        let channel = read(&self.channel, Channel::parse, &mut wrong.channel);
        let q = typed(&self.q).map(str::to_owned);
        let is_odd = |text: &str| text.chars().any(char::is_control);
        wrong.q = q.as_deref().is_some_and(|q| q.chars().count() > 200 || is_odd(q));
        (wrong.appeal, wrong.chapter) = (is_odd(&self.appeal), is_odd(&self.chapter));
        let query = EntriesQuery {
            q: q.filter(|_| !wrong.q),
            appeal: typed(&self.appeal).map(str::to_uppercase),
            chapter: typed(&self.chapter).map(str::to_owned),
            channel,
            from,
            to,
            amount_vnd: exact,
            min_vnd: min,
            max_vnd: max,
            limit: None,
            cursor: typed(&self.cursor).map(str::to_owned),
        };
        (query, wrong)
    }

    /// The conditions as a query string, for the link to the next page.
    fn query_string(&self, cursor: &str, with_appeal: bool) -> String {
        let appeal = if with_appeal { self.appeal.as_str() } else { "" };
        let fields = [
            ("q", self.q.as_str()),
            ("amount", &self.amount),
            ("min", &self.min),
            ("max", &self.max),
            ("from", &self.from),
            ("to", &self.to),
            ("channel", &self.channel),
            ("appeal", appeal),
            ("chapter", &self.chapter),
            ("cursor", cursor),
        ];
        let given: Vec<(&str, &str)> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        serde_urlencoded::to_string(given).unwrap_or_default()
    }

    /// The conditions in words, for paper, which has no fields.
    fn conditions(&self, with_appeal: bool, lang: Lang) -> String {
        let w = &Words::of(lang).find;
        let channel = typed(&self.channel).map(|code| labels::channel(code, lang)).unwrap_or_default();
        let fields = [
            (w.q, self.q.as_str()),
            (w.exact, &self.amount),
            (w.min, &self.min),
            (w.max, &self.max),
            (w.from, &self.from),
            (w.to, &self.to),
            (w.channel, &channel),
            (w.appeal, if with_appeal { &self.appeal } else { "" }),
            (w.chapter, &self.chapter),
        ];
        let given = fields.into_iter().filter_map(|(name, value)| typed(value).map(|value| format!("{name}: {value}")));
        given.collect::<Vec<_>>().join("; ")
    }
}

/// A channel to choose from.
pub struct Choice {
    pub code: &'static str,
    pub text: String,
    pub chosen: bool,
}

/// Form and results, as a page shows them.
pub struct Found {
    /// Where the form is sent.
    pub action: String,
    pub form: Form,
    pub wrong: Wrong,
    pub channels: Vec<Choice>,
    /// Whether the fields beyond the first are shown at once.
    pub is_unfolded: bool,
    /// Whether the form offers the appeal: not inside one.
    pub everywhere: bool,
    /// Whether it offers the chapter: inside an appeal only where an address already names one.
    pub offers_chapter: bool,
    pub rows: Vec<Row>,
    /// Address of the next page.
    pub next: Option<String>,
    /// Address of the first page, where this is a later one.
    pub first: Option<String>,
    /// The conditions in words.
    pub conditions: String,
    /// How many rows stand here, in words, where there are more.
    pub newest: Option<String>,
    /// Whether conditions narrow the list.
    pub is_narrowed: bool,
    /// How the words were read, where nothing has them as they were typed.
    pub read_as: Option<String>,
}

/// Searches by a form. `appeal` binds it to one appeal.
pub fn find(
    conn: &mut PgConnection,
    index: &SearchIndex,
    form: Form,
    action: String,
    appeal: Option<&str>,
    lang: Lang,
) -> Result<Found, Problem> {
    let (mut query, mut wrong) = form.query();
    let form = form.cleaned();
    match (appeal, query.appeal.as_deref().filter(|_| !wrong.appeal)) {
        (Some(code), _) => (query.appeal, wrong.appeal) = (Some(code.to_owned()), false),
        (None, Some(code)) if appeals::is_public(conn, code)? => {}
        // As people write it into the memo of a transfer.
        (None, Some(code)) => {
            let meant = appeals::of_memo(conn, code)?;
            wrong.appeal = meant.is_none();
            query.appeal = meant.or_else(|| query.appeal.take());
        }
        (None, None) => {}
    }
    if let Some(code) = query.chapter.as_deref().filter(|_| !wrong.chapter) {
        // A lone Ư is the W that a typing program made it of.
        let capitals = code.to_uppercase().replace('Ư', "W");
        let here = tree::place(conn, code)?.map(|_| code.to_owned());
        let here = here.or(tree::place(conn, &capitals)?.map(|_| capitals));
        wrong.chapter = here.is_none();
        query.chapter = here.or_else(|| query.chapter.clone());
    }
    let Newest { rows, next, read_as } = if wrong.any() { Newest::default() } else { latest(conn, index, &query, ROWS, lang)? };
    let address = |cursor: &str| format!("{action}?{}", form.query_string(cursor, appeal.is_none()));
    let newest = Words::of(lang).find.newest_on_paper;
    let newest = next.as_ref().map(|_| fill(newest, &[&rows.len().to_string()])).filter(|_| form.cursor.is_empty());
    let next = next.map(|cursor| address(&cursor));
    let first = (!form.cursor.is_empty()).then(|| address("").trim_end_matches('?').to_owned());
    let channels = Channel::ALL
        .into_iter()
        .map(|channel| Choice {
            code: channel.name(),
            text: labels::channel(channel.name(), lang),
            chosen: form.channel == channel.name(),
        })
        .collect();
    let is_narrowed = form.has_conditions() || appeal.is_none() && typed(&form.appeal).is_some();
    Ok(Found {
        read_as,
        is_unfolded: form.has_more() || typed(&form.chapter).is_some() || appeal.is_none() && typed(&form.appeal).is_some(),
        is_narrowed,
        everywhere: appeal.is_none(),
        offers_chapter: appeal.is_none() || typed(&form.chapter).is_some(),
        conditions: form.conditions(appeal.is_none(), lang),
        newest,
        first,
        action,
        form,
        wrong,
        channels,
        rows,
        next,
    })
}

#[derive(Template)]
#[template(path = "portal/search.html")]
struct SearchPage {
    p: Page,
    found: Found,
    /// The newest head of the log, for paper.
    seal: Option<String>,
}

/// `/tim`: finds entries.
pub async fn show_search(
    request: HttpRequest,
    Query(mut form): Query<Form>,
    db: web::Data<Db>,
    index: web::Data<SearchIndex>,
) -> Result<HttpResponse, Problem> {
    if let Some(there) = form.settle(&request, &db).await? {
        return Ok(there);
    }
    serve(&request, || async {
        let p = Page::new(&request, Section::Search);
        let lang = p.lang;
        let (found, seal) = db
            .read_public(move |conn| -> Result<_, Problem> {
                let found = find(conn, &index, form, "/tim".to_owned(), None, lang)?;
                Ok((found, LogState::read(conn)?.on_paper(lang)))
            })
            .await?;
        render(&SearchPage { p, found, seal })
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_fields_mean_nothing_and_wrong_ones_are_told() {
        let (query, wrong) = Form { q: "  ".to_owned(), ..Form::default() }.query();
        assert!(query.q.is_none() && !wrong.any());
        let form = Form {
            amount: "viel".to_owned(),
            from: "31/02/2026".to_owned(),
            to: "22/11/2026".to_owned(),
            channel: "CASH".to_owned(),
            ..Form::default()
        };
        let (query, wrong) = form.query();
        assert_eq!(wrong, Wrong { amount: true, from: true, ..Wrong::default() });
        assert_eq!((query.to, query.channel), (NaiveDate::from_ymd_opt(2026, 11, 22), Some(Channel::Cash)));
    }

    #[test]
    fn the_next_page_keeps_the_conditions() {
        let form = Form { q: "hàm liêm & \"gạo\"".to_owned(), appeal: "LULUT".to_owned(), ..Form::default() };
        assert_eq!(form.query_string("abc", true), "q=h%C3%A0m+li%C3%AAm+%26+%22g%E1%BA%A1o%22&appeal=LULUT&cursor=abc");
        assert!(!form.query_string("abc", false).contains("LULUT"));
    }
}
