//! The one thing in EXIF data that belongs to the picture: which side is up (CIPA DC-008, tag 0x0112).

const ORIENTATION: u16 = 0x0112;

/// 2 to 8 from the first directory of a TIFF block, with or without the JPEG prefix. Anything that cannot be read, and
/// 1 (upright already), is none.
pub(super) fn orientation(block: &[u8]) -> Option<u16> {
    let tiff = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| -> Option<u16> {
        let bytes = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let long = |at: usize| -> Option<u32> {
        let bytes = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    };
    let directory = usize::try_from(long(4)?).ok()?;
    for n in 0..usize::from(short(directory)?) {
        let entry = directory.checked_add(2 + 12 * n)?;
        if short(entry)? == ORIENTATION {
            let is_one_short = short(entry.checked_add(2)?)? == 3 && long(entry.checked_add(4)?)? == 1;
            return short(entry.checked_add(8)?).filter(|value| is_one_short && (2..=8).contains(value));
        }
    }
    None
}

/// A TIFF block that says the orientation and nothing else.
pub(super) fn only(orientation: u16) -> [u8; 26] {
    let [high, low] = orientation.to_be_bytes();
    [
        b'M', b'M', 0, b'*', 0, 0, 0, 8, // big-endian, the directory comes next
        0, 1, // one entry:
        0x01, 0x12, 0, 3, 0, 0, 0, 1, high, low, 0, 0, // orientation, one short
        0, 0, 0, 0, // no further directory
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_written_can_be_read() {
        for value in 2..=8 {
            assert_eq!(orientation(&only(value)), Some(value));
            assert_eq!(orientation(&[b"Exif\0\0".as_slice(), &only(value)].concat()), Some(value));
        }
        assert_eq!((orientation(&only(1)), orientation(&only(9)), orientation(b"")), (None, None, None));
    }

    #[test]
    fn little_endian_is_read_too() {
        let block = b"II*\0\x08\0\0\0\x02\0\x0F\x01\x02\0\x01\0\0\0\0\0\0\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        assert_eq!(orientation(block), Some(6));
    }

    proptest! {
        #[test]
        fn garbage_is_no_orientation_and_no_panic(tail in proptest::collection::vec(any::<u8>(), 0..80), little: bool) {
            let block = [if little { b"II*\0" } else { b"MM\0*" }, tail.as_slice()].concat();
            prop_assert!(orientation(&block).is_none_or(|value| (2..=8).contains(&value)));
        }
    }
}
