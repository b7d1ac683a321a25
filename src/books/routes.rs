//! `/api/v1/balances`, `/account-ledger`, `/trial-balance`, `/cash-book`, each with its `/file`, and `/exports/journal`.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, ContentDisposition, VARY};
use actix_web::{HttpResponse, HttpResponseBuilder, get};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::asked::{self, Book, Days, Open};
use super::cells::{Csv, Xlsx};
use super::wire::{self, AccountLedgerPage, BalancesPage, CashBookPage, TrialBalancePage};
use super::{files, journal, paper, spool};
use crate::authz::{Desk, Visit};
use crate::basics::codes::codes;
use crate::http::sets::Lists;
use crate::http::{Answer, Lang, Paging, Problem, Query, Reply};
use crate::ledger::accounts::Account;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(show_balances)
        .service(download_balances)
        .service(show_account_ledger)
        .service(download_account_ledger)
        .service(show_trial_balance)
        .service(download_trial_balance)
        .service(show_cash_book)
        .service(download_cash_book)
        .service(export_journal);
}

codes! {
    /// As which file a book is wanted.
    pub wire enum BookForm {
        /// Lines of text, for programs and for spreadsheets.
        Csv = "CSV",
        /// A sheet, with its sums as formulas.
        Xlsx = "XLSX",
        /// A paper to sign; at most 5,000 lines.
        Pdf = "PDF",
    }
}

/// A book as a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "names the answer's form in the OpenAPI document")]
pub struct BookDownload(Vec<u8>);

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
    let show = move |v: &mut Visit<'_>| {
        let open = asked::open(v, &chapter, book)?;
        wire::balances(v.conn, &open, day, today, &paging)
    };
    desk.read(show).await.map(Reply::ok)
}

/// Which balances, and as what.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BalancesFileQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// The end of this day; as they are now without it.
    #[param(example = "2026-06-30")]
    day: Option<NaiveDate>,
    /// With those of all chapters below.
    #[serde(default)]
    subtree: bool,
    /// `CSV`, `XLSX` or `PDF`.
    #[param(inline)]
    form: BookForm,
}

/// Balances by account and fund as a file.
#[utoipa::path(
    tag = "books", params(BalancesFileQuery),
    responses((status = 200, description = "The file", content(
        (BookDownload = "text/csv"),
        (BookDownload = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (BookDownload = "application/pdf")
    )), Lists)
)]
#[get("/balances/file")]
pub async fn download_balances(desk: Desk, lang: Lang, Query(query): Query<BalancesFileQuery>) -> Result<HttpResponse, Problem> {
    let book = Book::balances(query.day, query.subtree).map_err(Problem::invalid)?;
    file(desk, query.chapter, book, query.form, lang).await
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
    let show = move |v: &mut Visit<'_>| {
        let open = asked::open(v, &chapter, Book::AccountLedger { account, fund: fund.clone(), days })?;
        wire::account_ledger(v.conn, &open, account, fund, days, &paging)
    };
    desk.read(show).await.map(Reply::ok)
}

/// Which account's ledger, and as what.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccountLedgerFileQuery {
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
    /// `CSV`, `XLSX` or `PDF`.
    #[param(inline)]
    form: BookForm,
}

/// The ledger of an account as a file.
#[utoipa::path(
    tag = "books", params(AccountLedgerFileQuery),
    responses((status = 200, description = "The file", content(
        (BookDownload = "text/csv"),
        (BookDownload = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (BookDownload = "application/pdf")
    )), Lists)
)]
#[get("/account-ledger/file")]
pub async fn download_account_ledger(
    desk: Desk,
    lang: Lang,
    Query(query): Query<AccountLedgerFileQuery>,
) -> Result<HttpResponse, Problem> {
    let days = Days::checked(query.from, query.to).map_err(Problem::invalid)?;
    let book = Book::AccountLedger { account: query.account, fund: query.fund, days };
    file(desk, query.chapter, book, query.form, lang).await
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
    let show = move |v: &mut Visit<'_>| {
        let open = asked::open(v, &chapter, Book::TrialBalance { days })?;
        wire::trial(v.conn, &open, days, today, &paging)
    };
    desk.read(show).await.map(Reply::ok)
}

/// Which days of a chapter, and as what.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TrialBalanceFileQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// First day; from the beginning when absent.
    #[param(example = "2026-01-01")]
    from: Option<NaiveDate>,
    /// Last day; to the end when absent.
    #[param(example = "2026-12-31")]
    to: Option<NaiveDate>,
    /// `CSV`, `XLSX` or `PDF`.
    #[param(inline)]
    form: BookForm,
}

/// The trial balance as a file.
#[utoipa::path(
    tag = "books", params(TrialBalanceFileQuery),
    responses((status = 200, description = "The file", content(
        (BookDownload = "text/csv"),
        (BookDownload = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (BookDownload = "application/pdf")
    )), Lists)
)]
#[get("/trial-balance/file")]
pub async fn download_trial_balance(
    desk: Desk,
    lang: Lang,
    Query(query): Query<TrialBalanceFileQuery>,
) -> Result<HttpResponse, Problem> {
    let days = Days::checked(query.from, query.to).map_err(Problem::invalid)?;
    file(desk, query.chapter, Book::TrialBalance { days }, query.form, lang).await
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
    let show = move |v: &mut Visit<'_>| {
        let open = asked::open(v, &chapter, Book::CashBook { fund: fund.clone(), days })?;
        wire::cash_book(v.conn, &open, fund, days, &paging)
    };
    desk.read(show).await.map(Reply::ok)
}

/// Which cash book, and as what.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CashBookFileQuery {
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
    /// `CSV`, `XLSX` or `PDF`.
    #[param(inline)]
    form: BookForm,
}

/// The cash book as a file.
#[utoipa::path(
    tag = "books", params(CashBookFileQuery),
    responses((status = 200, description = "The file", content(
        (BookDownload = "text/csv"),
        (BookDownload = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (BookDownload = "application/pdf")
    )), Lists)
)]
#[get("/cash-book/file")]
pub async fn download_cash_book(desk: Desk, lang: Lang, Query(query): Query<CashBookFileQuery>) -> Result<HttpResponse, Problem> {
    let days = Days::checked(query.from, query.to).map_err(Problem::invalid)?;
    file(desk, query.chapter, Book::CashBook { fund: query.fund, days }, query.form, lang).await
}

/// Which days of a chapter's books.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JournalQuery {
    /// Code of the chapter.
    #[param(example = "23095")]
    chapter: String,
    /// First day; from the beginning when absent.
    #[param(example = "2026-01-01")]
    from: Option<NaiveDate>,
    /// Last day; to the end when absent.
    #[param(example = "2026-12-31")]
    to: Option<NaiveDate>,
}

/// A chapter's books as a journal for hledger and ledger, in their strict modes.
///
/// Accounts are called chapter, account, fund; what stood before the first day is the first transaction. Kinds, vouchers and
/// codes are tags.
#[utoipa::path(
    tag = "books", params(JournalQuery),
    responses((status = 200, body = String, content_type = "text/plain", description = "The journal"), Lists)
)]
#[get("/exports/journal")]
pub async fn export_journal(desk: Desk, lang: Lang, Query(query): Query<JournalQuery>) -> Result<HttpResponse, Problem> {
    let JournalQuery { chapter, from, to } = query;
    let days = Days::checked(from, to).map_err(Problem::invalid)?;
    let open = desk.read(move |v| asked::open(v, &chapter, Book::TrialBalance { days })).await?;
    let mut response = answer(&open, "nhat-ky", "journal", "text/plain; charset=utf-8", lang);
    let stream = spool::sent(desk, move |conn, out| journal::write(conn, &open, days, lang, out)).await?;
    Ok(response.streaming(stream))
}

/// The head of a file's answer. A code is letters, digits and dashes; what is not has no place in a header.
fn answer(open: &Open, stem: &str, ending: &str, media_type: &'static str, lang: Lang) -> HttpResponseBuilder {
    let safe: String = open.place.code.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((CONTENT_LANGUAGE, lang.tag()))
        .insert_header((VARY, "accept-language"))
        .insert_header(ContentDisposition::attachment(format!("{stem}-{safe}.{ending}")))
        .insert_header((CACHE_CONTROL, "no-store"));
    response
}

/// A book as a file. CSV is sent while it is made; a sheet and a paper are made first.
async fn file(desk: Desk, chapter: String, book: Book, form: BookForm, lang: Lang) -> Result<HttpResponse, Problem> {
    let today = desk.today();
    let open = desk.read(move |v| asked::open(v, &chapter, book)).await?;
    let stem = open.book.stem();
    match form {
        BookForm::Csv => {
            let mut response = answer(&open, stem, "csv", "text/csv; charset=utf-8", lang);
            let write = move |conn: &mut diesel::pg::PgConnection, out: &mut spool::Spool| {
                let mut rows = Csv::begin(out, open.book.columns(), lang)?;
                files::write(conn, &open, today, lang, &mut rows)?;
                rows.end()
            };
            Ok(response.streaming(spool::sent(desk, write).await?))
        }
        BookForm::Xlsx => {
            let media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            let mut response = answer(&open, stem, "xlsx", media_type, lang);
            let _turn = spool::turn().await?;
            let made = desk.blocking(move |db, _, _| {
                db.read_blocking(|conn| {
                    let mut titles = vec![format!("{} – {}", open.book.title().in_lang(lang), open.place.short_name)];
                    titles.push(paper::about(&open, today, lang).join("; "));
                    let mut rows = Xlsx::begin("Sổ", titles, open.book.columns(), lang)?;
                    files::write(conn, &open, today, lang, &mut rows)?;
                    rows.end()
                })
            });
            let (length, stream) = spool::whole(made.await?)?;
            Ok(response.no_chunking(length).streaming(stream))
        }
        BookForm::Pdf => {
            let mut response = answer(&open, stem, "pdf", "application/pdf", lang);
            let _turn = spool::turn().await?;
            let made = desk.blocking(move |db, _, _| {
                let paper = db.read_blocking(|conn| paper::of(conn, &open, today, lang))?;
                print::pdf(&paper).map_err(Problem::internal)
            });
            Ok(response.body(made.await?))
        }
    }
}
