//! Pictures of sums, drawn on the server: bars over time, bars beside a table. The same figures always stand in a table
//! as well.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};

use super::format;
use super::words::{Words, fill};
use crate::disclosure::totals::Sum;
use crate::http::Lang;

/// With more days than this a bar is a week.
const MOST_DAYS: i64 = 92;
/// Height of the drawing; widths are counted in bars.
const HEIGHT: f64 = 100.0;
/// Width of a step from bar to bar, of which the bar takes most.
const STEP: f64 = 10.0;
const BAR: f64 = 8.0;

/// A bar.
pub struct Bar {
    pub x: String,
    pub y: String,
    pub height: String,
    /// What a pointer is told: day and amount.
    pub says: String,
}

/// A line of the table beside the picture.
pub struct Line {
    pub day: String,
    pub iso: String,
    pub amount: String,
    pub count: String,
}

/// Received over time.
pub struct Inflow {
    pub title: &'static str,
    pub says: String,
    pub width: String,
    pub bars: Vec<Bar>,
    /// Labels of the vertical axis, from the top.
    pub scale: Vec<String>,
    /// Labels of the horizontal axis, evenly spaced.
    pub days: Vec<String>,
    pub lines: Vec<Line>,
    pub by_week: bool,
}

/// The next round figure at or above an amount: 1, 2 or 5 with zeros.
pub(super) fn round_up(amount: i64) -> i64 {
    let mut step = 1i64;
    loop {
        for times in [1, 2, 5] {
            match step.checked_mul(times) {
                Some(round) if round < amount => {}
                Some(round) => return round,
                None => return i64::MAX,
            }
        }
        step = step.saturating_mul(10);
    }
}

/// The bar of a step, so high beside `top`.
pub(super) fn bar(step: usize, amount: i64, top: i64, says: String) -> Bar {
    let height = (amount as f64 / top.max(1) as f64 * HEIGHT).max(0.6);
    Bar { x: trimmed(step as f64 * STEP + (STEP - BAR) / 2.0), y: trimmed(HEIGHT - height), height: trimmed(height), says }
}

/// Sums by day or by week from `from` to `to`; `None` when nothing was received.
pub fn inflow(by_day: &BTreeMap<NaiveDate, Sum>, from: NaiveDate, to: NaiveDate, lang: Lang) -> Option<Inflow> {
    let w = &Words::of(lang).appeals;
    let by_week = (to - from).num_days() > MOST_DAYS;
    let (first, step) = if by_week { (monday(from), 7) } else { (from, 1) };
    let mut starts = Vec::new();
    let mut at = first;
    while at <= to {
        starts.push(at);
        at = at.checked_add_days(Days::new(step))?;
    }
    let mut sums = vec![(0i64, 0i64); starts.len()];
    for (day, sum) in by_day.range(from..=to) {
        let place = usize::try_from((*day - first).num_days()).ok()? / usize::try_from(step).ok()?;
        let slot = sums.get_mut(place)?;
        *slot = (slot.0 + sum.received_vnd, slot.1 + sum.gift_count);
    }
    let (highest, most) =
        sums.iter().enumerate().map(|(n, sum)| (n, sum.0)).max_by_key(|(n, vnd)| (*vnd, std::cmp::Reverse(*n)))?;
    if most <= 0 {
        return None;
    }
    let top = round_up(most);
    let bars = starts
        .iter()
        .zip(&sums)
        .enumerate()
        .filter(|(_, (_, sum))| sum.0 > 0)
        .map(|(n, (day, sum))| bar(n, sum.0, top, format!("{}: {}", format::day(*day, lang), format::vnd(sum.0, lang))));
    let lines = starts.iter().zip(&sums).rev().filter(|(_, sum)| sum.1 != 0).map(|(day, sum)| Line {
        day: format::day(*day, lang),
        iso: day.to_string(),
        amount: format::vnd(sum.0, lang),
        count: format::count(sum.1, lang),
    });
    let says =
        [&format::day(from, lang), &format::day(to, lang), &format::day(*starts.get(highest)?, lang), &format::vnd(most, lang)];
    Some(Inflow {
        title: if by_week { w.over_weeks } else { w.over_time },
        says: fill(w.chart_says, &says.map(String::as_str)),
        width: trimmed(starts.len() as f64 * STEP),
        bars: bars.collect(),
        scale: vec![format::compact(top, lang), format::compact(top / 2, lang), "0".to_owned()],
        days: axis(from, to, lang),
        lines: lines.collect(),
        by_week,
    })
}

fn monday(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day)
}

/// First, middle and last day; fewer when the period is short.
fn axis(from: NaiveDate, to: NaiveDate, lang: Lang) -> Vec<String> {
    let days = (to - from).num_days();
    let middle = from.checked_add_days(Days::new(u64::try_from(days / 2).unwrap_or_default())).unwrap_or(from);
    let shown = match days {
        0 => vec![from],
        1 => vec![from, to],
        _ => vec![from, middle, to],
    };
    shown.into_iter().map(|day| format::short_day(day, lang)).collect()
}

/// A number for SVG, with two decimals at most.
fn trimmed(n: f64) -> String {
    let text = format!("{n:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The width of a bar in percent of the longest one, for SVG.
pub fn share(part: i64, most: i64) -> String {
    trimmed((part.max(0) as f64 / most.max(1) as f64 * 100.0).clamp(0.0, 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn sums(rows: &[(&str, i64)]) -> BTreeMap<NaiveDate, Sum> {
        rows.iter().map(|(at, vnd)| (day(at), Sum { received_vnd: *vnd, gift_count: 1 })).collect()
    }

    #[test]
    fn a_bar_a_day_and_the_scale_is_round() {
        let rows = sums(&[("2026-11-01", 300_000), ("2026-11-03", 1_300_000)]);
        let chart = inflow(&rows, day("2026-11-01"), day("2026-11-04"), Lang::Vi).unwrap();
        assert_eq!((chart.bars.len(), chart.width.as_str(), chart.by_week), (2, "40", false));
        assert_eq!((chart.bars[0].height.as_str(), chart.bars[0].y.as_str(), chart.bars[1].x.as_str()), ("15", "85", "21"));
        assert_eq!(chart.scale, ["2\u{a0}triệu", "1\u{a0}triệu", "0"]);
        assert_eq!(chart.days, ["01/11", "02/11", "04/11"]);
        assert!(chart.says.contains("03/11/2026") && chart.says.contains("1.300.000"));
    }

    #[test]
    fn long_periods_are_shown_by_week_and_nothing_is_not_drawn() {
        let rows = sums(&[("2026-01-01", 5), ("2026-01-02", 5), ("2026-12-31", 7)]);
        let chart = inflow(&rows, day("2026-01-01"), day("2026-12-31"), Lang::En).unwrap();
        assert_eq!((chart.by_week, chart.lines.len(), chart.lines[1].amount.as_str()), (true, 2, "10\u{a0}đ"));
        assert_eq!(chart.lines[1].iso, "2025-12-29", "weeks begin on Monday");
        assert!(inflow(&BTreeMap::new(), day("2026-01-01"), day("2026-12-31"), Lang::Vi).is_none());
        assert!(inflow(&sums(&[("2026-01-01", -5)]), day("2026-01-01"), day("2026-01-02"), Lang::Vi).is_none());
    }

    #[test]
    fn round_figures_end() {
        assert_eq!([1, 3, 11, 1_000_000, 1_000_001].map(round_up), [1, 5, 20, 1_000_000, 2_000_000]);
        assert_eq!(round_up(i64::MAX), i64::MAX);
        assert_eq!(share(1, 3), "33.33");
    }
}
