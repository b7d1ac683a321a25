//! What a [`Fault`] means in HTTP.

use super::fault::Fault;
use crate::authz::Denied;
use crate::decisions::Halt;
use crate::http::{Kind, Problem};

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let conflict = |vi: &'static str, en: &'static str| Problem::say(Kind::Conflict, vi, en);
        match fault {
            Fault::Unknown => Problem::not_found(),
            Fault::IdTaken => {
                Problem::say(Kind::IdTaken, "Mã nhận dạng này đã dùng cho yêu cầu khác.", "This id stands for another request.")
            }
            Fault::IdJustTaken => Problem::new(Kind::IdTaken),
            Fault::AskedAlready => conflict("Đã có yêu cầu như vậy đang xử lý.", "The same is asked for already."),
            Fault::NotRestricted => conflict(
                "Dữ liệu của người này không bị hạn chế xử lý ở đây.",
                "The data of this person are not restricted here.",
            ),
            Fault::NoGiver => conflict("Khoản này không có thông tin người ủng hộ.", "This gift has no giver's data."),
            Fault::Field(error) => error.into(),
            Fault::Decided => conflict("Yêu cầu đã được quyết định.", "The request was decided already."),
            Fault::ExtendedAlready => conflict("Chỉ được gia hạn một lần.", "There is one extension only."),
            Fault::NotByHand => {
                conflict("Chỉ yêu cầu ACCESS, PROTECT kết thúc như vậy.", "Only ACCESS and PROTECT end this way.")
            }
            Fault::NoApproval => conflict("Yêu cầu này không cần duyệt.", "This takes no approval."),
            Fault::NeededAgain => conflict(
                "Người này lại có vai trò ở đơn vị, hoặc chưa hết thời hạn lưu: không xóa theo thời hạn.",
                "This person is needed again at the chapter, or the time is not over: they are not erased for it.",
            ),
            Fault::Decision(halt) => said(halt),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}

/// The answer to whoever asked for a decision or wanted to decide.
fn said(halt: Halt) -> Problem {
    match halt {
        Halt::NobodyElse => Problem::say(
            Kind::Conflict,
            "Chưa có người thứ hai có quyền duyệt ở đơn vị này và các cấp trên.",
            "Nobody else may approve at this chapter or above.",
        ),
        Halt::NotOneself => Problem::say(
            Kind::Forbidden,
            "Người ghi yêu cầu không tự duyệt: cần người thứ hai.",
            "Whoever wrote the request down does not decide: it takes a second person.",
        ),
        Halt::Denied(Denied::Refused(_)) => Problem::say(
            Kind::Forbidden,
            "Cần quyền duyệt ở mọi đơn vị mà yêu cầu này bao gồm: đơn vị cấp trên sẽ quyết định.",
            "This takes APPROVE at every chapter this request covers: the chapter above decides.",
        ),
        Halt::DecidedOtherwise => Fault::Decided.into(),
        halt => halt.into(),
    }
}
