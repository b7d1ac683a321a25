//! A paper as a page to print: one file, nothing fetched.
//!
//! The style sheet stands in the page and is allowed by its hash, so the page runs under a policy that allows nothing
//! else: no script, no picture, no address.

use std::sync::LazyLock;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::qr::Qr;
use super::{Body, Item, Look, Paper, Piece, PrintError, Side, TableColumn};

/// A style sheet and the policy that allows it alone.
struct Style {
    sheet: &'static str,
    policy: String,
}

impl Style {
    fn of(sheet: &'static str) -> Self {
        let hash = STANDARD.encode(Sha256::digest(sheet));
        let policy = format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'");
        Self { sheet, policy }
    }
}

static SLIP: LazyLock<Style> = LazyLock::new(|| {
    Style::of(concat!(
        include_str!("../templates/slip.css"),
        include_str!("../templates/foot.css"),
        include_str!("../templates/slip-printed.css")
    ))
});
static FLOW: LazyLock<Style> = LazyLock::new(|| {
    Style::of(concat!(
        include_str!("../templates/flow.css"),
        include_str!("../templates/foot.css"),
        include_str!("../templates/flow-printed.css")
    ))
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
    /// Long texts are set smaller, so that a slip stays one sheet.
    density: &'static str,
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
/// Never seen; the template's own.
pub fn html(paper: &Paper) -> Result<Page, PrintError> {
    let (style, pieces, density): (&'static Style, _, _) = match &paper.body {
        Body::Slip(items) => (&SLIP, vec![Shown::Items(items)], density(paper, items)),
        Body::Flow(pieces) => (&FLOW, pieces.iter().map(shown).collect(), "flow"),
    };
    let copies = paper.copies.iter().map(|copy| Some(copy.as_str())).collect();
    let said = |labelled: &Option<super::Labelled>| labelled.as_ref().map(|l| l.value.clone()).unwrap_or_default();
    let head = match (said(&paper.number), said(&paper.series)) {
        (number, series) if number.is_empty() && series.is_empty() => paper.title.clone(),
        (number, series) => format!("{} {number} – {series}", paper.title),
    };
    let page = Sheets {
        p: paper,
        style: style.sheet,
        policy: &style.policy,
        copies: if paper.copies.is_empty() { vec![None] } else { copies },
        pieces,
        head,
        qr: paper.link.as_deref().map(|link| Qr::of(link).map_or((1, String::new()), |qr| (qr.size, qr.svg_path()))),
        density,
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

/// How small a slip must be set, by the letters of what people typed and of the sum in words.
fn density(paper: &Paper, items: &[Item]) -> &'static str {
    let typed = items.iter().filter(|item| matches!(item.look, Look::Name | Look::Text | Look::Words));
    let letters = typed.filter_map(|item| Some((item.value.as_ref()?, item.look)));
    // The point behind the words is not counted.
    let items: usize =
        letters.map(|(text, look)| text.chars().count() - usize::from(look == Look::Words && text.ends_with('.'))).sum();
    let issuer =
        [paper.issuer.above.as_ref(), Some(&paper.issuer.name), paper.issuer.address.as_ref().map(|address| &address.value)];
    let signed = paper.signatures.iter().map(|signature| signature.name.as_ref());
    let others: usize = issuer.into_iter().chain(signed).flatten().map(|text| text.chars().count()).sum();
    match items + others {
        0..=300 => "roomy",
        301..=560 => "dense",
        561..=800 => "tight",
        _ => "tiny",
    }
}
