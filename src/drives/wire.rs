//! What officers send about drives and bookings, with the checks that need no database.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Content, DriveCancelled, Slot, may_be_on};
use super::store::{Drive, Equipment};
use crate::http::{Check, FieldError, Patch, one_line, one_name};
use crate::persons::model::{birth, contact, is_by_chance};

const MOST_TITLE: usize = 200;
const MOST_SITE: usize = 200;
const MOST_SLOTS: usize = 60;
const MOST_PLACES: i16 = 1_000;
const MOST_WAITING: i16 = 1_000;
const MOST_EQUIPMENT: usize = 100;
const MOST_WHAT: usize = 100;
const MOST_QUANTITY: i32 = 100_000;
const MOST_NAME: usize = 100;

/// A part of the day in which so many are received.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveSlotIn {
    /// Vietnamese time.
    #[schema(example = "07:30", max_length = 5)]
    pub from: String,
    /// Vietnamese time.
    #[schema(example = "08:00", max_length = 5)]
    pub until: String,
    /// How many are received in it.
    #[schema(minimum = 1, maximum = 1000, example = 12)]
    pub places: i16,
}

/// Something that is to be there.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveEquipmentIn {
    /// What it is.
    #[schema(example = "Giường gấp", max_length = 100)]
    pub what: String,
    /// How many of it.
    #[schema(minimum = 1, maximum = 100000, example = 8)]
    pub quantity: i32,
    /// It is there.
    #[serde(default)]
    pub ready: bool,
}

/// A drive to be planned.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveIn {
    /// Made by the client, once; sent again it plans nothing.
    pub id: Uuid,
    /// Code of the chapter that holds it.
    #[schema(example = "23095", max_length = 40)]
    pub chapter: String,
    /// Code of the blood centre (`GET /blood-centres`).
    #[schema(example = "BINH_THUAN", max_length = 40)]
    pub centre: String,
    /// What it is called; shown to everybody.
    #[schema(example = "Ngày hội hiến máu xã Hàm Liêm", max_length = 200)]
    pub title: String,
    /// Where: the site and its address; shown to everybody.
    #[schema(example = "Nhà văn hóa xã Hàm Liêm", max_length = 200)]
    pub site: String,
    /// The day it is on.
    #[schema(example = "2027-06-14")]
    pub day: NaiveDate,
    /// In their order, none at the time of another.
    #[schema(min_items = 1, max_items = 60)]
    pub slots: Vec<DriveSlotIn>,
    /// Most who wait for a place.
    #[serde(default = "waiting_most")]
    #[schema(minimum = 0, maximum = 1000, example = 30)]
    pub waiting_most: i16,
    /// Whether everybody sees it in lists and calendars once it is open; yes unless said otherwise. Whoever has its code books in either case.
    #[serde(default = "yes")]
    #[schema(example = true)]
    pub listed: bool,
    /// What is to be there.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub equipment: Vec<DriveEquipmentIn>,
    /// A team of the chapter that helps.
    #[serde(default)]
    pub team: Option<Uuid>,
}

fn yes() -> bool {
    true
}

fn waiting_most() -> i16 {
    30
}

/// A drive that is right in itself.
#[derive(Debug, Clone)]
pub struct Planned {
    pub title: String,
    pub site: String,
    pub slots: Vec<Slot>,
    pub waiting_most: i16,
    pub equipment: Vec<Equipment>,
}

impl DriveIn {
    /// Checks every field; all mistakes at once.
    pub fn check(&self, today: NaiveDate) -> Result<Planned, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID riêng của ngày hiến máu này.", "id must be a UUID of this drive's own.");
        on(&mut check, self.day, today);
        let title = check.read(one_line("/title", &self.title, MOST_TITLE));
        let site = check.read(one_line("/site", &self.site, MOST_SITE));
        let slots = read_slots(&mut check, &self.slots);
        let equipment = read_equipment(&mut check, &self.equipment);
        most_waiting(&mut check, self.waiting_most);
        let read = title.zip(site).zip(slots).zip(equipment);
        check.done(read.map(|(((title, site), slots), equipment)| Planned {
            title: title.as_str().to_owned(),
            site: site.as_str().to_owned(),
            slots,
            waiting_most: self.waiting_most,
            equipment,
        }))
    }
}

fn on(check: &mut Check, day: NaiveDate, today: NaiveDate) {
    if !may_be_on(day, today) {
        check.wrong("/day", "OUT_OF_RANGE", "Từ hôm nay đến hai năm tới.", "Between today and two years from now.");
    }
}

fn most_waiting(check: &mut Check, most: i16) {
    if !(0..=MOST_WAITING).contains(&most) {
        check.wrong("/waiting_most", "OUT_OF_RANGE", "Từ 0 đến 1.000 người chờ.", "0 to 1,000 people.");
    }
}

/// `08:30` as minutes of the day; `24:00` is its end.
fn minute(text: &str) -> Option<i16> {
    let (hours, minutes) = text.split_once(':')?;
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (i16, i16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let all = hours * 60 + minutes;
    (minutes < 60 && all <= 24 * 60).then_some(all)
}

fn read_slots(check: &mut Check, said: &[DriveSlotIn]) -> Option<Vec<Slot>> {
    if said.is_empty() || said.len() > MOST_SLOTS {
        check.wrong("/slots", "OUT_OF_RANGE", "Từ 1 đến 60 khung giờ.", "1 to 60 slots.");
        return None;
    }
    let mut slots: Vec<Slot> = Vec::with_capacity(said.len());
    for (at, one) in said.iter().enumerate() {
        let time = |check: &mut Check, name: &str, text: &str| {
            let read = minute(text);
            if read.is_none() {
                check.wrong(
                    format!("/slots/{at}/{name}"),
                    "NOT_A_TIME",
                    "Giờ viết như 08:00, từ 00:00 đến 24:00.",
                    "A time like 08:00, from 00:00 to 24:00.",
                );
            }
            read
        };
        if !(1..=MOST_PLACES).contains(&one.places) {
            check.wrong(format!("/slots/{at}/places"), "OUT_OF_RANGE", "Từ 1 đến 1.000 chỗ.", "1 to 1,000 places.");
        }
        let (Some(from), Some(until)) = (time(check, "from", &one.from), time(check, "until", &one.until)) else { continue };
        if until <= from {
            check.wrong(format!("/slots/{at}/until"), "OUT_OF_RANGE", "Sau giờ bắt đầu.", "After the beginning.");
        } else if slots.last().is_some_and(|before| from < before.until) {
            check.wrong(
                format!("/slots/{at}/from"),
                "TWICE",
                "Trùng giờ với khung giờ ở trên.",
                "At the time of the slot above.",
            );
        }
        slots.push(Slot { n: i16::try_from(at + 1).unwrap_or(i16::MAX), from, until, places: one.places, taken: 0 });
    }
    (slots.len() == said.len()).then_some(slots)
}

fn read_equipment(check: &mut Check, said: &[DriveEquipmentIn]) -> Option<Vec<Equipment>> {
    if said.len() > MOST_EQUIPMENT {
        check.wrong("/equipment", "OUT_OF_RANGE", "Tối đa 100 dòng.", "At most 100.");
        return None;
    }
    let mut all = Vec::with_capacity(said.len());
    for (at, one) in said.iter().enumerate() {
        let what = check.read(one_line(&format!("/equipment/{at}/what"), &one.what, MOST_WHAT));
        if !(1..=MOST_QUANTITY).contains(&one.quantity) {
            check.wrong(format!("/equipment/{at}/quantity"), "OUT_OF_RANGE", "Từ 1 đến 100.000.", "1 to 100,000.");
        }
        all.extend(what.map(|what| Equipment { what: what.as_str().to_owned(), quantity: one.quantity, ready: one.ready }));
    }
    (all.len() == said.len()).then_some(all)
}

/// Changes to a drive: a field left out stays. Its day is changed by moving it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrivePatch {
    /// What it is called; shown to everybody.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub title: Patch<String>,
    /// Where: the site and its address; shown to everybody.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub site: Patch<String>,
    /// Whether everybody sees it in lists and calendars once it is open.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub listed: Patch<bool>,
    /// Most who wait; those who wait already go on waiting.
    #[serde(default)]
    #[schema(value_type = Option<i16>, minimum = 0, maximum = 1000)]
    pub waiting_most: Patch<i16>,
    /// All of them, in their order; none with fewer places than are taken, and none left out in which somebody has a place. More places:
    /// who waits moves up.
    #[serde(default)]
    #[schema(value_type = Option<Vec<DriveSlotIn>>, min_items = 1, max_items = 60)]
    pub slots: Patch<Vec<DriveSlotIn>>,
    /// All that is to be there.
    #[serde(default)]
    #[schema(value_type = Option<Vec<DriveEquipmentIn>>, max_items = 100)]
    pub equipment: Patch<Vec<DriveEquipmentIn>>,
    /// A team of the chapter that helps.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    pub team: Patch<Uuid>,
}

/// A drive as it is to be; slots and equipment where they are said anew.
#[derive(Debug, Clone)]
pub struct Patched {
    pub title: String,
    pub site: String,
    pub listed: bool,
    pub waiting_most: i16,
    pub slots: Option<Vec<Slot>>,
    pub equipment: Option<Vec<Equipment>>,
    pub team: Option<Uuid>,
}

impl DrivePatch {
    /// What is said of the drive afterwards.
    pub fn over(self, old: &Drive) -> Result<Patched, Vec<FieldError>> {
        let mut check = Check::default();
        let title = self.title.over_required("/title", old.title.clone(), &mut check);
        let title = check.read(one_line("/title", &title, MOST_TITLE));
        let site = self.site.over_required("/site", old.site.clone(), &mut check);
        let site = check.read(one_line("/site", &site, MOST_SITE));
        let listed = self.listed.over_required("/listed", old.listed, &mut check);
        let waiting = self.waiting_most.over_required("/waiting_most", old.waiting_most, &mut check);
        most_waiting(&mut check, waiting);
        let slots = match self.slots {
            Patch::Absent => None,
            Patch::Null => read_slots(&mut check, &[]),
            Patch::Value(said) => read_slots(&mut check, &said),
        };
        let equipment = match self.equipment {
            Patch::Absent => None,
            Patch::Null => Some(Vec::new()),
            Patch::Value(said) => read_equipment(&mut check, &said),
        };
        check.done(title.zip(site).map(|(title, site)| Patched {
            title: title.as_str().to_owned(),
            site: site.as_str().to_owned(),
            listed,
            waiting_most: waiting,
            slots,
            equipment,
            team: self.team.over(old.team_id),
        }))
    }
}

/// Why a drive is called off.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveCancellationIn {
    /// Why it does not take place.
    pub why: DriveCancelled,
}

/// To which day a drive is moved.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveMoveIn {
    /// The new day. Where people have booked, at least two days from now: they are asked.
    #[schema(example = "2027-06-21")]
    pub day: NaiveDate,
}

impl DriveMoveIn {
    pub fn check(&self, today: NaiveDate) -> Result<(), Vec<FieldError>> {
        let mut check = Check::default();
        on(&mut check, self.day, today);
        check.done(Some(()))
    }
}

/// Somebody for whom an officer books: by telephone, or who came without a booking.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingIn {
    /// Made by the client, once, by chance alone (UUIDv4); sent again it books nothing.
    #[schema(example = "5d1c9e0a-7b34-4a52-8e1f-6c0d9b8a7f65")]
    pub id: Uuid,
    /// Family name first.
    #[schema(example = "Nguyễn Văn Bình", max_length = 100)]
    pub name: String,
    /// A telephone number or a mail address. May be left out of who is there.
    #[serde(default)]
    #[schema(example = "0912345678", max_length = 254)]
    pub contact: Option<String>,
    /// The day, or the year alone.
    #[serde(default)]
    #[schema(example = "1995-03-08", max_length = 10)]
    pub birth: Option<String>,
    /// Any that is free, unless one is chosen.
    #[serde(default)]
    #[schema(minimum = 1, example = 3)]
    pub slot: Option<i16>,
    /// They are there, on the day, without a booking: beside the places of the slots.
    #[serde(default)]
    pub walk_in: bool,
}

impl BookingIn {
    /// Checks every field; all mistakes at once.
    pub fn check(&self, today: NaiveDate) -> Result<Content, Vec<FieldError>> {
        let mut check = Check::default();
        by_chance(&mut check, self.id);
        let name = check.read(one_name("/name", &self.name, MOST_NAME));
        let address = self.contact.as_deref().map(|typed| check.read(contact("/contact", typed)));
        if address.is_none() && !self.walk_in {
            check.wrong(
                "/contact",
                "MISSING",
                "Cần số điện thoại hoặc địa chỉ thư để báo khi có thay đổi.",
                "A number or an address is needed to tell them of changes.",
            );
        }
        let birth = self.birth.as_deref().filter(|text| check.read(birth("/birth", text, today)).is_some());
        let content = name.map(|name| Content {
            name: name.as_str().to_owned(),
            contact: address.flatten().map(|address| address.as_str().to_owned()).unwrap_or_default(),
            birth: birth.map(|text| text.trim().to_owned()),
        });
        check.done(content)
    }
}

fn by_chance(check: &mut Check, id: Uuid) {
    check.own_id("/id", id, "id phải là UUID riêng của yêu cầu này.", "id must be a UUID of its own.");
    if !is_by_chance(id) {
        check.wrong(
            "/id",
            "NOT_RANDOM",
            "id về một người phải là UUID ngẫu nhiên (phiên bản 4), không mang thời điểm.",
            "An id about a person is a random UUID (version 4), which carries no time.",
        );
    }
}

/// In which slot somebody comes instead.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingSlotIn {
    /// Its number.
    #[schema(minimum = 1, example = 4)]
    pub slot: i16,
}
