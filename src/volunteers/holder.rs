//! What this room answers for the persons in its tables: volunteers by their persons, and whoever sent an application.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::applications::{self, AppRow};
use super::model::VolunteerState;
use super::store::{self, Row};
use super::{hours, retention, skills, spans, steps, sums, worked};
use crate::basics::clock::vietnam_date;
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::db::schema::volunteer_application;
use crate::house::errand::Errand;
use crate::house::persons::{
    Called, Candidate, Holding, HoldsPersons, HowMany, Kept, Mentioned, Needed, OfParty, PersonsError, Processing,
};
use crate::persons::{self, PersonId};

/// See the module.
pub struct Volunteers;

fn of(errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Row>, PersonsError> {
    let ids = persons::ids_of_party(errand.conn, of.party, of.chapters)?;
    Ok(store::held_of_persons(errand.conn, &ids)?)
}

const PROCESSING: &[Processing] = &[
    Processing {
        data: (
            "Tình nguyện viên, cộng tác viên: tình trạng, kỹ năng, thời gian rảnh, ngoại ngữ, phương tiện, bảo hiểm, danh hiệu, giờ tình nguyện",
            "Volunteers and collaborators: state, skills, when they have time, languages, means, insurance, titles, hours",
        ),
        purpose: ("Quản lý và huy động tình nguyện viên, thống kê", "To keep volunteers, to call them out, to count"),
        grounds: ("Sự đồng ý (Luật 91/2025/QH15, điều 9)", "Consent (Law 91/2025/QH15, art. 9)"),
        readers: (
            "Cán bộ được giao của chính đơn vị đó; mỗi lần xem được ghi lại; cấp trên chỉ xem số đếm",
            "Officers of that very chapter who are charged with it; each reading is noted; levels above see counts",
        ),
        period: (
            "Đến khi thôi và hết thời hạn lưu, hoặc xóa theo yêu cầu; số đếm và số giờ không còn gắn với người thì giữ",
            "Until they end and the time of keeping is over, or erased on request; counts and hours without a person stay",
        ),
    },
    Processing {
        data: (
            "Đăng ký tình nguyện từ trang công khai: họ tên, số điện thoại hoặc địa chỉ thư",
            "Applications from the public page: name, telephone number or mail address",
        ),
        purpose: ("Liên hệ với người đăng ký", "To be in touch with whoever signs up"),
        grounds: ("Sự đồng ý (Luật 91/2025/QH15, điều 9)", "Consent (Law 91/2025/QH15, art. 9)"),
        readers: ("Cán bộ được giao của chính đơn vị đó", "Officers of that very chapter who are charged with it"),
        period: (
            "Đến khi được giải quyết; không xác nhận thì xóa sau 30 ngày",
            "Until decided; what is not confirmed is erased after 30 days",
        ),
    },
];

impl HoldsPersons for Volunteers {
    fn processing(&self) -> &'static [Processing] {
        PROCESSING
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "volunteer.request_hash",
            "volunteer_application.address_hash",
            "volunteer_application.content",
            "volunteer_hours.content",
            "volunteer_hours.request_hash",
            "volunteer_hours_void.reason",
            "volunteer_hours_void.request_hash",
            "volunteer_step.reason",
            "volunteer_step.request_hash",
        ]
    }

    /// Applications are of people who stand in no other room.
    fn how_many(&self, conn: &mut PgConnection) -> Result<HowMany, DbError> {
        use volunteer_application as a;
        let open: i64 = a::table.filter(a::content.is_not_null()).count().get_result(conn)?;
        Ok(HowMany { persons: open, sensitive: 0 })
    }

    fn needed(&self, conn: &mut PgConnection, periods: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
        retention::needed(conn, periods, of)
    }

    /// Applications that wait at these chapters and name them go.
    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        let mut ids = Vec::new();
        for row in open_at(errand.conn, &of.chapters)? {
            let Some(content) = row.open(errand.vault)? else { continue };
            if of.called.is_in(&content.name) || of.called.is_in(&content.address) {
                ids.push(row.id);
            }
        }
        applications::remove(errand.conn, &ids, errand.now)?;
        Ok(Vec::new())
    }

    fn found_of(&self, errand: &mut Errand<'_>, party: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
        let mut found = Vec::new();
        for row in of(errand, party)? {
            let id = row.volunteer();
            let can = skills::of(errand.conn, &[id])?.remove(&id).unwrap_or_default();
            let can = can.into_iter().map(|skill| skill.skill).collect::<Vec<_>>().join(", ");
            let worked = sums::of_volunteer(errand.conn, id)?;
            let worked =
                worked.into_iter().map(|year| format!("{}: {} min", year.year, year.minutes)).collect::<Vec<_>>().join(", ");
            let since = row.since.map(|day| day.to_string());
            let insured = row.insured_until.map(|day| day.to_string());
            let said = [Some(row.kind), Some(row.state), since, Some(can), Some(row.means.join(", ")), insured, Some(worked)];
            let text: Vec<String> = said.into_iter().flatten().filter(|text| !text.is_empty()).collect();
            found.push(Holding {
                what: "VOLUNTEER".to_owned(),
                gift: None,
                text: text.join("; "),
                since: Some(row.recorded_at),
                kept_until: None,
            });
        }
        Ok(found)
    }

    /// Called otherwise they may be another party, which is counted once a day from today on.
    fn correct_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>, to: Uuid, _: &Called) -> Result<(), PersonsError> {
        for party in [of.party, to] {
            for person in persons::ids_of_party(errand.conn, party, of.chapters)? {
                self.changed(errand, person.0)?;
            }
        }
        Ok(())
    }

    /// Whose party is another one is counted so from today on; days that are over stay as they were counted.
    fn changed(&self, errand: &mut Errand<'_>, person: Uuid) -> Result<(), PersonsError> {
        let Some((party, _)) = persons::stands_for(errand.conn, PersonId(person))? else { return Ok(()) };
        for row in store::held_of_persons(errand.conn, &[PersonId(person)])? {
            spans::follow(errand.conn, row.id, party, vietnam_date(errand.now))?;
        }
        Ok(())
    }

    /// They are no volunteer any more; hours stay without saying whose, what and where.
    fn erase_of(&self, errand: &mut Errand<'_>, party: &OfParty<'_>) -> Result<Vec<Kept>, PersonsError> {
        let day = vietnam_date(errand.now);
        let rows = of(errand, party)?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        for row in rows {
            spans::end(errand.conn, row.id, day)?;
            spans::forget(errand.conn, row.id)?;
            store::write(errand.conn, &erased(errand, row))?;
        }
        skills::forget(errand.conn, &ids)?;
        steps::forget(errand.conn, errand.vault, &ids)?;
        let hours = hours::forget(errand.conn, errand.vault, &ids)?;
        worked::forget_reasons(errand.conn, &hours)?;
        Ok(Vec::new())
    }
}

/// What is left of a row.
fn erased(errand: &Errand<'_>, row: Row) -> Row {
    Row {
        state: VolunteerState::Erased.name().to_owned(),
        willing: None,
        willing_on: None,
        weekdays: 0,
        day_parts: 0,
        languages: Vec::new(),
        means: Vec::new(),
        insured_until: None,
        request_hash: errand.vault.hash("volunteer.erased", row.id.as_bytes()).to_vec(),
        version: row.version + 1,
        ..row
    }
}

fn open_at(conn: &mut PgConnection, chapters: &[Uuid]) -> Result<Vec<AppRow>, DbError> {
    use volunteer_application as a;
    let query = a::table.filter(a::chapter_id.eq_any(chapters)).filter(a::content.is_not_null());
    Ok(query.select(AppRow::as_select()).for_no_key_update().load(conn)?)
}
