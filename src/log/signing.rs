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
use super::note::{Signer, Verifier};
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
    #[error(
        "the newest checkpoint of this log was signed by other keys than those in log.keys, and {0} says that these have signed nothing: \
         bring back log.keys. If it is lost for good, the log goes on under the new key once `so-nhan-ai log adopt SIZE ROOT` was told \
         the newest published checkpoint; whoever verifies has to be told of the key"
    )]
    StrangeKey(String),
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

impl SignError {
    /// Whether this says that the database may not be the one that was signed, and not only that it cannot be seen now.
    pub fn forbids(&self) -> bool {
        !matches!(self, SignError::Tree(TreeError::Db(_)) | SignError::Guard(GuardError::Io(..)))
    }

    /// Whether this server only lacks what it would sign with, so that it may show what others sign.
    pub fn lets_follow(&self) -> bool {
        matches!(self, SignError::NoGuard(_) | SignError::NoKey)
    }
}

/// Who signs and what remembers it.
#[derive(Debug)]
pub struct Signatory {
    pub origin: String,
    pub signers: Vec<Signer>,
    /// Whose notes the guard may hold: another server that shares it may sign with other keys of the log.
    pub trusted: Vec<Verifier>,
    pub guard: Guard,
    /// The newest checkpoint in the folder of this process: a third witness of what was signed.
    pub published: Option<Head>,
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
        let (keys, path) = (&self.trusted, || self.guard.path().display().to_string());
        match self.guard.read(keys)? {
            Some(head) if head.size > 0 => return Ok(head),
            // A key that was just made knows nothing of a log that others have signed.
            Some(_) => {
                let newest = store::latest(conn)?.filter(|newest| newest.head.size > 0);
                if newest.is_some_and(|newest| checkpoint::open(newest.note.as_bytes(), keys).is_err()) {
                    return Err(SignError::StrangeKey(path()));
                }
            }
            None if !store::is_untouched(conn)? => return Err(SignError::NoGuard(path())),
            None => self.guard.begin()?,
        }
        Ok(Head { size: 0, root: super::tree::empty_root() })
    }

    /// The tree, if it has everything that was signed. It is read last: what another server signed meanwhile is then in it,
    /// because a tree only grows and is signed after it was committed. (So the transaction must see what others commit.)
    fn compared(&self, conn: &mut PgConnection) -> Result<Head, SignError> {
        let guard = self.signed_before(conn)?;
        let noted = store::latest(conn)?.map(|signed| signed.head);
        let here = tiles::head(conn)?;
        let known = [
            ("the guard file", Some(guard)),
            ("the newest checkpoint in the database", noted),
            ("the published checkpoint", self.published),
        ];
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
        self.guard_against(&head, &note)?;
        failpoint::reached("guarded");
        let signed = Signed { head, note, signed_at: now };
        store::note(conn, &signed)?;
        Ok(signed)
    }

    /// Writes down what was signed. Nothing has to be guarded of a log without leaves, which may even get another name.
    fn guard_against(&self, head: &Head, note: &str) -> Result<(), SignError> {
        if head.size > 0 {
            self.guard.raise(head, note, &self.trusted)?;
        }
        Ok(())
    }

    /// Remembers a checkpoint that another server signed and that is about to be published here, under a note of our own:
    /// the keys of this server have to be able to read it, whoever signed the other.
    pub fn remember(&self, conn: &mut PgConnection, signed: &Signed) -> Result<(), SignError> {
        let head = &signed.head;
        if self.guard.read(&self.trusted)?.is_some_and(|guard| guard.size >= head.size) {
            return Ok(());
        }
        let here = self.check(conn)?;
        if head.size > here.size || tiles::root_at(conn, head.size)? != head.root {
            return Err(SignError::Contradiction(contradiction("the newest checkpoint in the database", head, &here)));
        }
        self.guard_against(head, &checkpoint::sign(&self.origin, head, &self.signers))
    }
}
