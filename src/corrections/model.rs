//! Why an entry is reversed, and where its request stands. Pure.

use crate::basics::codes::codes;

codes! {
    /// Why an entry is reversed; public.
    pub wire enum CorrectionReason {
        /// Ghi trùng.
        Duplicate = "DUPLICATE",
        /// Sai số tiền.
        WrongAmount = "WRONG_AMOUNT",
        /// Sai đơn vị.
        WrongChapter = "WRONG_CHAPTER",
        /// Sai quỹ.
        WrongFund = "WRONG_FUND",
        /// Sai khoản mục.
        WrongCategory = "WRONG_CATEGORY",
        /// Sai người nhận.
        WrongPayee = "WRONG_PAYEE",
        /// Thực tế không phát sinh.
        DidNotHappen = "DID_NOT_HAPPEN",
        /// Lý do khác.
        Other = "OTHER",
    }

    /// Where a request stands.
    pub wire enum CorrectionState {
        Requested = "REQUESTED",
        Approved = "APPROVED",
        Refused = "REFUSED",
        Withdrawn = "WITHDRAWN",
    }
}
