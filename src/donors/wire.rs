//! How donors, donations and what becomes of certificates are sent.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::DonationProof;
use super::typed;
use crate::basics::Line;
use crate::blood_rules::{AboGroup, Component, Din, RhFactor};
use crate::http::{Check, FieldError, Patch, one_line};
use crate::persons::Sex;
use crate::persons::lists::{Particulars, Told};
use crate::persons::model::is_by_chance;

const MOST_FACILITY: usize = 120;
const MOST_ML: i16 = 2_000;

/// A donor to be entered: a person whom the chapter has written down, or somebody new by name.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DonorIn {
    /// Made by the client, once, by chance alone (UUIDv4); sending the same donor again with it enters them once.
    #[schema(example = "4f6a1c0e-52a5-4b0b-9c39-6d1f0b7a2e11")]
    pub id: Uuid,
    /// Code of the chapter.
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// The person, by the chapter's own name; absent of somebody new.
    #[serde(default)]
    pub person: Option<Uuid>,
    /// Of somebody new, family name first, as in the person's papers.
    #[serde(default)]
    #[schema(example = "Nguyễn Thị Lan", max_length = 100)]
    pub name: Option<String>,
    #[serde(default)]
    #[schema(example = "0912345678", max_length = 40)]
    pub phone: Option<String>,
    /// The day, or the year alone where the day is not known.
    #[serde(default)]
    #[schema(example = "1988-05-01", max_length = 10)]
    pub birth: Option<String>,
    /// As in their papers.
    #[serde(default)]
    pub sex: Option<Sex>,
    /// Code of the commune, ward or special zone where they live.
    #[serde(default)]
    #[schema(example = "23095", max_length = 5)]
    pub commune: Option<String>,
    /// Whether they come when blood is wanted at once; absent where nobody has asked.
    #[serde(default)]
    pub willing: Option<bool>,
}

/// Whom a donor is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    Known(Uuid),
    New(Box<Particulars>),
}

/// The id of a record of a person is made by chance alone.
fn random_id(check: &mut Check, id: Uuid) {
    check.own_id("/id", id, "id phải là UUID riêng của hồ sơ này.", "id must be a UUID of its own.");
    if !is_by_chance(id) {
        check.wrong(
            "/id",
            "NOT_RANDOM",
            "id của hồ sơ hiến máu phải là UUID ngẫu nhiên (phiên bản 4), không mang thời điểm.",
            "The id of a donor's record is a random UUID (version 4), which carries no time.",
        );
    }
}

impl DonorIn {
    /// Checks all of it: whom.
    pub(super) fn check(&self, today: NaiveDate) -> Result<Whom, Vec<FieldError>> {
        let mut check = Check::default();
        random_id(&mut check, self.id);
        let says_more = self.phone.is_some() || self.birth.is_some() || self.sex.is_some() || self.commune.is_some();
        let whom = match (self.person, &self.name) {
            (Some(person), None) if !says_more => Some(Whom::Known(person)),
            (None, Some(name)) => {
                let told = Told {
                    name,
                    phone: self.phone.as_deref(),
                    birth: self.birth.as_deref(),
                    sex: self.sex,
                    commune: self.commune.as_deref(),
                    ..Told::default()
                };
                told.check(&mut check, today).map(|of| Whom::New(Box::new(of)))
            }
            _ => {
                check.wrong(
                    "/person",
                    "ONE_OF_TWO",
                    "Hãy ghi person (người đơn vị đã có), hoặc name và các thông tin của người mới, không ghi cả hai.",
                    "Say person (somebody the chapter has written down) or name and what is known of somebody new, not both.",
                );
                None
            }
        };
        check.done(whom)
    }
}

/// What changes of a donor: a field left out stays, `null` takes away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DonorPatch {
    /// Whether they come when blood is wanted at once, as they say today.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub willing: Patch<bool>,
    /// False: they do not give any more, and are not asked.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub active: Patch<bool>,
}

/// Something that was given elsewhere, or before: what the blood centre reports of a drive comes with its list.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DonationIn {
    /// Made by the client, once, by chance alone (UUIDv4).
    #[schema(example = "b5a0f0c2-8f2a-4a0c-8d11-2f1f5d7a9e02")]
    pub id: Uuid,
    /// When it was given.
    #[schema(example = "2026-06-14")]
    pub day: NaiveDate,
    /// What was given.
    pub component: Component,
    /// Where it is known.
    #[serde(default)]
    #[schema(example = 350, minimum = 1, maximum = 2000)]
    pub volume_ml: Option<i16>,
    /// The number on the bag and the certificate (ISBT 128): thirteen characters and the check character, or as scanned.
    #[serde(default)]
    #[schema(example = "G123489654321Y", max_length = 40)]
    pub din: Option<String>,
    /// Code of the blood centre.
    #[serde(default)]
    #[schema(example = "LAM_DONG", max_length = 40)]
    pub centre: Option<String>,
    /// The serial of the certificate, as it stands there; with it the volume and the centre are wanted.
    #[serde(default)]
    #[schema(example = "HM 0012345", max_length = 60)]
    pub serial: Option<String>,
    /// The ABO group as the certificate has it, with `rh`.
    #[serde(default)]
    pub abo: Option<AboGroup>,
    /// The Rh factor, with `abo`.
    #[serde(default)]
    pub rh: Option<RhFactor>,
    /// What shows it: `PAPER` or `SAID`. `CENTRE` comes with the centre's own list.
    pub proof: DonationProof,
}

/// [`DonationIn`], checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub din: Option<Din>,
    pub serial: Option<Line>,
}

impl DonationIn {
    /// Checks all that can be checked without the database.
    pub(super) fn check(&self, today: NaiveDate) -> Result<Checked, Vec<FieldError>> {
        let mut check = Check::default();
        random_id(&mut check, self.id);
        // Nobody who lives gave blood longer ago.
        let earliest = today.checked_sub_months(Months::new(12 * 90)).unwrap_or(NaiveDate::MIN);
        if self.day > today {
            check.wrong("/day", "IN_THE_FUTURE", "Ngày hiến chưa tới.", "Not after today.");
        } else if self.day < earliest {
            check.wrong("/day", "TOO_EARLY", "Ngày hiến quá xa: hãy xem lại năm.", "So long ago: look at the year again.");
        }
        if self.volume_ml.is_some_and(|ml| !(1..=MOST_ML).contains(&ml)) {
            check.wrong("/volume_ml", "OUT_OF_RANGE", "Thể tích từ 1 đến 2000 ml.", "From 1 to 2000 ml.");
        }
        if self.abo.is_some() != self.rh.is_some() {
            check.wrong("/rh", "MISSING", "Ghi cả nhóm ABO và Rh, hoặc không ghi.", "Both ABO and Rh, or neither.");
        }
        if self.proof == DonationProof::Centre {
            check.wrong(
                "/proof",
                "NOT_A_CHOICE",
                "Danh sách của cơ sở tiếp nhận máu được nạp ở ngày hiến máu; ở đây chọn PAPER hoặc SAID.",
                "The centre's list comes in at the drive; here it is PAPER or SAID.",
            );
        }
        let din = self.din.as_deref().map(|text| check.read(typed::din("/din", text)));
        let serial = self.serial.as_deref().map(|text| check.read(typed::serial("/serial", text)));
        if serial.is_some() && (self.volume_ml.is_none() || self.centre.is_none() || self.proof != DonationProof::Paper) {
            check.wrong(
                "/serial",
                "MISSING",
                "Giấy chứng nhận cần thể tích, cơ sở tiếp nhận máu, và cán bộ đã xem giấy (PAPER).",
                "A certificate wants the volume, the blood centre, and an officer who has seen it (PAPER).",
            );
        }
        check.done(Some(Checked { din: din.flatten(), serial: serial.flatten() }))
    }
}

/// Blood that somebody was given for what they gave: a hospital has signed it on the certificate.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedemptionIn {
    /// Made by the client, once, by chance alone (UUIDv4).
    #[schema(example = "0b1d3f6a-5b2c-4c1d-8e3f-4a5b6c7d8e9f")]
    pub id: Uuid,
    /// Code of the certificate (ours, behind the QR).
    #[schema(example = "7ZC4K0M9T2R8VQ3BV", max_length = 40)]
    pub certificate: String,
    /// How much was given back, in millilitres.
    #[schema(example = 250, minimum = 1, maximum = 2000)]
    pub volume_ml: i16,
    /// When it was given back.
    pub day: NaiveDate,
    /// The hospital; sealed.
    #[serde(default)]
    #[schema(example = "Bệnh viện Đa khoa tỉnh Lâm Đồng", max_length = 120)]
    pub facility: Option<String>,
}

impl RedemptionIn {
    /// The hospital, if what was sent is right in itself.
    pub(super) fn check(&self, today: NaiveDate) -> Result<Option<Line>, Vec<FieldError>> {
        let mut check = Check::default();
        random_id(&mut check, self.id);
        if self.day > today {
            check.wrong("/day", "IN_THE_FUTURE", "Ngày nhận máu chưa tới.", "Not after today.");
        }
        if !(1..=MOST_ML).contains(&self.volume_ml) {
            check.wrong("/volume_ml", "OUT_OF_RANGE", "Thể tích từ 1 đến 2000 ml.", "From 1 to 2000 ml.");
        }
        let facility = self.facility.as_deref().map(|text| check.read(one_line("/facility", text, MOST_FACILITY)));
        check.done(Some(facility.flatten()))
    }
}
