//! Why a gift is not recorded, where several ways of recording say the same.

use super::model::NewGift;
use crate::http::{Kind, Problem};

/// The id stands for something else.
pub(super) fn id_taken() -> Problem {
    Problem::say(
        Kind::IdTaken,
        "Mã nhận dạng này đã dùng cho nội dung khác. Nếu là khoản mới, hãy ghi thành khoản mới; nếu là sửa, hãy đề nghị hủy bút toán cũ.",
        "This id stands for other content. Record a new gift as a new one; to correct one, ask for its reversal.",
    )
}

/// The paper slip stands for something else.
pub(super) fn slip_taken(gift: &NewGift) -> Problem {
    let (book, no) = gift.paper_slip.as_ref().map(|(b, n)| (b.as_str(), n.as_str())).unwrap_or_default();
    Problem::field(
        "/paper_no",
        "SLIP_TAKEN",
        format!("Phiếu số {no} quyển {book} đã ghi cho khoản khác của đơn vị."),
        format!("Slip {no} of book {book} stands for another gift of this chapter."),
    )
}

/// The public code stands for something else.
pub(super) fn code_taken() -> Problem {
    Problem::field("/code", "CODE_TAKEN", "Mã công khai này đã dùng.", "This public code is taken.")
}
