//! A book on paper: the unit and its address, the title, the lines, who signs.

use chrono::{Datelike, NaiveDate};
use diesel::pg::PgConnection;
use print::{About, Body, Issuer, Labelled, Paper, Piece, Side, Signature, Table, TableColumn};

use super::asked::{Book, Open};
use super::cells::{Holds, Printed};
use super::fault::Fault;
use super::files;
use crate::http::Lang;
use crate::vouchers::heading;

/// The heading of a chapter's papers.
fn issuer(conn: &mut PgConnection, open: &Open, lang: Lang) -> Result<Issuer, Fault> {
    let mut of = heading::issuer(conn, open.chapter())?;
    of.keep_visible();
    let label = if lang == Lang::En { "Address" } else { "Địa chỉ" };
    Ok(Issuer { above: of.above, name: of.name, address: of.address.map(|address| Labelled::new(label, address)) })
}

/// What stands under the title: which account, which fund, which days.
pub fn about(open: &Open, today: NaiveDate, lang: Lang) -> Vec<String> {
    let mut said = Vec::new();
    let word = |vi: &'static str, en: &'static str| if lang == Lang::En { en } else { vi };
    if let Book::AccountLedger { account, .. } = &open.book {
        said.push(format!("{}: {}", word("Tài khoản", "Account"), account.said().in_lang(lang)));
    }
    match &open.book {
        Book::AccountLedger { fund: Some(fund), .. } | Book::Cash { fund: Some(fund), .. } => {
            said.push(format!("{}: {fund}", word("Quỹ", "Fund")));
        }
        _ => {}
    }
    said.push(match &open.book {
        Book::Balances { day, subtree } => {
            let day = day.unwrap_or(today).format("%d/%m/%Y");
            let below = if *subtree { word(", cả các đơn vị bên dưới", ", with all chapters below") } else { "" };
            format!("{} {day}{below}", word("Đến hết ngày", "At the end of"))
        }
        Book::AccountLedger { days, .. } | Book::Cash { days, .. } | Book::TrialBalance { days } => {
            days.said().in_lang(lang).to_owned()
        }
    });
    said
}

/// The whole paper.
pub fn of(conn: &mut PgConnection, open: &Open, today: NaiveDate, lang: Lang) -> Result<Paper, Fault> {
    let columns = open.book.columns();
    let mut printed = Printed::begin(columns);
    files::write(conn, open, today, lang, &mut printed)?;
    let issuer = issuer(conn, open, lang)?;
    let table = Table {
        columns: columns
            .iter()
            .filter(|column| column.share > 0)
            .map(|column| TableColumn {
                head: column.head(lang).to_owned(),
                share: column.share,
                side: if matches!(column.holds, Holds::Sum | Holds::Rest) { Side::Right } else { Side::Left },
            })
            .collect(),
        rows: printed.rows,
        total: None,
    };
    let title = open.book.title().in_lang(lang).to_owned();
    let unit = if lang == Lang::En { "Unit: đồng" } else { "Đơn vị tính: đồng" };
    let signature = |(who, hint): (crate::http::Say, crate::http::Say)| Signature {
        who: who.in_lang(lang).to_owned(),
        hint: hint.in_lang(lang).to_owned(),
        name: None,
    };
    Ok(Paper {
        lang: lang.tag(),
        about: About {
            title: format!("{title} – {}", issuer.name),
            id: format!("{} {} {}", open.book.stem(), open.place.code, about(open, today, lang).join(" ")),
            day: (today.year().clamp(0, 9999) as u16, today.month() as u8, today.day() as u8),
        },
        issuer,
        series: None,
        number: None,
        link: None,
        title,
        subtitle: None,
        day: Some(about(open, today, lang).join("; ")),
        cancelled: None,
        body: Body::Flow(vec![Piece::Text(unit.to_owned()), Piece::Table(table)]),
        signatures: open.book.signatures().into_iter().map(signature).collect(),
        note: None,
        foot: None,
        copies: Vec::new(),
        sheet: if lang == Lang::En { "Sheet" } else { "Trang" },
    })
}
