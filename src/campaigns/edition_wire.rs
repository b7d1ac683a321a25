//! What is sent about editions of movements, with the checks that need no database.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::wire::{day, not_before, own_id, text};
use crate::http::{Check, FieldError};

/// A movement's edition of a year.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MovementEditionIn {
    /// Made by the client, once; sending it again makes nothing.
    pub id: Uuid,
    #[schema(minimum = 1946, maximum = 2200, example = 2027)]
    pub year: i16,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// What it sets out to reach, in words.
    #[serde(default)]
    #[schema(example = "1,5 triệu suất quà", max_length = 500)]
    pub target: Option<String>,
    /// How many people it sets out to reach.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000000000i64)]
    pub target_persons: Option<i64>,
    /// The value it sets out to reach, in đồng.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000000000000000i64)]
    pub target_vnd: Option<i64>,
    /// Which plan or letter says so.
    #[schema(example = "Kế hoạch 12/KH-TƯHCTĐ ngày 02/11/2026", max_length = 500)]
    pub source: String,
}

impl MovementEditionIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, today: NaiveDate) -> Result<Self, Vec<FieldError>> {
        let mut check = Check::default();
        own_id(&mut check, self.id);
        day(&mut check, "/starts_on", self.starts_on, today);
        day(&mut check, "/ends_on", self.ends_on, today);
        not_before(&mut check, "/ends_on", self.starts_on, Some(self.ends_on));
        if i32::from(self.year) != self.starts_on.year() && i32::from(self.year) != self.ends_on.year() {
            check.wrong("/year", "NOT_TOGETHER", "Năm không khớp với các ngày.", "The year is that of the days.");
        }
        let target = self.target.as_deref().map(|other| text(&mut check, "/target", other, 500));
        for (pointer, value, most) in
            [("/target_persons", self.target_persons, 1_000_000_000), ("/target_vnd", self.target_vnd, 1_000_000_000_000_000)]
        {
            if value.is_some_and(|value| !(1..=most).contains(&value)) {
                check.wrong(pointer, "OUT_OF_RANGE", "Quá nhỏ hoặc quá lớn.", "Too small or too large.");
            }
        }
        let source = text(&mut check, "/source", &self.source, 500);
        check.done(Some(Self { target, source, ..self }))
    }
}
