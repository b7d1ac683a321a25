//! What somebody types who signs up, read: by the API and by the public page alike.

use super::applications::SignUp;
use super::wire::MOST_CODE;
use crate::http::{Check, FieldError};
use crate::persons::model::{Told, contact};

/// The four fields, as they came.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    pub name: &'a str,
    /// A telephone number or a mail address.
    pub contact: &'a str,
    /// Code of the chapter.
    pub chapter: &'a str,
    /// Version of the text that is agreed to; nothing was agreed to without.
    pub consent: Option<i16>,
}

impl Typed<'_> {
    /// Checks everything that needs no database.
    pub fn check(&self, today: chrono::NaiveDate) -> Result<SignUp, Vec<FieldError>> {
        let mut check = Check::default();
        let person = Told { name: self.name, ..Told::default() }.check(&mut check, today);
        let address = check.read(contact("/contact", self.contact));
        let chapter = self.chapter.trim();
        if chapter.is_empty() || chapter.len() > MOST_CODE {
            check.wrong(
                "/chapter",
                "NO_SUCH_CHAPTER",
                "Không có đơn vị đang hoạt động nào mang mã này.",
                "There is no active chapter of this code.",
            );
        }
        if self.consent.is_none() {
            check.wrong(
                "/consent",
                "MISSING",
                "Hãy đọc và đánh dấu đồng ý; không có sự đồng ý, Hội không giữ thông tin của bạn.",
                "Read the text and agree to it; without that the chapter keeps nothing about you.",
            );
        }
        let made = person.zip(address).zip(self.consent).map(|((person, address), text_version)| SignUp {
            name: person.name,
            address,
            chapter: chapter.to_owned(),
            text_version,
        });
        check.done(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(typed: Typed<'_>) -> Vec<(String, &'static str)> {
        match typed.check("2026-11-22".parse().unwrap()) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_iter().map(|error| (error.pointer, error.code)).collect(),
        }
    }

    #[test]
    fn a_number_or_a_mail_address_will_do_and_all_that_is_wrong_is_said() {
        let right = Typed { name: "Nguyễn Văn Bình", contact: "0912 345 678", chapter: "23095", consent: Some(1) };
        assert!(wrong(right).is_empty() && wrong(Typed { contact: "binh@example.org", ..right }).is_empty());
        assert_eq!(wrong(Typed { contact: "bình@example.org", ..right }), [("/contact".to_owned(), "NOT_AN_EMAIL")]);
        assert_eq!(wrong(Typed { contact: "123", ..right }), [("/contact".to_owned(), "NOT_A_PHONE")]);
        let all = wrong(Typed { name: " ", contact: "", chapter: "", consent: None });
        assert_eq!(
            all.iter().map(|(pointer, code)| (pointer.as_str(), *code)).collect::<Vec<_>>(),
            [("/name", "NOT_A_LINE"), ("/contact", "NOT_A_PHONE"), ("/chapter", "NO_SUCH_CHAPTER"), ("/consent", "MISSING")]
        );
    }
}
