//! Writing activities down, changing what is planned, and showing them to officers.

use std::collections::HashMap;

use uuid::Uuid;

use super::fault::Fault;
use super::model::ActivityState;
use super::names;
use super::out::{ActivityAreaOut, ActivityCorrectionOut, ActivityDetailOut, ActivityNumbersBy, ActivityOut};
use super::request;
use super::result;
use super::store::{self, ActivityRow, CorrectionRow};
use super::wire::{ActivityPatch, NewActivity, Told};
use crate::authz::{Read, RunActivities, Visit};
use crate::basics::clock::vietnam_date;
use crate::chapters::things::{Thing, next_code};
use crate::http::Check;
use crate::http::etag::Expected;
use crate::tree::{self, ChapterId};

/// Writes an activity down. The same sent again answers as the first time: whether it is new.
pub fn write(v: &mut Visit<'_>, new: &NewActivity) -> Result<bool, Fault> {
    let (_, lead) = v.see_code::<Read>(&new.chapter).map_err(Fault::NoSuchChapter)?;
    let grant = v.at::<RunActivities>(lead.id)?;
    if !request::is_new(v, new.id, &new.content())? {
        return Ok(false);
    }
    let mut check = Check::default();
    // What a chapter did before it went up in another is still written down.
    if !lead.accepts_entries && (new.result.is_none() || tree::successor(v.conn, lead.id)?.is_none()) {
        check.wrong("/chapter", "CHAPTER_CLOSED", "Đơn vị đã sáp nhập hoặc giải thể.", "The chapter has merged or dissolved.");
    }
    let delivering = names::checked(v, &lead, &new.told, &mut check)?;
    let others = match new.result.as_ref().and_then(|result| result.delivered_by.as_ref()) {
        Some(codes) => Some(names::delivering(v.conn, &lead, codes, new.told.ends_on, "/result/delivered_by", &mut check)?),
        None => None,
    };
    check.done(Some(())).map_err(Fault::Fields)?;
    let code = next_code(v.conn, &lead, Thing::Activity)?;
    store::insert(v.conn, &grant, v.now, new.id, &code, &new.told).map_err(|error| match error.constraint() {
        Some("activity_pk") => Fault::IdTaken,
        _ => error.into(),
    })?;
    store::deliver(v.conn, &grant, new.id, &others.unwrap_or(delivering))?;
    v.note(&grant, "ACTIVITY_PLANNED", new.id)?;
    if let Some(done) = &new.result {
        let row = store::hold(v.conn, new.id)?.ok_or(Fault::Broken("an activity is gone"))?;
        result::done(v, &grant, &row, done)?;
    }
    Ok(true)
}

/// Changes a plan as the client read it. What changes nothing makes no version.
pub fn change(v: &mut Visit<'_>, id: Uuid, expected: &Expected, patch: ActivityPatch) -> Result<(), Fault> {
    let (row, grant, state) = result::held(v, id)?;
    if !expected.has(row.version) {
        return Err(Fault::Stale);
    }
    if state != ActivityState::Planned {
        return Err(Fault::conflict(
            "Chỉ sửa được hoạt động đang lên kế hoạch; điều đã thực hiện thì đính chính.",
            "Only a plan is changed; what is done is corrected (POST …/corrections).",
        ));
    }
    let old = told(v, &row)?;
    let new = patch.over(old.clone(), vietnam_date(v.now)).map_err(Fault::Fields)?;
    if new == old {
        return Ok(());
    }
    let lead = tree::place_of(v.conn, row.chapter())?;
    let mut check = Check::default();
    let delivering = names::checked(v, &lead, &new, &mut check)?;
    check.done(Some(())).map_err(Fault::Fields)?;
    store::change(v.conn, &grant, v.now, &row, &new)?;
    store::deliver(v.conn, &grant, id, &delivering)?;
    v.note(&grant, "ACTIVITY_CHANGED", id)?;
    Ok(())
}

/// What a plan that is held says now.
fn told(v: &mut Visit<'_>, row: &ActivityRow) -> Result<Told, Fault> {
    let of = store::deliveries(v.conn, &[row.id])?;
    let mut delivered_by: Vec<String> = tree::codes(v.conn, of.into_iter().map(|(_, chapter)| chapter))?.into_values().collect();
    delivered_by.sort();
    Ok(Told {
        area: row.area.clone(),
        movement: row.movement.clone(),
        campaign: row.campaign_id,
        programme: row.programme_id,
        title: row.title.clone(),
        plan: row.plan.clone(),
        place: row.place.clone(),
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        partners: row.partners.clone(),
        delivered_by,
        public: row.is_public,
    })
}

/// Activities as officers see them; a fixed number of statements.
pub fn shown(v: &mut Visit<'_>, rows: Vec<ActivityRow>) -> Result<Vec<ActivityOut>, Fault> {
    let of = store::deliveries(v.conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let chapters: Vec<Uuid> = rows.iter().map(|row| row.chapter_id).chain(of.iter().map(|(_, chapter)| *chapter)).collect();
    let codes = tree::codes(v.conn, chapters)?;
    rows.into_iter().map(|row| one(row, &of, &codes)).collect()
}

fn one(row: ActivityRow, of: &[(Uuid, Uuid)], codes: &HashMap<Uuid, String>) -> Result<ActivityOut, Fault> {
    let state = ActivityState::parse(&row.state).ok_or(Fault::Broken("an activity in no state"))?;
    let delivering = of.iter().filter(|(activity, _)| *activity == row.id);
    let mut delivered_by: Vec<String> = delivering.filter_map(|(_, chapter)| codes.get(chapter).cloned()).collect();
    delivered_by.sort();
    Ok(ActivityOut {
        numbers: (state == ActivityState::Done).then(|| row.numbers()),
        id: row.id,
        code: row.code,
        chapter: codes.get(&row.chapter_id).cloned().unwrap_or_default(),
        area: row.area,
        movement: row.movement,
        campaign: row.campaign_id,
        programme: row.programme_id,
        title: row.title,
        plan: row.plan,
        place: row.place,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        partners: row.partners,
        delivered_by,
        public: row.is_public,
        state,
        result: row.result,
        cancelled_reason: row.cancelled_reason,
        version: row.version,
    })
}

/// One activity with everything that was written anew of it, for those who may read the chapter that leads it or one that delivers it.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<ActivityDetailOut, Fault> {
    let row = store::activity(v.conn, id)?.ok_or(Fault::Unknown)?;
    let mut chapters = vec![row.chapter()];
    chapters.extend(store::deliveries(v.conn, &[id])?.into_iter().map(|(_, chapter)| ChapterId(chapter)));
    if v.see_each(&chapters)?.iter().all(Option::is_none) {
        return Err(Fault::Unknown);
    }
    let corrections = store::corrections(v.conn, id)?.into_iter().map(correction).collect();
    let activity = shown(v, vec![row])?.pop().ok_or(Fault::Unknown)?;
    Ok(ActivityDetailOut { activity, corrections })
}

fn correction(row: CorrectionRow) -> ActivityCorrectionOut {
    ActivityCorrectionOut {
        version: row.version,
        taken_back: row.activities < 0,
        by: ActivityNumbersBy {
            persons: row.persons,
            person_times: row.person_times,
            money_vnd: row.money_vnd,
            goods_vnd: row.goods_vnd,
            labour_vnd: row.labour_vnd,
        },
        why: row.reason,
        old_result: row.old_result,
        corrected_at: row.made_at,
    }
}

/// The areas that there are or were.
pub fn areas(v: &mut Visit<'_>) -> Result<Vec<ActivityAreaOut>, Fault> {
    let out = |row: store::AreaRow| ActivityAreaOut {
        code: row.code,
        vi: row.vi,
        en: row.en,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        source: row.source,
    };
    Ok(store::areas(v.conn)?.into_iter().map(out).collect())
}
