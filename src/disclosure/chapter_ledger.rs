//! `/api/v1/chapters/{code}/ledger.xlsx`: a chapter's own book for those who may read it, a line a posting.
//!
//! It says of givers what the public sees of them. The file is one moment, as the public one is: what was in the log when it was asked
//! for. It is read page by page and written to a temporary file as it is read, so memory does not grow with the book.

use std::io::Read;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ContentDisposition};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, get, web};
use chrono::NaiveDate;
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use sheets::{Book, Out, Width};
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};

use super::labels::{self, Categories};
use crate::authz::{self, Desk};
use crate::chapters::store as chapters;
use crate::db::Db;
use crate::http::sets::Lists;
use crate::http::{Lang, Problem, Query};
use crate::ledger::book::{self, BookEntry, BookOf};
use crate::log;
use crate::vouchers::store::{self as vouchers, Issued};

const ENTRIES_A_PAGE: i64 = 1_000;
const CHUNK_BYTES: usize = 64 * 1024;
/// Books written at once, in a process.
static WRITING: Semaphore = Semaphore::const_new(2);

/// XLSX.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "names the answer's form in the OpenAPI document")]
pub struct BookFile(Vec<u8>);

/// Which days of the book.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BookQuery {
    /// First day; from the beginning when absent.
    #[param(example = "2026-01-01")]
    from: Option<NaiveDate>,
    /// Last day; to the end when absent.
    #[param(example = "2026-12-31")]
    to: Option<NaiveDate>,
}

/// A chapter's book as a spreadsheet: one line a posting, debit and credit apart, with their sums.
#[utoipa::path(
    tag = "bookkeeping", params(("code" = String, Path, description = "Code of the chapter", example = "23095"), BookQuery),
    responses(
        (status = 200, body = BookFile, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "`X-Log-Size` says at which size of the log"),
        Lists
    )
)]
#[get("/chapters/{code}/ledger.xlsx")]
pub async fn download_chapter_ledger(
    desk: Desk,
    code: web::Path<String>,
    Query(days): Query<BookQuery>,
) -> Result<HttpResponse, Problem> {
    let code = code.into_inner();
    let asked = code.clone();
    let (of, name) = desk
        .read(move |v| {
            let (_, here) = v.see_code::<authz::Read>(&asked)?;
            let name = chapters::names(v.conn, &[asked.as_str()])?.remove(&asked).unwrap_or_else(|| asked.clone());
            Ok((BookOf { chapter: here.id, size: log::store::size(v.conn)?, from: days.from, to: days.to }, name))
        })
        .await?;
    let _turn = WRITING.acquire().await.map_err(Problem::internal)?;
    let chapter = code.clone();
    let file = desk.blocking(move |db, _, _| written(db, of, &chapter, &name)).await?;
    let length = file.metadata().map_err(Problem::internal)?.len();
    // A code is letters, digits and dashes; what is not has no place in a header.
    let safe: String = code.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
        .insert_header(ContentDisposition::attachment(format!("so-{safe}-{}.xlsx", of.size)))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header(("x-log-size", of.size.to_string()))
        .no_chunking(length)
        .streaming(chunks(file)))
}

/// Reads the book and writes it, page by page; the file is rewound.
fn written(db: &Db, of: BookOf, chapter: &str, name: &str) -> Result<std::fs::File, Problem> {
    let mut book = Book::new("Sổ", titles(&of, name), headings()).map_err(Problem::internal)?;
    let mut after = None;
    loop {
        let (page, receipts, categories) = db.read_blocking(|conn| -> Result<_, Problem> {
            let page = book::page(conn, of, after, ENTRIES_A_PAGE)?;
            let ids: Vec<_> = page.iter().map(|entry| entry.id).collect();
            let categories = Categories::read(conn, page.iter().filter_map(|entry| entry.category.as_deref()))?;
            Ok((page, vouchers::of_entries(conn, &ids)?, categories))
        })?;
        let Some(last) = page.last() else { break };
        after = Some((last.day, last.id));
        for entry in &page {
            write(&mut book, entry, receipts.get(&entry.id), &categories, chapter).map_err(Problem::internal)?;
        }
    }
    let (file, _) = book.finish_to_file().map_err(Problem::internal)?;
    Ok(file)
}

fn titles(of: &BookOf, name: &str) -> Vec<String> {
    let day = |day: NaiveDate| day.format("%d/%m/%Y").to_string();
    let days = match (of.from, of.to) {
        (None, None) => "Toàn bộ các ngày".to_owned(),
        (Some(from), None) => format!("Từ ngày {}", day(from)),
        (None, Some(to)) => format!("Đến hết ngày {}", day(to)),
        (Some(from), Some(to)) => format!("Từ ngày {} đến hết ngày {}", day(from), day(to)),
    };
    vec![format!("SỔ CHI TIẾT – {name}"), format!("{days}; sổ niêm phong có {} bút toán khi xuất", of.size)]
}

fn headings() -> Vec<(String, Width)> {
    [
        ("Ngày", Width::Day),
        ("Ngày vào sổ", Width::Day),
        ("Số phiếu thu", Width::Text(22)),
        ("Mã bút toán", Width::Text(20)),
        ("Loại bút toán", Width::Text(24)),
        ("Hình thức", Width::Text(14)),
        ("Quỹ", Width::Text(22)),
        ("Tài khoản", Width::Text(30)),
        ("Nợ (đồng)", Width::Amount(16)),
        ("Có (đồng)", Width::Amount(16)),
        ("Người ủng hộ (như công khai)", Width::Text(28)),
        ("Hủy bút toán", Width::Text(20)),
        ("Lý do hủy", Width::Text(20)),
        ("Vị trí trong sổ niêm phong (từ 0)", Width::Number(12)),
        ("Về bút toán", Width::Text(20)),
        ("Mã đơn vị được chuyển đến", Width::Text(14)),
        ("Mục chi, thu", Width::Text(24)),
    ]
    .map(|(heading, width)| (heading.to_owned(), width))
    .to_vec()
}

fn write(
    book: &mut Book,
    entry: &BookEntry,
    receipt: Option<&Issued>,
    categories: &Categories,
    chapter: &str,
) -> Result<(), sheets::WriteError> {
    let number = receipt.map(|issued| issued.number(chapter)).map(|number| format!("{} {}", number.series(), number.number()));
    let said = |label: fn(&str, Lang) -> String, code: Option<&str>| code.map(|code| label(code, Lang::Vi)).unwrap_or_default();
    let (channel, reason) = (said(labels::channel, entry.channel.as_deref()), said(labels::reason, entry.reason.as_deref()));
    let kind = labels::kind(&entry.kind, Lang::Vi);
    let category = entry.category.as_deref().map(|code| categories.name(code, Lang::Vi)).unwrap_or_default();
    for line in &entry.lines {
        let account = labels::account(&line.account, Lang::Vi);
        let (debit, credit) = match line.amount {
            amount if amount >= 0 => (Out::Whole(amount), Out::Empty),
            amount => (Out::Empty, Out::Whole(-amount)),
        };
        book.row(&[
            Out::Day(entry.day),
            Out::Day(entry.booked),
            Out::Text(number.as_deref().unwrap_or_default()),
            Out::Text(&entry.code),
            Out::Text(&kind),
            Out::Text(&channel),
            Out::Text(&line.fund),
            Out::Text(&account),
            debit,
            credit,
            Out::Text(entry.giver.as_deref().unwrap_or_default()),
            Out::Text(entry.reverses.as_deref().unwrap_or_default()),
            Out::Text(&reason),
            Out::Number(entry.index),
            Out::Text(entry.of.as_deref().unwrap_or_default()),
            Out::Text(entry.to.as_deref().unwrap_or_default()),
            Out::Text(&category),
        ])?;
    }
    Ok(())
}

/// A file in pieces, read off the thread that takes requests.
fn chunks(file: std::fs::File) -> impl Stream<Item = Result<Bytes, Problem>> {
    stream::unfold(Some(file), |file| async move {
        let mut file = file?;
        let read = web::block(move || {
            let mut piece = vec![0; CHUNK_BYTES];
            let length = file.read(&mut piece)?;
            piece.truncate(length);
            std::io::Result::Ok((piece, file))
        })
        .await;
        match read {
            Ok(Ok((piece, _))) if piece.is_empty() => None,
            Ok(Ok((piece, file))) => Some((Ok(Bytes::from(piece)), Some(file))),
            Ok(Err(error)) => Some((Err(Problem::internal(error)), None)),
            Err(error) => Some((Err(Problem::internal(error)), None)),
        }
    })
}
