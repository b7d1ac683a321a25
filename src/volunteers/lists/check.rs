//! A list looked through: everybody checked as if entered alone, and against what the chapter knows. Nothing is written.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::pg::PgConnection;
use sheets::Fault as Wrong;
use uuid::Uuid;

use super::super::fault::Fault;
use super::super::model::{VolunteerKind, is_too_young};
use super::super::skills;
use super::super::store::{self, Rule};
use super::form::{self, Entry};
use crate::basics::{Birth, fold};
use crate::chapters::units;
use crate::db::DbError;
use crate::http::{Check, FieldError, Say};
use crate::parties::NewParty;
use crate::persons::lists::{self, ByWords, Here, Particulars, Told, no_such_commune};
use crate::persons::{PersonId, sheet};
use crate::tree::ChapterId;
use crate::vault::Vault;

/// A file as a list of a chapter.
pub struct File {
    pub people: Vec<Entry>,
    pub faults: Vec<Wrong>,
    /// Keyed hash of the chapter, of what was said of the list and of everybody in their order.
    pub content_hash: [u8; 32],
    pub hidden: usize,
    pub ignored: Vec<String>,
    pub ignored_sheets: Vec<String>,
}

/// Reads a file.
pub fn file(vault: &Vault, chapter: &str, verified: bool, bytes: &[u8]) -> Result<File, Fault> {
    let listed = form::read(bytes).map_err(|refused| Fault::Fields(vec![sheet::refusal(refused)]))?;
    let mut faults = listed.faults;
    faults.extend(listed.rows.iter().filter_map(|row| sheet::other_chapter(&form::FORM, row, chapter)));
    let people: Vec<Entry> = listed.rows.iter().map(form::entry).collect();
    let content = serde_json::to_vec(&(chapter, verified, &people)).map_err(Fault::broken)?;
    Ok(File {
        content_hash: vault.hash("volunteer.list", &content),
        people,
        faults,
        hidden: listed.hidden,
        ignored: listed.unknown,
        ignored_sheets: listed.ignored_sheets,
    })
}

/// The ids of somebody at a place of a list: of the person, and of the volunteer.
pub fn ids(vault: &Vault, content_hash: &[u8], place: usize) -> (Uuid, Uuid) {
    let id = |purpose: &str| {
        let hash = vault.hash(purpose, &[content_hash, &(place as u64).to_be_bytes()].concat());
        uuid::Builder::from_random_bytes(hash.first_chunk().copied().unwrap_or_default()).into_uuid()
    };
    (id("volunteer.list.person"), id("volunteer.list.id"))
}

/// What holds on a day, read once for all people of a list.
pub struct Rules {
    today: NaiveDate,
    ages: HashMap<&'static str, Rule>,
    communes: HashSet<String>,
    /// Codes by what they are called, folded.
    skills: HashMap<String, String>,
}

/// Somebody who may be entered.
pub struct Fit {
    pub of: Particulars,
    pub skills: Vec<String>,
}

impl Rules {
    pub fn read<'a>(conn: &mut PgConnection, people: impl Iterator<Item = &'a Entry>, today: NaiveDate) -> Result<Self, DbError> {
        let mut ages = HashMap::new();
        for kind in VolunteerKind::ALL {
            ages.extend(store::rule(conn, kind.age_rule(), today)?.map(|rule| (kind.name(), rule)));
        }
        let codes: HashSet<String> = people.filter_map(|one| one.cells.commune.clone()).collect();
        let communes = units::on(conn, &codes.into_iter().collect::<Vec<_>>(), today)?.into_keys().collect();
        let mut skills = HashMap::new();
        for skill in skills::on(conn, today)? {
            for called in [&skill.code, &skill.vi, &skill.en] {
                skills.insert(fold(called), skill.code.clone());
            }
        }
        Ok(Self { today, ages, communes, skills })
    }

    /// Checks somebody; everything that is wrong is said at once. `known` is the birth that the chapter has written down, which counts.
    pub fn check(&self, one: &Entry, known: Option<Birth>) -> Result<Fit, Vec<FieldError>> {
        let mut check = Check::default();
        let of = Told { mail: one.mail.as_deref(), ..one.cells.told() }.check(&mut check, self.today);
        // One that is no code at all is said already.
        if let Some(code) = one.cells.commune.as_deref().map(str::trim)
            && code.len() == 5
            && code.bytes().all(|b| b.is_ascii_digit())
            && !self.communes.contains(code)
        {
            check.add(no_such_commune());
        }
        let birth = known.or(one.cells.birth.as_deref().and_then(Birth::read));
        if let Some(rule) = self.ages.get(one.kind.name())
            && birth.is_some_and(|birth| is_too_young(birth, rule.value, self.today))
        {
            check.wrong(
                "/birth",
                "OUT_OF_RANGE",
                format!("Phải đủ {} tuổi theo quy định đang áp dụng ({}).", rule.value, rule.source),
                format!("Of at least {} years, by the rule in force ({}).", rule.value, rule.source),
            );
        }
        let mut can = Vec::with_capacity(one.skills.len());
        for typed in &one.skills {
            match self.skills.get(&fold(typed)) {
                Some(code) => can.push(code.clone()),
                None => check.wrong(
                    "/skills",
                    "NO_SUCH_SKILL",
                    format!("Không có kỹ năng “{typed}”: hãy chọn trong danh mục kỹ năng."),
                    format!("There is no skill \u{201c}{typed}\u{201d}: see GET /skills."),
                ),
            }
        }
        can.sort_unstable();
        can.dedup();
        check.done(of.map(|of| Fit { of, skills: can }))
    }
}

/// Somebody with whom nothing is wrong by themself.
pub struct Candidate<'a> {
    /// In the list, from 0.
    pub place: usize,
    pub entry: &'a Entry,
    pub fit: Fit,
    party: NewParty,
}

/// Checks everybody by the rules; what is wrong goes to the faults, and nothing twice of one cell.
pub fn candidates<'a>(
    vault: &Vault,
    people: &'a [Entry],
    rules: &Rules,
    faults: &mut Vec<Wrong>,
) -> Result<Vec<Candidate<'a>>, Fault> {
    let known: HashSet<(Option<u32>, Option<&'static str>)> = faults.iter().map(|fault| (fault.row, fault.column)).collect();
    let is_new = |fault: &Wrong| {
        fault.column.is_none() || !known.contains(&(fault.row, fault.column)) && !known.contains(&(None, fault.column))
    };
    let mut candidates = Vec::with_capacity(people.len());
    for (place, entry) in people.iter().enumerate() {
        match rules.check(entry, None) {
            Ok(fit) => candidates.push(Candidate { place, entry, party: lists::party(vault, &fit.of)?, fit }),
            Err(errors) => faults.extend(errors.iter().map(|error| form::fault(entry.row, error)).filter(is_new)),
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

/// Looks for everybody at a chapter.
pub fn look(
    conn: &mut PgConnection,
    vault: &Vault,
    chapter: ChapterId,
    rules: &Rules,
    candidates: &[Candidate<'_>],
) -> Result<Found, Fault> {
    let parties: Vec<&NewParty> = candidates.iter().map(|one| &one.party).collect();
    let here = lists::known(conn, vault, chapter, &parties)?;
    let known = here.values().filter_map(|here| if let Here::Known(person) = here { Some(person.id) } else { None });
    let standing = standing(conn, &known.collect::<Vec<_>>())?;
    let mut names = ByWords::of_chapter(conn, vault, chapter)?;
    let (mut found, mut rows, mut persons) = (Found::default(), HashMap::new(), HashMap::new());
    for one in candidates {
        let row = one.entry.row;
        if let Some(first) = one.party.same_by().and_then(|same| rows.insert(same, row)) {
            found.faults.push(form::fault(row, &sheet::twice(first)));
            continue;
        }
        match here.get(&one.party.id) {
            Some(Here::Restricted) => found.faults.push(form::fault(row, &sheet::restricted())),
            Some(Here::Known(person)) if standing.contains(&person.id) => found.faults.push(form::fault(row, &already_one())),
            Some(Here::Known(person)) => {
                // Under two names or numbers, since two were joined.
                if let Some(first) = persons.insert(person.id, row) {
                    found.faults.push(form::fault(row, &sheet::twice(first)));
                    continue;
                }
                found.known += 1;
                if let Err(errors) = rules.check(one.entry, person.birth) {
                    found.faults.extend(errors.iter().map(|error| form::fault(row, error)));
                }
            }
            None => {
                let traits = one.fit.of.traits();
                found.alike.extend(names.has(&traits).then_some(row));
                names.add(traits);
            }
        }
    }
    Ok(found)
}

/// Who of these is a volunteer already, or waits to be verified.
pub fn standing(conn: &mut PgConnection, people: &[PersonId]) -> Result<HashSet<PersonId>, DbError> {
    let rows = store::of_persons(conn, people)?;
    Ok(rows.into_iter().filter(|row| row.stands()).map(|row| row.person()).collect())
}

/// Somebody is a volunteer of the chapter.
pub fn already_one() -> FieldError {
    let said = Say::fixed(
        "Người này đang là tình nguyện viên của đơn vị, hoặc đang chờ xác minh.",
        "This person is a volunteer of the chapter already, or waits to be verified.",
    );
    FieldError::new("/name", "ALREADY_VOLUNTEER", said)
}

/// Somebody's data went while the list waited.
pub fn erased() -> FieldError {
    let said = Say::fixed(
        "Dữ liệu của người này đã được xóa theo yêu cầu trong khi danh sách chờ.",
        "The data of this person were erased at their request while the list waited.",
    );
    FieldError::new("", "ERASED", said)
}
