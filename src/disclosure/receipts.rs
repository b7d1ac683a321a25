//! `/api/v1/public/log` and `/api/v1/public/entries/{code}/receipt`: what one needs to check an entry without us.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{CACHE_CONTROL_LIST, answer};
use crate::basics::{PublicCode, hex};
use crate::db::Db;
use crate::http::Problem;
use crate::http::sets::Shows;
use crate::ledger::public;
use crate::log::answers::{receipt_file, receipt_is_sealing, receipt_is_unproven};
use crate::log::key_log::KnownKey;
use crate::log::publisher::PublicLog;
use crate::log::tile_store::{self, Issued};

/// The state of the public log.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LogOut {
    /// The log's name, the first line of every checkpoint.
    #[schema(example = "so.redcross.org.vn/log")]
    pub origin: String,
    /// Keys that verify its signatures, as C2SP signed-note writes them; the newest last. Every new checkpoint bears all of them.
    pub keys: Vec<String>,
    /// Every key the log has had, the oldest first: since when, until when, and which leaves say so.
    pub key_history: Vec<LogKeyOut>,
    /// Entries under the newest checkpoint.
    pub size: u64,
    /// Root over them, hexadecimal. The signed form is at `/log/checkpoint`.
    pub root: String,
    /// When this server signed it. (The signature does not cover the time.)
    pub signed_at: DateTime<Utc>,
    /// Seconds within which an entry is under a checkpoint, unless something is broken.
    pub maximum_merge_delay_seconds: u32,
}

/// A key of the log.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LogKeyOut {
    pub vkey: String,
    pub added_at: DateTime<Utc>,
    /// The leaf of kind KEY that announced it; a log's first key has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub added_by: Option<String>,
    /// From then on it signs nothing new. What it signed before it still verifies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retired_by: Option<String>,
}

impl From<&KnownKey> for LogKeyOut {
    fn from(key: &KnownKey) -> Self {
        Self {
            vkey: key.vkey.clone(),
            added_at: key.added_at,
            added_by: key.entry.clone(),
            retired_at: key.retired.as_ref().map(|retired| retired.at),
            retired_by: key.retired.as_ref().map(|retired| retired.entry.clone()),
        }
    }
}

/// Published with every checkpoint: nothing should take longer.
const MAXIMUM_MERGE_DELAY: u32 = 60;

/// The log as it is published now; `None` until the first checkpoint.
pub fn log_state(log: &PublicLog) -> Option<LogOut> {
    let latest = log.latest()?;
    Some(LogOut {
        origin: log.origin.to_string(),
        keys: log.keys().iter().filter(|key| key.retired.is_none()).map(|key| key.vkey.clone()).collect(),
        key_history: log.keys().iter().map(LogKeyOut::from).collect(),
        size: latest.head.size,
        root: hex(&latest.head.root),
        signed_at: latest.signed_at,
        maximum_merge_delay_seconds: MAXIMUM_MERGE_DELAY,
    })
}

/// The public log: its name, its keys, its newest checkpoint.
#[utoipa::path(tag = "public", responses((status = 200, body = LogOut), Shows), security(()))]
#[get("/log")]
pub async fn show_log(request: HttpRequest, log: web::Data<PublicLog>) -> Result<HttpResponse, Problem> {
    answer(&request, &log_state(&log).ok_or_else(Problem::not_found)?, CACHE_CONTROL_LIST)
}

/// A file that proves an entry.
///
/// Its leaf, the proof and the signed checkpoint (C2SP tlog-proof). It holds nothing that is not public. 404 with `Retry-After` while the entry is being sealed.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, example = "7ZC4K0M9T2R8VQ3BV")),
    responses((status = 200, content_type = "text/plain", body = String), Shows), security(())
)]
#[get("/entries/{code}/receipt")]
pub async fn download_receipt(
    code: web::Path<String>,
    db: web::Data<Db>,
    log: web::Data<PublicLog>,
) -> Result<HttpResponse, Problem> {
    let code = PublicCode::parse(&code).map_err(|_| Problem::not_found())?;
    let (asked, signed) = (code.clone(), log.latest());
    let (reversed_by, issued) = db
        .read_public(move |conn| -> Result<_, Problem> {
            let reversed_by = public::reversals_of(conn, &[asked.as_str()])?.remove(asked.as_str());
            Ok((reversed_by, tile_store::receipt(conn, asked.as_str(), signed.as_deref())?))
        })
        .await?;
    match issued {
        Issued::NoSuchLeaf => Err(Problem::not_found()),
        Issued::Sealing => Err(receipt_is_sealing()),
        Issued::Unproven => Err(receipt_is_unproven()),
        Issued::Receipt(receipt) => receipt_file(&code, &receipt, reversed_by, "public, max-age=10"),
    }
}
