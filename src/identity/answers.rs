//! What a [`Fault`] means in HTTP.

use super::appointing::Fault;
use crate::http::{Kind, Problem};

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unknown => Problem::not_found(),
            Fault::IdTaken => Problem::new(Kind::IdTaken),
            Fault::OutOfReach(field) => Problem { errors: vec![field], ..Problem::not_found() },
            Fault::Fields(errors) => Problem::invalid(errors),
            Fault::Oneself => Problem::say(
                Kind::Forbidden,
                "Không ai tự giao vai trò cho chính mình: hãy đề nghị người quản trị khác hoặc cấp trên.",
                "Nobody gives a role to themself: ask another administrator, or the one above.",
            ),
            Fault::HeldAlready => Problem::say(
                Kind::Conflict,
                "Người này đã giữ đúng vai trò đó trong thời gian này.",
                "This person holds exactly this at that time already.",
            ),
            Fault::OverAlready => Problem::say(Kind::Conflict, "Việc này đã kết thúc rồi.", "This has ended already."),
            Fault::LastAdministrator => Problem::say(
                Kind::LastAdministrator,
                "Đây là người quản trị cuối cùng đang làm việc: hãy bổ nhiệm người khác, đợi người ấy đổi mật khẩu một lần, rồi làm lại.",
                "This is the last administrator at work: appoint another, wait until their one-time password is changed, then do this again.",
            ),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
