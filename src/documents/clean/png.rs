//! PNG (ISO/IEC 15948): chunks that draw are copied with their checksums proved; text, times, unknown chunks and what
//! stands behind the end stay behind. Of an animation the still picture stays.

use std::io::{self, Read, Write};

use super::{CleanError, array, copy, exif, small};

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
const KEPT: [&[u8; 4]; 12] =
    [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"bKGD", b"pHYs"];

pub(super) fn clean(input: &mut impl Read, output: &mut impl Write) -> Result<(), CleanError> {
    if array::<8>(input)? != SIGNATURE {
        return Err(CleanError::Damaged("no PNG signature"));
    }
    output.write_all(&SIGNATURE)?;
    let (mut first, mut drawn, mut turned) = (true, false, None);
    loop {
        let length = u32::from_be_bytes(array(input)?);
        let kind = array::<4>(input)?;
        if length > i32::MAX as u32 || first != (kind == *b"IHDR") || (first && length != 13) {
            return Err(CleanError::Damaged("a PNG begins with its header"));
        }
        first = false;
        match &kind {
            b"IEND" if !drawn || length != 0 => return Err(CleanError::Damaged("a PNG without a picture in it")),
            b"eXIf" => {
                turned = turned.or(exif::orientation(&small(input, u64::from(length))?));
                array::<4>(input)?;
            }
            kind if KEPT.contains(&kind) => {
                // Allowed before the picture data and after it, not in between: at its latest place it is always right.
                if let (b"IEND", Some(value)) = (kind, turned) {
                    write_chunk(output, b"eXIf", &exif::only(value))?;
                }
                drawn |= kind == b"IDAT";
                copy_chunk(input, output, kind, length)?;
                if kind == b"IEND" {
                    return Ok(());
                }
            }
            // A capital letter first means: no reader may ignore it.
            [b'A'..=b'Z', ..] => return Err(CleanError::Damaged("a critical PNG chunk that nobody knows")),
            _ => copy(input, &mut io::sink(), u64::from(length) + 4)?,
        }
    }
}

fn write_chunk(output: &mut impl Write, kind: &[u8; 4], data: &[u8]) -> Result<(), CleanError> {
    let length = u32::try_from(data.len()).map_err(|_| CleanError::Damaged("a chunk is too long"))?;
    output.write_all(&length.to_be_bytes())?;
    output.write_all(kind)?;
    output.write_all(data)?;
    Ok(output.write_all(&sealed(crc(crc(!0, kind), data)))?)
}

fn copy_chunk(input: &mut impl Read, output: &mut impl Write, kind: &[u8; 4], length: u32) -> Result<(), CleanError> {
    output.write_all(&length.to_be_bytes())?;
    output.write_all(kind)?;
    let mut summed = Summed { output, sum: crc(!0, kind) };
    copy(input, &mut summed, u64::from(length))?;
    let sum = sealed(summed.sum);
    if array::<4>(input)? != sum {
        return Err(CleanError::Damaged("a checksum is wrong"));
    }
    Ok(output.write_all(&sum)?)
}

/// The last step of a CRC: inverted, big-endian.
fn sealed(sum: u32) -> [u8; 4] {
    (!sum).to_be_bytes()
}

/// Passes bytes on and sums them.
struct Summed<'a, W: Write> {
    output: &'a mut W,
    sum: u32,
}

impl<W: Write> Write for Summed<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.output.write(bytes)?;
        self.sum = crc(self.sum, &bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

/// CRC-32 as PNG has it (ISO 3309), without the inversions at both ends.
fn crc(sum: u32, bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    bytes.iter().fold(sum, |sum, byte| TABLE[usize::from(sum as u8 ^ byte)] ^ (sum >> 8))
}

const fn table() -> [u32; 256] {
    let mut table = [0u32; 256];
    let mut n = 0;
    while n < 256 {
        let (mut value, mut bit) = (n as u32, 0);
        while bit < 8 {
            value = if value & 1 == 1 { 0xEDB8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        table[n] = value;
        n += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_the_one_of_the_standard() {
        assert_eq!(sealed(crc(!0, b"123456789")), 0xCBF4_3926u32.to_be_bytes());
        assert_eq!(sealed(crc(!0, b"IEND")), [0xAE, 0x42, 0x60, 0x82]);
    }
}
