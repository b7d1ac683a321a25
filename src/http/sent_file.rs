//! The body of a list on its way in: bytes under a type that a spreadsheet may have.

use std::future::Future;
use std::pin::Pin;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web;
use actix_web::{FromRequest, HttpRequest, dev::Payload};

use super::{Bytes, Kind, Problem};

/// XLSX as it is named on the way.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// What is taken. Browsers on Windows call a CSV file Excel; what it is is told by its bytes.
const TYPES: [&str; 4] = ["application/octet-stream", XLSX, "text/csv", "application/vnd.ms-excel"];
/// Longest file; [`sheets::Limits::LIST`] has the same.
const FILE_BYTES: usize = 8 * 1024 * 1024;

/// A file as it is. A form of several parts or JSON around it would be read as garbage, so it is refused by its name.
#[derive(Debug)]
pub struct SentFile(pub web::Bytes);

impl FromRequest for SentFile {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_file = request.headers().get(CONTENT_TYPE).is_none_or(|said| said.to_str().is_ok_and(is_of_a_file));
        let bytes = Bytes::<FILE_BYTES>::from_request(request, payload);
        Box::pin(async move { if is_file { bytes.await.map(|Bytes(bytes)| Self(bytes)) } else { Err(unsupported()) } })
    }
}

fn is_of_a_file(said: &str) -> bool {
    let kind = said.split(';').next().unwrap_or_default().trim();
    kind.is_empty() || TYPES.iter().any(|known| kind.eq_ignore_ascii_case(known))
}

fn unsupported() -> Problem {
    Problem::say(
        Kind::UnsupportedMediaType,
        "Hãy gửi thẳng nội dung tệp .xlsx hoặc .csv, không đặt trong biểu mẫu nhiều phần hay JSON (Content-Type: application/octet-stream).",
        "Send the .xlsx or .csv file itself, not inside a form of several parts or JSON (Content-Type: application/octet-stream).",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_call_a_spreadsheet_is_taken() {
        for said in ["application/octet-stream", XLSX, "Text/CSV; charset=utf-8", "application/vnd.ms-excel", ""] {
            assert!(is_of_a_file(said), "{said}");
        }
        for said in ["application/json", "multipart/form-data; boundary=x", "text/html", "text/plain", "text/csvx", "csv"] {
            assert!(!is_of_a_file(said), "{said}");
        }
    }
}
