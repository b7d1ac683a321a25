//! The directory of a package, read by hand before anything else: how many parts, how large they say they are.
//!
//! Twenty lines that allocate nothing. Whatever reads the package afterwards keeps a list of its parts, so their number is known
//! before. What the directory says of sizes is not believed ([`super::survey`] counts), but what it already says is too much is
//! refused here.

use crate::limits::{Exceeded, Limits};
use crate::said::Refused;

const END: [u8; 4] = *b"PK\x05\x06";
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const END_BYTES: usize = 22;
const ENTRY_BYTES: usize = 46;
/// Longest comment behind the directory, with the end itself.
const TAIL: usize = END_BYTES + 65_535;

/// Checks the directory.
pub fn check(bytes: &[u8], limits: &Limits) -> Result<(), Refused> {
    let tail = bytes.get(bytes.len().saturating_sub(TAIL)..).unwrap_or(bytes);
    let at = tail.windows(4).rposition(|found| found == END).ok_or_else(Refused::broken)?;
    let end = tail.get(at..).ok_or_else(Refused::broken)?;
    let (count, size, start) = (u16_at(end, 10)?, u32_at(end, 12)?, u32_at(end, 16)?);
    // 64-bit sizes: no list of people needs them.
    if count == u64::from(u16::MAX) || size == u64::from(u32::MAX) || start == u64::from(u32::MAX) {
        return Err(Exceeded::Unpacked.refused(limits));
    }
    if count > limits.parts as u64 {
        return Err(Exceeded::Parts.refused(limits));
    }
    // The directory lies straight before its end, wherever it says it begins.
    let end_at = bytes.len() - tail.len() + at;
    let size = usize::try_from(size).map_err(|_| Refused::broken())?;
    let mut directory = bytes.get(end_at.checked_sub(size).ok_or_else(Refused::broken)?..end_at).ok_or_else(Refused::broken)?;
    let (mut entries, mut unpacked) = (0u64, 0u64);
    while !directory.is_empty() {
        if directory.get(..4) != Some(&ENTRY) {
            return Err(Refused::broken());
        }
        entries += 1;
        unpacked = unpacked.saturating_add(u32_at(directory, 24)?);
        if unpacked > limits.unpacked_bytes {
            return Err(Exceeded::Unpacked.refused(limits));
        }
        let length = ENTRY_BYTES as u64 + u16_at(directory, 28)? + u16_at(directory, 30)? + u16_at(directory, 32)?;
        directory = directory.get(length as usize..).ok_or_else(Refused::broken)?;
    }
    if entries == count { Ok(()) } else { Err(Refused::broken()) }
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u64, Refused> {
    let two = bytes.get(at..at + 2).and_then(|two| <[u8; 2]>::try_from(two).ok()).ok_or_else(Refused::broken)?;
    Ok(u64::from(u16::from_le_bytes(two)))
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u64, Refused> {
    let four = bytes.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok()).ok_or_else(Refused::broken)?;
    Ok(u64::from(u32::from_le_bytes(four)))
}
