//! A cash receipt as PDF/A-2u: one A5 sheet across, fonts inside, text that can be searched and copied.
//!
//! What is long is set smaller until it fits; a receipt is never more than one sheet. Everything on it comes from the
//! receipt, so the same receipt gives the same file.

use chrono::Datelike;
use krilla::color::rgb;
use krilla::configure::validate::Archival;
use krilla::configure::{Configuration, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};

use super::labels::{Labels, MAKER};
use super::model::{CashReceipt, long_day, short_day, spaced};
use super::qr::Qr;
use super::typeset::{FACES, Face};
use crate::basics::words;
use crate::http::Lang;

/// A5 across, in points.
const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 419.53;
const LEFT: f32 = 32.0;
const RIGHT: f32 = WIDTH - 32.0;
/// Edge of the QR code with its quiet zone: 27 mm.
const QR: f32 = 76.5;
/// Between these the items stand.
const ITEMS_TOP: f32 = 152.0;
const ITEMS_BOTTOM: f32 = 284.0;
const SIGNATURES: f32 = 300.0;
const NAMES: f32 = 370.0;
/// Baseline of what the giver may do with the sheet.
const NOTE: f32 = 384.0;

const BLACK: (u8, u8, u8) = (0, 0, 0);
const RED: (u8, u8, u8) = (176, 0, 32);
const PALE_RED: (u8, u8, u8) = (246, 190, 190);

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    #[error("the fonts in this program can not be read")]
    Fonts,
    #[error("the sheet can not be drawn: {0}")]
    Draw(String),
}

/// The sheet in one language.
pub fn pdf(receipt: &CashReceipt, lang: Lang) -> Result<Vec<u8>, PdfError> {
    let (regular, bold) = FACES.as_ref().ok_or(PdfError::Fonts)?;
    let sheet = Sheet { r: receipt, l: Labels::of(lang), lang, regular, bold };
    let settings = SerializeSettings { configuration: archival()?, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(sheet.metadata());
    let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or(PdfError::Fonts)?;
    let mut page = document.start_page_with(size);
    let mut surface = page.surface();
    sheet.draw(&mut surface);
    surface.finish();
    page.finish();
    document.finish().map_err(|error| PdfError::Draw(format!("{error:?}")))
}

/// Vouchers are kept for years: PDF/A-2u is self-contained and its text is readable for good.
fn archival() -> Result<Configuration, PdfError> {
    ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_U)
        .finish()
        .map_err(|error| PdfError::Draw(format!("{error:?}")))
}

struct Sheet<'a> {
    r: &'a CashReceipt,
    l: &'static Labels,
    lang: Lang,
    regular: &'a Face,
    bold: &'a Face,
}

/// One item: its label and what stands behind it; nothing for a line to be filled in by hand.
struct Item<'a> {
    label: &'static str,
    value: Option<String>,
    face: &'a Face,
}

impl Sheet<'_> {
    fn metadata(&self) -> Metadata {
        let title = format!("{} {} {}", self.l.title, self.r.number.number(), self.r.number.series());
        let day = self.r.issued_on;
        let date = DateTime::new(day.year().clamp(0, 9999) as u16).month(day.month() as u8).day(day.day() as u8);
        Metadata::new()
            .title(title)
            .language(self.lang.tag().to_owned())
            .authors(vec![self.r.issuer.name.clone()])
            .creator("Sổ Nhân Ái".to_owned())
            .document_id(format!("{} {}", self.r.number.series(), self.r.number.number()))
            .creation_date(date)
    }

    fn draw(&self, surface: &mut Surface<'_>) {
        ink(surface, BLACK);
        if self.r.cancelled.is_some() {
            self.stamp(surface);
        }
        self.issuer(surface);
        self.number(surface);
        self.title(surface);
        self.items(surface);
        self.signatures(surface);
        if let Some(note) = &self.r.note {
            let text = note.in_lang(self.lang);
            let size = self.regular.fitting(text, 7.5, RIGHT - LEFT);
            self.regular.draw(surface, LEFT, NOTE, size, text);
        }
        self.footer(surface);
    }

    /// HỦY across the sheet, pale and under everything else, so that all stays readable.
    fn stamp(&self, surface: &mut Surface<'_>) {
        ink(surface, PALE_RED);
        let size = 150.0;
        let width = self.bold.width(self.l.stamp, size);
        surface.push_transform(&Transform::from_rotate_at(-20.0, WIDTH / 2.0, HEIGHT / 2.0));
        self.bold.draw(surface, (WIDTH - width) / 2.0, HEIGHT / 2.0 + size * 0.36, size, self.l.stamp);
        surface.pop();
        ink(surface, BLACK);
    }

    fn issuer(&self, surface: &mut Surface<'_>) {
        let (width, mut y) = (300.0, 42.0);
        let address = self.r.issuer.address.as_ref().map(|address| format!("{}: {address}", self.l.address));
        let parts = [
            (self.r.issuer.above.as_deref(), self.regular, 9.0),
            (Some(self.r.issuer.name.as_str()), self.bold, 10.0),
            (address.as_deref(), self.regular, 8.5),
        ];
        let parts: Vec<_> = parts.into_iter().filter_map(|(text, face, size)| text.map(|text| (text, face, size))).collect();
        let height = |scale: f32| -> f32 {
            parts
                .iter()
                .map(|(text, face, size)| face.lines(text, size * scale, 0.0, width).len() as f32 * size * scale * 1.3)
                .sum()
        };
        let scale = shrunk(10.0, |tenth| height(tenth / 10.0) <= 50.0) / 10.0;
        for (text, face, size) in &parts {
            for line in face.lines(text, size * scale, 0.0, width) {
                face.draw(surface, LEFT, y, size * scale, &line);
                y += size * scale * 1.3;
            }
        }
    }

    /// Series and number right of the issuer, the QR code in the corner.
    fn number(&self, surface: &mut Surface<'_>) {
        let edge = RIGHT - QR - 6.0;
        let series = format!("{}: {}", self.l.series, self.r.number.series());
        let size = self.regular.fitting(&series, 9.0, edge - LEFT - 310.0);
        self.regular.draw(surface, edge - self.regular.width(&series, size), 42.0, size, &series);
        let number = format!("{}: {}", self.l.number, self.r.number.number());
        let size = self.bold.fitting(&number, 12.0, edge - LEFT - 310.0);
        self.bold.draw(surface, edge - self.bold.width(&number, size), 58.0, size, &number);
        if let Some(qr) = Qr::of(&self.r.public_url) {
            draw_qr(surface, &qr, RIGHT - QR + 9.0, 24.0);
        }
    }

    fn title(&self, surface: &mut Surface<'_>) {
        self.centred(surface, self.bold, 102.0, 19.0, self.l.title);
        let mut y = 116.0;
        if let Some(subtitle) = self.l.subtitle {
            self.centred(surface, self.regular, 112.0, 8.5, subtitle);
            y = 123.0;
        }
        self.centred(surface, self.regular, y, 10.0, long_day(self.r.issued_on).in_lang(self.lang));
        if let Some(cancelled) = &self.r.cancelled {
            ink(surface, RED);
            let text =
                format!("{} {} {} {}", self.l.cancelled_on, short_day(cancelled.on), self.l.cancelled_by, spaced(&cancelled.by));
            self.centred(surface, self.bold, y + 13.5, 9.5, &text);
            ink(surface, BLACK);
        }
    }

    fn centred(&self, surface: &mut Surface<'_>, face: &Face, y: f32, size: f32, text: &str) {
        face.draw(surface, (WIDTH - face.width(text, size)) / 2.0, y, size, text);
    }

    fn items(&self, surface: &mut Surface<'_>) {
        let (l, r) = (self.l, self.r);
        let payer = r.payer.clone().unwrap_or_else(|| l.payer_unknown.to_owned());
        let words = format!("{}.", words::dong_on_paper(r.amount.get()));
        let item = |label, value, face| Item { label, value, face };
        let enclosed = r.enclosed.map(|count| format!("{count} {}", l.vouchers));
        let items = [
            item(l.payer, Some(payer), self.bold),
            item(l.address, r.payer_address.clone(), self.regular),
            item(l.content, Some(r.content.in_lang(self.lang).to_owned()), self.regular),
            item(l.amount, Some(format!("{} đ", r.amount)), self.bold),
            item(l.in_words, Some(words.clone()), self.regular),
            item(l.enclosed, enclosed, self.regular),
            item(l.received_on, Some(short_day(r.received_on)), self.regular),
            item(l.in_full, Some(words), self.regular),
        ];
        let size = shrunk(10.5, |size| {
            let lines: usize = items.iter().map(|item| self.lines_of(item, size).1.len()).sum();
            lines as f32 * leading(size) <= ITEMS_BOTTOM - ITEMS_TOP + leading(size)
        });
        let mut y = ITEMS_TOP;
        for item in &items {
            let (start, lines) = self.lines_of(item, size);
            self.regular.draw(surface, LEFT, y, size, &format!("{}:", item.label));
            if item.value.is_none() {
                dotted(surface, LEFT + start, RIGHT, y + 1.5);
            }
            for (n, line) in lines.iter().enumerate() {
                item.face.draw(surface, if n == 0 { LEFT + start } else { LEFT }, y, size, line);
                y += leading(size);
            }
        }
    }

    /// Where an item's value begins, and its lines.
    fn lines_of(&self, item: &Item<'_>, size: f32) -> (f32, Vec<String>) {
        let start = self.regular.width(&format!("{}: ", item.label), size);
        (start, item.face.lines(item.value.as_deref().unwrap_or_default(), size, start, RIGHT - LEFT))
    }

    fn signatures(&self, surface: &mut Surface<'_>) {
        let column = (RIGHT - LEFT) / self.l.signatures.len() as f32;
        for (n, signature) in self.l.signatures.iter().enumerate() {
            let middle = LEFT + column * (n as f32 + 0.5);
            let mut put = |face: &Face, y: f32, size: f32, text: &str| {
                let size = face.fitting(text, size, column - 6.0);
                face.draw(surface, middle - face.width(text, size) / 2.0, y, size, text);
            };
            put(self.bold, SIGNATURES, 9.5, signature.who);
            put(self.regular, SIGNATURES + 11.0, 8.0, signature.hint);
            if let (MAKER, Some(name)) = (n, &self.r.made_by) {
                let broken = |size| self.regular.lines(name, size, 0.0, column - 6.0);
                let size = shrunk(9.0, |size| broken(size).len() <= 4);
                for (line, text) in broken(size).iter().rev().enumerate() {
                    put(self.regular, NAMES - line as f32 * size * 1.2, size, text);
                }
            }
        }
    }

    fn footer(&self, surface: &mut Surface<'_>) {
        let y = HEIGHT - 20.0;
        surface.set_fill(None);
        surface.set_stroke(Some(Stroke { width: 0.4, ..Stroke::default() }));
        line(surface, LEFT, RIGHT, y - 10.0);
        surface.set_stroke(None);
        ink(surface, BLACK);
        let label = format!("{}: ", self.l.code);
        let (code, size) = (spaced(&self.r.code), 7.5);
        let start = LEFT + self.regular.width(&label, size);
        self.regular.draw(surface, LEFT, y, size, &label);
        self.bold.draw(surface, start, y, size, &code);
        let scan = format!("{}: {}", self.l.scan, self.r.public_url);
        let room = RIGHT - start - self.bold.width(&code, size) - 14.0;
        let size = self.regular.fitting(&scan, size, room);
        self.regular.draw(surface, RIGHT - self.regular.width(&scan, size), y, size, &scan);
    }
}

/// The largest size, from `size` down to 4 points, that is good enough.
fn shrunk(size: f32, fits: impl Fn(f32) -> bool) -> f32 {
    let mut size = size;
    while size > 4.0 && !fits(size) {
        size -= 0.25;
    }
    size
}

/// From one baseline to the next.
fn leading(size: f32) -> f32 {
    size * 1.48
}

fn ink(surface: &mut Surface<'_>, (red, green, blue): (u8, u8, u8)) {
    let paint = rgb::Color::new(red, green, blue).into();
    surface.set_fill(Some(Fill { paint, opacity: NormalizedF32::ONE, rule: FillRule::NonZero }));
}

fn line(surface: &mut Surface<'_>, from: f32, to: f32, y: f32) {
    let mut path = PathBuilder::new();
    path.move_to(from, y);
    path.line_to(to, y);
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// A line to write on.
fn dotted(surface: &mut Surface<'_>, from: f32, to: f32, y: f32) {
    surface.set_fill(None);
    let dash = Some(StrokeDash { array: vec![1.0, 2.0], offset: 0.0 });
    surface.set_stroke(Some(Stroke { width: 0.6, dash, ..Stroke::default() }));
    line(surface, from, to, y);
    surface.set_stroke(None);
    ink(surface, BLACK);
}

/// The dark modules as one path on white.
fn draw_qr(surface: &mut Surface<'_>, qr: &Qr, x: f32, y: f32) {
    let module = QR / qr.size as f32;
    let mut path = PathBuilder::new();
    for (at, row, length) in &qr.runs {
        let corner = Point::from_xy(x + *at as f32 * module, y + *row as f32 * module);
        if let Some(rect) = Rect::from_xywh(corner.x, corner.y, *length as f32 * module, module) {
            path.push_rect(rect);
        }
    }
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}
