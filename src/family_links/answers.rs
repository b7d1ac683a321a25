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
                "The case has changed since you read it: read it again, then change it.",
            ),
            Fault::NotInCharge => Problem::say(
                Kind::Forbidden,
                "Hồ sơ của trẻ em hoặc cần bảo vệ: chỉ cán bộ đang phụ trách được xem. Hãy hỏi người ấy.",
                "A guarded case: only the officer in charge sees it. Ask them.",
            ),
            Fault::InCharge => conflict(
                "Hồ sơ đang có người phụ trách: người ấy giao lại trước, rồi bạn mới nhận được.",
                "Somebody is in charge of the case: they leave it first, then you take it.",
            ),
            Fault::NotPossible => conflict(
                "Không làm được ở tình trạng hiện nay của hồ sơ: hãy đọc lại hồ sơ.",
                "Not possible as the case stands now: read it again.",
            ),
            Fault::Gone => conflict("Nội dung hồ sơ đã được xóa.", "What the case said was erased."),
            Fault::Restricted => conflict(
                "Người hỏi đã yêu cầu hạn chế xử lý dữ liệu: hồ sơ chỉ được lưu giữ, không được dùng.",
                "The enquirer asked for restriction: the case is kept and not used.",
            ),
            Fault::Offered => conflict(
                "Hồ sơ đang chờ đơn vị khác nhận: hãy đợi trả lời, hoặc rút lại đề nghị.",
                "The case is offered to another chapter: wait for the answer, or withdraw the offer.",
            ),
            Fault::NobodyThere => conflict(
                "Đơn vị ấy chưa có cán bộ phụ trách tìm thân nhân: hãy chuyển lên cấp trên của đơn vị ấy, hoặc Trung ương.",
                "Nobody at that chapter keeps family links: offer it to the chapter above, or to the centre.",
            ),
            Fault::SamePerson => Problem::say(
                Kind::Forbidden,
                "Người chuyển hồ sơ không tự nhận: cán bộ khác của đơn vị nhận quyết định.",
                "Who offers a case does not take it: somebody else at the other chapter decides.",
            ),
            Fault::SameChapter => {
                conflict("Hai đơn vị nay là một: hãy rút đề nghị chuyển.", "The two chapters are one by now: withdraw the offer.")
            }
            Fault::ChapterClosed => Problem::field(
                "/chapter",
                "CHAPTER_CLOSED",
                "Đơn vị đã sáp nhập hoặc giải thể: hãy ghi ở đơn vị kế tục.",
                "The chapter has merged or is dissolved: write at its successor.",
            ),
            Fault::Declined => conflict(
                "Người được tìm không muốn liên lạc: hồ sơ này không mở lại.",
                "Who was sought does not wish contact: this case is not opened again.",
            ),
            Fault::TooManyChecked => Problem::say(
                Kind::RateLimited,
                "Hôm nay đã có quá nhiều hồ sơ của tài khoản này phải so sánh ở Trung ương: hãy thử lại ngày mai.",
                "Too many cases of this account are being compared at the centre today: try again tomorrow.",
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
                format!("Có quá nhiều hồ sơ khớp (trên {most}): hãy ghi thêm chữ của tên hoặc số cuối điện thoại."),
                format!("Too many fit (more than {most}): give more words of the name or the last digits of the number."),
            ),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
