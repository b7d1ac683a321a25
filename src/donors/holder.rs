//! What this room answers for the persons in its tables: donors by their persons.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::model::{DonorId, DonorState};
use super::record::{CertificateRow, DonationRow};
use super::retention;
use super::store::{self, Row};
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::db::schema::donor;
use crate::house::errand::Errand;
use crate::house::persons::{Both, Candidate, Holding, HoldsPersons, HowMany, Kept, Needed, OfParty, PersonsError, Processing};
use crate::persons;
use crate::vault::place;

/// See the module.
pub struct Donors;

fn of(errand: &mut Errand<'_>, of: &OfParty<'_>) -> Result<Vec<Row>, PersonsError> {
    let ids = persons::ids_of_party(errand.conn, of.party, of.chapters)?;
    Ok(store::held_of_persons(errand.conn, &ids)?)
}

fn holding(what: &str, said: Vec<Option<String>>, since: Option<chrono::DateTime<chrono::Utc>>) -> Holding {
    let text = said.into_iter().flatten().collect::<Vec<_>>().join("; ");
    Holding { what: what.to_owned(), gift: None, text, since, kept_until: None }
}

impl HoldsPersons for Donors {
    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Người hiến máu: các lần hiến (ngày, loại, thể tích, mã túi máu, cơ sở tiếp nhận), nhóm máu khi hai lần xét nghiệm khớp, sẵn sàng khi cần máu gấp, ngày được hẹn lại, giấy chứng nhận và lượng máu đã bồi hoàn. Không lưu kết quả xét nghiệm bệnh và lý do trì hoãn",
                "Donors of blood: donations (day, component, volume, number, centre), the group once two tests agree, whether they may be called, until when they are put off, certificates and what was given back. No results of tests for infections, no reasons of deferrals",
            ),
            purpose: (
                "Theo dõi, nhắc và mời hiến máu, cấp giấy chứng nhận, tôn vinh, thống kê",
                "To follow, remind and invite donors, to give certificates, to honour, to count",
            ),
            grounds: (
                "Sự đồng ý (Luật 91/2025/QH15, điều 9, 26); Thông tư 26/2013/TT-BYT",
                "Consent (Law 91/2025/QH15, art. 9, 26); Circular 26/2013/TT-BYT",
            ),
            readers: (
                "Cán bộ được giao của chính đơn vị đó; mỗi lần xem được ghi lại; cấp trên chỉ xem số đếm; ai có số giấy chứng nhận và ngày chỉ biết giấy có giá trị hay không",
                "Officers of that very chapter who are charged with it; each reading is noted; levels above see counts; whoever has the serial and the day learns whether a certificate is good, and no name",
            ),
            period: (
                "10 năm kể từ lần hiến cuối, hoặc xóa theo yêu cầu; lần hiến và giấy chứng nhận không còn gắn với người thì giữ",
                "10 years from the last donation, or erased on request; donations and certificates without a person stay",
            ),
        }];
        ALL
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "blood_redemption.facility",
            "blood_redemption.request_hash",
            "donation.donor_id",
            "donation.request_hash",
            "donor.abo",
            "donor.request_hash",
            "donor.rh",
        ]
    }

    fn sensitive(&self) -> Option<Both> {
        Some((
            "Nhóm máu, các lần hiến máu, việc được hẹn lại (dữ liệu sức khỏe)",
            "Blood group, donations, deferrals (health data)",
        ))
    }

    fn how_many(&self, conn: &mut PgConnection) -> Result<HowMany, DbError> {
        let donors: i64 = donor::table.filter(donor::state.ne(DonorState::Erased.name())).count().get_result(conn)?;
        Ok(HowMany { persons: 0, sensitive: donors })
    }

    fn needed(&self, conn: &mut PgConnection, periods: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
        retention::needed(conn, periods, of)
    }

    fn found_of(&self, errand: &mut Errand<'_>, party: &OfParty<'_>) -> Result<Vec<Holding>, PersonsError> {
        let mut found = Vec::new();
        for row in of(errand, party)? {
            let history = store::history(errand.conn, &[row.donor()])?;
            let certificates = store::certificates(errand.conn, &history.iter().map(|row| row.id).collect::<Vec<_>>())?;
            found.push(donor_held(&row));
            found.extend(history.iter().map(donation_held));
            found.extend(certificates.iter().map(certificate_held));
            found.extend(redemptions_held(errand, &certificates)?);
        }
        Ok(found)
    }

    /// They are no donor any more; what was given stays without saying whose, and certificates stay good for who holds the paper.
    fn erase_of(&self, errand: &mut Errand<'_>, party: &OfParty<'_>) -> Result<Vec<Kept>, PersonsError> {
        let rows = of(errand, party)?;
        let ids: Vec<DonorId> = rows.iter().map(Row::donor).collect();
        store::let_go(errand.conn, errand.vault, &ids)?;
        for row in rows {
            store::write(errand.conn, &erased(errand, row))?;
        }
        Ok(Vec::new())
    }
}

fn donor_held(row: &Row) -> Holding {
    let group = row.abo.clone().zip(row.rh.clone()).map(|(abo, rh)| format!("{abo} {rh} ({})", row.group_times));
    let willing = row.willing.map(|willing| format!("willing: {willing}"));
    let deferred = row.deferred_until.map(|day| format!("deferred until {day}"));
    holding("DONOR", vec![Some(row.state.clone()), group, willing, deferred], Some(row.recorded_at))
}

fn donation_held(row: &DonationRow) -> Holding {
    let volume = row.volume_ml.map(|ml| format!("{ml} ml"));
    let said = vec![Some(row.day.to_string()), Some(row.component.clone()), volume, row.din.clone(), row.centre.clone()];
    holding("DONATION", said, Some(row.recorded_at))
}

fn certificate_held(row: &CertificateRow) -> Holding {
    let volume = format!("{} ml, {} ml given back", row.volume_ml, row.redeemed_ml);
    holding("BLOOD_CERTIFICATE", vec![Some(row.serial.clone()), Some(row.code.clone()), Some(volume)], Some(row.recorded_at))
}

fn redemptions_held(errand: &mut Errand<'_>, of: &[CertificateRow]) -> Result<Vec<Holding>, PersonsError> {
    let ids: Vec<Uuid> = of.iter().map(|row| row.id).collect();
    let mut all = Vec::new();
    for row in store::redemptions(errand.conn, &ids)? {
        let open = |sealed: &Vec<u8>| errand.vault.open_text(place("blood_redemption", "facility", &row.id), sealed);
        let facility = row.facility.as_ref().map(open).transpose()?;
        let said = vec![Some(row.day.to_string()), Some(format!("{} ml", row.volume_ml)), facility];
        all.push(holding("BLOOD_GIVEN_BACK", said, Some(row.entered_at)));
    }
    Ok(all)
}

/// What is left of a row.
fn erased(errand: &Errand<'_>, row: Row) -> Row {
    Row {
        state: DonorState::Erased.name().to_owned(),
        abo: None,
        rh: None,
        group_times: 0,
        group_on: None,
        willing: None,
        willing_on: None,
        deferred_until: None,
        donations: 0,
        last_component: None,
        last_on: None,
        request_hash: errand.vault.hash("donor.erased", row.id.as_bytes()).to_vec(),
        version: row.version + 1,
        ..row
    }
}
