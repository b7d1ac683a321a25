//! What a room says of a matter of its own.

use uuid::Uuid;

use super::model::State;
use crate::authz::{Approve, Granted, Right, Visit};
use crate::http::{Problem, Say};
use crate::tree::ChapterId;

/// A matter in words and names. The same for all requests of it.
#[derive(Debug)]
pub struct Kind {
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

impl Kind {
    /// What is asked for, with what it is about: a public code, the number of a paper.
    pub fn say(&self, about: Option<&str>) -> Say {
        let with = |text: &str| match about {
            Some(about) => format!("{text} {about}"),
            None => text.to_owned(),
        };
        Say::new(with(self.vi), with(self.en))
    }
}

/// Every matter of the house, for the inbox.
#[derive(Debug, Clone, Copy)]
pub struct Matters(pub &'static [&'static Kind]);

impl Matters {
    pub fn called(&self, name: &str) -> Option<&'static Kind> {
        self.0.iter().copied().find(|kind| kind.name == name)
    }
}

/// Proof that one person asked and others approved, each a person of their own.
#[derive(Debug)]
pub struct Approval {
    /// Who asked, as a person.
    pub asked_by: Uuid,
    /// The account that asked.
    pub asking_account: Uuid,
    /// The last approval, at the chapter it speaks for.
    pub grant: Granted<Approve>,
    /// What the other side confirmed before, where there are two.
    pub other_side: Option<Granted<Approve>>,
}

/// One request of a matter, with whatever its room needs to know to carry it out.
pub trait Matter {
    /// The right to ask for it, at the chapter that asks; who holds it there may withdraw it.
    type Asks: Right;
    /// Why it can not be carried out, in words of its room.
    type Fault: Into<Problem>;

    fn kind(&self) -> &'static Kind;

    /// The chapters at every one of which who decides must hold APPROVE, where that is not the chapter that asks. Such a matter takes
    /// one step.
    fn everywhere(&self) -> Option<&[ChapterId]> {
        None
    }

    /// Does what was asked for. In the transaction of the last approval: a fault takes that back as well.
    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Self::Fault>;

    /// Notes in the room's own table that nothing comes of it.
    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Self::Fault>;
}
