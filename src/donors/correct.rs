//! Donations that their blood centre corrects. What was given is never rewritten: what was wrong does not stand any more, nor does its
//! certificate, and what is right stands in its place, under the same number.
//!
//! Whoever asks for it, and who agrees, is the business of a room above.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use uuid::Uuid;

use super::model::{BloodCertificateState, DonationId, DonationProof, DonorId};
use super::record::{self, Certified, CertifyError, DonationRow, Given, Recorded, Serial};
use super::store;
use crate::blood_rules::{AboGroup, Component, Din, Group, RhFactor};
use crate::db::schema::{blood_certificate, blood_redemption, donation};
use crate::db::statement::statement;
use crate::db::{DbError, shown};
use crate::persons::Sex;
use crate::tree::ChapterId;

/// A donation that stands at a drive, with its certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub id: DonationId,
    /// Empty where nobody knows who it was.
    pub donor: Option<DonorId>,
    pub day: NaiveDate,
    pub component: Component,
    pub volume_ml: Option<i16>,
    pub din: Option<Din>,
    pub centre: Option<String>,
    pub sex: Option<Sex>,
    /// Full years on the day.
    pub age: Option<i16>,
    pub group: Option<Group>,
    /// The centre's serial.
    pub serial: Option<String>,
    /// How much of it was given back in blood.
    pub redeemed_ml: i16,
}

/// The donations of a drive that stand, of these ids and numbers.
pub fn standing_at(conn: &mut PgConnection, drive: i64, ids: &[DonationId], dins: &[String]) -> Result<Vec<Standing>, DbError> {
    use donation as g;
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let here = g::table.filter(g::drive_id.eq(drive)).filter(g::stands).filter(g::proof.eq(DonationProof::Centre.name()));
    let of = here.filter(g::id.eq_any(ids).or(g::din.eq_any(dins))).order(g::id);
    let rows: Vec<DonationRow> = of.select(DonationRow::as_select()).load(conn)?;
    let certificates = store::certificates(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let standing = certificates.into_iter().filter(|row| row.state == BloodCertificateState::Stands.name());
    let mut of: HashMap<Uuid, (String, i16)> = standing.map(|row| (row.donation_id, (row.serial, row.redeemed_ml))).collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let certificate = of.remove(&row.id);
            stands(row, certificate)
        })
        .collect())
}

fn stands(row: DonationRow, certificate: Option<(String, i16)>) -> Standing {
    let (serial, redeemed) = certificate.unzip();
    Standing {
        id: DonationId(row.id),
        donor: row.donor_id.map(DonorId),
        day: row.day,
        component: Component::parse(&row.component).unwrap_or(Component::WholeBlood),
        volume_ml: row.volume_ml,
        din: row.din.as_deref().and_then(|din| Din::read(din).ok()),
        centre: row.centre,
        sex: row.sex.as_deref().and_then(Sex::parse),
        age: row.age,
        group: row.abo.as_deref().and_then(AboGroup::parse).zip(row.rh.as_deref().and_then(RhFactor::parse)),
        serial,
        redeemed_ml: redeemed.unwrap_or(0),
    }
}

/// A donation as it is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// With what it stands in the place of, if anything.
    pub given: Given,
    /// The serial of its certificate.
    pub serial: Option<String>,
    /// What was given back for the certificate before is written off this one.
    pub is_same_giver: bool,
}

/// Why donations are not corrected so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotCorrected {
    /// The number stands for another donation.
    NumberTaken,
    /// The donor has given this on that day already.
    SameDay,
    /// The serial is no serial, or stands for another donation of the centre.
    SerialTaken,
    /// More was given back for its certificate, since this was asked, than was given by this.
    MoreGivenBack,
}

/// What became of a correction: the place of the first that cannot be, and why.
pub type Became = Result<(), (usize, NotCorrected)>;

/// Corrects donations at a chapter in the name of an account: those that do not stand any more, and those that are right. Where one cannot
/// be, the caller takes all of it back.
pub fn correct(
    conn: &mut PgConnection,
    at: ChapterId,
    by: (Uuid, DateTime<Utc>),
    gone: &[DonationId],
    right: &[Right],
) -> Result<Became, CertifyError> {
    let donors = donors_of(conn, gone)?;
    store::withdraw(conn, gone)?;
    let given: Vec<Given> = right.iter().map(|one| one.given.clone()).collect();
    for (n, became) in record::record(conn, at, by, &given)?.into_iter().enumerate() {
        match became {
            Recorded::New => {}
            Recorded::NumberTaken => return Ok(Err((n, NotCorrected::NumberTaken))),
            Recorded::Again | Recorded::SameDay => return Ok(Err((n, NotCorrected::SameDay))),
        }
    }
    if let Err(wrong) = certify(conn, at, by, right)? {
        return Ok(Err(wrong));
    }
    for (n, one) in right.iter().enumerate().filter(|(_, one)| one.is_same_giver) {
        if !carry_redeemed(conn, one)? {
            return Ok(Err((n, NotCorrected::MoreGivenBack)));
        }
    }
    let mut all: Vec<DonorId> = given.iter().filter_map(|given| given.donor).chain(donors).collect();
    all.sort_unstable();
    all.dedup();
    record::count_again(conn, &all)?;
    test_again(conn, &all)?;
    Ok(Ok(()))
}

/// Whose these donations were.
fn donors_of(conn: &mut PgConnection, of: &[DonationId]) -> Result<Vec<DonorId>, DbError> {
    let ids: Vec<Uuid> = of.iter().map(|id| id.0).collect();
    let of_donors = donation::table.filter(donation::id.eq_any(ids)).filter(donation::donor_id.is_not_null());
    let rows: Vec<Uuid> = of_donors.select(donation::donor_id.assume_not_null()).load(conn)?;
    Ok(rows.into_iter().map(DonorId).collect())
}

fn certify(conn: &mut PgConnection, at: ChapterId, by: (Uuid, DateTime<Utc>), right: &[Right]) -> Result<Became, CertifyError> {
    let serial = |(n, one): (usize, &Right)| {
        let of = Serial {
            donation: one.given.id,
            serial: one.serial.clone()?,
            centre: one.given.centre.clone()?,
            given_on: one.given.day,
            component: one.given.component,
            volume_ml: one.given.volume_ml?,
        };
        Some((n, of))
    };
    let (places, serials): (Vec<usize>, Vec<Serial>) = right.iter().enumerate().filter_map(serial).unzip();
    let became = record::certify(conn, at, by, &serials)?;
    let wrong = places.into_iter().zip(became).find(|(_, became)| *became != Certified::New);
    Ok(wrong.map_or(Ok(()), |(n, _)| Err((n, NotCorrected::SerialTaken))))
}

/// What was given back for the certificate of a donation is written off the one that took its place; whether that is of as much.
fn carry_redeemed(conn: &mut PgConnection, of: &Right) -> Result<bool, DbError> {
    use {blood_certificate as c, blood_redemption as r};
    let Some(before) = of.given.replaces else { return Ok(true) };
    let old = c::table.filter(c::donation_id.eq(before.0)).filter(c::redeemed_ml.gt(0));
    let old: Vec<(Uuid, i16)> = old.select((c::id, c::redeemed_ml)).load(conn)?;
    let redeemed: i16 = old.iter().map(|(_, ml)| *ml).sum();
    if of.given.volume_ml.is_some_and(|ml| redeemed > ml) {
        return Ok(false);
    }
    let new: Option<Uuid> = c::table.filter(c::donation_id.eq(of.given.id.0)).select(c::id).first(conn).optional()?;
    let Some(new) = new.filter(|_| !old.is_empty()) else { return Ok(true) };
    shown::alters(conn);
    let ids: Vec<Uuid> = old.iter().map(|(id, _)| *id).collect();
    diesel::update(c::table.filter(c::id.eq_any(&ids))).set(c::redeemed_ml.eq(0)).execute(conn)?;
    diesel::update(r::table.filter(r::certificate_id.eq_any(&ids))).set(r::certificate_id.eq(new)).execute(conn)?;
    diesel::update(c::table.find(new)).set(c::redeemed_ml.eq(redeemed)).execute(conn)?;
    Ok(true)
}

statement! {
    struct TestAgain { donors: Vec<Uuid> => Array<SqlUuid>, same: Vec<Uuid> => Array<SqlUuid> } -> (),
    "WITH test AS (SELECT donor_id, day, abo, rh, recorded_at, id FROM donation WHERE donor_id = ANY (?) AND stands AND abo IS NOT NULL AND rh IS NOT NULL),
          latest AS (SELECT DISTINCT ON (donor_id) donor_id, day, abo, rh FROM test ORDER BY donor_id, day DESC, recorded_at DESC, id),
          agreed AS (SELECT l.donor_id, l.day, l.abo, l.rh, least(count(DISTINCT t.day), 2)::smallint AS times
                     FROM latest l JOIN test t ON t.donor_id = l.donor_id AND (t.abo, t.rh) = (l.abo, l.rh)
                     WHERE NOT EXISTS (SELECT FROM test o WHERE o.donor_id = l.donor_id AND (o.abo, o.rh) <> (l.abo, l.rh) AND o.day >= t.day)
                     GROUP BY l.donor_id, l.day, l.abo, l.rh)
     UPDATE donor d SET abo = a.abo, rh = a.rh, group_on = a.day, group_times = coalesce(a.times, 0), version = d.version + 1
     FROM unnest(?) AS of (id) LEFT JOIN agreed a ON a.donor_id = of.id
     WHERE d.id = of.id AND d.state <> 'ERASED'
       AND (d.abo, d.rh, d.group_on, d.group_times) IS DISTINCT FROM (a.abo, a.rh, a.day, coalesce(a.times, 0))"
}

/// What the tests that stand say of the groups of these donors, from the first on: a test that was somebody else's is forgotten. Days on
/// which tests do not agree say nothing, nor does what came before them.
pub(super) fn test_again(conn: &mut PgConnection, donors: &[DonorId]) -> Result<(), DbError> {
    if donors.is_empty() {
        return Ok(());
    }
    let donors: Vec<Uuid> = donors.iter().map(|donor| donor.0).collect();
    TestAgain { donors: &donors, same: &donors }.execute(conn)?;
    Ok(())
}
