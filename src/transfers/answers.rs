//! What a [`Fault`] means in HTTP.

use super::fault::Fault;
use crate::http::{Kind, Problem};

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let conflict = |vi: &'static str, en: &'static str| Problem::say(Kind::Conflict, vi, en);
        match fault {
            Fault::Unknown => Problem::not_found(),
            Fault::NoSuchChapter(denied) => denied.of_chapter("/chapter"),
            Fault::Fields(errors) => Problem::invalid(errors),
            Fault::Closed => conflict(
                "Một trong hai đơn vị đã sáp nhập hoặc giải thể: hãy làm ở đơn vị kế tục.",
                "One of the two chapters has merged or is dissolved: go on at its successor.",
            ),
            Fault::NotCovered => conflict(
                "Quỹ của đơn vị chuyển không còn đủ tiền hoặc hiện vật ở nơi này. Đề nghị vẫn chờ: hãy duyệt lại khi đã đủ, hoặc từ chối.",
                "The sender has not enough money or goods of this fund there. The request goes on waiting: approve it when there is enough, or refuse it.",
            ),
            Fault::NothingOnTheWay => conflict(
                "Khoản này không còn gì đang trên đường: chưa được chuyển, hoặc đã xác nhận, trả lại hết.",
                "Nothing of this is on the way: it was not sent, or all of it was confirmed or came back.",
            ),
            Fault::ByBook => conflict(
                "Hai đơn vị dùng chung tài khoản nên khoản này được chuyển trên sổ: không có gì trên đường. Nếu sai, hãy đề nghị hủy bút toán.",
                "The two chapters share one account, so this was transferred by book and nothing is on the way. If it is wrong, ask for its reversal.",
            ),
            Fault::LessIsLeft => conflict(
                "Phần còn trên đường nay ít hơn số đề nghị ghi mất: hãy từ chối và lập đề nghị mới.",
                "Less is on the way now than was said to be lost: refuse this and ask anew.",
            ),
            Fault::LossWaits => conflict(
                "Đã có đề nghị ghi mất của khoản này đang chờ duyệt.",
                "A loss of this transfer is waiting for its approval already.",
            ),
            Fault::NobodyAsked => {
                conflict("Chưa có ai đề nghị ghi mất khoản này.", "Nobody has said that something of this is lost.")
            }
            Fault::Decision(halt) => halt.into(),
            Fault::Denied(denied) => denied.into(),
            Fault::Broken(cause) => Problem::internal(cause),
            Fault::Db(error) => error.into(),
        }
    }
}
