//! Many persons of a chapter at once, for rooms whose lists bring them: what is known of them already, and all of them written
//! down in a fixed number of statements. For what two persons approved.

use std::collections::{BTreeSet, HashMap, HashSet};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bytea, Uuid as SqlUuid};
use uuid::Uuid;

use super::carry::particulars;
use super::fault::Fault;
use super::model::{JoinState, Likeness, PersonId, PersonKind, Traits};
pub use super::model::{Particulars, Told, no_such_commune};
use super::row::Row;
use super::sealed::{self, Known, Sealed};
use super::store;
use crate::authz::{self, AuditEvent, Granted, KeepPeople};
use crate::basics::Birth;
use crate::db::DbError;
use crate::db::schema::{person, person_join};
use crate::db::statement::statement;
use crate::house::errand::Errand;
use crate::parties::{self, Named, NewParty, naming, restriction, words};
use crate::tree::{self, ChapterId};
use crate::vault::{Vault, VaultError};

/// Persons of one name that are looked at.
const MOST_ALIKE: i64 = 50;

/// Somebody of a list, sealed and ready to be written; made outside the transaction.
pub struct Listed {
    id: Uuid,
    party: NewParty,
    sealed: Sealed,
    hash: Vec<u8>,
    kind: PersonKind,
}

/// Seals somebody whom a list brings to the chapter with this code, under an id of the list's.
pub fn listed(vault: &Vault, id: PersonId, chapter: &str, of: &Particulars) -> Result<Listed, VaultError> {
    Ok(Listed {
        id: id.0,
        party: party(vault, of)?,
        sealed: sealed::seal(vault, id.0, chapter, of)?,
        hash: vault.hash("person.listed", id.0.as_bytes()).to_vec(),
        kind: of.kind,
    })
}

/// Somebody as a party, to be looked for.
pub fn party(vault: &Vault, of: &Particulars) -> Result<NewParty, VaultError> {
    let phone = of.phone.as_ref().map(|phone| phone.as_str().to_owned());
    NewParty::seal(vault, &Named { kind: of.kind.as_party(), name: of.name.clone(), phone })
}

/// What a chapter knows of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Here {
    /// They are written down, as this.
    Known(Box<Known>),
    /// Their data may be kept and not used.
    Restricted,
}

/// Which of these somebodies a chapter (with those it goes on for) knows by name and number, by the id they came with.
pub fn known(conn: &mut PgConnection, vault: &Vault, chapter: ChapterId, of: &[&NewParty]) -> Result<HashMap<Uuid, Here>, Fault> {
    let parties = parties::known(conn, of)?;
    let chapters = tree::with_succeeded(conn, chapter)?;
    let ids: Vec<Uuid> = parties.values().copied().collect();
    let closed = restriction::of_parties(conn, &ids)?;
    let persons: Vec<Row> = person::table
        .filter(person::party_id.eq_any(&ids))
        .filter(person::chapter_id.eq_any(&chapters))
        .select(Row::as_select())
        .load(conn)?;
    let known = opened(conn, vault, &persons)?;
    let mut here = HashMap::new();
    for (came, party) in parties {
        if chapters.iter().any(|chapter| closed.contains(&(party, *chapter))) {
            here.insert(came, Here::Restricted);
        } else if let Some(known) = known.get(&party) {
            here.insert(came, Here::Known(Box::new(known.clone())));
        }
    }
    Ok(here)
}

/// Which persons of a chapter these are who have no number and were born on a known day: by the name with its marks and that day. Of whom
/// there may be two, none.
pub fn born_alike(
    conn: &mut PgConnection,
    vault: &Vault,
    chapter: ChapterId,
    of: &[(Uuid, Particulars)],
) -> Result<HashMap<Uuid, PersonId>, Fault> {
    let code = tree::code_of(conn, chapter)?;
    let mut found = HashMap::new();
    for (id, one) in of.iter().filter(|(_, one)| one.phone.is_none() && matches!(one.birth, Some(Birth::Day(_)))) {
        let hashes: Vec<i64> = words::at(vault, &code, one.name.as_str(), None).into_iter().collect();
        let proposed = store::proposed_ids(conn, chapter.0, &hashes, MOST_ALIKE)?;
        let name = naming::one_form(one.name.as_str());
        let known = store::names(conn, vault, &proposed)?.into_values();
        let mut fit = known.filter(|known| known.birth == one.birth && naming::one_form(&known.name) == name);
        if let (Some(known), None) = (fit.next(), fit.next()) {
            found.insert(*id, store::kept(conn, known.id)?);
        }
    }
    Ok(found)
}

/// Somebody of a list who is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    pub person: PersonId,
    pub party: Uuid,
    /// As the chapter knew them before the list.
    pub known: Option<Known>,
}

/// Writes people down at a chapter, or finds those that it knows by name and number, and holds their rows until the end of the
/// transaction. Of each in their order who they are; `None` of those whose data may not be used.
pub fn write(errand: &mut Errand<'_>, to: ChapterId, account: Uuid, all: Vec<Listed>) -> Result<Vec<Option<Met>>, Fault> {
    let of: Vec<&NewParty> = all.iter().map(|one| &one.party).collect();
    let parties = parties::upsert(errand.conn, errand.now, &of)?;
    let came: Vec<(Uuid, Uuid)> =
        all.iter().map(|one| (one.id, parties.get(&one.party.id).copied().unwrap_or(one.party.id))).collect();
    let ids: Vec<Uuid> = came.iter().map(|(_, party)| *party).collect();
    let chapters = tree::with_succeeded(errand.conn, to)?;
    let restricted = restriction::of_parties(errand.conn, &ids)?.into_iter();
    let mut not: HashSet<Uuid> = restricted.filter(|(_, at)| chapters.contains(at)).map(|(party, _)| party).collect();
    // Whom a chapter knows that this one goes on for is not written down again.
    let there = person::table.filter(person::party_id.eq_any(&ids)).filter(person::chapter_id.eq_any(&chapters));
    not.extend(there.select(person::party_id.assume_not_null()).load::<Uuid>(errand.conn)?);
    let rows = all.into_iter().zip(&ids).filter(|(_, party)| !not.contains(party)).map(|(one, party)| Row {
        id: one.id,
        chapter_id: to.0,
        party_id: Some(*party),
        name: Some(one.sealed.name),
        phone: one.sealed.phone,
        // Numbers out of lists are unconfirmed until somebody answers.
        phone_confirmed_on: None,
        particulars: one.sealed.particulars,
        words: one.sealed.words,
        request_hash: one.hash,
        version: 1,
        recorded_by: account,
        recorded_at: errand.now,
        erased_on: None,
        kind: one.kind.name().to_owned(),
    });
    let rows: Vec<Row> = rows.collect();
    diesel::insert_into(person::table).values(&rows).on_conflict_do_nothing().execute(errand.conn)?;
    let there = standing(errand, (to, &chapters), &ids)?;
    let met = |(came, party): (Uuid, Uuid)| {
        let known = there.get(&party)?;
        Some(Met { person: known.id, party: known.party, known: Some(known.clone()).filter(|known| known.id.0 != came) })
    };
    Ok(came.into_iter().map(met).collect())
}

statement! {
    struct KeepMails { ids: Vec<Uuid> => Array<SqlUuid>, sealed: Vec<Vec<u8>> => Array<Bytea> } -> (),
    "UPDATE person p SET particulars = t.sealed, version = p.version + 1
     FROM unnest(?::uuid[], ?::bytea[]) t(id, sealed) WHERE p.id = t.id"
}

/// Writes mail addresses down that a list has of people whom the chapter with this code knew without one, and whose rows [`write`] holds.
pub fn keep_mails(
    errand: &mut Errand<'_>,
    by: &Granted<KeepPeople>,
    code: &str,
    mails: Vec<(Known, String)>,
) -> Result<(), Fault> {
    let (mut ids, mut sealed, mut events) = (Vec::new(), Vec::new(), Vec::new());
    for (known, mail) in mails {
        let id = known.id.0;
        let of = particulars(&Known { mail: Some(mail), ..known })?;
        let Some(rest) = sealed::seal(errand.vault, id, code, &of)?.particulars else { continue };
        ids.push(id);
        sealed.push(rest);
        let (account, chapter) = (Some(by.account()), Some(by.chapter().0));
        events.push(AuditEvent { account, action: "PERSON_CHANGED", subject: Some(id), chapter });
    }
    if ids.is_empty() {
        return Ok(());
    }
    KeepMails { ids: &ids, sealed: &sealed }.execute(errand.conn)?;
    Ok(authz::audit(errand.conn, errand.now, &events)?)
}

/// These parties as persons of a chapter and those it goes on for, held. Whose data may not be used is not among them.
fn standing(
    errand: &mut Errand<'_>,
    (at, chapters): (ChapterId, &[Uuid]),
    parties: &[Uuid],
) -> Result<HashMap<Uuid, Known>, Fault> {
    let restricted = restriction::of_parties(errand.conn, parties)?;
    let free = |party: &&Uuid| chapters.iter().all(|chapter| !restricted.contains(&(**party, *chapter)));
    let free: Vec<Uuid> = parties.iter().filter(free).copied().collect();
    let query = person::table.filter(person::party_id.eq_any(free)).filter(person::chapter_id.eq_any(chapters)).order(person::id);
    let mut rows: Vec<Row> = query.select(Row::as_select()).for_no_key_update().load(errand.conn)?;
    // Whoever stands twice since chapters merged is who they are at the one that goes on.
    rows.sort_by_key(|row| row.chapter_id == at.0);
    opened(errand.conn, errand.vault, &rows)
}

/// Who the parties of these rows are, the last row of each: of joined persons the one that goes on.
fn opened(conn: &mut PgConnection, vault: &Vault, rows: &[Row]) -> Result<HashMap<Uuid, Known>, Fault> {
    let kept = kept(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let others = store::names(conn, vault, &kept.values().copied().map(PersonId).collect::<Vec<_>>())?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let known = match kept.get(&row.id) {
            Some(other) => others.get(&PersonId(*other)).cloned(),
            None => sealed::open(vault, row)?,
        };
        if let (Some(party), Some(known)) = (row.party_id, known) {
            found.insert(party, known);
        }
    }
    Ok(found)
}

/// Who goes on for those of these who were joined to another.
fn kept(conn: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, DbError> {
    use person_join as j;
    let standing = j::table.filter(j::joined_id.eq_any(ids)).filter(j::state.eq(JoinState::Joined.name()));
    Ok(standing.select((j::joined_id, j::kept_id)).load::<(Uuid, Uuid)>(conn)?.into_iter().collect())
}

/// People by the words of their names, to tell who may be one of them.
#[derive(Default)]
pub struct ByWords(HashMap<BTreeSet<String>, Vec<Traits>>);

/// Rows read at a time.
const PAGE: i64 = 2_000;

impl ByWords {
    /// All that a chapter has written down itself.
    pub fn of_chapter(conn: &mut PgConnection, vault: &Vault, chapter: ChapterId) -> Result<Self, Fault> {
        let (mut all, mut after) = (Self::default(), Uuid::nil());
        loop {
            let query = person::table.filter(person::chapter_id.eq(chapter.0)).filter(person::id.gt(after));
            let rows: Vec<Row> = query.order(person::id).limit(PAGE).select(Row::as_select()).load(conn)?;
            let Some(last) = rows.last() else { return Ok(all) };
            after = last.id;
            for row in &rows {
                if let Some(known) = sealed::open(vault, row)? {
                    all.add(known.traits());
                }
            }
        }
    }

    pub fn add(&mut self, of: Traits) {
        self.0.entry(of.words().clone()).or_default().push(of);
    }

    /// Whether somebody of the same name may be one of them. A number alone says nothing: the children of one household share it.
    pub fn has(&self, of: &Traits) -> bool {
        let same = self.0.get(of.words()).into_iter().flatten();
        same.map(|other| of.likenesses(other)).any(|why| why.contains(&Likeness::SameName))
    }
}

impl Particulars {
    /// What somebody is compared by.
    pub fn traits(&self) -> Traits {
        Traits::of(self.name.as_str(), self.phone.as_ref().map(|phone| phone.as_str()), self.birth, self.commune.as_deref())
            .kind(self.kind)
    }
}
