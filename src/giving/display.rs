//! What is shown of who gave.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::basics::text::masked;
use crate::parties::consent::Purpose;

/// What the public may see of a giver's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Display {
    /// Nothing.
    Anonymous,
    /// Family name and initials: "Nguyễn V. A."
    Masked,
    /// The whole name, by the giver's recorded choice.
    FullName,
}

impl Display {
    pub fn name(self) -> &'static str {
        match self {
            Display::Anonymous => "ANONYMOUS",
            Display::Masked => "MASKED",
            Display::FullName => "FULL_NAME",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Display::Anonymous, Display::Masked, Display::FullName].into_iter().find(|display| display.name() == name)
    }

    /// A name in the form the public may see. Of one that is all digits nothing is left when it is masked.
    pub fn shown(self, name: &str) -> Option<String> {
        match self {
            Display::Anonymous => None,
            Display::Masked => Some(masked(name)).filter(|shown| !shown.is_empty()),
            Display::FullName => Some(name.to_owned()),
        }
    }

    /// What one agrees to by choosing it.
    pub fn purpose(self) -> Option<Purpose> {
        match self {
            Display::Anonymous => None,
            Display::Masked => Some(Purpose::ShowMaskedName),
            Display::FullName => Some(Purpose::ShowFullName),
        }
    }
}
