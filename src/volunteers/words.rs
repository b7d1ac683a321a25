//! What codes of volunteers are called for people.

use super::model::{Day, Means, Part, VolunteerKind, VolunteerState};
use crate::http::Lang;

fn in_lang((vi, en): (&'static str, &'static str), lang: Lang) -> &'static str {
    if lang == Lang::En { en } else { vi }
}

pub fn kind(kind: VolunteerKind, lang: Lang) -> &'static str {
    let said = match kind {
        VolunteerKind::Volunteer => ("Tình nguyện viên", "Volunteer"),
        VolunteerKind::Collaborator => ("Cộng tác viên", "Collaborator"),
    };
    in_lang(said, lang)
}

pub fn state(state: VolunteerState, lang: Lang) -> &'static str {
    let said = match state {
        VolunteerState::Applied => ("Chờ xác minh", "To be verified"),
        VolunteerState::Verified => ("Đang hoạt động", "Active"),
        VolunteerState::Paused => ("Tạm nghỉ", "Paused"),
        VolunteerState::Refused => ("Không nhận", "Refused"),
        VolunteerState::Ended => ("Đã thôi", "Ended"),
        VolunteerState::Erased => ("Đã xóa dữ liệu", "Erased"),
    };
    in_lang(said, lang)
}

pub fn day(day: Day, lang: Lang) -> &'static str {
    let said = match day {
        Day::Monday => ("Thứ hai", "Monday"),
        Day::Tuesday => ("Thứ ba", "Tuesday"),
        Day::Wednesday => ("Thứ tư", "Wednesday"),
        Day::Thursday => ("Thứ năm", "Thursday"),
        Day::Friday => ("Thứ sáu", "Friday"),
        Day::Saturday => ("Thứ bảy", "Saturday"),
        Day::Sunday => ("Chủ nhật", "Sunday"),
    };
    in_lang(said, lang)
}

pub fn part(part: Part, lang: Lang) -> &'static str {
    let said = match part {
        Part::Morning => ("Sáng", "Morning"),
        Part::Afternoon => ("Chiều", "Afternoon"),
        Part::Evening => ("Tối", "Evening"),
        Part::Night => ("Đêm", "Night"),
    };
    in_lang(said, lang)
}

pub fn means(means: Means, lang: Lang) -> &'static str {
    let said = match means {
        Means::Bicycle => ("Xe đạp", "Bicycle"),
        Means::Motorbike => ("Xe máy", "Motorbike"),
        Means::Car => ("Ô tô", "Car"),
        Means::Truck => ("Xe tải", "Truck"),
        Means::Boat => ("Thuyền", "Boat"),
        Means::Motorboat => ("Xuồng máy, ca nô", "Motorboat"),
        Means::Generator => ("Máy phát điện", "Generator"),
        Means::Drone => ("Thiết bị bay", "Drone"),
    };
    in_lang(said, lang)
}

pub fn yes(yes: bool, lang: Lang) -> &'static str {
    in_lang(if yes { ("Có", "Yes") } else { ("Không", "No") }, lang)
}
