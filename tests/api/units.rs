//! Administrative units over time: today's, those of a day, and the old ones with everything they became.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};
use so_nhan_ai::chapters::find::{self, UnitKey, When};
use so_nhan_ai::chapters::units;

use crate::harness::{Database, TestApp};
use crate::look::{all, codes, escaped};

const MERGERS: &str = include_str!("../../data/administrative-unit-mergers.csv");
const PROVINCES: &str = include_str!("../../data/administrative-province-mergers.csv");

type Row = HashMap<String, String>;

fn rows(file: &str) -> Vec<Row> {
    csv::Reader::from_reader(file.as_bytes()).deserialize().map(Result::unwrap).collect()
}

fn search(app: &TestApp, query: &str) -> Vec<Value> {
    all(&app.anonymous(), &format!("/api/v1/public/units?{query}"), 200)
}

fn typed(app: &TestApp, text: &str) -> Vec<Value> {
    search(app, &format!("q={}", escaped(text)))
}

/// (code, relation, note) of every successor.
fn successors(unit: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    unit["successors"].as_array().unwrap().iter().map(|s| (text(&s["code"]), text(&s["relation"]), text(&s["note"]))).collect()
}

#[test]
fn dong_nai_is_a_city_since_the_30th_of_april() {
    let app = TestApp::shared();
    let unit = app.anonymous().get("/api/v1/public/units/75", 200);
    assert_eq!(
        unit["versions"],
        json!([
            {"full_name": "Thành phố Đồng Nai", "kind": "MUNICIPALITY", "kind_name": "thành phố trực thuộc trung ương", "valid_from": "2026-04-30", "resolution": "30/2026/QH16"},
            {"full_name": "Tỉnh Đồng Nai", "kind": "PROVINCE", "kind_name": "tỉnh", "valid_from": "2025-07-01", "valid_to": "2026-04-30", "resolution": "202/2025/QH15"}
        ])
    );
    let merged: Vec<&Value> = unit["merged_from"].as_array().unwrap().iter().map(|m| &m["full_name"]).collect();
    assert_eq!(merged, ["Tỉnh Bình Phước", "Tỉnh Đồng Nai"]);
    assert_eq!(unit["chapter"], json!({"code": "75", "name": "Hội Chữ thập đỏ thành phố Đồng Nai"}));
    let on = |day: &str| {
        let found = search(&app, &format!("q=dong+nai&on={day}"));
        let exact: Vec<(Value, Value)> =
            found.iter().filter(|u| u["code"] == "75").map(|u| (u["full_name"].clone(), u["former"].clone())).collect();
        exact
    };
    assert_eq!(on("2026-04-30"), [(json!("Thành phố Đồng Nai"), json!(false))]);
    assert_eq!(on("2026-04-29"), [(json!("Tỉnh Đồng Nai"), json!(false))]);
    assert_eq!(on("2025-07-01"), [(json!("Tỉnh Đồng Nai"), json!(false))]);
    assert_eq!(on("2025-06-30"), [(json!("Tỉnh Đồng Nai"), json!(true))]);
    let now = typed(&app, "Đồng Nai");
    assert_eq!((&now[0]["full_name"], &now[0]["resolution"]), (&json!("Thành phố Đồng Nai"), &json!("30/2026/QH16")));
    // Found by what it was called between the reform and April as well.
    assert_eq!(typed(&app, "xã Trảng Bom")[0]["full_name"], "Phường Trảng Bom");
}

#[test]
fn ham_chinh_leads_to_ham_liem() {
    let app = TestApp::shared();
    for text in [
        "Hàm Chính",
        "ham chinh",
        "HAM CHINH",
        "xã Hàm Chính",
        "phường hàm chính",
        "Hàm Chính, Hàm Thuận Bắc",
        "ham chinh, binh thuan",
    ] {
        let found = typed(&app, text);
        let old: Vec<&Value> = found.iter().filter(|unit| unit["code"] == "23098").collect();
        assert_eq!(old.len(), 1, "{text}: {found:?}");
        assert_eq!(
            *old[0],
            json!({"code": "23098", "full_name": "Xã Hàm Chính", "kind": "COMMUNE", "kind_name": "xã", "former": true, "valid_to": "2025-07-01",
                "district": "Huyện Hàm Thuận Bắc", "province": "Tỉnh Bình Thuận",
                "successors": [{"code": "23095", "full_name": "Xã Hàm Liêm", "province": "Tỉnh Lâm Đồng", "relation": "WHOLE", "note": "Nhập toàn bộ",
                    "chapter": {"code": "23095", "name": "Hội Chữ thập đỏ xã Hàm Liêm"}}]}),
            "{text}"
        );
    }
    for text in [
        "Hàm Chính",
        "xã ham chinh",
        "phường Hàm Chính",
        "Hội Chữ thập đỏ xã Hàm Chính",
        "Hội CTĐ Hàm Chính",
        "hàm chính, bình thuận",
    ] {
        let found = all(&app.anonymous(), &format!("/api/v1/public/chapters?q={}", escaped(text)), 50);
        assert_eq!(codes(&found), ["23095"], "{text}");
        let by = json!([{"old_name": "Xã Hàm Chính", "district": "Huyện Hàm Thuận Bắc", "province": "Tỉnh Bình Thuận", "relation": "WHOLE", "note": "Nhập toàn bộ"}]);
        assert_eq!(found[0]["matched_by"], by, "{text}");
    }
    let today = all(&app.anonymous(), "/api/v1/public/chapters?q=ham+liem", 50);
    assert_eq!(
        (codes(&today), &today[0]["matched_by"]),
        (vec!["23095".to_owned()], &Value::Null),
        "today's name needs no explanation"
    );
    let gone = app.anonymous().get("/api/v1/public/units/23098", 200);
    assert_eq!((&gone["versions"], &gone["former"][0]["full_name"]), (&json!([]), &json!("Xã Hàm Chính")));
    let here = app.anonymous().get("/api/v1/public/units/23095", 200);
    let merged: Vec<&Value> = here["merged_from"].as_array().unwrap().iter().map(|m| &m["full_name"]).collect();
    assert_eq!(merged, ["Xã Hàm Liêm", "Xã Hàm Chính"]);
    assert_eq!(here["province"], json!({"code": "68", "full_name": "Tỉnh Lâm Đồng"}));
}

#[test]
fn a_split_commune_names_all_its_heirs_and_what_they_got() {
    let app = TestApp::shared();
    let cong_vi = typed(&app, "Phường Cống Vị");
    let of = |notes: &[(String, String, String)]| notes.iter().map(|(code, _, _)| code.clone()).collect::<Vec<_>>();
    let split = cong_vi.iter().find(|unit| unit["code"] == "00007").unwrap();
    let heirs = successors(split);
    assert_eq!(of(&heirs), ["00008", "00025"]);
    assert!(heirs.iter().all(|(_, relation, note)| relation == "PARTIAL" && note == "Nhập một phần"), "{heirs:?}");
    let chapters = all(&app.anonymous(), "/api/v1/public/chapters?q=cong+vi", 50);
    let partly: BTreeSet<String> = chapters
        .iter()
        .filter(|c| {
            c["matched_by"]
                .as_array()
                .is_some_and(|by| by.iter().any(|m| m["old_name"] == "Phường Cống Vị" && m["relation"] == "PARTIAL"))
        })
        .map(|c| c["code"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(partly, BTreeSet::from(["00008".to_owned(), "00025".to_owned()]));
}

#[test]
fn names_that_many_had_are_told_apart_by_their_place() {
    let app = TestApp::shared();
    let former: Vec<Value> =
        typed(&app, "xã Tân Tiến").into_iter().filter(|u| u["former"] == true && u["full_name"] == "Xã Tân Tiến").collect();
    let expected = rows(MERGERS)
        .into_iter()
        .filter(|r| r["old_name"] == "Xã Tân Tiến")
        .map(|r| r["old_code"].clone())
        .collect::<BTreeSet<_>>();
    assert!(expected.len() > 10);
    assert_eq!(codes(&former).into_iter().collect::<BTreeSet<_>>(), expected);
    let places: BTreeSet<String> = former.iter().map(|u| format!("{} {}", u["district"], u["province"])).collect();
    assert_eq!(places.len(), expected.len(), "each with its own district and province");
    for unit in &former {
        let place = format!("xã Tân Tiến, {}, {}", unit["district"].as_str().unwrap(), unit["province"].as_str().unwrap());
        let found: Vec<Value> = typed(&app, &place).into_iter().filter(|u| u["full_name"] == "Xã Tân Tiến").collect();
        assert_eq!(found, std::slice::from_ref(unit), "{place}");
    }
}

#[test]
fn districts_and_provinces_of_old_lead_on_as_well() {
    let app = TestApp::shared();
    for text in ["huyện Hàm Thuận Bắc", "Hàm Thuận Bắc", "ham thuan bac"] {
        let found = typed(&app, text);
        let district = found.iter().find(|u| u["code"] == "597").unwrap_or_else(|| panic!("{text}: {found:?}"));
        let heirs = successors(district);
        let expected: BTreeSet<String> =
            rows(MERGERS).into_iter().filter(|r| r["old_district_code"] == "597").map(|r| r["new_code"].clone()).collect();
        assert_eq!(heirs.iter().map(|(code, _, _)| code.clone()).collect::<BTreeSet<_>>(), expected);
        let ham_liem = heirs.iter().find(|(code, _, _)| code == "23095").unwrap();
        assert_eq!((ham_liem.1.as_str(), ham_liem.2.as_str()), ("PARTIAL", "Nhận địa bàn: Xã Hàm Chính, Xã Hàm Liêm"));
        let chapters = codes(&all(&app.anonymous(), &format!("/api/v1/public/chapters?q={}", escaped(text)), 200));
        assert!(expected.iter().all(|code| chapters.contains(code)), "{text}: {chapters:?}");
    }
    for row in rows(PROVINCES) {
        let found = typed(&app, &row["old_name"]);
        let old = found.iter().find(|u| u["former"] == true && u["code"] == row["old_code"].as_str() && u["district"].is_null());
        let old = old.unwrap_or_else(|| panic!("{}: {found:?}", row["old_name"]));
        assert_eq!(successors(old), [(row["new_code"].clone(), "WHOLE".to_owned(), "Nhập toàn bộ".to_owned())]);
        let chapters = all(&app.anonymous(), &format!("/api/v1/public/chapters?q={}", escaped(&row["old_name"])), 50);
        assert!(codes(&chapters).contains(&row["new_code"]), "{}", row["old_name"]);
    }
    let islands = typed(&app, "Lý Sơn");
    assert!(islands.iter().any(|u| u["full_name"] == "Huyện Lý Sơn" && successors(u)[0].0 == "21548"), "{islands:?}");
    let flats = typed(&app, "bãi bồi ven biển");
    assert!(flats.iter().any(|u| u["code"].is_null() && successors(u)[0].0 == "14698"), "{flats:?}");
}

/// The whole file: every old name finds its unit, with exactly the successors the file gives it.
#[test]
fn every_row_of_the_mergers_file_is_found_by_its_old_name() {
    let database = Database::untouched();
    let mut conn = database.connect();
    /// By old name, by old unit: what became of it.
    type Expected = BTreeMap<String, BTreeMap<String, BTreeSet<(String, String, String)>>>;
    let mut expected = Expected::new();
    let mut count = 0;
    for row in rows(MERGERS) {
        let id = match row["old_code"].len() {
            0 => format!("X{}-{}", row["old_district_code"], so_nhan_ai::basics::fold(&row["old_name"])),
            3 => format!("H{}", row["old_code"]),
            _ => format!("X{}", row["old_code"]),
        };
        let to = (row["new_code"].clone(), row["relation"].to_uppercase(), row["note"].clone());
        assert!(expected.entry(row["old_name"].clone()).or_default().entry(id).or_default().insert(to));
        count += 1;
    }
    assert_eq!(count, 10_571);
    let all: BTreeSet<String> = expected.values().flat_map(|old| old.keys().cloned()).collect();
    let mut told = HashMap::new();
    for some in all.into_iter().collect::<Vec<_>>().chunks(1_000) {
        told.extend(units::former(&mut conn, some).unwrap());
    }
    for (name, old) in &expected {
        // One search a name; the same name without accents is the same search by construction (`typed` folds it).
        let found: Vec<String> = find::units(&mut conn, name, When::Before, None, old.len() as i64 + 50)
            .unwrap()
            .into_iter()
            .filter_map(|(_, key)| if let UnitKey::Former(id) = key { Some(id) } else { None })
            .collect();
        for (id, to) in old {
            assert!(found.contains(id), "{name} does not find {id}");
            let (former, mergers) = &told[id];
            assert_eq!(former.full_name, *name);
            let said: BTreeSet<_> = mergers.iter().map(|m| (m.new_code.clone(), m.relation.clone(), m.note.clone())).collect();
            assert_eq!(said, *to, "{name} {id}");
        }
        // Exactly so named units come before those that are only alike.
        let exact = found.iter().take(old.len()).filter(|id| old.contains_key(*id)).count();
        let twins = found.iter().filter(|id| old.contains_key(*id)).count();
        assert!(exact == twins || twins < old.len() || found.len() > old.len(), "{name}");
    }
}

#[test]
fn units_are_listed_from_the_top_down_on_any_day() {
    let app = TestApp::shared();
    let count = |query: &str| search(&app, query).len();
    assert_eq!((count(""), count("on=2026-01-01"), count("on=2025-06-30")), (34, 34, 63));
    assert_eq!((count("parent=68"), count("parent=68&on=2025-07-01")), (124, 124));
    let districts = search(&app, "parent=60&on=2025-01-01");
    assert!(
        districts.len() == 10 && districts.iter().all(|d| d["province"] == "Tỉnh Bình Thuận" && d["former"] == true),
        "{districts:?}"
    );
    let communes = search(&app, "parent=597&on=2025-01-01");
    assert!(communes.len() > 10 && communes.iter().any(|c| c["full_name"] == "Xã Hàm Chính"));
    for limit in [1, 7] {
        assert_eq!(all(&app.anonymous(), "/api/v1/public/units?q=ham+liem", limit), typed(&app, "ham liem"), "limit {limit}");
    }
    assert_eq!(all(&app.anonymous(), "/api/v1/public/units", 5), search(&app, ""));
    let kinds: Vec<Value> =
        search(&app, "on=2026-04-29").into_iter().filter(|u| u["code"] == "75").map(|u| u["kind"].clone()).collect();
    assert_eq!(kinds, ["PROVINCE"]);
}

/// A day names no unit that did not exist then, and says where the record does not reach.
#[test]
fn names_that_ended_before_the_reform_lead_on_or_are_said_not_to_be_on_record() {
    let app = TestApp::shared();
    let heirs = |text: &str, name: &str| -> Vec<String> {
        let found = typed(&app, text);
        let unit = found.iter().find(|u| u["full_name"] == name).unwrap_or_else(|| panic!("{text}: {found:?}"));
        successors(unit).into_iter().map(|(code, _, _)| code).collect()
    };
    for text in ["Thừa Thiên Huế", "thua thien hue", "tỉnh Thừa Thiên Huế", "TT Huế", "TTH"] {
        assert_eq!(heirs(text, "Tỉnh Thừa Thiên Huế"), ["46"], "{text}");
    }
    for text in ["Quận 2", "quan 2", "Q2", "Q.2", "Q. 02", "Quận 2, TP.HCM"] {
        assert_eq!(heirs(text, "Quận 2"), ["27094", "27097", "27112"], "{text}");
    }
    assert_eq!(heirs("Quận 9", "Quận 9"), ["26833", "26842", "26848", "26857", "26860"]);
    assert_eq!(heirs("Hà Tây", "Tỉnh Hà Tây"), ["01"]);
    let chapters = all(&app.anonymous(), &format!("/api/v1/public/chapters?q={}", escaped("Thừa Thiên Huế")), 50);
    assert_eq!(
        (codes(&chapters), &chapters[0]["matched_by"][0]["old_name"]),
        (vec!["46".to_owned()], &json!("Tỉnh Thừa Thiên Huế"))
    );
    let hue = app.anonymous().get("/api/v1/public/units/46", 200);
    let former: Vec<&str> = hue["former"].as_array().unwrap().iter().map(|u| u["full_name"].as_str().unwrap()).collect();
    assert_eq!(former, ["Thành phố Huế", "Tỉnh Thừa Thiên Huế"]);
    let on = |day: &str, more: &str| {
        let answer = app.anonymous().get(&format!("/api/v1/public/units?on={day}&limit=200{more}"), 200);
        let names: Vec<String> =
            answer["items"].as_array().unwrap().iter().map(|u| u["full_name"].as_str().unwrap().to_owned()).collect();
        (names, answer["record"]["since"].as_str().map(str::to_owned))
    };
    let named = |day: &str, part: &str| on(day, "").0.into_iter().filter(|name| name.contains(part)).collect::<Vec<_>>();
    for (day, name, count) in [
        ("2024-12-31", "Tỉnh Thừa Thiên Huế", 63),
        ("2025-01-01", "Thành phố Huế", 63),
        ("2025-07-01", "Thành phố Huế", 34),
        ("2008-07-31", "Tỉnh Thừa Thiên Huế", 64),
    ] {
        assert_eq!((named(day, "Huế"), on(day, "").0.len(), on(day, "").1), (vec![name.to_owned()], count, None), "{day}");
    }
    assert_eq!(on("2003-12-31", ""), (vec![], Some("2004-01-01".to_owned())));
    let districts = on("2019-05-01", "&parent=79");
    assert_eq!(
        (districts.0.as_slice(), districts.1.as_deref()),
        (&["Quận Thủ Đức", "Quận 9", "Quận 2"].map(str::to_owned)[..], Some("2025-01-01"))
    );
    assert_eq!(on("2022-05-01", "&parent=79").0, ["Thành phố Thủ Đức"]);
    assert_eq!(on("2024-06-30", "&q=ham+chinh"), (vec![], Some("2025-01-01".to_owned())));
    assert_eq!(on("2025-01-01", "&q=ham+chinh").1, None);
    let unknown = app.anonymous().get("/api/v1/public/units?q=Minh+Hai+zzz", 200);
    assert_eq!(
        unknown["record"],
        json!({"complete": false, "since": "2025-01-01"}),
        "a name that is nowhere may have ended earlier"
    );
}

#[test]
fn common_spellings_find_the_unit() {
    let app = TestApp::shared();
    for (text, name) in [
        ("Ea Hleo", "Xã Ea H'Leo"),
        ("Ea H\u{2019}Leo", "Xã Ea H'Leo"),
        ("K'Dang", "Xã KDang"),
        ("Cu Mgar", "Huyện Cư M'gar"),
        ("TPHCM", "Thành phố Hồ Chí Minh"),
        ("TP.HCM", "Thành phố Hồ Chí Minh"),
        ("tp. hcm", "Thành phố Hồ Chí Minh"),
        ("Phường 01", "Phường 1"),
        ("P.1, Đông Hà", "Phường 1"),
        ("Đắc Lắc", "Tỉnh Đắk Lắk"),
        ("danang", "Thành phố Đà Nẵng"),
        ("BRVT", "Tỉnh Bà Rịa - Vũng Tàu"),
        ("Bắc Kanj", "Tỉnh Bắc Kạn"),
    ] {
        let found = typed(&app, text);
        let names: Vec<String> = found.iter().map(|u| so_nhan_ai::basics::fold(u["full_name"].as_str().unwrap())).collect();
        assert!(names.contains(&so_nhan_ai::basics::fold(name)), "{text}: {names:?}");
    }
}

#[test]
fn odd_questions_are_answered_plainly() {
    let app = TestApp::shared();
    for none in ["zzzz", "…", "'; drop table former_unit; --", "%", "_", "zz:*|zzz", ",,,"] {
        assert_eq!(typed(&app, none), Vec::<Value>::new(), "{none}");
    }
    let public = app.anonymous();
    for (query, status) in [
        ("q=", 422),
        ("q=a%0Ab", 422),
        ("q=x&parent=68", 422),
        ("on=yesterday", 422),
        ("on=2026-02-30", 422),
        ("limit=0", 422),
        ("limit=201", 422),
        ("what=x", 422),
        ("cursor=x", 400),
        ("parent=99999", 200),
    ] {
        public.get(&format!("/api/v1/public/units?{query}"), status);
    }
    public.get(&format!("/api/v1/public/units?q={}", "a".repeat(101)), 422);
    for code in ["99999", "x", "%00", "000000"] {
        public.get(&format!("/api/v1/public/units/{code}"), 404);
    }
    let next = public.get("/api/v1/public/units?q=tan&limit=1", 200)["next"].as_str().unwrap().to_owned();
    public.get(&format!("/api/v1/public/units?q=tien&limit=1&cursor={next}"), 400);
    public.get(&format!("/api/v1/public/units?q=tan&on=2026-01-01&limit=1&cursor={next}"), 400);
}

/// A newer edition of the file replaces the older one; the same edition is left alone.
#[test]
fn loading_again_changes_nothing_and_heals_what_was_lost() {
    let app = TestApp::start();
    let state = || {
        app.database.text("SELECT md5(string_agg(u::text, ',' ORDER BY id)) FROM former_unit u")
            + &app.database.text("SELECT md5(string_agg(m::text, ',' ORDER BY former_id, new_code)) FROM unit_merger m")
    };
    let before = state();
    so_nhan_ai::cli::load_reference(&app.shared.db).unwrap();
    assert_eq!(state(), before);
    app.database.execute(
        "DELETE FROM unit_merger WHERE former_id = 'X23098'; UPDATE former_unit SET full_name = 'x' WHERE id = 'X23098'; UPDATE reference_load SET sha256 = 'old'",
    );
    assert_ne!(state(), before);
    so_nhan_ai::cli::load_reference(&app.shared.db).unwrap();
    assert_eq!(state(), before);
    assert_eq!(app.database.number("SELECT count(*) FROM chapter"), 3_356);
}
