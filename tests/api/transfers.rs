//! Money and goods from one chapter to another: sent, on the way, confirmed, partly, refused, returned.

use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use so_nhan_ai::db::DbError;
use so_nhan_ai::transfers::unconfirmed;
use uuid::Uuid;

use crate::books::{audit, errors};
use crate::coverage::{Call, call};
use crate::harness::{Caller, TestApp};
use crate::look::all;
use crate::papers;

pub const TRANSFERS: &str = "/api/v1/transfers";
const PROVINCE: &str = "68";
const HERE: &str = "23095";
const THERE: &str = "23059";
/// Another commune, where nobody else tries anything.
const FAR: &str = "22918";

pub fn transfer(from: &str, to: &str, fund: &str, by: &str, amount: i64) -> Value {
    json!({"id": Uuid::now_v7(), "chapter": from, "to": to, "fund": fund, "from": by, "amount_vnd": amount})
}

/// Cash of the general fund.
pub fn cash(from: &str, to: &str, amount: i64) -> Value {
    transfer(from, to, "GENERAL", "CASH", amount)
}

pub fn path(transfer: &Value, rest: &str) -> String {
    format!("{TRANSFERS}/{}{rest}", transfer["id"].as_str().unwrap())
}

/// Old books of a chapter, opened by two persons.
pub fn opened(app: &TestApp, chapter: &str, lines: &[(&str, &str, i64)]) {
    let line = |(fund, account, amount): &(&str, &str, i64)| json!({"fund": fund, "account": account, "amount_vnd": amount});
    let ask = json!({"id": Uuid::now_v7(), "chapter": chapter, "as_of": "2025-12-31", "document_no": "02/BB-HCTĐ",
        "lines": lines.iter().map(line).collect::<Vec<_>>()});
    // Somebody who may decide is there before anything is asked.
    let chair = app.chair_of(chapter);
    app.officer_of(chapter).post("/api/v1/opening-balances", ask.clone(), 201);
    let approval = format!("/api/v1/opening-balances/{}/approval", ask["id"].as_str().unwrap());
    chair.post(&approval, Value::Null, 200);
}

/// A transfer that one asked for and another approved.
pub fn sent(app: &TestApp, ask: Value) -> Value {
    let chapter = ask["chapter"].as_str().unwrap();
    let chair = app.chair_of(chapter);
    app.officer_of(chapter).post(TRANSFERS, ask.clone(), 201);
    chair.post(&path(&ask, "/approval"), Value::Null, 200)
}

pub fn receipt(amount: i64, account: &str) -> Value {
    json!({"id": Uuid::now_v7(), "amount_vnd": amount, "account": account})
}

/// A paper of a hand-over at a chapter; returns its hash.
pub fn paper(app: &TestApp, chapter: &str) -> Value {
    papers::upload_at(&app.officer_of(chapter), chapter, "TRANSFER_RECEIPT", "application/pdf", &papers::pdf(100))["sha256"]
        .clone()
}

pub fn balance(app: &TestApp, chapter: &str, fund: &str, account: &str) -> i64 {
    app.database.number(&format!(
        "SELECT coalesce((SELECT amount_vnd FROM balance b JOIN fund f ON f.id = b.fund_id JOIN chapter c ON c.id = b.chapter_id
         WHERE c.code = '{chapter}' AND f.code = '{fund}' AND b.account = '{account}'), 0)"
    ))
}

/// The audit is clean, and at every chapter and fund the measures are what is left; nationally, what was sent and not taken over is
/// what is said to be on the way.
#[track_caller]
pub fn sound(app: &TestApp) {
    audit(app);
    equal(app);
}

/// [`sound`] but for the audit.
#[track_caller]
pub fn equal(app: &TestApp) {
    let wrong = app.database.text(
        "SELECT coalesce(string_agg(concat_ws(' ', c.code, fund_id, m.vnd, l.vnd), ', '), '') FROM
           (SELECT scope_id, fund_id, sum(CASE WHEN measure IN ('RECEIVED', 'OPENED', 'OTHER_INCOME', 'RELEASED', 'TAKEN_OVER') THEN own_vnd ELSE -own_vnd END) AS vnd
            FROM total_overall GROUP BY 1, 2) m
         FULL JOIN (SELECT chapter_id AS scope_id, fund_id, sum(amount_vnd) AS vnd FROM balance
            WHERE account IN ('CASH_ON_HAND', 'BANK', 'IN_TRANSIT', 'IN_TRANSIT_OUT', 'GOODS_IN_STOCK', 'RECEIVABLE_OTHER', 'ADVANCE', 'PAYABLE') GROUP BY 1, 2) l
         USING (scope_id, fund_id) JOIN chapter c ON c.id = scope_id WHERE coalesce(m.vnd, 0) <> coalesce(l.vnd, 0)",
    );
    assert_eq!(wrong, "", "chapter, fund, by the measures, left");
    let on_the_way = app.database.number(
        "SELECT coalesce(sum(CASE measure WHEN 'SENT' THEN own_vnd ELSE -own_vnd END), 0)::bigint FROM total_overall WHERE measure IN ('SENT', 'TAKEN_OVER')",
    );
    assert_eq!(on_the_way, app.database.number("SELECT coalesce(sum(outstanding_vnd), 0)::bigint FROM transfer_open"));
}

fn rule(app: &TestApp, from_vnd: i64, n: i16, level: &str) {
    app.database.execute(&format!(
        "INSERT INTO decision_rule (matter, chapter_id, from_vnd, n, level, valid_from, source)
         SELECT 'TRANSFER', id, {from_vnd}, {n}, {level}, '2026-01-01', 'quy chế chi tiêu nội bộ' FROM chapter WHERE code = '{PROVINCE}'"
    ));
}

/// Sends the same thing from several threads; the statuses, sorted.
pub fn at_once(app: &TestApp, asked: &[(&Caller<'_>, String, Value)]) -> Vec<u16> {
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let send = |(caller, path, body): &(&Caller<'_>, String, Value)| {
            let (token, path, body) = (caller.token().to_owned(), path.clone(), body.to_string().into_bytes());
            scope.spawn(move || app.bearer(&token).send("POST", &path, Some(body)).status)
        };
        let running: Vec<_> = asked.iter().map(send).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    statuses
}

/// The story of the storm: two approvals, six communes, one with a hundred million less.
#[test]
fn two_billion_go_to_each_of_six_communes_and_what_did_not_arrive_comes_back() {
    let app = TestApp::start();
    app.open_appeal(PROVINCE, "LULUT");
    let fund = "APPEAL:LULUT";
    opened(&app, PROVINCE, &[(fund, "BANK", 12_000_000_000)]);
    rule(&app, 1_000_000_000, 1, "NULL");
    rule(&app, 1_000_000_000, 2, "'CENTRAL'");
    let (officer, chair, centre) = (app.officer_of(PROVINCE), app.chair_of(PROVINCE), app.chair_of("TW"));
    let communes = app.database.text(
        "SELECT string_agg(code, ',') FROM (SELECT c.code FROM chapter c JOIN chapter p ON p.id = c.parent_id WHERE p.code = '68' AND c.level = 'COMMUNE' ORDER BY 1 LIMIT 6) x",
    );
    let asked: Vec<Value> = communes.split(',').map(|commune| transfer(PROVINCE, commune, fund, "BANK", 2_000_000_000)).collect();
    assert_eq!(asked.len(), 6);
    for ask in &asked {
        let answer = officer.post(TRANSFERS, ask.clone(), 201);
        assert_eq!((&answer["state"], &answer["outstanding_vnd"]), (&json!("REQUESTED"), &json!(0)));
        assert_eq!(chair.post(&path(ask, "/approval"), Value::Null, 200)["state"], "REQUESTED");
        assert_eq!(balance(&app, PROVINCE, fund, "INTERCHAPTER") % 2_000_000_000, 0);
        let sent = centre.post(&path(ask, "/approval"), Value::Null, 200);
        assert_eq!((&sent["state"], &sent["outstanding_vnd"]), (&json!("SENT"), &json!(2_000_000_000_i64)));
    }
    assert_eq!(balance(&app, PROVINCE, fund, "BANK_GROUP"), 0);
    sound(&app);

    let (last, five) = asked.split_last().unwrap();
    for ask in five {
        let commune = app.officer_of(ask["to"].as_str().unwrap());
        let done = commune.post(&path(ask, "/receipt"), receipt(2_000_000_000, "BANK"), 201);
        assert_eq!((&done["state"], &done["confirmed_vnd"]), (&json!("CONFIRMED"), &json!(2_000_000_000_i64)));
    }
    let to = last["to"].as_str().unwrap();
    let (commune, less) = (app.officer_of(to), receipt(1_900_000_000, "BANK"));
    let refused = commune.post(&path(last, "/receipt"), less.clone(), 422);
    assert_eq!(errors(&refused), [("/document".to_owned(), "MISSING".to_owned())]);
    let mut with_paper = less;
    with_paper["document"] = paper(&app, to);
    let part = commune.post(&path(last, "/receipt"), with_paper.clone(), 201);
    assert_eq!((&part["state"], &part["outstanding_vnd"]), (&json!("PARTLY_CONFIRMED"), &json!(100_000_000)));
    assert_eq!(commune.post(&path(last, "/receipt"), with_paper, 200), part, "sent again it is confirmed once");
    sound(&app);

    let open = app.shared.db.read_blocking(|conn| unconfirmed(conn, 10)).map_err(|error: DbError| error.to_string()).unwrap();
    let open: Vec<_> = open.iter().map(|one| (one.from_chapter.as_str(), one.to_chapter.as_str(), one.outstanding_vnd)).collect();
    assert_eq!(open, [(PROVINCE, to, 100_000_000)]);
    let refused = commune.post(&path(last, "/refusal-of-receipt"), json!({"reason": "NOT_ARRIVED"}), 200);
    assert_eq!((&refused["receipt_refusal"], &refused["outstanding_vnd"]), (&json!("NOT_ARRIVED"), &json!(100_000_000)));
    let back = json!({"id": Uuid::now_v7(), "amount_vnd": 100_000_000, "account": "BANK", "reason": "NOT_DELIVERED", "note": "ngân hàng trả lại"});
    commune.post(&path(last, "/return"), back.clone(), 403);
    let done = officer.post(&path(last, "/return"), back.clone(), 201);
    assert_eq!((&done["state"], &done["returned_vnd"]), (&json!("CONFIRMED"), &json!(100_000_000)));
    assert_eq!(officer.post(&path(last, "/return"), back, 200), done);
    assert_eq!(balance(&app, PROVINCE, fund, "IN_TRANSIT"), 100_000_000);
    assert_eq!(balance(&app, to, fund, "IN_TRANSIT"), 1_900_000_000);
    commune.post(&path(last, "/refusal-of-receipt"), json!({"reason": "NOT_ARRIVED"}), 409);
    commune.post(&path(last, "/receipt"), receipt(1, "CASH"), 409);
    sound(&app);

    // What is public of it: the other chapter, and to the part the entry that sent it; never the note.
    app.wait_for_log();
    let leaves = app.database.text("SELECT string_agg(convert_from(leaf, 'UTF8'), E'\\n') FROM log_leaf");
    assert!(!leaves.contains("ngân hàng"));
    let leaf = |code: &Value| -> Value {
        let line = leaves.lines().find(|line| line.contains(&format!("\"entry\":{code}"))).unwrap();
        serde_json::from_str(line).unwrap()
    };
    let (out, arrived) = (leaf(&done["sent_by"]), leaf(&done["parts"][0]["code"]));
    assert_eq!((&out["kind"], &out["to"]), (&json!("TRANSFER_OUT"), &json!(to)));
    assert_eq!((&arrived["kind"], &arrived["of"]), (&json!("TRANSFER_IN"), &done["sent_by"]));
    assert_eq!(leaf(&done["parts"][1]["code"])["kind"], "TRANSFER_RETURN");
}

#[test]
fn it_takes_another_person_whose_right_stands() {
    let app = TestApp::start();
    opened(&app, PROVINCE, &[("GENERAL", "CASH_ON_HAND", 10_000_000)]);
    let maker = app.account(Role::Accountant, PROVINCE);
    let second = app.account_of(Some(maker.officer), &[(Role::Accountant, PROVINCE)]);
    let over = app.account(Role::ChapterChair, PROVINCE);
    let chair = app.chair_of(PROVINCE);
    let ask = cash(PROVINCE, HERE, 4_000_000);
    app.log_in(maker).post(TRANSFERS, ask.clone(), 201);
    app.log_in(maker).post(&path(&ask, "/approval"), Value::Null, 403);
    app.log_in(second).post(&path(&ask, "/approval"), Value::Null, 403);
    let leaving = app.log_in(over);
    app.database.execute(&format!("UPDATE role_assignment SET ended_at = '{}' WHERE account_id = '{}'", app.now(), over.id));
    leaving.post(&path(&ask, "/approval"), Value::Null, 404);
    app.chair_of(THERE).post(&path(&ask, "/approval"), Value::Null, 404);
    let done = chair.post(&path(&ask, "/approval"), Value::Null, 200);
    assert_eq!(chair.post(&path(&ask, "/approval"), Value::Null, 200), done, "said again it is as before");
    chair.post(&path(&ask, "/refusal"), Value::Null, 409);

    let (refused, withdrawn) = (cash(PROVINCE, HERE, 1), cash(PROVINCE, HERE, 2));
    for ask in [&refused, &withdrawn] {
        app.log_in(maker).post(TRANSFERS, ask.clone(), 201);
    }
    assert_eq!(chair.post(&path(&refused, "/refusal"), Value::Null, 200)["state"], "REFUSED");
    assert_eq!(app.log_in(maker).post(&path(&withdrawn, "/withdrawal"), Value::Null, 200)["state"], "WITHDRAWN");
    chair.post(&path(&withdrawn, "/approval"), Value::Null, 409);
    app.officer_of(HERE).post(&path(&refused, "/receipt"), receipt(1, "CASH"), 409);
    assert_eq!(balance(&app, PROVINCE, "GENERAL", "CASH_ON_HAND"), 6_000_000);
    sound(&app);
}

#[test]
fn the_last_dong_is_sent_once_and_the_other_request_waits() {
    let app = TestApp::start();
    opened(&app, PROVINCE, &[("GENERAL", "CASH_ON_HAND", 1_000_000)]);
    let officer = app.officer_of(PROVINCE);
    let chairs = [app.chair_of(PROVINCE), app.chair_of(PROVINCE)];
    let asked = [cash(PROVINCE, HERE, 1_000_000), cash(PROVINCE, THERE, 1_000_000)];
    for ask in &asked {
        officer.post(TRANSFERS, ask.clone(), 201);
    }
    let approvals: Vec<_> = chairs.iter().zip(&asked).map(|(chair, ask)| (chair, path(ask, "/approval"), Value::Null)).collect();
    assert_eq!(at_once(&app, &approvals), [200, 409]);
    let states: Vec<Value> = asked.iter().map(|ask| officer.get(&path(ask, ""), 200)["state"].clone()).collect();
    assert!(states.contains(&json!("SENT")) && states.contains(&json!("REQUESTED")), "{states:?}");
    assert_eq!(balance(&app, PROVINCE, "GENERAL", "CASH_ON_HAND"), 0);
    sound(&app);
}

#[test]
fn two_opposite_transfers_at_once_do_not_wait_for_each_other() {
    let app = TestApp::start();
    for chapter in [HERE, THERE] {
        opened(&app, chapter, &[("GENERAL", "CASH_ON_HAND", 10_000_000)]);
    }
    let chairs = [app.chair_of(HERE), app.chair_of(THERE)];
    for _ in 0..5 {
        let asked = [cash(HERE, THERE, 1_000_000), cash(THERE, HERE, 1_000_000)];
        app.officer_of(HERE).post(TRANSFERS, asked[0].clone(), 201);
        app.officer_of(THERE).post(TRANSFERS, asked[1].clone(), 201);
        let approvals: Vec<_> =
            chairs.iter().zip(&asked).map(|(chair, ask)| (chair, path(ask, "/approval"), Value::Null)).collect();
        assert_eq!(at_once(&app, &approvals), [200, 200]);
        let receivers = [app.officer_of(THERE), app.officer_of(HERE)];
        let receipts: Vec<_> = receivers
            .iter()
            .zip(&asked)
            .map(|(officer, ask)| (officer, path(ask, "/receipt"), receipt(1_000_000, "CASH")))
            .collect();
        assert_eq!(at_once(&app, &receipts), [201, 201]);
    }
    assert_eq!(balance(&app, HERE, "GENERAL", "CASH_ON_HAND"), 10_000_000);
    sound(&app);
}

#[test]
fn it_is_confirmed_once_and_never_for_more_than_was_sent() {
    let app = TestApp::start();
    opened(&app, PROVINCE, &[("GENERAL", "CASH_ON_HAND", 10_000_000)]);
    let ask = cash(PROVINCE, HERE, 5_000_000);
    sent(&app, ask.clone());
    let officer = app.officer_of(HERE);
    let at = path(&ask, "/receipt");
    let refused = officer.post(&at, receipt(5_000_001, "CASH"), 422);
    assert_eq!(errors(&refused), [("/amount_vnd".to_owned(), "OUT_OF_RANGE".to_owned())]);
    let whole = receipt(5_000_000, "CASH");
    // Six times at once, as over a bad connection; and by others under ids of their own.
    let same: Vec<_> = (0..6).map(|_| (&officer, at.clone(), whole.clone())).collect();
    assert_eq!(at_once(&app, &same), [200, 200, 200, 200, 200, 201]);
    officer.post(&at, receipt(5_000_000, "CASH"), 409);
    let mut other = whole.clone();
    other["account"] = json!("BANK");
    assert_eq!(officer.post(&at, other, 422)["type"], "/problems/id-taken");
    assert_eq!(balance(&app, HERE, "GENERAL", "CASH_ON_HAND"), 5_000_000);
    sound(&app);

    let ask = cash(PROVINCE, HERE, 5_000_000);
    sent(&app, ask.clone());
    let mut halves: Vec<_> = (0..4).map(|_| (&officer, path(&ask, "/receipt"), receipt(2_500_000, "CASH"))).collect();
    let document = paper(&app, HERE);
    halves.iter_mut().for_each(|(.., body)| body["document"] = document.clone());
    let statuses = at_once(&app, &halves);
    assert_eq!(statuses[..2], [201, 201], "{statuses:?}");
    assert!(statuses[2..].iter().all(|status| *status == 409), "{statuses:?}");
    sound(&app);
    let part = "UPDATE transfer SET confirmed_vnd = confirmed_vnd + 1";
    assert!(app.database.refuses(part).contains("transfer_"), "the database keeps it too");
}

#[test]
fn a_request_that_comes_again_is_the_same_request() {
    let app = TestApp::start();
    let (officer, colleague, chair) = (app.officer_of(PROVINCE), app.officer_of(PROVINCE), app.chair_of(PROVINCE));
    let mut ask = cash(PROVINCE, HERE, 700);
    ask["note"] = json!("cho bà Năm ở thôn 2");
    let (same, at) = ((&officer, TRANSFERS.to_owned(), ask.clone()), (&colleague, TRANSFERS.to_owned(), ask.clone()));
    assert_eq!(at_once(&app, &[same, at]), [200, 201]);
    ask["amount_vnd"] = json!(701);
    assert_eq!(officer.post(TRANSFERS, ask.clone(), 422)["type"], "/problems/id-taken");
    let shown = chair.get(&path(&ask, ""), 200);
    assert_eq!(shown["note"], "cho bà Năm ở thôn 2");
    assert_eq!(officer.get(&path(&ask, ""), 200)["note"], Value::Null, "notes are for who decides");
    let waits = all(&officer, &format!("/api/v1/decisions?chapter={PROVINCE}"), 50);
    assert_eq!((waits.len(), &waits[0]["matter"]), (1, &json!("TRANSFER")));
}

#[test]
fn both_sides_see_it_and_nobody_else() {
    let app = TestApp::start();
    opened(&app, HERE, &[("GENERAL", "CASH_ON_HAND", 900)]);
    let ask = cash(HERE, PROVINCE, 900);
    let out = sent(&app, ask.clone());
    let (sender, receiver, stranger) = (app.officer_of(HERE), app.officer_of(PROVINCE), app.officer_of(THERE));
    assert_eq!(receiver.get(&path(&ask, ""), 200), out);
    for (caller, chapter) in [(&sender, HERE), (&receiver, PROVINCE)] {
        assert_eq!(all(caller, &format!("{TRANSFERS}?chapter={chapter}"), 50), std::slice::from_ref(&out));
    }
    stranger.get(&path(&ask, ""), 404);
    stranger.get(&format!("{TRANSFERS}?chapter={HERE}"), 404);
    stranger.post(&path(&ask, "/receipt"), receipt(900, "CASH"), 404);
    sender.post(&path(&ask, "/receipt"), receipt(900, "CASH"), 403);
    let back = json!({"id": Uuid::now_v7(), "amount_vnd": 900, "account": "CASH", "reason": "OTHER"});
    stranger.post(&path(&ask, "/return"), back.clone(), 404);
    receiver.post(&path(&ask, "/return"), back, 403);
    stranger.post(TRANSFERS, cash(HERE, THERE, 1), 404);
}

#[test]
fn what_cannot_be_sent_is_refused_field_by_field() {
    let app = TestApp::start();
    let officer = app.officer_of(PROVINCE);
    let refused = |change: Value| -> Vec<(String, String)> {
        let mut ask = cash(PROVINCE, HERE, 1_000);
        ask.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        errors(&officer.post(TRANSFERS, ask, 422))
    };
    let one = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
    assert_eq!(refused(json!({"fund": "NONE"})), one("/fund", "NO_SUCH_FUND"));
    assert_eq!(refused(json!({"to": "99999"})), one("/to", "NO_SUCH_CHAPTER"));
    assert_eq!(refused(json!({"to": PROVINCE})), one("/to", "SAME_CHAPTER"));
    assert_eq!(refused(json!({"amount_vnd": 0})), one("/amount_vnd", "NOT_POSITIVE"));
    assert_eq!(refused(json!({"amount_vnd": null})), one("/amount_vnd", "MISSING"));
    assert_eq!(refused(json!({"day": "2026-11-23"})), one("/day", "IN_THE_FUTURE"));
    assert_eq!(refused(json!({"from": "GOODS", "amount_vnd": null})), one("/lines", "OUT_OF_RANGE"));
    assert_eq!(refused(json!({"document": "ab".repeat(32)})), one("/document", "NO_SUCH_DOCUMENT"));
    app.database.execute(&format!("UPDATE chapter SET status = 'MERGED' WHERE code = '{THERE}'"));
    assert_eq!(refused(json!({"to": THERE})), one("/to", "BOOKS_CLOSED"));

    // One that closes while it waits is not sent to.
    opened(&app, PROVINCE, &[("GENERAL", "CASH_ON_HAND", 1_000)]);
    let ask = cash(PROVINCE, HERE, 1_000);
    officer.post(TRANSFERS, ask.clone(), 201);
    app.database.execute(&format!("UPDATE chapter SET status = 'MERGED' WHERE code = '{HERE}'"));
    app.chair_of(PROVINCE).post(&path(&ask, "/approval"), Value::Null, 409);
}

/// The room's operations, for the table of who gets what.
pub fn calls(app: &TestApp) -> Vec<Call> {
    for chapter in [HERE, FAR] {
        app.officer_of(chapter).post("/api/v1/gifts", app.gift(json!({"chapter": chapter})), 201);
    }
    let officer = app.officer_of(HERE);
    let ask = |from: &str, to: &str| cash(from, to, 1_000);
    let waiting: Vec<Value> = (0..3).map(|_| ask(HERE, FAR)).collect();
    waiting.iter().for_each(|ask| drop(officer.post(TRANSFERS, ask.clone(), 201)));
    let out: Vec<Value> = (0..5).map(|_| sent(app, ask(HERE, FAR))).collect();
    let coming: Vec<Value> = (0..2).map(|_| sent(app, ask(FAR, HERE))).collect();
    let loss = || json!({"id": Uuid::now_v7(), "amount_vnd": 1_000, "reason": "STOLEN"});
    for one in &out[2..] {
        officer.post(&path(one, "/loss"), loss(), 201);
    }
    let back = json!({"id": Uuid::now_v7(), "amount_vnd": 1_000, "account": "CASH", "reason": "OTHER"});
    let nothing = || Some(Value::Null);
    vec![
        call("POST /api/v1/transfers", TRANSFERS.to_owned(), Some(ask(HERE, FAR)), 404, 403, 201),
        call("GET /api/v1/transfers", format!("{TRANSFERS}?chapter={HERE}"), None, 404, 200, 200),
        call("GET /api/v1/transfers/{id}", path(&waiting[0], ""), None, 404, 200, 200),
        call("POST /api/v1/transfers/{id}/approval", path(&waiting[0], "/approval"), nothing(), 404, 403, 200),
        call("POST /api/v1/transfers/{id}/refusal", path(&waiting[1], "/refusal"), nothing(), 404, 403, 200),
        call("POST /api/v1/transfers/{id}/withdrawal", path(&waiting[2], "/withdrawal"), nothing(), 404, 403, 200),
        call("POST /api/v1/transfers/{id}/receipt", path(&coming[0], "/receipt"), Some(receipt(1_000, "CASH")), 404, 403, 201),
        call(
            "POST /api/v1/transfers/{id}/refusal-of-receipt",
            path(&coming[1], "/refusal-of-receipt"),
            Some(json!({"reason": "NOT_FOR_US"})),
            404,
            403,
            200,
        ),
        call("POST /api/v1/transfers/{id}/return", path(&out[0], "/return"), Some(back), 404, 403, 201),
        call("POST /api/v1/transfers/{id}/loss", path(&out[1], "/loss"), Some(loss()), 404, 403, 201),
        call("POST /api/v1/transfers/{id}/loss/approval", path(&out[2], "/loss/approval"), nothing(), 404, 403, 200),
        call("POST /api/v1/transfers/{id}/loss/refusal", path(&out[3], "/loss/refusal"), nothing(), 404, 403, 200),
        call("POST /api/v1/transfers/{id}/loss/withdrawal", path(&out[4], "/loss/withdrawal"), nothing(), 404, 403, 200),
    ]
}
