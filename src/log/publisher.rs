//! The thread that signs and publishes: once a second at most, when the tree has grown.
//!
//! Every server process has one. It signs if it may ([`signing`](super::signing)), and lets the sequencer begin only then:
//! a leaf that got a place in the wrong log could not be taken back. Then it announces keys that are new. Whoever signed, it writes the newest
//! checkpoint and what that needs into the folder of this process: tiles, bundles, then the checkpoint. Whatever goes
//! wrong here is told by `/readyz` and the metrics, is tried again, and stops nobody from recording gifts.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::checkpoint;
use super::checkpoint_store::{self as store, OtherOrigin, Signed};
use super::clearance::Clearance;
use super::folder::{LogFolder, Writing};
use super::guard::Guard;
use super::key_log::{self, KeyLogError, KnownKey};
use super::keys::{Keyring, KeyringError, LogKeys, verifiers};
use super::note::Verifier;
use super::signing::{SignError, Signatory};
use super::tile_store::{self, TreeError};
use super::tiles::{Of, Piece};
use super::tree::{Head, MAX_LEVEL, TILE_WIDTH};
use crate::basics::{Clock, failpoint};
use crate::db::worker::{Declared, Next, Worker};
use crate::db::{Db, DbError};
use crate::house::thread::Means;

/// Between two looks at the tree.
const PAUSE: Duration = Duration::from_millis(150);
/// Between two signatures of this process.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);
/// After a failure.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// The same trouble is logged again after so long.
const REMIND_AFTER: Duration = Duration::from_secs(60);

/// What this process has published, and what keeps it from publishing more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogState {
    /// The newest checkpoint that was put into the folder; of its pieces those that were lost there are in the database.
    pub published: Option<Arc<Signed>>,
    /// All keys that were announced, the oldest first.
    pub keys: Arc<[KnownKey]>,
    /// For operators; `None` when all is well.
    pub trouble: Option<String>,
}

/// The published log as the rest of the process sees it. Cheap to clone.
#[derive(Clone)]
pub struct PublicLog {
    pub folder: LogFolder,
    pub origin: Arc<str>,
    state: watch::Receiver<LogState>,
}

impl PublicLog {
    /// The newest checkpoint.
    pub fn latest(&self) -> Option<Arc<Signed>> {
        self.state.borrow().published.clone()
    }

    /// All keys the log has had, the oldest first.
    pub fn keys(&self) -> Arc<[KnownKey]> {
        self.state.borrow().keys.clone()
    }

    pub fn state(&self) -> LogState {
        self.state.borrow().clone()
    }

    /// Tells of every new state; for those who wait.
    pub fn changes(&self) -> watch::Receiver<LogState> {
        self.state.clone()
    }
}

/// What a process needs to sign and publish the log.
#[derive(Clone)]
pub struct LogSettings {
    /// The origin that was asked for, if any.
    pub origin: Option<String>,
    /// The origin of a new log.
    pub default_origin: String,
    pub keys: LogKeys,
    /// What was signed last, outside the database.
    pub guard: Guard,
    pub folder: LogFolder,
}

/// A process cannot take part in publishing.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Origin(#[from] OtherOrigin),
    #[error(transparent)]
    Keys(#[from] KeyringError),
    #[error(transparent)]
    Thread(#[from] std::io::Error),
}

impl From<diesel::result::Error> for StartError {
    fn from(error: diesel::result::Error) -> Self {
        StartError::Db(error.into())
    }
}

/// One connection: signing and publishing take turns.
pub static WORKER: Declared = Declared::new("publisher");

/// Starts behind a server; requests get the public log.
pub fn begin(means: &mut Means) -> io::Result<Worker> {
    let (settings, clearance) = (means.get::<LogSettings>()?, means.first::<Clearance>()?);
    let (public, worker) = start(means.get::<Db>()?, means.get::<Clock>()?, settings, clearance).map_err(io::Error::other)?;
    means.put(public);
    Ok(worker)
}

/// Settles the origin, reads the keys, and starts. `clearance` is granted once the tree was compared with what was signed.
pub fn start(db: Db, clock: Clock, settings: LogSettings, clearance: Clearance) -> Result<(PublicLog, Worker), StartError> {
    let LogSettings { origin, default_origin, keys, guard, folder } = settings;
    let origin =
        db.tx_blocking(|conn| -> Result<_, StartError> { Ok(store::settle_origin(conn, origin.as_deref(), &default_origin)??) })?;
    let taken = keys.secrets();
    let keyring = Keyring::read(&db, &origin, &taken, clock.now())?;
    let (tell, state) = watch::channel(LogState { keys: keyring.known.clone(), ..LogState::default() });
    let public = PublicLog { folder: folder.clone(), origin: origin.as_str().into(), state };
    let Keyring { signers, known: _, verifiers, trusted } = keyring;
    let signatory = Signatory { origin, signers, trusted, guard, published: None };
    let keys = OwnKeys { all: keys, taken, unannounced: true, stale: false };
    let mut work = Work {
        db,
        clock,
        signatory,
        folder,
        keys,
        verifiers,
        unread: None,
        writing: None,
        tell,
        clearance,
        follows: false,
        signed: None,
        told: None,
    };
    // What stands in the folder is served from the first request on; the thread mends it.
    if let Err(error) = work.show_what_is_there() {
        tracing::warn!(%error, "the published checkpoint cannot be read yet");
    }
    let worker = Worker::start(&WORKER, move |_| Next::After(work.step()))?;
    Ok((public, worker))
}

/// Why the newest checkpoint is not published.
#[derive(Debug, thiserror::Error)]
enum PublishError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("cannot write the public log: {0}")]
    Io(#[from] std::io::Error),
    #[error("{0} is not in the database, though the tree has it")]
    Missing(String),
    #[error("the published folder has a checkpoint of {0} leaves that this database does not have")]
    OtherLog(u64),
    #[error(transparent)]
    Sign(#[from] SignError),
    #[error(transparent)]
    Keys(#[from] KeyringError),
}

impl From<diesel::result::Error> for PublishError {
    fn from(error: diesel::result::Error) -> Self {
        PublishError::Db(error.into())
    }
}

/// Keys could not be taken up or announced.
#[derive(Debug, thiserror::Error)]
enum TakeUpError {
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    #[error(transparent)]
    KeyLog(#[from] KeyLogError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The key file's keys, and how far they are taken up.
struct OwnKeys {
    all: LogKeys,
    /// Those that sign here.
    taken: Arc<[[u8; 32]]>,
    /// Whether some may not be announced yet.
    unannounced: bool,
    /// Whether others may have announced a key or given one up since they were read.
    stale: bool,
}

struct Work {
    db: Db,
    clock: Clock,
    signatory: Signatory,
    folder: LogFolder,
    keys: OwnKeys,
    /// Of all keys the log has had.
    verifiers: Vec<Verifier>,
    /// A checkpoint in the folder that none of them has signed.
    unread: Option<String>,
    writing: Option<Writing>,
    tell: watch::Sender<LogState>,
    clearance: Clearance,
    /// Without clearance: whether what others sign may be shown.
    follows: bool,
    /// When this process last signed.
    signed: Option<Instant>,
    told: Option<(String, Instant)>,
}

impl Work {
    /// Signs and publishes what is new; answers how long to wait.
    fn step(&mut self) -> Duration {
        let taking = self.take_up_keys().err().map(|error| error.to_string());
        let signing = self.sign().err().map(|error| error.to_string());
        let announcing = self.announce_keys().err().map(|error| error.to_string());
        let publishing = self.publish().err().map(|error| error.to_string());
        let trouble = taking.or(signing).or(announcing).or(publishing);
        self.say(&trouble);
        let pause = if trouble.is_some() { PAUSE_AFTER_FAILURE } else { PAUSE };
        self.tell.send_if_modified(|state| {
            let changed = state.trouble != trouble;
            state.trouble = trouble;
            changed
        });
        pause
    }

    fn say(&mut self, trouble: &Option<String>) {
        let Some(trouble) = trouble else {
            if self.told.take().is_some() {
                tracing::info!("the public log goes on");
            }
            return;
        };
        if self.told.as_ref().is_none_or(|(text, at)| text != trouble || at.elapsed() > REMIND_AFTER) {
            tracing::error!(trouble, "the public log stands still; gifts are recorded");
            self.told = Some((trouble.clone(), Instant::now()));
        }
    }

    /// Signs with the keys of the file as it was last taken up, as far as they have not retired.
    fn take_up_keys(&mut self) -> Result<(), TakeUpError> {
        let secrets = self.keys.all.secrets();
        if !Arc::ptr_eq(&secrets, &self.keys.taken) {
            self.read_keys(&secrets)?;
            self.keys.taken = secrets;
            self.keys.unannounced = true;
            // Other keys: whether they may go on with this log is to be seen first.
            self.clearance.withdraw();
        } else if self.keys.stale {
            self.read_keys(&secrets)?;
        }
        self.keys.stale = false;
        Ok(())
    }

    fn read_keys(&mut self, secrets: &[[u8; 32]]) -> Result<(), KeyringError> {
        let keyring = Keyring::read(&self.db, &self.signatory.origin, secrets, self.clock.now())?;
        let Keyring { signers, known, verifiers, trusted } = keyring;
        self.signatory.signers = signers;
        self.signatory.trusted = trusted;
        self.verifiers = verifiers;
        self.tell.send_if_modified(|state| {
            let changed = state.keys != known;
            state.keys = known;
            changed
        });
        Ok(())
    }

    /// Once it is sure that this is the log that was signed, new keys of ours get their leaves.
    fn announce_keys(&mut self) -> Result<(), TakeUpError> {
        if !self.keys.unannounced || self.clearance.signed().is_none() {
            return Ok(());
        }
        let (origin, now) = (self.signatory.origin.clone(), self.clock.now());
        let own = verifiers(&self.signatory.signers);
        self.db.tx_blocking(|conn| key_log::announce(conn, &origin, &own, now))?;
        self.read_keys(&self.keys.taken.clone())?;
        self.keys.unannounced = false;
        Ok(())
    }

    fn sign(&mut self) -> Result<(), SignError> {
        let signing = self.compare_and_sign();
        match &signing {
            Err(error) if error.forbids() => {
                self.clearance.withdraw();
                self.follows = error.lets_follow();
            }
            _ => {}
        }
        signing
    }

    fn compare_and_sign(&mut self) -> Result<(), SignError> {
        if self.signed.is_some_and(|at| at.elapsed() < AT_MOST_EVERY) {
            return Ok(());
        }
        let (tree, latest, hold) = self.db.read_blocking(|conn| -> Result<_, SignError> {
            Ok((tile_store::head(conn)?, store::latest(conn)?, store::hold(conn)?))
        })?;
        if let Some(why) = hold {
            return Err(SignError::OnHold(why));
        }
        // A tree that has become smaller is another database.
        let is_the_same = self.clearance.signed().is_some_and(|signed| signed <= tree.size);
        if is_the_same && latest.is_some_and(|latest| latest.head == tree) {
            return Ok(());
        }
        let now = self.clock.now();
        match self.db.tx_blocking(|conn| self.signatory.sign(conn, now)) {
            Err(SignError::Contradiction(why)) => {
                self.db.tx_blocking(|conn| store::put_on_hold(conn, &why, now))?;
                Err(SignError::OnHold(why))
            }
            Err(error) => Err(error),
            Ok(signed) => {
                self.clearance.grant(signed.head.size);
                self.signed = Some(Instant::now());
                Ok(())
            }
        }
    }

    /// Brings the folder to the newest checkpoint of the database, whoever signed it; never back.
    fn publish(&mut self) -> Result<(), PublishError> {
        if self.writing.is_none() {
            let taken = self.folder.take();
            // What is there is served, even where nothing can be written.
            self.show_what_is_there()?;
            let Some(writing) = taken? else {
                return Ok(());
            };
            // Nothing is added to a folder before it is whole: as long as this fails, it is tried again.
            self.mend()?;
            self.writing = Some(writing);
        }
        // What was not compared with what was signed is not added to what everybody can see; but who only lacks the means to
        // sign can show what others have signed.
        let signs = self.clearance.signed().is_some();
        if !signs && !self.follows {
            return Ok(());
        }
        let Some(newest) = self.db.read_blocking(store::latest)? else {
            return Ok(());
        };
        let before = self.published().map(|signed| signed.head);
        if before.is_some_and(|before| before.size >= newest.head.size) {
            return Ok(());
        }
        if let Some(before) = before
            && !self.has(&before)?
        {
            return Err(PublishError::OtherLog(before.size));
        }
        if signs {
            self.db.tx_blocking(|conn| self.signatory.remember(conn, &newest))?;
            self.clearance.grant(newest.head.size);
        }
        // Only what a checkpoint of ours has promised is known to be here and right: another log may have left files behind.
        let from = before.map_or(0, |before| before.size);
        self.write(from, &newest, |piece| piece.is_within(from))?;
        failpoint::reached("tiles");
        self.folder.put_checkpoint(&newest.note)?;
        failpoint::reached("published");
        self.show(newest);
        Ok(())
    }

    fn published(&self) -> Option<Arc<Signed>> {
        self.tell.borrow().published.clone()
    }

    fn show(&mut self, signed: Signed) {
        self.signatory.published = Some(signed.head);
        // With it another server may have announced a key, or given one up.
        self.keys.stale = true;
        let signed = Arc::new(signed);
        self.tell.send_modify(|state| state.published = Some(signed));
    }

    /// The checkpoint in the folder is served, whoever put it there, if one of our keys signed it; never one older than what
    /// was served already.
    fn show_what_is_there(&mut self) -> Result<(), PublishError> {
        let before = self.published();
        let Some(note) = self.folder.checkpoint()?.filter(|note| before.as_ref().is_none_or(|before| before.note != *note))
        else {
            return Ok(());
        };
        let Ok(head) = checkpoint::open(note.as_bytes(), &self.verifiers) else {
            // By a key that is younger than those we know, perhaps.
            self.keys.stale |= self.unread.as_ref() != Some(&note);
            self.unread = Some(note);
            return Ok(());
        };
        if before.is_none_or(|before| before.head.size <= head.size) {
            let signed_at = self.db.read_blocking(|conn| store::signed_at(conn, head.size))?;
            self.show(Signed { head, note, signed_at: signed_at.unwrap_or_else(|| self.clock.now()) });
        }
        Ok(())
    }

    /// Writes again what the checkpoint that is served promises and the folder has lost. What this database does not have
    /// cannot be written again: it stays as it is and is served on.
    fn mend(&self) -> Result<(), PublishError> {
        let Some(published) = self.published() else {
            return Ok(());
        };
        if !self.has(&published.head)? {
            return Err(PublishError::OtherLog(published.head.size));
        }
        self.write(0, &published, |piece| self.folder.has(piece))?;
        if self.folder.checkpoint()?.is_none() {
            self.folder.put_checkpoint(&published.note)?;
        }
        Ok(())
    }

    /// Whether the tree of this database is, or was once, the one with this head.
    fn has(&self, head: &Head) -> Result<bool, PublishError> {
        self.db.read_blocking(|conn| {
            if tile_store::head(conn)?.size < head.size {
                return Ok(false);
            }
            match tile_store::root_at(conn, head.size) {
                Ok(root) => Ok(root == head.root),
                Err(TreeError::Db(error)) => Err(error.into()),
                Err(TreeError::Tile(..) | TreeError::Edge(_) | TreeError::Root(_)) => Ok(false),
            }
        })
    }

    /// Writes what `to` needs and the checkpoint of `from` leaves did not have: full pieces, and the right edge. What
    /// `is_there` is left as it is.
    fn write(&self, from: u64, to: &Signed, is_there: impl Fn(Piece) -> bool) -> Result<(), PublishError> {
        let size = to.head.size;
        for of in (0..=MAX_LEVEL).map(Of::Hashes).chain([Of::Entries]) {
            for n in of.count(from) / TILE_WIDTH..=of.count(size) / TILE_WIDTH {
                let Some(piece) = Piece::at(of, n, size).filter(|piece| !is_there(*piece)) else {
                    continue;
                };
                let bytes = self.db.read_blocking(|conn| tile_store::piece(conn, piece))?;
                let bytes = bytes.ok_or_else(|| PublishError::Missing(piece.path()))?;
                self.folder.put(piece, &bytes)?;
                failpoint::reached("piece");
            }
        }
        Ok(())
    }
}
