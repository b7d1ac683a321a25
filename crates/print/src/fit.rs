//! How large the text of a slip may be on its page, so that it stays one sheet.
//!
//! The page runs no script and cannot measure itself, so it is measured here, with the faces of the PDF. The reader's machine may
//! set it in a wider face than ours, so there is room to spare. What is here and what is in `slip.css` belong together: whoever
//! changes one changes the other, and the browser tests print both.

use super::faces::{FACES, Face};
use super::{Foot, Item, Look, Paper, PrintError};

/// Sizes of the text in points, the largest first; each has its class ([`class`]).
const SIZES: [f32; 16] = [11.5, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0, 4.5, 4.0];
/// How much wider other faces are than ours: lines of DejaVu Serif, the widest of those the page asks for, are up to an eighth wider.
const WIDER: f32 = 1.15;
const MM: f32 = 72.0 / 25.4;
const LEADING: f32 = 1.35;
/// What stands between the margins of a sheet of 210 × 147 mm; a millimetre less than A5, so that rounding makes no second sheet.
const WIDTH: f32 = (210.0 - 2.0 * 11.0) * MM;
const HEIGHT: f32 = (147.0 - 9.0 - 5.0) * MM;
/// Lines are rounded to pixels by the browser.
const ROUNDING: f32 = 5.0;
/// The small print under the signatures.
const SMALL: f32 = 7.5;
/// A stamp wider than this is set smaller.
const STAMP_WIDTH: f32 = 470.0;

/// The class of the largest size at which all of it fits on a sheet; the smallest one when none does.
pub fn class(paper: &Paper, items: &[Item]) -> Result<String, PrintError> {
    let (regular, bold) = FACES.as_ref().ok_or(PrintError::Fonts)?;
    let fits = |size: &&f32| Measure { paper, items, size: **size, regular, bold }.height() <= HEIGHT - ROUNDING;
    let smallest = SIZES.last().copied().unwrap_or_default();
    Ok(name(SIZES.iter().find(fits).copied().unwrap_or(smallest)))
}

/// The style of all sizes.
pub fn classes() -> String {
    SIZES.iter().map(|size| format!(".{} {{ font-size: {size}pt; }}\n", name(*size))).collect()
}

fn name(size: f32) -> String {
    format!("pt{:.0}", size * 10.0)
}

/// Whether a stamp is too long for the letters of `HỦY`.
pub fn is_long(stamp: &str) -> bool {
    FACES.as_ref().is_some_and(|(_, bold)| bold.width(&bold.stand_in(stamp), 105.0 * (WIDER + 0.1)) > STAMP_WIDTH)
}

/// A slip at one size of its text, piece by piece as the page has it. All in points.
struct Measure<'a> {
    paper: &'a Paper,
    items: &'a [Item],
    size: f32,
    regular: &'static Face,
    bold: &'static Face,
}

impl Measure<'_> {
    fn height(&self) -> f32 {
        let items: f32 = self.items.iter().map(|item| self.item(item)).sum();
        self.head()
            + self.title()
            + items
            + self.signatures()
            + self.note()
            + self.paper.foot.as_ref().map_or(0.0, |f| self.foot(f))
    }

    /// How high a text stands in a column: its lines.
    fn column(&self, face: &Face, text: &str, size: f32, width: f32) -> f32 {
        self.lines(face, text, size, width) * size * LEADING
    }

    fn lines(&self, face: &Face, text: &str, size: f32, width: f32) -> f32 {
        face.lines(&face.stand_in(text), size * WIDER, 0.0, width.max(size * WIDER)).len() as f32
    }

    /// Issuer, series and number, QR code.
    fn head(&self) -> f32 {
        let (issuer, em) = (&self.paper.issuer, self.size * 0.9);
        let (number, gap) = (62.0 * MM, 6.0 * MM);
        let numbered = self.paper.series.is_some() || self.paper.number.is_some() || !self.paper.copies.is_empty();
        let numbers = if numbered { number + gap } else { 0.0 };
        let code = if self.paper.link.is_some() { 25.0 * MM + gap } else { 0.0 };
        let beside = numbers + code;
        let line = |face: &Face, text: &str, size: f32| self.lines(face, text, size, WIDTH - beside) * size * 1.3;
        let above = issuer.above.as_ref().map_or(0.0, |above| line(self.regular, above, em * 0.92));
        let address = issuer.address.as_ref().map_or(0.0, |address| line(self.regular, &address.line(), em));
        let issuer = above + line(self.bold, &issuer.name, em) + address;
        let said = |face: &Face, text: Option<String>, size| text.map_or(0.0, |text| self.column(face, &text, size, number));
        let numbers = said(self.regular, self.paper.series.as_ref().map(super::Labelled::line), em)
            + said(self.bold, self.paper.number.as_ref().map(super::Labelled::line), em * 1.25)
            + said(self.regular, self.paper.copies.iter().max_by_key(|copy| copy.chars().count()).cloned(), em);
        (27.0 * MM).max(issuer).max(numbers + MM)
    }

    fn title(&self) -> f32 {
        let title = self.lines(self.bold, &self.paper.title, 18.5, WIDTH) * 18.0 * 1.1 - 3.0 * MM;
        let subtitle = self.paper.subtitle.as_ref().map_or(0.0, |text| self.lines(self.regular, text, 9.0, WIDTH) * 9.0 * 1.1);
        let day = self.paper.day.as_ref().map_or(0.0, |day| self.column(self.regular, day, self.size, WIDTH) + 2.0 * MM);
        let said = self.paper.cancelled.as_ref().map(|cancelled| &cancelled.said);
        title + subtitle + day + said.map_or(0.0, |said| self.column(self.bold, said, self.size, WIDTH) + MM)
    }

    fn item(&self, item: &Item) -> f32 {
        let label = self.regular.width(&self.regular.stand_in(&item.label), self.size * WIDER) + self.size;
        let face = if item.look.is_strong() { self.bold } else { self.regular };
        let size = if item.look == Look::Amount { self.size * 1.15 } else { self.size };
        let value = item.value.as_deref().unwrap_or_default();
        self.column(face, value, size, WIDTH - label - 2.0 * MM) + 0.8 * MM
    }

    /// At least 25 mm to sign in.
    fn signatures(&self) -> f32 {
        if self.paper.signatures.is_empty() {
            return 0.0;
        }
        let (em, width) = (self.size * 0.92, WIDTH / self.paper.signatures.len() as f32 - 2.0 * MM);
        let highest = self.paper.signatures.iter().map(|signature| {
            self.column(self.bold, &signature.who, em, width)
                + self.column(self.regular, &signature.hint, em * 0.85, width)
                + signature.name.as_ref().map_or(0.0, |name| self.column(self.regular, name, em * 0.95, width))
        });
        2.0 * MM + highest.fold(25.0 * MM, f32::max)
    }

    fn note(&self) -> f32 {
        self.paper.note.as_ref().map_or(0.0, |note| self.column(self.regular, note, SMALL, WIDTH) + MM)
    }

    fn foot(&self, foot: &Foot) -> f32 {
        // Strong digits differ more than letters.
        let code = self.bold.width(&self.bold.stand_in(&foot.code.line()), SMALL * WIDER * 1.08);
        self.column(self.regular, &foot.find, SMALL, WIDTH - code - 5.0 * MM) + 2.2 * MM
    }
}

#[cfg(test)]
mod tests {
    use super::super::paper_tests::slip;
    use super::super::{Body, Cancelled, Issuer, Labelled};
    use super::*;
    use proptest::prelude::*;

    /// Everything as long as the house lets it be, with one text for all.
    fn longest(text: &str) -> Paper {
        let text = |length: usize| text.chars().cycle().take(length).collect::<String>();
        let mut paper = slip();
        paper.issuer =
            Issuer { above: Some(text(200)), name: text(200), address: Some(Labelled::new("Địa chỉ", text(300))) };
        paper.cancelled = Some(Cancelled { stamp: "HỦY".to_owned(), said: text(60) });
        paper.signatures.iter_mut().for_each(|signature| signature.name = Some(text(200)));
        paper.note = Some(text(200));
        paper.body = Body::Slip(
            [200, 200, 300, 20, 160, 10, 12, 160].map(|length| Item::new("Địa chỉ", Some(text(length)), Look::Text)).to_vec(),
        );
        paper
    }

    fn items(paper: &Paper) -> &[Item] {
        let Body::Slip(items) = &paper.body else { return &[] };
        items
    }

    fn height(paper: &Paper, size: f32) -> f32 {
        let (regular, bold) = FACES.as_ref().unwrap();
        Measure { paper, items: items(paper), size, regular, bold }.height()
    }

    #[test]
    fn what_is_short_is_large_and_what_is_long_is_small() {
        let short = slip();
        assert_eq!(class(&short, items(&short)).unwrap(), "pt115");
        let mut noted = slip();
        let Body::Slip(lines) = &mut noted.body else { unreachable!() };
        lines.extend((0..4).map(|_| Item::new("Ngày nhận", Some("22/11/2026".to_owned()), Look::Plain)));
        noted.note = Some("Cá nhân được trừ khoản đóng góp này khi tính thuế thu nhập. ".repeat(3));
        assert_ne!(class(&noted, items(&noted)).unwrap(), "pt115", "the note and every line count");
        let endless = longest("Ẫ");
        assert!(["pt40", "pt45", "pt50", "pt55", "pt60"].contains(&class(&endless, items(&endless)).unwrap().as_str()));
    }

    #[test]
    fn every_size_has_its_style() {
        let style = classes();
        for size in SIZES {
            assert!(style.contains(&format!(".{} {{ font-size: {size}pt; }}", name(size))), "{style}");
        }
        assert!(!is_long("HỦY") && is_long("CHƯA GHI SỔ"));
    }

    proptest! {
        // Each case sets a whole paper, some of them at every size.
        #![proptest_config(ProptestConfig::with_cases(12))]

        /// Whatever may be typed, there is a size for it.
        #[test]
        fn the_longest_texts_fit_at_some_size(text in "[A-ZÀ-Ỹà-ỹ阮🙂 ]{1,40}") {
            let paper = longest(&text);
            prop_assert!(height(&paper, 4.0) <= HEIGHT - ROUNDING, "{}", height(&paper, 4.0));
        }

        /// What is set smaller takes no more room, so the first size that fits is the largest.
        #[test]
        fn a_smaller_size_takes_no_more_room(text in "[a-zà-ỹ ]{1,60}") {
            let paper = longest(&text);
            let heights = SIZES.map(|size| height(&paper, size));
            prop_assert!(heights.is_sorted_by(|larger, smaller| *larger + 0.01 >= *smaller), "{heights:?}");
        }
    }
}
