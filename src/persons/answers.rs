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
            Fault::KnownHere => conflict(
                "Đơn vị đã ghi một người cùng họ tên, cùng số điện thoại: hãy tìm và dùng người ấy; nếu là người khác, hãy ghi không kèm số.",
                "The chapter has written down somebody of this name and number: find them and go on with them; somebody else is written down without the number.",
            ),
            Fault::Restricted => conflict(
                "Người này đã yêu cầu hạn chế xử lý dữ liệu: chỉ được lưu giữ, không được dùng.",
                "This person asked for restriction: their data are kept and not used.",
            ),
            Fault::Stale => conflict(
                "Thông tin đã thay đổi sau khi bạn đọc: hãy đọc lại rồi sửa.",
                "This has changed since you read it: read it again, then change it.",
            ),
            Fault::ChapterClosed => Problem::field(
                "/chapter",
                "CHAPTER_CLOSED",
                "Đơn vị đã sáp nhập hoặc giải thể: hãy ghi ở đơn vị kế tục.",
                "The chapter has merged or is dissolved: write at its successor.",
            ),
            Fault::JoinedAlready => conflict(
                "Một trong hai người đã được nhập hoặc đang chờ nhập với người khác: hãy xử lý việc ấy trước.",
                "One of the two is joined to somebody else, or waits to be: settle that first.",
            ),
            Fault::TooManyLooks { most, seconds } => Problem {
                retry_after: Some(seconds),
                ..Problem::say(
                    Kind::RateLimited,
                    format!(
                        "Mỗi tài khoản được tra cứu người {most} lần trong một giờ; hãy thử lại sau {} phút.",
                        seconds / 60 + 1
                    ),
                    format!("An account looks for persons {most} times an hour; try again in {} minutes.", seconds / 60 + 1),
                )
            },
            Fault::TooManyFound { most } => Problem::field(
                "q",
                "TOO_MANY_FOUND",
                format!("Có quá nhiều người khớp (trên {most}): hãy ghi thêm chữ của tên hoặc số cuối điện thoại."),
                format!("Too many fit (more than {most}): give more words of the name or the last digits of the number."),
            ),
            Fault::NotJoined => conflict("Hai người này hiện không được nhập làm một.", "The two are not joined."),
            Fault::Decision(halt) => halt.into(),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
