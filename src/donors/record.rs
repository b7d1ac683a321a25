//! Donations written down, one or fifty thousand: in a fixed number of statements for so many rows.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::{BloodCertificateState, DonationId, DonationProof, DonorId, serial_key};
use crate::basics::PublicCode;
use crate::blood_rules::{Component, Din, Group};
use crate::db::schema::{blood_certificate, donation};
use crate::db::statement::statement;
use crate::db::{DbError, shown};
use crate::persons::Sex;
use crate::tree::ChapterId;

/// Rows a statement takes: each has 19 columns, and PostgreSQL takes 65,535 parameters.
const AT_ONCE: usize = 3_000;

/// Something that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Made once: the same donation sent again with it is written once.
    pub id: DonationId,
    /// Empty where nobody knows who it was.
    pub donor: Option<DonorId>,
    /// The day of giving (`drives`) it came from.
    pub drive: Option<i64>,
    pub day: NaiveDate,
    pub component: Component,
    pub volume_ml: Option<i16>,
    pub din: Option<Din>,
    /// Code of the blood centre.
    pub centre: Option<String>,
    pub sex: Option<Sex>,
    /// Full years on the day.
    pub age: Option<i16>,
    /// As the centre found it this time.
    pub group: Option<Group>,
    pub proof: DonationProof,
    pub request_hash: Vec<u8>,
    /// The donation in whose place it stands.
    pub replaces: Option<DonationId>,
}

/// What became of one that was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    New,
    /// It was written before, with this id.
    Again,
    /// The number was given to another donation.
    NumberTaken,
    /// The donor has one of this component on this day.
    SameDay,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = donation, check_for_backend(diesel::pg::Pg))]
pub(super) struct DonationRow {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub donor_id: Option<Uuid>,
    pub drive_id: Option<i64>,
    pub day: NaiveDate,
    pub component: String,
    pub volume_ml: Option<i16>,
    pub din: Option<String>,
    pub centre: Option<String>,
    pub sex: Option<String>,
    pub age: Option<i16>,
    pub abo: Option<String>,
    pub rh: Option<String>,
    pub proof: String,
    pub stands: bool,
    pub request_hash: Vec<u8>,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
    pub replaces_id: Option<Uuid>,
}

/// Writes donations down at a chapter in the name of an account, and what follows for their donors: how many they gave, what last, and
/// their group. Of each in its order what became of it. The caller has asked for the right.
pub fn record(
    conn: &mut PgConnection,
    at: ChapterId,
    (account, now): (Uuid, DateTime<Utc>),
    all: &[Given],
) -> Result<Vec<Recorded>, DbError> {
    let known = known(conn, all)?;
    let mut written = HashSet::with_capacity(all.len());
    for some in all.chunks(AT_ONCE) {
        let rows: Vec<DonationRow> = some.iter().map(|given| row(given, at, account, now)).collect();
        let new: Vec<Uuid> = diesel::insert_into(donation::table)
            .values(&rows)
            .on_conflict_do_nothing()
            .returning(donation::id)
            .get_results(conn)?;
        written.extend(new);
    }
    let numbers = taken(conn, all, &written)?;
    let became = |given: &Given| match () {
        () if written.contains(&given.id.0) => Recorded::New,
        () if known.contains(&given.id.0) => Recorded::Again,
        () if given.din.as_ref().is_some_and(|din| numbers.get(din.as_str()).is_some_and(|of| *of != given.id.0)) => {
            Recorded::NumberTaken
        }
        () => Recorded::SameDay,
    };
    let new: Vec<&Given> = all.iter().filter(|given| written.contains(&given.id.0)).collect();
    count_again(conn, &new.iter().filter_map(|given| given.donor).collect::<Vec<_>>())?;
    tested(conn, &new)?;
    Ok(all.iter().map(became).collect())
}

fn row(given: &Given, at: ChapterId, account: Uuid, now: DateTime<Utc>) -> DonationRow {
    DonationRow {
        id: given.id.0,
        chapter_id: at.0,
        donor_id: given.donor.map(|donor| donor.0),
        drive_id: given.drive,
        day: given.day,
        component: given.component.name().to_owned(),
        volume_ml: given.volume_ml,
        din: given.din.as_ref().map(|din| din.as_str().to_owned()),
        centre: given.centre.clone(),
        sex: given.sex.map(|sex| sex.name().to_owned()),
        age: given.age,
        abo: given.group.map(|(abo, _)| abo.name().to_owned()),
        rh: given.group.map(|(_, rh)| rh.name().to_owned()),
        proof: given.proof.name().to_owned(),
        stands: true,
        request_hash: given.request_hash.clone(),
        recorded_by: account,
        recorded_at: now,
        replaces_id: given.replaces.map(|before| before.0),
    }
}

/// Which of these are there, by their ids.
fn known(conn: &mut PgConnection, all: &[Given]) -> Result<HashSet<Uuid>, DbError> {
    let ids: Vec<Uuid> = all.iter().map(|given| given.id.0).collect();
    Ok(donation::table.filter(donation::id.eq_any(ids)).select(donation::id).load(conn)?.into_iter().collect())
}

/// To which donations the numbers of those that were not written were given.
fn taken(conn: &mut PgConnection, all: &[Given], written: &HashSet<Uuid>) -> Result<HashMap<String, Uuid>, DbError> {
    let left = all.iter().filter(|given| !written.contains(&given.id.0));
    let dins: Vec<&str> = left.filter_map(|given| given.din.as_ref().map(Din::as_str)).collect();
    if dins.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = donation::table.filter(donation::din.eq_any(dins)).filter(donation::stands);
    Ok(rows.select((donation::din.assume_not_null(), donation::id)).load(conn)?.into_iter().collect())
}

/// Which of these numbers stand for a donation already.
pub fn numbers_given(conn: &mut PgConnection, dins: &[String]) -> Result<HashMap<String, DonationId>, DbError> {
    let rows = donation::table.filter(donation::din.eq_any(dins)).filter(donation::stands);
    let rows = rows.select((donation::din.assume_not_null(), donation::id));
    Ok(rows.load::<(String, Uuid)>(conn)?.into_iter().map(|(din, id)| (din, DonationId(id))).collect())
}

statement! {
    struct CountAgain { donors: Vec<Uuid> => Array<SqlUuid> } -> (),
    "WITH of AS (SELECT d.id, count(g.id)::integer AS n, max(g.day) AS day,
             (array_agg(g.component ORDER BY g.day DESC, g.recorded_at DESC, g.id) FILTER (WHERE g.id IS NOT NULL))[1] AS component
         FROM donor d LEFT JOIN donation g ON g.donor_id = d.id AND g.stands WHERE d.id = ANY (?) GROUP BY d.id)
     UPDATE donor d SET donations = of.n, last_on = of.day, last_component = of.component, version = d.version + 1
     FROM of WHERE of.id = d.id
       AND (d.donations, d.last_on, d.last_component) IS DISTINCT FROM (of.n, of.day, of.component)"
}

/// What stands in the histories of these donors is counted anew.
pub(super) fn count_again(conn: &mut PgConnection, donors: &[DonorId]) -> Result<(), DbError> {
    if donors.is_empty() {
        return Ok(());
    }
    let donors = donors.iter().map(|donor| donor.0).collect();
    CountAgain { donors: &donors }.execute(conn)?;
    Ok(())
}

statement! {
    struct Tested {
        donors: Vec<Uuid> => Array<SqlUuid>,
        abo: Vec<String> => Array<Text>,
        rh: Vec<String> => Array<Text>,
        days: Vec<NaiveDate> => Array<Date>,
    } -> (),
    "UPDATE donor d SET
         group_times = CASE WHEN d.abo IS NULL OR (d.abo, d.rh) <> (t.abo, t.rh) THEN 1 WHEN t.day <> d.group_on THEN 2 ELSE d.group_times END,
         abo = CASE WHEN d.group_on IS NULL OR t.day >= d.group_on THEN t.abo ELSE d.abo END,
         rh = CASE WHEN d.group_on IS NULL OR t.day >= d.group_on THEN t.rh ELSE d.rh END,
         group_on = greatest(d.group_on, t.day), version = d.version + 1
     FROM unnest(?, ?, ?, ?) AS t (id, abo, rh, day) WHERE d.id = t.id AND d.state <> 'ERASED'"
}

/// What tests said of groups: two that agree on two days confirm one, one that does not agree begins anew.
fn tested(conn: &mut PgConnection, all: &[&Given]) -> Result<(), DbError> {
    let mut left: Vec<(&Given, DonorId)> =
        all.iter().filter(|given| given.group.is_some()).filter_map(|given| Some((*given, given.donor?))).collect();
    left.sort_by_key(|(given, _)| given.day);
    // A donor whom a list has twice is tested twice, one after the other.
    while !left.is_empty() {
        let mut seen = HashSet::new();
        let (now, later): (Vec<_>, Vec<_>) = left.into_iter().partition(|(_, donor)| seen.insert(*donor));
        let (mut donors, mut abo, mut rh, mut days) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (given, donor) in now {
            let Some((a, r)) = given.group else { continue };
            donors.push(donor.0);
            abo.push(a.name().to_owned());
            rh.push(r.name().to_owned());
            days.push(given.day);
        }
        Tested { donors: &donors, abo: &abo, rh: &rh, days: &days }.execute(conn)?;
        left = later;
    }
    Ok(())
}

statement! {
    struct Defer { donors: Vec<Uuid> => Array<SqlUuid>, until: Vec<NaiveDate> => Array<Date> } -> (),
    "UPDATE donor d SET deferred_until = greatest(d.deferred_until, t.until), version = d.version + 1
     FROM (SELECT id, max(until) AS until FROM unnest(?, ?) AS t (id, until) GROUP BY id) t
     WHERE d.id = t.id AND d.state <> 'ERASED'"
}

/// The centre puts these donors off until a day (the last one on which they do not give). Why is not kept here.
pub fn defer(conn: &mut PgConnection, all: &[(DonorId, NaiveDate)]) -> Result<(), DbError> {
    let (donors, until): (Vec<Uuid>, Vec<NaiveDate>) = all.iter().map(|(donor, until)| (donor.0, *until)).unzip();
    if !donors.is_empty() {
        Defer { donors: &donors, until: &until }.execute(conn)?;
    }
    Ok(())
}

statement! {
    struct NotDeferred { donors: Vec<Uuid> => Array<SqlUuid>, until: Vec<NaiveDate> => Array<Date> } -> (),
    "UPDATE donor d SET deferred_until = NULL, version = d.version + 1
     FROM unnest(?, ?) AS t (id, until) WHERE d.id = t.id AND d.deferred_until = t.until"
}

/// These donors were not put off until these days, as it had been said; whoever was put off until another one is still.
pub fn not_deferred(conn: &mut PgConnection, all: &[(DonorId, NaiveDate)]) -> Result<(), DbError> {
    let (donors, until): (Vec<Uuid>, Vec<NaiveDate>) = all.iter().map(|(donor, until)| (donor.0, *until)).unzip();
    if !donors.is_empty() {
        NotDeferred { donors: &donors, until: &until }.execute(conn)?;
    }
    Ok(())
}

/// A centre's serial for a donation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serial {
    pub donation: DonationId,
    /// As it stands on the certificate.
    pub serial: String,
    pub centre: String,
    pub given_on: NaiveDate,
    pub component: Component,
    pub volume_ml: i16,
}

/// What became of a certificate that was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certified {
    New,
    /// The donation has one, or the centre gave the serial to another donation.
    Taken,
    /// It is no serial.
    NotASerial,
}

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = blood_certificate, check_for_backend(diesel::pg::Pg))]
pub(super) struct CertificateRow {
    pub id: Uuid,
    pub donation_id: Uuid,
    pub chapter_id: Uuid,
    pub code: String,
    pub serial: String,
    pub serial_key: String,
    pub centre: String,
    pub given_on: NaiveDate,
    pub component: String,
    pub volume_ml: i16,
    pub redeemed_ml: i16,
    pub state: String,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
}

/// Writes certificates down, each with a code of ours. Of each in its order what became of it.
pub fn certify(
    conn: &mut PgConnection,
    at: ChapterId,
    (account, now): (Uuid, DateTime<Utc>),
    all: &[Serial],
) -> Result<Vec<Certified>, CertifyError> {
    let mut rows = Vec::with_capacity(all.len());
    for one in all {
        let Some(key) = serial_key(&one.serial) else { continue };
        rows.push(CertificateRow {
            id: Uuid::new_v4(),
            donation_id: one.donation.0,
            chapter_id: at.0,
            code: PublicCode::random()?.as_str().to_owned(),
            serial: one.serial.trim().to_owned(),
            serial_key: key,
            centre: one.centre.clone(),
            given_on: one.given_on,
            component: one.component.name().to_owned(),
            volume_ml: one.volume_ml,
            redeemed_ml: 0,
            state: BloodCertificateState::Stands.name().to_owned(),
            recorded_by: account,
            recorded_at: now,
        });
    }
    let mut written: HashSet<Uuid> = HashSet::with_capacity(rows.len());
    shown::adds(conn);
    for some in rows.chunks(AT_ONCE) {
        let new: Vec<Uuid> = diesel::insert_into(blood_certificate::table)
            .values(some)
            .on_conflict_do_nothing()
            .returning(blood_certificate::donation_id)
            .get_results(conn)?;
        written.extend(new);
    }
    let became = |one: &Serial| match serial_key(&one.serial) {
        None => Certified::NotASerial,
        Some(_) if written.contains(&one.donation.0) => Certified::New,
        Some(_) => Certified::Taken,
    };
    Ok(all.iter().map(became).collect())
}

/// Why certificates were not written.
#[derive(Debug, thiserror::Error)]
pub enum CertifyError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("no random numbers: {0}")]
    Random(#[from] getrandom::Error),
}

impl From<diesel::result::Error> for CertifyError {
    fn from(error: diesel::result::Error) -> Self {
        CertifyError::Db(error.into())
    }
}
