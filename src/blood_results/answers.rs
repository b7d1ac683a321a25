//! What a [`Fault`] means in HTTP.

use super::fault::Fault;
use crate::http::{Kind, Problem};

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unknown => Problem::not_found(),
            Fault::NotReconciled => Problem::say(
                Kind::Conflict,
                "Ngày hiến máu này chưa đối chiếu xong với danh sách của cơ sở tiếp nhận máu: hãy đối chiếu trước, rồi công bố.",
                "This drive is not reconciled with the blood centre's list yet: reconcile it first, then publish.",
            ),
            Fault::AtOnce => Problem::say(
                Kind::Conflict,
                "Có người vừa công bố kết quả này cùng lúc: hãy xem lại rồi thử lại nếu cần.",
                "Somebody else has just published this result: look at it, and try again if need be.",
            ),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
