//! What is shown of who gave.

use crate::basics::codes::codes;
use crate::basics::text::masked;
use crate::parties::consent::Purpose;

codes! {
    /// What the public may see of a giver's name.
    #[derive(PartialOrd, Ord)]
    pub wire enum Display {
        /// Nothing.
        Anonymous = "ANONYMOUS",
        /// Family name and initials: "Nguyễn V. A."
        Masked = "MASKED",
        /// The whole name, by the giver's recorded choice.
        FullName = "FULL_NAME",
    }
}

impl Display {
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
