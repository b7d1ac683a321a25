//! What is sent about call-outs, with the checks that need no database.

use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::CallOutKind;
use crate::basics::Line;
use crate::http::{Check, FieldError, Patch, one_line};

/// The longest name of an event or a place, in characters.
const MOST_NAME: usize = 120;
/// The longest reason, in characters.
const MOST_WHY: usize = 300;
/// Most skills that are wanted together.
const MOST_SKILLS: usize = 10;
/// Most parts of a call-out.
const MOST_SHIFTS: usize = 50;
/// Most people.
const MOST_PEOPLE: i32 = 10_000;
/// A call-out lasts at most so long.
const LONGEST: Duration = Duration::days(60);
/// And begins at most so far ahead.
const AHEAD: Duration = Duration::days(366);

/// A call-out to be made. Nobody is asked by it yet: that is a wave.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOutIn {
    /// Made by the client, once; sending it again makes nothing.
    id: Uuid,
    /// Code of the chapter that calls: its own volunteers, and those of every chapter below it.
    #[schema(example = "23095", max_length = 40)]
    chapter: String,
    kind: CallOutKind,
    /// The code of the blood drive; of kind `DRIVE`, which takes one.
    #[serde(default)]
    #[schema(example = "68-HM-0001", max_length = 40)]
    drive: Option<String>,
    /// The campaign; of kind `CAMPAIGN`, which takes one.
    #[serde(default)]
    campaign: Option<Uuid>,
    /// What for; written to everybody who is asked.
    #[schema(example = "Lũ sông Quao", max_length = 120)]
    event: String,
    /// Where to come; written to everybody who is asked.
    #[schema(example = "Trụ sở UBND xã Hàm Liêm", max_length = 120)]
    place: String,
    /// Why people are asked; written to them, and kept.
    #[schema(example = "Cần người biết lái xuồng đưa dân vùng thấp đi tránh lũ.", max_length = 300)]
    why: String,
    /// When people are to come.
    from: DateTime<Utc>,
    /// When it is over.
    until: DateTime<Utc>,
    /// How many are needed.
    #[schema(minimum = 1, maximum = 10000, example = 14)]
    needed: i32,
    /// Codes of skills; each of them is wanted.
    #[serde(default)]
    #[schema(max_items = 10, example = json!(["BOAT"]))]
    skills: Vec<String>,
    /// Only those who said that they have time then.
    #[serde(default)]
    available: bool,
    /// Only those who are in this team today.
    #[serde(default)]
    team: Option<Uuid>,
    /// How many a wave asks unless it says otherwise.
    #[schema(minimum = 1, maximum = 10000, example = 20)]
    wave_size: i32,
    /// Minutes after which the next wave is asked by itself, while too few come. Absent: an officer asks each.
    #[serde(default)]
    #[schema(minimum = 5, maximum = 1440, example = 30)]
    wave_minutes: Option<i32>,
    /// Parts of it that people are put into.
    #[serde(default)]
    #[schema(max_items = 50)]
    shifts: Vec<CallOutShiftIn>,
}

/// A part of a call-out.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOutShiftIn {
    /// Made by the client, once.
    pub id: Uuid,
    /// When it begins.
    pub from: DateTime<Utc>,
    /// When it ends.
    pub until: DateTime<Utc>,
    /// How many are needed in it.
    #[schema(minimum = 1, maximum = 10000, example = 7)]
    pub needed: i32,
}

/// A call-out that is right in itself.
#[derive(Debug, Clone)]
pub struct NewCallOut {
    pub id: Uuid,
    pub chapter: String,
    pub kind: CallOutKind,
    /// As it was typed.
    pub drive: Option<String>,
    pub campaign: Option<Uuid>,
    pub event: Line,
    pub place: Line,
    pub why: Line,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub needed: i32,
    pub skills: Vec<String>,
    pub available: bool,
    pub team: Option<Uuid>,
    pub wave_size: i32,
    pub wave_minutes: Option<i32>,
    pub shifts: Vec<CallOutShiftIn>,
}

impl NewCallOut {
    /// One text of all that was sent.
    pub fn content(&self) -> String {
        let shifts: Vec<_> = self.shifts.iter().map(|shift| json!([shift.id, shift.from, shift.until, shift.needed])).collect();
        let words = [self.event.as_str(), self.place.as_str(), self.why.as_str()];
        let waves = json!([self.wave_size, self.wave_minutes]);
        let whom = json!([self.needed, self.skills, self.available, self.team]);
        let mut all = json!(["CALL_OUT", self.chapter, self.kind, words, self.from, self.until, whom, waves, shifts]);
        // One that names nothing is what it was before anything was named.
        if let Some(all) = all.as_array_mut().filter(|_| self.drive.is_some() || self.campaign.is_some()) {
            all.push(json!([self.drive, self.campaign]));
        }
        all.to_string()
    }
}

fn people(check: &mut Check, pointer: &str, count: i32) {
    if !(1..=MOST_PEOPLE).contains(&count) {
        check.wrong(pointer, "OUT_OF_RANGE", "Từ 1 đến 10.000 người.", "1 to 10,000 people.");
    }
}

fn minutes(check: &mut Check, minutes: Option<i32>) {
    if minutes.is_some_and(|minutes| !(5..=1_440).contains(&minutes)) {
        check.wrong("/wave_minutes", "OUT_OF_RANGE", "Từ 5 phút đến một ngày.", "5 minutes to a day.");
    }
}

fn lasts(check: &mut Check, from: DateTime<Utc>, until: DateTime<Utc>) {
    if until <= from || until > from + LONGEST {
        check.wrong("/until", "OUT_OF_RANGE", "Sau lúc bắt đầu, không quá 60 ngày.", "After the beginning, 60 days at most.");
    }
}

impl CallOutIn {
    /// As its client called it.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Checks every field; all mistakes at once.
    pub fn check(mut self, now: DateTime<Utc>) -> Result<NewCallOut, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng yêu cầu này.", "The id must be a UUID of its own.");
        let event = check.read(one_line("/event", &self.event, MOST_NAME));
        let place = check.read(one_line("/place", &self.place, MOST_NAME));
        let why = check.read(one_line("/why", &self.why, MOST_WHY));
        self.named(&mut check);
        lasts(&mut check, self.from, self.until);
        if self.until <= now {
            check.wrong("/until", "IN_THE_PAST", "Đã qua rồi.", "That is over.");
        } else if self.from > now + AHEAD {
            check.wrong("/from", "OUT_OF_RANGE", "Trong vòng một năm tới.", "Within a year from now.");
        }
        people(&mut check, "/needed", self.needed);
        people(&mut check, "/wave_size", self.wave_size);
        minutes(&mut check, self.wave_minutes);
        self.skills.sort_unstable();
        self.skills.dedup();
        if self.skills.len() > MOST_SKILLS {
            check.wrong("/skills", "OUT_OF_RANGE", "Tối đa 10 kỹ năng.", "At most 10 skills.");
        }
        self.shifts(&mut check);
        let lines = event.zip(place).zip(why);
        check.done(lines.map(|((event, place), why)| NewCallOut {
            id: self.id,
            chapter: self.chapter,
            kind: self.kind,
            drive: self.drive,
            campaign: self.campaign,
            event,
            place,
            why,
            from: self.from,
            until: self.until,
            needed: self.needed,
            skills: self.skills,
            available: self.available,
            team: self.team,
            wave_size: self.wave_size,
            wave_minutes: self.wave_minutes,
            shifts: self.shifts,
        }))
    }

    /// A record is named of its kind alone.
    fn named(&self, check: &mut Check) {
        if self.drive.is_some() && self.kind != CallOutKind::Drive {
            check.wrong(
                "/drive",
                "NOT_NEEDED",
                "Chỉ ghi khi huy động cho ngày hiến máu (DRIVE).",
                "Only of a call-out for a DRIVE.",
            );
        }
        if self.campaign.is_some() && self.kind != CallOutKind::Campaign {
            check.wrong(
                "/campaign",
                "NOT_NEEDED",
                "Chỉ ghi khi huy động cho chiến dịch (CAMPAIGN).",
                "Only of a call-out for a CAMPAIGN.",
            );
        }
    }

    fn shifts(&self, check: &mut Check) {
        if self.shifts.len() > MOST_SHIFTS {
            check.wrong("/shifts", "OUT_OF_RANGE", "Tối đa 50 ca.", "At most 50 shifts.");
        }
        for (n, shift) in self.shifts.iter().enumerate().take(MOST_SHIFTS) {
            let own = "id phải là UUID của riêng ca này.";
            check.own_id(format!("/shifts/{n}/id"), shift.id, own, "The id must be a UUID of its own.");
            if shift.from < self.from || shift.until > self.until || shift.until <= shift.from {
                check.wrong(
                    format!("/shifts/{n}/until"),
                    "OUT_OF_RANGE",
                    "Ca nằm trong thời gian của đợt, kết thúc sau khi bắt đầu.",
                    "A shift lies within the call-out and ends after it begins.",
                );
            }
            people(check, &format!("/shifts/{n}/needed"), shift.needed);
            if self.shifts.iter().take(n).any(|other| other.id == shift.id) {
                check.wrong(format!("/shifts/{n}/id"), "TWICE", "Ca này đã ghi ở trên.", "This shift stands above already.");
            }
        }
    }
}

/// Changes to a call-out that is open: a field left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOutPatch {
    /// Where to come.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 120)]
    pub place: Patch<String>,
    /// When it is over.
    #[serde(default)]
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub until: Patch<DateTime<Utc>>,
    /// How many are needed.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 10000)]
    pub needed: Patch<i32>,
    /// How many a wave asks.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 10000)]
    pub wave_size: Patch<i32>,
    /// `null`: an officer asks each wave.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 5, maximum = 1440)]
    pub wave_minutes: Patch<i32>,
}

/// What may change of a call-out that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patched {
    pub place: String,
    pub until: DateTime<Utc>,
    pub needed: i32,
    pub wave_size: i32,
    pub wave_minutes: Option<i32>,
}

impl CallOutPatch {
    /// What is said of a call-out that begins at `from` afterwards.
    pub fn over(self, from: DateTime<Utc>, old: &Patched) -> Result<Patched, Vec<FieldError>> {
        let mut check = Check::default();
        let place = self.place.over_required("/place", old.place.clone(), &mut check);
        let place = check.read(one_line("/place", &place, MOST_NAME));
        let until = self.until.over_required("/until", old.until, &mut check);
        let needed = self.needed.over_required("/needed", old.needed, &mut check);
        let wave_size = self.wave_size.over_required("/wave_size", old.wave_size, &mut check);
        let wave_minutes = self.wave_minutes.over(old.wave_minutes);
        lasts(&mut check, from, until);
        people(&mut check, "/needed", needed);
        people(&mut check, "/wave_size", wave_size);
        minutes(&mut check, wave_minutes);
        let place = place.map(|line| line.as_str().to_owned());
        check.done(place.map(|place| Patched { place, until, needed, wave_size, wave_minutes }))
    }
}

/// A wave to be asked.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallOutWaveIn {
    /// Made by the client, once; sending it again asks nobody.
    id: Uuid,
    /// How many are asked; the call-out's own number unless given.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 10000)]
    ask: Option<i32>,
    /// Why people are asked in quiet hours; without it they are not.
    #[serde(default)]
    #[schema(example = "Nước lên nhanh, phải sơ tán trong đêm.", max_length = 300)]
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
    pub fn content(&self, call_out: Uuid) -> String {
        json!(["WAVE", call_out, self.ask, self.quiet_reason]).to_string()
    }
}

impl CallOutWaveIn {
    /// Checks every field; all mistakes at once.
    pub fn check(self) -> Result<NewWave, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID của riêng yêu cầu này.", "The id must be a UUID of its own.");
        if let Some(ask) = self.ask {
            people(&mut check, "/ask", ask);
        }
        let reason = self.quiet_reason.as_deref().and_then(|text| check.read(one_line("/quiet_reason", text, MOST_WHY)));
        let quiet_reason = reason.map(|line| line.as_str().to_owned());
        check.done(Some(NewWave { id: self.id, ask: self.ask, quiet_reason }))
    }
}
