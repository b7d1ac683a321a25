//! What parties are found by: keyed hashes of the folded words of their names and of the last digits of their numbers.
//!
//! Each chapter that holds something of a party has hashes of its own, so that equal names at two chapters show nothing in
//! common, and a search at one finds nobody of another. All of a party's hashes stand in its own row (`party.words`): a new giver costs
//! no row and no statement. Which chapters hold something of a party only the rooms know whose records these are; they
//! say so ([`add`], [`set`]). A hash is eight bytes: it proposes, and what it proposes is opened and compared.
//!
//! The key is the vault's hash key, which never changes; new keys for sealing leave the hashes as they are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use uuid::Uuid;

use super::{COLUMNS, Clear, Row, SealedParty, sealed};
use crate::basics::fold;
use crate::basics::text::words;
use crate::db::DbError;
use crate::db::schema::party;
use crate::db::statement::statement;
use crate::house::persons::PersonsError;
use crate::vault::Vault;

/// Digits of a number that can be asked for alone, the last ones.
pub const LAST_DIGITS: usize = 4;

/// The folded words of a name: whole, and those with an apostrophe also in their parts (`H'Blê` is `hble`, `h` and `ble`).
pub fn of_name(name: &str) -> BTreeSet<String> {
    let folded = fold(name);
    let parts = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned);
    parts.chain(words(name)).collect()
}

/// The last digits of a number, where it has so many.
pub fn last_digits(number: &str) -> Option<&str> {
    number.get(number.len().checked_sub(LAST_DIGITS)?..).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
}

/// Eight bytes of a keyed hash.
fn hash(vault: &Vault, chapter: &str, what: &str, text: &str) -> i64 {
    let hash = vault.hash("party.words", [chapter, what, text].join("\0").as_bytes());
    hash.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

/// What a word of a name is found by at the chapter with this code.
pub fn of_word(vault: &Vault, chapter: &str, word: &str) -> i64 {
    hash(vault, chapter, "word", word)
}

/// What the last digits of a number are found by there.
pub fn of_digits(vault: &Vault, chapter: &str, digits: &str) -> i64 {
    hash(vault, chapter, "digits", digits)
}

/// All that somebody is found by at the chapter with this code, in order.
pub fn at(vault: &Vault, chapter: &str, name: &str, phone: Option<&str>) -> BTreeSet<i64> {
    let digits = phone.and_then(last_digits).map(|digits| of_digits(vault, chapter, digits));
    of_name(name).iter().map(|word| of_word(vault, chapter, word)).chain(digits).collect()
}

/// As PostgreSQL reads an array, for statements that carry several.
pub(super) fn array<'a>(hashes: impl IntoIterator<Item = &'a i64>) -> String {
    let hashes: Vec<String> = hashes.into_iter().map(i64::to_string).collect();
    format!("{{{}}}", hashes.join(","))
}

statement! {
    struct Add {
        ids: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        words: Vec<String> => Array<Text>,
    } -> (),
    "UPDATE party p SET words = ARRAY(SELECT DISTINCT unnest(p.words || a.words::bigint[]) ORDER BY 1)
     FROM unnest(?::uuid[], ?::text[]) AS a(id, words) WHERE p.id = a.id"
}

/// Parties are found by these, too: somebody who is known was met at another chapter.
pub fn add(conn: &mut PgConnection, rows: &[(Uuid, &BTreeSet<i64>)]) -> Result<(), DbError> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut of: BTreeMap<Uuid, BTreeSet<i64>> = BTreeMap::new();
    for (id, words) in rows {
        of.entry(*id).or_default().extend(words.iter());
    }
    Add { ids: &of.keys().copied().collect(), words: &of.values().map(array).collect() }.execute(conn)?;
    Ok(())
}

/// These parties are found by nothing, until somebody says otherwise in the same transaction.
pub fn forget(conn: &mut PgConnection, ids: &[Uuid]) -> Result<(), DbError> {
    diesel::update(party::table.filter(party::id.eq_any(ids))).set(party::words.eq(Vec::<i64>::new())).execute(conn)?;
    Ok(())
}

/// Holds parties until the end of the transaction, so that nobody books for them while it is looked where they are held. Those
/// on their way out are not among them.
pub fn hold(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, SealedParty>, DbError> {
    let query = party::table.filter(party::id.eq_any(ids)).order(party::id).select(COLUMNS).for_update();
    let rows: Vec<Row> = query.load(conn)?;
    Ok(rows.into_iter().filter_map(sealed).map(|party| (party.id, party)).collect())
}

/// All that a party is found by, held at the chapters with these codes.
pub fn expected<'a>(vault: &Vault, party: &Clear, chapters: impl IntoIterator<Item = &'a str>) -> BTreeSet<i64> {
    let at = |chapter: &str| at(vault, chapter, &party.name, party.phone.as_deref());
    chapters.into_iter().flat_map(at).collect()
}

statement! {
    struct Set {
        ids: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        words: Vec<String> => Array<Text>,
    } -> (),
    "UPDATE party p SET words = a.words::bigint[] FROM unnest(?::uuid[], ?::text[]) AS a(id, words)
     WHERE p.id = a.id AND p.words <> a.words::bigint[]"
}

/// These parties, which the caller holds, are found at the chapters with these codes and nowhere else. Returns how many were found
/// otherwise before.
pub fn set(conn: &mut PgConnection, vault: &Vault, held: &[(&SealedParty, Vec<&str>)]) -> Result<usize, PersonsError> {
    let (mut ids, mut words) = (Vec::with_capacity(held.len()), Vec::with_capacity(held.len()));
    for (party, chapters) in held {
        ids.push(party.id);
        words.push(array(&expected(vault, &party.open(vault)?, chapters.iter().copied())));
    }
    Ok(Set { ids: &ids, words: &words }.execute(conn)?)
}

/// Those who have all of one of these sets, and whose data the chapter may use: at most `most`, in no order.
pub fn proposed(conn: &mut PgConnection, sets: &[Vec<i64>], chapter: Uuid, most: i64) -> Result<Vec<Uuid>, DbError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        id: Uuid,
    }
    let (Some(one), Some(other)) = (sets.first(), sets.last()) else { return Ok(Vec::new()) };
    // Planned each time: how many have a word depends on the word.
    let found: Vec<Found> = diesel::sql_query(
        "SELECT p.id FROM party p WHERE (p.words @> $1 OR p.words @> $2)
             AND NOT EXISTS (SELECT FROM party_restriction r WHERE r.party_id = p.id AND r.chapter_id = $3) LIMIT $4",
    )
    .bind::<Array<BigInt>, _>(one)
    .bind::<Array<BigInt>, _>(other)
    .bind::<diesel::sql_types::Uuid, _>(chapter)
    .bind::<BigInt, _>(most)
    .load(conn)?;
    Ok(found.into_iter().map(|row| row.id).collect())
}

/// A party with what it is found by.
pub struct Indexed {
    pub id: Uuid,
    /// `None` of one on its way out.
    pub party: Option<SealedParty>,
    pub words: BTreeSet<i64>,
}

/// Parties in order of id, after one of them.
pub fn after(conn: &mut PgConnection, after: Uuid, most: i64) -> Result<Vec<Indexed>, DbError> {
    let query = party::table.filter(party::id.gt(after)).order(party::id).limit(most);
    let rows: Vec<(Row, Vec<i64>)> = query.select((COLUMNS, party::words)).load(conn)?;
    let indexed = |(row, words): (Row, Vec<i64>)| Indexed { id: row.0, party: sealed(row), words: words.into_iter().collect() };
    Ok(rows.into_iter().map(indexed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::VaultKeys;

    #[test]
    fn a_name_is_its_words_however_it_is_written() {
        let words = |name: &str| of_name(name).into_iter().collect::<Vec<_>>();
        assert_eq!(words("Nguyễn Văn An"), ["an", "nguyen", "van"]);
        assert_eq!(words("AN nguye\u{302}\u{303}n  văn"), ["an", "nguyen", "van"]);
        assert_eq!(words("H\u{2019}Blê Niê"), ["ble", "h", "hble", "nie"]);
        assert_eq!(words("李 明"), ["明", "李"]);
        assert!(words("🌻 …").is_empty());
        assert_eq!((last_digits("0912345678"), last_digits("678"), last_digits("09é")), (Some("5678"), None, None));
    }

    #[test]
    fn a_new_key_for_sealing_leaves_the_hashes_as_they_are() {
        let mut keys = VaultKeys::generate().unwrap();
        let vault = Vault::new(&keys).unwrap();
        let before = at(&vault, "23095", "Nguyễn Văn An", Some("0912345678"));
        keys.seal.splice(0..0, VaultKeys::generate().unwrap().seal);
        vault.take_up(&keys).unwrap();
        assert_eq!(at(&vault, "23095", "Nguyễn Văn An", Some("0912345678")), before);
    }

    #[test]
    fn two_chapters_have_nothing_in_common() {
        let vault = Vault::new(&VaultKeys::generate().unwrap()).unwrap();
        let (here, there) = ("23095", "23059");
        let of = |chapter| at(&vault, chapter, "Nguyễn Văn An", Some("0912345678"));
        assert_eq!(of(here).len(), 4);
        assert!(of(here).is_disjoint(&of(there)));
        assert!(!of(here).contains(&of_word(&vault, here, "5678")), "a word of digits is no end of a number");
        assert_eq!(of(here), at(&vault, here, "an NGUYEN van", Some("0987655678")));
    }
}
