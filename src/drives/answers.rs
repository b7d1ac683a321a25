//! What a [`Fault`] means in HTTP.

use super::fault::Fault;
use crate::http::{Kind, Problem};

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unknown => Problem::not_found(),
            Fault::Fields(errors) => Problem::invalid(errors),
            Fault::IdTaken => Problem::new(Kind::IdTaken),
            Fault::Stale => Problem::say(
                Kind::Conflict,
                "Ngày hiến máu này đã có người sửa sau khi bạn đọc: hãy đọc lại rồi sửa.",
                "Somebody has changed this drive since you read it: read it again, then change it.",
            ),
            Fault::Conflict(said) => Problem::say(Kind::Conflict, said.vi, said.en),
            Fault::Volunteers(fault) => fault.into(),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
