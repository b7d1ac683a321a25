//! Sites whose log is right and whose rows are not: whoever has the database in his hands changes one row, and every sum that follows.

use std::time::Duration;

use serde_json::{Value, json};
use so_nhan_ai::log::checkpoint;
use so_nhan_ai::log::note::Verifier;
use so_nhan_ai_proof::verify::audit::Walk;
use so_nhan_ai_proof::verify::place::Place;
use so_nhan_ai_proof::verify::published::{self, Patience};
use so_nhan_ai_proof::verify::report::Report;
use so_nhan_ai_proof::verify::served::{self, Closely};
use so_nhan_ai_proof::verify::site::Site;

use super::commands::{run, text};
use super::sample::{Folder, Make, ORIGIN, Sample, VKEY};
use super::server::{Answer, Server};
use super::shop::Shop;

const PATIENCE: Patience = Patience { pause: Duration::ZERO, still: 1, lasting: 5, rounds: 9 };

fn keys() -> Vec<Verifier> {
    vec![Verifier::parse(VKEY).unwrap()]
}

/// The whole audit of a site, as the command does it.
fn audit(server: &Server, sample: usize) -> Report {
    let site = Site::new(&server.log(), None).unwrap();
    let mut walk = Walk::new(&site, 2);
    walk.keep_rows();
    let note = site.checkpoint().unwrap();
    let head = checkpoint::open(&note, &keys()).unwrap();
    walk.follow(&note, head, &mut |_, _| ()).unwrap();
    published::compare(&mut walk, &site, &site, &keys(), PATIENCE, &mut |_, _| ()).unwrap();
    let closely = Closely { sample, seed: "7".parse().unwrap() };
    served::compare(&mut walk, &site, &site, &keys(), PATIENCE, closely, &mut |_, _| ()).unwrap();
    walk.report(ORIGIN)
}

/// A log of so many entries and a site beside it, whose shop is changed.
fn found(size: usize, change: impl FnOnce(&mut Shop)) -> Report {
    let folder = Folder::new();
    let mut sample = Sample::of(size);
    sample.write(folder.path(), size as u64);
    let server = Server::of(folder.path());
    let mut shop = Shop::of(&sample);
    change(&mut shop);
    let _open = shop.open(&server);
    audit(&server, 25)
}

/// Entries of the sample: gifts of cash, one in kind, one that was reversed and its reversal, one of goods that was and its reversal, and
/// one whose giver's data were erased.
const CASH: usize = 120;
const GOODS: usize = 113;
const REVERSED: usize = 92;
const REVERSAL: usize = 99;
const ERASED: usize = 50;

/// Where the entry of the log at an index is among the rows: erasures have none.
fn at(rows: &[Value], index: usize) -> usize {
    rows.iter().position(|row| row["log_index"] == index).unwrap()
}

fn code(rows: &[Value], index: usize) -> String {
    rows[at(rows, index)]["code"].as_str().unwrap().to_owned()
}

#[test]
fn an_honest_site_is_clean() {
    for size in [1, 90, 700] {
        let report = found(size, |_| ());
        assert!(report.clean, "{size}: {}", report.text(9));
        let said = report.notes.iter().find(|note| note.contains("rows compared: as the log has them")).unwrap();
        assert!(said.contains(&format!("seed is 7@{size}")), "{said}");
    }
    // A reversal of goods gives them back.
    let mut sample = Sample::default();
    [Make::Cash(5), Make::Goods(7), Make::Reversal(1), Make::Erasure(0)].into_iter().for_each(|what| sample.push(what));
    let folder = Folder::new();
    sample.write(folder.path(), 4);
    let server = Server::of(folder.path());
    let shop = Shop::of(&sample).open(&server);
    assert!(audit(&server, 9).clean);
    shop.lock().unwrap().files[2]["goods"] = json!([]);
    let report = audit(&server, 9);
    assert!(report.text(9).contains("shows the goods nothing; the log has RICE -100.5 KG"), "{}", report.text(9));
    shop.lock().unwrap().files[2]["goods"] = json!([{"item": "RICE", "quantity": "100.5", "unit": "KG"}]);
    assert!(audit(&server, 9).text(9).contains("shows the goods RICE 100.5 KG; the log has RICE -100.5 KG"));
}

type Change = fn(&mut Value);

/// One field of one row, in a file alone, or on the pages alone.
#[test]
fn one_false_field_names_its_entry() {
    let cases: [(usize, Change, &str); 14] = [
        (CASH, |row| row["amount_vnd"] = json!(row["amount_vnd"].as_i64().unwrap() * 2), "shows the amount"),
        (CASH, |row| row["day"] = "2026-11-21".into(), "2026-11-21 as day; the log has 2026-11-22"),
        (CASH, |row| row["booked_on"] = "2026-11-23".into(), "as booked_on"),
        (CASH, |row| row["channel"] = "SMS".into(), "SMS as channel; the log has CASH"),
        (CASH, |row| row["chapter"] = "00008".into(), "00008 as chapter"),
        (CASH, |row| row["province"] = "08".into(), "08 as province"),
        (CASH, |row| row["fund"] = "GENERAL".into(), "GENERAL as fund"),
        (CASH, |row| row["kind"] = "GIFT_BANK".into(), "GIFT_BANK as kind"),
        (CASH, |row| row["leaf_hash"] = "00".repeat(32).into(), "as leaf_hash"),
        (CASH, |row| row["log_index"] = json!(3), "at place 3 of the log"),
        (GOODS, |row| row["goods"][0]["quantity"] = "1005".into(), "RICE 1005 KG"),
        (GOODS, |row| row["goods"] = json!([]), "the goods nothing"),
        (REVERSAL, |row| row["reason"] = "OTHER".into(), "OTHER as reason; the log has DUPLICATE"),
        (REVERSAL, |row| drop(row.as_object_mut().unwrap().remove("reverses")), "nothing as reverses"),
    ];
    for (index, change, says) in cases {
        for part in 0..2 {
            let mut name = String::new();
            let report = found(150, |shop| {
                let rows = if part == 0 { &mut shop.files } else { &mut shop.rows };
                name = code(rows, index);
                let at = at(rows, index);
                change(&mut rows[at]);
            });
            let named: Vec<_> =
                report.findings.iter().filter(|f| f.check == "published_row" && f.subject.contains(&name)).collect();
            assert!(named.iter().any(|f| f.differs.contains(says)), "{says}, {part}: {}", report.text(9));
            assert!(
                report.findings.iter().all(|f| f.subject.contains(&name) || f.subject.starts_with('/')),
                "{}",
                report.text(9)
            );
        }
    }
    // Values stand on pages alone.
    let report = found(150, |shop| {
        let at = at(&shop.rows, GOODS);
        shop.rows[at]["goods"][0]["value_vnd"] = json!(9_999_999);
    });
    assert!(
        report.text(9).contains("of 9999999 đồng (MARKET_PRICE); the log has RICE 100.5 KG of 1613 đồng"),
        "{}",
        report.text(9)
    );
}

/// The attack that was tried: the row, its postings and every sum that follows are doubled; only the log says otherwise.
#[test]
fn a_row_that_is_false_everywhere_is_found_by_its_leaf() {
    let mut name = String::new();
    let report = found(300, |shop| {
        name = code(&shop.rows, CASH);
        let at = at(&shop.rows, CASH);
        for rows in [&mut shop.rows, &mut shop.files] {
            rows[at]["amount_vnd"] = json!(9_000_000);
        }
    });
    assert!(
        report.findings.iter().any(|f| f.subject.contains(&name) && f.differs.contains("9000000 đồng")),
        "{}",
        report.text(9)
    );
    assert!(report.findings.iter().all(|f| f.check == "published_row"), "the sums were right: {}", report.text(9));
}

#[test]
fn missing_added_and_doubled_rows_are_named() {
    let removed = |rows: &mut Vec<Value>| {
        let at = at(rows, CASH);
        rows.remove(at)["code"].as_str().unwrap().to_owned()
    };
    let mut name = String::new();
    let report = found(150, |shop| name = removed(&mut shop.files));
    let says = |report: &Report, name: &str, says: &str| {
        let is_said = report.findings.iter().any(|f| f.subject.contains(name) && f.differs.contains(says));
        assert!(is_said, "{name} {says}: {}", report.text(20));
    };
    says(&report, &name, "the file has no row of it");
    let report = found(150, |shop| name = removed(&mut shop.rows));
    says(&report, &name, "is not in the list");
    let report = found(150, |shop| {
        let row = shop.files[at(&shop.files, CASH)].clone();
        name = row["code"].as_str().unwrap().to_owned();
        shop.files.push(row);
    });
    says(&report, &name, "the file has it twice");
    let report = found(150, |shop| {
        let row = shop.rows[at(&shop.rows, CASH)].clone();
        name = row["code"].as_str().unwrap().to_owned();
        shop.rows.push(row);
    });
    says(&report, &name, "the list has it twice");
    // An entry that never was: in the place of another, behind the log's end, or not sealed for ever.
    for index in [json!(5), json!(5_000), Value::Null] {
        for part in 0..2 {
            if part == 0 && index.is_null() {
                continue;
            }
            let report = found(150, |shop| {
                let mut row = shop.rows[at(&shop.rows, CASH)].clone();
                name = so_nhan_ai::basics::PublicCode::random().unwrap().as_str().to_owned();
                row["code"] = name.clone().into();
                row["log_index"] = index.clone();
                if part == 0 { shop.files.push(row) } else { shop.rows.push(row) }
            });
            says(&report, &name, "an entry that is not in the log");
        }
    }
    // Of another appeal's file, and with the ledger of an appeal gone altogether.
    let report = found(150, |shop| {
        let at = at(&shop.files, CASH);
        name = code(&shop.files, CASH);
        let other = if shop.files[at]["appeal"] == "BAO13" { "LULUT-2026" } else { "BAO13" };
        shop.files[at]["appeal"] = other.into();
    });
    says(&report, &name, "as appeal");
    says(&report, &name, "the file has no row of it");
    let report = found(150, |shop| {
        let at = at(&shop.rows, CASH);
        name = code(&shop.rows, CASH);
        shop.hidden.push(name.clone());
        // Asked for, as something points there.
        shop.rows[at]["reversed_by"] = "0000000000000000X".into();
    });
    says(&report, &name, "reverses it; the log has no such entry");
}

#[test]
fn what_was_said_later_is_compared() {
    let mut name = String::new();
    let says = |report: &Report, name: &str, says: &str| {
        assert!(report.findings.iter().any(|f| f.subject.contains(name) && f.differs.contains(says)), "{}", report.text(9));
    };
    let report = found(150, |shop| {
        let at = at(&shop.rows, REVERSED);
        name = code(&shop.rows, REVERSED);
        shop.rows[at].as_object_mut().unwrap().remove("reversed_by");
    });
    says(&report, &name, "shows that it stands; the log has its reversal");
    let report = found(150, |shop| {
        let at = at(&shop.rows, REVERSED);
        shop.rows[at]["reversed_by"] = code(&shop.rows, CASH).into();
    });
    says(&report, "", "reverses it; the log has");
    // A name that an erasure took away, in a file and on a page; a page that does not say so.
    let report = found(150, |shop| {
        let at = at(&shop.files, ERASED);
        name = code(&shop.files, ERASED);
        shop.files[at]["giver"] = "Nguyễn Văn A".into();
    });
    says(&report, &name, "names a giver whose data the log says were erased");
    let report = found(150, |shop| {
        let at = at(&shop.rows, ERASED);
        shop.rows[at]["giver"] = "Nguyễn Văn A".into();
        shop.rows[at]["annotations"] = json!([]);
    });
    says(&report, "", "names a giver whose data the log says were erased");
    says(&report, "", "says of it");
}

#[test]
fn files_that_are_no_files_are_findings_and_old_ones_are_not_clean() {
    let report = found(150, |shop| shop.rewrite = |text| text[..text.len() - 30].to_owned());
    assert!(report.text(9).contains("more fields than columns, or fewer"), "{}", report.text(9));
    let report = found(150, |shop| shop.rewrite = |text| text.replacen("amount_vnd", "amount", 1));
    assert!(report.text(9).contains("has other columns"), "{}", report.text(9));
    let report = found(150, |shop| shop.rewrite = |_| String::new());
    assert!(report.text(9).contains("is empty"), "{}", report.text(9));
    // Rows without end.
    let report = found(20, |shop| {
        shop.rewrite = |text| {
            let last = text.trim_end().rsplit("\r\n").next().unwrap().to_owned() + "\r\n";
            text + &last.repeat(20_000)
        }
    });
    assert!(report.text(9).contains("more rows than the log has entries"), "{}", report.text(9));
    // A copy of an older log has all that it can have; it is no finding, and not clean.
    let report = found(150, |shop| {
        shop.log_size = Some(100);
        shop.files.retain(|row| row["log_index"].as_u64().unwrap() < 100);
    });
    assert!(report.total == 0 && !report.clean, "{}", report.text(9));
    assert!(report.unchecked.iter().any(|what| what.contains("is of a log of 100 entries")), "{:?}", report.unchecked);
    // The order of the log, in a file that is long enough to have one.
    let report = found(2_500, |shop| shop.files.reverse());
    assert!(report.text(9).contains("not in the order of the log"), "{}", report.text(9));
    // Who says nothing of the size is held to what was signed before.
    let report = found(150, |shop| {
        shop.log_size = None;
        shop.files.truncate(100);
    });
    assert!(report.text(9).contains("the file has no row of it"), "{}", report.text(9));
}

#[test]
fn sums_of_a_day_and_of_a_small_chapter_are_compared() {
    let report = found(300, |shop| {
        // A province's whole is right, what it received on a day is not.
        let of = shop.summed.iter().position(|row| row["province"] == "68").unwrap();
        let mut more = shop.summed[of].clone();
        let mut less = more.clone();
        more["day"] = "2026-11-22".into();
        less["day"] = "2026-11-21".into();
        less["amount_vnd"] = json!(-more["amount_vnd"].as_i64().unwrap());
        shop.summed.extend([more, less]);
    });
    assert!(report.findings.iter().any(|f| f.subject.contains("from=2026-11-22")), "{}", report.text(9));
}

/// Rows come before their leaf is signed: that is how it is, for a second or two.
#[test]
fn a_row_may_be_a_moment_before_its_leaf() {
    let folder = Folder::new();
    let mut sample = Sample::of(150);
    sample.write(folder.path(), 140);
    (140..=150).for_each(|size| sample.write(folder.path(), size));
    let server = Server::of(folder.path());
    let notes: Vec<Vec<u8>> = [140, 140, 140, 150].map(|size| sample.checkpoint(size).into_bytes()).to_vec();
    server.answer("/log/checkpoint", Answer::Series(notes));
    let mut shop = Shop::of(&sample);
    shop.summed.retain(|row| row["log_index"].as_u64().unwrap() < 140);
    let shop = shop.open(&server);
    let report = {
        let site = Site::new(&server.log(), None).unwrap();
        let mut walk = Walk::new(&site, 2);
        walk.keep_rows();
        let note = site.checkpoint().unwrap();
        walk.follow(&note, checkpoint::open(&note, &keys()).unwrap(), &mut |_, _| ()).unwrap();
        let closely = Closely { sample: 0, seed: "7".parse().unwrap() };
        served::compare(&mut walk, &site, &site, &keys(), PATIENCE, closely, &mut |_, _| ()).unwrap();
        walk.report(ORIGIN)
    };
    assert!(report.clean && report.size == 150, "{}", report.text(9));
    drop(shop);
}

#[test]
fn the_commands_find_it_and_repeat_it() {
    let (folder, state) = (Folder::new(), Folder::new());
    let mut sample = Sample::of(150);
    sample.write(folder.path(), 150);
    let server = Server::of(folder.path());
    let shop = Shop::of(&sample).open(&server);
    let url = server.log();
    let audit = |more: &[&str]| run(&[&["audit", "--url", &url, "--vkey", VKEY], more].concat());
    let watch = || run(&["watch", "--once", "--url", &url, "--vkey", VKEY, "--state", text(state.path())]);
    let (code, out, err) = audit(&["--seed", "5", "--sample", "20"]);
    assert!(code == 0 && out.contains("rows compared: as the log has them; the sample's seed is 5@150"), "{out}{err}");
    let (code, out, err) = watch();
    assert!(code == 0 && out.contains("rows compared: as the log has them"), "{out}{err}");
    // The seed is random unless given, and said.
    assert!(!audit(&[]).1.contains("seed is 5@"));
    let name = code_and_double(&shop);
    for (code, out, err) in [audit(&["--seed", "5@150"]), watch()] {
        assert!(code == 1 && out.contains(&format!("entry {CASH} ({name})")) && out.contains("shows the amount"), "{out}{err}");
    }
    let (code, _, err) = run(&["audit", "--dir", text(folder.path()), "--vkey", VKEY, "--seed", "x"]);
    assert!(code == 2 && err.contains("a seed is a number"), "{err}");
}

fn code_and_double(shop: &std::sync::Mutex<Shop>) -> String {
    let mut shop = shop.lock().unwrap();
    let at = at(&shop.files, CASH);
    shop.files[at]["amount_vnd"] = json!(9_000_000);
    code(&shop.files, CASH)
}
