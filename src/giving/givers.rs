//! Looking for givers of a chapter: which Nguyễn Văn An gave in March?
//!
//! Names and numbers are sealed, so the database proposes by keyed hashes ([`words`]), and what it proposes is opened,
//! compared and put in order here. That is bounded: who asks for too many is told to say more. Who may read the chapter's gifts, and with
//! each of them its giver, may look; every look is in the trail, and an account has so many an hour.

use std::collections::HashMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Nullable};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{appeals, personal};
use crate::authz::{self, PERSONS_SEARCHED, Read, Visit};
use crate::basics::text::order::{self, Place};
use crate::db::DbError;
use crate::db::statement::statement;
use crate::http::{FieldError, Kind, Page, Paging, Problem, Say};
use crate::parties::question::Question;
use crate::parties::{self, Clear, PartyKind, SealedParty, alias, words};
use crate::vault::Vault;

/// Most parties the hashes may propose, whenever they gave.
const MOST_PROPOSED: i64 = 5_000;
/// Most givers that are opened and put in order.
const MOST_FOUND: i64 = 500;
/// Looks an account has within an hour, each page being one.
const MOST_AN_HOUR: i64 = 120;

/// Whom somebody looks for.
pub struct Wanted {
    /// Code of the chapter.
    pub chapter: String,
    pub question: Question,
    /// Who gave between these days, both included.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// Code of the appeal they gave for.
    pub appeal: Option<String>,
}

impl Wanted {
    /// What a cursor belongs to: nothing that a name could be guessed from.
    pub fn filter(&self, vault: &Vault) -> Filter {
        let asked = self.question.hashes(vault, &self.chapter);
        Filter { chapter: self.chapter.clone(), asked, from: self.from, to: self.to, appeal: self.appeal.clone() }
    }
}

/// See [`Wanted::filter`].
#[derive(Serialize)]
pub struct Filter {
    chapter: String,
    asked: Vec<Vec<i64>>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    appeal: Option<String>,
}

/// Where a page ended: the place in the list, and the chapter's name for the last giver shown.
pub type Last = (usize, Uuid);

/// A giver who was found.
pub struct Giver {
    /// The chapter's own name for them.
    pub alias: Uuid,
    at: usize,
    /// In the name they last gave in.
    pub party: Clear,
    pub given: Given,
    /// How they want the last gift to be shown.
    pub display: String,
}

/// What somebody gave, of what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// Gifts that stand.
    pub gifts: i64,
    /// Gifts that were reversed.
    pub reversed: i64,
    /// Day and id of the last one, of those that stand if there is any.
    pub last_on: NaiveDate,
    pub last_gift: Uuid,
}

/// Looks, and notes it. `None` when more are found than anybody reads; that is noted too.
pub fn search<T: ToSchema>(
    v: &mut Visit<'_>,
    wanted: &Wanted,
    paging: Paging<Filter, Last>,
    shown: impl FnOnce(Vec<Giver>) -> Vec<T>,
) -> Result<Option<Page<T>>, Problem> {
    let (here, place) = v.see_code::<Read>(&wanted.chapter)?;
    let span = paging.span::<T>()?;
    spend(v)?;
    let appeal = match &wanted.appeal {
        Some(code) => {
            let row = appeals::find(v.conn, code)?.filter(|row| row.state != "DRAFT");
            Some(row.ok_or_else(no_such_appeal)?.id)
        }
        None => None,
    };
    let chapter = place.id.0;
    let found = find(v, wanted, chapter, appeal, &paging.filter.asked)?;
    let page = match found {
        None => None,
        Some(found) => {
            let from = begin(v.conn, chapter, span.after, &found)?;
            let most = usize::try_from(span.rows).unwrap_or(0);
            let rows = named(v.conn, chapter, found.into_iter().enumerate().skip(from).take(most).collect())?;
            Some(paging.page(rows, |giver| (giver.at + 1, giver.alias), |rows| Ok::<_, Problem>(shown(rows)))?)
        }
    };
    let mut detail = wanted.question.trace(v.vault, &wanted.chapter);
    detail["from"] = json!(wanted.from);
    detail["to"] = json!(wanted.to);
    detail["appeal"] = json!(wanted.appeal);
    detail["shown"] = json!(page.as_ref().map(|page| page.items.len()));
    v.note_at(Some(here.chapter()), PERSONS_SEARCHED, None, Some(&detail))?;
    Ok(page)
}

/// So many looks an hour, whatever they find: whoever guesses names one by one is not helped.
fn spend(v: &mut Visit<'_>) -> Result<(), Problem> {
    let since = v.now - Duration::hours(1);
    let (looks, first) = authz::searches_since(v.conn, v.account(), since)?;
    if looks < MOST_AN_HOUR {
        return Ok(());
    }
    let wait = first.map_or(0, |first: DateTime<Utc>| (first - since).num_seconds()).max(0) + 1;
    Err(Problem {
        retry_after: u64::try_from(wait).ok(),
        ..Problem::say(
            Kind::RateLimited,
            format!(
                "Mỗi tài khoản được tra cứu người ủng hộ {MOST_AN_HOUR} lần trong một giờ; hãy thử lại sau {} phút.",
                wait / 60 + 1
            ),
            format!("An account looks for givers {MOST_AN_HOUR} times an hour; try again in {} minutes.", wait / 60 + 1),
        )
    })
}

/// A party that fits, with what it gave.
struct Found {
    party: Clear,
    given: Given,
    display: String,
    place: (Place, Place),
}

/// All who fit, in the order of a Vietnamese list; `None` when they are too many.
fn find(
    v: &mut Visit<'_>,
    wanted: &Wanted,
    chapter: Uuid,
    appeal: Option<Uuid>,
    sets: &[Vec<i64>],
) -> Result<Option<Vec<Found>>, Problem> {
    let proposed = words::proposed(v.conn, sets, chapter, MOST_PROPOSED + 1)?;
    if is_more(proposed.len(), MOST_PROPOSED) {
        return Ok(None);
    }
    let given = given_by(v.conn, &proposed, chapter, (wanted.from, wanted.to), appeal)?;
    if is_more(given.len(), MOST_FOUND) {
        return Ok(None);
    }
    let sealed = parties::load(v.conn, &given.keys().copied().collect::<Vec<_>>())?;
    let last = personal::of_ids(v.conn, &given.values().map(|given| given.last_gift).collect::<Vec<_>>())?;
    let last: HashMap<Uuid, personal::Touched> = last.into_iter().map(|gift| (gift.id, gift)).collect();
    let mut found = Vec::with_capacity(given.len());
    for (id, given) in given {
        let (Some(party), Some(gift)) = (sealed.get(&id), last.get(&given.last_gift)) else { continue };
        let party = opened(v.vault, party, gift).map_err(Problem::internal)?;
        if wanted.question.fits(&party) {
            found.push(Found { place: place_of(&party), party, given, display: gift.display.clone() });
        }
    }
    found.sort_by(|a, b| (&a.place, a.party.id).cmp(&(&b.place, b.party.id)));
    Ok(Some(found))
}

fn is_more(count: usize, most: i64) -> bool {
    i64::try_from(count).is_ok_and(|count| count > most)
}

/// As the chapter wrote them down: how others wrote it is not for it.
fn opened(vault: &Vault, party: &SealedParty, gift: &personal::Touched) -> Result<Clear, crate::vault::VaultError> {
    personal::as_given(vault, gift.id, gift.giver_name.as_deref(), party.open(vault)?)
}

/// Persons by their given names, organisations by what they are called.
fn place_of(party: &Clear) -> (Place, Place) {
    match PartyKind::parse(&party.kind) {
        Some(PartyKind::Organisation) => (order::of_text(&party.name), Place::default()),
        _ => order::of_person(&party.name),
    }
}

statement! {
    struct GivenBy {
        parties: Vec<Uuid> => Array<diesel::sql_types::Uuid>,
        chapter: Uuid => diesel::sql_types::Uuid,
        from: Option<NaiveDate> => Nullable<Date>,
        to: Option<NaiveDate> => Nullable<Date>,
        any: bool => diesel::sql_types::Bool,
        appeal: Option<Uuid> => Nullable<diesel::sql_types::Uuid>,
        most: i64 => BigInt,
    } -> (diesel::sql_types::Uuid, BigInt, BigInt, Date, diesel::sql_types::Uuid),
    "SELECT g.party_id, count(*) FILTER (WHERE r.gift_id IS NULL), count(r.gift_id),
            coalesce(max(g.received_on) FILTER (WHERE r.gift_id IS NULL), max(g.received_on)),
            (array_agg(g.id ORDER BY r.gift_id IS NOT NULL, g.received_on DESC, g.id DESC))[1]
     FROM gift g LEFT JOIN reversal_request r ON r.gift_id = g.id AND r.state = 'APPROVED'
     WHERE g.party_id = ANY(?) AND g.chapter_id = ?
         AND g.received_on BETWEEN coalesce(?::date, '-infinity') AND coalesce(?::date, 'infinity') AND (? OR g.appeal_id = ?)
     GROUP BY g.party_id LIMIT ?"
}

/// What each of these gave to the chapter between two days and for an appeal; at most one more than are put in order.
fn given_by(
    conn: &mut PgConnection,
    parties: &Vec<Uuid>,
    chapter: Uuid,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    appeal: Option<Uuid>,
) -> Result<HashMap<Uuid, Given>, DbError> {
    let most = MOST_FOUND + 1;
    let asked =
        GivenBy { parties, chapter: &chapter, from: &from, to: &to, any: &appeal.is_none(), appeal: &appeal, most: &most };
    let rows: Vec<(Uuid, i64, i64, NaiveDate, Uuid)> = asked.load(conn)?;
    let given = |(party, gifts, reversed, last_on, last_gift)| (party, Given { gifts, reversed, last_on, last_gift });
    Ok(rows.into_iter().map(given).collect())
}

/// Where a page begins: behind the last one shown, wherever they stand now; where they stood, if they are found no more.
fn begin(conn: &mut PgConnection, chapter: Uuid, after: Option<Last>, found: &[Found]) -> Result<usize, DbError> {
    let Some((next, last)) = after else { return Ok(0) };
    let known = alias::resolve(conn, last)?.into_iter().find(|known| known.chapter == chapter);
    let stands = known.and_then(|known| found.iter().position(|giver| giver.party.id == known.party));
    Ok(stands.map_or(next, |at| at + 1))
}

fn named(conn: &mut PgConnection, chapter: Uuid, rows: Vec<(usize, Found)>) -> Result<Vec<Giver>, DbError> {
    let names = alias::of_each(conn, &rows.iter().map(|(_, giver)| giver.party.id).collect::<Vec<_>>(), chapter)?;
    let named = |(at, found): (usize, Found)| {
        let alias = *names.get(&found.party.id)?;
        Some(Giver { alias, at, party: found.party, given: found.given, display: found.display })
    };
    Ok(rows.into_iter().filter_map(named).collect())
}

fn no_such_appeal() -> Problem {
    let say = Say::fixed("Không có đợt vận động nào mang mã này.", "There is no appeal with this code.");
    FieldError::new("appeal", "NO_SUCH_APPEAL", say).into()
}

/// The answer when more were found than anybody reads.
pub fn too_many() -> Problem {
    Problem::field(
        "q",
        "TOO_MANY_FOUND",
        format!(
            "Có quá nhiều người khớp (trên {MOST_FOUND}): hãy ghi thêm chữ của tên, số cuối điện thoại, hoặc chọn ngày, đợt vận động."
        ),
        format!(
            "Too many fit (more than {MOST_FOUND}): give more words of the name, the last digits of the number, or days or an appeal."
        ),
    )
}
