//! What is answered about receipts, wherever one is asked for.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ContentDisposition};

use super::receipt::{EXTENSION, Receipt};
use crate::basics::PublicCode;
use crate::http::{Kind, Problem, Say};

/// Recorded and not under a published checkpoint yet.
pub fn receipt_is_sealing() -> Problem {
    Problem {
        detail: Some(Say::fixed(
            "Đã ghi sổ, đang niêm phong: hãy thử lại sau vài giây.",
            "Recorded and being sealed: try again in a few seconds.",
        )),
        retry_after: Some(2),
        ..Problem::not_found()
    }
}

/// A receipt that does not hold is worse than none.
pub fn receipt_is_unproven() -> Problem {
    let (vi, en) = (
        "Khoản này đã ghi sổ, nhưng lúc này máy chủ chưa chứng minh được vị trí của nó trong sổ công khai: hãy thử lại sau.",
        "This is recorded, but the server cannot prove its place in the public log now: try again later.",
    );
    Problem { retry_after: Some(30), ..Problem::say(Kind::Unavailable, vi, en) }
}

/// A receipt as a file to be kept, `<code>.tlog-proof`.
pub fn receipt_file(
    code: &PublicCode,
    receipt: &Receipt,
    reversed_by: Option<String>,
    cache_control: &'static str,
) -> Result<HttpResponse, Problem> {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header(ContentDisposition::attachment(format!("{}.{EXTENSION}", code.as_str())))
        .insert_header((CACHE_CONTROL, cache_control));
    // The file proves what was signed, for ever; that the entry no longer stands is said beside it.
    if let Some(reversed_by) = reversed_by {
        response.insert_header((REVERSED_BY, reversed_by));
    }
    Ok(response.body(receipt.text().map_err(Problem::internal)?))
}

/// Public code of the entry that reversed the one whose receipt this is.
const REVERSED_BY: &str = "x-reversed-by";
