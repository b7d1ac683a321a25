//! JSON bodies with a limit and errors that point at the field.
//!
//! There is one reader, whether a thing is a body by itself or one of many in a list ([`Items`]): the same is taken and
//! refused with the same words, and what is broken in one of many is nobody else's affair.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web;
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::{DeserializeOwned, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::fit::Shape;
use super::problem::{Kind, Problem};
use super::rough::Rough;
use super::shape::wrong_shape;
use super::strict::Strict;

/// A JSON body of at most `LIMIT` bytes (64 KiB unless said otherwise).
#[derive(Debug)]
pub struct Body<T, const LIMIT: usize = 65_536>(pub T);

impl<T: DeserializeOwned + ToSchema + 'static, const LIMIT: usize> FromRequest for Body<T, LIMIT> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let sent = sent::<LIMIT>(request, payload);
        Box::pin(async move { read(&sent.await?).map(Body) })
    }
}

impl<T: DeserializeOwned + ToSchema + 'static> FromRequest for Rough<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let sent = sent::<65_536>(request, payload);
        Box::pin(async move { read_roughly(&sent.await?) })
    }
}

/// The bytes of a body that says of itself that it is JSON.
fn sent<const LIMIT: usize>(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<web::Bytes, Problem>> + use<LIMIT> {
    let is_json = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|mime| mime.trim().eq_ignore_ascii_case("application/json"));
    let payload = web::Payload::from_request(request, payload);
    async move {
        if !is_json {
            return Err(Problem::say(
                Kind::UnsupportedMediaType,
                "Hãy gửi JSON với Content-Type: application/json.",
                "Send JSON with Content-Type: application/json.",
            ));
        }
        let payload = payload.await.map_err(|_| Problem::new(Kind::Malformed))?;
        received(payload, LIMIT, MOST_TIME).await
    }
}

/// A body of at most `LIMIT` bytes that is no JSON: a file, whatever it is called.
#[derive(Debug)]
pub struct Bytes<const LIMIT: usize>(pub web::Bytes);

impl<const LIMIT: usize> FromRequest for Bytes<LIMIT> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let payload = web::Payload::from_request(request, payload);
        Box::pin(async move {
            let payload = payload.await.map_err(|_| Problem::new(Kind::Malformed))?;
            received(payload, LIMIT, MOST_TIME_OF_A_FILE).await.map(Bytes)
        })
    }
}

/// All of a body, if it is not too long and comes in time.
async fn received(payload: web::Payload, limit: usize, time: Duration) -> Result<web::Bytes, Problem> {
    let Ok(received) = tokio::time::timeout(time, payload.to_bytes_limited(limit)).await else {
        return Err(too_slow());
    };
    match received {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(Problem::new(Kind::Malformed)),
        Err(_) => Err(Problem::say(
            Kind::TooLarge,
            format!("Tối đa {limit} byte một lần gửi."),
            format!("At most {limit} bytes in one request."),
        )),
    }
}

/// Whoever sends a byte now and then holds a connection as long as they like; on the slowest line 64 KiB take seconds.
const MOST_TIME: Duration = Duration::from_secs(30);
/// 8 MiB on a weak line.
const MOST_TIME_OF_A_FILE: Duration = Duration::from_secs(180);

fn too_slow() -> Problem {
    Problem::say(
        Kind::TooSlow,
        "Nội dung gửi đến quá chậm: hãy gửi lại, chia nhỏ nếu mạng yếu.",
        "The body came too slowly: send it again, in smaller parts on a weak line.",
    )
}

/// Many things in one body, each left as it was sent until [`Item::read`] reads it on its own. Of more than `MOST` only
/// one more is kept, so that a long list costs nothing but its refusal.
#[derive(Debug)]
pub struct Items<T, const MOST: usize>(Vec<Item<T>>);

/// One of many things in a body, not read yet.
#[derive(Debug)]
pub struct Item<T>(Box<RawValue>, PhantomData<fn() -> T>);

impl<T, const MOST: usize> Items<T, MOST> {
    /// The things, 1 to `MOST` of them.
    pub fn some(self) -> Option<Vec<Item<T>>> {
        (1..=MOST).contains(&self.0.len()).then_some(self.0)
    }
}

impl<T: DeserializeOwned + ToSchema> Item<T> {
    /// Reads it as if it had been sent by itself, though its shape may be wrong.
    pub fn read(&self) -> Result<Rough<T>, Problem> {
        read_roughly(self.0.get().as_bytes())
    }
}

impl<'de, T, const MOST: usize> Deserialize<'de> for Items<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<T, const MOST: usize>(PhantomData<fn() -> T>);
        impl<'de, T, const MOST: usize> Visitor<'de> for List<T, MOST> {
            type Value = Items<T, MOST>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while items.len() <= MOST {
                    match list.next_element::<Box<RawValue>>()? {
                        Some(raw) => items.push(Item(raw, PhantomData)),
                        None => return Ok(Items(items)),
                    }
                }
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Items(items))
            }
        }
        deserializer.deserialize_seq(List(PhantomData))
    }
}

fn not_an_object() -> Problem {
    Problem::field("", "WRONG_SHAPE", "Cần một đối tượng JSON, không phải danh sách.", "This must be a JSON object, not a list.")
}

/// Reads one JSON object and nothing behind it.
fn read<T: DeserializeOwned + ToSchema>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(not_an_object());
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(Strict::new(&mut deserializer)).map_err(|error| {
        let pointer = pointer(error.path());
        let cause = error.into_inner();
        // serde_json calls a number in place of an enum a syntax error.
        if !cause.is_data() && serde_json::from_slice::<serde_json::Value>(bytes).is_err() {
            return malformed(&cause);
        }
        let cause = cause.to_string();
        // The path leads to the object in which a field stands twice.
        let doubled = cause.strip_prefix("duplicate field `").and_then(|rest| rest.split('`').next());
        let pointer = doubled.map_or(pointer.clone(), |name| format!("{pointer}/{name}"));
        let mut all = serde_json::from_slice(bytes).map(|value| Shape::of::<T>().wrong(&value)).unwrap_or_default();
        if all.is_empty() || doubled.is_some() {
            all.push(wrong_shape(pointer, &cause));
        }
        Problem::invalid(all)
    })?;
    deserializer.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// Reads an object whose shape may be wrong; a problem is what cannot be looked at any further.
fn read_roughly<T: DeserializeOwned + ToSchema>(bytes: &[u8]) -> Result<Rough<T>, Problem> {
    let problem = match read(bytes) {
        Ok(value) => return Ok(Rough::whole(value)),
        Err(problem) => problem,
    };
    let mended = || {
        let sent = serde_json::from_slice(bytes).ok()?;
        let mended = Shape::of::<T>().mended(&sent, &problem.errors)?;
        read(mended.to_string().as_bytes()).ok()
    };
    match mended().filter(|_| problem.kind == Kind::Invalid) {
        Some(value) => Ok(Rough::mended(value, problem.errors)),
        None => Err(problem),
    }
}

fn malformed(error: &serde_json::Error) -> Problem {
    let cause = error.to_string();
    let (vi, en) = [
        ("number out of range", " Có số quá lớn hoặc quá dài.", " A number there is too large or too long."),
        ("recursion limit", " Lồng vào nhau quá sâu.", " It is nested too deeply."),
        (
            "surrogate",
            " Có nửa ký tự (\\ud800 đến \\udfff phải đi thành cặp).",
            " Half a character stands there (\\ud800 to \\udfff come in pairs).",
        ),
    ]
    .into_iter()
    .find(|(words, ..)| cause.contains(words))
    .map_or(("", ""), |(_, vi, en)| (vi, en));
    Problem::say(
        Kind::Malformed,
        format!("JSON hỏng ở dòng {}, cột {}.{vi}", error.line(), error.column()),
        format!("The JSON is broken at line {}, column {}.{en}", error.line(), error.column()),
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
