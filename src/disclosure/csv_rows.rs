//! A row of an appeal's ledger as a file.

use sheets::harmless;

use crate::basics::hex;
use crate::ledger::goods::PublicGoods;
use crate::ledger::public::PublicRow;

/// An entry on its way into the file.
#[derive(Debug)]
pub struct Shown {
    pub row: PublicRow,
    pub index: i64,
    /// Its own, or those a reversal gives back.
    pub goods: Vec<PublicGoods>,
}

impl Shown {
    /// What was received, and what was carried over: what came by no channel was not received now, but is an opening balance,
    /// or the reversal of one.
    pub fn sums(&self) -> (i64, i64) {
        if self.row.channel.is_some() { (self.row.amount_vnd, 0) } else { (0, self.row.amount_vnd) }
    }
}

/// A row of the form for programs.
pub fn record(shown: Shown) -> Vec<String> {
    let (received, carried) = shown.sums();
    let Shown { row, index, goods } = shown;
    let text = |text: Option<String>| text.map(|text| harmless(&text)).unwrap_or_default();
    vec![
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
        row.reason.unwrap_or_default(),
        hex(&row.leaf_hash),
        carried.to_string(),
    ]
}

/// `RICE 100.5 KG; BLANKET 2 PIECE`
fn goods_text(goods: &[PublicGoods]) -> String {
    goods.iter().map(|g| format!("{} {} {}", g.item, g.quantity, g.unit)).collect::<Vec<_>>().join("; ")
}
