//! A list as a file, row by row, so that memory does not grow: CSV for programs, or a sheet. What rooms send out as a file is written
//! through it, so that all of it is read alike.

use std::fs::File;
use std::io::{self, Write};

use actix_web::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, ContentDisposition, VARY};
use actix_web::{HttpResponse, HttpResponseBuilder};
use chrono::NaiveDate;
use sheets::{Out, Width, harmless};

use super::Lang;
use super::spool::Spool;
use crate::basics::Birth;
use crate::basics::codes::codes;

codes! {
    /// As which file a list is wanted.
    pub wire enum TableForm {
        /// Lines of text, for programs and for spreadsheets.
        Csv = "CSV",
        /// A sheet.
        Xlsx = "XLSX",
    }
}

/// A column: in Vietnamese, in English, as programs call it, how wide.
pub type Column = (&'static str, &'static str, &'static str, Width);

/// A cell.
pub enum Cell {
    Text(String),
    Birth(Option<Birth>),
    Day(Option<NaiveDate>),
}

impl Cell {
    /// A text that may be missing.
    pub fn text(text: Option<String>) -> Self {
        Cell::Text(text.unwrap_or_default())
    }

    /// What people read in a sheet that is no day of its own.
    fn as_people_write(&self) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Birth(Some(Birth::Day(day))) => day.format("%d/%m/%Y").to_string(),
            Cell::Birth(birth) => birth.map(|birth| birth.to_string()).unwrap_or_default(),
            Cell::Day(_) => String::new(),
        }
    }
}

/// Where the rows go.
pub enum Sink<'a> {
    Csv(Box<csv::Writer<&'a mut Spool>>),
    Xlsx(Box<sheets::Book>),
}

impl<'a> Sink<'a> {
    /// CSV (RFC 4180, UTF-8 with a mark, as Excel wants it).
    pub fn csv(out: &'a mut Spool, columns: &[Column], lang: Lang) -> io::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        out.write_record(columns.iter().map(|(vi, en, key, _)| format!("{} ({key})", said(lang, vi, en))))?;
        Ok(Self::Csv(Box::new(out)))
    }

    /// XLSX, row by row to a file.
    pub fn xlsx(name: &str, title: String, columns: &[Column], lang: Lang) -> io::Result<Self> {
        let heads = columns.iter().map(|(vi, en, _, width)| (said(lang, vi, en).to_owned(), *width)).collect();
        Ok(Self::Xlsx(Box::new(sheets::Book::new(name, vec![title], heads).map_err(io::Error::other)?)))
    }

    pub fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        match self {
            Sink::Csv(out) => {
                let field = |cell: &Cell| match cell {
                    Cell::Text(text) => harmless(text),
                    // Spreadsheet programs read these in one way, wherever they are.
                    Cell::Birth(birth) => birth.map(|birth| birth.to_string()).unwrap_or_default(),
                    Cell::Day(day) => day.map(|day| day.to_string()).unwrap_or_default(),
                };
                Ok(out.write_record(cells.iter().map(field))?)
            }
            Sink::Xlsx(book) => {
                let texts: Vec<String> = cells.iter().map(Cell::as_people_write).collect();
                let out: Vec<Out<'_>> = cells
                    .iter()
                    .zip(&texts)
                    .map(|(cell, text)| match cell {
                        Cell::Day(day) => day.map_or(Out::Empty, Out::Day),
                        _ if text.is_empty() => Out::Empty,
                        _ => Out::Text(text),
                    })
                    .collect();
                book.row(&out).map_err(io::Error::other)
            }
        }
    }

    /// It is whole; the file of what is not sent while it is made.
    pub fn end(self) -> io::Result<Option<File>> {
        match self {
            Sink::Csv(mut out) => out.flush().map(|()| None),
            Sink::Xlsx(book) => Ok(Some(book.finish_to_file().map_err(io::Error::other)?.0)),
        }
    }
}

fn said(lang: Lang, vi: &'static str, en: &'static str) -> &'static str {
    if lang == Lang::En { en } else { vi }
}

/// A list that goes out.
pub struct TableFile {
    pub form: TableForm,
    pub lang: Lang,
    /// Code of the chapter, and what the file is called before it.
    pub code: String,
    pub stem: &'static str,
    pub columns: &'static [Column],
    /// Name of the sheet, and the line above its columns.
    pub sheet: &'static str,
    pub title: String,
}

/// The head of a file's answer. A code is letters, digits and dashes; what is not has no place in a header.
pub fn answer(code: &str, stem: &str, ending: &str, media_type: &'static str, lang: Lang) -> HttpResponseBuilder {
    let safe: String = code.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((CONTENT_LANGUAGE, lang.tag()))
        .insert_header((VARY, "accept-language"))
        .insert_header(ContentDisposition::attachment(format!("{stem}-{safe}.{ending}")))
        .insert_header((CACHE_CONTROL, "no-store"));
    response
}
