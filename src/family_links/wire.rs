//! What is sent about cases, and its checks.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{FamilyAnswer, FamilyFate, FamilyPartedBy, FamilyRelation, FamilyStepKind, may_be_child};
use super::sealed::{Clear, Enquirer, FoundPerson, Guardian, Sought};
use crate::basics::{Birth, unhex};
use crate::http::{Check, FieldError, one_line, one_name, phone};
use crate::members::model::{Consent, MemberKind, consent_needed};
use crate::parties::naming;
use crate::persons::Sex;
use crate::persons::model::{birth, is_by_chance};

/// The longest name, in characters.
const MOST_NAME: usize = 100;
/// The longest place or time, in characters.
const MOST_LINE: usize = 200;
/// The longest story, in characters.
const MOST_TEXT: usize = 2_000;
/// Names by which somebody may be known besides.
const MOST_NAMES: usize = 10;

/// Who speaks for a child.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FamilyGuardian {
    /// Their name, or that of the home or commune that stands in for a child alone.
    #[schema(example = "Nguyễn Thị Sáu", max_length = 100)]
    pub name: String,
    /// Where they are reached; nobody writes to the child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "0912345678", max_length = 40)]
    pub phone: Option<String>,
}

/// Who asks.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FamilyEnquirer {
    /// Family name first.
    #[schema(example = "Nguyễn Thị Bảy", max_length = 100)]
    pub name: String,
    /// Where they are reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "0912345678", max_length = 40)]
    pub phone: Option<String>,
    /// The day, or the year alone where the day is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "1946", max_length = 10)]
    pub birth: Option<String>,
    /// Where they live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Thôn 2, xã Hàm Liêm", max_length = 200)]
    pub address: Option<String>,
    /// What the sought is to them.
    pub relation: FamilyRelation,
    /// Who speaks for them, where they are a child.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardian: Option<FamilyGuardian>,
}

/// Who is sought.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FamilySought {
    /// As the enquirer knew them.
    #[schema(example = "Nguyễn Văn Tư", max_length = 100)]
    pub name: String,
    /// Other names: at home, in the army, of an adoption; at most ten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["Tư Lúa"]), max_items = 10)]
    pub other_names: Vec<String>,
    /// The day, or the year alone, as far as it is remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "1949", max_length = 10)]
    pub birth: Option<String>,
    /// As it is remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// When they were last seen or heard of, in the enquirer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Tết Mậu Thân 1968", max_length = 200)]
    pub last_seen: Option<String>,
    /// Where that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ga Mương Mán, Bình Thuận", max_length = 200)]
    pub last_place: Option<String>,
    /// How they were parted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Lạc nhau khi chạy khỏi nhà, không còn giấy tờ.", max_length = 2000)]
    pub circumstances: Option<String>,
}

/// What was agreed to.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FamilyConsent {
    /// The version of the text that was agreed to.
    #[schema(example = 1)]
    pub text_version: i16,
    /// The day of the signature.
    pub given_on: NaiveDate,
    /// SHA-256 of the signed paper, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", min_length = 64, max_length = 64)]
    pub paper: Option<String>,
    /// Whether the child agreed as well; asked from 7 years on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub child_agreed: bool,
}

/// A case to be written down.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FamilyLinkIn {
    /// Made by the client, once, by chance alone (UUIDv4).
    pub id: Uuid,
    /// Code of the chapter that is asked.
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// What parted them.
    pub cause: FamilyPartedBy,
    /// To be seen by the officer in charge alone, whatever the ages. A child's case is so by itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub guarded: bool,
    /// Who asks.
    pub enquirer: FamilyEnquirer,
    /// Whom they look for.
    pub sought: FamilySought,
    /// What the enquirer agreed to, or who speaks for them.
    pub consent: FamilyConsent,
}

/// Changes to a case: what is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FamilyLinkPatch {
    /// All of who asks, as it is to be.
    #[serde(default)]
    pub enquirer: Option<FamilyEnquirer>,
    /// All of who is sought, as it is to be.
    #[serde(default)]
    pub sought: Option<FamilySought>,
    /// `true`: seen by the officer in charge alone from now on, for good.
    #[serde(default)]
    pub guarded: Option<bool>,
}

/// What was done about a case.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FamilyStepIn {
    /// Made by the client, once, by chance alone (UUIDv4).
    pub id: Uuid,
    /// What was done.
    pub kind: FamilyStepKind,
    /// Who was asked, and what was said; needed where the step says nothing without it.
    #[serde(default)]
    #[schema(example = "Đã hỏi Hội Cựu chiến binh xã Mương Mán", max_length = 2000)]
    pub note: Option<String>,
}

/// Somebody was found.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FamilyFindingIn {
    /// Made by the client, once, by chance alone (UUIDv4).
    pub id: Uuid,
    /// How they were found.
    pub fate: FamilyFate,
    /// Whether they are, or may be, a child: then who speaks for them answers.
    #[serde(default)]
    pub of_child: bool,
    /// Their name today.
    #[serde(default)]
    #[schema(example = "Nguyễn Văn Tư", max_length = 100)]
    pub name: Option<String>,
    /// Where they, or who speaks for them, are reached. The enquirer is not told.
    #[serde(default)]
    #[schema(example = "0987654321", max_length = 40)]
    pub phone: Option<String>,
    /// Where they live, or lie. The enquirer is not told.
    #[serde(default)]
    #[schema(example = "Xã Đức Linh", max_length = 200)]
    pub place: Option<String>,
    /// How they were found; for the officers.
    #[serde(default)]
    #[schema(example = "Theo sổ của xã, đã gặp", max_length = 2000)]
    pub note: Option<String>,
    /// What the enquirer is told, once it may be passed on: no more than this.
    #[schema(example = "Ông Tư còn sống, khỏe mạnh, mong gặp chị.", max_length = 2000)]
    pub message: String,
}

/// What who was found says to the enquirer's being told.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FamilyAnswerIn {
    /// Made by the client, once, by chance alone (UUIDv4).
    pub id: Uuid,
    /// What they said.
    pub answer: FamilyAnswer,
    /// To what they agreed; of who declines nothing is asked and nothing kept.
    #[serde(default)]
    pub consent: Option<FamilyConsent>,
    /// Who spoke for a child.
    #[serde(default)]
    #[schema(example = "Trần Văn Năm", max_length = 100)]
    pub guardian: Option<String>,
}

/// A case offered to another chapter.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FamilyHandOverIn {
    /// Made by the client, once, by chance alone (UUIDv4).
    pub id: Uuid,
    /// Code of the chapter; `TW` is the centre.
    #[schema(example = "68", max_length = 40)]
    pub to: String,
    /// Why, for whoever decides there. They see nothing else of the case before they take it.
    #[schema(example = "Người được tìm thấy lần cuối ở địa bàn của đơn vị", max_length = 500)]
    pub note: String,
}

/// The id of something about people: the client's own, and by chance.
fn own_id(check: &mut Check, id: Uuid) {
    check.own_id("/id", id, "id phải là UUID riêng của lần ghi này.", "id must be a UUID of its own.");
    if !is_by_chance(id) {
        check.wrong(
            "/id",
            "NOT_RANDOM",
            "id phải là UUID ngẫu nhiên (phiên bản 4), không mang thời điểm.",
            "The id is a random UUID (version 4), which carries no time.",
        );
    }
}

fn name(check: &mut Check, pointer: &str, text: &str) -> Option<String> {
    let name = check.read(one_name(pointer, text, MOST_NAME))?;
    match naming::check(name.as_str()) {
        Ok(()) => Some(name.as_str().to_owned()),
        Err(why) => {
            check.add(why.error(pointer));
            None
        }
    }
}

fn number(check: &mut Check, pointer: &str, typed: Option<&str>) -> Option<String> {
    let number = typed.and_then(|typed| check.read(phone(pointer, typed)))?;
    Some(number.as_str().to_owned())
}

fn line(check: &mut Check, pointer: &str, text: Option<&str>, most: usize) -> Option<String> {
    let line = text.and_then(|text| check.read(one_line(pointer, text, most)))?;
    Some(line.as_str().to_owned())
}

fn born(check: &mut Check, pointer: &str, text: Option<&str>, today: NaiveDate) -> Option<Birth> {
    text.and_then(|text| check.read(birth(pointer, text, today)))
}

impl FamilyEnquirer {
    fn check(&self, check: &mut Check, today: NaiveDate) -> Option<Enquirer> {
        let birth = born(check, "/enquirer/birth", self.birth.as_deref(), today);
        if may_be_child(birth, today) && self.guardian.is_none() {
            check.wrong(
                "/enquirer/guardian",
                "MISSING",
                "Người hỏi chưa đủ 18 tuổi: cần người đại diện; mọi liên lạc qua người ấy.",
                "The enquirer is below 18: somebody speaks for them, and is spoken to in their place.",
            );
        }
        let guardian = self.guardian.as_ref().map(|guardian| {
            let phone = number(check, "/enquirer/guardian/phone", guardian.phone.as_deref());
            name(check, "/enquirer/guardian/name", &guardian.name).map(|name| Guardian { name, phone })
        });
        let phone = number(check, "/enquirer/phone", self.phone.as_deref());
        let address = line(check, "/enquirer/address", self.address.as_deref(), MOST_LINE);
        let name = name(check, "/enquirer/name", &self.name)?;
        let birth = birth.map(|birth| birth.to_string());
        Some(Enquirer { name, phone, birth, address, relation: self.relation, guardian: guardian.flatten() })
    }
}

impl FamilySought {
    fn check(&self, check: &mut Check, today: NaiveDate) -> Option<Sought> {
        if self.other_names.len() > MOST_NAMES {
            check.wrong("/sought/other_names", "TOO_LONG", "Nhiều nhất 10 tên khác.", "At most ten other names.");
        }
        let others = self.other_names.iter().take(MOST_NAMES).enumerate();
        let other_names = others.filter_map(|(n, text)| name(check, &format!("/sought/other_names/{n}"), text)).collect();
        let birth = born(check, "/sought/birth", self.birth.as_deref(), today).map(|birth| birth.to_string());
        let last_seen = line(check, "/sought/last_seen", self.last_seen.as_deref(), MOST_LINE);
        let last_place = line(check, "/sought/last_place", self.last_place.as_deref(), MOST_LINE);
        let circumstances = line(check, "/sought/circumstances", self.circumstances.as_deref(), MOST_TEXT);
        let name = name(check, "/sought/name", &self.name)?;
        Some(Sought { name, other_names, birth, sex: self.sex, last_seen, last_place, circumstances })
    }
}

/// [`FamilyConsent`], checked.
#[derive(Debug, Clone)]
pub struct Given {
    pub text_version: i16,
    pub on: NaiveDate,
    pub paper: Option<Vec<u8>>,
    pub child_agreed: bool,
}

impl FamilyConsent {
    /// `asks_child`: whether it takes the child's own consent as well.
    fn check(&self, check: &mut Check, asks_child: bool, today: NaiveDate) -> Option<Given> {
        if asks_child && !self.child_agreed {
            check.wrong(
                "/consent/child_agreed",
                "MISSING",
                "Từ đủ 7 tuổi trở lên, em cũng phải tự mình đồng ý.",
                "From 7 years on the child agrees as well.",
            );
        }
        if self.given_on > today {
            check.wrong("/consent/given_on", "IN_THE_FUTURE", "Ngày ký chưa tới.", "This day lies in the future.");
        }
        let paper = self.paper.as_deref().map(unhex);
        if paper == Some(None) {
            check.wrong(
                "/consent/paper",
                "NOT_A_HASH",
                "SHA-256 của bản có chữ ký: 64 chữ số hexa.",
                "SHA-256 of the signed paper: 64 hexadecimal digits.",
            );
        }
        let paper = paper.flatten().map(|hash| hash.to_vec());
        check.is_clean().then_some(Given {
            text_version: self.text_version,
            on: self.given_on,
            paper,
            child_agreed: self.child_agreed,
        })
    }
}

/// `OUT_OF_RANGE` of a text that could not be agreed to on the day.
pub fn no_such_text() -> FieldError {
    use crate::http::Say;
    FieldError::new(
        "/consent/text_version",
        "OUT_OF_RANGE",
        Say::fixed("Không có bản văn này vào ngày ký.", "There was no such text on the day of the signature."),
    )
}

/// Whether it takes the consent of a child, too.
fn asks_child(birth: Option<Birth>, today: NaiveDate) -> bool {
    consent_needed(MemberKind::Member, birth, today) == Consent::RepresentativeAndChild
}

impl FamilyLinkIn {
    /// Checks all of it.
    pub fn check(&self, today: NaiveDate) -> Result<(Clear, Given), Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        let enquirer = self.enquirer.check(&mut check, today);
        let sought = self.sought.check(&mut check, today);
        let asks = asks_child(enquirer.as_ref().and_then(Enquirer::birth), today);
        let given = self.consent.check(&mut check, asks, today);
        let made = enquirer.zip(sought).zip(given).map(|((enquirer, sought), given)| (Clear { enquirer, sought }, given));
        check.done(made)
    }
}

impl FamilyLinkPatch {
    /// What the case says afterwards.
    pub fn over(&self, old: Clear, today: NaiveDate) -> Result<Clear, Vec<FieldError>> {
        let mut check = Check::default();
        let enquirer = match &self.enquirer {
            Some(enquirer) => enquirer.check(&mut check, today),
            None => Some(old.enquirer),
        };
        let sought = match &self.sought {
            Some(sought) => sought.check(&mut check, today),
            None => Some(old.sought),
        };
        if self.guarded == Some(false) {
            check.wrong("/guarded", "NOT_FOR_THIS", "Hồ sơ đã bảo vệ thì giữ như vậy.", "A guarded case stays guarded.");
        }
        check.done(enquirer.zip(sought).map(|(enquirer, sought)| Clear { enquirer, sought }))
    }
}

impl FamilyStepIn {
    /// The note, checked.
    pub fn check(&self) -> Result<Option<String>, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        if self.kind.takes_note() && self.note.is_none() {
            check.wrong("/note", "MISSING", "Hãy ghi đã hỏi ai, được trả lời gì.", "Say who was asked, and what was said.");
        }
        let note = line(&mut check, "/note", self.note.as_deref(), MOST_TEXT);
        check.done(Some(note))
    }
}

impl FamilyFindingIn {
    /// Who was found, checked.
    pub fn check(&self) -> Result<FoundPerson, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        let found = FoundPerson {
            name: self.name.as_deref().and_then(|text| name(&mut check, "/name", text)),
            phone: number(&mut check, "/phone", self.phone.as_deref()),
            place: line(&mut check, "/place", self.place.as_deref(), MOST_LINE),
            note: line(&mut check, "/note", self.note.as_deref(), MOST_TEXT),
            message: line(&mut check, "/message", Some(&self.message), MOST_TEXT).unwrap_or_default(),
        };
        if self.fate == FamilyFate::Died && self.note.is_none() {
            check.wrong("/note", "MISSING", "Hãy ghi nguồn tin người ấy đã mất.", "Say by which source they have died.");
        }
        check.done(Some(found))
    }
}

impl FamilyAnswerIn {
    /// What was agreed to and who spoke for a child; of who declines nothing.
    pub fn check(&self, of_child: bool, today: NaiveDate) -> Result<Option<(Given, Option<String>)>, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        if self.answer == FamilyAnswer::Declined {
            for (pointer, is) in [("/consent", self.consent.is_some()), ("/guardian", self.guardian.is_some())] {
                if is {
                    let vi = "Người từ chối thì không ghi thêm điều gì về họ.";
                    check.wrong(pointer, "NOT_NEEDED", vi, "Of who declines nothing else is kept.");
                }
            }
            return check.done(Some(None));
        }
        if of_child && self.guardian.is_none() {
            let vi = "Người được tìm thấy chưa đủ 18 tuổi: người đại diện trả lời.";
            check.wrong("/guardian", "MISSING", vi, "Who was found is below 18: somebody answers for them.");
        }
        let guardian = self.guardian.as_deref().and_then(|text| name(&mut check, "/guardian", text));
        let Some(consent) = &self.consent else {
            let vi = "Chỉ báo tin khi người được tìm thấy đồng ý: hãy ghi bản văn và ngày ký.";
            check.wrong("/consent", "MISSING", vi, "News is passed on by consent alone: say which text was signed, and when.");
            return check.done(None);
        };
        let given = consent.check(&mut check, of_child, today);
        check.done(given.map(|given| Some((given, guardian))))
    }
}

impl FamilyHandOverIn {
    /// The reason, checked.
    pub fn check(&self) -> Result<String, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        let note = line(&mut check, "/note", Some(&self.note), 500);
        check.done(note)
    }
}
