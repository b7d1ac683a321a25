//! A list looked through: everybody checked as if applied for alone, and against what the chapter knows. Nothing is written.

use std::collections::{HashMap, HashSet};

use sheets::Fault as Wrong;
use uuid::Uuid;

use super::super::fault::Fault;
use super::super::model::MemberKind;
use super::form::{self, Entry, Listed};
use super::rules::{Fit, Rules, Signed};
use super::store;
use crate::authz::{Granted, KeepPeople, Visit};
use crate::http::{FieldError, Say};
use crate::parties::NewParty;
use crate::persons::lists::{self, ByWords, Here};
use crate::persons::sheet;
use crate::vault::Vault;

/// What is said of a list as a whole when it is sent.
pub struct Told<'a> {
    pub chapter: &'a str,
    /// None for a look alone.
    pub decision_no: Option<&'a str>,
    /// Of rows that say none.
    pub kind: MemberKind,
    pub signed: &'a Signed,
}

/// A file as a list of a chapter.
pub struct File {
    pub people: Vec<Listed>,
    pub faults: Vec<Wrong>,
    /// Keyed hash of what was said of the list and of everybody in their order.
    pub content_hash: [u8; 32],
    pub hidden: usize,
    pub ignored: Vec<String>,
    pub ignored_sheets: Vec<String>,
}

/// Reads a file.
pub fn file(vault: &Vault, told: &Told<'_>, bytes: &[u8]) -> Result<File, Fault> {
    let listed = form::read(bytes).map_err(|refused| Fault::Fields(vec![sheet::refusal(refused)]))?;
    let mut faults = listed.faults;
    faults.extend(listed.rows.iter().filter_map(|row| sheet::other_chapter(&form::FORM, row, told.chapter)));
    let row = |row: &sheets::Row| Listed { row: row.number, entry: Some(form::entry(row, told.kind)) };
    let people: Vec<Listed> = listed.rows.iter().map(row).collect();
    let entries: Vec<&Entry> = people.iter().filter_map(|one| one.entry.as_ref()).collect();
    let content = (told.chapter, told.decision_no, told.signed.text_version, told.signed.paper, entries);
    let content = serde_json::to_vec(&content).map_err(Fault::broken)?;
    Ok(File {
        content_hash: vault.hash("member.import", &content),
        people,
        faults,
        hidden: listed.hidden,
        ignored: listed.unknown,
        ignored_sheets: listed.ignored_sheets,
    })
}

/// Somebody with whom nothing is wrong by themself, to be looked for.
pub struct Candidate<'a> {
    row: u32,
    entry: &'a Entry,
    fit: Fit,
    party: NewParty,
}

/// Checks everybody by the rules; what is wrong goes to the faults, and nothing twice of one cell.
pub fn candidates<'a>(
    vault: &Vault,
    people: &'a [Listed],
    rules: &Rules,
    faults: &mut Vec<Wrong>,
) -> Result<Vec<Candidate<'a>>, Fault> {
    let known: HashSet<(Option<u32>, Option<&'static str>)> = faults.iter().map(|fault| (fault.row, fault.column)).collect();
    let is_new = |fault: &Wrong| {
        fault.column.is_none() || !known.contains(&(fault.row, fault.column)) && !known.contains(&(None, fault.column))
    };
    let mut candidates = Vec::with_capacity(people.len());
    for Listed { row, entry } in people {
        let Some(entry) = entry else { continue };
        match rules.check(entry, None) {
            Ok(fit) => candidates.push(Candidate { row: *row, entry, party: lists::party(vault, &fit.of)?, fit }),
            Err(errors) => faults.extend(errors.iter().map(|error| form::fault(*row, error)).filter(is_new)),
        }
    }
    Ok(candidates)
}

/// What the chapter knows of the people of a list.
#[derive(Default)]
pub struct Found {
    pub faults: Vec<Wrong>,
    pub alike: Vec<u32>,
    pub known: usize,
}

/// Looks for everybody at the chapter.
pub fn look(v: &mut Visit<'_>, by: &Granted<KeepPeople>, rules: &Rules, candidates: &[Candidate<'_>]) -> Result<Found, Fault> {
    let parties: Vec<&NewParty> = candidates.iter().map(|one| &one.party).collect();
    let here = lists::known(v.conn, v.vault, by.chapter(), &parties)?;
    let standing = standing(v, &here)?;
    let mut names = ByWords::of_chapter(v.conn, v.vault, by.chapter())?;
    let (mut found, mut rows) = (Found::default(), HashMap::new());
    for one in candidates {
        if let Some(first) = one.party.same_by().and_then(|same| rows.insert(same, one.row)) {
            found.faults.push(form::fault(one.row, &sheet::twice(first)));
            continue;
        }
        match here.get(&one.party.id) {
            Some(Here::Restricted) => found.faults.push(form::fault(one.row, &sheet::restricted())),
            Some(Here::Known(person)) if standing.contains(&person.id.0) => {
                found.faults.push(form::fault(one.row, &already_member()));
            }
            Some(Here::Known(person)) => {
                found.known += 1;
                if let Err(errors) = rules.check(one.entry, person.birth) {
                    found.faults.extend(errors.iter().map(|error| form::fault(one.row, error)));
                }
            }
            None => {
                let traits = one.fit.of.traits();
                found.alike.extend(names.has(&traits).then_some(one.row));
                names.add(traits);
            }
        }
    }
    Ok(found)
}

fn standing(v: &mut Visit<'_>, here: &HashMap<Uuid, Here>) -> Result<HashSet<Uuid>, Fault> {
    let id = |here: &Here| if let Here::Known(person) = here { Some(person.id.0) } else { None };
    Ok(store::standing(v.conn, &here.values().filter_map(id).collect::<Vec<_>>())?)
}

/// Somebody is a member of the chapter.
pub fn already_member() -> FieldError {
    let said = Say::fixed(
        "Người này đang là hội viên của đơn vị, hoặc đang có đề nghị kết nạp.",
        "This person is a member of the chapter, or an application waits.",
    );
    FieldError::new("/name", "ALREADY_MEMBER", said)
}

/// Somebody's data went while the list waited.
pub fn erased() -> FieldError {
    let said = Say::fixed(
        "Dữ liệu của người này đã được xóa theo yêu cầu trong khi danh sách chờ.",
        "The data of this person were erased at their request while the list waited.",
    );
    FieldError::new("", "ERASED", said)
}
