//! Consent to be shown: which party agreed to what beside which gift, by which text, and until when.
//!
//! A choice recorded with a gift refers to the text in force that day. Organisations are named without consent (DESIGN
//! 9), so they have none here. A consent is withdrawn, never rewritten; it goes when the party's data are erased.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Binary, Date, Nullable, Text, Timestamptz};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::db::schema::{consent, consent_text};
use crate::db::statement::statement;

/// What somebody agrees to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    ShowMaskedName,
    ShowFullName,
    /// Of a child: by the representative, and from seven years on by the child too.
    ShowMaskedNameOfChild,
    ShowFullNameOfChild,
}

impl Purpose {
    pub fn name(self) -> &'static str {
        match self {
            Purpose::ShowMaskedName => "SHOW_MASKED_NAME",
            Purpose::ShowFullName => "SHOW_FULL_NAME",
            Purpose::ShowMaskedNameOfChild => "SHOW_MASKED_NAME_OF_CHILD",
            Purpose::ShowFullNameOfChild => "SHOW_FULL_NAME_OF_CHILD",
        }
    }

    /// The same for a child.
    pub fn of_child(self) -> Purpose {
        match self {
            Purpose::ShowMaskedName | Purpose::ShowMaskedNameOfChild => Purpose::ShowMaskedNameOfChild,
            Purpose::ShowFullName | Purpose::ShowFullNameOfChild => Purpose::ShowFullNameOfChild,
        }
    }
}

/// A consent about to be written.
#[derive(Debug, Clone)]
pub struct NewConsent {
    pub party: Uuid,
    pub gift: Uuid,
    pub purpose: Purpose,
    /// By which way it was given.
    pub channel: &'static str,
    /// SHA-256 of a document that proves it, e.g. a signed form.
    pub evidence: Option<Vec<u8>>,
    pub account: Uuid,
}

statement! {
    struct InsertConsents {
        ids: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        parties: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        gifts: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        purposes: Vec<&'static str> => Array<Text>,
        channels: Vec<&'static str> => Array<Text>,
        evidence: Vec<Option<&'a [u8]>> => Array<Nullable<Binary>>,
        accounts: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        at: DateTime<Utc> => Timestamptz,
        from: NaiveDate => Date,
        to: NaiveDate => Date,
    } -> (),
    "INSERT INTO consent (id, party_id, gift_id, purpose, channel, evidence_sha256, recorded_by, given_at, basis, text_version)
     SELECT a.*, b.*, CASE WHEN t.version IS NULL THEN 'DISPLAY_CHOICE_AT_GIVING' ELSE 'CONSENT_TEXT' END, t.version
     FROM unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::bytea[], ?::uuid[])
         AS a(id, party, gift, purpose, channel, evidence, account)
     CROSS JOIN (SELECT ?::timestamptz) b
     LEFT JOIN consent_text t ON t.purpose = a.purpose AND t.valid_from <= ? AND (t.valid_to IS NULL OR t.valid_to > ?)"
}

/// Writes consents in one statement, none when there are none.
pub fn record(conn: &mut PgConnection, at: DateTime<Utc>, new: &[NewConsent]) -> Result<(), DbError> {
    if new.is_empty() {
        return Ok(());
    }
    let today = vietnam_date(at);
    InsertConsents {
        ids: &new.iter().map(|_| Uuid::now_v7()).collect(),
        parties: &new.iter().map(|c| c.party).collect(),
        gifts: &new.iter().map(|c| c.gift).collect(),
        purposes: &new.iter().map(|c| c.purpose.name()).collect(),
        channels: &new.iter().map(|c| c.channel).collect(),
        evidence: &new.iter().map(|c| c.evidence.as_deref()).collect(),
        accounts: &new.iter().map(|c| c.account).collect(),
        at: &at,
        from: &today,
        to: &today,
    }
    .execute(conn)?;
    Ok(())
}

/// Ends what stands beside these gifts.
pub fn withdraw(conn: &mut PgConnection, at: DateTime<Utc>, gifts: &[Uuid]) -> Result<(), DbError> {
    diesel::update(consent::table.filter(consent::gift_id.eq_any(gifts)).filter(consent::withdrawn_at.is_null()))
        .set(consent::withdrawn_at.eq(at))
        .execute(conn)?;
    Ok(())
}

/// The consents beside a gift follow it to another row of the same person.
pub fn follow(conn: &mut PgConnection, gift: Uuid, party: Uuid) -> Result<(), DbError> {
    diesel::update(consent::table.filter(consent::gift_id.eq(gift))).set(consent::party_id.eq(party)).execute(conn)?;
    Ok(())
}

statement! {
    struct Follow {
        gifts: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        parties: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
    } -> (),
    "UPDATE consent c SET party_id = a.party FROM unnest(?::uuid[], ?::uuid[]) AS a(gift, party) WHERE c.gift_id = a.gift"
}

/// [`follow`] for many gifts: (gift, party).
pub fn follow_all(conn: &mut PgConnection, gifts: &[(Uuid, Uuid)]) -> Result<(), DbError> {
    Follow { gifts: &gifts.iter().map(|g| g.0).collect(), parties: &gifts.iter().map(|g| g.1).collect() }.execute(conn)?;
    Ok(())
}

/// Forgets the consents beside gifts whose giver is erased: a proof about nobody proves nothing.
pub fn forget(conn: &mut PgConnection, gifts: &[Uuid]) -> Result<(), DbError> {
    diesel::delete(consent::table.filter(consent::gift_id.eq_any(gifts))).execute(conn)?;
    Ok(())
}

/// A consent as it is shown to whoever asks what is kept about them.
#[derive(Debug, Clone, Serialize, ToSchema, Queryable)]
pub struct ConsentOut {
    pub gift_id: Uuid,
    #[schema(example = "SHOW_FULL_NAME")]
    pub purpose: String,
    /// `CONSENT_TEXT`, or `DISPLAY_CHOICE_AT_GIVING` for choices recorded before there were texts.
    pub basis: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_version: Option<i16>,
    #[schema(example = "AT_GIVING")]
    pub channel: String,
    pub given_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// Which of these gifts are a child's, by what was agreed to beside them.
pub fn of_children(conn: &mut PgConnection, gifts: &[Uuid]) -> Result<HashSet<Uuid>, DbError> {
    let purposes = [Purpose::ShowMaskedNameOfChild, Purpose::ShowFullNameOfChild].map(Purpose::name);
    let query = consent::table.filter(consent::gift_id.eq_any(gifts)).filter(consent::purpose.eq_any(purposes));
    Ok(query.select(consent::gift_id).load(conn)?.into_iter().collect())
}

/// The consents beside gifts, oldest first.
pub fn of_gifts(conn: &mut PgConnection, gifts: &[Uuid]) -> Result<Vec<ConsentOut>, DbError> {
    use consent as c;
    Ok(c::table
        .filter(c::gift_id.eq_any(gifts))
        .order((c::given_at, c::id))
        .select((c::gift_id, c::purpose, c::basis, c::text_version, c::channel, c::given_at, c::withdrawn_at))
        .load(conn)?)
}

/// A text that givers are shown before they choose.
#[derive(Debug, Clone, Serialize, ToSchema, Queryable)]
pub struct ConsentTextOut {
    #[schema(example = "SHOW_FULL_NAME")]
    pub purpose: String,
    #[schema(example = 1)]
    pub version: i16,
    pub valid_from: NaiveDate,
    /// The day from which the next version holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    pub vi: String,
    pub en: String,
}

/// All versions of all texts, newest first.
pub fn texts(conn: &mut PgConnection) -> Result<Vec<ConsentTextOut>, DbError> {
    use consent_text as t;
    Ok(t::table
        .order((t::purpose, t::version.desc()))
        .select((t::purpose, t::version, t::valid_from, t::valid_to, t::vi, t::en))
        .load(conn)?)
}
