//! What officers send about chapters, and the checks that need no database: all mistakes at once.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::life::{Decided, Founding};
use super::model::{
    Change, Contact, Decision, Details, Kind, Legal, Level, NewChapter, folded_name, is_email, is_office_phone,
    plain_office_phone, short_name, tax_code,
};
use crate::http::{Check, FieldError, Patch, one_name};

/// Most branches founded together with their chapter.
const MAX_BRANCHES: usize = 100;
/// The society was founded on 23/11/1946; nothing of it is older.
const FOUNDED: (i32, u32, u32) = (1946, 11, 23);

/// A new chapter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChapterIn {
    /// Made by the client, once; founding again with it founds nothing.
    id: Uuid,
    /// Code of the chapter above: a province or commune for a `GRASSROOTS` chapter; a commune or grassroots chapter for a `BRANCH`.
    #[schema(example = "23095", max_length = 40)]
    parent: String,
    level: Level,
    kind: Kind,
    /// Full name, unique among its siblings whatever marks and case.
    #[schema(example = "Hội Chữ thập đỏ Trường THCS Hàm Liêm", max_length = 200)]
    name: String,
    /// The name without "Hội Chữ thập đỏ" unless given.
    #[serde(default)]
    #[schema(example = "Trường THCS Hàm Liêm", max_length = 100)]
    short_name: Option<String>,
    /// The day of the decision unless given, otherwise today.
    #[serde(default)]
    founded_on: Option<NaiveDate>,
    /// Whether its committee is provisional (lâm thời) until the first congress.
    #[serde(default)]
    provisional: bool,
    /// Number of the founding decision.
    #[schema(example = "07/QĐ-HCTĐ", max_length = 60)]
    decision_no: String,
    #[serde(default)]
    decision_on: Option<NaiveDate>,
    #[serde(default)]
    contact: Contact,
    #[serde(default)]
    legal: Legal,
    /// Branches to found with it, by the same decision.
    #[serde(default)]
    #[schema(max_items = 100)]
    branches: Vec<BranchIn>,
}

/// A branch founded with its chapter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BranchIn {
    /// Made by the client, once.
    id: Uuid,
    /// That of the chapter unless given.
    #[serde(default)]
    kind: Option<Kind>,
    #[schema(example = "Chi hội lớp 6A", max_length = 200)]
    name: String,
    #[serde(default)]
    #[schema(max_length = 100)]
    short_name: Option<String>,
}

/// Reads the fields of a chapter, and collects what is wrong with them.
#[derive(Default)]
struct Reader(Check);

impl Reader {
    /// All of it may stand on a paper.
    fn line(&mut self, pointer: &str, text: &str, max: usize) -> String {
        self.0.read(one_name(pointer, text, max)).map(|line| line.as_str().to_owned()).unwrap_or_default()
    }

    /// A name people can be told: at least one letter or digit.
    fn name(&mut self, pointer: &str, text: &str, max: usize) -> String {
        let line = self.line(pointer, text, max);
        if !line.is_empty() && folded_name(&line).is_empty() {
            self.0.wrong(pointer, "NOT_A_NAME", "Tên phải có chữ.", "A name has letters in it.");
        }
        line
    }

    fn past(&mut self, pointer: &str, day: Option<NaiveDate>, today: NaiveDate) {
        let Some(day) = day else {
            return;
        };
        if day > today {
            self.0.wrong(pointer, "IN_THE_FUTURE", "Không sau hôm nay.", "Not after today.");
        }
        if NaiveDate::from_ymd_opt(FOUNDED.0, FOUNDED.1, FOUNDED.2).is_some_and(|first| day < first) {
            self.0.wrong(
                pointer,
                "TOO_OLD",
                "Không trước ngày thành lập Hội 23/11/1946.",
                "Not before the society was founded, 23/11/1946.",
            );
        }
    }

    fn decision(&mut self, no: &str, on: Option<NaiveDate>, today: NaiveDate) -> Decision {
        self.past("/decision_on", on, today);
        Decision { no: self.line("/decision_no", no, 60), on }
    }

    fn contact(&mut self, contact: Contact) -> Contact {
        let mut text = |name: &str, text: Option<String>| text.map(|t| self.line(&format!("/contact/{name}"), &t, 200));
        let contact = Contact {
            address: text("address", contact.address),
            phone: text("phone", contact.phone.map(|phone| plain_office_phone(&phone))),
            email: text("email", contact.email),
        };
        if contact.phone.as_deref().is_some_and(|phone| !phone.is_empty() && !is_office_phone(phone)) {
            self.0.wrong(
                "/contact/phone",
                "NOT_A_PHONE",
                "Số điện thoại có 8 đến 15 chữ số.",
                "A phone number has 8 to 15 digits.",
            );
        }
        if contact.email.as_deref().is_some_and(|email| !email.is_empty() && !is_email(email)) {
            self.0.wrong(
                "/contact/email",
                "NOT_AN_EMAIL",
                "Địa chỉ thư dạng ten@donvi.vn.",
                "An e-mail address looks like name@host.vn.",
            );
        }
        contact
    }

    fn legal(&mut self, legal: Legal, today: NaiveDate) -> Legal {
        let seal_no = legal.seal_no.map(|no| self.line("/legal/seal_no", &no, 60));
        self.past("/legal/seal_registered_on", legal.seal_registered_on, today);
        let tax = legal.tax_code.map(|given| {
            tax_code(given.trim()).unwrap_or_else(|| {
                let (vi, en) = ("Mã số thuế có 10, 12 hoặc 13 chữ số.", "A tax code has 10, 12 or 13 digits.");
                self.0.wrong("/legal/tax_code", "NOT_A_TAX_CODE", vi, en);
                String::new()
            })
        });
        Legal { seal_no, tax_code: tax, ..legal }
    }

    fn done<T>(self, value: T) -> Result<T, Vec<FieldError>> {
        self.0.done(Some(value))
    }
}

impl ChapterIn {
    pub fn check(self, today: NaiveDate) -> Result<Founding, Vec<FieldError>> {
        let mut wrong = Reader::default();
        let not_unique = ("id phải là UUID của riêng yêu cầu này.", "The id must be a UUID of its own.");
        wrong.0.own_id("/id", self.id, not_unique.0, not_unique.1);
        let name = wrong.name("/name", &self.name, 200);
        let short = self.short_name.map(|text| wrong.name("/short_name", &text, 100)).unwrap_or_else(|| short_name(&name));
        let decision = wrong.decision(&self.decision_no, self.decision_on, today);
        wrong.past("/founded_on", self.founded_on, today);
        let founded_on = self.founded_on.or(self.decision_on).unwrap_or(today);
        let details = Details { contact: wrong.contact(self.contact), legal: wrong.legal(self.legal, today) };
        if self.branches.len() > MAX_BRANCHES {
            wrong.0.wrong("/branches", "OUT_OF_RANGE", "Tối đa 100 chi hội một lần.", "At most 100 branches at once.");
        }
        let mut branches: Vec<NewChapter> = Vec::new();
        for (n, branch) in self.branches.into_iter().take(MAX_BRANCHES).enumerate() {
            let name = wrong.name(&format!("/branches/{n}/name"), &branch.name, 200);
            let short = branch.short_name.map(|text| wrong.name(&format!("/branches/{n}/short_name"), &text, 100));
            let twin = branch.id == self.id || branches.iter().any(|known| known.id == branch.id);
            if twin || branch.id.is_nil() || branch.id.is_max() {
                wrong.0.wrong(format!("/branches/{n}/id"), "NOT_UNIQUE", not_unique.0, not_unique.1);
            }
            branches.push(NewChapter {
                id: branch.id,
                level: Level::Branch,
                kind: branch.kind.unwrap_or(self.kind),
                short_name: short.unwrap_or_else(|| short_name(&name)),
                name,
                founded_on,
                provisional: false,
                decision: decision.clone(),
                details: Details::default(),
            });
        }
        let chapter = NewChapter {
            id: self.id,
            level: self.level,
            kind: self.kind,
            name,
            short_name: short,
            founded_on,
            provisional: self.provisional,
            decision,
            details,
        };
        wrong.done(Founding { parent: self.parent, chapter, branches })
    }
}

/// Changes to contact and legal data: a field left out stays, `null` clears it, and all of its group in a group's place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChapterPatch {
    #[serde(default)]
    #[schema(value_type = Option<ContactPatch>)]
    contact: Patch<ContactPatch>,
    #[serde(default)]
    #[schema(value_type = Option<LegalPatch>)]
    legal: Patch<LegalPatch>,
}

/// See [`Contact`].
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ContactPatch {
    #[schema(value_type = Option<String>)]
    address: Patch<String>,
    #[schema(value_type = Option<String>)]
    phone: Patch<String>,
    #[schema(value_type = Option<String>)]
    email: Patch<String>,
}

/// See [`Legal`].
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LegalPatch {
    #[schema(value_type = Option<bool>)]
    legal_personality: Patch<bool>,
    #[schema(value_type = Option<String>)]
    seal_no: Patch<String>,
    #[schema(value_type = Option<NaiveDate>)]
    seal_registered_on: Patch<NaiveDate>,
    #[schema(value_type = Option<String>)]
    tax_code: Patch<String>,
    #[schema(value_type = Option<bool>)]
    own_bank_account: Patch<bool>,
}

impl ChapterPatch {
    pub fn apply(self, contact: Contact, legal: Legal, today: NaiveDate) -> Result<Details, Vec<FieldError>> {
        let mut wrong = Reader::default();
        let contact = match self.contact {
            Patch::Absent => contact,
            Patch::Null => Contact::default(),
            Patch::Value(sent) => Contact {
                address: sent.address.over(contact.address),
                phone: sent.phone.over(contact.phone),
                email: sent.email.over(contact.email),
            },
        };
        let legal = match self.legal {
            Patch::Absent => legal,
            Patch::Null => Legal::default(),
            Patch::Value(sent) => Legal {
                legal_personality: sent.legal_personality.over(legal.legal_personality),
                seal_no: sent.seal_no.over(legal.seal_no),
                seal_registered_on: sent.seal_registered_on.over(legal.seal_registered_on),
                tax_code: sent.tax_code.over(legal.tax_code),
                own_bank_account: sent.own_bank_account.over(legal.own_bank_account),
            },
        };
        let details = Details { contact: wrong.contact(contact), legal: wrong.legal(legal, today) };
        wrong.done(details)
    }
}

/// What a decision does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DecisionKind {
    /// Đổi tên.
    Rename,
    /// Chỉ định ban chấp hành lâm thời.
    MakeProvisional,
    /// Công nhận ban chấp hành do đại hội bầu.
    MakeRegular,
}

/// A decision on a chapter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionIn {
    /// Made by the client, once.
    id: Uuid,
    kind: DecisionKind,
    #[schema(example = "21/QĐ-HCTĐ", max_length = 60)]
    decision_no: String,
    #[serde(default)]
    decision_on: Option<NaiveDate>,
    /// The day from which it holds; the day of the decision unless given, otherwise today.
    #[serde(default)]
    effective_on: Option<NaiveDate>,
    /// The new name; for `RENAME` only.
    #[serde(default)]
    #[schema(max_length = 200)]
    name: Option<String>,
    #[serde(default)]
    #[schema(max_length = 100)]
    short_name: Option<String>,
}

impl DecisionIn {
    pub fn check(self, today: NaiveDate) -> Result<Decided, Vec<FieldError>> {
        let mut wrong = Reader::default();
        wrong.0.own_id("/id", self.id, "id phải là UUID của riêng yêu cầu này.", "The id must be a UUID of its own.");
        let decision = wrong.decision(&self.decision_no, self.decision_on, today);
        wrong.past("/effective_on", self.effective_on, today);
        let change = match (self.kind, self.name) {
            (DecisionKind::Rename, Some(name)) => {
                let name = wrong.name("/name", &name, 200);
                let short = self.short_name.map(|text| wrong.name("/short_name", &text, 100));
                Change::Rename { short_name: short.unwrap_or_else(|| short_name(&name)), name }
            }
            (DecisionKind::Rename, None) => {
                wrong.0.wrong("/name", "MISSING", "Cần tên mới.", "The new name is needed.");
                Change::MakeRegular
            }
            (kind, name) => {
                if name.is_some() || self.short_name.is_some() {
                    wrong.0.wrong("/name", "NOT_FOR_THIS", "Chỉ dùng khi đổi tên.", "Only for a renaming.");
                }
                if kind == DecisionKind::MakeProvisional { Change::MakeProvisional } else { Change::MakeRegular }
            }
        };
        let effective_on = self.effective_on.or(self.decision_on).unwrap_or(today);
        wrong.done(Decided { id: self.id, decision, effective_on, change })
    }
}
