//! Courses, enrolments and certificates as they go out to officers.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{
    CertificateState, CourseArea, CourseCancelled, CourseCorrectionReason, CourseCorrectionState, CourseEnrolmentCancelled,
    CourseEnrolmentState, CourseResult, CourseState,
};
use crate::persons::found::PersonFound;

/// A kind of course.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CourseKindOut {
    /// By which it is asked for.
    #[schema(example = "FIRST_AID_BASIC")]
    pub code: String,
    /// In Vietnamese.
    #[schema(example = "Sơ cấp cứu cơ bản")]
    pub vi: String,
    /// In English.
    #[schema(example = "Basic first aid")]
    pub en: String,
    /// The activity area of the law it serves; absent of what serves the society itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<CourseArea>,
    /// The kind whose certificate it makes good again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renews: Option<String>,
    /// For how many months a certificate given today is good; absent where for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validity_months: Option<i16>,
}

/// A meeting of a course.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CourseSessionOut {
    /// Its number, from 1.
    pub n: i16,
    /// The day it is on.
    pub day: NaiveDate,
    /// Vietnamese time.
    #[schema(example = "08:00")]
    pub from: String,
    /// Vietnamese time.
    #[schema(example = "11:30")]
    pub until: String,
}

/// A course.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CourseOut {
    /// Its id.
    pub id: Uuid,
    /// As it is spoken and printed; kept whatever becomes of the chapter.
    #[schema(example = "68-LT-0001")]
    pub code: String,
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// What is taught (`GET /course-kinds`).
    #[schema(example = "FIRST_AID_BASIC")]
    pub course_kind: String,
    /// The kind in Vietnamese.
    #[schema(example = "Sơ cấp cứu cơ bản")]
    pub kind_vi: String,
    /// The kind in English.
    #[schema(example = "Basic first aid")]
    pub kind_en: String,
    /// What it is called.
    #[schema(example = "Sơ cấp cứu cơ bản cho thôn xóm")]
    pub title: String,
    /// Where it meets.
    #[schema(example = "Nhà văn hóa thôn 2, xã Hàm Liêm")]
    pub place: String,
    /// How many can take part.
    pub places: i16,
    /// Places that somebody has.
    pub taken: i16,
    /// People who wait for one.
    pub waiting: i64,
    /// Everybody sees it while it is open.
    pub listed: bool,
    /// How it stands.
    pub state: CourseState,
    /// The day of its first session.
    pub first_day: NaiveDate,
    /// The day of its last session.
    pub last_day: NaiveDate,
    /// In their order.
    pub sessions: Vec<CourseSessionOut>,
    /// Who teaches it: for those who see the chapter's people, in one course alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trainers: Vec<PersonFound>,
    /// Why it was called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled_why: Option<CourseCancelled>,
    /// When the results were entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_on: Option<NaiveDate>,
    /// When it was planned.
    pub recorded_at: DateTime<Utc>,
}

/// Somebody in a course.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CourseEnrolmentOut {
    /// Its id.
    pub id: Uuid,
    /// The course.
    pub course: Uuid,
    /// Its code.
    #[schema(example = "68-LT-0001")]
    pub course_code: String,
    /// Who it is; absent of somebody whose data were erased or may not be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonFound>,
    /// How it stands.
    pub state: CourseEnrolmentState,
    /// The order in which they came.
    pub turn: i32,
    /// When they were enrolled.
    pub enrolled_at: DateTime<Utc>,
    /// When they moved up from the waiting list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_up_at: Option<DateTime<Utc>>,
    /// When the place was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<DateTime<Utc>>,
    /// How the place was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled_how: Option<CourseEnrolmentCancelled>,
    /// Sessions at which they were there.
    pub attended: Vec<i16>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<CourseResult>,
    /// Id of the certificate that stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Uuid>,
    /// Corrections of the result, the oldest first; in one enrolment alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<CourseCorrectionOut>,
}

/// A correction of a result.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CourseCorrectionOut {
    /// Its id.
    pub id: Uuid,
    /// Whose result, as an enrolment.
    pub enrolment: Uuid,
    /// The result there was.
    pub from: CourseResult,
    /// The result there is to be.
    pub to: CourseResult,
    /// Why.
    pub reason: CourseCorrectionReason,
    /// How the correction stands.
    pub state: CourseCorrectionState,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// Who it is about; for those who decide and those who see the chapter's people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonFound>,
    /// For whoever decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A link with which somebody gives up their place.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CourseLinkOut {
    /// Id of the link; of no use to open it.
    pub id: Uuid,
    /// Whose place, as an enrolment.
    pub enrolment: Uuid,
    /// Good until then, once.
    pub ends_at: DateTime<Utc>,
    /// It was sent to the person.
    pub sent: bool,
    /// Told this once, and only where it is handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://so.example.org/l/3q2-7wAA…")]
    pub url: Option<String>,
}

/// A certificate.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CertificateOut {
    /// Its id.
    pub id: Uuid,
    /// Code of the chapter that gave or recorded it.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Whose it is; absent of somebody whose data were erased or may not be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonFound>,
    /// What is taught (`GET /course-kinds`).
    #[schema(example = "FIRST_AID_BASIC")]
    pub course_kind: String,
    /// The kind in Vietnamese.
    #[schema(example = "Sơ cấp cứu cơ bản")]
    pub kind_vi: String,
    /// The kind in English.
    #[schema(example = "Basic first aid")]
    pub kind_en: String,
    /// What anybody checks it by; absent of a certificate of another body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: Option<String>,
    /// Code of the course.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "68-LT-0001")]
    pub course: Option<String>,
    /// Who gave it, of one of another body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Its number there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// The day on which it was given.
    pub given_on: NaiveDate,
    /// The last day on which it is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    /// Its time is over.
    pub expired: bool,
    /// How it stands.
    pub state: CertificateState,
    /// Its holder agreed that the name is shown where the code is checked.
    pub name_shown: bool,
}

/// A text that holders of certificates agree to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CertificateNameTextOut {
    /// Its number.
    pub version: i16,
    /// The first day on which it could be agreed to.
    pub valid_from: NaiveDate,
    /// The first day on which it can be no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

/// Courses of a kind that were over in a year. Numbers alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CourseCount {
    /// What is taught (`GET /course-kinds`).
    #[schema(example = "FIRST_AID_BASIC")]
    pub course_kind: String,
    /// The activity area of the law that the kind serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<CourseArea>,
    /// Courses whose results are in.
    pub courses: i64,
    /// People who had a place.
    pub enrolled: i64,
    /// Of those, who passed.
    pub passed: i64,
    /// Of those, who failed.
    pub failed: i64,
    /// Of those, who did not come, or not often enough.
    pub absent: i64,
    /// Of those who passed, those who held a post of the society on the last day.
    pub officers: i64,
}

/// What was taught in a year at a chapter and all that stands below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CourseCounts {
    /// Code of the chapter.
    #[schema(example = "68")]
    pub chapter: String,
    /// The year in which courses were over.
    #[schema(example = 2026)]
    pub year: i32,
    /// By kind of course.
    pub rows: Vec<CourseCount>,
}
