//! Text as people type it: letters that look alike, what nobody sees, old fonts, a Vietnamese keyboard left on, links of ours, amounts.
//! One reading serves storing, finding and uniqueness.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::basics::text::fold;
use so_nhan_ai::upkeep::UpkeepError;
use so_nhan_ai::upkeep::steps;
use uuid::Uuid;

use crate::books::{audit, errors};
use crate::harness::{Caller, TestApp};
use crate::kit::appeal;
use crate::look::{escaped, raw};
use crate::portal::page;

/// A code whose letters Telex takes for marks.
const CODE: &str = "S9CENRY14WZNQHTRH";

fn hits(app: &TestApp, typed: &str) -> usize {
    app.anonymous().get(&format!("/api/v1/public/entries?q={}", escaped(typed)), 200)["items"].as_array().unwrap().len()
}

fn units(app: &TestApp, typed: &str) -> Vec<String> {
    let found = app.anonymous().get(&format!("/api/v1/public/units?q={}", escaped(typed)), 200);
    found["items"].as_array().unwrap().iter().map(|unit| unit["full_name"].as_str().unwrap().to_owned()).collect()
}

fn give(app: &TestApp, officer: &Caller<'_>, change: Value) -> Value {
    officer.post("/api/v1/gifts", app.gift(change), 201)
}

fn named(name: &str) -> Value {
    json!({"giver": {"kind": "PERSON", "name": name}, "display": "FULL_NAME"})
}

/// What a browser is told at an address: the status, and where it leads.
fn leads(app: &TestApp, path: &str) -> (u16, Option<String>) {
    let answer = raw(app, &format!("GET {path} HTTP/1.1"), "Accept: text/html\r\n", b"");
    let there = answer.head.lines().find_map(|line| line.strip_prefix("location: ")).map(str::to_owned);
    (answer.status, there)
}

#[test]
fn letters_that_look_alike_are_one_letter_for_finding_storing_and_uniqueness() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    for (typed, stored, found_by) in [
        ("\u{D0}oàn \u{D0}ình \u{D0}ức", "Đoàn Đình Đức", ["doan dinh duc", "Đoàn Đình Đức", "\u{189}oàn \u{F0}ình"]),
        ("Y \u{243}lăm", "Y \u{243}lăm", ["blam", "y blam", "\u{180}lăm"]),
        (
            "Trần\u{a0} Thị \u{200B}\u{2009}Thử\u{202C}",
            "Trần Thị Thử",
            ["tran thi thu", "\"tran thi thu\"", "Trần  Thị\u{a0}Thử"],
        ),
        ("H\u{2019}Hen Niê", "H\u{2019}Hen Niê", ["hhen", "h'hen nie", "hen nie"]),
        ("Ksor H'B\u{1a1}\u{306}", "Ksor H'B\u{1a1}\u{306}", ["hbo", "ksor h'bo", "ksor h bo"]),
    ] {
        let booked = give(&app, &officer, named(typed));
        let shown = app.anonymous().get(&format!("/api/v1/public/entries/{}", booked["code"].as_str().unwrap()), 200);
        assert_eq!(shown["giver"], stored, "{typed:?}");
        app.wait_for_index();
        for words in found_by {
            assert_eq!(hits(&app, words), 1, "{typed:?} by {words:?}");
        }
    }
    for (typed, right) in [
        ("\u{D0}ồng Nai", "Đồng Nai"),
        ("\u{243}uôn Ma Thuột", "Buôn Ma Thuột"),
        ("cu mgar", "cư m'gar"),
        ("ea hleo", "Ea H'leo"),
    ] {
        let found = units(&app, typed);
        assert!(!found.is_empty() && found == units(&app, right), "{typed}: {found:?}");
    }
    let admin = app.staff(Role::ProvincialAdministrator, "68");
    let branch = |name: &str| json!({"id": Uuid::now_v7(), "parent": "23095", "level": "BRANCH", "kind": "RESIDENTIAL", "name": name, "decision_no": "7"});
    for (first, twins) in [
        (
            "Chi hội thôn Đông 1",
            &["Chi hội thôn \u{D0}ông 1", "chi hội  thôn\u{a0}dong 1", "Chi hội thôn Đông 01", "Chi hội thôn\u{200B} Đông 1"][..],
        ),
        ("Chi hội buôn Cư M'gar", &["Chi hội buôn Cư M\u{2019}gar", "Chi hội buôn Cư Mgar"][..]),
    ] {
        admin.post("/api/v1/chapters", branch(first), 201);
        for twin in twins {
            let refused = admin.post("/api/v1/chapters", branch(twin), 422);
            assert_eq!(errors(&refused), [("/name".to_owned(), "NAME_TAKEN".to_owned())], "{twin:?}");
        }
    }
    audit(&app);
}

#[test]
fn names_that_no_paper_can_print_are_refused_with_what_to_do() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    for (name, code, said) in [
        ("NguyÔn V¨n L\u{AD}¬ng", "GARBLED_TEXT", "Nguyễn Văn Lương"),
        ("Nguyeãn Vaên Löông", "GARBLED_TEXT", "Nguyễn Văn Lương"),
        ("HoÃ\u{a0}ng Táº¡", "GARBLED_TEXT", "Hoàng Tạ"),
        ("Tr廕吵", "NOT_PRINTABLE", "QR giải mã sai tiếng Việt"),
        ("B髶h", "NOT_PRINTABLE", "QR giải mã sai tiếng Việt"),
        ("Ольга", "NOT_PRINTABLE", "Latinh"),
        ("Nguy\u{FFFD}n", "NOT_PRINTABLE", "U+FFFD"),
    ] {
        let refused = officer.post("/api/v1/gifts", app.gift(named(name)), 422);
        assert_eq!(errors(&refused), [("/giver/name".to_owned(), code.to_owned())], "{name}");
        assert!(refused.to_string().contains(said), "{name}: {refused}");
    }
    // What a bank or a giver wrote is kept to the letter.
    let gift = app.gift(json!({"channel": "BANK_TRANSFER", "memo": "NguyÔn V¨n L\u{AD}¬ng", "wish": "Слава 加油 🌻"}));
    officer.post("/api/v1/gifts", gift.clone(), 201);
    let own = officer.get(&format!("/api/v1/gifts/{}", gift["id"].as_str().unwrap()), 200);
    assert_eq!(own["particulars"]["memo"], "NguyÔn V¨n L\u{AD}¬ng");
    assert_eq!(own["particulars"]["wish"], "Слава 加油 🌻");
    // Letters of all languages of Vietnam, on the page as on paper.
    for name in ["Y \u{243}lăm Niê", "Čil Y Ŭ Ơ\u{306} Ñĕ", "Jürgen Müller"] {
        let gift = app.gift(named(name));
        officer.post("/api/v1/gifts", gift.clone(), 201);
        let path = format!("/api/v1/gifts/{}/cash-receipt.pdf", gift["id"].as_str().unwrap());
        assert!(officer.get_text(&path, 200).starts_with("%PDF-"));
    }
    let account = json!({"id": Uuid::now_v7(), "user_name": "linh.hamliem", "full_name": "阮 Linh", "phone": "0912345671", "chapter": "23095"});
    let refused = app.staff(Role::ProvincialAdministrator, "68").post("/api/v1/accounts", account, 422);
    assert!(errors(&refused).contains(&("/full_name".to_owned(), "NOT_PRINTABLE".to_owned())), "{refused}");
    audit(&app);
}

#[test]
fn codes_typed_with_a_vietnamese_keyboard_on_and_links_of_ours_lead_to_their_entry() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    give(&app, &officer, json!({"code": CODE}));
    for _ in 0..5 {
        give(&app, &officer, json!({}));
    }
    let there = format!("/g/{CODE}");
    for typed in
        ["S9CE-NRY1-4ƯZN-QHTR-H", "s9ce nrý 4wzn qhtr h", "S9CENRÝ4WZNQHTRH", "S9CE-NRY1-4WZN-QHT-H", " s9cenry14wznqhtrh "]
    {
        assert_eq!(leads(&app, &format!("/tim?q={}", escaped(typed))), (303, Some(there.clone())), "{typed}");
        let path = escaped(typed.trim());
        assert_eq!(leads(&app, &format!("/g/{path}")), (303, Some(there.clone())), "{typed}");
        assert_eq!(app.anonymous().get(&format!("/api/v1/public/entries/{path}"), 200)["code"], CODE, "{typed}");
    }
    let hash = "41f8063d9d4444d9";
    for link in [
        format!("https://so.redcross.org.vn/g/{CODE}?h={hash}"),
        format!("HTTPS://SO.REDCROSS.ORG.VN/G/{CODE}?H={}", hash.to_uppercase()),
        format!("so.redcross.org.vn/g/{}?lang=en&h={hash}", CODE.to_lowercase()),
        format!("http://x.vn/g/S9CE-NRY1-4ƯZN-QHTR-H?h={hash}"),
    ] {
        assert_eq!(leads(&app, &format!("/tim?q={}", escaped(&link))), (303, Some(format!("{there}?h={hash}"))), "{link}");
    }
    assert_eq!(leads(&app, &format!("/G/{CODE}?H={}", hash.to_uppercase())), (303, Some(format!("{there}?h={hash}"))));
    assert_eq!(leads(&app, &format!("/G/{CODE}")), (303, Some(there.clone())));
    app.open_appeal("68", "LULUT-2026");
    for path in ["/KEU-GOI/lulut-2026", "/tim?q=https%3A%2F%2Fx.vn%2FKeu-Goi%2Flulut-2026"] {
        assert_eq!(leads(&app, path), (303, Some("/keu-goi/LULUT-2026".to_owned())), "{path}");
    }
    // Nobody is led to another host, and what is no entry says what may be wrong.
    for (typed, hint) in [
        ("S9CE-NRÝ-4ƯZN-QHTR-X", "bộ gõ tiếng Việt đang bật"),
        ("S9CENRY14WZNQHTRX", "bộ gõ tiếng Việt đang bật"),
        ("Trường Hàm Liêm 2", "Hãy thử ít từ hơn"),
    ] {
        let text = page(&app, &format!("/tim?q={}", escaped(typed)));
        assert!(text.contains(hint), "{typed}: {text}");
    }
    let refused = app.anonymous().get(&format!("/api/v1/public/entries/{}", escaped("S9CE-NRÝ-4ƯZN-QHTR-X")), 404);
    assert!(refused.to_string().contains("bộ gõ tiếng Việt"), "{refused}");
    for evil in ["https://evil.example/g/x", "//evil.example/keu-goi/..", "https://evil.example/don-vi/%0d%0ax"] {
        assert_eq!(leads(&app, &format!("/tim?q={}", escaped(evil))).0, 200, "{evil}");
    }
}

#[test]
fn amounts_memos_and_places_are_found_as_people_type_them() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT-2026");
    let officer = app.officer_of("23095");
    let big = give(
        &app,
        &officer,
        json!({"appeal": "LULUT-2026", "amount_vnd": 1_500_000, "giver": {"kind": "PERSON", "name": "Lê An"}, "display": "FULL_NAME"}),
    );
    let small = give(&app, &officer, json!({"amount_vnd": 500_000}));
    let (big, small) = (big["code"].as_str().unwrap(), small["code"].as_str().unwrap());
    app.wait_for_index();
    for (typed, code, other) in [
        ("1tr5", big, small),
        ("1,5 triệu", big, small),
        ("1 triệu 500 nghìn đồng", big, small),
        ("500k", small, big),
        ("500 nghìn", small, big),
        ("LULUT2026", big, small),
        ("lulut 026", big, small),
    ] {
        let text = page(&app, &format!("/tim?q={}", escaped(typed)));
        assert!(text.contains(code) && !text.contains(other), "{typed}: {text}");
    }
    for typed in ["hafm liem", "ham2 liem6", "Hàm Lieemj"] {
        let text = page(&app, &format!("/tim?q={}", escaped(typed)));
        assert!(text.contains(big) && text.contains("Tìm theo:"), "{typed}: {text}");
        let found = app.anonymous().get(&format!("/api/v1/public/entries?q={}&limit=1", escaped(typed)), 200);
        let next = found["next"].as_str().unwrap();
        let rest = app.anonymous().get(&format!("/api/v1/public/entries?q={}&limit=1&cursor={next}", escaped(typed)), 200);
        assert_eq!(rest["items"].as_array().unwrap().len(), 1, "{typed}: the next page is of the same reading");
    }
    assert!(!page(&app, "/tim?q=le+an").contains("Tìm theo:"));
    for (typed, first) in [("Bắc Kanj", "Tỉnh Bắc Kạn"), ("tphcm", "Thành phố Hồ Chí Minh"), ("hanoi", "Thành phố Hà Nội")]
    {
        assert!(units(&app, typed).iter().any(|name| fold(name) == fold(first)), "{typed}: {:?}", units(&app, typed));
    }
    let chapters = app.anonymous().get("/api/v1/public/chapters?q=hafm+liem", 200);
    assert_eq!(chapters["items"][0]["code"], "23095");
}

#[test]
fn codes_of_appeals_that_typing_changes_are_refused_when_made() {
    let app = TestApp::start();
    let chair = app.chair_of("68");
    let draft = |code: &str| appeal(&app, "68", code).body();
    for code in ["BAO3", "BAO3-2026", "BAOSO3", "NUOCSACH", "DAODUONG", "LULUT2026"] {
        let refused = chair.post("/api/v1/appeals", draft(code), 422);
        assert_eq!(errors(&refused), [("/code".to_owned(), "CHANGED_BY_TYPING".to_owned())], "{code}");
    }
    assert_eq!(app.database.number("SELECT count(*) FROM appeal"), 0);
    for code in ["BAO-3", "TET-2027", "LULUT-2026"] {
        chair.post("/api/v1/appeals", draft(code), 201);
    }
    // One of before stays, and sending it again finds it.
    let old = draft("CU");
    chair.post("/api/v1/appeals", old.clone(), 201);
    app.database.execute("UPDATE appeal SET code = 'BAO3-2026' WHERE code = 'CU'");
    let mut again = old;
    again["code"] = json!("BAO3-2026");
    chair.post("/api/v1/appeals", again, 200);
    chair.post("/api/v1/appeals/BAO3-2026/opening", json!(null), 200);
}

/// Entries and chapters of a database of before are found as new ones are, wherever whoever reads them anew is killed.
#[test]
fn what_was_stored_before_is_read_anew_by_steps_that_may_be_killed() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    for name in ["Đặng Văn Thử", "H'Hen Niê", "Lê An", "Y \u{243}lăm", "Trần Bình"] {
        give(&app, &officer, named(name));
    }
    let admin = app.staff(Role::ProvincialAdministrator, "68");
    for name in ["Chi hội buôn Cư M'gar", "Chi hội thôn 1"] {
        let branch = json!({"id": Uuid::now_v7(), "parent": "23095", "level": "BRANCH", "kind": "RESIDENTIAL", "name": name, "decision_no": "7"});
        admin.post("/api/v1/chapters", branch, 201);
    }
    app.wait_for_log();
    let state = || {
        app.database.text("SELECT string_agg(p.seq || p.words::text, ',' ORDER BY p.seq) FROM public_entry p")
            + &app
                .database
                .text("SELECT md5(string_agg(c.code || c.folded || c.words::text, ',' ORDER BY c.code)) FROM chapter c")
    };
    let now = state();
    // As the program of before wrote them: the eth cut off, apostrophes a gap, zeros kept, and a twin that was taken for another name.
    app.database.execute(
        "UPDATE public_entry SET giver = E'\\u00D0ặng Văn Thử', words = array_to_tsvector(array_remove(array_remove(tsvector_to_array(words), 'dang'), 'dang_van') || array['ang', 'ang_van'])
         WHERE giver = 'Đặng Văn Thử';
         UPDATE public_entry SET words = array_to_tsvector(array_remove(array_remove(tsvector_to_array(words), 'hhen'), 'hhen_nie')) WHERE giver = 'H''Hen Niê';
         UPDATE public_entry SET words = array_to_tsvector(array_remove(array_remove(tsvector_to_array(words), 'blam'), 'y_blam') || array['lam', 'y_lam']) WHERE giver LIKE 'Y %';
         UPDATE chapter SET folded = 'chi hoi buon cu m gar' WHERE name = 'Chi hội buôn Cư M''gar';
         UPDATE chapter SET folded = 'chi hoi thon 01' WHERE name = 'Chi hội thôn 1';
         DELETE FROM data_step_note; DELETE FROM data_step",
    );
    assert_ne!(state(), now);
    let mut conn = app.database.connect();
    let (mut kills, mut last) = (0, None);
    loop {
        let mut kill = |moment, name: &'static str, looked_at: u64| match Some((moment, name, looked_at)) {
            here if here != last => {
                last = here;
                Err(UpkeepError::Refused("killed".to_owned()))
            }
            _ => Ok(()),
        };
        match steps::run_on(&mut conn, steps::STEPS, &app.shared.vault, &app.clock, 2, &mut kill) {
            Ok(()) => break,
            Err(UpkeepError::Refused(why)) if why == "killed" => kills += 1,
            Err(error) => panic!("{error}"),
        }
        assert!(kills < 200);
    }
    assert!(kills > 4, "{kills}");
    assert_eq!(state(), now);
    // The name itself is stored as it was given; here only the row that is shown was made old.
    app.database.execute("UPDATE public_entry SET giver = 'Đặng Văn Thử' WHERE giver LIKE E'\\u00D0%'");
    audit(&app);
}
