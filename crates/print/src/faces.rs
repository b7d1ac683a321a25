//! Setting lines of text with the two faces we carry (`fonts`): measuring, breaking, drawing.
//!
//! Vietnamese in NFC has one glyph for each letter with all its marks, so a character is a glyph and needs no shaping. Letters of other
//! languages of Vietnam (`ơ̆`) are a glyph and marks, which are put over its middle. What the faces do not have (say, Chinese) is drawn
//! as `?`; [`drawable`] says beforehand what would be.

use std::sync::LazyLock;

use krilla::geom::Point;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

const REGULAR: &[u8] = include_bytes!("../fonts/NotoSerif-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/NotoSerif-Bold.ttf");
const UNKNOWN: char = '?';

/// A face: its bytes for the PDF, and what measuring needs.
pub struct Face {
    font: Font,
    table: FontRef<'static>,
    units: f32,
}

/// Where ink is, seen from the beginning of its glyph on the baseline.
#[derive(Debug, Clone, Copy)]
struct Ink {
    left: f32,
    right: f32,
    bottom: f32,
    top: f32,
}

/// Between a letter and a mark, or two marks.
const GAP: f32 = 0.04;

impl Ink {
    /// How far a mark goes to the right and up to stand over the middle of a letter, or below it if that is where it belongs.
    fn over(self, letter: &Ink) -> (f32, f32) {
        let right = (letter.left + letter.right - self.left - self.right) / 2.0;
        let is_below = self.top < 0.1;
        let up = if is_below { (letter.bottom - GAP - self.top).min(0.0) } else { (letter.top + GAP - self.bottom).max(0.0) };
        (right, up)
    }

    /// The next mark stands beyond this one.
    fn grow(&mut self, mark: Ink, up: f32) {
        self.top = self.top.max(mark.top + up);
        self.bottom = self.bottom.min(mark.bottom + up);
    }
}

/// Regular and bold; `None` only if the files in the program were broken.
pub static FACES: LazyLock<Option<(Face, Face)>> = LazyLock::new(|| Some((Face::of(REGULAR)?, Face::of(BOLD)?)));

/// What both faces can draw of a text: characters of another width as the ordinary ones, unknown ones as `?`.
pub fn drawable(text: &str) -> String {
    FACES.as_ref().map_or_else(String::new, |(regular, bold)| bold.drawable(&regular.drawable(text)))
}

impl Face {
    fn of(bytes: &'static [u8]) -> Option<Self> {
        let font = Font::new(bytes.into(), 0)?;
        let units = font.units_per_em();
        Some(Self { font, table: FontRef::new(bytes).ok()?, units })
    }

    /// Glyph and advance of a character, the advance in parts of the size. Marks take no room of their own.
    fn glyph(&self, character: char) -> (u32, f32) {
        let charmap = self.table.charmap();
        let id = charmap.map(character).or_else(|| charmap.map(UNKNOWN)).unwrap_or_default();
        if is_combining_mark(character) {
            return (id.to_u32(), 0.0);
        }
        let advance = self.table.glyph_metrics(Size::unscaled(), LocationRef::default()).advance_width(id).unwrap_or(0.0);
        (id.to_u32(), advance / self.units)
    }

    /// The room a glyph's ink takes, in parts of the size.
    fn ink(&self, id: u32) -> Option<Ink> {
        let bounds = self.table.glyph_metrics(Size::unscaled(), LocationRef::default()).bounds(skrifa::GlyphId::new(id))?;
        let part = |value: f32| value / self.units;
        Some(Ink { left: part(bounds.x_min), right: part(bounds.x_max), bottom: part(bounds.y_min), top: part(bounds.y_max) })
    }

    fn has(&self, c: char) -> bool {
        self.table.charmap().map(c).is_some_and(|id| id.to_u32() != 0)
    }

    /// What can be drawn of a text: characters of another width as the ordinary ones, unknown ones as `?`.
    pub fn drawable(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            if self.has(c) {
                out.push(c);
            } else if std::iter::once(c).nfkc().all(|c| self.has(c)) {
                out.extend(std::iter::once(c).nfkc());
            } else {
                out.push(UNKNOWN);
            }
        }
        out
    }

    /// A text to measure where other faces may draw it, too: what this one does not have is as wide as its widest letters.
    pub fn stand_in(&self, text: &str) -> String {
        let width_of = |c: char| match c {
            ' ' | '\t' | '\n' | '\r' => ' ',
            c if c.is_whitespace() || !self.has(c) => 'M',
            c => c,
        };
        text.chars().map(width_of).collect()
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
            if used > width && at > 0 && !is_combining_mark(c) {
                break;
            }
            end = at + c.len_utf8();
        }
        (word[..end].to_owned(), word[end..].to_owned())
    }

    /// Draws one line with its baseline at (x, y).
    pub fn draw(&self, surface: &mut Surface<'_>, x: f32, y: f32, size: f32, text: &str) {
        let text = self.drawable(text);
        // The letter that marks stand over: its ink, and how far the pen has gone since its beginning.
        let mut letter: Option<(Ink, f32)> = None;
        let glyphs: Vec<KrillaGlyph> = text
            .char_indices()
            .map(|(at, c)| {
                let (id, advance) = self.glyph(c);
                let ink = self.ink(id);
                let (mut right, mut up) = (0.0, 0.0);
                if is_combining_mark(c) {
                    if let (Some((under, gone)), Some(mark)) = (letter.as_mut(), ink) {
                        (right, up) = mark.over(under);
                        right -= *gone;
                        under.grow(mark, up);
                    }
                } else {
                    letter = ink.map(|ink| (ink, advance));
                }
                KrillaGlyph::new(GlyphId::new(id), advance, right, up, 0.0, at..at + c.len_utf8(), None)
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
    fn letters_of_other_languages_of_vietnam_are_drawn() {
        for letters in ["Y Ƀlăm", "H'ƀlê", "Ơ\u{306} ơ\u{306} Ư\u{306} Ê\u{306} ô\u{306}", "Čŭ Ñĕ ŏ ĭ", "e\u{324}"]
        {
            assert_eq!(drawable(letters), letters);
        }
    }

    #[test]
    fn marks_stand_over_their_letter() {
        let face = regular();
        let (letter, mark) = (face.ink(face.glyph('Ơ').0).unwrap(), face.ink(face.glyph('\u{306}').0).unwrap());
        let (right, up) = mark.over(&letter);
        let middle = (mark.left + mark.right) / 2.0 + right;
        assert!(letter.left < middle && middle < letter.right && mark.bottom + up >= letter.top);
        assert_eq!(face.width("Ơ\u{306}", 10.0), face.width("Ơ", 10.0));
    }

    #[test]
    fn unknown_letters_are_question_marks() {
        assert_eq!(regular().drawable("＝Ａ"), "=A");
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
