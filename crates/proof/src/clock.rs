//! Time, injected. Vietnam has one zone and no daylight saving: +07:00, always.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, Utc};

/// Where "now" comes from: the machine, or a test that sets it.
#[derive(Clone)]
pub enum Clock {
    System,
    Set(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// A clock that stands at `now` until it is moved.
    pub fn set_to(now: DateTime<Utc>) -> Self {
        Clock::Set(Arc::new(Mutex::new(now)))
    }

    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Clock::System => Utc::now(),
            Clock::Set(now) => *now.lock().unwrap_or_else(|poisoned| poisoned.into_inner()),
        }
    }

    /// Moves a set clock; the system's clock is nobody's to move.
    pub fn advance(&self, by: Duration) {
        if let Clock::Set(now) = self {
            *now.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) += by;
        }
    }
}

/// The date in Vietnam at an instant (decides `booked`, DESIGN 11).
pub fn vietnam_date(at: DateTime<Utc>) -> NaiveDate {
    (at + Duration::hours(7)).date_naive()
}

/// The moment at which a day begins in Vietnam.
pub fn vietnam_midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc() - Duration::hours(7)
}

/// An instant as the log writes it: seconds, +07:00.
pub fn vietnam_time(at: DateTime<Utc>) -> String {
    let zone = FixedOffset::east_opt(7 * 3600);
    zone.map(|zone| at.with_timezone(&zone).to_rfc3339_opts(chrono::SecondsFormat::Secs, false)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_turns_at_five_in_the_afternoon_utc() {
        let at = |s: &str| s.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(vietnam_date(at("2026-11-22T16:59:59Z")).to_string(), "2026-11-22");
        assert_eq!(vietnam_date(at("2026-11-22T17:00:00Z")).to_string(), "2026-11-23");
    }
}
