//! What is said of a chapter beside its row, to officers and to the public alike.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::life_store::FormerName;
use super::model::Decision;
use crate::tree::Related;

/// The decision by which a committee is provisional (lâm thời), until a congress elects one.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProvisionalOut {
    #[schema(example = "15/QĐ-UBND")]
    pub decision_no: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_on: Option<NaiveDate>,
    pub since: NaiveDate,
}

/// A chapter that this one went up in, or that went up in this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RelatedChapter {
    #[schema(example = "23095")]
    pub code: String,
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub name: String,
    pub since: NaiveDate,
    /// Of several successors, whether this one goes on with whatever was not given to another.
    pub leads: bool,
}

impl From<Related> for RelatedChapter {
    fn from(Related { code, name, since, leads }: Related) -> Self {
        Self { code, name, since, leads }
    }
}

/// A name a chapter had before.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormerNameOut {
    pub name: String,
    pub valid_from: NaiveDate,
    /// The day from which the next name holds.
    pub valid_to: NaiveDate,
}

impl From<(Decision, NaiveDate)> for ProvisionalOut {
    fn from((decision, since): (Decision, NaiveDate)) -> Self {
        Self { decision_no: decision.no, decision_on: decision.on, since }
    }
}

impl From<FormerName> for FormerNameOut {
    fn from(name: FormerName) -> Self {
        Self { name: name.name, valid_from: name.valid_from, valid_to: name.valid_to }
    }
}
