//! `/file` of each book, and `/exports/journal`: whole books as files.

use std::fs::File;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, ContentDisposition, VARY};
use actix_web::{HttpResponse, HttpResponseBuilder, get};
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::asked::{self, Book, Days, Open};
use super::cells::{Csv, Xlsx};
use super::fault::Fault;
use super::{files, journal, paper};
use crate::authz::Desk;
use crate::basics::codes::codes;
use crate::http::sets::Lists;
use crate::http::spool::{self, Spool};
use crate::http::{Lang, Problem, Query};
use crate::ledger::accounts::Account;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(download_balances)
        .service(download_account_ledger)
        .service(download_trial_balance)
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
    file(desk, query.chapter, Book::Cash { fund: query.fund, days }, query.form, lang).await
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
    let open = desk.read(move |v| Ok(asked::open(v, &chapter, Book::TrialBalance { days })?)).await?;
    let mut response = answer(&open, "nhat-ky", "journal", "text/plain; charset=utf-8", lang);
    let write = move |conn: &mut PgConnection, out: &mut Spool| journal::write(conn, &open, days, lang, out);
    sent(desk, &mut response, write).await
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
    let open = desk.read(move |v| Ok(asked::open(v, &chapter, book)?)).await?;
    let stem = open.book.stem();
    match form {
        BookForm::Csv => {
            let mut response = answer(&open, stem, "csv", "text/csv; charset=utf-8", lang);
            let write = move |conn: &mut PgConnection, out: &mut Spool| {
                let mut rows = Csv::begin(out, open.book.columns(), lang)?;
                files::write(conn, &open, today, lang, &mut rows)?;
                rows.end()
            };
            sent(desk, &mut response, write).await
        }
        BookForm::Xlsx => {
            let media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            let mut response = answer(&open, stem, "xlsx", media_type, lang);
            let _turn = spool::turn().await;
            let made = desk.blocking(move |db, _, _| {
                let file = db.read_blocking(|conn| -> Result<File, Fault> {
                    let mut titles = vec![format!("{} – {}", open.book.title().in_lang(lang), open.place.short_name)];
                    titles.push(paper::about(&open, today, lang).join("; "));
                    let mut rows = Xlsx::begin("Sổ", titles, open.book.columns(), lang)?;
                    files::write(conn, &open, today, lang, &mut rows)?;
                    rows.end()
                });
                Ok(file?)
            });
            let (length, stream) = spool::whole(made.await?).map_err(Problem::internal)?;
            Ok(response.no_chunking(length).streaming(stream))
        }
        BookForm::Pdf => {
            let mut response = answer(&open, stem, "pdf", "application/pdf", lang);
            let _turn = spool::turn().await;
            let made = desk.blocking(move |db, _, _| {
                let paper = db.read_blocking(|conn| paper::of(conn, &open, today, lang))?;
                print::pdf(&paper).map_err(Problem::internal)
            });
            Ok(response.body(made.await?))
        }
    }
}

/// Answers with what `write` writes, while it is written.
async fn sent(
    desk: Desk,
    response: &mut HttpResponseBuilder,
    write: impl FnOnce(&mut PgConnection, &mut Spool) -> Result<(), Fault> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let turn = spool::turn().await;
    let (mut spool, behind) = Spool::begin().map_err(Problem::internal)?;
    actix_web::rt::spawn(async move {
        let _turn = turn;
        let written = desk.blocking(move |db, _, _| {
            db.read_blocking(|conn| write(conn, &mut spool))?;
            spool.end().map_err(Problem::internal)
        });
        // Whoever reads is told by the end that does not come.
        if let Err(problem) = written.await {
            tracing::warn!(?problem, "a book could not be written to its end");
        }
    });
    Ok(response.streaming(behind))
}
