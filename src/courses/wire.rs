//! What is sent about courses and certificates, with the checks that need no database.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{CourseCancelled, CourseCorrectionReason, CourseResult, Session, may_be_given, may_meet, minute};
use super::store::CourseRow;
use crate::basics::Line;
use crate::http::{Check, FieldError, Patch, one_line};
use crate::persons::PersonId;
use crate::persons::model::is_by_chance;

const MOST_TITLE: usize = 200;
const MOST_PLACE: usize = 200;
const MOST_PLACES: i16 = 1_000;
const MOST_SESSIONS: usize = 60;
const MOST_TRAINERS: usize = 20;
const MOST_ISSUER: usize = 200;
const MOST_SERIAL: usize = 60;

/// A meeting of a course.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseSessionIn {
    /// The day it is on.
    #[schema(example = "2026-12-05")]
    pub day: NaiveDate,
    /// Vietnamese time.
    #[schema(example = "08:00", max_length = 5)]
    pub from: String,
    /// Vietnamese time.
    #[schema(example = "11:30", max_length = 5)]
    pub until: String,
}

/// A course to be planned.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseIn {
    /// Made by the client, once; sent again it plans nothing.
    pub id: Uuid,
    /// Code of the chapter that gives it.
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// What is taught (`GET /course-kinds`).
    #[schema(example = "FIRST_AID_BASIC", max_length = 40)]
    pub course_kind: String,
    /// What it is called. It may be shown to everybody.
    #[schema(example = "Sơ cấp cứu cơ bản cho thôn xóm", max_length = 200)]
    pub title: String,
    /// Where it meets. It may be shown to everybody.
    #[schema(example = "Nhà văn hóa thôn 2, xã Hàm Liêm", max_length = 200)]
    pub place: String,
    /// How many can take part; who comes later waits.
    #[schema(minimum = 1, maximum = 1000, example = 30)]
    pub places: i16,
    /// Whether everybody sees it while it is open; yes unless said otherwise.
    #[serde(default = "yes")]
    #[schema(example = true)]
    pub listed: bool,
    /// When it meets, in their order.
    #[schema(min_items = 1, max_items = 60)]
    pub sessions: Vec<CourseSessionIn>,
    /// Persons of the chapter who teach it.
    #[serde(default)]
    #[schema(max_items = 20, value_type = Vec<Uuid>)]
    pub trainers: Vec<PersonId>,
}

fn yes() -> bool {
    true
}

/// A course that is right in itself.
#[derive(Debug, Clone)]
pub struct Planned {
    pub title: String,
    pub place: String,
    pub places: i16,
    pub listed: bool,
    pub sessions: Vec<Session>,
    pub trainers: Vec<Uuid>,
}

impl Planned {
    /// Its first and its last day.
    pub fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        let days = || self.sessions.iter().map(|session| session.day);
        days().min().zip(days().max())
    }
}

impl CourseIn {
    /// Checks every field; all mistakes at once.
    pub fn check(&self, today: NaiveDate) -> Result<Planned, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID riêng của lớp này.", "id must be a UUID of this course's own.");
        let said = Said {
            title: &self.title,
            place: &self.place,
            places: self.places,
            sessions: read_sessions(&mut check, &self.sessions, today),
            trainers: &self.trainers,
        };
        let made = said.check(&mut check, self.listed);
        check.done(made)
    }
}

/// Changes to a course: a field left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CoursePatch {
    /// What it is called. It may be shown to everybody.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub title: Patch<String>,
    /// Where it meets; who has a place is told.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub place: Patch<String>,
    /// Not below the number of those who have a place. Raised, those who wait move up.
    #[serde(default)]
    #[schema(value_type = Option<i16>, minimum = 1, maximum = 1000)]
    pub places: Patch<i16>,
    /// Whether everybody sees it while it is open.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub listed: Patch<bool>,
    /// All of them, in their order; of an open course not fewer than before. Who has a place is told.
    #[serde(default)]
    #[schema(value_type = Option<Vec<CourseSessionIn>>, min_items = 1, max_items = 60)]
    pub sessions: Patch<Vec<CourseSessionIn>>,
    /// All who teach it.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Uuid>>, max_items = 20)]
    pub trainers: Patch<Vec<PersonId>>,
}

impl CoursePatch {
    /// What is said of the course afterwards. Days that were right before stay right.
    pub fn over(
        self,
        old: &CourseRow,
        sessions: Vec<Session>,
        trainers: Vec<PersonId>,
        today: NaiveDate,
    ) -> Result<Planned, Vec<FieldError>> {
        let mut check = Check::default();
        let title = self.title.over_required("/title", old.title.clone(), &mut check);
        let place = self.place.over_required("/place", old.place.clone(), &mut check);
        let places = self.places.over_required("/places", old.places, &mut check);
        let listed = self.listed.over_required("/listed", old.listed, &mut check);
        let sessions = match self.sessions {
            Patch::Value(new) => read_sessions(&mut check, &new, today),
            Patch::Absent => Some(sessions),
            Patch::Null => read_sessions(&mut check, &[], today),
        };
        let trainers = self.trainers.over(Some(trainers)).unwrap_or_default();
        let said = Said { title: &title, place: &place, places, sessions, trainers: &trainers };
        let made = said.check(&mut check, listed);
        check.done(made)
    }
}

/// What both ways of saying a course say.
struct Said<'a> {
    title: &'a str,
    place: &'a str,
    places: i16,
    sessions: Option<Vec<Session>>,
    trainers: &'a [PersonId],
}

impl Said<'_> {
    fn check(self, check: &mut Check, listed: bool) -> Option<Planned> {
        let title = check.read(one_line("/title", self.title, MOST_TITLE));
        let place = check.read(one_line("/place", self.place, MOST_PLACE));
        if !(1..=MOST_PLACES).contains(&self.places) {
            check.wrong("/places", "OUT_OF_RANGE", "Từ 1 đến 1.000 chỗ.", "1 to 1,000 places.");
        }
        if self.trainers.len() > MOST_TRAINERS {
            check.wrong("/trainers", "OUT_OF_RANGE", "Tối đa 20 người.", "At most 20.");
        }
        let mut trainers: Vec<Uuid> = self.trainers.iter().map(|person| person.0).collect();
        trainers.sort_unstable();
        trainers.dedup();
        Some(Planned {
            title: title?.as_str().to_owned(),
            place: place?.as_str().to_owned(),
            places: self.places,
            listed,
            sessions: self.sessions?,
            trainers,
        })
    }
}

fn read_sessions(check: &mut Check, said: &[CourseSessionIn], today: NaiveDate) -> Option<Vec<Session>> {
    if said.is_empty() || said.len() > MOST_SESSIONS {
        check.wrong("/sessions", "OUT_OF_RANGE", "Từ 1 đến 60 buổi.", "1 to 60 sessions.");
        return None;
    }
    let mut sessions: Vec<Session> = Vec::with_capacity(said.len());
    for (n, one) in said.iter().enumerate() {
        let time = |check: &mut Check, name: &str, text: &str| {
            let read = minute(text);
            if read.is_none() {
                check.wrong(
                    format!("/sessions/{n}/{name}"),
                    "NOT_A_TIME",
                    "Giờ viết như 08:00, từ 00:00 đến 24:00.",
                    "A time like 08:00, from 00:00 to 24:00.",
                );
            }
            read
        };
        if !may_meet(one.day, today) {
            check.wrong(
                format!("/sessions/{n}/day"),
                "OUT_OF_RANGE",
                "Từ một năm trước đến hai năm tới.",
                "Between a year ago and two years from now.",
            );
        }
        let (Some(from), Some(until)) = (time(check, "from", &one.from), time(check, "until", &one.until)) else { continue };
        let session = Session { day: one.day, from, until };
        if until <= from {
            check.wrong(format!("/sessions/{n}/until"), "OUT_OF_RANGE", "Sau giờ bắt đầu.", "After the beginning.");
        } else if sessions.iter().any(|other| other.meets(session)) {
            check.wrong(
                format!("/sessions/{n}/from"),
                "TWICE",
                "Trùng giờ với một buổi ở trên.",
                "At the time of a session above.",
            );
        }
        sessions.push(session);
    }
    (sessions.len() == said.len()).then_some(sessions)
}

/// Why a course is called off.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseCancellationIn {
    /// Why it does not take place.
    pub why: CourseCancelled,
}

/// Somebody who is to take part.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseEnrolmentIn {
    /// Made by the client, once, by chance alone (UUIDv4); sent again it enrols nobody.
    #[schema(example = "5d1c9e0a-7b34-4a52-8e1f-6c0d9b8a7f65")]
    pub id: Uuid,
    /// A person of the chapter.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
}

impl CourseEnrolmentIn {
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut check = Check::default();
        by_chance(&mut check, self.id);
        check.done(Some(()))
    }
}

fn by_chance(check: &mut Check, id: Uuid) {
    check.own_id("/id", id, "id phải là UUID riêng của yêu cầu này.", "id must be a UUID of its own.");
    if !is_by_chance(id) {
        check.wrong(
            "/id",
            "NOT_RANDOM",
            "id về một người phải là UUID ngẫu nhiên (phiên bản 4), không mang thời điểm.",
            "An id about a person is a random UUID (version 4), which carries no time.",
        );
    }
}

/// Who was there at a session: everybody who is named, and nobody else.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseAttendanceIn {
    /// Which session, from 1.
    #[schema(minimum = 1, example = 1)]
    pub session: i16,
    /// Ids of the enrolments of those who were there.
    #[schema(max_items = 1000)]
    pub present: Vec<Uuid>,
}

/// What came of a course for somebody.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseResultIn {
    /// Their enrolment.
    #[schema(example = "5d1c9e0a-7b34-4a52-8e1f-6c0d9b8a7f65")]
    pub enrolment: Uuid,
    /// What came of it.
    pub result: CourseResult,
}

/// The results of everybody who had a place.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseClosingIn {
    /// One for each who has a place.
    #[schema(max_items = 1000)]
    pub results: Vec<CourseResultIn>,
}

/// A result is another one.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseCorrectionIn {
    /// Made by the client, once.
    pub id: Uuid,
    /// What came of it.
    pub result: CourseResult,
    /// Why it is corrected.
    pub reason: CourseCorrectionReason,
    /// For whoever decides; kept sealed.
    #[serde(default)]
    #[schema(max_length = 500, example = "Chấm nhầm bài của người ngồi cạnh")]
    pub note: Option<String>,
}

/// Whether the link is sent.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourseLinkIn {
    /// To the person's telephone, where this installation sends messages; else it is told here, to be handed over.
    #[serde(default)]
    pub send: bool,
}

/// A certificate that another body gave.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificateIn {
    /// Made by the client, once, by chance alone (UUIDv4).
    #[schema(example = "8f2e1d0c-3b4a-4c5d-9e6f-7a8b9c0d1e2f")]
    pub id: Uuid,
    /// Code of the chapter that knows the person.
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// A person of the chapter.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
    /// What was taught (`GET /course-kinds`).
    #[schema(example = "WATER_RESCUE", max_length = 40)]
    pub course_kind: String,
    /// Who gave it.
    #[schema(example = "Bệnh viện Đa khoa tỉnh Bình Thuận", max_length = 200)]
    pub issuer: String,
    /// Its number there, as it is printed.
    #[schema(example = "0123/CN-BVĐK", max_length = 60)]
    pub serial: String,
    /// The day on which it was given.
    pub given_on: NaiveDate,
    /// The last day on which it is good, where it says one.
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
}

impl CertificateIn {
    /// Who gave it and its number there; all mistakes at once.
    pub fn check(&self, today: NaiveDate) -> Result<(Line, Line), Vec<FieldError>> {
        let mut check = Check::default();
        by_chance(&mut check, self.id);
        let issuer = check.read(one_line("/issuer", &self.issuer, MOST_ISSUER));
        let serial = check.read(one_line("/serial", &self.serial, MOST_SERIAL));
        if self.given_on > today {
            check.wrong("/given_on", "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
        } else if !may_be_given(self.given_on, today) {
            check.wrong("/given_on", "TOO_OLD", "Không trước ngày 23/11/1946.", "Not before 23/11/1946.");
        }
        if self.valid_until.is_some_and(|last| last < self.given_on) {
            check.wrong("/valid_until", "BEFORE_THE_START", "Không trước ngày cấp.", "Not before the day it was given.");
        }
        check.done(issuer.zip(serial))
    }
}

/// Consent of a certificate's holder to have their name shown where its code is checked.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificateNameIn {
    /// Which text they agreed to (`GET /certificate-name-texts`).
    #[schema(minimum = 1, example = 1)]
    pub text_version: i16,
    /// The day on which they agreed.
    pub given_on: NaiveDate,
}
