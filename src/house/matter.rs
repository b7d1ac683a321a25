//! What takes a second person, in words and names.

use crate::http::Say;

/// Something that one person asks for and another decides. The same for all requests of it.
#[derive(Debug)]
pub struct Matter {
    /// Its name in the tables, in hashes and for clients: `GIFT_REVERSAL`.
    pub name: &'static str,
    /// What is asked for, in Vietnamese: *Hủy khoản ủng hộ*. What it is about follows.
    pub vi: &'static str,
    pub en: &'static str,
    /// Where one request is shown, with `{id}` for its subject: `/api/v1/reversals/{id}`.
    pub shown_at: &'static str,
    /// What is appended to the address of the subject to decide: `/approval` and `/refusal` follow it.
    pub decided_at: &'static str,
    /// What the audit trail calls the steps.
    pub actions: Actions,
}

/// Names of what was done, in the audit trail.
#[derive(Debug)]
pub struct Actions {
    pub asked: &'static str,
    pub approved: &'static str,
    pub refused: &'static str,
    pub withdrawn: &'static str,
}

impl Matter {
    /// What is asked for, with what it is about: a public code, the number of a paper.
    pub fn say(&self, about: Option<&str>) -> Say {
        let with = |text: &str| match about {
            Some(about) => format!("{text} {about}"),
            None => text.to_owned(),
        };
        Say::new(with(self.vi), with(self.en))
    }
}
