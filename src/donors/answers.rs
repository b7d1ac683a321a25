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
                "Người này đã có hồ sơ hiến máu ở đơn vị: hãy tìm và dùng hồ sơ ấy.",
                "This person is a donor of the chapter already: find the record and go on with it.",
            ),
            Fault::PersonGone => conflict(
                "Dữ liệu của người này đã được xóa hoặc bị hạn chế xử lý.",
                "The data of this person were erased or may not be used.",
            ),
            Fault::Conflict(said) => Problem::say(Kind::Conflict, said.vi, said.en),
            Fault::Person(fault) => fault.into(),
            Fault::Drive(fault) => fault.into(),
            Fault::Decision(halt) => halt.into(),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
