//! A long answer that is sent while it is made, without waiting for whoever receives it.
//!
//! It is written to a file without a name, in one transaction, as fast as the database gives; the answer reads behind. So the first
//! bytes go out at once, memory does not grow, and a slow reader holds no connection of the database.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;

use actix_web::web::{self, Bytes};
use futures_util::stream::{self, Stream};
use tokio::sync::{Semaphore, SemaphorePermit, watch};

/// As much as is written, and sent, at once.
const PIECE: usize = 64 * 1024;
/// Files that are made at once, in a process.
static MAKING: Semaphore = Semaphore::const_new(3);

/// How far a file is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Written {
    bytes: u64,
    whole: bool,
}

/// Where what is sent is written to.
pub struct Spool {
    file: File,
    /// Not in the file yet.
    piece: Vec<u8>,
    bytes: u64,
    tell: watch::Sender<Written>,
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    /// What was written can be sent from here on.
    fn flush(&mut self) -> io::Result<()> {
        if self.tell.is_closed() {
            return Err(io::Error::new(io::ErrorKind::BrokenPipe, "nobody reads the file any more"));
        }
        self.file.write_all(&self.piece)?;
        self.bytes += self.piece.len() as u64;
        self.piece.clear();
        self.tell.send_replace(Written { bytes: self.bytes, whole: false });
        Ok(())
    }
}

impl Spool {
    /// A file to write, and what follows it. If it is dropped before its end the answer breaks off, so that a cut file is not taken
    /// for a whole one.
    pub fn begin() -> io::Result<(Self, impl Stream<Item = io::Result<Bytes>>)> {
        let file = sheets::nameless_file()?;
        let read = file.try_clone()?;
        let (tell, told) = watch::channel(Written::default());
        Ok((Self { file, piece: Vec::with_capacity(PIECE), bytes: 0, tell }, behind(read, told)))
    }

    /// It is whole.
    pub fn end(mut self) -> io::Result<()> {
        self.flush()?;
        self.tell.send_replace(Written { bytes: self.bytes, whole: true });
        Ok(())
    }
}

/// Waits until there is room for another file.
pub async fn turn() -> Option<SemaphorePermit<'static>> {
    // It is never closed.
    MAKING.acquire().await.ok()
}

/// A file's bytes, as they come.
fn behind(file: File, told: watch::Receiver<Written>) -> impl Stream<Item = io::Result<Bytes>> {
    stream::unfold(Some((file, told, 0u64)), |state| async move {
        let (file, mut told, at) = state?;
        loop {
            let written = *told.borrow_and_update();
            if at < written.bytes {
                let length = usize::try_from(written.bytes - at).unwrap_or(PIECE).min(PIECE);
                let read = web::block(move || {
                    let mut piece = vec![0; length];
                    file.read_exact_at(&mut piece, at)?;
                    io::Result::Ok((Bytes::from(piece), file))
                })
                .await;
                return match read {
                    Ok(Ok((piece, file))) => Some((Ok(piece), Some((file, told, at + length as u64)))),
                    Ok(Err(error)) => Some((Err(error), None)),
                    Err(error) => Some((Err(io::Error::other(error)), None)),
                };
            }
            if written.whole {
                return None;
            }
            if told.changed().await.is_err() {
                // What was told last may still be unread.
                let last = *told.borrow();
                if at >= last.bytes {
                    return (!last.whole).then(|| (Err(io::Error::other("a file could not be written to its end")), None));
                }
            }
        }
    })
}

/// A file that is there whole.
pub fn whole(file: File) -> io::Result<(u64, impl Stream<Item = io::Result<Bytes>>)> {
    let bytes = file.metadata()?.len();
    let (_, told) = watch::channel(Written { bytes, whole: true });
    Ok((bytes, behind(file, told)))
}
