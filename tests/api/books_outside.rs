//! The journal as programs that share no code with us read it: hledger and ledger, in their strict modes, over a chapter's books
//! with every kind of entry. Each balance is ours. Where a program is missing the test says so in red; with `CI=true` it fails.

use std::collections::BTreeMap;
use std::process::{Command, Output};

use chrono::Duration;
use so_nhan_ai::ledger::accounts::Account;
use so_nhan_ai::ledger::kinds::Kind;

use crate::books_kit::{Keeper, balances};
use crate::harness::TestApp;
use crate::kit;

fn run(program: &str, args: &[&str]) -> Option<Output> {
    match Command::new(program).args(args).env("LC_ALL", "C.UTF-8").output() {
        Ok(output) => Some(output),
        Err(_) => {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{program} is missing: make setup-outside");
            eprintln!("\x1b[31mSKIPPED: {program} is missing: make setup-outside\x1b[0m");
            None
        }
    }
}

/// What a program says when it is content.
fn said(program: &str, args: &[&str]) -> Option<String> {
    let output = run(program, args)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{program} {args:?}: {}{}", text(&output.stdout), text(&output.stderr));
    assert!(output.stderr.is_empty(), "{program} warns: {}", text(&output.stderr));
    Some(text(&output.stdout))
}

type Balances = BTreeMap<String, i64>;

fn by_hledger(file: &str) -> Option<Balances> {
    said("hledger", &["check", "-s", "-f", file])?;
    let told = said("hledger", &["-f", file, "-s", "bal", "--flat", "-N", "-O", "csv"])?;
    let rows = csv::Reader::from_reader(told.as_bytes()).into_records().map(Result::unwrap).collect::<Vec<_>>();
    Some(rows.iter().map(|row| (row[0].to_owned(), row[1].trim_end_matches(" VND").parse().unwrap())).collect())
}

fn by_ledger(file: &str) -> Option<Balances> {
    let format = "%(account)\t%(quantity(scrub(display_total)))\n";
    let told = said("ledger", &["--pedantic", "-f", file, "bal", "--flat", "--no-total", "--format", format])?;
    Some(told.lines().map(|line| line.split_once('\t').unwrap()).map(|(name, n)| (name.to_owned(), n.parse().unwrap())).collect())
}

#[test]
fn hledger_and_ledger_read_the_journal_and_agree() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let keeper = Keeper::of(&app, "23095");
    let day = |ago: i64| app.today() - Duration::days(ago);
    for (fund, ago) in [("GENERAL", 20), ("APPEAL:LULUT", 15), ("OPERATING", 0)] {
        keeper.open(day(60), fund, 1_000_000_000_000);
        keeper.book_everything(day(ago), fund);
    }
    let (officer, chair) = (app.officer_of("23095"), app.chair_of("23095"));
    let most = [(Account::Bank, 1_000_000_000_000_000), (Account::FundBalance, -1_000_000_000_000_000)];
    keeper.book(Kind::OpeningBalance, day(1), "OPERATING", &most);
    kit::gift(&app).to("LULUT").book(&officer);
    kit::gift(&app).with("received_on", day(5).to_string()).book(&officer).reversed(&app);
    let folder = scratch();
    for (n, days) in
        ["".to_owned(), format!("&from={}", day(19)), format!("&to={}", day(10)), format!("&from={}&to={}", day(20), day(20))]
            .iter()
            .enumerate()
    {
        for lang in ["vi", "en"] {
            let text = chair.with("accept-language", lang).get_text(&format!("/api/v1/exports/journal?chapter=23095{days}"), 200);
            let path = folder.join(format!("{n}-{lang}.journal"));
            std::fs::write(&path, &text).unwrap();
            let file = path.to_str().unwrap();
            let to = days.split("to=").nth(1).map_or(app.today().to_string(), str::to_owned);
            let ours: Balances = balances(&chair, &format!("chapter=23095&day={to}"))
                .into_iter()
                .map(|(account, fund, amount)| (format!("{account}:{fund}"), amount))
                .collect();
            for theirs in [by_hledger(file), by_ledger(file)].into_iter().flatten() {
                let theirs: Balances = theirs
                    .into_iter()
                    .filter(|(_, amount)| *amount != 0)
                    .map(|(name, amount)| (name.split_once(':').unwrap().1.to_owned(), amount))
                    .collect();
                assert_eq!(theirs, ours, "{days} {lang}");
            }
        }
    }
    // Kinds are tags that both find.
    let file = folder.join("0-vi.journal");
    let file = file.to_str().unwrap();
    if let Some(told) = said("hledger", &["-f", file, "reg", "tag:kind=CASH_DEPOSIT", "-O", "csv"]) {
        assert!(told.lines().count() > 1, "{told}");
    }
    if let Some(told) = said("ledger", &["--pedantic", "-f", file, "reg", "expr", "tag('kind') =~ /CASH_DEPOSIT/"]) {
        assert!(told.lines().count() > 1, "{told}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

fn scratch() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("sna-journal-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
