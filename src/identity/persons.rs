//! The persons who work here. They are no givers: a giver's request never touches an account, even if it is the same
//! person's, for the trail must go on saying who did what. Accounts are disabled, not erased.

use diesel::pg::PgConnection;

use crate::db::DbError;
use crate::db::findings::Findings;
use crate::house::errand::Errand;
use crate::house::persons::{Corrected, Holding, HoldsPersons, Kept, Mentioned, PersonsError, Record};

/// See the module.
pub struct Officers;

impl HoldsPersons for Officers {
    fn columns(&self) -> &'static [&'static str] {
        &[
            "officer.full_name",
            "account.user_name",
            "account.phone",
            "account.phone_hash",
            "account.request_hash",
            "session.label",
            "login_delay.subject",
        ]
    }

    fn found(&self, _: &mut Errand<'_>, _: &[Record]) -> Result<Vec<Holding>, PersonsError> {
        Ok(Vec::new())
    }

    fn correct(&self, _: &mut Errand<'_>, _: &[Corrected]) -> Result<(), PersonsError> {
        Ok(())
    }

    fn erase(&self, _: &mut Errand<'_>, _: &[Record]) -> Result<Vec<Kept>, PersonsError> {
        Ok(Vec::new())
    }

    fn erase_mentions(&self, _: &mut Errand<'_>, _: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        Ok(Vec::new())
    }

    fn restrict(&self, _: &mut Errand<'_>, _: &[Record], _: bool) -> Result<(), PersonsError> {
        Ok(())
    }

    fn audit(&self, _: &mut PgConnection, _: &mut Findings, _: &[Record]) -> Result<(), DbError> {
        Ok(())
    }
}
