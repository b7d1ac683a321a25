//! What a [`Fault`] means in HTTP.

use super::fault::Fault;
use crate::http::{Kind, Problem};

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unknown => Problem::not_found(),
            Fault::NoSuchChapter(denied) => denied.of_chapter("/chapter"),
            Fault::Fields(errors) => Problem::invalid(errors),
            Fault::IdTaken => {
                Problem::say(Kind::IdTaken, "Mã nhận dạng này đã dùng cho nội dung khác.", "This id stands for other content.")
            }
            Fault::NotCovered => Problem::say(
                Kind::Conflict,
                "Hàng này đã xuất, không còn đủ trong kho. Hãy xem lại phiếu xuất trước.",
                "These goods have left: there is not enough of them in stock. Look at what took them first.",
            ),
            Fault::CountedAgain => Problem::say(
                Kind::Conflict,
                "Sau lần kiểm kê này, hàng đã được kiểm kê lại: hãy từ chối đề nghị này và duyệt đề nghị của lần kiểm kê sau.",
                "These goods were counted again after this count: refuse this request, and decide on what the later count proposes.",
            ),
            Fault::WorthNothing => Problem::say(
                Kind::Conflict,
                "Số lượng này có giá trị dưới 1 đồng: hãy ghi số lượng lớn hơn.",
                "So little of it is worth less than 1 đồng: take more.",
            ),
            Fault::Decision(halt) => halt.into(),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
