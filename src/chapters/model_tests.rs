// Tests of the pure rules of chapters.

use super::*;
use proptest::prelude::*;

#[test]
fn names_of_levels_and_kinds_are_read_back() {
    for level in &Level::ALL {
        assert_eq!(Level::parse(level.name()), Some(*level));
        assert_eq!(serde_json::to_value(level).unwrap(), level.name());
    }
    for kind in &Kind::ALL {
        assert_eq!(Kind::parse(kind.name()), Some(*kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
    }
}

/// The table in words, so that a line added by habit still fails somewhere.
#[test]
fn what_no_founding_may_ever_say() {
    for level in &Level::ALL {
        for kind in &Kind::ALL {
            for above in &Level::ALL {
                for parent_kind in &Kind::ALL {
                    let parent = (*above, *parent_kind);
                    if !may_found(*level, *kind, parent) {
                        continue;
                    }
                    let what = format!("{level:?} {kind:?} under {parent:?}");
                    assert!(*kind != Kind::Territorial, "territorial chapters come with their units: {what}");
                    assert!([Level::Grassroots, Level::Branch].contains(level), "{what}");
                    assert!(![Level::Central, Level::District, Level::Branch].contains(above), "{what}");
                    assert!(*level != Level::Branch || *above != Level::Province, "a branch has a grassroots chapter: {what}");
                    assert!(*level == Level::Branch || ![Kind::Residential, Kind::Interest].contains(kind), "{what}");
                    let alien = *above == Level::Grassroots && kind != parent_kind && *kind != Kind::Interest;
                    assert!(!alien, "a school has no hospital's branch: {what}");
                }
            }
        }
    }
    assert!(may_found(Level::Grassroots, Kind::School, (Level::Commune, Kind::Territorial)));
    assert!(may_found(Level::Grassroots, Kind::Agency, (Level::Province, Kind::Territorial)));
    assert!(may_found(Level::Branch, Kind::School, (Level::Grassroots, Kind::School)));
    assert!(may_found(Level::Branch, Kind::Residential, (Level::Commune, Kind::Territorial)));
}

#[test]
fn codes_say_province_kind_and_number() {
    let school = code_prefix(Level::Grassroots, Kind::School, "68", "23095");
    assert_eq!((school.as_str(), code(Level::Grassroots, &school, 1)), ("68-TH", "68-TH-0001".to_owned()));
    assert_eq!(code(Level::Grassroots, &school, 12_345), "68-TH-12345");
    let class = code_prefix(Level::Branch, Kind::School, "68", "68-TH-0001");
    assert_eq!(code(Level::Branch, &class, 12), "68-TH-0001-CH012");
    assert_eq!(code(Level::Branch, &code_prefix(Level::Branch, Kind::Residential, "68", "23095"), 3), "23095-CH003");
    for (kind, letters) in [(Kind::Agency, "CQ"), (Kind::Hospital, "BV"), (Kind::Enterprise, "DN")] {
        assert_eq!(code_prefix(Level::Grassroots, kind, "01", "x"), format!("01-{letters}"));
    }
}

#[test]
fn short_names_leave_out_what_all_begin_with() {
    for (name, short) in [
        ("Hội Chữ thập đỏ Trường THCS Hàm Liêm", "Trường THCS Hàm Liêm"),
        ("HỘI CHỮ THẬP ĐỎ TRƯỜNG THCS HÀM LIÊM", "TRƯỜNG THCS HÀM LIÊM"),
        ("Chi hội Chữ thập đỏ thôn 2", "thôn 2"),
        ("Chi hội lớp 6A", "lớp 6A"),
        ("Hội CTĐ Bệnh viện Đa khoa", "Bệnh viện Đa khoa"),
        ("Trường Tiểu học Lê Lợi", "Trường Tiểu học Lê Lợi"),
        ("Chi hội ", "Chi hội "),
    ] {
        assert_eq!(short_name(name), short, "{name}");
    }
}

#[test]
fn offices_are_reached_by_plausible_numbers_and_addresses() {
    for good in ["0252 3865 123", "(0252) 3.865.123", "+84 252 3865 123", "19001234"] {
        assert!(is_office_phone(good), "{good}");
    }
    for copied in ["\u{202A}0252\u{a0}3865\u{2013}123\u{202C}", "0252 3865‑123"] {
        assert_eq!(plain_office_phone(copied), "0252 3865-123");
    }
    for bad in ["", "113", "0252 3865 123 456 789", "0252 abc 12345", "++8425238", "8425+238651"] {
        assert!(!is_office_phone(bad), "{bad}");
    }
    for good in ["ctd.hamliem@lamdong.gov.vn", "a@b.vn"] {
        assert!(is_email(good), "{good}");
    }
    for bad in ["", "a", "a@b", "@b.vn", "a@.vn", "a b@c.vn", "a@b..vn", "a@b@c.vn", "hàm@liêm.vn"] {
        assert!(!is_email(bad), "{bad}");
    }
    for (given, kept) in [
        ("0301234567", Some("0301234567")),
        ("0301234567-001", Some("0301234567-001")),
        ("0301234567001", Some("0301234567-001")),
        ("001234567890", Some("001234567890")),
        ("030123456", None),
        ("0301234567-01", None),
        ("030123456a", None),
        ("０３０１２３４５６７", None),
    ] {
        assert_eq!(tax_code(given).as_deref(), kept, "{given}");
    }
}

proptest! {
    #[test]
    fn any_text_is_judged_without_panic(text in ".{0,40}") {
        let _ = (is_office_phone(&text), is_email(&text), tax_code(&text), short_name(&text), folded_name(&text));
    }

    #[test]
    fn a_code_begins_with_its_parents(n in 1..2_000i32, parent in "[0-9]{5}|[0-9]{2}-(TH|CQ|BV|DN)-[0-9]{4}") {
        let branch = code(Level::Branch, &code_prefix(Level::Branch, Kind::School, "68", &parent), n);
        let begins = format!("{parent}-CH");
        prop_assert!(branch.starts_with(&begins) && branch.len() <= 40);
    }
}
