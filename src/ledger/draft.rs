//! An entry about to be booked by an officer's decision: its code, its commitment and the sealed opening of it.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::entry::{Detail, Goods, NewEntry};
use super::kinds::Kind;
use super::model::{Balanced, Unbalanced};
use super::passing::{self, NoShell};
use super::store::Written;
use crate::authz::{Granted, Right};
use crate::basics::PublicCode;
use crate::basics::clock::{vietnam_date, vietnam_time};
use crate::db::DbError;
use crate::log::{commitment, opening};
use crate::tree::{self, Place};
use crate::vault::{Vault, VaultError};

/// What the entries of one decision share.
pub struct Draft<'a> {
    pub vault: &'a Vault,
    pub now: DateTime<Utc>,
    pub here: Arc<Place>,
    /// Business day.
    pub day: NaiveDate,
    /// SHA-256 of the paper behind it.
    pub document: Option<[u8; 32]>,
}

/// What stands behind the commitment of an entry, as far as its kind commits to it; empty where nobody said.
#[derive(Debug, Clone, Copy, Default)]
pub struct Behind<'a> {
    /// Account number of who is paid.
    pub account: &'a str,
    /// Name of who is paid or was handed an advance.
    pub name: &'a str,
    pub note: &'a str,
}

/// Why an entry could not be drawn up.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    #[error("the system's random source failed")]
    Random,
    #[error(transparent)]
    Sealing(#[from] VaultError),
    #[error(transparent)]
    Passing(#[from] NoShell),
    #[error(transparent)]
    Rules(#[from] Unbalanced),
    #[error("what is to be reversed has a broken code")]
    BrokenCode,
}

impl<'a> Draft<'a> {
    /// Today, at the chapter of a grant, without a paper.
    pub fn today<R: Right>(
        conn: &mut PgConnection,
        vault: &'a Vault,
        now: DateTime<Utc>,
        by: &Granted<R>,
    ) -> Result<Self, DbError> {
        let here = Arc::new(tree::place_of(conn, by.chapter())?);
        Ok(Self { vault, now, here, day: vietnam_date(now), document: None })
    }

    /// An entry with these postings. Goods and what the kind says besides are set on what comes back.
    pub fn entry(&self, postings: Balanced, behind: Behind<'_>) -> Result<NewEntry, DraftError> {
        let code = PublicCode::random().map_err(|_| DraftError::Random)?;
        let secret = commitment::secret().map_err(|_| DraftError::Random)?;
        let time = vietnam_time(self.now);
        let value = |field: &str| match field {
            "account" => behind.account,
            "name" => behind.name,
            "note" => behind.note,
            "time" => time.as_str(),
            _ => "",
        };
        let fields: Vec<(&str, &str)> = postings.kind().row().committed.iter().map(|field| (*field, value(field))).collect();
        Ok(NewEntry {
            id: Uuid::now_v7(),
            place: Arc::clone(&self.here),
            day: self.day,
            channel: None,
            postings,
            reverses: None,
            detail: Detail::default(),
            goods: Vec::new(),
            message_count: None,
            giver_shown: None,
            document: self.document,
            pd: commitment::commit(&secret, &fields),
            opening: Some(opening::seal(self.vault, code.as_str(), &secret, &fields)?),
            passing: (!self.here.accepts_entries).then(|| passing::shells(self.vault, self.now)).transpose()?,
            code,
        })
    }

    /// The mirror of a written entry, of this day. The reason is a code and public; `goods` are those of the original.
    pub fn reversal(&self, id: Uuid, written: &Written, reason: impl Into<Cow<'static, str>>) -> Result<NewEntry, DraftError> {
        let original = PublicCode::parse(&written.code).map_err(|_| DraftError::BrokenCode)?;
        let postings = Balanced::mirrored(written.kind, &written.postings)?;
        let mut entry = self.entry(postings, Behind::default())?;
        entry.channel = written.channel;
        entry.reverses = Some((id, original, reason.into()));
        // Its sums take back what the original added to, under the same heading.
        entry.detail.category.clone_from(&written.category);
        Ok(entry)
    }
}

impl NewEntry {
    /// With its goods.
    pub fn with_goods(self, goods: Vec<Goods>) -> Self {
        Self { goods, ..self }
    }

    /// With what its kind says besides.
    pub fn with_detail(self, detail: Detail) -> Self {
        Self { detail, ..self }
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.postings.kind()
    }
}
