//! A person in a list, in this room and in those that show whom they are about.

use serde::Serialize;
use utoipa::ToSchema;

use super::model::PersonId;
use super::sealed::Known;
use crate::basics::Birth;
use crate::parties::words;

/// A person in a list: enough to tell people of one name apart. The rest stands in the person, whose reading is noted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonFound {
    #[schema(value_type = Uuid)]
    pub id: PersonId,
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    #[schema(example = "Nguyễn Thị Lan")]
    pub name: String,
    /// The last digits of the telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "5678")]
    pub phone_ends: Option<String>,
    /// The year of birth, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1988)]
    pub birth_year: Option<i32>,
}

/// What a list shows of a person of the chapter with this code.
pub fn found(known: &Known, chapter: &str) -> PersonFound {
    PersonFound {
        id: known.id,
        chapter: chapter.to_owned(),
        name: known.name.clone(),
        phone_ends: known.phone.as_deref().and_then(words::last_digits).map(str::to_owned),
        birth_year: known.birth.map(Birth::year),
    }
}
