//! What a [`Fault`] means in HTTP.

use super::fault::Fault;
use crate::calling::model::{told, told_in_english};
use crate::http::{Kind, Problem};

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unknown => Problem::not_found(),
            Fault::NoSuchChapter(denied) => denied.of_chapter("/chapter"),
            Fault::NotThere(error) => Problem { errors: vec![error], ..Problem::not_found() },
            Fault::Fields(errors) => Problem::invalid(errors),
            Fault::IdTaken => Problem::new(Kind::IdTaken),
            Fault::Stale => Problem::say(
                Kind::Conflict,
                "Đợt gọi đã thay đổi sau khi bạn đọc: hãy đọc lại rồi sửa.",
                "The call has changed since you read it: read it again, then change it.",
            ),
            Fault::Quiet(until) => Problem::say(
                Kind::Conflict,
                format!("Đang là giờ yên tĩnh, đến {}: nếu phải gọi ngay, hãy ghi lý do (quiet_reason).", told(until)),
                format!(
                    "These are quiet hours, until {} in Việt Nam: if people must be asked now, say why (quiet_reason).",
                    told_in_english(until)
                ),
            ),
            Fault::Conflict(said) => Problem::say(Kind::Conflict, said.vi, said.en),
            Fault::Person(fault) => fault.into(),
            Fault::Send(error) => Problem::internal(error),
            Fault::Vault(error) => Problem::internal(error),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
