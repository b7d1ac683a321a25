//! What a [`Fault`] means in HTTP.

use super::fault::Fault;
use crate::decisions::{already_waits, not_covered};
use crate::http::{Kind, Problem};

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unknown => Problem::not_found(),
            Fault::Fields(errors) => Problem::invalid(errors),
            Fault::AlreadyAsked => already_waits(),
            Fault::StandsOnIt(what) => Problem::say(Kind::Conflict, what.vi, what.en),
            Fault::AnotherFirst => Problem::say(
                Kind::Conflict,
                "Một đề nghị còn cần người khác duyệt thêm sau bước này: chưa đề nghị nào được duyệt. Hãy duyệt riêng bước ấy trước.",
                "One of the requests takes another person's approval after this one: none was approved. Have its own steps approved first.",
            ),
            Fault::NotCovered => not_covered(),
            Fault::Decision(halt) => halt.into(),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
