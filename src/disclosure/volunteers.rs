//! `/api/v1/public/volunteer-applications`, and volunteers of a chapter as everybody may know them: by kind, at the end of each year, folded
//! where they are few.
//!
//! Signing up is the one thing that is written here. Whoever does so learns nothing of whom the house knows.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::NaiveDate;
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{CACHE_CONTROL, answer};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::{Db, DbError};
use crate::http::sets::Sends;
use crate::http::{Allowance, Answer, Body, Class, Problem, PublicUrl, Reply};
use crate::outbox::Ways;
use crate::tree::folding::YearTold;
use crate::vault::Vault;
use crate::volunteers::VolunteerKind;
use crate::volunteers::applications::{self, ConsentText, Desk, SignUp};
use crate::volunteers::sign_up::Typed;
use crate::volunteers::told;

/// Years that are shown, the newest.
const YEARS: usize = 10;
/// Longest body of an application.
const LIMIT: usize = 4_096;

/// Somebody who would like to be a volunteer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VolunteerApplicationIn {
    /// Family name first.
    #[schema(example = "Nguyễn Văn Bình", max_length = 100)]
    name: String,
    /// A telephone number or a mail address, to which the link is sent by which they confirm.
    #[schema(example = "0912345678", max_length = 254)]
    contact: String,
    /// Code of the chapter.
    #[schema(example = "23095", max_length = 40)]
    chapter: String,
    /// Version of the text they agree to (`GET /public/volunteer-consent-texts`).
    #[schema(example = 1)]
    consent: i16,
}

/// An application was taken down. The same answer whether the house knows them or not.
#[derive(Debug, Serialize, ToSchema)]
pub struct VolunteerApplicationTaken {
    /// They have so many days to confirm by the link that they are sent; afterwards what they wrote is erased.
    #[schema(example = 30)]
    confirm_within_days: i64,
}

/// A text that whoever signs up agrees to.
#[derive(Debug, Serialize, ToSchema)]
pub struct VolunteerConsentText {
    version: i16,
    valid_from: NaiveDate,
    /// The first day on which it is agreed to no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<NaiveDate>,
    /// In Vietnamese.
    vi: String,
    /// In English.
    en: String,
}

impl From<ConsentText> for VolunteerConsentText {
    fn from(text: ConsentText) -> Self {
        let ConsentText { version, valid_from, valid_to, vi, en } = text;
        Self { version, valid_from, valid_to, vi, en }
    }
}

/// With what an application is taken down.
pub struct Means {
    pub db: web::Data<Db>,
    pub vault: web::Data<Vault>,
    pub ways: web::Data<Ways>,
    pub public: web::Data<PublicUrl>,
    pub clock: web::Data<Clock>,
}

/// Takes an application down; returns for how many days it waits.
pub async fn take(means: Means, of: SignUp) -> Result<i64, Problem> {
    let Means { db, vault, ways, public, clock } = means;
    let now = clock.now();
    let work = move |conn: &mut PgConnection| -> Result<i64, Problem> {
        applications::take(conn, &Desk { vault: &vault, ways: &ways, public: &public, now }, &of)?;
        Ok(applications::waits(conn, now)?)
    };
    db.tx(work).await
}

/// Sign up as a volunteer of a chapter, without an account.
///
/// A link is sent to the number or address, by which they confirm; without it what they wrote is erased after some days. The answer is the
/// same for whomever the house knows and for everybody else. A chapter takes so many a day.
#[utoipa::path(
    tag = "public", request_body = VolunteerApplicationIn, responses((status = 202, body = VolunteerApplicationTaken), Sends),
    security(())
)]
#[post("/volunteer-applications")]
pub async fn apply_as_volunteer(
    allowance: Allowance,
    db: web::Data<Db>,
    vault: web::Data<Vault>,
    ways: web::Data<Ways>,
    public: web::Data<PublicUrl>,
    clock: web::Data<Clock>,
    Body(body): Body<VolunteerApplicationIn, LIMIT>,
) -> Answer<VolunteerApplicationTaken> {
    let VolunteerApplicationIn { name, contact, chapter, consent } = &body;
    let typed = Typed { name, contact, chapter, consent: Some(*consent) };
    let of = typed.check(vietnam_date(clock.now())).map_err(Problem::invalid)?;
    allowance.spend(Class::SignUp)?;
    let days = take(Means { db, vault, ways, public, clock }, of).await?;
    Ok(Reply::accepted(VolunteerApplicationTaken { confirm_within_days: days }))
}

/// The texts that whoever signs up as a volunteer agrees to, in all their versions.
#[utoipa::path(
    tag = "public",
    responses((status = 200, body = Vec<VolunteerConsentText>), (status = "default", response = crate::http::answers::AnyProblem)),
    security(())
)]
#[get("/volunteer-consent-texts")]
pub async fn list_volunteer_consent_texts(request: HttpRequest, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let texts = db.read_public(|conn| -> Result<_, Problem> { Ok(applications::texts(conn)?) }).await?;
    answer(&request, &texts.into_iter().map(VolunteerConsentText::from).collect::<Vec<_>>(), CACHE_CONTROL)
}

/// Volunteers of a chapter with everything below it. A chapter that has fewer than five, or whose count would give away that of such a one,
/// says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VolunteersOfYear {
    /// The last day of the year.
    pub on: NaiveDate,
    /// All of them.
    pub volunteers: i32,
    /// By kind; kinds of which some chapter has fewer than five are counted together.
    pub by_kind: Vec<VolunteersOfKinds>,
}

/// Volunteers of some kinds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VolunteersOfKinds {
    /// The kinds that are counted together.
    pub kinds: Vec<VolunteerKind>,
    /// How many there are.
    pub volunteers: i32,
}

/// The newest years of a chapter, newest first.
pub fn of(conn: &mut PgConnection, chapter: Uuid) -> Result<Vec<VolunteersOfYear>, DbError> {
    Ok(told::years(conn, chapter, YEARS)?.into_iter().filter_map(shown).collect())
}

fn shown(year: YearTold) -> Option<VolunteersOfYear> {
    let of_kinds = |(kinds, volunteers): (Vec<String>, i32)| VolunteersOfKinds {
        kinds: kinds.iter().filter_map(|kind| VolunteerKind::parse(kind)).collect(),
        volunteers,
    };
    Some(VolunteersOfYear {
        on: NaiveDate::from_ymd_opt(year.year, 12, 31)?,
        volunteers: year.groups.iter().map(|(_, volunteers)| volunteers).sum(),
        by_kind: year.groups.into_iter().map(of_kinds).collect(),
    })
}

/// The words of a kind.
pub fn said(kind: VolunteerKind) -> (&'static str, &'static str) {
    match kind {
        VolunteerKind::Volunteer => ("Tình nguyện viên", "Volunteers"),
        VolunteerKind::Collaborator => ("Cộng tác viên", "Collaborators"),
    }
}
