//! Fills a demo database: staff, three appeals, gifts over many communes, some reversed, what was published. Each step can be repeated.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use diesel::pg::PgConnection;
use serde_json::json;
use uuid::Uuid;

use super::people::{Chance, NameMaker, RECORDER, STAFF};
use super::{Failure, PASSWORD, publish, reverse, school};
use crate::app::Shared;
use crate::authz::{Actor, Cast, Role, RunAppeal, Visit};
use crate::basics::clock::vietnam_date;
use crate::chapters::store as chapters;
use crate::db::DbError;
use crate::giving;
use crate::giving::appeals::{self, AppealText, NewAppeal, Regime};
use crate::giving::gift_in::GiftIn;
use crate::giving::model::{AppealState, NewGift};
use crate::giving::prepare::prepare;
use crate::giving::record::{Outcome, Submission, record_all};
use crate::house::thread::Means;
use crate::http::Problem;
use crate::identity::accounts;
use crate::identity::store::{self as identity, CreateError, NewAccount};
use crate::persons::demo::Scene;
use crate::rooms::ROOMS;
use crate::tree;

const GIFTS: usize = 5_400;
const BATCH: usize = 450;

/// An appeal of the demo; days are relative to today.
pub struct DemoAppealPlan {
    pub code: &'static str,
    pub state: AppealState,
    chapter: &'static str,
    regime: Regime,
    title: &'static str,
    purpose: &'static str,
    target_vnd: i64,
    from_days_ago: u64,
    /// Negative: in the future.
    until_days_ago: i64,
}

impl DemoAppealPlan {
    /// When it was opened: as its first gift could come, or what follows from the opening would be due after its end.
    fn opened(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now.checked_sub_days(Days::new(self.from_days_ago)).unwrap_or(now)
    }
}

pub const APPEALS: [DemoAppealPlan; 3] = [
    DemoAppealPlan {
        code: "LULUT-2026",
        state: AppealState::Open,
        chapter: "TW",
        regime: Regime::Decree93Of2021,
        title: "Chung tay cùng đồng bào vùng lũ năm 2026",
        purpose: "Lương thực, nước sạch, sửa nhà cho các hộ bị lũ lụt tại miền Trung và Tây Nguyên.",
        target_vnd: 50_000_000_000,
        from_days_ago: 40,
        until_days_ago: -50,
    },
    DemoAppealPlan {
        code: "TET-2027",
        state: AppealState::Open,
        chapter: "68",
        regime: Regime::RedCrossLaw,
        title: "Tết Nhân ái Xuân Đinh Mùi 2027 tại Lâm Đồng",
        purpose: "Quà Tết cho hộ nghèo, người khuyết tật, nạn nhân chất độc da cam.",
        target_vnd: 8_000_000_000,
        from_days_ago: 20,
        until_days_ago: -70,
    },
    DemoAppealPlan {
        code: "BAO3-2026",
        state: AppealState::Closed,
        chapter: "TW",
        regime: Regime::Decree93Of2021,
        title: "Ủng hộ đồng bào bị thiệt hại do bão số 3 năm 2026",
        purpose: "Hỗ trợ khẩn cấp các gia đình có người chết, nhà sập, nhà hư hỏng nặng.",
        target_vnd: 12_000_000_000,
        from_days_ago: 150,
        until_days_ago: 65,
    },
];

/// Communes that record gifts in the demo, by province; Lâm Đồng's neighbours of Hàm Liêm come first.
const PROVINCES: [&str; 8] = ["68", "56", "66", "48", "46", "01", "79", "75"];
const COMMUNES_EACH: i64 = 12;

/// See the module. Refuses a database with accounts that are not the demo's.
pub fn fill(shared: &Shared) -> Result<(), Failure> {
    let now = shared.clock.now();
    let (accounts, is_demo, gifts): (i64, bool, i64) = shared.db.tx_blocking(|conn| -> Result<_, DbError> {
        Ok((identity::count(conn)?, identity::officer_by_user_name(conn, RECORDER)?.is_some(), giving::store::count(conn)?))
    })?;
    if accounts > 0 && !is_demo {
        return Err(
            "this data folder holds a real installation; give the demo another one with --data-dir or SNA_DATA_DIR".into()
        );
    }
    let chapters = recording_chapters(shared)?;
    make_accounts(shared, now, &chapters)?;
    let recorder = open_session(shared, RECORDER, now)?;
    let central = open_session(shared, "quan.trunguong", now)?;
    let province = open_session(shared, "thu.lamdong", now)?;
    for plan in &APPEALS {
        let actor = if plan.chapter == "TW" { central } else { province };
        draft_and_open(shared, actor, plan, now)?;
    }
    if usize::try_from(gifts).unwrap_or(0) < GIFTS {
        make_gifts(shared, recorder, &chapters, now)?;
    }
    for plan in APPEALS.iter().filter(|plan| plan.state == AppealState::Closed) {
        set_state(shared, central, plan.code, AppealState::Closed, now)?;
    }
    for plan in &APPEALS {
        let actor = if plan.chapter == "TW" { central } else { province };
        publish::publish(shared, actor, plan.code, plan.opened(now), now)?;
    }
    end_sessions(shared, &[recorder, central, province], now)?;
    let cast = cast(shared, now)?;
    let acted = rooms(shared, cast.clone());
    end_sessions(shared, &Vec::from_iter(cast.all()), now)?;
    acted
}

/// Sessions of all staff.
fn cast(shared: &Shared, now: DateTime<Utc>) -> Result<Cast, Failure> {
    Ok(shared.db.tx_blocking(|conn| -> Result<Cast, Problem> {
        let mut cast = Cast::default();
        for person in &STAFF {
            cast.enter(person.user, reverse::at_work(conn, person.user, now)?);
        }
        Ok(cast)
    })?)
}

/// What the rooms add by themselves, from the floor upwards.
fn rooms(shared: &Shared, cast: Cast) -> Result<(), Failure> {
    let mut means = Means::default();
    means.put(shared.db.clone());
    means.put(shared.clock.clone());
    means.put(shared.vault.clone().into_inner());
    means.put(Arc::clone(&shared.ways));
    means.put(cast);
    school::found(&Scene::of(&means)?)?;
    ROOMS.0.iter().filter_map(|room| room.demo).try_for_each(|demo| demo(&means))
}

fn recording_chapters(shared: &Shared) -> Result<Vec<String>, Failure> {
    shared.db.tx_blocking(|conn| -> Result<_, Failure> {
        let mut codes = vec!["23095".to_owned(), "23059".to_owned(), "68".to_owned(), "TW".to_owned()];
        for province in PROVINCES {
            let above = chapters::find(conn, province)?.ok_or_else(|| format!("there is no chapter {province}"))?;
            let below = chapters::children(conn, above.id, None, COMMUNES_EACH)?.into_iter().map(|chapter| chapter.code);
            codes.extend(below);
        }
        codes.dedup();
        Ok(codes)
    })
}

fn make_accounts(shared: &Shared, now: DateTime<Utc>, chapters: &[String]) -> Result<(), Failure> {
    let hash = shared.passwords.hash(PASSWORD)?;
    let today = vietnam_date(now);
    // Some of what they did, they did long ago.
    let began = days_before(today, 800);
    shared.db.tx_blocking(|conn| -> Result<(), CreateError> {
        let place = |conn: &mut PgConnection, code: &str| {
            tree::place(conn, code)?.ok_or_else(|| CreateError::UnknownChapter(code.to_owned()))
        };
        for person in &STAFF {
            if identity::officer_by_user_name(conn, person.user)?.is_some() {
                continue;
            }
            let here = place(conn, person.chapter)?;
            let new = NewAccount {
                officer: None,
                full_name: person.name,
                user_name: person.user,
                phone: person.phone,
                password_hash: &hash,
            };
            let (id, _) = identity::create_account(conn, &shared.vault, now, &new)?;
            accounts::settle(conn, id, here.id, None)?;
            identity::assign_role(conn, id, person.role, here.id, began, "QĐ 01/QĐ-DEMO")?;
        }
        if identity::officer_by_user_name(conn, RECORDER)?.is_none() {
            // Nobody can log in as the recorder: its password hash fits no password.
            let new =
                NewAccount {
                    officer: None, full_name: "Dữ liệu mẫu", user_name: RECORDER, phone: None, password_hash: "!"
                };
            let (id, _) = identity::create_account(conn, &shared.vault, now, &new)?;
            for code in chapters {
                let here = place(conn, code)?;
                identity::assign_role(conn, id, Role::Officer, here.id, today, "QĐ 02/QĐ-DEMO")?;
            }
        }
        Ok(())
    })?;
    Ok(())
}

fn open_session(shared: &Shared, user: &str, now: DateTime<Utc>) -> Result<Actor, Failure> {
    let name = crate::identity::model::Login::UserName(user.to_owned());
    Ok(shared.db.tx_blocking(|conn| -> Result<Actor, DbError> {
        let found = identity::find_account(conn, &shared.vault, &name)?.ok_or(DbError::Query(diesel::result::Error::NotFound))?;
        let session = identity::open_session(conn, found.id, Uuid::new_v4().as_bytes(), now)?;
        Ok(Actor { account: found.id, session })
    })?)
}

fn end_sessions(shared: &Shared, actors: &[Actor], now: DateTime<Utc>) -> Result<(), Failure> {
    Ok(shared.db.tx_blocking(|conn| -> Result<(), DbError> {
        actors.iter().try_for_each(|actor| identity::end_session(conn, actor.session, now))
    })?)
}

fn days_before(today: NaiveDate, days: i64) -> NaiveDate {
    let by = Days::new(days.unsigned_abs());
    let moved = if days >= 0 { today.checked_sub_days(by) } else { today.checked_add_days(by) };
    moved.unwrap_or(today)
}

fn draft_and_open(shared: &Shared, actor: Actor, plan: &DemoAppealPlan, now: DateTime<Utc>) -> Result<(), Failure> {
    let today = vietnam_date(now);
    shared.db.tx_blocking(|conn| -> Result<(), Problem> {
        if appeals::find(conn, plan.code)?.is_some() {
            return Ok(());
        }
        let (grant, _) = Visit::enter(conn, &shared.vault, now, actor)?.at_code::<RunAppeal>(plan.chapter)?;
        let text = AppealText {
            title: plan.title.to_owned(),
            purpose: plan.purpose.to_owned(),
            target_vnd: Some(plan.target_vnd),
            receive_from: days_before(today, plan.from_days_ago as i64),
            receive_until: days_before(today, plan.until_days_ago),
            extension: None,
        };
        let new = NewAppeal { id: Uuid::now_v7(), code: plan.code.to_owned(), regime: plan.regime, text };
        let then = plan.opened(now);
        appeals::create(conn, &grant, then, &new)?;
        let row = appeals::find_for_update(conn, plan.code)?.ok_or_else(Problem::not_found)?;
        Ok(appeals::next_version(conn, &grant, then, &row, &row.text(), AppealState::Open)?)
    })?;
    Ok(())
}

fn set_state(shared: &Shared, actor: Actor, code: &str, state: AppealState, now: DateTime<Utc>) -> Result<(), Failure> {
    shared.db.tx_blocking(|conn| -> Result<(), Problem> {
        let row = appeals::find_for_update(conn, code)?.ok_or_else(Problem::not_found)?;
        if row.state == state.name() {
            return Ok(());
        }
        let grant = Visit::enter(conn, &shared.vault, now, actor)?.at::<RunAppeal>(tree::ChapterId(row.chapter_id))?;
        Ok(appeals::next_version(conn, &grant, now, &row, &row.text(), state)?)
    })?;
    Ok(())
}

fn make_gifts(shared: &Shared, recorder: Actor, chapters: &[String], now: DateTime<Utc>) -> Result<(), Failure> {
    let (names, mut chance) = (NameMaker::new()?, Chance(20_251_122));
    let today = vietnam_date(now);
    let mut done = 0;
    while done < GIFTS {
        if done + BATCH >= GIFTS {
            // Before the last gifts, so that the newest entries are gifts.
            reverse::reverse(shared, recorder, now)?;
        }
        let mut submissions = Vec::with_capacity(BATCH);
        for n in done..(done + BATCH).min(GIFTS) {
            let gift = demo_gift(n, &names, &mut chance, chapters, today);
            let gift: GiftIn = serde_json::from_value(gift)?;
            let gift = NewGift::parse(gift, now).map_err(Problem::invalid)?;
            submissions.push(Submission { actor: recorder, gift: prepare(&shared.vault, gift, now)?.into() });
        }
        for outcome in record_all(&shared.db, &shared.clock, &submissions) {
            if let Outcome::Refused(problem) = outcome {
                tracing::debug!(?problem, "a demo gift was refused");
            }
        }
        done = (done + BATCH).min(GIFTS);
        eprint!("\rSổ Nhân Ái: recording demo gifts {done}/{GIFTS} ");
    }
    eprintln!();
    Ok(())
}

const ORGANISATIONS: [&str; 6] = [
    "Công ty TNHH Thương mại Bình Minh",
    "Trường THPT Hàm Thuận Bắc",
    "Hợp tác xã Thanh long Hàm Liêm",
    "Công đoàn Bệnh viện Đa khoa",
    "Chùa Phước Lâm",
    "Câu lạc bộ Thiện nguyện Hoa Sen",
];
const ROUND_SUMS: [i64; 9] = [20_000, 50_000, 100_000, 100_000, 200_000, 200_000, 500_000, 1_000_000, 5_000_000];

fn demo_gift(n: usize, names: &NameMaker, chance: &mut Chance, chapters: &[String], today: NaiveDate) -> serde_json::Value {
    // Four of ten gifts are Hàm Liêm's and its neighbour's, so that a newcomer finds something there.
    let chapter = match chance.below(10) {
        0..=2 => "23095",
        3 => "23059",
        _ => chance.pick(chapters).map_or("23095", String::as_str),
    };
    let lam_dong = matches!(chapter, "23095" | "23059" | "68");
    let (appeal, first, last) = match chance.below(10) {
        0..=4 => (Some("LULUT-2026"), 39, 0),
        5 | 6 if lam_dong => (Some("TET-2027"), 19, 0),
        5 | 6 => (Some("LULUT-2026"), 39, 0),
        7 => (Some("BAO3-2026"), 149, 66),
        // Came after the end: waits in quarantine.
        8 if n.is_multiple_of(3) => (Some("BAO3-2026"), 60, 20),
        _ => (None, 120, 0),
    };
    let day = days_before(today, last + chance.below((first - last + 1) as u64) as i64);
    let mut id = [0u8; 16];
    id[..8].copy_from_slice(&0x5EED_0000_0000_0000u64.wrapping_add(n as u64).to_be_bytes());
    id[8..].copy_from_slice(&chance.next().to_be_bytes());
    let mut gift = json!({
        "id": uuid::Builder::from_random_bytes(id).into_uuid(),
        "chapter": chapter, "appeal": appeal, "received_on": day,
    });
    match chance.below(20) {
        0..=2 => in_kind(&mut gift, chance),
        3 => {
            let count = 20 + chance.below(3_000) as i64;
            gift["channel"] = json!("SMS");
            gift["message_count"] = json!(count);
            gift["amount_vnd"] = json!(count * 18_000);
            return gift;
        }
        4..=9 => {
            gift["channel"] = json!("BANK_TRANSFER");
            gift["amount_vnd"] = json!(sum(chance));
            gift["memo"] = json!("UNG HO DONG BAO VUNG LU");
            gift["bank_reference"] = json!(format!("FT26{:010}", chance.below(10_000_000_000)));
        }
        _ => {
            gift["channel"] = json!("CASH");
            gift["amount_vnd"] = json!(sum(chance));
        }
    }
    giver(&mut gift, names, chance);
    gift
}

fn sum(chance: &mut Chance) -> i64 {
    chance.pick(&ROUND_SUMS).copied().unwrap_or(100_000)
}

fn in_kind(gift: &mut serde_json::Value, chance: &mut Chance) {
    gift["channel"] = json!("IN_KIND");
    let all = [
        ("RICE", "KG", 18_000),
        ("BLANKET", "PIECE", 150_000),
        ("INSTANT_NOODLES", "BOX", 120_000),
        ("DRINKING_WATER", "BOX", 95_000),
    ];
    let lines = (0..=chance.below(2)).filter_map(|_| {
        let (item, unit, price) = *chance.pick(&all)?;
        let quantity = 5 + chance.below(200) as i64;
        Some(json!({"item": item, "quantity": quantity.to_string(), "unit": unit, "value_vnd": quantity * price, "valuation": "MARKET_PRICE"}))
    });
    gift["lines"] = lines.collect();
}

fn giver(gift: &mut serde_json::Value, names: &NameMaker, chance: &mut Chance) {
    match chance.below(20) {
        0..=3 => {}
        4 => gift["giver"] = json!({"kind": "ORGANISATION", "name": chance.pick(&ORGANISATIONS)}),
        kind => {
            gift["giver"] = json!({"kind": "PERSON", "name": names.person(chance)});
            match kind {
                5..=11 => {}
                12..=15 => gift["display"] = json!("MASKED"),
                _ => gift["display"] = json!("FULL_NAME"),
            }
        }
    }
}
