//! Signing: a committed head becomes a checkpoint, after it was compared with everything that was ever signed.
//!
//! The order is what makes a fork impossible: the tree is compared with the guard file and with the newest checkpoint of the
//! database; the note is written to the guard, on disk; then it is noted in the database; only then is it published. Several
//! servers may sign at once: they sign heads of one chain of compare-and-swaps, and the same head gives the same note.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;

use super::checkpoint;
use super::checkpoint_store::{self as store, Signed};
use super::guard::{Guard, GuardError};
use super::keys::verifiers;
use super::note::Signer;
use super::tile_store::{self as tiles, TreeError};
use super::tree::Head;
use crate::basics::{failpoint, hex};

/// Why nothing was signed. Gifts are recorded all the same.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    #[error(transparent)]
    Tree(#[from] TreeError),
    #[error(transparent)]
    Guard(#[from] GuardError),
    #[error(
        "this log has leaves or checkpoints, and {0} is missing: nobody knows here what was signed last. If this server signs \
         for the log from now on, look up the newest published checkpoint and run `so-nhan-ai log adopt SIZE ROOT`"
    )]
    NoGuard(String),
    #[error("every key in log.keys has retired: give this server the key file of the others")]
    NoKey,
    #[error("{0}")]
    Contradiction(String),
    #[error("the log is on hold: {0}")]
    OnHold(String),
}

impl From<diesel::result::Error> for SignError {
    fn from(error: diesel::result::Error) -> Self {
        SignError::Tree(error.into())
    }
}

impl From<crate::db::DbError> for SignError {
    fn from(error: crate::db::DbError) -> Self {
        SignError::Tree(error.into())
    }
}

/// Who signs and what remembers it.
#[derive(Debug)]
pub struct Signatory {
    pub origin: String,
    pub signers: Vec<Signer>,
    pub guard: Guard,
}

/// A contradiction between this database and what was signed; in the words an operator needs.
fn contradiction(what: &str, signed: &Head, here: &Head) -> String {
    if signed.size > here.size {
        return format!(
            "{what} names {} leaves and this database has {} of them: it is older than what was published. Bring the missing \
             leaves back with `so-nhan-ai log recover --from MIRROR`",
            signed.size, here.size
        );
    }
    format!(
        "{what} names the root {} for {} leaves and the leaves of this database make another one: it is not the database \
         that was published",
        hex(&signed.root),
        signed.size
    )
}

impl Signatory {
    /// What was signed last, by the guard; an untouched log needs none.
    fn signed_before(&self, conn: &mut PgConnection) -> Result<Head, SignError> {
        if let Some(head) = self.guard.read(&verifiers(&self.signers))? {
            return Ok(head);
        }
        if !store::is_untouched(conn)? {
            return Err(SignError::NoGuard(self.guard.path().display().to_string()));
        }
        self.guard.begin()?;
        Ok(Head { size: 0, root: super::tree::empty_root() })
    }

    /// The tree, if it has everything that was signed. It is read last: what another server signed meanwhile is then in it,
    /// because a tree only grows and is signed after it was committed. (So the transaction must see what others commit.)
    fn compared(&self, conn: &mut PgConnection) -> Result<Head, SignError> {
        let guard = self.signed_before(conn)?;
        let noted = store::latest(conn)?.map(|signed| signed.head);
        let here = tiles::head(conn)?;
        let known = [("the guard file", Some(guard)), ("the newest checkpoint in the database", noted)];
        for (what, signed) in known.into_iter().filter_map(|(what, head)| Some((what, head?))) {
            if signed.size > here.size || tiles::root_at(conn, signed.size)? != signed.root {
                return Err(SignError::Contradiction(contradiction(what, &signed, &here)));
            }
        }
        Ok(here)
    }

    /// Looks whether this server may sign. After a [`SignError::Contradiction`] the caller puts the log on hold, in a
    /// transaction of its own: nothing may get a place in a log that would be another one.
    pub fn check(&self, conn: &mut PgConnection) -> Result<Head, SignError> {
        if let Some(why) = store::hold(conn)? {
            return Err(SignError::OnHold(why));
        }
        if self.signers.is_empty() {
            return Err(SignError::NoKey);
        }
        self.compared(conn)
    }

    /// Signs the tree as it stands, if nobody has yet. Returns the newest checkpoint there is now.
    ///
    /// The transaction must only read and note: a head is signed after it was committed, never before.
    pub fn sign(&self, conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Signed, SignError> {
        let head = self.check(conn)?;
        if let Some(latest) = store::latest(conn)?.filter(|latest| latest.head == head) {
            return Ok(latest);
        }
        let note = checkpoint::sign(&self.origin, &head, &self.signers);
        failpoint::reached("signed");
        self.guard.raise(&head, &note, &verifiers(&self.signers))?;
        failpoint::reached("guarded");
        let signed = Signed { head, note, signed_at: now };
        store::note(conn, &signed)?;
        Ok(signed)
    }

    /// Remembers a checkpoint that another server signed and that is about to be published here.
    pub fn remember(&self, conn: &mut PgConnection, signed: &Signed) -> Result<(), SignError> {
        let keys = verifiers(&self.signers);
        if self.guard.read(&keys)?.is_some_and(|guard| guard.size < signed.head.size) {
            self.check(conn)?;
            self.guard.raise(&signed.head, &signed.note, &keys)?;
        }
        Ok(())
    }
}
