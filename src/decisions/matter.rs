//! What a room says of a matter of its own.

use uuid::Uuid;

use super::model::State;
use crate::authz::{Approve, Granted, Right, Visit};
use crate::house::matter::Matter as Kind;
use crate::http::Problem;

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
    const KIND: &'static Kind;
    /// The right to ask for it, at the chapter that asks; who holds it there may withdraw it.
    type Asks: Right;

    /// Does what was asked for. In the transaction of the last approval: a problem takes that back as well.
    fn carry_out(&self, v: &mut Visit<'_>, by: &Approval) -> Result<(), Problem>;

    /// Notes in the room's own table that nothing comes of it.
    fn lay_aside<R: Right>(&self, v: &mut Visit<'_>, by: &Granted<R>, state: State) -> Result<(), Problem>;
}
