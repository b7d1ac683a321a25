//! Data step: gifts whose givers were taken for one person are parted, each by the name it was given in.
//!
//! A party used to be found by its telephone number and its name *without marks*, so that two persons of one household could
//! become one. What a gift was given in is still behind its commitment: the opening of its entry, or of the newest amendment. Where
//! that name is another than the party's, the gift goes to a party of that name, with its consent, its restriction and
//! its chapter's name for the giver. Where an amendment has written the party's name over it, nobody can tell any more,
//! and the gift stays.
//!
//! Every gift of somebody with a telephone number gets its name as given on the way.

use std::collections::{BTreeSet, HashMap};

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::erase::let_go;
use super::store;
use crate::giving::personal::{self, Held};
use crate::house::errand::Errand;
use crate::ledger::annotations;
use crate::ledger::kinds::Kind;
use crate::ledger::store as ledger;
use crate::log::{self, opening};
use crate::parties::{self, Clear, NewParty, PartyKind, SealedParty, alias, consent, naming, restriction};
use crate::vault::steps::{Note, StepError, Stepped, Work};

/// A gift that goes to another party.
struct Moved<'a> {
    gift: &'a Held,
    code: &'a str,
    from: &'a Clear,
    name: String,
}

/// One batch of gifts, in order of party and gift.
pub fn step(conn: &mut PgConnection, work: &Work<'_>, progress: Option<&str>) -> Result<Stepped, StepError> {
    let gifts = personal::of_parties(conn, progress.and_then(place_of), work.most)?;
    let Some(last) = gifts.last() else { return Ok(Stepped::default()) };
    let full = i64::try_from(gifts.len()).unwrap_or(0) == work.most;
    let mut did = Stepped {
        next: full.then(|| format!("{} {}", last.party_id, last.id)),
        looked_at: gifts.len() as u64,
        ..Stepped::default()
    };
    let ids: BTreeSet<Uuid> = gifts.iter().map(|gift| gift.party_id).collect();
    let sealed = parties::load(conn, &Vec::from_iter(ids))?;
    let mut clear = HashMap::new();
    for (id, party) in &sealed {
        clear.insert(*id, party.open(work.vault)?);
    }
    // Without a number nobody was ever recognised again: the party is this gift's alone, and so is its name.
    let gifts: Vec<&Held> =
        gifts.iter().filter(|gift| clear.get(&gift.party_id).is_some_and(|party| party.phone.is_some())).collect();
    let (codes, given) = names_given(conn, work, &gifts)?;
    let (mut named, mut moved) = (Vec::new(), Vec::new());
    for gift in gifts {
        let Some(from) = clear.get(&gift.party_id) else { continue };
        let code = codes.get(&gift.entry_id).map_or("", String::as_str);
        let name = given.get(&gift.id).unwrap_or(&from.name);
        if naming::one_form(name) == naming::one_form(&from.name) {
            named.push((gift.id, gift.party_id, personal::seal_name(work.vault, gift.id, name)?));
        } else {
            moved.push(Moved { gift, code, from, name: name.clone() });
        }
    }
    did.changed = (named.len() + moved.len()) as u64;
    personal::hand_over(conn, &named)?;
    part(conn, work, &sealed, moved, &mut did)?;
    Ok(did)
}

fn place_of(progress: &str) -> Option<(Uuid, Uuid)> {
    let (party, gift) = progress.split_once(' ')?;
    Some((party.parse().ok()?, gift.parse().ok()?))
}

/// The public code of each entry, and the name each gift was given in as far as an opening still tells.
type Given = (HashMap<Uuid, String>, HashMap<Uuid, String>);

fn names_given(conn: &mut PgConnection, work: &Work<'_>, gifts: &[&Held]) -> Result<Given, StepError> {
    let codes = ledger::codes(conn, &gifts.iter().map(|gift| gift.entry_id).collect::<Vec<_>>())?;
    let said = annotations::of_entries(conn, &codes.values().map(String::as_str).collect::<Vec<_>>())?;
    let opened_by = |code: &'_ String| match said.get(code).and_then(|said| said.last()) {
        Some(newest) if newest.kind == Kind::Amendment.name() => newest.code.clone(),
        _ => code.clone(),
    };
    let at: HashMap<Uuid, String> =
        gifts.iter().filter_map(|gift| Some((gift.id, opened_by(codes.get(&gift.entry_id)?)))).collect();
    let openings = log::store::openings(conn, &at.values().map(String::as_str).collect::<Vec<_>>())?;
    let mut given = HashMap::new();
    for (gift, code) in at {
        let Some(sealed) = openings.get(&code) else { continue };
        let opened = opening::open(work.vault, &code, sealed)?;
        let name = opened.fields.into_iter().find(|(field, name)| field == "name" && !name.is_empty());
        given.extend(name.map(|(_, name)| (gift, name)));
    }
    Ok((codes, given))
}

/// Gives each of these gifts to a party of the name it was given in, and says so.
fn part(
    conn: &mut PgConnection,
    work: &Work<'_>,
    sealed: &HashMap<Uuid, SealedParty>,
    moved: Vec<Moved<'_>>,
    did: &mut Stepped,
) -> Result<(), StepError> {
    let open = store::open_about(conn, &moved.iter().map(|one| one.from.id).collect::<Vec<_>>())?;
    let of = |party: Uuid| open.iter().filter(move |(id, ..)| *id == party);
    let mut note = |subject: &str, text: &str| did.notes.push(Note { subject: subject.to_owned(), did: text.to_owned() });
    // One new party for each name that a party's gifts were given in.
    let mut new: HashMap<(Uuid, String), NewParty> = HashMap::new();
    let (mut going, mut stays) = (Vec::new(), Vec::new());
    for one in moved {
        let is_corrected = of(one.from.id).any(|(_, kind, state)| kind == "CORRECT" && state == "EXECUTING");
        let Some(kind) = PartyKind::parse(&one.from.kind).filter(|_| !is_corrected) else {
            note(one.code, "stays with its party: a correction of the party is not finished");
            stays.push((one.gift.id, one.from.id, personal::seal_name(work.vault, one.gift.id, &one.name)?));
            continue;
        };
        let key = (one.from.id, naming::one_form(&one.name));
        if !new.contains_key(&key) {
            new.insert(key.clone(), NewParty::seal_kept(work.vault, kind, &one.name, one.from.phone.as_deref())?);
        }
        going.push((one, key));
    }
    personal::hand_over(conn, &stays)?;
    let ids = parties::upsert(conn, work.now, &new.values().collect::<Vec<_>>())?;
    let (mut rows, mut left) = (Vec::with_capacity(going.len()), BTreeSet::new());
    for (one, key) in &going {
        let Some(to) = new.get(key).and_then(|party| ids.get(&party.id)).copied() else { continue };
        rows.push((one.gift.id, to, personal::seal_name(work.vault, one.gift.id, &one.name)?));
        left.insert((one.from.id, to, one.gift.chapter_id));
        note(one.code, "has a giver of its own now: the name it was given in differs from its party's in marks");
        for (_, kind, _) in of(one.from.id) {
            note(
                one.code,
                &format!("an open request ({kind}) is about the party it stood with: ask which of the two persons asked"),
            );
        }
    }
    personal::hand_over(conn, &rows)?;
    consent::follow_all(conn, &rows.iter().map(|row| (row.0, row.1)).collect::<Vec<_>>())?;
    settle(conn, work, sealed, &left)
}

/// What stood beside the party goes along: its restriction, for nobody knows whose it was, and each chapter's name for
/// it where that chapter has no other gift of it. A party that no gift names any more goes, and its requests go along.
fn settle(
    conn: &mut PgConnection,
    work: &Work<'_>,
    sealed: &HashMap<Uuid, SealedParty>,
    left: &BTreeSet<(Uuid, Uuid, Uuid)>,
) -> Result<(), StepError> {
    let held = personal::held_at(conn, &left.iter().map(|(from, ..)| *from).collect::<Vec<_>>())?;
    for (from, to, chapter) in left {
        if sealed.get(from).is_some_and(|party| party.restricted_at.is_some()) {
            restriction::follow(conn, *from, *to, &[*chapter])?;
        }
        if !held.contains(&(*from, *chapter)) {
            alias::follow(conn, *from, *to, &[*chapter])?;
        }
        if !held.iter().any(|(party, _)| party == from) {
            store::follow(conn, *from, *to)?;
            let_go(&mut Errand { conn, now: work.now, vault: work.vault }, *from)?;
        }
    }
    Ok(())
}
