//! Drives and bookings as they go out to officers.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{BookingCancelled, BookingState, DriveCancelled, DriveState};

/// Who collects blood.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BloodCentreOut {
    /// By which it is asked for.
    #[schema(example = "BINH_THUAN")]
    pub code: String,
    /// In Vietnamese.
    #[schema(example = "Bệnh viện Đa khoa tỉnh Bình Thuận")]
    pub vi: String,
    /// In English.
    #[schema(example = "Bình Thuận General Hospital")]
    pub en: String,
    /// Code of the province it stands in.
    #[schema(example = "68")]
    pub province: String,
}

/// A part of the day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DriveSlotOut {
    /// Its number, from 1.
    pub n: i16,
    /// Vietnamese time.
    #[schema(example = "07:30")]
    pub from: String,
    /// Vietnamese time.
    #[schema(example = "08:00")]
    pub until: String,
    /// How many are received in it.
    #[schema(example = 12)]
    pub places: i16,
    /// Places that somebody has.
    pub taken: i16,
}

/// Something that is to be there.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DriveEquipmentOut {
    /// What it is.
    #[schema(example = "Giường gấp")]
    pub what: String,
    /// How many of it.
    #[schema(example = 8)]
    pub quantity: i32,
    /// It is there.
    pub ready: bool,
}

/// A drive.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DriveOut {
    /// As it is spoken and printed; kept whatever becomes of the chapter.
    #[schema(example = "68-HM-0001")]
    pub code: String,
    /// Code of the chapter.
    #[schema(example = "23095")]
    pub chapter: String,
    /// Code of the blood centre (`GET /blood-centres`).
    #[schema(example = "BINH_THUAN")]
    pub centre: String,
    /// What it is called.
    #[schema(example = "Ngày hội hiến máu xã Hàm Liêm")]
    pub title: String,
    /// Where: the site and its address.
    #[schema(example = "Nhà văn hóa xã Hàm Liêm")]
    pub site: String,
    /// The day it is on.
    #[schema(example = "2027-06-14")]
    pub day: NaiveDate,
    /// How it stands.
    pub state: DriveState,
    /// Everybody sees it in lists and calendars once it is open.
    pub listed: bool,
    /// In their order.
    pub slots: Vec<DriveSlotOut>,
    /// Places of all slots.
    #[schema(example = 120)]
    pub places: i32,
    /// Places that somebody has.
    pub taken: i32,
    /// Most who wait for a place.
    #[schema(example = 30)]
    pub waiting_most: i16,
    /// People who wait.
    pub waiting: i64,
    /// How often it was moved to another day.
    pub moves: i16,
    /// What is to be there.
    pub equipment: Vec<DriveEquipmentOut>,
    /// The team that helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<Uuid>,
    /// Why it was called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled_why: Option<DriveCancelled>,
    /// When it was planned.
    pub recorded_at: DateTime<Utc>,
}

/// A booking, for those who see the blood donors of the chapter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BookingOut {
    /// Its id.
    pub id: Uuid,
    /// What stands on paper and in the QR code.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    /// How it stands.
    pub state: BookingState,
    /// The slot; absent of who waits, and of who came without a booking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slot: Option<i16>,
    /// Absent of somebody whose data were erased, or may not be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Văn Bình")]
    pub name: Option<String>,
    /// Telephone number or mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0912345678")]
    pub contact: Option<String>,
    /// Opens the phone, or the mail program.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "tel:0912345678")]
    pub contact_link: Option<String>,
    /// The day, or the year alone, where it was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "1995")]
    pub birth: Option<String>,
    /// Others of the drive have the same name: perhaps one person under two numbers.
    pub namesakes: usize,
    /// The booking's own page, for whoever is helped by telephone; while it can be changed, or the place had again that was not confirmed in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://so.example.org/hien-mau/cho/3q2-7wAA…")]
    pub link: Option<String>,
    /// They came without a booking.
    pub walk_in: bool,
    /// They agreed to the day on which the drive is now.
    pub agreed: bool,
    /// When they confirmed, or an officer was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Until then they say that they come, or the place passes on: of who booked on the public page, and of who moved up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_by: Option<DateTime<Utc>>,
    /// They asked that their data be kept and not used: they are not written to.
    pub restricted: bool,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<DateTime<Utc>>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled_how: Option<BookingCancelled>,
}
