//! `/api/v1/public/appeals/{code}/ledger.csv`: an appeal's whole ledger, streamed.
//!
//! The file is one moment: the entries that were in the log when the download began (`X-Log-Size`), however long it
//! takes. It is read page by page, so neither memory nor a transaction grows with the ledger. Adding up `amount_vnd`
//! of `APPEAL:` rows gives what the appeal received; every other term of the equation has a column of its own, and is in no other.
//! `leaf_hash` ties each row to the public log.
//!
//! It has two forms. One is for programs ([`columns`](super::columns)); the names of its columns are quoted, because
//! readers that look at the first rows alone to find out whether there are quotes would shift columns at the first name with a
//! comma. The other is for people who open it in a spreadsheet ([`spreadsheet`](super::spreadsheet)).

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ContentDisposition, LINK};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, get, web};
use diesel::pg::PgConnection;
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::columns::COLUMNS;
use super::csv_metadata::described;
use super::csv_rows::{Shown, record};
use super::late;
use super::spreadsheet::{self, Names};
use crate::db::Db;
use crate::http::sets::Searches;
use crate::http::{Problem, Query};
use crate::ledger::{detail, goods, public};
use crate::log;

const ROWS_A_PAGE: i64 = 1_000;
/// Excel takes a file without it for one of an old code page.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Whom the file is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Form {
    /// Programs: `datapackage.json` and `ledger.csv-metadata.json` beside it say what its columns hold.
    #[default]
    Data,
    /// People who open it in a spreadsheet: it begins with a byte order mark, names stand beside codes, and no code can be
    /// taken for a number.
    Spreadsheet,
}

/// How the file is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LedgerQuery {
    /// `DATA` unless given; `SPREADSHEET` for Excel and LibreOffice.
    #[serde(default)]
    #[param(inline)]
    form: Form,
}

/// An appeal's ledger as CSV (RFC 4180, UTF-8), in the order of booking.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, example = "LULUT-2026"), LedgerQuery),
    responses(
        (status = 200, content_type = "text/csv", body = String, description = "One row an entry; `X-Log-Size` says at which size of the log"),
        Searches
    ),
    security(())
)]
#[get("/appeals/{code}/ledger.csv")]
pub async fn appeal_ledger(
    code: web::Path<String>,
    Query(LedgerQuery { form }): Query<LedgerQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse, Problem> {
    let asked = code.into_inner();
    let (code, size) =
        db.read_public(move |conn| -> Result<_, Problem> { Ok((described(conn, &asked)?.0, log::store::size(conn)?)) }).await?;
    let which = if form == Form::Spreadsheet { "-spreadsheet" } else { "" };
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header(ContentDisposition::attachment(format!("{code}-{size}{which}.csv")))
        .insert_header((CACHE_CONTROL, super::CACHE_CONTROL_LIST))
        .insert_header(("x-log-size", size.to_string()));
    if form == Form::Data {
        response.insert_header((LINK, "<ledger.csv-metadata.json>; rel=\"describedby\"; type=\"application/csvm+json\""));
    }
    Ok(response.streaming(pages(db, code, size, form)))
}

/// Where the download is.
enum Position {
    Start,
    After(i64),
    End,
}

fn pages(db: web::Data<Db>, appeal: String, size: i64, form: Form) -> impl Stream<Item = Result<Bytes, Problem>> {
    stream::unfold(Position::Start, move |position| {
        let (db, appeal) = (db.clone(), appeal.clone());
        async move {
            let after = match position {
                Position::Start => return Some((header(form), Position::After(i64::MIN))),
                Position::After(seq) => seq,
                Position::End => return None,
            };
            let page = db.read_public(move |conn| -> Result<_, Problem> { Ok(page(conn, &appeal, size, after, form)?) }).await;
            match page {
                // An error in the middle breaks the chunked answer off, so a cut file is not taken for a whole one.
                Err(problem) => Some((Err(problem), Position::End)),
                Ok(None) => None,
                Ok(Some((records, last))) => Some((encode(records), Position::After(last))),
            }
        }
    })
}

type Records = Vec<Vec<String>>;

/// The rows after one of them, and the last one's place; `None` at the end.
fn page(
    conn: &mut PgConnection,
    appeal: &str,
    size: i64,
    after: i64,
    form: Form,
) -> Result<Option<(Records, i64)>, crate::db::DbError> {
    let rows = public::ledger_page(conn, appeal, size, after, ROWS_A_PAGE)?;
    let Some(last) = rows.last().map(|(row, _)| row.seq) else { return Ok(None) };
    let reversals: Vec<(&str, &str)> = rows.iter().filter_map(|(row, _)| row.reversal()).collect();
    let mut given_back = goods::given_back(conn, &reversals)?;
    let mut details = detail::of(conn, &rows.iter().map(|(row, _)| row.code.as_str()).collect::<Vec<_>>())?;
    let mut late = late::counts_in(conn, rows.iter().map(|(row, index)| (row, Some(*index))))?;
    let shown: Vec<Shown> = rows
        .into_iter()
        .map(|(row, index)| {
            let stored = || row.goods.clone().and_then(|goods| serde_json::from_value(goods).ok()).unwrap_or_default();
            let (goods, detail) = (given_back.remove(&row.code).unwrap_or_else(stored), details.remove(&row.code));
            Shown { goods, detail, counts_in: late.remove(&row.code), row, index }
        })
        .collect();
    let records = match form {
        Form::Data => shown.into_iter().map(record).collect(),
        Form::Spreadsheet => {
            let names = Names::read(conn, &shown, size)?;
            shown.into_iter().map(|shown| spreadsheet::record(shown, &names)).collect()
        }
    };
    Ok(Some((records, last)))
}

fn header(form: Form) -> Result<Bytes, Problem> {
    let names: Vec<String> = match form {
        Form::Data => COLUMNS.iter().map(|column| column.name.to_owned()).collect(),
        Form::Spreadsheet => spreadsheet::header(),
    };
    let line = written(csv::QuoteStyle::Always, [names])?;
    Ok(if form == Form::Spreadsheet { [BYTE_ORDER_MARK.as_bytes(), &line].concat().into() } else { line })
}

fn encode(records: Records) -> Result<Bytes, Problem> {
    written(csv::QuoteStyle::Necessary, records)
}

/// Records as bytes of a file.
pub(super) fn written(quotes: csv::QuoteStyle, records: impl IntoIterator<Item = Vec<String>>) -> Result<Bytes, Problem> {
    let terminator = csv::Terminator::CRLF;
    let mut writer = csv::WriterBuilder::new().terminator(terminator).quote_style(quotes).from_writer(Vec::new());
    for record in records {
        writer.write_record(&record).map_err(Problem::internal)?;
    }
    Ok(Bytes::from(writer.into_inner().map_err(|error| Problem::internal(error.error()))?))
}

/// The whole file of these entries, for programs: what the address above would send.
pub fn whole(entries: Vec<Shown>) -> Result<Vec<u8>, Problem> {
    Ok([header(Form::Data)?, encode(entries.into_iter().map(record).collect())?].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_doubled() {
        let bytes = encode(vec![vec!["a\"b".to_owned(), "c,d".to_owned()]]).unwrap();
        assert_eq!(&bytes[..], b"\"a\"\"b\",\"c,d\"\r\n");
    }

    #[test]
    fn the_names_of_columns_are_quoted_and_a_mark_is_for_spreadsheets() {
        let (data, spreadsheet) = (header(Form::Data).unwrap(), header(Form::Spreadsheet).unwrap());
        let later = b",\"leaf_hash\",\"carried_vnd\",\"other_income_vnd\",";
        assert!(data.starts_with(b"\"log_index\",\"code\",") && data.windows(later.len()).any(|part| part == later));
        assert!(data.ends_with(b",\"of\",\"to\",\"category\",\"counts_in\"\r\n"));
        assert!(spreadsheet.starts_with(b"\xef\xbb\xbf\""));
    }
}
