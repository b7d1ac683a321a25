//! Models of good practice: written down, published, taken back.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::fault::Fault;
use super::model::ModelState;
use super::out::PracticeModelOut;
use super::request;
use super::store::{self, ModelRow};
use super::wire::PracticeModelIn;
use crate::activities::store as activities;
use crate::authz::{Attempt, Granted, Read, RunActivities, Visit};
use crate::basics::clock::vietnam_date;
use crate::basics::text::words;
use crate::campaigns::movements;
use crate::http::Check;
use crate::tree::{self, ChapterId};

/// The words by which a model is found, folded, each once.
pub fn words_of(texts: &[&str]) -> Vec<String> {
    let all: BTreeSet<String> = texts.iter().flat_map(|text| words(text)).collect();
    all.into_iter().collect()
}

/// Writes a model down. The same sent again answers as the first time: whether it is new.
pub fn write(v: &mut Visit<'_>, new: &PracticeModelIn) -> Result<bool, Fault> {
    let (_, place) = v.see_code::<Read>(&new.chapter).map_err(Fault::NoSuchChapter)?;
    let grant = v.at::<RunActivities>(place.id)?;
    if !request::is_new(v, new.id, &new.content())? {
        return Ok(false);
    }
    let (mut check, today) = (Check::default(), vietnam_date(v.now));
    if !place.accepts_entries {
        check.wrong("/chapter", "CHAPTER_CLOSED", "Đơn vị đã sáp nhập hoặc giải thể.", "The chapter has merged or dissolved.");
    }
    if !activities::areas(v.conn)?.iter().any(|area| area.code == new.area) {
        check.wrong(
            "/area",
            "NOT_A_CHOICE",
            "Không có lĩnh vực hoạt động này: hãy chọn trong danh mục.",
            "There is no such area (GET /activity-areas).",
        );
    }
    if !movements::is_known(v.conn, new.movement.as_deref(), today)? {
        check.add(movements::no_such_movement());
    }
    check.done(Some(())).map_err(Fault::Fields)?;
    let found_by = words_of(&[&new.title, &new.about]);
    store::insert_model(v.conn, &grant, v.now, new, &found_by).map_err(|error| match error.constraint() {
        Some("practice_model_pk") => Fault::IdTaken,
        _ => error.into(),
    })?;
    v.note(&grant, "PRACTICE_MODEL_WRITTEN", new.id)?;
    Ok(true)
}

fn held(v: &mut Visit<'_>, id: Uuid) -> Result<(ModelRow, Granted<RunActivities>, ModelState), Fault> {
    let row = store::hold_model(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(ChapterId(row.chapter_id))?;
    let grant = v.at::<RunActivities>(ChapterId(row.chapter_id))?;
    let state = ModelState::parse(&row.state).ok_or(Fault::Broken("a model in no state"))?;
    Ok((row, grant, state))
}

/// Publishes a model. Once more it is the same.
pub fn publish(v: &mut Visit<'_>, id: Uuid) -> Result<(), Fault> {
    let (_, grant, state) = held(v, id)?;
    match state {
        _ if v.attempt() == Attempt::Replay => Ok(()),
        ModelState::Published => Ok(()),
        ModelState::Withdrawn => Err(Fault::conflict(
            "Mô hình này đã rút: hãy viết một mô hình khác.",
            "This model was taken back: write another one.",
        )),
        ModelState::Draft => {
            let today = vietnam_date(v.now);
            store::settle_model(v.conn, &grant, id, ModelState::Published, Some(today))?;
            v.note(&grant, "PRACTICE_MODEL_PUBLISHED", id)?;
            Ok(())
        }
    }
}

/// Takes a model back, published or not. Once more it is the same.
pub fn withdraw(v: &mut Visit<'_>, id: Uuid) -> Result<(), Fault> {
    let (row, grant, state) = held(v, id)?;
    if v.attempt() == Attempt::First && state != ModelState::Withdrawn {
        store::settle_model(v.conn, &grant, id, ModelState::Withdrawn, row.published_on)?;
        v.note(&grant, "PRACTICE_MODEL_WITHDRAWN", id)?;
    }
    Ok(())
}

/// Models as officers see them; a fixed number of statements.
pub fn shown(v: &mut Visit<'_>, rows: Vec<ModelRow>) -> Result<Vec<PracticeModelOut>, Fault> {
    let codes = tree::codes(v.conn, rows.iter().map(|row| row.chapter_id).collect::<Vec<_>>())?;
    let out = |row: ModelRow| {
        Ok(PracticeModelOut {
            id: row.id,
            chapter: codes.get(&row.chapter_id).cloned().unwrap_or_default(),
            area: row.area,
            movement: row.movement,
            title: row.title,
            about: row.about,
            state: ModelState::parse(&row.state).ok_or(Fault::Broken("a model in no state"))?,
            published_on: row.published_on,
        })
    };
    rows.into_iter().map(out).collect()
}

/// One model, for those who may read its chapter.
pub fn show(v: &mut Visit<'_>, id: Uuid) -> Result<PracticeModelOut, Fault> {
    let row = store::model(v.conn, id)?.ok_or(Fault::Unknown)?;
    v.see::<Read>(ChapterId(row.chapter_id))?;
    shown(v, vec![row])?.pop().ok_or(Fault::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_found_by_its_words_with_and_without_marks() {
        let found_by = words_of(&["Góc sơ cấp cứu", "Học sinh tự sơ cấp cứu"]);
        assert!(words_of(&["so cap CỨU"]).iter().all(|word| found_by.contains(word)), "{found_by:?}");
        assert_eq!(found_by.iter().filter(|word| *word == "so").count(), 1);
    }
}
