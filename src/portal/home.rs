//! The first page: what was received in the whole country, open appeals, the newest entries.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use diesel::pg::PgConnection;

use super::appeals::{Card, cards};
use super::flow::{Beside, View};
use super::format;
use super::goods::item_names;
use super::ledger::{Row, Rows};
use super::log_state::LogState;
use super::page::{Page, Section, render, serve};
use super::words::{Words, fill};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::disclosure::entries::{self, EntriesQuery, EntryOut};
use crate::disclosure::held::{AdvancesHeld, OnTheWay};
use crate::disclosure::totals::{self, Sum, TotalsOut, TotalsQuery};
use crate::giving::model::AppealState;
use crate::http::{Lang, Problem};
use crate::search::SearchIndex;

/// Entries in the list that updates itself.
const NEWEST: i64 = 8;
/// Open appeals on the first page; the others are one link away.
const MOST_APPEALS: i64 = 6;

/// What of the first page changes all the time.
pub struct Newest {
    pub totals: TotalsOut,
    /// Transfers that nobody has confirmed.
    on_the_way: OnTheWay,
    /// Advances that are not cleared, in sum.
    advances: AdvancesHeld,
    pub log: LogState,
    pub entries: Vec<EntryOut>,
}

impl Newest {
    pub fn read(conn: &mut PgConnection, index: &SearchIndex, today: NaiveDate) -> Result<Self, Problem> {
        let totals = totals::load(conn, &TotalsQuery::default())?;
        Ok(Self {
            on_the_way: OnTheWay::read(conn, None, None, today)?,
            advances: AdvancesHeld::read(conn, None, None, &totals, today)?,
            totals,
            log: LogState::read(conn)?,
            entries: entries::search(conn, index, &EntriesQuery::default(), NEWEST)?.items,
        })
    }

    pub fn figures(&self, conn: &mut PgConnection, lang: Lang) -> Result<Figures, Problem> {
        let (w, TotalsOut { received, quarantined, .. }) = (Words::of(lang), &self.totals);
        Ok(Figures {
            flow: View::of(conn, &self.totals, Beside::Country(self.on_the_way.clone(), self.advances), lang)?,
            received: format::vnd(received.received_vnd, lang),
            gifts: fill(w.home.in_gifts, &[&format::count(received.gift_count, lang)]),
            kept_apart: (*quarantined != Sum::default()).then(|| {
                let Sum { received_vnd, gift_count } = *quarantined;
                fill(w.home.kept_apart, &[&format::vnd(received_vnd, lang), &format::count(gift_count, lang)])
            }),
            log_size: format::count(self.log.size, lang),
            sealed: self.log.sealed(lang).map(|at| fill(w.home.log_sealed, &[&at])),
            w,
        })
    }

    pub fn rows(&self, conn: &mut PgConnection, lang: Lang) -> Result<Vec<Row>, Problem> {
        let names = item_names(conn, &self.entries, lang)?;
        Ok(self.entries.iter().map(|entry| Row::of(entry.clone(), &names, lang)).collect())
    }

    /// Figures and rows as they stand in the page.
    pub fn pieces(&self, conn: &mut PgConnection, lang: Lang) -> Result<(String, String), Problem> {
        let rows = self.rows(conn, lang)?;
        Ok((render(&self.figures(conn, lang)?)?, render(&Rows { w: Words::of(lang), rows: &rows })?))
    }
}

/// The figures at the top.
#[derive(Template)]
#[template(path = "portal/figures.html")]
pub struct Figures {
    w: &'static Words,
    received: String,
    gifts: String,
    kept_apart: Option<String>,
    log_size: String,
    sealed: Option<String>,
    flow: Option<View>,
}

#[derive(Template)]
#[template(path = "portal/home.html")]
struct HomePage {
    p: Page,
    figures: String,
    rows: String,
    cards: Vec<Card>,
    /// The newest head of the log, for paper.
    seal: Option<String>,
}

/// `/`.
pub async fn show_home(
    request: HttpRequest,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    index: web::Data<SearchIndex>,
) -> Result<HttpResponse, Problem> {
    serve(&request, || async {
        let p = Page::new(&request, Section::Home);
        let (lang, today) = (p.lang, vietnam_date(clock.now()));
        let (figures, rows, cards, seal) = db
            .read_public(move |conn| -> Result<_, Problem> {
                let newest = Newest::read(conn, &index, today)?;
                let (figures, rows) = newest.pieces(conn, lang)?;
                let (cards, _) = cards(conn, Some(AppealState::Open), None, MOST_APPEALS, lang)?;
                Ok((figures, rows, cards, newest.log.on_paper(lang)))
            })
            .await?;
        render(&HomePage { p, figures, rows, cards, seal })
    })
    .await
}
