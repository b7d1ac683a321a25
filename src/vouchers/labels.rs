//! The printed words of a cash receipt, in both languages. The sheet is a Vietnamese document: the English one is a
//! reading aid, so it keeps the Vietnamese title and the amount in Vietnamese words.

use crate::http::Lang;

/// A person who signs: who, and how.
#[derive(Debug, Clone, Copy)]
pub struct Signature {
    pub who: &'static str,
    pub hint: &'static str,
}

/// All fixed words of the sheet.
#[derive(Debug, Clone, Copy)]
pub struct Labels {
    pub title: &'static str,
    /// Under the title; the Vietnamese name on the English sheet.
    pub subtitle: Option<&'static str>,
    pub series: &'static str,
    pub number: &'static str,
    pub address: &'static str,
    pub payer: &'static str,
    pub payer_unknown: &'static str,
    pub content: &'static str,
    pub amount: &'static str,
    pub in_words: &'static str,
    pub received_on: &'static str,
    /// How many original vouchers are enclosed: before and behind the number.
    pub enclosed: &'static str,
    pub vouchers: &'static str,
    /// Said once more under the sum, as the form of the Ministry of Finance has it.
    pub in_full: &'static str,
    pub code: &'static str,
    pub scan: &'static str,
    /// Across a reversed receipt; the same in every language.
    pub stamp: &'static str,
    pub cancelled_on: &'static str,
    pub cancelled_by: &'static str,
    /// Before the number of a sheet, where there are several.
    pub sheet: &'static str,
    /// Head of the unit, accountant (who approves), payer, maker, treasurer: Law on Accounting, Article 16(1)(g).
    pub signatures: [Signature; 5],
}

const fn sign(who: &'static str, hint: &'static str) -> Signature {
    Signature { who, hint }
}

const VI: Labels = Labels {
    title: "PHIẾU THU",
    subtitle: None,
    series: "Quyển số",
    number: "Số",
    address: "Địa chỉ",
    payer: "Họ và tên người nộp tiền",
    payer_unknown: "Người nộp ẩn danh",
    content: "Lý do nộp",
    amount: "Số tiền",
    in_words: "Viết bằng chữ",
    received_on: "Ngày nhận tiền",
    enclosed: "Kèm theo",
    vouchers: "chứng từ gốc",
    in_full: "Đã nhận đủ số tiền (viết bằng chữ)",
    code: "Mã công khai",
    scan: "Quét mã để xem khoản này trên sổ công khai",
    stamp: "HỦY",
    cancelled_on: "PHIẾU ĐÃ HỦY ngày",
    cancelled_by: "theo bút toán",
    sheet: "Trang",
    signatures: [
        sign("Thủ trưởng đơn vị", "(Ký, họ tên, đóng dấu)"),
        sign("Kế toán", "(Duyệt, ký, họ tên)"),
        sign("Người nộp tiền", "(Ký, họ tên)"),
        sign("Người lập phiếu", "(Ký, họ tên)"),
        sign("Thủ quỹ", "(Ký, họ tên)"),
    ],
};

const EN: Labels = Labels {
    title: "CASH RECEIPT",
    subtitle: Some("(Phiếu thu)"),
    series: "Series",
    number: "No.",
    address: "Address",
    payer: "Received from",
    payer_unknown: "Name not given",
    content: "For",
    amount: "Amount",
    in_words: "In words (Vietnamese)",
    received_on: "Money received on",
    enclosed: "Enclosed",
    vouchers: "original vouchers",
    in_full: "Received in full (in words, Vietnamese)",
    code: "Public code",
    scan: "Scan to find this gift in the public ledger",
    stamp: "HỦY",
    cancelled_on: "CANCELLED (HỦY) on",
    cancelled_by: "by entry",
    sheet: "Sheet",
    signatures: [
        sign("Head of the unit", "(Signature, name, stamp)"),
        sign("Accountant", "(Approval, signature, name)"),
        sign("Payer", "(Signature, name)"),
        sign("Made out by", "(Signature, name)"),
        sign("Treasurer", "(Signature, name)"),
    ],
};

/// Which of the signatures is the maker's: the name is known.
pub const MAKER: usize = 3;

impl Labels {
    pub fn of(lang: Lang) -> &'static Labels {
        match lang {
            Lang::Vi => &VI,
            Lang::En => &EN,
        }
    }
}
