//! What this room answers for donors who were called: that they were, and what they said; in which clubs they are. That somebody was asked
//! and answered stays counted when they are erased: the row names a person about whom nothing is kept any more.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::roll::UrgentRoll;
use super::{clubs, stops, store, words};
use crate::basics::clock::vietnam_date;
use crate::calendar::retention::Periods;
use crate::calling::choice::party_hash;
use crate::db::DbError;
use crate::donors;
use crate::house::errand::Errand;
use crate::house::persons::{Called, Candidate, Holding, HoldsPersons, Kept, Needed, OfParty, PersonsError, Processing};
use crate::persons::{self, PersonId};

/// See the module. No record of the books leads here: those who were asked are found by their party.
pub struct DonorsCalled;

fn persons_of(conn: &mut PgConnection, of: &OfParty<'_>) -> Result<Vec<Uuid>, DbError> {
    Ok(persons::ids_of_party(conn, of.party, of.chapters)?.into_iter().map(|id| id.0).collect())
}

fn donors_of(conn: &mut PgConnection, people: &[Uuid]) -> Result<Vec<Uuid>, DbError> {
    let people: Vec<PersonId> = people.iter().copied().map(PersonId).collect();
    Ok(donors::of_persons(conn, &people)?.into_iter().map(|row| row.id).collect())
}

impl HoldsPersons for DonorsCalled {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Người hiến máu nào được gọi khẩn cấp, khi nào, trả lời thế nào; ai yêu cầu không gọi nữa; ai trong câu lạc bộ hiến máu nào",
                "Which donors were called when blood was needed, when, and what they answered; who is not to be called again; who is in which club",
            ),
            purpose: ("Gọi người hiến máu khi bệnh viện cần ngay", "To call donors when a hospital needs blood at once"),
            grounds: (
                "Sự đồng ý được gọi hiến máu khẩn cấp; bảo vệ tính mạng (Luật 91/2025/QH15, điều 9, 19)",
                "Consent to be called; protection of life (Law 91/2025/QH15, art. 9, 19)",
            ),
            readers: (
                "Cán bộ hiến máu của đơn vị gọi, chỉ tên gọi và cách liên lạc của người được chọn, đến khi đợt gọi kết thúc; mỗi lần xem được ghi lại",
                "Officers of the calling chapter who keep its donors: a first name and a way to reach those who were chosen, until the call ends; each reading is noted",
            ),
            period: (
                "Liên lạc đến khi kết thúc đợt gọi; việc đã hỏi và trả lời giữ không kèm tên khi đã xóa",
                "Ways to reach until the call ends; what was asked and answered stays without a name when it is erased",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "urgent_call_asked.party_hash",
            "urgent_call_asked.person_id",
            "urgent_call_stop.party_hash",
            "urgent_call_stop.person_id",
            "blood_club_member.donor_id",
        ]
    }

    /// As long as a call that asked them goes on.
    fn needed(&self, conn: &mut PgConnection, _: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
        let people: Vec<Uuid> = of.iter().map(|one| one.person).collect();
        let needed = store::asked_and_open(conn, &people)?;
        Ok(needed.into_iter().map(|person| Needed { person, record: "URGENT_CALL", until: None }).collect())
    }

    fn found_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
        let people = persons_of(errand.conn, of)?;
        let mut found = Vec::new();
        for row in store::asked_persons(errand.conn, &people)? {
            let Some(call) = store::find(errand.conn, row.urgent_call_id)? else { continue };
            let wanted = Some(words::wanted(&call));
            let said = [wanted, Some(call.hospital), row.answer, row.arrives_at.map(words::arrives)];
            let text = said.into_iter().flatten().collect::<Vec<_>>().join("; ");
            found.push(Holding { what: "URGENT_CALL".to_owned(), gift: None, text, since: Some(row.asked_at), kept_until: None });
        }
        for stop in stops::of_persons(errand.conn, &people)? {
            let again = stop.lifted_at.map(|at| format!("; gọi lại từ {}", words::arrives(at)));
            let text = format!("Không gọi hiến máu khẩn cấp nữa{}", again.unwrap_or_default());
            let since = Some(stop.stopped_at);
            found.push(Holding { what: "URGENT_CALL_STOP".to_owned(), gift: None, text, since, kept_until: None });
        }
        let donors = donors_of(errand.conn, &people)?;
        for (club, joined_on, left_on) in clubs::of_donors(errand.conn, &donors)? {
            let left = left_on.map(|day| format!(" – {day}")).unwrap_or_default();
            let text = format!("{club}; {joined_on}{left}");
            found.push(Holding { what: "BLOOD_CLUB".to_owned(), gift: None, text, since: None, kept_until: None });
        }
        Ok(found)
    }

    /// Whoever is not to be asked is not, whatever they are called.
    fn correct_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>, to: Uuid, _: &Called) -> Result<(), PersonsError> {
        let people = persons_of(errand.conn, of)?;
        Ok(stops::relink(errand.conn, &people, &party_hash(errand.vault, &UrgentRoll, to))?)
    }

    /// Their links say nothing any more, and nothing is known of who they were; they are in no club.
    fn erase_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Kept>, PersonsError> {
        let people = persons_of(errand.conn, of)?;
        close_links(errand, &people)?;
        store::unlink(errand.conn, &people)?;
        stops::unlink(errand.conn, &people)?;
        let donors = donors_of(errand.conn, &people)?;
        clubs::leave_all(errand.conn, &donors, vietnam_date(errand.now))?;
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
