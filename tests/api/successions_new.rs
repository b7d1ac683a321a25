//! Plans that make chapters: a new commune out of old ones, several out of one; and the list of plans.

use chrono::Duration;
use serde_json::{Value, json};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::books::{audit, counts, errors};
use crate::harness::{TestApp, eventually};
use crate::kit::gift;
use crate::look::all;
use crate::successions::{PLANS, assignment, left, paper, path, persons, plan, totals};

/// A commune that Lâm Đồng does not have yet.
fn new(change: Value) -> Value {
    let mut new = json!({"id": Uuid::now_v7(), "code": "29999", "parent": "68", "name": "Hội Chữ thập đỏ xã Hàm Mới", "short_name": "Hàm Mới"});
    new.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    new
}

/// Hàm Liêm and Hàm Thuận go up in it.
fn merger(app: &TestApp, change: Value) -> Value {
    let mut ask = plan(app, json!({"from": ["23095", "23059"], "to": ["29999"], "new_chapters": [new(json!({}))]}));
    ask.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    ask
}

#[test]
fn two_communes_go_up_in_a_new_one() {
    let app = TestApp::start();
    let people = persons(&app);
    let (one, other) = (app.officer_of("23095"), app.officer_of("23059"));
    app.open_appeal("23095", "HAMLIEM");
    gift(&app).of(300_000).book(&one);
    gift(&app).of(700_000).to("HAMLIEM").book(&one);
    gift(&app).at("23059").of(200_000).book(&other);
    let keeper = app.account(Role::Officer, "23095");
    let head = app.account(Role::ChapterChair, "23059");
    let before = (totals(&app, "23095"), totals(&app, "23059"), totals(&app, "68"), totals(&app, "TW"));
    let officers =
        json!([{"assignment": assignment(&app, keeper), "to": "29999"}, {"assignment": assignment(&app, head), "to": "29999"}]);
    // The law names it as one of the old was named.
    let name = app.database.text("SELECT name FROM chapter WHERE code = '23095'");
    let ask = merger(&app, json!({"officers": officers, "new_chapters": [new(json!({"name": name, "provisional": true}))]}));
    let asked = people.asker.post(PLANS, ask.clone(), 201);
    assert_eq!((&asked["above"], &asked["new_chapters"][0]["code"]), (&json!("68"), &json!("29999")));
    assert_eq!(people.asker.post(PLANS, ask.clone(), 200), asked);

    // The dry run shows it, and makes nothing.
    let rows = counts(&app);
    let dry = people.above.get(&path(&ask, "/dry-run"), 200);
    assert_eq!((counts(&app), &dry["in_the_way"]), (rows, &json!([])));
    assert_eq!((&dry["new_chapters"][0]["level"], &dry["new_chapters"][0]["parent"]), (&json!("COMMUNE"), &json!("68")));
    assert_eq!(dry["chapters"].as_array().unwrap().len(), 2);
    assert_eq!(dry["chapters"][0]["balances"][0]["to"], "29999");
    let public = app.anonymous();
    public.get("/api/v1/public/chapters/29999", 404);

    // Nobody is there yet: both steps are the province's, by two persons who did not ask.
    people.successor.post(&path(&ask, "/approval"), Value::Null, 403);
    people.asker.post(&path(&ask, "/approval"), Value::Null, 403);
    assert_eq!(people.above.post(&path(&ask, "/approval"), Value::Null, 200)["state"], "ASKED");
    let second = app.accountant_of("68");
    let done = second.post(&path(&ask, "/approval"), Value::Null, 200);
    assert_eq!(done["state"], "DONE");
    assert_eq!(second.post(&path(&ask, "/approval"), Value::Null, 200), done);
    assert_eq!((left(&app, "23095"), left(&app, "23059")), (String::new(), String::new()));
    assert_eq!(left(&app, "29999"), "APPEAL:HAMLIEM CASH_ON_HAND 700000\nGENERAL CASH_ON_HAND 500000");
    assert_eq!((totals(&app, "23095"), totals(&app, "23059"), totals(&app, "68"), totals(&app, "TW")), before);
    let page = public.get("/api/v1/public/chapters/29999", 200);
    assert_eq!((&page["status"], page["predecessors"].as_array().unwrap().len()), (&json!("PROVISIONAL"), 2));
    assert_eq!(page["provisional"]["decision_no"], "07/QĐ-HCTĐ");
    assert_eq!(public.get("/api/v1/public/chapters/23095", 200)["successors"][0]["code"], "29999");

    // Whoever goes on works there, and the appeal with them.
    let (keeper, head) = (app.log_in(keeper), app.log_in(head));
    gift(&app).at("29999").of(50_000).to("HAMLIEM").book(&keeper);
    let versions = keeper.get("/api/v1/chapters/29999/versions", 200);
    assert!(versions.to_string().contains("FOUNDED"), "{versions}");
    head.post("/api/v1/appeals/HAMLIEM/closing", Value::Null, 200);
    one.get("/api/v1/gifts?chapter=29999", 404);
    // The code is nobody else's for ever, and what comes with the units is still complete.
    let again = merger(&app, json!({"from": ["22918"], "to": ["29999"], "new_chapters": [new(json!({}))]}));
    let said = errors(&people.asker.post(PLANS, again, 422));
    assert!(said.contains(&("/new_chapters/0/code".to_owned(), "CODE_TAKEN".to_owned())), "{said:?}");
    audit(&app);
}

#[test]
fn what_may_not_be_made_is_refused() {
    let app = TestApp::start();
    let people = persons(&app);
    let (taken, sibling) = (
        app.database.text("SELECT id::text FROM chapter WHERE code = '22918'"),
        app.database.text("SELECT name FROM chapter WHERE code = '22918'"),
    );
    for (change, pointer, code) in [
        (json!({"code": "22918"}), "/new_chapters/0/code", "CODE_TAKEN"),
        (json!({"code": "29"}), "/new_chapters/0/code", "NOT_AT_THIS_LEVEL"),
        (json!({"code": "68-TH-0001"}), "/new_chapters/0/code", "NOT_A_CODE"),
        (json!({"id": taken}), "/new_chapters/0/id", "NOT_UNIQUE"),
        (json!({"id": Uuid::nil()}), "/new_chapters/0/id", "NOT_UNIQUE"),
        (json!({"parent": "22918"}), "/new_chapters/0/parent", "NOT_UNDER_THIS"),
        (json!({"parent": "23095"}), "/to/0", "NOT_UNDER_THIS"),
        (json!({"name": sibling}), "/new_chapters/0/name", "NAME_TAKEN"),
        (json!({"name": " … "}), "/new_chapters/0/name", "NOT_A_NAME"),
    ] {
        let one = new(change.clone());
        let ask = merger(&app, json!({"to": [one["code"]], "new_chapters": [one]}));
        let said = errors(&people.asker.post(PLANS, ask, 422));
        assert!(said.contains(&(pointer.to_owned(), code.to_owned())), "{change}: {said:?}");
    }
    for (change, pointer, code) in [
        (json!({"to": ["22918"]}), "/new_chapters/0/code", "NO_SUCH_CHAPTER"),
        (json!({"kind": "DISSOLVE", "from": ["23095"]}), "/new_chapters", "NOT_FOR_THIS"),
        (json!({"kind": "MOVE", "from": ["23095"]}), "/to/0", "NOT_FOR_THIS"),
        (json!({"new_chapters": [new(json!({})), new(json!({}))]}), "/new_chapters/1/code", "TWICE"),
    ] {
        let said = errors(&people.asker.post(PLANS, merger(&app, change.clone()), 422));
        assert!(said.contains(&(pointer.to_owned(), code.to_owned())), "{change}: {said:?}");
    }
    let elsewhere = merger(&app, json!({"new_chapters": [new(json!({"parent": "01"}))]}));
    let said = errors(&people.asker.post(PLANS, elsewhere, 404));
    assert_eq!(said, [("/new_chapters/0/parent".to_owned(), "NO_SUCH_CHAPTER".to_owned())]);
    // A role that there is at no commune does not go on there.
    let admin = app.account(Role::ProvincialAdministrator, "68");
    let officers = json!([{"assignment": assignment(&app, admin), "to": "29999"}]);
    let said = errors(&people.asker.post(PLANS, merger(&app, json!({"officers": officers})), 422));
    assert!(said.contains(&("/officers/0/assignment".to_owned(), "NO_SUCH_ACCOUNT".to_owned())), "{said:?}");
    audit(&app);
}

/// Killed half-way it was not made, and of two plans that make the same one the second stands still.
#[test]
fn a_new_chapter_is_made_with_its_plan_or_not_at_all() {
    let app = TestApp::start();
    let people = persons(&app);
    let second = app.accountant_of("68");
    gift(&app).of(300_000).book(&app.officer_of("23095"));
    let ask = merger(&app, json!({"from": ["23095"]}));
    let other = merger(&app, json!({"from": ["23059"]}));
    for plan in [&ask, &other] {
        people.asker.post(PLANS, plan.clone(), 201);
        people.above.post(&path(plan, "/approval"), Value::Null, 200);
    }
    let chapters = || app.database.number("SELECT count(*) FROM chapter WHERE code = '29999'");
    for (table, column) in [("chapter_version", "chapter_id"), ("chapter_successor", "old_id"), ("succession_entry", "entry_id")]
    {
        app.database.execute(&format!("ALTER TABLE {table} ADD CONSTRAINT {table}_boom CHECK ({column} IS NULL) NOT VALID"));
        assert!(second.send("POST", &path(&ask, "/approval"), None).status >= 400);
        app.database.execute(&format!("ALTER TABLE {table} DROP CONSTRAINT {table}_boom"));
        assert_eq!((chapters(), left(&app, "23095")), (0, "GENERAL CASH_ON_HAND 300000".to_owned()), "{table}");
    }
    std::thread::scope(|scope| {
        for plan in [&ask, &other] {
            let (second, path) = (&second, path(plan, "/approval"));
            scope.spawn(move || assert!([200, 409].contains(&second.send("POST", &path, None).status)));
        }
    });
    assert_eq!(chapters(), 1);
    assert_eq!(app.database.number("SELECT count(*) FROM succession WHERE state = 'DONE'"), 1);
    let waits = if people.asker.get(&path(&ask, ""), 200)["state"] == "DONE" { &other } else { &ask };
    let dry = people.above.get(&path(waits, "/dry-run"), 200);
    let way = dry["in_the_way"].as_array().unwrap();
    assert!(!way.is_empty() && way.iter().all(|one| one["chapter"] == "29999"), "{way:?}");
    second.post(&path(waits, "/approval"), Value::Null, 409);
    people.asker.post(&path(waits, "/withdrawal"), Value::Null, 200);
    audit(&app);
}

#[test]
fn one_is_split_into_two_new_ones_on_a_later_day() {
    let app = TestApp::start();
    let people = persons(&app);
    app.open_appeal("23095", "HAMLIEM");
    let officer = app.account(Role::Officer, "23095");
    let keeper = app.log_in(officer);
    gift(&app).of(300_000).book(&keeper);
    gift(&app).of(700_000).to("HAMLIEM").book(&keeper);
    let two = json!([new(json!({})), new(json!({"code": "29998", "name": "Hội Chữ thập đỏ xã Hàm Khác", "short_name": null}))]);
    let two: Vec<Value> = two.as_array().unwrap().to_vec();
    let ask = merger(
        &app,
        json!({"kind": "SPLIT", "from": ["23095"], "to": ["29999", "29998"], "new_chapters": two, "effective_on": app.today() + Duration::days(1),
            "shares": [{"fund": "APPEAL:HAMLIEM", "to": "29998"}], "officers": [{"assignment": assignment(&app, officer), "to": "29998"}]}),
    );
    people.asker.post(PLANS, ask.clone(), 201);
    people.above.post(&path(&ask, "/approval"), Value::Null, 200);
    assert_eq!(app.accountant_of("68").post(&path(&ask, "/approval"), Value::Null, 200)["state"], "APPROVED");
    assert_eq!(app.database.number("SELECT count(*) FROM chapter WHERE code IN ('29999', '29998')"), 0);
    app.clock.advance(Duration::hours(15));
    let state = || app.database.text("SELECT state FROM succession");
    eventually("the plan is carried out", || state() == "DONE");
    assert_eq!(
        (left(&app, "29999"), left(&app, "29998")),
        ("GENERAL CASH_ON_HAND 300000".into(), "APPEAL:HAMLIEM CASH_ON_HAND 700000".into())
    );
    assert_eq!(
        app.database.text("SELECT short_name || ' ' || founded_on FROM chapter WHERE code = '29998'"),
        format!("xã Hàm Khác {}", app.today())
    );
    gift(&app).at("29998").of(5_000).book(&app.log_in(officer));
    audit(&app);
}

/// Bình Thuận and Đắk Nông went up in Lâm Đồng on 1 July 2025: what stood below them keeps its place, its books and its sums.
#[test]
fn a_merger_of_provinces_takes_those_below_along() {
    let app = TestApp::start();
    paper(&app, "TW");
    let olds = app.database.text(
        "SELECT string_agg('CU' || u.code, ',' ORDER BY u.code) FROM former_unit u JOIN unit_merger m ON m.former_id = u.id
         WHERE u.level = 'PROVINCE' AND m.new_code = '68' AND m.relation = 'WHOLE' AND u.code <> '68'",
    );
    app.database.execute(
        "INSERT INTO chapter (id, code, kind, level, status, parent_id, name, short_name, folded, founded_on)
         SELECT gen_random_uuid(), 'CU' || u.code, 'TERRITORIAL', 'PROVINCE', 'ACTIVE', p.id, 'Hội Chữ thập đỏ ' || u.full_name, u.full_name, u.folded, '2000-01-01'
         FROM former_unit u JOIN unit_merger m ON m.former_id = u.id, chapter p
         WHERE u.level = 'PROVINCE' AND m.new_code = '68' AND m.relation = 'WHOLE' AND u.code <> '68' AND p.code = 'TW';
         INSERT INTO chapter (id, code, kind, level, status, parent_id, name, short_name, folded, founded_on)
         SELECT gen_random_uuid(), c.code || '-X', 'TERRITORIAL', 'COMMUNE', 'ACTIVE', c.id, c.name || ' xã', 'xã', 'xa', '2000-01-01'
         FROM chapter c WHERE c.code LIKE 'CU%'",
    );
    let olds: Vec<&str> = olds.split(',').collect();
    assert_eq!(olds.len(), 2, "{olds:?}");
    for old in &olds {
        gift(&app).at(old).of(20_000).book(&app.officer_of(old));
        gift(&app).at(&format!("{old}-X")).of(1_000).book(&app.officer_of(&format!("{old}-X")));
    }
    let before: Vec<Value> = olds.iter().map(|old| totals(&app, old)).chain([totals(&app, "68"), totals(&app, "TW")]).collect();
    let ask = plan(&app, json!({"from": olds, "to": ["68"], "decision_no": "202/2025/QH15"}));
    let admin = app.staff(Role::CentralAdministrator, "TW");
    let (taking, above) = (app.chair_of("68"), app.chair_of("TW"));
    assert_eq!(admin.post(PLANS, ask.clone(), 201)["above"], "TW");
    taking.post(&path(&ask, "/approval"), Value::Null, 200);
    assert_eq!(above.post(&path(&ask, "/approval"), Value::Null, 200)["state"], "DONE");
    assert_eq!(left(&app, "68"), "GENERAL CASH_ON_HAND 40000");
    let after: Vec<Value> = olds.iter().map(|old| totals(&app, old)).chain([totals(&app, "68"), totals(&app, "TW")]).collect();
    assert_eq!(after, before, "sums of the past are those of the tree of their day");
    // A commune below goes on where it was, and answers to the successor.
    let below = format!("{}-X", olds[0]);
    assert_eq!(left(&app, &below), "GENERAL CASH_ON_HAND 1000");
    let officer = app.officer_of(&below);
    let mistaken = gift(&app).at(&below).of(2_000).book(&officer);
    mistaken.ask_to_reverse(&officer, "DUPLICATE");
    let waiting = all(&taking, "/api/v1/decisions?chapter=68", 50);
    assert_eq!((waiting.len(), &waiting[0]["chapter"]), (1, &json!(below)));
    taking.post(waiting[0]["approval_url"].as_str().unwrap(), Value::Null, 200);
    audit(&app);
}

#[test]
fn plans_are_listed_to_those_who_may_read_what_they_name() {
    let app = TestApp::start();
    let people = persons(&app);
    let (first, second) = (plan(&app, json!({})), merger(&app, json!({"from": ["23095"], "decision_no": "08/QĐ"})));
    for ask in [&first, &second] {
        people.asker.post(PLANS, ask.clone(), 201);
        app.clock.advance(Duration::seconds(1));
    }
    people.successor.post(&path(&first, "/approval"), Value::Null, 200);
    let list = |chapter: &str, rest: &str| format!("{PLANS}?chapter={chapter}{rest}");
    let rows = all(&people.above, &list("68", ""), 1);
    let ids: Vec<&Value> = rows.iter().map(|row| &row["id"]).collect();
    assert_eq!(ids, [&first["id"], &second["id"]]);
    let row = &rows[0];
    assert_eq!(
        (&row["kind"], &row["state"], &row["from"], &row["to"]),
        (&json!("MERGE"), &json!("ASKED"), &json!(["23095"]), &json!(["23059"]))
    );
    assert_eq!(
        (&row["above"], &row["approver_chapter"], &row["decision_no"]),
        (&json!("68"), &json!("68"), &json!("07/QĐ-HCTĐ"))
    );
    people.above.get(row["url"].as_str().unwrap(), 200);
    // Those who go up and those who go on find theirs, and may look at it; what it would do shows the books of others.
    assert_eq!(all(&people.successor, &list("23059", ""), 50).len(), 1);
    let officer = app.officer_of("23095");
    assert_eq!(all(&officer, &list("23095", ""), 50).len(), 2);
    officer.get(&path(&first, ""), 200);
    officer.get(&path(&first, "/dry-run"), 404);
    officer.get(&list("68", ""), 404);
    app.officer_of("22918").get(&path(&first, ""), 404);
    people.above.get(&list("68", "&state=OPEN"), 422);
    // By state, and afterwards at the successor with what it took over.
    assert!(all(&people.above, &list("68", "&state=DONE"), 50).is_empty());
    people.asker.post(&path(&second, "/withdrawal"), Value::Null, 200);
    people.above.post(&path(&first, "/approval"), Value::Null, 200);
    assert_eq!(all(&people.above, &list("68", "&state=DONE"), 50).len(), 1);
    let there = all(&people.successor, &list("23059", ""), 50);
    assert_eq!((there.len(), &there[1]["state"], there[0].get("approver_chapter")), (2, &json!("WITHDRAWN"), None));
}
