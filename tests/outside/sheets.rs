//! Spreadsheets by a program that shares no code with ours (openpyxl): lists it writes are read as what they say, books we write are
//! read by it as what we wrote.
//!
//! Where it is missing the test says so in red and passes; with `CI=true` it fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::NaiveDate;
use serde_json::{Value, json};
use sheets::{Book, Limits, Out, Width};
use so_nhan_ai::giving::imports::form::{self, FORM};

use super::sample::Folder;
use super::tools::skip;

fn python() -> Option<PathBuf> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/outside/bin/python");
    let has_it = Command::new(&program).args(["-c", "import openpyxl"]).output().is_ok_and(|said| said.status.success());
    if has_it { Some(program) } else { skip("openpyxl") }
}

fn run(python: &Path, folder: &Path, program: &str) -> String {
    let ran = Command::new(python).args(["-c", program]).current_dir(folder).output().unwrap();
    assert!(ran.status.success(), "{program}\n{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

/// A workbook as openpyxl writes it, by the lines of a program with `w` for the workbook and `s` for its sheet.
fn written(python: &Path, lines: &str) -> Vec<u8> {
    let folder = Folder::new();
    let program = format!(
        "from openpyxl import Workbook, load_workbook\nfrom openpyxl.styles import Font\nfrom datetime import date, datetime\n\
         w = Workbook(); s = w.active\n{lines}\nw.save('list.xlsx')\n"
    );
    run(python, folder.path(), &program);
    fs::read(folder.path().join("list.xlsx")).unwrap()
}

/// (row, column, code) of its faults.
fn faults(bytes: &[u8]) -> Vec<(Option<u32>, Option<&'static str>, &'static str)> {
    form::read(bytes).unwrap().faults.into_iter().map(|fault| (fault.row, fault.column, fault.code)).collect()
}

const HEAD: &str = "s.append(['Ngày nhận', 'Họ và tên', 'SĐT', 'Số tiền'])";

#[test]
fn a_list_of_openpyxl_is_read_as_it_stands() {
    let Some(python) = python() else { return };
    let list = format!(
        "s.title = 'Macro1'; s.sheet_state = 'veryHidden'; s = w.create_sheet('Danh sách'); w.active = 1\n{HEAD}\n\
         s.append([date(2026, 11, 9), 'Nguyễn Văn An', 912345678, 500000])\n\
         s.append([datetime(2026, 11, 10), '  ', '0283 822 1234', 1000000])\n\
         s.append([None, 'Tổng cộng', None, 1500000])"
    );
    let listed = form::read(&written(&python, &list)).unwrap();
    assert_eq!(listed.faults, []);
    let gifts: Vec<Value> =
        listed.rows.iter().map(|row| serde_json::to_value(form::gift(row, "23095").unwrap()).unwrap()).collect();
    assert_eq!(gifts[0]["received_on"], "2026-11-09");
    assert_eq!((&gifts[0]["giver"]["phone"], &gifts[0]["amount_vnd"]), (&json!("0912345678"), &json!(500_000)));
    assert_eq!((&gifts[1]["giver"], &gifts[1]["received_on"]), (&Value::Null, &json!("2026-11-10")));
}

#[test]
fn what_a_program_did_to_a_list_is_told() {
    let Some(python) = python() else { return };
    let list = |rows: &str| faults(&written(&python, &format!("{HEAD}\n{rows}")));
    // A sum that nobody computed, an error that calamine does not know, a date where a name should be.
    let odd = list(
        "s.append([date(2026, 11, 9), 'An', None, '=SUM(A1:A2)'])\ns.append([date(2026, 11, 9), '#SPILL!', None, 5000])\n\
         s['B3'].data_type = 'e'\ns.append([date(2026, 11, 9), date(2026, 1, 2), None, 5000])",
    );
    assert_eq!(
        odd,
        [
            (Some(2), Some("amount_vnd"), "NOT_COMPUTED"),
            (Some(3), Some("giver"), "CELL_ERROR"),
            (Some(4), Some("giver"), "DATE_NOT_TEXT")
        ]
    );
    let mixed = list("s.append([date(2026, 11, 9), 'An', None, 300])\ns.append(['25/11/2026', 'Chi', None, '1.000.000'])");
    assert_eq!(mixed, [(None, Some("received_on"), "MIXED_DATES"), (None, Some("amount_vnd"), "MIXED_AMOUNTS")]);
    let early = list("s.append([datetime(2026, 11, 9, 17), 'An', None, 5000])");
    assert_eq!(early, [(None, Some("received_on"), "DAYS_ONE_EARLY")]);
    let old = list(
        "s.append([date(2026, 11, 9), 'Nguy\\u00d4n V\\u00a8n L\\u00ad\\u00acng', None, 5000])\ns['B2'].font = Font(name='.VnTime')",
    );
    assert_eq!(old, [(Some(2), Some("giver"), "OLD_FONT")]);
    let merged = list(
        "s.append([date(2026, 11, 9), 'An', None, 5000])\ns.append([date(2026, 11, 9), 'Chi', None, 5000])\ns.merge_cells('B2:B3')",
    );
    assert_eq!(merged, [(Some(2), None, "MERGED_CELLS")]);
}

#[test]
fn a_book_of_ours_is_read_as_it_was_written() {
    let Some(python) = python() else { return };
    let folder = Folder::new();
    let headings = [("Mã", Width::Text(10)), ("Ngày", Width::Day), ("Số tiền", Width::Amount(16))];
    let mut book = Book::new("Sổ", vec!["SỔ CHI TIẾT".to_owned()], headings.map(|(h, w)| (h.to_owned(), w)).to_vec()).unwrap();
    let day = NaiveDate::from_ymd_opt(2026, 2, 9).unwrap();
    book.row(&[Out::Text("00008"), Out::Day(day), Out::Whole(999_999_999_999_999)]).unwrap();
    book.row(&[Out::Text("=1+1\r\nhai"), Out::Empty, Out::Whole(-5)]).unwrap();
    let (mut file, _) = book.finish_to_file().unwrap();
    std::io::copy(&mut file, &mut fs::File::create(folder.path().join("book.xlsx")).unwrap()).unwrap();
    let read = "import json\nfrom openpyxl import load_workbook\n\
                r = lambda only: [[str(c) for c in row] for row in load_workbook('book.xlsx', data_only=only).active.values]\n\
                print(json.dumps([r(True), r(False)[-1]]))";
    let read: Value = serde_json::from_str(&run(&python, folder.path(), read)).unwrap();
    let day = "2026-02-09 00:00:00";
    assert_eq!(
        read,
        json!([
            [
                ["SỔ CHI TIẾT", "None", "None"],
                ["Mã", "Ngày", "Số tiền"],
                ["00008", day, "999999999999999"],
                ["=1+1\nhai", "None", "-5"],
                ["Tổng cộng", "None", "999999999999994"]
            ],
            ["Tổng cộng", "None", "=SUM(C3:C4)"]
        ])
    );
}

#[test]
fn a_template_filled_in_by_openpyxl_is_a_list() {
    let Some(python) = python() else { return };
    let folder = Folder::new();
    fs::write(folder.path().join("mau.xlsx"), sheets::template(&FORM, false).unwrap()).unwrap();
    let fill = "from openpyxl import load_workbook\nfrom datetime import date\nw = load_workbook('mau.xlsx'); s = w.active\n\
                assert s['A1'].value == 'Ngày nhận *', s['A1'].value\n\
                s['A2'] = date(2026, 11, 9); s['B2'] = 500000; s['C2'] = 'Chuyển khoản'; s['D2'] = 'Lê An'; s['F2'] = '0912345678'\n\
                # Columns of one look stand under the first of them.\n\
                assert any((d.min or 0) <= 6 <= (d.max or 0) and d.number_format == '@' for d in s.column_dimensions.values())\n\
                w.save('mau.xlsx')";
    run(&python, folder.path(), fill);
    let bytes = fs::read(folder.path().join("mau.xlsx")).unwrap();
    assert!(sheets::read(&bytes, &Limits::LIST).is_ok());
    let listed = form::read(&bytes).unwrap();
    assert_eq!((listed.faults.len(), listed.rows.len()), (0, 1), "{listed:?}");
    let gift = serde_json::to_value(form::gift(&listed.rows[0], "23095").unwrap()).unwrap();
    assert_eq!((&gift["channel"], &gift["giver"]["phone"]), (&json!("BANK_TRANSFER"), &json!("0912345678")));
}
