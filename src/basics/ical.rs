//! iCalendar (RFC 5545), as the programs that read calendars were seen to want it.
//!
//! Instants are written in UTC with `Z`: a reader that does not find a time zone's definition ignores its name. A whole day is a
//! date, and its end the day after its last one. What is called off stays in the feed as CANCELLED under the same UID with a higher
//! SEQUENCE, for who has it on a telephone is told only so. A calendar's name has neither comma nor semicolon: some programs cut it there.
//! Lines are of at most 75 octets, folded between characters, never inside one.

use std::fmt::Write;

use chrono::{DateTime, Days, NaiveDate, Utc};

/// Most octets of a line, its end not counted.
const LINE: usize = 75;

/// When something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// From one moment until another.
    Between(DateTime<Utc>, DateTime<Utc>),
    /// Whole days, the last one included.
    Days(NaiveDate, NaiveDate),
}

/// Something in a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same for ever, and nothing else's anywhere: a code of ours `@` the name of the site.
    pub uid: String,
    pub when: When,
    pub summary: String,
    pub location: Option<String>,
    pub description: Option<String>,
    /// Where more is said; an address in ASCII.
    pub url: Option<String>,
    /// Raised with every change.
    pub sequence: i32,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
    /// It was called off.
    pub cancelled: bool,
}

/// A calendar to be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    pub name: String,
    pub events: Vec<Event>,
}

/// The media type of what [`Calendar::written`] gives.
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";

impl Calendar {
    /// The calendar as it is served. The same calendar gives the same bytes.
    pub fn written(&self) -> String {
        let mut out = String::new();
        line(&mut out, "BEGIN:VCALENDAR");
        line(&mut out, "VERSION:2.0");
        line(&mut out, "PRODID:-//So Nhan Ai//So Nhan Ai//VI");
        line(&mut out, "CALSCALE:GREGORIAN");
        line(&mut out, "METHOD:PUBLISH");
        let name: String = self.name.chars().map(|c| if matches!(c, ',' | ';') { ' ' } else { c }).collect();
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        line(&mut out, &format!("NAME:{}", text(&name)));
        line(&mut out, &format!("X-WR-CALNAME:{}", text(&name)));
        line(&mut out, "REFRESH-INTERVAL;VALUE=DURATION:PT6H");
        line(&mut out, "X-PUBLISHED-TTL:PT6H");
        for event in &self.events {
            event.write(&mut out);
        }
        line(&mut out, "END:VCALENDAR");
        out
    }
}

impl Event {
    fn write(&self, out: &mut String) {
        line(out, "BEGIN:VEVENT");
        line(out, &format!("UID:{}", text(&self.uid)));
        line(out, &format!("DTSTAMP:{}", instant(self.changed_at)));
        line(out, &format!("LAST-MODIFIED:{}", instant(self.changed_at)));
        match self.when {
            When::Between(from, until) => {
                line(out, &format!("DTSTART:{}", instant(from)));
                line(out, &format!("DTEND:{}", instant(until.max(from))));
            }
            When::Days(from, last) => {
                line(out, &format!("DTSTART;VALUE=DATE:{}", day(from)));
                line(out, &format!("DTEND;VALUE=DATE:{}", day(last.max(from) + Days::new(1))));
            }
        }
        line(out, &format!("SEQUENCE:{}", self.sequence));
        line(out, if self.cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
        line(out, &format!("SUMMARY:{}", text(&self.summary)));
        for (name, value) in [("LOCATION", &self.location), ("DESCRIPTION", &self.description)] {
            if let Some(value) = value {
                line(out, &format!("{name}:{}", text(value)));
            }
        }
        if let Some(url) = &self.url {
            line(out, &format!("URL:{url}"));
        }
        line(out, "END:VEVENT");
    }
}

fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

fn day(day: NaiveDate) -> String {
    day.format("%Y%m%d").to_string()
}

/// A value of the type TEXT.
fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push_str("\\\\"),
            ',' => out.push_str("\\,"),
            ';' => out.push_str("\\;"),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Writes a line of content, folded.
fn line(out: &mut String, content: &str) {
    let mut room = LINE;
    for c in content.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            room = LINE - 1;
        }
        room -= c.len_utf8();
        let _ = out.write_char(c);
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn event() -> Event {
        Event {
            uid: "68-LT-0001.1@so.example.org".to_owned(),
            when: When::Between(at("2026-12-05T01:00:00Z"), at("2026-12-05T04:30:00Z")),
            summary: "Sơ cấp cứu cơ bản; buổi 1, lớp 68-LT-0001".to_owned(),
            location: Some("Nhà văn hóa thôn 2, xã Hàm Liêm".to_owned()),
            description: None,
            url: Some("https://so.example.org/tinh-nguyen/khoa-hoc/68-LT-0001".to_owned()),
            sequence: 2,
            changed_at: at("2026-11-22T03:00:00Z"),
            cancelled: false,
        }
    }

    /// What a reader makes of it: folds undone, one content line a line.
    fn unfolded(text: &str) -> Vec<String> {
        text.replace("\r\n ", "").split("\r\n").filter(|line| !line.is_empty()).map(str::to_owned).collect()
    }

    #[test]
    fn an_event_is_written_in_utc_and_a_day_ends_the_day_after() {
        let calendar = Calendar { name: "Khóa học, tập huấn; Lâm Đồng".to_owned(), events: vec![event()] };
        let written = calendar.written();
        assert_eq!(written, calendar.written());
        let lines = unfolded(&written);
        for expected in [
            "DTSTART:20261205T010000Z",
            "DTEND:20261205T043000Z",
            "SEQUENCE:2",
            "STATUS:CONFIRMED",
            "SUMMARY:Sơ cấp cứu cơ bản\\; buổi 1\\, lớp 68-LT-0001",
            "X-WR-CALNAME:Khóa học tập huấn Lâm Đồng",
        ] {
            assert!(lines.iter().any(|line| line == expected), "{expected}\n{written}");
        }
        let day = "2026-12-05".parse().unwrap();
        let whole = Event { when: When::Days(day, day), cancelled: true, ..event() };
        let lines = unfolded(&Calendar { name: String::new(), events: vec![whole] }.written());
        for expected in ["DTSTART;VALUE=DATE:20261205", "DTEND;VALUE=DATE:20261206", "STATUS:CANCELLED"] {
            assert!(lines.iter().any(|line| line == expected), "{expected}");
        }
    }

    proptest! {
        /// Whatever is said: no line is too long, none begins as something else, and folds come out as they went in.
        #[test]
        fn no_text_breaks_out_of_its_line(said in "\\PC{0,200}|[\r\n,;\\\\a-zạ-ỹ]{0,200}") {
            let calendar = Calendar { name: said.clone(), events: vec![Event { summary: said.clone(), description: Some(said), ..event() }] };
            let written = calendar.written();
            for line in written.split("\r\n") {
                prop_assert!(line.len() <= LINE && !line.contains('\n') && !line.contains('\r'), "{line:?}");
            }
            let lines = unfolded(&written);
            prop_assert_eq!(lines.iter().filter(|line| line.starts_with("SUMMARY:")).count(), 1);
            prop_assert_eq!(lines.iter().filter(|line| line.starts_with("END:")).count(), 2);
            prop_assert_eq!(lines.len(), 9 + 13 + 1);
        }
    }
}
