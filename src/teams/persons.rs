//! What this room answers for the persons in teams: that they are or were in them. A team's history stays when somebody is erased: their
//! time in it ends, and its row names a person about whom nothing is kept any more.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::store::{self, Ending, MemberRow};
use crate::basics::clock::vietnam_date;
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::persons::{Candidate, Holding, HoldsPersons, Kept, Mentioned, Needed, OfParty, PersonsError, Processing};
use crate::persons;
use crate::vault::place;

/// See the module. No record of the books leads here: people in teams are found by their party.
pub struct InTeams;

fn of_party(conn: &mut PgConnection, of: &OfParty<'_>) -> Result<Vec<MemberRow>, DbError> {
    let people: Vec<Uuid> = persons::ids_of_party(conn, of.party, of.chapters)?.into_iter().map(|id| id.0).collect();
    store::of_persons(conn, &people)
}

impl HoldsPersons for InTeams {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Ai ở trong đội, câu lạc bộ nào, giữ vai trò gì, từ ngày nào; đã dự buổi diễn tập nào",
                "Who is in which team or club, in which role, since when; which exercises they came to",
            ),
            purpose: ("Tổ chức đội xung kích, đội ứng phó, câu lạc bộ", "To keep shock teams, response teams and clubs"),
            grounds: ("Sự đồng ý (Luật 91/2025/QH15, điều 9)", "Consent (Law 91/2025/QH15, art. 9)"),
            readers: (
                "Cán bộ được giao của chính đơn vị đó; cấp trên chỉ thấy số lượng",
                "Officers of that very chapter who are charged with it; levels above see numbers",
            ),
            period: (
                "Đến khi xóa theo yêu cầu; lịch sử của đội giữ lại không kèm tên",
                "Until erased on request; the history of the team stays without a name",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &["team_exercise.note", "team_member.person_id"]
    }

    /// As long as they are in a team.
    fn needed(&self, conn: &mut PgConnection, _: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
        let people: Vec<Uuid> = of.iter().map(|one| one.person).collect();
        let mut rows = store::of_persons(conn, &people)?;
        rows.retain(|row| row.until_day.is_none());
        Ok(rows.into_iter().map(|row| Needed { person: row.person_id, record: "TEAM", until: None }).collect())
    }

    /// A note that names them goes.
    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        let mut naming = Vec::new();
        for (id, sealed) in store::notes_at(errand.conn, &of.chapters)? {
            if of.called.is_in(&errand.vault.open_text(place("team_exercise", "note", &id), &sealed)?) {
                naming.push(id);
            }
        }
        store::forget_notes(errand.conn, &naming)?;
        Ok(Vec::new())
    }

    fn found_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
        let mut found = Vec::new();
        for row in of_party(errand.conn, of)? {
            let Some(team) = store::find(errand.conn, row.team_id)? else { continue };
            let until = row.until_day.map(|day| format!(" – {day}")).unwrap_or_default();
            let text = format!("{}; {}{until}", team.name, row.from_day);
            found.push(Holding { what: "TEAM".to_owned(), gift: None, text, since: None, kept_until: None });
        }
        Ok(found)
    }

    /// Their time in teams ends, and at their head; who was there stays counted.
    fn erase_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Kept>, PersonsError> {
        let rows = of_party(errand.conn, of)?;
        let ending = Ending { until: vietnam_date(errand.now), by: None, at: errand.now };
        store::end_members(errand.conn, &rows.iter().collect::<Vec<_>>(), ending)?;
        Ok(Vec::new())
    }
}
