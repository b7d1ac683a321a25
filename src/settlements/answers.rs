//! What a [`Fault`] means in HTTP.

use super::fault::Fault;
use crate::http::{Kind, Problem};

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unknown => Problem::not_found(),
            Fault::Fields(errors) => Problem::invalid(errors),
            Fault::Waits => Problem::say(
                Kind::Conflict,
                "Đã có báo cáo quyết toán của đợt này đang chờ duyệt.",
                "A settlement report of this appeal is waiting for its second person.",
            ),
            Fault::Sealing => Problem::say(
                Kind::Conflict,
                "Bút toán của quỹ này đang được đưa vào sổ công khai: hãy thử lại sau một giây.",
                "Entries of this fund are on their way into the public log: try again in a second.",
            ),
            Fault::Moved => Problem::say(
                Kind::Conflict,
                "Sổ của quỹ đã thay đổi từ khi lập báo cáo: hãy rút lại và lập báo cáo mới.",
                "The books of the fund have moved since the report was made: withdraw it and make another.",
            ),
            Fault::Decision(halt) => halt.into(),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
