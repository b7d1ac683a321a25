//! Who gave in truth: persons of the chapter, whom it knows or writes down now, as donors.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::model::Who;
use super::store::PieceRow;
use crate::authz::Visit;
use crate::basics::Birth;
use crate::blood_days::particulars;
use crate::donors::{self, DonorId, DonorRow, Fault};
use crate::drives::model::Content;
use crate::persons::lists::{self, Particulars};
use crate::persons::{PersonId, Sex};
use crate::tree::{self, ChapterId};

/// Somebody who gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Giver {
    /// Nobody's, where their data were erased meanwhile, or may not be used.
    pub donor: Option<DonorId>,
    pub sex: Option<Sex>,
    /// Full years on the day.
    pub age: Option<i16>,
}

/// Those whom these pieces name, by the place of the piece; written down where the chapter does not know them.
pub fn givers(
    v: &mut Visit<'_>,
    at: ChapterId,
    (account, day): (Uuid, NaiveDate),
    pieces: &[PieceRow],
) -> Result<HashMap<i16, Giver>, Fault> {
    let mut named: Vec<(i16, Particulars)> = Vec::new();
    for piece in pieces {
        let of = piece.open(v.vault)?.and_then(of_who);
        named.extend(of.map(|of| (piece.n, of)));
    }
    let persons = persons(v, at, account, &named)?;
    let rows: Vec<DonorRow> =
        distinct(persons.values().copied()).into_iter().map(|person| donor(v, at, account, person)).collect();
    let donors = donors::ensure(v.conn, &rows)?;
    let giver = |(n, of): &(i16, Particulars)| {
        let age = of.birth.map(|birth| birth.ages_on(day).least).and_then(|age| i16::try_from(age).ok());
        let donor = persons.get(n).and_then(|person| donors.get(person).copied());
        (*n, Giver { donor, sex: of.sex, age: age.filter(|age| (0..=130).contains(age)) })
    };
    Ok(named.iter().map(giver).collect())
}

fn of_who(who: Who) -> Option<Particulars> {
    let sex = who.sex;
    let of = particulars(&Content { name: who.name, contact: who.contact, birth: who.birth })?;
    Some(Particulars { sex, ..of })
}

/// The persons that these are: as a centre's list is read, by name and number, or by the name and the day of birth of who has none.
fn persons(
    v: &mut Visit<'_>,
    at: ChapterId,
    account: Uuid,
    named: &[(i16, Particulars)],
) -> Result<HashMap<i16, PersonId>, Fault> {
    let ids: Vec<(Uuid, i16, &Particulars)> = named.iter().map(|(n, of)| (Uuid::new_v4(), *n, of)).collect();
    let numberless: Vec<(Uuid, Particulars)> = ids
        .iter()
        .filter(|(.., of)| of.phone.is_none() && matches!(of.birth, Some(Birth::Day(_))))
        .map(|(id, _, of)| (*id, (*of).clone()))
        .collect();
    let alike = lists::born_alike(v.conn, v.vault, at, &numberless)?;
    let code = tree::code_of(v.conn, at)?;
    let (mut found, mut listed, mut places) = (HashMap::new(), Vec::new(), Vec::new());
    for (id, n, of) in ids {
        if let Some(person) = alike.get(&id) {
            found.insert(n, *person);
        } else {
            places.push(n);
            listed.push(lists::listed(v.vault, PersonId(id), &code, of)?);
        }
    }
    let met = lists::write(&mut v.errand(), at, account, listed)?;
    found.extend(places.into_iter().zip(met).filter_map(|(n, met)| Some((n, met?.person))));
    Ok(found)
}

fn distinct(persons: impl Iterator<Item = PersonId>) -> Vec<PersonId> {
    let mut all: Vec<PersonId> = persons.collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn donor(v: &Visit<'_>, at: ChapterId, account: Uuid, person: PersonId) -> DonorRow {
    let id = DonorId(Uuid::new_v4());
    let hash = v.vault.hash("donor.listed", id.0.as_bytes()).to_vec();
    DonorRow::new(id, at, person, (account, v.now), hash)
}
