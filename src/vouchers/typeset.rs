//! Setting lines of text with the two faces we carry (`assets/fonts`): measuring, breaking, drawing.
//!
//! Vietnamese in NFC has one glyph for each letter with all its marks, so a character is a glyph and needs no shaping.
//! What the faces do not have (say, Chinese) is drawn as `?`.

use std::sync::LazyLock;

use krilla::geom::Point;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/NotoSerif-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../assets/fonts/NotoSerif-Bold.ttf");
const UNKNOWN: char = '?';

/// A face: its bytes for the PDF, and what measuring needs.
pub struct Face {
    pub font: Font,
    table: FontRef<'static>,
    units: f32,
}

/// Regular and bold; `None` only if the files in the program were broken.
pub static FACES: LazyLock<Option<(Face, Face)>> = LazyLock::new(|| Some((Face::of(REGULAR)?, Face::of(BOLD)?)));

impl Face {
    fn of(bytes: &'static [u8]) -> Option<Self> {
        let font = Font::new(bytes.into(), 0)?;
        let units = font.units_per_em();
        Some(Self { font, table: FontRef::new(bytes).ok()?, units })
    }

    /// Glyph and advance of a character, the advance in parts of the size.
    fn glyph(&self, character: char) -> (u32, f32) {
        let charmap = self.table.charmap();
        let id = charmap.map(character).or_else(|| charmap.map(UNKNOWN)).unwrap_or_default();
        let advance = self.table.glyph_metrics(Size::unscaled(), LocationRef::default()).advance_width(id).unwrap_or(0.0);
        (id.to_u32(), advance / self.units)
    }

    /// What can be drawn of a text: unknown characters become `?`.
    pub fn drawable(&self, text: &str) -> String {
        let charmap = self.table.charmap();
        text.chars().map(|c| if charmap.map(c).is_some_and(|id| id.to_u32() != 0) { c } else { UNKNOWN }).collect()
    }

    /// Width of a text in points.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.glyph(c).1).sum::<f32>() * size
    }

    /// The largest size up to `size`, down to a third of it, at which a text is no wider than `width`.
    pub fn fitting(&self, text: &str, size: f32, width: f32) -> f32 {
        let wide = self.width(text, size);
        if wide <= width { size } else { (size * width / wide).max(size / 3.0) }
    }

    /// Breaks a text between words, and inside a word that is wider than a line. `first` is how much of the first line
    /// is taken already.
    pub fn lines(&self, text: &str, size: f32, first: f32, width: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        let mut left = width - first;
        for word in self.drawable(text).split_whitespace() {
            let mut word = word.to_owned();
            loop {
                let gap = if lines.last().is_some_and(|line| !line.is_empty()) { " " } else { "" };
                let needed = self.width(gap, size) + self.width(&word, size);
                if needed <= left {
                    left -= needed;
                    if let Some(line) = lines.last_mut() {
                        line.push_str(gap);
                        line.push_str(&word);
                    }
                    break;
                }
                let is_whole_line = gap.is_empty() && left >= width;
                if is_whole_line {
                    // Wider than a whole line: as many letters as go.
                    let (head, tail) = self.split(&word, size, left);
                    if let Some(line) = lines.last_mut() {
                        line.push_str(&head);
                    }
                    word = tail;
                    if word.is_empty() {
                        break;
                    }
                }
                lines.push(String::new());
                left = width;
            }
        }
        lines
    }

    /// As many letters as fit, at least one; and the rest.
    fn split(&self, word: &str, size: f32, width: f32) -> (String, String) {
        let mut used = 0.0;
        let mut end = 0;
        for (at, c) in word.char_indices() {
            used += self.glyph(c).1 * size;
            if used > width && at > 0 {
                break;
            }
            end = at + c.len_utf8();
        }
        (word[..end].to_owned(), word[end..].to_owned())
    }

    /// Draws one line with its baseline at (x, y).
    pub fn draw(&self, surface: &mut Surface<'_>, x: f32, y: f32, size: f32, text: &str) {
        let text = self.drawable(text);
        let glyphs: Vec<KrillaGlyph> = text
            .char_indices()
            .map(|(at, c)| {
                let (id, advance) = self.glyph(c);
                KrillaGlyph::new(GlyphId::new(id), advance, 0.0, 0.0, 0.0, at..at + c.len_utf8(), None)
            })
            .collect();
        if !glyphs.is_empty() {
            surface.draw_glyphs(Point::from_xy(x, y), &glyphs, self.font.clone(), &text, size, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn regular() -> &'static Face {
        &FACES.as_ref().unwrap().0
    }

    #[test]
    fn both_faces_have_every_letter_of_vietnamese() {
        let vowels = "aăâeêioôơuưy";
        let marks = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
        let mut letters: String = "bcdđghklmnpqrstvx0123456789 .,;:()/-–“”\"'₫".to_owned();
        letters.push_str(vowels);
        for vowel in vowels.chars() {
            for mark in marks {
                use unicode_normalization::UnicodeNormalization;
                letters.extend([vowel, mark].into_iter().nfc());
            }
        }
        letters.push_str(&letters.to_uppercase());
        let (regular, bold) = FACES.as_ref().unwrap();
        for face in [regular, bold] {
            assert_eq!(face.drawable(&letters), letters);
        }
    }

    #[test]
    fn unknown_letters_are_question_marks() {
        assert_eq!(regular().drawable("Nguyễn 阮 Văn 🙂"), "Nguyễn ? Văn ?");
    }

    proptest! {
        /// Whatever the text: no line is wider than the column, and no letter is lost.
        #[test]
        fn lines_fit_and_lose_nothing(text in "[A-Zà-ỹ ]{0,120}", width in 30.0f32..300.0, first in 0.0f32..200.0) {
            let first = first.min(width);
            let lines = regular().lines(&text, 10.0, first, width);
            for (n, line) in lines.iter().enumerate() {
                let room = if n == 0 { width - first } else { width };
                prop_assert!(regular().width(line, 10.0) <= room + 0.01, "{:?}", lines);
            }
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&regular().drawable(&text)));
        }
    }
}
