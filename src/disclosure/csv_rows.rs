//! A row of an appeal's ledger as a file.

use sheets::harmless;

use crate::basics::hex;
use crate::ledger::detail::DetailRow;
use crate::ledger::goods::PublicGoods;
use crate::ledger::measures::Measure;
use crate::ledger::public::PublicRow;

/// An entry on its way into the file.
#[derive(Debug)]
pub struct Shown {
    pub row: PublicRow,
    pub index: i64,
    /// Its own, or those a reversal gives back.
    pub goods: Vec<PublicGoods>,
    /// What its kind says besides, and what it adds to the measures; a gift and its reversal have none.
    pub detail: Option<DetailRow>,
    /// The month in which it counts, where it came when that of its day was closed.
    pub counts_in: Option<String>,
}

/// The measures that came after received and opened, in the order of their columns.
pub const LATER: [Measure; 8] = [
    Measure::OtherIncome,
    Measure::Released,
    Measure::TakenOver,
    Measure::Sent,
    Measure::HandedOut,
    Measure::Paid,
    Measure::Refunded,
    Measure::Lost,
];

impl Shown {
    /// What it adds to a measure. What was received is what a gift shows, and nothing else, whatever its channel.
    pub fn measure(&self, measure: Measure) -> i64 {
        match (&self.detail, measure) {
            (None, Measure::Received) => self.row.amount_vnd,
            (None, _) => 0,
            (Some(detail), measure) => detail.measure(measure),
        }
    }

    /// Those of [`LATER`], as they are written.
    pub fn later(&self) -> impl Iterator<Item = String> {
        LATER.map(|measure| self.measure(measure).to_string()).into_iter()
    }
}

/// A row of the form for programs.
pub fn record(shown: Shown) -> Vec<String> {
    let (received, carried) = (shown.measure(Measure::Received), shown.measure(Measure::Opened));
    let later: Vec<String> = shown.later().collect();
    let Shown { row, index, goods, detail, counts_in } = shown;
    let said = |part: fn(&DetailRow) -> Option<&String>| detail.as_ref().and_then(part).cloned().unwrap_or_default();
    let text = |text: Option<String>| text.map(|text| harmless(&text)).unwrap_or_default();
    let mut record = vec![
        index.to_string(),
        row.code,
        row.kind,
        row.day.to_string(),
        row.booked.to_string(),
        row.channel.unwrap_or_default(),
        row.chapter,
        row.province.unwrap_or_default(),
        row.fund,
        received.to_string(),
        text(row.giver),
        goods_text(&goods),
        row.message_count.map(|n| n.to_string()).unwrap_or_default(),
        row.reverses.unwrap_or_default(),
        row.reason.unwrap_or_else(|| said(|detail| detail.reason.as_ref())),
        hex(&row.leaf_hash),
        carried.to_string(),
    ];
    record.extend(later);
    record.extend([
        said(|detail| detail.of_code.as_ref()),
        said(|detail| detail.to_chapter.as_ref()),
        said(|detail| detail.category.as_ref()),
        counts_in.unwrap_or_default(),
    ]);
    record
}

/// `RICE 100.5 KG; BLANKET 2 PIECE`
fn goods_text(goods: &[PublicGoods]) -> String {
    goods.iter().map(|g| format!("{} {} {}", g.item, g.quantity, g.unit)).collect::<Vec<_>>().join("; ")
}
