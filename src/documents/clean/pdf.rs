//! PDF (ISO 32000): looked through for what acts, then copied as it is; a changed file would lose its signature.
//!
//! The look sees what stands open in the file, names written with `#` included; what is packed into object streams it
//! does not see. It is a net, not a proof: the proof against a PDF that acts is that it is served as what it is, from
//! a page that can do nothing.

use std::io::{self, BufRead, Seek, SeekFrom, Write};

use super::{CleanError, array};

/// Names of what runs, starts programs or carries another file.
const ACTIVE: [&[u8]; 5] = [b"/JavaScript", b"/JS", b"/Launch", b"/RichMedia", b"/EmbeddedFile"];
/// Longer than any word that matters here.
const LONGEST_WORD: usize = 40;

pub(super) fn check_and_copy<R: BufRead + Seek>(input: &mut R, output: &mut impl Write) -> Result<(), CleanError> {
    if array::<5>(input)? != *b"%PDF-" {
        return Err(CleanError::Damaged("no PDF signature"));
    }
    look_for_the_end(input)?;
    input.seek(SeekFrom::Start(0))?;
    look_through(input)?;
    input.seek(SeekFrom::Start(0))?;
    io::copy(input, output)?;
    Ok(())
}

/// Readers look for the end mark in the last KiB.
fn look_for_the_end<R: BufRead + Seek>(input: &mut R) -> Result<(), CleanError> {
    let length = input.seek(SeekFrom::End(0))?;
    input.seek(SeekFrom::Start(length.saturating_sub(1_024)))?;
    let mut tail = Vec::new();
    input.read_to_end(&mut tail)?;
    let ends = tail.windows(5).any(|window| window == b"%%EOF");
    if ends { Ok(()) } else { Err(CleanError::Damaged("it ends too early")) }
}

/// Where in the file the reader is.
enum Within {
    Objects,
    Comment,
    /// A text in parentheses, so many of them open.
    Text(usize),
    /// After a backslash in a text.
    Escaped(usize),
    /// Between `stream` and `endstream`: how many letters of the latter were just seen.
    Stream(usize),
}

fn look_through(input: &mut impl BufRead) -> Result<(), CleanError> {
    const END: &[u8] = b"endstream";
    let (mut within, mut word) = (Within::Objects, Vec::with_capacity(LONGEST_WORD));
    loop {
        let ready = input.fill_buf()?;
        if ready.is_empty() {
            return judge(&word).map(|_| ());
        }
        for byte in ready {
            within = match within {
                Within::Comment if matches!(byte, b'\r' | b'\n') => Within::Objects,
                Within::Text(0) => Within::Objects,
                Within::Text(depth) => match byte {
                    b'\\' => Within::Escaped(depth),
                    b'(' => Within::Text(depth + 1),
                    b')' if depth == 1 => Within::Objects,
                    b')' => Within::Text(depth - 1),
                    _ => Within::Text(depth),
                },
                Within::Escaped(depth) => Within::Text(depth),
                Within::Stream(seen) if *byte == END[seen] && seen + 1 == END.len() => Within::Objects,
                Within::Stream(seen) if *byte == END[seen] => Within::Stream(seen + 1),
                Within::Stream(_) => Within::Stream(usize::from(*byte == END[0])),
                Within::Objects => next_within(*byte, &mut word)?,
                comment => comment,
            };
        }
        let length = ready.len();
        input.consume(length);
    }
}

/// One byte among objects: part of a word, or its end.
fn next_within(byte: u8, word: &mut Vec<u8>) -> Result<Within, CleanError> {
    let ends = byte.is_ascii_whitespace() || byte == 0 || b"()<>[]{}/%".contains(&byte);
    if !ends {
        if word.len() < LONGEST_WORD {
            word.push(byte);
        }
        return Ok(Within::Objects);
    }
    let is_stream = judge(word)?;
    word.clear();
    Ok(match byte {
        b'(' => Within::Text(1),
        b'%' => Within::Comment,
        b'/' => {
            word.push(b'/');
            Within::Objects
        }
        _ if is_stream => Within::Stream(0),
        _ => Within::Objects,
    })
}

/// Refuses a name of something active; tells whether the word begins a stream.
fn judge(word: &[u8]) -> Result<bool, CleanError> {
    let digit = |byte: Option<&u8>| byte.and_then(|b| char::from(*b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
    let (mut plain, mut at) = (Vec::with_capacity(word.len()), 0);
    while let Some(byte) = word.get(at) {
        match (byte, digit(word.get(at + 1)), digit(word.get(at + 2))) {
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
    match ACTIVE.iter().any(|name| *name == plain) {
        true => Err(CleanError::Active("a PDF with scripts, programs or attached files")),
        false => Ok(word == b"stream"),
    }
}
