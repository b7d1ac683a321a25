//! The last step of an upload: from chunks to a document.
//!
//! Put together, compared with what was announced, looked at, cleaned, put on disk; all of that outside of any
//! transaction, because it takes a while. Then one transaction gives the file its name and the document its row. Two
//! requests that do this at once make the same file twice, and the second finds the document there.

use std::io::{self, Read, Write};

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::clean::{CleanError, clean};
use super::files::{Archive, FileError, Hashing, Scratch};
use super::model::{ContentHash, HEAD, MediaType};
use super::store::{self, Holder, NewDocument};
use super::uploads::{self, UploadRow};
use crate::http::{Problem, Say};
use crate::vault::{Vault, VaultError, place};

/// Why what was uploaded is no document. An upload that is refused stays so: the file has to be sent anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    WrongHash,
    WrongType,
    Damaged,
    Active,
    ChunksLost,
}

impl Refusal {
    const ALL: [Refusal; 5] = [Refusal::WrongHash, Refusal::WrongType, Refusal::Damaged, Refusal::Active, Refusal::ChunksLost];

    pub fn name(self) -> &'static str {
        match self {
            Refusal::WrongHash => "WRONG_HASH",
            Refusal::WrongType => "WRONG_TYPE",
            Refusal::Damaged => "DAMAGED",
            Refusal::Active => "ACTIVE_CONTENT",
            Refusal::ChunksLost => "CHUNKS_LOST",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.name() == name)
    }

    pub fn say(self) -> Say {
        match self {
            Refusal::WrongHash => Say::fixed(
                "Nội dung nhận được khác với mã băm đã báo: hãy gửi lại bằng một id mới.",
                "What arrived is not what sha256 announced: send it again under a new id.",
            ),
            Refusal::WrongType => Say::fixed(
                "Tệp không đúng kiểu đã báo. Chỉ nhận ảnh JPEG, PNG, WebP và PDF.",
                "The file is not of the announced type. JPEG, PNG, WebP and PDF are taken.",
            ),
            Refusal::Damaged => Say::fixed(
                "Tệp bị hỏng, thiếu phần cuối, là ảnh động, hoặc là PDF có khóa hay không xem hết được: hãy chụp, xuất hoặc in lại thành PDF.",
                "The file is damaged, cut off, an animation, or a PDF that is locked or cannot be looked into: take, export or print it again.",
            ),
            Refusal::Active => Say::fixed(
                "PDF có phần tự chạy, tự mở, tự gửi hoặc tệp đính kèm: hãy in lại thành PDF thường.",
                "The PDF has parts that run, open or send something, or attached files: print it to a plain PDF.",
            ),
            Refusal::ChunksLost => Say::fixed(
                "Máy chủ mất phần đã nhận: hãy gửi lại bằng một id mới.",
                "The server lost what it had received: send it again under a new id.",
            ),
        }
    }

    pub fn problem(self) -> Problem {
        Problem::invalid(vec![crate::http::FieldError::new("", self.name(), self.say())])
    }
}

/// A cleaned file on disk, without its name yet.
pub struct Cleaned {
    scratch: Scratch,
    kind: MediaType,
    hash: ContentHash,
    size: u64,
}

/// Puts together, compares, looks at and cleans. The inner error is about the file, the outer one about the server.
pub fn assemble(archive: &Archive, row: &UploadRow, files: &[String]) -> Result<Result<Cleaned, Refusal>, FileError> {
    let size = row.size_bytes.unsigned_abs();
    archive.check_space(size.saturating_mul(2))?;
    let whole = archive.scratch(row.id, "whole")?;
    let mut writer = Hashing::new(whole.writer()?);
    match io::copy(&mut archive.read_chunks(row.id, files).take(size + 1), &mut writer) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Err(Refusal::ChunksLost)),
        copied => copied?,
    };
    writer.flush()?;
    let (_, hash, length) = writer.done();
    if length != size {
        return Ok(Err(Refusal::ChunksLost));
    }
    if hash.as_str() != row.sha256 {
        return Ok(Err(Refusal::WrongHash));
    }
    let mut head = Vec::new();
    whole.reader()?.take(HEAD as u64).read_to_end(&mut head)?;
    match MediaType::sniff(&head).filter(|kind| kind.name() == row.media_type) {
        Some(kind) => cleaned(archive, row.id, kind, &whole),
        None => Ok(Err(Refusal::WrongType)),
    }
}

fn cleaned(archive: &Archive, id: Uuid, kind: MediaType, whole: &Scratch) -> Result<Result<Cleaned, Refusal>, FileError> {
    let scratch = archive.scratch(id, "clean")?;
    let mut writer = Hashing::new(scratch.writer()?);
    match clean(kind, &mut whole.reader()?, &mut writer) {
        Ok(()) => {}
        Err(CleanError::Io(error)) => return Err(error.into()),
        Err(CleanError::Damaged(why)) => {
            tracing::info!(why, kind = kind.name(), "an upload is refused");
            return Ok(Err(Refusal::Damaged));
        }
        Err(CleanError::Active(_)) => return Ok(Err(Refusal::Active)),
    }
    writer.flush()?;
    let (_, hash, size) = writer.done();
    scratch.sync()?;
    Ok(Ok(Cleaned { scratch, kind, hash, size }))
}

/// Makes the document, or ends the upload with a refusal; does nothing if somebody else was faster.
pub fn complete(
    conn: &mut PgConnection,
    archive: &Archive,
    vault: &Vault,
    by: &Holder,
    now: DateTime<Utc>,
    id: Uuid,
    outcome: &Result<Cleaned, Refusal>,
) -> Result<(), Problem> {
    let row = uploads::find_for_update(conn, id)?.ok_or_else(Problem::not_found)?;
    if row.state != "OPEN" {
        return Ok(());
    }
    let cleaned = match outcome {
        Ok(cleaned) => cleaned,
        Err(refusal) => return Ok(uploads::end(conn, id, Some(refusal.name()))?),
    };
    let name = renamed(vault, &row).map_err(Problem::internal)?;
    // From here to the commit the sweep keeps its hands off this content. A rename is quick enough for a transaction.
    store::lock_content(conn, &cleaned.hash)?;
    archive.store(&cleaned.scratch, &cleaned.hash, now)?;
    let new = NewDocument {
        id,
        purpose: &row.purpose,
        sha256: &cleaned.hash,
        size_bytes: i64::try_from(cleaned.size).unwrap_or(i64::MAX),
        media_type: cleaned.kind.name(),
        uploaded_sha256: &row.sha256,
        uploaded_bytes: row.size_bytes,
        name: &name,
        request_hash: &row.request_hash,
    };
    store::insert(conn, by, now, &new)?;
    Ok(uploads::end(conn, id, None)?)
}

/// The name, sealed for its new place. One that was erased stays empty.
fn renamed(vault: &Vault, row: &UploadRow) -> Result<Vec<u8>, VaultError> {
    if row.name.is_empty() {
        return Ok(Vec::new());
    }
    let name = vault.open(place("upload", "name", &row.id), &row.name)?;
    vault.seal(place("document", "name", &row.id), &name)
}
