//! How long records are kept whatever their person asks, and by which law: rows with dates.

use std::collections::HashMap;

use chrono::{Datelike, Months, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::db::DbError;
use crate::db::schema::retention_rule;

/// The rules for vouchers: papers and rows from which the books were written.
#[derive(Debug, Clone, Default)]
pub struct Vouchers(Vec<Rule>);

#[derive(Debug, Clone, Queryable)]
struct Rule {
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    years: i16,
    law_vi: String,
    law_en: String,
}

impl Rule {
    fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day < to)
    }
}

/// Without a rule nobody may say that a voucher's time is over.
const FOR_EVER: (i32, u32, u32) = (9999, 12, 31);

impl Vouchers {
    pub fn read(conn: &mut PgConnection) -> Result<Self, DbError> {
        use retention_rule as r;
        let rules = r::table
            .filter(r::record.eq("VOUCHER"))
            .order(r::valid_from)
            .select((r::valid_from, r::valid_to, r::years, r::law_vi, r::law_en))
            .load(conn)?;
        Ok(Self(rules))
    }

    /// The last day on which what was booked on a day has to be there: its year is full, then the years of the rule.
    pub fn until(&self, booked: NaiveDate) -> NaiveDate {
        let rule = self.0.iter().find(|rule| rule.holds_on(booked));
        let end = rule.and_then(|rule| NaiveDate::from_ymd_opt(booked.year() + i32::from(rule.years), 12, 31));
        end.or_else(|| NaiveDate::from_ymd_opt(FOR_EVER.0, FOR_EVER.1, FOR_EVER.2)).unwrap_or(NaiveDate::MAX)
    }

    /// The law in force on a day, in Vietnamese and in English.
    pub fn law(&self, day: NaiveDate) -> Option<(&str, &str)> {
        self.0.iter().find(|rule| rule.holds_on(day)).map(|rule| (rule.law_vi.as_str(), rule.law_en.as_str()))
    }
}

/// The rules of records that are kept for a while after they have ended, by the record.
#[derive(Debug, Clone, Default)]
pub struct Periods {
    rules: HashMap<String, Vec<Rule>>,
    vouchers: Vouchers,
}

impl Periods {
    pub fn read(conn: &mut PgConnection) -> Result<Self, DbError> {
        use retention_rule as r;
        let rows: Vec<(String, Rule)> = r::table
            .filter(r::record.ne("VOUCHER"))
            .order((r::record, r::valid_from))
            .select((r::record, (r::valid_from, r::valid_to, r::years, r::law_vi, r::law_en)))
            .load(conn)?;
        let mut rules: HashMap<String, Vec<Rule>> = HashMap::new();
        for (record, rule) in rows {
            rules.entry(record).or_default().push(rule);
        }
        Ok(Self { rules, vouchers: Vouchers::read(conn)? })
    }

    /// The last day on which a record is kept that ended on a day: by the rule of that day, or of a record from before there was
    /// one by the first. Without a rule nobody may say that its time is over: `None`.
    pub fn until(&self, record: &str, ended: NaiveDate) -> Option<NaiveDate> {
        let rules = self.rules.get(record)?;
        let rule = rules.iter().find(|rule| rule.holds_on(ended)).or(rules.first().filter(|rule| ended < rule.valid_from))?;
        ended.checked_add_months(Months::new(u32::from(rule.years.unsigned_abs()) * 12))
    }

    /// [`Vouchers::until`].
    pub fn of_voucher(&self, booked: NaiveDate) -> NaiveDate {
        self.vouchers.until(booked)
    }

    /// The shortest of these periods, in years: nothing younger can be due.
    pub fn shortest_years(&self) -> Option<u32> {
        self.rules.values().flatten().map(|rule| u32::from(rule.years.unsigned_abs())).min()
    }

    /// The law behind the rule of a record that ended on a day, in Vietnamese and in English.
    pub fn law(&self, record: &str, day: NaiveDate) -> Option<(&str, &str)> {
        let rules = self.rules.get(record)?;
        let rule = rules.iter().find(|rule| rule.holds_on(day)).or(rules.first())?;
        Some((rule.law_vi.as_str(), rule.law_en.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_kept_for_the_years_of_the_rule_of_the_day_it_ended() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let rule = |from, to, years| Rule { valid_from: from, valid_to: to, years, law_vi: String::new(), law_en: String::new() };
        let of = vec![rule(day(2026, 1, 1), Some(day(2028, 1, 1)), 5), rule(day(2028, 1, 1), None, 2)];
        let periods = Periods { rules: [("MEMBER".to_owned(), of)].into(), vouchers: Vouchers::default() };
        assert_eq!(periods.until("MEMBER", day(2026, 11, 22)), Some(day(2031, 11, 22)));
        assert_eq!(periods.until("MEMBER", day(2028, 2, 29)), Some(day(2030, 2, 28)));
        assert_eq!(periods.until("MEMBER", day(2019, 6, 30)), Some(day(2024, 6, 30)), "before there was a rule: the first");
        assert_eq!((periods.until("POST", day(2026, 1, 1)), periods.shortest_years()), (None, Some(2)));
    }

    #[test]
    fn a_voucher_is_kept_for_the_years_of_the_rule_of_its_day() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let rule = |from, to, years| Rule { valid_from: from, valid_to: to, years, law_vi: String::new(), law_en: String::new() };
        let rules = Vouchers(vec![rule(day(2017, 1, 1), Some(day(2027, 1, 1)), 10), rule(day(2027, 1, 1), None, 12)]);
        assert_eq!(rules.until(day(2026, 11, 22)), day(2036, 12, 31));
        assert_eq!(rules.until(day(2027, 1, 1)), day(2039, 12, 31));
        assert_eq!(rules.until(day(2016, 1, 1)), day(9999, 12, 31));
        assert!(rules.law(day(2026, 1, 1)).is_some() && rules.law(day(2000, 1, 1)).is_none());
    }
}
