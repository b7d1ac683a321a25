//! Takes out of a file what nobody meant to send: where and when a photograph was taken, with which phone, its preview
//! before it was cropped, and whatever was hung behind its end.
//!
//! Each format is copied piece by piece, and only the pieces that make the picture are copied; what is unknown stays
//! behind. Colour profiles stay, and of the EXIF data the one number that says which side is up, written anew.
//! Pictures are read and written as streams, so one of 20 MiB costs a few buffers. Pictures are not decoded: what
//! is in their pixels stays there. A PDF is not changed (it may be signed), only looked through, and for that it is read whole.

mod exif;
mod jpeg;
mod pdf;
mod png;
mod webp;

use std::io::{self, BufRead, Read, Seek, Write};

use super::model::MediaType;

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum CleanError {
    /// It is not a whole, well-formed file of its type.
    #[error("damaged: {0}")]
    Damaged(&'static str),
    /// It could do something by itself, or carries another file in it.
    #[error("active content: {0}")]
    Active(&'static str),
    #[error(transparent)]
    Io(io::Error),
}

impl From<io::Error> for CleanError {
    /// A file that ends too early is a damaged one, not a failing disk.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => CleanError::Damaged("it ends too early"),
            _ => CleanError::Io(error),
        }
    }
}

/// Copies a file of a type, from its first byte, without what does not belong to it.
pub fn clean<R: BufRead + Seek, W: Write>(kind: MediaType, input: &mut R, output: &mut W) -> Result<(), CleanError> {
    match kind {
        MediaType::Jpeg => jpeg::clean(input, output),
        MediaType::Png => png::clean(input, output),
        MediaType::WebP => webp::clean(input, output),
        MediaType::Pdf => pdf::check_and_copy(input, output),
    }
}

fn array<const N: usize>(input: &mut impl Read) -> Result<[u8; N], CleanError> {
    let mut bytes = [0; N];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Copies exactly `length` bytes; with `io::sink()` it skips them.
fn copy(input: &mut impl Read, output: &mut impl Write, length: u64) -> Result<(), CleanError> {
    match io::copy(&mut input.by_ref().take(length), output)? {
        copied if copied == length => Ok(()),
        _ => Err(CleanError::Damaged("it ends too early")),
    }
}

/// Reads `length` bytes of metadata; more than anybody needs for an orientation is skipped and counts as none.
fn small(input: &mut impl Read, length: u64) -> Result<Vec<u8>, CleanError> {
    const ENOUGH: u64 = 1 << 16;
    let mut bytes = Vec::new();
    input.by_ref().take(length.min(ENOUGH)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != length.min(ENOUGH) {
        return Err(CleanError::Damaged("it ends too early"));
    }
    copy(input, &mut io::sink(), length - length.min(ENOUGH))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const JPEG: &[u8] = b"\xFF\xD8\xFF\xE1\x00\x0Ahidden!!\xFF\xC0\x00\x0B\x08\0\x01\0\x01\x01\x01\x11\0\xFF\xDA\x00\x08\x01\x01\0\0?\0\x12\x34\xFF\0\x56\xFF\xD9behind";

    fn cleaned(kind: MediaType, bytes: &[u8]) -> Result<Vec<u8>, CleanError> {
        let mut out = Vec::new();
        clean(kind, &mut io::Cursor::new(bytes), &mut out).map(|()| out)
    }

    #[test]
    fn a_picture_is_copied_without_the_rest_and_cleaning_twice_changes_nothing() {
        let once = cleaned(MediaType::Jpeg, JPEG).unwrap();
        assert_eq!(once.len(), JPEG.len() - "behind".len() - 12);
        assert!(!once.windows(6).any(|w| w == b"hidden" || w == b"behind"));
        assert_eq!(cleaned(MediaType::Jpeg, &once).unwrap(), once);
    }

    #[test]
    fn every_beginning_of_a_picture_is_damaged() {
        let whole = JPEG.len() - "behind".len();
        for end in 0..whole {
            assert!(matches!(cleaned(MediaType::Jpeg, &JPEG[..end]), Err(CleanError::Damaged(_))), "{end} bytes");
        }
    }

    #[test]
    fn a_pdf_that_acts_is_refused_and_words_about_it_are_not() {
        let pdf = |body: &str| format!("%PDF-1.4\n{body}\ntrailer <<>>\n%%EOF\n").into_bytes();
        let harmless =
            "1 0 obj <</Title (see /JS \\) and /Launch)>> stream\n/JS /Launch\nendstream endobj % /JavaScript\n<2F4A53>";
        assert_eq!(cleaned(MediaType::Pdf, &pdf(harmless)).unwrap(), pdf(harmless));
        for active in [
            "<</S/JavaScript/JS(app.alert\\(1\\))>>",
            "<</S /Launch>>",
            "/J#53",
            "/#4aavaScript ",
            "<</EmbeddedFile 1>>",
            "/RichMedia",
        ] {
            assert!(matches!(cleaned(MediaType::Pdf, &pdf(active)), Err(CleanError::Active(_))), "{active}");
        }
        for damaged in [&b"%PDF-1.4\n"[..], b"%PDF-1.4", b"<html>%PDF-1.4 %%EOF"] {
            assert!(cleaned(MediaType::Pdf, damaged).is_err());
        }
    }

    proptest! {
        /// Whatever comes, there is an answer and no panic; and what comes out is accepted again, unchanged.
        #[test]
        fn garbage_is_refused_or_cleaned_for_good(kind in 0usize..4, tail in proptest::collection::vec(any::<u8>(), 0..600), cut in 0usize..80) {
            let kind = MediaType::ALL[kind];
            let head: &[u8] = match kind {
                MediaType::Jpeg => JPEG,
                MediaType::Png => b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
                MediaType::WebP => b"RIFF\x40\0\0\0WEBPVP8X\x0a\0\0\0",
                MediaType::Pdf => b"%PDF-1.4\n",
            };
            let bytes = [&head[..cut.min(head.len())], &tail].concat();
            if let Ok(once) = cleaned(kind, &bytes) {
                prop_assert_eq!(cleaned(kind, &once).unwrap(), once);
            }
        }
    }
}
