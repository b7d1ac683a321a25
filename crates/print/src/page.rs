//! A paper as a page to print: one file, nothing fetched.
//!
//! The style sheet stands in the page and is allowed by its hash, so the page runs under a policy that allows nothing
//! else: no script, no picture, no address.

use std::sync::LazyLock;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::fit;
use super::qr::Qr;
use super::{Body, Item, Look, Paper, Piece, PrintError, Side, TableColumn};

/// A style sheet and the policy that allows it alone.
struct Style {
    sheet: String,
    policy: String,
}

impl Style {
    fn of(sheet: String) -> Self {
        let hash = STANDARD.encode(Sha256::digest(&sheet));
        let policy = format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'");
        Self { sheet, policy }
    }
}

static SLIP: LazyLock<Style> = LazyLock::new(|| {
    let (sheet, sizes) = (include_str!("../templates/slip.css"), fit::classes());
    let ends = concat!(include_str!("../templates/foot.css"), include_str!("../templates/slip-printed.css"));
    Style::of(format!("{sheet}{sizes}{ends}"))
});
static FLOW: LazyLock<Style> = LazyLock::new(|| {
    let sheets = concat!(
        include_str!("../templates/flow.css"),
        include_str!("../templates/foot.css"),
        include_str!("../templates/flow-printed.css")
    );
    Style::of(sheets.to_owned())
});

/// A page, and the policy to send it under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub html: String,
    /// Value of `Content-Security-Policy`.
    pub policy: &'static str,
}

#[derive(Template)]
#[template(path = "paper.html")]
struct Sheets<'a> {
    p: &'a Paper,
    style: &'static str,
    policy: &'static str,
    /// One without a name, or as many as there are names.
    copies: Vec<Option<&'a str>>,
    pieces: Vec<Shown<'a>>,
    head: String,
    qr: Option<(usize, String)>,
    /// Its kind and size: long texts are set smaller, so that a slip stays one sheet.
    class: String,
    /// The stamp has more letters than go across at its usual size.
    long_stamp: bool,
}

/// A text, and the class of its side.
type Cell<'a> = (&'a str, &'static str);

/// A piece as the page has it.
enum Shown<'a> {
    Items(&'a [Item]),
    Table { columns: Vec<(&'a TableColumn, &'static str)>, rows: Vec<Vec<Cell<'a>>>, total: Option<Vec<Cell<'a>>> },
    Text(&'a str),
}

/// The page.
///
/// # Errors
/// Only by a fault of this program.
pub fn html(paper: &Paper) -> Result<Page, PrintError> {
    let (style, pieces, class): (&'static Style, _, _) = match &paper.body {
        Body::Slip(items) => (&SLIP, vec![Shown::Items(items)], fit::class(paper, items)?),
        Body::Flow(pieces) => (&FLOW, pieces.iter().map(shown).collect(), "flow".to_owned()),
    };
    let copies = paper.copies.iter().map(|copy| Some(copy.as_str())).collect();
    let said = |labelled: &Option<super::Labelled>| labelled.as_ref().map(|l| l.value.clone()).unwrap_or_default();
    let head = match (said(&paper.number), said(&paper.series)) {
        (number, series) if number.is_empty() && series.is_empty() => paper.title.clone(),
        (number, series) => format!("{} {number} – {series}", paper.title),
    };
    let page = Sheets {
        p: paper,
        style: &style.sheet,
        policy: &style.policy,
        copies: if paper.copies.is_empty() { vec![None] } else { copies },
        pieces,
        head,
        qr: paper.link.as_deref().map(|link| Qr::of(link).map_or((1, String::new()), |qr| (qr.size, qr.svg_path()))),
        class,
        long_stamp: paper.cancelled.as_ref().is_some_and(|cancelled| fit::is_long(&cancelled.stamp)),
    };
    Ok(Page { html: page.render()?, policy: &style.policy })
}

fn shown(piece: &Piece) -> Shown<'_> {
    match piece {
        Piece::Items(items) => Shown::Items(items),
        Piece::Text(text) => Shown::Text(text),
        Piece::Table(table) => {
            let sides: Vec<&'static str> = table.columns.iter().map(|column| side(column.side)).collect();
            Shown::Table {
                columns: table.columns.iter().zip(sides.iter().copied()).collect(),
                rows: table.rows.iter().map(|row| cells(row, &sides)).collect(),
                total: table.total.as_ref().map(|row| cells(row, &sides)),
            }
        }
    }
}

/// As many cells as columns.
fn cells<'a>(row: &'a [String], sides: &[&'static str]) -> Vec<Cell<'a>> {
    sides.iter().enumerate().map(|(n, side)| (row.get(n).map(String::as_str).unwrap_or_default(), *side)).collect()
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Left => "left",
        Side::Right => "right",
        Side::Middle => "middle",
    }
}
