//! A list looked through: every row checked as if it were posted, nothing written.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sheets::{Fault, Row, Said};
use uuid::Uuid;

use super::drafts::{self, Known};
use super::form;
use super::store::{self, Listed};
use crate::authz::{Granted, Record, Visit};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::giving::gift_in::GiftIn;
use crate::giving::model::{MAX_BATCH, NewGift};
use crate::giving::prepare::{Prepared, prepare};
use crate::giving::record::{Foreseen, Submission, foresee};
use crate::http::{FieldError, Problem};
use crate::vault::Vault;

/// A file as a list of a chapter.
pub struct File {
    pub gifts: Vec<Listed>,
    /// Rows without a day or a sum that could be read.
    incomplete: Vec<Row>,
    chapter: String,
    /// Keyed hash of the chapter and of all the gifts in their order.
    pub content_hash: [u8; 32],
    pub faults: Vec<Fault>,
    pub rows: usize,
    pub amount_vnd: i64,
    pub hidden: usize,
    pub ignored: Vec<String>,
    pub ignored_sheets: Vec<String>,
}

/// What the look found in the books.
#[derive(Default)]
pub struct Found {
    pub faults: Vec<Fault>,
    pub unusual: Vec<Fault>,
    pub alike: Vec<u32>,
    pub known: usize,
}

/// Reads a file. Its gifts get their ids here: from the chapter, everything in the list, and the place in it.
pub fn file(vault: &Vault, chapter: &str, bytes: &[u8]) -> Result<File, Problem> {
    let listed = form::read(bytes).map_err(|refused| Problem::from(form::refusal(refused)))?;
    let mut faults = listed.faults;
    let known = Known::of(&faults);
    let (mut gifts, mut incomplete): (Vec<Listed>, Vec<Row>) = (Vec::with_capacity(listed.rows.len()), Vec::new());
    for row in &listed.rows {
        if let Some(said) = form::chapter_of(row).filter(|said| !form::is_code(said, chapter)) {
            faults.push(other_chapter(row.number, said, chapter));
        }
        faults.extend(drafts::nameless(row).into_iter().filter(|fault| known.is_new(fault)));
        match form::gift(row, chapter) {
            Some(gift) => gifts.push(Listed { row: row.number, gift }),
            None => incomplete.push(row.clone()),
        }
    }
    let content: Vec<&GiftIn> = gifts.iter().map(|listed| &listed.gift).collect();
    let content = serde_json::to_vec(&(chapter, content)).map_err(Problem::internal)?;
    let content_hash = vault.hash("gift.import", &content);
    for (n, listed) in gifts.iter_mut().enumerate() {
        listed.gift.id = id_of(vault, &content_hash, n);
    }
    let amount_vnd = gifts.iter().filter_map(|listed| listed.gift.amount_vnd).fold(0i64, i64::saturating_add);
    Ok(File {
        gifts,
        incomplete,
        chapter: chapter.to_owned(),
        content_hash,
        faults,
        rows: listed.rows.len(),
        amount_vnd,
        hidden: listed.hidden,
        ignored: listed.unknown,
        ignored_sheets: listed.ignored_sheets,
    })
}

fn id_of(vault: &Vault, content: &[u8; 32], n: usize) -> Uuid {
    let hash = vault.hash("gift.import.id", &[content.as_slice(), &(n as u64).to_be_bytes()].concat());
    let bytes = hash.first_chunk().copied().unwrap_or_default();
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

fn other_chapter(row: u32, said: &str, chapter: &str) -> Fault {
    Fault {
        row: Some(row),
        column: Some("chapter"),
        code: "OTHER_CHAPTER",
        said: Said::new(
            format!("Dòng này của đơn vị {said}, còn danh sách gửi cho đơn vị {chapter}. Hãy tách ra và gửi cho đúng đơn vị."),
            format!("This row is of chapter {said}, and the list was sent to {chapter}. Take it out and send it to its chapter."),
        ),
    }
}

/// Checks each gift by itself and seals it; what is wrong goes to the faults.
pub fn prepared(
    vault: &Vault,
    gifts: &[Listed],
    now: DateTime<Utc>,
    faults: &mut Vec<Fault>,
) -> Result<Vec<(u32, Prepared)>, Problem> {
    let mut ready = Vec::with_capacity(gifts.len());
    for Listed { row, gift } in gifts {
        match NewGift::parse(gift.clone(), now) {
            Ok(gift) => ready.push((*row, prepare(vault, gift, now)?)),
            Err(errors) => faults.extend(errors.iter().map(|error| form::fault(*row, error))),
        }
    }
    Ok(ready)
}

/// Checks every row as [`prepared`] does, those with faults as far as they go: what is wrong with a row is left out of it for what only the
/// books can tell of the rest. For a look alone: some of these are not what was sent.
pub fn drafted(vault: &Vault, file: &File, now: DateTime<Utc>, faults: &mut Vec<Fault>) -> Result<Vec<(u32, Prepared)>, Problem> {
    let (known, today) = (Known::of(faults), vietnam_date(now));
    let drafts = (file.gifts.len()..).zip(&file.incomplete).map(|(n, row)| {
        let id = id_of(vault, &file.content_hash, n);
        Listed { row: row.number, gift: GiftIn { id, ..drafts::draft(row, &file.chapter, today) } }
    });
    let mut ready = Vec::with_capacity(file.rows);
    for Listed { row, gift } in file.gifts.iter().cloned().chain(drafts) {
        match NewGift::parse(gift.clone(), now) {
            Ok(gift) => ready.push((row, prepare(vault, gift, now)?)),
            Err(errors) => {
                faults.extend(errors.iter().map(|error| form::fault(row, error)).filter(|fault| known.is_new(fault)));
                if let Ok(gift) = NewGift::parse(drafts::healed(gift, &errors, today), now) {
                    ready.push((row, prepare(vault, gift, now)?));
                }
            }
        }
    }
    ready.sort_by_key(|(row, _)| *row);
    Ok(ready)
}

/// What would become of the gifts of a list if it were accepted now.
pub fn look(v: &mut Visit<'_>, clock: &Clock, grant: &Granted<Record>, gifts: Vec<(u32, Prepared)>) -> Result<Found, DbError> {
    let mut found = Found::default();
    let slips: Vec<(u32, &str, &str)> = gifts
        .iter()
        .filter_map(|(row, gift)| gift.gift.paper_slip.as_ref().map(|(book, no)| (*row, book.as_str(), no.as_str())))
        .collect();
    let taken = store::slips_taken(v.conn, grant.chapter(), &slips.iter().map(|slip| (slip.1, slip.2)).collect::<Vec<_>>())?;
    let slips: HashSet<u32> = taken.into_iter().filter_map(|n| slips.get(n)).map(|slip| slip.0).collect();
    let actor = v.actor();
    let (rows, submissions): (Vec<u32>, Vec<Submission>) =
        gifts.into_iter().map(|(row, gift)| (row, Submission { actor, gift: gift.into() })).unzip();
    for (rows, submissions) in rows.chunks(MAX_BATCH).zip(submissions.chunks(MAX_BATCH)) {
        for (row, foreseen) in rows.iter().zip(foresee(v.conn, clock, submissions)?) {
            // A gift that stands already has its own slip.
            let takes_a_slip = matches!(foreseen, Foreseen::Fine { .. } | Foreseen::Unusual(_));
            match foreseen {
                Foreseen::Known => found.known += 1,
                Foreseen::Refused(problem) => found.faults.extend(faults_of(*row, &problem)),
                Foreseen::Unusual(problem) => found.unusual.extend(faults_of(*row, &problem)),
                Foreseen::Fine { alike } => found.alike.extend(alike.then_some(*row)),
            }
            if takes_a_slip && slips.contains(row) {
                found.faults.push(slip_taken(*row));
            }
        }
    }
    Ok(found)
}

fn slip_taken(row: u32) -> Fault {
    let said = Said::new(
        "Biên lai này đã ghi cho một khoản khác của đơn vị, hoặc cho một dòng ở trên.",
        "This slip stands for another gift of the chapter, or for a row above.",
    );
    Fault { row: Some(row), column: Some("paper_no"), code: "SLIP_TAKEN", said }
}

/// A refusal as faults of its row: its fields, or what it says as a whole.
pub fn faults_of(row: u32, problem: &Problem) -> Vec<Fault> {
    if !problem.errors.is_empty() {
        return problem.errors.iter().map(|error| form::fault(row, error)).collect();
    }
    let detail = problem.detail.clone().unwrap_or_else(|| problem.kind.said());
    vec![form::fault(row, &FieldError::new("", "REFUSED", detail))]
}
