//! Style sheet, scripts and pictures: in the program itself, under addresses that change with their content.
//!
//! All assets share one folder named by the hash of them all, `/assets/<hash>/<name>`, so that modules find each other by
//! relative addresses and everything under it may be kept for ever. Without the hash an asset is served too, for a
//! short while: an old page finds today's.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, web};
use sha2::{Digest, Sha256};

use crate::basics::hex;
use crate::http::{Problem, Rendered};

const SCRIPT: &str = "text/javascript; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

/// (name, type, content).
const FILES: &[(&str, &str, &str)] = &[
    ("portal.css", "text/css; charset=utf-8", include_str!("../../assets/portal/portal.css")),
    ("live.js", SCRIPT, include_str!("../../assets/portal/live.js")),
    ("entry.js", SCRIPT, include_str!("../../assets/portal/entry.js")),
    ("check.js", SCRIPT, include_str!("../../assets/portal/check.js")),
    ("log.js", SCRIPT, include_str!("../../assets/portal/log.js")),
    ("verify.js", SCRIPT, include_str!("../../assets/portal/verify.js")),
    ("noble-ed25519.js", SCRIPT, include_str!("../../assets/portal/noble-ed25519.js")),
    ("verify.css", "text/css; charset=utf-8", include_str!("../../assets/portal/verify.css")),
    (MARK, "image/svg+xml", include_str!("../../assets/portal/mark.svg")),
    (CHECK_RECEIPT, TEXT, include_str!("../../assets/outside/check-receipt.sh")),
    (VERIFY_LOG, TEXT, include_str!("../../assets/outside/verify-log.go")),
    (ADD_UP, TEXT, include_str!("../../assets/outside/add-up.py")),
];
/// Programs that share no code with ours, for whoever would rather not run ours: the files that `tests/outside` runs.
pub const CHECK_RECEIPT: &str = "check-receipt.sh";
pub const VERIFY_LOG: &str = "verify-log.go";
pub const ADD_UP: &str = "add-up.py";
/// The picture beside the name: a ledger. The Red Cross emblem is protected by law and not ours to decorate pages with.
const MARK: &str = "mark.svg";

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const FOR_A_WHILE: &str = "public, max-age=300";

const ROBOTS: &str = "User-agent: *\nAllow: /\nDisallow: /su-kien\n";

/// All assets, compressed once.
static SERVED: LazyLock<Vec<(&'static str, Rendered)>> =
    LazyLock::new(|| FILES.iter().map(|(name, kind, text)| (*name, Rendered::new(kind, text.as_bytes()))).collect());

static FOLDER: LazyLock<String> = LazyLock::new(|| {
    let mut all = Sha256::new();
    for (name, _, text) in FILES {
        all.update(name.as_bytes());
        all.update([0]);
        all.update(text.as_bytes());
        all.update([0]);
    }
    hex(&all.finalize()[..8])
});

/// Where an asset is served, by its name.
pub fn address(name: &str) -> String {
    format!("/assets/{}/{name}", *FOLDER)
}

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/assets/{hash}/{name}", web::get().to(hashed))
        .route("/assets/{name}", web::get().to(named))
        .route("/favicon.ico", web::get().to(icon))
        .route("/robots.txt", web::get().to(robots));
}

fn send(request: &HttpRequest, name: &str, cache_control: &'static str) -> Result<HttpResponse, Problem> {
    let (_, asset) = SERVED.iter().find(|(known, _)| *known == name).ok_or_else(Problem::not_found)?;
    Ok(asset.answer(request, cache_control, "accept-encoding"))
}

async fn hashed(request: HttpRequest, path: web::Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (hash, name) = path.into_inner();
    // A page of another version asks with its hash: what it gets must not be kept under that name.
    send(&request, &name, if hash == *FOLDER { FOR_EVER } else { FOR_A_WHILE })
}

async fn named(request: HttpRequest, name: web::Path<String>) -> Result<HttpResponse, Problem> {
    send(&request, &name, FOR_A_WHILE)
}

async fn icon(request: HttpRequest) -> Result<HttpResponse, Problem> {
    send(&request, MARK, FOR_A_WHILE)
}

async fn robots(request: HttpRequest) -> HttpResponse {
    Rendered::new("text/plain; charset=utf-8", ROBOTS).answer(&request, FOR_A_WHILE, "accept-encoding")
}
