//! The list of what waits is found by chapters and persons; here it is held against what it means: request by request, who is nearest and
//! may decide. And it costs a page, however much waits.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Uuid as SqlUuid};
use so_nhan_ai::authz::{Actor, Read, Role, Visit, nearest_approver};
use so_nhan_ai::decisions::inbox;
use so_nhan_ai::http::{Problem, Span};
use so_nhan_ai::tree::{self, ChapterId};
use uuid::Uuid;

use crate::decisions::{actor, by};
use crate::harness::TestApp;
use crate::kit::Draw;

#[derive(QueryableByName)]
struct Waits {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    approver_chapter_id: Uuid,
    #[diesel(sql_type = Array<SqlUuid>)]
    not_by: Vec<Uuid>,
}

/// What a chapter's list is, request by request.
fn meant(v: &mut Visit<'_>, here: ChapterId) -> Vec<Uuid> {
    let own = tree::with_succeeded(v.conn, here).unwrap();
    let all: Vec<Waits> = diesel::sql_query(
        "SELECT id, approver_chapter_id, not_by FROM decision WHERE state = 'ASKED' ORDER BY asked_at, matter, id",
    )
    .load(v.conn)
    .unwrap();
    let mut is_here = |row: &Waits| {
        own.contains(&row.approver_chapter_id)
            || nearest_approver(v.conn, v.now, ChapterId(row.approver_chapter_id), &row.not_by).unwrap() == Some(here)
    };
    all.into_iter().filter(|row| is_here(row)).map(|row| row.id).collect()
}

/// What is listed, page by page.
fn listed(v: &mut Visit<'_>, chapter: &str, rows: i64) -> Vec<Uuid> {
    let (here, _) = v.see_code::<Read>(chapter).unwrap();
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = inbox::waiting(v, &here, Span { after: after.take(), rows }).unwrap();
        let Some(last) = page.last() else { return all };
        after = Some((last.asked_at, last.matter.clone(), last.id));
        all.extend(page.iter().map(|row| row.id));
    }
}

/// A commune of another province.
fn elsewhere(app: &TestApp) -> String {
    app.database.text("SELECT min(c.code) FROM chapter c JOIN chapter p ON p.id = c.parent_id WHERE p.code = '01'")
}

#[test]
fn the_inbox_is_what_request_by_request_would_be() {
    let app = TestApp::start();
    let account = app.account(Role::Inspector, "TW");
    let (reader, third) = (actor(&app, account), elsewhere(&app));
    let places = ["TW", "68", "23095", "23059", "01", third.as_str()];
    let chairs = ["TW", "TW", "68", "68", "23095", "23095", "23059", "01", third.as_str()]
        .map(|code| app.account(Role::ChapterChair, code))
        .map(|account| (account.id, account.officer));
    let (mut draw, mut ever) = (Draw(20_261_207), 0);
    for round in 0..10 {
        for (n, (id, _)) in chairs.iter().enumerate() {
            let disabled = if draw.below(5) < 3 { format!("'{}'", app.now()) } else { "NULL".to_owned() };
            app.database.execute(&format!("UPDATE account SET disabled_at = {disabled} WHERE id = '{id}'"));
            // What was ended never begins again; somebody is left at the centre.
            if n > 1 && draw.below(20) == 0 {
                let end = format!(
                    "UPDATE role_assignment SET ended_at = '{}' WHERE account_id = '{id}' AND ended_at IS NULL",
                    app.now()
                );
                app.database.execute(&end);
            }
        }
        let mut rows = Vec::new();
        for _ in 0..30 {
            let barred: Vec<String> =
                chairs.iter().filter(|_| draw.below(3) == 0).map(|(_, person)| format!("'{person}'")).collect();
            let barred = if barred.is_empty() { format!("'{}'", Uuid::now_v7()) } else { barred.join(", ") };
            let (place, second) = (places[draw.below(places.len())], draw.below(9));
            let (state, decided) = if draw.below(9) == 0 {
                ("REFUSED", format!("'{}', now()", account.id))
            } else {
                ("ASKED", "NULL, NULL".to_owned())
            };
            rows.push(format!(
                "SELECT 'TEST_MATTER', gen_random_uuid(), gen_random_uuid(), id, id, '{state}', ARRAY[{barred}]::uuid[], '{}'::uuid,
                        timestamptz '2026-11-22 08:00:00+07' + interval '{second} s', {decided} FROM chapter WHERE code = '{place}'",
                account.id
            ));
        }
        app.database.execute(&format!(
            "INSERT INTO decision (matter, id, subject_id, chapter_id, approver_chapter_id, state, not_by, asked_by, asked_at, decided_by, decided_at)
             {}",
            rows.join(" UNION ALL ").replace("NULL, NULL", "NULL::uuid, NULL::timestamptz")
        ));
        // A commune goes up in one of another province: what nobody is left to decide there comes up to that one.
        if round == 5 {
            app.database.execute(&format!(
                "INSERT INTO chapter_successor (old_id, new_id, since, leads)
                 SELECT o.id, n.id, '2026-11-22', true FROM chapter o, chapter n WHERE o.code = '23059' AND n.code = '{third}'"
            ));
        }
        for place in places {
            let compared = by(&app, reader, |v| {
                let (here, _) = v.see_code::<Read>(place)?;
                let meant = meant(v, here.chapter());
                assert_eq!(listed(v, place, 7), meant, "{place} in round {round}");
                assert_eq!(listed(v, place, 500), meant, "{place} in round {round}");
                Ok::<_, Problem>(meant.len())
            });
            ever += compared.unwrap();
        }
    }
    assert!(ever > 500, "only {ever} rows were compared");
}

/// Rows of the table of decisions that a page of a chapter's list reads, and how many it shows.
fn read_for_a_page(app: &TestApp, reader: Actor, chapter: &str) -> (i64, usize) {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    // What the connection read in transactions a moment ago may still stand there.
    let so_far = |v: &mut Visit<'_>| {
        let read = "SELECT coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0)::int8 AS n FROM pg_stat_xact_user_tables WHERE relname = 'decision'";
        diesel::sql_query(read).get_result::<Count>(v.conn).unwrap().n
    };
    let page = by(app, reader, |v| {
        let (here, _) = v.see_code::<Read>(chapter)?;
        let before = so_far(v);
        let shown = inbox::waiting(v, &here, Span { after: None, rows: 51 }).unwrap().len();
        Ok::<_, Problem>((so_far(v) - before, shown))
    });
    page.unwrap()
}

#[test]
fn a_page_costs_a_page_however_much_waits() {
    let app = TestApp::start();
    let account = app.account(Role::Inspector, "TW");
    let reader = actor(&app, account);
    app.account(Role::ChapterChair, "TW");
    app.database.execute(&format!(
        "INSERT INTO decision (matter, id, subject_id, chapter_id, approver_chapter_id, state, not_by, asked_by, asked_at)
         SELECT 'TEST_MATTER', gen_random_uuid(), gen_random_uuid(), c.id, c.id, 'ASKED', ARRAY[gen_random_uuid()], '{}', timestamptz '2026-11-22 08:00:00+07' + n * interval '1 s'
         FROM (SELECT id FROM chapter WHERE level = 'COMMUNE' ORDER BY code LIMIT 100) c, generate_series(1, 100) n",
        account.id
    ));
    app.database.execute("ANALYZE decision");
    // Nobody but the centre is left to decide: all of it comes up.
    let (read, shown) = read_for_a_page(&app, reader, "TW");
    assert!(shown == 51 && read < 4_000, "{shown} of 10,000 were shown, and {read} read");
    // Somebody decides in every province: nothing does.
    let chair = app.account(Role::ChapterChair, "68");
    app.database.execute(&format!(
        "INSERT INTO role_assignment (id, account_id, role, chapter_id, valid_from, decision_no)
         SELECT gen_random_uuid(), '{}', 'CHAPTER_CHAIR', id, '2026-01-01', '1/QĐ' FROM chapter WHERE level = 'PROVINCE' AND code <> '68'",
        chair.id
    ));
    let (read, shown) = read_for_a_page(&app, reader, "TW");
    assert!(shown == 0 && read <= 200, "{shown} of 10,000 were shown, and {read} read");
}
