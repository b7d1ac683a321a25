//! What a [`Fault`] means in HTTP.

use super::fault::Fault;
use crate::http::{Kind, Problem};

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let conflict = |vi: &'static str, en: &'static str| Problem::say(Kind::Conflict, vi, en);
        match fault {
            Fault::Unknown => Problem::not_found(),
            Fault::Fields(errors) => Problem::invalid(errors),
            Fault::IdTaken => Problem::new(Kind::IdTaken),
            Fault::Stale => conflict(
                "Thông tin đã thay đổi sau khi bạn đọc: hãy đọc lại rồi sửa.",
                "This has changed since you read it: read it again, then change it.",
            ),
            Fault::AlreadyOne => conflict(
                "Người này đang là tình nguyện viên của đơn vị, hoặc đang chờ xác minh.",
                "This person is a volunteer of the chapter, or waits to be verified.",
            ),
            Fault::PersonGone => conflict(
                "Dữ liệu của người này đã được xóa hoặc bị hạn chế xử lý.",
                "The data of this person were erased or may not be used.",
            ),
            Fault::Conflict(said) => Problem::say(Kind::Conflict, said.vi, said.en),
            Fault::TooMany(said) => Problem { retry_after: Some(3_600), ..Problem::say(Kind::RateLimited, said.vi, said.en) },
            Fault::Person(fault) => fault.into(),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
