//! What a person is, as a chapter writes them down, and which two may be one. Pure.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::basics::birth::BirthError;
use crate::basics::codes::codes;
use crate::basics::{Birth, Line, Phone};
use crate::http::{Check, FieldError, Say, one_name, phone};
use crate::outbox::{Address, NotAnAddress};
use crate::parties::{naming, words};

/// A chapter's own name for a person. It goes out to those who may see the person there, and means nothing anywhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Uuid)]
pub struct PersonId(pub Uuid);

/// Whether an id was made by chance alone.
pub fn is_by_chance(id: Uuid) -> bool {
    id.get_version_num() == 4
}

codes! {
    /// As in the person's papers.
    #[derive(Hash)]
    pub wire enum Sex {
        Female = "FEMALE",
        Male = "MALE",
    }

    /// What a chapter writes down.
    #[derive(Hash, Default)]
    pub wire enum PersonKind {
        #[default]
        Person = "PERSON",
        /// A school, an agency, a company or another body: it may be a collective member.
        Organisation = "ORGANISATION",
    }

    /// Why two persons may be one.
    #[derive(PartialOrd, Ord)]
    pub wire enum Likeness {
        /// The same words in their names, in any order, and neither year of birth nor commune speaks against it.
        SameName = "SAME_NAME",
        /// The same telephone number. One household may share it.
        SameNumber = "SAME_NUMBER",
    }

    /// Where the joining of two persons stands.
    pub wire enum JoinState {
        Asked = "ASKED",
        Joined = "JOINED",
        Refused = "REFUSED",
        Withdrawn = "WITHDRAWN",
        Parted = "PARTED",
    }
}

/// The longest name of a person, in characters.
pub const MOST_NAME: usize = 100;

/// What a chapter writes down of somebody, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Particulars {
    pub kind: PersonKind,
    pub name: Line,
    /// Who speaks for an organisation.
    pub representative: Option<Line>,
    pub phone: Option<Phone>,
    /// Where they are written to; nobody is told apart by it.
    pub mail: Option<String>,
    pub birth: Option<Birth>,
    pub sex: Option<Sex>,
    /// Code of the commune where they live.
    pub commune: Option<String>,
}

impl Particulars {
    /// A person of whom nothing but the name is known.
    pub fn of_person(name: Line) -> Self {
        let kind = PersonKind::Person;
        Self { kind, name, representative: None, phone: None, mail: None, birth: None, sex: None, commune: None }
    }
}

/// The same as it came.
#[derive(Debug, Clone, Default)]
pub struct Told<'a> {
    pub kind: PersonKind,
    pub name: &'a str,
    pub representative: Option<&'a str>,
    pub phone: Option<&'a str>,
    pub mail: Option<&'a str>,
    pub birth: Option<&'a str>,
    pub sex: Option<Sex>,
    pub commune: Option<&'a str>,
}

impl Told<'_> {
    /// Checks each field; everything that is wrong is said at once. Whether there is such a commune, the database knows.
    pub fn check(&self, check: &mut Check, today: NaiveDate) -> Option<Particulars> {
        let name = called(check, "/name", self.name);
        let representative = self.representative(check);
        let number = self.phone.map(|typed| check.read(phone("/phone", typed)));
        let mail = self.mail.map(|typed| check.read(mail("/mail", typed)));
        let birth = self.birth.map(|text| check.read(birth("/birth", text, today)));
        let commune = self.commune.map(str::trim);
        if commune.is_some_and(|code| code.len() != 5 || !code.bytes().all(|b| b.is_ascii_digit())) {
            check.add(no_such_commune());
        }
        if self.kind == PersonKind::Organisation {
            self.nobodys(check);
        }
        Some(Particulars {
            kind: self.kind,
            name: name?,
            representative,
            phone: number.flatten(),
            mail: mail.flatten().map(|address| address.as_str().to_owned()),
            birth: birth.flatten(),
            sex: self.sex,
            commune: commune.map(str::to_owned),
        })
    }

    /// Who speaks for an organisation; nobody speaks for a person here.
    fn representative(&self, check: &mut Check) -> Option<Line> {
        match (self.kind, self.representative) {
            (PersonKind::Organisation, Some(name)) => called(check, "/representative", name),
            (PersonKind::Person, Some(_)) => {
                check.wrong(
                    "/representative",
                    "NOT_FOR_THIS",
                    "Chỉ tổ chức mới có người đại diện ở đây.",
                    "Only an organisation has a representative here.",
                );
                None
            }
            (PersonKind::Organisation, None) => {
                check.wrong(
                    "/representative",
                    "MISSING",
                    "Hội viên tập thể cần họ tên người đại diện.",
                    "An organisation has somebody who speaks for it: write their name.",
                );
                None
            }
            (PersonKind::Person, None) => None,
        }
    }

    /// What an organisation does not have.
    fn nobodys(&self, check: &mut Check) {
        for (pointer, _) in [("/birth", self.birth.is_some()), ("/sex", self.sex.is_some())].into_iter().filter(|(_, said)| *said)
        {
            check.wrong(
                pointer,
                "NOT_A_PERSON",
                "Tổ chức không có ngày sinh hay giới tính: hãy bỏ trống.",
                "An organisation has neither birth date nor sex: leave it out.",
            );
        }
    }
}

/// Reads a name.
fn called(check: &mut Check, pointer: &str, text: &str) -> Option<Line> {
    let name = check.read(one_name(pointer, text, MOST_NAME))?;
    match naming::check(name.as_str()) {
        Ok(()) => Some(name),
        Err(why) => {
            check.add(why.error(pointer));
            None
        }
    }
}

/// Reads a telephone number or a mail address, as somebody types it on a public page.
pub fn contact(pointer: &str, typed: &str) -> Result<Address, FieldError> {
    if typed.contains('@') { mail(pointer, typed) } else { phone(pointer, typed).map(Address::Phone) }
}

/// Reads a mail address.
pub fn mail(pointer: &str, typed: &str) -> Result<Address, FieldError> {
    Address::mail(typed).map_err(|error| {
        let say = match error {
            NotAnAddress::Odd => {
                Say::fixed("Phải là địa chỉ thư như lan@example.org.", "Must be an e-mail address like lan@example.org.")
            }
            NotAnAddress::Marks => Say::fixed(
                "Địa chỉ thư không có dấu: hãy tắt bộ gõ tiếng Việt.",
                "An e-mail address has no marks: turn the Vietnamese keyboard off.",
            ),
        };
        FieldError::new(pointer, "NOT_AN_EMAIL", say)
    })
}

/// Reads a birth; the field error says what to write instead.
pub fn birth(pointer: &str, text: &str, today: NaiveDate) -> Result<Birth, FieldError> {
    Birth::parse(text.trim(), today).map_err(|error| match error {
        BirthError::NotABirth => FieldError::new(
            pointer,
            "NOT_A_BIRTH",
            Say::fixed(
                "Ngày sinh có thật, viết năm-tháng-ngày (2008-02-29), hoặc chỉ năm sinh (2008) khi không biết ngày.",
                "A real date, written year-month-day (2008-02-29), or the year alone (2008) where the day is not known.",
            ),
        ),
        BirthError::TooEarly => FieldError::new(
            pointer,
            "TOO_EARLY",
            Say::fixed("Năm sinh trước 1900: hãy xem lại.", "Born before 1900: look at it again."),
        ),
        BirthError::InTheFuture => FieldError::new(
            pointer,
            "IN_THE_FUTURE",
            Say::fixed("Ngày sinh chưa tới: hãy xem lại.", "This birth lies in the future: look at it again."),
        ),
    })
}

/// `NO_SUCH_UNIT`.
pub fn no_such_commune() -> FieldError {
    FieldError::new(
        "/commune",
        "NO_SUCH_UNIT",
        Say::fixed(
            "Không có xã, phường, đặc khu nào hiện nay mang mã này (5 chữ số).",
            "There is no commune, ward or special zone of this code today (5 digits).",
        ),
    )
}

/// What two persons are compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traits {
    kind: PersonKind,
    words: BTreeSet<String>,
    phone: Option<String>,
    born: Option<i32>,
    commune: Option<String>,
}

impl Traits {
    pub fn of(name: &str, phone: Option<&str>, birth: Option<Birth>, commune: Option<&str>) -> Self {
        Self {
            kind: PersonKind::Person,
            words: words::of_name(name),
            phone: phone.map(str::to_owned),
            born: birth.map(Birth::year),
            commune: commune.map(str::to_owned),
        }
    }

    /// The same of another kind.
    pub fn kind(self, kind: PersonKind) -> Self {
        Self { kind, ..self }
    }

    /// The words of the name, folded.
    pub(super) fn words(&self) -> &BTreeSet<String> {
        &self.words
    }

    /// Why the two may be one person; nothing where they are not alike. What one of them does not say speaks against nothing.
    pub fn likenesses(&self, other: &Traits) -> Vec<Likeness> {
        let agree = |one: &Option<String>, other: &Option<String>| one.is_none() || other.is_none() || one == other;
        let years = self.born.zip(other.born).is_none_or(|(one, other)| (one - other).abs() <= 1);
        let same_name = !self.words.is_empty() && self.words == other.words && years && agree(&self.commune, &other.commune);
        let same_number = self.phone.is_some() && self.phone == other.phone;
        let all = [(same_name, Likeness::SameName), (same_number, Likeness::SameNumber)];
        // Whoever answers for an organisation, often at their own number, is not the organisation.
        all.into_iter().filter(|(is, _)| *is && self.kind == other.kind).map(|(_, why)| why).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn traits(name: &str, phone: Option<&str>, birth: Option<&str>, commune: Option<&str>) -> Traits {
        Traits::of(name, phone, birth.and_then(Birth::read), commune)
    }

    #[test]
    fn two_may_be_one_by_words_in_any_order_or_by_number() {
        use Likeness::{SameName, SameNumber};
        let her = traits("Nguyễn Thị Lan", Some("0912345678"), Some("1988-05-01"), Some("23095"));
        for (other, why) in [
            (traits("Lan Nguyen Thi", None, Some("1989"), Some("23095")), vec![SameName]),
            (traits("NGUYỄN THỊ LAN", None, None, None), vec![SameName]),
            (traits("Nguyễn Thị Làn", Some("0912345678"), Some("1987-01-01"), Some("23095")), vec![SameName, SameNumber]),
            (traits("Nguyễn Thị Lan", None, Some("1990"), Some("23095")), vec![]),
            (traits("Nguyễn Thị Lan", None, Some("1988"), Some("23059")), vec![]),
            (traits("Trần Văn Bình", Some("0912345678"), Some("1960"), None), vec![SameNumber]),
            (traits("Nguyễn Thị Lan Anh", None, Some("1988"), Some("23095")), vec![]),
            (traits("…", None, None, None), vec![]),
        ] {
            assert_eq!(her.likenesses(&other), why, "{other:?}");
        }
        assert_eq!(traits("…", None, None, None).likenesses(&traits("🌻", None, None, None)), vec![]);
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let told =
            Told { name: "Lan 0912345678", phone: Some("123"), birth: Some("29/02/2001"), commune: Some("x"), ..Told::default() };
        let mut check = Check::default();
        assert_eq!(told.check(&mut check, "2026-11-22".parse().unwrap()), None);
        let said: Vec<_> = check.into_errors().into_iter().map(|error| (error.pointer, error.code)).collect();
        assert_eq!(
            said.iter().map(|(pointer, code)| (pointer.as_str(), *code)).collect::<Vec<_>>(),
            [("/name", "NUMBER_IN_NAME"), ("/phone", "NOT_A_PHONE"), ("/birth", "NOT_A_BIRTH"), ("/commune", "NO_SUCH_UNIT")]
        );
    }

    fn any_traits() -> impl Strategy<Value = Traits> {
        let name = prop::sample::select(vec!["An Lê", "Lê An", "lê ân", "An", ""]);
        let phone = prop::option::of(prop::sample::select(vec!["0912345678", "0987654321"]));
        (name, phone, prop::option::of(1985i32..1990), prop::option::of(prop::sample::select(vec!["23095", "23059"])))
            .prop_map(|(name, phone, year, commune)| Traits::of(name, phone, year.map(Birth::Year), commune))
    }

    proptest! {
        /// Being alike goes both ways, and everybody with a name is like themself.
        #[test]
        fn likeness_goes_both_ways(one in any_traits(), other in any_traits()) {
            prop_assert_eq!(one.likenesses(&other), other.likenesses(&one));
            prop_assert_eq!(one.likenesses(&one).contains(&Likeness::SameName), !one.words.is_empty());
        }
    }
}
