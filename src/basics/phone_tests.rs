use super::*;
use proptest::prelude::*;

fn read(typed: &str) -> Result<String, PhoneError> {
    Phone::parse(typed).map(Phone::into_string)
}

#[test]
fn one_number_however_it_is_written() {
    for typed in [
        "0912345678",
        "+84912345678",
        "84912345678",
        "0084912345678",
        "00 84 (0) 912 345 678",
        "0912.345.678",
        "0912-345-678",
        "0912/345/678",
        "(091) 234-5678",
        "+84 (0)912 345 678",
        "\u{202A}0912 345 678\u{202C}",
        "\u{202D}+84\u{A0}912\u{202F}345\u{2009}678\u{200E}",
        "0912–345—678",
        "0912‑345‑678",
        "0912\u{2212}345\u{AD}678",
        "\u{FEFF}0912\u{200B}345\u{2060}678",
        "'0912345678",
        "tel:+84-912-345-678",
        "0912\u{3000}345678\r\n",
    ] {
        assert_eq!(read(typed).as_deref(), Ok("0912345678"), "{typed:?}");
        assert_eq!(Phone::sought(typed).unwrap().as_str(), "0912345678", "{typed:?}");
    }
    assert_eq!(Phone::parse("0912345678").unwrap().kind(), PhoneKind::Mobile);
    for typed in ["02523865123", "0252 3 865 123", "+84 252 3865123", "842523865123", "(0252) 3865.123"] {
        let phone = Phone::parse(typed).unwrap();
        assert_eq!((phone.as_str(), phone.kind()), ("02523865123", PhoneKind::Landline), "{typed}");
    }
}

#[test]
fn numbers_of_eleven_digits_are_those_of_2018() {
    for (old, today) in [
        ("0168 123 4567", "0381234567"),
        ("+84 162 123 4567", "0321234567"),
        ("01201234567", "0701234567"),
        ("01211234567", "0791234567"),
        ("0122 1234567", "0771234567"),
        ("01261234567", "0761234567"),
        ("01281234567", "0781234567"),
        ("01231234567", "0831234567"),
        ("01241234567", "0841234567"),
        ("01251234567", "0851234567"),
        ("01271234567", "0811234567"),
        ("01291234567", "0821234567"),
        ("841861234567", "0561234567"),
        ("01881234567", "0581234567"),
        ("0199.123.4567", "0591234567"),
    ] {
        assert_eq!(read(old).as_deref(), Ok(today), "{old}");
        assert_eq!(Phone::sought(old), Phone::sought(today));
    }
    for dead in ["01101234567", "0140 123 4567", "01871234567", "0123456789"] {
        assert_eq!(read(dead), Err(PhoneError::Dead), "{dead}");
    }
}

#[test]
fn landlines_before_2017_are_refused_with_their_new_number() {
    for (old, today) in [
        ("04 3822 4030", "02438224030"),
        ("+84 4 3822 4030", "02438224030"),
        ("08 3822 4030", "02838224030"),
        ("(08) 38224030", "02838224030"),
        ("08.62224030", "02862224030"),
        ("+84 8 3822 4030", "02838224030"),
        ("+84 (08) 38224030", "02838224030"),
        ("062 386 5123", "02523865123"),
        ("0633865123", "02633865123"),
        ("0511 386 5123", "02363865123"),
        ("0240 3865123", "02043865123"),
        ("0281 3865123", "02093865123"),
    ] {
        assert_eq!(read(old), Err(PhoneError::OldLandline(today.to_owned())), "{old}");
        assert_eq!(read(today).as_deref(), Ok(today));
        if !old.contains("08") && !old.contains("84 8") {
            assert_eq!(Phone::sought(old).unwrap().as_str(), today, "{old}");
        }
        let (vi, en) = read(old).unwrap_err().advice();
        assert!(vi.contains(today) && en.contains(today), "{vi}");
    }
    // The digits alone are today's mobile, and so are pairs and threes.
    for mobile in ["0838224030", "083 822 4030", "0838.224.030", "08 38 22 40 30", "+84 838224030", "+84 (0)838224030"] {
        assert_eq!(read(mobile).as_deref(), Ok("0838224030"), "{mobile}");
    }
    assert_eq!(Phone::sought("08 3822 4030").unwrap().as_str(), "0838224030", "whoever has it finds it");
}

#[test]
fn what_is_no_number_of_ours_says_why() {
    for (typed, why) in [
        ("", PhoneError::Empty),
        (" \u{200B}() ", PhoneError::Empty),
        ("+", PhoneError::NotDigits),
        ("hanh", PhoneError::NotDigits),
        ("0912345678 Lan", PhoneError::NotDigits),
        ("０９１２３４５６７８", PhoneError::NotDigits),
        ("0912+345678", PhoneError::NotDigits),
        ("12345", PhoneError::NoNumber),
        ("912345678", PhoneError::NoNumber),
        ("091234567", PhoneError::NoNumber),
        ("09123456789012", PhoneError::NoNumber),
        ("0912345678/0987654321", PhoneError::NoNumber),
        ("02173865123", PhoneError::NoNumber),
        ("02413865123x", PhoneError::NotDigits),
        ("19001234", PhoneError::NoNumber),
        ("+1 202 555 0100", PhoneError::Foreign),
        ("0044 20 7123 456", PhoneError::Foreign),
        ("00442071234", PhoneError::Foreign),
        ("+856 20 5512345", PhoneError::Foreign),
    ] {
        assert_eq!(read(typed), Err(why.clone()), "{typed:?}");
        let (vi, en) = why.advice();
        assert!(vi.len() > 20 && en.len() > 20 && vi != en);
    }
    assert_eq!(read(&"0".repeat(1_000_000)), Err(PhoneError::NoNumber));
}

#[test]
fn what_was_kept_before_is_carried_on_where_that_is_certain() {
    let today = |kept: &str| Phone::today(kept).map(Phone::into_string);
    assert_eq!(today("01681234567").as_deref(), Some("0381234567"));
    assert_eq!(today("0438224030").as_deref(), Some("02438224030"));
    assert_eq!(today("0838224030").as_deref(), Some("0838224030"));
    assert_eq!(today("0912345678").as_deref(), Some("0912345678"));
    for unknown in ["0044207123", "01401234567", "", "x", "012"] {
        assert_eq!(today(unknown), None, "{unknown}");
    }
    // Whoever logs in with such a number still does.
    assert_eq!(Phone::sought("0140 123 4567").unwrap().as_str(), "01401234567");
    assert_eq!(Phone::sought("12345"), None);
    assert_eq!(Phone::sought("0044207123"), None);
}

#[test]
fn no_old_area_code_is_one_of_today() {
    for (old, today) in OLD_AREAS {
        let number = if old.len() == 3 { format!("{old}3865123") } else { format!("{old}386512{}", 3) };
        assert!(
            matches!(judge(&number), Err(PhoneError::OldLandline(new)) if is_area(&new) && new.starts_with(today)),
            "{number}"
        );
    }
}

proptest! {
    #[test]
    fn reading_is_done_once(text in "(\\+84|0084|84|0)[0-9 .-]{6,14}") {
        if let Ok(phone) = Phone::parse(&text) {
            prop_assert_eq!(Phone::parse(phone.as_str()), Ok(phone.clone()));
            prop_assert_eq!(Phone::sought(&text), Some(phone.clone()));
            prop_assert_eq!(Phone::today(phone.as_str()), Some(phone));
        }
    }

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,30}|[0-9+ ()]{0,20}") {
        let _ = (Phone::parse(&text), Phone::sought(&text), Phone::today(&text));
    }
}
