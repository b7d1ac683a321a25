//! What a document is and what an upload may do: pure rules.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::basics::Line;
use crate::basics::hex;

/// Longest file name in characters.
pub const MAX_NAME: usize = 200;
/// A chunk is at least this long unless it is the last one, so that a file is never a million tiny ones.
pub const MIN_CHUNK: u64 = 64 * 1024;
/// Most documents one gift or appeal may have: lists of them are answered whole.
pub const MAX_LINKS: i64 = 100;

/// How much of a file's beginning says what it is: readers of PDF look for its header in the first KiB.
pub const HEAD: usize = 1_024 + 8;

/// What bounds uploads; bytes unless the name says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest file.
    pub file: u64,
    /// Largest chunk.
    pub chunk: u64,
    /// Uploads one account may have under way.
    pub open_uploads: i64,
    /// What one account may announce in 24 hours.
    pub daily: u64,
    /// Space that uploads leave free on the disk: the database lives there too, perhaps.
    pub reserve: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file: 20 << 20, chunk: 1 << 20, open_uploads: 20, daily: 500 << 20, reserve: 512 << 20 }
    }
}

/// Kinds of files that are taken. Nothing that can act: no HTML, no SVG, no office file with macros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaType {
    Jpeg,
    Png,
    WebP,
    Pdf,
}

impl MediaType {
    pub const ALL: [MediaType; 4] = [MediaType::Jpeg, MediaType::Png, MediaType::WebP, MediaType::Pdf];

    pub fn name(self) -> &'static str {
        match self {
            MediaType::Jpeg => "image/jpeg",
            MediaType::Png => "image/png",
            MediaType::WebP => "image/webp",
            MediaType::Pdf => "application/pdf",
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            MediaType::Jpeg => "jpg",
            MediaType::Png => "png",
            MediaType::WebP => "webp",
            MediaType::Pdf => "pdf",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// By the first bytes of a file, [`HEAD`] of them where the file has as many.
    pub fn sniff(head: &[u8]) -> Option<Self> {
        match head {
            [0xFF, 0xD8, 0xFF, ..] => Some(MediaType::Jpeg),
            [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some(MediaType::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(MediaType::WebP),
            head => pdf_header(head).map(|_| MediaType::Pdf),
        }
    }
}

/// Where the header of a PDF begins. Readers take a few bytes in front of it (a mark, a blank line, a printer's words),
/// and so do we, unless they make the file something else as well.
pub fn pdf_header(head: &[u8]) -> Option<usize> {
    const OTHERS: [&[u8]; 11] = [
        b"PK",
        b"MZ",
        b"\x7FELF",
        b"#!",
        b"GIF8",
        b"\xFF\xD8\xFF",
        b"\x89PNG",
        b"RIFF",
        b"Rar!",
        b"7z\xBC\xAF",
        b"\xD0\xCF\x11\xE0",
    ];
    let is_header = |bytes: &[u8]| matches!(bytes, [b'%', b'P', b'D', b'F', b'-', b'1' | b'2', b'.', b'0'..=b'9']);
    let at = head.windows(8).take(HEAD - 8).position(is_header)?;
    let before = head.get(..at).unwrap_or_default();
    // A page is whatever has a tag in it, wherever that stands.
    let is_other = before.contains(&b'<') || OTHERS.iter().any(|other| before.starts_with(other));
    (!is_other).then_some(at)
}

/// SHA-256 of a file, as 64 lower-case hexadecimal digits. Safe as a file name and in a header.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash(String);

impl ContentHash {
    /// Upper case is taken and lowered.
    pub fn parse(text: &str) -> Option<Self> {
        let is_hash = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        is_hash.then(|| Self(text.to_ascii_lowercase()))
    }

    pub fn of(hasher: Sha256) -> Self {
        Self(hex(&hasher.finalize()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The hash itself.
    pub fn bytes(&self) -> [u8; 32] {
        // Sixty-four hexadecimal digits, by construction.
        std::array::from_fn(|n| self.0.get(2 * n..2 * n + 2).and_then(|two| u8::from_str_radix(two, 16).ok()).unwrap_or_default())
    }

    /// Where the file lies below the folder of documents.
    pub fn path(&self) -> String {
        format!("{}/{}/{}", &self.0[..2], &self.0[2..4], self.0)
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The last part of a file name as a phone sends it, one line; `None` if nothing is left or it has control characters.
pub fn file_name(name: &str) -> Option<String> {
    let line = Line::parse(name, MAX_NAME).ok()?;
    let last = line.as_str().rsplit(['/', '\\']).next().unwrap_or_default().trim().trim_start_matches('.').trim();
    (!last.is_empty()).then(|| last.to_owned())
}

/// Where an upload stands when a chunk comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It is the next one.
    Next,
    /// It lies before the offset: perhaps it came already and its answer was lost.
    Before,
    /// It leaves a gap.
    Gap,
    /// The file would be longer than announced.
    TooMuch,
    /// Longer than a chunk may be.
    ChunkTooLong,
    /// Shorter than a chunk in the middle may be.
    ChunkTooShort,
}

/// How `length` bytes at `at` fit an upload of `size` bytes of which `offset` are here.
pub fn fit(at: u64, length: u64, offset: u64, size: u64, limits: &Limits) -> Fit {
    match at.checked_add(length) {
        None => Fit::TooMuch,
        Some(_) if length > limits.chunk => Fit::ChunkTooLong,
        Some(end) if end > size => Fit::TooMuch,
        Some(_) if at > offset => Fit::Gap,
        Some(_) if at < offset => Fit::Before,
        Some(end) if length < MIN_CHUNK.min(limits.chunk) && end < size => Fit::ChunkTooShort,
        Some(_) => Fit::Next,
    }
}

/// Which bytes of a file a client asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    All,
    /// First byte and how many.
    Part(u64, u64),
    /// Nothing of what was asked for exists.
    Outside,
}

/// Reads a `Range` header (RFC 9110 §14.2). Several ranges, other units and nonsense count as no header at all.
pub fn wanted(range: Option<&str>, size: u64) -> Wanted {
    let Some((first, last)) = range.and_then(|r| r.trim().strip_prefix("bytes=")).and_then(|r| r.trim().split_once('-')) else {
        return Wanted::All;
    };
    let number =
        |text: &str| (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().unwrap_or(u64::MAX));
    match (number(first), number(last)) {
        (Some(first), _) if first >= size && (last.is_empty() || number(last).is_some()) => Wanted::Outside,
        (Some(first), None) if last.is_empty() => Wanted::Part(first, size - first),
        (Some(first), Some(last)) if first <= last => Wanted::Part(first, last.min(size - 1) - first + 1),
        (None, Some(0)) if first.is_empty() => Wanted::Outside,
        (None, Some(end)) if first.is_empty() => Wanted::Part(size - end.min(size), end.min(size)),
        _ => Wanted::All,
    }
}

/// Whether a browser shows a file or saves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    Inline,
    Attachment,
}

/// `Content-Disposition` (RFC 6266): an ASCII name for old clients and the real one as RFC 8187 has it. What could end
/// the quoted string or the header is not in either.
pub fn content_disposition(placed: Placed, name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || " ._-()".contains(c) { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    let placed = match placed {
        Placed::Inline => "inline",
        Placed::Attachment => "attachment",
    };
    format!("{placed}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// A title with the extension of what it names, for the file a reader saves.
pub fn titled_file(title: &str, kind: MediaType) -> String {
    format!("{title}.{}", kind.extension())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn types_are_known_by_their_first_bytes() {
        assert_eq!(MediaType::sniff(b"\xFF\xD8\xFF\xE0\0\x10JFIF"), Some(MediaType::Jpeg));
        assert_eq!(MediaType::sniff(b"\x89PNG\r\n\x1a\n\0\0\0\r"), Some(MediaType::Png));
        assert_eq!(MediaType::sniff(b"RIFF\x10\0\0\0WEBPVP8 "), Some(MediaType::WebP));
        assert_eq!(MediaType::sniff(b"%PDF-1.7\n"), Some(MediaType::Pdf));
        for other in [&b""[..], b"GIF89a", b"<svg xmlns", b"<!doctype html>", b"PK\x03\x04", b"RIFF\0\0\0\0WAVE", b"MZ"] {
            assert_eq!(MediaType::sniff(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_few_bytes_before_a_pdf_are_taken_and_other_files_are_not() {
        let far = [&b"@PJL JOB\r\n".repeat(100)[..], b"%PDF-1.7\n"].concat();
        for taken in [&b" %PDF-1.7\n"[..], b"\xEF\xBB\xBF%PDF-1.4", b"\x1B%-12345X@PJL\r\n%PDF-2.0", b"\r\n\r\n%PDF-1.3", &far] {
            assert_eq!(MediaType::sniff(taken), Some(MediaType::Pdf), "{taken:?}");
        }
        let too_far = [&b" ".repeat(1_100)[..], b"%PDF-1.7\n"].concat();
        for other in [
            &b"<html>%PDF-1.7"[..],
            b" \n<script>%PDF-1.7",
            b"PK\x03\x04%PDF-1.7",
            b"MZ\x90%PDF-1.7",
            b"#!/bin/sh\n%PDF-1.7",
            b"%PDF-3.0",
            b"%PDF-x",
            b" %PDF-1.",
            &too_far,
        ] {
            assert_eq!(MediaType::sniff(other), None, "{other:?}");
        }
    }

    #[test]
    fn names_lose_their_folders_and_nothing_else() {
        for (given, kept) in [
            ("Giấy biên nhận.jpg", Some("Giấy biên nhận.jpg")),
            ("C:\\Ảnh\\a \"b\".png", Some("a \"b\".png")),
            ("../../etc/passwd", Some("passwd")),
            ("..", None),
            (" ", None),
            ("a\r\nSet-Cookie: x.jpg", None),
            ("x/", None),
        ] {
            assert_eq!(file_name(given).as_deref(), kept, "{given:?}");
        }
    }

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        for (range, expected) in [
            (None, Wanted::All),
            (Some("bytes=0-9"), Wanted::Part(0, 10)),
            (Some("bytes=90-"), Wanted::Part(90, 10)),
            (Some("bytes=90-1000"), Wanted::Part(90, 10)),
            (Some("bytes=-5"), Wanted::Part(95, 5)),
            (Some("bytes=-500"), Wanted::Part(0, 100)),
            (Some("bytes=100-"), Wanted::Outside),
            (Some("bytes=-0"), Wanted::Outside),
            (Some("bytes=99999999999999999999999-"), Wanted::Outside),
            (Some("bytes=5-4"), Wanted::All),
            (Some("bytes=0-1,4-5"), Wanted::All),
            (Some("items=0-1"), Wanted::All),
            (Some("bytes=-"), Wanted::All),
        ] {
            assert_eq!(wanted(range, 100), expected, "{range:?}");
        }
    }

    proptest! {
        /// Whatever is asked for, what is sent lies within the file.
        #[test]
        fn a_part_lies_within_the_file(text in "bytes=[0-9]{0,4}-[0-9]{0,4}", size in 1u64..2000) {
            if let Wanted::Part(first, length) = wanted(Some(&text), size) {
                prop_assert!(length > 0 && first + length <= size);
            }
        }

        /// No name can leave its header, and the real one can be read back.
        #[test]
        fn a_disposition_is_one_header_of_plain_characters(name in "\\PC{1,40}") {
            let header = content_disposition(Placed::Attachment, &name);
            prop_assert!(header.bytes().all(|b| (0x20..0x7F).contains(&b)));
            prop_assert_eq!(header.matches('"').count(), 2);
            let encoded = header.rsplit("UTF-8''").next().unwrap();
            let mut bytes = Vec::new();
            let mut rest = encoded.bytes();
            while let Some(byte) = rest.next() {
                if byte == b'%' {
                    let digits = [rest.next().unwrap(), rest.next().unwrap()];
                    bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
                } else {
                    bytes.push(byte);
                }
            }
            prop_assert_eq!(String::from_utf8(bytes).unwrap(), name);
        }

        /// Chunks taken one after the other fill the file exactly, whatever their lengths.
        #[test]
        fn only_the_next_chunk_fits(size in 1u64..4_000_000, at in 0u64..5_000_000, length in 0u64..2_000_000, offset in 0u64..4_000_000) {
            let limits = Limits::default();
            let offset = offset.min(size);
            if fit(at, length, offset, size, &limits) == Fit::Next {
                prop_assert!(at == offset && at + length <= size && length <= limits.chunk);
                prop_assert!(length >= MIN_CHUNK || at + length == size);
            }
        }
    }
}
