//! Cards as large as a bank card, ten to a sheet of A4 with lines to cut along.
//!
//! The code to scan is as large as the card allows: size is what makes it readable from a phone.

use krilla::page::PageSettings;

use super::faces::FACES;
use super::pieces::{self, BLACK, Canvas, Frame, shrunk};
use super::qr::Qr;
use super::{About, Labelled, PrintError};

/// A4, in points.
const FRAME: Frame = Frame { width: 595.28, height: 841.89, left: 0.0, right: 595.28 };
/// A card of 85.6 × 54 mm.
const WIDTH: f32 = 242.65;
const HEIGHT: f32 = 153.07;
const ACROSS: usize = 2;
const DOWN: usize = 5;
/// Edge of the code, its quiet zone included: 27 mm.
const CODE: f32 = 76.5;
const PAD: f32 = 9.0;
/// Baseline of the title, and where what is said of the holder begins.
const TITLE: f32 = 45.0;
const BODY: f32 = 62.0;

/// A card of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Who issues it, the one above first; nothing where that is not to be told.
    pub issuers: Vec<String>,
    pub title: String,
    pub name: String,
    pub items: Vec<Labelled>,
    /// As it is read out.
    pub code: String,
    /// What the code to scan says; an address in ASCII.
    pub link: String,
}

/// Cards on sheets, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cards {
    /// `vi`, `en`.
    pub lang: &'static str,
    pub about: About,
    pub author: String,
    pub cards: Vec<Card>,
}

/// The sheets as PDF/A-2u. The same cards give the same bytes.
///
/// # Errors
/// Only by a fault of this program.
pub fn cards(of: &Cards) -> Result<Vec<u8>, PrintError> {
    let (regular, bold) = FACES.as_ref().ok_or(PrintError::Fonts)?;
    let mut document = pieces::document_of(&of.about, of.lang, &of.author)?;
    for sheet in of.cards.chunks(ACROSS * DOWN) {
        let size = PageSettings::from_wh(FRAME.width, FRAME.height).ok_or(PrintError::Fonts)?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        let mut canvas = Canvas { surface: &mut surface, frame: FRAME, regular, bold };
        canvas.ink(BLACK);
        cuts(&mut canvas);
        for (n, card) in sheet.iter().enumerate() {
            let (left, top) = corner(n);
            draw(&mut canvas, card, left, top);
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| PrintError::Draw(format!("{error:?}")))
}

/// Where the n-th card of a sheet has its upper left corner.
fn corner(n: usize) -> (f32, f32) {
    let (left, top) = ((FRAME.width - ACROSS as f32 * WIDTH) / 2.0, (FRAME.height - DOWN as f32 * HEIGHT) / 2.0);
    (left + (n % ACROSS) as f32 * WIDTH, top + (n / ACROSS) as f32 * HEIGHT)
}

/// Where the last card of a sheet has its lower right corner.
fn end() -> (f32, f32) {
    let (left, top) = corner(ACROSS * DOWN - 1);
    (left + WIDTH, top + HEIGHT)
}

/// Lines from edge to edge of the cards, to cut along.
fn cuts(canvas: &mut Canvas<'_, '_>) {
    let ((left, top), (right, bottom)) = (corner(0), end());
    for row in 0..=DOWN {
        canvas.rule(left, right, top + row as f32 * HEIGHT, 0.25);
    }
    for column in 0..=ACROSS {
        canvas.post(left + column as f32 * WIDTH, top, bottom, 0.25);
    }
}

fn draw(canvas: &mut Canvas<'_, '_>, card: &Card, left: f32, top: f32) {
    let (regular, bold) = (canvas.regular, canvas.bold);
    let (from, room) = (left + PAD, WIDTH - 2.0 * PAD);
    let mut y = top + 15.0;
    for (n, issuer) in card.issuers.iter().take(2).enumerate() {
        let face = if n + 1 == card.issuers.len().min(2) { bold } else { regular };
        canvas.text(face, from, y, face.fitting(issuer, 7.5, room), issuer);
        y += 10.0;
    }
    canvas.text(bold, from, top + TITLE, bold.fitting(&card.title, 12.0, room), &card.title);
    // Beside the code to scan, down to the code to read.
    let (beside, bottom) = (room - CODE - 2.0, top + HEIGHT - 24.0);
    let tall = |size: f32| {
        let name = bold.lines(&card.name, size + 1.5, 0.0, beside).len() as f32 * (size + 1.5) * 1.25;
        let items = card.items.iter().map(|item| regular.lines(&item.line(), size, 0.0, beside).len() as f32);
        name + items.sum::<f32>() * size * 1.3
    };
    let size = shrunk(9.0, |size| tall(size) <= bottom - (top + BODY) + size);
    let mut y = top + BODY + size;
    for line in bold.lines(&card.name, size + 1.5, 0.0, beside) {
        canvas.text(bold, from, y, size + 1.5, &line);
        y += (size + 1.5) * 1.25;
    }
    for item in &card.items {
        for line in regular.lines(&item.line(), size, 0.0, beside) {
            canvas.text(regular, from, y, size, &line);
            y += size * 1.3;
        }
    }
    canvas.text(bold, from, top + HEIGHT - 11.0, bold.fitting(&card.code, 8.0, beside + 2.0), &card.code);
    if let Some(qr) = Qr::of(&card.link) {
        canvas.code(&qr, left + WIDTH - CODE - 3.0, top + HEIGHT - CODE - 3.0, CODE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines to cut along enclose every card, and the sheet has room for them.
    #[test]
    fn the_cards_fill_what_is_cut() {
        let ((left, top), (right, bottom)) = (corner(0), end());
        assert!((right - left - ACROSS as f32 * WIDTH).abs() < 0.01 && (bottom - top - DOWN as f32 * HEIGHT).abs() < 0.01);
        assert!(left > 0.0 && top > 0.0 && right < FRAME.width && bottom < FRAME.height);
    }

    fn sheet(cards: usize, name: &str) -> Cards {
        let card = |n: usize| Card {
            issuers: vec!["Hội Chữ thập đỏ tỉnh Lâm Đồng".to_owned(), "Hội Chữ thập đỏ xã Hàm Liêm".to_owned()],
            title: "THẺ HỘI VIÊN".to_owned(),
            name: name.to_owned(),
            items: vec![Labelled::new("Hội viên từ", "22/11/2026")],
            code: format!("{n:017}"),
            link: format!("https://so.example.org/g/{n:017}"),
        };
        Cards {
            lang: "vi",
            about: About { title: "Thẻ hội viên".to_owned(), id: "the-23095".to_owned(), day: (2026, 11, 22) },
            author: "Hội Chữ thập đỏ xã Hàm Liêm".to_owned(),
            cards: (0..cards).map(card).collect(),
        }
    }

    fn pages(pdf: &[u8]) -> usize {
        let is = |at: usize, word: &[u8]| pdf.get(at..at + word.len()) == Some(word);
        (0..pdf.len()).filter(|at| is(*at, b"/Type/Page") && !is(*at, b"/Type/Pages")).count()
    }

    #[test]
    fn ten_cards_are_a_sheet_and_eleven_are_two() {
        let of = |n| cards(&sheet(n, "Nguyễn Thị Lan")).unwrap();
        assert_eq!(of(10), of(10), "the same cards give the same bytes");
        assert!(of(1).starts_with(b"%PDF"));
        let (ten, eleven) = (of(10), of(11));
        // Where the writer packs its objects nothing is to be counted.
        if pages(&ten) > 0 {
            assert_eq!((pages(&ten), pages(&eleven)), (1, 2));
        }
        assert!(eleven.len() > ten.len());
    }

    #[test]
    fn cards_stand_on_the_sheet_and_beside_one_another() {
        let mut corners: Vec<(f32, f32)> = (0..ACROSS * DOWN).map(corner).collect();
        assert!(corners.iter().all(|(x, y)| *x > 28.0 && x + WIDTH < 568.0 && *y > 28.0 && y + HEIGHT < 814.0), "{corners:?}");
        corners.dedup();
        assert_eq!(corners.len(), 10);
    }

    #[test]
    fn the_longest_name_fits_beside_the_code() {
        for name in ["Ẫ".repeat(100), "Nguyễn ".repeat(14), "阮🙂".to_owned(), String::new()] {
            assert!(cards(&sheet(1, &name)).is_ok());
        }
    }
}
