//! The ledger of an appeal as a file: whole, of one moment, safe in a spreadsheet.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::harness::{TestApp, eventually};
use crate::kit::{appeal, gift, goods, organisation};
use crate::look::{book, entries};

const PATH: &str = "/api/v1/public/appeals/LULUT/ledger.csv";

type Row = HashMap<String, String>;

/// The rows of a download, read by a reader of our own that knows RFC 4180 and nothing else, and the log's size.
fn download(app: &TestApp) -> (Vec<Row>, i64) {
    let answer = app.anonymous().send("GET", PATH, None);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/csv; charset=utf-8")), "{}", answer.text);
    let size: i64 = answer.header("x-log-size").unwrap().parse().unwrap();
    assert_eq!(answer.header("content-disposition"), Some(format!("attachment; filename=\"LULUT-{size}.csv\"").as_str()));
    let mut records = rfc4180(&answer.text).into_iter();
    let header = records.next().unwrap();
    let rows: Vec<Row> = records
        .map(|record| {
            assert_eq!(record.len(), header.len(), "{record:?}");
            header.iter().cloned().zip(record).collect()
        })
        .collect();
    (rows, size)
}

fn rfc4180(text: &str) -> Vec<Vec<String>> {
    assert!(text.ends_with("\r\n"), "every line ends with CR LF");
    let (mut records, mut record, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' if quoted => {
                quoted = false;
                assert!(matches!(chars.peek(), Some(',' | '\r')), "something follows a closing quote");
            }
            '"' => {
                assert!(field.is_empty(), "a quote inside a plain field: {field}");
                quoted = true;
            }
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\r' if !quoted => {
                assert_eq!(chars.next(), Some('\n'));
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            '\n' if !quoted => panic!("a bare line feed"),
            other => field.push(other),
        }
    }
    assert!(!quoted && field.is_empty() && record.is_empty());
    records
}

fn received(rows: &[Row]) -> i64 {
    rows.iter().filter(|row| row["fund"].starts_with("APPEAL:")).map(|row| row["amount_vnd"].parse::<i64>().unwrap()).sum()
}

#[test]
fn fields_are_quoted_and_formulas_are_harmless() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of("23095");
    let names = [
        "=HYPERLINK(\"http://evil.example\";\"x\")",
        "+84 ngày đêm",
        "-1+1",
        "+SUM(A1:A9)",
        "＝1+1",
        "Công ty \"Mới\", và các bạn",
        "A;B,C",
        "'đã có dấu nháy",
        "Tab\u{a0}=1",
        "Nguyễn Văn An",
    ];
    for name in names {
        gift(&app).to("LULUT").by(organisation(name)).book(&officer);
    }
    let things = [goods("RICE", "100.5", "KG", 1_000), goods("BLANKET", "2", "PIECE", 2_000)];
    let reversal = gift(&app).to("LULUT").goods(things).book(&officer).reversed(&app);
    app.wait_for_log();
    let (rows, size) = download(&app);
    assert_eq!((rows.len(), size), (12, 12));
    for (row, name) in rows.iter().zip(names) {
        let dangerous = name.starts_with(['=', '+', '-', '@', '＝']);
        let stored = name.replace('\u{a0}', " ");
        assert_eq!(row["giver"], if dangerous { format!("'{name}") } else { stored });
    }
    assert!(rows.iter().all(|row| row.values().all(|field| {
        !field.starts_with(['=', '+', '@', '\t', '\r']) && (!field.starts_with('-') || field.parse::<i64>().is_ok())
    })));
    assert_eq!(rows[10]["goods"], "RICE 100.5 KG; BLANKET 2 PIECE");
    assert_eq!(
        (rows[11]["code"].as_str(), rows[11]["reverses"].as_str(), rows[11]["amount_vnd"].as_str()),
        (reversal.as_str(), rows[10]["code"].as_str(), "-3000")
    );
    // The same entries as the search shows, with the same values.
    let mut listed = entries(&app, "appeal=LULUT");
    listed.reverse();
    for (row, entry) in rows.iter().zip(&listed) {
        for name in ["code", "kind", "day", "booked_on", "chapter", "province", "fund", "leaf_hash"] {
            assert_eq!(row[name], entry[name].as_str().unwrap(), "{name}");
        }
        assert_eq!(
            (json!(row["amount_vnd"].parse::<i64>().unwrap()), json!(row["log_index"].parse::<i64>().unwrap())),
            (entry["amount_vnd"].clone(), entry["log_index"].clone())
        );
    }
}

/// The names of the columns are quoted, so that no reader has to guess whether there are quotes; no other row is.
#[test]
fn the_file_says_what_its_columns_hold() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of("23095");
    let rice = gift(&app).to("LULUT").goods([goods("RICE", "100.5", "KG", 1_000)]).book(&officer);
    for name in ["Công ty \"Mới\", Hàm Liêm", "12E45"] {
        gift(&app).to("LULUT").by(organisation(name)).book(&officer);
    }
    let reversal = rice.reversed(&app);
    app.wait_for_log();
    let (rows, size) = download(&app);
    let public = app.anonymous();
    let text = public.get_text(PATH, 200);
    let mut names = text.lines();
    assert_eq!(
        names.next().unwrap(),
        "\"log_index\",\"code\",\"kind\",\"day\",\"booked_on\",\"channel\",\"chapter\",\"province\",\"fund\",\"amount_vnd\",\"giver\",\"goods\",\
         \"message_count\",\"reverses\",\"reason\",\"leaf_hash\",\"carried_vnd\",\"other_income_vnd\",\"released_vnd\",\"taken_over_vnd\",\"sent_vnd\",\
         \"handed_out_vnd\",\"paid_vnd\",\"refunded_vnd\",\"lost_vnd\",\"of\",\"to\",\"category\",\"counts_in\""
    );
    assert!(!names.next().unwrap().contains('"'));
    assert!(rows.iter().all(|row| row["carried_vnd"] == "0"), "a sum that is not meant is 0");
    assert_eq!(rows.last().unwrap()["goods"], "RICE -100.5 KG");
    let answer = public.send("GET", PATH, None);
    assert!(answer.header("link").unwrap().contains("<ledger.csv-metadata.json>; rel=\"describedby\""));

    let names: Vec<Value> = rfc4180(&text)[0].iter().map(|name| json!(name)).collect();
    let listed = |list: &Value| list.as_array().unwrap().iter().map(|column| column["name"].clone()).collect::<Vec<_>>();
    let package = public.get("/api/v1/public/appeals/LULUT/datapackage.json", 200);
    let csvw = public.get("/api/v1/public/appeals/LULUT/ledger.csv-metadata.json", 200);
    let schema = public.get("/api/v1/public/ledger.schema.json", 200);
    assert_eq!((listed(&schema["fields"]), listed(&csvw["tableSchema"]["columns"])), (names.clone(), names));
    assert_eq!((&package["resources"][0]["schema"], &package["resources"][0]["path"]), (&schema, &json!("ledger.csv")));
    assert_eq!((&package["title"], &csvw["dc:title"]["@value"]), (&json!("Đợt LULUT"), &json!("Đợt LULUT")));
    for path in ["datapackage.json", "ledger.csv-metadata.json", "ledger.csv?form=SPREADSHEET"] {
        public.get(&format!("/api/v1/public/appeals/NONE/{path}"), 404);
    }
    public.get(&format!("{PATH}?form=xlsx"), 422);
    public.get(&format!("{PATH}?from=2026-01-01"), 422);

    // The form for people: a mark, names beside codes, and no code that looks like a number.
    let answer = public.send("GET", &format!("{PATH}?form=SPREADSHEET"), None);
    assert_eq!(
        answer.header("content-disposition"),
        Some(format!("attachment; filename=\"LULUT-{size}-spreadsheet.csv\"").as_str())
    );
    let sheet = answer.text.strip_prefix('\u{feff}').expect("a byte order mark");
    let records = rfc4180(sheet);
    let column =
        |name: &str| records[0].iter().position(|column| column == name).unwrap_or_else(|| panic!("{name}: {:?}", records[0]));
    let field = |row: usize, name: &str| records[row][column(name)].as_str();
    assert_eq!(records.len(), rows.len() + 1);
    assert_eq!((field(1, "Mã đơn vị (chapter)"), field(1, "Mã tỉnh (province)")), ("VN-23095", "VN-68"));
    assert_eq!(field(1, "Đơn vị"), "Hội Chữ thập đỏ xã Hàm Liêm");
    assert_eq!((field(1, "Loại bút toán"), field(1, "Hình thức")), ("Ủng hộ hiện vật", "Hiện vật"));
    assert!(field(1, "Hiện vật").ends_with(": 100,5 kg") && field(4, "Hiện vật").ends_with(": -100,5 kg"), "{:?}", records[4]);
    assert_eq!((field(1, "Đã bị hủy bởi (reversed_by)"), field(2, "Đã bị hủy bởi (reversed_by)")), (reversal.as_str(), ""));
    assert_eq!(field(3, "Người ủng hộ (giver)"), "'12E45");
    for (name, plain) in [("Số đồng đã nhận (amount_vnd)", "amount_vnd"), ("Mã băm (leaf_hash)", "leaf_hash")] {
        assert!((1..records.len()).all(|row| field(row, name) == rows[row - 1][plain]), "{name}");
    }
    let place = "Vị trí trong sổ niêm phong, từ 0 (log_index)";
    assert!((1..records.len()).all(|row| field(row, place) == rows[row - 1]["log_index"]), "{records:?}");
    assert!(!records[0].iter().any(|name| name.contains("nhật ký") || name.to_lowercase().contains("kênh")), "{:?}", records[0]);
    let page = public.get_text("/du-lieu-mo", 200);
    // Somebody called NA stays in R, too.
    assert!(page.contains(", na = &#39;&#39;)") || page.contains(", na = '')"), "{page}");
    assert!(page.contains("na.strings = NULL") && page.contains("Trừ checkpoint"), "{page}");
    assert!(
        page.contains("bảng tính") && page.contains("ledger.csv?form=SPREADSHEET") && page.contains("keep_default_na=False"),
        "{page}"
    );
}

#[test]
fn an_empty_ledger_is_a_header_and_a_draft_is_not_found() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let (rows, size) = download(&app);
    assert_eq!((rows.len(), size), (0, 0));
    appeal(&app, "68", "NHAP").draft(&app.chair_of("68"));
    app.anonymous().get("/api/v1/public/appeals/NHAP/ledger.csv", 404);
}

#[test]
fn a_long_file_is_one_moment_while_gifts_arrive() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of("23095");
    let gifts: Vec<Value> = (0..3_200)
        .map(|n| app.gift(json!({"appeal": if n % 16 == 0 { Value::Null } else { json!("LULUT") }, "amount_vnd": 10_000 + n})))
        .collect();
    book(&officer, &gifts);
    app.wait_for_log();
    let stop = AtomicBool::new(false);
    let downloads = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut written = 0;
                    while !stop.load(Ordering::Relaxed) {
                        let some: Vec<Value> =
                            (0..20).map(|n| app.gift(json!({"appeal": "LULUT", "amount_vnd": 1 + n}))).collect();
                        book(&officer, &some);
                        written += 20;
                    }
                    written
                })
            })
            .collect();
        let downloads = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut all = vec![download(&app)];
            // The log grows beside it, on a busy machine slowly.
            eventually("the log grew meanwhile", || {
                all.push(download(&app));
                all.len() >= 4 && all[0].1 < all[all.len() - 1].1
            });
            all
        }));
        stop.store(true, Ordering::Relaxed);
        let written: i64 = writers.into_iter().map(|writer| writer.join().unwrap()).sum();
        assert!(written > 0);
        downloads.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    for (rows, size) in &downloads {
        let cut = format!("FROM public_entry p JOIN log_leaf l ON l.entry = p.code WHERE p.appeal = 'LULUT' AND l.idx < {size}");
        assert_eq!(rows.len() as i64, app.database.number(&format!("SELECT count(*) {cut}")), "log size {size}");
        assert_eq!(received(rows), app.database.number(&format!("SELECT sum(amount_vnd) {cut}")), "log size {size}");
        assert!(rows.len() >= 3_000 && rows.iter().all(|row| row["log_index"].parse::<i64>().unwrap() < *size));
        let unique: std::collections::HashSet<&str> = rows.iter().map(|row| row["code"].as_str()).collect();
        assert_eq!(unique.len(), rows.len());
    }
    assert!(downloads.windows(2).all(|pair| pair[0].1 <= pair[1].1), "the log shrank");
    app.wait_for_log();
    let (rows, _) = download(&app);
    let totals = app.anonymous().get("/api/v1/public/totals?appeal=LULUT", 200);
    assert_eq!((json!(received(&rows)), json!(rows.len())), (totals["received_vnd"].clone(), totals["gift_count"].clone()));
    assert_eq!(rows.len(), entries(&app, "appeal=LULUT").len());
}
