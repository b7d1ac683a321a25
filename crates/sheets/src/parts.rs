//! The parts of a package, unpacked while they are counted; which of them are the sheets to read.

use std::collections::HashMap;
use std::io::{self, BufReader, Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

use crate::kind;
use crate::limits::{Exceeded, Limits};
use crate::said::Refused;

pub type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Opens a package whose directory was checked.
pub fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Archive<'a>, Refused> {
    crate::package::check(bytes, limits)?;
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refused::broken())?;
    match kind::other_package(&names(&archive)) {
        Some(other) => Err(other),
        None => Ok(archive),
    }
}

/// Unpacks every part into nothing and counts: all of them together, and those that a reader keeps whole by themselves.
pub fn count(archive: &mut Archive<'_>, limits: &Limits) -> Result<(), Refused> {
    let mut unpacked = 0;
    for n in 0..archive.len() {
        let mut part = archive.by_index(n).map_err(|_| Refused::broken())?;
        let name = part.name().map_err(|_| Refused::broken())?.to_ascii_lowercase();
        let left = limits.unpacked_bytes - unpacked;
        let most = most_of(&name, limits).min(left);
        let size = io::copy(&mut (&mut part).take(most + 1), &mut io::sink()).map_err(|_| Refused::broken())?;
        if size > most {
            let what = if size > left {
                Exceeded::Unpacked
            } else if is_strings(&name) {
                Exceeded::Strings
            } else {
                Exceeded::SmallPart
            };
            return Err(what.refused(limits));
        }
        unpacked += size;
    }
    Ok(())
}

fn is_strings(name: &str) -> bool {
    name.ends_with("sharedstrings.xml")
}

/// Sheets are read as they come; pictures and the like are not read at all.
fn most_of(name: &str, limits: &Limits) -> u64 {
    let kept = name.ends_with(".xml") || name.ends_with(".rels");
    if is_strings(name) {
        limits.strings_bytes
    } else if kept && !name.contains("worksheets/") {
        limits.small_part_bytes
    } else {
        limits.unpacked_bytes
    }
}

/// A part as XML, as calamine sets its own reader.
pub fn xml<R: Read>(part: R) -> Reader<BufReader<R>> {
    let mut reader = Reader::from_reader(BufReader::new(part));
    let config = reader.config_mut();
    config.check_end_names = false;
    config.trim_text(false);
    config.check_comments = false;
    config.expand_empty_elements = true;
    reader
}

/// An attribute by its local name.
pub fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
}

/// Calls for every element that begins in a part.
pub fn each_element(
    archive: &mut Archive<'_>,
    part: &str,
    mut call: impl FnMut(&BytesStart<'_>) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let name = real_name(archive, part).ok_or_else(Refused::broken)?;
    let mut reader = xml(archive.by_name(&name).map_err(|_| Refused::broken())?);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|_| Refused::broken())? {
            Event::Start(element) => call(&element)?,
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The names of all parts; what is no text is no name of ours.
pub fn names(archive: &Archive<'_>) -> Vec<String> {
    archive.file_names().flatten().map(|name| name.into_owned()).collect()
}

/// Names of parts are the same in any case.
pub fn real_name(archive: &Archive<'_>, part: &str) -> Option<String> {
    names(archive).into_iter().find(|name| name.eq_ignore_ascii_case(part))
}

/// A sheet to read.
#[derive(Debug)]
pub struct Chosen {
    pub name: String,
    /// Path of its part.
    pub part: String,
}

/// The visible sheets in their order; hidden ones are often left by an old macro.
pub fn visible(archive: &mut Archive<'_>) -> Result<Vec<Chosen>, Refused> {
    let mut workbook = None;
    each_element(archive, "_rels/.rels", |element| {
        if attribute(element, "Type").is_some_and(|kind| kind.ends_with("/officeDocument")) {
            workbook = attribute(element, "Target");
        }
        Ok(())
    })?;
    let workbook = workbook.ok_or_else(Refused::broken)?;
    let workbook = workbook.trim_start_matches('/');
    let (folder, file) = workbook.rsplit_once('/').map_or(("", workbook), |(folder, file)| (folder, file));
    let inside = |target: &str| match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None if folder.is_empty() => target.to_owned(),
        None => format!("{folder}/{target}"),
    };
    let mut targets = HashMap::new();
    each_element(archive, &inside(&format!("_rels/{file}.rels")), |element| {
        if let (Some(id), Some(target)) = (attribute(element, "Id"), attribute(element, "Target"))
            && attribute(element, "Type").is_some_and(|kind| kind.ends_with("/worksheet"))
        {
            targets.insert(id, target);
        }
        Ok(())
    })?;
    let mut chosen = Vec::new();
    each_element(archive, workbook, |element| {
        if element.local_name().as_ref() == "sheet"
            && attribute(element, "state").is_none_or(|state| state == "visible")
            && let (Some(name), Some(id)) = (attribute(element, "name"), attribute(element, "id"))
        {
            chosen.extend(targets.get(&id).map(|target| Chosen { name, part: inside(target) }));
        }
        Ok(())
    })?;
    if chosen.is_empty() {
        return Err(Refused::new("NO_SHEET", "Tệp không có trang tính nào hiện ra.", "The file has no visible sheet."));
    }
    Ok(chosen)
}
