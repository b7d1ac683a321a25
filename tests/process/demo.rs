//! The demo: filled once, kept, on loopback only, and never in anybody's real data.

use std::fs;

use serde_json::{Value, json};

use crate::flood::assert_whole;
use crate::harness::*;

fn demo_json(folder: &Folder) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.data.join("demo.json")).unwrap()).unwrap()
}

#[test]
fn the_demo_fills_once_and_keeps_what_was_added() {
    let folder = Folder::new();
    let mut command = folder.program(&["demo"]);
    command.env("DATABASE_URL", "postgres://nobody:geheim@127.0.0.1:1/real");
    let server = Server::of(&folder, command);
    let log = || fs::read_to_string(folder.top.join("server.log")).unwrap();
    assert!(log().contains("DATABASE_URL is set and ignored") && !log().contains("geheim"), "{}", log());
    let gifts = || folder.number("SELECT count(*) FROM gift");
    let filled = gifts();
    assert!(filled >= 5_000, "{filled}");
    // The delivered limits ask about one gift in two hundred at most: nothing in the demo is confirmed, so what they asked
    // about is not there.
    assert!((5_400 - filled) * 200 <= 5_400, "{filled} of 5400");
    assert_eq!(folder.number("SELECT count(*) FROM gift WHERE unusual"), 0);
    assert_whole(&folder);

    let file = demo_json(&folder);
    assert_eq!(file["base_url"], server.base.as_str());
    let appeals: Vec<(&str, &str)> =
        file["appeals"].as_array().unwrap().iter().map(|a| (a["code"].as_str().unwrap(), a["state"].as_str().unwrap())).collect();
    assert!(appeals.len() >= 3);
    for (code, state) in &appeals {
        let appeal = server.get(&format!("/api/v1/public/appeals/{code}"));
        assert_eq!(appeal["state"], *state, "{code}");
        assert!(appeal["totals"]["gift_count"].as_i64().unwrap() > 50, "{code}");
    }
    // The closed one has something overdue, the open ones have published how they began.
    let states = |code: &str| -> Vec<(String, String)> {
        let duties = server.get(&format!("/api/v1/public/appeals/{code}/publications"));
        let text = |duty: &Value, name: &str| duty[name].as_str().unwrap().to_owned();
        duties.as_array().unwrap().iter().map(|duty| (text(duty, "event"), text(duty, "state"))).collect()
    };
    for (code, state) in &appeals {
        let states = states(code);
        assert_eq!(states[0], ("OPENING_DOCUMENT".to_owned(), "PUBLISHED".to_owned()), "{code}");
        let opening = &server.get(&format!("/api/v1/public/appeals/{code}/publications"))[0];
        let from = server.get(&format!("/api/v1/public/appeals/{code}"))["receive_from"].clone();
        assert_eq!(opening["versions"][0]["published_on"], from, "{code}: when it was opened");
        let until = server.get(&format!("/api/v1/public/appeals/{code}"))["receive_until"].clone();
        assert!(opening["due_on"].as_str() <= until.as_str(), "{code}: {opening}");
        assert_eq!(states.iter().any(|(_, state)| state == "OVERDUE"), *state == "CLOSED", "{code}: {states:?}");
    }
    assert!(appeals.iter().any(|(_, state)| *state == "OPEN") && appeals.iter().any(|(_, state)| *state == "CLOSED"));
    let logins = file["logins"].as_array().unwrap();
    for login in logins {
        let token = server.log_in(login["user"].as_str().unwrap(), login["password"].as_str().unwrap());
        let me = server.send("GET", "/api/v1/session", Some(&token), None).json();
        assert_eq!((&me["roles"][0]["role"], &me["roles"][0]["chapter"]), (&login["role"], &login["chapter_code"]), "{me}");
    }
    for role in [
        "OFFICER",
        "ACCOUNTANT",
        "CHAPTER_CHAIR",
        "PROVINCIAL_ADMINISTRATOR",
        "CENTRAL_ADMINISTRATOR",
        "INSPECTOR",
        "TRACING_OFFICER",
        "BLOOD_OFFICER",
        "ORGAN_OFFICER",
    ] {
        assert!(logins.iter().any(|login| login["role"] == role), "{role}");
    }
    let officer = logins.iter().find(|login| login["chapter_code"] == "23095" && login["role"] == "OFFICER").unwrap();
    let (user, password) = (officer["user"].as_str().unwrap(), officer["password"].as_str().unwrap());
    let out = fs::read_to_string(folder.top.join("server.out")).unwrap();
    assert!(out.contains(&server.base) && out.contains(user) && out.contains(password) && out.contains("demo.json"), "{out}");

    // A member's card tells the chapter, a junior's does not; somebody waits for the chair.
    for (n, tells) in [(0, true), (1, false)] {
        let card = server.get(&format!("/api/v1/public/cards/{}", file["cards"][n]["code"].as_str().unwrap()));
        assert_eq!((&card["state"], card.get("chapter").is_some()), (&json!("VALID"), tells), "{card}");
    }
    let people = || {
        ["person", "member", "member_step", "dues_sheet", "post_holder", "chapter"]
            .map(|table| folder.number(&format!("SELECT count(*) FROM {table}")))
    };
    let known = people();
    assert_eq!(folder.number("SELECT count(*) FROM member WHERE state = 'APPLIED'"), 1);

    let token = server.log_in(user, password);
    let added = gift(123_457);
    assert_eq!(server.post_gift(&token, &added).unwrap().status, 201);
    let totals = server.get("/api/v1/public/totals");
    server.stop();

    let server = Server::of(&folder, folder.program(&["demo"]));
    assert_eq!((gifts(), people()), (filled + 1, known));
    assert_eq!(server.get("/api/v1/public/totals"), totals);
    assert_eq!(server.get("/api/v1/public/entries?amount_vnd=123457")["items"].as_array().unwrap().len(), 1);
    assert_eq!(server.post_gift(&server.log_in(user, password), &added).unwrap().json()["outcome"], "ALREADY_BOOKED");
    assert_eq!(
        (demo_json(&folder)["base_url"].as_str(), demo_json(&folder)["logins"].clone()),
        (Some(server.base.as_str()), file["logins"].clone())
    );
    assert_eq!(folder.number("SELECT count(*) FROM appeal"), appeals.len() as i64);
    server.stop();
    // `serve` on demo data works on this machine alone, and says what it is: everybody knows the passwords.
    not_for_everybody(&folder);
    let server = Server::start(&folder);
    assert!(log().contains("demo data"));
    server.stop();
}

/// Demo data are served on loopback addresses only, whatever part of them is there.
fn not_for_everybody(folder: &Folder) {
    for address in ["0.0.0.0:0", "[::]:0"] {
        let said = folder.run(&["serve", "--listen", address]);
        assert!(said.complaint().contains("demo data") && said.err.contains("--listen 127.0.0.1"), "{address}: {said:?}");
    }
}

#[test]
fn the_demo_is_cut_off_and_completed() {
    let folder = Folder::new();
    let mut first = Mortal(
        folder
            .program(&["demo", "--listen", &free_address()])
            .stderr(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap(),
    );
    eventually("some gifts are there", || {
        so_nhan_ai::db::private::url_of_running(&folder.data, so_nhan_ai::db::private::NAME)
            .and_then(|url| diesel::Connection::establish(&url).ok())
            .is_some_and(|mut conn: diesel::PgConnection| {
                let count = diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>("(SELECT count(*) FROM gift)"));
                diesel::RunQueryDsl::get_result::<i64>(count, &mut conn).is_ok_and(|count| count > 400)
            })
    });
    first.0.kill().unwrap();
    first.0.wait().unwrap();
    assert!(!folder.data.join("demo.json").exists());
    not_for_everybody(&folder);
    let server = Server::of(&folder, folder.program(&["demo"]));
    let gifts = folder.number("SELECT count(*) FROM gift");
    assert!((5_000..6_000).contains(&gifts), "{gifts}");
    assert_whole(&folder);
    assert_eq!(server.get("/api/v1/public/appeals")["items"].as_array().unwrap().len(), 3);
}

#[test]
fn the_demo_stays_on_loopback_and_out_of_real_data() {
    let folder = Folder::new();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080"] {
        let said = folder.run(&["demo", "--listen", address]);
        assert!(said.complaint().contains("loopback"), "{address}: {said:?}");
    }
    assert!(!folder.data.exists());
    folder.officer("hanh.hamliem", "OFFICER", "23095");
    let said = folder.run(&["demo", "--listen", "127.0.0.1:0"]);
    assert!(said.complaint().contains("real installation") && said.err.contains("--data-dir"), "{said:?}");
    assert!(!folder.data.join("demo.json").exists() && folder.postmaster().is_none());
    let server = Server::start(&folder);
    assert_eq!((folder.number("SELECT count(*) FROM gift"), folder.number("SELECT count(*) FROM account")), (0, 1));
    assert_eq!(server.get("/api/v1/public/appeals")["items"], json!([]));
    server.log_in("hanh.hamliem", PASSWORD);
}
