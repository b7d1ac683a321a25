//! From how many donations on somebody is honoured: national rules, and those that a province enters for itself.

use chrono::NaiveDate;
use uuid::Uuid;

use super::fault::Fault;
use super::model::{BloodHonourLevel, BloodHonourOf, holds_on};
use super::out::BloodHonourThresholdOut;
use super::request;
use super::store::{self, ThresholdRow};
use super::wire::NewThreshold;
use crate::authz::{Attempt, Organise, Visit};
use crate::basics::clock::vietnam_date;
use crate::tree::{self, ChapterId, Level};

/// Enters a province's own rule, as those who organise it. The same sent again answers as the first time: whether it is new.
pub fn enter(v: &mut Visit<'_>, new: &NewThreshold) -> Result<bool, Fault> {
    let (grant, place) = v.at_code::<Organise>(&new.chapter).map_err(Fault::NoSuchChapter)?;
    if !request::is_new(v, new.id, &new.content())? {
        return Ok(false);
    }
    if tree::level(v.conn, place.id)? != Some(Level::Province) {
        return Err(Fault::field(
            "/chapter",
            "NOT_AT_THIS_LEVEL",
            "Chỉ cấp tỉnh có quy định riêng.",
            "A province alone has rules of its own.",
        ));
    }
    store::insert_threshold(v.conn, &grant, v.now, new).map_err(|error| match error.constraint() {
        Some("blood_honour_threshold_pk") => Fault::IdTaken,
        Some("blood_honour_threshold_once_key") => {
            Fault::conflict("Tỉnh đã có mức này đang áp dụng.", "The province has such a rule already that goes on.")
        }
        _ => error.into(),
    })?;
    v.note(&grant, "BLOOD_HONOUR_THRESHOLD_ENTERED", new.id)?;
    Ok(true)
}

/// Ends a province's own rule, from today on. Once more it is the same.
pub fn end(v: &mut Visit<'_>, id: Uuid) -> Result<(), Fault> {
    let row = store::threshold(v.conn, id)?.ok_or(Fault::Unknown)?;
    let Some(chapter) = row.chapter_id else {
        return Err(Fault::conflict("Quy định chung của cả nước không sửa ở đây.", "A national rule is not ended here."));
    };
    let grant = v.at::<Organise>(ChapterId(chapter))?;
    if v.attempt() == Attempt::Replay {
        return Ok(());
    }
    let day = vietnam_date(v.now);
    if day <= row.valid_from {
        return Err(Fault::conflict("Quy định chưa có hiệu lực.", "The rule does not hold yet."));
    }
    if store::end_threshold(v.conn, &grant, id, day)? {
        v.note(&grant, "BLOOD_HONOUR_THRESHOLD_ENDED", id)?;
    }
    Ok(())
}

/// All that there are or were.
pub fn all(v: &mut Visit<'_>) -> Result<Vec<BloodHonourThresholdOut>, Fault> {
    let rows = store::thresholds(v.conn)?;
    out(v, rows)
}

/// One of them.
pub fn one(v: &mut Visit<'_>, id: Uuid) -> Result<BloodHonourThresholdOut, Fault> {
    let row = store::threshold(v.conn, id)?.ok_or(Fault::Unknown)?;
    out(v, vec![row])?.pop().ok_or(Fault::Unknown)
}

fn out(v: &mut Visit<'_>, rows: Vec<ThresholdRow>) -> Result<Vec<BloodHonourThresholdOut>, Fault> {
    let codes = tree::codes(v.conn, rows.iter().filter_map(|row| row.chapter_id))?;
    rows.into_iter()
        .map(|row| {
            Ok(BloodHonourThresholdOut {
                id: row.id,
                of: row.of().ok_or(Fault::Broken("a threshold of nobody"))?,
                level: row.level(),
                chapter: row.chapter_id.and_then(|id| codes.get(&id).cloned()),
                times: row.times,
                vi: row.vi,
                en: row.en,
                valid_from: row.valid_from,
                valid_to: row.valid_to,
                decision_no: row.decision_no,
                mark: row.mark,
                source: row.source,
            })
        })
        .collect()
}

/// A threshold that counts on a day for a chapter with this line; whom it honours.
pub fn in_force(
    v: &mut Visit<'_>,
    id: Uuid,
    line: &[(ChapterId, Level)],
    day: NaiveDate,
) -> Result<(ThresholdRow, BloodHonourOf), Fault> {
    let row = store::threshold(v.conn, id)?;
    let counts = |row: &ThresholdRow| {
        let here = row.chapter_id.is_none_or(|chapter| line.iter().any(|(id, _)| id.0 == chapter));
        here && holds_on(row.valid_from, row.valid_to, day)
    };
    let row = row.filter(counts).ok_or_else(|| {
        Fault::not_there(
            "/threshold",
            "NO_SUCH_THRESHOLD",
            "Không có mức tôn vinh này đang áp dụng tại đơn vị: hãy chọn trong danh mục.",
            "No such threshold holds at the chapter today (GET /blood-honour-thresholds).",
        )
    })?;
    let of = row.of().ok_or(Fault::Broken("a threshold of nobody"))?;
    Ok((row, of))
}

/// The chapter that decides in the end: the nearest of the level that the rule names; the proposing one where it names none, or none is there.
pub fn awards(row: &ThresholdRow, here: ChapterId, line: &[(ChapterId, Level)]) -> ChapterId {
    let wanted = match row.level() {
        Some(BloodHonourLevel::Province) => Level::Province,
        Some(BloodHonourLevel::Central) => Level::Central,
        None => return here,
    };
    line.iter().find(|(_, level)| *level == wanted).map_or(here, |(id, _)| *id)
}
