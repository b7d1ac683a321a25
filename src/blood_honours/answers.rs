//! What a [`Fault`] means in HTTP.

use super::fault::Fault;
use crate::http::{Kind, Problem};

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unknown => Problem::not_found(),
            Fault::NoSuchChapter(denied) => denied.of_chapter("/chapter"),
            Fault::NotThere(error) => Problem { errors: vec![error], ..Problem::not_found() },
            Fault::Fields(errors) => Problem::invalid(errors),
            Fault::IdTaken => Problem::new(Kind::IdTaken),
            Fault::Conflict(said) => Problem::say(Kind::Conflict, said.vi, said.en),
            Fault::Decision(halt) => halt.into(),
            Fault::Person(fault) => fault.into(),
            Fault::Denied(denied) => denied.into(),
            Fault::Vault(error) => Problem::internal(error),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
