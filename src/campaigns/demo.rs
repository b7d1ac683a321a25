//! Campaigns in the demo: Lâm Đồng's Tết Nhân ái, open, and the programme that the province signed with the Front.

use std::error::Error;
use std::sync::Arc;

use chrono::Days;
use serde_json::json;
use uuid::Uuid;

use super::fault::Fault;
use super::wire::{CampaignIn, ProgrammeIn};
use super::{change, programmes};
use crate::authz::{Cast, Visit};
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::house::Rooms;
use crate::house::thread::Means;
use crate::vault::Vault;

type Failure = Box<dyn Error + Send + Sync>;

/// See `spending`: ids of its own.
const IDS: u128 = 0x0de0_0000_0000_7000_8000_0000_000c_0000;

/// The campaign's id, for those who do something within it.
pub const CAMPAIGN: Uuid = Uuid::from_u128(IDS + 1);
/// The programme's.
pub const PROGRAMME: Uuid = Uuid::from_u128(IDS + 2);

/// See the module.
pub fn fill(means: &Means) -> Result<(), Failure> {
    let (db, clock, vault) = (means.get::<Db>()?, means.get::<Clock>()?, means.get::<Arc<Vault>>()?);
    let (admin, now) = (means.get::<Cast>()?.actor("thu.lamdong")?, clock.now());
    let today = vietnam_date(now);
    let campaign = json!({"id": CAMPAIGN, "chapter": "68", "movement": "TET_NHAN_AI", "title": "Tết Nhân ái Đinh Mùi",
        "title_en": "Compassionate New Year", "about": "Quà Tết và phiên chợ nhân ái cho hộ nghèo, người yếu thế trong toàn tỉnh.",
        "about_en": "Gifts and a market at no price for poor households of the province.", "starts_on": today, "ends_on": today + Days::new(75)});
    let programme = json!({"id": PROGRAMME, "chapter": "68", "title": "Chương trình phối hợp công tác nhân đạo, phòng ngừa thảm họa",
        "purpose": "Vận động nguồn lực, diễn tập phòng chống thiên tai ở cơ sở, chăm lo Tết cho người yếu thế.",
        "parties": ["Ủy ban MTTQ Việt Nam tỉnh Lâm Đồng", "Tỉnh Đoàn Lâm Đồng"], "number": "05/CTPH-MTTQ-HCTĐ", "signed_on": today,
        "valid_from": today, "valid_until": today + Days::new(365 * 5),
        "tasks": [{"id": Uuid::from_u128(IDS + 3), "task": "Diễn tập phòng chống thiên tai cấp xã", "due_on": today + Days::new(120)},
                  {"id": Uuid::from_u128(IDS + 4), "task": "Chăm lo Tết cho hộ nghèo, nạn nhân chất độc da cam", "due_on": today + Days::new(75)}]});
    let (campaign, programme): (CampaignIn, ProgrammeIn) =
        (serde_json::from_value(campaign)?, serde_json::from_value(programme)?);
    db.tx_blocking(|conn| -> Result<(), Fault> {
        if super::store::campaign(conn, CAMPAIGN)?.is_some() {
            return Ok(());
        }
        let (campaign, programme) =
            (campaign.check(today).map_err(Fault::Fields)?, programme.check(today).map_err(Fault::Fields)?);
        let mut visit = Visit::enter(conn, &vault, now, admin).map_err(|_| Fault::Broken("nobody of the demo is let in"))?;
        // It groups nothing of another room.
        change::begin(&mut visit, Rooms(&[]), &campaign)?;
        change::open(&mut visit, CAMPAIGN)?;
        programmes::enter(&mut visit, &programme)?;
        Ok(())
    })
    .map_err(|fault| format!("{fault:?}").into())
}
