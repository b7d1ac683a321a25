//! Files as programs write them, and files that no program writes: every limit at itself and one above.

use std::io::Cursor;

use chrono::NaiveDate;
use proptest::prelude::*;

use crate::made::{package, row, workbook};
use crate::*;

pub(crate) const SMALL: Limits = Limits {
    file_bytes: 100_000,
    parts: 10,
    unpacked_bytes: 20_000,
    strings_bytes: 2_000,
    strings: 20,
    small_part_bytes: 3_000,
    rows: 30,
    columns: 8,
    cells: 100,
    text_bytes: 1_000,
    text_chars: 100,
};

pub(crate) const FORM: Form = Form {
    title_vi: "Danh sách",
    title_en: "List",
    columns: &[
        Column {
            name: "day",
            vi: "Ngày nhận",
            en: "Received on",
            also: &["Ngày"],
            holds: Holds::Day,
            required: true,
            note_vi: "",
            note_en: "",
            example: "",
        },
        Column {
            name: "name",
            vi: "Họ và tên",
            en: "Name",
            also: &["Tên"],
            holds: Holds::Text,
            required: false,
            note_vi: "",
            note_en: "",
            example: "",
        },
        Column {
            name: "phone",
            vi: "Điện thoại",
            en: "Phone",
            also: &["SĐT"],
            holds: Holds::Phone,
            required: false,
            note_vi: "",
            note_en: "",
            example: "",
        },
        Column {
            name: "amount",
            vi: "Số tiền",
            en: "Amount",
            also: &[],
            holds: Holds::Amount,
            required: true,
            note_vi: "",
            note_en: "",
            example: "",
        },
    ],
    summed: Some("amount"),
    rows: 20,
};

fn code(bytes: &[u8], limits: &Limits) -> &'static str {
    match read(bytes, limits) {
        Ok(_) => "READ",
        Err(refused) => refused.code,
    }
}

pub(crate) fn listed(csv: &str) -> Result<Listed, &'static str> {
    FORM.read_file(csv.as_bytes(), &SMALL, &|_| None).map_err(|refused| refused.code)
}

pub(crate) fn faults(listed: &Listed) -> Vec<(Option<u32>, Option<&'static str>, &'static str)> {
    listed.faults.iter().map(|fault| (fault.row, fault.column, fault.code)).collect()
}

#[test]
fn the_first_visible_sheet_is_read_cell_by_cell() {
    let grid = read(&workbook(&row(3, &["Ngày", "Tên"]), &[]), &SMALL).unwrap();
    assert_eq!(grid.sheet.as_deref(), Some("Danh sách"));
    assert_eq!(grid.lines.len(), 1);
    assert_eq!((grid.lines[0].number, grid.lines[0].value(1)), (3, &Value::Text("Tên".to_owned())));
}

#[test]
fn every_limit_holds_at_itself_and_not_one_above() {
    let rows = |n| workbook(&row(n, &["a"]), &[]);
    assert_eq!((code(&rows(30), &SMALL), code(&rows(31), &SMALL)), ("READ", "TOO_MANY_ROWS"));
    let columns = |n: usize| workbook(&row(1, &vec!["a"; n]), &[]);
    assert_eq!((code(&columns(8), &SMALL), code(&columns(9), &SMALL)), ("READ", "TOO_MANY_COLUMNS"));
    let cells = |n: usize| {
        let all: String = (0..n)
            .map(|at| format!(r#"<row r="{}"><c r="{}{}"/></row>"#, at / 8 + 1, char::from(b'A' + (at % 8) as u8), at / 8 + 1))
            .collect();
        workbook(&all, &[])
    };
    assert_eq!((code(&cells(100), &SMALL), code(&cells(101), &SMALL)), ("READ", "TOO_MANY_CELLS"));
    let text = |n: usize| workbook(&row(1, &[&"ă".repeat(n)]), &[]);
    assert_eq!((code(&text(100), &SMALL), code(&text(101), &SMALL)), ("READ", "TEXT_TOO_LONG"));
    let file = vec![b'a'; SMALL.file_bytes + 1];
    assert_eq!(code(&file, &SMALL), "FILE_TOO_LARGE");
    let strings = |n: usize| format!("<sst uniqueCount=\"{n}\">{}</sst>", "<si><t>a</t></si>".repeat(n));
    let with = |table: &str| workbook(&row(1, &["a"]), &[("xl/sharedStrings.xml", table)]);
    assert_eq!((code(&with(&strings(20)), &SMALL), code(&with(&strings(21)), &SMALL)), ("READ", "TOO_MUCH_TEXT"));
    let padded = |n: usize| with(&format!("<sst>{}</sst>", " ".repeat(n - 11)));
    assert_eq!((code(&padded(2_000), &SMALL), code(&padded(2_001), &SMALL)), ("READ", "TOO_MUCH_TEXT"));
    let style =
        |n: usize| workbook(&row(1, &["a"]), &[("xl/styles.xml", &format!("<styleSheet>{}</styleSheet>", " ".repeat(n - 25)))]);
    assert_eq!((code(&style(3_000), &SMALL), code(&style(3_001), &SMALL)), ("READ", "UNPACKS_TOO_LARGE"));
    let picture = |n: usize| workbook(&row(1, &["a"]), &[("xl/media/image1.png", &"x".repeat(n))]);
    assert_eq!((code(&picture(10_000), &SMALL), code(&picture(20_001), &SMALL)), ("READ", "UNPACKS_TOO_LARGE"));
    let parts = |n: usize| {
        let names: Vec<String> = (0..n).map(|n| format!("p{n}")).collect();
        workbook(&row(1, &["a"]), &names.iter().map(|name| (name.as_str(), "")).collect::<Vec<_>>())
    };
    assert_eq!((code(&parts(4), &SMALL), code(&parts(5), &SMALL)), ("READ", "UNPACKS_TOO_LARGE"));
}

/// One long text that many cells name is as much text as they show.
#[test]
fn a_shared_text_counts_as_often_as_it_stands() {
    let table = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(100));
    let cells =
        |n: usize| -> String { (1..=n).map(|at| format!(r#"<row r="{at}"><c r="A{at}" t="s"><v>0</v></c></row>"#)).collect() };
    let with = |n| workbook(&cells(n), &[("xl/sharedStrings.xml", &table)]);
    assert_eq!((code(&with(10), &SMALL), code(&with(11), &SMALL)), ("READ", "TOO_MUCH_TEXT"));
}

/// What a file says of itself makes nobody reserve anything.
#[test]
fn lies_about_sizes_allocate_nothing() {
    for count in ["99999999999999999", "18446744073709551615", "999999999999999999999999999999999999999999999"] {
        let table = format!("<sst uniqueCount=\"{count}\"><si><t>a</t></si></sst>");
        assert_eq!(
            code(&workbook(&row(1, &["a"]), &[("xl/sharedStrings.xml", &table)]), &Limits::LIST),
            "TOO_MUCH_TEXT",
            "{count}"
        );
    }
    let formula = r#"<row r="1"><c r="A1"><f t="shared" si="4000000000">1</f><v>5</v></c></row>"#;
    assert_eq!(code(&workbook(formula, &[]), &Limits::LIST), "READ");
    let far = r#"<row r="4294967295"><c r="XFD4294967295"/></row>"#;
    assert_eq!(code(&workbook(far, &[]), &Limits::LIST), "TOO_MANY_ROWS");
    // The size in the directory is made small: what comes out is counted all the same.
    let honest = workbook(&row(1, &["a"]), &[("xl/media/image1.png", &"x".repeat(50_000))]);
    let mut lying = honest.clone();
    let said = 50_000u32.to_le_bytes();
    while let Some(at) = lying.windows(4).position(|four| four == said) {
        lying[at..at + 4].copy_from_slice(&7u32.to_le_bytes());
    }
    assert_ne!(lying, honest);
    assert_ne!(code(&lying, &SMALL), "READ");
}

#[test]
fn an_unknown_error_spoils_its_own_cell_alone() {
    let data = r##"<row r="1"><c r="A1" t="e"><v>#ERROR!</v></c><c r="B1" t="e"><v>#N/A</v></c><c r="C1"><v>5</v></c></row>
        <row r="2"><c r="A2" t="e"><v>#SPILL!</v></c><c r="B2" t="inlineStr"><is><t>sau</t></is></c></row>"##;
    let grid = read(&workbook(data, &[]), &SMALL).unwrap();
    assert_eq!(
        [grid.lines[0].value(0), grid.lines[0].value(1), grid.lines[0].value(2)],
        [&Value::Error, &Value::Error, &Value::Number(5.0)]
    );
    assert_eq!([grid.lines[1].value(0), grid.lines[1].value(1)], [&Value::Error, &Value::Text("sau".to_owned())]);
}

#[test]
fn not_computed_is_known_in_its_three_spellings() {
    let data = r#"<row r="1"><c r="A1"><f>SUM(B1)</f></c><c r="B1"><f>SUM(C1)</f><v>0</v></c><c r="C1" t="str"><f>A1</f><v></v></c><c r="D1"><f>A1</f><v>7</v></c><c r="E1"><v>0</v></c></row>"#;
    let grid = read(&workbook(data, &[]), &SMALL).unwrap();
    let values: Vec<&Value> = (0..5).map(|n| grid.lines[0].value(n)).collect();
    assert_eq!(values, [&Value::NotComputed, &Value::NotComputed, &Value::NotComputed, &Value::Number(7.0), &Value::Number(0.0)]);
}

#[test]
fn hidden_rows_and_merged_cells_are_told() {
    let data = format!(
        "{}{}{}",
        row(1, &["Ngày", "Tên", "SĐT", "Số tiền"]),
        row(2, &["1/2/2026", "A", "", "5.000"]).replace("<row ", "<row hidden=\"1\" "),
        row(3, &["1/2/2026", "B", "", "5.000"])
    );
    let sheet = format!(
        "<worksheet><sheetData>{data}</sheetData><mergeCells><mergeCell ref=\"B2:B3\"/><mergeCell ref=\"A9:D9\"/></mergeCells></worksheet>"
    );
    let grid = read(&workbook("", &[("xl/worksheets/sheet2.xml", &sheet)]), &SMALL).unwrap();
    assert_eq!((&grid.hidden, &grid.merged), (&vec![2], &vec![(2, 3)]));
    let listed = FORM.read(&grid, &|_| None).unwrap();
    assert_eq!((listed.hidden, faults(&listed)), (1, vec![(Some(2), None, "MERGED_CELLS")]));
}

#[test]
fn other_kinds_are_told_by_what_is_in_them() {
    let compound = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 600]].concat();
    let locked = [&compound[..], b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"].concat();
    let cases: [(&[u8], &str); 10] = [
        (b"", "EMPTY_FILE"),
        (b" \r\n", "EMPTY_FILE"),
        (&compound, "OLD_EXCEL"),
        (&locked, "PASSWORD"),
        (b"\xef\xbb\xbf<html><table>", "HTML_NOT_A_SPREADSHEET"),
        (b"<?xml version=\"1.0\"?><Workbook/>", "XML_NOT_A_SPREADSHEET"),
        (b"%PDF-1.7", "NOT_A_SPREADSHEET"),
        (b"PK\x03\x04", "BROKEN_FILE"),
        (b"Ng\xe0y,S\xf4 ti\xean\n", "NOT_UTF8"),
        (b"a\0b", "NOT_UTF8"),
    ];
    for (bytes, wanted) in cases {
        assert_eq!(code(bytes, &SMALL), wanted, "{bytes:?}");
    }
    assert_eq!(code(&package(&[("content.xml", "")]), &SMALL), "ODS");
    assert_eq!(code(&package(&[("[Content_Types].xml", ""), ("xl/workbook.bin", "")]), &SMALL), "XLSB");
    assert_eq!(code(&package(&[("word/document.xml", "")]), &SMALL), "NOT_A_SPREADSHEET");
    assert_eq!(code(&package(&[("holiday.jpg", "")]), &SMALL), "NOT_A_SPREADSHEET");
}

#[test]
fn csv_of_every_program_is_one_table() {
    let wanted = listed("Ngày,Tên,SĐT,Số tiền\n25/11/2026,\"Lê, An\",0912345678,500000\n").unwrap();
    assert!(wanted.faults.is_empty() && wanted.rows.len() == 1, "{wanted:?}");
    for csv in [
        "\u{feff}\"Ngày\";\"Tên\";\"SĐT\";\"Số tiền\"\r\n25/11/2026;Lê, An;0912345678;500.000\r\n",
        "sep=;\r\nNgày;Tên;SĐT;Số tiền\r\n25/11/2026;Lê, An;\"=\"\"0912345678\"\"\";500.000\r\n",
        "Ngày\tTên\tSĐT\tSố tiền\r25/11/2026\tLê, An\t912345678\t500000",
    ] {
        let values = listed(csv).unwrap().rows[0].values.clone();
        assert_eq!(values, wanted.rows[0].values, "{csv}");
    }
    let wide: Vec<u8> = "\u{feff}Ngày\tTên\tSĐT\tSố tiền\r\n25/11/2026\tLê, An\t0912345678\t500000\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let grid = read(&wide, &SMALL).unwrap();
    assert_eq!(FORM.read(&grid, &|_| None).unwrap().rows[0].values, wanted.rows[0].values);
}

#[test]
fn a_lone_quote_swallows_no_row() {
    let head = "Ngày,Tên,SĐT,Số tiền\n";
    assert_eq!(listed(&format!("{head}1/1/2026,\"Lê An,,5000\n2/1/2026,B,,5000\n")), Err("OPEN_QUOTE"));
    assert_eq!(listed(&format!("{head}1/1/2026,\"Lê An,,5000\n2/1/2026,B\",,5000\n")), Err("OPEN_QUOTE"));
    assert_eq!(listed(&format!("{head}1/1/2026,\"Lê\" An,,5000\n")), Err("STRAY_QUOTE"));
    let two = listed(&format!("{head}1/1/2026,\"Lê\nAn\",,5000\n2/1/2026,B,,5000\n")).unwrap();
    assert_eq!(two.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 4], "rows are counted as lines of the file");
}

#[test]
fn faults_name_their_row_and_column() {
    let list = listed("Hội Chữ thập đỏ xã Hàm Liêm,,,\nSTT,Ngày nhận *,Họ và tên,Số tiền (đồng),Ghi chú\n1,25/11/2026,An,500.000,x\n2,32/11/2026,B,500k,\n3,,C,,\n\n4,,,,\n").unwrap();
    assert_eq!(
        faults(&list),
        [
            (Some(4), Some("day"), "NOT_A_DAY"),
            (Some(4), Some("amount"), "NOT_AN_AMOUNT"),
            (Some(5), Some("day"), "REQUIRED"),
            (Some(5), Some("amount"), "REQUIRED"),
        ]
    );
    assert_eq!((list.rows.len(), list.unknown), (3, vec!["Ghi chú".to_owned()]));
    assert!(list.faults.iter().all(|fault| !fault.said.vi.is_empty() && !fault.said.en.is_empty()));
}

#[test]
fn the_line_of_the_sum_is_checked() {
    let with = |end: &str| listed(&format!("Ngày,Tên,Số tiền\n1/1/2026,A,5000\n1/1/2026,B,6000\n{end}")).unwrap();
    assert!(faults(&with(",Tổng cộng,11000\n,Người lập,\n")).is_empty());
    assert!(faults(&with(",Tổng cộng:,\n")).is_empty());
    assert_eq!(faults(&with("Tổng,,12000\n")), [(Some(4), Some("amount"), "TOTAL_DIFFERS")]);
    assert_eq!(faults(&with(",Cộng,11000\n1/1/2026,C,7000\n")), [(Some(5), Some("day"), "BELOW_THE_TOTAL")]);
    assert_eq!(with(",Tổng cộng,11000\n").rows.len(), 2);
}

#[test]
fn lists_of_another_form_are_refused() {
    assert_eq!(listed("a,b,c\n1,2,3\n"), Err("COLUMNS_MISSING"));
    assert_eq!(listed("Ngày,Tên\n1/1/2026,A\n"), Err("COLUMNS_MISSING"));
    assert_eq!(listed("Ngày,Số tiền,Số tiền\n1/1/2026,5000,5000\n"), Err("COLUMN_TWICE"));
    assert_eq!(listed("Ngày,Số tiền\n"), Err("NO_ROWS"));
    assert_eq!(listed(&format!("Ngày,Số tiền\n{}", "1/1/2026,5000\n".repeat(21))), Err("TOO_MANY_ROWS"));
}

#[test]
fn what_is_written_reads_back() {
    let headings = vec![
        ("Ngày nhận".to_owned(), Width::Day),
        ("Họ và tên".to_owned(), Width::Text(30)),
        ("Số tiền".to_owned(), Width::Amount(18)),
    ];
    let mut book = Book::with_rows("Sổ", vec!["Hội".to_owned()], headings, 12).unwrap();
    let day = NaiveDate::from_ymd_opt(2026, 2, 9).unwrap();
    for n in 0..15 {
        book.row(&[Out::Day(day), Out::Text(if n == 0 { "=HYPERLINK(\"x\")" } else { "00008" }), Out::Whole(10_000 + n)])
            .unwrap();
    }
    let mut file = Cursor::new(Vec::new());
    let sums = book.finish(&mut file).unwrap();
    assert_eq!(sums, [0, 0, 150_105]);
    let grid = read(file.get_ref(), &Limits::LIST).unwrap();
    assert_eq!(grid.sheet.as_deref(), Some("Sổ"));
    let listed = FORM.read(&grid, &|_| None).unwrap();
    assert!(faults(&listed).is_empty());
    assert_eq!(listed.rows.len(), 9, "the rest stands on the next sheet");
    assert_eq!(listed.rows[0].values[..2], [Some(Read::Day(day)), Some(Read::Text("=HYPERLINK(\"x\")".to_owned()))]);
    assert_eq!(listed.rows[1].values[1..], [Some(Read::Text("00008".to_owned())), None, Some(Read::Whole(10_001))]);
}

#[test]
fn a_template_is_an_empty_list() {
    for english in [false, true] {
        let grid = read(&template(&FORM, english).unwrap(), &Limits::LIST).unwrap();
        assert_eq!(FORM.read(&grid, &|_| None).unwrap_err().code, "NO_ROWS");
    }
}

/// A line of CSV as spreadsheet programs read it best: CRLF, quotes where needed.
fn csv_line<'a>(fields: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (n, field) in fields.into_iter().enumerate() {
        if n > 0 {
            line.push(',');
        }
        if field.contains([',', '"', '\n', '\r', ';', '\t']) || field != field.trim() {
            line.push('"');
            line.push_str(&field.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(field);
        }
    }
    line.push_str("\r\n");
    line
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever bytes come, with a package's beginning or without: an answer, and no more.
    #[test]
    fn no_bytes_stop_a_reading(mut bytes in prop::collection::vec(any::<u8>(), 0..400), is_package in any::<bool>()) {
        if is_package {
            bytes.splice(0..0, *b"PK\x03\x04");
        }
        let _ = read(&bytes, &SMALL);
    }

    /// A real package with some bytes changed.
    #[test]
    fn a_damaged_package_stops_no_reading(at in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = workbook(&row(1, &["a", "b"]), &[("xl/sharedStrings.xml", "<sst><si><t>a</t></si></sst>")]);
        for (index, byte) in at {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read(&bytes, &SMALL);
    }

    #[test]
    fn csv_comes_back(cells in prop::collection::vec(prop::collection::vec("[a-zA-Zà-ỹ,\"; ]{1,12}", 3), 1..6)) {
        let text: String = cells.iter().map(|row| csv_line(row.iter().map(String::as_str))).collect();
        let grid = read(text.as_bytes(), &SMALL);
        prop_assume!(grid.as_ref().is_ok_and(|grid| grid.lines.len() == cells.len() && grid.lines.iter().all(|line| line.cells.len() == 3)));
        for (line, row) in grid.unwrap().lines.iter().zip(&cells) {
            for (n, text) in row.iter().enumerate() {
                prop_assert_eq!(line.value(n), &Value::Text(text.clone()));
            }
        }
    }
}
