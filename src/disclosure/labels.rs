//! What the codes of the API are called in plain words. A code that is not known here is shown as it is, so that a
//! new kind is never hidden.

use crate::http::Lang;
use crate::ledger::kinds::Channel;

/// (code, Vietnamese, English).
type Table = &'static [(&'static str, &'static str, &'static str)];

const KINDS: Table = &[
    ("GIFT_CASH", "Ủng hộ tiền mặt", "Gift in cash"),
    ("GIFT_BANK", "Ủng hộ chuyển khoản", "Gift by bank transfer"),
    ("GIFT_IN_KIND", "Ủng hộ hiện vật", "Gift in kind"),
    ("GIFT_AGGREGATE", "Nhiều khoản nhỏ gộp một lần", "Many small gifts as one sum"),
    ("REVERSAL", "Bút toán hủy", "Reversal"),
    ("OPENING_BALANCE", "Số dư đầu kỳ chuyển từ sổ cũ", "Opening balance from old books"),
    ("TRANSFER_OUT", "Chuyển cho đơn vị khác", "Transfer to another chapter"),
    ("TRANSFER_IN", "Nhận từ đơn vị khác", "Transfer received"),
    ("TRANSFER_RETURN", "Khoản chuyển được trả lại", "Transfer returned"),
    ("PURCHASE", "Mua hàng nhập kho", "Purchase into stock"),
    ("ADVANCE", "Tạm ứng", "Advance"),
    ("ADVANCE_CLEARING", "Thanh toán tạm ứng", "Clearing of an advance"),
    ("PAYMENT", "Chi", "Payment"),
    ("DISTRIBUTION_CASH", "Trao tiền theo danh sách", "Money handed out by a list"),
    ("DISTRIBUTION_GOODS", "Trao hiện vật theo danh sách", "Goods handed out by a list"),
    ("STOCK_ADJUSTMENT", "Điều chỉnh tồn kho", "Stock adjustment"),
    ("FUND_RELEASE", "Chuyển giữa các quỹ", "Move between funds"),
    ("REFUND", "Hoàn trả người ủng hộ", "Refund to the giver"),
    ("DUES", "Hội phí", "Members' dues"),
    ("INCOME", "Thu khác", "Other income"),
    ("CASH_DEPOSIT", "Nộp tiền mặt vào ngân hàng", "Cash brought to the bank"),
    ("CASH_WITHDRAWAL", "Rút tiền gửi về quỹ", "Cash fetched from the bank"),
    ("BANK_CONFIRMATION", "Ngân hàng xác nhận", "Confirmed by the bank"),
    ("CASH_COUNT_DIFFERENCE", "Chênh lệch kiểm quỹ", "Difference found by a cash count"),
    ("INTEREST", "Lãi tiền gửi", "Interest"),
    ("BANK_FEE", "Phí ngân hàng", "Bank fee"),
    ("AMENDMENT", "Đính chính", "Correction"),
    ("ERASURE", "Xóa dữ liệu cá nhân", "Erasure of personal data"),
    ("PUBLICATION", "Công khai theo quy định", "Publication required by law"),
    ("STATEMENT", "Công bố", "Public statement"),
    ("KEY", "Khóa ký sổ công khai", "Key of the public log"),
];

const REASONS: Table = &[
    ("DUPLICATE", "ghi trùng", "booked twice"),
    ("WRONG_AMOUNT", "sai số tiền", "wrong amount"),
    ("WRONG_APPEAL", "sai đợt vận động", "wrong appeal"),
    ("WRONG_CHAPTER", "sai đơn vị", "wrong chapter"),
    ("WRONG_FUND", "sai quỹ", "wrong fund"),
    ("WRONG_GIVER", "sai người ủng hộ", "wrong giver"),
    ("NOT_RECEIVED", "thực tế không nhận được", "was not received after all"),
    ("WRONG_CATEGORY", "sai khoản mục", "wrong category"),
    ("WRONG_PAYEE", "sai người nhận", "wrong payee"),
    ("DID_NOT_HAPPEN", "thực tế không phát sinh", "did not happen after all"),
    ("CASH_SHORTAGE", "kiểm quỹ thấy thiếu", "a cash count found too little"),
    ("CASH_SURPLUS", "kiểm quỹ thấy thừa", "a cash count found too much"),
    ("OTHER", "lý do khác", "another reason"),
];

const ACCOUNTS: Table = &[
    ("CASH_ON_HAND", "Tiền mặt tại quỹ", "Cash on hand"),
    ("IN_TRANSIT", "Tiền đang chuyển", "Money in transit"),
    ("GOODS_IN_STOCK", "Hiện vật trong kho", "Goods in stock"),
    ("DONATION_RESTRICTED", "Nguồn ủng hộ có mục đích", "Restricted gifts"),
    ("DONATION_UNRESTRICTED", "Nguồn ủng hộ chung", "Unrestricted gifts"),
    ("BANK", "Tiền gửi ngân hàng", "Bank"),
    ("RECEIVABLE_OTHER", "Phải thu khác", "Other receivables"),
    ("ADVANCE", "Tạm ứng", "Advances"),
    ("PAYABLE", "Phải trả", "Payables"),
    ("FUND_BALANCE", "Số dư quỹ mang sang", "Fund balance brought forward"),
    ("IN_TRANSIT_OUT", "Tiền đã chuyển đi, chờ ngân hàng", "Sent by bank, not yet confirmed"),
    ("AID_EXPENSE", "Chi cứu trợ, nhân đạo", "Aid"),
    ("OPERATING_EXPENSE", "Chi hoạt động", "Operating cost"),
    ("INTERCHAPTER", "Thanh toán giữa các đơn vị Hội", "Between chapters"),
    ("INTERFUND", "Chuyển giữa các quỹ", "Between funds"),
    ("DUES_INCOME", "Thu hội phí", "Dues"),
    ("OTHER_INCOME", "Thu khác", "Other income"),
    ("REFUNDED", "Hoàn trả người ủng hộ", "Refunded to givers"),
    ("LOSS", "Hao hụt, mất mát", "Losses"),
];

const LEVELS: Table = &[
    ("CENTRAL", "Trung ương", "Centre"),
    ("PROVINCE", "Cấp tỉnh", "Province"),
    ("DISTRICT", "Cấp huyện", "District"),
    ("COMMUNE", "Cấp xã", "Commune"),
    ("GRASSROOTS", "Hội cơ sở", "Grassroots chapter"),
    ("BRANCH", "Chi hội", "Branch"),
];

const STATUSES: Table = &[
    ("ACTIVE", "Đang hoạt động", "Active"),
    ("PROVISIONAL", "Lâm thời", "Provisional"),
    ("MERGING", "Đang sáp nhập", "Merging"),
    ("MERGED", "Đã sáp nhập", "Merged"),
    ("DISSOLVED", "Đã giải thể", "Dissolved"),
];

const UNITS: Table = &[
    ("KG", "kg", "kg"),
    ("TONNE", "tấn", "t"),
    ("BAG", "bao", "bags"),
    ("BOX", "thùng", "boxes"),
    ("PACK", "gói", "packs"),
    ("BOTTLE", "chai", "bottles"),
    ("LITRE", "lít", "litres"),
    ("PIECE", "cái", "pieces"),
    ("SET", "bộ", "sets"),
    ("M2", "m²", "m²"),
    ("HEAD", "con", "head"),
];

const VALUATIONS: Table = &[
    ("MARKET_PRICE", "Giá thị trường", "Market price"),
    ("INVOICE", "Theo hóa đơn", "Invoice"),
    ("DONOR_STATED", "Người ủng hộ cho biết", "Stated by the giver"),
    ("PRICE_LIST", "Theo bảng giá", "Price list"),
    ("OLD_BOOKS", "Theo sổ cũ", "Old books"),
];

const REGIMES: Table = &[
    (
        "DECREE_93_2021",
        "Nghị định 93/2021/NĐ-CP (thiên tai, dịch bệnh, sự cố)",
        "Decree 93/2021 (disasters, epidemics, incidents)",
    ),
    ("DECREE_03_2026", "Nghị định 03/2026/NĐ-CP (quỹ xã hội, quỹ từ thiện)", "Decree 03/2026 (social and charity funds)"),
    ("RED_CROSS_LAW", "Luật Hoạt động chữ thập đỏ", "Law on Red Cross Activities"),
    ("FOREIGN_AID", "Viện trợ nước ngoài không hoàn lại", "Non-refundable foreign aid"),
    (
        "OVERSEAS_DISASTER",
        "Nghị định 93/2021/NĐ-CP, Điều 20 và 21 (hỗ trợ nước khác khắc phục thiên tai, dịch bệnh, sự cố)",
        "Decree 93/2021, art. 20 and 21 (relief for another country)",
    ),
];

const FUNDS: Table = &[
    ("GENERAL", "Quỹ chung của đơn vị", "General fund of the chapter"),
    ("APPEAL", "Quỹ của đợt vận động", "Fund of the appeal"),
    ("EARMARKED", "Có địa chỉ", "Earmarked"),
    ("OPERATING", "Quỹ hoạt động", "Operating fund"),
    ("QUARANTINE", "Giữ riêng chờ quyết định", "Kept apart until decided"),
    ("STATUTORY", "Quỹ theo luật định", "Statutory fund"),
];

fn look_up(table: Table, code: &str, lang: Lang) -> String {
    let row = table.iter().find(|row| row.0 == code);
    let text = row.map(|row| if lang == Lang::En { row.2 } else { row.1 });
    text.unwrap_or(code).to_owned()
}

macro_rules! labels {
    ($($(#[$doc:meta])* $name:ident: $table:ident;)*) => {
        $(
            $(#[$doc])*
            pub fn $name(code: &str, lang: Lang) -> String {
                look_up($table, code, lang)
            }
        )*
    };
}

labels! {
    /// What an entry is.
    kind: KINDS;
    /// Why an entry was reversed.
    reason: REASONS;
    /// On which account.
    account: ACCOUNTS;
    /// Where a chapter stands.
    level: LEVELS;
    status: STATUSES;
    /// What goods are counted in.
    unit: UNITS;
    valuation: VALUATIONS;
    /// The legal basis of an appeal.
    regime: REGIMES;
}

/// How a gift came.
pub fn channel(code: &str, lang: Lang) -> String {
    Channel::parse(code).map_or_else(|| code.to_owned(), |channel| channel.said().in_lang(lang).to_owned())
}

/// What one of a unit is called in English: `box` of `boxes`.
pub fn one_unit(code: &str) -> String {
    match code {
        "BOX" => "box".to_owned(),
        code => {
            let unit = unit(code, Lang::En);
            unit.strip_suffix('s').map(str::to_owned).unwrap_or(unit)
        }
    }
}

/// A fund by its code: `APPEAL:LULUT-2026` is the fund of an appeal.
pub fn fund(code: &str, lang: Lang) -> String {
    let (restriction, rest) = code.split_once(':').unwrap_or((code, ""));
    match rest {
        "" => look_up(FUNDS, restriction, lang),
        rest => format!("{} {rest}", look_up(FUNDS, restriction, lang)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bookkeeping::model::OpeningFault;
    use crate::corrections::model::CorrectionReason;
    use crate::giving::reversal::Reason;
    use crate::ledger::accounts::Account;
    use crate::ledger::kinds::Kind;
    use crate::tree::Level;

    #[test]
    fn every_code_there_is_has_its_words() {
        let known = |table: Table, code: &str| assert!(table.iter().any(|row| row.0 == code), "{code}");
        Kind::ALL.iter().for_each(|kind| known(KINDS, kind.name()));
        Account::ALL.iter().for_each(|account| known(ACCOUNTS, account.name()));
        Reason::ALL.iter().for_each(|reason| known(REASONS, reason.name()));
        CorrectionReason::ALL.iter().for_each(|reason| known(REASONS, reason.name()));
        OpeningFault::ALL.iter().for_each(|reason| known(REASONS, reason.name()));
        Level::ALL.iter().for_each(|level| known(LEVELS, level.name()));
        for row in csv::Reader::from_reader(include_str!("../../data/items.csv").as_bytes()).records() {
            row.unwrap()[3].split(' ').for_each(|unit| known(UNITS, unit));
        }
        for row in csv::Reader::from_reader(include_str!("../../data/units_of_goods.csv").as_bytes()).records() {
            let row = row.unwrap();
            let one = one_unit(&row[0]);
            assert!(row[2] == *one || matches!(one.as_str(), "kg" | "t" | "m²"), "{one}");
        }
        assert_eq!(fund("APPEAL:LULUT", Lang::Vi), "Quỹ của đợt vận động LULUT");
        assert_eq!((channel("SMS", Lang::En), channel("NEW", Lang::Vi)), ("Text message (1400)".to_owned(), "NEW".to_owned()));
        assert_eq!(kind("SOMETHING_NEW", Lang::En), "SOMETHING_NEW");
    }
}
