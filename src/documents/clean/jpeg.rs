//! JPEG (ITU-T T.81): markers, tables, frames and scans are copied; application data only where decoding needs it.
//!
//! The file ends where the picture ends: phones hang whole second pictures and films behind it, each with its own
//! location. Libraries that edit metadata keep everything after the first scan as it is, so this walks the scans itself.

use std::io::{BufRead, Write};

use super::{CleanError, array, exif, small};

const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;

pub(super) fn clean(input: &mut impl BufRead, output: &mut impl Write) -> Result<(), CleanError> {
    if array::<2>(input)? != [0xFF, 0xD8] {
        return Err(CleanError::Damaged("no JPEG signature"));
    }
    output.write_all(&[0xFF, 0xD8])?;
    let (mut frames, mut scans, mut turned) = (0, 0, false);
    let mut marker = next_marker(input)?;
    loop {
        match marker {
            EOI if frames == 1 && scans > 0 => return Ok(output.write_all(&[0xFF, EOI])?),
            EOI | 0xD8 => return Err(CleanError::Damaged("a JPEG without a picture in it")),
            // Markers that stand alone mean nothing here.
            0x00 | 0x01 | 0xD0..=0xD7 => marker = next_marker(input)?,
            SOS => {
                scans += 1;
                write_segment(output, SOS, &segment(input)?)?;
                marker = copy_scan(input, output)?;
            }
            _ => {
                frames += usize::from(is_frame(marker));
                let data = segment(input)?;
                match kept(marker, &data) {
                    Kept::Part(part) => write_segment(output, marker, part)?,
                    Kept::Density(head) => write_segment(output, marker, &[head, &[0, 0]].concat())?,
                    Kept::Turned(value) if !turned => {
                        turned = true;
                        write_segment(output, marker, &[b"Exif\0\0".as_slice(), &exif::only(value)].concat())?;
                    }
                    Kept::Turned(_) | Kept::Nothing => {}
                }
                marker = next_marker(input)?;
            }
        }
    }
}

/// What of a segment belongs to the picture.
enum Kept<'a> {
    Part(&'a [u8]),
    /// A JFIF head; the size of the preview behind it is to be zero.
    Density(&'a [u8]),
    /// EXIF data that says which side is up.
    Turned(u16),
    Nothing,
}

fn kept(marker: u8, data: &[u8]) -> Kept<'_> {
    match marker {
        // Frames, Huffman and arithmetic tables (C8 is reserved); DQT, DNL, DRI.
        0xC0..=0xC7 | 0xC9..=0xCF | 0xDB..=0xDD => Kept::Part(data),
        0xE0 if data.len() >= 14 && data.starts_with(b"JFIF\0") => Kept::Density(&data[..12]),
        0xE1 if data.starts_with(b"Exif\0\0") => exif::orientation(data).map_or(Kept::Nothing, Kept::Turned),
        0xE2 if data.starts_with(b"ICC_PROFILE\0") => Kept::Part(data),
        // Which colours the components are: without it a CMYK picture turns negative.
        0xEE if data.len() >= 12 && data.starts_with(b"Adobe") => Kept::Part(&data[..12]),
        _ => Kept::Nothing,
    }
}

fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF)
}

/// Skips to the next marker; what some cameras leave between segments stays behind.
fn next_marker(input: &mut impl BufRead) -> Result<u8, CleanError> {
    loop {
        while array::<1>(input)? != [0xFF] {}
        let [mut marker] = array::<1>(input)?;
        while marker == 0xFF {
            [marker] = array::<1>(input)?;
        }
        if marker != 0 {
            return Ok(marker);
        }
    }
}

fn segment(input: &mut impl BufRead) -> Result<Vec<u8>, CleanError> {
    match u16::from_be_bytes(array(input)?).checked_sub(2) {
        Some(length) => small(input, u64::from(length)),
        None => Err(CleanError::Damaged("a segment shorter than its own length")),
    }
}

fn write_segment(output: &mut impl Write, marker: u8, data: &[u8]) -> Result<(), CleanError> {
    let length = u16::try_from(data.len() + 2).map_err(|_| CleanError::Damaged("a segment is too long"))?;
    output.write_all(&[0xFF, marker])?;
    output.write_all(&length.to_be_bytes())?;
    Ok(output.write_all(data)?)
}

/// Copies the coded data of a scan up to the marker behind it, which is returned.
fn copy_scan(input: &mut impl BufRead, output: &mut impl Write) -> Result<u8, CleanError> {
    loop {
        let ready = input.fill_buf()?;
        if ready.is_empty() {
            return Err(CleanError::Damaged("it ends too early"));
        }
        let plain = ready.iter().position(|byte| *byte == 0xFF).unwrap_or(ready.len());
        if plain > 0 {
            output.write_all(&ready[..plain])?;
            input.consume(plain);
            continue;
        }
        input.consume(1);
        let [mut next] = array::<1>(input)?;
        while next == 0xFF {
            [next] = array::<1>(input)?;
        }
        match next {
            // A stuffed FF, or a restart: both are part of the scan.
            0x00 | 0xD0..=0xD7 => output.write_all(&[0xFF, next])?,
            marker => return Ok(marker),
        }
    }
}
