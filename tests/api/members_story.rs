//! The story of members through the API, in its order and on one installation: from a class list to the day on which a member asks what
//! is stored about her and has it erased.

use std::io::Cursor;

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};
use sheets::{Out, Width};
use so_nhan_ai::authz::Role;
use uuid::Uuid;

use crate::appointments::day;
use crate::committees::{self, holder, post_of, seat};
use crate::dues;
use crate::harness::{Caller, TestApp, eventually};
use crate::members::{MEMBERS, STEPS, admitted, apply};
use crate::personal::{REQUESTS, ask, nowhere, path};
use crate::portal::page;

const HERE: &str = "23095";
/// A ward of Hà Nội: another province.
const FAR: &str = "00004";
const IMPORTS: &str = "/api/v1/member-imports";
const PAPER: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

#[test]
fn the_whole_story_of_members() {
    let app = TestApp::start();
    let school = found(&app, json!({"level": "GRASSROOTS", "kind": "SCHOOL", "name": "Hội Chữ thập đỏ Trường THCS Hàm Liêm"}));
    let junior = forty_juniors_come_by_a_spreadsheet(&app, &school);
    cards_are_printed_and_say_no_more_than_they_must(&app, &school, &junior);
    let branch = found(&app, json!({"level": "BRANCH", "kind": "RESIDENTIAL", "name": "Chi hội thôn 1"}));
    let hoa = she_becomes_a_member(&app, &branch);
    let sheet = dues_are_collected_and_split(&app, &branch, &hoa);
    two_cards_of_one_woman_are_joined_and_parted(&app);
    somebody_moves_to_another_province(&app);
    the_congress_ends_the_old_rights(&app, &hoa);
    let before = members_on_the_thirtieth_of_june(&app, &school);
    she_asks_for_her_data_and_has_it_erased(&app, &hoa, &sheet);
    assert_eq!(at_the_end_of_june(&app, &school), before, "erasure changes no day that is over");
    app.clock.advance(Duration::days(366));
    assert_eq!(at_the_end_of_june(&app, &school), before, "the same answer next year");
    audited(&app);
}

fn audited(app: &TestApp) {
    let report = so_nhan_ai::upkeep::audit::audit(&app.shared.db, Some(&app.shared.vault), 20, None).unwrap();
    assert!(report.clean, "{}", report.text());
    crate::transfers::equal(app);
}

/// A chapter or a branch below Hàm Liêm; returns its code.
fn found(app: &TestApp, change: Value) -> String {
    let mut new = json!({"id": Uuid::now_v7(), "parent": HERE, "decision_no": "07/QĐ-HCTĐ"});
    new.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    app.chair_of(HERE).post("/api/v1/chapters", new, 201)["code"].as_str().unwrap().to_owned()
}

/// The class list as the school keeps it: the name, the day of birth, the class, who signed and when, whether the child agrees.
fn class_list(pupils: &[[String; 7]]) -> Vec<u8> {
    let heads = ["Họ tên", "Ngày sinh", "Giới tính", "Lớp", "Phụ huynh", "Ngày ký", "Em đồng ý"];
    let heads = heads.map(|head| (head.to_owned(), Width::Text(30)));
    let mut book = sheets::Book::new("Lớp 6A", Vec::new(), heads.to_vec()).unwrap();
    for pupil in pupils {
        book.row(&pupil.each_ref().map(|cell| Out::Text(cell))).unwrap();
    }
    let mut file = Cursor::new(Vec::new());
    book.finish(&mut file).unwrap();
    file.into_inner()
}

fn pupil(n: usize) -> [String; 7] {
    const NAMES: [&str; 8] = ["An", "Bình", "Chi", "Dũng", "Giang", "Hạnh", "Khoa", "Lan"];
    let name = format!("{} {}", NAMES[n / 8], NAMES[n % 8]);
    let sex = if n.is_multiple_of(2) { "Nữ" } else { "Nam" };
    let born = format!("{:02}/0{}/2014", n % 28 + 1, n % 9 + 1);
    [format!("Em Zq {name}"), born, sex.into(), "6A".into(), format!("Trần Zqbố {name}"), "20/11/2026".into(), "Có".into()]
}

#[track_caller]
fn sent(caller: &Caller<'_>, path: &str, file: &[u8], status: u16) -> Value {
    let answer = caller.with("content-type", "text/csv").send("POST", path, Some(file.to_vec()));
    assert_eq!(answer.status, status, "{}", answer.text);
    answer.json()
}

/// Three rows are wrong in the dry run and named; mended, the list is decided on by a second person. Returns a junior's card.
fn forty_juniors_come_by_a_spreadsheet(app: &TestApp, school: &str) -> String {
    let (officer, chair) = (app.officer_of(school), app.chair_of(school));
    let to = format!("{IMPORTS}?chapter={school}&kind=JUNIOR&paper={PAPER}&decision_no=08%2FQD-HCTD");
    let mut pupils: Vec<[String; 7]> = (0..40).map(pupil).collect();
    pupils[4][1] = "30/02/2014".into();
    pupils[11][4] = String::new();
    pupils[39][6] = "Không".into();
    let looked = sent(&officer, &to, &class_list(&pupils), 200);
    let faults: Vec<(u64, &str, &str)> = looked["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| (fault["row"].as_u64().unwrap(), fault["column"].as_str().unwrap(), fault["code"].as_str().unwrap()))
        .collect();
    assert_eq!(looked["outcome"], "FAULTY", "{looked}");
    assert_eq!(faults, [(6, "birth", "NOT_A_BIRTH"), (13, "guardian", "MISSING"), (41, "child_agreed", "MISSING")], "{looked}");
    assert_eq!(app.database.number("SELECT count(*) FROM person"), 0, "a dry run keeps nothing");

    let pupils: Vec<[String; 7]> = (0..40).map(pupil).collect();
    let list = sent(&officer, &to, &class_list(&pupils), 201);
    let at = format!("{IMPORTS}/{}", list["import"]["id"].as_str().unwrap());
    officer.post(&format!("{at}/acceptance"), Value::Null, 403);
    let taken = chair.post(&format!("{at}/acceptance"), Value::Null, 202);
    let job = format!("/api/v1/jobs/{}", taken["job"].as_str().unwrap());
    eventually("the list is admitted", || chair.get(&job, 200)["state"] == "DONE");
    assert_eq!(chair.get(&at, 200)["admitted"], 40);

    let members = officer.get(&format!("{MEMBERS}?chapter={school}&limit=200"), 200);
    assert_eq!(members["items"].as_array().unwrap().len(), 40);
    let one = officer.get(&format!("{MEMBERS}/{}", members["items"][0]["id"].as_str().unwrap()), 200);
    let consent = &one["consent"];
    let texts = app.anonymous().get("/api/v1/public/consent-texts", 200);
    let signed = |text: &&Value| text["purpose"] == "CHILD_JOINS" && text["version"] == consent["text_version"];
    assert!(texts.as_array().unwrap().iter().any(|text| signed(&text)), "everybody can read what was signed: {texts}");
    assert_eq!(
        (&consent["text_version"], &consent["given_on"], &consent["child_agreed"]),
        (&json!(1), &json!("2026-11-20"), &json!(true)),
        "{one}"
    );
    one["card"].as_str().unwrap().to_owned()
}

fn public_card(app: &TestApp, code: &str) -> Value {
    app.anonymous().get(&format!("/api/v1/public/cards/{code}"), 200)
}

fn cards_are_printed_and_say_no_more_than_they_must(app: &TestApp, school: &str, junior: &str) {
    let file = app.officer_of(school).send("GET", &format!("{MEMBERS}/cards/file?chapter={school}"), None);
    assert_eq!((file.status, file.header("content-type")), (200, Some("application/pdf")));
    assert!(file.bytes.starts_with(b"%PDF"));
    assert_eq!(public_card(app, junior), json!({"code": junior, "state": "VALID"}));
    let shown = page(app, &format!("/g/{junior}"));
    assert!(shown.contains("Thẻ còn giá trị") && !shown.contains("Hàm Liêm") && !shown.contains("Zq"), "{shown}");
    assert!(!page(app, &format!("/don-vi/{school}")).contains("Zq"), "nothing public names a junior");
}

/// The member whose data the end of the story is about.
struct Hoa {
    person: String,
    member: String,
    party: Value,
    card: String,
}

fn she_becomes_a_member(app: &TestApp, branch: &str) -> Hoa {
    let (officer, chair) = (app.officer_of(HERE), app.chair_of(HERE));
    let told = json!({"name": "Trần Thị Zqhoa", "birth": "1988-05-01", "sex": "FEMALE", "phone": "0912345678", "commune": HERE});
    let member = admitted(&officer, &chair, told);
    let at = format!("{MEMBERS}/{member}");
    officer.post(&format!("{at}/placement"), json!({"kind": "MEMBER", "branch": branch}), 200);
    let shown = officer.get(&at, 200);
    let person = shown["person"].as_str().unwrap().to_owned();
    let party = officer.get(&format!("/api/v1/persons/{person}"), 200)["party"].clone();
    let card = shown["card"].as_str().unwrap().to_owned();
    assert_eq!(public_card(app, &card)["chapter"], HERE);
    let page = page(app, &format!("/g/{card}"));
    assert!(page.contains("Thẻ còn giá trị") && page.contains("Hàm Liêm") && !page.contains("Zqhoa"), "{page}");
    Hoa { person, member: member.to_string(), party, card }
}

/// Twenty-five members of a branch, she of them free by a decision, in one sheet. Returns its path.
fn dues_are_collected_and_split(app: &TestApp, branch: &str, hoa: &Hoa) -> String {
    let mut people = dues::members(app, branch, 24);
    people.push(hoa.member.clone());
    let line = |member: &String| {
        let mut line = json!({"member": member, "from": "2026-01", "to": "2026-12"});
        if *member == hoa.member {
            line["exempt"] = json!({"ground": "HARDSHIP", "decision_no": "05/QĐ-HCTĐ"});
        }
        line
    };
    let sheet = dues::sheet(app, branch, people.iter().map(line).collect());
    let made = app.officer_of(branch).post("/api/v1/dues-sheets", sheet, 201);
    assert_eq!((&made["paid"], &made["exempt"], &made["amount_vnd"]), (&json!(24), &json!(1), &json!(288_000)));
    let owed = made["owed"].as_array().unwrap();
    let steps: Vec<(&str, &str)> =
        owed.iter().map(|step| (step["from"].as_str().unwrap(), step["to"].as_str().unwrap())).collect();
    assert_eq!(steps, [(branch, HERE), (HERE, "68")]);
    let up: i64 = owed[0]["amount_vnd"].as_i64().unwrap();
    assert_eq!(made["kept_vnd"].as_i64().unwrap() + up, 288_000, "split to the đồng");
    app.wait_for_log();
    let public = app.anonymous().get(&format!("/api/v1/public/entries/{}", made["code"].as_str().unwrap()), 200);
    assert_eq!((&public["kind"], &public["count"]), (&json!("DUES"), &json!(24)));
    format!("/api/v1/dues-sheets/{}", made["id"].as_str().unwrap())
}

fn two_cards_of_one_woman_are_joined_and_parted(app: &TestApp) {
    let (officer, chair) = (app.officer_of(HERE), app.chair_of(HERE));
    let of = |told: Value| {
        let member = admitted(&officer, &chair, told);
        let shown = officer.get(&format!("{MEMBERS}/{member}"), 200);
        (member, shown["person"].as_str().unwrap().to_owned(), shown["card"].as_str().unwrap().to_owned())
    };
    let (_, first, old_card) = of(json!({"name": "Nguyễn Thị Zqmai", "birth": "1990-02-03", "commune": HERE}));
    let (second_member, second, new_card) = of(json!({"name": "Nguyễn Thị Zqmai", "birth": "1991", "commune": HERE}));
    let doubles = officer.get(&format!("/api/v1/persons/{first}/doubles"), 200);
    assert_eq!(doubles[0]["person"]["id"], json!(second), "{doubles}");
    let join = Uuid::now_v7();
    officer.post("/api/v1/person-joins", json!({"id": join, "kept": first, "joined": second}), 201);
    let at = |rest: &str| format!("/api/v1/person-joins/{join}{rest}");
    assert_eq!(chair.post(&at("/approval"), Value::Null, 200)["state"], "JOINED");
    assert_eq!(officer.get(&format!("/api/v1/persons/{second}"), 200)["joined_to"], json!(first));
    // It was a mistake: each has again what it had, both cards too.
    assert_eq!(officer.post(&at("/parting"), Value::Null, 200)["state"], "PARTED");
    assert_eq!(officer.get(&format!("/api/v1/persons/{second}"), 200).get("joined_to"), None);
    for card in [&old_card, &new_card] {
        assert_eq!(public_card(app, card)["state"], "VALID");
    }
    // The second was entered by mistake after all: she leaves under that row, and its card is not valid any more.
    let leave = json!({"id": Uuid::now_v7(), "kind": "LEAVE"});
    officer.post(&format!("{MEMBERS}/{second_member}/steps"), leave, 201);
    assert_eq!(
        (&public_card(app, &old_card)["state"], &public_card(app, &new_card)["state"]),
        (&json!("VALID"), &json!("NOT_VALID"))
    );
}

fn counts(app: &TestApp, chapter: &str, on: NaiveDate) -> Value {
    app.staff(Role::CentralAdministrator, "TW").get(&format!("/api/v1/member-counts?chapter={chapter}&on={on}"), 200)
}

fn somebody_moves_to_another_province(app: &TestApp) {
    let (officer, chair) = (app.officer_of(HERE), app.chair_of(HERE));
    let member = admitted(&officer, &chair, json!({"name": "Lê Văn Zqđi", "phone": "0987654321", "birth": "1995"}));
    let card = officer.get(&format!("{MEMBERS}/{member}"), 200)["card"].as_str().unwrap().to_owned();
    let admitted_on = app.today();
    app.clock.advance(Duration::days(3));
    let (officer, chair) = (app.officer_of(HERE), app.chair_of(HERE));
    let (there, their_chair) = (app.officer_of(FAR), app.chair_of(FAR));
    let move_ = json!({"id": Uuid::now_v7(), "to": FAR, "decision_no": "31/GT-HCTĐ"});
    officer.post(&format!("{MEMBERS}/{member}/transfer"), move_.clone(), 201);
    let approval = format!("{STEPS}/{}/approval", move_["id"].as_str().unwrap());
    assert_eq!(chair.post(&approval, Value::Null, 200)["state"], "ASKED");
    assert_eq!(their_chair.post(&approval, Value::Null, 200)["state"], "DONE");
    let new = there.get(&format!("{MEMBERS}?chapter={FAR}&state=ADMITTED"), 200)["items"][0].clone();
    let new = there.get(&format!("{MEMBERS}/{}", new["id"].as_str().unwrap()), 200);
    assert_eq!((&new["name"], &new["since"], &new["card"]), (&json!("Lê Văn Zqđi"), &json!(admitted_on), &json!(card)));
    assert_eq!(public_card(app, &card)["chapter"], FAR);
    // Counted once on every day: the day before there, from today on here.
    let all = counts(app, "TW", app.today())["members"].clone();
    for back in 1..=3 {
        assert_eq!(counts(app, "TW", day(app, -back))["members"], all, "{back} days ago");
    }
    assert_eq!(counts(app, "01", day(app, -1))["members"], 0);
    assert_eq!(counts(app, "01", app.today())["members"], 1);
}

/// The first committee's chair admits by the right of the post; with the next congress another one does.
fn the_congress_ends_the_old_rights(app: &TestApp, hoa: &Hoa) {
    let old = committees::chair(app);
    let officer = app.officer_of(HERE);
    let admits = |chair: &Caller<'_>, status: u16| {
        let asked = apply(&app.officer_of(HERE), json!({"name": "Phạm Zqmới"}), json!({}));
        chair.post(&format!("{STEPS}/{asked}/approval"), Value::Null, status);
    };
    admits(&app.log_in(old.account), 200);
    // She is a vice-chair of the next one, and agrees to be named.
    let congress = json!({"congress": "Đại hội lần thứ II", "decision_no": "30/QĐ-HCTĐ", "valid_from": day(app, 1)});
    let next = committees::made(app, congress);
    let path = seat(&officer, &post_of(&next, "VICE_CHAIR"), &holder(app, &json!(hoa.person), json!({})));
    let person = committees::person(&officer, HERE, "Đỗ Văn Zqmới");
    let chair = seat(&officer, &post_of(&next, "CHAIR"), &holder(app, &person, json!({})));
    app.clock.advance(Duration::days(1));
    admits(&app.log_in(old.account), 404);
    let account = crate::appointments::newcomer(app, HERE);
    committees::above(app).post(&format!("{chair}/roles"), committees::role(account, Role::ChapterChair), 201);
    admits(&app.log_in(account), 200);
    let agreed = json!({"id": Uuid::now_v7(), "text_version": 1, "given_on": app.today()});
    app.officer_of(HERE).post(&format!("{path}/name"), agreed, 201);
    let shown = page(app, &format!("/don-vi/{HERE}"));
    assert!(shown.contains("Đại hội lần thứ II") && shown.contains("Zqhoa"), "{shown}");
    assert!(!shown.contains("Đại hội lần thứ I,") && !shown.contains("Zqmới"), "{shown}");
}

/// What is answered of 30 June at every level.
fn at_the_end_of_june(app: &TestApp, school: &str) -> Vec<Value> {
    let june = NaiveDate::from_ymd_opt(2027, 6, 30).unwrap();
    ["TW", "68", "01", HERE, school].map(|chapter| counts(app, chapter, june)).to_vec()
}

fn members_on_the_thirtieth_of_june(app: &TestApp, school: &str) -> Vec<Value> {
    let july = NaiveDate::from_ymd_opt(2027, 7, 1).unwrap();
    app.clock.advance(july - app.today());
    let all = at_the_end_of_june(app, school);
    let rows = all[4]["rows"].as_array().unwrap();
    let pupils: Vec<(&str, &str, &str, i64)> = rows
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap();
            (text("kind"), text("sex"), text("sector"), row["members"].as_i64().unwrap())
        })
        .collect();
    assert_eq!(pupils, [("JUNIOR", "FEMALE", "SCHOOL", 20), ("JUNIOR", "MALE", "SCHOOL", 20)], "{rows:?}");
    let members = |n: usize| all[n]["members"].as_i64().unwrap();
    assert_eq!(members(0), members(1) + members(2), "the country is its provinces");
    all
}

fn she_asks_for_her_data_and_has_it_erased(app: &TestApp, hoa: &Hoa, sheet: &str) {
    let (officer, chair) = (app.officer_of(HERE), app.chair_of(HERE));
    let copy = officer.get(&format!("/api/v1/persons/{}/personal-data", hoa.person), 200);
    let text = copy.to_string();
    for said in ["Trần Thị Zqhoa", "1988-05-01", "0912345678", "2026-01 – 2026-12", "HARDSHIP"] {
        assert!(text.contains(said), "{said} in {copy:#}");
    }
    let rooms: Vec<&str> = copy["held"].as_array().unwrap().iter().filter_map(|held| held["text"].as_str()).collect();
    assert!(rooms.len() >= 5, "as a person, a member, free of dues, in a post: {rooms:?}");

    let (paid, post) = (officer.get(sheet, 200), public_posts(app));
    let erase = ask(app, "ERASE", json!({"party": hoa.party}));
    officer.post(REQUESTS, erase.clone(), 201);
    assert_eq!(chair.post(&path(&erase, "/approval"), Value::Null, 200)["state"], "DONE");
    nowhere(app, &["Zqhoa", "0912345678"]);
    officer.get(&format!("/api/v1/persons/{}", hoa.person), 404);
    assert_eq!(public_card(app, &hoa.card), json!({"code": hoa.card, "state": "NO_LONGER_ON_RECORD"}));
    assert!(page(app, &format!("/g/{}", hoa.card)).contains("không còn trong sổ"));
    assert_eq!(
        app.database.number("SELECT count(*) FROM dues_line WHERE ground IS NOT NULL"),
        0,
        "why she was free is forgotten"
    );
    // What the branch collected stays in the sum, and that somebody held the post stays in the history.
    let still = officer.get(sheet, 200);
    assert_eq!((&still["amount_vnd"], &still["paid"], &still["owed"]), (&paid["amount_vnd"], &paid["paid"], &paid["owed"]));
    let gone = officer.get(&format!("{MEMBERS}/{}", hoa.member), 200);
    assert_eq!((&gone["state"], gone.get("name"), gone.get("card")), (&json!("ERASED"), None, None), "an id that is nobody's");
    assert_eq!(public_posts(app), post);
    let shown = page(app, &format!("/don-vi/{HERE}"));
    assert!(!shown.contains("Zqhoa"), "{shown}");
    assert!(text_of_another_copy(&officer, hoa).is_none());
}

/// How many hold a post of Hàm Liêm, and how many seats are vacant.
fn public_posts(app: &TestApp) -> Vec<(usize, i64)> {
    let committees = committees::public(app);
    let posts = committees[0]["posts"].as_array().unwrap().iter();
    posts.map(|post| (post["holders"].as_array().map_or(0, Vec::len), post["vacant"].as_i64().unwrap())).collect()
}

/// There is nothing to copy any more.
fn text_of_another_copy(officer: &Caller<'_>, hoa: &Hoa) -> Option<String> {
    let answer = officer.send("GET", &format!("/api/v1/persons/{}/personal-data", hoa.person), None);
    (answer.status == 200).then_some(answer.text)
}
