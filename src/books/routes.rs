//! `/api/v1/balances`, `/account-ledger`, `/trial-balance`, `/cash-book`: the books page by page.

use actix_web::get;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::asked::{self, Book, Days};
use super::file_routes;
use super::wire::{self, AccountLedgerPage, BalanceLine, BalancesPage, CashBookPage, CashLine};
use super::wire::{LedgerLine, TrialBalancePage, TrialLine};
use crate::authz::{Desk, Visit};
use crate::http::sets::Lists;
use crate::http::{Answer, Page, Paging, Problem, Query, Reply};
use crate::ledger::accounts::Account;
use crate::ledger::lines::At;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(show_balances).service(show_account_ledger).service(show_trial_balance).service(show_cash_book);
    file_routes::configure(config);
}

/// The page of lines that know where they stand.
fn page<F: Serialize, T: ToSchema>(paging: &Paging<F, At>, rows: Vec<(At, T)>) -> Result<Page<T>, Problem> {
    paging.page(rows, |(at, _)| *at, |rows| Ok(rows.into_iter().map(|(_, line)| line).collect()))
}

/// Which balances.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BalancesQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// The end of this day; as they are now without it.
    #[param(example = "2026-06-30")]
    day: Option<NaiveDate>,
    /// With those of all chapters below.
    #[serde(default)]
    subtree: bool,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Balances by account and fund, at the end of any day.
#[utoipa::path(tag = "books", params(BalancesQuery), responses((status = 200, body = BalancesPage), Lists))]
#[get("/balances")]
pub async fn show_balances(desk: Desk, Query(query): Query<BalancesQuery>) -> Answer<BalancesPage> {
    let BalancesQuery { chapter, day, subtree, limit, cursor } = query;
    let book = Book::balances(day, subtree).map_err(Problem::invalid)?;
    let (paging, today) = (Paging::of((chapter.clone(), day, subtree), limit, cursor.as_deref())?, desk.today());
    let show = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let open = asked::open(v, &chapter, book)?;
        let rows = wire::part(wire::balances(v.conn, &open, day, today)?, paging.span::<BalanceLine>()?, BalanceLine::key);
        let Page { items, next } = paging.page(rows, BalanceLine::key, Ok::<_, Problem>)?;
        Ok(BalancesPage { chapter, day, subtree, items, next })
    };
    desk.read(show).await.map(Reply::ok)
}

/// Which account's ledger.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccountLedgerQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// The account.
    #[param(inline)]
    account: Account,
    /// Of this fund alone (sổ chi tiết); over all without it (sổ cái).
    #[param(example = "GENERAL")]
    fund: Option<String>,
    /// First day; from the beginning when absent.
    #[param(example = "2026-01-01")]
    from: Option<NaiveDate>,
    /// Last day; to the end when absent.
    #[param(example = "2026-12-31")]
    to: Option<NaiveDate>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// The postings of an account with its balance after each.
#[utoipa::path(tag = "books", params(AccountLedgerQuery), responses((status = 200, body = AccountLedgerPage), Lists))]
#[get("/account-ledger")]
pub async fn show_account_ledger(desk: Desk, Query(query): Query<AccountLedgerQuery>) -> Answer<AccountLedgerPage> {
    let AccountLedgerQuery { chapter, account, fund, from, to, limit, cursor } = query;
    let days = Days::checked(from, to).map_err(Problem::invalid)?;
    let paging = Paging::of((chapter.clone(), account, fund.clone(), days), limit, cursor.as_deref())?;
    let show = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let open = asked::open(v, &chapter, Book::AccountLedger { account, fund: fund.clone(), days })?;
        let (span, rows) = wire::listed(v.conn, &open, account, days, paging.span::<LedgerLine>()?, wire::ledger_line)?;
        let Page { items, next } = page(&paging, rows)?;
        Ok(AccountLedgerPage {
            chapter,
            account: account.name().to_owned(),
            fund,
            opening_vnd: span.opening,
            debit_vnd: span.moved.debit,
            credit_vnd: span.moved.credit,
            closing_vnd: span.closing(),
            items,
            next,
        })
    };
    desk.read(show).await.map(Reply::ok)
}

/// Which days of a chapter.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TrialBalanceQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// First day; from the beginning when absent.
    #[param(example = "2026-01-01")]
    from: Option<NaiveDate>,
    /// Last day; to the end when absent.
    #[param(example = "2026-12-31")]
    to: Option<NaiveDate>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// The trial balance: what each account and fund had, what moved, what it has.
#[utoipa::path(tag = "books", params(TrialBalanceQuery), responses((status = 200, body = TrialBalancePage), Lists))]
#[get("/trial-balance")]
pub async fn show_trial_balance(desk: Desk, Query(query): Query<TrialBalanceQuery>) -> Answer<TrialBalancePage> {
    let TrialBalanceQuery { chapter, from, to, limit, cursor } = query;
    let days = Days::checked(from, to).map_err(Problem::invalid)?;
    let (paging, today) = (Paging::of((chapter.clone(), days), limit, cursor.as_deref())?, desk.today());
    let show = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let open = asked::open(v, &chapter, Book::TrialBalance { days })?;
        let (sums, rows) = wire::trial(v.conn, &open, days, today)?;
        let rows = wire::part(rows, paging.span::<TrialLine>()?, TrialLine::key);
        let Page { items, next } = paging.page(rows, TrialLine::key, Ok::<_, Problem>)?;
        Ok(TrialBalancePage { chapter, sums, items, next })
    };
    desk.read(show).await.map(Reply::ok)
}

/// Which cash book.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CashBookQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Of this fund alone; over all without it.
    #[param(example = "GENERAL")]
    fund: Option<String>,
    /// First day; from the beginning when absent.
    #[param(example = "2026-01-01")]
    from: Option<NaiveDate>,
    /// Last day; to the end when absent.
    #[param(example = "2026-12-31")]
    to: Option<NaiveDate>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// The cash book: what came in and went out, and what was there after it.
#[utoipa::path(tag = "books", params(CashBookQuery), responses((status = 200, body = CashBookPage), Lists))]
#[get("/cash-book")]
pub async fn show_cash_book(desk: Desk, Query(query): Query<CashBookQuery>) -> Answer<CashBookPage> {
    let CashBookQuery { chapter, fund, from, to, limit, cursor } = query;
    let days = Days::checked(from, to).map_err(Problem::invalid)?;
    let paging = Paging::of((chapter.clone(), fund.clone(), days), limit, cursor.as_deref())?;
    let show = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let open = asked::open(v, &chapter, Book::Cash { fund: fund.clone(), days })?;
        let asked = paging.span::<CashLine>()?;
        let (span, rows) = wire::listed(v.conn, &open, Account::CashOnHand, days, asked, wire::cash_line)?;
        let Page { items, next } = page(&paging, rows)?;
        Ok(CashBookPage {
            chapter,
            fund,
            opening_vnd: span.opening,
            in_vnd: span.moved.debit,
            out_vnd: span.moved.credit,
            closing_vnd: span.closing(),
            items,
            next,
        })
    };
    desk.read(show).await.map(Reply::ok)
}
