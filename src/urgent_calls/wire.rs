//! What is sent about urgent calls, with the checks that need no database.

use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{CALLED_FOR, UrgentCallReach};
use crate::basics::Line;
use crate::blood_rules::{AboGroup, Component, RhFactor};
use crate::calling::model::CallAnswer;
use crate::http::{Check, FieldError, Patch, one_line};

/// The longest name of a hospital, in characters.
const MOST_HOSPITAL: usize = 120;
/// The longest reason, in characters.
const MOST_REASON: usize = 200;
/// Most units of one call.
const MOST_UNITS: i32 = 100;
/// Most donors of one wave.
const MOST_ASKED: i32 = 1_000;
/// A call lasts at most so long: what is wanted later is no urgent call.
const LONGEST: Duration = Duration::days(7);

/// An urgent call to be made. Nobody is asked by it yet: that is a wave.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UrgentCallIn {
    /// Made by the client, once; sending it again makes nothing.
    id: Uuid,
    /// Code of the chapter that calls: its own donors, and those of every chapter below it.
    #[schema(example = "23095", max_length = 40)]
    chapter: String,
    /// What is wanted: whole blood, red cells, platelets or plasma.
    component: Component,
    /// ABO group of who is to receive it.
    abo: AboGroup,
    /// Rh factor of who is to receive it.
    rh: RhFactor,
    /// How many are to come.
    #[schema(minimum = 1, maximum = 100, example = 3)]
    units: i32,
    /// Where to come; written to everybody who is asked.
    #[schema(example = "Bệnh viện Đa khoa Bình Thuận", max_length = 120)]
    hospital: String,
    /// Why donors are asked; written to them, and kept. It names nobody.
    #[schema(example = "Cấp cứu sản khoa, kho máu nhóm hiếm đã hết.", max_length = 200)]
    reason: String,
    /// Until when they are to come: then the call ends by itself.
    until: DateTime<Utc>,
    /// How far it reaches; `OWN` unless given.
    #[serde(default)]
    reach: Option<UrgentCallReach>,
    /// Only those who are in this club of the chapter today.
    #[serde(default)]
    club: Option<Uuid>,
    /// How many a wave asks unless it says otherwise.
    #[schema(minimum = 1, maximum = 1000, example = 10)]
    wave_size: i32,
    /// Minutes after which the next wave is asked by itself, while too few come. Absent: an officer asks each.
    #[serde(default)]
    #[schema(minimum = 5, maximum = 240, example = 15)]
    wave_minutes: Option<i32>,
}

/// A call that is right in itself.
#[derive(Debug, Clone)]
pub struct NewCall {
    pub id: Uuid,
    pub chapter: String,
    pub component: Component,
    pub abo: AboGroup,
    pub rh: RhFactor,
    pub units: i32,
    pub hospital: Line,
    pub reason: Line,
    pub until: DateTime<Utc>,
    pub reach: UrgentCallReach,
    pub club: Option<Uuid>,
    pub wave_size: i32,
    pub wave_minutes: Option<i32>,
}

impl NewCall {
    /// One text of all that was sent.
    pub fn content(&self) -> String {
        let wanted = json!([self.component, self.abo, self.rh, self.units]);
        let words = [self.hospital.as_str(), self.reason.as_str()];
        let whom = json!([self.reach, self.club, self.wave_size, self.wave_minutes]);
        json!(["URGENT_CALL", self.chapter, wanted, words, self.until, whom]).to_string()
    }
}

fn units(check: &mut Check, units: i32) {
    if !(1..=MOST_UNITS).contains(&units) {
        check.wrong("/units", "OUT_OF_RANGE", "Từ 1 đến 100 đơn vị.", "1 to 100 units.");
    }
}

fn size(check: &mut Check, pointer: &str, count: i32) {
    if !(1..=MOST_ASKED).contains(&count) {
        check.wrong(pointer, "OUT_OF_RANGE", "Từ 1 đến 1.000 người.", "1 to 1,000 people.");
    }
}

fn minutes(check: &mut Check, minutes: Option<i32>) {
    if minutes.is_some_and(|minutes| !(5..=240).contains(&minutes)) {
        check.wrong("/wave_minutes", "OUT_OF_RANGE", "Từ 5 phút đến 4 giờ.", "5 minutes to 4 hours.");
    }
}

fn lasts(check: &mut Check, now: DateTime<Utc>, until: DateTime<Utc>) {
    if until <= now {
        check.wrong("/until", "IN_THE_PAST", "Đã qua rồi.", "That is over.");
    } else if until > now + LONGEST {
        check.wrong("/until", "OUT_OF_RANGE", "Trong vòng 7 ngày tới.", "Within seven days from now.");
    }
}

impl UrgentCallIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, now: DateTime<Utc>) -> Result<NewCall, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng yêu cầu này.", "The id must be a UUID of its own.");
        if !CALLED_FOR.contains(&self.component) {
            check.wrong(
                "/component",
                "NOT_A_CHOICE",
                "Chỉ gọi khẩn cấp máu toàn phần, hồng cầu, tiểu cầu, huyết tương.",
                "Only whole blood, red cells, platelets and plasma are called for.",
            );
        }
        units(&mut check, self.units);
        let hospital = check.read(one_line("/hospital", &self.hospital, MOST_HOSPITAL));
        let reason = check.read(one_line("/reason", &self.reason, MOST_REASON));
        lasts(&mut check, now, self.until);
        size(&mut check, "/wave_size", self.wave_size);
        minutes(&mut check, self.wave_minutes);
        check.done(hospital.zip(reason).map(|(hospital, reason)| NewCall {
            id: self.id,
            chapter: self.chapter,
            component: self.component,
            abo: self.abo,
            rh: self.rh,
            units: self.units,
            hospital,
            reason,
            until: self.until,
            reach: self.reach.unwrap_or(UrgentCallReach::Own),
            club: self.club,
            wave_size: self.wave_size,
            wave_minutes: self.wave_minutes,
        }))
    }
}

/// Changes to a call that is open: a field left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UrgentCallPatch {
    /// Until when they are to come.
    #[serde(default)]
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub until: Patch<DateTime<Utc>>,
    /// How many are to come.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 100)]
    pub units: Patch<i32>,
    /// How far it reaches.
    #[serde(default)]
    #[schema(value_type = Option<UrgentCallReach>)]
    pub reach: Patch<UrgentCallReach>,
    /// How many a wave asks.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 1000)]
    pub wave_size: Patch<i32>,
    /// `null`: an officer asks each wave.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 5, maximum = 240)]
    pub wave_minutes: Patch<i32>,
}

/// What may change of a call that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patched {
    pub until: DateTime<Utc>,
    pub units: i32,
    pub reach: UrgentCallReach,
    pub wave_size: i32,
    pub wave_minutes: Option<i32>,
}

impl UrgentCallPatch {
    /// What is said of a call afterwards.
    pub fn over(self, now: DateTime<Utc>, old: &Patched) -> Result<Patched, Vec<FieldError>> {
        let mut check = Check::default();
        let until = self.until.over_required("/until", old.until, &mut check);
        let wanted = self.units.over_required("/units", old.units, &mut check);
        let reach = self.reach.over_required("/reach", old.reach, &mut check);
        let wave_size = self.wave_size.over_required("/wave_size", old.wave_size, &mut check);
        let wave_minutes = self.wave_minutes.over(old.wave_minutes);
        lasts(&mut check, now, until);
        units(&mut check, wanted);
        size(&mut check, "/wave_size", wave_size);
        minutes(&mut check, wave_minutes);
        check.done(Some(Patched { until, units: wanted, reach, wave_size, wave_minutes }))
    }
}

/// A wave to be asked.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UrgentCallWaveIn {
    /// Made by the client, once; sending it again asks nobody.
    id: Uuid,
    /// How many are asked; the call's own number unless given.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1000)]
    ask: Option<i32>,
    /// Why people are asked in quiet hours; without it they are not.
    #[serde(default)]
    #[schema(example = "Bệnh nhân mất máu nhiều, cần trong đêm.", max_length = 200)]
    quiet_reason: Option<String>,
}

/// A wave, right in itself.
#[derive(Debug, Clone)]
pub struct NewWave {
    pub id: Uuid,
    pub ask: Option<i32>,
    pub quiet_reason: Option<String>,
}

impl NewWave {
    /// One text of all that was sent.
    pub fn content(&self, call: Uuid) -> String {
        json!(["WAVE", call, self.ask, self.quiet_reason]).to_string()
    }
}

impl UrgentCallWaveIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self) -> Result<NewWave, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng yêu cầu này.", "The id must be a UUID of its own.");
        if let Some(ask) = self.ask {
            size(&mut check, "/ask", ask);
        }
        let reason = self.quiet_reason.as_deref().and_then(|text| check.read(one_line("/quiet_reason", text, MOST_REASON)));
        let quiet_reason = reason.map(|line| line.as_str().to_owned());
        check.done(Some(NewWave { id: self.id, ask: self.ask, quiet_reason }))
    }
}

/// What somebody said by telephone.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UrgentCallAnswerIn {
    /// What they said.
    answer: CallAnswer,
    /// When they arrive; of who comes.
    #[serde(default)]
    arrives_at: Option<DateTime<Utc>>,
}

/// An answer, right in itself.
#[derive(Debug, Clone, Copy)]
pub struct Heard {
    pub answer: CallAnswer,
    pub arrives_at: Option<DateTime<Utc>>,
}

impl Heard {
    /// One text of all that was sent.
    pub fn content(&self) -> String {
        json!([self.answer, self.arrives_at]).to_string()
    }
}

impl UrgentCallAnswerIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self, now: DateTime<Utc>) -> Result<Heard, Vec<FieldError>> {
        let mut check = Check::default();
        if self.answer != CallAnswer::Yes && self.arrives_at.is_some() {
            check.wrong("/arrives_at", "NOT_TOGETHER", "Chỉ ghi giờ đến khi trả lời có.", "Only of who comes.");
        }
        if self.arrives_at.is_some_and(|at| at > now + LONGEST || at < now - Duration::days(1)) {
            check.wrong("/arrives_at", "OUT_OF_RANGE", "Trong vòng 7 ngày tới.", "Within seven days from now.");
        }
        check.done(Some(Heard { answer: self.answer, arrives_at: self.arrives_at }))
    }
}
