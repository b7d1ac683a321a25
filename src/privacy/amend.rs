//! Correcting and hiding: gifts get a new commitment to the giver's data as they are now, and are shown as ordered.
//!
//! A gift of which nothing would change stays as it is: no leaf says that something changed, and it is not counted.

use std::collections::{HashMap, HashSet};

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::books::Books;
use super::erase::let_go;
use super::fault::Fault;
use super::model::{Changes, RequestKind, Way};
use super::order::{Order, new_code, note, opened};
use super::{persons, store};
use crate::basics::Line;
use crate::giving::display::Display;
use crate::giving::finding;
use crate::giving::personal::{self, Scope, Touched};
use crate::house::errand::Errand;
use crate::house::persons::{Called, Corrected, OfParty, Record};
use crate::ledger::annotations::{self, NewAnnotation};
use crate::ledger::kinds::Kind;
use crate::ledger::store::BookedAt;
use crate::log::opening::Opening;
use crate::log::{self, commitment, opening};
use crate::parties::consent::{self, NewConsent};
use crate::parties::{self, Clear, Named, NewParty, PartyKind, alias, naming, restriction};

/// Gives the party its corrected name and phone, if all of its gifts are covered and nobody is called so already. Else the
/// gifts go over to the party of that name, step by step.
pub fn begin(errand: &mut Errand<'_>, order: &Order, id: Uuid) -> Result<(), Fault> {
    let party = opened(errand.conn, errand.vault, id)?.ok_or(Fault::Unknown)?;
    let named = corrected(&party, &order.changes)?;
    let called = Called { name: named.name.as_str().to_owned(), phone: named.phone.clone() };
    let of = OfParty { party: id, chapters: &order.covered };
    persons::correct_named(errand, order.rooms, &of, &called)?;
    let holding = persons::chapters(errand.conn, order.rooms, Scope::Party(id))?;
    let elsewhere = holding.iter().any(|chapter| !order.covered.contains(chapter));
    let mut to = id;
    if !elsewhere && parties::rename(errand.conn, errand.vault, id, &named).map_err(Fault::broken)? {
        finding::anew(errand.conn, errand.vault, &[id])?;
    } else if let Some(party) = target(errand, order, id)? {
        to = party.id;
    }
    Ok(persons::correct_of(errand, order.rooms, &of, to, &called)?)
}

fn corrected(party: &Clear, changes: &Changes) -> Result<Named, Fault> {
    let name = changes.name.as_deref().unwrap_or(&party.name);
    Ok(Named {
        kind: PartyKind::parse(&party.kind).ok_or_else(|| Fault::broken("a party of an unknown kind"))?,
        name: Line::parse(name, 200).map_err(|_| Fault::broken("a party's name is no line"))?,
        phone: changes.phone.clone().or_else(|| party.phone.clone()),
    })
}

/// The party that these gifts belong to from now on: their own, or the one of the corrected name and number. The same at
/// every step. Capitals and blanks make no other party: they belong to the gift.
fn target(errand: &mut Errand<'_>, order: &Order, own: Uuid) -> Result<Option<Clear>, Fault> {
    let Some(party) = opened(errand.conn, errand.vault, own)? else { return Ok(None) };
    if !order.changes.says_otherwise() {
        return Ok(Some(party));
    }
    let named = corrected(&party, &order.changes)?;
    if naming::one_form(&party.name) == naming::one_form(named.name.as_str()) && party.phone == named.phone {
        return Ok(Some(party));
    }
    let new = NewParty::seal(errand.vault, &named).map_err(Fault::broken)?;
    let id = parties::upsert(errand.conn, errand.now, &[&new])?.get(&new.id).copied().unwrap_or(new.id);
    if id != own {
        restriction::follow(errand.conn, own, id, &order.covered)?;
    }
    opened(errand.conn, errand.vault, id)
}

/// A gift about to change.
struct Change<'a> {
    gift: &'a Touched,
    record: Record,
    opened_by: String,
    old: Opening,
    fields: Vec<(String, String)>,
    party: &'a Clear,
    display: Display,
}

impl Change<'_> {
    fn shows_otherwise(&self) -> bool {
        Display::parse(&self.gift.display) != Some(self.display)
    }

    /// Whether anything is to be said of it.
    fn changes_something(&self) -> bool {
        self.shows_otherwise() || self.fields != self.old.fields
    }

    /// The name it was given in, as it is right.
    fn name(&self) -> &str {
        self.fields.iter().find(|(field, _)| field == "name").map_or("", |(_, value)| value.as_str())
    }

    fn corrected(&self) -> Corrected {
        let field = |fields: &[(String, String)], name: &str| {
            fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let called = |fields: &[(String, String)]| Called {
            name: field(fields, "name"),
            phone: Some(field(fields, "phone")).filter(|phone| !phone.is_empty()),
        };
        let (old, new) = (called(&self.old.fields), called(&self.fields));
        let shown = self.display.shown(&new.name);
        Corrected { record: self.record.clone(), opened_by: self.opened_by.clone(), old, new, shown }
    }
}

/// What an opening is to say: the old one with what is corrected, to the letter, and nothing else.
fn fields_of(old: &Opening, changes: &Changes) -> Vec<(String, String)> {
    let field = |(field, value): &(String, String)| {
        let right = match field.as_str() {
            "name" => changes.name.as_ref(),
            "phone" => changes.phone.as_ref(),
            _ => None,
        };
        (field.clone(), right.unwrap_or(value).clone())
    };
    old.fields.iter().map(field).collect()
}

/// Changes these gifts, whose rows the caller holds. Returns how many were not as ordered before.
pub fn gifts(errand: &mut Errand<'_>, order: &Order, gifts: &[Touched]) -> Result<usize, Fault> {
    if gifts.is_empty() {
        return Ok(0);
    }
    let books = Books::read(errand.conn, gifts)?;
    let mut named: HashMap<Uuid, Option<Clear>> = HashMap::new();
    for own in gifts.iter().filter_map(|gift| gift.party_id) {
        if let std::collections::hash_map::Entry::Vacant(place) = named.entry(own) {
            place.insert(target(errand, order, own)?);
        }
    }
    let changes = changes(errand, order, &books, gifts, &named)?;
    if order.changes.says_otherwise() {
        hand_over(errand, &changes)?;
    }
    let changes: Vec<Change<'_>> = changes.into_iter().filter(Change::changes_something).collect();
    write(errand, order, &books, &changes)?;
    if let Scope::Gift(_) = order.scope
        && let Some((own, Some(party))) = named.iter().next()
        && party.id != *own
    {
        let left: Vec<Uuid> = gifts.iter().map(|gift| gift.chapter_id).collect();
        settle(errand, order, *own, party.id, &left)?;
    }
    let changed: Vec<Touched> = changes.iter().map(|change| change.gift.clone()).collect();
    note(errand, order, &changed, "GIFT_GIVER_AMENDED")?;
    Ok(changes.len())
}

/// Says whose gifts are, and in which name each was given; their consents go along.
fn hand_over(errand: &mut Errand<'_>, changes: &[Change<'_>]) -> Result<(), Fault> {
    let mut rows = Vec::with_capacity(changes.len());
    for change in changes {
        let name = personal::seal_name(errand.vault, change.gift.id, change.name()).map_err(Fault::broken)?;
        rows.push((change.gift.id, change.party.id, name));
    }
    personal::hand_over(errand.conn, &rows)?;
    for change in changes.iter().filter(|change| change.gift.party_id != Some(change.party.id)) {
        consent::follow(errand.conn, change.gift.id, change.party.id)?;
    }
    let met: HashSet<Uuid> = changes.iter().map(|change| change.party.id).collect();
    finding::anew(errand.conn, errand.vault, &Vec::from_iter(met))?;
    Ok(())
}

/// What was kept beside a party goes to the other one where these chapters have none of its gifts any more: their names for
/// it, their restrictions, what is asked there. A party that no gift names any more goes; another one is found where it still is.
fn settle(errand: &mut Errand<'_>, order: &Order, from: Uuid, to: Uuid, chapters: &[Uuid]) -> Result<(), Fault> {
    let left = personal::chapters(errand.conn, Scope::Party(from))?;
    let emptied: Vec<Uuid> = chapters.iter().filter(|chapter| !left.contains(chapter)).copied().collect();
    alias::follow(errand.conn, from, to, &emptied)?;
    restriction::lift(errand.conn, from, &emptied)?;
    store::retarget(errand.conn, order.row.id, from, to, &emptied)?;
    Ok(let_go(errand, from)?)
}

/// How a gift is shown from now on. Of the gifts of one person some may be shown less than is asked for: to show more than
/// before takes a proof, wherever the gift is.
fn display_of(order: &Order, gift: &Touched, party: &Clear) -> Display {
    let now = Display::parse(&gift.display).unwrap_or(Display::Anonymous);
    let by_consent = PartyKind::parse(&party.kind).is_none_or(PartyKind::shown_by_consent);
    match order.display() {
        Some(to) if to > now && by_consent && order.changes.evidence.is_none() => now,
        Some(to) => to,
        None => now,
    }
}

fn changes<'a>(
    errand: &mut Errand<'_>,
    order: &Order,
    books: &Books,
    gifts: &'a [Touched],
    named: &'a HashMap<Uuid, Option<Clear>>,
) -> Result<Vec<Change<'a>>, Fault> {
    let records = books.records(gifts)?;
    let at: Vec<&str> = records.iter().map(|record| books.opened_by(&record.code)).collect();
    let mut sealed = log::store::openings(errand.conn, &at)?;
    let mut changes = Vec::with_capacity(gifts.len());
    for (gift, record) in gifts.iter().zip(&records) {
        let Some(party) = gift.party_id.and_then(|id| named.get(&id)).and_then(Option::as_ref) else { continue };
        let opened_by = books.opened_by(&record.code).to_owned();
        let Some(sealed) = sealed.remove(&opened_by) else { continue };
        let old = opening::open(errand.vault, &opened_by, &sealed).map_err(Fault::broken)?;
        let display = display_of(order, gift, party);
        let fields = fields_of(&old, &order.changes);
        changes.push(Change { gift, record: record.clone(), opened_by, old, fields, party, display });
    }
    Ok(changes)
}

fn write(errand: &mut Errand<'_>, order: &Order, books: &Books, changes: &[Change<'_>]) -> Result<(), Fault> {
    let mut said = Vec::with_capacity(changes.len());
    for change in changes {
        said.push(amendment(errand, books, change)?);
    }
    annotations::annotate(errand.conn, BookedAt::now(errand.now), &said).map_err(Fault::broken)?;
    persons::correct(errand, order.rooms, &changes.iter().map(Change::corrected).collect::<Vec<_>>())?;
    let rows: Vec<_> = changes.iter().map(|c| (c.gift.id, c.display.name())).collect();
    personal::show(errand.conn, &rows)?;
    if order.display().is_some() {
        consent::withdraw(errand.conn, errand.now, &rows.iter().map(|row| row.0).collect::<Vec<_>>())?;
    }
    let children = consent::of_children(errand.conn, &rows.iter().map(|row| row.0).collect::<Vec<_>>())?;
    let agreed: Vec<NewConsent> = changes.iter().filter_map(|change| consent_of(order, change, &children)).collect();
    Ok(consent::record(errand.conn, errand.now, &agreed)?)
}

/// A leaf that commits, with a fresh secret, to the giver's fields as they are now.
fn amendment(errand: &mut Errand<'_>, books: &Books, change: &Change<'_>) -> Result<NewAnnotation, Fault> {
    let fields: Vec<(&str, &str)> = change.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let (own, secret) = (new_code()?, commitment::secret().map_err(Fault::broken)?);
    let sealed = opening::seal(errand.vault, own.as_str(), &secret, &fields).map_err(Fault::broken)?;
    Ok(NewAnnotation {
        kind: Kind::Amendment,
        of: change.record.code.clone(),
        place: books.place(change.gift)?,
        pd: commitment::commit(&secret, &fields),
        opening: Some(sealed),
        code: own,
    })
}

/// Who asked to be shown otherwise agreed to it, by the proof that came with the request.
fn consent_of(order: &Order, change: &Change<'_>, children: &HashSet<Uuid>) -> Option<NewConsent> {
    let asked = order.kind == RequestKind::Correct && order.changes.display.is_some() && change.shows_otherwise();
    let by_consent = PartyKind::parse(&change.party.kind).is_some_and(PartyKind::shown_by_consent);
    if !asked || !by_consent {
        return None;
    }
    let purpose = change.display.purpose()?;
    Some(NewConsent {
        party: change.party.id,
        gift: change.gift.id,
        purpose: if order.changes.for_child || children.contains(&change.gift.id) { purpose.of_child() } else { purpose },
        channel: Way::parse(&order.row.channel).map_or("OTHER", Way::name),
        evidence: order.changes.evidence.clone(),
        account: order.account,
    })
}

/// When the last of the covered gifts went over to another party, what is kept about the old row goes with them.
pub fn end(errand: &mut Errand<'_>, order: &Order, id: Uuid) -> Result<(), Fault> {
    let Some(party) = target(errand, order, id)?.filter(|party| party.id != id) else { return Ok(()) };
    settle(errand, order, id, party.id, &order.covered)
}

/// A gift that is to be corrected has a giver.
pub fn require_giver(conn: &mut PgConnection, gift: Uuid) -> Result<(), Fault> {
    let found = personal::of_ids(conn, &[gift])?.pop();
    if found.and_then(|gift| gift.party_id).is_none() { Err(Fault::NoGiver) } else { Ok(()) }
}
