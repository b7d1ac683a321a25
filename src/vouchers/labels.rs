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
    pub code: &'static str,
    pub scan: &'static str,
    /// Across a reversed receipt; the same in every language.
    pub stamp: &'static str,
    pub cancelled_on: &'static str,
    pub cancelled_by: &'static str,
    /// Maker, treasurer, accountant (who approves), payer: Law on Accounting, Article 16(1)(g).
    pub signatures: [Signature; 4],
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
    payer_unknown: "Người nộp không nêu tên",
    content: "Lý do nộp",
    amount: "Số tiền",
    in_words: "Viết bằng chữ",
    received_on: "Ngày nhận tiền",
    code: "Mã công khai",
    scan: "Quét mã để xem khoản này trên sổ công khai",
    stamp: "HỦY",
    cancelled_on: "PHIẾU ĐÃ HỦY ngày",
    cancelled_by: "theo bút toán",
    signatures: [
        sign("Người lập phiếu", "(Ký, họ tên)"),
        sign("Thủ quỹ", "(Ký, họ tên)"),
        sign("Kế toán", "(Duyệt, ký, họ tên)"),
        sign("Người nộp tiền", "(Ký, họ tên)"),
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
    code: "Public code",
    scan: "Scan to find this gift in the public ledger",
    stamp: "HỦY",
    cancelled_on: "CANCELLED (HỦY) on",
    cancelled_by: "by entry",
    signatures: [
        sign("Made out by", "(Signature, name)"),
        sign("Treasurer", "(Signature, name)"),
        sign("Accountant", "(Approval, signature, name)"),
        sign("Payer", "(Signature, name)"),
    ],
};

impl Labels {
    pub fn of(lang: Lang) -> &'static Labels {
        match lang {
            Lang::Vi => &VI,
            Lang::En => &EN,
        }
    }
}
