//! Chapters that a plan makes: where they will stand, what stands against them, and their making.

use diesel::pg::PgConnection;

use super::fault::Fault;
use super::model::Content;
use super::store::Row;
use crate::chapters::to_be_made::{self, By};
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::http::{FieldError, Say};
use crate::tree::{self, ChapterId, Level, Place};

/// Where a chapter of a plan is decided about: it has nobody before it is made, so that is the one above it then.
pub fn stands(content: &Content, place: &Place) -> ChapterId {
    match content.makes(&place.code) {
        Some(_) => place.path.iter().rev().nth(1).map_or(place.id, |above| above.id),
        None => place.id,
    }
}

/// The level of a chapter of a plan, of one that is to be made as well.
pub fn level(conn: &mut PgConnection, content: &Content, place: &Place) -> Result<Option<Level>, DbError> {
    let above = tree::level(conn, stands(content, place))?;
    Ok(if content.makes(&place.code).is_some() { above.and_then(to_be_made::level_below) } else { above })
}

/// What is wrong with the chapters that a plan makes, field by field.
pub fn look(conn: &mut PgConnection, content: &Content, from: &[Place]) -> Result<Vec<FieldError>, DbError> {
    let going: Vec<_> = from.iter().map(|place| place.id.0).collect();
    let mut wrong = Vec::new();
    for (n, new) in content.new_chapters.iter().enumerate() {
        let found = to_be_made::look(conn, new, &going)?;
        wrong.extend(
            found.into_iter().map(|error| FieldError { pointer: format!("/new_chapters/{n}{}", error.pointer), ..error }),
        );
    }
    Ok(wrong)
}

/// What stands in the way of chapters that are not made yet, by their codes.
pub fn in_the_way(conn: &mut PgConnection, content: &Content, from: &[Place]) -> Result<Vec<(String, Say)>, DbError> {
    let going: Vec<_> = from.iter().map(|place| place.id.0).collect();
    let mut found = Vec::new();
    for new in &content.new_chapters {
        found.extend(to_be_made::look(conn, new, &going)?.into_iter().map(|error| (new.code.clone(), error.detail)));
    }
    Ok(found)
}

/// Makes the chapters of a plan, before anything goes over to them. `by` is whoever carries it out.
pub fn make(errand: &mut Errand<'_>, row: &Row, content: &Content, by: uuid::Uuid) -> Result<(), Fault> {
    if content.new_chapters.is_empty() {
        return Ok(());
    }
    let from: Vec<&str> = content.from.iter().map(String::as_str).collect();
    let going: Vec<_> = tree::places(errand.conn, &from)?.into_values().map(|place| place.id.0).collect();
    let by = By { account: by, decision_no: &row.decision_no, since: row.effective_on };
    // In one order, as the chapters above are held.
    let mut all: Vec<_> = content.new_chapters.iter().collect();
    all.sort_by_key(|new| (&new.parent, &new.code));
    for new in all {
        let wrong = to_be_made::make(errand.conn, errand.now, new, &going, by)?;
        if !wrong.is_empty() {
            return Err(Fault::InTheWay(wrong.into_iter().map(|error| (new.code.clone(), error.detail)).collect()));
        }
    }
    Ok(())
}
