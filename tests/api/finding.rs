//! Persons to find: givers of a chapter by words of their names and the last digits of their numbers, over sealed names.

use std::cell::Cell;

use diesel::prelude::*;
use diesel::sql_types::{Array, Text};
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::basics::text::order;
use so_nhan_ai::giving::finding;
use so_nhan_ai::upkeep::UpkeepError;
use so_nhan_ai::upkeep::steps::{self, Moment, Step};

use crate::books::{self, errors};
use crate::harness::{Caller, TestApp};
use crate::look::{Dump, all, book, escaped, reverse};
use crate::personal::{REQUESTS, ask, party_of, path};

/// Looks among the givers of a chapter; `more` are further parameters.
fn asked(chapter: &str, q: &str, more: &str) -> String {
    format!("/api/v1/parties?chapter={chapter}&q={}{more}", escaped(q))
}

fn find(caller: &Caller<'_>, q: &str) -> Vec<Value> {
    caller.get(&asked("23095", q, ""), 200)["items"].as_array().unwrap().clone()
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["name"].as_str().unwrap()).collect()
}

fn giver(name: &str, phone: Option<&str>) -> Value {
    json!({"kind": "PERSON", "name": name, "phone": phone})
}

/// Records a gift and returns it as it was sent.
fn give(app: &TestApp, caller: &Caller<'_>, name: &str, phone: Option<&str>, change: Value) -> Value {
    let mut gift = app.gift(json!({"giver": giver(name, phone)}));
    for (key, value) in change.as_object().unwrap() {
        gift[key] = value.clone();
    }
    caller.post("/api/v1/gifts", gift.clone(), 201);
    gift
}

/// Asks, and has it approved where it takes a second person.
fn done(app: &TestApp, caller: &Caller<'_>, chair: &Caller<'_>, kind: &str, of: Value) {
    let request = ask(app, kind, of);
    if caller.post(REQUESTS, request.clone(), 201)["state"] != "DONE" {
        assert_eq!(chair.post(&path(&request, "/approval"), json!(null), 200)["state"], "DONE");
    }
}

#[test]
fn which_nguyen_van_an_gave_in_march() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of("23095");
    let day = |days: i64| app.today() - chrono::Duration::days(days);
    let on = |days: i64| json!({"received_on": day(days), "channel": "BANK_TRANSFER"});
    let march = give(&app, &officer, "Nguyễn Văn An", Some("0912345678"), on(30));
    give(&app, &officer, "NGUYỄN VĂN AN", Some("0912345678"), on(10));
    give(&app, &officer, "Nguyễn Văn An", Some("0987650001"), on(1));
    give(&app, &officer, "Nguyễn Văn Ân", None, json!({"appeal": "LULUT", "received_on": day(2)}));
    give(&app, &officer, "Trần Thị An Bình", None, on(30));
    let wrong = give(&app, &officer, "Lê Nhầm", Some("0912340000"), on(5));
    app.chair_of("23095");
    reverse(&app, wrong["id"].as_str().unwrap(), "nhầm");

    // Any order, with marks or without; every word must be there, whole.
    for q in ["Nguyễn Văn An", "an nguyen van", "VAN, an", "An Nguye\u{302}\u{303}n"] {
        assert_eq!(names(&find(&officer, q)), ["Nguyễn Văn An", "NGUYỄN VĂN AN", "Nguyễn Văn Ân"], "{q}");
    }
    assert_eq!(names(&find(&officer, "an binh")), ["Trần Thị An Bình"]);
    for q in ["ngu van", "Nguyễn Văn Anh", "an an an binh nguyen"] {
        assert!(find(&officer, q).is_empty(), "{q}");
    }
    // The end of a number, alone or with a word, or all of it however it is written.
    for q in ["5678", "an 5678", "0912 345 678", "+84 912.345.678", "345678 nguyen"] {
        let found = find(&officer, q);
        assert_eq!(names(&found), ["NGUYỄN VĂN AN"], "{q}");
        assert_eq!((&found[0]["phone_ends"], &found[0]["gifts"], &found[0]["reversed"]), (&json!("5678"), &json!(2), &json!(0)));
        assert_eq!(found[0]["last_on"], json!(day(10)));
        assert!(!found[0].to_string().contains("0912345678"), "the whole number stands in the gift");
        assert_eq!(found[0]["id"], party_of(&officer, &march), "the name the chapter knows them by");
    }
    assert!(find(&officer, "binh 5678").is_empty() && find(&officer, "5679").is_empty());
    // Days and appeal.
    let within = |more: &str| officer.get(&asked("23095", "nguyen van an", more), 200)["items"].as_array().unwrap().clone();
    let old = within(&format!("&from={}&to={}", day(31), day(29)));
    assert_eq!((names(&old), &old[0]["gifts"], &old[0]["last_gift"]), (vec!["Nguyễn Văn An"], &json!(1), &march["id"]));
    assert_eq!(names(&within(&format!("&from={}", day(2)))), ["Nguyễn Văn An", "Nguyễn Văn Ân"]);
    assert_eq!(names(&within("&appeal=LULUT")), ["Nguyễn Văn Ân"]);
    assert!(within(&format!("&to={}", day(40))).is_empty());
    // What was reversed does not count, and who gave it is still known.
    let reversed = &find(&officer, "nham")[0];
    assert_eq!((&reversed["gifts"], &reversed["reversed"]), (&json!(0), &json!(1)));
    books::audit(&app);
}

#[test]
fn a_question_that_asks_for_nothing_is_refused_with_what_to_do() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    for (q, code) in [
        ("", "NOT_A_LINE"),
        ("a", "TOO_SHORT"),
        ("123", "TOO_SHORT"),
        ("🌻", "TOO_SHORT"),
        ("NguyÔn V¨n An", "GARBLED_TEXT"),
        ("Nguyeãn Vaên An", "GARBLED_TEXT"),
        ("a b c d e f g h i k l m an", "TOO_LONG"),
    ] {
        let problem = officer.get(&asked("23095", q, ""), 422);
        assert_eq!(errors(&problem), [("q".to_owned(), code.to_owned())], "{q}");
    }
    officer.get(&asked("23095", &"an ".repeat(334), ""), 422);
    officer.get("/api/v1/parties?chapter=23095", 422);
    let backwards = officer.get(&asked("23095", "an", "&from=2026-11-02&to=2026-11-01"), 422);
    assert_eq!(errors(&backwards), [("from".to_owned(), "OUT_OF_RANGE".to_owned())]);
    let unknown = officer.get(&asked("23095", "an", "&appeal=KHONG-CO"), 422);
    assert_eq!(errors(&unknown), [("appeal".to_owned(), "NO_SUCH_APPEAL".to_owned())]);
    officer.get(&asked("23095", "an", "&from=hom-qua"), 422);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'PERSONS_SEARCHED'"), 0);
}

#[test]
fn nobody_finds_givers_of_a_chapter_they_may_not_read() {
    let app = TestApp::start();
    let (officer, neighbour) = (app.officer_of("23095"), app.officer_of("23059"));
    let known = Some("0912345678");
    give(&app, &officer, "Nguyễn Văn An", known, json!({"display": "ANONYMOUS"}));
    give(&app, &neighbour, "NGUYỄN VĂN AN", known, json!({"chapter": "23059"}));
    give(&app, &neighbour, "Trần Ở Kia", None, json!({"chapter": "23059"}));
    // Each finds their own, in their own words, under a name of their own.
    let (here, there) = (find(&officer, "nguyen an"), neighbour.get(&asked("23059", "nguyen an", ""), 200));
    assert_eq!((names(&here), &here[0]["gifts"], &here[0]["display"]), (vec!["Nguyễn Văn An"], &json!(1), &json!("ANONYMOUS")));
    assert_eq!(there["items"][0]["name"], "NGUYỄN VĂN AN");
    assert_ne!(here[0]["id"], there["items"][0]["id"]);
    assert!(find(&officer, "o kia").is_empty());
    officer.get(&asked("23059", "nguyen an", ""), 404);
    neighbour.get(&asked("23095", "nguyen an", ""), 404);
    app.anonymous().get(&asked("23095", "nguyen an", ""), 401);
    // Who reads the chapter's gifts from above looks at the chapter, and not at all that is below.
    let above = app.staff(Role::Inspector, "68");
    assert_eq!(find(&above, "nguyen an").len(), 1);
    assert!(above.get(&asked("68", "nguyen an", ""), 200)["items"].as_array().unwrap().is_empty());
    // The public does not find who wants to stay unknown.
    assert_eq!(app.anonymous().get("/api/v1/public/entries?q=nguyen%20van%20an", 200)["items"], json!([]));
    // One row, with hashes of two chapters that have nothing in common.
    assert_eq!(app.database.number("SELECT cardinality(words)::bigint FROM party WHERE phone IS NOT NULL"), 8);
    // Equal names at two chapters are not linked by what they are found by.
    give(&app, &officer, "Trần Ở Kia", None, json!({}));
    assert_eq!(app.database.number("SELECT count(*) FROM party a JOIN party b ON a.id < b.id AND a.words && b.words"), 0);
    books::audit(&app);
}

#[test]
fn every_look_is_noted_without_the_name_and_counted() {
    let app = TestApp::start();
    let account = app.account(Role::Officer, "23095");
    let officer = app.log_in(account);
    give(&app, &officer, "Phạm Quỳnhxqz", Some("0912345678"), json!({}));
    find(&officer, "quynhxqz 5678");
    find(&officer, "khongaixqz");
    let inspector = app.staff(Role::Inspector, "23095");
    let trail = inspector.get("/api/v1/audit-events?chapter=23095", 200)["items"].clone();
    let looks: Vec<&Value> = trail.as_array().unwrap().iter().filter(|event| event["action"] == "PERSONS_SEARCHED").collect();
    assert_eq!(looks.len(), 2, "{trail}");
    let text = app.database.text("SELECT string_agg(detail::text, ' ') FROM audit_event WHERE action = 'PERSONS_SEARCHED'");
    assert!(!text.contains("xqz") && !text.contains("5678"), "{text}");
    // Nor does the name stand in clear anywhere else.
    assert_eq!(Dump::of(&app.database).tables_with("quynhxqz"), Vec::<&str>::new());
    let first = app.database.text("SELECT detail::text FROM audit_event WHERE action = 'PERSONS_SEARCHED' ORDER BY id LIMIT 1");
    let first: Value = serde_json::from_str(&first).unwrap();
    assert_eq!((&first["words"], &first["digits"], &first["shown"]), (&json!(1), &json!(4), &json!(1)), "{first}");
    let of = format!("SELECT count(*) FROM audit_event WHERE action = 'PERSONS_SEARCHED' AND account_id = '{}'", account.id);
    assert_eq!(app.database.number(&of), 2);
    // So many an hour, for each account.
    app.database.execute(&format!(
        "INSERT INTO audit_event (at, account_id, action) SELECT '{}', '{}', 'PERSONS_SEARCHED' FROM generate_series(1, 118)",
        app.now().to_rfc3339(),
        account.id
    ));
    let refused = officer.send("GET", &asked("23095", "quynhxqz", ""), None);
    assert_eq!((refused.status, refused.json()["type"].clone()), (429, json!("/problems/rate-limited")));
    let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3_601).contains(&wait), "{wait}");
    assert_eq!(find(&app.officer_of("23095"), "quynhxqz").len(), 1, "others go on");
    app.clock.advance(chrono::Duration::minutes(61));
    assert_eq!(find(&app.log_in(account), "quynhxqz").len(), 1);
}

#[test]
fn who_is_corrected_restricted_or_erased_is_found_as_the_law_has_it() {
    let app = TestApp::start();
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let neighbour = app.officer_of("23059");
    let known = Some("0912345678");
    // Corrected where all gifts are ours: found under the new name and number only.
    let own = give(&app, &officer, "Lê Thị Hăng", Some("0987650001"), json!({}));
    let party = party_of(&officer, &own);
    let changes = json!({"party": party, "changes": {"name": "Lê Thị Nguyệt", "phone": "0987650002"}});
    done(&app, &officer, &chair, "CORRECT", changes);
    assert!(find(&officer, "le hang").is_empty() && find(&officer, "0001").is_empty());
    assert_eq!(
        (names(&find(&officer, "nguyet le")), names(&find(&officer, "0002"))),
        (vec!["Lê Thị Nguyệt"], vec!["Lê Thị Nguyệt"])
    );
    books::audit(&app);
    // Corrected here, and not what a neighbour holds.
    let both = give(&app, &officer, "Trần Văn Tám", known, json!({}));
    give(&app, &neighbour, "Trần Văn Tám", known, json!({"chapter": "23059"}));
    let changes = json!({"gift": both["id"], "changes": {"name": "Trần Văn Chín"}});
    done(&app, &officer, &chair, "CORRECT", changes);
    assert!(find(&officer, "tam").is_empty());
    assert_eq!(names(&find(&officer, "chin 5678")), ["Trần Văn Chín"]);
    assert_eq!(neighbour.get(&asked("23059", "tam", ""), 200)["items"].as_array().unwrap().len(), 1);
    assert!(neighbour.get(&asked("23059", "chin", ""), 200)["items"].as_array().unwrap().is_empty());
    books::audit(&app);
    // Two rows of one person become one: found once.
    let again = give(&app, &officer, "Trần Văn Chin", known, json!({}));
    assert_eq!(find(&officer, "chin").len(), 2);
    let changes = json!({"party": party_of(&officer, &again), "changes": {"name": "Trần Văn Chín"}});
    done(&app, &officer, &chair, "CORRECT", changes);
    let one = find(&officer, "chin");
    assert_eq!((one.len(), &one[0]["gifts"]), (1, &json!(2)));
    books::audit(&app);
    // Restricted here: kept and not found here; found elsewhere, and here again when it is lifted.
    give(&app, &neighbour, "Trần Văn Chín", known, json!({"chapter": "23059"}));
    let party = one[0]["id"].clone();
    done(&app, &officer, &chair, "RESTRICT", json!({"party": party}));
    assert!(find(&officer, "chin").is_empty());
    assert_eq!(neighbour.get(&asked("23059", "chin", ""), 200)["items"].as_array().unwrap().len(), 1);
    done(&app, &officer, &chair, "LIFT_RESTRICTION", json!({"party": party}));
    assert_eq!(find(&officer, "chin").len(), 1);
    books::audit(&app);
    // One gift of two is erased: still found, for the other one.
    done(&app, &officer, &chair, "ERASE", json!({"gift": again["id"]}));
    assert_eq!(find(&officer, "chin")[0]["gifts"], 1);
    // All of them here: not found here, and found where somebody else holds one.
    done(&app, &officer, &chair, "ERASE", json!({"party": party}));
    assert!(find(&officer, "chin").is_empty() && find(&officer, "5678").is_empty());
    assert_eq!(neighbour.get(&asked("23059", "chin", ""), 200)["items"].as_array().unwrap().len(), 1);
    books::audit(&app);
    // Erased everywhere: nothing is left to be found by.
    done(&app, &officer, &chair, "ERASE", json!({"party": party_of(&officer, &own)}));
    assert!(find(&officer, "nguyet").is_empty());
    assert_eq!(app.database.number("SELECT count(*) FROM party WHERE name IS NULL AND words <> '{}'"), 0);
    books::audit(&app);
}

#[test]
fn pages_are_in_the_order_of_a_vietnamese_list_and_have_an_end() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let right = [
        "Công ty Ánh Lê",
        "Nguyễn An Lê Ái",
        "Lê Hà An",
        "Lê Văn An",
        "Trần Lê An",
        "Lê Ân",
        "Lê Duy",
        "Lê Đào",
        "Lê Ơn",
        "Lê Tú",
        "Lê Tụ",
        "Lê Tư",
    ];
    for name in right.iter().rev() {
        let kind = if name.starts_with("Công ty") { "ORGANISATION" } else { "PERSON" };
        let gift = app.gift(json!({"giver": {"kind": kind, "name": name}}));
        officer.post("/api/v1/gifts", gift, 201);
    }
    let mut expected = right.to_vec();
    expected.sort_by_key(|name| {
        if name.starts_with("Công ty") { (order::of_text(name), order::Place::default()) } else { order::of_person(name) }
    });
    assert_eq!(names(&find(&officer, "le")), expected);
    for limit in [1, 5, 12] {
        assert_eq!(names(&all(&officer, &asked("23095", "le", ""), limit)), expected, "{limit}");
    }
    // A page goes on behind who was shown last, wherever they stand now, and from where they stood if they are gone.
    let first = officer.get(&asked("23095", "le", "&limit=3"), 200);
    let next = format!("&limit=2&cursor={}", first["next"].as_str().unwrap());
    give(&app, &officer, "Lê Á", None, json!({}));
    assert_eq!(names(officer.get(&asked("23095", "le", &next), 200)["items"].as_array().unwrap()), expected[3..5]);
    let last = &first["items"][2];
    done(&app, &officer, &app.chair_of("23095"), "ERASE", json!({"party": last["id"]}));
    let page = officer.get(&asked("23095", "le", &next), 200);
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    // A cursor is good for its own question only, and names nobody.
    officer.get(&asked("23095", "le an", &next), 400);
    officer.get(&asked("23095", "le", &format!("{next}&from=2026-11-01")), 400);

    // Who asks for too many is told to say more, and that is noted, too.
    let many: Vec<Value> = (0..501).map(|n| app.gift(json!({"giver": giver(&format!("Đông Người {n}"), None)}))).collect();
    book(&officer, &many);
    let refused = officer.get(&asked("23095", "dong nguoi", ""), 422);
    assert_eq!(errors(&refused), [("q".to_owned(), "TOO_MANY_FOUND".to_owned())]);
    assert_eq!(names(&find(&officer, "dong nguoi 77")), ["Đông Người 77"]);
    let unshown = "SELECT count(*) FROM audit_event WHERE action = 'PERSONS_SEARCHED' AND detail->>'shown' IS NULL";
    assert_eq!(app.database.number(unshown), 1);
}

/// The database's own ICU has the last word on what Vietnamese order is.
#[test]
fn names_stand_as_icu_has_them() {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let syllables = [
        "an", "ăn", "ân", "àn", "ản", "ãn", "án", "ạn", "ắn", "ặn", "ần", "ận", "da", "đa", "Đà", "dá", "e", "ê", "ế", "ẻ", "i",
        "ì", "o", "ô", "ơ", "ớ", "ợ", "ộ", "u", "ư", "ừ", "ụ", "y", "ý", "An", "ĂN", "Ân", "Hoà", "Hòa", "hoa", "nguyen",
        "Nguyễn", "x1", "x2", "x",
    ];
    let mut names: Vec<String> = syllables.iter().map(|one| (*one).to_owned()).collect();
    for (n, one) in syllables.iter().enumerate() {
        names.extend(syllables.iter().skip(n % 3).step_by(3).map(|other| format!("{one} {other}")));
    }
    let by_icu: Vec<Row> =
        diesel::sql_query("SELECT name FROM unnest($1) name ORDER BY name COLLATE \"vi-x-icu\", name COLLATE \"C\"")
            .bind::<Array<Text>, _>(&names)
            .load(&mut TestApp::start().database.connect())
            .unwrap();
    names.sort_by(|a, b| (order::of_text(a), a).cmp(&(order::of_text(b), b)));
    let by_icu: Vec<String> = by_icu.into_iter().map(|row| row.name).collect();
    let differs = names.iter().zip(&by_icu).position(|(ours, theirs)| ours != theirs);
    assert_eq!(differs.map(|at| (&names[at.saturating_sub(1)..at + 2], &by_icu[at.saturating_sub(1)..at + 2])), None);
}

#[test]
fn whoever_gave_before_is_found_after_the_step_wherever_it_is_killed() {
    let app = TestApp::start();
    let (officer, neighbour) = (app.officer_of("23095"), app.officer_of("23059"));
    for n in 0..5 {
        give(&app, &officer, &format!("Lê Cũ {n}"), Some(&format!("091234567{n}")), json!({}));
    }
    give(&app, &neighbour, "Lê Cũ 1", Some("0912345671"), json!({"chapter": "23059"}));
    app.database.execute("UPDATE party SET words = '{}'");
    assert!(find(&officer, "le cu").is_empty());
    app.database.execute("DELETE FROM data_step WHERE name = 'party-words'");
    const OURS: &[Step] = &[Step { name: "party-words", batch: finding::step }];
    let mut conn = app.database.connect();
    let kills = Cell::new(0);
    // Killed once before and once after each commit.
    let mut seen = std::collections::BTreeSet::new();
    loop {
        let mut kill =
            |moment: Moment, _: &'static str, looked_at: u64| match seen.insert((moment == Moment::AfterCommit, looked_at)) {
                true => {
                    kills.set(kills.get() + 1);
                    Err(UpkeepError::Refused("killed".to_owned()))
                }
                false => Ok(()),
            };
        if steps::run_on(&mut conn, OURS, &app.shared.vault, &app.clock, 2, &mut kill).is_ok() {
            break;
        }
        assert!(kills.get() < 20, "it never ends");
    }
    assert!(kills.get() >= 4, "{}", kills.get());
    assert_eq!((find(&officer, "le cu").len(), find(&officer, "cu 5671").len()), (5, 1));
    assert_eq!(neighbour.get(&asked("23059", "le cu", ""), 200)["items"].as_array().unwrap().len(), 1);
    books::audit(&app);

    // The audit names what is missing and what is stray.
    let first = app.database.text("SELECT id::text FROM party ORDER BY id LIMIT 1");
    let said = |sql: &str| {
        app.database.execute(sql);
        let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap().text();
        finding::step(
            &mut app.database.connect(),
            &so_nhan_ai::vault::steps::Work { vault: &app.shared.vault, now: app.now(), most: 100 },
            None,
        )
        .unwrap();
        report
    };
    let missing = said(&format!("UPDATE party SET words = words[2:] WHERE id = '{first}'"));
    assert!(missing.contains("party_words") && missing.contains(&first) && missing.contains("at 23095"), "{missing}");
    let stray = said(&format!("UPDATE party SET words = words || 7::bigint WHERE id = '{first}'"));
    assert!(stray.contains(&first) && stray.contains("not its own"), "{stray}");
    books::audit(&app);
}

#[test]
fn a_batch_in_which_one_person_gives_at_two_chapters_is_found_at_both() {
    let app = TestApp::start();
    let account = app.account_of(None, &[(Role::Officer, "23095"), (Role::Officer, "23059")]);
    let caller = app.log_in(account);
    let of = |chapter: &str| app.gift(json!({"chapter": chapter, "giver": giver("Vũ Hai Nơi", Some("0912345672"))}));
    let gifts = [of("23095"), of("23059"), of("23095")];
    book(&caller, &gifts);
    for (chapter, count) in [("23095", 2), ("23059", 1)] {
        let found = caller.get(&asked(chapter, "vu noi", ""), 200)["items"].clone();
        assert_eq!((found.as_array().unwrap().len(), &found[0]["gifts"]), (1, &json!(count)));
    }
    // An id that is taken books nothing, and nobody is found for it.
    let taken = json!({"id": gifts[0]["id"], "chapter": "23059", "channel": "CASH", "amount_vnd": 1, "received_on": app.today(),
        "giver": giver("Ai Đó Khác", None)});
    caller.post("/api/v1/gifts", taken, 422);
    assert!(caller.get(&asked("23059", "ai do khac", ""), 200)["items"].as_array().unwrap().is_empty());
    assert_eq!(app.database.number("SELECT count(*) FROM party"), 1);
    books::audit(&app);
}
