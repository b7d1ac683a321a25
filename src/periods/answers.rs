//! What a [`Fault`] means in HTTP.

use super::fault::Fault;
use super::model::NotNow;
use crate::http::{Kind, Problem};

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unknown => Problem::not_found(),
            Fault::Fields(errors) => Problem::invalid(errors),
            Fault::NotNow(why) => not_now(why),
            Fault::Waits => Problem::say(
                Kind::Conflict,
                "Đã có người đề nghị khóa sổ tháng này.",
                "Somebody has asked to close this month already.",
            ),
            Fault::Sealing => Problem::say(
                Kind::Conflict,
                "Bút toán của tháng này đang được đưa vào sổ công khai: hãy thử lại sau một giây.",
                "Entries of this month are on their way into the public log: try again in a second.",
            ),
            Fault::Decision(halt) => halt.into(),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}

fn not_now(why: NotNow) -> Problem {
    match why {
        NotNow::NotOver => {
            Problem::say(Kind::Conflict, "Chỉ khóa sổ tháng đã kết thúc.", "Only a month that is over can be closed.")
        }
        NotNow::ClosedAlready => Problem::say(
            Kind::Conflict,
            "Tháng này đã khóa sổ; sổ đã khóa không mở lại.",
            "This month is closed, and what is closed is not opened again.",
        ),
        NotNow::First(month) => Problem::say(
            Kind::Conflict,
            format!("Khóa sổ theo thứ tự: tháng {} trước.", month.format("%m/%Y")),
            format!("Months close in order: {} first.", month.format("%Y-%m")),
        ),
        NotNow::BeforeTheBooks(month) => Problem::say(
            Kind::Conflict,
            format!("Sổ của đơn vị bắt đầu từ tháng {}.", month.format("%m/%Y")),
            format!("The books of the chapter begin in {}.", month.format("%Y-%m")),
        ),
    }
}
