//! The printed words of the numbered documents of what is no gift. The sheet is a Vietnamese document: the English one is a
//! reading aid, so it keeps the Vietnamese title and the amount in Vietnamese words.

use super::labels::Signature;
use super::numbers::Document;
use crate::http::Lang;

/// The words of one document in one language; what all have in common stands in [`super::labels::Labels`].
#[derive(Debug, Clone, Copy)]
pub struct VoucherLabels {
    pub title: &'static str,
    pub subtitle: Option<&'static str>,
    /// Who stands at the other side of the counter.
    pub person: &'static str,
    pub reason: &'static str,
    pub debit: &'static str,
    pub credit: &'static str,
    /// Of documents of the store: which store, what was said and what was counted.
    pub store: &'static str,
    pub columns: [&'static str; 8],
    pub total: &'static str,
    pub in_words: &'static str,
    pub signatures: &'static [Signature],
}

const fn sign(who: &'static str, hint: &'static str) -> Signature {
    Signature { who, hint }
}

const BY: &str = "(Ký, họ tên)";
const BY_EN: &str = "(Signature, name)";
const HEAD: Signature = sign("Thủ trưởng đơn vị", "(Ký, họ tên, đóng dấu)");
const HEAD_EN: Signature = sign("Head of the unit", "(Signature, name, stamp)");
const ACCOUNTANT: Signature = sign("Kế toán trưởng", BY);
const ACCOUNTANT_EN: Signature = sign("Chief accountant", BY_EN);
const MAKER: Signature = sign("Người lập phiếu", BY);
const MAKER_EN: Signature = sign("Made out by", BY_EN);
const TREASURER: Signature = sign("Thủ quỹ", BY);
const TREASURER_EN: Signature = sign("Treasurer", BY_EN);
const KEEPER: Signature = sign("Thủ kho", BY);
const KEEPER_EN: Signature = sign("Storekeeper", BY_EN);

const COLUMNS: [&str; 8] = ["STT", "Tên, quy cách", "Mã số", "ĐVT", "Theo chứng từ", "Thực nhập", "Đơn giá", "Thành tiền"];
const COLUMNS_EN: [&str; 8] = ["No.", "Goods", "Code", "Unit", "By the papers", "Counted", "Price", "Value"];

const PAYMENT: VoucherLabels = VoucherLabels {
    title: "PHIẾU CHI",
    subtitle: None,
    person: "Họ và tên người nhận tiền",
    reason: "Lý do chi",
    debit: "Nợ",
    credit: "Có",
    store: "",
    columns: COLUMNS,
    total: "Cộng",
    in_words: "Viết bằng chữ",
    signatures: &[HEAD, ACCOUNTANT, MAKER, TREASURER, sign("Người nhận tiền", BY)],
};

const PAYMENT_EN: VoucherLabels = VoucherLabels {
    title: "CASH PAYMENT",
    subtitle: Some("(Phiếu chi)"),
    person: "Paid to",
    reason: "For",
    debit: "Debit",
    credit: "Credit",
    store: "",
    columns: COLUMNS_EN,
    total: "Total",
    in_words: "In words (Vietnamese)",
    signatures: &[HEAD_EN, ACCOUNTANT_EN, MAKER_EN, TREASURER_EN, sign("Recipient", BY_EN)],
};

const RECEIPT: VoucherLabels = VoucherLabels {
    title: "PHIẾU THU",
    person: "Họ và tên người nộp tiền",
    reason: "Lý do nộp",
    signatures: &[HEAD, ACCOUNTANT, MAKER, TREASURER, sign("Người nộp tiền", BY)],
    ..PAYMENT
};

const RECEIPT_EN: VoucherLabels = VoucherLabels {
    title: "CASH RECEIPT",
    subtitle: Some("(Phiếu thu)"),
    person: "Received from",
    signatures: &[HEAD_EN, ACCOUNTANT_EN, MAKER_EN, TREASURER_EN, sign("Payer", BY_EN)],
    ..PAYMENT_EN
};

const STOCK_IN: VoucherLabels = VoucherLabels {
    title: "PHIẾU NHẬP KHO",
    person: "Họ và tên người giao hàng",
    reason: "Lý do nhập kho",
    store: "Nhập tại kho",
    in_words: "Tổng số tiền (viết bằng chữ)",
    signatures: &[MAKER, sign("Người giao hàng", BY), KEEPER, ACCOUNTANT],
    ..PAYMENT
};

const STOCK_IN_EN: VoucherLabels = VoucherLabels {
    title: "GOODS RECEIVED",
    subtitle: Some("(Phiếu nhập kho)"),
    person: "Brought by",
    store: "Into the store",
    signatures: &[MAKER_EN, sign("Brought by", BY_EN), KEEPER_EN, ACCOUNTANT_EN],
    ..PAYMENT_EN
};

const STOCK_OUT: VoucherLabels = VoucherLabels {
    title: "PHIẾU XUẤT KHO",
    person: "Họ và tên người nhận hàng",
    reason: "Lý do xuất kho",
    store: "Xuất tại kho",
    columns: ["STT", "Tên, quy cách", "Mã số", "ĐVT", "Yêu cầu", "Thực xuất", "Đơn giá", "Thành tiền"],
    in_words: "Tổng số tiền (viết bằng chữ)",
    signatures: &[MAKER, sign("Người nhận hàng", BY), KEEPER, ACCOUNTANT, HEAD],
    ..PAYMENT
};

const STOCK_OUT_EN: VoucherLabels = VoucherLabels {
    title: "GOODS ISSUED",
    subtitle: Some("(Phiếu xuất kho)"),
    person: "Taken by",
    store: "From the store",
    columns: ["No.", "Goods", "Code", "Unit", "Asked for", "Given out", "Price", "Value"],
    signatures: &[MAKER_EN, sign("Taken by", BY_EN), KEEPER_EN, ACCOUNTANT_EN, HEAD_EN],
    ..PAYMENT_EN
};

impl VoucherLabels {
    pub fn of(document: Document, lang: Lang) -> &'static VoucherLabels {
        match (document, lang) {
            (Document::CashPayment, Lang::Vi) => &PAYMENT,
            (Document::CashPayment, Lang::En) => &PAYMENT_EN,
            (Document::CashReceipt, Lang::Vi) => &RECEIPT,
            (Document::CashReceipt, Lang::En) => &RECEIPT_EN,
            (Document::StockIn, Lang::Vi) => &STOCK_IN,
            (Document::StockIn, Lang::En) => &STOCK_IN_EN,
            (Document::StockOut, Lang::Vi) => &STOCK_OUT,
            (Document::StockOut, Lang::En) => &STOCK_OUT_EN,
        }
    }
}
