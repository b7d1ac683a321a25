//! The forms of the books: title, columns, who signs.

use super::asked::Book;
use super::cells::{Column, Holds};
use crate::http::Say;

const fn column(vi: &'static str, en: &'static str, key: &'static str, holds: Holds, share: u16) -> Column {
    Column { vi, en, key, holds, share }
}

const BALANCES: &[Column] = &[
    column("Số hiệu", "No.", "number", Holds::Text(10), 10),
    column("Tài khoản", "Account", "account_name", Holds::Text(34), 40),
    column("Mã tài khoản", "Account code", "account", Holds::Text(24), 0),
    column("Quỹ", "Fund", "fund", Holds::Text(24), 28),
    column("Dư Nợ", "Debit", "debit_vnd", Holds::Sum, 24),
    column("Dư Có", "Credit", "credit_vnd", Holds::Sum, 24),
];

const LINES: &[Column] = &[
    column("Ngày ghi sổ", "Booked on", "booked_on", Holds::Day, 17),
    column("Số chứng từ", "Voucher", "voucher", Holds::Text(24), 22),
    column("Ngày chứng từ", "Day", "day", Holds::Day, 17),
    column("Diễn giải", "Content", "content", Holds::Text(44), 36),
    column("Quỹ", "Fund", "fund", Holds::Text(22), 18),
    column("TK đối ứng", "Against", "against", Holds::Text(30), 22),
    column("Nợ", "Debit", "debit_vnd", Holds::Sum, 22),
    column("Có", "Credit", "credit_vnd", Holds::Sum, 22),
    column("Số dư", "Balance", "balance_vnd", Holds::Rest, 22),
    column("Mã bút toán", "Entry", "code", Holds::Text(20), 0),
    column("Mã loại", "Kind", "entry_kind", Holds::Text(24), 0),
    column("Mã khoản mục", "Category", "category", Holds::Text(20), 0),
    column("Mã lý do", "Reason", "reason_code", Holds::Text(20), 0),
];

const TRIAL: &[Column] = &[
    column("Số hiệu", "No.", "number", Holds::Text(10), 8),
    column("Tài khoản", "Account", "account_name", Holds::Text(34), 22),
    column("Mã tài khoản", "Account code", "account", Holds::Text(24), 0),
    column("Quỹ", "Fund", "fund", Holds::Text(24), 16),
    column("Nợ đầu kỳ", "Opening debit", "opening_debit_vnd", Holds::Sum, 20),
    column("Có đầu kỳ", "Opening credit", "opening_credit_vnd", Holds::Sum, 20),
    column("Phát sinh Nợ", "Debit", "debit_vnd", Holds::Sum, 20),
    column("Phát sinh Có", "Credit", "credit_vnd", Holds::Sum, 20),
    column("Nợ cuối kỳ", "Closing debit", "closing_debit_vnd", Holds::Sum, 20),
    column("Có cuối kỳ", "Closing credit", "closing_credit_vnd", Holds::Sum, 20),
];

const CASH: &[Column] = &[
    column("Ngày ghi sổ", "Booked on", "booked_on", Holds::Day, 17),
    column("Ngày chứng từ", "Day", "day", Holds::Day, 17),
    column("Số phiếu thu", "Receipt", "receipt", Holds::Text(24), 20),
    column("Số phiếu chi", "Payment voucher", "payment", Holds::Text(24), 20),
    column("Diễn giải", "Content", "content", Holds::Text(44), 36),
    column("Quỹ", "Fund", "fund", Holds::Text(22), 18),
    column("Thu", "In", "in_vnd", Holds::Sum, 22),
    column("Chi", "Out", "out_vnd", Holds::Sum, 22),
    column("Tồn", "Rest", "rest_vnd", Holds::Rest, 22),
    column("Mã bút toán", "Entry", "code", Holds::Text(20), 0),
    column("Mã loại", "Kind", "entry_kind", Holds::Text(24), 0),
];

impl Book {
    pub fn columns(&self) -> &'static [Column] {
        match self {
            Book::Balances { .. } => BALANCES,
            Book::AccountLedger { .. } => LINES,
            Book::TrialBalance { .. } => TRIAL,
            Book::Cash { .. } => CASH,
        }
    }

    /// As it stands over the book.
    pub fn title(&self) -> Say {
        match self {
            Book::Balances { .. } => Say::fixed("SỐ DƯ TÀI KHOẢN", "ACCOUNT BALANCES"),
            Book::AccountLedger { fund: None, .. } => Say::fixed("SỔ CÁI", "GENERAL LEDGER"),
            Book::AccountLedger { .. } => Say::fixed("SỔ CHI TIẾT TÀI KHOẢN", "ACCOUNT LEDGER"),
            Book::TrialBalance { .. } => Say::fixed("BẢNG CÂN ĐỐI SỐ PHÁT SINH", "TRIAL BALANCE"),
            Book::Cash { .. } => Say::fixed("SỔ QUỸ TIỀN MẶT", "CASH BOOK"),
        }
    }

    /// Part of a file's name.
    pub fn stem(&self) -> &'static str {
        match self {
            Book::Balances { .. } => "so-du",
            Book::AccountLedger { fund: None, .. } => "so-cai",
            Book::AccountLedger { .. } => "so-chi-tiet",
            Book::TrialBalance { .. } => "can-doi-phat-sinh",
            Book::Cash { .. } => "so-quy",
        }
    }

    /// Who signs it on paper, and how.
    pub fn signatures(&self) -> [(Say, Say); 3] {
        let by = |vi, en| (Say::fixed(vi, en), Say::fixed("(Ký, họ tên)", "(Signature, name)"));
        let head = (
            Say::fixed("Thủ trưởng đơn vị", "Head of the unit"),
            Say::fixed("(Ký, họ tên, đóng dấu)", "(Signature, name, stamp)"),
        );
        match self {
            Book::Cash { .. } => [by("Thủ quỹ", "Treasurer"), by("Kế toán", "Accountant"), head],
            _ => [by("Người ghi sổ", "Kept by"), by("Kế toán trưởng", "Chief accountant"), head],
        }
    }
}
