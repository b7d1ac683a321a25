//! What every store that can hold something of a person owes that person: to show it, to correct it, to erase it, to keep it
//! and not use it.
//!
//! A room whose tables hold a name, a number or a text about somebody implements [`HoldsPersons`] and says so in its `ROOM`;
//! whoever carries requests out asks all rooms. Nobody else needs to know which tables there are.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::errand::Errand;
use crate::basics::codes::codes;
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::vault::VaultError;
use crate::vault::steps::StepError;

/// A record of the books that a person stands behind, by all the names under which stores know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub gift: Uuid,
    pub chapter: Uuid,
    /// Public code of its entry.
    pub code: String,
    /// Codes of what the log said of the entry since.
    pub said: Vec<String>,
    /// Until when the law has its vouchers kept.
    pub kept_until: NaiveDate,
}

/// What somebody is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Called {
    pub name: String,
    /// National form, digits only.
    pub phone: Option<String>,
}

/// A record whose person is called otherwise, or shown otherwise, from now on.
#[derive(Debug, Clone)]
pub struct Corrected {
    pub record: Record,
    /// Code under which the opening stood that is replaced by a new one.
    pub opened_by: String,
    pub old: Called,
    pub new: Called,
    /// Name in the form the public may see.
    pub shown: Option<String>,
}

/// Somebody who goes, and the chapters in which texts may name them though nothing links the texts to a record.
#[derive(Debug, Clone)]
pub struct Mentioned {
    pub called: Called,
    pub chapters: Vec<Uuid>,
}

/// A party at some chapters: what they hold of somebody who is more than a giver there, and that no record of the books leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfParty<'a> {
    pub party: Uuid,
    pub chapters: &'a [Uuid],
}

/// Something held about a person, for the copy they may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Holding {
    /// In a word of the room that holds it: `PAPER`, `MESSAGE`, `PERSON`, `MEMBER`, `POST`, `DUES`, `VOLUNTEER` and others.
    #[schema(example = "PAPER")]
    pub what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gift: Option<Uuid>,
    /// The text itself; of a paper the name of its file.
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Until when the law has it kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_until: Option<NaiveDate>,
}

codes! {
    /// What a store could not let go of.
    #[derive(PartialOrd, Ord, Hash)]
    pub enum What {
        /// Papers of gifts: vouchers the law has kept. Without a name, read by those who inspect alone.
        Paper = "PAPER",
        /// Papers that belong to no record and whose name was taken away; somebody has to look whether they are the person's.
        UnlinkedPaper = "UNLINKED_PAPER",
        /// Papers that prove something of others as well: a list that many signed. Without a name, and closed.
        SharedPaper = "SHARED_PAPER",
    }
}

/// Something that stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub what: What,
    pub count: usize,
    pub until: Option<NaiveDate>,
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum PersonsError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl From<diesel::result::Error> for PersonsError {
    fn from(error: diesel::result::Error) -> Self {
        PersonsError::Db(error.into())
    }
}

impl From<PersonsError> for StepError {
    fn from(error: PersonsError) -> Self {
        match error {
            PersonsError::Db(error) => StepError::Db(error),
            PersonsError::Vault(error) => StepError::Vault(error),
        }
    }
}

/// In Vietnamese and in English.
pub type Both = (&'static str, &'static str);

/// What a room keeps of people, as the register of processing says it: the annex of the impact assessment (Law 91/2025/QH15, art. 21) and
/// of the security dossier (Law 116/2025/QH15).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Processing {
    /// Which data of whom.
    pub data: Both,
    pub purpose: Both,
    /// By which law, or by whose consent.
    pub grounds: Both,
    /// Who may read it.
    pub readers: Both,
    /// How long it is kept.
    pub period: Both,
}

/// How many people a room holds. Who stands in two rooms is counted in the lower one; of sensitive data each room counts its own, so
/// that somebody may be in it twice: the law's limits are met rather too early.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HowMany {
    pub persons: i64,
    /// Of how many of all people the room holds sensitive data.
    pub sensitive: i64,
}

/// The security dossier that was approved (Law 116/2025/QH15), as whoever runs the server says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    pub number: String,
    pub approved_on: NaiveDate,
}

/// Somebody at a chapter who may not be needed there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// As the chapter knows them.
    pub person: Uuid,
    pub party: Uuid,
    pub chapter: Uuid,
}

/// Until when a room needs a person of a chapter, and by which rule. `None`: as long as what they are there stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needed {
    pub person: Uuid,
    pub record: &'static str,
    pub until: Option<NaiveDate>,
}

/// See the module. Every method works within the caller's transaction, whose records are held. A room leaves out what it
/// has nothing to do for.
pub trait HoldsPersons: Sync {
    /// What is kept of whom, why, by which right and how long: for the register.
    fn processing(&self) -> &'static [Processing];

    /// Columns, as `table.column`, in which this room keeps something of a person: sealed, hashed, or in clear.
    fn columns(&self) -> &'static [&'static str];

    /// Which of it is sensitive (Decree 356/2025/NĐ-CP, art. 4), for the register; nothing unless a room says otherwise.
    fn sensitive(&self) -> Option<Both> {
        None
    }

    /// How many people that is. Asked behind the requests, once a day: it may read all there is.
    fn how_many(&self, _: &mut PgConnection) -> Result<HowMany, DbError> {
        Ok(HowMany::default())
    }

    /// Until when these people are needed at their chapters. A room that has nothing of somebody says nothing of them.
    fn needed(&self, _: &mut PgConnection, _: &Periods, _of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
        Ok(Vec::new())
    }

    /// What is held of the people behind these records, besides what a gift itself shows.
    fn found(&self, _: &mut Errand<'_>, _of: &[Record]) -> Result<Vec<Holding>, PersonsError> {
        Ok(Vec::new())
    }

    /// Says from now on what is right.
    fn correct(&self, _: &mut Errand<'_>, _of: &[Corrected]) -> Result<(), PersonsError> {
        Ok(())
    }

    /// Takes the people out of these records for good, and says what stays.
    fn erase(&self, _: &mut Errand<'_>, _of: &[Record]) -> Result<Vec<Kept>, PersonsError> {
        Ok(Vec::new())
    }

    /// Takes somebody out of texts that no record leads to.
    fn erase_mentions(&self, _: &mut Errand<'_>, _of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        Ok(Vec::new())
    }

    /// Keeps what these records lead to and lets nobody use it, or lets it be used again.
    fn restrict(&self, _: &mut Errand<'_>, _of: &[Record], _on: bool) -> Result<(), PersonsError> {
        Ok(())
    }

    /// Nothing of these erased records still stands.
    fn audit(&self, _: &mut PgConnection, _: &mut Findings, _erased: &[Record]) -> Result<(), DbError> {
        Ok(())
    }

    /// The chapters at which this room holds something of a party; one may come several times. A party that no room holds goes.
    fn chapters_of(&self, _: &mut PgConnection, _party: Uuid) -> Result<Vec<Uuid>, DbError> {
        Ok(Vec::new())
    }

    /// What these chapters hold of a party besides the records of the books.
    fn found_of(&self, _: &mut Errand<'_>, _: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
        Ok(Vec::new())
    }

    /// The party is called so from now on at these chapters, where nothing but what it is called leads to what a room has of it. Asked
    /// before [`Self::correct_of`], while the party still has its old name.
    fn correct_named(&self, _: &mut Errand<'_>, _: &OfParty<'_>, _called: &Called) -> Result<(), PersonsError> {
        Ok(())
    }

    /// The party is called so from now on at these chapters, and is `to`.
    fn correct_of(&self, _: &mut Errand<'_>, _: &OfParty<'_>, _to: Uuid, _called: &Called) -> Result<(), PersonsError> {
        Ok(())
    }

    /// What a chapter has written down of a person (by its own name for them) says something else from now on: birth, sex, and the like.
    fn changed(&self, _: &mut Errand<'_>, _person: Uuid) -> Result<(), PersonsError> {
        Ok(())
    }

    /// What a chapter had written down as two persons is one from now on, or what it had joined is two again (by its own name for one of
    /// them, who goes on or stands alone).
    fn regrouped(&self, _: &mut Errand<'_>, _person: Uuid) -> Result<(), PersonsError> {
        Ok(())
    }

    /// The party asked not to be shown at these chapters: what is shown of it to others there is not any more.
    fn hide_of(&self, _: &mut Errand<'_>, _: &OfParty<'_>) -> Result<(), PersonsError> {
        Ok(())
    }

    /// The party asked that its data be kept and not used at these chapters: what is shown of it to others there is not any more. (That
    /// nobody uses the rest is asked of `party_restriction`.)
    fn restrict_of(&self, _: &mut Errand<'_>, _: &OfParty<'_>) -> Result<(), PersonsError> {
        Ok(())
    }

    /// What [`Self::restrict_of`] closed may be used again.
    fn lift_of(&self, _: &mut Errand<'_>, _: &OfParty<'_>) -> Result<(), PersonsError> {
        Ok(())
    }

    /// Whether anything is shown of the party to others at these chapters, besides gifts.
    fn is_shown_of(&self, _: &mut PgConnection, _: &OfParty<'_>) -> Result<bool, DbError> {
        Ok(false)
    }

    /// Takes the person out of what these chapters hold of the party, for good. Rooms further up come first: what they have hangs on
    /// what those below have.
    fn erase_of(&self, _: &mut Errand<'_>, _: &OfParty<'_>) -> Result<Vec<Kept>, PersonsError> {
        Ok(Vec::new())
    }
}

impl Called {
    /// Whether a text names them: by the whole name as a run of words, with or without marks, or by the number.
    pub fn is_in(&self, text: &str) -> bool {
        let words = |text: &str| format!(" {} ", words_of(text));
        let name = words_of(&self.name);
        let named = !name.is_empty() && words(text).contains(&format!(" {name} "));
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        named || self.phone.as_deref().is_some_and(|phone| numbers(phone).iter().any(|number| digits.contains(number.as_str())))
    }

    /// The text with the old name and number replaced where they stand as they were written.
    pub fn replaced_in(&self, text: &str, by: &Called) -> String {
        let text = if self.name.is_empty() { text.to_owned() } else { text.replace(&self.name, &by.name) };
        match (&self.phone, &by.phone) {
            (Some(old), Some(new)) => text.replace(old.as_str(), new),
            _ => text,
        }
    }
}

/// Folded words, with one blank between them.
fn words_of(text: &str) -> String {
    let folded = crate::basics::fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A number as it may be written: with its leading nought, or with the country in its place.
fn numbers(phone: &str) -> Vec<String> {
    let rest = phone.trim_start_matches('0');
    // Short ones are in every other row of digits.
    if rest.len() < 8 { Vec::new() } else { vec![phone.to_owned(), format!("84{rest}")] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_names_somebody_by_the_whole_name_or_the_number() {
        let her = Called { name: "Phạm Thị Quỳnh Hương".to_owned(), phone: Some("0912345678".to_owned()) };
        for text in [
            "Biên nhận Phạm Thị Quỳnh Hương.pdf",
            "bien-nhan_pham thi quynh huong.pdf",
            "CK tu 0912.345.678",
            "+84 912 345 678 goi lai",
        ] {
            assert!(her.is_in(text), "{text}");
        }
        for text in ["Biên nhận Phạm Thị Quỳnh.pdf", "Quỳnh Hương", "Phạm Thị Quỳnh Hươngxa", "091234567", ""]
        {
            assert!(!her.is_in(text), "{text}");
        }
        assert!(!Called::default().is_in("anything"));
    }

    #[test]
    fn what_is_corrected_is_replaced_where_it_stands() {
        let old = Called { name: "Lê Hăng".to_owned(), phone: Some("0912345678".to_owned()) };
        let new = Called { name: "Lê Hằng".to_owned(), phone: Some("0987654321".to_owned()) };
        assert_eq!(old.replaced_in("Lê Hăng 0912345678.jpg", &new), "Lê Hằng 0987654321.jpg");
        assert_eq!(old.replaced_in("giấy.jpg", &new), "giấy.jpg");
    }
}
