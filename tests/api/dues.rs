//! Members' dues: sheets booked once, months settled once, the share that may be free, what goes up and what comes back.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::books::errors;
use crate::coverage::{Call, call};
use crate::guards::all_refused;
use crate::harness::{Caller, TestApp};
use crate::look::all;
use crate::personal::{REQUESTS, ask, path};
use crate::transfers::{at_once, transfer};

pub const SHEETS: &str = "/api/v1/dues-sheets";
const HERE: &str = "23095";

/// So many new members of a chapter, or of a branch of it.
pub fn members(app: &TestApp, unit: &str, count: usize) -> Vec<String> {
    let chapter = unit.split("-CH").next().unwrap();
    let (officer, chair) = (app.officer_of(chapter), app.chair_of(chapter));
    let one = |n: usize| {
        let person = json!({"id": Uuid::new_v4(), "chapter": chapter, "name": format!("Hội Viên {n}")});
        let person = officer.post("/api/v1/persons", person, 201)["id"].clone();
        let mut member = json!({"id": Uuid::new_v4(), "person": person, "kind": "MEMBER", "decision_no": "15/QĐ-HCTĐ"});
        if unit != chapter {
            member["branch"] = json!(unit);
        }
        officer.post("/api/v1/members", member.clone(), 201);
        let id = member["id"].as_str().unwrap().to_owned();
        chair.post(&format!("/api/v1/member-steps/{id}/approval"), Value::Null, 200);
        id
    };
    (0..count).map(one).collect()
}

/// A branch of Hàm Liêm; returns its code.
pub fn branch(app: &TestApp) -> String {
    let new = json!({"id": Uuid::now_v7(), "parent": HERE, "level": "BRANCH", "kind": "RESIDENTIAL", "name": "Chi hội thôn 1",
        "decision_no": "08/QĐ-HCTĐ"});
    app.chair_of(HERE).post("/api/v1/chapters", new, 201)["code"].as_str().unwrap().to_owned()
}

pub fn year(member: &str) -> Value {
    json!({"member": member, "from": "2026-01", "to": "2026-12"})
}

pub fn free(member: &str) -> Value {
    json!({"member": member, "from": "2026-01", "to": "2026-12", "exempt": {"ground": "HARDSHIP", "decision_no": "05/QĐ-HCTĐ"}})
}

pub fn sheet(app: &TestApp, chapter: &str, lines: Vec<Value>) -> Value {
    json!({"id": Uuid::now_v7(), "chapter": chapter, "day": app.today(), "account": "CASH", "lines": lines})
}

fn at(sheet: &Value) -> String {
    format!("{SHEETS}/{}", sheet["id"].as_str().unwrap())
}

pub fn owed(caller: &Caller<'_>, chapter: &str) -> Vec<(String, String, i64, i64, i64)> {
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let vnd = |row: &Value, name: &str| row[name].as_i64().unwrap();
    let row =
        |row: &Value| (text(row, "from"), text(row, "to"), vnd(row, "owed_vnd"), vnd(row, "sent_vnd"), vnd(row, "left_vnd"));
    let mut rows: Vec<_> = all(caller, &format!("{SHEETS}/owed?chapter={chapter}"), 1).iter().map(row).collect();
    rows.sort();
    rows
}

pub fn cash(app: &TestApp, chapter: &str) -> i64 {
    crate::transfers::balance(app, chapter, "OPERATING", "CASH_ON_HAND")
}

/// Has the entry of a sheet reversed by two people.
pub fn reverse(app: &TestApp, chapter: &str, code: &Value, status: u16) -> Value {
    let id = Uuid::now_v7();
    let ask = json!({"id": id, "entry": code, "reason": "WRONG_AMOUNT"});
    app.officer_of(chapter).post("/api/v1/corrections", ask, 201);
    let chair = app.chair_of(HERE);
    let answer = chair.post(&format!("/api/v1/corrections/{id}/approval"), Value::Null, status);
    if status != 200 {
        chair.post(&format!("/api/v1/corrections/{id}/refusal"), Value::Null, 200);
    }
    answer
}

/// Cash that was sent and arrived, noted as dues.
pub fn remitted(app: &TestApp, from: &str, to: &str, amount: i64) {
    let sent = transfer(from, to, "OPERATING", "CASH", amount);
    let sender = app.officer_of(from);
    let chair = app.chair_of(HERE);
    sender.post("/api/v1/transfers", sent.clone(), 201);
    let of = |rest: &str| crate::transfers::path(&sent, rest);
    chair.post(&of("/approval"), Value::Null, 200);
    let note = json!({"transfer": sent["id"]});
    let noted = sender.post(&format!("{SHEETS}/remittances"), note.clone(), 201);
    assert_eq!((&noted["from"], &noted["to"], &noted["amount_vnd"]), (&json!(from), &json!(to), &json!(amount)));
    assert_eq!(sender.post(&format!("{SHEETS}/remittances"), note, 200), noted);
    let receipt = json!({"id": Uuid::now_v7(), "amount_vnd": amount, "account": "CASH"});
    app.officer_of(to).post(&of("/receipt"), receipt, 201);
}

/// The audit is clean, and every chapter's measures are what is left.
#[track_caller]
pub fn sound(app: &TestApp) {
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{}", report.text());
    crate::transfers::equal(app);
}

/// Has everything about somebody erased, as they asked.
fn erase(app: &TestApp, member: &str) {
    let officer = app.officer_of(HERE);
    let person = app.database.text(&format!("SELECT person_id::text FROM member WHERE id = '{member}'"));
    let party = officer.get(&format!("/api/v1/persons/{person}"), 200)["party"].clone();
    let request = ask(app, "ERASE", json!({"party": party}));
    let chair = app.chair_of(HERE);
    officer.post(REQUESTS, request.clone(), 201);
    assert_eq!(chair.post(&path(&request, "/approval"), Value::Null, 200)["state"], "DONE");
}

/// Makes a person of Hàm Liêm a member who is free of dues.
pub fn freed(app: &TestApp, person: &str) {
    app.database.execute(
        "INSERT INTO dues_rule (chapter_id, payers, vnd_a_month, exempt_bp, branch_bp, grassroots_bp, valid_from, mark, source)
         SELECT id, '{MEMBER}', 1000, 10000, 5000, 3000, '2026-01-01', 'REC', 'ai cũng được miễn' FROM chapter WHERE code = '23095'",
    );
    let (officer, chair) = (app.officer_of(HERE), app.chair_of(HERE));
    let member = json!({"id": Uuid::new_v4(), "person": person, "kind": "MEMBER", "decision_no": "15/QĐ-HCTĐ"});
    officer.post("/api/v1/members", member.clone(), 201);
    let id = member["id"].as_str().unwrap();
    chair.post(&format!("/api/v1/member-steps/{id}/approval"), Value::Null, 200);
    let pays = members(app, HERE, 1);
    officer.post(SHEETS, sheet(app, HERE, vec![year(&pays[0]), free(id)]), 201);
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    let officer = app.officer_of(HERE);
    let people = members(app, HERE, 2);
    let done = sheet(app, HERE, vec![year(&people[0])]);
    officer.post(SHEETS, done.clone(), 201);
    let sends = transfer(HERE, "68", "OPERATING", "CASH", 1_000);
    officer.post("/api/v1/transfers", sends.clone(), 201);
    let of = |rest: &str| format!("{SHEETS}/{rest}?chapter={HERE}");
    vec![
        call("POST /api/v1/dues-sheets", SHEETS.to_owned(), Some(sheet(app, HERE, vec![year(&people[1])])), 404, 403, 201),
        call("GET /api/v1/dues-sheets", format!("{SHEETS}?chapter={HERE}"), None, 404, 200, 200),
        call("GET /api/v1/dues-sheets/{id}", at(&done), None, 404, 200, 200),
        call("GET /api/v1/dues-sheets/owed", of("owed"), None, 404, 200, 200),
        call(
            "POST /api/v1/dues-sheets/remittances",
            format!("{SHEETS}/remittances"),
            Some(json!({"transfer": sends["id"]})),
            404,
            403,
            201,
        ),
        call("GET /api/v1/dues-sheets/arrears", of("arrears"), None, 404, 403, 200),
        call("GET /api/v1/dues-sheets/arrears/count", of("arrears/count"), None, 404, 200, 200),
        call("GET /api/v1/dues-sheets/rule", of("rule"), None, 404, 200, 200),
    ]
}

/// So many sheets of Hàm Liêm, members in arrears, and chapters that owe the province.
pub fn fill(app: &TestApp, most: usize) {
    let officer = app.officer_of(HERE);
    for member in members(app, HERE, most) {
        let last_year = json!({"member": member, "from": "2025-01", "to": "2025-12"});
        officer.post(SHEETS, sheet(app, HERE, vec![last_year]), 201);
    }
    app.database.execute(
        "INSERT INTO dues_owed (sheet_id, step, from_id, to_id, amount_vnd)
         SELECT s.id, 2, s.chapter_id, c.id, 1 FROM (SELECT id, chapter_id, row_number() OVER () AS n FROM dues_sheet) s
         JOIN (SELECT id, row_number() OVER () AS n FROM chapter WHERE length(code) = 5 AND code <> '23095') c USING (n)",
    );
}

#[test]
fn a_branch_collects_from_twenty_five_one_of_them_free_and_the_split_goes_up() {
    let app = TestApp::start();
    let branch = branch(&app);
    let officer = app.officer_of(&branch);
    let people = members(&app, &branch, 25);
    let lines: Vec<Value> = people.iter().enumerate().map(|(n, id)| if n == 7 { free(id) } else { year(id) }).collect();
    let ask = sheet(&app, &branch, lines);
    let made = officer.post(SHEETS, ask.clone(), 201);
    assert_eq!(
        (&made["paid"], &made["exempt"], &made["amount_vnd"], &made["kept_vnd"], &made["state"], &made["fund"]),
        (&json!(24), &json!(1), &json!(288_000), &json!(144_000), &json!("BOOKED"), &json!("OPERATING"))
    );
    assert_eq!(
        made["owed"],
        json!([{"from": branch, "to": HERE, "amount_vnd": 144_000}, {"from": HERE, "to": "68", "amount_vnd": 57_600}])
    );
    assert_eq!(made["lines"][7]["decision_no"], "05/QĐ-HCTĐ");
    // A phone that lost the answer sends it again; with other content the id is taken.
    assert_eq!(officer.post(SHEETS, ask.clone(), 200), made);
    let mut other = ask.clone();
    other["lines"].as_array_mut().unwrap().pop();
    officer.post(SHEETS, other, 422);
    assert_eq!(cash(&app, &branch), 288_000);

    // Who reads the books reads what, and not of whom; who may see persons is noted.
    let accountant = app.accountant_of(&branch);
    assert_eq!(accountant.get(&at(&ask), 200).get("lines"), None);
    assert_eq!(officer.get(&at(&ask), 200), made);
    assert_eq!(app.database.number("SELECT count(*) FROM audit_event WHERE action = 'DUES_SHEET_READ'"), 1);
    let listed = all(&accountant, &format!("{SHEETS}?chapter={branch}"), 10);
    assert_eq!((listed.len(), &listed[0]["code"], listed[0].get("lines")), (1, &made["code"], None));

    // The public sees how many and how much; it is no gift.
    app.wait_for_log();
    let shown = app.anonymous().get(&format!("/api/v1/public/entries/{}", made["code"].as_str().unwrap()), 200);
    assert_eq!((&shown["kind"], &shown["count"]), (&json!("DUES"), &json!(24)), "{shown}");
    assert_eq!(app.database.number("SELECT count(*) FROM gift"), 0);
    assert_eq!(app.database.number("SELECT count(*) FROM voucher WHERE document = 'CASH_RECEIPT'"), 1);
    // The phiếu thu of a branch is in the name of the chapter above.
    let paper = officer.get(&format!("/api/v1/vouchers/CASH_RECEIPT/{branch}/2026/1"), 200);
    assert_eq!(paper["issuer"]["name"], app.database.text("SELECT name FROM chapter WHERE code = '23095'"), "{paper}");
    assert_eq!(paper["series"], format!("PT/{branch}/2026"));

    assert_eq!(owed(&officer, &branch), [(branch.clone(), HERE.to_owned(), 144_000, 0, 144_000)]);
    let chapter = app.officer_of(HERE);
    assert_eq!(owed(&chapter, HERE)[0], (HERE.to_owned(), "68".to_owned(), 57_600, 0, 57_600));
    remitted(&app, &branch, HERE, 144_000);
    remitted(&app, HERE, "68", 57_000);
    assert_eq!(
        owed(&chapter, HERE),
        [(HERE.to_owned(), "68".to_owned(), 57_600, 57_000, 600), (branch.clone(), HERE.to_owned(), 144_000, 144_000, 0)]
    );
    assert_eq!([&branch, HERE, "68"].map(|code| cash(&app, code)), [144_000, 87_000, 57_000]);
    sound(&app);
}

#[test]
fn what_is_wrong_is_named() {
    let app = TestApp::start();
    let branch = branch(&app);
    let (people, elsewhere) = (members(&app, HERE, 3), members(&app, "23059", 1));
    let officer = app.officer_of(HERE);
    let refused = |line: Value, expected: (&str, &str)| {
        let problem = officer.post(SHEETS, sheet(&app, HERE, vec![year(&people[0]), line.clone()]), 422);
        assert_eq!(errors(&problem), [(expected.0.to_owned(), expected.1.to_owned())], "{line}: {problem}");
        problem
    };
    refused(year(&elsewhere[0]), ("/lines/1/member", "NO_SUCH_MEMBER"));
    refused(year(&Uuid::new_v4().to_string()), ("/lines/1/member", "NO_SUCH_MEMBER"));
    refused(year(&people[0]), ("/lines/1/member", "TWICE"));
    refused(json!({"member": people[1], "from": "2026-13", "to": "2026-12"}), ("/lines/1/from", "NOT_A_MONTH"));
    refused(json!({"member": people[1], "from": "2008-12", "to": "2009-01"}), ("/lines/1/from", "NO_RULE"));
    let mut wrong = year(&people[1]);
    wrong["amount_vnd"] = json!(11_000);
    let problem = refused(wrong, ("/lines/1/amount_vnd", "NOT_BY_RATE"));
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("12000"), "{problem}");
    // Of three members nobody may be free: a tenth of them is no whole person.
    let problem = refused(free(&people[1]), ("/lines", "TOO_MANY_EXEMPT"));
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("tối đa 0"), "{problem}");
    let problem = officer.post(SHEETS, sheet(&app, HERE, vec![free(&people[1])]), 422);
    assert_eq!(errors(&problem), [("/lines".to_owned(), "NOBODY_PAID".to_owned())]);
    // A branch never owns an account.
    let of_branch = members(&app, &branch, 1);
    let mut by_bank = sheet(&app, &branch, vec![year(&of_branch[0])]);
    by_bank["account"] = json!("BANK");
    let problem = app.officer_of(&branch).post(SHEETS, by_bank, 422);
    assert_eq!(errors(&problem), [("/account".to_owned(), "NO_BANK_ACCOUNT".to_owned())]);
    // An accountant keeps books and sees no person.
    app.accountant_of(HERE).post(SHEETS, sheet(&app, HERE, vec![year(&people[0])]), 403);
    assert_eq!(app.database.number("SELECT (SELECT count(*) FROM dues_sheet) + (SELECT count(*) FROM entry)"), 0);
}

#[test]
fn a_month_is_settled_once_whoever_was_offline() {
    let app = TestApp::start();
    let people = members(&app, HERE, 20);
    let officer = app.officer_of(HERE);
    let half = |id: &str, from: &str, to: &str| json!({"member": id, "from": from, "to": to});
    officer.post(SHEETS, sheet(&app, HERE, vec![half(&people[0], "2026-01", "2026-06"), free(&people[1])]), 201);
    for (line, months) in [
        (half(&people[0], "2026-06", "2026-07"), "2026-06."),
        (half(&people[1], "2026-12", "2027-01"), "2026-12."),
        (half(&people[0], "2025-12", "2026-02"), "2026-01, 2026-02."),
    ] {
        let problem = officer.post(SHEETS, sheet(&app, HERE, vec![line]), 422);
        assert_eq!(errors(&problem), [("/lines/0/from".to_owned(), "SETTLED_BEFORE".to_owned())]);
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(months), "{problem}");
    }
    officer.post(SHEETS, sheet(&app, HERE, vec![half(&people[0], "2026-07", "2026-12")]), 201);

    // Four phones come back at once with the same members, in other orders.
    let (mut forth, mut back): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for id in &people[2..12] {
        forth.push(year(id));
        back.insert(0, year(id));
    }
    let callers: Vec<Caller<'_>> = (0..4).map(|_| app.officer_of(HERE)).collect();
    let asked: Vec<(&Caller<'_>, String, Value)> = callers
        .iter()
        .enumerate()
        .map(|(n, caller)| (caller, SHEETS.to_owned(), sheet(&app, HERE, if n % 2 == 0 { forth.clone() } else { back.clone() })))
        .collect();
    let statuses = at_once(&app, &asked);
    assert_eq!(statuses[0], 201, "{statuses:?}");
    assert!(statuses[1..].iter().all(|status| [409, 422].contains(status)), "{statuses:?}");
    assert_eq!(cash(&app, HERE), 12_000 + 120_000);
    sound(&app);
}

#[test]
fn the_share_that_may_be_free_holds_over_branches_and_at_once() {
    let app = TestApp::start();
    let branch = branch(&app);
    let (here, below) = (members(&app, HERE, 10), members(&app, &branch, 15));
    // Twenty-five members: two may be free, whichever unit frees them.
    app.officer_of(HERE).post(SHEETS, sheet(&app, HERE, vec![year(&here[0]), free(&here[1])]), 201);
    let of_branch = app.officer_of(&branch);
    let problem = of_branch.post(SHEETS, sheet(&app, &branch, vec![year(&below[0]), free(&below[1]), free(&below[2])]), 422);
    assert_eq!(errors(&problem), [("/lines".to_owned(), "TOO_MANY_EXEMPT".to_owned())]);
    let detail = problem["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("tối đa 2") && detail.contains("đã miễn 1") && detail.contains("thêm 2"), "{detail}");
    let callers: Vec<Caller<'_>> = (0..3).map(|_| app.officer_of(&branch)).collect();
    let asked: Vec<(&Caller<'_>, String, Value)> = callers
        .iter()
        .enumerate()
        .map(|(n, caller)| (caller, SHEETS.to_owned(), sheet(&app, &branch, vec![year(&below[n]), free(&below[n + 5])])))
        .collect();
    let statuses = at_once(&app, &asked);
    assert_eq!(statuses[0], 201, "{statuses:?}");
    assert!(statuses[1..].iter().all(|status| [409, 422].contains(status)), "{statuses:?}");
    assert_eq!(app.database.number("SELECT count(*) FROM dues_line WHERE ground IS NOT NULL"), 2);
    sound(&app);
}

#[test]
fn a_reversed_sheet_owes_nothing_and_its_months_are_free() {
    let app = TestApp::start();
    let people = members(&app, HERE, 20);
    let officer = app.officer_of(HERE);
    let ask = sheet(&app, HERE, vec![year(&people[0]), year(&people[1]), free(&people[2])]);
    let made = officer.post(SHEETS, ask.clone(), 201);
    assert_eq!((&made["amount_vnd"], &made["kept_vnd"]), (&json!(24_000), &json!(19_200)));
    remitted(&app, HERE, "68", 4_800);
    // The money that went up is not here to be taken back.
    reverse(&app, HERE, &made["code"], 409);
    let chair = app.chair_of("68");
    let back = transfer("68", HERE, "OPERATING", "CASH", 4_800);
    let province = app.officer_of("68");
    province.post("/api/v1/transfers", back.clone(), 201);
    chair.post(&crate::transfers::path(&back, "/approval"), Value::Null, 200);
    let receipt = json!({"id": Uuid::now_v7(), "amount_vnd": 4_800, "account": "CASH"});
    officer.post(&crate::transfers::path(&back, "/receipt"), receipt, 201);
    reverse(&app, HERE, &made["code"], 200);
    assert_eq!(owed(&officer, HERE), [(HERE.to_owned(), "68".to_owned(), 0, 4_800, -4_800)], "sent, and owed no more");
    province.post(&format!("{SHEETS}/remittances"), json!({"transfer": back["id"]}), 201);
    assert_eq!(owed(&officer, HERE), [], "what came back is sent no more");

    let shown = officer.get(&at(&ask), 200);
    assert_eq!((&shown["state"], shown["reversed_by"].is_string()), (&json!("REVERSED"), true));
    assert_eq!(cash(&app, HERE), 0);
    // The members can be recorded again, and who was free counts no more.
    let again = sheet(&app, HERE, vec![year(&people[0]), year(&people[2]), free(&people[1]), free(&people[3])]);
    officer.post(SHEETS, again, 201);
    assert_eq!(owed(&officer, HERE), [(HERE.to_owned(), "68".to_owned(), 4_800, 0, 4_800)]);
    assert_eq!(officer.post(SHEETS, ask, 200)["state"], "REVERSED");
    sound(&app);
}

#[test]
fn who_has_not_paid_is_listed_and_counted() {
    let app = TestApp::start();
    let people = members(&app, HERE, 12);
    // They became members at the end of last year.
    app.database.execute(
        "ALTER TABLE member_span DISABLE TRIGGER member_span_keeps; UPDATE member SET since = '2025-12-15';
         UPDATE member_span SET from_day = '2025-12-15'; ALTER TABLE member_span ENABLE TRIGGER member_span_keeps",
    );
    let officer = app.officer_of(HERE);
    let half = json!({"member": people[1], "from": "2025-12", "to": "2026-03"});
    officer.post(SHEETS, sheet(&app, HERE, vec![year(&people[0]), half, free(&people[2])]), 201);
    let of = |rest: &str, query: &str| format!("{SHEETS}/arrears{rest}?chapter={HERE}{query}");
    let count = |query: &str| {
        let counted = app.accountant_of(HERE).get(&of("/count", query), 200);
        ["members", "paid_up", "in_arrears", "months"].map(|name| counted[name].as_i64().unwrap())
    };
    // Ten months are over on 22 November.
    assert_eq!(count(""), [12, 2, 10, 7 + 9 * 10]);
    assert_eq!(count("&day=2026-11-30"), [12, 2, 10, 8 + 9 * 11]);
    assert_eq!(count("&day=2026-03-31"), [12, 3, 9, 9 * 3]);
    assert_eq!(count("&day=2026-01-30"), [12, 12, 0, 0]);
    assert_eq!(count("&from=2026-09"), [12, 2, 10, 2 * 10]);
    let listed = all(&officer, &of("", ""), 3);
    let mut months: Vec<(String, i64)> =
        listed.iter().map(|row| (row["member"].as_str().unwrap().to_owned(), row["months"].as_i64().unwrap())).collect();
    months.sort();
    let mut expected: Vec<(String, i64)> =
        people[3..].iter().map(|id| (id.clone(), 10)).chain([(people[1].clone(), 7)]).collect();
    expected.sort();
    assert_eq!(months, expected);
    app.accountant_of(HERE).get(&of("", ""), 403);
    assert_eq!(errors(&officer.get(&of("", "&from=2026"), 422)), [("from".to_owned(), "NOT_A_MONTH".to_owned())]);
}

#[test]
fn a_chapter_may_have_a_rule_of_its_own_from_a_month_on() {
    let app = TestApp::start();
    let people = members(&app, HERE, 1);
    app.database.execute(
        "INSERT INTO dues_rule (chapter_id, payers, vnd_a_month, exempt_bp, branch_bp, grassroots_bp, valid_from, mark, source)
         SELECT id, '{MEMBER}', 5000, 0, 4000, 3333, '2026-07-01', 'REC', 'quy định của tỉnh' FROM chapter WHERE code = '68'",
    );
    let officer = app.officer_of(HERE);
    let rate = |day: &str| {
        let rule = officer.get(&format!("{SHEETS}/rule?chapter={HERE}&day={day}"), 200);
        (rule["vnd_a_month"].as_i64().unwrap(), rule["chapter"].as_str().map(str::to_owned))
    };
    assert_eq!([rate("2026-06-30"), rate("2026-07-01")], [(1_000, None), (5_000, Some("68".to_owned()))]);
    officer.get(&format!("{SHEETS}/rule?chapter={HERE}&day=2008-12-31"), 404);
    let made = officer.post(SHEETS, sheet(&app, HERE, vec![year(&people[0])]), 201);
    // Six months of each; 36,000 by 40 and 33.33 of a hundred leave the rest, to the đồng.
    assert_eq!((&made["amount_vnd"], &made["owed"][0]["amount_vnd"]), (&json!(36_000), &json!(36_000 - 14_400 - 11_998)));
}

/// Who was transferred is a member by another id, and does not pay the same months again.
#[test]
fn what_was_paid_at_one_chapter_is_paid_at_the_next() {
    let app = TestApp::start();
    let there = "23059";
    let people = members(&app, HERE, 1);
    app.officer_of(HERE).post(SHEETS, sheet(&app, HERE, vec![year(&people[0])]), 201);
    let step = json!({"id": Uuid::now_v7(), "to": there, "decision_no": "31/GT-HCTĐ"});
    let (from, to) = (app.chair_of(HERE), app.chair_of(there));
    app.officer_of(HERE).post(&format!("/api/v1/members/{}/transfer", people[0]), step.clone(), 201);
    let approval = format!("/api/v1/member-steps/{}/approval", step["id"].as_str().unwrap());
    from.post(&approval, Value::Null, 200);
    to.post(&approval, Value::Null, 200);
    let moved = app.database.text(&format!("SELECT id::text FROM member WHERE came_from = '{}'", people[0]));
    let officer = app.officer_of(there);
    let june = |from: &str, to: &str| sheet(&app, there, vec![json!({"member": moved, "from": from, "to": to})]);
    let problem = officer.post(SHEETS, june("2026-12", "2027-01"), 422);
    assert_eq!(errors(&problem), [("/lines/0/from".to_owned(), "SETTLED_BEFORE".to_owned())]);
    officer.post(SHEETS, june("2027-01", "2027-12"), 201);
    // Nobody is a member where they were.
    let problem = app.officer_of(HERE).post(SHEETS, sheet(&app, HERE, vec![year(&people[0])]), 422);
    assert_eq!(errors(&problem), [("/lines/0/member".to_owned(), "NO_SUCH_MEMBER".to_owned())]);
    sound(&app);
}

#[test]
fn who_was_erased_leaves_a_line_that_names_nobody() {
    let app = TestApp::start();
    let people = members(&app, HERE, 20);
    let officer = app.officer_of(HERE);
    let ask = sheet(&app, HERE, vec![year(&people[0]), free(&people[1])]);
    let made = officer.post(SHEETS, ask.clone(), 201);
    erase(&app, &people[1]);
    erase(&app, &people[0]);
    let shown = officer.get(&at(&ask), 200);
    assert_eq!((&shown["amount_vnd"], &shown["paid"], &shown["exempt"]), (&json!(12_000), &json!(1), &json!(1)));
    assert_eq!((&shown["lines"][0], &shown["lines"][1]["exempt"]), (&made["lines"][0], &json!(true)));
    assert_eq!((shown["lines"][1].get("ground"), shown["lines"][1].get("decision_no")), (None, None));
    assert_eq!(officer.post(SHEETS, ask, 200), shown);
    sound(&app);
}

#[test]
fn the_database_refuses_what_the_rules_refuse() {
    let mut app = TestApp::start();
    let people = members(&app, HERE, 20);
    let officer = app.officer_of(HERE);
    officer.post(SHEETS, sheet(&app, HERE, vec![year(&people[0]), free(&people[1])]), 201);
    app.stop();
    let line = |member: &str, first: &str, last: &str, rest: &str| {
        format!(
            "INSERT INTO dues_line (sheet_id, n, member_id, first_month, last_month, amount_vnd, ground, decision_no)
             SELECT id, 9, '{member}', '{first}', '{last}', {rest} FROM dues_sheet"
        )
    };
    let other = &people[2];
    all_refused(
        &app.database,
        &[
            ("a month twice", line(&people[0], "2026-12-01", "2026-12-01", "1000, NULL, NULL"), "dues_line_member_once"),
            ("free without a ground", line(other, "2026-01-01", "2026-01-01", "0, NULL, NULL"), "dues_line_exempt_has_ground"),
            ("free and paid", line(other, "2026-01-01", "2026-01-01", "1, 'HARDSHIP', 'x'"), "dues_line_exempt_by_decision"),
            ("half a month", line(other, "2026-01-02", "2026-02-01", "1, NULL, NULL"), "dues_line_whole_months"),
            ("another amount", "UPDATE dues_line SET amount_vnd = 1".to_owned(), "dues_line_stays"),
            ("another member", format!("UPDATE dues_line SET member_id = '{other}' WHERE n = 1"), "dues_line_stays"),
            ("another sum", "UPDATE dues_sheet SET amount_vnd = 1".to_owned(), "dues_sheet_stays"),
            ("reversed without an entry", "UPDATE dues_sheet SET state = 'REVERSED'".to_owned(), "dues_sheet_as_booked"),
            ("a line more", line(other, "2026-01-01", "2026-01-01", "1000, NULL, NULL"), "dues_sheet_sums"),
            ("too many free", "UPDATE dues_exemption SET exempt = exempt + 2".to_owned(), "dues_exemption_within_allowed"),
        ],
    );
    for gone in
        ["DELETE FROM dues_line", "DELETE FROM dues_sheet", "DELETE FROM dues_owed", "UPDATE dues_owed SET amount_vnd = 1"]
    {
        app.database.refuses(gone);
    }
}
