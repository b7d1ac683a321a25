//! How check-ins and settlements are sent.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{GaveNothing, Settled, Settlement};
use crate::basics::{Line, PublicCode};
use crate::drives::model::Content;
use crate::http::{Check, FieldError, one_line, one_name};
use crate::persons::model::{MOST_NAME, birth, contact, is_by_chance};

/// Most check-ins that are sent at once.
pub const MOST_AT_ONCE: usize = 200;
const MOST_NOTE: usize = 300;

/// Check-ins of a phone at the door, perhaps of a whole morning without a network. Each is answered by itself.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckInsIn {
    /// In the order in which they were made.
    #[schema(min_items = 1, max_items = 200)]
    pub items: Vec<CheckInIn>,
}

/// Somebody who came: by their booking's code, by the booking, or without one.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckInIn {
    /// Made by the phone, once, by chance alone (UUIDv4); sent again it checks nobody in.
    #[schema(example = "9b2d3a61-77c0-4f3e-9a15-0d4f6c8e2b71")]
    pub id: Uuid,
    /// What stands in the QR code of the booking.
    #[serde(default)]
    #[schema(example = "7ZC4K0M9T2R8VQ3BV", max_length = 40)]
    pub code: Option<String>,
    /// The booking, as the list has it: of whom was found there by name.
    #[serde(default)]
    pub booking: Option<Uuid>,
    /// Of who came without one.
    #[serde(default)]
    pub walk_in: Option<WalkInIn>,
    /// What the phone's clock said.
    #[serde(default)]
    pub captured_at: Option<DateTime<Utc>>,
    /// What they gave, as those at the door noted it when they left; the last note stands.
    #[serde(default)]
    #[schema(example = 350, minimum = 1, maximum = 2000)]
    pub volume_ml: Option<i16>,
}

/// Somebody who came without a booking.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WalkInIn {
    /// Family name first.
    #[schema(example = "Nguyễn Văn Bình", max_length = 100)]
    pub name: String,
    /// A telephone number or a mail address, if they have one: by it they are known again.
    #[serde(default)]
    #[schema(example = "0912345678", max_length = 254)]
    pub contact: Option<String>,
    /// The day, or the year alone.
    #[serde(default)]
    #[schema(example = "1995-03-08", max_length = 10)]
    pub birth: Option<String>,
}

/// Who came, of an item that is right in itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    Code(PublicCode),
    Booking(Uuid),
    WalkIn(Content),
}

impl CheckInIn {
    /// Who came; what is wrong, with pointers into the item.
    pub fn check(&self, today: NaiveDate) -> Result<Came, Vec<FieldError>> {
        let mut check = Check::default();
        check.own_id("/id", self.id, "id phải là UUID riêng của lượt này.", "id must be a UUID of its own.");
        if !is_by_chance(self.id) {
            check.wrong("/id", "NOT_RANDOM", "id phải là UUID ngẫu nhiên (phiên bản 4).", "The id is a random UUID (version 4).");
        }
        if self.volume_ml.is_some_and(|ml| !(1..=2_000).contains(&ml)) {
            check.wrong("/volume_ml", "OUT_OF_RANGE", "Thể tích từ 1 đến 2000 ml.", "From 1 to 2000 ml.");
        }
        let came = match (&self.code, self.booking, &self.walk_in) {
            (Some(code), None, None) => match PublicCode::parse(code) {
                Ok(code) => Some(Came::Code(code)),
                Err(_) => {
                    check.wrong("/code", "NOT_A_CODE", "Không phải mã đặt chỗ.", "This is no code of a booking.");
                    None
                }
            },
            (None, Some(booking), None) => Some(Came::Booking(booking)),
            (None, None, Some(walk_in)) => walk_in.check(&mut check, today).map(Came::WalkIn),
            _ => {
                check.wrong(
                    "/code",
                    "ONE_OF_TWO",
                    "Ghi một trong ba: code, booking hoặc walk_in.",
                    "Say one of code, booking and walk_in.",
                );
                None
            }
        };
        check.done(came)
    }
}

impl CheckInIn {
    /// What makes the item the same when it comes again. Who came without a booking is compared with what was written down of them, and is
    /// in no hash.
    pub(super) fn print(&self) -> String {
        format!("{}\0{:?}\0{:?}\0{}\0{:?}", self.id, self.code, self.booking, self.walk_in.is_some(), self.volume_ml)
    }
}

impl WalkInIn {
    fn check(&self, check: &mut Check, today: NaiveDate) -> Option<Content> {
        let name = check.read(one_name("/walk_in/name", &self.name, MOST_NAME));
        let address = self.contact.as_deref().map(|typed| check.read(contact("/walk_in/contact", typed)));
        let born = self.birth.as_deref().map(|text| check.read(birth("/walk_in/birth", text, today)));
        Some(Content {
            name: name?.as_str().to_owned(),
            contact: address.flatten().map(|address| address.as_str().to_owned()).unwrap_or_default(),
            birth: born.flatten().map(|birth| birth.to_string()),
        })
    }
}

/// How a difference is settled, and why.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettlementIn {
    /// One of those that the difference names.
    pub how: Settlement,
    /// Of `GAVE_NOTHING`: why.
    #[serde(default)]
    pub why: Option<GaveNothing>,
    /// What was found out; sealed.
    #[schema(example = "Chị Lan đến lúc 8 giờ, quên quét mã; cán bộ trực xác nhận.", max_length = 300)]
    pub note: String,
}

impl SettlementIn {
    /// How it is settled, and what was found out.
    pub(super) fn check(&self) -> Result<(Settled, Line), Vec<FieldError>> {
        let mut check = Check::default();
        let note = check.read(one_line("/note", &self.note, MOST_NOTE));
        if (self.how == Settlement::GaveNothing) != self.why.is_some() {
            check.wrong(
                "/why",
                if self.why.is_some() { "NOT_NEEDED" } else { "MISSING" },
                "Ghi lý do khi người này đã đến mà không hiến, và chỉ khi ấy.",
                "Why is said of somebody who came and gave nothing, and of nobody else.",
            );
        }
        check.done(note.map(|note| (Settled { how: self.how, why: self.why }, note)))
    }
}
