//! PDF (ISO 32000): looked through for what acts, then copied as it is; a changed file would lose its signature.
//!
//! Two look, and both must find nothing. We look at every object that stands anywhere in the file, whatever its table of
//! contents says ([`scan`]): readers that mend a broken file do the same, so nothing hides behind a table, a parenthesis
//! or a word. And a library reads the file as readers do ([`library`]), packed objects included. What neither can see into
//! is refused. Public ones are served as attachments besides: no look is a proof.

mod library;
mod scan;

use std::io::{BufRead, Seek, SeekFrom, Write};

use self::library::Opinion;
use super::CleanError;
use crate::documents::model::pdf_header;

/// Names of what runs, starts programs, sends something, fetches something or carries another file.
const ACTIVE: [&[u8]; 24] = [
    b"JavaScript",
    b"JS",
    b"AA",
    b"Launch",
    b"SubmitForm",
    b"ImportData",
    b"ResetForm",
    b"GoToR",
    b"GoToE",
    b"EmbeddedFile",
    b"EmbeddedFiles",
    b"EmbeddedFDFs",
    b"FileAttachment",
    b"AF",
    b"Collection",
    b"RichMedia",
    b"RichMediaContent",
    b"RichMediaExecute",
    b"Rendition",
    b"Movie",
    b"Sound",
    b"XFA",
    b"GoTo3DView",
    b"SetOCGState",
];

/// What happens when the file is opened: a place to be shown (a list) is harmless, everything else is an action.
const OPEN_ACTION: &[u8] = b"OpenAction";

fn is_active(name: &[u8]) -> bool {
    ACTIVE.contains(&name)
}

fn active() -> CleanError {
    CleanError::Active("a PDF with scripts, programs or attached files")
}

pub(super) fn check_and_copy<R: BufRead + Seek>(input: &mut R, output: &mut impl Write) -> Result<(), CleanError> {
    let mut bytes = Vec::new();
    input.seek(SeekFrom::Start(0))?;
    input.read_to_end(&mut bytes)?;
    if pdf_header(&bytes).is_none() {
        return Err(CleanError::Damaged("no PDF signature"));
    }
    // Readers look for the end mark in the last KiB.
    let tail = bytes.get(bytes.len().saturating_sub(1_024)..).unwrap_or(&bytes);
    if !tail.windows(5).any(|window| window == b"%%EOF") {
        return Err(CleanError::Damaged("it ends too early"));
    }
    judge(&bytes)?;
    output.write_all(&bytes)?;
    Ok(())
}

/// Refuses what acts, and what cannot be seen into.
fn judge(bytes: &[u8]) -> Result<(), CleanError> {
    let seen = scan::look(bytes)?;
    if seen.objects == 0 {
        return Err(CleanError::Damaged("a PDF without objects"));
    }
    match library::look(bytes) {
        Opinion::Active => Err(active()),
        // Only the library can unlock; what it has not unlocked nobody has seen.
        Opinion::Harmless { unlocked, packs } if seen.locked => match unlocked && packs >= seen.packs {
            true => Ok(()),
            false => Err(CleanError::Damaged("a locked PDF")),
        },
        Opinion::Harmless { .. } if seen.unseen => Err(CleanError::Damaged("a PDF packed in an odd way")),
        Opinion::Harmless { .. } => Ok(()),
        // Readers mend such files by looking for the objects, as we did; but of what is packed we would have to guess.
        Opinion::Unreadable if seen.unseen || seen.locked || seen.packs > 0 => {
            Err(CleanError::Damaged("a PDF that cannot be read"))
        }
        Opinion::Unreadable => Ok(()),
    }
}

#[cfg(test)]
#[path = "pdf/look_tests.rs"]
mod tests;
