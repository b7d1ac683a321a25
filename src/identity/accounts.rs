//! SQL of accounts that administrators register and manage.
//!
//! Who registers somebody learns the one-time password and hands it over; who is registered replaces it before doing
//! anything else. The same `id` sent again answers with the account and without the password: whoever lost that answer
//! asks for a new one-time password.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::manage::Sight;
use super::one_time;
use super::sessions::{self, EndReason};
use super::store::phone_hash;
use crate::authz::{Appoint, Granted};
use crate::basics::text::words;
use crate::basics::typing;
use crate::basics::{Line, Phone};
use crate::db::DbError;
use crate::db::schema::{account, officer, role_assignment, role_assignment_acts_for};
use crate::http::Problem;
use crate::tree::{self, ChapterId, Label};
use crate::vault::{Vault, place};

/// Somebody who gets an account.
#[derive(Debug, Clone)]
pub struct Registration {
    pub id: Uuid,
    pub full_name: Line,
    pub phone: Phone,
    /// `None`: one is made of the given name and the chapter's code.
    pub user_name: Option<String>,
}

/// What became of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    New,
    /// The same registration was made before.
    Known,
    /// The id stands for something else.
    IdTaken,
    UserNameTaken,
    /// The phone number is that of this account.
    PhoneOf(Uuid),
}

/// Keyed hash of everything that was sent.
pub fn request_hash(vault: &Vault, chapter: &str, new: &Registration) -> Vec<u8> {
    let sent = [chapter, new.full_name.as_str(), new.phone.as_str(), new.user_name.as_deref().unwrap_or_default()].join("\0");
    vault.hash("account.request", sent.as_bytes()).to_vec()
}

/// Whether an id is known already, and for the same registration.
pub fn known(conn: &mut PgConnection, id: Uuid, hash: &[u8]) -> Result<Option<Registered>, DbError> {
    let found: Option<Option<Vec<u8>>> = account::table.find(id).select(account::request_hash).first(conn).optional()?;
    Ok(found.map(|stored| if stored.as_deref() == Some(hash) { Registered::Known } else { Registered::IdTaken }))
}

/// The account of a phone number.
pub fn of_phone(conn: &mut PgConnection, vault: &Vault, phone: &Phone) -> Result<Option<Uuid>, DbError> {
    let hash = phone_hash(vault, phone.as_str());
    Ok(account::table.filter(account::phone_hash.eq(hash)).select(account::id).first(conn).optional()?)
}

/// Registers a new person with an account at the granted chapter, whose password is a one-time one. Writes nothing
/// unless the answer is `New`.
pub fn register(
    conn: &mut PgConnection,
    vault: &Vault,
    by: &Granted<Appoint>,
    now: DateTime<Utc>,
    new: &Registration,
    hash: &[u8],
    password_hash: &str,
) -> Result<Registered, Problem> {
    if let Some(known) = known(conn, new.id, hash)? {
        return Ok(known);
    }
    let person = Uuid::now_v7();
    let name =
        vault.seal(place("officer", "full_name", &person), new.full_name.as_str().as_bytes()).map_err(Problem::internal)?;
    let phone = vault.seal(place("account", "phone", &new.id), new.phone.as_str().as_bytes()).map_err(Problem::internal)?;
    diesel::insert_into(officer::table).values((officer::id.eq(person), officer::full_name.eq(name))).execute(conn)?;
    let code = tree::code_of(conn, by.chapter())?;
    let names = match &new.user_name {
        Some(name) => vec![name.clone()],
        None => user_names_for(new.full_name.as_str(), &code),
    };
    for user_name in &names {
        let made = diesel::insert_into(account::table)
            .values((
                account::id.eq(new.id),
                account::officer_id.eq(person),
                account::user_name.eq(user_name),
                account::phone.eq(Some(&phone)),
                account::phone_hash.eq(Some(phone_hash(vault, new.phone.as_str()))),
                account::password_hash.eq(password_hash),
                account::created_at.eq(now),
                account::chapter_id.eq(by.chapter().0),
                account::one_time_until.eq(now + one_time::GOOD_FOR),
                account::request_hash.eq(Some(hash)),
            ))
            .on_conflict_do_nothing()
            .execute(conn)?;
        if made == 1 {
            return Ok(Registered::New);
        }
        // Somebody was there first, perhaps this very moment. Which of the three unique things is taken?
        let other = known(conn, new.id, hash)?;
        let other = match other {
            None => of_phone(conn, vault, &new.phone)?.map(Registered::PhoneOf),
            found => found,
        };
        if let Some(other) = other {
            diesel::delete(officer::table.find(person)).execute(conn)?;
            return Ok(other);
        }
    }
    diesel::delete(officer::table.find(person)).execute(conn)?;
    Ok(Registered::UserNameTaken)
}

/// User names for somebody who asked for none, the first free one is taken: `lan.23095`, `lan.23095.2`, … Typed with any
/// Vietnamese typing program on they stay what they are: a number directly behind a vowel would be a tone mark, and the
/// centre's `tw` a letter.
fn user_names_for(full_name: &str, chapter: &str) -> Vec<String> {
    let given: String = words(full_name).pop().unwrap_or_default().chars().take(20).collect();
    let given = typed_safely(&given).filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase()));
    let given = given.unwrap_or_else(|| "can-bo".to_owned());
    let place: String =
        chapter.to_ascii_lowercase().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(25).collect();
    let syllables = place.split('-').map(|word| if word == "tw" { "trunguong" } else { word });
    let place = typed_safely(&syllables.collect::<Vec<_>>().join("-")).unwrap_or_default();
    let name = [given, place].join(".");
    let numbered = |n: u32| if n == 1 { name.clone() } else { format!("{name}.{n}") };
    (1..=200).map(numbered).collect()
}

/// At most 28 signs that no typing program changes; `None` when nothing is left. `w` has no form that is safe.
fn typed_safely(text: &str) -> Option<String> {
    let text = text.replace('w', "");
    let safe: String = typing::guarded(&text)?.chars().take(28).collect();
    Some(safe.trim_matches('-').to_owned()).filter(|safe| !safe.is_empty())
}

/// Sets where an account belongs, and until when its password is a one-time one; for accounts of the command line.
pub fn settle(conn: &mut PgConnection, id: Uuid, home: ChapterId, one_time_until: Option<DateTime<Utc>>) -> Result<(), DbError> {
    diesel::update(account::table.find(id))
        .set((account::chapter_id.eq(home.0), account::one_time_until.eq(one_time_until)))
        .execute(conn)?;
    Ok(())
}

/// Gives an account a one-time password, hashed already; its sessions end, its known devices are known no more.
pub fn reset_password(conn: &mut PgConnection, id: Uuid, hash: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, DbError> {
    let until = now + one_time::GOOD_FOR;
    diesel::update(account::table.find(id))
        .set((account::password_hash.eq(hash), account::one_time_until.eq(Some(until))))
        .execute(conn)?;
    sessions::shut_out(conn, id, None, EndReason::PasswordChanged, now)?;
    Ok(until)
}

/// Replaces the password, one-time or not, and ends all sessions but `keep`, with their devices. Returns false when the password is no longer
/// the one that was checked.
pub fn change_password(
    conn: &mut PgConnection,
    id: Uuid,
    checked: &str,
    new: &str,
    keep: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let changed = diesel::update(account::table.find(id).filter(account::password_hash.eq(checked)))
        .set((account::password_hash.eq(new), account::one_time_until.eq(None::<DateTime<Utc>>)))
        .execute(conn)?;
    if changed == 1 {
        sessions::shut_out(conn, id, Some(keep), EndReason::PasswordChanged, now)?;
    }
    Ok(changed == 1)
}

/// The epoch of an account that is enabled.
pub fn epoch(conn: &mut PgConnection, id: Uuid) -> Result<Option<i64>, DbError> {
    let enabled = account::table.find(id).filter(account::disabled_at.is_null());
    Ok(enabled.select(account::epoch).first(conn).optional()?)
}

/// Sets the password its owner chose by a link, hashed already; all sessions end, known devices are known no more. The caller has locked
/// the account.
pub fn choose_password(conn: &mut PgConnection, id: Uuid, hash: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(account::table.find(id))
        .set((account::password_hash.eq(hash), account::one_time_until.eq(None::<DateTime<Utc>>)))
        .execute(conn)?;
    sessions::shut_out(conn, id, None, EndReason::PasswordChanged, now)?;
    Ok(())
}

/// Disables an account at the granted chapter (its sessions end) or lets it in again. Returns whether that changed it.
pub fn set_disabled(
    conn: &mut PgConnection,
    by: &Granted<Appoint>,
    id: Uuid,
    disabled: bool,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let here = account::table.find(id).filter(account::chapter_id.eq(by.chapter().0));
    let changed = if disabled {
        diesel::update(here.filter(account::disabled_at.is_null())).set(account::disabled_at.eq(Some(now))).execute(conn)?
    } else {
        diesel::update(here.filter(account::disabled_at.is_not_null()))
            .set(account::disabled_at.eq(None::<DateTime<Utc>>))
            .execute(conn)?
    };
    if disabled {
        sessions::end_all(conn, id, None, EndReason::Revoked, now)?;
    }
    Ok(changed == 1)
}

/// What changing a password needs to know.
#[derive(Debug, Clone)]
pub struct Login {
    pub user_name: String,
    pub phone: Option<String>,
    pub password_hash: String,
    pub one_time_until: Option<DateTime<Utc>>,
}

pub fn login_of(conn: &mut PgConnection, vault: &Vault, id: Uuid) -> Result<Login, Problem> {
    let (user_name, phone, password_hash, one_time_until): (String, Option<Vec<u8>>, String, Option<DateTime<Utc>>) =
        account::table
            .find(id)
            .select((account::user_name, account::phone, account::password_hash, account::one_time_until))
            .first(conn)?;
    let phone = phone.map(|sealed| vault.open_text(place("account", "phone", &id), &sealed)).transpose();
    Ok(Login { user_name, phone: phone.map_err(Problem::internal)?, password_hash, one_time_until })
}

/// An account to show.
#[derive(Debug, Clone)]
pub struct Shown {
    pub id: Uuid,
    pub officer: Uuid,
    pub user_name: String,
    /// Only where [`Sight::Names`] allows.
    pub full_name: Option<String>,
    pub phone: Option<String>,
    pub home: Label,
    pub created_at: DateTime<Utc>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub one_time_until: Option<DateTime<Utc>>,
    /// Today's and coming ones.
    pub roles: Vec<Held>,
}

/// A role held, or to be held.
#[derive(Debug, Clone)]
pub struct Held {
    pub assignment: Uuid,
    pub role: String,
    pub chapter: Label,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub acts_for: Vec<String>,
}

/// Which accounts to show.
#[derive(Debug, Clone)]
pub enum Which {
    One(Uuid),
    /// Accounts that belong to a chapter at or below this one, by user name after `after`; of one phone number if given.
    Below {
        chapter: ChapterId,
        phone_hash: Option<Vec<u8>>,
        after: Option<String>,
    },
}

type Stored = (Uuid, Uuid, String, Vec<u8>, Option<Vec<u8>>, Uuid, DateTime<Utc>, Option<DateTime<Utc>>, Option<DateTime<Utc>>);

pub fn shown(
    conn: &mut PgConnection,
    vault: &Vault,
    which: &Which,
    sight: Sight,
    today: NaiveDate,
    limit: i64,
) -> Result<Vec<Shown>, Problem> {
    let columns = (
        account::id,
        account::officer_id,
        account::user_name,
        officer::full_name,
        account::phone,
        account::chapter_id,
        account::created_at,
        account::disabled_at,
        account::one_time_until,
    );
    let all = account::table.inner_join(officer::table.on(officer::id.eq(account::officer_id))).select(columns);
    let rows: Vec<Stored> = match which {
        Which::One(id) => all.filter(account::id.eq(id)).load(conn)?,
        Which::Below { chapter, phone_hash, after } => {
            let mut list = all
                .filter(account::chapter_id.eq_any(tree::at_and_below(chapter.0)))
                .filter(account::user_name.gt(after.as_deref().unwrap_or_default()))
                .order(account::user_name)
                .limit(limit)
                .into_boxed();
            if let Some(hash) = phone_hash {
                list = list.filter(account::phone_hash.eq(hash));
            }
            list.load(conn)?
        }
    };
    let mut roles = held(conn, &rows.iter().map(|row| row.0).collect::<Vec<_>>(), today)?;
    let homes = tree::labels(conn, &rows.iter().map(|row| row.5).collect::<Vec<_>>())?;
    rows.into_iter()
        .map(|(id, person, user_name, name, phone, home, created_at, disabled_at, one_time_until)| {
            let names = sight == Sight::Names;
            let open = |at, sealed: &[u8]| vault.open_text(at, sealed).map_err(Problem::internal);
            let full_name = if names { Some(open(place("officer", "full_name", &person), &name)?) } else { None };
            let phone = phone.filter(|_| names).map(|sealed| open(place("account", "phone", &id), &sealed)).transpose()?;
            let home = homes.get(&home).cloned().ok_or_else(|| Problem::internal("an account belongs to no chapter"))?;
            let roles = roles.remove(&id).unwrap_or_default();
            Ok(Shown { id, officer: person, user_name, full_name, phone, home, created_at, disabled_at, one_time_until, roles })
        })
        .collect()
}

/// The roles of accounts, today's and coming ones, in order of chapter.
fn held(conn: &mut PgConnection, accounts: &[Uuid], today: NaiveDate) -> Result<HashMap<Uuid, Vec<Held>>, DbError> {
    use role_assignment as ra;
    use role_assignment_acts_for as acts;
    let rows: Vec<(Uuid, Uuid, String, Uuid, NaiveDate, Option<NaiveDate>)> = ra::table
        .filter(ra::account_id.eq_any(accounts))
        .filter(ra::ended_at.is_null())
        .filter(ra::valid_to.is_null().or(ra::valid_to.ge(today)))
        .order((ra::valid_from, ra::id))
        .select((ra::account_id, ra::id, ra::role, ra::chapter_id, ra::valid_from, ra::valid_to))
        .load(conn)?;
    let acted: Vec<(Uuid, Uuid)> = acts::table
        .filter(acts::assignment_id.eq_any(rows.iter().map(|row| row.1).collect::<Vec<_>>()))
        .filter(acts::ended_at.is_null())
        .filter(acts::valid_to.is_null().or(acts::valid_to.ge(today)))
        .select((acts::assignment_id, acts::chapter_id))
        .load(conn)?;
    let places: Vec<Uuid> = rows.iter().map(|row| row.3).chain(acted.iter().map(|(_, at)| *at)).collect();
    let labels = tree::labels(conn, &places)?;
    let code = |id: &Uuid| labels.get(id).map(|label| label.code.clone());
    let mut held: HashMap<Uuid, Vec<Held>> = HashMap::new();
    for (account, assignment, role, at, valid_from, valid_to) in rows {
        let Some(chapter) = labels.get(&at).cloned() else { continue };
        let mut acts_for: Vec<String> = acted.iter().filter(|(of, _)| *of == assignment).filter_map(|(_, at)| code(at)).collect();
        acts_for.sort_unstable();
        held.entry(account).or_default().push(Held { assignment, role, chapter, valid_from, valid_to, acts_for });
    }
    for roles in held.values_mut() {
        roles.sort_by(|a, b| (&a.chapter.code, &a.role).cmp(&(&b.chapter.code, &b.role)));
    }
    Ok(held)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_are_made_of_name_and_place() {
        let first = |name, at| user_names_for(name, at).into_iter().take(3).collect::<Vec<_>>();
        assert_eq!(first("Nguyễn Thị Lan", "23095"), ["lan.23095", "lan.23095.2", "lan.23095.3"]);
        assert_eq!(first("Đỗ Đạt", "TW"), ["dat.trunguong", "dat.trunguong.2", "dat.trunguong.3"]);
        assert_eq!(first("Ksor", "THPT-SO1")[0], "kso-r.thpt-so-1");
        assert_eq!(first("Y Wơ", "68")[0], "o.68");
        for odd in ["李", "123", "…", "W", &"Ă".repeat(200), &"Ar".repeat(200)] {
            for place in ["THPT-PHAN-BOI-CHAU-LAM-DONG-SO-1", "TW-WW", "X", "A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1"] {
                for name in user_names_for(odd, place) {
                    assert!(super::super::model::user_name(&name).is_some() && typing::survives(&name), "{name}");
                }
            }
        }
    }
}
