//! SQL of donors.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{BloodCertificateState, CONFIRMED, DonationId, DonorId, DonorState};
use super::record::{CertificateRow, DonationRow};
use crate::authz::{SeeBlood, Seen};
use crate::blood_rules::Component;
use crate::db::schema::{blood_certificate, blood_redemption, donation, donor};
use crate::db::{DbError, shown};
use crate::http::Span;
use crate::persons::PersonId;
use crate::tree::{self, ChapterId};

/// A donor as they are stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = donor, check_for_backend(diesel::pg::Pg))]
pub struct Row {
    pub id: Uuid,
    pub chapter_id: Uuid,
    pub person_id: Uuid,
    pub state: String,
    pub abo: Option<String>,
    pub rh: Option<String>,
    pub group_times: i16,
    pub group_on: Option<NaiveDate>,
    pub willing: Option<bool>,
    pub willing_on: Option<NaiveDate>,
    pub deferred_until: Option<NaiveDate>,
    pub donations: i32,
    pub last_component: Option<String>,
    pub last_on: Option<NaiveDate>,
    pub request_hash: Vec<u8>,
    pub version: i32,
    pub recorded_by: Uuid,
    pub recorded_at: DateTime<Utc>,
}

impl Row {
    /// A donor of whom nothing is known yet: written by an account at a moment.
    pub fn new(
        id: DonorId,
        at: ChapterId,
        person: PersonId,
        (recorded_by, recorded_at): (Uuid, DateTime<Utc>),
        request_hash: Vec<u8>,
    ) -> Self {
        Self {
            id: id.0,
            chapter_id: at.0,
            person_id: person.0,
            state: DonorState::Active.name().to_owned(),
            abo: None,
            rh: None,
            group_times: 0,
            group_on: None,
            willing: None,
            willing_on: None,
            deferred_until: None,
            donations: 0,
            last_component: None,
            last_on: None,
            request_hash,
            version: 1,
            recorded_by,
            recorded_at,
        }
    }

    pub fn donor(&self) -> DonorId {
        DonorId(self.id)
    }

    pub fn person(&self) -> PersonId {
        PersonId(self.person_id)
    }

    pub fn state(&self) -> Option<DonorState> {
        DonorState::parse(&self.state)
    }

    /// ABO and Rh, once the tests of two days agree.
    pub fn group(&self) -> Option<(&str, &str)> {
        if self.group_times < CONFIRMED {
            return None;
        }
        self.abo.as_deref().zip(self.rh.as_deref())
    }
}

/// One donor, whatever chapter's: for rooms that have asked for the right to what they show.
pub fn find(conn: &mut PgConnection, id: DonorId) -> Result<Option<Row>, DbError> {
    Ok(donor::table.find(id.0).select(Row::as_select()).first(conn).optional()?)
}

/// [`find`] for many.
pub fn find_all(conn: &mut PgConnection, ids: &[DonorId]) -> Result<HashMap<DonorId, Row>, DbError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<Row> = donor::table.filter(donor::id.eq_any(ids)).select(Row::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.donor(), row)).collect())
}

/// The donors that these persons are.
pub fn of_persons(conn: &mut PgConnection, persons: &[PersonId]) -> Result<Vec<Row>, DbError> {
    let ids: Vec<Uuid> = persons.iter().map(|id| id.0).collect();
    Ok(donor::table.filter(donor::person_id.eq_any(ids)).order(donor::id).select(Row::as_select()).load(conn)?)
}

/// [`find`], held until the end of the transaction.
pub(super) fn held(conn: &mut PgConnection, id: DonorId) -> Result<Option<Row>, DbError> {
    Ok(donor::table.find(id.0).select(Row::as_select()).for_no_key_update().first(conn).optional()?)
}

/// The donors that these persons are, held.
pub(super) fn held_of_persons(conn: &mut PgConnection, persons: &[PersonId]) -> Result<Vec<Row>, DbError> {
    let ids: Vec<Uuid> = persons.iter().map(|id| id.0).collect();
    let query = donor::table.filter(donor::person_id.eq_any(ids)).order(donor::id).select(Row::as_select());
    Ok(query.for_no_key_update().load(conn)?)
}

pub(super) fn insert(conn: &mut PgConnection, row: &Row) -> Result<(), DbError> {
    diesel::insert_into(donor::table).values(row).execute(conn)?;
    Ok(())
}

/// Rows a statement takes: each has 18 columns, and PostgreSQL takes 65,535 parameters.
const AT_ONCE: usize = 3_000;

/// Writes these donors down, except those whose persons are donors already; of each person who they are.
pub fn ensure(conn: &mut PgConnection, rows: &[Row]) -> Result<HashMap<PersonId, DonorId>, DbError> {
    let mut all = HashMap::with_capacity(rows.len());
    for some in rows.chunks(AT_ONCE) {
        diesel::insert_into(donor::table).values(some).on_conflict_do_nothing().execute(conn)?;
        let persons: Vec<Uuid> = some.iter().map(|row| row.person_id).collect();
        let there = donor::table.filter(donor::person_id.eq_any(persons)).filter(donor::state.ne(DonorState::Erased.name()));
        let there: Vec<(Uuid, Uuid)> = there.select((donor::person_id, donor::id)).load(conn)?;
        all.extend(there.into_iter().map(|(person, id)| (PersonId(person), DonorId(id))));
    }
    Ok(all)
}

/// Writes a held row anew.
pub(super) fn write(conn: &mut PgConnection, row: &Row) -> Result<(), DbError> {
    use donor as d;
    diesel::update(d::table.find(row.id))
        .set((
            (d::state.eq(&row.state), d::willing.eq(row.willing), d::willing_on.eq(row.willing_on)),
            (d::abo.eq(&row.abo), d::rh.eq(&row.rh), d::group_times.eq(row.group_times), d::group_on.eq(row.group_on)),
            (d::deferred_until.eq(row.deferred_until), d::donations.eq(row.donations)),
            (d::last_component.eq(&row.last_component), d::last_on.eq(row.last_on)),
            (d::version.eq(row.version), d::request_hash.eq(&row.request_hash)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Those of a chapter and of those it goes on for, in the order in which they were entered.
pub(super) fn list(
    conn: &mut PgConnection,
    here: &Seen<SeeBlood>,
    span: &Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<Row>, DbError> {
    use donor as d;
    let find = |conn: &mut PgConnection, chapter: Uuid| {
        let query = d::table.filter(d::chapter_id.eq(chapter)).filter(d::state.ne(DonorState::Erased.name()));
        let mut query = query.order((d::recorded_at, d::id)).limit(span.rows).select(Row::as_select()).into_boxed();
        if let Some((at, id)) = span.after {
            query = query.filter(d::recorded_at.ge(at)).filter(d::recorded_at.gt(at).or(d::id.gt(id)));
        }
        Ok(query.load(conn)?)
    };
    tree::merged(conn, here.chapter(), span.rows, find, |row: &Row| (row.recorded_at, row.id))
}

/// One donation.
pub(super) fn donation(conn: &mut PgConnection, id: DonationId) -> Result<Option<DonationRow>, DbError> {
    Ok(donation::table.find(id.0).select(DonationRow::as_select()).first(conn).optional()?)
}

/// What these donors gave, the newest first.
pub(super) fn history(conn: &mut PgConnection, of: &[DonorId]) -> Result<Vec<DonationRow>, DbError> {
    use donation as g;
    let ids: Vec<Uuid> = of.iter().map(|donor| donor.0).collect();
    let query = g::table.filter(g::donor_id.eq_any(ids)).order((g::day.desc(), g::recorded_at.desc(), g::id));
    Ok(query.select(DonationRow::as_select()).load(conn)?)
}

/// What somebody gave before a day, as far as it stands: what the next one is counted from.
pub fn given_before(
    conn: &mut PgConnection,
    of: &[DonorId],
    day: NaiveDate,
) -> Result<HashMap<DonorId, Vec<(Component, NaiveDate)>>, DbError> {
    use donation as g;
    let ids: Vec<Uuid> = of.iter().map(|donor| donor.0).collect();
    let query = g::table.filter(g::donor_id.eq_any(ids)).filter(g::stands).filter(g::day.lt(day));
    let rows: Vec<(Uuid, String, NaiveDate)> = query.select((g::donor_id.assume_not_null(), g::component, g::day)).load(conn)?;
    let mut all: HashMap<DonorId, Vec<(Component, NaiveDate)>> = HashMap::new();
    for (donor, component, day) in rows {
        if let Some(component) = Component::parse(&component) {
            all.entry(DonorId(donor)).or_default().push((component, day));
        }
    }
    Ok(all)
}

/// The certificates of these donations, the newest first.
pub(super) fn certificates(conn: &mut PgConnection, of: &[Uuid]) -> Result<Vec<CertificateRow>, DbError> {
    use blood_certificate as c;
    let query = c::table.filter(c::donation_id.eq_any(of)).order((c::given_on.desc(), c::id));
    Ok(query.select(CertificateRow::as_select()).load(conn)?)
}

/// The certificate of a code, held.
pub(super) fn hold_certificate(conn: &mut PgConnection, code: &str) -> Result<Option<CertificateRow>, DbError> {
    use blood_certificate as c;
    let query = c::table.filter(c::code.eq(code)).select(CertificateRow::as_select()).for_no_key_update();
    Ok(query.first(conn).optional()?)
}

/// Donations do not stand any more, nor do their certificates.
pub(super) fn withdraw(conn: &mut PgConnection, of: &[DonationId]) -> Result<(), DbError> {
    use blood_certificate as c;
    shown::alters(conn);
    let ids: Vec<Uuid> = of.iter().map(|id| id.0).collect();
    diesel::update(donation::table.filter(donation::id.eq_any(&ids))).set(donation::stands.eq(false)).execute(conn)?;
    diesel::update(c::table.filter(c::donation_id.eq_any(&ids)))
        .set(c::state.eq(BloodCertificateState::Revoked.name()))
        .execute(conn)?;
    Ok(())
}

/// What was given at a drive, what does not stand any more too, in the order of their ids.
pub(super) fn at_drive(conn: &mut PgConnection, drive: i64, span: &Span<Uuid>) -> Result<Vec<DonationRow>, DbError> {
    use donation as g;
    let query = g::table.filter(g::drive_id.eq(drive)).order(g::id).limit(span.rows);
    let mut query = query.select(DonationRow::as_select()).into_boxed();
    if let Some(id) = span.after {
        query = query.filter(g::id.gt(id));
    }
    Ok(query.load(conn)?)
}

/// The certificates that stand of what was given at a drive, with whose they are; of nobody who was erased.
pub(super) fn certificates_at(conn: &mut PgConnection, drive: i64) -> Result<Vec<(CertificateRow, Uuid)>, DbError> {
    use {blood_certificate as c, donation as g};
    let of_drive = c::table.inner_join(g::table.on(g::id.eq(c::donation_id))).filter(g::drive_id.eq(drive)).filter(g::stands);
    let standing = of_drive.filter(g::donor_id.is_not_null()).filter(c::state.eq(BloodCertificateState::Stands.name()));
    Ok(standing.order((c::serial_key, c::id)).select((CertificateRow::as_select(), g::donor_id.assume_not_null())).load(conn)?)
}

/// Blood that was given back for a certificate, as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = blood_redemption, check_for_backend(diesel::pg::Pg))]
pub(super) struct RedemptionRow {
    pub id: Uuid,
    pub certificate_id: Uuid,
    pub volume_ml: i16,
    pub day: NaiveDate,
    pub facility: Option<Vec<u8>>,
    pub request_hash: Vec<u8>,
    pub entered_by: Uuid,
    pub entered_at: DateTime<Utc>,
}

pub(super) fn redemption(conn: &mut PgConnection, id: Uuid) -> Result<Option<RedemptionRow>, DbError> {
    Ok(blood_redemption::table.find(id).select(RedemptionRow::as_select()).first(conn).optional()?)
}

/// Those of these certificates.
pub(super) fn redemptions(conn: &mut PgConnection, certificates: &[Uuid]) -> Result<Vec<RedemptionRow>, DbError> {
    use blood_redemption as r;
    let query = r::table.filter(r::certificate_id.eq_any(certificates)).order((r::day, r::id));
    Ok(query.select(RedemptionRow::as_select()).load(conn)?)
}

/// Writes blood off a certificate that the caller holds.
pub(super) fn redeem(conn: &mut PgConnection, of: &CertificateRow, row: &RedemptionRow) -> Result<(), DbError> {
    use blood_certificate as c;
    shown::alters(conn);
    diesel::insert_into(blood_redemption::table).values(row).execute(conn)?;
    diesel::update(c::table.find(of.id)).set(c::redeemed_ml.eq(c::redeemed_ml + row.volume_ml)).execute(conn)?;
    Ok(())
}

/// Donations of these donors say no more whose they are; certificates stay good for who holds the paper.
pub(super) fn let_go(conn: &mut PgConnection, vault: &crate::vault::Vault, of: &[DonorId]) -> Result<(), DbError> {
    let rows = history(conn, of)?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    for row in &rows {
        let hash = vault.hash("donation.erased", row.id.as_bytes()).to_vec();
        diesel::update(donation::table.find(row.id))
            .set((donation::donor_id.eq(None::<Uuid>), donation::request_hash.eq(hash)))
            .execute(conn)?;
    }
    let certificates: Vec<Uuid> = certificates(conn, &ids)?.into_iter().map(|row| row.id).collect();
    for row in redemptions(conn, &certificates)? {
        let hash = vault.hash("blood_redemption.erased", row.id.as_bytes()).to_vec();
        diesel::update(blood_redemption::table.find(row.id))
            .set((blood_redemption::facility.eq(None::<Vec<u8>>), blood_redemption::request_hash.eq(hash)))
            .execute(conn)?;
    }
    Ok(())
}
