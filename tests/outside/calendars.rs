//! Calendars as we write them, read by programs that share no code with us: icalendar (PyPI) and ical.js (npm), on machines in UTC and in
//! Vietnam. What they read is what was written: whole days, the one UID, what is called off, texts with commas, quotes and marks.
//!
//! Where they are missing the test says so in red and passes; with `CI=true` it fails.

use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};
use so_nhan_ai::basics::ical::{Calendar, Event, When};

use super::tools::skip;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const TITLE: &str =
    "Trao quà Tết; chợ 0 đồng, \"nhân ái\" \\ xã Hàm Liêm – một dòng dài hơn bảy mươi lăm byte để phải gập lại giữa các chữ";

fn calendar() -> Calendar {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let event = |code: &str, when: When, cancelled: bool, sequence: i32| Event {
        uid: format!("{code}@so.example.org"),
        when,
        summary: TITLE.to_owned(),
        location: Some("Nhà văn hóa thôn 2, xã Hàm Liêm".to_owned()),
        description: Some("Dòng một\nDòng hai".to_owned()),
        url: Some(format!("https://so.example.org/hoat-dong/{code}")),
        sequence,
        changed_at: at("2026-11-22T03:00:00Z"),
        cancelled,
    };
    Calendar {
        name: "Hoạt động – Hội Chữ thập đỏ tỉnh Lâm Đồng".to_owned(),
        events: vec![
            event("68-NV-0001", When::Days(day("2026-12-05"), day("2026-12-06")), false, 1),
            event("68-NV-0002", When::Days(day("2026-12-07"), day("2026-12-07")), true, 3),
            event("68-LT-0001", When::Between(at("2026-12-08T01:00:00Z"), at("2026-12-08T04:30:00Z")), false, 2),
            // A blood drive that begins at half past midnight in Vietnam, on another day in Greenwich, and was called off.
            event("68-HM-0001", When::Between(at("2026-12-05T17:30:00Z"), at("2026-12-06T04:30:00Z")), true, 4),
        ],
    }
}

/// What every reader is to find: uid, start, end, title, place, text, sequence, state.
fn expected() -> Value {
    let place = "Nhà văn hóa thôn 2, xã Hàm Liêm";
    let text = "Dòng một\nDòng hai";
    json!([
        ["68-NV-0001@so.example.org", "2026-12-05", "2026-12-07", TITLE, place, text, 1, "CONFIRMED"],
        ["68-NV-0002@so.example.org", "2026-12-07", "2026-12-08", TITLE, place, text, 3, "CANCELLED"],
        ["68-LT-0001@so.example.org", "2026-12-08T01:00:00Z", "2026-12-08T04:30:00Z", TITLE, place, text, 2, "CONFIRMED"],
        ["68-HM-0001@so.example.org", "2026-12-05T17:30:00Z", "2026-12-06T04:30:00Z", TITLE, place, text, 4, "CANCELLED"],
    ])
}

const IN_PYTHON: &str = r#"
import datetime, json, sys
from icalendar import Calendar
def said(when):
    if isinstance(when, datetime.datetime):
        return when.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return when.isoformat()
with open(sys.argv[1], "rb") as file:
    calendar = Calendar.from_ical(file.read())
print(json.dumps([[str(e["UID"]), said(e["DTSTART"].dt), said(e["DTEND"].dt), str(e["SUMMARY"]), str(e["LOCATION"]), str(e["DESCRIPTION"]),
                   int(e["SEQUENCE"]), str(e["STATUS"])] for e in calendar.walk("VEVENT")]))
"#;

const IN_JAVASCRIPT: &str = r#"
import { createRequire } from "node:module";
import fs from "node:fs";
const [folder, file] = process.argv.slice(-2);
const loaded = await import("file://" + createRequire(folder + "/package.json").resolve("ical.js"));
const ICAL = loaded.default ?? loaded;
const calendar = new ICAL.Component(ICAL.parse(fs.readFileSync(file, "utf8")));
const said = (time) => time.isDate ? time.toString() : time.toJSDate().toISOString().replace(".000Z", "Z");
console.log(JSON.stringify(calendar.getAllSubcomponents("vevent").map((one) => {
    const e = new ICAL.Event(one);
    return [e.uid, said(e.startDate), said(e.endDate), e.summary, e.location, e.description, e.sequence, one.getFirstPropertyValue("status")];
})));
"#;

/// The calendar in a file of its own.
fn written(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, calendar().written()).unwrap();
    path
}

fn read(mut command: Command, zone: &str) -> Value {
    let output = command.env("TZ", zone).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn icalendar_of_python_reads_what_was_written() {
    let program = Path::new(ROOT).join("target/outside/bin/python");
    let there = Command::new(&program).args(["-c", "import icalendar"]).output().is_ok_and(|said| said.status.success());
    if !there {
        return skip::<()>("icalendar").unwrap_or_default();
    }
    let file = written("calendar-python.ics");
    for zone in ["UTC", "Asia/Ho_Chi_Minh"] {
        let mut command = Command::new(&program);
        command.args(["-c", IN_PYTHON]).arg(&file);
        assert_eq!(read(command, zone), expected(), "{zone}");
    }
}

#[test]
fn ical_js_reads_what_was_written() {
    let folder = Path::new(ROOT).join("target/outside-npm");
    if !folder.join("node_modules/ical.js").exists() {
        return skip::<()>("ical.js").unwrap_or_default();
    }
    let file = written("calendar-javascript.ics");
    for zone in ["UTC", "Asia/Ho_Chi_Minh"] {
        let mut command = Command::new("node");
        command.args(["--input-type=module", "-e", IN_JAVASCRIPT, "--"]).arg(&folder).arg(&file);
        assert_eq!(read(command, zone), expected(), "{zone}");
    }
}
