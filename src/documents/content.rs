//! The bytes of documents: for those who may read the chapter, and published ones for everybody.
//!
//! Files go out as streams of small pieces, whole or in part (`Range`), under the type their bytes have and nothing
//! a browser could take for a page: no sniffing, no scripts, a sandbox.

use std::fs::File;
use std::io::{self, Read as _, Seek, SeekFrom};

use actix_web::body::SizedStream;
use actix_web::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderValue,
    IF_RANGE, RANGE,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, get, web};
use diesel::pg::PgConnection;
use futures_util::Stream;
use utoipa::ToSchema;

use super::closures::{self, Admitted};
use super::files::Archive;
use super::model::{ContentHash, MediaType, Placed, Wanted, content_disposition, titled_file, wanted};
use super::shown::name_of;
use super::store::{self, Key};
use crate::authz::Desk;
use crate::db::Db;
use crate::house::Rooms;
use crate::http::etag::is_known;
use crate::http::sets::{Acts, Shows};
use crate::http::{Kind, Problem};

/// Bytes read and sent at a time.
const PIECE: usize = 64 * 1024;
/// The bytes of a hash never change; a withdrawn document may linger in caches for so long.
const PUBLIC_CACHE: &str = "public, max-age=604800, immutable";
/// Of what goes when somebody does not agree any more: asked for again, so that it goes everywhere.
const PUBLIC_CACHE_WHILE_AGREED: &str = "public, max-age=300";

/// The bytes of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct Content(#[allow(dead_code, reason = "names the answer in the OpenAPI document")] Bytes);

/// A document ready to be sent.
struct Served {
    hash: ContentHash,
    size: u64,
    kind: MediaType,
    name: String,
    placed: Placed,
    cache: &'static str,
}

/// The bytes of a document, by its id or by its SHA-256. Reading it is noted in the audit trail.
#[utoipa::path(
    tag = "documents", params(("key" = String, Path, description = "The document's `id`, or its `sha256`")),
    responses(
        (status = 200, body = inline(Content), content_type = "application/octet-stream", description = "The file, under its own type"),
        (status = 206, body = inline(Content), content_type = "application/octet-stream", description = "The part asked for with `Range`"),
        Acts
    )
)]
#[get("/documents/{key}/content")]
pub async fn read_document(
    desk: Desk,
    request: HttpRequest,
    key: web::Path<String>,
    archive: web::Data<Archive>,
    rooms: web::Data<Rooms>,
) -> Result<HttpResponse, Problem> {
    let key = Key::parse(&key);
    let served = desk
        .tx(move |v| {
            let key = key.ok_or_else(Problem::not_found)?;
            let (row, seen) = store::readable(v, **rooms, &key)?.ok_or_else(Problem::not_found)?;
            let admitted = closures::admit(v, &row, &seen)?;
            v.note_seen(&seen, admitted.action(), row.id)?;
            let name = match name_of(v.vault, &row)? {
                name if name.is_empty() || admitted == Admitted::ToClosed => row.id.to_string(),
                name => name,
            };
            served(&row.sha256, row.size_bytes, &row.media_type, name, "no-store")
        })
        .await?;
    send(&request, &archive, served).await
}

/// A published document, by its SHA-256.
#[utoipa::path(
    tag = "public", params(("sha256" = String, Path, description = "64 hexadecimal digits")),
    responses(
        (status = 200, body = inline(Content), content_type = "application/octet-stream", description = "The file, under its own type"),
        (status = 206, body = inline(Content), content_type = "application/octet-stream", description = "The part asked for with `Range`"),
        Shows
    ),
    security(())
)]
#[get("/documents/{sha256}")]
pub async fn read_public_document(
    request: HttpRequest,
    sha256: web::Path<String>,
    db: web::Data<Db>,
    archive: web::Data<Archive>,
) -> Result<HttpResponse, Problem> {
    let hash = ContentHash::parse(&sha256).ok_or_else(Problem::not_found)?;
    let look = move |conn: &mut PgConnection| -> Result<_, Problem> {
        let found = store::published(conn, &hash)?.ok_or_else(Problem::not_found)?;
        Ok((found, store::may_be_taken_back(conn, &hash)?))
    };
    let (found, may_go) = db.read_public(look).await?;
    let cache = if may_go { PUBLIC_CACHE_WHILE_AGREED } else { PUBLIC_CACHE };
    let mut served = served(&found.sha256, found.size_bytes, &found.media_type, String::new(), cache)?;
    served.name = titled_file(&found.title, served.kind);
    // A viewer inside the browser is one more program that reads what strangers sent: the public saves it first.
    if served.kind == MediaType::Pdf {
        served.placed = Placed::Attachment;
    }
    send(&request, &archive, served).await
}

fn served(sha256: &str, size: i64, media_type: &str, name: String, cache: &'static str) -> Result<Served, Problem> {
    let (Some(hash), Some(kind)) = (ContentHash::parse(sha256), MediaType::parse(media_type)) else {
        return Err(Problem::internal("a document has an odd hash or type"));
    };
    Ok(Served { hash, size: size.unsigned_abs(), kind, name, placed: Placed::Inline, cache })
}

/// Answers with the file, a part of it, or that the client has it already.
async fn send(request: &HttpRequest, archive: &web::Data<Archive>, served: Served) -> Result<HttpResponse, Problem> {
    let etag = format!("\"{}\"", served.hash);
    let header = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if HeaderValue::from_str(&etag).is_ok_and(|tag| is_known(request, &tag)) {
        return Ok(head(HttpResponse::NotModified(), &served, &etag).finish());
    }
    // A part of something else is of no use: `If-Range` with another tag asks for the whole.
    let range = header(RANGE).filter(|_| header(IF_RANGE).is_none_or(|tag| tag == etag));
    let (first, length) = match wanted(range, served.size) {
        Wanted::All => (0, served.size),
        Wanted::Part(first, length) => (first, length),
        Wanted::Outside => {
            let headers = vec![("content-range", format!("bytes */{}", served.size))];
            return Err(Problem { headers, ..Problem::new(Kind::RangeNotSatisfiable) });
        }
    };
    let file = {
        let (archive, hash) = (archive.clone(), served.hash.clone());
        web::block(move || archive.open(&hash)).await.map_err(Problem::internal)??
    };
    let file = file.ok_or_else(|| Problem::internal(format!("the file of document {} is missing", served.hash)))?;
    let body = SizedStream::new(length, pieces(file, first, length));
    let mut response = match length == served.size {
        true => head(HttpResponse::Ok(), &served, &etag),
        false => {
            let mut response = head(HttpResponse::PartialContent(), &served, &etag);
            response.insert_header((CONTENT_RANGE, format!("bytes {first}-{}/{}", first + length - 1, served.size)));
            response
        }
    };
    Ok(response.body(body))
}

/// Everything but the body.
fn head(mut response: HttpResponseBuilder, served: &Served, etag: &str) -> HttpResponseBuilder {
    // Chromium shows no PDF inside a sandbox; it opens them in a viewer of its own, which runs nothing of ours.
    let policy = match (served.kind, served.placed) {
        (MediaType::Pdf, Placed::Inline) => "default-src 'none'; frame-ancestors 'none'",
        _ => "default-src 'none'; frame-ancestors 'none'; sandbox",
    };
    response
        .insert_header((CONTENT_TYPE, served.kind.name()))
        .insert_header((CONTENT_DISPOSITION, content_disposition(served.placed, &served.name)))
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((CACHE_CONTROL, served.cache))
        .insert_header((ACCEPT_RANGES, "bytes"))
        .insert_header((ETAG, etag));
    response
}

/// A part of a file, piece by piece, each read on a thread that may wait.
fn pieces(file: File, first: u64, length: u64) -> impl Stream<Item = Result<Bytes, io::Error>> {
    futures_util::stream::try_unfold((file, first, length), |(mut file, at, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let read = web::block(move || -> io::Result<(File, Vec<u8>)> {
            file.seek(SeekFrom::Start(at))?;
            let mut piece = Vec::with_capacity(PIECE.min(usize::try_from(left).unwrap_or(PIECE)));
            file.by_ref().take(left.min(PIECE as u64)).read_to_end(&mut piece)?;
            Ok((file, piece))
        });
        let (file, piece) = read.await.map_err(io::Error::other)??;
        if piece.is_empty() {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        let length = piece.len() as u64;
        Ok(Some((Bytes::from(piece), (file, at + length, left - length))))
    })
}
