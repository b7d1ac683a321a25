//! `/api/v1/public/appeals/{code}/ledger.csv`: an appeal's whole ledger, streamed.
//!
//! The file is one moment: the entries that were in the log when the download began (`X-Log-Size`), however long it
//! takes. It is read page by page, so neither memory nor a transaction grows with the ledger. Adding up `amount_vnd`
//! of `APPEAL:` rows gives what the appeal received; what old books carried over is in `carried_vnd`, apart from it.
//! `leaf_hash` ties each row to the public log.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, get, web};
use futures_util::stream::{self, Stream};

use crate::basics::hex;
use crate::db::Db;
use crate::giving::appeals as store;
use crate::giving::model::AppealState;
use crate::http::Problem;
use crate::ledger::public::{self, PublicGoods, PublicRow};
use crate::log;

const ROWS_A_PAGE: i64 = 1_000;

const HEADER: [&str; 17] = [
    "log_index",
    "code",
    "kind",
    "day",
    "booked_on",
    "channel",
    "chapter",
    "province",
    "fund",
    "amount_vnd",
    "giver",
    "goods",
    "message_count",
    "reverses",
    "reason",
    "leaf_hash",
    "carried_vnd",
];

/// An appeal's ledger as CSV (RFC 4180, UTF-8), in the order of booking.
#[utoipa::path(tag = "public", params(("code" = String, Path, example = "LULUT-2026")), responses(
    (status = 200, content_type = "text/csv", body = String, description = "One row an entry; `X-Log-Size` says at which size of the log"),
    (status = 404, response = crate::http::answers::NotFound), (status = "default", response = crate::http::answers::AnyProblem)), security(()))]
#[get("/appeals/{code}/ledger.csv")]
pub async fn appeal_ledger(code: web::Path<String>, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let asked = code.into_inner();
    let (code, size) = db
        .read_public(move |conn| -> Result<_, Problem> {
            let row =
                store::find(conn, &asked)?.filter(|row| row.state != AppealState::Draft.name()).ok_or_else(Problem::not_found)?;
            Ok((row.code, log::store::size(conn)?))
        })
        .await?;
    let name = format!("attachment; filename=\"{code}-{size}.csv\"");
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, name))
        .insert_header((CACHE_CONTROL, super::CACHE_CONTROL_LIST))
        .insert_header(("x-log-size", size.to_string()))
        .streaming(pages(db, code, size)))
}

/// Where the download is.
enum Position {
    Start,
    After(i64),
    End,
}

fn pages(db: web::Data<Db>, appeal: String, size: i64) -> impl Stream<Item = Result<Bytes, Problem>> {
    stream::unfold(Position::Start, move |position| {
        let (db, appeal) = (db.clone(), appeal.clone());
        async move {
            let after = match position {
                Position::Start => {
                    let header = encode([HEADER.iter().map(|name| (*name).to_owned()).collect()]);
                    return Some((header, Position::After(i64::MIN)));
                }
                Position::After(seq) => seq,
                Position::End => return None,
            };
            let page = db
                .read_public(move |conn| -> Result<_, Problem> {
                    Ok(public::ledger_page(conn, &appeal, size, after, ROWS_A_PAGE)?)
                })
                .await;
            match page {
                // An error in the middle breaks the chunked answer off, so a cut file is not taken for a whole one.
                Err(problem) => Some((Err(problem), Position::End)),
                Ok(rows) => {
                    let last = rows.last().map(|(row, _)| row.seq)?;
                    Some((encode(rows.into_iter().map(|(row, index)| record(row, index))), Position::After(last)))
                }
            }
        }
    })
}

fn record(row: PublicRow, index: i64) -> Vec<String> {
    let text = |text: Option<String>| text.map(|text| harmless(&text)).unwrap_or_default();
    // What came by no channel was not received now: an opening balance, or the reversal of one.
    let (received, carried) = match row.channel {
        Some(_) => (row.amount_vnd, String::new()),
        None => (0, row.amount_vnd.to_string()),
    };
    vec![
        index.to_string(),
        row.code,
        row.kind,
        row.day.to_string(),
        row.booked.to_string(),
        row.channel.unwrap_or_default(),
        row.chapter,
        row.province.unwrap_or_default(),
        row.fund,
        received.to_string(),
        text(row.giver),
        text(row.goods.map(goods_text)),
        row.message_count.map(|n| n.to_string()).unwrap_or_default(),
        row.reverses.unwrap_or_default(),
        row.reason.unwrap_or_default(),
        hex(&row.leaf_hash),
        carried,
    ]
}

fn goods_text(goods: serde_json::Value) -> String {
    let goods: Vec<PublicGoods> = serde_json::from_value(goods).unwrap_or_default();
    goods.iter().map(|g| format!("{} {} {}", g.item, g.quantity, g.unit)).collect::<Vec<_>>().join("; ")
}

/// Text that a spreadsheet would take for a formula gets an apostrophe in front.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn encode(records: impl IntoIterator<Item = Vec<String>>) -> Result<Bytes, Problem> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for record in records {
        writer.write_record(&record).map_err(Problem::internal)?;
    }
    Ok(Bytes::from(writer.into_inner().map_err(|error| Problem::internal(error.error()))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused_and_quotes_doubled() {
        for text in ["=1+1", "+84", "-5", "@SUM(A1)", "\tx", "＝1"] {
            assert!(harmless(text).starts_with('\''), "{text}");
        }
        assert_eq!(harmless("Nguyễn Văn An"), "Nguyễn Văn An");
        let bytes = encode([vec!["a\"b".to_owned(), "c,d".to_owned()]]).unwrap();
        assert_eq!(&bytes[..], b"\"a\"\"b\",\"c,d\"\r\n");
    }
}
