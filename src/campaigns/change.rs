//! Beginning, changing, opening and closing campaigns, and showing them to officers.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::fault::Fault;
use super::model::CampaignState;
use super::movements;
use super::out::CampaignOut;
use super::request;
use super::store::{self, CampaignRow, Grouped};
use super::wire::{CampaignPatch, NewCampaign, Told};
use crate::authz::{Attempt, Granted, Read, RunActivities, Visit};
use crate::basics::clock::vietnam_date;
use crate::giving::appeals;
use crate::giving::model::AppealState;
use crate::house::Rooms;
use crate::http::Check;
use crate::http::etag::Expected;
use crate::tree::{self, ChapterId};

/// Begins a campaign. The same sent again answers as the first time: whether it is new.
pub fn begin(v: &mut Visit<'_>, rooms: Rooms, new: &NewCampaign) -> Result<bool, Fault> {
    let (_, place) = v.see_code::<Read>(&new.chapter).map_err(Fault::NoSuchChapter)?;
    let grant = v.at::<RunActivities>(place.id)?;
    if !request::is_new(v, new.id, &new.content())? {
        return Ok(false);
    }
    let mut check = Check::default();
    if !place.accepts_entries {
        closed(&mut check);
    }
    let grouped = checked(v, rooms, place.id, &new.told, &mut check)?;
    check.done(Some(())).map_err(Fault::Fields)?;
    store::insert_campaign(v.conn, &grant, v.now, new).map_err(|error| match error.constraint() {
        Some("campaign_pk") => Fault::IdTaken,
        _ => error.into(),
    })?;
    store::group(v.conn, &grant, new.id, &grouped)?;
    v.note(&grant, "CAMPAIGN_BEGUN", new.id)?;
    Ok(true)
}

/// What is new is not begun at a chapter that is no more.
pub fn closed(check: &mut Check) {
    check.wrong("/chapter", "CHAPTER_CLOSED", "Đơn vị đã sáp nhập hoặc giải thể.", "The chapter has merged or dissolved.");
}

/// Looks up what a campaign names; what it groups comes back.
fn checked(v: &mut Visit<'_>, rooms: Rooms, chapter: ChapterId, told: &Told, check: &mut Check) -> Result<Grouped, Fault> {
    if !movements::is_known(v.conn, told.movement.as_deref(), told.starts_on)? {
        check.add(movements::no_such_movement());
    }
    let taken_over = tree::with_succeeded(v.conn, chapter)?;
    let mut ids = Vec::with_capacity(told.appeals.len());
    for (n, code) in told.appeals.iter().enumerate() {
        let row = appeals::find(v.conn, code)?.filter(|row| row.state != AppealState::Draft.name());
        let row = match row {
            Some(row) if tree::lines(v.conn, &[row.chapter_id])?.values().flatten().any(|above| taken_over.contains(above)) => {
                Some(row)
            }
            _ => None,
        };
        match row {
            Some(row) => ids.push(row.id),
            None => check.wrong(
                format!("/appeals/{n}"),
                "NO_SUCH_APPEAL",
                "Đơn vị và các đơn vị trực thuộc không có đợt vận động nào có mã này đang công khai.",
                "The chapter and those below it have no public appeal with this code.",
            ),
        }
    }
    if let Some(id) = told.programme
        && !is_programme_of(v.conn, chapter, id)?
    {
        check.wrong(
            "/programme",
            "NOT_A_CHOICE",
            "Đơn vị và cấp trên không có chương trình phối hợp này.",
            "Neither the chapter nor one above it has this programme.",
        );
    }
    let drives = drives(v.conn, rooms, chapter, &told.drives, check)?;
    Ok(Grouped { appeals: ids, drives })
}

/// Whether a programme is the chapter's, or that of one above it.
fn is_programme_of(conn: &mut PgConnection, chapter: ChapterId, id: Uuid) -> Result<bool, Fault> {
    let Some(row) = store::programme(conn, id)? else { return Ok(false) };
    let above = tree::lines(conn, &[chapter.0])?.remove(&chapter.0).unwrap_or_default();
    Ok(above.contains(&row.chapter_id) || tree::line(conn, chapter)?.iter().any(|(id, _)| id.0 == row.chapter_id))
}

/// The blood drives with these codes as they are kept: those of the chapter and of all below it that everybody may know.
fn drives(
    conn: &mut PgConnection,
    rooms: Rooms,
    chapter: ChapterId,
    typed: &[String],
    check: &mut Check,
) -> Result<Vec<String>, Fault> {
    let Some(of_drives) = rooms.occasions("DRIVE").filter(|_| !typed.is_empty()) else { return Ok(Vec::new()) };
    let found = of_drives.find(conn, &typed.iter().map(String::as_str).collect::<Vec<_>>())?;
    let here = tree::goes_on_for(conn, chapter.0)?;
    let mut codes = Vec::with_capacity(typed.len());
    for (n, typed) in typed.iter().enumerate() {
        match found.get(typed).filter(|drive| drive.public && here.contains(&drive.chapter)) {
            Some(drive) => codes.push(drive.key.clone()),
            None => check.wrong(
                format!("/drives/{n}"),
                "NO_SUCH_DRIVE",
                "Đơn vị và các đơn vị trực thuộc không có ngày hiến máu nào có mã này đã mở.",
                "The chapter and those below it have no blood drive with this code that was opened.",
            ),
        }
    }
    codes.sort();
    codes.dedup();
    Ok(codes)
}

/// What a campaign that is held says now.
fn told(conn: &mut PgConnection, row: &CampaignRow) -> Result<Told, Fault> {
    let of = store::appeals_of(conn, &[row.id])?;
    let ids: Vec<Uuid> = of.into_iter().map(|(_, appeal)| appeal).collect();
    let mut codes: Vec<String> = appeals::named(conn, &ids)?.into_values().map(|(code, _)| code).collect();
    codes.sort();
    Ok(Told {
        movement: row.movement.clone(),
        title: row.title.clone(),
        title_en: row.title_en.clone(),
        about: row.about.clone(),
        about_en: row.about_en.clone(),
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        appeals: codes,
        drives: store::drives_of(conn, &[row.id])?.into_iter().map(|(_, drive)| drive).collect(),
        programme: row.programme_id,
    })
}

fn state(row: &CampaignRow) -> Result<CampaignState, Fault> {
    CampaignState::parse(&row.state).ok_or(Fault::Broken("a campaign in no state"))
}

/// A campaign, held, with the right to write it.
fn held(v: &mut Visit<'_>, id: Uuid) -> Result<(CampaignRow, Granted<RunActivities>), Fault> {
    let row = store::hold_campaign(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(row.chapter())?;
    let grant = v.at::<RunActivities>(row.chapter())?;
    Ok((row, grant))
}

/// Changes a campaign as the client read it. What changes nothing makes no version.
pub fn change(v: &mut Visit<'_>, rooms: Rooms, id: Uuid, expected: &Expected, patch: CampaignPatch) -> Result<(), Fault> {
    let (row, grant) = held(v, id)?;
    if !expected.has(row.version) {
        return Err(Fault::Stale);
    }
    if state(&row)? == CampaignState::Closed {
        return Err(Fault::conflict("Chiến dịch đã kết thúc, không sửa được.", "The campaign is closed and cannot be changed."));
    }
    let old = told(v.conn, &row)?;
    let new = patch.over(old.clone(), vietnam_date(v.now)).map_err(Fault::Fields)?;
    if new == old {
        return Ok(());
    }
    let mut check = Check::default();
    let grouped = checked(v, rooms, row.chapter(), &new, &mut check)?;
    check.done(Some(())).map_err(Fault::Fields)?;
    store::next_version(v.conn, &grant, &row, &new, state(&row)?)?;
    store::group(v.conn, &grant, id, &grouped)?;
    v.note(&grant, "CAMPAIGN_CHANGED", id)?;
    Ok(())
}

/// Opens a campaign: everybody may see it. Once more it is the same.
pub fn open(v: &mut Visit<'_>, id: Uuid) -> Result<(), Fault> {
    let (row, grant) = held(v, id)?;
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    match state(&row)? {
        CampaignState::Open => Ok(()),
        CampaignState::Closed => Err(Fault::conflict("Chiến dịch đã kết thúc.", "The campaign is closed.")),
        CampaignState::Draft => {
            let told = told(v.conn, &row)?;
            store::next_version(v.conn, &grant, &row, &told, CampaignState::Open)?;
            v.note(&grant, "CAMPAIGN_OPENED", id)?;
            Ok(())
        }
    }
}

/// Closes a campaign, today where no earlier last day is known. Once more it is the same.
pub fn close(v: &mut Visit<'_>, id: Uuid) -> Result<(), Fault> {
    let (row, grant) = held(v, id)?;
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    match state(&row)? {
        CampaignState::Closed => Ok(()),
        CampaignState::Draft => {
            Err(Fault::conflict("Chiến dịch còn là bản nháp: chưa mở.", "The campaign is a draft and was never opened."))
        }
        CampaignState::Open => {
            let (old, today) = (told(v.conn, &row)?, vietnam_date(v.now));
            let end = old.ends_on.map_or(today, |end| end.min(today)).max(old.starts_on);
            store::next_version(v.conn, &grant, &row, &Told { ends_on: Some(end), ..old }, CampaignState::Closed)?;
            v.note(&grant, "CAMPAIGN_CLOSED", id)?;
            Ok(())
        }
    }
}

/// Campaigns as officers see them; a fixed number of statements.
pub fn shown(v: &mut Visit<'_>, rows: Vec<CampaignRow>) -> Result<Vec<CampaignOut>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let (of, drives) = (store::appeals_of(v.conn, &ids)?, store::drives_of(v.conn, &ids)?);
    let named = appeals::named(v.conn, &of.iter().map(|(_, appeal)| *appeal).collect::<Vec<_>>())?;
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id).collect::<Vec<_>>())?;
    let out = |row: CampaignRow| {
        let state = state(&row)?;
        let grouped = of.iter().filter(|(campaign, _)| *campaign == row.id);
        let mut appeals: Vec<String> =
            grouped.filter_map(|(_, appeal)| named.get(appeal)).map(|(code, _)| code.clone()).collect();
        appeals.sort();
        Ok(CampaignOut {
            id: row.id,
            chapter: codes.get(&row.chapter_id).cloned().unwrap_or_default(),
            movement: row.movement,
            title: row.title,
            title_en: row.title_en,
            about: row.about,
            about_en: row.about_en,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            state,
            appeals,
            drives: drives.iter().filter(|(campaign, _)| *campaign == row.id).map(|(_, drive)| drive.clone()).collect(),
            programme: row.programme_id,
            version: row.version,
        })
    };
    rows.into_iter().map(out).collect()
}

/// One campaign, for those who may read its chapter.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<CampaignOut, Fault> {
    let row = store::campaign(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(row.chapter())?;
    shown(v, vec![row])?.pop().ok_or(Fault::Unknown)
}
