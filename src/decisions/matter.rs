//! What a room says of a matter of its own.

use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::State;
use crate::authz::{Approve, Granted, Right, Visit};
use crate::db::DbError;
use crate::house::matter::Matter as Kind;
use crate::http::Problem;
use crate::identity::store as identity;
use crate::tree::ChapterId;

/// Proof that one person asked and others approved, each a person of their own.
#[derive(Debug)]
pub struct Approval {
    /// The account that asked.
    pub asking_account: Uuid,
    /// The chapter whose turn it was at last.
    pub approver: ChapterId,
    /// The last approval, at the chapter it speaks for.
    pub grant: Granted<Approve>,
    /// What the other side confirmed before, where there are two.
    pub other_side: Option<Granted<Approve>>,
}

impl Approval {
    /// Who asked, as a person.
    pub fn asked_by(&self, conn: &mut PgConnection) -> Result<Uuid, DbError> {
        identity::officer_of(conn, self.asking_account)
    }
}

/// One request of a matter, with whatever its room needs to know to carry it out.
pub trait Matter {
    /// The right to ask for it, at the chapter that asks; who holds it there may withdraw it.
    type Asks: Right;
    /// Why it cannot be carried out, in words of its room.
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
