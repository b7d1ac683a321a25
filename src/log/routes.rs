//! `/log/…`: the published log as C2SP tlog-tiles asks for it, from files that any static server could serve as well.
//!
//! Pieces never change, so they are kept in memory by name. Only what another server has published a moment ago and is not
//! in this folder yet, or was lost here and is not mended yet, is read from the database.

use std::io;
use std::time::SystemTime;

use actix_web::http::header::{
    AcceptEncoding, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, Encoding, Header, LastModified, VARY,
};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use moka::sync::Cache;
use utoipa::{OpenApi, ToSchema};

use super::folder::LogFolder;
use super::publisher::PublicLog;
use super::tile_store;
use super::tiles::{Of, Piece};
use crate::db::{Db, DbError};
use crate::http::{Allowance, Class, Kind, Problem};

const IMMUTABLE: &str = "public, max-age=31536000, immutable";
const MOMENT: &str = "public, max-age=1";
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Pieces by name, with whether they are compressed.
#[derive(Clone)]
pub struct PieceCache(Cache<(Piece, bool), Bytes>);

impl Default for PieceCache {
    fn default() -> Self {
        let weigh = |_: &(Piece, bool), bytes: &Bytes| u32::try_from(bytes.len() + 64).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(MAX_BYTES).weigher(weigh).build())
    }
}

pub fn configure(config: &mut web::ServiceConfig) {
    config.route("/log/checkpoint", web::get().to(show_checkpoint)).route("/log/{path:tile/.*}", web::get().to(show_piece));
}

/// The log's own paths for the OpenAPI document: C2SP fixes them, so they are outside of the API's versions.
#[derive(OpenApi)]
#[openapi(paths(show_checkpoint, show_piece))]
pub struct LogPaths;

/// The bytes of a piece.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct PieceBytes(#[allow(dead_code, reason = "names the answer in the OpenAPI document")] Bytes);

/// The newest checkpoint of the public log: how many leaves it has, their root, our signature.
#[utoipa::path(get, path = "/log/checkpoint", tag = "public", security(()),
    responses((status = 200, description = "A signed note (C2SP tlog-checkpoint).", body = String, content_type = "text/plain"),
    (status = "default", response = crate::http::answers::AnyProblem)))]
pub async fn show_checkpoint(log: web::Data<PublicLog>) -> Result<HttpResponse, Problem> {
    let latest = log.latest().ok_or_else(not_published_yet)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((CACHE_CONTROL, MOMENT))
        // When it was signed, for people; the signature does not cover it.
        .insert_header(LastModified(SystemTime::from(latest.signed_at).into()))
        .body(latest.note.clone()))
}

/// A piece of the public log: hashes of a level, or entries.
#[utoipa::path(get, path = "/log/tile/{level}/{index}", tag = "public", security(()),
    params(("level" = String, Path, description = "`0` to `5` for hashes, `entries` for the entries themselves.", example = "entries"),
        ("index" = String, Path, example = "000",
            description = "Which piece of 256, in groups of three digits with `x` before all but the last, divided by `/` (not escaped): \
                           `x001/234`. The last piece is partial: `000.p/17` has 17. See C2SP tlog-tiles.")),
    responses((status = 200, description = "The piece, which never changes.", body = PieceBytes, content_type = "application/octet-stream"),
    (status = 404, response = crate::http::answers::NotFound), (status = "default", response = crate::http::answers::AnyProblem)))]
pub async fn show_piece(
    request: HttpRequest,
    path: web::Path<String>,
    log: web::Data<PublicLog>,
    cache: web::Data<PieceCache>,
    db: web::Data<Db>,
    allowance: Allowance,
) -> Result<HttpResponse, Problem> {
    let piece = Piece::parse(&path).ok_or_else(Problem::not_found)?;
    let compressed = piece.of == Of::Entries && takes_gzip(&request);
    if let Some(bytes) = cache.0.get(&(piece, compressed)) {
        return Ok(answer(piece, compressed, bytes));
    }
    let folder = log.folder.clone();
    let read = web::block(move || read(&folder, piece, compressed)).await.map_err(Problem::internal)?;
    let (compressed, bytes) = match read.map_err(Problem::internal)? {
        Some(found) => found,
        None => {
            // Nobody has to make us look into the database for what is not there.
            allowance.spend(Class::PublicRead)?;
            (false, from_database(&db, piece).await?)
        }
    };
    let bytes = Bytes::from(bytes);
    cache.0.insert((piece, compressed), bytes.clone());
    Ok(answer(piece, compressed, bytes))
}

fn read(folder: &LogFolder, piece: Piece, compressed: bool) -> io::Result<Option<(bool, Vec<u8>)>> {
    if compressed && let Some(bytes) = folder.read_compressed(piece)? {
        return Ok(Some((true, bytes)));
    }
    Ok(folder.read(piece)?.map(|bytes| (false, bytes)))
}

/// What a checkpoint of any server covers: never leaves that are not signed yet.
async fn from_database(db: &Db, piece: Piece) -> Result<Vec<u8>, Problem> {
    let bytes = db
        .read_public(move |conn| -> Result<Option<Vec<u8>>, DbError> {
            let signed = super::checkpoint_store::latest(conn)?.map_or(0, |signed| signed.head.size);
            if piece.is_within(signed) { tile_store::piece(conn, piece) } else { Ok(None) }
        })
        .await?;
    bytes.ok_or_else(Problem::not_found)
}

fn takes_gzip(request: &HttpRequest) -> bool {
    let best = AcceptEncoding::parse(request).ok().and_then(|accepted| accepted.negotiate([Encoding::gzip()].iter()));
    best == Some(Encoding::gzip())
}

fn answer(piece: Piece, compressed: bool, bytes: Bytes) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_TYPE, "application/octet-stream")).insert_header((CACHE_CONTROL, IMMUTABLE));
    if piece.of == Of::Entries {
        response.insert_header((VARY, "accept-encoding"));
    }
    if compressed {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    response.body(bytes)
}

/// No "not found", which a cache might keep: there will be a checkpoint in a moment.
fn not_published_yet() -> Problem {
    let (vi, en) =
        ("Nhật ký công khai sắp có: hãy thử lại sau vài giây.", "The public log will be here in a few seconds: try again.");
    Problem { retry_after: Some(2), ..Problem::say(Kind::Unavailable, vi, en) }
}
