//! The job that carries an agreed result over to the donors, part by part, and goes on where it was left. A part is one transaction with the
//! note that it was done; who its people were is forgotten with it.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::check_in::particulars;
use super::model::{FileState, Outcome, Settlement, Who};
use super::store::{self, FileRow, RowRow};
use super::{sums, totals};
use crate::authz::{self, Actor, Ask, Granted, KeepBlood};
use crate::basics::failpoint;
use crate::basics::{Birth, Line, Phone};
use crate::blood_rules::{AboGroup, Component, Din, RhFactor};
use crate::donors::{self, DonationId, DonationProof, DonorId, DonorRow, Fault, Given, Recorded, Serial};
use crate::drives::{self, Drive, DriveState, bookings};
use crate::house::errand::Errand;
use crate::jobs::{Failure, Handler, JobKind, Work};
use crate::persons::lists::{self, Listed, Particulars};
use crate::persons::{PersonId, Sex};
use crate::tree;
use crate::vault::Vault;

/// Carrying one file over; the job has the file's id.
pub static CARRY_OVER: JobKind = JobKind::own("CARRY_OVER_BLOOD_FILE");

/// Neither who sent the file nor who agreed may keep the donors of its chapter any more.
pub const NOT_ALLOWED: &str = "NOT_ALLOWED";

/// Rows of a part; fewer in a debug build, so that a small file has several.
const A_PART: i64 = if cfg!(debug_assertions) { 100 } else { 2_000 };

/// Carries files over.
pub fn handler(vault: Arc<Vault>) -> Handler {
    let run = move |work: &mut Work<'_>| carry_on(work, &vault);
    Handler::new(&CARRY_OVER, run)
}

/// What is to be done next.
struct Next {
    file: FileRow,
    drive: Drive,
    rows: Vec<RowRow>,
    /// What bookings say of whom, where the file does not.
    booked: HashMap<Uuid, drives::model::Content>,
    settled: HashMap<Uuid, Settlement>,
    /// Rows of somebody without a number whom the chapter knows by name and birth.
    alike: HashMap<Uuid, PersonId>,
    /// The code of the chapter that has the drive today, and of the centre.
    chapter: String,
    centre: String,
}

fn failure(fault: Fault) -> Failure {
    match fault {
        Fault::Db(error) => Failure::Db(error),
        Fault::Denied(_) => Failure::Never(NOT_ALLOWED),
        _ => Failure::Again("SEALED"),
    }
}

fn carry_on(work: &mut Work<'_>, vault: &Vault) -> Result<(), Failure> {
    let (id, now, account) = (work.id(), work.now(), work.account());
    while let Some(next) = work.look(|conn| look(conn, vault, id, account, now))? {
        let people = people(vault, &next).map_err(failure)?;
        work.step(|conn, progress| {
            let by = keeper(conn, &next.file, &next.drive, account, now)?;
            let mut errand = Errand { conn, now, vault };
            let errors = part(&mut errand, &by, &next, people).map_err(failure)?;
            progress.errors += errors;
            progress.done += i64::try_from(next.rows.len()).unwrap_or(i64::MAX);
            Ok(())
        })?;
        failpoint::reached("blood_part_done");
    }
    work.last_step(|conn, _| finish(conn, id, account, now))
}

/// The next part; none when all rows are carried over.
fn look(
    conn: &mut PgConnection,
    vault: &Vault,
    id: Uuid,
    account: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Option<Next>, Failure> {
    let file = store::file(conn, id)?.ok_or(Failure::Never("NO_SUCH_FILE"))?;
    if !file.is(FileState::Accepted) {
        return Ok(None);
    }
    let rows = store::next_rows(conn, id, file.done_rows, A_PART)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let drive = drives::store::find(conn, file.drive_id)?.ok_or(Failure::Never("NO_SUCH_DRIVE"))?;
    let by = keeper(conn, &file, &drive, account, now)?;
    let chapter = tree::code_of(conn, by.chapter())?;
    let of: Vec<Uuid> = rows.iter().filter_map(|row| row.booking_id).collect();
    let mut booked = HashMap::with_capacity(of.len());
    for row in bookings::by_ids(conn, &of)? {
        let who = row.open(vault).map_err(|_| Failure::Again("SEALED"))?;
        booked.extend(who.map(|who| (row.id, who)));
    }
    let centres = drives::store::centres(conn)?;
    let centre = centres.into_iter().find(|one| one.id == drive.centre_id).map(|one| one.code).unwrap_or_default();
    let settled = store::settled_persons(conn, id)?;
    let mut next = Next { file, drive, rows, booked, settled, alike: HashMap::new(), chapter, centre };
    let mut numberless = Vec::new();
    for row in next.rows.iter().filter(|row| is_given(row)) {
        numberless.extend(who(vault, &next, row).map_err(failure)?.filter(|of| of.phone.is_none()).map(|of| (row.id, of)));
    }
    next.alike = lists::born_alike(conn, vault, by.chapter(), &numberless).map_err(|fault| failure(fault.into()))?;
    Ok(Some(next))
}

/// The right to keep the donors of the chapter that has the drive today: of who sent the file, or else of who agreed or goes on with it.
fn keeper(
    conn: &mut PgConnection,
    file: &FileRow,
    drive: &Drive,
    account: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Granted<KeepBlood>, Failure> {
    let chapter = drives::today(conn, drive)?;
    let accounts = [Some(file.uploaded_by), account].into_iter().flatten();
    let asks: Vec<Ask> = accounts.map(|account| Ask { actor: Actor::of_job(account), chapter }).collect();
    let verdicts = authz::decide::<KeepBlood>(conn, now, &asks)?;
    verdicts.into_iter().find_map(Result::ok).ok_or(Failure::Never(NOT_ALLOWED))
}

/// Somebody of the part who gave.
struct Person<'a> {
    row: &'a RowRow,
    is: Is,
}

enum Is {
    /// Their data were erased meanwhile.
    Nobody,
    Known(PersonId),
    Listed(Box<Listed>),
}

/// Whether a row is of somebody who gave, and is counted.
fn is_given(row: &RowRow) -> bool {
    row.counts && row.outcome == Outcome::Gave.name()
}

/// Seals who gave; off the database.
fn people<'a>(vault: &Vault, next: &'a Next) -> Result<Vec<Person<'a>>, Fault> {
    let mut people = Vec::with_capacity(next.rows.len());
    for row in next.rows.iter().filter(|row| is_given(row)) {
        let is = match (next.alike.get(&row.id), who(vault, next, row)?) {
            (Some(person), _) => Is::Known(*person),
            (None, Some(of)) => Is::Listed(Box::new(lists::listed(vault, PersonId(row.id), &next.chapter, &of)?)),
            (None, None) => Is::Nobody,
        };
        people.push(Person { row, is });
    }
    Ok(people)
}

/// Who a row is: as the file says, by the number of the booking where the file has none; or as the booking says where somebody settled that.
fn who(vault: &Vault, next: &Next, row: &RowRow) -> Result<Option<Particulars>, Fault> {
    let booked = row.booking_id.and_then(|id| next.booked.get(&id)).and_then(particulars);
    let ours = next.settled.get(&row.id) == Some(&Settlement::OursRight);
    let sex = row.sex.as_deref().and_then(Sex::parse);
    if let (true, Some(booked)) = (ours, booked.clone()) {
        return Ok(Some(Particulars { sex, ..booked }));
    }
    let Some(Who { name, birth, phone, .. }) = row.open(vault)? else { return Ok(None) };
    let Ok(name) = Line::parse(&name, 100) else { return Ok(None) };
    // Where the file is right about another person, the booking's number is not theirs.
    let booked = booked.filter(|_| next.settled.get(&row.id) != Some(&Settlement::FileRight));
    let (own, mail, born) = booked.map(|of| (of.phone, of.mail, of.birth)).unwrap_or_default();
    let phone = phone.as_deref().and_then(Phone::today).or(own);
    let birth = birth.as_deref().and_then(Birth::read).or(born);
    Ok(Some(Particulars { phone, mail, birth, sex, ..Particulars::of_person(name) }))
}

/// Carries a part over: persons, donors, donations, certificates, who is put off. How many rows came to nothing in some respect.
fn part(errand: &mut Errand<'_>, by: &Granted<KeepBlood>, next: &Next, people: Vec<Person<'_>>) -> Result<i64, Fault> {
    let account = by.account();
    let mut persons: Vec<(&RowRow, Option<PersonId>)> = Vec::with_capacity(people.len());
    let (mut listed, mut places) = (Vec::new(), Vec::new());
    for Person { row, is } in people {
        match is {
            Is::Nobody => persons.push((row, None)),
            Is::Known(person) => persons.push((row, Some(person))),
            Is::Listed(one) => {
                places.push(persons.len());
                listed.push(*one);
                persons.push((row, None));
            }
        }
    }
    let met = lists::write(errand, by.chapter(), account, listed)?;
    for (place, met) in places.into_iter().zip(met) {
        if let Some((_, person)) = persons.get_mut(place) {
            *person = met.map(|met| met.person);
        }
    }
    let donors = donors(errand, by, &persons)?;
    let given: Vec<Given> = persons.iter().map(|(row, person)| given(next, row, *person, &donors)).collect();
    let mut errors = record(errand, by, given)?;
    errors += certify(errand, by, next, &persons)?;
    put_off(errand, by, next)?;
    let ids: Vec<Uuid> = next.rows.iter().map(|row| row.id).collect();
    let upto = next.rows.last().map_or(next.file.done_rows, |row| row.n + 1);
    store::done(errand.conn, next.file.id, &ids, upto)?;
    Ok(errors)
}

/// These persons as donors of the chapter.
fn donors(
    errand: &mut Errand<'_>,
    by: &Granted<KeepBlood>,
    persons: &[(&RowRow, Option<PersonId>)],
) -> Result<HashMap<PersonId, DonorId>, Fault> {
    let new = |person: PersonId| {
        let id = DonorId(Uuid::new_v4());
        let hash = errand.vault.hash("donor.listed", id.0.as_bytes()).to_vec();
        DonorRow::new(id, by.chapter(), person, (by.account(), errand.now), hash)
    };
    let mut seen = std::collections::HashSet::new();
    let rows: Vec<DonorRow> =
        persons.iter().filter_map(|(_, person)| *person).filter(|person| seen.insert(*person)).map(new).collect();
    Ok(donors::ensure(errand.conn, &rows)?)
}

fn given(next: &Next, row: &RowRow, person: Option<PersonId>, donors: &HashMap<PersonId, DonorId>) -> Given {
    let group = row.abo.as_deref().and_then(AboGroup::parse).zip(row.rh.as_deref().and_then(RhFactor::parse));
    Given {
        id: DonationId(row.id),
        donor: person.and_then(|person| donors.get(&person).copied()),
        drive: Some(next.drive.id),
        day: next.drive.day,
        component: Component::parse(&row.component).unwrap_or(Component::WholeBlood),
        volume_ml: row.volume_ml,
        din: row.din.as_deref().and_then(|din| Din::read(din).ok()),
        centre: Some(next.centre.clone()),
        sex: row.sex.as_deref().and_then(Sex::parse),
        age: row.age,
        group,
        proof: DonationProof::Centre,
        request_hash: row.id.as_bytes().to_vec(),
        replaces: None,
    }
}

/// Writes donations down. What cannot be one donor's, or has another's number, is counted all the same: under nobody, or no number.
fn record(errand: &mut Errand<'_>, by: &Granted<KeepBlood>, mut given: Vec<Given>) -> Result<i64, Fault> {
    let mut errors = 0;
    for _ in 0..3 {
        let became = donors::record(errand.conn, by.chapter(), (by.account(), errand.now), &given)?;
        let mut left = Vec::new();
        for (mut one, became) in given.into_iter().zip(became) {
            match became {
                Recorded::New | Recorded::Again => continue,
                Recorded::NumberTaken => one.din = None,
                Recorded::SameDay => one.donor = None,
            }
            errors += 1;
            left.push(one);
        }
        if left.is_empty() {
            break;
        }
        given = left;
    }
    Ok(errors)
}

/// The centre's serials, for those who have one. One that was given to another donation is not written.
fn certify(
    errand: &mut Errand<'_>,
    by: &Granted<KeepBlood>,
    next: &Next,
    persons: &[(&RowRow, Option<PersonId>)],
) -> Result<i64, Fault> {
    let serial = |(row, _): &(&RowRow, Option<PersonId>)| {
        Some(Serial {
            donation: DonationId(row.id),
            serial: row.serial.clone()?,
            centre: next.centre.clone(),
            given_on: next.drive.day,
            component: Component::parse(&row.component)?,
            volume_ml: row.volume_ml?,
        })
    };
    let all: Vec<Serial> = persons.iter().filter_map(serial).collect();
    let became = donors::certify(errand.conn, by.chapter(), (by.account(), errand.now), &all)?;
    let not = became.iter().filter(|one| **one != donors::Certified::New).count();
    Ok(i64::try_from(not).unwrap_or(i64::MAX))
}

/// Donors whom the centre put off until a day; of who is no donor of the chapter nothing is kept.
fn put_off(errand: &mut Errand<'_>, by: &Granted<KeepBlood>, next: &Next) -> Result<(), Fault> {
    let mut parties = Vec::new();
    for row in next.rows.iter().filter(|row| row.counts && row.outcome == Outcome::Deferred.name()) {
        if let (Some(until), Some(of)) = (row.until, who(errand.vault, next, row)?) {
            parties.push((lists::party(errand.vault, &of)?, until));
        }
    }
    let known =
        lists::known(errand.conn, errand.vault, by.chapter(), &parties.iter().map(|(party, _)| party).collect::<Vec<_>>())?;
    let mut until: HashMap<PersonId, NaiveDate> = HashMap::new();
    for (party, day) in &parties {
        if let Some(lists::Here::Known(person)) = known.get(&party.id) {
            until.insert(person.id, *day);
        }
    }
    let rows = donors::of_persons(errand.conn, &until.keys().copied().collect::<Vec<_>>())?;
    let all: Vec<(DonorId, NaiveDate)> = rows.iter().filter_map(|row| Some((row.donor(), *until.get(&row.person())?))).collect();
    Ok(donors::defer(errand.conn, &all)?)
}

/// Carries a file over at once, in the transaction of the caller: where no server runs yet.
pub(super) fn at_once(conn: &mut PgConnection, vault: &Vault, id: Uuid, account: Uuid, now: DateTime<Utc>) -> Result<(), Fault> {
    let stopped = |failure: Failure| match failure {
        Failure::Db(error) => Fault::Db(error),
        _ => Fault::broken("a file of the demo is not carried over"),
    };
    while let Some(next) = look(conn, vault, id, Some(account), now).map_err(stopped)? {
        let people = people(vault, &next)?;
        let by = keeper(conn, &next.file, &next.drive, Some(account), now).map_err(stopped)?;
        part(&mut Errand { conn, now, vault }, &by, &next, people)?;
    }
    finish(conn, id, Some(account), now).map_err(stopped)
}

/// All rows are carried over: the totals stand, and the drive is reconciled.
fn finish(conn: &mut PgConnection, id: Uuid, account: Option<Uuid>, now: DateTime<Utc>) -> Result<(), Failure> {
    let file = store::hold_file(conn, id)?.ok_or(Failure::Never("NO_SUCH_FILE"))?;
    if !file.is(FileState::Accepted) {
        return Ok(());
    }
    let mut drive = drives::hold(conn, file.drive_id)?.ok_or(Failure::Never("NO_SUCH_DRIVE"))?;
    let by = keeper(conn, &file, &drive, account, now)?;
    let total = totals::counted(conn, &drive, file.id, now)?;
    sums::write_totals(conn, file.id, &total)?;
    drives::advance(conn, &by, now, &mut drive, DriveState::Reconciled)?;
    store::set_state(conn, file.id, FileState::Done, None)?;
    Ok(())
}
