//! Donors as they go out to those who may see them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{BloodCertificateState, DonationId, DonationProof, DonorId, DonorState};
use crate::blood_rules::Component;
use crate::persons::{PersonId, Sex};

/// A donor.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DonorOut {
    #[schema(value_type = Uuid)]
    pub id: DonorId,
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// The person, by the chapter's own name.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
    /// Absent where the data are kept and may not be used, or were erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Lan")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0912345678")]
    pub phone: Option<String>,
    /// A day, or a year alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "1988-05-01")]
    pub birth: Option<String>,
    /// As in their papers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// Where they stand.
    #[schema(value_type = DonorState)]
    pub state: String,
    /// The ABO group, once the tests of two days agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "B")]
    pub abo: Option<String>,
    /// The Rh factor, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "NEGATIVE")]
    pub rh: Option<String>,
    /// On how many days tests agreed so far, up to 2.
    pub group_tests: i16,
    /// Whether they come when blood is wanted at once; absent where nobody has asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub willing: Option<bool>,
    /// The day on which they said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub willing_on: Option<NaiveDate>,
    /// The last day on which the centre puts them off; why is not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deferred_until: Option<NaiveDate>,
    /// How often they gave, as far as the chapter knows.
    pub donations: i32,
    /// What they gave, the newest first.
    pub history: Vec<DonationOut>,
    /// Certificates, the newest first.
    pub certificates: Vec<BloodCertificateOut>,
    /// From which day on they may give what, by the rules of the day that was asked about.
    pub next: Vec<NextDonation>,
    /// The day whose rules these are.
    pub rules_of: NaiveDate,
    /// That only the blood centre decides, in Vietnamese.
    pub only_the_centre_vi: &'static str,
    /// In English.
    pub only_the_centre_en: &'static str,
    pub recorded_at: DateTime<Utc>,
}

/// Something somebody gave.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DonationOut {
    #[schema(value_type = Uuid)]
    pub id: DonationId,
    /// When it was given.
    pub day: NaiveDate,
    /// What.
    #[schema(value_type = Component)]
    pub component: String,
    /// In millilitres; absent where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 350)]
    pub volume_ml: Option<i16>,
    /// The donation number with its check character.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "G1234 89 654321 Y")]
    pub din: Option<String>,
    /// Code of the blood centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "LAM_DONG")]
    pub centre: Option<String>,
    /// Whether it was given at a drive of the society's.
    pub at_drive: bool,
    /// What shows it.
    #[schema(value_type = DonationProof)]
    pub proof: String,
    /// False of one that was entered by mistake, or corrected by its blood centre.
    pub stands: bool,
}

/// Something that was given at a drive.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DonationAtDriveOut {
    #[serde(flatten)]
    pub donation: DonationOut,
    /// Who gave; absent where nobody knows, and of who was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub donor: Option<DonorId>,
    /// Absent where the data are kept and may not be used, or were erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Lan")]
    pub name: Option<String>,
    /// Its newest certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<BloodCertificateOut>,
    /// The donation in whose place a correction put it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub replaces: Option<DonationId>,
}

/// A certificate of a donation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodCertificateOut {
    /// Our code: `/g/{code}` leads to where it is checked.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    /// The centre's serial, as it stands on the certificate.
    #[schema(example = "HM 0012345")]
    pub serial: String,
    /// Code of the blood centre.
    #[schema(example = "LAM_DONG")]
    pub centre: String,
    /// The donation it is of.
    #[schema(value_type = Uuid)]
    pub donation: DonationId,
    /// The day of the donation.
    pub given_on: NaiveDate,
    /// What was given, in millilitres.
    pub volume_ml: i16,
    /// How much of it was given back in blood.
    pub redeemed_ml: i16,
    /// Whether it stands.
    #[schema(value_type = BloodCertificateState)]
    pub state: String,
}

/// When somebody may give something next.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NextDonation {
    /// What is given.
    pub component: Component,
    /// The first day, not before the one that was asked about; absent where there is none by these rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// What stands in the way until then.
    pub because: Vec<InTheWay>,
}

/// A rule that stands in the way.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InTheWay {
    /// The rule, as a code.
    #[schema(example = "INTERVAL_WHOLE_BLOOD")]
    pub rule: String,
    /// What it says, in Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
    /// The provision, in Vietnamese; absent where the centre put somebody off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Thông tư 26/2013/TT-BYT, Điều 6")]
    pub law_vi: Option<String>,
    /// In English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub law_en: Option<String>,
}

/// A donor in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DonorFound {
    #[schema(value_type = Uuid)]
    pub id: DonorId,
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// The person, by the chapter's own name.
    #[schema(value_type = Uuid)]
    pub person: PersonId,
    /// Absent where the data are kept and may not be used, or were erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Lan")]
    pub name: Option<String>,
    /// The last digits of the telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "5678")]
    pub phone_ends: Option<String>,
    /// The year of birth, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1988)]
    pub birth_year: Option<i32>,
    /// Where they stand.
    #[schema(value_type = DonorState)]
    pub state: String,
    /// Whether they come when blood is wanted at once; absent where nobody has asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub willing: Option<bool>,
    /// How often they gave.
    pub donations: i32,
    /// When they gave last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_on: Option<NaiveDate>,
}
