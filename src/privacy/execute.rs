//! Carrying out what was decided, piece by piece.
//!
//! [`begin`] does what is done once: an erased party loses name and phone at that moment, so that nobody reads or books for
//! it any more; a corrected one gets its new ones. [`step`] then changes at most [`MOST_GIFTS`] gifts in one transaction,
//! each whole: gift, public row and its words, opening, consent, the leaf that says so. What a step did is done; a server
//! that is killed in between leaves nothing half, and [`super::eraser`] goes on.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::{Changes, RequestKind};
use super::store::{self, RequestRow};
use crate::authz::{self, AuditEvent};
use crate::basics::{Line, PublicCode};
use crate::db::DbError;
use crate::giving::personal::{self, Part, Scope, Touched};
use crate::giving::wire::Display;
use crate::http::{Kind as ProblemKind, Problem};
use crate::ledger::annotations::{self, NewAnnotation};
use crate::ledger::kinds::Kind;
use crate::ledger::public;
use crate::ledger::store::{self as ledger, BookedAt};
use crate::log::{self, commitment, opening};
use crate::parties::consent::{self, NewConsent};
use crate::parties::{self, Clear, Named, NewParty, PartyKind, alias, naming};
use crate::tree::{self, Place};
use crate::vault::{Vault, place};
use crate::{http, stock};

/// Most gifts changed in one transaction.
pub const MOST_GIFTS: i64 = 500;

/// What carrying out needs to know, read from the request once a step.
struct Order {
    row: RequestRow,
    kind: RequestKind,
    scope: Scope,
    changes: Changes,
    /// Who decided; the audit trail names them whichever server does the work.
    account: Uuid,
    decided_at: DateTime<Utc>,
}

impl Order {
    fn read(vault: &Vault, row: RequestRow) -> Result<Self, Problem> {
        let broken = || Problem::internal("a request that can not be carried out");
        let changes = match &row.changes {
            None => Changes::default(),
            Some(sealed) => changes_of(vault, row.id, sealed)?,
        };
        Ok(Self {
            kind: row.kind().ok_or_else(broken)?,
            scope: row.scope().ok_or_else(broken)?,
            account: row.decided_by.ok_or_else(broken)?,
            decided_at: row.decided_at.ok_or_else(broken)?,
            changes,
            row,
        })
    }

    /// How gifts are shown from now on, if that changes.
    fn display(&self) -> Option<Display> {
        match self.kind {
            RequestKind::WithdrawConsent | RequestKind::Restrict | RequestKind::Object | RequestKind::Erase => {
                Some(Display::Anonymous)
            }
            RequestKind::Correct => self.changes.display,
            RequestKind::Access | RequestKind::Protect => None,
        }
    }
}

/// Opens the sealed changes of a request.
pub fn changes_of(vault: &Vault, request: Uuid, sealed: &[u8]) -> Result<Changes, Problem> {
    let text = vault.open(place("personal_data_request", "changes", &request), sealed).map_err(Problem::internal)?;
    serde_json::from_slice(&text).map_err(Problem::internal)
}

/// What is done once, when a request was decided. The party's row is held by the caller.
pub fn begin(conn: &mut PgConnection, vault: &Vault, now: DateTime<Utc>, row: RequestRow) -> Result<(), Problem> {
    let order = Order::read(vault, row)?;
    match (order.kind, order.scope) {
        (RequestKind::Erase, Scope::Party(id)) => Ok(parties::strip(conn, id)?),
        (RequestKind::Restrict, Scope::Party(id)) => Ok(parties::restrict(conn, now, id)?),
        (RequestKind::Correct, scope) if order.changes.says_otherwise() => correct_party(conn, vault, now, scope, &order.changes),
        _ => Ok(()),
    }
}

/// Writes the corrected name and phone: into the party, or for one gift alone into a party of that name.
fn correct_party(
    conn: &mut PgConnection,
    vault: &Vault,
    now: DateTime<Utc>,
    scope: Scope,
    changes: &Changes,
) -> Result<(), Problem> {
    match scope {
        Scope::Party(id) => {
            let party = opened(conn, vault, id)?.ok_or_else(Problem::not_found)?;
            let named = corrected(&party, changes)?;
            // Where there is a party of that name and number already, it is the same person: the gifts go to it one by
            // one. To refuse would tell that there is one.
            parties::rename(conn, vault, id, &named).map_err(Problem::internal)?;
            Ok(())
        }
        Scope::Gift(id) => {
            let gift = personal::hold(conn, scope, Part::default(), 1)?.pop().ok_or_else(Problem::not_found)?;
            let Some(old) = gift.party_id else { return Err(no_giver()) };
            let party = opened(conn, vault, old)?.ok_or_else(no_giver)?;
            let given = personal::as_given(vault, id, gift.giver_name.as_deref(), party).map_err(Problem::internal)?;
            let named = corrected(&given, changes)?;
            let now_of = find_or_write(conn, vault, now, &named)?;
            let name = personal::seal_name(vault, id, named.name.as_str()).map_err(Problem::internal)?;
            personal::hand_over(conn, &[(id, now_of, name)])?;
            leave(conn, vault, old, now_of, &[gift])
        }
    }
}

/// The party of a name and number, written if it is not here.
fn find_or_write(conn: &mut PgConnection, vault: &Vault, now: DateTime<Utc>, named: &Named) -> Result<Uuid, Problem> {
    let new = NewParty::seal(vault, named).map_err(Problem::internal)?;
    Ok(parties::upsert(conn, now, &[&new])?.get(&new.id).copied().unwrap_or(new.id))
}

/// What stood beside gifts goes with them to another party: consents, and the name for the giver of each chapter that has
/// no other gift of theirs. A party that no gift names any more goes, and what is asked about it is asked about the other.
fn leave(conn: &mut PgConnection, vault: &Vault, from: Uuid, to: Uuid, gifts: &[Touched]) -> Result<(), Problem> {
    if from == to {
        return Ok(());
    }
    for gift in gifts {
        consent::follow(conn, gift.id, to)?;
    }
    let left = personal::chapters(conn, Scope::Party(from))?;
    let emptied: BTreeSet<Uuid> = gifts.iter().map(|gift| gift.chapter_id).filter(|chapter| !left.contains(chapter)).collect();
    alias::follow(conn, from, to, &Vec::from_iter(emptied))?;
    if left.is_empty() {
        store::follow(conn, from, to)?;
    }
    Ok(drop_if_alone(conn, vault, from)?)
}

/// The answer for a gift whose giver is unknown or erased.
pub fn no_giver() -> Problem {
    Problem::say(ProblemKind::Conflict, "Khoản này không có thông tin người cho.", "This gift has no giver's data.")
}

fn opened(conn: &mut PgConnection, vault: &Vault, id: Uuid) -> Result<Option<Clear>, Problem> {
    let party = parties::load(conn, &[id])?.remove(&id);
    party.map(|party| party.open(vault)).transpose().map_err(Problem::internal)
}

fn corrected(party: &Clear, changes: &Changes) -> Result<Named, Problem> {
    let name = changes.name.as_deref().unwrap_or(&party.name);
    Ok(Named {
        kind: PartyKind::parse(&party.kind).ok_or_else(|| Problem::internal("a party of an unknown kind"))?,
        name: Line::parse(name, 200).map_err(|_| Problem::internal("a party's name is no line"))?,
        phone: changes.phone.clone().or_else(|| party.phone.clone()),
    })
}

/// A party that no gift names any more goes, with the texts of requests about it.
pub(super) fn drop_if_alone(conn: &mut PgConnection, vault: &Vault, id: Uuid) -> Result<(), DbError> {
    if personal::chapters(conn, Scope::Party(id))?.is_empty() {
        store::forget_texts(conn, vault, Some(id), &[])?;
        parties::remove(conn, id)?;
    }
    Ok(())
}

/// Whether there is more to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stepped {
    More,
    Done,
}

/// Changes the next gifts of a request that is being carried out; its row is held by the caller. Ends it when there are
/// no more.
pub fn step(conn: &mut PgConnection, vault: &Vault, now: DateTime<Utc>, row: RequestRow) -> Result<Stepped, Problem> {
    let order = Order::read(vault, row)?;
    let part = match order.kind {
        // What is erased leaves its scope by itself.
        RequestKind::Erase => Part::default(),
        _ => Part { after: order.row.progress, recorded_until: Some(order.decided_at), chapters: None },
    };
    let gifts = personal::hold(conn, order.scope, part, MOST_GIFTS)?;
    let last = gifts.last().map(|gift| gift.id);
    let full = i64::try_from(gifts.len()).unwrap_or(0) == MOST_GIFTS;
    let changed = match order.kind {
        RequestKind::Erase => erase(conn, vault, now, &order, gifts)?,
        _ => amend(conn, vault, now, &order, gifts)?,
    };
    store::advance(conn, order.row.id, last.or(order.row.progress), i32::try_from(changed).unwrap_or(i32::MAX))?;
    if full {
        return Ok(Stepped::More);
    }
    if let (RequestKind::Erase, Scope::Party(id)) = (order.kind, order.scope) {
        store::forget_texts(conn, vault, Some(id), &[])?;
        parties::remove(conn, id)?;
    }
    store::done(conn, now, order.row.id)?;
    let done = AuditEvent {
        account: Some(order.account),
        action: "PERSONAL_DATA_REQUEST_DONE",
        subject: Some(order.row.id),
        chapter: None,
    };
    authz::audit(conn, now, &[done])?;
    Ok(Stepped::Done)
}

/// What gifts need beside themselves, read once a step.
struct Books {
    /// Public code by entry.
    codes: HashMap<Uuid, String>,
    /// Newest amendment by public code, and whether the newest word about the entry is that it was erased.
    amended: HashMap<String, Vec<annotations::AnnotationRow>>,
    places: HashMap<Uuid, Arc<Place>>,
}

impl Books {
    fn read(conn: &mut PgConnection, gifts: &[Touched]) -> Result<Self, Problem> {
        let booked = ledger::booked(conn, &gifts.iter().map(|g| g.entry_id).collect::<Vec<_>>())?;
        let codes: HashMap<Uuid, String> = booked.into_iter().map(|(id, entry)| (id, entry.code)).collect();
        let amended = annotations::of_entries(conn, &codes.values().map(String::as_str).collect::<Vec<_>>())?;
        let labels = tree::labels(conn, &gifts.iter().map(|g| g.chapter_id).collect::<Vec<_>>())?;
        let mut by_code = tree::places(conn, &labels.values().map(|l| l.code.as_str()).collect::<Vec<_>>())?;
        let places = labels.into_iter().filter_map(|(id, label)| Some((id, Arc::new(by_code.remove(&label.code)?)))).collect();
        Ok(Self { codes, amended, places })
    }

    fn of(&self, gift: &Touched) -> Result<(&str, Arc<Place>), Problem> {
        let code = self.codes.get(&gift.entry_id).ok_or_else(|| Problem::internal("a gift without entry"))?;
        let place = self.places.get(&gift.chapter_id).ok_or_else(|| Problem::internal("a gift without chapter"))?;
        Ok((code, Arc::clone(place)))
    }

    fn annotations(&self, code: &str) -> &[annotations::AnnotationRow] {
        self.amended.get(code).map(Vec::as_slice).unwrap_or_default()
    }

    /// The code under which the opening of an entry stands now: its own or its newest amendment's.
    fn opened_by<'a>(&'a self, code: &'a str) -> &'a str {
        self.annotations(code).last().map_or(code, |newest| newest.code.as_str())
    }

    fn is_erased(&self, code: &str) -> bool {
        self.annotations(code).last().is_some_and(|newest| newest.kind == Kind::Erasure.name())
    }
}

fn new_code() -> Result<PublicCode, Problem> {
    PublicCode::random().map_err(Problem::internal)
}

fn erase(
    conn: &mut PgConnection,
    vault: &Vault,
    now: DateTime<Utc>,
    order: &Order,
    gifts: Vec<Touched>,
) -> Result<usize, Problem> {
    if gifts.is_empty() {
        return Ok(0);
    }
    let books = Books::read(conn, &gifts)?;
    let (mut said, mut shown, mut openings) = (Vec::new(), HashMap::new(), Vec::new());
    for gift in &gifts {
        let (code, place) = books.of(gift)?;
        if !books.is_erased(code) {
            let pd = commitment::commit(&[0; 32], &[]);
            said.push(NewAnnotation { code: new_code()?, kind: Kind::Erasure, of: code.to_owned(), place, pd, opening: None });
        }
        shown.insert(code.to_owned(), None);
        openings.push(code);
        openings.extend(books.annotations(code).iter().map(|a| a.code.as_str()));
    }
    annotations::annotate(conn, BookedAt::now(now), &said).map_err(Problem::internal)?;
    public::show_givers(conn, &shown, item_names)?;
    log::store::forget_openings(conn, &openings)?;
    let ids: Vec<Uuid> = gifts.iter().map(|g| g.id).collect();
    consent::forget(conn, &ids)?;
    personal::erase(conn, vault, &gifts)?;
    store::forget_texts(conn, vault, None, &ids)?;
    if let Scope::Gift(_) = order.scope
        && let Some(party) = gifts.iter().find_map(|g| g.party_id)
    {
        drop_if_alone(conn, vault, party)?;
    }
    note(conn, now, order, &gifts, "GIFT_GIVER_ERASED")?;
    Ok(gifts.len())
}

fn item_names(conn: &mut PgConnection, codes: &[&str]) -> Result<HashMap<String, String>, DbError> {
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(stock::items(conn, codes)?.into_iter().map(|(code, item)| (code, item.name)).collect())
}

fn note(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    order: &Order,
    gifts: &[Touched],
    action: &'static str,
) -> Result<(), DbError> {
    let events: Vec<AuditEvent> = gifts
        .iter()
        .map(|g| AuditEvent { account: Some(order.account), action, subject: Some(g.id), chapter: Some(g.chapter_id) })
        .collect();
    authz::audit(conn, now, &events)
}

/// Gifts get a new commitment to the giver's data as they are now, and are shown as ordered.
fn amend(
    conn: &mut PgConnection,
    vault: &Vault,
    now: DateTime<Utc>,
    order: &Order,
    gifts: Vec<Touched>,
) -> Result<usize, Problem> {
    let display_of = |gift: &Touched| Display::parse(&gift.display).unwrap_or(Display::Anonymous);
    let otherwise = order.changes.says_otherwise();
    let gifts: Vec<Touched> =
        gifts.into_iter().filter(|g| otherwise || order.display().is_some_and(|to| to != display_of(g))).collect();
    if gifts.is_empty() {
        return Ok(0);
    }
    let books = Books::read(conn, &gifts)?;
    let loaded = parties::load(conn, &gifts.iter().filter_map(|g| g.party_id).collect::<Vec<_>>())?;
    let mut named: HashMap<Uuid, Clear> = HashMap::new();
    for (id, party) in &loaded {
        named.insert(*id, party.open(vault).map_err(Problem::internal)?);
    }
    let to = match order.scope {
        Scope::Party(id) if otherwise => named.get(&id).map(|party| twin(conn, vault, now, party, order)).transpose()?.flatten(),
        _ => None,
    };
    let old: Vec<&str> = books.codes.values().map(|code| books.opened_by(code)).collect();
    let mut openings = log::store::openings(conn, &old)?;
    let (mut said, mut shown, mut rows, mut forgotten, mut agreed, mut handed) =
        (Vec::new(), HashMap::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for gift in &gifts {
        let (code, place) = books.of(gift)?;
        let Some(party) = gift.party_id.and_then(|id| named.get(&id)) else { continue };
        let given = personal::as_given(vault, gift.id, gift.giver_name.as_deref(), party.clone()).map_err(Problem::internal)?;
        let party = if otherwise { said_otherwise(given, &order.changes) } else { given };
        let at = books.opened_by(code);
        let Some(sealed) = openings.remove(at) else { continue };
        let display = order.display().unwrap_or_else(|| display_of(gift));
        let annotation = amendment(vault, code, at, &sealed, otherwise.then_some(&party), place)?;
        forgotten.push(at.to_owned());
        said.push(annotation);
        shown.insert(code.to_owned(), display.shown(&party.name));
        rows.push((gift.id, display.name()));
        if otherwise {
            let name = personal::seal_name(vault, gift.id, &party.name).map_err(Problem::internal)?;
            handed.push((gift.id, to.unwrap_or(party.id), name));
        }
        if order.kind == RequestKind::Correct
            && order.changes.display.is_some_and(|to| to != display_of(gift))
            && let Some(purpose) = display.purpose()
            && PartyKind::parse(&party.kind).is_some_and(PartyKind::shown_by_consent)
        {
            agreed.push(NewConsent {
                party: to.unwrap_or(party.id),
                gift: gift.id,
                purpose,
                channel: way(&order.row.channel),
                evidence: order.changes.evidence.clone(),
                account: order.account,
            });
        }
    }
    annotations::annotate(conn, BookedAt::now(now), &said).map_err(Problem::internal)?;
    public::show_givers(conn, &shown, item_names)?;
    log::store::forget_openings(conn, &forgotten.iter().map(String::as_str).collect::<Vec<_>>())?;
    personal::show(conn, &rows)?;
    personal::hand_over(conn, &handed)?;
    if order.display().is_some() {
        consent::withdraw(conn, now, &rows.iter().map(|row| row.0).collect::<Vec<_>>())?;
    }
    if let (Some(to), Scope::Party(from)) = (to, order.scope) {
        leave(conn, vault, from, to, &gifts)?;
    }
    consent::record(conn, now, &agreed)?;
    note(conn, now, order, &gifts, "GIFT_GIVER_AMENDED")?;
    Ok(rows.len())
}

/// The party that a corrected one turned out to be: one of the corrected name and number, when the party itself could not
/// take them. The same at every step.
fn twin(
    conn: &mut PgConnection,
    vault: &Vault,
    now: DateTime<Utc>,
    party: &Clear,
    order: &Order,
) -> Result<Option<Uuid>, Problem> {
    let named = corrected(party, &order.changes)?;
    let is_corrected = naming::one_form(&party.name) == naming::one_form(named.name.as_str()) && party.phone == named.phone;
    if is_corrected || named.phone.is_none() {
        return Ok(None);
    }
    Ok(Some(find_or_write(conn, vault, now, &named)?))
}

/// A giver with the corrected name and number.
fn said_otherwise(given: Clear, changes: &Changes) -> Clear {
    Clear { name: changes.name.clone().unwrap_or(given.name), phone: changes.phone.clone().or(given.phone), ..given }
}

fn way(channel: &str) -> &'static str {
    super::model::Way::parse(channel).map_or("OTHER", super::model::Way::name)
}

/// A leaf that commits, with a fresh secret, to what the old opening held, or to that with another name and phone.
fn amendment(
    vault: &Vault,
    code: &str,
    opened_by: &str,
    sealed: &[u8],
    corrected: Option<&Clear>,
    place: Arc<Place>,
) -> Result<NewAnnotation, Problem> {
    let old = opening::open(vault, opened_by, sealed).map_err(Problem::internal)?;
    let fields: Vec<(&str, &str)> = old
        .fields
        .iter()
        .map(|(field, value)| match (field.as_str(), corrected) {
            ("name", Some(giver)) => ("name", giver.name.as_str()),
            ("phone", Some(giver)) => ("phone", giver.phone.as_deref().unwrap_or_default()),
            (other, _) => (other, value.as_str()),
        })
        .collect();
    let (own, secret) = (new_code()?, commitment::secret().map_err(Problem::internal)?);
    let sealed = opening::seal(vault, own.as_str(), &secret, &fields).map_err(Problem::internal)?;
    Ok(NewAnnotation {
        kind: Kind::Amendment,
        of: code.to_owned(),
        place,
        pd: commitment::commit(&secret, &fields),
        opening: Some(sealed),
        code: own,
    })
}

/// Goes on with a request for a while: a bounded number of further steps, each a transaction of its own.
pub fn go_on(
    db: &crate::db::Db,
    vault: &Vault,
    clock: &crate::basics::Clock,
    id: Uuid,
    most: usize,
) -> Result<(), http::Problem> {
    for _ in 0..most {
        let stepped = db.tx_blocking(|conn| -> Result<Stepped, Problem> {
            match store::hold(conn, id)?.filter(|row| row.state == "EXECUTING") {
                Some(row) => step(conn, vault, clock.now(), row),
                None => Ok(Stepped::Done),
            }
        })?;
        if stepped == Stepped::Done {
            break;
        }
    }
    Ok(())
}
