//! WebP (RFC 9649): the picture, its alpha plane and its colour profile are copied into a container of their own;
//! EXIF, XMP and unknown chunks stay behind, and what stands after the container too. Animations are not taken.

use std::io::{Read, Seek, SeekFrom, Write};

use super::{CleanError, array, copy, exif, small};

/// Most chunks a file may have: a still picture has at most seven.
const MAX_CHUNKS: usize = 100;
const HAS_PROFILE: u8 = 0x20;
const HAS_ALPHA: u8 = 0x10;
const HAS_EXIF: u8 = 0x08;

struct Chunk {
    kind: [u8; 4],
    /// Of its data, in the file.
    at: u64,
    length: u32,
}

impl Chunk {
    /// Chunks stand at even places.
    fn padded(&self) -> u64 {
        u64::from(self.length) + u64::from(self.length % 2)
    }
}

pub(super) fn clean(input: &mut (impl Read + Seek), output: &mut impl Write) -> Result<(), CleanError> {
    let chunks = chunks(input)?;
    if chunks.iter().any(|chunk| matches!(&chunk.kind, b"ANIM" | b"ANMF")) {
        return Err(CleanError::Damaged("an animation"));
    }
    let first = |kind: &[u8; 4]| chunks.iter().find(|chunk| chunk.kind == *kind);
    let picture = first(b"VP8 ").or_else(|| first(b"VP8L")).ok_or(CleanError::Damaged("a WebP without a picture in it"))?;
    check_picture(input, picture)?;
    let Some(header) = chunks.first().filter(|chunk| chunk.kind == *b"VP8X") else {
        begin(output, 8 + picture.padded())?;
        return write_chunk(input, output, picture);
    };
    if header.length != 10 {
        return Err(CleanError::Damaged("an odd WebP header"));
    }
    let (profile, alpha) = (first(b"ICCP"), first(b"ALPH"));
    let mut turned = None;
    if let Some(exif) = first(b"EXIF") {
        input.seek(SeekFrom::Start(exif.at))?;
        turned = exif::orientation(&small(input, u64::from(exif.length))?);
    }
    input.seek(SeekFrom::Start(header.at))?;
    let mut flags = array::<10>(input)?;
    flags[0] = (flags[0] & HAS_ALPHA) | profile.map_or(0, |_| HAS_PROFILE) | turned.map_or(0, |_| HAS_EXIF);
    flags[1..4].fill(0);
    let kept: Vec<&Chunk> = [profile, alpha, Some(picture)].into_iter().flatten().collect();
    let length: u64 = kept.iter().map(|chunk| 8 + chunk.padded()).sum();
    begin(output, length + 18 + turned.map_or(0, |_| 8 + 26))?;
    write_head(output, *b"VP8X", 10)?;
    output.write_all(&flags)?;
    for chunk in kept {
        write_chunk(input, output, chunk)?;
    }
    if let Some(value) = turned {
        write_head(output, *b"EXIF", 26)?;
        output.write_all(&exif::only(value))?;
    }
    Ok(())
}

/// The first bytes of a key frame, lossy or lossless.
fn check_picture(input: &mut (impl Read + Seek), picture: &Chunk) -> Result<(), CleanError> {
    input.seek(SeekFrom::Start(picture.at))?;
    let head = array::<6>(input)?;
    let right = if picture.kind == *b"VP8L" { head[0] == 0x2F } else { head[3..] == [0x9D, 0x01, 0x2A] };
    if right && picture.length >= 6 { Ok(()) } else { Err(CleanError::Damaged("a WebP without a picture in it")) }
}

/// Reads the table of contents.
fn chunks(input: &mut (impl Read + Seek)) -> Result<Vec<Chunk>, CleanError> {
    let file = input.seek(SeekFrom::End(0))?;
    input.seek(SeekFrom::Start(0))?;
    let riff = array::<4>(input)?;
    let end = 8 + u64::from(u32::from_le_bytes(array(input)?));
    if riff != *b"RIFF" || array::<4>(input)? != *b"WEBP" || end > file {
        return Err(CleanError::Damaged("no whole WebP container"));
    }
    let (mut chunks, mut at) = (Vec::new(), 12);
    while at + 8 <= end {
        input.seek(SeekFrom::Start(at))?;
        let kind = array::<4>(input)?;
        let chunk = Chunk { kind, at: at + 8, length: u32::from_le_bytes(array(input)?) };
        if chunk.at + u64::from(chunk.length) > end || chunks.len() == MAX_CHUNKS {
            return Err(CleanError::Damaged("a WebP chunk that does not fit"));
        }
        at = chunk.at + chunk.padded();
        chunks.push(chunk);
    }
    Ok(chunks)
}

/// The container's head; `length` counts the chunks.
fn begin(output: &mut impl Write, length: u64) -> Result<(), CleanError> {
    let length = u32::try_from(length + 4).map_err(|_| CleanError::Damaged("a WebP is too long"))?;
    write_head(output, *b"RIFF", length)?;
    Ok(output.write_all(b"WEBP")?)
}

fn write_head(output: &mut impl Write, kind: [u8; 4], length: u32) -> Result<(), CleanError> {
    output.write_all(&kind)?;
    Ok(output.write_all(&length.to_le_bytes())?)
}

fn write_chunk(input: &mut (impl Read + Seek), output: &mut impl Write, chunk: &Chunk) -> Result<(), CleanError> {
    write_head(output, chunk.kind, chunk.length)?;
    input.seek(SeekFrom::Start(chunk.at))?;
    copy(input, output, u64::from(chunk.length))?;
    if chunk.length % 2 == 1 {
        output.write_all(&[0])?;
    }
    Ok(())
}
