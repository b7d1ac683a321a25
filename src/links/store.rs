//! Links in the database.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::authz::{Granted, Right};
use crate::db::DbError;
use crate::db::schema::link;
use crate::tree::ChapterId;
use crate::vault::Vault;

/// A link is good for at most so long.
const LONGEST: Duration = Duration::days(400);
/// Random bytes of a secret: nobody finds one by trying.
const BYTES: usize = 32;

/// The secret of a link, for its address and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    fn random() -> Result<Self, LinkError> {
        let mut bytes = [0u8; BYTES];
        getrandom::fill(&mut bytes).map_err(|_| LinkError::Random)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Path of the link's page.
    pub fn path(&self) -> String {
        format!("/l/{}", self.0)
    }
}

/// Not even a log line that was meant for something else tells it.
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A link was not made.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("a link ends within {} days, and not before it begins", LONGEST.num_days())]
    End,
    #[error("the system's random source failed")]
    Random,
}

impl From<diesel::result::Error> for LinkError {
    fn from(error: diesel::result::Error) -> Self {
        LinkError::Db(error.into())
    }
}

/// What a link is to be good for.
#[derive(Debug, Clone, Copy)]
pub struct NewLink {
    pub id: Uuid,
    /// A code, e.g. `CONFIRM_BOOKING`.
    pub purpose: &'static str,
    /// The record it is about.
    pub subject: Uuid,
    pub ends_at: DateTime<Utc>,
    /// Whether it is over once it was used.
    pub once: bool,
}

/// A link that is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub id: Uuid,
    pub purpose: String,
    pub subject: Uuid,
    pub chapter: ChapterId,
    /// Whether it is over once it was used.
    pub once: bool,
    pub ends_at: DateTime<Utc>,
}

/// What a secret opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Good(Link),
    /// It was good once, and was used.
    Used,
    /// Its time is over.
    Ended,
    /// Whoever made it, or somebody of the chapter, took it back.
    Revoked,
    /// There is no such link.
    Unknown,
}

/// Makes a link of the granted chapter. The secret is told now and never again.
pub fn make<R: Right>(
    conn: &mut PgConnection,
    vault: &Vault,
    by: &Granted<R>,
    now: DateTime<Utc>,
    new: &NewLink,
) -> Result<Token, LinkError> {
    write(conn, vault, by.chapter(), Some(by.account()), now, new)
}

/// [`make`] for whoever wrote to a chapter on a public page: nobody with an account asked for it.
pub fn make_for_house(
    conn: &mut PgConnection,
    vault: &Vault,
    chapter: ChapterId,
    now: DateTime<Utc>,
    new: &NewLink,
) -> Result<Token, LinkError> {
    write(conn, vault, chapter, None, now, new)
}

fn write(
    conn: &mut PgConnection,
    vault: &Vault,
    chapter: ChapterId,
    account: Option<Uuid>,
    now: DateTime<Utc>,
    new: &NewLink,
) -> Result<Token, LinkError> {
    if new.ends_at <= now || new.ends_at > now + LONGEST {
        return Err(LinkError::End);
    }
    let token = Token::random()?;
    diesel::insert_into(link::table)
        .values((
            link::id.eq(new.id),
            link::purpose.eq(new.purpose),
            link::subject.eq(new.subject),
            link::chapter_id.eq(chapter.0),
            link::token_hash.eq(hash(vault, &token.0)),
            link::once.eq(new.once),
            link::made_at.eq(now),
            link::made_by.eq(account),
            link::ends_at.eq(new.ends_at),
            link::uses.eq(0),
        ))
        .execute(conn)?;
    Ok(token)
}

fn hash(vault: &Vault, secret: &str) -> Vec<u8> {
    vault.hash("link.token", secret.as_bytes()).to_vec()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = link, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    purpose: String,
    subject: Uuid,
    chapter_id: Uuid,
    once: bool,
    ends_at: DateTime<Utc>,
    uses: i32,
    revoked_at: Option<DateTime<Utc>>,
}

impl Row {
    fn standing(self, now: DateTime<Utc>) -> Standing {
        if self.revoked_at.is_some() {
            Standing::Revoked
        } else if self.once && self.uses > 0 {
            Standing::Used
        } else if self.ends_at <= now {
            Standing::Ended
        } else {
            let Row { id, purpose, subject, chapter_id, once, ends_at, .. } = self;
            Standing::Good(Link { id, purpose, subject, chapter: ChapterId(chapter_id), once, ends_at })
        }
    }
}

/// What a secret opens, changing nothing: for showing the page.
pub fn look(conn: &mut PgConnection, vault: &Vault, now: DateTime<Utc>, secret: &str) -> Result<Standing, DbError> {
    let row: Option<Row> =
        link::table.filter(link::token_hash.eq(hash(vault, secret))).select(Row::as_select()).first(conn).optional()?;
    Ok(row.map_or(Standing::Unknown, |row| row.standing(now)))
}

/// Uses a link, if it is good: whatever is done with it is done in this transaction, or the link was not used. Two who use it at
/// once come one after the other.
pub fn redeem(conn: &mut PgConnection, vault: &Vault, now: DateTime<Utc>, secret: &str) -> Result<Standing, DbError> {
    let row: Option<Row> = link::table
        .filter(link::token_hash.eq(hash(vault, secret)))
        .select(Row::as_select())
        .for_update()
        .first(conn)
        .optional()?;
    let standing = row.map_or(Standing::Unknown, |row| row.standing(now));
    if let Standing::Good(good) = &standing {
        diesel::update(link::table.find(good.id))
            .set((link::uses.eq(link::uses + 1), link::used_at.eq(Some(now))))
            .execute(conn)?;
    }
    Ok(standing)
}

/// Takes a link of the granted chapter back; `false` when there is none that could be.
pub fn revoke<R: Right>(conn: &mut PgConnection, by: &Granted<R>, now: DateTime<Utc>, id: Uuid) -> Result<bool, DbError> {
    let good = link::table.find(id).filter(link::chapter_id.eq(by.chapter().0)).filter(link::revoked_at.is_null());
    let revoked =
        diesel::update(good).set((link::revoked_at.eq(Some(now)), link::revoked_by.eq(Some(by.account())))).execute(conn)?;
    Ok(revoked == 1)
}

/// Takes back all links of the granted chapter to one subject, e.g. before a new one is sent; returns how many.
pub fn revoke_of<R: Right>(
    conn: &mut PgConnection,
    by: &Granted<R>,
    now: DateTime<Utc>,
    purpose: &'static str,
    subject: Uuid,
) -> Result<usize, DbError> {
    let good = link::table
        .filter(link::purpose.eq(purpose))
        .filter(link::subject.eq(subject))
        .filter(link::chapter_id.eq(by.chapter().0))
        .filter(link::revoked_at.is_null());
    Ok(diesel::update(good).set((link::revoked_at.eq(Some(now)), link::revoked_by.eq(Some(by.account())))).execute(conn)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_differ_and_do_not_show_themselves() {
        let (one, two) = (Token::random().unwrap(), Token::random().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.path().len(), 3 + 43);
        assert_eq!(format!("{one:?}"), "Token(…)");
    }
}
