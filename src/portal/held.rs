//! What stands beside the equation: transfers that nobody has confirmed, advances that are not cleared, goods in stock.

use super::flow_words::Words;
use super::format;
use super::goods::quantity_text;
use super::words::fill;
use crate::disclosure::held::{AdvancesHeld, GoodsHeld, HeldAndOpen, OnTheWay, OnTheWayTransfer};
use crate::http::Lang;
use crate::ledger::public::PublicGoods;

/// Goods shown before the rest is folded away.
const FIRST_GOODS: usize = 10;

/// A transfer that nobody has confirmed.
pub struct Waiting {
    pub code: String,
    pub from: String,
    pub to: String,
    pub amount: String,
    /// Since when.
    pub since: String,
}

/// Transfers that nobody has confirmed: the oldest, and all of them in a sentence where there are more.
#[derive(Default)]
pub struct AllWaiting {
    pub oldest: Vec<Waiting>,
    pub all: Option<String>,
}

/// Advances that are not cleared.
pub struct Advances {
    pub open: String,
    pub overdue: Option<Overdue>,
}

/// Those of them whose day has passed.
pub struct Overdue {
    /// With their number.
    pub name: String,
    pub amount: String,
    /// How old the oldest is.
    pub oldest: String,
}

/// Goods in stock.
pub struct Line {
    pub item: String,
    pub quantity: String,
    pub value: String,
}

/// What is held, and what is open of it.
pub struct Held {
    pub advances: Option<Advances>,
    pub goods: Vec<Line>,
    /// Those folded away, and what unfolds them.
    pub other_goods: Vec<Line>,
    pub rest: String,
}

impl Held {
    /// Of the whole country: advances alone.
    pub fn of_country(of: &AdvancesHeld, lang: Lang) -> Self {
        Self { advances: advances(of, lang), goods: Vec::new(), other_goods: Vec::new(), rest: String::new() }
    }

    pub fn of(held: &HeldAndOpen, lang: Lang) -> Self {
        let w = &Words::of(lang).held;
        let mut goods: Vec<Line> = held.stock.iter().map(|goods| line(goods, lang)).collect();
        let other_goods = goods.split_off(first(goods.len(), FIRST_GOODS));
        Self {
            advances: advances(&held.advances, lang),
            rest: fill(w.rest_of_goods, &[&other_goods.len().to_string()]),
            goods,
            other_goods,
        }
    }
}

/// How many of so many lines are shown: a fold that hides a line or two saves nobody anything.
pub fn first(all: usize, most: usize) -> usize {
    if all <= most + 2 { all } else { most }
}

/// Said while there is something to clear.
fn advances(of: &AdvancesHeld, lang: Lang) -> Option<Advances> {
    let w = &Words::of(lang).held;
    let overdue = of.oldest_due_on.map(|due| Overdue {
        name: fill(w.overdue, &[&format::count(of.overdue_count, lang)]),
        amount: format::vnd(of.overdue_vnd, lang),
        oldest: fill(w.oldest, &[&format::day(due, lang), &format::count(of.oldest_days.unwrap_or_default(), lang)]),
    });
    (of.open_vnd != 0 || overdue.is_some()).then(|| Advances { open: format::vnd(of.open_vnd, lang), overdue })
}

fn line(goods: &GoodsHeld, lang: Lang) -> Line {
    let GoodsHeld { item, name, name_en, quantity, unit, value_vnd } = goods.clone();
    let shown = PublicGoods { item, quantity, unit, value_vnd, valuation: String::new() };
    Line {
        quantity: quantity_text(&shown, lang),
        value: format::vnd(value_vnd, lang),
        item: if lang == Lang::En { name_en } else { name },
    }
}

/// Of what was sent today it is not said for how many days.
pub fn waiting(of: &OnTheWay, lang: Lang) -> AllWaiting {
    let w = Words::of(lang);
    let since = |row: &OnTheWayTransfer| match row.days {
        Some(days) if days > 0 => fill(w.flow.since_days, &[&format::day(row.sent_on, lang), &format::count(days, lang)]),
        _ => fill(w.flow.since, &[&format::day(row.sent_on, lang)]),
    };
    let one = |row: &OnTheWayTransfer| Waiting {
        since: since(row),
        amount: format::vnd(row.open_vnd, lang),
        code: row.code.clone(),
        from: row.from_name.clone(),
        to: row.to_name.clone(),
    };
    let is_more = usize::try_from(of.count).is_ok_and(|count| count > of.oldest.len());
    let all = || fill(w.held.all_waiting, &[&format::count(of.count, lang), &format::vnd(of.open_vnd, lang)]);
    AllWaiting { oldest: of.oldest.iter().map(one).collect(), all: is_more.then(all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_folded_and_a_short_one_is_not() {
        let stock = |count: i64| {
            let goods = |n: i64| GoodsHeld {
                item: format!("ITEM_{n}"),
                name: format!("Thứ {n}"),
                name_en: format!("Thing {n}"),
                quantity: "1".to_owned(),
                unit: "PIECE".to_owned(),
                value_vnd: count - n,
            };
            let stock = (0..count).map(goods).collect();
            HeldAndOpen {
                as_of: "2026-11-22".parse().unwrap(),
                advances: AdvancesHeld::default(),
                on_the_way: OnTheWay::default(),
                stock,
            }
        };
        let counted = |count| {
            let held = Held::of(&stock(count), Lang::Vi);
            (held.goods.len(), held.other_goods.len(), held.rest)
        };
        assert_eq!(counted(12), (12, 0, "Xem 0 dòng còn lại".to_owned()));
        assert_eq!(counted(13), (10, 3, "Xem 3 dòng còn lại".to_owned()));
        assert!(Held::of(&stock(0), Lang::En).advances.is_none());
        assert_eq!(Held::of(&stock(1), Lang::En).goods[0].item, "Thing 0");
    }

    #[test]
    fn transfers_that_are_not_listed_are_counted() {
        let one = OnTheWayTransfer {
            code: "7ZC4K0M9T2R8VQ3BV".to_owned(),
            from: "68".to_owned(),
            from_name: "Lâm Đồng".to_owned(),
            to: "23095".to_owned(),
            to_name: "Hàm Liêm".to_owned(),
            fund: "GENERAL".to_owned(),
            open_vnd: 5,
            sent_on: "2026-11-02".parse().unwrap(),
            days: Some(20),
        };
        let mut way = OnTheWay { open_vnd: 5, count: 1, oldest: vec![one] };
        assert!(waiting(&way, Lang::Vi).all.is_none());
        (way.count, way.open_vnd, way.oldest[0].days) = (1_200, 7_000, None);
        let said = waiting(&way, Lang::Vi);
        assert_eq!(said.oldest[0].since, "từ ngày 02/11/2026");
        assert!(said.all.unwrap().starts_with("Tất cả: 1.200 khoản, còn 7.000\u{a0}đ"));
    }
}
