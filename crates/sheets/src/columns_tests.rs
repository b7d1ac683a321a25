use proptest::prelude::*;

use super::*;

fn read(holds: Holds, values: &[Value]) -> Result<Vec<Result<Option<Read>, &'static str>>, &'static str> {
    let cells: Vec<Cell> = values.iter().cloned().map(Cell::from).collect();
    let answers = column(holds, &cells.iter().collect::<Vec<_>>(), &|_| None).map_err(|wrong| wrong.code)?;
    Ok(answers.into_iter().map(|answer| answer.map_err(|wrong| wrong.code)).collect())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn at(day: u32, hour: u32, minute: u32, second: u32) -> Value {
    Value::Moment(NaiveDate::from_ymd_opt(2026, 11, day).unwrap().and_hms_opt(hour, minute, second).unwrap())
}

#[test]
fn amounts_are_read_as_people_write_them() {
    for (said, sum) in [
        ("500000", 500_000),
        ("500.000", 500_000),
        ("1.000.000 đ", 1_000_000),
        ("1 000 000", 1_000_000),
        ("1\u{a0}000\u{a0}000 VNĐ", 1_000_000),
        ("1.000.000,00", 1_000_000),
        ("500000.00", 500_000),
        ("500 đồng", 500),
        ("VND 20.000", 20_000),
    ] {
        assert_eq!(read(Holds::Amount, &[text(said)]), Ok(vec![Ok(Some(Read::Whole(sum)))]), "{said}");
    }
    assert_eq!(read(Holds::Amount, &[text("1,500,000")]), Ok(vec![Ok(Some(Read::Whole(1_500_000)))]));
    for said in ["1.50", "500k", "1tr5", "-500000", "0", "năm trăm", "1.0000", "1..000", "12E4", "1.000,5", "٥٠٠"] {
        assert_eq!(read(Holds::Amount, &[text(said)]), Ok(vec![Err("NOT_AN_AMOUNT")]), "{said}");
    }
}

#[test]
fn a_column_that_a_spreadsheet_program_changed_is_refused_whole() {
    assert_eq!(read(Holds::Amount, &[Value::Number(300.0), text("1.000.000")]), Err("MIXED_AMOUNTS"));
    assert_eq!(read(Holds::Amount, &[text("1.000"), text("2,000")]), Err("MIXED_GROUPS"));
    // A whole column of 50.000 to 500.000 became small whole numbers.
    assert_eq!(read(Holds::Amount, &[Value::Number(50.0), Value::Number(500.0)]), Ok(vec![Err("AMOUNT_TOO_SMALL"); 2]));
    assert_eq!(read(Holds::Day, &[at(9, 0, 0, 0), text("25/11/2026")]), Err("MIXED_DATES"));
}

#[test]
fn a_fraction_is_of_its_row_and_noise_is_none() {
    let noisy = [655_000.000_000_000_1, 1_234_567.999_999_9, 300_000.000_000_5].map(Value::Number);
    assert_eq!(read(Holds::Amount, &noisy), Ok([655_000, 1_234_568, 300_000].map(|sum| Ok(Some(Read::Whole(sum)))).to_vec()));
    assert_eq!(
        read(Holds::Amount, &[Value::Number(68.686), Value::Number(500_000.0), Value::Number(5_000.000_01)]),
        Ok(vec![Err("FRACTIONS"), Ok(Some(Read::Whole(500_000))), Err("FRACTIONS")])
    );
    for odd in [f64::NAN, f64::INFINITY, 1e16, -5_000.0] {
        assert_eq!(read(Holds::Amount, &[Value::Number(odd)]), Ok(vec![Err("NOT_AN_AMOUNT")]), "{odd}");
    }
}

#[test]
fn dates_made_in_a_browser_are_asked_about() {
    assert_eq!(read(Holds::Day, &[at(14, 17, 0, 0), at(15, 17, 0, 0)]), Err("DAYS_ONE_EARLY"));
    assert_eq!(read(Holds::Day, &[at(14, 23, 59, 30)]), Err("DAYS_ONE_EARLY"));
    let day = |day| Ok(Some(Read::Day(NaiveDate::from_ymd_opt(2026, 11, day).unwrap())));
    assert_eq!(read(Holds::Day, &[at(14, 0, 0, 30), at(15, 0, 0, 30)]), Ok(vec![day(14), day(15)]));
    assert_eq!(read(Holds::Day, &[at(14, 17, 0, 0), at(15, 9, 30, 0)]), Ok(vec![day(14), day(15)]));
}

#[test]
fn days_are_read_in_one_order() {
    let day = |y, m, d| Ok(Some(Read::Day(NaiveDate::from_ymd_opt(y, m, d).unwrap())));
    assert_eq!(
        read(Holds::Day, &[text("5/1/2026"), text(" 25-11-2026"), text("05.01.2026"), text("2026-01-05"), Value::Empty]),
        Ok(vec![day(2026, 1, 5), day(2026, 11, 25), day(2026, 1, 5), day(2026, 1, 5), Ok(None)])
    );
    for said in ["13/13/2026", "5/1/26", "hôm qua", "2026/01/05", "31/2/2026"] {
        assert_eq!(read(Holds::Day, &[text(said)]), Ok(vec![Err("NOT_A_DAY")]), "{said}");
    }
    assert_eq!(read(Holds::Day, &[Value::Number(46_000.0)]), Ok(vec![Err("NUMBER_NOT_A_DAY")]));
}

#[test]
fn births_are_days_or_years_alone() {
    let day = |y, m, d| Ok(Some(Read::Day(NaiveDate::from_ymd_opt(y, m, d).unwrap())));
    for (said, read_as) in [
        (text("29/02/2008"), day(2008, 2, 29)),
        (text("2008-02-29"), day(2008, 2, 29)),
        (text(" 2008 "), Ok(Some(Read::Whole(2008)))),
        (Value::Number(2008.0), Ok(Some(Read::Whole(2008)))),
        (at(10, 0, 0, 0), day(2026, 11, 10)),
        (text(""), Ok(None)),
        (text("29/02/2001"), Err("NOT_A_BIRTH")),
        (text("29/2/08"), Err("NOT_A_BIRTH")),
        (text("//2008"), Err("NOT_A_BIRTH")),
        (text("khoảng 2008"), Err("NOT_A_BIRTH")),
        (text("+200"), Err("NOT_A_BIRTH")),
        (Value::Number(39_777.0), Err("NOT_A_BIRTH")),
        (Value::Number(2008.5), Err("NOT_A_BIRTH")),
        (Value::NotComputed, Err("NOT_COMPUTED")),
    ] {
        assert_eq!(read(Holds::Birth, std::slice::from_ref(&said)), Ok(vec![read_as]), "{said:?}");
    }
    // Years alone stand beside days; two kinds of days do not.
    assert!(read(Holds::Birth, &[text("2008"), at(10, 0, 0, 0)]).is_ok());
    assert_eq!(read(Holds::Birth, &[text("1/2/2008"), at(10, 0, 0, 0)]), Err("MIXED_DATES"));
}

#[test]
fn zeros_come_back_and_lost_digits_do_not() {
    let said = |text: &str| Ok(Some(Read::Text(text.to_owned())));
    assert_eq!(
        read(
            Holds::Phone,
            &[Value::Number(912_345_678.0), text("0912 345 678"), Value::Number(2_838_221_234.0), text("912345678")]
        ),
        Ok(vec![said("0912345678"), said("0912 345 678"), said("02838221234"), said("0912345678")])
    );
    assert_eq!(read(Holds::Chapter, &[Value::Number(23_095.0), text("VN-00008")]), Ok(vec![said("23095"), said("00008")]));
    // Only chapters have `VN-` in front in files of ours: elsewhere it is a part of the name.
    assert_eq!(read(Holds::Code, &[text(" VN-20261130-0001 "), text("77")]), Ok(vec![said("VN-20261130-0001"), said("77")]));
    assert_eq!(read(Holds::Code, &[Value::Number(12_345_678_901_234_567.0)]), Ok(vec![Err("DIGITS_LOST")]));
    assert_eq!(
        read(Holds::Text, &[at(1, 0, 0, 0), Value::Number(1.5), Value::Bool(true)]),
        Ok(vec![Err("DATE_NOT_TEXT"), Err("NOT_TEXT"), Err("NOT_TEXT")])
    );
}

#[test]
fn what_is_not_computed_is_unknown_in_every_column() {
    for holds in [Holds::Text, Holds::Code, Holds::Chapter, Holds::Phone, Holds::Amount, Holds::Day, Holds::Count] {
        assert_eq!(
            read(holds, &[Value::NotComputed, Value::Error, Value::Empty, text("  ")]),
            Ok(vec![Err("NOT_COMPUTED"), Err("CELL_ERROR"), Ok(None), Ok(None)]),
            "{holds:?}"
        );
    }
}

#[test]
fn choices_are_known_in_both_languages_and_without_marks() {
    const CHOICES: Holds = Holds::Choice(&[("CASH", "Tiền mặt", "Cash"), ("BANK", "Chuyển khoản", "Bank transfer")]);
    for said in ["Tiền mặt", "tien mat", "TIỀN MẶT ", "cash", "CASH"] {
        assert_eq!(read(CHOICES, &[text(said)]), Ok(vec![Ok(Some(Read::Choice("CASH")))]), "{said}");
    }
    assert_eq!(read(CHOICES, &[text("séc")]), Ok(vec![Err("NOT_A_CHOICE")]));
}

#[test]
fn text_in_an_old_font_is_never_a_name() {
    let cell = |text: &str| Cell { value: Value::Text(text.to_owned()), old_font: Some(".VnTime".to_owned()) };
    let cells = [cell("NguyÔn V¨n L\u{ad}¬ng"), cell("Tran Van A"), cell("Nguyễn Văn Lương")];
    let read = column(Holds::Text, &cells.iter().collect::<Vec<_>>(), &|_| Some("Nguyễn Văn Lương".to_owned())).unwrap();
    let garbled = read[0].clone().unwrap_err();
    assert!(garbled.code == "OLD_FONT" && garbled.said.vi.contains("Nguyễn Văn Lương"), "{garbled:?}");
    assert!(read[1].is_ok() && read[2].is_ok());
}

proptest! {
    /// However an amount is grouped, it is read as itself.
    #[test]
    fn amounts_come_back(sum in 1_000i64..1_000_000_000_000_000, mark in prop::sample::select(vec![".", ",", " ", ""])) {
        let digits = sum.to_string();
        let grouped: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
        let read = read(Holds::Amount, &[text(&grouped.join(mark))]);
        prop_assert_eq!(read, Ok(vec![Ok(Some(Read::Whole(sum)))]));
    }

    #[test]
    fn no_text_stops_a_reading(said in "\\PC{0,30}") {
        for holds in [Holds::Text, Holds::Code, Holds::Chapter, Holds::Phone, Holds::Amount, Holds::Day, Holds::Count] {
            let _ = read(holds, &[text(&said)]);
        }
    }
}
