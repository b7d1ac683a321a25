//! As many A4 sheets as it takes. What is to be drawn is cut into strips that are never parted; strips go on a sheet as long as
//! there is room, and only then anything is drawn, when the number of sheets is known.

use krilla::page::PageSettings;

use super::faces::{FACES, Face};
use super::pieces::{self, BLACK, Canvas, Frame, leading};
use super::{Item, Paper, Piece, PrintError, Side, Table};

/// A4, in points; 25 mm to bind at the left.
const FRAME: Frame = Frame { width: 595.28, height: 841.89, left: 56.0, right: 595.28 - 42.0 };
/// Where strips begin on the first sheet and on the others, and where they end.
const FIRST_TOP: f32 = 158.0;
const NEXT_TOP: f32 = 58.0;
const BOTTOM: f32 = 841.89 - 52.0;
const TITLE: f32 = 118.0;
const SIZE: f32 = 10.5;
const CELL: f32 = 9.0;
/// Between a line of a table and its text.
const PAD: f32 = 3.0;
const SIGNATURES_HEIGHT: f32 = 100.0;

/// What is never parted.
enum Strip<'a> {
    Item(&'a Item),
    Line(String),
    Gap(f32),
    /// A row of a table: its cells in lines.
    Row {
        table: usize,
        cells: Vec<Vec<String>>,
        kind: RowKind,
    },
    Signatures,
    Note(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowKind {
    Head,
    Body,
    Total,
}

struct Faces {
    regular: &'static Face,
    bold: &'static Face,
}

pub fn pdf(paper: &Paper, body: &[Piece]) -> Result<Vec<u8>, PrintError> {
    let (regular, bold) = FACES.as_ref().ok_or(PrintError::Fonts)?;
    let faces = Faces { regular, bold };
    let tables: Vec<&Table> =
        body.iter().filter_map(|piece| if let Piece::Table(table) = piece { Some(table) } else { None }).collect();
    let strips = faces.strips(paper, body);
    let sheets = faces.sheets(&strips);
    let mut document = pieces::document(paper)?;
    for copy in 0..paper.copies.len().max(1) {
        for (n, sheet) in sheets.iter().enumerate() {
            let size = PageSettings::from_wh(FRAME.width, FRAME.height).ok_or(PrintError::Fonts)?;
            let mut page = document.start_page_with(size);
            let mut surface = page.surface();
            let mut canvas = Canvas { surface: &mut surface, frame: FRAME, regular, bold };
            let copy = paper.copies.get(copy).map(String::as_str);
            begin(&mut canvas, paper, copy, n, sheets.len());
            let mut y = if n == 0 { FIRST_TOP } else { NEXT_TOP };
            for strip in sheet {
                draw(&mut canvas, paper, &tables, strip, y);
                y += faces.height(strip);
            }
            canvas.foot(paper);
            surface.finish();
            page.finish();
        }
    }
    document.finish().map_err(|error| PrintError::Draw(format!("{error:?}")))
}

fn begin(canvas: &mut Canvas<'_, '_>, paper: &Paper, copy: Option<&str>, n: usize, of: usize) {
    canvas.ink(BLACK);
    if let Some(cancelled) = &paper.cancelled {
        canvas.stamp(&cancelled.stamp);
    }
    if n == 0 {
        canvas.issuer(paper);
        canvas.number(paper, copy);
        canvas.title(paper, TITLE);
    } else {
        let number = paper.number.as_ref().map(|number| format!(" – {}", number.line())).unwrap_or_default();
        let (head, size) = (format!("{}{number}", paper.title), 8.0);
        canvas.text(canvas.regular, FRAME.left, 40.0, canvas.regular.fitting(&head, size, FRAME.room() - 80.0), &head);
    }
    if of > 1 {
        let said = format!("{} {}/{of}", paper.sheet, n + 1);
        // Above the foot, where sheets are counted.
        canvas.ending(canvas.regular, FRAME.right, FRAME.height - 34.0, 7.5, &said);
    }
}

impl Faces {
    fn strips<'a>(&self, paper: &'a Paper, body: &'a [Piece]) -> Vec<Strip<'a>> {
        let mut strips = Vec::new();
        let mut tables = 0;
        for piece in body {
            match piece {
                Piece::Items(items) => strips.extend(items.iter().map(Strip::Item)),
                Piece::Text(text) => {
                    for paragraph in text.lines() {
                        strips.extend(self.regular.lines(paragraph, SIZE, 0.0, FRAME.room()).into_iter().map(Strip::Line));
                    }
                }
                Piece::Table(table) => {
                    let heads: Vec<String> = table.columns.iter().map(|column| column.head.clone()).collect();
                    strips.push(self.row(tables, table, &heads, RowKind::Head));
                    strips.extend(table.rows.iter().map(|row| self.row(tables, table, row, RowKind::Body)));
                    strips.extend(table.total.iter().map(|row| self.row(tables, table, row, RowKind::Total)));
                    tables += 1;
                }
            }
            strips.push(Strip::Gap(SIZE));
        }
        if !paper.signatures.is_empty() {
            strips.push(Strip::Signatures);
        }
        strips.extend(paper.note.clone().map(Strip::Note));
        strips
    }

    fn row<'a>(&self, number: usize, table: &Table, row: &[String], kind: RowKind) -> Strip<'a> {
        let face = if kind == RowKind::Body { self.regular } else { self.bold };
        let cells = widths(table).into_iter().enumerate().map(|(n, width)| {
            let text = row.get(n).map(String::as_str).unwrap_or_default();
            text.lines().flat_map(|line| face.lines(line, CELL, 0.0, width - 2.0 * PAD)).collect()
        });
        Strip::Row { table: number, cells: cells.collect(), kind }
    }

    fn height(&self, strip: &Strip<'_>) -> f32 {
        match strip {
            Strip::Item(item) => {
                let start = self.regular.width(&format!("{}: ", item.label), SIZE);
                let face = if item.look.is_strong() { self.bold } else { self.regular };
                face.lines(item.value.as_deref().unwrap_or_default(), SIZE, start, FRAME.room()).len() as f32 * leading(SIZE)
            }
            Strip::Line(_) => leading(SIZE),
            Strip::Gap(gap) => *gap,
            Strip::Row { cells, .. } => {
                let lines = cells.iter().map(Vec::len).max().unwrap_or_default().max(1);
                lines as f32 * CELL * 1.3 + 2.0 * PAD
            }
            Strip::Signatures => SIGNATURES_HEIGHT,
            Strip::Note(_) => leading(7.5),
        }
    }

    /// Strips on sheets. A table goes on under its head; its last row is not parted from what is under it, nor signatures from
    /// what they sign.
    fn sheets<'s, 'a>(&self, strips: &'s [Strip<'a>]) -> Vec<Vec<&'s Strip<'a>>> {
        let mut sheets: Vec<Vec<&Strip<'a>>> = vec![Vec::new()];
        let mut left = BOTTOM - FIRST_TOP;
        let mut head: Option<&Strip<'a>> = None;
        for (n, strip) in strips.iter().enumerate() {
            let is_body = matches!(strip, Strip::Row { kind: RowKind::Body | RowKind::Total, .. });
            if let Strip::Row { kind: RowKind::Head, .. } = strip {
                head = Some(strip);
            }
            let together: f32 = self.height(strip) + self.tail(strips.get(n + 1..).unwrap_or_default(), strip);
            let is_fresh = sheets.last().is_none_or(Vec::is_empty);
            // The end of a sheet is gap enough.
            if matches!(strip, Strip::Gap(gap) if *gap > left) {
                continue;
            }
            if together > left && !is_fresh {
                sheets.push(Vec::new());
                left = BOTTOM - NEXT_TOP;
                if let (true, Some(head), Some(sheet)) = (is_body, head, sheets.last_mut()) {
                    sheet.push(head);
                    left -= self.height(head);
                }
            }
            left -= self.height(strip);
            if let Some(sheet) = sheets.last_mut() {
                sheet.push(strip);
            }
        }
        sheets
    }

    /// How much must follow a strip on its sheet: a row its total, a head its first row, and the last line what signs it.
    fn tail(&self, next: &[Strip<'_>], strip: &Strip<'_>) -> f32 {
        match (strip, next) {
            (Strip::Row { kind: RowKind::Head, .. }, [row @ Strip::Row { kind: RowKind::Body | RowKind::Total, .. }, ..]) => {
                self.height(row)
            }
            (Strip::Row { kind: RowKind::Body, .. }, [total @ Strip::Row { kind: RowKind::Total, .. }, rest @ ..]) => {
                self.height(total) + self.tail(rest, total)
            }
            (Strip::Row { .. } | Strip::Line(_) | Strip::Item(_), [Strip::Gap(gap), Strip::Signatures, ..]) => {
                gap + SIGNATURES_HEIGHT
            }
            _ => 0.0,
        }
    }
}

/// Widths of a table's columns.
fn widths(table: &Table) -> Vec<f32> {
    let all: f32 = table.columns.iter().map(|column| f32::from(column.share.max(1))).sum();
    table.columns.iter().map(|column| FRAME.room() * f32::from(column.share.max(1)) / all).collect()
}

fn draw(canvas: &mut Canvas<'_, '_>, paper: &Paper, tables: &[&Table], strip: &Strip<'_>, top: f32) {
    match strip {
        Strip::Item(item) => {
            canvas.item(item, top + SIZE, SIZE);
        }
        Strip::Line(line) => canvas.text(canvas.regular, FRAME.left, top + SIZE, SIZE, line),
        Strip::Gap(_) => {}
        Strip::Row { table, cells, kind } => {
            if let Some(table) = tables.get(*table) {
                row(canvas, table, cells, *kind, top);
            }
        }
        Strip::Signatures => canvas.signatures(&paper.signatures, top + 12.0),
        Strip::Note(note) => canvas.note(note, top + 8.0),
    }
}

fn row(canvas: &mut Canvas<'_, '_>, table: &Table, cells: &[Vec<String>], kind: RowKind, top: f32) {
    let face = canvas.face(kind != RowKind::Body);
    let lines = cells.iter().map(Vec::len).max().unwrap_or_default().max(1);
    let bottom = top + lines as f32 * CELL * 1.3 + 2.0 * PAD;
    let mut left = FRAME.left;
    canvas.rule(FRAME.left, FRAME.right, top, 0.5);
    canvas.post(left, top, bottom, 0.5);
    for ((column, width), cell) in table.columns.iter().zip(widths(table)).zip(cells) {
        let side = if kind == RowKind::Head { Side::Middle } else { column.side };
        for (n, line) in cell.iter().enumerate() {
            let y = top + PAD + CELL + n as f32 * CELL * 1.3;
            let wide = face.width(line, CELL);
            let x = match side {
                Side::Left => left + PAD,
                Side::Right => left + width - PAD - wide,
                Side::Middle => left + (width - wide) / 2.0,
            };
            canvas.text(face, x, y, CELL, line);
        }
        left += width;
        canvas.post(left, top, bottom, 0.5);
    }
    canvas.rule(FRAME.left, FRAME.right, bottom, 0.5);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Body;
    use crate::paper_tests::list;

    /// Wherever a list ends: no sheet is too full, every sheet with rows has their head, the total stands under a row, signatures
    /// are not alone on a sheet, and nothing is lost.
    #[test]
    fn lists_of_every_length_are_parted_well() {
        let (regular, bold) = FACES.as_ref().unwrap();
        let faces = Faces { regular, bold };
        for rows in 0..150 {
            let paper = list(rows);
            let Body::Flow(body) = &paper.body else { panic!() };
            let strips = faces.strips(&paper, body);
            let sheets = faces.sheets(&strips);
            let is = |strip: &Strip<'_>, wanted: RowKind| matches!(strip, Strip::Row { kind, .. } if *kind == wanted);
            for (n, sheet) in sheets.iter().enumerate() {
                let top = if n == 0 { FIRST_TOP } else { NEXT_TOP };
                assert!(
                    top + sheet.iter().map(|strip| faces.height(strip)).sum::<f32>() <= BOTTOM,
                    "{rows}: sheet {n} is too full"
                );
                let first = sheet.iter().find(|strip| matches!(strip, Strip::Row { .. }));
                assert!(first.is_none_or(|row| is(row, RowKind::Head)), "{rows}: sheet {n} has rows without a head");
                let total = sheet.iter().position(|strip| is(strip, RowKind::Total));
                assert!(rows == 0 || total.is_none_or(|at| is(sheet[at - 1], RowKind::Body)), "{rows}: a total by itself");
                let signed = sheet.iter().position(|strip| matches!(strip, Strip::Signatures));
                assert!(signed.is_none_or(|at| at >= 2), "{rows}: signatures by themselves");
            }
            let counts = |strip: &Strip<'_>| !is(strip, RowKind::Head) && !matches!(strip, Strip::Gap(_));
            let all = sheets.iter().flatten().filter(|strip| counts(strip)).count();
            assert_eq!(all, strips.iter().filter(|strip| counts(strip)).count(), "{rows}");
        }
    }
}
