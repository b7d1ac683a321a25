//! Which entries are looked at closely: a sample that nobody can know beforehand, and that everybody can repeat who is told its seed.

use std::fmt;
use std::str::FromStr;

/// Of how large a log, and which numbers. Written `number@size`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed {
    number: u64,
    /// Only the first so many entries are drawn from: a log grows.
    size: Option<u64>,
}

impl Seed {
    /// One that nobody could foresee.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 4];
        getrandom::fill(&mut bytes)?;
        Ok(Self { number: u64::from(u32::from_le_bytes(bytes)), size: None })
    }

    /// For a log of this size.
    pub fn of(self, size: u64) -> Self {
        Self { size: Some(self.size.unwrap_or(size).min(size)), ..self }
    }

    /// Numbers below the size.
    pub fn draw(self, many: usize) -> Vec<u64> {
        let mut dice = Dice(self.number);
        let size = self.size.unwrap_or_default();
        if size == 0 { Vec::new() } else { (0..many).map(|_| dice.next() % size).collect() }
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.number, self.size.unwrap_or_default())
    }
}

impl FromStr for Seed {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let (number, size) = text.split_once('@').map_or((text, None), |(number, size)| (number, Some(size)));
        let read = |text: &str| text.parse::<u64>().map_err(|_| "a seed is a number, or number@size");
        Ok(Self { number: read(number)?, size: size.map(read).transpose()? })
    }
}

/// SplitMix64: any seed is good, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_can_be_repeated() {
        let seed: Seed = "17".parse().unwrap();
        let first = seed.of(1_000).draw(50);
        assert_eq!(seed.of(1_000).to_string(), "17@1000");
        let again: Seed = "17@1000".parse().unwrap();
        assert_eq!(again.of(5_000).draw(50), first, "whatever the log has grown to");
        assert!(first.iter().all(|index| *index < 1_000));
        assert_ne!("18".parse::<Seed>().unwrap().of(1_000).draw(50), first);
        assert!(seed.of(0).draw(9).is_empty());
        assert!("x".parse::<Seed>().is_err() && "1@".parse::<Seed>().is_err());
    }
}
