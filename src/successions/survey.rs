//! What a plan would do, and what stands in its way. Nothing is written.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::founding;
use super::model::Content;
use super::store::{self, Row};
use super::wire::{
    AppealGoingOut, BalanceGoingOut, Becomes, ChapterGoingOut, ChapterMadeOut, GoodsGoingOut, InTheWayOut, OfficerGoingOut,
    OpenDecisionOut, RowsGoingOut, SuccessionDryRunOut,
};
use crate::basics::clock::vietnam_date;
use crate::db::DbError;
use crate::decisions;
use crate::giving::appeals;
use crate::house::Rooms;
use crate::house::succession::Going;
use crate::http::{Lang, Say};
use crate::identity::handing_over;
use crate::ledger::model::FundId;
use crate::ledger::{passing, store as ledger};
use crate::stock::lots;
use crate::stock::quantity::Quantity;
use crate::tree::{self, ChapterId, Level, Place};

/// A plan with the chapters it names where they stand.
pub struct Sides {
    pub content: Content,
    pub from: Vec<Place>,
    pub to: Vec<Place>,
}

impl Sides {
    pub fn of(conn: &mut PgConnection, content: Content) -> Result<Self, Fault> {
        let parents = content.new_chapters.iter().map(|new| new.parent.as_str());
        let mut places = tree::places(conn, &content.chapters().into_iter().chain(parents).collect::<Vec<_>>())?;
        // Those that are yet to be made stand where they will.
        for new in &content.new_chapters {
            if let Some(place) = places.get(&new.parent).filter(|_| !places.contains_key(&new.code)).map(|above| new.place(above))
            {
                places.insert(new.code.clone(), place);
            }
        }
        let side = |codes: &[String]| -> Result<Vec<Place>, Fault> {
            codes.iter().map(|code| places.get(code).cloned().ok_or_else(|| Fault::broken("a plan names no chapter"))).collect()
        };
        let (from, to) = (side(&content.from)?, side(&content.to)?);
        Ok(Self { content, from, to })
    }

    /// One of the chapters that go up, as rooms are told of it. `by` is whoever carries it out.
    pub fn going(&self, row: &Row, old: &Place, by: Uuid) -> Result<Going, Fault> {
        let new = self.to.first().ok_or_else(|| Fault::broken("a plan without a successor"))?.id.0;
        Ok(Going { old: old.id.0, new, since: row.effective_on, by, decision_no: row.decision_no.clone() })
    }

    /// Ids of the chapters that go up.
    pub fn olds(&self) -> Vec<Uuid> {
        self.from.iter().map(|place| place.id.0).collect()
    }
}

/// What stands in the way, by code of the chapter: of the plan itself, and what each room says.
pub fn in_the_way(conn: &mut PgConnection, rooms: Rooms, row: &Row, sides: &Sides) -> Result<Vec<(String, Say)>, Fault> {
    let mut found = Vec::new();
    for place in sides.from.iter().chain(&sides.to).filter(|place| !place.accepts_entries) {
        let say = Say::fixed("Đơn vị đã sáp nhập hoặc giải thể.", "The chapter has merged or dissolved.");
        found.push((place.code.clone(), say));
    }
    let planned = store::planned_elsewhere(conn, &[sides.olds(), sides.to.iter().map(|to| to.id.0).collect()].concat(), row.id)?;
    for place in sides.from.iter().chain(&sides.to).filter(|place| planned.contains(&place.id.0)) {
        let say =
            Say::fixed("Có phương án khác cũng sáp nhập, giải thể đơn vị này.", "Another plan has this chapter go up as well.");
        found.push((place.code.clone(), say));
    }
    for old in &sides.from {
        let going = sides.going(row, old, row.asked_by)?;
        for room in rooms.successions() {
            found.extend(room.in_the_way(conn, &going)?.into_iter().map(|say| (old.code.clone(), say)));
        }
    }
    Ok(found)
}

/// The dry run.
pub fn survey(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    rooms: Rooms,
    lang: Lang,
    row: &Row,
    sides: &Sides,
) -> Result<SuccessionDryRunOut, Fault> {
    let say = |(chapter, say): (String, Say)| InTheWayOut { chapter, what: say.in_lang(lang).to_owned() };
    let mut way = in_the_way(conn, rooms, row, sides)?;
    if row.done_at.is_none() {
        way.extend(founding::in_the_way(conn, &sides.content, &sides.from)?);
    }
    let in_the_way = way.into_iter().map(say).collect();
    let mut new_chapters = Vec::new();
    for new in &sides.content.new_chapters {
        let Some(place) = sides.to.iter().find(|place| place.code == new.code) else { continue };
        let level = founding::level(conn, &sides.content, place)?.map(Level::name).unwrap_or_default();
        let (code, parent, name) = (new.code.clone(), new.parent.clone(), new.name.clone());
        new_chapters.push(ChapterMadeOut { code, parent, level, name, short_name: place.short_name.clone() });
    }
    let mut balances = balances(conn, sides)?;
    let mut chapters = Vec::new();
    for old in &sides.from {
        let appeals = appeals::of_chapter(conn, old.id.0)?;
        let waiting = decisions::open_at(conn, old.id.0)?;
        let officers = handing_over::standing_at(conn, old.id, vietnam_date(now))?;
        chapters.push(ChapterGoingOut {
            chapter: old.code.clone(),
            balances: balances.remove(&old.id.0).unwrap_or_default(),
            goods: goods(conn, old)?,
            rows: rows(conn, rooms, old)?,
            appeals: appeals.into_iter().map(|(code, state)| AppealGoingOut { code, state }).collect(),
            decisions: waiting.into_iter().map(|(matter, id, about)| OpenDecisionOut { matter, id, about }).collect(),
            officers: officers
                .into_iter()
                .map(|one| OfficerGoingOut {
                    to: sides.content.goes_on_at(one.id).map(str::to_owned),
                    assignment: one.id,
                    user_name: one.user_name,
                    role: one.role,
                })
                .collect(),
        });
    }
    Ok(SuccessionDryRunOut { new_chapters, chapters, in_the_way })
}

fn balances(conn: &mut PgConnection, sides: &Sides) -> Result<HashMap<Uuid, Vec<BalanceGoingOut>>, DbError> {
    let left = passing::left_at(conn, &sides.olds())?;
    let funds = ledger::funds(conn, &left.iter().map(|(_, posting)| posting.fund).collect::<Vec<FundId>>())?;
    let mut balances: HashMap<Uuid, Vec<BalanceGoingOut>> = HashMap::new();
    for (chapter, posting) in left {
        let Some(fund) = funds.get(&posting.fund) else { continue };
        let target = sides.content.target(&fund.code, posting.account);
        balances.entry(chapter).or_default().push(BalanceGoingOut {
            fund: fund.code.clone(),
            account: posting.account.name().to_owned(),
            amount_vnd: posting.amount,
            to: sides.content.to.get(target).cloned().unwrap_or_default(),
        });
    }
    Ok(balances)
}

fn goods(conn: &mut PgConnection, old: &Place) -> Result<Vec<GoodsGoingOut>, DbError> {
    let heaps = lots::on_hand(conn, old.id.0)?;
    let funds = ledger::funds(conn, &heaps.iter().map(|heap| heap.0).collect::<Vec<FundId>>())?;
    let heap = |(fund, item, unit, quantity, value_vnd): (FundId, String, String, Quantity, i64)| {
        let fund = funds.get(&fund)?.code.clone();
        Some(GoodsGoingOut { fund, item, quantity: quantity.to_string(), unit, value_vnd })
    };
    Ok(heaps.into_iter().filter_map(heap).collect())
}

/// Rows that follow or end, room by room; columns without any are left out.
fn rows(conn: &mut PgConnection, rooms: Rooms, old: &Place) -> Result<Vec<RowsGoingOut>, DbError> {
    let said = || rooms.0.iter().flat_map(|room| room.chapters.iter().map(move |(column, what)| (room.name, *column, *what)));
    let columns: Vec<&'static str> =
        said().filter(|(_, _, what)| Becomes::of(*what).is_some()).map(|(_, column, _)| column).collect();
    let counted = store::count(conn, &columns, old.id.0, &old.code)?;
    let rows = said().filter_map(|(room, column, what)| {
        let rows = counted.get(column).copied().filter(|rows| *rows > 0)?;
        Some(RowsGoingOut { room, column, becomes: Becomes::of(what)?, rows })
    });
    Ok(rows.collect())
}

/// The nearest chapter at or above all of these, on the line of today.
pub fn above(conn: &mut PgConnection, chapters: &[ChapterId]) -> Result<Option<ChapterId>, DbError> {
    let mut common: Option<Vec<ChapterId>> = None;
    for chapter in chapters {
        let line: Vec<ChapterId> = tree::line(conn, *chapter)?.into_iter().map(|(id, _)| id).collect();
        common = Some(match common {
            None => line,
            Some(before) => before.into_iter().filter(|id| line.contains(id)).collect(),
        });
    }
    Ok(common.and_then(|line| line.first().copied()))
}
