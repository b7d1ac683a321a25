//! What may not be left out of a list, or read as something else, without a word.

use crate::made::{row, workbook};
use crate::read_tests::{FORM, SMALL, faults, listed};
use crate::*;

type Found = (Option<u32>, Option<&'static str>, &'static str);

const NONE: [Found; 0] = [];

#[track_caller]
fn found(csv: &str) -> Vec<Found> {
    faults(&listed(csv).unwrap())
}

/// A workbook with these visible sheets.
fn sheets(sheets: &[(&str, &str)]) -> Vec<u8> {
    let (mut book, mut relations) = (String::new(), String::new());
    let mut parts = Vec::new();
    for (n, (name, data)) in sheets.iter().enumerate() {
        book += &format!(r#"<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>"#);
        relations += &format!(
            r#"<Relationship Id="r{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/s{n}.xml"/>"#
        );
        parts.push((format!("xl/worksheets/s{n}.xml"), format!("<worksheet><sheetData>{data}</sheetData></worksheet>")));
    }
    parts.push(("xl/workbook.xml".to_owned(), format!("<workbook><sheets>{book}</sheets></workbook>")));
    parts.push(("xl/_rels/workbook.xml.rels".to_owned(), format!("<Relationships>{relations}</Relationships>")));
    let parts: Vec<(&str, &str)> = parts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    workbook("", &parts)
}

fn file(bytes: &[u8]) -> Result<Listed, &'static str> {
    FORM.read_file(bytes, &SMALL, &|_| None).map_err(|refused| refused.code)
}

fn list(rows: &[[&str; 3]]) -> String {
    let rows = rows.iter().enumerate().map(|(n, texts)| row(n + 2, texts));
    row(1, &["Ngày nhận", "Số tiền", "Họ và tên"]) + &rows.collect::<String>()
}

#[test]
fn sums_in_another_unit_are_never_read_as_dong() {
    let amount = |row: u32| vec![(Some(row), Some("amount"), "OTHER_UNIT")];
    for unit in ["nghìn đồng", "USD", "triệu đồng", "1.000 đ", "$"] {
        assert_eq!(found(&format!("Ngày;Số tiền ({unit})\n1/1/2026;5000\n2/1/2026;20\n;Tổng cộng;\n")), amount(1), "{unit}");
    }
    for unit in ["đồng", "VND", "đ", "₫", "ghi bằng số"] {
        assert_eq!(found(&format!("Ngày;Số tiền ({unit}) *\n1/1/2026;5000\n")), NONE, "{unit}");
    }
    assert_eq!(found("Danh sách;\nĐơn vị tính: nghìn đồng;\nNgày;Số tiền\n1/1/2026;5000\n"), amount(2));
    assert_eq!(found("Đơn vị: Hội Chữ thập đỏ xã Hàm Liêm;\nĐVT: đồng;\nNgày;Số tiền\n1/1/2026;5000\n"), NONE);
    // A column that says it row by row, of which nothing would be kept.
    assert_eq!(found("Ngày;Số tiền;ĐVT\n1/1/2026;5000;đồng\n1/1/2026;5000;nghìn đồng\n"), amount(3));
    assert_eq!(found("Ngày;Số tiền;Đơn vị\n1/1/2026;5000;Trường Hàm Liêm\n1/1/2026;5000;USD\n"), amount(3));
    let other = listed("Ngày;Số tiền (USD)\n1/1/2026;5000\n").unwrap();
    assert!(other.rows[0].values[3].is_none() && other.faults[0].said.vi.contains("Số tiền (USD)"), "{other:?}");
}

#[test]
fn rows_of_another_visible_sheet_are_a_fault() {
    let (one, two) = (list(&[["1/1/2026", "5000", "An"]]), list(&[["2/1/2026", "6000", "Chi"], ["3/1/2026", "7000", "Lan"]]));
    let (one, two) = (one.as_str(), two.as_str());
    let both = file(&sheets(&[("Tháng 1", one), ("Tháng 2", two)])).unwrap();
    assert_eq!((faults(&both), both.rows.len()), (vec![(None, None, "OTHER_SHEET")], 1));
    assert!(both.faults[0].said.vi.contains("\"Tháng 2\"") && both.faults[0].said.vi.contains("2 dòng"), "{both:?}");
    let guide = row(1, &["Cột", "Cách ghi"]) + &row(2, &["Ngày nhận", "ngày/tháng/năm"]) + &row(3, &["Số tiền", "500.000"]);
    let guide = guide.as_str();
    for order in [[("A", one), ("Hướng dẫn", guide), ("C", "")], [("Hướng dẫn", guide), ("C", ""), ("A", one)]] {
        let listed = file(&sheets(&order)).unwrap();
        assert_eq!((faults(&listed), listed.rows.len()), (vec![], 1), "{order:?}");
        assert_eq!(listed.ignored_sheets, ["Hướng dẫn"]);
    }
    // An empty form is passed over wherever it stands.
    let empty = list(&[]);
    let empty = empty.as_str();
    for order in [[("A", one), ("B", empty)], [("B", empty), ("A", one)]] {
        assert_eq!(file(&sheets(&order)).map(|listed| (listed.faults, listed.rows.len())), Ok((vec![], 1)));
    }
    assert_eq!(file(&sheets(&[("A", empty), ("Hướng dẫn", guide)])), Err("NO_ROWS"));
    assert_eq!(file(&sheets(&[("Hướng dẫn", guide), ("B", "")])), Err("COLUMNS_MISSING"));
}

#[test]
fn a_sheet_that_is_no_list_may_be_as_large_as_it_likes() {
    let one = list(&[["1/1/2026", "5000", "An"]]);
    let wide = row(1, &["x"; 9]);
    let long: String = (1..40).map(|n| row(n, &["x"])).collect();
    let (one, wide, long) = (one.as_str(), wide.as_str(), long.as_str());
    assert_eq!(file(&sheets(&[("A", one), ("Dài", long)])).map(|listed| listed.rows.len()), Ok(1));
    assert_eq!(file(&sheets(&[("Dài", long)])), Err("TOO_MANY_ROWS"));
    // What ends before it shows that it is none may be one.
    assert_eq!(file(&sheets(&[("A", one), ("Rộng", wide)])), Err("TOO_MANY_COLUMNS"));
    let too_long = &format!("{}{}", list(&[]), row(31, &["1/1/2026", "5000", "An"]));
    assert_eq!(file(&sheets(&[("A", one), ("B", too_long)])), Err("TOO_MANY_ROWS"));
}

#[test]
fn what_would_be_a_row_does_not_stand_under_the_total() {
    let with = |end: &str| found(&format!("STT;Ngày;Số tiền;Họ và tên;SĐT\n1;1/1/2026;5000;An;\n;;5.000;Tổng cộng;\n{end}"));
    let below = |column: &'static str| vec![(Some(4), Some(column), "BELOW_THE_TOTAL")];
    assert_eq!(with("2;1/1/2026;;Lê Văn Quên;0912345678\n"), below("day"));
    assert_eq!(with(";;;Lê Văn Quên;0912345678\n"), below("phone"));
    assert_eq!(with(";31/13/2026;;Lê Văn Quên;\n"), below("day"));
    assert_eq!(with(";;500k;Lê Văn Quên;\n"), below("amount"));
    assert_eq!(with("2;;;Lê Văn Quên;\n"), below("name"));
    assert_eq!(with("2;1/1/2026;6000;Chi;\n3;1/1/2026;7000;Lan;\n").len(), 2, "every such row is named");
    let signed = ";Hàm Liêm, ngày 30 tháng 11 năm 2026;;;\n;Người lập;Kế toán;Thủ quỹ;\n;;(Ký, ghi rõ họ tên);;\n;;;Nguyễn Thị Hạnh;\n;;Bằng chữ: năm nghìn đồng;;\n";
    assert_eq!(with(signed), NONE);
}

#[test]
fn a_total_with_a_day_is_no_gift() {
    let with = |end: &str| listed(&format!("Ngày;Số tiền;Họ và tên;SĐT\n1/1/2026;5000;An;\n1/1/2026;6000;Chi;\n{end}")).unwrap();
    let total = with("1/1/2026;11000;Tổng cộng;\n");
    assert_eq!((faults(&total), total.rows.len()), (vec![], 2));
    assert_eq!(faults(&with("1/1/2026;12000;–;Tổng cộng\n")), [(Some(4), Some("amount"), "TOTAL_DIFFERS")]);
    assert_eq!(faults(&with("1/1/2026;11000;Tổng cộng 2 khoản;\n")), [(Some(4), Some("name"), "LIKE_A_TOTAL")]);
    let no_day = with(";11000;Tổng cộng (2 khoản);\n");
    assert_eq!((faults(&no_day), no_day.rows.len()), (vec![], 2));
    for giver in ["Tổng công ty Điện lực", "Tống Công Thành", "Công Ty An Bình", "Cộng đồng người Việt"] {
        let listed = with(&format!("1/1/2026;7000;{giver};\n"));
        assert_eq!((faults(&listed), listed.rows.len()), (vec![], 3), "{giver}");
    }
}

#[test]
fn the_separator_is_the_one_under_which_the_headings_stand() {
    let row = "30/11/2026;500000;Nguyễn Văn An, Số 12, đường Lê Lợi, thôn 3, xã Hàm Liêm, tỉnh Lâm Đồng";
    for csv in [
        format!("Ngày nhận;Số tiền;Họ và tên\r\n{row}\r\n"),
        format!("Ngày nhận;Số tiền;Họ và tên\n{row}\n").replace(';', "\t"),
        format!("\u{feff}HỘI CHỮ THẬP ĐỎ, XÃ HÀM LIÊM, TỈNH LÂM ĐỒNG, ĐỢT 2;;\n\"Ngày nhận\";\"Số tiền\";\"Họ và tên\"\n{row}\n"),
        "Ngày nhận;Số tiền\n30/11/2026;1,500,000\n".to_owned(),
        "Ngày nhận|Số tiền|Họ và tên\n30/11/2026|500000|An, Lê; và con\n".to_owned(),
        "Ngày nhận,Số tiền,Họ và tên\n30/11/2026,500000,An; Lê; Chi; Lan; và các con\n".to_owned(),
    ] {
        let listed = listed(&csv).unwrap();
        assert_eq!((faults(&listed), listed.rows.len()), (vec![], 1), "{csv}");
    }
    assert_eq!(listed("Cột;Hai, ba, bốn\n1;2\n").unwrap_err(), "COLUMNS_MISSING");
}
