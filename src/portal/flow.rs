//! The one equation as pages show it: what came, what went, what is left and where it lies. Each line is a term, so that who
//! adds up a part gets its sum, and the parts balance.

use diesel::pg::PgConnection;

use super::charts::share;
use super::flow_words::Words;
use super::held::{self, AllWaiting, Held};
use super::words::fill;
use super::{format, labels, words};
use crate::disclosure::flow::{Flow, Left};
use crate::disclosure::held::{AdvancesHeld, HeldAndOpen, OnTheWay};
use crate::disclosure::labels::Categories;
use crate::disclosure::totals::{PlaceSpent, TotalsOut};
use crate::http::{Lang, Problem};
use crate::ledger::accounts::Account;
use crate::ledger::measures::Measure;

/// A term of the equation, or a part of what is left.
pub struct Line {
    pub name: String,
    pub amount: String,
}

/// A part of the equation.
pub struct Part {
    pub title: &'static str,
    pub sum: String,
    pub lines: Vec<Line>,
}

/// What was paid for something.
pub struct Spent {
    pub name: String,
    pub amount: String,
    /// Percent of the longest bar.
    pub share: String,
}

/// What a chapter handed out and paid.
pub struct Place {
    pub code: String,
    pub name: String,
    pub handed_out: String,
    pub paid: String,
}

/// What stands beside the equation.
pub enum Beside {
    /// Of the whole country: transfers and advances.
    Country(OnTheWay, AdvancesHeld),
    /// Of a chapter or an appeal: where it was spent, and what is held of it.
    Place(Vec<PlaceSpent>, HeldAndOpen),
}

/// Places shown before the rest is folded away.
const FIRST_PLACES: usize = 10;

/// The equation as a page shows it.
pub struct View {
    pub w: &'static Words,
    pub parts: Vec<Part>,
    /// `{in} = {out} + {left}`.
    pub sentence: String,
    pub categories: Vec<Spent>,
    /// Own costs paid from gifts, where there are any.
    pub own_costs: Option<String>,
    pub places: Vec<Place>,
    /// Those folded away, and what unfolds them.
    pub other_places: Vec<Place>,
    pub rest_of_places: String,
    pub waiting: AllWaiting,
    pub held: Option<Held>,
    /// The same of the chapter itself, where there is something below it.
    pub own: Vec<Part>,
    /// The same of what is kept apart.
    pub kept_apart: Option<(String, Vec<Part>)>,
}

/// The terms that come in, and those that go out. In the whole country what was sent and not taken over is on the way.
const CAME: [Measure; 4] = [Measure::Received, Measure::Opened, Measure::OtherIncome, Measure::Released];
const BETWEEN: [Measure; 2] = [Measure::TakenOver, Measure::Sent];
const WENT: [Measure; 4] = [Measure::HandedOut, Measure::Paid, Measure::Refunded, Measure::Lost];

fn line(name: String, vnd: i64, lang: Lang) -> Line {
    Line { name, amount: format::vnd(vnd, lang) }
}

/// A term is left out where there is nothing of it; what was received, handed out and paid never is.
fn terms(flow: &Flow, of: &[Measure], lang: Lang) -> Vec<Line> {
    let always = [Measure::Received, Measure::HandedOut, Measure::Paid];
    let shown = of.iter().filter(|measure| flow.of(**measure) != 0 || always.contains(measure));
    let signed = |measure: Measure| if measure == Measure::Sent { -flow.of(measure) } else { flow.of(measure) };
    shown.map(|measure| line(labels::measure(measure.name(), lang), signed(*measure), lang)).collect()
}

fn where_left(left: &Left, w: &Words, lang: Lang) -> Vec<Line> {
    let name = |account| match account {
        Account::CashOnHand => w.flow.cash,
        Account::Bank => w.flow.bank,
        Account::InTransit => w.flow.coming,
        Account::InTransitOut => w.flow.going,
        Account::GoodsInStock => w.flow.goods,
        Account::Advance => w.flow.advances,
        Account::ReceivableOther => w.flow.receivable,
        _ => w.flow.payable,
    };
    let parts = left.parts().into_iter().filter(|(_, vnd)| *vnd != 0);
    parts.map(|(account, vnd)| line(name(account).to_owned(), vnd, lang)).collect()
}

/// What came in, went out and is left, in đồng.
fn sums(flow: &Flow, is_country: bool) -> (i64, i64, i64) {
    let sum = |of: &[Measure]| of.iter().map(|measure| flow.of(*measure)).sum::<i64>();
    let (between, on_the_way) = if is_country { (0, flow.on_the_way()) } else { (-flow.on_the_way(), 0) };
    (sum(&CAME) + between, sum(&WENT) + on_the_way, flow.left_vnd)
}

fn parts(flow: &Flow, left: &Left, is_country: bool, lang: Lang) -> Vec<Part> {
    let w = Words::of(lang);
    let (came_in, went_out, is_left) = sums(flow, is_country);
    let part = |title, vnd, lines| Part { title, sum: format::vnd(vnd, lang), lines };
    let (mut came, mut went) = (terms(flow, &CAME, lang), terms(flow, &WENT, lang));
    if !is_country {
        came.extend(terms(flow, &BETWEEN, lang));
    } else if flow.on_the_way() != 0 {
        went.push(line(w.flow.on_the_way.to_owned(), flow.on_the_way(), lang));
    }
    vec![
        part(w.flow.came, came_in, came),
        part(w.flow.went, went_out, went),
        part(w.flow.left, is_left, where_left(left, w, lang)),
    ]
}

impl View {
    /// Of a place with everything below it; `None` where nothing was ever booked.
    pub fn of(conn: &mut PgConnection, totals: &TotalsOut, beside: Beside, lang: Lang) -> Result<Option<Self>, Problem> {
        let w = Words::of(lang);
        if totals.flow.is_nothing() && totals.quarantined_flow.is_nothing() {
            return Ok(None);
        }
        let (is_country, left) = (totals.on_the_way_vnd.is_some(), totals.left.unwrap_or_default());
        let (came, went, is_left) = sums(&totals.flow, is_country);
        let sentence =
            fill(w.flow.sentence, &[came, went, is_left].map(|vnd| format::vnd(vnd, lang)).each_ref().map(String::as_str));
        let has_below = totals.own_flow != totals.flow && !totals.own_flow.is_nothing() && !is_country;
        let apart = &totals.quarantined_flow;
        let kept_apart = (!apart.is_nothing()).then(|| {
            let title = fill(w.flow.kept_apart, &[&format::vnd(apart.left_vnd, lang)]);
            (title, parts(apart, &left.quarantined, is_country, lang))
        });
        let (places, waiting, held) = match beside {
            Beside::Country(on_the_way, advances) => {
                (Vec::new(), held::waiting(&on_the_way, lang), Some(Held::of_country(&advances, lang)))
            }
            Beside::Place(spent, held) => (spent, held::waiting(&held.on_the_way, lang), Some(Held::of(&held, lang))),
        };
        let mut places: Vec<Place> = places.into_iter().map(|place| place_line(place, lang)).collect();
        let other_places = places.split_off(held::first(places.len(), FIRST_PLACES));
        Ok(Some(Self {
            parts: parts(&totals.flow, &left.all, is_country, lang),
            categories: categories(conn, totals, lang)?,
            own_costs: (totals.own_costs_from_gifts_vnd != 0)
                .then(|| fill(w.flow.own_costs, &[&format::vnd(totals.own_costs_from_gifts_vnd, lang)])),
            rest_of_places: fill(words::Words::of(lang).appeals.rest_of_places, &[&other_places.len().to_string()]),
            places,
            other_places,
            waiting,
            held,
            own: if has_below { parts(&totals.own_flow, &left.own, false, lang) } else { Vec::new() },
            kept_apart,
            sentence,
            w,
        }))
    }
}

fn categories(conn: &mut PgConnection, totals: &TotalsOut, lang: Lang) -> Result<Vec<Spent>, Problem> {
    let names = Categories::read(conn, totals.paid_by_category.keys().map(String::as_str))?;
    let mut paid: Vec<(&String, i64)> = totals.paid_by_category.iter().map(|(code, vnd)| (code, *vnd)).collect();
    paid.sort_by_key(|(_, vnd)| std::cmp::Reverse(*vnd));
    let most = paid.first().map(|(_, vnd)| *vnd).unwrap_or_default();
    let line = |(code, vnd): (&String, i64)| Spent {
        name: names.name(code, lang),
        amount: format::vnd(vnd, lang),
        share: share(vnd, most),
    };
    Ok(paid.into_iter().map(line).collect())
}

fn place_line(place: PlaceSpent, lang: Lang) -> Place {
    Place {
        handed_out: format::vnd(place.spent.handed_out_vnd, lang),
        paid: format::vnd(place.spent.paid_vnd, lang),
        code: place.code,
        name: place.name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_balance_for_a_chapter_and_for_the_country() {
        let mut flow = Flow::default();
        for (n, measure) in Measure::ALL.into_iter().enumerate() {
            flow.add(measure, 7 * (n as i64 + 1));
        }
        for is_country in [false, true] {
            let (came, went, left) = sums(&flow, is_country);
            assert_eq!(came, went + left, "{is_country}");
        }
        let shown: Vec<String> = terms(&flow, &BETWEEN, Lang::En).into_iter().map(|line| line.amount).collect();
        assert_eq!(shown, ["35\u{a0}đ", "\u{2212}42\u{a0}đ"], "what was sent takes away");
        assert_eq!(terms(&Flow::default(), &WENT, Lang::Vi).len(), 2, "handed out and paid are always said");
    }
}
