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
                "Hồ sơ đã thay đổi sau khi bạn đọc: hãy đọc lại rồi sửa.",
                "The registration has changed since you read it: read it again, then change it.",
            ),
            Fault::NotPossible => conflict(
                "Không làm được ở tình trạng hiện nay của hồ sơ: hãy đọc lại hồ sơ.",
                "Not possible as the registration stands now: read it again.",
            ),
            Fault::Gone => conflict(
                "Người này đã rút lại hoặc đã được xóa: không còn thông tin nào.",
                "They withdrew or were erased: nothing of them is kept.",
            ),
            Fault::Restricted => conflict(
                "Người này đã yêu cầu hạn chế xử lý dữ liệu: hồ sơ chỉ được lưu giữ, không được dùng.",
                "They asked for restriction: what is kept is not used.",
            ),
            Fault::ChapterClosed => Problem::field(
                "/chapter",
                "CHAPTER_CLOSED",
                "Đơn vị đã sáp nhập hoặc giải thể: hãy ghi ở đơn vị kế tục.",
                "The chapter has merged or is dissolved: write at its successor.",
            ),
            Fault::TooManyLooks { most, seconds } => Problem {
                retry_after: Some(seconds),
                ..Problem::say(
                    Kind::RateLimited,
                    format!("Mỗi tài khoản được tra cứu {most} lần trong một giờ; hãy thử lại sau {} phút.", seconds / 60 + 1),
                    format!("An account looks for people {most} times an hour; try again in {} minutes.", seconds / 60 + 1),
                )
            },
            Fault::TooManyFound { most } => Problem::field(
                "q",
                "TOO_MANY_FOUND",
                format!("Có quá nhiều người khớp (trên {most}): hãy ghi thêm chữ của tên hoặc số cuối điện thoại."),
                format!("Too many fit (more than {most}): give more words of the name or the last digits of the number."),
            ),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
