//! One A5 sheet across, whatever it holds: what is long is set smaller until it fits.

use krilla::page::PageSettings;

use super::faces::FACES;
use super::pieces::{self, BLACK, Canvas, Frame, leading, shrunk};
use super::{Item, Paper, PrintError};

/// A5 across, in points.
const FRAME: Frame = Frame { width: 595.28, height: 419.53, left: 32.0, right: 595.28 - 32.0 };
const TITLE: f32 = 102.0;
/// Between these the items stand.
const ITEMS_TOP: f32 = 152.0;
const ITEMS_BOTTOM: f32 = 284.0;
const SIGNATURES: f32 = 300.0;
/// Baseline of what may be done with the sheet.
const NOTE: f32 = 384.0;

pub fn pdf(paper: &Paper, items: &[Item]) -> Result<Vec<u8>, PrintError> {
    let (regular, bold) = FACES.as_ref().ok_or(PrintError::Fonts)?;
    let mut document = pieces::document(paper)?;
    let copies = paper.copies.len().max(1);
    for copy in 0..copies {
        let size = PageSettings::from_wh(FRAME.width, FRAME.height).ok_or(PrintError::Fonts)?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        let mut canvas = Canvas { surface: &mut surface, frame: FRAME, regular, bold };
        draw(&mut canvas, paper, items, paper.copies.get(copy).map(String::as_str));
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| PrintError::Draw(format!("{error:?}")))
}

fn draw(canvas: &mut Canvas<'_, '_>, paper: &Paper, items: &[Item], copy: Option<&str>) {
    canvas.ink(BLACK);
    if let Some(cancelled) = &paper.cancelled {
        canvas.stamp(&cancelled.stamp);
    }
    canvas.issuer(paper);
    canvas.number(paper, copy);
    canvas.title(paper, TITLE);
    let size = shrunk(10.5, |size| {
        let lines: usize = items.iter().map(|item| canvas.lines_of(item, size).1.len()).sum();
        lines as f32 * leading(size) <= ITEMS_BOTTOM - ITEMS_TOP + leading(size)
    });
    let mut y = ITEMS_TOP;
    for item in items {
        y = canvas.item(item, y, size);
    }
    canvas.signatures(&paper.signatures, SIGNATURES);
    if let Some(note) = &paper.note {
        canvas.note(note, NOTE);
    }
    canvas.foot(paper);
}
