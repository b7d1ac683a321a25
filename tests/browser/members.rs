//! Members as the public meets them: a card's QR code leads to a page that says "valid, of this chapter" and no more, whatever becomes of
//! its bearer; the chapter's page names posts always and people where they agreed.

use serde_json::{Value, json};
use so_nhan_ai::basics::Clock;
use so_nhan_ai::basics::clock::vietnam_date;
use uuid::Uuid;

use crate::Scenario;
use crate::driver::Browser;
use crate::harness::{Folder, PASSWORD, Server, Staff};

pub const SCENARIOS: &[Scenario] = &[("members: cards and the chapter's page", members)];

const PAPER: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const HERE: &str = "/don-vi/23095";
/// What a page may be wide, and is looked at: a desk and a phone.
const WIDTHS: [Option<u32>; 2] = [None, Some(390)];

struct House {
    server: Server,
    staff: Staff,
    administrator: String,
    folder: Folder,
}

/// Somebody of the story: the person, the membership, the card.
struct Member {
    person: Value,
    id: String,
    card: String,
}

fn members(browser: &Browser) {
    let folder = Folder::ready();
    let server = Server::start(&folder);
    let staff = Staff::at(&folder, &server);
    folder.officer("thu.lamdong", "PROVINCIAL_ADMINISTRATOR", "68");
    let administrator = server.log_in("thu.lamdong", PASSWORD);
    server.add_second_factor(&administrator, PASSWORD);
    let house = House { server, staff, administrator, folder };
    let woman = house.admitted(json!({"name": "Trần Thị Xqhoa", "birth": "1988-05-01"}), json!({}));
    let born = vietnam_date(Clock::System.now()).format("%Y").to_string().parse::<i32>().unwrap() - 12;
    let consent =
        json!({"text_version": 1, "guardian": "Trần Văn Xqbố", "given_on": today(), "paper": PAPER, "child_agreed": true});
    let junior = house.admitted(
        json!({"name": "Em Xqlan", "birth": born.to_string()}),
        json!({"kind": "JUNIOR", "team": "6A", "consent": consent}),
    );
    a_card_is_scanned(browser, &house, &woman);
    a_junior_shows_theirs(browser, &house, &junior);
    the_committee_is_on_the_chapters_page(browser, &house, &woman);
    a_lost_card_is_replaced(browser, &house, &woman);
    she_has_her_data_erased(browser, &house, &woman);
    forged_cards_are_nobodys(browser, &house);
    house.server.stop();
    drop(house.folder);
}

fn today() -> String {
    vietnam_date(Clock::System.now()).to_string()
}

impl House {
    fn send(&self, token: &str, path: &str, body: Value) -> Value {
        let answer = self.server.send("POST", path, Some(token), Some(&body));
        assert!((200..300).contains(&answer.status), "{path}: {}", answer.text);
        answer.json()
    }

    fn read(&self, path: &str) -> Value {
        let answer = self.server.send("GET", path, Some(&self.staff.officer), None);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    }

    fn admitted(&self, person: Value, change: Value) -> Member {
        let with = |mut body: Value, change: Value| {
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            body
        };
        let person = with(json!({"id": Uuid::new_v4(), "chapter": "23095"}), person);
        let person = self.send(&self.staff.officer, "/api/v1/persons", person)["id"].clone();
        let ask = json!({"id": Uuid::new_v4(), "person": person, "kind": "MEMBER", "decision_no": "15/QĐ-HCTĐ"});
        let id = self.send(&self.staff.officer, "/api/v1/members", with(ask, change))["id"].as_str().unwrap().to_owned();
        self.send(&self.staff.approver, &format!("/api/v1/member-steps/{id}/approval"), Value::Null);
        let card = self.read(&format!("/api/v1/members/{id}"))["card"].as_str().unwrap().to_owned();
        Member { person, id, card }
    }

    fn open(&self, browser: &Browser, path: &str) {
        browser.open(&format!("{}{path}", self.server.base));
    }

    /// The text of a page in a language, at every width; nothing sticks out of it, and nobody is named.
    fn look(&self, browser: &Browser, path: &str, lang: &str, picture: &str) -> String {
        let mut text = String::new();
        for width in WIDTHS {
            browser.narrow(width);
            self.open(browser, &format!("{path}?lang={lang}"));
            let wide = browser.eval("document.documentElement.scrollWidth").as_u64().unwrap();
            assert!(width.is_none_or(|width| wide <= u64::from(width)), "{path} is {wide} wide");
            assert_eq!(browser.eval("document.documentElement.lang"), lang, "{path}");
            assert_eq!(browser.eval("document.querySelectorAll('h1').length"), 1, "{path}");
            browser.picture(&format!("{picture} {lang} {}", width.map_or("wide", |_| "phone")));
            text = browser.text_of("main");
        }
        browser.narrow(None);
        text
    }
}

/// What a page says, with every name that it must not say.
#[track_caller]
fn says(text: &str, said: &[&str], hidden: &[&str]) {
    let lower = text.to_lowercase();
    for word in said {
        assert!(lower.contains(&word.to_lowercase()), "{word} in {text}");
    }
    for word in hidden {
        assert!(!lower.contains(&word.to_lowercase()), "{word} in {text}");
    }
}

fn a_card_is_scanned(browser: &Browser, house: &House, woman: &Member) {
    let path = format!("/g/{}", woman.card);
    let text = house.look(browser, &path, "vi", "card valid");
    says(&text, &["Thẻ còn giá trị", "hội viên", "Hàm Liêm"], &["Xqhoa", "1988", "15/QĐ"]);
    says(&house.look(browser, &path, "en", "card valid"), &["This card is valid", "Hàm Liêm"], &["Xqhoa", "1988"]);
    // As somebody types it from the paper.
    let typed: Vec<String> =
        woman.card.to_lowercase().as_bytes().chunks(4).map(|part| String::from_utf8(part.to_vec()).unwrap()).collect();
    house.open(browser, &format!("/g/{}?lang=vi", typed.join("-")));
    says(&browser.text_of("main"), &["Thẻ còn giá trị"], &[]);
    // Nobody's search finds a card.
    assert_eq!(browser.eval("document.querySelector('meta[name=robots]').content"), "noindex");
    browser.click("main a[href='/don-vi/23095']");
    browser.wait_for("the chapter opens", &format!("location.pathname === '{HERE}' && document.readyState === 'complete'"));
}

fn a_junior_shows_theirs(browser: &Browser, house: &House, junior: &Member) {
    let path = format!("/g/{}", junior.card);
    let hidden = ["Hàm Liêm", "23095", "Xq", "6A", "thiếu niên", "junior"];
    says(&house.look(browser, &path, "vi", "card junior"), &["Thẻ còn giá trị"], &hidden);
    says(&house.look(browser, &path, "en", "card junior"), &["This card is valid"], &hidden);
    assert_eq!(browser.eval("document.querySelectorAll(\"main a[href^='/don-vi']\").length"), 0);
}

fn the_committee_is_on_the_chapters_page(browser: &Browser, house: &House, woman: &Member) {
    let posts = json!([{"title": "CHAIR"}, {"title": "VICE_CHAIR", "seats": 2}, {"title": "EXECUTIVE_MEMBER", "seats": 5}]);
    let committee = json!({"id": Uuid::now_v7(), "chapter": "23095", "kind": "EXECUTIVE_COMMITTEE", "made_by": "CONGRESS",
        "congress": "Đại hội lần thứ I", "decision_no": "12/QĐ-HCTĐ", "decision_on": today(), "valid_from": today(), "posts": posts});
    let made = house.send(&house.administrator, "/api/v1/committees", committee);
    let post = format!("/api/v1/posts/{}/holders", made["posts"][0]["id"].as_str().unwrap());
    let holder = json!({"id": Uuid::new_v4(), "person": woman.person, "manner": "ELECTED", "decision_no": "01/NQ-ĐH", "decision_on": today()});
    house.send(&house.staff.officer, &post, holder.clone());
    let text = house.look(browser, HERE, "vi", "chapter unnamed");
    says(&text, &["Ban Chấp hành", "Chủ tịch", "12/QĐ-HCTĐ", "khuyết 2", "khuyết 5"], &["Xq"]);
    let agreed = json!({"id": Uuid::now_v7(), "text_version": 1, "given_on": today()});
    let path = format!("{post}/{}/name", holder["id"].as_str().unwrap());
    house.send(&house.staff.officer, &path, agreed);
    browser.wait_for_reload("her name stands there", "document.querySelector('main').innerText.includes('Trần Thị Xqhoa')");
    says(&house.look(browser, HERE, "en", "chapter named"), &["Chair", "2 vacant", "Trần Thị Xqhoa"], &["Xqlan"]);
}

fn a_lost_card_is_replaced(browser: &Browser, house: &House, woman: &Member) {
    house.send(&house.staff.officer, &format!("/api/v1/members/{}/card", woman.id), Value::Null);
    let path = format!("/g/{}", woman.card);
    house.open(browser, &format!("{path}?lang=vi"));
    browser.wait_for_reload("the old card is not valid", "document.querySelector('h1').innerText.includes('không còn giá trị')");
    says(&house.look(browser, &path, "vi", "card replaced"), &["không còn giá trị"], &["Hàm Liêm", "Xq"]);
}

fn she_has_her_data_erased(browser: &Browser, house: &House, woman: &Member) {
    let party = house.read(&format!("/api/v1/persons/{}", woman.person.as_str().unwrap()))["party"].clone();
    let new = house.read(&format!("/api/v1/members/{}", woman.id))["card"].as_str().unwrap().to_owned();
    let ask = json!({"id": Uuid::now_v7(), "kind": "ERASE", "received_on": today(), "channel": "IN_PERSON", "party": party});
    house.send(&house.staff.officer, "/api/v1/personal-data-requests", ask.clone());
    let approval = format!("/api/v1/personal-data-requests/{}/approval", ask["id"].as_str().unwrap());
    assert_eq!(house.send(&house.staff.approver, &approval, Value::Null)["state"], "DONE");
    for card in [&new, &woman.card] {
        let path = format!("/g/{card}");
        house.open(browser, &format!("{path}?lang=vi"));
        browser
            .wait_for_reload("it is on record no more", "document.querySelector('h1').innerText.includes('không còn trong sổ')");
        says(&house.look(browser, &path, "en", "card erased"), &["no longer on record"], &["Hàm Liêm", "Xq"]);
    }
    // The post is held still; by whom, nobody reads.
    house.open(browser, &format!("{HERE}?lang=vi"));
    browser.wait_for_reload("her name is gone", "!document.querySelector('main').innerText.includes('Xqhoa')");
    says(&browser.text_of("main"), &["Ban Chấp hành", "Chủ tịch"], &["Xq"]);
}

fn forged_cards_are_nobodys(browser: &Browser, house: &House) {
    for code in ["7ZC4K0M9T2R8VQ3BV", "7ZC4K0M9T2R8VQ3BX", "THE-GIA-MAO"] {
        house.open(browser, &format!("/g/{code}?lang=vi"));
        says(&browser.text_of("main"), &["Không có khoản hay thẻ nào mang mã này"], &["giá trị", "Hàm Liêm"]);
        assert_eq!(house.server.send("GET", &format!("/g/{code}"), None, None).status, 404);
    }
    browser.narrow(Some(390));
    browser.picture("card forged phone");
    browser.narrow(None);
    // The browser says on its console that these pages were answered 404.
    browser.console();
}
