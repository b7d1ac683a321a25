//! Vietnamese phone numbers: one reading, for storing, finding, telling apart and logging in.
//!
//! A number is kept in today's national form, digits only. What people, contact lists and spreadsheets put between the
//! digits is dropped, seen or not; `+84`, `0084` and `84` become the leading 0; a mobile number of eleven digits becomes
//! the one it was given in 2018, so that one person is one person. What cannot be called any more, or is not of this
//! country, is refused with what to write instead.
//!
//! A number is never varied beyond that: two different results are two different lines.

use std::borrow::Cow;

use super::text::is_invisible;
use super::typing::is_dash;

/// A number that can be called today: `0912345678`, `02523865123`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(String);

/// What a number rings at. Messages go to mobiles only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhoneKind {
    Mobile,
    Landline,
}

/// Why a text is no number to keep.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    #[error("there is no digit in it")]
    Empty,
    #[error("it has other characters than digits")]
    NotDigits,
    #[error("it is no number of this country's plan")]
    NoNumber,
    #[error("it is a number of another country")]
    Foreign,
    #[error("its prefix was given up")]
    Dead,
    /// A landline as it was before 2017, with what it is today.
    #[error("it is an old landline number, today {0}")]
    OldLandline(String),
}

/// Longest text that is looked at.
const MOST_BYTES: usize = 200;

impl Phone {
    /// Reads a number as somebody types or pastes it.
    pub fn parse(typed: &str) -> Result<Self, PhoneError> {
        let written = Written::read(typed)?;
        let national = written.national()?;
        let phone = judge(&national)?;
        match written.area_stands_apart(&national) {
            true => Err(PhoneError::OldLandline(format!("028{}", &national[2..]))),
            false => Ok(phone),
        }
    }

    /// What to look for when somebody asks for a number or logs in with it: however its digits are grouped, by the
    /// number it was before, and also what was kept before numbers were judged. `None` is no number at all.
    pub fn sought(typed: &str) -> Option<Self> {
        let national = Written::read(typed).ok()?.national().ok()?;
        Self::today(&national).or_else(|| (10..=11).contains(&national.len()).then_some(Self(national)))
    }

    /// The digits of a number as they were written, with a leading 0 for the country's code: not yet brought to today's
    /// form, nor judged.
    pub fn as_written(typed: &str) -> Option<String> {
        Written::read(typed).ok()?.national().ok()
    }

    /// What a number kept in the old national form is today; `None` when nobody can tell.
    pub fn today(kept: &str) -> Option<Self> {
        match judge(kept) {
            Ok(phone) => Some(phone),
            Err(PhoneError::OldLandline(today)) => Some(Self(today)),
            Err(_) => None,
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }

    pub fn kind(&self) -> PhoneKind {
        // 069 is the network of the army and the police.
        if self.0.starts_with("02") || self.0.starts_with("069") { PhoneKind::Landline } else { PhoneKind::Mobile }
    }
}

impl std::fmt::Display for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl PhoneError {
    /// What to do about it, in Vietnamese and in English.
    pub fn advice(&self) -> (Cow<'static, str>, Cow<'static, str>) {
        match self {
            PhoneError::Empty => (
                "Để trống: hãy ghi số điện thoại; nếu không có và không bắt buộc thì bỏ hẳn trường này.".into(),
                "Empty: write the phone number, or leave the field out where it may be left out.".into(),
            ),
            PhoneError::NotDigits => (
                "Chỉ ghi chữ số của một số điện thoại, ví dụ 0912345678; không ghi tên hay số máy lẻ.".into(),
                "Write the digits of one phone number only, e.g. 0912345678; no name, no extension.".into(),
            ),
            PhoneError::NoNumber => (
                "Số điện thoại Việt Nam: di động 10 chữ số (0912345678), cố định 11 chữ số kể cả mã vùng (02523865123); mỗi ô một số."
                    .into(),
                "A Vietnamese phone number: a mobile has 10 digits (0912345678), a landline 11 with its area code (02523865123); one number only."
                    .into(),
            ),
            PhoneError::Foreign => (
                "Đây là số nước ngoài; chỉ nhận số Việt Nam (bắt đầu bằng 0 hoặc +84).".into(),
                "This is a number of another country; only Vietnamese numbers are taken (beginning with 0 or +84).".into(),
            ),
            PhoneError::Dead => (
                "Đầu số 01… này không còn dùng từ năm 2018: hãy hỏi lại số hiện nay.".into(),
                "This prefix 01… has been out of use since 2018: ask for today's number.".into(),
            ),
            PhoneError::OldLandline(today) => (
                format!("Đây là số cố định theo mã vùng cũ, nay là {today}: hãy ghi số mới. Nếu là số di động, hãy ghi liền các chữ số.")
                    .into(),
                format!("This is a landline with its old area code, today {today}: write that. If it is a mobile, write its digits without gaps.")
                    .into(),
            ),
        }
    }
}

/// The digits of a text, and what the writing says beyond them.
struct Written {
    digits: String,
    plus: bool,
    /// Before which digits there was something to see.
    gaps: Vec<usize>,
}

impl Written {
    fn read(typed: &str) -> Result<Self, PhoneError> {
        if typed.len() > MOST_BYTES {
            return Err(PhoneError::NoNumber);
        }
        let mut written = Self { digits: String::new(), plus: false, gaps: Vec::new() };
        for c in number_of(typed).chars() {
            match c {
                '0'..='9' => written.digits.push(c),
                '+' | '＋' if written.digits.is_empty() && !written.plus => written.plus = true,
                c if is_invisible(c) => {}
                c if is_between(c) => written.gaps.push(written.digits.len()),
                // How a spreadsheet is told that this is text.
                '\'' | '’' if written.digits.is_empty() => {}
                _ => return Err(PhoneError::NotDigits),
            }
        }
        if written.digits.is_empty() {
            return Err(if written.plus { PhoneError::NotDigits } else { PhoneError::Empty });
        }
        Ok(written)
    }

    /// With a leading 0 in place of the country's code. Whether there is such a number is not asked yet.
    fn national(&self) -> Result<String, PhoneError> {
        let digits = self.digits.as_str();
        let abroad = if self.plus { Some(digits) } else { digits.strip_prefix("00") };
        let rest = match abroad {
            Some(abroad) => abroad.strip_prefix("84").ok_or(PhoneError::Foreign)?,
            None => match digits.strip_prefix("84").filter(|rest| rest.len() >= 9) {
                Some(rest) => rest,
                None if digits.starts_with('0') => digits,
                None => return Err(PhoneError::NoNumber),
            },
        };
        Ok(format!("0{}", rest.strip_prefix('0').unwrap_or(rest)))
    }

    /// `08 3822 4030`: before 2017 Hồ Chí Minh City's landlines had the area code 08, which now begins mobile numbers.
    /// The digits alone are a stranger's mobile; an area code that stands apart tells. Pairs (`08 38 22 40 30`) do not.
    fn area_stands_apart(&self, national: &str) -> bool {
        let after_area = (self.digits.len() + 2).checked_sub(national.len());
        // Their numbers never began with another digit than these.
        let landline = national.starts_with("08") && national[2..].starts_with(['2', '3', '5', '6', '7']);
        let Some(after_area) = after_area.filter(|_| landline) else {
            return false;
        };
        let next = self.gaps.iter().find(|gap| **gap > after_area).copied().unwrap_or(self.digits.len());
        self.gaps.contains(&after_area) && next - after_area > 2
    }
}

/// Without the `tel:` that is copied along with a link.
fn number_of(typed: &str) -> &str {
    let typed = typed.trim();
    typed.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("tel:")).map_or(typed, |_| &typed[4..])
}

/// White space of every kind, dashes, dots, slashes, brackets.
fn is_between(c: char) -> bool {
    let other = ['.', ',', '/', '(', ')', '[', ']', '_', '·', '•', '\u{2024}', '\u{2027}', '\u{2044}', '．', '／', '（', '）'];
    c.is_whitespace() || is_dash(c) || other.contains(&c)
}

/// Decides about digits in national form.
fn judge(national: &str) -> Result<Phone, PhoneError> {
    let digits = national.as_bytes();
    if digits.first() != Some(&b'0') || !digits.iter().all(u8::is_ascii_digit) {
        return Err(PhoneError::NoNumber);
    }
    let (area3, area4) = (national.get(..3).unwrap_or_default(), national.get(..4).unwrap_or_default());
    let mobile = matches!(digits.get(1), Some(b'3' | b'5' | b'7' | b'8' | b'9'));
    match digits.len() {
        10 if mobile || area3 == "069" => Ok(Phone(national.to_owned())),
        11 if digits[1] == b'1' => {
            let prefix = of_2018(area4).ok_or(PhoneError::Dead)?;
            Ok(Phone(format!("{prefix}{}", &national[4..])))
        }
        10 if digits[1] == b'1' => Err(PhoneError::Dead),
        10 if area3.starts_with("04") => Err(PhoneError::OldLandline(format!("024{}", &national[2..]))),
        11 if is_area(national) => Ok(Phone(national.to_owned())),
        10 => old(area3, &national[3..]),
        11 => old(area4, &national[4..]),
        _ => Err(PhoneError::NoNumber),
    }
}

fn old(area: &str, number: &str) -> Result<Phone, PhoneError> {
    let today = OLD_AREAS.iter().find(|(old, _)| *old == area).map(|(_, today)| *today);
    Err(today.map_or(PhoneError::NoNumber, |today| PhoneError::OldLandline(format!("{today}{number}"))))
}

/// A landline of today: 024 and 028 with eight digits, the others with seven. None begins with 0 or 1.
fn is_area(national: &str) -> bool {
    let number = |area: usize| national.as_bytes().get(area).is_some_and(|first| !matches!(first, b'0' | b'1'));
    match national.get(1..3) {
        Some("24" | "28") => number(3),
        Some("20") => matches!(national.as_bytes()[3], b'3'..=b'9') && number(4),
        Some("21") => matches!(national.as_bytes()[3], b'0'..=b'6' | b'8' | b'9') && number(4),
        Some("22") => !matches!(national.as_bytes()[3], b'3' | b'4') && number(4),
        Some("23") => matches!(national.as_bytes()[3], b'2'..=b'9') && number(4),
        Some("25") => !matches!(national.as_bytes()[3], b'0' | b'3') && number(4),
        Some("26") => matches!(national.as_bytes()[3], b'0'..=b'3' | b'9') && number(4),
        Some("27") => !matches!(national.as_bytes()[3], b'8' | b'9') && number(4),
        Some("29") => !matches!(national.as_bytes()[3], b'5' | b'8') && number(4),
        _ => false,
    }
}

/// The change of 15 September 2018: mobile prefixes of four digits became three.
fn of_2018(prefix: &str) -> Option<&'static str> {
    Some(match prefix {
        "0162" => "032",
        "0163" => "033",
        "0164" => "034",
        "0165" => "035",
        "0166" => "036",
        "0167" => "037",
        "0168" => "038",
        "0169" => "039",
        "0120" => "070",
        "0121" => "079",
        "0122" => "077",
        "0126" => "076",
        "0128" => "078",
        "0123" => "083",
        "0124" => "084",
        "0125" => "085",
        "0127" => "081",
        "0129" => "082",
        "0186" => "056",
        "0188" => "058",
        "0199" => "059",
        _ => return None,
    })
}

/// Area codes given up in 2017 whose numbers can be told from today's mobiles, and what took their place.
const OLD_AREAS: [(&str, &str); 34] = [
    ("020", "0214"),
    ("022", "0212"),
    ("025", "0205"),
    ("026", "0206"),
    ("027", "0207"),
    ("029", "0216"),
    ("060", "0260"),
    ("061", "0251"),
    ("062", "0252"),
    ("063", "0263"),
    ("064", "0254"),
    ("066", "0276"),
    ("067", "0277"),
    ("068", "0259"),
    ("0230", "0215"),
    ("0231", "0213"),
    ("0240", "0204"),
    ("0241", "0222"),
    ("0280", "0208"),
    ("0281", "0209"),
    ("0320", "0220"),
    ("0321", "0221"),
    ("0350", "0228"),
    ("0351", "0226"),
    ("0500", "0262"),
    ("0501", "0261"),
    ("0510", "0235"),
    ("0511", "0236"),
    ("0650", "0274"),
    ("0651", "0271"),
    ("0710", "0292"),
    ("0711", "0293"),
    ("0780", "0290"),
    ("0781", "0291"),
];

#[cfg(test)]
#[path = "phone_tests.rs"]
mod tests;
