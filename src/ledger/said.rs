//! What kinds and accounts are called, in plain words.

use super::accounts::Account;
use super::kinds::Kind;
use crate::http::Say;

impl Kind {
    /// In plain words.
    pub fn said(self) -> Say {
        let (vi, en) = match self {
            Kind::GiftCash => ("Ủng hộ tiền mặt", "Gift in cash"),
            Kind::GiftBank => ("Ủng hộ chuyển khoản", "Gift by bank transfer"),
            Kind::GiftInKind => ("Ủng hộ hiện vật", "Gift in kind"),
            Kind::GiftAggregate => ("Nhiều khoản nhỏ gộp một lần", "Many small gifts as one sum"),
            Kind::Reversal => ("Bút toán hủy", "Reversal"),
            Kind::OpeningBalance => ("Số dư đầu kỳ chuyển từ sổ cũ", "Opening balance from old books"),
            Kind::TransferOut => ("Chuyển cho đơn vị khác", "Transfer to another chapter"),
            Kind::TransferIn => ("Nhận từ đơn vị khác", "Transfer received"),
            Kind::TransferReturn => ("Khoản chuyển được trả lại", "Transfer returned"),
            Kind::Purchase => ("Mua hàng nhập kho", "Purchase into stock"),
            Kind::Advance => ("Tạm ứng", "Advance"),
            Kind::AdvanceClearing => ("Thanh toán tạm ứng", "Clearing of an advance"),
            Kind::Payment => ("Chi", "Payment"),
            Kind::DistributionCash => ("Trao tiền theo danh sách", "Money handed out by a list"),
            Kind::DistributionGoods => ("Trao hiện vật theo danh sách", "Goods handed out by a list"),
            Kind::StockAdjustment => ("Điều chỉnh tồn kho", "Stock adjustment"),
            Kind::FundRelease => ("Chuyển giữa các quỹ", "Move between funds"),
            Kind::Refund => ("Hoàn trả người ủng hộ", "Refund to the giver"),
            Kind::Dues => ("Hội phí", "Members' dues"),
            Kind::Income => ("Thu khác", "Other income"),
            Kind::CashDeposit => ("Nộp tiền mặt vào ngân hàng", "Cash brought to the bank"),
            Kind::CashWithdrawal => ("Rút tiền gửi về quỹ", "Cash fetched from the bank"),
            Kind::BankConfirmation => ("Ngân hàng xác nhận", "Confirmed by the bank"),
            Kind::CashCountDifference => ("Chênh lệch kiểm quỹ", "Difference found by a cash count"),
            Kind::Interest => ("Lãi tiền gửi", "Interest"),
            Kind::BankFee => ("Phí ngân hàng", "Bank fee"),
            Kind::Amendment => ("Đính chính", "Correction"),
            Kind::Erasure => ("Xóa dữ liệu cá nhân", "Erasure of personal data"),
            Kind::Publication => ("Công khai theo quy định", "Publication required by law"),
            Kind::Statement => ("Công bố", "Public statement"),
        };
        Say::fixed(vi, en)
    }
}

impl Account {
    /// In plain words.
    pub fn said(self) -> Say {
        let (vi, en) = match self {
            Account::CashOnHand => ("Tiền mặt tại quỹ", "Cash on hand"),
            Account::InTransit => ("Tiền đang chuyển", "Money in transit"),
            Account::GoodsInStock => ("Hiện vật trong kho", "Goods in stock"),
            Account::DonationRestricted => ("Nguồn ủng hộ có mục đích", "Restricted gifts"),
            Account::DonationUnrestricted => ("Nguồn ủng hộ chung", "Unrestricted gifts"),
            Account::Bank => ("Tiền gửi ngân hàng", "Bank"),
            Account::ReceivableOther => ("Phải thu khác", "Other receivables"),
            Account::Advance => ("Tạm ứng", "Advances"),
            Account::Payable => ("Phải trả", "Payables"),
            Account::FundBalance => ("Số dư quỹ mang sang", "Fund balance brought forward"),
            Account::InTransitOut => ("Tiền đã chuyển đi, chờ ngân hàng", "Sent by bank, not yet confirmed"),
            Account::AidExpense => ("Chi cứu trợ, nhân đạo", "Aid"),
            Account::OperatingExpense => ("Chi hoạt động", "Operating cost"),
            Account::Interchapter => ("Thanh toán giữa các đơn vị Hội", "Between chapters"),
            Account::Interfund => ("Chuyển giữa các quỹ", "Between funds"),
            Account::DuesIncome => ("Thu hội phí", "Dues"),
            Account::OtherIncome => ("Thu khác", "Other income"),
            Account::Refunded => ("Hoàn trả người ủng hộ", "Refunded to givers"),
            Account::Loss => ("Hao hụt, mất mát", "Losses"),
        };
        Say::fixed(vi, en)
    }
}
