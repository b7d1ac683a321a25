//! Persons and organisations, once: givers today; members, volunteers and blood donors will be roles on the same row.
//!
//! Name and phone are sealed; equality is found by keyed hash. A party is recognised again only when phone *and* name
//! agree, the name with its marks: a name alone says nothing about who somebody is, and two persons of one household may
//! have names that differ in a mark only. What is merely alike is shown to an officer as a possible double ([`alike`]).
//! The name as it was given, capitals and all, belongs to the gift.
//!
//! A party whose data are being erased is a stub without name and phone until the last of its gifts has let go of it;
//! then the row goes. Whoever writes for a party holds its row, so that an erasure and a new gift of the same person
//! come one after the other. [`consent`] keeps what persons agreed to.
//!
//! A party's own id never leaves the program: chapters know it by names of their own ([`alias`]), and find it by hashes of
//! their own ([`words`]).

pub mod alias;
pub mod consent;
pub mod naming;
pub mod persons;
pub mod phones;
pub mod question;
pub mod restriction;
pub mod steps;
pub mod words;

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Binary, Nullable, Text, Timestamptz};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::basics::Line;
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::party;
use crate::db::statement::statement;
use crate::house::Room;
use crate::house::audit::{Audit, Audits};
use crate::house::succession::Succession::Follows;
use crate::vault::{Vault, VaultError, place};

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &["consent", "consent_text", "party", "party_alias", "party_restriction"],
    audits: &[&Sealed],
    persons: &[&persons::Parties],
    chapters: &[("party_alias.chapter_id", Follows), ("party_restriction.chapter_id", Follows)],
    successions: &[&restriction::Restrictions],
    ..Room::called("parties")
};

/// Parties of one telephone number that are looked at for doubles.
const MOST_ALIKE: i64 = 50;

/// Rows an audit reads at a time.
const AUDIT_BATCH: i64 = 2_000;

/// What kind of party it is. A household business is shown like a person, not like an organisation (DESIGN 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PartyKind {
    Person,
    Organisation,
    HouseholdBusiness,
}

impl PartyKind {
    pub fn name(self) -> &'static str {
        match self {
            PartyKind::Person => "PERSON",
            PartyKind::Organisation => "ORGANISATION",
            PartyKind::HouseholdBusiness => "HOUSEHOLD_BUSINESS",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [PartyKind::Person, PartyKind::Organisation, PartyKind::HouseholdBusiness].into_iter().find(|kind| kind.name() == name)
    }

    /// Whether showing the name takes a consent; organisations are named by default (DESIGN 9).
    pub fn shown_by_consent(self) -> bool {
        self != PartyKind::Organisation
    }
}

/// A party as somebody names it, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub kind: PartyKind,
    pub name: Line,
    /// National form, digits only.
    pub phone: Option<String>,
}

/// A sealed row, ready to be written; made outside the transaction.
#[derive(Debug, Clone)]
pub struct NewParty {
    pub id: Uuid,
    kind: &'static str,
    name: Vec<u8>,
    name_hash: Vec<u8>,
    phone: Option<Vec<u8>>,
    phone_hash: Option<Vec<u8>>,
    /// What it is found by at the chapter it is met at.
    pub words: BTreeSet<i64>,
}

impl NewParty {
    /// A party that is not met at a chapter: whoever writes it says afterwards where it is found ([`words::set`]).
    pub fn seal(vault: &Vault, named: &Named) -> Result<Self, VaultError> {
        Self::seal_kept(vault, named.kind, named.name.as_str(), named.phone.as_deref())
    }

    /// A party that is met at the chapter with this code, and found there.
    pub fn seal_at(vault: &Vault, named: &Named, chapter: &str) -> Result<Self, VaultError> {
        let words = words::at(vault, chapter, named.name.as_str(), named.phone.as_deref());
        Ok(Self { words, ..Self::seal(vault, named)? })
    }

    /// What two are one by: the name with its marks, and the number. Nothing of who has none.
    pub fn same_by(&self) -> Option<(&[u8], &[u8], &'static str)> {
        Some((self.phone_hash.as_deref()?, self.name_hash.as_slice(), self.kind))
    }

    /// [`NewParty::seal`] of what is kept already, whatever rules names have today.
    pub fn seal_kept(vault: &Vault, kind: PartyKind, name: &str, phone: Option<&str>) -> Result<Self, VaultError> {
        // By chance alone: an id that carries its time would say since when somebody is known.
        Self::seal_as(vault, Uuid::new_v4(), kind, name, phone)
    }

    fn seal_as(vault: &Vault, id: Uuid, kind: PartyKind, name: &str, phone: Option<&str>) -> Result<Self, VaultError> {
        Ok(Self {
            id,
            kind: kind.name(),
            name: vault.seal(place("party", "name", &id), name.as_bytes())?,
            name_hash: name_hash(vault, name),
            phone: phone.map(|p| vault.seal(place("party", "phone", &id), p.as_bytes())).transpose()?,
            phone_hash: phone.map(|p| phone_hash(vault, p)),
            words: BTreeSet::new(),
        })
    }
}

fn phone_hash(vault: &Vault, phone: &str) -> Vec<u8> {
    vault.hash("party.phone", phone.as_bytes()).to_vec()
}

/// What a name is found by: its letters with their marks.
fn name_hash(vault: &Vault, name: &str) -> Vec<u8> {
    vault.hash("party.name.with_marks", naming::one_form(name).as_bytes()).to_vec()
}

statement! {
    struct InsertParties {
        ids: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        kinds: Vec<&'static str> => Array<Text>,
        names: Vec<&'a [u8]> => Array<Binary>,
        name_hashes: Vec<&'a [u8]> => Array<Binary>,
        phones: Vec<Option<&'a [u8]>> => Array<Nullable<Binary>>,
        phone_hashes: Vec<Option<&'a [u8]>> => Array<Nullable<Binary>>,
        words: Vec<String> => Array<Text>,
        at: DateTime<Utc> => Timestamptz,
    } -> (),
    "INSERT INTO party (id, kind, name, name_hash, phone, phone_hash, words, created_at)
     SELECT a.id, a.kind, a.name, a.name_hash, a.phone, a.phone_hash, a.words::bigint[], b.*
     FROM unnest(?::uuid[], ?::text[], ?::bytea[], ?::bytea[], ?::bytea[], ?::bytea[], ?::text[])
              AS a(id, kind, name, name_hash, phone, phone_hash, words), (SELECT ?::timestamptz) b
     ON CONFLICT (phone_hash, name_hash, kind) DO NOTHING"
}

/// Times a party is looked for before giving up: each round more means that it was erased in that very moment.
const ROUNDS: usize = 3;

/// Writes parties, or finds those that are here already (same phone, name and kind), and holds them until the end of the
/// transaction. Returns the id that stands for each of `new`, by the id it came with.
pub fn upsert(conn: &mut PgConnection, at: DateTime<Utc>, new: &[&NewParty]) -> Result<HashMap<Uuid, Uuid>, DbError> {
    Ok(upsert_and_mark(conn, at, new)?.ids)
}

/// What became of parties that were to be written.
#[derive(Debug, Default)]
pub struct Upserted {
    /// The id that stands for each, by the id it came with.
    pub ids: HashMap<Uuid, Uuid>,
    /// Those found that are restricted at some chapter.
    pub marked: Vec<Uuid>,
    /// Those, by the id they came with, that are known and not yet found where they are met now: for [`words::add`].
    pub met_anew: Vec<Uuid>,
}

/// [`upsert`]; and what there is to know of the parties found.
pub fn upsert_and_mark(conn: &mut PgConnection, at: DateTime<Utc>, new: &[&NewParty]) -> Result<Upserted, DbError> {
    let mut new = new.to_vec();
    // One order for everybody, so that two writers of the same parties do not wait for each other in a circle.
    new.sort_by(|a, b| (&a.phone_hash, &a.name_hash).cmp(&(&b.phone_hash, &b.name_hash)));
    let mut done = Upserted { ids: new.iter().map(|p| (p.id, p.id)).collect(), ..Upserted::default() };
    for _ in 0..ROUNDS {
        if new.is_empty() {
            break;
        }
        insert(conn, at, &new)?;
        // A name alone is nobody we know: those were written. The others are found, or an erasure took them meanwhile.
        new.retain(|p| p.phone_hash.is_some());
        find(conn, &mut new, &mut done)?;
    }
    Ok(done)
}

fn insert(conn: &mut PgConnection, at: DateTime<Utc>, new: &[&NewParty]) -> Result<(), DbError> {
    InsertParties {
        ids: &new.iter().map(|p| p.id).collect(),
        kinds: &new.iter().map(|p| p.kind).collect(),
        names: &new.iter().map(|p| p.name.as_slice()).collect(),
        name_hashes: &new.iter().map(|p| p.name_hash.as_slice()).collect(),
        phones: &new.iter().map(|p| p.phone.as_deref()).collect(),
        phone_hashes: &new.iter().map(|p| p.phone_hash.as_deref()).collect(),
        words: &new.iter().map(|p| words::array(&p.words)).collect(),
        at: &at,
    }
    .execute(conn)?;
    Ok(())
}

/// Notes and holds those of `new` that are here; the others stay in `new`.
fn find(conn: &mut PgConnection, new: &mut Vec<&NewParty>, done: &mut Upserted) -> Result<(), DbError> {
    type Row = (Uuid, String, Option<Vec<u8>>, Option<Vec<u8>>, Option<DateTime<Utc>>, Vec<i64>);
    if new.is_empty() {
        return Ok(());
    }
    let known: Vec<Row> = party::table
        .filter(party::phone_hash.eq_any(new.iter().filter_map(|p| p.phone_hash.as_ref())))
        .order((party::phone_hash, party::name_hash))
        .select((party::id, party::kind, party::name_hash, party::phone_hash, party::restricted_at, party::words))
        .for_key_share()
        .load(conn)?;
    new.retain(|p| {
        let same = known
            .iter()
            .find(|(_, kind, name, phone, ..)| *kind == p.kind && name.as_ref() == Some(&p.name_hash) && *phone == p.phone_hash);
        if let Some((id, .., restricted_at, known_by)) = same {
            done.ids.insert(p.id, *id);
            done.marked.extend(restricted_at.map(|_| *id));
            if !p.words.iter().all(|word| known_by.contains(word)) {
                done.met_anew.push(p.id);
            }
        }
        same.is_none()
    });
    Ok(())
}

/// Those of `new` that are here already (same phone, name and kind), by the id they came with: nothing is written or held.
pub fn known(conn: &mut PgConnection, new: &[&NewParty]) -> Result<HashMap<Uuid, Uuid>, DbError> {
    type Row = (Uuid, String, Option<Vec<u8>>, Option<Vec<u8>>);
    let rows: Vec<Row> = party::table
        .filter(party::phone_hash.eq_any(new.iter().filter_map(|p| p.phone_hash.as_ref())))
        .select((party::id, party::kind, party::name_hash, party::phone_hash))
        .load(conn)?;
    let here: HashMap<_, Uuid> = rows.iter().map(|(id, kind, name, phone)| ((kind.as_str(), name, phone), *id)).collect();
    let of = |p: &&NewParty| Some((p.id, *here.get(&(p.kind, &Some(p.name_hash.clone()), &p.phone_hash))?));
    Ok(new.iter().filter(|p| p.phone_hash.is_some()).filter_map(of).collect())
}

/// Holds parties until the end of the transaction, in one order for everybody.
pub fn hold_all(conn: &mut PgConnection, ids: &[Uuid]) -> Result<(), DbError> {
    let held = party::table.filter(party::id.eq_any(ids)).order(party::id).select(party::id).for_update();
    held.load::<Uuid>(conn)?;
    Ok(())
}

/// Holds parties until the end of the transaction against others who hold them so, in one order for everybody; what is written about them
/// meanwhile does not wait.
pub fn hold_turns(conn: &mut PgConnection, ids: &[Uuid]) -> Result<(), DbError> {
    let held = party::table.filter(party::id.eq_any(ids)).order(party::id).select(party::id).for_no_key_update();
    held.load::<Uuid>(conn)?;
    Ok(())
}

/// Takes back parties written in this transaction that turned out to be needed by nobody.
pub fn take_back(conn: &mut PgConnection, ids: &[Uuid]) -> Result<(), DbError> {
    diesel::delete(party::table.filter(party::id.eq_any(ids))).execute(conn)?;
    Ok(())
}

/// A party in clear.
#[derive(Debug, Clone)]
pub struct Clear {
    pub id: Uuid,
    pub kind: String,
    pub name: String,
    pub phone: Option<String>,
}

impl Clear {
    /// The party as officers of a chapter read it, under that chapter's name for it ([`alias::of`]).
    pub fn known_as(self, alias: Uuid) -> PartyOut {
        PartyOut { id: alias, kind: self.kind, name: self.name, phone: self.phone }
    }
}

/// A party in clear, for officers who may read it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartyOut {
    /// The chapter's own name for the party: a request of theirs about all of their gifts names it. Another chapter knows
    /// the same person by another.
    pub id: Uuid,
    pub kind: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// Sealed columns of a party that still has a name.
pub struct SealedParty {
    pub id: Uuid,
    pub kind: String,
    name: Vec<u8>,
    phone: Option<Vec<u8>>,
    /// Set when some chapter may keep its data and not use them: see [`restriction`].
    pub restricted_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

impl SealedParty {
    pub fn open(&self, vault: &Vault) -> Result<Clear, VaultError> {
        Ok(Clear {
            id: self.id,
            kind: self.kind.clone(),
            name: vault.open_text(place("party", "name", &self.id), &self.name)?,
            phone: self.phone.as_ref().map(|p| vault.open_text(place("party", "phone", &self.id), p)).transpose()?,
        })
    }
}

type Row = (Uuid, String, Option<Vec<u8>>, Option<Vec<u8>>, Option<DateTime<Utc>>, DateTime<Utc>);
const COLUMNS: (party::id, party::kind, party::name, party::phone, party::restricted_at, party::created_at) =
    (party::id, party::kind, party::name, party::phone, party::restricted_at, party::created_at);

fn sealed((id, kind, name, phone, restricted_at, created_at): Row) -> Option<SealedParty> {
    name.map(|name| SealedParty { id, kind, name, phone, restricted_at, created_at })
}

/// Reads parties by id, still sealed. One that is being erased is not there any more.
pub fn load(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, SealedParty>, DbError> {
    let rows: Vec<Row> = party::table.filter(party::id.eq_any(ids)).select(COLUMNS).load(conn)?;
    Ok(rows.into_iter().filter_map(sealed).map(|party| (party.id, party)).collect())
}

/// The parties with the telephone number of this one: some of them may be the same person, written in another way.
pub fn alike(conn: &mut PgConnection, id: Uuid) -> Result<Vec<SealedParty>, DbError> {
    let number: Option<Option<Vec<u8>>> = party::table.find(id).select(party::phone_hash).first(conn).optional()?;
    let Some(number) = number.flatten() else { return Ok(Vec::new()) };
    let query = party::table.filter(party::phone_hash.eq(number)).filter(party::id.ne(id)).order(party::id).limit(MOST_ALIKE);
    let rows: Vec<Row> = query.select(COLUMNS).load(conn)?;
    Ok(rows.into_iter().filter_map(sealed).collect())
}

/// Reads a party and holds it until the end of the transaction: nobody books for it meanwhile.
pub fn hold(conn: &mut PgConnection, id: Uuid) -> Result<Option<SealedParty>, DbError> {
    let row: Option<Row> = party::table.find(id).select(COLUMNS).for_update().first(conn).optional()?;
    Ok(row.and_then(sealed))
}

/// Takes name and phone, sealed and hashed, out of a party, and what it was found by. Its row stays until [`remove`].
pub fn strip(conn: &mut PgConnection, id: Uuid) -> Result<(), DbError> {
    diesel::update(party::table.find(id))
        .set((
            party::name.eq(None::<Vec<u8>>),
            party::name_hash.eq(None::<Vec<u8>>),
            party::phone.eq(None::<Vec<u8>>),
            party::phone_hash.eq(None::<Vec<u8>>),
            party::words.eq(Vec::<i64>::new()),
        ))
        .execute(conn)?;
    Ok(())
}

/// A row without name and phone, of the kind of another one: what some of its gifts belong to until they have let go of it.
pub fn stub_of(conn: &mut PgConnection, at: DateTime<Utc>, of: Uuid) -> Result<Uuid, DbError> {
    let kind: String = party::table.find(of).select(party::kind).first(conn)?;
    let id = Uuid::new_v4();
    diesel::insert_into(party::table).values((party::id.eq(id), party::kind.eq(kind), party::created_at.eq(at))).execute(conn)?;
    Ok(id)
}

/// Removes a party that no gift names any more; one that a chapter knows as a person stays theirs.
pub fn remove(conn: &mut PgConnection, id: Uuid) -> Result<(), DbError> {
    let removed = conn.transaction(|conn| -> Result<(), DbError> {
        restriction::forget(conn, id)?;
        diesel::delete(party::table.find(id)).execute(conn)?;
        Ok(())
    });
    match removed {
        Err(error) if error.constraint() == Some("person_party_fk") => Ok(()),
        other => other,
    }
}

/// Writes another name and phone into a party, which is found by nothing until the caller says where it is held
/// ([`words::set`]). `false` when a party of that name, phone and kind is here already:
/// making two parties one is another matter.
pub fn rename(conn: &mut PgConnection, vault: &Vault, id: Uuid, named: &Named) -> Result<bool, RenameError> {
    let new = NewParty::seal_as(vault, id, named.kind, named.name.as_str(), named.phone.as_deref())?;
    let twin = party::table
        .filter(party::phone_hash.eq(&new.phone_hash))
        .filter(party::name_hash.eq(&new.name_hash))
        .filter(party::kind.eq(new.kind))
        .filter(party::id.ne(id))
        .select(party::id)
        .first::<Uuid>(conn)
        .optional()?;
    if twin.is_some() {
        return Ok(false);
    }
    diesel::update(party::table.find(id))
        .set((
            party::name.eq(new.name),
            party::name_hash.eq(new.name_hash),
            party::phone.eq(new.phone),
            party::phone_hash.eq(new.phone_hash),
            party::words.eq(Vec::<i64>::new()),
        ))
        .execute(conn)?;
    Ok(true)
}

/// Why a party was not renamed.
#[derive(Debug, thiserror::Error)]
pub enum RenameError {
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Db(#[from] diesel::result::Error),
}

/// Every sealed value must open where it stands, and be what its keyed hash says.
pub struct Sealed;

impl Audits for Sealed {
    fn look(&self, audit: &mut Audit<'_>) -> Result<(), DbError> {
        audit.vault.map_or(Ok(()), |vault| look(audit.conn, audit.findings, vault))
    }
}

fn look(conn: &mut PgConnection, findings: &mut Findings, vault: &Vault) -> Result<(), DbError> {
    type Hashes = (Option<Vec<u8>>, Option<Vec<u8>>);
    use party as p;
    let mut after = Uuid::nil();
    loop {
        let query = p::table.filter(p::id.gt(after)).order(p::id).limit(AUDIT_BATCH);
        let rows: Vec<(Row, Hashes)> = query.select((COLUMNS, (p::name_hash, p::phone_hash))).load(conn)?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.0.0;
        findings.looked("party", rows.len());
        for (row, (name_hash, phone_hash)) in rows {
            let id = row.0;
            // A stub on its way out has nothing to open.
            let Some(party) = sealed(row) else { continue };
            match party.open(vault) {
                Err(error) => findings.found("party", id.to_string(), error.to_string()),
                Ok(party) => {
                    let fits = name_hash == Some(self::name_hash(vault, &party.name))
                        && party.phone.map(|p| self::phone_hash(vault, &p)) == phone_hash;
                    if !fits {
                        findings.found("party", id.to_string(), "its keyed hashes are of another name or phone number");
                    }
                }
            }
        }
    }
}
