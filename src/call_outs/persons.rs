//! What this room answers for the persons who were called out: that they were, and what they said; what was written afterwards. That
//! somebody was asked, answered and came stays counted when they are erased: the row names a person about whom nothing is kept any more.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::roll::CallOutRoll;
use super::stops;
use super::store;
use crate::calendar::retention::Periods;
use crate::calling::choice::party_hash;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::persons::{
    Called, Candidate, Holding, HoldsPersons, Kept, Mentioned, Needed, OfParty, PersonsError, Processing,
};
use crate::persons;
use crate::vault::place;

/// See the module. No record of the books leads here: those who were asked are found by their party.
pub struct CalledOut;

fn persons_of(conn: &mut PgConnection, of: &OfParty<'_>) -> Result<Vec<Uuid>, DbError> {
    Ok(persons::ids_of_party(conn, of.party, of.chapters)?.into_iter().map(|id| id.0).collect())
}

impl HoldsPersons for CalledOut {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Ai được huy động cho việc gì, khi nào; trả lời thế nào, đến và về lúc nào; ai yêu cầu không hỏi nữa",
                "Who was called out for what, and when; what they answered, when they came and left; who is not to be asked again",
            ),
            purpose: ("Huy động tình nguyện viên khi có việc", "To call volunteers out when they are needed"),
            grounds: (
                "Sự đồng ý được huy động; việc khẩn cấp (Luật 91/2025/QH15, điều 9, 19)",
                "Consent to be called out; emergencies (Law 91/2025/QH15, art. 9, 19)",
            ),
            readers: (
                "Cán bộ được giao của đơn vị gọi, chỉ tên gọi và cách liên lạc của người được chọn, đến khi đóng đợt; mỗi lần xem được ghi lại",
                "Officers of the calling chapter who are charged with it: a first name and a way to reach those who were chosen, until it is closed; each reading is noted",
            ),
            period: (
                "Liên lạc đến khi đóng đợt; việc đã hỏi và trả lời giữ không kèm tên khi đã xóa",
                "Ways to reach until it is closed; what was asked and answered stays without a name when it is erased",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "call_out.note",
            "call_out_asked.party_hash",
            "call_out_asked.person_id",
            "call_out_stop.party_hash",
            "call_out_stop.person_id",
        ]
    }

    /// As long as a call-out that asked them is not closed.
    fn needed(&self, conn: &mut PgConnection, _: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
        let people: Vec<Uuid> = of.iter().map(|one| one.person).collect();
        let needed = store::asked_and_not_closed(conn, &people)?;
        Ok(needed.into_iter().map(|person| Needed { person, record: "CALL_OUT", until: None }).collect())
    }

    /// A note that names them goes.
    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        let mut naming = Vec::new();
        for (id, sealed) in store::notes_at(errand.conn, &of.chapters)? {
            if of.called.is_in(&errand.vault.open_text(place("call_out", "note", &id), &sealed)?) {
                naming.push(id);
            }
        }
        store::forget_notes(errand.conn, &naming)?;
        Ok(Vec::new())
    }

    fn found_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
        let people = persons_of(errand.conn, of)?;
        let mut found = Vec::new();
        for row in store::asked_persons(errand.conn, &people)? {
            let Some(call_out) = store::find(errand.conn, row.call_out_id)? else { continue };
            let said = [Some(call_out.event), Some(call_out.place), row.answer, row.arrives_at.map(super::words::arrives)];
            let text = said.into_iter().flatten().collect::<Vec<_>>().join("; ");
            found.push(Holding { what: "CALL_OUT".to_owned(), gift: None, text, since: Some(row.asked_at), kept_until: None });
        }
        for stop in stops::of_persons(errand.conn, &people)? {
            let again = stop.lifted_at.map(|at| format!("; hỏi lại từ {}", super::words::arrives(at)));
            let text = format!("Không hỏi nữa{}", again.unwrap_or_default());
            let since = Some(stop.stopped_at);
            found.push(Holding { what: "CALL_OUT_STOP".to_owned(), gift: None, text, since, kept_until: None });
        }
        Ok(found)
    }

    /// Whoever is not to be asked is not, whatever they are called.
    fn correct_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>, to: Uuid, _: &Called) -> Result<(), PersonsError> {
        let people = persons_of(errand.conn, of)?;
        Ok(stops::relink(errand.conn, &people, &party_hash(errand.vault, &CallOutRoll, to))?)
    }

    /// Their links say nothing any more, and nothing is known of who they were.
    fn erase_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Kept>, PersonsError> {
        let people = persons_of(errand.conn, of)?;
        close_links(errand, &people)?;
        store::unlink(errand.conn, &people)?;
        stops::unlink(errand.conn, &people)?;
        Ok(Vec::new())
    }

    /// Whose data may not be used is not asked, and their links say nothing.
    fn restrict_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<(), PersonsError> {
        let people = persons_of(errand.conn, of)?;
        Ok(close_links(errand, &people)?)
    }
}

fn close_links(errand: &mut Errand<'_>, people: &[Uuid]) -> Result<(), DbError> {
    let asked: Vec<Uuid> = store::asked_persons(errand.conn, people)?.into_iter().map(|row| row.id).collect();
    store::revoke(errand.conn, &asked, errand.now, None)?;
    Ok(())
}
