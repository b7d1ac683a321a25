//! What must stay private stays private: looked for, in every form we could think of, in everything the public can
//! read, in every leaf, and in every table.

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Value, json};
use so_nhan_ai::basics::fold;
use uuid::Uuid;

use crate::harness::{Database, TestApp};
use crate::look::{Dump, entries, escaped, reverse};
use crate::papers;

/// Values that only officers may see.
const SECRETS: [&str; 12] = [
    "Zyxophilia Quỳnhđặc Wvutsonạ",
    "Đặcbiệt Jxkqzanh",
    "Hộ kinh doanh Vxqwertyuỷ",
    "memobimật zebra77",
    "FTZQ99887766",
    "ướcnguyện Qzpy",
    "ghichúbímật Xkcd",
    "0987612345",
    "0912765432",
    "Công ty Ẩndanhxyz",
    "02838299999",
    "Người Thử",
];

/// "Person": a word of pages, of columns, of laws that are quoted, and part of one of the names above. By itself it
/// tells nothing; the name as a whole is looked for.
const OF_EVERY_PAGE: &str = "người";

/// Shown to the public, by choice or by rule.
const SHOWN: [&str; 3] = ["Quackenbush Đ. J.", "Nguyễn Thị Côngkhai", "Công ty Minhbạch"];

fn book_everything(app: &TestApp) -> (Vec<Value>, String) {
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of("23095");
    // The name of a file on a phone is often the name of a person.
    papers::published(app, "68", "LULUT", &format!("{}.pdf", SECRETS[0]));
    let chair = app.chair_of("68");
    let paper = &chair.get("/api/v1/appeals/LULUT/documents", 200)[0]["id"];
    let event = json!({"id": Uuid::now_v7(), "event": "OPENING_DOCUMENT", "document": paper, "title": "Quyết định"});
    chair.post("/api/v1/appeals/LULUT/publications", event, 201);
    let person = |name: &str, phone: Option<&str>| json!({"kind": "PERSON", "name": name, "phone": phone});
    let gifts = [
        app.gift(json!({"channel": "BANK_TRANSFER", "appeal": "LULUT", "amount_vnd": 1_111_111, "giver": person(SECRETS[0], Some("+84 987 612 345")),
            "memo": format!("{} {}", SECRETS[3], SECRETS[7]), "bank_reference": SECRETS[4], "wish": SECRETS[5],
            "captured_at": "2026-11-21T01:02:03.456Z"})),
        app.gift(json!({"giver": person(&format!("Quackenbush {}", SECRETS[1]), Some(SECRETS[8])), "display": "MASKED",
            "paper_book": "QUYENBM7", "paper_no": "SOBM0042"})),
        app.gift(json!({"giver": {"kind": "HOUSEHOLD_BUSINESS", "name": SECRETS[2]}})),
        app.gift(json!({"giver": {"kind": "ORGANISATION", "name": SECRETS[9], "phone": SECRETS[10]}, "display": "ANONYMOUS", "appeal": "LULUT",
            "channel": "IN_KIND", "amount_vnd": null, "wish": SECRETS[5],
            "lines": [{"item": "RICE", "quantity": "5", "unit": "KG", "value_vnd": 90_000, "valuation": "INVOICE"}]})),
        app.gift(json!({"giver": person(SHOWN[1], None), "display": "FULL_NAME", "appeal": "LULUT"})),
        app.gift(json!({"giver": {"kind": "ORGANISATION", "name": SHOWN[2]}, "channel": "BANK_TRANSFER", "memo": SECRETS[3]})),
        // After the end of the appeal: quarantine.
        app.gift(json!({"giver": person(SECRETS[0], None), "amount_vnd": 7_000})),
    ];
    let receipts: Vec<Value> = gifts.iter().map(|gift| officer.post("/api/v1/gifts", gift.clone(), 201)).collect();
    let reversal = reverse(app, receipts[0]["id"].as_str().unwrap(), SECRETS[6]);
    app.wait_for_log();
    (receipts, reversal)
}

/// A value as it is, and in the forms a careless programmer might let out: folded, without spaces, hashed without a key.
fn forms(database: &Database, secret: &str) -> Vec<String> {
    let nfd: String = unicode_normalization::UnicodeNormalization::nfd(secret).collect();
    let mut plain = vec![secret.to_owned(), secret.to_lowercase(), secret.to_uppercase(), fold(secret), nfd];
    if let Some(rest) = secret.strip_prefix('0').filter(|rest| rest.bytes().all(|b| b.is_ascii_digit())) {
        plain.extend([format!("+84{rest}"), format!("84{rest}"), rest.to_owned()]);
    }
    plain.extend(plain.clone().iter().map(|text| text.replace(' ', "")));
    plain.extend(plain.clone().iter().map(|text| text.replace(' ', "_")));
    let tells = |word: &&str| word.len() >= 6 && word.to_lowercase() != OF_EVERY_PAGE;
    let words: Vec<String> = plain.iter().flat_map(|text| text.split([' ', '_'])).filter(tells).map(str::to_owned).collect();
    plain.sort();
    plain.dedup();
    let mut all = words;
    for text in &plain {
        all.push(text.clone());
        all.extend(hashes(database, text));
    }
    all.sort();
    all.dedup();
    all
}

/// Unkeyed hashes of a text, in hexadecimal and both kinds of base64 (without padding: that finds the padded ones too).
fn hashes(database: &Database, text: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        sum: String,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT encode(h, f) AS sum FROM (SELECT convert_to($1, 'UTF8') AS b) t,
         LATERAL (VALUES (sha256(b)), (sha512(b)), (decode(md5(b), 'hex')), (substring(sha256(b) FOR 12))) v(h), (VALUES ('hex'), ('base64')) w(f)",
    )
    .bind::<Text, _>(text)
    .load(&mut database.connect())
    .unwrap();
    rows.into_iter()
        .flat_map(|row| {
            let plain = row.sum.replace('\n', "").trim_end_matches('=').to_owned();
            [plain.replace('+', "-").replace('/', "_"), plain]
        })
        .collect()
}

/// Every public answer there is, by its address. Fails when the document knows a public path that is not here.
fn public_answers(app: &TestApp, receipts: &[Value], reversal: &str) -> Vec<(String, String)> {
    let mut paths: Vec<String> = [
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/openapi.json",
        "/api/v1/public/items",
        "/api/v1/public/consent-texts",
        "/api/v1/public/volunteer-consent-texts",
        "/docs/",
    ]
    .map(str::to_owned)
    .into();
    for query in [
        "",
        "?limit=1",
        "?appeal=LULUT",
        "?chapter=23095",
        "?channel=IN_KIND",
        "?q=ham+liem",
        "?amount_vnd=1111111",
        "?from=2026-01-01&to=2026-12-31",
    ] {
        paths.push(format!("/api/v1/public/entries{query}"));
    }
    for secret in SECRETS.iter().chain(&SHOWN) {
        paths.push(format!("/api/v1/public/entries?q={}", escaped(secret)));
        paths.push(format!("/api/v1/public/chapters?q={}", escaped(secret)));
    }
    for code in receipts.iter().map(|r| r["code"].as_str().unwrap()).chain([reversal]) {
        paths.push(format!("/api/v1/public/entries/{code}"));
    }
    for query in ["", "?chapter=23095", "?appeal=LULUT", "?from=2026-11-01&to=2026-11-30"] {
        paths.push(format!("/api/v1/public/totals{query}"));
    }
    for place in [
        "chapters",
        "chapters?parent=68",
        "chapters/23095",
        "chapters/68",
        "chapters/TW",
        "reversals",
        "reversals/chapters",
        "reversals?chapter=68&year=2026",
        "chapters/23095/reversals",
        "courses",
        "courses.ics",
        "drives",
        "drives.ics",
        "course-counts?chapter=68",
        &format!("certificates/{}", crate::courses::CODE),
        "units?q=ham+chinh",
        "units/23095",
        "appeals",
        "appeals/LULUT",
        "appeals/LULUT/ledger.csv",
        "appeals/LULUT/ledger.csv?form=SPREADSHEET",
        "appeals/LULUT/ledger.csv-metadata.json",
        "appeals/LULUT/datapackage.json",
        "ledger.schema.json",
        "appeals/LULUT/documents",
        "appeals/LULUT/publications",
        &format!("documents/{}", papers::sha256(&papers::pdf(100))),
    ] {
        paths.push(format!("/api/v1/public/{place}"));
    }
    // What is typed into a form is shown again in it, so no secret is typed here; the same search is asked above.
    for page in [
        "",
        "keu-goi",
        "keu-goi/LULUT",
        "keu-goi/LULUT?q=lam",
        "don-vi",
        "don-vi/23095",
        "don-vi/68",
        "tim",
        "tim?chapter=23095",
        "du-lieu-mo",
        "kiem-tra",
        "robots.txt",
        "huy",
        "huy?chapter=68&year=2026",
        "tinh-nguyen/khoa-hoc",
    ] {
        paths.push(format!("/{page}"));
    }
    for officer in app.database.text("SELECT string_agg(code, ' ') FROM officer_code").split(' ') {
        paths.push(format!("/api/v1/public/officers/{officer}/reversals"));
        paths.push(format!("/api/v1/public/officers/{officer}/reversals/chapters"));
        paths.push(format!("/can-bo/{officer}"));
    }
    for code in receipts.iter().map(|r| r["code"].as_str().unwrap()).chain([reversal]) {
        paths.push(format!("/g/{code}"));
        paths.push(format!("/api/v1/public/entries/{code}/receipt"));
    }
    app.database.execute(
        "INSERT INTO statement (code, seq, chapter_id, event, day, body, sha256, leaf_hash, stated_on, stated_at, stated_by)
         SELECT '00000000000000000', 1000000, c.id, 'REPORT', '2026-11-22', '{}', encode(sha256('{}'), 'hex'), sha256('{}'), '2026-11-22', '2026-11-22T03:00:00Z', a.id
         FROM chapter c, (SELECT id FROM account LIMIT 1) a WHERE c.code = '23095'",
    );
    crate::members::some_card(app);
    crate::campaigns::some(app);
    crate::activities::some(app);
    crate::commendations::some(app, SECRETS[0]);
    for place in [
        "activities",
        "activities/68-NV-0001",
        "activities.ics",
        "activity-counts",
        "blood-honours",
        "campaigns",
        "commendations",
        "movements",
        "practice-models",
    ] {
        paths.push(format!("/api/v1/public/{place}"));
    }
    paths.push(format!("/api/v1/public/campaigns/{}", crate::campaigns::SHOWN));
    paths.push(format!("/api/v1/public/practice-models/{}", crate::commendations::SHOWN));
    paths.extend(["/hoat-dong", "/hoat-dong/68-NV-0001"].map(str::to_owned));
    crate::courses::some_certificate(app);
    crate::donors::some_certificate(app);
    let drive = crate::pre_check::drive_on(app, "2027-06-14");
    paths.extend([format!("/api/v1/public/drives/{drive}/pre-check"), format!("/hien-mau/{drive}/kiem-tra")]);
    paths.extend(
        ["blood-rules", "booking-consent-texts", &format!("drives/{drive}")].map(|place| format!("/api/v1/public/{place}")),
    );
    paths.extend([format!("/hien-mau/{drive}"), "/hien-mau".to_owned()]);
    crate::blood_results::some(app);
    for place in ["", ".csv", "/drives", "/drives.csv"] {
        paths.push(format!("/api/v1/public/blood-results{place}"));
    }
    for place in ["/api/v1/public/blood-results/drives", "/hien-mau/ket-qua"] {
        paths.push(format!("{place}/{}", crate::blood_results::SHOWN));
    }
    paths.push("/hien-mau/ket-qua".to_owned());
    let asked = format!("serial={}&given_on={}", crate::donors::SERIAL, crate::donors::DAY);
    paths.push(format!("/api/v1/public/blood-certificates?{asked}"));
    paths.push(format!("/giay-hien-mau?so={}&ngay={}", crate::donors::SERIAL, crate::donors::DAY));
    paths.extend([format!("/api/v1/public/cards/{}", crate::members::CARD), format!("/g/{}", crate::members::CARD)]);
    paths.extend(["/api/v1/public/statements", "/api/v1/public/statements/00000000000000000"].map(str::to_owned));
    app.wait_for_checkpoint();
    let leaves = app.database.number("SELECT size FROM log_head");
    paths.extend(["/api/v1/public/log", "/log/checkpoint", &format!("/log/tile/entries/000.p/{leaves}")].map(str::to_owned));
    let document = so_nhan_ai::app::document().unwrap();
    for (template, item) in document["paths"].as_object().unwrap() {
        let public = item["get"]["security"] == json!([{}]);
        let parts: Vec<&str> = template.split('/').collect();
        let fits = |path: &&String| {
            let asked: Vec<&str> = path.split('?').next().unwrap().split('/').collect();
            asked.len() == parts.len() && asked.iter().zip(&parts).all(|(a, t)| t.starts_with('{') || a == t)
        };
        // The index of a piece of the log may have slashes in it.
        let piece = template.starts_with("/log/tile/");
        assert!(
            !public || piece || paths.iter().any(|path| fits(&path)),
            "a public path without a look at its privacy: {template}"
        );
    }
    let caller = app.anonymous();
    paths
        .into_iter()
        .map(|path| {
            let answer = caller.send("GET", &path, None);
            assert!([200, 422].contains(&answer.status), "{path}: {}", answer.text);
            (path, format!("{:?}\n{}", answer.headers, answer.text))
        })
        .collect()
}

#[test]
fn nothing_private_is_in_anything_public() {
    let app = TestApp::start();
    let (receipts, reversal) = book_everything(&app);
    let answers = public_answers(&app, &receipts, &reversal);
    let mut public: Vec<(String, String)> = answers.iter().map(|(path, text)| (path.clone(), text.to_lowercase())).collect();
    for (name, sql) in [
        ("the leaves", "SELECT string_agg(entry || convert_from(leaf, 'UTF8') || encode(leaf_hash, 'hex'), ' ') FROM log_leaf"),
        ("public_entry", "SELECT string_agg(p::text || ' ' || words::text, ' ') FROM public_entry p"),
        ("the totals", "SELECT string_agg(d::text, ' ') FROM total_by_day d"),
    ] {
        let text = app.database.text(&format!("({sql})"));
        assert!(text.len() > 500, "{name}");
        public.push((name.to_owned(), text.to_lowercase()));
    }
    assert_eq!(app.database.number("SELECT count(*) FROM log_leaf"), 10);
    for secret in SECRETS.iter().chain(&["QUYENBM7", "SOBM0042", "01:02:03.456"]) {
        for form in forms(&app.database, secret) {
            let form = form.to_lowercase();
            for (place, text) in &public {
                assert!(!text.contains(&form), "{secret:?}, as {form:?}, is in {place}: {text}");
            }
        }
    }
    for key in [
        "recorded_at",
        "recorded_by",
        "captured_at",
        "memo",
        "phone",
        "bank_reference",
        "wish",
        "note",
        "party",
        "paper_no",
        "officer_id",
        "approver",
    ] {
        for (path, text) in answers.iter().filter(|(path, _)| path.starts_with("/api/v1/public")) {
            // What the statistics office notes about a merger is public, and so is what is said of the questions before giving blood.
            let is_public =
                key == "note" && ["/public/chapters", "/public/units", "/pre-check"].iter().any(|place| path.contains(place));
            assert!(is_public || !text.contains(&format!("\"{key}")), "{key} in {path}: {text}");
        }
    }
    for (path, text) in &answers {
        assert!(!text.contains(receipts[0]["id"].as_str().unwrap()), "the officers' id is in {path}");
    }
    for shown in SHOWN {
        assert!(
            public.iter().any(|(path, text)| path.contains("/entries") && text.contains(&shown.to_lowercase())),
            "{shown} is not shown"
        );
        assert!(public.iter().any(|(path, text)| path.contains("ledger.csv") && text.contains(&SHOWN[1].to_lowercase())));
    }
}

#[test]
fn who_is_not_shown_is_not_found() {
    let app = TestApp::start();
    book_everything(&app);
    for secret in SECRETS {
        for word in secret.split(' ') {
            if ["công", "ty", "hộ", "kinh", "doanh", "người"].contains(&word.to_lowercase().as_str()) {
                continue;
            }
            let beginning: String = word.chars().take(word.chars().count() - 1).collect();
            for typed in [word.to_owned(), fold(word), beginning].into_iter().filter(|typed| typed.chars().count() > 2) {
                assert_eq!(entries(&app, &format!("q={}", escaped(&typed))), Vec::<Value>::new(), "{typed}");
            }
        }
    }
    assert_eq!(entries(&app, "q=quackenbush").len(), 1);
    assert_eq!(entries(&app, "q=cong+khai").len(), 0);
    assert_eq!(entries(&app, "q=congkhai").len(), 1);
}

#[test]
fn the_database_holds_no_private_text_in_the_clear() {
    let app = TestApp::start();
    book_everything(&app);
    let tables = Dump::of(&app.database);
    for secret in SECRETS {
        let nfd: String = unicode_normalization::UnicodeNormalization::nfd(secret).collect();
        let mut needles = vec![secret.to_owned(), fold(secret), nfd];
        needles.extend(hashes(&app.database, secret).into_iter().chain(hashes(&app.database, &fold(secret))));
        needles.extend(secret.strip_prefix('0').map(|rest| format!("84{rest}")));
        for needle in needles {
            assert_eq!(tables.tables_with(&needle), Vec::<&str>::new(), "{secret} as {needle}");
        }
    }
    // The look itself can see: text, and bytes.
    assert_eq!(tables.tables_with("SOBM0042"), ["gift", "paper_slip"]);
    assert_eq!(tables.tables_with("\"province\":\"68\""), ["log_leaf"]);
}
