//! What is held and what is open of it, for everybody: advances in sum, goods item by item, transfers with their age, what was
//! spent where. On the pages of chapters and appeals and in the API, right after each change.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::advances::advance;
use crate::harness::{TestApp, eventually};
use crate::kit::{gift, goods};
use crate::portal::{browser, page};
use crate::public_kinds::everything;
use crate::spending::{SHA, carried_out, income, paper, payment};
use crate::transfers::{cash, path, receipt, sent, transfer};

const HERE: &str = "23095";

fn held(app: &TestApp, of: &str) -> Value {
    app.anonymous().get(&format!("/api/v1/public/{of}"), 200)["held"].clone()
}

/// An advance that one asked for and another approved; its id.
fn handed_out(app: &TestApp, change: Value) -> String {
    let mut ask = advance(app, json!({}));
    for (key, value) in change.as_object().unwrap() {
        ask[key] = value.clone();
    }
    let (id, chair) = (ask["id"].as_str().unwrap().to_owned(), app.chair_of(HERE));
    app.officer_of(HERE).post("/api/v1/advances", ask, 201);
    chair.post(&format!("/api/v1/advances/{id}/approval"), Value::Null, 200);
    id
}

/// All of an advance comes back in cash.
fn cleared(app: &TestApp, advance: &str, vnd: i64) {
    let id = Uuid::now_v7();
    let ask =
        json!({"id": id, "day": app.today(), "content": "Hoàn ứng", "lines": [], "returned_vnd": vnd, "returned_by": "CASH"});
    app.officer_of(HERE).post(&format!("/api/v1/advances/{advance}/clearing"), ask, 201);
    app.chair_of(HERE).post(&format!("/api/v1/advance-clearings/{id}/approval"), Value::Null, 200);
}

#[test]
fn advances_are_public_in_sum_and_what_is_overdue_with_its_age() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of(HERE);
    gift(&app).of(10_000_000).book(&officer);
    gift(&app).of(5_000_000).to("LULUT").book(&officer);
    let nothing = json!({"open_vnd": 0, "overdue_vnd": 0, "overdue_count": 0});
    assert_eq!(held(&app, "chapters/23095")["advances"], nothing);
    assert!(!page(&app, "/don-vi/23095").contains("Tạm ứng chưa thanh toán"));

    let late = handed_out(&app, json!({"day": "2026-10-01", "amount_vnd": 3_000_000}));
    handed_out(&app, json!({"amount_vnd": 2_000_000}));
    handed_out(&app, json!({"fund": "APPEAL:LULUT", "day": "2026-10-20", "amount_vnd": 1_000_000}));
    let all = json!({"open_vnd": 6_000_000, "overdue_vnd": 4_000_000, "overdue_count": 2, "oldest_due_on": "2026-10-31", "oldest_days": 22});
    for of in ["chapters/23095", "chapters/68", "chapters/TW"] {
        let answer = app.anonymous().get(&format!("/api/v1/public/{of}"), 200);
        assert_eq!((&answer["held"]["advances"], &answer["held"]["as_of"]), (&all, &json!("2026-11-22")), "{of}");
        assert_eq!(answer["totals"]["left"]["all"]["advances_vnd"], 6_000_000, "{of}: as the equation has it");
    }
    assert_eq!(held(&app, "chapters/23059")["advances"], nothing, "another commune's");
    let of_appeal = json!({"open_vnd": 1_000_000, "overdue_vnd": 1_000_000, "overdue_count": 1, "oldest_due_on": "2026-11-19", "oldest_days": 3});
    assert_eq!(held(&app, "appeals/LULUT")["advances"], of_appeal);

    eventually("what is added is on a page that was asked for before", || {
        page(&app, "/don-vi/23095").contains("Tạm ứng chưa thanh toán")
    });
    let html = page(&app, "/don-vi/23095");
    for part in
        ["6.000.000\u{a0}đ", "Trong đó quá hạn (2 khoản)", "đến hạn ngày 31/10/2026, số ngày quá hạn: 22", "4.000.000\u{a0}đ"]
    {
        assert!(html.contains(part), "{part}: {html}");
    }
    let english = browser(&app, "en").send("GET", "/don-vi/23095", None).text;
    assert!(
        english.contains("Of it overdue (number: 2)") && english.contains("the oldest was due on 31 Oct 2026, days overdue: 22")
    );
    assert!(page(&app, "/keu-goi/LULUT").contains("đến hạn ngày 19/11/2026, số ngày quá hạn: 3"));
    eventually("the first page says it of the whole country", || {
        let html = page(&app, "/");
        html.contains("Trong đó quá hạn (2 khoản)") && html.contains("đến hạn ngày 31/10/2026, số ngày quá hạn: 22")
    });
    for path in ["/", "/don-vi/23095", "/don-vi/68", "/keu-goi/LULUT"] {
        assert!(!page(&app, path).contains("Nguyễn Văn Bình"), "{path} names who has an advance");
    }

    // What is cleared is overdue no more, on pages that were asked for a moment ago as well.
    cleared(&app, &late, 3_000_000);
    assert!(page(&app, "/don-vi/23095").contains("Trong đó quá hạn (1 khoản)"));
    assert_eq!(held(&app, "chapters/23095")["advances"]["open_vnd"], 3_000_000);
    assert_eq!(held(&app, "chapters/23095")["advances"]["oldest_due_on"], "2026-11-19");
}

/// An advance stays where it was handed out; whoever goes on for that chapter has it among its own.
#[test]
fn what_is_overdue_is_the_successors() {
    let app = TestApp::start();
    gift(&app).of(10_000_000).book(&app.officer_of(HERE));
    handed_out(&app, json!({"day": "2026-10-01", "amount_vnd": 3_000_000}));
    sent(&app, cash(HERE, "68", 400_000));
    app.database.execute(
        "INSERT INTO chapter_successor (old_id, new_id, since, leads) SELECT o.id, n.id, '2026-11-22', true FROM chapter o, chapter n WHERE o.code = '23095' AND n.code = '23059'",
    );
    let open = |code: &str| {
        let held = held(&app, &format!("chapters/{code}"));
        (held["advances"]["overdue_vnd"].as_i64().unwrap(), held["on_the_way"]["open_vnd"].as_i64().unwrap())
    };
    assert_eq!([open(HERE), open("23059"), open("68")], [(0, 0), (3_000_000, 400_000), (3_000_000, 400_000)]);
}

/// Decree 93/2021/NĐ-CP, art. 12(3): what givers agreed to is added up and published.
#[test]
fn own_costs_paid_from_gifts_are_one_figure_and_those_of_the_budget_are_none() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of(HERE);
    gift(&app).of(10_000_000).book(&officer);
    gift(&app).of(10_000_000).to("LULUT").book(&officer);
    paper(&app, HERE, SHA);
    carried_out(&app, "incomes", &income(&app, json!({"document": SHA})));
    let pay = |change: Value| carried_out(&app, "payments", &payment(&app, change));
    let own = |of: &str| app.anonymous().get(&format!("/api/v1/public/totals?{of}"), 200)["own_costs_from_gifts_vnd"].clone();
    pay(json!({"fund": "OPERATING", "category": "TRANSPORT", "amount_vnd": 1_500_000, "from": "BANK"}));
    pay(json!({"amount_vnd": 400_000}));
    assert_eq!((own(""), own("chapter=23095")), (json!(0), json!(0)));
    assert!(!page(&app, "/don-vi/23095").contains("lấy từ tiền ủng hộ"));

    let first = pay(json!({"fund": "APPEAL:LULUT", "category": "TRANSPORT", "amount_vnd": 200_000, "own_cost_consent": SHA}));
    pay(json!({"category": "TRANSPORT", "amount_vnd": 50_000, "own_cost_consent": SHA}));
    let days = format!("chapter=68&from={0}&to={0}", app.today());
    for (of, vnd) in [
        ("", 250_000),
        ("chapter=68", 250_000),
        ("chapter=23095", 250_000),
        (&days, 250_000),
        ("appeal=LULUT", 200_000),
        ("chapter=23059", 0),
    ] {
        assert_eq!(own(of), vnd, "{of}");
    }
    for (path, vnd) in [("/", "250.000"), ("/don-vi/23095", "250.000"), ("/keu-goi/LULUT", "200.000")] {
        eventually("the figure is on the page", || {
            page(&app, path).contains(&format!("lấy từ tiền ủng hộ, có người ủng hộ đồng ý: {vnd}\u{a0}đ"))
        });
    }
    let id = Uuid::now_v7();
    officer.post("/api/v1/corrections", json!({"id": id, "entry": first["code"], "reason": "WRONG_AMOUNT"}), 201);
    app.chair_of(HERE).post(&format!("/api/v1/corrections/{id}/approval"), Value::Null, 200);
    assert_eq!((own(""), own("appeal=LULUT")), (json!(50_000), json!(0)));
}

#[test]
fn goods_are_listed_item_by_item_for_as_much_as_the_books_say() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of(HERE);
    gift(&app).goods([goods("RICE", "100.5", "KG", 1_500_000), goods("BLANKET", "40", "PIECE", 4_000_000)]).book(&officer);
    let of_appeal =
        gift(&app).to("LULUT").goods([goods("RICE", "20", "KG", 300_000), goods("RICE", "2", "BAG", 700_000)]).book(&officer);
    let line = |item: &str, names: (&str, &str), quantity: &str, unit: &str, value: i64| json!({"item": item, "name": names.0, "name_en": names.1, "quantity": quantity, "unit": unit, "value_vnd": value});
    let (rice, blanket) = (("Gạo", "Rice"), ("Chăn", "Blanket"));
    let all = json!([
        line("BLANKET", blanket, "40", "PIECE", 4_000_000),
        line("RICE", rice, "120.5", "KG", 1_800_000),
        line("RICE", rice, "2", "BAG", 700_000),
    ]);
    for of in ["chapters/23095", "chapters/68", "chapters/TW"] {
        let answer = app.anonymous().get(&format!("/api/v1/public/{of}"), 200);
        assert_eq!(answer["held"]["stock"], all, "{of}");
        let sum: i64 = all.as_array().unwrap().iter().map(|line| line["value_vnd"].as_i64().unwrap()).sum();
        assert_eq!(answer["totals"]["left"]["all"]["goods_vnd"], sum, "{of}: as the equation has it");
    }
    assert_eq!(held(&app, "chapters/23059")["stock"], json!([]));
    assert_eq!(
        held(&app, "appeals/LULUT")["stock"],
        json!([line("RICE", rice, "2", "BAG", 700_000), line("RICE", rice, "20", "KG", 300_000)])
    );
    let html = page(&app, "/don-vi/23095");
    for part in ["Hiện vật đang có trong kho", "120,5 kg", "40 cái", "1.800.000\u{a0}đ"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    let english = browser(&app, "en").send("GET", "/keu-goi/LULUT", None).text;
    assert!(english.contains("Goods in stock, item by item") && english.contains("2 bags"), "{english}");

    // What goes back is there no more at once, and an item of which nothing is left is not listed.
    of_appeal.reversed(&app);
    assert!(!page(&app, "/keu-goi/LULUT").contains("Hiện vật đang có trong kho"));
    assert!(page(&app, "/don-vi/23095").contains("100,5 kg"));
    assert_eq!(held(&app, "appeals/LULUT")["stock"], json!([]));
    assert_eq!(held(&app, "chapters/23095")["stock"].as_array().unwrap().len(), 2);
}

#[test]
fn what_nobody_has_confirmed_is_named_with_its_age_where_it_concerns() {
    let app = TestApp::start();
    app.open_appeal("68", "LULUT");
    let officer = app.officer_of(HERE);
    gift(&app).of(10_000_000).book(&officer);
    gift(&app).of(5_000_000).to("LULUT").book(&officer);
    let first = cash(HERE, "68", 400_000);
    sent(&app, first.clone());
    sent(&app, transfer(HERE, "68", "APPEAL:LULUT", "CASH", 100_000));
    app.clock.advance(chrono::Duration::days(3));
    for of in ["chapters/23095", "chapters/68", "chapters/TW"] {
        let way = held(&app, of)["on_the_way"].clone();
        assert_eq!((&way["open_vnd"], &way["count"]), (&json!(500_000), &json!(2)), "{of}: {way}");
        let oldest = way["oldest"].as_array().unwrap();
        let one = oldest.iter().find(|one| one["fund"] == "GENERAL").unwrap();
        assert_eq!(
            (&one["from"], &one["to"], &one["open_vnd"], &one["sent_on"], &one["days"]),
            (&json!(HERE), &json!("68"), &json!(400_000), &json!("2026-11-22"), &json!(3))
        );
        let out = app.anonymous().get(&format!("/api/v1/public/entries/{}", one["code"].as_str().unwrap()), 200);
        assert_eq!((&one["from_name"], &out["kind"]), (&json!("Hội Chữ thập đỏ xã Hàm Liêm"), &json!("TRANSFER_OUT")));
    }
    assert_eq!(held(&app, "chapters/23059")["on_the_way"], json!({"open_vnd": 0, "count": 0, "oldest": []}));
    assert_eq!(held(&app, "appeals/LULUT")["on_the_way"]["open_vnd"], 100_000);
    for path in ["/don-vi/23095", "/don-vi/68", "/keu-goi/LULUT"] {
        assert!(page(&app, path).contains("từ ngày 22/11/2026, đã 3 ngày"), "{path}");
    }
    assert!(page(&app, "/").contains("Khoản chuyển chưa được xác nhận"));

    let commune = app.officer_of("68");
    commune.post(&path(&first, "/receipt"), receipt(400_000, "CASH"), 201);
    assert!(!page(&app, "/don-vi/68").contains("400.000\u{a0}đ</a>"), "it is confirmed");
    assert_eq!(held(&app, "chapters/68")["on_the_way"]["open_vnd"], 100_000);
}

#[test]
fn what_was_spent_is_shown_by_chapter_and_by_category() {
    let app = TestApp::start();
    everything(&app);
    let public = app.anonymous();
    let flow = public.get("/api/v1/public/totals?chapter=23095", 200)["flow"].clone();
    let listed = public.get("/api/v1/public/chapters?parent=68&limit=200", 200);
    let here = listed["items"].as_array().unwrap().iter().find(|one| one["code"] == HERE).unwrap().clone();
    for term in ["received_vnd", "handed_out_vnd", "paid_vnd"] {
        assert_eq!(here[term], flow[term], "{term}");
        assert!(flow[term].as_i64().unwrap() > 0, "{term}");
    }
    let one = public.get("/api/v1/public/chapters/23095", 200);
    assert_eq!((&one["handed_out_vnd"], &one["paid_vnd"]), (&flow["handed_out_vnd"], &flow["paid_vnd"]));
    let others = listed["items"].as_array().unwrap().iter().filter(|one| one["code"] != HERE);
    assert!(others.into_iter().all(|one| (&one["handed_out_vnd"], &one["paid_vnd"]) == (&json!(0), &json!(0))));
    for path in ["/don-vi/68", "/don-vi/TW", "/keu-goi/LULUT"] {
        let html = page(&app, path);
        assert!(html.contains("Trao và chi theo đơn vị") && html.contains("Chi theo mục"), "{path}");
    }
    assert!(!page(&app, "/don-vi/23095").contains("Trao và chi theo đơn vị"), "nothing is below it");
}
