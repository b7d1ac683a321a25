//! A QR code as rows of dark modules, for the page and the PDF alike.

use qrcode::{Color, EcLevel, QrCode};

/// Light modules that must surround the code.
const QUIET: usize = 4;

/// A code and its quiet zone, in modules.
pub struct Qr {
    /// Modules along an edge, quiet zone included.
    pub size: usize,
    /// Runs of dark modules: (x, y, length).
    pub runs: Vec<(usize, usize, usize)>,
}

impl Qr {
    /// `None` when the text is too long for any code (more than two kilobytes).
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let mut runs: Vec<(usize, usize, usize)> = Vec::new();
        for (at, color) in code.to_colors().into_iter().enumerate() {
            let (x, y) = (at % width + QUIET, at / width + QUIET);
            if color == Color::Light {
                continue;
            }
            match runs.last_mut() {
                Some((from, row, length)) if *row == y && *from + *length == x => *length += 1,
                _ => runs.push((x, y, 1)),
            }
        }
        Some(Self { size: width + 2 * QUIET, runs })
    }

    /// The dark modules as the data of one SVG path.
    pub fn svg_path(&self) -> String {
        self.runs.iter().map(|(x, y, length)| format!("M{x} {y}h{length}v1h-{length}z")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_the_dark_modules() {
        let text = "https://so.example.org/g/7ZC4K0M9T2R8VQ3BX";
        let (qr, code) = (Qr::of(text).unwrap(), QrCode::with_error_correction_level(text, EcLevel::M).unwrap());
        let mut dark = vec![false; qr.size * qr.size];
        for (x, y, length) in &qr.runs {
            (*x..x + length).for_each(|x| dark[y * qr.size + x] = true);
        }
        for (at, color) in code.to_colors().into_iter().enumerate() {
            let (x, y) = (at % code.width() + QUIET, at / code.width() + QUIET);
            assert_eq!(dark[y * qr.size + x], color == Color::Dark);
        }
        assert_eq!(dark.iter().filter(|d| **d).count(), code.to_colors().iter().filter(|c| **c == Color::Dark).count());
        assert!(qr.svg_path().starts_with("M4 4h7v1h-7z"), "the first finder pattern");
        assert!(Qr::of(&"x".repeat(5_000)).is_none());
    }
}
