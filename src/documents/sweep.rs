//! Takes away what nobody needs: uploads whose time is over, folders of uploads that are over, and files that no
//! document names (an upload that died between its file and its row, a document that was erased).
//!
//! A file is garbage only when it is a day old by our own clock *and* no row names it, both looked at under the lock of
//! its content, which an upload holds from before it names the file until its row is committed. An upload never
//! relies on a file that is there already but puts its own in its place. So no row ever loses its file.
//!
//! Rows go for one reason alone: their giver was erased and the law needs the voucher no more. What is kept for good
//! ([`crate::house::papers::Kept`]) never goes, whatever closed it.
//!
//! Every server process may sweep; they do not disturb each other. Every ten minutes two of the 256 folders are looked
//! at, all of them in about a day, so that a large archive is never walked at once.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration as Wait, SystemTime};

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::files::{Archive, FileError};
use super::model::ContentHash;
use super::{closures, store, uploads};
use crate::basics::Clock;
use crate::db::worker::{Declared, Next, Worker};
use crate::db::{Db, DbError};
use crate::house::Rooms;
use crate::house::thread::Means;

/// A file without a row is left alone for so long.
const GRACE: Duration = Duration::days(1);
const PAUSE: Wait = Wait::from_secs(600);
/// Of the 256 folders, how many a step looks at: all of them in about a day.
const FOLDERS_A_STEP: usize = 2;
/// More garbage than this, and more garbage than documents, is no garbage but another database's archive.
const SUSPICIOUS: usize = 50;

/// One connection: a transaction at a time.
pub static WORKER: Declared = Declared::new("sweeper");

/// What a sweep took away.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    pub uploads: usize,
    pub folders: usize,
    pub files: usize,
}

/// Why a sweep stopped. The next one goes on.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{garbage} files without and {kept} with a row: is this the folder of another database? Nothing was removed")]
    Suspicious { garbage: usize, kept: usize },
}

impl From<io::Error> for SweepError {
    fn from(error: io::Error) -> Self {
        SweepError::File(error.into())
    }
}

impl From<diesel::result::Error> for SweepError {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

/// Starts behind a server.
pub fn begin(means: &mut Means) -> io::Result<Worker> {
    start(means.get::<Db>()?, means.get::<Clock>()?, means.get::<Archive>()?, means.get::<Rooms>()?)
}

/// Starts the thread; the pause comes first, for a server that starts has other things to do.
pub fn start(db: Db, clock: Clock, archive: Archive, rooms: Rooms) -> io::Result<Worker> {
    let mut step = 0usize;
    Worker::start_after(&WORKER, PAUSE, move |_| {
        let folders: Vec<u8> = (0..FOLDERS_A_STEP).map(|n| (step * FOLDERS_A_STEP + n) as u8).collect();
        match sweep(&db, clock.now(), &archive, rooms, &folders) {
            Ok(swept) if swept == Swept::default() => {}
            Ok(swept) => tracing::info!(?swept, "documents swept"),
            Err(error) => tracing::warn!(%error, "documents were not swept"),
        }
        step = step.wrapping_add(1);
        Next::After(PAUSE)
    })
}

/// Everything at once.
pub fn sweep_all(db: &Db, now: DateTime<Utc>, archive: &Archive, rooms: Rooms) -> Result<Swept, SweepError> {
    sweep(db, now, archive, rooms, &(0..=u8::MAX).collect::<Vec<_>>())
}

/// Uploads, and of the documents the folders that begin with these bytes.
pub fn sweep(db: &Db, now: DateTime<Utc>, archive: &Archive, rooms: Rooms, folders: &[u8]) -> Result<Swept, SweepError> {
    let forgotten = db.tx_blocking(|conn| uploads::forget_expired(conn, now))?;
    let ending: Vec<&str> = rooms.papers().filter(|paper| paper.kept.ends()).map(|paper| paper.purpose).collect();
    let past = db.tx_blocking(|conn| closures::forget_past(conn, now, &ending))?;
    if past > 0 {
        tracing::info!(past, "papers of erased givers whose time is over were forgotten");
    }
    let mut swept = Swept { uploads: forgotten, folders: sweep_uploads(db, archive)?, files: 0 };
    let (mut garbage, mut kept) = (Vec::new(), 0);
    for first in folders {
        for second in entries(&archive.dir().join(format!("{first:02x}")))? {
            let old: Vec<String> = entries(&second)?
                .iter()
                .filter(|path| is_old(path, now))
                .filter_map(|path| ContentHash::parse(path.file_name()?.to_str()?).map(|hash| hash.as_str().to_owned()))
                .collect();
            let named = db.tx_blocking(|conn| store::referenced(conn, &old))?;
            kept += named.len();
            garbage.extend(old.into_iter().filter(|hash| !named.contains(hash)));
        }
    }
    if garbage.len() > SUSPICIOUS && garbage.len() > kept {
        return Err(SweepError::Suspicious { garbage: garbage.len(), kept });
    }
    for hash in garbage.iter().filter_map(|hash| ContentHash::parse(hash)) {
        swept.files += usize::from(remove(db, now, archive, &hash)?);
    }
    Ok(swept)
}

/// Looks again, under the lock, and removes.
fn remove(db: &Db, now: DateTime<Utc>, archive: &Archive, hash: &ContentHash) -> Result<bool, SweepError> {
    db.tx_blocking(|conn| {
        store::lock_content(conn, hash)?;
        let path = archive.path_of(hash);
        let named = !store::referenced(conn, &[hash.as_str().to_owned()])?.is_empty();
        if named || !is_old(&path, now) {
            return Ok(false);
        }
        match fs::remove_file(path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    })
}

/// The folder of an upload is made after its row, so a folder without an OPEN row is over.
fn sweep_uploads(db: &Db, archive: &Archive) -> Result<usize, SweepError> {
    let ids: Vec<Uuid> =
        entries(&archive.uploads_dir())?.iter().filter_map(|path| path.file_name()?.to_str()?.parse().ok()).collect();
    let open = db.tx_blocking(|conn| uploads::open_among(conn, &ids))?;
    let over: Vec<Uuid> = ids.into_iter().filter(|id| !open.contains(id)).collect();
    over.iter().for_each(|id| archive.drop_upload(*id));
    Ok(over.len())
}

/// What is in a folder; nothing if there is no such folder.
fn entries(folder: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// By the stamp that [`Archive`] gave the file. A file from the future is not old.
fn is_old(path: &Path, now: DateTime<Utc>) -> bool {
    let limit = SystemTime::from(now - GRACE);
    fs::metadata(path).and_then(|meta| meta.modified()).is_ok_and(|modified| modified < limit)
}
