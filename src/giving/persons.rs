//! The persons in gifts: wish, memo and bank reference, the phone's clock, and the notes beside reversals.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::imports::store as imports;
use super::{personal, retention};
use crate::calendar::retention::Periods;
use crate::db::DbError;
use crate::db::findings::Findings;
use crate::db::schema::{asked_gift, gift, reversal_request};
use crate::house::errand::Errand;
use crate::house::persons::{
    Both, Called, Candidate, Holding, HoldsPersons, HowMany, Kept, Mentioned, Needed, PersonsError, Processing, Record,
};
use crate::parties::naming;
use crate::vault::place;

/// See the module.
pub struct Gifts;

/// A note beside a reversal, sealed.
type Note = (Uuid, Uuid, String, Option<Vec<u8>>, chrono::DateTime<chrono::Utc>);

/// What of an asked gift is of its giver. The gift itself goes on waiting, without one.
const OF_THE_GIVER: [&str; 8] =
    ["giver", "display", "for_child", "payer_address", "wish", "memo", "bank_reference", "captured_at"];

/// Takes somebody out of gifts that were asked in these chapters and are not decided: no record leads to them yet.
fn asked_gifts(errand: &mut Errand<'_>, of: &Mentioned) -> Result<(), PersonsError> {
    use asked_gift as a;
    let rows: Vec<(Uuid, Option<Vec<u8>>)> = a::table
        .filter(a::chapter_id.eq_any(&of.chapters))
        .filter(a::state.eq("ASKED"))
        .order(a::id)
        .select((a::id, a::content))
        .for_no_key_update()
        .load(errand.conn)?;
    for (id, sealed) in rows {
        let Some(sealed) = sealed else { continue };
        let text = errand.vault.open_text(place("asked_gift", "content", &id), &sealed)?;
        let Ok(serde_json::Value::Object(mut sent)) = serde_json::from_str(&text) else { continue };
        if !sent.get("giver").is_some_and(|giver| is_given_by(giver, &of.called)) {
            continue;
        }
        sent.retain(|field, _| !OF_THE_GIVER.contains(&field.as_str()));
        let bare =
            errand.vault.seal(place("asked_gift", "content", &id), serde_json::Value::Object(sent).to_string().as_bytes())?;
        diesel::update(a::table.find(id))
            .set((
                a::content.eq(bare),
                a::request_hash.eq(a::bare_hash),
                a::likeness.eq(None::<i64>),
                a::reference_likeness.eq(None::<i64>),
            ))
            .execute(errand.conn)?;
    }
    Ok(())
}

/// Takes somebody out of lists that wait at these chapters, or are being booked.
fn listed_gifts(errand: &mut Errand<'_>, of: &Mentioned) -> Result<(), PersonsError> {
    for (part, sealed) in imports::waiting(errand.conn, &of.chapters)? {
        let at = place("gift_import_part", "gifts", &part);
        let Ok(mut gifts) = serde_json::from_str::<Vec<serde_json::Value>>(&errand.vault.open_text(at, &sealed)?) else {
            continue;
        };
        let mut is_theirs = false;
        for gift in gifts.iter_mut().filter_map(|listed| listed.get_mut("gift")).filter_map(serde_json::Value::as_object_mut) {
            if gift.get("giver").is_some_and(|giver| is_given_by(giver, &of.called)) {
                gift.retain(|field, _| !OF_THE_GIVER.contains(&field.as_str()));
                is_theirs = true;
            }
        }
        if is_theirs {
            let bare = errand.vault.seal(at, serde_json::Value::Array(gifts).to_string().as_bytes())?;
            imports::rewrite(errand.conn, part, &bare)?;
        }
    }
    Ok(())
}

/// The same name, marks and all, and the same number.
fn is_given_by(giver: &serde_json::Value, called: &Called) -> bool {
    let text = |field: &str| giver.get(field).and_then(serde_json::Value::as_str).unwrap_or_default();
    let same_name = naming::one_form(text("name")) == naming::one_form(&called.name);
    let same_number = match &called.phone {
        Some(_) => Called { name: String::new(), phone: called.phone.clone() }.is_in(text("phone")),
        None => text("phone").is_empty(),
    };
    same_name && same_number
}

impl HoldsPersons for Gifts {
    fn chapters_of(&self, conn: &mut PgConnection, party: Uuid) -> Result<Vec<Uuid>, DbError> {
        personal::chapters(conn, personal::Scope::Party(party))
    }

    fn processing(&self) -> &'static [Processing] {
        const ALL: &[Processing] = &[Processing {
            data: (
                "Tên người ủng hộ, địa chỉ người nộp, lời nhắn, nội dung chuyển khoản, số tham chiếu ngân hàng",
                "Name of the giver, address of the payer, wish, memo and bank reference of a transfer",
            ),
            purpose: (
                "Ghi sổ, lập phiếu thu, tìm khoản trùng, công khai theo lựa chọn của người ủng hộ",
                "To book, to make out receipts, to find doubles, to publish as the giver chose",
            ),
            grounds: (
                "Sự đồng ý (Luật 91/2025/QH15, điều 9, 16); chứng từ theo Luật Kế toán và Nghị định 93/2021/NĐ-CP",
                "Consent (Law 91/2025/QH15, art. 9, 16); vouchers by accounting law and Decree 93/2021/NĐ-CP",
            ),
            readers: (
                "Cán bộ, kế toán của đơn vị nhận và người kiểm tra; mỗi lần xem được ghi lại",
                "Officers and accountants of the chapter that received, and inspectors; each reading is noted",
            ),
            period: (
                "Chứng từ theo thời hạn của luật; phần còn lại đến khi xóa theo yêu cầu",
                "Vouchers as long as the law says; the rest until erased on request",
            ),
        }];
        ALL
    }

    fn sensitive(&self) -> Option<Both> {
        Some((
            "Lịch sử giao dịch ngân hàng của người ủng hộ qua tài khoản",
            "The history of transactions by bank of those who gave through an account",
        ))
    }

    fn how_many(&self, conn: &mut PgConnection) -> Result<HowMany, DbError> {
        Ok(HowMany { persons: 0, sensitive: retention::gave_by_bank(conn)? })
    }

    fn needed(&self, conn: &mut PgConnection, periods: &Periods, of: &[Candidate]) -> Result<Vec<Needed>, DbError> {
        retention::needed(conn, periods, of)
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "gift.particulars",
            "gift.giver_name",
            "gift.captured_at",
            "gift.request_hash",
            "gift.likeness",
            "gift.reference_likeness",
            "reversal_request.note",
            "reversal_request.request_hash",
            "asked_gift.content",
            "asked_gift.request_hash",
            "asked_gift.bare_hash",
            "asked_gift.likeness",
            "asked_gift.reference_likeness",
            "gift_import.content_hash",
            "gift_import_part.gifts",
        ]
    }

    /// A copy lists the gifts by themselves; these are the notes of their reversals.
    fn found(&self, errand: &mut Errand<'_>, of: &[Record]) -> Result<Vec<Holding>, PersonsError> {
        use reversal_request as r;
        let notes: Vec<Note> = r::table
            .filter(r::gift_id.eq_any(of.iter().map(|record| record.gift)))
            .filter(r::note.is_not_null())
            .order((r::requested_at, r::id))
            .select((r::id, r::gift_id, r::reason, r::note, r::requested_at))
            .load(errand.conn)?;
        let mut found = Vec::with_capacity(notes.len());
        for (id, gift, _, sealed, at) in notes {
            let Some(sealed) = sealed else { continue };
            found.push(Holding {
                what: "REVERSAL_NOTE".to_owned(),
                gift: Some(gift),
                text: errand.vault.open_text(place("reversal_request", "note", &id), &sealed)?,
                since: Some(at),
                kept_until: None,
            });
        }
        Ok(found)
    }

    fn erase(&self, errand: &mut Errand<'_>, of: &[Record]) -> Result<Vec<Kept>, PersonsError> {
        let gifts = personal::of_ids(errand.conn, &of.iter().map(|record| record.gift).collect::<Vec<_>>())?;
        personal::erase(errand.conn, errand.vault, &gifts)?;
        Ok(Vec::new())
    }

    /// Notes beside the reversals of other people's gifts, and gifts of theirs that still wait for a second person.
    fn erase_mentions(&self, errand: &mut Errand<'_>, of: &Mentioned) -> Result<Vec<Kept>, PersonsError> {
        use reversal_request as r;
        let notes: Vec<Note> = r::table
            .inner_join(gift::table.on(gift::id.eq(r::gift_id)))
            .filter(gift::chapter_id.eq_any(&of.chapters))
            .filter(r::note.is_not_null())
            .select((r::id, r::gift_id, r::reason, r::note, r::requested_at))
            .load(errand.conn)?;
        let mut named = Vec::new();
        for (id, gift, reason, sealed, _) in notes {
            let Some(sealed) = sealed else { continue };
            if of.called.is_in(&errand.vault.open_text(place("reversal_request", "note", &id), &sealed)?) {
                named.push((id, gift, reason));
            }
        }
        personal::erase_notes(errand.conn, errand.vault, &named)?;
        asked_gifts(errand, of)?;
        listed_gifts(errand, of)?;
        Ok(Vec::new())
    }

    fn audit(&self, conn: &mut PgConnection, findings: &mut Findings, erased: &[Record]) -> Result<(), DbError> {
        let codes: HashMap<Uuid, &str> = erased.iter().map(|record| (record.gift, record.code.as_str())).collect();
        let left: Vec<Uuid> = gift::table
            .filter(gift::id.eq_any(codes.keys()))
            .filter(
                gift::party_id
                    .is_not_null()
                    .or(gift::particulars.is_not_null())
                    .or(gift::captured_at.is_not_null())
                    .or(gift::display.ne("ANONYMOUS")),
            )
            .select(gift::id)
            .load(conn)?;
        for code in left.iter().filter_map(|id| codes.get(id)) {
            findings.found("erased", *code, "its giver was erased and the gift still says something of them");
        }
        let notes: Vec<Uuid> = reversal_request::table
            .filter(reversal_request::gift_id.eq_any(codes.keys()))
            .filter(reversal_request::note.is_not_null())
            .select(reversal_request::gift_id)
            .load(conn)?;
        for code in notes.iter().filter_map(|id| codes.get(id)) {
            findings.found("erased", *code, "its giver was erased and a note of its reversal is kept");
        }
        Ok(())
    }
}
