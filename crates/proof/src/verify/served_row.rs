//! Reading the rows that a site serves: those of its API, and those of a ledger as a file.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::face::{Counted, Face, Later, Line, Lines, Row};
use super::kinds::MEASURES;

/// An entry as the API has it.
#[derive(Debug, Deserialize)]
pub struct EntryIn {
    code: String,
    kind: String,
    #[serde(default)]
    channel: Option<String>,
    chapter: String,
    #[serde(default)]
    province: Option<String>,
    #[serde(default)]
    appeal: Option<String>,
    fund: String,
    day: String,
    booked_on: String,
    amount_vnd: i64,
    #[serde(default)]
    giver: Option<IgnoredAny>,
    #[serde(default)]
    goods: Vec<GoodsIn>,
    #[serde(default)]
    reverses: Option<String>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    reversed_by: Option<String>,
    #[serde(default)]
    annotations: Vec<AnnotationIn>,
    leaf_hash: String,
    #[serde(default)]
    log_index: Option<u64>,
    /// Sites of before have none.
    #[serde(default)]
    measures: Option<BTreeMap<String, i64>>,
    #[serde(default)]
    of: Option<String>,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    category: Option<String>,
    #[serde(default)]
    list: Option<String>,
    #[serde(default)]
    count: Option<u64>,
    #[serde(default)]
    root: Option<String>,
}

/// What a row that does not say it adds to the terms: what came by a channel was received, and all else carried over.
fn of_before(channel: &Option<String>, amount: i64) -> [i128; MEASURES.len()] {
    let which = usize::from(channel.is_none());
    std::array::from_fn(|n| if n == which { amount.into() } else { 0 })
}

#[derive(Debug, Deserialize)]
struct GoodsIn {
    item: String,
    quantity: String,
    unit: String,
    value_vnd: i64,
    valuation: String,
}

#[derive(Debug, Deserialize)]
struct AnnotationIn {
    code: String,
}

/// A page of entries.
#[derive(Debug, Deserialize)]
pub struct EntriesIn {
    pub items: Vec<EntryIn>,
    #[serde(default)]
    pub next: Option<String>,
}

impl EntryIn {
    /// The row, or what is wrong with it by itself.
    pub fn row(self) -> (Row, Option<String>) {
        let lines = self.goods.into_iter().map(|goods| Line {
            item: goods.item,
            quantity: goods.quantity,
            unit: goods.unit,
            value: goods.value_vnd.to_string(),
            valuation: goods.valuation,
        });
        let (goods, wrong) = match Lines::read(lines.collect(), true) {
            Ok(goods) => (goods, None),
            Err(wrong) => (Lines { is_valued: true, ..Lines::default() }, Some(wrong)),
        };
        let measures = match &self.measures {
            None => of_before(&self.channel, self.amount_vnd),
            Some(said) => MEASURES.map(|name| said.get(name).copied().unwrap_or_default().into()),
        };
        let face = Face {
            measures,
            of: self.of.unwrap_or_default(),
            to: self.to.unwrap_or_default(),
            category: self.category.unwrap_or_default(),
            code: self.code,
            kind: self.kind,
            channel: self.channel.unwrap_or_default(),
            chapter: self.chapter,
            province: self.province.unwrap_or_default(),
            appeal: self.appeal.unwrap_or_default(),
            fund: self.fund,
            day: self.day,
            booked: self.booked_on,
            amount: Some(i128::from(self.amount_vnd)),
            reverses: self.reverses.unwrap_or_default(),
            reason: self.reason.unwrap_or_default(),
            leaf_hash: self.leaf_hash,
        };
        let annotations = self.annotations.into_iter().map(|said| said.code).collect();
        let later = Some(Later { reversed_by: self.reversed_by, annotations });
        let count = self.count.map(|count| count.to_string()).unwrap_or_default();
        let counted = Some(Counted { list: self.list.unwrap_or_default(), count, root: self.root.unwrap_or_default() });
        (Row { face, index: self.log_index, goods, names_a_giver: self.giver.is_some(), counted, later }, wrong)
    }
}

/// The columns of a ledger that are compared, by their names; others may follow.
const COLUMNS: [&str; 16] = [
    "log_index",
    "code",
    "kind",
    "day",
    "booked_on",
    "channel",
    "chapter",
    "province",
    "fund",
    "amount_vnd",
    "giver",
    "goods",
    "reverses",
    "reason",
    "leaf_hash",
    "carried_vnd",
];

/// Those that came later: files of before have none of them.
const LATER: [&str; 11] = [
    "other_income_vnd",
    "released_vnd",
    "taken_over_vnd",
    "sent_vnd",
    "handed_out_vnd",
    "paid_vnd",
    "refunded_vnd",
    "lost_vnd",
    "of",
    "to",
    "category",
];

/// Where the columns are in a file.
#[derive(Debug, Clone, Copy)]
pub struct Columns([usize; 16], Option<[usize; 11]>);

impl Columns {
    /// `None` when one of them is missing, or there twice, or some of those that came later are there and some are not.
    pub fn find(header: &csv::StringRecord) -> Option<Self> {
        let at = places(header, COLUMNS)?;
        if LATER.iter().any(|name| header.iter().any(|column| column == *name)) {
            return Some(Self(at, Some(places(header, LATER)?)));
        }
        Some(Self(at, None))
    }

    /// A row of the ledger of an appeal; the error says what cannot be read in it.
    pub fn row(&self, record: &csv::StringRecord, appeal: &str) -> Result<Row, String> {
        let field = |n: usize| self.0.get(n).and_then(|at| record.get(*at)).unwrap_or_default();
        let text = |n: usize| field(n).to_owned();
        let number = |n: usize| -> Result<i128, String> {
            let written = field(n);
            // Older files leave the one sum empty that is not meant.
            let is_empty = written.is_empty() && n == 15;
            let read = if is_empty { Some(0) } else { written.parse::<i64>().ok() };
            read.map(i128::from)
                .ok_or_else(|| format!("{} is no number: {written:.40}", COLUMNS.get(n).copied().unwrap_or_default()))
        };
        let later = |n: usize| self.1.and_then(|at| at.get(n).copied()).and_then(|at| record.get(at)).unwrap_or_default();
        let mut measures = [number(9)?, number(15)?, 0, 0, 0, 0, 0, 0, 0, 0];
        for (n, (sum, name)) in measures.iter_mut().skip(2).zip(LATER).enumerate().filter(|_| self.1.is_some()) {
            let written = later(n);
            *sum = written.parse::<i64>().map_err(|_| format!("{name} is no number: {written:.40}"))?.into();
        }
        let index = field(0).parse().map_err(|_| format!("log_index is no number: {:.40}", field(0)))?;
        let face = Face {
            code: text(1),
            kind: text(2),
            channel: text(5),
            chapter: text(6),
            province: text(7),
            appeal: appeal.to_owned(),
            fund: text(8),
            day: text(3),
            booked: text(4),
            // Of what is in no sum, as a move between accounts, the file has no amount.
            amount: None,
            measures,
            of: later(8).to_owned(),
            to: later(9).to_owned(),
            category: later(10).to_owned(),
            reverses: text(12),
            reason: text(13),
            leaf_hash: text(14),
        };
        let goods = Lines::read(goods(field(11))?, false)?;
        Ok(Row { face, index: Some(index), goods, names_a_giver: !field(10).is_empty(), counted: None, later: None })
    }
}

/// Where some columns are; `None` when one is missing, or there twice.
fn places<const N: usize>(header: &csv::StringRecord, names: [&str; N]) -> Option<[usize; N]> {
    let mut at = [0; N];
    for (place, name) in at.iter_mut().zip(names) {
        let mut found = header.iter().enumerate().filter(|(_, column)| *column == name).map(|(n, _)| n);
        *place = found.next().filter(|_| found.next().is_none())?;
    }
    Some(at)
}

/// `RICE 100.5 KG; BLANKET 2 PIECE`
fn goods(text: &str) -> Result<Vec<Line>, String> {
    let line = |line: &str| match line.split(' ').collect::<Vec<_>>().as_slice() {
        [item, quantity, unit] => Ok(Line {
            item: (*item).to_owned(),
            quantity: (*quantity).to_owned(),
            unit: (*unit).to_owned(),
            value: String::new(),
            valuation: String::new(),
        }),
        _ => Err(format!("goods cannot be read: {line:.80}")),
    };
    if text.is_empty() { Ok(Vec::new()) } else { text.split("; ").map(line).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> (Columns, csv::StringRecord) {
        let header = csv::StringRecord::from(
            "log_index,code,kind,day,booked_on,channel,chapter,province,fund,amount_vnd,giver,goods,message_count,reverses,reason,leaf_hash,carried_vnd,later"
                .split(',')
                .collect::<Vec<_>>(),
        );
        (Columns::find(&header).unwrap(), header)
    }

    fn record(amount: &str, goods: &str, carried: &str) -> csv::StringRecord {
        let fields = [
            "7",
            "C",
            "GIFT_IN_KIND",
            "2026-11-22",
            "2026-11-22",
            "IN_KIND",
            "00008",
            "01",
            "APPEAL:X",
            amount,
            "An",
            goods,
            "",
            "",
            "",
            "ab",
            carried,
            "?",
        ];
        csv::StringRecord::from(fields.to_vec())
    }

    #[test]
    fn a_row_of_a_file_is_read() {
        let (columns, header) = columns();
        let row = columns.row(&record("5", "RICE 100.5 KG; BLANKET 2 PIECE", "0"), "X").unwrap();
        assert_eq!((row.index, row.face.measures[0], row.face.chapter.as_str(), row.names_a_giver), (Some(7), 5, "00008", true));
        assert_eq!(row.goods.lines[1].item, "BLANKET");
        assert_eq!(columns.row(&record("5", "", ""), "X").unwrap().face.measures[..2], [5, 0], "older files have nothing for 0");
        for (amount, goods, carried) in [("5.0", "", "0"), ("", "", "0"), ("5", "RICE", "0"), ("5", "A -1 B; C 2 D", "0")] {
            assert!(columns.row(&record(amount, goods, carried), "X").is_err(), "{amount} {goods} {carried}");
        }
        let mut twice = header.iter().map(str::to_owned).collect::<Vec<_>>();
        twice.push("code".to_owned());
        assert!(Columns::find(&csv::StringRecord::from(twice)).is_none());
        assert!(Columns::find(&csv::StringRecord::from(vec!["code"])).is_none());
    }

    #[test]
    fn later_columns_are_all_there_or_none() {
        let (_, header) = columns();
        let mut names: Vec<String> = header.iter().map(str::to_owned).collect();
        names.extend(LATER.map(str::to_owned));
        let columns = Columns::find(&csv::StringRecord::from(names.clone())).unwrap();
        let mut fields: Vec<String> = record("0", "", "0").iter().map(str::to_owned).collect();
        fields.extend(["0", "0", "0", "-7", "0", "9", "0", "0", "C2", "00008", "RICE"].map(str::to_owned));
        let face = columns.row(&csv::StringRecord::from(fields.clone()), "X").unwrap().face;
        assert_eq!((face.measures, face.amount), ([0, 0, 0, 0, 0, -7, 0, 9, 0, 0], None));
        assert_eq!((face.of.as_str(), face.to.as_str(), face.category.as_str()), ("C2", "00008", "RICE"));
        fields[20] = "x".to_owned();
        assert!(columns.row(&csv::StringRecord::from(fields), "X").unwrap_err().contains("taken_over_vnd is no number: x"));
        names.pop();
        assert!(Columns::find(&csv::StringRecord::from(names)).is_none());
    }
}
