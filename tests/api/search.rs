//! The public search: words, phrases, filters, pages, codes, and answers a cache can keep. Each with the search index
//! and without: nobody can tell who answered.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;

use crate::harness::{TestApp, eventually};
use crate::look::{all, book, codes, entries, escaped, reverse};

/// The same test twice: with the search index, and with PostgreSQL alone.
fn both_ways(test: impl Fn(TestApp)) {
    test(TestApp::start());
    test(TestApp::start_without_index());
}

fn named(app: &TestApp, name: &str, amount: i64) -> Value {
    app.gift(json!({"giver": {"kind": "PERSON", "name": name}, "display": "FULL_NAME", "amount_vnd": amount}))
}

#[test]
fn words_are_found_however_they_are_typed() {
    both_ways(|app| {
        let officer = app.officer_of("23095");
        let nfd = |text: &str| -> String { unicode_normalization::UnicodeNormalization::nfd(text).collect() };
        for (name, amount) in
            [("Đặng Thị Hoà", 1), ("Hoàng Đăng Thìn", 2), ("Nguyễn Văn Ân", 3), (nfd("Lê Thị Quỳnh").as_str(), 4)]
        {
            officer.post("/api/v1/gifts", named(&app, name, amount), 201);
        }
        let found = |typed: &str| -> Vec<i64> {
            let rows = entries(&app, &format!("q={}", escaped(typed)));
            rows.iter().map(|row| row["amount_vnd"].as_i64().unwrap()).rev().collect()
        };
        let expect: [(&str, &[i64]); 32] = [
            ("Đặng Thị Hoà", &[1]),
            ("Đặng Thị Hòa", &[1]),
            ("dang thi hoa", &[1]),
            ("DANG THI HOA", &[1]),
            ("ĐẶNG THỊ HÒA", &[1]),
            (&nfd("Đặng Thị Hoà"), &[1]),
            ("hoa thi dang", &[1]),
            ("  dang,  (hoa)  ", &[1, 2]),
            ("đặng", &[1, 2]),
            ("Đăng", &[1, 2]),
            ("dang h", &[1, 2]),
            ("thi h", &[1, 4]),
            ("thi ho", &[1]),
            ("th hoa", &[]),
            ("hoa thi", &[1]),
            ("hoa th", &[1]),
            ("\"thi hoa\"", &[1]),
            ("\"hoa thi\"", &[]),
            ("\"dang thi hoa\"", &[1]),
            ("\"dang hoa\"", &[]),
            ("\"Thị Ho\"", &[]),
            ("\"thi hoa\" dan", &[1]),
            ("\"hoang dang\" thin", &[2]),
            ("\"dang", &[1, 2]),
            ("quỳnh", &[4]),
            ("quynh", &[4]),
            ("le thi quynh", &[4]),
            ("ham liem an", &[3]),
            ("nothere", &[]),
            ("…", &[]),
            ("'\" & | ! :* <-> \\", &[]),
            ("%", &[]),
        ];
        // At once, while the index does not have them yet, and when it does.
        for settled in [false, true] {
            if settled {
                app.wait_for_index();
            }
            for (typed, amounts) in expect {
                assert_eq!(found(typed), amounts, "{typed:?}, settled: {settled}");
            }
        }
        // No words at all is not a filter; a word the commune's name begins with is.
        assert_eq!(found("").len(), 4);
        assert_eq!(found("   ").len(), 4);
        assert_eq!(found("lam do").len(), 4, "the province's name counts");
        // Many words: all of them count.
        assert_eq!(found("dang thi hoa dang thi hoa dang thi hoa").len(), 1);
        assert_eq!(found("lam dong ham liem xa ham liem dang thi hoa thin").len(), 0);
        assert_eq!(found("lam dong ham liem lam dong ham liem dang thi ho").len(), 1);
    });
}

#[test]
fn a_search_is_at_most_200_characters() {
    both_ways(|app| {
        let public = app.anonymous();
        for (typed, status) in [
            ("a".repeat(200), 200),
            ("a".repeat(201), 422),
            ("ạ".repeat(200), 200),
            ("ạ".repeat(201), 422),
            ("a\nb".into(), 422),
            ("a\u{0}".into(), 422),
        ] {
            public.get(&format!("/api/v1/public/entries?q={}", escaped(&typed)), status);
        }
    });
}

#[test]
fn pages_give_every_row_once_while_new_ones_arrive() {
    both_ways(|app| {
        let officer = app.officer_of("23095");
        let gifts: Vec<Value> = (0..430).map(|n| app.gift(json!({"amount_vnd": 1_000 + n}))).collect();
        book(&officer, &gifts);
        let all_codes = codes(&entries(&app, ""));
        assert_eq!(all_codes.len(), 430);
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut written = 0;
                while !stop.load(Ordering::Relaxed) {
                    officer.post("/api/v1/gifts", app.gift(json!({"amount_vnd": 77})), 201);
                    written += 1;
                }
                written
            });
            let read = || {
                for limit in [1, 7, 200] {
                    let seen = codes(&all(&app.anonymous(), "/api/v1/public/entries", limit));
                    let unique: HashSet<&String> = seen.iter().collect();
                    assert_eq!(unique.len(), seen.len(), "limit {limit}: a row came twice");
                    let old: Vec<&String> = seen.iter().filter(|code| all_codes.contains(code)).collect();
                    assert!(old.iter().copied().eq(&all_codes), "limit {limit}: rows are missing or in another order");
                    let filtered = all(&app.anonymous(), "/api/v1/public/entries?q=ham+liem&min_vnd=1000&channel=CASH", limit);
                    assert_eq!(codes(&filtered), all_codes, "limit {limit}");
                }
            };
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
            stop.store(true, Ordering::Relaxed);
            assert!(writer.join().unwrap() > 10);
            outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        });
        let officers = all(&officer, "/api/v1/gifts?chapter=23095", 37);
        assert_eq!(codes(&officers), codes(&entries(&app, "")));
    });
}

#[test]
fn filters_hold_together() {
    both_ways(|app| {
        app.open_appeal("68", "LULUT");
        app.open_appeal("TW", "TET");
        let (ham_liem, ham_thuan) = (app.officer_of("23095"), app.officer_of("23059"));
        let province = app.officer_of("68");
        let centre = app.officer_of("TW");
        let day = |ago: i64| app.today() - Duration::days(ago);
        for (officer, chapter) in [(&ham_liem, "23095"), (&ham_thuan, "23059"), (&province, "68"), (&centre, "TW")] {
            for (n, (channel, appeal)) in
                [("CASH", Some("LULUT")), ("BANK_TRANSFER", Some("TET")), ("CASH", None)].into_iter().enumerate()
            {
                if chapter == "TW" && appeal == Some("LULUT") {
                    continue;
                }
                let n = n as i64;
                officer.post("/api/v1/gifts", app.gift(json!({"chapter": chapter, "channel": channel, "appeal": appeal, "amount_vnd": 100 + n, "received_on": day(n)})), 201);
            }
        }
        let aggregate = app.gift(json!({"channel": "SMS", "message_count": 7, "amount_vnd": 102, "received_on": day(3)}));
        ham_liem.post("/api/v1/gifts", aggregate, 201);
        let count = |query: &str| entries(&app, query).len();
        for (query, expected) in [
            ("", 12),
            ("chapter=TW", 12),
            ("chapter=68", 10),
            ("chapter=23095", 4),
            ("chapter=23059", 3),
            ("chapter=01", 0),
            ("chapter=nowhere", 0),
            ("chapter=", 0),
            ("appeal=LULUT", 3),
            ("appeal=TET", 4),
            ("appeal=NONE", 0),
            ("appeal=LULUT&chapter=23095", 1),
            ("appeal=LULUT&chapter=TW", 3),
            ("channel=CASH", 7),
            ("channel=SMS", 1),
            ("channel=CASH&appeal=TET", 0),
            ("channel=E_WALLET", 0),
            ("amount_vnd=102", 5),
            ("amount_vnd=10", 0),
            ("min_vnd=101", 9),
            ("max_vnd=101", 7),
            ("min_vnd=101&max_vnd=101", 4),
            ("min_vnd=102&max_vnd=101", 0),
            ("min_vnd=0&max_vnd=9223372036854775807", 12),
            ("amount_vnd=-5", 0),
        ] {
            assert_eq!(count(query), expected, "{query}");
        }
        let on = |from: i64, to: i64| count(&format!("from={}&to={}", day(from), day(to)));
        assert_eq!((on(0, 0), on(1, 0), on(3, 3), on(9, 4), on(0, 3)), (3, 7, 1, 0, 0), "from after to finds nothing");
        assert_eq!(count(&format!("from={}", day(2))), 11);
        assert_eq!(
            count(&format!("chapter=68&appeal=TET&channel=BANK_TRANSFER&from={0}&to={0}&amount_vnd=101&q=lam+dong", day(1))),
            3
        );
        assert_eq!(count("q=ham&chapter=68"), 7);
        assert_eq!(count("q=lulut"), 3, "an appeal's code is a word");
        let sms = &entries(&app, "channel=SMS")[0];
        assert_eq!((&sms["kind"], &sms["message_count"], &sms["province"]), (&json!("GIFT_AGGREGATE"), &json!(7), &json!("68")));
    });
}

#[test]
fn a_code_is_read_as_people_write_it() {
    both_ways(|app| {
        let officer = app.officer_of("23095");
        // A code with 0 and 1 in it, made by the phone.
        let code = "0110000000000000";
        let digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let made = digits.chars().chain(['U']).find_map(|check| {
            let gift = app.gift(json!({"code": format!("{code}{check}")}));
            let answer = officer.send("POST", "/api/v1/gifts", Some(gift.to_string().into()));
            (answer.status == 201).then(|| answer.json())
        });
        let made = made.unwrap()["code"].as_str().unwrap().to_owned();
        let public = app.anonymous();
        eventually("the entry is in the log", || public.get(&format!("/api/v1/public/entries/{made}"), 200)["log_index"] == 0);
        let check = made.chars().last().unwrap();
        let lower = check.to_lowercase();
        for written in [
            made.clone(),
            made.to_lowercase(),
            format!("0110-0000-0000-0000-{check}"),
            format!("OIL0-oooo-0000-OOOO-{lower}").replace("OIL0", "OIlO"),
            format!("%200110%200000%200000%200000%20{check}"),
        ] {
            assert_eq!(public.get(&format!("/api/v1/public/entries/{written}"), 200)["code"], made.as_str(), "{written}");
        }
        for wrong in [
            format!("0110000000000001{check}"),
            format!("1010000000000000{check}"),
            made[..16].to_owned(),
            format!("{made}0"),
            "x".into(),
            "%F0%9F%92%B0".into(),
        ] {
            let problem = public.get(&format!("/api/v1/public/entries/{wrong}"), 404);
            assert!(problem["detail"].as_str().unwrap().contains("ký tự kiểm tra"), "{wrong}: {problem}");
        }
        let absent = digits.chars().find_map(|check| {
            let answer = public.send("GET", &format!("/api/v1/public/entries/7777777777777777{check}"), None).json();
            (!answer["detail"].as_str().unwrap().contains("ký tự kiểm tra")).then_some(answer)
        });
        assert_eq!(absent.expect("a right code of no entry says nothing of check characters")["status"], 404);
    });
}

#[test]
fn a_gift_soon_has_its_place_in_the_log_and_keeps_it() {
    both_ways(|app| {
        let officer = app.officer_of("23095");
        let public = app.anonymous();
        for n in 0..6 {
            let code = officer.post("/api/v1/gifts", app.gift(json!({})), 201)["code"].as_str().unwrap().to_owned();
            let mut entry = Value::Null;
            eventually("it has its place in the log", || {
                entry = public.get(&format!("/api/v1/public/entries/{code}"), 200);
                entry["log_index"].is_number()
            });
            assert_eq!(entry["log_index"], n);
            assert_eq!(app.database.number(&format!("SELECT idx FROM log_leaf WHERE entry = '{code}'")), n);
            let hash = entry["leaf_hash"].as_str().unwrap();
            assert_eq!(
                app.database
                    .text(&format!("SELECT encode(sha256('\\x00'::bytea || leaf), 'hex') FROM log_leaf WHERE entry = '{code}'")),
                hash
            );
            let listed = public.get("/api/v1/public/entries?limit=1", 200)["items"][0].clone();
            // One entry says its postings besides.
            let mut alone = entry.clone();
            alone.as_object_mut().unwrap().remove("postings");
            assert_eq!(listed, alone);
        }
    });
}

#[test]
fn a_reversal_is_shown_from_both_sides() {
    both_ways(|app| {
        app.open_appeal("68", "LULUT");
        let officer = app.officer_of("23095");
        let gift = officer.post("/api/v1/gifts", app.gift(json!({"appeal": "LULUT", "amount_vnd": 250_000})), 201);
        let kept = officer.post("/api/v1/gifts", app.gift(json!({"appeal": "LULUT", "amount_vnd": 40_000})), 201);
        let code = gift["code"].as_str().unwrap();
        let public = app.anonymous();
        let path = format!("/api/v1/public/entries/{code}");
        eventually("the entry can be cached", || public.get(&path, 200)["log_index"].is_number());
        assert_eq!(public.get(&path, 200)["reversed_by"], Value::Null);
        let reversal = reverse(&app, gift["id"].as_str().unwrap(), "nhầm");
        let original = public.get(&path, 200);
        assert_eq!(
            (&original["reversed_by"], &original["amount_vnd"]),
            (&json!(reversal), &json!(250_000)),
            "at once, cache or not"
        );
        let shown = public.get(&format!("/api/v1/public/entries/{reversal}"), 200);
        assert_eq!(
            (&shown["reverses"], &shown["amount_vnd"], &shown["kind"], &shown["reason"]),
            (&json!(code), &json!(-250_000), &json!("REVERSAL"), &json!("DUPLICATE"))
        );
        assert_eq!((&shown["appeal"], &shown["fund"]), (&json!("LULUT"), &json!("APPEAL:LULUT")));
        assert_eq!(codes(&entries(&app, "amount_vnd=-250000")), [reversal.as_str()]);
        let rows = entries(&app, "appeal=LULUT");
        assert_eq!(codes(&rows), [reversal.as_str(), kept["code"].as_str().unwrap(), code]);
        assert_eq!(
            (&rows[0]["reverses"], &rows[2]["reversed_by"], &rows[1]["reversed_by"]),
            (&json!(code), &json!(reversal), &Value::Null)
        );
        assert_eq!(public.get("/api/v1/public/totals?appeal=LULUT", 200)["received_vnd"], 40_000);
    });
}

#[test]
fn answers_carry_a_tag_and_are_not_sent_twice() {
    both_ways(|app| {
        app.open_appeal("68", "LULUT");
        let officer = app.staff(Role::Officer, "23095");
        let code = officer.post("/api/v1/gifts", app.gift(json!({"appeal": "LULUT"})), 201)["code"].as_str().unwrap().to_owned();
        app.wait_for_log();
        let public = app.anonymous();
        for (path, max_age) in [
            ("entries".to_owned(), "public, max-age=3"),
            (format!("entries/{code}"), "public, max-age=10"),
            (format!("entries/{}", code.to_lowercase()), "public, max-age=10"),
            ("totals".to_owned(), "public, max-age=3"),
            ("chapters".to_owned(), "public, max-age=3"),
            ("chapters/68".to_owned(), "public, max-age=3"),
            ("appeals".to_owned(), "public, max-age=3"),
            ("appeals/LULUT".to_owned(), "public, max-age=3"),
            ("items".to_owned(), "public, max-age=10"),
        ] {
            let path = format!("/api/v1/public/{path}");
            let first = public.send("GET", &path, None);
            let tag = first.header("etag").unwrap_or_else(|| panic!("{path} has no tag")).to_owned();
            assert_eq!((first.status, first.header("cache-control")), (200, Some(max_age)), "{path}");
            assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 10, "{tag}");
            for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
                let again = public.with("if-none-match", &known).send("GET", &path, None);
                assert_eq!(
                    (again.status, again.text.as_str(), again.header("etag")),
                    (304, "", Some(tag.as_str())),
                    "{path} {known}"
                );
                assert_eq!(again.header("cache-control"), Some(max_age));
            }
            for other in ["\"other\"", "", tag.trim_matches('"')] {
                assert_eq!(public.with("if-none-match", other).send("GET", &path, None).text, first.text, "{path} {other}");
            }
        }
        let tag = public.send("GET", "/api/v1/public/totals", None).header("etag").unwrap().to_owned();
        officer.post("/api/v1/gifts", app.gift(json!({})), 201);
        assert_eq!(
            public.with("if-none-match", &tag).send("GET", "/api/v1/public/totals", None).status,
            200,
            "a new gift, a new tag"
        );
    });
}
