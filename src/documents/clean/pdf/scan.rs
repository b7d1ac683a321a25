//! Our own look at a PDF: every object that stands anywhere in its bytes, and what is packed into streams of objects.
//!
//! Each `1 0 obj` is read from a clean start, wherever it stands, also inside what looks like a text, a comment or a
//! stream: whoever opens the file finds objects by their offset or by searching, and knows nothing of what stands before
//! them. So nothing in front of an object can hide it. All of it is bounded before anything is unpacked or kept.

use std::io::Read;

use flate2::read::ZlibDecoder;
use memchr::memmem::{find, find_iter};

use super::{OPEN_ACTION, active, is_active};
use crate::documents::clean::CleanError;

/// Words, names and texts outside of streams, in all objects together: the library keeps some hundred bytes of each.
const MOST_TOKENS: usize = 1_000_000;
/// What all streams of objects, and all packed tables of contents, may unpack to.
const MOST_UNPACKED: usize = 24 << 20;
/// Objects may lie in each other where somebody means harm; reading them all takes no more than so many times the file.
const MOST_ROUNDS: usize = 4;
/// Longer than any name that matters here, written with `#` throughout.
const LONGEST_NAME: usize = 128;
/// How far in front of `obj` its numbers stand, comments included.
const LONGEST_HEAD: usize = 300;

/// Words that say how a stream is packed, besides the one we unpack.
const OTHER_PACKINGS: [&[u8]; 12] = [
    b"LZWDecode",
    b"LZW",
    b"ASCIIHexDecode",
    b"AHx",
    b"ASCII85Decode",
    b"A85",
    b"RunLengthDecode",
    b"RL",
    b"BrotliDecode",
    b"Crypt",
    b"DCTDecode",
    b"Predictor",
];

/// What was seen.
#[derive(Default)]
pub(super) struct Seen {
    /// Objects that stand open in the file.
    pub objects: usize,
    /// Streams of packed objects.
    pub packs: usize,
    /// It is encrypted.
    pub locked: bool,
    /// Something is packed in a way we do not unpack.
    pub unseen: bool,
    tokens: usize,
    unpacked: usize,
    read: usize,
}

/// Looks at everything; refuses what acts.
pub(super) fn look(bytes: &[u8]) -> Result<Seen, CleanError> {
    let mut seen = Seen::default();
    // From the top first: there are names outside of objects, in trailers.
    seen.object(bytes, 0, true)?;
    let trailers = find_iter(bytes, b"trailer").map(|at| at + b"trailer".len());
    let mut starts: Vec<usize> = trailers.collect();
    for at in find_iter(bytes, b"obj") {
        if is_head(&bytes[..at]) {
            seen.objects += 1;
            starts.push(at + b"obj".len());
        }
    }
    for start in starts {
        seen.object(bytes, start, false)?;
        if seen.read > bytes.len().saturating_mul(MOST_ROUNDS).saturating_add(1 << 20) {
            return Err(CleanError::Damaged("objects inside each other"));
        }
    }
    Ok(seen)
}

impl Seen {
    /// Looks at the object that begins here, up to its end; `all` goes on to the end of the file.
    fn object(&mut self, bytes: &[u8], start: usize, all: bool) -> Result<(), CleanError> {
        let mut tokens = Tokens { bytes, at: start };
        let (mut form, mut depth, mut closed) = (Form::default(), 0usize, false);
        loop {
            self.count(1)?;
            let was_closed = std::mem::take(&mut closed);
            match tokens.next() {
                Token::End => break,
                Token::Open => depth += 1,
                Token::Close => {
                    depth = depth.saturating_sub(1);
                    closed = depth == 0;
                }
                Token::Name(name) => {
                    refuse_active(&name, tokens.peek())?;
                    self.locked |= name == b"Encrypt";
                    form.note(&name);
                }
                // Only behind a dictionary that is closed: anywhere else the word is a word.
                Token::Word(b"stream") if was_closed => {
                    let content = tokens.stream();
                    let form = std::mem::take(&mut form);
                    // From the top nothing is unpacked: each object has its own turn.
                    if !all {
                        self.stream(&form, content)?;
                    }
                }
                Token::Word(b"endobj" | b"obj" | b"startxref") if depth == 0 && !all => break,
                Token::Word(b"endobj") => (form, depth) = (Form::default(), 0),
                Token::Word(_) | Token::Other => {}
            }
        }
        if !all {
            self.read = self.read.saturating_add(tokens.at - start);
        }
        Ok(())
    }

    fn count(&mut self, tokens: usize) -> Result<(), CleanError> {
        self.tokens = self.tokens.saturating_add(tokens);
        // The file is gone through twice: from the top, and object by object.
        if self.tokens > 2 * MOST_TOKENS { Err(CleanError::Damaged("too many objects")) } else { Ok(()) }
    }

    /// Looks into a stream of objects; what is in other streams is nobody's object.
    fn stream(&mut self, form: &Form, content: &[u8]) -> Result<(), CleanError> {
        if !form.holds_objects() && !form.table {
            return Ok(());
        }
        let mut unpacked = Vec::new();
        let whole = match (form.flate, form.other, form.filter) {
            (1, false, _) => {
                let most = MOST_UNPACKED.saturating_sub(self.unpacked);
                let mut reader = ZlibDecoder::new(content).take(most as u64 + 1);
                let whole = reader.read_to_end(&mut unpacked).is_ok();
                self.unpacked = self.unpacked.saturating_add(unpacked.len());
                if unpacked.len() > most {
                    return Err(CleanError::Damaged("too much packed into it"));
                }
                whole
            }
            (0, false, false) => {
                unpacked.extend_from_slice(content);
                true
            }
            _ => false,
        };
        if form.holds_objects() {
            self.packs += 1;
            self.unseen |= !whole;
            self.names(&unpacked)?;
        }
        Ok(())
    }

    /// Packed objects begin wherever the head of their stream says, so here every name counts, also in a text.
    fn names(&mut self, bytes: &[u8]) -> Result<(), CleanError> {
        let starts = |pair: &[u8]| !is_regular(pair[0]) && (is_regular(pair[1]) || b"([<".contains(&pair[1]));
        self.count(bytes.windows(2).filter(|pair| starts(pair)).count())?;
        for at in find_iter(bytes, b"/") {
            let mut tokens = Tokens { bytes, at };
            if let Token::Name(name) = tokens.next() {
                refuse_active(&name, tokens.peek())?;
            }
        }
        Ok(())
    }
}

/// `next` is the byte behind the name: a list behind `OpenAction` is a place to be shown.
fn refuse_active(name: &[u8], next: Option<u8>) -> Result<(), CleanError> {
    let acts = is_active(name) || name == OPEN_ACTION && next != Some(b'[');
    if acts { Err(active()) } else { Ok(()) }
}

/// What the names in an object's dictionary say of its stream.
#[derive(Default)]
struct Form {
    named: bool,
    first: bool,
    n: bool,
    table: bool,
    filter: bool,
    flate: usize,
    other: bool,
}

impl Form {
    fn note(&mut self, name: &[u8]) {
        match name {
            b"ObjStm" => self.named = true,
            b"First" => self.first = true,
            b"N" => self.n = true,
            b"XRef" => self.table = true,
            b"Filter" => self.filter = true,
            b"FlateDecode" | b"Fl" => self.flate += 1,
            other if OTHER_PACKINGS.contains(&other) => self.other = true,
            _ => {}
        }
    }

    /// Some readers go by the two numbers alone.
    fn holds_objects(&self) -> bool {
        self.named || self.first && self.n
    }
}

enum Token<'a> {
    Open,
    Close,
    Name(Vec<u8>),
    Word(&'a [u8]),
    Other,
    End,
}

/// Reads the words of a PDF from a place on.
struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    fn next(&mut self) -> Token<'a> {
        let Some(byte) = self.peek() else {
            return Token::End;
        };
        let begin = self.at;
        self.at += 1;
        match byte {
            b'<' if self.bytes.get(self.at) == Some(&b'<') => {
                self.at += 1;
                Token::Open
            }
            b'>' if self.bytes.get(self.at) == Some(&b'>') => {
                self.at += 1;
                Token::Close
            }
            b'<' => {
                self.skip_behind(b">");
                Token::Other
            }
            b'(' => {
                self.skip_text();
                Token::Other
            }
            b'/' => Token::Name(plain(self.regular())),
            byte if is_regular(byte) => {
                self.regular();
                Token::Word(&self.bytes[begin..self.at])
            }
            _ => Token::Other,
        }
    }

    /// The next byte that is neither blank nor comment.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            match byte {
                b'%' => self.at += self.bytes[self.at..].iter().take_while(|byte| !b"\r\n".contains(byte)).count(),
                byte if is_blank(byte) => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    fn regular(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take_while(|byte| is_regular(**byte)).count();
        self.at += length;
        &rest[..length]
    }

    /// Texts nest, and a backslash takes the meaning from what follows it.
    fn skip_text(&mut self) {
        let mut depth = 1usize;
        while let Some(byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'(' => depth += 1,
                b')' if depth == 1 => break,
                b')' => depth -= 1,
                _ => {}
            }
        }
        self.at = self.at.min(self.bytes.len());
    }

    fn skip_behind(&mut self, mark: &[u8]) {
        let found = find(&self.bytes[self.at..], mark);
        self.at = found.map_or(self.bytes.len(), |at| self.at + at + mark.len());
    }

    /// What stands between `stream` and `endstream`; goes on behind it.
    fn stream(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).or_else(|| rest.strip_prefix(b"\r"));
        let begin = rest.map_or(self.at, |rest| self.bytes.len() - rest.len());
        self.skip_behind(b"endstream");
        let end = self.at.saturating_sub(b"endstream".len()).max(begin);
        &self.bytes[begin..end]
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'\x0c' | 0)
}

fn is_regular(byte: u8) -> bool {
    !is_blank(byte) && !b"()<>[]{}/%".contains(&byte)
}

/// A name without its `#` signs; of one that is too long to matter, the beginning.
fn plain(name: &[u8]) -> Vec<u8> {
    let digit = |at: usize| name.get(at).and_then(|byte| char::from(*byte).to_digit(16)).and_then(|d| u8::try_from(d).ok());
    let (mut plain, mut at) = (Vec::new(), 0);
    while let Some(byte) = name.get(at).filter(|_| at < LONGEST_NAME) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'#', Some(high), Some(low)) => {
                plain.push(high * 16 + low);
                at += 3;
            }
            _ => {
                plain.push(*byte);
                at += 1;
            }
        }
    }
    plain
}

/// Whether what stands in front of `obj` are the two numbers of an object, with or without comments between them.
fn is_head(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(LONGEST_HEAD)..];
    let numbers = |bytes: &[u8]| {
        let second = without_blanks(bytes);
        let first = without_digits(second);
        let gap = without_blanks(first);
        first.len() < second.len() && gap.len() < first.len() && gap.last().is_some_and(u8::is_ascii_digit)
    };
    numbers(near) || near.contains(&b'%') && numbers(&without_comments(near))
}

fn without_comments(bytes: &[u8]) -> Vec<u8> {
    let mut comment = false;
    let keep = |byte: &&u8| {
        comment = **byte == b'%' || comment && !b"\r\n".contains(byte);
        !comment
    };
    bytes.iter().filter(keep).copied().collect()
}

fn without_blanks(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.iter().rposition(|byte| !is_blank(*byte)).map_or(0, |at| at + 1)]
}

fn without_digits(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |at| at + 1)]
}
