//! What the codes of the API are called in plain words. A code that is not known here is shown as it is, so that a
//! new kind is never hidden.

use std::collections::HashMap;

use diesel::pg::PgConnection;

use crate::db::DbError;
use crate::http::{Lang, Say};
use crate::ledger::accounts::Account;
use crate::ledger::kinds::{Channel, Kind};
use crate::spending::categories;

/// (code, Vietnamese, English).
type Table = &'static [(&'static str, &'static str, &'static str)];

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
    ("LOST", "mất", "lost"),
    ("EXPIRED", "hết hạn", "past its day"),
    ("FOUND", "tìm thấy", "found"),
    ("COUNTED", "theo kiểm kê", "as counted"),
    ("ITEMISED", "kê chi tiết hàng từ sổ cũ", "goods out of old books listed one by one"),
    ("OTHER", "lý do khác", "another reason"),
    ("LOST_ON_THE_WAY", "mất trên đường chuyển", "lost on the way"),
    ("STOLEN", "bị mất cắp", "stolen"),
    ("SPOILED", "hư hỏng", "spoiled"),
    ("DESTROYED", "bị thiên tai, tai nạn phá hủy", "destroyed by disaster or accident"),
];

const MEASURES: Table = &[
    ("RECEIVED", "Ủng hộ đã nhận", "Received from givers"),
    ("OPENED", "Số dư từ sổ cũ", "Carried over from old books"),
    ("OTHER_INCOME", "Thu khác (ngân sách, hội phí, lãi…)", "Other income (budget, dues, interest…)"),
    ("RELEASED", "Chuyển giữa các quỹ", "Moved between funds"),
    ("TAKEN_OVER", "Nhận từ đơn vị khác", "Taken over from other chapters"),
    ("SENT", "Chuyển cho đơn vị khác", "Sent to other chapters"),
    ("HANDED_OUT", "Đã trao theo danh sách", "Handed out by lists"),
    ("PAID", "Đã chi", "Paid"),
    ("REFUNDED", "Hoàn trả người ủng hộ", "Refunded to givers"),
    ("LOST", "Hao hụt, mất mát", "Lost"),
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
    /// Why an entry was reversed.
    reason: REASONS;
    /// A term of the equation.
    measure: MEASURES;
    /// Where a chapter stands.
    level: LEVELS;
    status: STATUSES;
    /// What goods are counted in.
    unit: UNITS;
    valuation: VALUATIONS;
    /// The legal basis of an appeal.
    regime: REGIMES;
}

/// What categories are called: data, read once for a page.
#[derive(Default)]
pub struct Categories(HashMap<String, (String, String)>);

impl Categories {
    /// Those with these codes.
    pub fn read<'c>(conn: &mut PgConnection, codes: impl Iterator<Item = &'c str>) -> Result<Self, DbError> {
        let mut codes: Vec<&str> = codes.filter(|code| !code.is_empty()).collect();
        codes.sort_unstable();
        codes.dedup();
        Ok(if codes.is_empty() { Self::default() } else { Self(categories::names(conn, &codes)?) })
    }

    /// What something was spent on, or came from. A code that has no name is shown as it is.
    pub fn name(&self, code: &str, lang: Lang) -> String {
        match (code, lang, self.0.get(code)) {
            ("", Lang::Vi, _) => "Không ghi mục".to_owned(),
            ("", Lang::En, _) => "Without a category".to_owned(),
            (_, Lang::Vi, Some((vi, _))) => vi.clone(),
            (_, Lang::En, Some((_, en))) => en.clone(),
            (code, _, None) => code.to_owned(),
        }
    }
}

/// What an entry, or a leaf of the log, is.
pub fn kind(code: &str, lang: Lang) -> String {
    match code {
        "KEY" => Say::fixed("Khóa ký sổ công khai", "Key of the public log").in_lang(lang).to_owned(),
        code => Kind::parse(code).map_or_else(|| code.to_owned(), |kind| kind.said().in_lang(lang).to_owned()),
    }
}

/// On which account.
pub fn account(code: &str, lang: Lang) -> String {
    Account::parse(code).map_or_else(|| code.to_owned(), |account| account.said().in_lang(lang).to_owned())
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
    use crate::ledger::measures::Measure;
    use crate::stock::adjust_in::AdjustmentReason;
    use crate::transfers::model::TransferLossReason;
    use crate::tree::Level;

    #[test]
    fn every_code_there_is_has_its_words() {
        let known = |table: Table, code: &str| assert!(table.iter().any(|row| row.0 == code), "{code}");
        Measure::ALL.iter().for_each(|measure| known(MEASURES, measure.name()));
        Reason::ALL.iter().for_each(|reason| known(REASONS, reason.name()));
        CorrectionReason::ALL.iter().for_each(|reason| known(REASONS, reason.name()));
        OpeningFault::ALL.iter().for_each(|reason| known(REASONS, reason.name()));
        AdjustmentReason::ALL.iter().for_each(|reason| known(REASONS, reason.name()));
        TransferLossReason::ALL.iter().for_each(|reason| known(REASONS, reason.name()));
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
        let names = Categories(HashMap::from([("RENT".to_owned(), ("Thuê nhà".to_owned(), "Rent".to_owned()))]));
        assert_eq!((names.name("RENT", Lang::En).as_str(), names.name("NEW", Lang::Vi).as_str()), ("Rent", "NEW"));
    }
}
