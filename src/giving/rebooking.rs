//! A gift that was booked for the wrong appeal, or for none: one request asks for its reversal and for booking it anew, one
//! approval does both, in one moment. The new gift has an id, a code and a number of its own; everything else is the old one's.

use std::sync::Arc;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::gift_in::{GiftIn, GiverIn, LineIn};
use super::model::NewGift;
use super::personal;
use super::prepare::prepare;
use super::record::{self, Outcome, Submission};
use super::store::{self, GiftRow, Gifts, Reversals};
use super::{appeals, cash_receipts};
use crate::authz::{Granted, Record, Visit};
use crate::db::DbError;
use crate::db::schema::reversal_instead;
use crate::http::{FieldError, Kind, Problem, Say};
use crate::ledger::holding;
use crate::ledger::kinds::Channel;
use crate::ledger::model::FundId;
use crate::ledger::store::{self as ledger, BookedAt};
use crate::parties::{self, PartyKind, consent};
use crate::stock::quantity::Quantity;
use crate::stock::{lots, places};
use crate::tree::{self, ChapterId};
use crate::vault::place;
use crate::vouchers::store as vouchers;

/// What a gift is booked as instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Instead {
    /// Id of the new gift, made by the client.
    pub id: Uuid,
    /// Code of the appeal it was given for; the chapter's general fund without one.
    #[serde(default)]
    #[schema(example = "LULUT-2026", max_length = 40)]
    pub appeal: Option<String>,
}

/// What of a gift's particulars goes over.
#[derive(Default, Deserialize)]
struct Words {
    wish: Option<String>,
    memo: Option<String>,
    bank_reference: Option<String>,
    payer_address: Option<String>,
    enclosed: Option<u8>,
}

/// Refuses an appeal that there is not, when it is asked for and not when somebody approves it.
pub(super) fn check(conn: &mut PgConnection, instead: &Instead) -> Result<(), Problem> {
    let Some(code) = instead.appeal.as_deref() else { return Ok(()) };
    if appeals::find(conn, code)?.is_some() {
        return Ok(());
    }
    let said = Say::fixed("Không có đợt vận động nào mang mã này.", "There is no appeal of this code.");
    Err(FieldError::new("/instead/appeal", "NO_SUCH_APPEAL", said).into())
}

/// Keeps what is asked for with the request.
pub(super) fn keep(conn: &mut PgConnection, request: Uuid, instead: &Instead) -> Result<(), DbError> {
    use reversal_instead as i;
    let row = (i::request_id.eq(request), i::gift_id.eq(instead.id), i::appeal.eq(&instead.appeal));
    diesel::insert_into(i::table).values(row).execute(conn)?;
    Ok(())
}

/// What these requests ask for instead, by request.
pub(super) fn of(conn: &mut PgConnection, requests: &[Uuid]) -> Result<Vec<(Uuid, Instead)>, DbError> {
    use reversal_instead as i;
    let rows: Vec<(Uuid, Uuid, Option<String>)> =
        i::table.filter(i::request_id.eq_any(requests)).select((i::request_id, i::gift_id, i::appeal)).load(conn)?;
    Ok(rows.into_iter().map(|(request, id, appeal)| (request, Instead { id, appeal })).collect())
}

/// Holds what reversing a gift and booking it anew will change, in the order in which everybody does, before either is booked. Nothing
/// where a request asks for no more than a reversal.
pub(super) fn hold(v: &mut Visit<'_>, request: Uuid) -> Result<(), DbError> {
    let Some((_, instead)) = of(v.conn, &[request])?.pop() else { return Ok(()) };
    let Some(row) = store::reversals(v.conn, Reversals::ForDecision(request), 1)?.pop() else { return Ok(()) };
    let Some(gift) = store::gifts(v.conn, Gifts::One(row.gift_id), 1)?.pop() else { return Ok(()) };
    let Some(channel) = Channel::parse(&gift.channel) else { return Ok(()) };
    let terms = appeals::terms(v.conn, &instead.appeal.iter().map(String::as_str).collect::<Vec<_>>())?;
    let written = ledger::written(v.conn, gift.entry_id)?;
    let old = written.iter().flat_map(|entry| entry.postings.iter().map(|posting| posting.fund));
    let mut funds: Vec<FundId> = old.chain(terms.values().flat_map(|terms| [terms.fund.id, terms.quarantine.id])).collect();
    if instead.appeal.is_none() {
        funds.push(ledger::general_fund(v.conn)?.id);
    }
    let (chapter, at) = (ChapterId(gift.chapter_id), BookedAt::now(v.now));
    let here = tree::place_of(v.conn, chapter)?;
    if channel == Channel::InKind {
        lots::hold_of_entry(v.conn, gift.entry_id, &funds)?;
    }
    holding::balances(v.conn, chapter, &funds)?;
    if cash_receipts::are_for(channel, gift.paper_no.is_some()) {
        vouchers::hold_series(v.conn, chapter, at)?;
    }
    holding::sums_of_gifts(v.conn, &here, (channel, &row.reason), &funds)
}

/// Books the gift anew, as recorded by who asked; its first entry is reversed already.
pub(super) fn book(v: &mut Visit<'_>, recorder: Granted<Record>, row: &GiftRow, instead: &Instead) -> Result<(), Problem> {
    if store::is_restricted(v.conn, row)? {
        return Err(Problem::say(
            Kind::Conflict,
            "Dữ liệu của người ủng hộ đang bị hạn chế xử lý: hãy hủy khoản này rồi ghi lại riêng.",
            "The giver's data are restricted: reverse the gift, and record it anew by itself.",
        ));
    }
    let gift = NewGift::parse(as_sent(v, row, instead)?, v.now).map_err(Problem::invalid)?;
    let gift = prepare(v.vault, gift, v.now)?;
    let goods = (!gift.gift.lines.is_empty()).then_some([row.entry_id, gift.entry_id]);
    let submission = Submission { actor: recorder.actor(), gift: Arc::new(gift) };
    match record::record_approved(v.conn, BookedAt::now(v.now), &submission, recorder.clone())? {
        Outcome::Booked(_) => Ok(goods.map_or(Ok(()), |entries| places::keep(v.conn, &recorder, entries))?),
        Outcome::Refused(problem) => Err(problem),
        Outcome::AlreadyBooked(_) | Outcome::Asked(_) => Err(Problem::internal("a gift booked anew stood already")),
    }
}

/// The gift as it would be sent today.
fn as_sent(v: &mut Visit<'_>, row: &GiftRow, instead: &Instead) -> Result<GiftIn, Problem> {
    let broken = || Problem::internal("a gift is not as it must be");
    let receipt = store::receipts(v.conn, &[row.id])?.remove(&row.id).ok_or_else(Problem::not_found)?;
    let lines = store::lines(v.conn, row.id)?.into_iter().map(|line| {
        let quantity = Quantity::from_milli(line.quantity_milli).to_string();
        serde_json::from_value::<LineIn>(serde_json::json!({"item": line.item, "quantity": quantity, "unit": line.unit,
            "value_vnd": line.value_vnd, "valuation": line.valuation}))
    });
    let lines: Vec<LineIn> = lines.collect::<Result<_, _>>().map_err(Problem::internal)?;
    let sealed = row.particulars.as_ref();
    let text = sealed.map(|sealed| v.vault.open_text(place("gift", "particulars", &row.id), sealed)).transpose();
    let words: Words = match text.map_err(Problem::internal)? {
        Some(text) => serde_json::from_str(&text).map_err(Problem::internal)?,
        None => Words::default(),
    };
    let giver = giver(v, row)?;
    // Whose gift it is stays known: a child's name is shown by the consent of who has custody.
    let is_person = giver.as_ref().is_some_and(|giver| giver.kind == PartyKind::Person);
    let for_child = is_person && consent::of_children(v.conn, &[row.id])?.contains(&row.id);
    Ok(GiftIn {
        id: instead.id,
        code: None,
        chapter: tree::code_of(v.conn, ChapterId(row.chapter_id))?,
        appeal: instead.appeal.clone(),
        channel: Channel::parse(&row.channel).ok_or_else(broken)?,
        amount_vnd: Some(row.amount_vnd),
        lines,
        message_count: row.message_count,
        giver,
        display: serde_json::from_value(serde_json::json!(row.display)).ok(),
        for_child,
        payer_address: words.payer_address,
        enclosed: words.enclosed,
        wish: words.wish,
        memo: words.memo,
        bank_reference: words.bank_reference,
        received_on: receipt.received_on,
        paper_book: row.paper_book.clone(),
        paper_no: row.paper_no.clone(),
        captured_at: row.captured_at,
        confirmed: true,
    })
}

fn giver(v: &mut Visit<'_>, row: &GiftRow) -> Result<Option<GiverIn>, Problem> {
    let Some(party) = row.party_id else { return Ok(None) };
    let Some(sealed) = parties::load(v.conn, &[party])?.remove(&party) else { return Ok(None) };
    let clear = sealed.open(v.vault).and_then(|clear| personal::as_given(v.vault, row.id, row.giver_name.as_deref(), clear));
    let clear = clear.map_err(Problem::internal)?;
    let kind = PartyKind::parse(&clear.kind).ok_or_else(|| Problem::internal("a party of no kind"))?;
    Ok(Some(GiverIn { kind, name: clear.name, phone: clear.phone }))
}
