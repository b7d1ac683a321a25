//! Shifts in minutes of a day. Pure.

/// A time of a day, in minutes: from, until.
pub type Minutes = (i16, i16);

/// A shift that is right in itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    pub what: String,
    pub minutes: Minutes,
    pub needed: i16,
}

/// `08:30` as minutes of the day; `24:00` is its end.
pub fn minute(text: &str) -> Option<i16> {
    let (hours, minutes) = text.split_once(':')?;
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (i16, i16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let all = hours * 60 + minutes;
    (minutes < 60 && all <= 24 * 60).then_some(all)
}

/// Whether two times have a moment in common.
pub fn overlap(one: Minutes, other: Minutes) -> bool {
    one.0 < other.1 && other.0 < one.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_it_is_written() {
        let read = ["00:00", "07:30", "24:00", "24:01", "7:30", "07:60", "0730", "-1:00", ""].map(minute);
        assert_eq!(read, [Some(0), Some(450), Some(1_440), None, None, None, None, None, None]);
    }

    #[test]
    fn one_shift_may_begin_when_another_ends() {
        for (one, other, same) in [
            ((420, 540), (540, 600), false),
            ((420, 541), (540, 600), true),
            ((420, 600), (450, 480), true),
            ((420, 450), (480, 600), false),
        ] {
            assert_eq!((overlap(one, other), overlap(other, one)), (same, same));
        }
    }
}
