//! The cash receipt of a gift: what stands on its sheet, and a number for a gift that has none yet.
//!
//! Gifts get their number when they are recorded ([`super::record`]). Only cash gifts from before there were numbers have
//! none; they are numbered on demand, in the year in which that is done, for whoever recorded the money may still
//! be asked for its receipt.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::appeals;
use super::feed::changed;
use super::personal;
use super::receipt::ReceiptOut;
use super::store::{self, GiftRow, Gifts, Reversals};
use crate::authz::{Read, Record, Visit};
use crate::basics::{PublicCode, Vnd};
use crate::changes;
use crate::db::DbError;
use crate::http::{Kind, Problem, PublicUrl, Say};
use crate::ledger::kinds::Channel;
use crate::ledger::public as ledger_public;
use crate::ledger::store::{self as ledger, BookedAt};
use crate::parties::{self, Clear, PartyKind};
use crate::tree::{self, ChapterId};
use crate::vault::{Vault, place};
use crate::vouchers::heading::{full_name, issuer};
use crate::vouchers::model::{Cancelled, CashReceipt};
use crate::vouchers::store::{self as vouchers, Issued};

/// Cash gets a numbered receipt, unless the giver holds a pre-printed slip with a number of its own (DESIGN 13).
pub fn are_for(channel: Channel, has_slip: bool) -> bool {
    channel == Channel::Cash && !has_slip
}

/// The receipt of a gift and what the books say of it, for those who may read the chapter's books. Reading it is noted in
/// the audit trail, because it names the giver.
pub fn show(v: &mut Visit<'_>, public: &PublicUrl, id: Uuid) -> Result<(CashReceipt, ReceiptOut), Problem> {
    let row = store::gifts(v.conn, Gifts::One(id), 1)?.pop().ok_or_else(Problem::not_found)?;
    let seen = v.see::<Read>(ChapterId(row.chapter_id))?;
    let issued = vouchers::of_entries(v.conn, &[row.entry_id])?
        .remove(&row.entry_id)
        .ok_or_else(|| Problem::say(Kind::NotFound, "Khoản này không có phiếu thu.", "This gift has no cash receipt."))?;
    let booked = store::receipts(v.conn, &[id])?.remove(&id).ok_or_else(Problem::not_found)?;
    let receipt = sheet(v, public, &row, &booked, issued)?;
    v.note_seen(&seen, "CASH_RECEIPT_READ", id)?;
    Ok((receipt, booked))
}

fn sheet(
    v: &mut Visit<'_>,
    public: &PublicUrl,
    row: &GiftRow,
    booked: &ReceiptOut,
    issued: Issued,
) -> Result<CashReceipt, Problem> {
    let code = code_of(&booked.code)?;
    // The gift's own leaf, written with it: a reversal or an amendment has another and leaves this one as it is.
    let leaf = ledger_public::find(v.conn, &booked.code)?.ok_or_else(|| Problem::internal("an entry has no public row"))?;
    let made_by = full_name(v, issued.issued_by)?;
    let payer = giver(v.conn, v.vault, row)?;
    let on_paper = on_paper(v.vault, row)?;
    let is_person = payer.as_ref().is_some_and(|payer| payer.kind == PartyKind::Person.name());
    Ok(CashReceipt {
        number: issued.number(&booked.chapter),
        issued_on: issued.issued_on,
        received_on: booked.received_on,
        issuer: issuer(v.conn, ChapterId(row.chapter_id))?,
        note: if is_person { vouchers::tax_note(v.conn, booked.received_on)? } else { None },
        // Data that may only be kept are not printed: with the name goes the address.
        payer_address: payer.as_ref().and(on_paper.payer_address),
        payer: payer.map(|giver| giver.name),
        enclosed: on_paper.enclosed,
        content: content_as_booked(v.conn, booked)?,
        amount: Vnd::parse(booked.amount_vnd).map_err(|_| Problem::internal("a gift has an impossible amount"))?,
        public_url: public.entry(&code, &leaf.leaf_hash),
        code,
        made_by: Some(made_by),
        cancelled: cancelled(v.conn, row.id)?,
    }
    .visible())
}

/// What of a gift's particulars stands on its receipt.
#[derive(Default, serde::Deserialize)]
struct OnPaper {
    #[serde(default)]
    payer_address: Option<String>,
    #[serde(default)]
    enclosed: Option<u8>,
}

fn on_paper(vault: &Vault, row: &GiftRow) -> Result<OnPaper, Problem> {
    let Some(sealed) = &row.particulars else { return Ok(OnPaper::default()) };
    let text = vault.open_text(place("gift", "particulars", &row.id), sealed).map_err(Problem::internal)?;
    serde_json::from_str(&text).map_err(Problem::internal)
}

fn code_of(text: &str) -> Result<PublicCode, Problem> {
    PublicCode::parse(text).map_err(|_| Problem::internal("an entry has a broken code"))
}

fn giver(conn: &mut PgConnection, vault: &Vault, row: &GiftRow) -> Result<Option<Clear>, Problem> {
    let Some(id) = row.party_id else {
        return Ok(None);
    };
    // Data that may only be kept are not printed.
    if store::is_restricted(conn, row)? {
        return Ok(None);
    }
    let Some(sealed) = parties::load(conn, &[id])?.remove(&id) else {
        return Ok(None);
    };
    let given = sealed.open(vault).and_then(|party| personal::as_given(vault, row.id, row.giver_name.as_deref(), party));
    Ok(Some(given.map_err(Problem::internal)?))
}

/// What a gift is for, in the words the appeal had at a moment.
pub(super) fn content(conn: &mut PgConnection, appeal: Option<&str>, at: DateTime<Utc>) -> Result<Say, DbError> {
    let Some(code) = appeal else {
        return Ok(Say::fixed(
            "Ủng hộ quỹ hoạt động nhân đạo chung của Hội",
            "Support for the general humanitarian fund of the Red Cross",
        ));
    };
    let title = appeals::title_at(conn, code, at)?.unwrap_or_default();
    Ok(Say::new(format!("Ủng hộ đợt “{title}” ({code})"), format!("Support for the appeal “{title}” ({code})")))
}

/// [`content`] when it was given, and that it waits for a decision if it came too late.
fn content_as_booked(conn: &mut PgConnection, booked: &ReceiptOut) -> Result<Say, DbError> {
    let mut content = content(conn, booked.appeal.as_deref(), booked.recorded_at)?;
    if booked.fund.starts_with("QUARANTINE:") {
        content.vi.to_mut().push_str("; nhận khi đợt đã kết thúc, chờ quyết định sử dụng");
        content.en.to_mut().push_str("; received after its end, its use waits for a decision");
    }
    Ok(content)
}

fn cancelled(conn: &mut PgConnection, gift: Uuid) -> Result<Option<Cancelled>, Problem> {
    let entry = store::reversals(conn, Reversals::OfGift(gift), 50)?.into_iter().find_map(|request| request.entry_id);
    let Some(entry) = entry else {
        return Ok(None);
    };
    let reversing = ledger::booked(conn, &[entry])?.remove(&entry);
    reversing.map(|entry| Ok(Cancelled { on: entry.booked, by: code_of(&entry.code)? })).transpose()
}

/// Numbers a cash gift that has no receipt, today. `false` when it had one already.
pub fn issue(v: &mut Visit<'_>, id: Uuid) -> Result<bool, Problem> {
    let row = store::gifts(v.conn, Gifts::One(id), 1)?.pop().ok_or_else(Problem::not_found)?;
    let grant = v.at::<Record>(ChapterId(row.chapter_id))?;
    // Two requests for one gift come one after the other, and a reversal is asked for before or after.
    store::hold_gift(v.conn, id)?;
    if vouchers::of_entries(v.conn, &[row.entry_id])?.contains_key(&row.entry_id) {
        return Ok(false);
    }
    if !Channel::parse(&row.channel).is_some_and(|channel| are_for(channel, row.paper_no.is_some())) {
        return Err(Problem::say(
            Kind::Conflict,
            "Chỉ khoản tiền mặt không có phiếu in sẵn mới được cấp phiếu thu.",
            "Only cash gifts without a pre-printed slip get a cash receipt.",
        ));
    }
    if cancelled(v.conn, id)?.is_some() {
        return Err(Problem::say(
            Kind::Conflict,
            "Khoản này đã hủy trước khi có phiếu thu.",
            "This gift was reversed before it had a cash receipt.",
        ));
    }
    if !tree::place_of(v.conn, grant.chapter())?.accepts_entries {
        return Err(Problem::say(
            Kind::Conflict,
            "Đơn vị đã sáp nhập hoặc giải thể: không cấp số phiếu mới.",
            "The chapter has merged or dissolved: it gives no new numbers.",
        ));
    }
    vouchers::issue(v.conn, BookedAt::now(v.now), &[(&grant, row.entry_id)])?;
    v.note(&grant, "CASH_RECEIPT_ISSUED", id)?;
    changes::note(v.conn, &[changed(grant.chapter(), id)])?;
    Ok(true)
}
