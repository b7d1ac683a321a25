//! A blood centre's file and its rows. Which headings mean what, and which words, is data with dates ([`Layout`]). Pure.
//!
//! What the centre wrote of why somebody was put off goes no further than here: a word of the public list stands for it, or that the centre
//! decided.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use chrono::NaiveDate;
use sheets::{Column, Fault, Form, Holds, Limits, Read, Refused, Row, Said};

use super::model::{Entry, Outcome, Who};
use crate::basics::text::meant;
use crate::basics::{Birth, Line, Phone, fold};
use crate::blood_rules::{AboGroup, Component, DeferralReason, Din, DinError, RhFactor};
use crate::parties::naming;
use crate::persons::Sex;
use crate::persons::model::MOST_NAME;

/// Most rows of a file.
const MOST_ROWS: usize = 50_000;
/// A hospital's list of a large day; a file of so many bytes as for every list.
const LIMITS: Limits = Limits {
    unpacked_bytes: 192 * 1024 * 1024,
    strings_bytes: 48 * 1024 * 1024,
    strings: 800_000,
    rows: MOST_ROWS + 100,
    cells: 1_000_000,
    text_bytes: 48 * 1024 * 1024,
    ..Limits::LIST
};

/// Our columns: name, Vietnamese, English, what it holds.
const COLUMNS: [(&str, &str, &str, Holds); 16] = [
    ("booking", "Mã đặt chỗ", "Booking", Holds::Code),
    ("name", "Họ và tên", "Full name", Holds::Text),
    ("birth", "Ngày sinh", "Born", Holds::Birth),
    ("sex", "Giới tính", "Sex", Holds::Text),
    ("phone", "Điện thoại", "Phone", Holds::Phone),
    ("outcome", "Kết quả", "Result", Holds::Text),
    ("reason", "Lý do hoãn", "Reason", Holds::Text),
    ("until", "Hoãn đến", "Put off until", Holds::Day),
    ("component", "Thành phần", "Component", Holds::Text),
    ("volume", "Thể tích", "Volume", Holds::Text),
    ("din", "Mã túi máu", "Donation number", Holds::Code),
    ("abo", "Nhóm máu", "Blood group", Holds::Text),
    ("rh", "Rh", "Rh", Holds::Text),
    ("serial", "Số giấy chứng nhận", "Serial of the certificate", Holds::Code),
    ("centre", "Cơ sở tiếp nhận máu", "Blood centre", Holds::Text),
    ("day", "Ngày hiến", "Day", Holds::Day),
];

/// How a centre's file looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub code: String,
    pub valid_from: NaiveDate,
    /// Headings of our columns.
    pub headings: HashMap<String, Vec<String>>,
    /// Of each column that has words of ours: folded word → code.
    pub words: HashMap<String, HashMap<String, String>>,
}

/// The forms that were made of layouts. A form is made for good: layouts are a few rows that only a release brings.
static FORMS: OnceLock<Mutex<HashMap<(String, NaiveDate), &'static Form>>> = OnceLock::new();

impl Layout {
    fn form(&self) -> &'static Form {
        let mut forms = FORMS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        forms.entry((self.code.clone(), self.valid_from)).or_insert_with(|| Box::leak(Box::new(self.made())))
    }

    fn made(&self) -> Form {
        let kept = |text: &String| -> &'static str { Box::leak(text.clone().into_boxed_str()) };
        let column = |(name, vi, en, holds): (&'static str, &'static str, &'static str, Holds)| {
            let own = [name, vi, en].map(str::to_lowercase);
            let also = self.headings.get(name).into_iter().flatten().filter(|heading| !own.contains(&heading.to_lowercase()));
            let also: Vec<&'static str> = also.map(kept).collect();
            Column {
                name,
                vi,
                en,
                also: Box::leak(also.into_boxed_slice()),
                holds,
                required: name == "name",
                note_vi: "",
                note_en: "",
                example: "",
            }
        };
        let columns: Vec<Column> = COLUMNS.into_iter().map(column).collect();
        Form {
            title_vi: "Danh sách của cơ sở tiếp nhận máu",
            title_en: "List of a blood centre",
            columns: Box::leak(columns.into_boxed_slice()),
            summed: None,
            rows: MOST_ROWS,
        }
    }

    /// The code that stands for a word in a column.
    fn word(&self, column: &str, text: &str) -> Option<&str> {
        let known = self.words.get(column)?;
        let text = text.trim();
        let folded = fold(text).split_whitespace().collect::<Vec<_>>().join(" ");
        known.get(&folded).or_else(|| known.get(text)).map(String::as_str)
    }
}

/// A file as it was read.
#[derive(Debug, Default)]
pub struct File {
    pub entries: Vec<Entry>,
    /// How many rows there are, those at fault too.
    pub rows: usize,
    pub faults: Vec<Fault>,
    /// The centres that rows name.
    pub centres: Vec<String>,
    pub ignored: Vec<String>,
    pub hidden: usize,
}

/// Reads a file of a drive's day by a layout.
pub fn read(layout: &Layout, bytes: &[u8], day: NaiveDate) -> Result<File, Refused> {
    let form = layout.form();
    let listed = form.read_file(bytes, &LIMITS, &meant)?;
    let mut file = File {
        rows: listed.rows.len(),
        faults: listed.faults,
        ignored: listed.unknown,
        hidden: listed.hidden,
        ..File::default()
    };
    let wrong: std::collections::HashSet<u32> = file.faults.iter().filter_map(|fault| fault.row).collect();
    file.entries.reserve(listed.rows.len());
    // Row by row it goes from the one shape into the other: both of fifty thousand at once are much.
    for row in listed.rows {
        let reader = Reader { layout, form, row: &row, day };
        if let Some(centre) = reader.text("centre")
            && !file.centres.iter().any(|known| known == centre)
        {
            file.centres.push(centre.to_owned());
        }
        match reader.entry() {
            Ok(entry) if !wrong.contains(&row.number) => file.entries.push(entry),
            Ok(_) => {}
            Err(faults) => file.faults.extend(faults),
        }
    }
    moved(&mut file);
    file.faults.sort_by_key(|fault| fault.row);
    Ok(file)
}

/// Where most rows of a column are wrong, the column is: something stands where something else should.
fn moved(file: &mut File) {
    let mut counts: HashMap<&'static str, usize> = HashMap::new();
    for column in file.faults.iter().filter(|fault| fault.row.is_some()).filter_map(|fault| fault.column) {
        *counts.entry(column).or_default() += 1;
    }
    let most = counts.into_iter().filter(|(_, count)| *count >= 3 && count * 2 > file.rows).map(|(column, _)| column);
    let mut most: Vec<&'static str> = most.collect();
    most.sort_unstable();
    for name in most {
        let heading = COLUMNS.iter().find(|(own, ..)| *own == name).map_or((name, name), |(_, vi, en, _)| (*vi, *en));
        file.faults.push(Fault {
            row: None,
            column: Some(name),
            code: "COLUMN_MOVED",
            said: Said::new(
                format!(
                    "Hơn nửa số dòng sai ở cột \"{}\": có lẽ cột bị lệch hoặc tiêu đề đặt nhầm. Hãy so tiêu đề với dữ liệu bên dưới rồi gửi lại.",
                    heading.0
                ),
                format!(
                    "More than half of the rows are wrong in the column \"{}\": it may have moved, or its heading is another's. Compare headings and rows, and send it again.",
                    heading.1
                ),
            ),
        });
    }
}

struct Reader<'a> {
    layout: &'a Layout,
    form: &'static Form,
    row: &'a Row,
    day: NaiveDate,
}

/// What a row says of blood that was given.
type Taken = (Component, Option<i16>, Option<Din>);

impl<'a> Reader<'a> {
    fn text(&self, column: &str) -> Option<&'a str> {
        self.form.text(self.row, column).map(str::trim).filter(|text| !text.is_empty())
    }

    fn day(&self, column: &str) -> Option<NaiveDate> {
        if let Some(Read::Day(day)) = self.form.value(self.row, column) { Some(*day) } else { None }
    }

    fn fault(&self, column: &'static str, code: &'static str, vi: &'static str, en: &'static str) -> Fault {
        Fault { row: Some(self.row.number), column: Some(column), code, said: Said::new(vi, en) }
    }

    fn entry(&self) -> Result<Entry, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut keep = |read: Result<(), Fault>| faults.extend(read.err());
        keep(self.same_day());
        let mut outcome = None;
        keep(self.outcome().map(|read| outcome = Some(read)));
        let mut taken: Taken = (Component::WholeBlood, None, None);
        keep(self.component().map(|read| taken.0 = read));
        if outcome == Some(Outcome::Gave) {
            keep(self.volume().map(|read| taken.1 = Some(read)));
            keep(self.din().map(|read| taken.2 = read));
        }
        let mut group = None;
        keep(self.group().map(|read| group = read));
        let mut sex = None;
        keep(self.sex().map(|read| sex = read));
        let mut birth = None;
        keep(self.birth().map(|read| birth = read));
        let mut phone = None;
        keep(self.phone().map(|read| phone = read));
        let mut name = String::new();
        keep(self.name().map(|read| name = read));
        let Some(outcome) = outcome.filter(|_| faults.is_empty()) else { return Err(faults) };
        let gave = outcome == Outcome::Gave;
        let age = birth.map(|birth| birth.ages_on(self.day).least).and_then(|age| i16::try_from(age).ok());
        let booking = self.text("booking").map(|code| code.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
        Ok(Entry {
            row: self.row.number,
            who: Who {
                name,
                birth: birth.map(|birth| birth.to_string()),
                phone,
                booking: booking.map(|code| code.to_ascii_uppercase()),
            },
            sex,
            age: age.filter(|age| (0..=130).contains(age)),
            outcome,
            reason: (!gave).then(|| self.reason()),
            until: self.day("until").filter(|until| !gave && *until > self.day),
            component: taken.0,
            volume_ml: taken.1,
            din: taken.2,
            group,
            serial: self.text("serial").filter(|_| gave).map(str::to_owned),
        })
    }

    /// As persons are called; that it is missing the form says.
    fn name(&self) -> Result<String, Fault> {
        let Some(text) = self.text("name") else { return Ok(String::new()) };
        let bare = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_one = Line::name(&bare, MOST_NAME).is_ok_and(|line| naming::check(line.as_str()).is_ok());
        let wrong = || {
            self.fault(
                "name",
                "NOT_A_NAME",
                "Đây không phải họ tên viết bằng Unicode (hoặc có số điện thoại, địa chỉ thư trong đó).",
                "This is no name in Unicode, or a telephone number or mail address stands in it.",
            )
        };
        if is_one { Ok(bare) } else { Err(wrong()) }
    }

    fn same_day(&self) -> Result<(), Fault> {
        match self.day("day") {
            Some(day) if day != self.day => Err(self.fault(
                "day",
                "OTHER_DAY",
                "Ngày hiến không phải ngày của đợt này.",
                "This is not the day of this drive.",
            )),
            _ => Ok(()),
        }
    }

    fn outcome(&self) -> Result<Outcome, Fault> {
        let unknown = || {
            self.fault(
                "outcome",
                "UNKNOWN_WORD",
                "Không hiểu kết quả này: hãy ghi Đạt hoặc Hoãn.",
                "This result is not known: write Đạt (gave) or Hoãn (put off).",
            )
        };
        match self.text("outcome") {
            Some(text) => self.layout.word("outcome", text).and_then(Outcome::parse).ok_or_else(unknown),
            // A list of those who gave has no such column.
            None if self.text("volume").is_some() || self.text("din").is_some() => Ok(Outcome::Gave),
            None if self.text("reason").is_some() => Ok(Outcome::Deferred),
            None => Err(self.fault("outcome", "REQUIRED", "Thiếu kết quả.", "The result is missing.")),
        }
    }

    /// The word of the public list; of everything else that the centre decided, and nothing of what it wrote.
    fn reason(&self) -> DeferralReason {
        let word = self.text("reason").and_then(|text| self.layout.word("reason", text));
        word.map_or(DeferralReason::CentreDecision, DeferralReason::kept)
    }

    fn component(&self) -> Result<Component, Fault> {
        let Some(text) = self.text("component") else { return Ok(Component::WholeBlood) };
        let word = self.layout.word("component", text).and_then(Component::parse);
        word.or_else(|| Component::parse(text)).ok_or_else(|| {
            self.fault("component", "UNKNOWN_WORD", "Không hiểu thành phần máu này.", "This component is not known.")
        })
    }

    fn volume(&self) -> Result<i16, Fault> {
        let text =
            self.text("volume").ok_or_else(|| self.fault("volume", "REQUIRED", "Thiếu thể tích.", "The volume is missing."))?;
        let bare = text.to_lowercase();
        let bare = bare.trim_end_matches("ml").trim();
        bare.parse().ok().filter(|ml| (1..=2_000).contains(ml)).ok_or_else(|| {
            self.fault("volume", "NOT_A_VOLUME", "Thể tích là số ml, từ 1 đến 2000.", "A volume is millilitres, 1 to 2000.")
        })
    }

    fn din(&self) -> Result<Option<Din>, Fault> {
        let Some(text) = self.text("din") else { return Ok(None) };
        let wrong = |error| match error {
            DinError::WrongCheck => self.fault(
                "din",
                "WRONG_CHECK",
                "Ký tự kiểm tra của mã túi máu không khớp.",
                "The check character of the donation number is another one.",
            ),
            _ => self.fault(
                "din",
                "NOT_A_DIN",
                "Không phải mã túi máu (13 ký tự).",
                "This is no donation number (thirteen characters).",
            ),
        };
        Din::of_file(text).map(Some).map_err(wrong)
    }

    /// `B`, `B+`, `AB Rh-`, with the factor there or in a column of its own. Without a factor nothing is kept.
    fn group(&self) -> Result<Option<(AboGroup, RhFactor)>, Fault> {
        let Some(text) = self.text("abo") else { return Ok(None) };
        let text = text.to_uppercase().replace('0', "O");
        let letters: String = text.chars().take_while(|c| "ABO".contains(*c)).collect();
        let rest = text.get(letters.len()..).unwrap_or_default().replace("RH", "").replace("(D)", "");
        let rest = rest.trim();
        let wrong = || self.fault("abo", "NOT_A_GROUP", "Nhóm máu là O, A, B hoặc AB.", "A group is O, A, B or AB.");
        let abo = AboGroup::parse(&letters).ok_or_else(wrong)?;
        let said = if rest.is_empty() { self.text("rh") } else { Some(rest) };
        let Some(said) = said else { return Ok(None) };
        let bare = said.to_lowercase().replace("rh", "").replace("(d)", "");
        let rh = self.layout.word("rh", &bare).and_then(RhFactor::parse);
        rh.map(|rh| Some((abo, rh))).ok_or_else(|| self.fault("rh", "NOT_A_FACTOR", "Rh là + hoặc -.", "Rh is + or -."))
    }

    fn sex(&self) -> Result<Option<Sex>, Fault> {
        let Some(text) = self.text("sex") else { return Ok(None) };
        let sex = self.layout.word("sex", text).and_then(Sex::parse);
        sex.map(Some)
            .ok_or_else(|| self.fault("sex", "UNKNOWN_WORD", "Giới tính là Nam hoặc Nữ.", "Sex is Nam (male) or Nữ (female)."))
    }

    fn birth(&self) -> Result<Option<Birth>, Fault> {
        let birth = match self.form.value(self.row, "birth") {
            Some(Read::Day(day)) => Birth::parse(&day.to_string(), self.day),
            Some(Read::Whole(year)) => Birth::parse(&format!("{year:04}"), self.day),
            _ => return Ok(None),
        };
        birth.map(Some).map_err(|_| {
            self.fault(
                "birth",
                "NOT_A_BIRTH",
                "Ngày sinh có thật, hoặc chỉ năm sinh.",
                "A real date of birth, or the year alone.",
            )
        })
    }

    fn phone(&self) -> Result<Option<String>, Fault> {
        let Some(text) = self.text("phone") else { return Ok(None) };
        let wrong = || self.fault("phone", "NOT_A_PHONE", "Không phải số điện thoại.", "This is no telephone number.");
        Phone::parse(text).map(|phone| Some(phone.as_str().to_owned())).map_err(|_| wrong())
    }
}

/// What a whole file is refused with, as one of the request's body.
pub fn refusal(refused: Refused) -> crate::http::FieldError {
    crate::http::FieldError::new("", refused.code, crate::http::Say::new(refused.said.vi, refused.said.en))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Layout {
        let words = |all: &[(&str, &str)]| all.iter().map(|(word, code)| ((*word).to_owned(), (*code).to_owned())).collect();
        Layout {
            code: "TEST".to_owned(),
            valid_from: "2026-01-01".parse().unwrap(),
            headings: HashMap::from([
                ("din".to_owned(), vec!["Số túi".to_owned()]),
                ("volume".to_owned(), vec!["Số ml".to_owned()]),
            ]),
            words: HashMap::from([
                ("outcome".to_owned(), words(&[("dat", "GAVE"), ("hoan", "DEFERRED")])),
                ("reason".to_owned(), words(&[("huyet ap", "BLOOD_PRESSURE")])),
                ("sex".to_owned(), words(&[("nu", "FEMALE"), ("nam", "MALE")])),
                ("rh".to_owned(), words(&[("+", "POSITIVE"), ("-", "NEGATIVE"), ("duong", "POSITIVE")])),
            ]),
        }
    }

    fn file(csv: &str) -> File {
        read(&layout(), csv.as_bytes(), "2026-06-14".parse().unwrap()).unwrap()
    }

    fn codes(file: &File) -> Vec<(Option<u32>, Option<&'static str>, &'static str)> {
        file.faults.iter().map(|fault| (fault.row, fault.column, fault.code)).collect()
    }

    #[test]
    fn rows_are_read_by_the_layout() {
        let csv = "STT;Họ và tên;Ngày sinh;Giới tính;Kết quả;Lý do hoãn;Số ml;Số túi;Nhóm máu;Rh\n\
                   1;Nguyễn  Thị Lan;01/05/1988;nữ;Đạt;;350 ml;G1234 26 000001;B;-\n\
                   2;Lê An;1990;Nam;Hoãn;Huyết áp;;;;\n3;Trần Bình;1991;Nam;hoãn;HBsAg dương tính;;;;\n4;Võ Em;1992;Nữ;đạt;;250;G123426000002;AB+;\n";
        let file = file(csv);
        assert!(codes(&file).is_empty(), "{file:?}");
        let [lan, an, binh, em] = &file.entries[..] else { panic!("{file:?}") };
        assert_eq!((lan.who.name.as_str(), lan.who.birth.as_deref(), lan.age), ("Nguyễn Thị Lan", Some("1988-05-01"), Some(38)));
        assert_eq!((lan.volume_ml, lan.din.as_ref().map(Din::as_str)), (Some(350), Some("G123426000001")));
        assert_eq!(lan.group, Some((AboGroup::B, RhFactor::Negative)));
        assert_eq!((an.outcome, an.reason), (Outcome::Deferred, Some(DeferralReason::BloodPressure)));
        // A result of a test is kept nowhere: not even that it was one.
        assert_eq!(binh.reason, Some(DeferralReason::CentreDecision));
        assert!(!format!("{file:?}").contains("HBsAg"));
        assert_eq!(em.group, Some((AboGroup::Ab, RhFactor::Positive)));
    }

    #[test]
    fn what_is_wrong_is_said_row_by_row() {
        let csv = "Họ và tên;Kết quả;Thể tích;Số túi;Ngày hiến;Nhóm máu\n\
                   A;xong;350;G123426000001;14/06/2026;\nB;Đạt;;G123426000002;14/06/2026;\nC;Đạt;350;abc;14/06/2026;\n\
                   D;Đạt;350;G123426000003X;14/06/2026;C\nE;Đạt;350;G123426000004;15/06/2026;B+\nF;;;;14/06/2026;\n";
        let wrong = codes(&file(csv));
        let wanted = [
            (Some(2), Some("outcome"), "UNKNOWN_WORD"),
            (Some(3), Some("volume"), "REQUIRED"),
            (Some(4), Some("din"), "NOT_A_DIN"),
            (Some(5), Some("din"), "WRONG_CHECK"),
            (Some(5), Some("abo"), "NOT_A_GROUP"),
            (Some(6), Some("day"), "OTHER_DAY"),
            (Some(7), Some("outcome"), "REQUIRED"),
        ];
        assert_eq!(wrong, wanted);
    }

    #[test]
    fn a_column_that_has_moved_is_told() {
        let rows: String = (1..=8).map(|n| format!("Người {n};Đạt;G12342600000{n};350\n")).collect();
        let found = codes(&file(&format!("Họ và tên;Kết quả;Thể tích;Số túi\n{rows}")));
        assert!(
            found.contains(&(None, Some("din"), "COLUMN_MOVED")) && found.contains(&(None, Some("volume"), "COLUMN_MOVED")),
            "{found:?}"
        );
    }

    #[test]
    fn our_columns_have_headings_of_their_own() {
        let form = layout().made();
        let mut seen = std::collections::HashSet::new();
        for column in form.columns {
            for heading in [column.name, column.vi, column.en].iter().chain(column.also) {
                assert!(
                    seen.insert((heading.to_lowercase(), column.name))
                        || column.name.eq_ignore_ascii_case(heading)
                        || heading.eq_ignore_ascii_case(column.vi)
                );
            }
        }
    }
}
