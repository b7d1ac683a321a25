//! `Idempotency-Key`: a client's name for one attempt, for requests that carry no id of their own.
//!
//! Whoever lost the answer sends the same request with the same key again. The key is written in the transaction of
//! the work itself: if the work fails, it is as if the key had never been used; a twin that arrives meanwhile waits for
//! the first to end and then finds the key. Used again for other content the key is refused, because then client and
//! server disagree about what was done.
//!
//! Every such request repeats harmlessly (approving an approved request answers with it), so a replay runs through the
//! same code and is answered from the state as it is; no answers are stored. Keys live for [`LIFETIME`].
//!
//! [`super::Desk::once`] does all of this.

use actix_web::HttpRequest;
use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::DbError;
use crate::db::schema::idempotency_key;
use crate::http::{Kind, Problem};
use crate::vault::Vault;

/// How long a key is remembered.
pub const LIFETIME: Duration = Duration::days(7);
const MAX_LENGTH: usize = 200;

/// The key of a request, if it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key(Option<String>);

/// Whether the work was done before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    First,
    Replay,
}

/// The header is a string in quotes; many clients leave the quotes away.
fn parse(value: Option<&[u8]>) -> Result<Key, Problem> {
    let Some(value) = value else {
        return Ok(Key(None));
    };
    let text = std::str::from_utf8(value).unwrap_or_default().trim();
    let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let fits = (1..=MAX_LENGTH).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
    if !fits {
        return Err(Problem::say(
            Kind::Malformed,
            format!("Idempotency-Key dài 1 đến {MAX_LENGTH} ký tự ASCII, không có dấu cách (ví dụ một UUID)."),
            format!("An Idempotency-Key has 1 to {MAX_LENGTH} ASCII characters without spaces (a UUID, say)."),
        ));
    }
    Ok(Key(Some(bare.to_owned())))
}

impl Key {
    pub(super) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let mut sent = request.headers().get_all("idempotency-key").map(|value| value.as_bytes());
        let first = sent.next();
        match sent.all(|other| Some(other) == first) {
            true => parse(first),
            false => {
                Err(Problem::say(Kind::Malformed, "Idempotency-Key chỉ được gửi một lần.", "An Idempotency-Key is sent once."))
            }
        }
    }

    /// Writes the key for `operation` on `content`.
    pub(super) fn claim(
        &self,
        conn: &mut PgConnection,
        vault: &Vault,
        account: Uuid,
        now: DateTime<Utc>,
        operation: &'static str,
        content: &str,
    ) -> Result<Attempt, Problem> {
        let Some(key) = &self.0 else {
            return Ok(Attempt::First);
        };
        let key_hash = vault.hash("idempotency.key", key.as_bytes()).to_vec();
        let request_hash = vault.hash("idempotency.request", format!("{operation}\0{content}").as_bytes()).to_vec();
        let own = idempotency_key::table.filter(idempotency_key::account_id.eq(account));
        let db = |error: diesel::result::Error| Problem::from(DbError::from(error));
        diesel::delete(own.filter(idempotency_key::created_at.lt(now - LIFETIME))).execute(conn).map_err(db)?;
        let written = diesel::insert_into(idempotency_key::table)
            .values((
                idempotency_key::account_id.eq(account),
                idempotency_key::key_hash.eq(&key_hash),
                idempotency_key::request_hash.eq(&request_hash),
                idempotency_key::created_at.eq(now),
            ))
            .on_conflict_do_nothing()
            .execute(conn)
            .map_err(db)?;
        if written == 1 {
            return Ok(Attempt::First);
        }
        let known: Vec<u8> =
            idempotency_key::table.find((account, &key_hash)).select(idempotency_key::request_hash).first(conn).map_err(db)?;
        if known == request_hash {
            return Ok(Attempt::Replay);
        }
        Err(Problem::say(
            Kind::KeyReused,
            "Idempotency-Key này đã dùng cho yêu cầu khác: mỗi việc một khóa mới.",
            "This Idempotency-Key was used for another request: take a new key for each thing you do.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_with_and_without_quotes_are_one_key() {
        let key = |text: &str| parse(Some(text.as_bytes()));
        assert_eq!(key("\"a-1\"").unwrap(), key("a-1").unwrap());
        assert_eq!(parse(None).unwrap(), Key(None));
        for wrong in ["", "\"\"", "a b", "\"", "khóa", &"x".repeat(201)] {
            assert!(key(wrong).is_err(), "{wrong}");
        }
    }
}
