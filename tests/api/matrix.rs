//! The authorization matrix: every role at every place with every right, as the database and the policy decide it.
//! The table is committed; a change of policy is a diff somebody reviews. `UPDATE_OUTPUT=1` rewrites it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use so_nhan_ai::authz::{self, Actor, Ask, Refusal, RightName, Role, decide};
use so_nhan_ai::tree::{ChapterId, Level};
use uuid::Uuid;

use crate::harness::Database;

/// 10:00 on 22 November 2026 in Vietnam.
fn now() -> DateTime<Utc> {
    "2026-11-22T03:00:00Z".parse().unwrap()
}

/// What the right allows, whoever asks for it by name: the types of the rights, one by one.
fn ask_all(conn: &mut PgConnection, right: RightName, asks: &[Ask]) -> Vec<Result<(ChapterId, Uuid, Uuid), Refusal>> {
    macro_rules! ask {
        ($($name:ident),*) => {
            match right {
                $(RightName::$name => {
                    let verdicts = decide::<authz::$name>(conn, now(), asks).unwrap();
                    verdicts.into_iter().map(|v| v.map(|g| (g.chapter(), g.account(), g.officer()))).collect()
                })*
            }
        };
    }
    ask!(
        Read,
        Inspect,
        Appoint,
        Approve,
        Record,
        HandOver,
        RunAppeal,
        Organise,
        KeepPeople,
        SeePeople,
        KeepFamilyLinks,
        SeeFamilyLinks,
        KeepBlood,
        SeeBlood,
        KeepOrgan,
        SeeOrgan,
        RunActivities
    )
}

fn ask(conn: &mut PgConnection, right: RightName, actor: Actor, chapter: ChapterId) -> Result<(ChapterId, Uuid, Uuid), Refusal> {
    ask_all(conn, right, &[Ask { actor, chapter }]).pop().unwrap()
}

fn run(conn: &mut PgConnection, sql: &str) {
    diesel::sql_query(sql).execute(conn).unwrap_or_else(|error| panic!("{error}: {sql}"));
}

fn chapter_id(database: &Database, code: &str) -> ChapterId {
    ChapterId(database.text(&format!("SELECT id FROM chapter WHERE code = '{code}'")).parse().unwrap())
}

/// A person with an account and a session with a second factor, nothing else.
fn somebody(conn: &mut PgConnection) -> Actor {
    let (officer, account, session) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    run(conn, &format!("INSERT INTO officer (id, full_name) VALUES ('{officer}', '')"));
    run(
        conn,
        &format!(
            "INSERT INTO account (id, officer_id, user_name, password_hash, created_at) VALUES ('{account}', '{officer}', 'u{}', '', now())",
            account.simple()
        ),
    );
    run(
        conn,
        &format!(
            "INSERT INTO session (id, account_id, refresh_hash, created_at, expires_at, second_factor_at)
             VALUES ('{session}', '{account}', '{session}', '2026-11-22T02:00:00Z', '2026-11-22T04:00:00Z', '2026-11-22T02:00:00Z')"
        ),
    );
    Actor { account, session }
}

/// Another session of an account, without a second factor.
fn by_password_alone(conn: &mut PgConnection, actor: Actor) -> Actor {
    let session = Uuid::now_v7();
    run(
        conn,
        &format!(
            "INSERT INTO session (id, account_id, refresh_hash, created_at, expires_at)
             VALUES ('{session}', '{}', '{session}', '2026-11-22T02:00:00Z', '2026-11-22T04:00:00Z')",
            actor.account
        ),
    );
    Actor { session, ..actor }
}

/// Gives a role at a chapter, for the days given (`NULL` for open), and returns the assignment.
fn assign(conn: &mut PgConnection, actor: Actor, role: Role, chapter: ChapterId, from: &str, to: &str) -> Uuid {
    let id = Uuid::now_v7();
    run(
        conn,
        &format!(
            "INSERT INTO role_assignment (id, account_id, role, chapter_id, valid_from, valid_to, decision_no)
             VALUES ('{id}', '{}', '{}', '{}', '{from}', {to}, 'QĐ 1')",
            actor.account,
            role.name(),
            chapter.0
        ),
    );
    id
}

fn act_for(conn: &mut PgConnection, assignment: Uuid, chapter: ChapterId, from: &str, to: &str) {
    run(
        conn,
        &format!(
            "INSERT INTO role_assignment_acts_for (assignment_id, chapter_id, valid_from, valid_to, decision_no)
             VALUES ('{assignment}', '{}', '{from}', {to}, 'QĐ 2')",
            chapter.0
        ),
    );
}

/// Hàm Liêm with a school below it and a class branch below that; the commune acted for has a branch too.
fn places(database: &Database) -> Vec<(&'static str, ChapterId)> {
    for (code, parent) in [("SCHOOL", "23095"), ("CLASS", "SCHOOL"), ("FOREIGN-BRANCH", "23059")] {
        database.execute(&format!(
            "INSERT INTO chapter (id, code, kind, level, parent_id, name, short_name, folded, founded_on)
             SELECT gen_random_uuid(), '{code}', 'SCHOOL', 'BRANCH', id, 'x', 'x', 'x', '2026-01-01' FROM chapter WHERE code = '{parent}'"
        ));
    }
    let neighbour = database.text("SELECT min(c.code) FROM chapter c JOIN chapter p ON p.id = c.parent_id WHERE p.code = '68' AND c.code NOT IN ('23095', '23059')");
    let abroad = database.text("SELECT min(c.code) FROM chapter c JOIN chapter p ON p.id = c.parent_id WHERE p.code = '01'");
    let at = |code: &str| chapter_id(database, code);
    vec![
        ("own chapter", at("23095")),
        ("child", at("SCHOOL")),
        ("grandchild", at("CLASS")),
        ("parent", at("68")),
        ("grandparent", at("TW")),
        ("sibling", at(&neighbour)),
        ("other province", at("01")),
        ("commune of other province", at(&abroad)),
        ("acted-for chapter", at("23059")),
        ("child of acted-for chapter", at("FOREIGN-BRANCH")),
    ]
}

#[test]
fn the_matrix_is_as_committed() {
    let database = Database::fresh();
    let places = places(&database);
    let mut conn = database.connect();
    let mut table = String::from(
        "Who may do what where. The role is held at Hàm Liêm (\"own chapter\"), with an acts-for decision for one more commune.\n\
         ✔ granted   ② granted to a session with a second factor, otherwise 403   ✘ may read, but not this (403)   · may not even read (404)\n",
    );
    for role in Role::ALL {
        let actor = somebody(&mut conn);
        let plain = by_password_alone(&mut conn, actor);
        let assignment = assign(&mut conn, actor, role, places[0].1, "2026-11-22", "'2026-11-22'");
        act_for(&mut conn, assignment, places[8].1, "2026-11-22", "'2026-11-22'");
        table += &format!("\n{:<28}", role.name());
        for right in RightName::ALL {
            table += &format!(" {:>10}", right.name());
        }
        for (relation, chapter) in &places {
            let mut line = format!("\n  {relation:<26}");
            for right in RightName::ALL {
                let without = ask(&mut conn, right, plain, *chapter);
                let sign = match ask(&mut conn, right, actor, *chapter) {
                    Ok((granted, account, _)) => {
                        assert_eq!((granted, account), (*chapter, actor.account), "a grant for something else than was asked");
                        match without {
                            Ok((granted, account, _)) => {
                                assert_eq!((granted, account), (*chapter, actor.account));
                                '✔'
                            }
                            Err(Refusal::NoSecondFactor) => '②',
                            Err(other) => panic!("{} at {relation}: {other:?} without a second factor", role.name()),
                        }
                    }
                    Err(refusal) => {
                        // What is refused anyway does not tell that a second factor would help.
                        assert_eq!(without, Err(refusal), "{} at {relation}", role.name());
                        match refusal {
                            Refusal::NotAllowed => '✘',
                            Refusal::Unreadable => '·',
                            other => panic!("{}: {other:?}", role.name()),
                        }
                    }
                };
                line += &format!(" {sign:>10}");
            }
            table += &line;
        }
        table += "\n";
    }
    table += &appointing();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/output/authorization-matrix.txt");
    if std::env::var_os("UPDATE_OUTPUT").is_some() {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/output")).unwrap();
        std::fs::write(path, &table).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == table,
        "the policy is not the committed one (UPDATE_OUTPUT=1 rewrites {path}):\n{}",
        difference(&committed, &table)
    );
}

/// Who gives which role, and where each role exists.
fn appointing() -> String {
    let mut table = String::from("\nWho may give and end which role, at the own chapter and below (never to oneself)\n");
    for giver in Role::ALL {
        let given: Vec<&str> = Role::ALL.into_iter().filter(|role| giver.gives(*role)).map(Role::name).collect();
        table += &format!("  {:<26} {}\n", giver.name(), if given.is_empty() { "–".to_owned() } else { given.join(" ") });
    }
    table += "\nAt chapters of which levels a role exists\n";
    for role in Role::ALL {
        let levels: Vec<&str> = Level::ALL.into_iter().filter(|level| role.exists_at(*level)).map(Level::name).collect();
        table += &format!("  {:<26} {}\n", role.name(), levels.join(" "));
    }
    table
}

/// Who gives roles, in words.
#[test]
fn what_no_table_of_givers_may_ever_say() {
    for giver in Role::ALL {
        for role in Role::ALL {
            // Without APPOINT the line in the table would be dead; with it but without the line, nobody would notice.
            assert!(!giver.gives(role) || giver.has(RightName::Appoint), "{} gives without APPOINT", giver.name());
        }
        assert_eq!(Role::ALL.into_iter().any(|role| giver.gives(role)), giver.has(RightName::Appoint), "{}", giver.name());
        let central = giver == Role::CentralAdministrator;
        assert_eq!(giver.gives(Role::CentralAdministrator), central, "{}", giver.name());
        assert_eq!(giver.gives(Role::ProvincialAdministrator), central, "{}", giver.name());
        assert!(!Level::ALL.into_iter().all(|level| !giver.exists_at(level)), "{} exists nowhere", giver.name());
    }
    assert!(Role::ALL.into_iter().all(|role| Role::CentralAdministrator.gives(role)), "a role nobody could give");
    assert_eq!(Level::ALL.map(|level| Role::CentralAdministrator.exists_at(level)), [true, false, false, false, false, false]);
    assert_eq!(Level::ALL.map(|level| Role::ProvincialAdministrator.exists_at(level)), [false, true, false, false, false, false]);
}

/// Lines that differ, with the role they stand under.
fn difference(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let (mut out, mut role) = (String::new(), "");
    for at in 0..old.len().max(new.len()) {
        let (was, is) = (old.get(at).copied().unwrap_or_default(), new.get(at).copied().unwrap_or_default());
        if !is.starts_with(' ') {
            role = is.split_whitespace().next().unwrap_or_default();
        }
        if was != is {
            out += &format!("{role}\n-{was}\n+{is}\n");
        }
    }
    out
}

/// Policy in words, so that a wrong matrix committed by habit still fails somewhere.
#[test]
fn what_no_policy_may_ever_say() {
    let database = Database::fresh();
    let places = places(&database);
    let mut conn = database.connect();
    for role in Role::ALL {
        let actor = somebody(&mut conn);
        let plain = by_password_alone(&mut conn, actor);
        let assignment = assign(&mut conn, actor, role, places[0].1, "2026-11-22", "NULL");
        act_for(&mut conn, assignment, places[8].1, "2026-11-22", "NULL");
        for (relation, chapter) in &places {
            let mut may = |right| ask(&mut conn, right, actor, *chapter).is_ok();
            let up_or_aside =
                ["parent", "grandparent", "sibling", "other province", "commune of other province", "child of acted-for chapter"];
            if up_or_aside.contains(relation) {
                assert!(!RightName::ALL.into_iter().any(&mut may), "{} reaches {relation}", role.name());
            }
            if may(RightName::Record) || may(RightName::HandOver) {
                assert!(["own chapter", "acted-for chapter"].contains(relation), "{} keeps the books of {relation}", role.name());
            }
            let rules = [RightName::Approve, RightName::Appoint, RightName::RunAppeal, RightName::Inspect, RightName::Organise]
                .into_iter()
                .any(&mut may);
            assert!(!(rules && *relation == "acted-for chapter"), "{} rules where it only acts for", role.name());
            // One person must not be able to both record and appoint whoever approves.
            let mut alone = |right| ask(&mut conn, right, plain, *chapter).is_ok();
            assert!(!alone(RightName::Approve) && !alone(RightName::Appoint), "{} decides by a password alone", role.name());
            let mut may = |right| ask(&mut conn, right, actor, *chapter).is_ok();
            assert!(!(may(RightName::Record) && may(RightName::Appoint)), "{} records and appoints at {relation}", role.name());
        }
    }
}

/// What stops an assignment, an account or a session: `(what, SQL with {a}ccount, {s}ession, {r}ole assignment, verdict on READ)`.
#[test]
fn what_is_over_or_not_yet_begun_gives_nothing() {
    let database = Database::fresh();
    let here = chapter_id(&database, "23095");
    let mut conn = database.connect();
    let session = |set: &str| format!("UPDATE session SET {set} WHERE id = '{{s}}'");
    let assignment = |set: &str| format!("UPDATE role_assignment SET {set} WHERE id = '{{r}}'");
    let cases: Vec<(&str, String, Result<(), Refusal>)> = vec![
        ("as it is", "SELECT 1".into(), Ok(())),
        ("first day", assignment("valid_from = '2026-11-22'"), Ok(())),
        ("last day", assignment("valid_to = '2026-11-22'"), Ok(())),
        ("begins tomorrow", assignment("valid_from = '2026-11-23'"), Err(Refusal::Unreadable)),
        ("ended yesterday", assignment("valid_to = '2026-11-21'"), Err(Refusal::Unreadable)),
        ("taken away", assignment("ended_at = '2026-11-22T02:59:59Z'"), Err(Refusal::Unreadable)),
        ("never given", "DELETE FROM role_assignment WHERE id = '{r}'".into(), Err(Refusal::Unreadable)),
        (
            "account disabled",
            "UPDATE account SET disabled_at = '2026-11-22T02:59:59Z' WHERE id = '{a}'".into(),
            Err(Refusal::NotLoggedIn),
        ),
        ("session ended", session("ended_at = '2026-11-22T02:59:59Z'"), Err(Refusal::NotLoggedIn)),
        ("session expired", session("expires_at = '2026-11-22T03:00:00Z'"), Err(Refusal::NotLoggedIn)),
        ("session of an hour more", session("expires_at = '2026-11-22T03:00:01Z'"), Ok(())),
        (
            "a one-time password",
            "UPDATE account SET one_time_until = '2026-11-29T03:00:00Z' WHERE id = '{a}'".into(),
            Err(Refusal::PasswordChangeNeeded),
        ),
        (
            "a one-time password that ran out",
            "UPDATE account SET one_time_until = '2026-11-21T03:00:00Z' WHERE id = '{a}'".into(),
            Err(Refusal::PasswordChangeNeeded),
        ),
        ("session gone", "DELETE FROM session WHERE id = '{s}'".into(), Err(Refusal::NotLoggedIn)),
    ];
    for (what, sql, expected) in cases {
        let actor = somebody(&mut conn);
        let role = assign(&mut conn, actor, Role::Officer, here, "2026-01-01", "NULL");
        run(
            &mut conn,
            &sql.replace("{a}", &actor.account.to_string())
                .replace("{s}", &actor.session.to_string())
                .replace("{r}", &role.to_string()),
        );
        for right in [RightName::Read, RightName::Record] {
            assert_eq!(ask(&mut conn, right, actor, here).map(|_| ()), expected, "{what}: {}", right.name());
        }
        let logged_in = authz::authenticate(&mut conn, now(), actor).is_ok();
        let changing = authz::authenticate_to_change_password(&mut conn, now(), actor).is_ok();
        assert_eq!(changing, expected != Err(Refusal::NotLoggedIn), "{what}: authenticate to change the password");
        assert_eq!(logged_in, changing && expected != Err(Refusal::PasswordChangeNeeded), "{what}: authenticate");
    }
}

/// Another person's session, an unknown session and an unknown account are no log-in.
#[test]
fn a_session_belongs_to_its_account() {
    let database = Database::fresh();
    let here = chapter_id(&database, "23095");
    let mut conn = database.connect();
    let (one, other) = (somebody(&mut conn), somebody(&mut conn));
    assign(&mut conn, one, Role::Officer, here, "2026-01-01", "NULL");
    let strangers = [
        Actor { account: one.account, session: other.session },
        Actor { account: other.account, session: one.session },
        Actor { account: one.account, session: Uuid::now_v7() },
        Actor { account: Uuid::now_v7(), session: one.session },
    ];
    for actor in strangers {
        assert_eq!(ask(&mut conn, RightName::Read, actor, here), Err(Refusal::NotLoggedIn), "{actor:?}");
        assert!(authz::authenticate(&mut conn, now(), actor).is_err());
    }
    assert_eq!(
        ask(&mut conn, RightName::Read, one, ChapterId(Uuid::now_v7())),
        Err(Refusal::Unreadable),
        "a chapter that does not exist"
    );
}

/// Acting for a chapter needs both: a living assignment and a living decision.
#[test]
fn acting_for_a_chapter_ends_with_either_decision() {
    let database = Database::fresh();
    let (own, other) = (chapter_id(&database, "23095"), chapter_id(&database, "23059"));
    let mut conn = database.connect();
    let (yesterday, today, tomorrow) = ("'2026-11-21'", "'2026-11-22'", "'2026-11-23'");
    let cases = [
        ("2026-01-01", "NULL", "2026-01-01", "NULL", true),
        ("2026-01-01", "NULL", "2026-11-22", today, true),
        ("2026-11-22", today, "2026-01-01", "NULL", true),
        ("2026-01-01", "NULL", "2026-11-23", "NULL", false),
        ("2026-01-01", "NULL", "2026-01-01", yesterday, false),
        ("2026-01-01", yesterday, "2026-01-01", tomorrow, false),
        ("2026-11-23", "NULL", "2026-01-01", "NULL", false),
    ];
    for case @ (from, to, acts_from, acts_to, expected) in cases {
        let actor = somebody(&mut conn);
        let assignment = assign(&mut conn, actor, Role::Officer, own, from, to);
        act_for(&mut conn, assignment, other, acts_from, acts_to);
        for right in [RightName::Read, RightName::Record] {
            assert_eq!(ask(&mut conn, right, actor, other).is_ok(), expected, "{case:?} {}", right.name());
        }
        let end = |at: &str| format!("UPDATE role_assignment_acts_for SET ended_at = {at} WHERE assignment_id = '{assignment}'");
        run(&mut conn, &end("now()"));
        assert!(ask(&mut conn, RightName::Read, actor, other).is_err(), "{case:?} after acting was ended");
        run(&mut conn, &end("NULL"));
        run(&mut conn, &format!("UPDATE role_assignment SET ended_at = now() WHERE id = '{assignment}'"));
        assert!(ask(&mut conn, RightName::Read, actor, other).is_err(), "{case:?} after the assignment was taken away");
    }
}

/// Asking for many at once is asking one by one: no answer leaks to a neighbour in the list.
#[test]
fn many_asks_at_once_equal_one_by_one() {
    let database = Database::fresh();
    let places = places(&database);
    let mut conn = database.connect();
    // A small generator of our own: the same asks in every run.
    let mut seed = 20_261_122u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let mut actors = vec![Actor { account: Uuid::now_v7(), session: Uuid::now_v7() }];
    for _ in 0..12 {
        let actor = somebody(&mut conn);
        for _ in 0..random(3) {
            let assignment = assign(&mut conn, actor, Role::ALL[random(6)], places[random(places.len())].1, "2026-01-01", "NULL");
            if random(2) == 0 {
                act_for(&mut conn, assignment, places[random(places.len())].1, "2026-01-01", "NULL");
            }
        }
        match random(6) {
            0 => run(&mut conn, &format!("UPDATE account SET disabled_at = now() WHERE id = '{}'", actor.account)),
            1 => run(&mut conn, &format!("UPDATE session SET ended_at = now() WHERE id = '{}'", actor.session)),
            _ => {}
        }
        actors.push(actor);
    }
    let (mut granted, mut refused) = (0, 0);
    for right in RightName::ALL {
        let asks: Vec<Ask> =
            (0..150).map(|_| Ask { actor: actors[random(actors.len())], chapter: places[random(places.len())].1 }).collect();
        let together = ask_all(&mut conn, right, &asks);
        assert_eq!(together.len(), asks.len());
        for (asked, verdict) in asks.iter().zip(together) {
            assert_eq!(verdict, ask(&mut conn, right, asked.actor, asked.chapter), "{right:?} {asked:?}");
            if verdict.is_ok() { granted += 1 } else { refused += 1 }
        }
        assert!(ask_all(&mut conn, right, &[]).is_empty());
    }
    assert!(granted > 30 && refused > 30, "{granted} granted, {refused} refused: too one-sided to prove anything");
}
