//! Volunteers in the demo: four of Hàm Liêm, of whom three come when the river rises, and an evening that they worked.

use std::error::Error;
use std::sync::Arc;

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};
use uuid::Uuid;

use super::enter;
use super::fault::Fault;
use super::hours::{self, Hours};
use super::model::{VolunteerId, VolunteerStepKind};
use super::store;
use super::wire::{StepIn, VolunteerIn};
use crate::authz::{Cast, KeepPeople, Visit};
use crate::basics::clock::{vietnam_date, vietnam_midnight};
use crate::basics::{Birth, Clock, Line, Phone};
use crate::db::Db;
use crate::house::thread::Means;
use crate::persons::PersonId;
use crate::persons::lists::{self, Particulars};
use crate::tree;
use crate::vault::Vault;

type Failure = Box<dyn Error + Send + Sync>;

/// See `spending`: ids of its own, by chance alone as far as anybody can tell.
const IDS: u128 = 0x0de0_0000_0000_4000_8000_0000_0014_0000;
const CHAPTER: &str = "23095";

/// Name, year of birth, number, and what they offer.
fn people() -> [(&'static str, i32, &'static str, Value); 4] {
    let skill = |code: &str, level: &str, proof: &str| json!({"skill": code, "level": level, "proof": proof});
    let weekend = json!(["SATURDAY", "SUNDAY"]);
    let every_day = json!(["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]);
    [
        (
            "Nguyễn Văn Sông",
            1985,
            "0912000101",
            json!({"weekdays": every_day, "day_parts": ["MORNING", "AFTERNOON", "NIGHT"], "means": ["MOTORBOAT"], "willing": true,
                "skills": [skill("BOAT", "GOOD", "SEEN"), skill("SWIMMING", "GOOD", "SEEN")]}),
        ),
        (
            "Trần Thị Mây",
            1992,
            "0912000102",
            json!({"weekdays": weekend, "day_parts": ["MORNING", "AFTERNOON"], "means": ["MOTORBIKE"], "willing": true,
                "languages": ["en"], "skills": [skill("FIRST_AID", "GOOD", "PAPER"), skill("MEDICAL", "BASIC", "PAPER")]}),
        ),
        (
            "Lê Hữu Đường",
            1978,
            "0912000103",
            json!({"weekdays": every_day, "day_parts": ["EVENING", "NIGHT"], "means": ["TRUCK"], "willing": true,
                "skills": [skill("DRIVING", "GOOD", "PAPER"), skill("LOGISTICS", "BASIC", "SAID")]}),
        ),
        (
            "Phạm Thu Bếp",
            1966,
            "0912000104",
            json!({"kind": "COLLABORATOR", "willing": false, "skills": [skill("COOKING", "GOOD", "SEEN")]}),
        ),
    ]
}

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
    let (officer, now) = (means.get::<Cast>()?.actor("hanh.hamliem")?, clock.now());
    let today = vietnam_date(now);
    db.tx_blocking(|conn| -> Result<(), Fault> {
        let mut v = Visit::enter(conn, &vault, now, officer).map_err(|_| Fault::broken("nobody of the demo is let in"))?;
        let mut ids = Vec::new();
        for (n, (name, born, number, offer)) in people().into_iter().enumerate() {
            let id = VolunteerId(Uuid::from_u128(IDS + n as u128));
            ids.push(id);
            if store::find(v.conn, id)?.is_none() {
                volunteer(&mut v, today, id, (name, born, number), offer)?;
            }
        }
        let first = ids.get(..3).unwrap_or_default();
        evening(&mut v, today, first)
    })
    .map_err(|fault| format!("{fault:?}").into())
}

fn volunteer(
    v: &mut Visit<'_>,
    today: NaiveDate,
    id: VolunteerId,
    (name, born, number): (&str, i32, &str),
    offer: Value,
) -> Result<(), Fault> {
    let (grant, _) = v.at_code::<KeepPeople>(CHAPTER)?;
    let name = Line::parse(name, 100).map_err(|_| Fault::broken("a name of the demo is no line"))?;
    let of = Particulars {
        phone: Phone::today(number),
        birth: Some(Birth::Year(born)),
        commune: Some(CHAPTER.to_owned()),
        ..Particulars::of_person(name)
    };
    let code = tree::code_of(v.conn, grant.chapter())?;
    let listed = lists::listed(v.vault, PersonId(Uuid::from_u128(id.0.as_u128() + 0x100)), &code, &of)?;
    let met = lists::write(&mut v.errand(), grant.chapter(), grant.account(), vec![listed])?.pop().flatten();
    let person = met.ok_or(Fault::PersonGone)?.person;
    let mut body = json!({"id": id, "person": person, "kind": "VOLUNTEER"});
    if let (Some(body), Value::Object(offer)) = (body.as_object_mut(), offer) {
        body.extend(offer);
    }
    let body: VolunteerIn = serde_json::from_value(body).map_err(Fault::broken)?;
    let offer = body.check(today).map_err(Fault::Fields)?;
    enter::enter(v, &body, &offer)?;
    let verify = StepIn { id: Uuid::from_u128(id.0.as_u128() + 0x200), kind: VolunteerStepKind::Verify, why: None };
    enter::step(v, id, &verify, None)?;
    Ok(())
}

/// Yesterday from 18:00 to 21:00.
fn evening(v: &mut Visit<'_>, today: NaiveDate, of: &[VolunteerId]) -> Result<(), Fault> {
    let (grant, _) = v.at_code::<KeepPeople>(CHAPTER)?;
    let from = vietnam_midnight(today) - Duration::hours(6);
    let line = |text: &str| Line::parse(text, 200).map_err(|_| Fault::broken("a text of the demo is no line"));
    let (what, place) = (line("Chuẩn bị quà cho các hộ thôn 5")?, line("Nhà văn hóa thôn 3")?);
    let hours = |volunteer: &VolunteerId| Hours {
        id: Uuid::from_u128(volunteer.0.as_u128() + 0x300),
        volunteer: *volunteer,
        occasion: None,
        what: what.clone(),
        place: Some(place.clone()),
        from,
        to: from + Duration::hours(3),
    };
    hours::record(&mut v.errand(), &grant, &of.iter().map(hours).collect::<Vec<_>>())?;
    Ok(())
}
