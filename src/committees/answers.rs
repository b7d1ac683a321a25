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
            Fault::AboveDecides => Problem::say(
                Kind::Forbidden,
                "Ban của một đơn vị, và chức danh có vai trò đi kèm, do cấp trên trực tiếp ghi nhận: hãy đề nghị cấp trên.",
                "A chapter's committees, and posts that carry a role, are entered and ended by the chapter above: ask there.",
            ),
            Fault::Conflict(said) => Problem::say(Kind::Conflict, said.vi, said.en),
            Fault::Role(fault) => fault.into(),
            Fault::Person(fault) => fault.into(),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
