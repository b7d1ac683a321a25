//! What every sheet is drawn of.

use krilla::color::rgb;
use krilla::configure::validate::Archival;
use krilla::configure::{Configuration, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};

use super::faces::Face;
use super::qr::Qr;
use super::{About, Item, Paper, PrintError, Signature};

pub type Colour = (u8, u8, u8);
pub const BLACK: Colour = (0, 0, 0);
pub const RED: Colour = (176, 0, 32);
const PALE_RED: Colour = (246, 190, 190);
/// Edge of the QR code with its quiet zone: 27 mm.
pub const QR: f32 = 76.5;

/// How long a stamp may be.
const STAMP: f32 = 480.0;

/// A sheet's size and margins, in points.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    pub width: f32,
    pub height: f32,
    pub left: f32,
    pub right: f32,
}

impl Frame {
    pub fn room(&self) -> f32 {
        self.right - self.left
    }
}

/// A sheet being drawn.
pub struct Canvas<'a, 's> {
    pub surface: &'a mut Surface<'s>,
    pub frame: Frame,
    pub regular: &'static Face,
    pub bold: &'static Face,
}

/// Papers are kept for years: PDF/A-2u is self-contained and its text is readable for good.
pub fn document(paper: &Paper) -> Result<Document, PrintError> {
    document_of(&paper.about, paper.lang, &paper.issuer.name)
}

/// The same of papers that are no [`Paper`].
pub fn document_of(about: &About, lang: &str, author: &str) -> Result<Document, PrintError> {
    let archival: Configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_U)
        .finish()
        .map_err(|error| PrintError::Draw(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration: archival, ..SerializeSettings::default() });
    let (year, month, day) = about.day;
    document.set_metadata(
        Metadata::new()
            .title(about.title.clone())
            .language(lang.to_owned())
            .authors(vec![author.to_owned()])
            .creator("Sổ Nhân Ái".to_owned())
            .document_id(about.id.clone())
            .creation_date(DateTime::new(year).month(month).day(day)),
    );
    Ok(document)
}

impl Canvas<'_, '_> {
    pub fn face(&self, is_strong: bool) -> &'static Face {
        if is_strong { self.bold } else { self.regular }
    }

    pub fn ink(&mut self, (red, green, blue): Colour) {
        let paint = rgb::Color::new(red, green, blue).into();
        self.surface.set_fill(Some(Fill { paint, opacity: NormalizedF32::ONE, rule: FillRule::NonZero }));
    }

    pub fn text(&mut self, face: &Face, x: f32, y: f32, size: f32, text: &str) {
        face.draw(self.surface, x, y, size, text);
    }

    pub fn centred(&mut self, face: &Face, y: f32, size: f32, text: &str) {
        self.text(face, (self.frame.width - face.width(text, size)) / 2.0, y, size, text);
    }

    pub fn ending(&mut self, face: &Face, right: f32, y: f32, size: f32, text: &str) {
        self.text(face, right - face.width(text, size), y, size, text);
    }

    /// Across the sheet, pale and under everything else, so that all stays readable.
    pub fn stamp(&mut self, stamp: &str) {
        self.ink(PALE_RED);
        let Frame { width, height, .. } = self.frame;
        let size = self.bold.fitting(stamp, 150.0, STAMP);
        let wide = self.bold.width(stamp, size);
        self.surface.push_transform(&Transform::from_rotate_at(-20.0, width / 2.0, height / 2.0));
        self.text(self.bold, (width - wide) / 2.0, height / 2.0 + size * 0.36, size, stamp);
        self.surface.pop();
        self.ink(BLACK);
    }

    /// Who issues, at the top left, in 50 points of height.
    pub fn issuer(&mut self, paper: &Paper) {
        let (width, mut y) = (300.0, 42.0);
        let address = paper.issuer.address.as_ref().map(super::Labelled::line);
        let parts = [
            (paper.issuer.above.as_deref(), self.regular, 9.0),
            (Some(paper.issuer.name.as_str()), self.bold, 10.0),
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
                self.text(face, self.frame.left, y, size * scale, &line);
                y += size * scale * 1.3;
            }
        }
    }

    /// Series, number and name of the copy right of the issuer, the QR code in the corner.
    pub fn number(&mut self, paper: &Paper, copy: Option<&str>) {
        let edge = if paper.link.is_some() { self.frame.right - QR - 6.0 } else { self.frame.right };
        let room = edge - self.frame.left - 310.0;
        if let Some(series) = paper.series.as_ref().map(super::Labelled::line) {
            self.ending(self.regular, edge, 42.0, self.regular.fitting(&series, 9.0, room), &series);
        }
        if let Some(number) = paper.number.as_ref().map(super::Labelled::line) {
            self.ending(self.bold, edge, 58.0, self.bold.fitting(&number, 12.0, room), &number);
        }
        if let Some(copy) = copy {
            self.ending(self.regular, edge, 72.0, self.regular.fitting(copy, 9.0, room), copy);
        }
        if let Some(qr) = paper.link.as_deref().and_then(Qr::of) {
            self.qr(&qr, self.frame.right - QR + 9.0, 24.0);
        }
    }

    /// Title, subtitle, day and why it counts no more, from `top` down.
    pub fn title(&mut self, paper: &Paper, top: f32) {
        // A long one keeps clear of the QR code, whose edge is white.
        let room = match paper.link {
            Some(_) => 2.0 * (self.frame.right - QR + 9.0 - self.frame.width / 2.0),
            None => self.frame.room(),
        };
        self.centred(self.bold, top, self.bold.fitting(&paper.title, 19.0, room), &paper.title);
        let mut y = top + 14.0;
        if let Some(subtitle) = &paper.subtitle {
            self.centred(self.regular, top + 10.0, 8.5, subtitle);
            y = top + 21.0;
        }
        if let Some(day) = &paper.day {
            self.centred(self.regular, y, 10.0, day);
        }
        if let Some(cancelled) = &paper.cancelled {
            self.ink(RED);
            let size = self.bold.fitting(&cancelled.said, 9.5, self.frame.room());
            self.centred(self.bold, y + 13.5, size, &cancelled.said);
            self.ink(BLACK);
        }
    }

    /// Where an item's value begins, and its lines.
    pub fn lines_of(&self, item: &Item, size: f32) -> (f32, Vec<String>) {
        let start = self.regular.width(&format!("{}: ", item.label), size);
        let face = self.face(item.look.is_strong());
        (start, face.lines(item.value.as_deref().unwrap_or_default(), size, start, self.frame.room()))
    }

    /// An item from the baseline `y` on; the baseline behind it.
    pub fn item(&mut self, item: &Item, y: f32, size: f32) -> f32 {
        let (start, lines) = self.lines_of(item, size);
        let (left, face, mut y) = (self.frame.left, self.face(item.look.is_strong()), y);
        self.text(self.regular, left, y, size, &format!("{}:", item.label));
        if item.value.is_none() {
            self.dotted(left + start, self.frame.right, y + 1.5);
        }
        for (n, line) in lines.iter().enumerate() {
            self.text(face, if n == 0 { left + start } else { left }, y, size, line);
            y += leading(size);
        }
        y
    }

    /// Signatures beside one another from the baseline `top` on, names 70 points below.
    pub fn signatures(&mut self, signatures: &[Signature], top: f32) {
        let column = self.frame.room() / signatures.len().max(1) as f32;
        let names = top + 70.0;
        let (regular, bold) = (self.regular, self.bold);
        for (n, signature) in signatures.iter().enumerate() {
            let middle = self.frame.left + column * (n as f32 + 0.5);
            let mut put = |face: &Face, y: f32, size: f32, text: &str| {
                let size = face.fitting(text, size, column - 6.0);
                self.text(face, middle - face.width(text, size) / 2.0, y, size, text);
            };
            put(bold, top, 9.5, &signature.who);
            put(regular, top + 11.0, 8.0, &signature.hint);
            if let Some(name) = &signature.name {
                let broken = |size| regular.lines(name, size, 0.0, column - 6.0);
                let size = shrunk(9.0, |size| broken(size).len() <= 4);
                for (line, text) in broken(size).iter().rev().enumerate() {
                    put(regular, names - line as f32 * size * 1.2, size, text);
                }
            }
        }
    }

    pub fn note(&mut self, note: &str, y: f32) {
        let size = self.regular.fitting(note, 7.5, self.frame.room());
        self.text(self.regular, self.frame.left, y, size, note);
    }

    /// The line at the foot of a sheet.
    pub fn foot(&mut self, paper: &Paper) {
        let Some(foot) = &paper.foot else { return };
        let y = self.frame.height - 20.0;
        self.rule(self.frame.left, self.frame.right, y - 10.0, 0.4);
        let (label, size) = (format!("{}: ", foot.code.label), 7.5);
        let (left, right) = (self.frame.left, self.frame.right);
        let start = left + self.regular.width(&label, size);
        self.text(self.regular, left, y, size, &label);
        self.text(self.bold, start, y, size, &foot.code.value);
        let room = right - start - self.bold.width(&foot.code.value, size) - 14.0;
        self.ending(self.regular, right, y, self.regular.fitting(&foot.find, size, room), &foot.find);
    }

    /// A line across.
    pub fn rule(&mut self, from: f32, to: f32, y: f32, width: f32) {
        self.stroke(Stroke { width, ..Stroke::default() }, (from, y), (to, y));
    }

    /// A line down.
    pub fn post(&mut self, x: f32, from: f32, to: f32, width: f32) {
        self.stroke(Stroke { width, ..Stroke::default() }, (x, from), (x, to));
    }

    /// A line to write on.
    fn dotted(&mut self, from: f32, to: f32, y: f32) {
        let dash = Some(StrokeDash { array: vec![1.0, 2.0], offset: 0.0 });
        self.stroke(Stroke { width: 0.6, dash, ..Stroke::default() }, (from, y), (to, y));
    }

    fn stroke(&mut self, stroke: Stroke, from: (f32, f32), to: (f32, f32)) {
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(stroke));
        let mut path = PathBuilder::new();
        path.move_to(from.0, from.1);
        path.line_to(to.0, to.1);
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
        self.surface.set_stroke(None);
        self.ink(BLACK);
    }

    fn qr(&mut self, qr: &Qr, x: f32, y: f32) {
        self.code(qr, x, y, QR);
    }

    /// The dark modules of a code with an edge of so many points as one path on white.
    pub fn code(&mut self, qr: &Qr, x: f32, y: f32, edge: f32) {
        let module = edge / qr.size as f32;
        let mut path = PathBuilder::new();
        for (at, row, length) in &qr.runs {
            let corner = Point::from_xy(x + *at as f32 * module, y + *row as f32 * module);
            if let Some(rect) = Rect::from_xywh(corner.x, corner.y, *length as f32 * module, module) {
                path.push_rect(rect);
            }
        }
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }
}

/// The largest size, from `size` down to 4 points, that is good enough.
pub fn shrunk(size: f32, fits: impl Fn(f32) -> bool) -> f32 {
    let mut size = size;
    while size > 4.0 && !fits(size) {
        size -= 0.25;
    }
    size
}

/// From one baseline to the next.
pub fn leading(size: f32) -> f32 {
    size * 1.48
}
