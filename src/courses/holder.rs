//! What this room answers for the persons in its tables: who takes part, who teaches, whose certificates they are.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::certificate_store::{self, CertificateRow};
use super::certificates::elsewhere;
use super::enrolments;
use super::fault::Fault;
use super::model::{CertificateState, CourseEnrolmentCancelled, CourseState};
use super::places;
use super::retention;
use super::store;
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::house::errand::Errand;
use crate::house::persons::{Called, Candidate, Holding, HoldsPersons, Kept, Needed, OfParty, PersonsError, Processing};
use crate::outbox;
use crate::persons;
use crate::vault::VaultError;

/// See the module.
pub struct Learners;

fn ids(errand: &mut Errand<'_>, of: &OfParty<'_>, or: Option<Uuid>) -> Result<Vec<Uuid>, PersonsError> {
    let mut people = persons::ids_of_party(errand.conn, of.party, of.chapters)?;
    if let Some(other) = or {
        people.extend(persons::ids_of_party(errand.conn, other, of.chapters)?);
    }
    Ok(people.into_iter().map(|id| id.0).collect())
}

fn cannot(fault: Fault) -> PersonsError {
    match fault {
        Fault::Db(error) => error.into(),
        _ => VaultError::Damaged.into(),
    }
}

fn holding(what: &str, said: Vec<Option<String>>, since: Option<chrono::DateTime<chrono::Utc>>) -> Holding {
    let text = said.into_iter().flatten().collect::<Vec<_>>().join("; ");
    Holding { what: what.to_owned(), gift: None, text, since, kept_until: None }
}

/// Names that stand beside certificates go; the certificates stay.
fn hide_names(conn: &mut PgConnection, rows: &[CertificateRow]) -> Result<(), DbError> {
    for row in rows.iter().filter(|row| row.name_text.is_some()) {
        certificate_store::name(conn, row, None)?;
    }
    Ok(())
}

impl HoldsPersons for Learners {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Ghi danh, điểm danh, kết quả tập huấn; giấy chứng nhận của Hội và của nơi khác; họ tên tại trang kiểm tra mã",
                "Enrolment, attendance and results of courses; certificates of ours and of other bodies; the name where a code is checked",
            ),
            purpose: (
                "Tổ chức tập huấn, cấp và kiểm tra giấy chứng nhận, nhắc tập huấn lại, thống kê",
                "To hold courses, to give and check certificates, to know who is due for a refresher, to count",
            ),
            grounds: (
                "Sự đồng ý khi ghi danh (Luật 91/2025/QH15, điều 9); công khai họ tên theo sự đồng ý riêng (điều 16)",
                "Consent when enrolling (Law 91/2025/QH15, art. 9); the name by a consent of its own (art. 16)",
            ),
            readers: (
                "Cán bộ được giao của chính đơn vị đó; ai có mã chỉ biết giấy chứng nhận còn giá trị hay không, họ tên nếu đồng ý",
                "Officers of that very chapter who are charged with it; whoever has the code learns whether it is valid, and the name if that was agreed to",
            ),
            period: (
                "Đến khi xóa theo yêu cầu hoặc hết thời hạn lưu; số đếm không còn gắn với người thì giữ",
                "Until erased on request or the time of keeping is over; counts without a person stay",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "certificate.elsewhere",
            "certificate.person_id",
            "certificate.request_hash",
            "course_enrolment.person_id",
            "course_trainer.person_id",
            "public_certificate.name",
        ]
    }

    fn needed(&self, conn: &mut PgConnection, periods: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
        retention::needed(conn, periods, of)
    }

    fn is_shown_of(&self, conn: &mut PgConnection, of: &OfParty<'_>) -> Result<bool, DbError> {
        let people = persons::ids_of_party(conn, of.party, of.chapters)?;
        let people: Vec<Uuid> = people.into_iter().map(|id| id.0).collect();
        Ok(certificate_store::of_persons(conn, &people)?.iter().any(|row| row.name_text.is_some()))
    }

    fn found_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
        let people = ids(errand, of, None)?;
        let (mut found, rows) = (Vec::new(), enrolments::of_persons(errand.conn, &people)?);
        let taught = store::taught_by(errand.conn, &people)?;
        let all: Vec<Uuid> = rows.iter().map(|row| row.course_id).chain(taught.iter().copied()).collect();
        let courses = store::by_ids(errand.conn, &all)?;
        let code = |id: &Uuid| courses.get(id).map(|course| format!("{} {}", course.code, course.title));
        for row in rows {
            found.push(holding("COURSE", vec![code(&row.course_id), Some(row.state), row.result], Some(row.enrolled_at)));
        }
        for course in taught {
            found.push(holding("COURSE_TAUGHT", vec![code(&course)], None));
        }
        for row in certificate_store::of_persons(errand.conn, &people)? {
            let other = elsewhere(errand.vault, &row).map_err(cannot)?.map(|said| format!("{}, {}", said.issuer, said.serial));
            let last = row.valid_until.map(|day| day.to_string());
            let said = vec![Some(row.kind), row.code, other, Some(row.given_on.to_string()), last, Some(row.state)];
            found.push(holding("CERTIFICATE", said, Some(row.recorded_at)));
        }
        Ok(found)
    }

    fn correct_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>, to: Uuid, called: &Called) -> Result<(), PersonsError> {
        let people = ids(errand, of, Some(to))?;
        let rows = certificate_store::of_persons(errand.conn, &people)?;
        let codes: Vec<String> = rows.into_iter().filter_map(|row| row.code).collect();
        Ok(certificate_store::rename(errand.conn, &codes, &called.name)?)
    }

    /// What may not be used is not shown; afterwards it takes a new consent.
    fn restrict_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<(), PersonsError> {
        self.hide_of(errand, of)
    }

    fn hide_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<(), PersonsError> {
        let people = ids(errand, of, None)?;
        let rows = certificate_store::of_persons(errand.conn, &people)?;
        Ok(hide_names(errand.conn, &rows)?)
    }

    /// Their places become free and who waits moves up; certificates are no longer on record; what was counted says no more who it was.
    fn erase_of(&self, errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Kept>, PersonsError> {
        let people = ids(errand, of, None)?;
        let before = enrolments::of_persons(errand.conn, &people)?;
        let mut courses: Vec<Uuid> = before.iter().map(|row| row.course_id).collect();
        courses.dedup();
        // Held, so that nobody closes or corrects one meanwhile; then read again.
        let mut courses = store::hold_all(errand.conn, &courses)?;
        let rows = enrolments::of_persons(errand.conn, &people)?;
        for row in &rows {
            let Some(course) = courses.iter_mut().find(|course| course.id == row.course_id) else { continue };
            if course.is(CourseState::Open) {
                places::give_up(errand.conn, errand.now, course, row, CourseEnrolmentCancelled::Erased)?;
            }
        }
        let of_rows: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        enrolments::forget_attendance(errand.conn, &of_rows)?;
        outbox::forget_about(errand.conn, &of_rows, errand.now)?;
        store::forget_trainers(errand.conn, &people)?;
        let certificates = certificate_store::of_persons(errand.conn, &people)?;
        certificate_store::end(errand.conn, &certificates, CertificateState::Erased)?;
        let ids: Vec<Uuid> = certificates.iter().map(|row| row.id).collect();
        certificate_store::forget(errand.conn, &ids)?;
        Ok(Vec::new())
    }
}
