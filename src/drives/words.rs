//! What messages about bookings say. They name nobody: whoever has the telephone reads them.

use chrono::{DateTime, NaiveDate, Utc};

use super::bookings::Booking;
use super::model::{BookingCancelled, BookingState, Slot};
use super::store::Drive;
use crate::basics::clock::{vietnam_date, vietnam_midnight};
use crate::outbox::Text;

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// How a booking stands now.
    Standing,
    /// That it is tomorrow.
    Reminder,
}

/// Minutes of the day as they are said: `08:30`.
pub fn time(minute: i16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// A day as it is said.
pub fn day(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

/// A moment as it is said, in Vietnam.
pub fn moment(at: DateTime<Utc>) -> String {
    let on = vietnam_date(at);
    let minute = i16::try_from((at - vietnam_midnight(on)).num_minutes()).unwrap_or_default();
    format!("{} {}", time(minute), day(on))
}

/// What somebody is told; nothing where there is nothing to say.
pub fn text(drive: &Drive, row: &Booking, slot: Option<Slot>, about: About, url: &str) -> Option<Text> {
    let (code, site, on) = (&drive.code, &drive.site, day(drive.day));
    let from = slot.map(|slot| time(slot.from)).unwrap_or_default();
    let state = row.state()?;
    let asked_to_move = row.agreed_day != drive.day && state != BookingState::Cancelled;
    let (vi, en) = match (state, about) {
        _ if asked_to_move => (
            format!(
                "Ngày hiến máu {code} được dời sang {on}, tại {site}. Bạn có đến được không? Hãy trả lời trước ngày đó, nếu không chỗ sẽ hủy: {url}"
            ),
            format!(
                "The blood drive {code} is moved to {on}. Please say whether you can come, or your place ends the day before."
            ),
        ),
        (BookingState::Held | BookingState::Booked, About::Reminder) => (
            format!(
                "Ngày mai {on} lúc {from}: hiến máu {code} tại {site}. Ăn nhẹ, ngủ đủ, mang căn cước. Xem, đổi giờ hoặc hủy: {url}"
            ),
            format!("Tomorrow, {on} at {from}: blood drive {code}. Change or cancel by the link."),
        ),
        (BookingState::Held, _) => match (row.answer_by, row.moved_up_at) {
            (Some(until), Some(_)) => (
                format!(
                    "Đã có chỗ cho bạn: hiến máu {code}, {from} ngày {on}, tại {site}. Trả lời trước {} để giữ chỗ: {url}",
                    moment(until)
                ),
                format!("A place is free for you at the blood drive {code}. Say in time that you come, or it passes on."),
            ),
            (Some(until), None) => (
                format!(
                    "Hội Chữ thập đỏ giữ chỗ hiến máu {code} cho bạn: {from} ngày {on}, tại {site}. Xác nhận trước {}, nếu không chỗ sẽ nhường cho người khác; đổi giờ hoặc hủy cũng ở đây: {url} Không phải bạn đặt: xin bỏ qua.",
                    moment(until)
                ),
                format!(
                    "A place at the blood drive {code} is kept for you. Confirm by the link in time, or it passes on; change or cancel there, too."
                ),
            ),
            (None, _) => (
                format!(
                    "Hội Chữ thập đỏ giữ chỗ hiến máu {code} cho bạn: {from} ngày {on}, tại {site}. Xác nhận, đổi giờ hoặc hủy: {url} Không phải bạn đặt: xin bỏ qua."
                ),
                format!("A place at the blood drive {code} is kept for you. Confirm, change or cancel by the link."),
            ),
        },
        (BookingState::Booked, _) => (
            format!("Bạn có chỗ hiến máu {code}: {from} ngày {on}, tại {site}. Xem, đổi giờ hoặc hủy: {url}"),
            format!("You have a place at the blood drive {code}, {on} at {from}."),
        ),
        (BookingState::Waiting, _) => (
            format!("Hiến máu {code} ngày {on} đã đủ chỗ; bạn trong danh sách chờ, có chỗ sẽ được báo. Xem hoặc thôi chờ: {url}"),
            format!("The blood drive {code} is full; you are in the waiting list and will be told when there is a place."),
        ),
        (BookingState::Cancelled, _) => ended(drive, row, &on, url)?,
    };
    Some(Text { subject: format!("Hội Chữ thập đỏ: hiến máu {code}"), body: format!("{vi}\n--\n{en}\n") })
}

fn ended(drive: &Drive, row: &Booking, on: &str, url: &str) -> Option<(String, String)> {
    let code = &drive.code;
    Some(match BookingCancelled::parse(row.cancelled_how.as_deref()?)? {
        BookingCancelled::DriveCancelled => (
            format!("Ngày hiến máu {code} ({on}) đã hủy. Hội xin lỗi và mong gặp bạn dịp khác."),
            format!("The blood drive {code} ({on}) is called off. We are sorry, and hope to see you another time."),
        ),
        BookingCancelled::NotAnswered => (
            format!(
                "Bạn chưa trả lời kịp nên chỗ hiến máu {code} đã chuyển cho người chờ tiếp theo. Vẫn muốn đến, hãy mở: {url} Còn chỗ thì bạn có chỗ."
            ),
            format!(
                "You did not answer in time: your place at the blood drive {code} has passed on. The link tells whether there is another."
            ),
        ),
        BookingCancelled::NotConfirmed => (
            format!(
                "Chỗ hiến máu {code} ngày {on} chưa được xác nhận trong thời hạn nên đã nhường lại. Vẫn muốn đến, hãy mở: {url} Còn chỗ thì bạn có chỗ."
            ),
            format!(
                "Your place at the blood drive {code} was not confirmed in time and has passed on. The link tells whether there is another."
            ),
        ),
        BookingCancelled::MovedAndNotAgreed => (
            format!("Ngày hiến máu {code} đã dời sang {on} mà bạn chưa trả lời, nên chỗ của bạn đã hủy."),
            format!("The blood drive {code} was moved to {on} and you did not answer: your place has ended."),
        ),
        BookingCancelled::DriveBegan => (
            format!("Ngày hiến máu {code} đã bắt đầu và chưa có chỗ trống cho bạn. Cảm ơn bạn đã chờ."),
            format!("The blood drive {code} has begun and no place became free. Thank you for waiting."),
        ),
        BookingCancelled::ByLink | BookingCancelled::ByOfficer => (
            format!("Chỗ hiến máu {code} ngày {on} của bạn đã hủy. Cảm ơn bạn đã báo."),
            format!("Your place at the blood drive {code} is given up. Thank you for telling us."),
        ),
        BookingCancelled::Erased => return None,
    })
}
