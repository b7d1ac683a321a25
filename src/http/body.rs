//! JSON bodies with a limit and errors that point at the field.

use std::pin::Pin;
use std::time::Duration;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web;
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;

use super::problem::{Kind, Problem};
use super::shape::wrong_shape;

/// A JSON body of at most `LIMIT` bytes (64 KiB unless said otherwise).
#[derive(Debug)]
pub struct Body<T, const LIMIT: usize = 65_536>(pub T);

impl<T: DeserializeOwned + 'static, const LIMIT: usize> FromRequest for Body<T, LIMIT> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|mime| mime.trim().eq_ignore_ascii_case("application/json"));
        let payload = web::Payload::from_request(request, payload);
        Box::pin(async move {
            if !is_json {
                return Err(Problem::say(
                    Kind::UnsupportedMediaType,
                    "Hãy gửi JSON với Content-Type: application/json.",
                    "Send JSON with Content-Type: application/json.",
                ));
            }
            let payload = payload.await.map_err(|_| Problem::new(Kind::Malformed))?;
            let Ok(received) = tokio::time::timeout(MOST_TIME, payload.to_bytes_limited(LIMIT)).await else {
                return Err(too_slow());
            };
            let bytes = match received {
                Ok(Ok(bytes)) => bytes,
                Ok(Err(_)) => return Err(Problem::new(Kind::Malformed)),
                Err(_) => {
                    return Err(Problem::say(
                        Kind::TooLarge,
                        format!("Tối đa {LIMIT} byte một lần gửi."),
                        format!("At most {LIMIT} bytes in one request."),
                    ));
                }
            };
            // serde would read a list as a struct whose names were left out: nothing here may be sent that way.
            if bytes.trim_ascii_start().starts_with(b"[") {
                return Err(not_an_object());
            }
            let mut deserializer = serde_json::Deserializer::from_slice(&bytes);
            let value = read(&mut deserializer, || serde_json::from_slice::<serde_json::Value>(&bytes).is_ok())?;
            deserializer.end().map_err(|error| malformed(&error))?;
            Ok(Body(value))
        })
    }
}

/// Whoever sends a byte now and then holds a connection as long as they like; on the slowest line 64 KiB take seconds.
const MOST_TIME: Duration = Duration::from_secs(30);

fn too_slow() -> Problem {
    Problem::say(
        Kind::TooSlow,
        "Nội dung gửi đến quá chậm: hãy gửi lại (cùng id), chia nhỏ nếu mạng yếu.",
        "The body came too slowly: send it again (with the same id), in smaller parts on a weak line.",
    )
}

/// Reads one JSON value that is part of a larger body.
pub fn from_value<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, Problem> {
    if value.is_array() { Err(not_an_object()) } else { read(value, || true) }
}

fn not_an_object() -> Problem {
    Problem::field("", "WRONG_SHAPE", "Cần một đối tượng JSON, không phải danh sách.", "This must be a JSON object, not a list.")
}

/// `is_json` tells whether the text as a whole is JSON: serde_json calls a number in place of an enum a syntax error.
fn read<'de, T: DeserializeOwned, D: serde::Deserializer<'de, Error = serde_json::Error>>(
    deserializer: D,
    is_json: impl FnOnce() -> bool,
) -> Result<T, Problem> {
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let pointer = pointer(error.path());
        let cause = error.into_inner();
        if !cause.is_data() && !is_json() {
            return malformed(&cause);
        }
        wrong_shape(pointer, &cause.to_string()).into()
    })
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::say(
        Kind::Malformed,
        format!("JSON hỏng ở dòng {}, cột {}.", error.line(), error.column()),
        format!("The JSON is broken at line {}, column {}.", error.line(), error.column()),
    )
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}
