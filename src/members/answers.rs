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
            Fault::AlreadyMember => conflict(
                "Người này đang là hội viên của đơn vị, hoặc đang có đề nghị kết nạp.",
                "This person is a member of the chapter, or an application waits.",
            ),
            Fault::NotPossible => conflict(
                "Không làm được ở tình trạng hiện nay của hội viên: hãy đọc lại hồ sơ.",
                "Not possible as the membership stands now: read it again.",
            ),
            Fault::AlreadyAsked => crate::decisions::already_waits(),
            Fault::PersonGone => conflict(
                "Dữ liệu của người này đã được xóa hoặc bị hạn chế xử lý.",
                "The data of this person were erased or may not be used.",
            ),
            Fault::TooManyChecked => Problem::say(
                Kind::RateLimited,
                "Hôm nay đã có quá nhiều đề nghị của tài khoản này phải kiểm tra ở cấp trên: hãy thử lại ngày mai.",
                "Too many applications of this account are being checked above today: try again tomorrow.",
            ),
            Fault::SameChapter => conflict(
                "Hai đơn vị nay là một: hãy từ chối hoặc rút đề nghị chuyển.",
                "The two chapters are one by now: refuse or withdraw the transfer.",
            ),
            Fault::Decision(halt) => halt.into(),
            Fault::Person(fault) => fault.into(),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
