//! Programs that people read tables with, on the public ledger of an appeal as the product writes it: DuckDB guesses whether there are
//! quotes from the first rows, most others guess that `00008` is a number. What they read is what was written.
//!
//! Where they are missing the test says so in red and passes; with `CI=true` it fails.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::NaiveDate;
use serde_json::{Value, json};
use so_nhan_ai::disclosure::columns::{COLUMNS, Described, Holds, csvw, data_package};
use so_nhan_ai::disclosure::csv::whole;
use so_nhan_ai::disclosure::csv_rows::Shown;
use so_nhan_ai::ledger::goods::PublicGoods;
use so_nhan_ai::ledger::public::PublicRow;

use super::sample::Folder;
use super::tools::skip;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// DuckDB looks at 20,480 rows.
const PLAIN: usize = 21_000;
const QUOTED: &str = "Công ty TNHH \"Thanh Long\", chi nhánh Hàm Thuận";

/// A program of Python that has both libraries.
fn python() -> Option<PathBuf> {
    let program = Path::new(ROOT).join("target/outside/bin/python");
    let has_both = Command::new(&program).args(["-c", "import duckdb, polars"]).output().is_ok_and(|said| said.status.success());
    if has_both { Some(program) } else { skip("DuckDB or polars") }
}

fn entry(index: usize, chapter: &str, province: Option<&str>, giver: Option<&str>) -> Shown {
    let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let goods = |sign: &str| PublicGoods {
        item: "RICE".to_owned(),
        quantity: format!("{sign}100.5"),
        unit: "KG".to_owned(),
        value_vnd: 1_000,
        valuation: "INVOICE".to_owned(),
    };
    let row = PublicRow {
        seq: index as i64,
        // Digits alone, as a code may be.
        code: format!("{:017}", index + 1),
        kind: if index % 1_000 == 999 { "REVERSAL" } else { "GIFT_IN_KIND" }.to_owned(),
        channel: Some("IN_KIND".to_owned()),
        chapter: chapter.to_owned(),
        province: province.map(str::to_owned),
        appeal: Some("LULUT-2026".to_owned()),
        fund: "APPEAL:LULUT-2026".to_owned(),
        day,
        booked: day,
        amount_vnd: if index % 1_000 == 999 { -1_000 } else { 1_000 },
        giver: giver.map(str::to_owned),
        goods: None,
        message_count: None,
        reverses: (index % 1_000 == 999).then(|| format!("{index:017}")),
        reason: (index % 1_000 == 999).then(|| "DUPLICATE".to_owned()),
        leaf_hash: vec![7; 32],
    };
    let goods = match index % 1_000 {
        998 => vec![goods("")],
        999 => vec![goods("-")],
        _ => Vec::new(),
    };
    Shown { row, index: index as i64, goods, detail: None, counts_in: None }
}

/// A ledger whose first 21,000 rows need no quote, and what each chapter received by it.
fn ledger() -> (Vec<u8>, BTreeMap<&'static str, i64>) {
    let chapters = [("00008", Some("01")), ("08", Some("08")), ("23095", Some("68")), ("TW", None)];
    let (mut entries, mut received) = (Vec::new(), BTreeMap::new());
    for index in 0..PLAIN + 2 {
        // In the whole head of the file there are digits alone.
        let (chapter, province) = chapters[if index < PLAIN { index % 3 } else { 3 }];
        let giver = match index {
            PLAIN => Some(QUOTED),
            n if n % 5 == 0 => Some("Nguyễn Văn An"),
            // A name, and no missing value.
            n if n == PLAIN + 1 => Some("NA"),
            _ => None,
        };
        let shown = entry(index, chapter, province, giver);
        *received.entry(chapter).or_default() += shown.row.amount_vnd;
        entries.push(shown);
    }
    (whole(entries).unwrap(), received)
}

/// The recipe of the documents for a tool.
fn recipe(tool: &str) -> String {
    let text = fs::read_to_string(Path::new(ROOT).join("docs/verify.md")).unwrap();
    let block = text.split("```python\n").skip(1).find(|block| block.starts_with(&format!("# {tool}\n")));
    block.unwrap_or_else(|| panic!("no recipe for {tool}")).split("```").next().unwrap().to_owned()
}

/// Runs a recipe in the folder of a `ledger.csv`, and a line that prints JSON after it.
fn run(python: &Path, folder: &Path, program: &str, print: &str) -> Value {
    let text = format!("{program}\nimport json\nprint(json.dumps({print}))\n");
    let ran = Command::new(python).args(["-c", &text]).current_dir(folder).output().unwrap();
    assert!(ran.status.success(), "{text}\n{}", String::from_utf8_lossy(&ran.stderr));
    serde_json::from_slice(&ran.stdout).unwrap()
}

fn last(file: &[u8], n: usize) -> Vec<String> {
    let mut rows: Vec<csv::StringRecord> = csv::Reader::from_reader(file).records().map(Result::unwrap).collect();
    rows.swap_remove(n).iter().map(str::to_owned).collect()
}

#[test]
fn the_recipes_read_what_was_written() {
    let Some(python) = python() else { return };
    let folder = Folder::new();
    let (file, received) = ledger();
    fs::write(folder.path().join("ledger.csv"), &file).unwrap();
    let quoted = last(&file, PLAIN);
    assert_eq!((quoted[10].as_str(), quoted[16].as_str()), (QUOTED, "0"));
    let rows = json!(PLAIN + 2);
    let sql = "[list(map(str, duckdb.sql('SELECT * FROM ledger WHERE log_index = 21000').fetchone()[10:17:3])), \
               duckdb.sql(\"SELECT giver FROM ledger WHERE log_index = 21001\").fetchone()[0], received, len(ledger)]";
    let duckdb = run(&python, folder.path(), &recipe("duckdb"), sql);
    assert_eq!(duckdb, json!([[QUOTED, "None", "0"], "NA", received, rows]));
    let frame = "[[str(v) for v in ledger.row(21000)[10:17:3]], ledger.row(21001)[10], received, len(ledger)]";
    let polars = run(&python, folder.path(), &recipe("polars"), frame);
    assert_eq!(polars, json!([[QUOTED, "None", "0"], "NA", received, rows]));
}

/// Without a word from anybody: what a hurried reader types.
#[test]
fn a_late_quote_shifts_no_column() {
    let Some(python) = python() else { return };
    let folder = Folder::new();
    let (file, received) = ledger();
    fs::write(folder.path().join("ledger.csv"), &file).unwrap();
    let plain = run(
        &python,
        folder.path(),
        "import duckdb\nrow = duckdb.sql(\"SELECT giver, goods, leaf_hash, carried_vnd FROM 'ledger.csv' WHERE log_index = 21000\").fetchone()",
        "[row[0], row[2], int(row[3]), dict(duckdb.sql(\"SELECT chapter, sum(amount_vnd)::BIGINT FROM 'ledger.csv' GROUP BY 1\").fetchall()), \
         int(duckdb.sql(\"SELECT sum(carried_vnd) FROM 'ledger.csv'\").fetchone()[0])]",
    );
    assert_eq!(plain, json!([QUOTED, "07".repeat(32), 0, received, 0]));
    // The same without quotes round the names of the columns: what is guarded against is still there.
    let bare = String::from_utf8(file).unwrap();
    let (names, rows) = bare.split_once("\r\n").unwrap();
    fs::write(folder.path().join("ledger.csv"), format!("{}\r\n{rows}", names.replace('"', ""))).unwrap();
    let text = "import duckdb\ntry:\n    giver = duckdb.sql(\"SELECT giver FROM 'ledger.csv' WHERE log_index = 21000\").fetchone()[0]\n\
                except Exception as error:\n    giver = None";
    let shifted = run(&python, folder.path(), text, "giver");
    assert_ne!(shifted, json!(QUOTED), "DuckDB has learnt it: the quotes may go");
}

/// The descriptions name exactly the columns of the file, and text where a number would lose something.
#[test]
fn the_descriptions_fit_the_file() {
    let (file, _) = ledger();
    let mut reader = csv::Reader::from_reader(file.as_slice());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let of = Described { code: "LULUT-2026", title: "Lũ lụt" };
    let (package, csvw) = (data_package(&of), csvw(&of));
    let resource = &package["resources"][0];
    let listed = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|field| field["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(listed(&resource["schema"]["fields"]), names);
    assert_eq!(listed(&csvw["tableSchema"]["columns"]), names);
    assert_eq!((&resource["path"], &csvw["url"]), (&json!("ledger.csv"), &json!("ledger.csv")));
    for text in ["code", "chapter", "province", "reverses", "reason", "leaf_hash", "giver", "goods"] {
        let at = names.iter().position(|name| name == text).unwrap();
        assert_eq!(COLUMNS[at].holds, Holds::Text);
        assert_eq!(resource["schema"]["fields"][at]["type"], "string", "{text}");
        assert_eq!(csvw["tableSchema"]["columns"][at]["datatype"], "string", "{text}");
    }
    for record in reader.records().map(Result::unwrap).step_by(37) {
        for (column, field) in COLUMNS.iter().zip(&record) {
            assert!(!field.is_empty() || !column.always, "{}", column.name);
            let fits = match column.holds {
                Holds::Text => true,
                Holds::Whole => field.is_empty() || field.parse::<i64>().is_ok(),
                Holds::Day => field.parse::<NaiveDate>().is_ok(),
            };
            assert!(fits, "{}: {field}", column.name);
        }
    }
}
