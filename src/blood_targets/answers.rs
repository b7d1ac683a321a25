//! What a [`Fault`] means in HTTP.

use super::fault::Fault;
use crate::http::{Kind, Problem};

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unknown => Problem::not_found(),
            Fault::NoSuchChapter(denied) => denied.of_chapter("/chapter"),
            Fault::Fields(errors) => Problem::invalid(errors),
            Fault::Waits => Problem::say(
                Kind::Conflict,
                "Đã có quyết định giao chỉ tiêu của năm này đang chờ duyệt: hãy duyệt, từ chối hoặc rút quyết định đó trước.",
                "Targets of this year wait to be decided already: approve, refuse or withdraw those first.",
            ),
            Fault::YearOver => Problem::say(
                Kind::Conflict,
                "Năm này đã kết thúc: chỉ tiêu không đổi nữa.",
                "That year is over: its targets stand as they were.",
            ),
            Fault::Moved => Problem::say(
                Kind::Conflict,
                "Chỉ tiêu cấp trên giao cho đơn vị đã thay đổi từ khi đề nghị: hãy rút đề nghị này và lập lại.",
                "What the chapter itself was given has changed since this was asked: withdraw it and ask anew.",
            ),
            Fault::Closed => Problem::say(
                Kind::Conflict,
                "Đơn vị giao hoặc đơn vị nhận chỉ tiêu đã sáp nhập hoặc giải thể: hãy rút đề nghị này và lập lại.",
                "The chapter, or one that is given a target, has merged or dissolved: withdraw this and ask anew.",
            ),
            Fault::Decision(halt) => halt.into(),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
