//! `/api/v1/gifts`: record one, record many, read.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::accept::{Wanted, wrong_appeal};
use super::asked_wire::AskedPosted;
use super::gift_in::GiftIn;
use super::intake::{self, Intake};
use super::model::{MAX_BATCH, NewGift, Quantity};
use super::personal::{self, Part, Scope};
use super::prepare::{Prepared, prepare};
use super::receipt::{BookingOutcome, ReceiptOut};
use super::record::{Outcome, Submission, record_all};
use super::store::{self, GiftRow, Gifts};
use super::wire::{BatchItem, BatchOut, GiftPosted};
use crate::authz::{Actor, Desk, Read, Seen, Visit};
use crate::basics::{Clock, PublicCode};
use crate::db::Db;
use crate::http::finish::RequestId;
use crate::http::sets::{Own, Reads, Writes};
use crate::http::{
    Answer, Body, FieldError, Item, Items, Kind, Lang, Metrics, OfChapter, Page, Problem, Query, Reply, Rough, Span,
};
use crate::identity::store as identity;
use crate::ledger::public::PublicGoods;
use crate::log::answers::{receipt_file, receipt_is_sealing, receipt_is_unproven};
use crate::log::checkpoint_store::Signed;
use crate::log::publisher::PublicLog;
use crate::log::receipt::Opened;
use crate::log::tile_store::{self, Issued};
use crate::log::{self, opening};
use crate::parties::naming::are_alike;
use crate::parties::{self, Clear, PartyOut, alias, restriction};
use crate::tree::ChapterId;
use crate::vault::{Vault, place};

/// A batch of 500 gifts with every text at its limit fits.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(record_gift).service(record_gifts).service(list_gifts).service(show_gift).service(download_private_receipt);
}

fn check(vault: &Vault, gift: Rough<GiftIn>, now: DateTime<Utc>) -> Result<Prepared, Problem> {
    let gift = gift.judge(|gift, check| NewGift::parse_beside(gift, now, check)).map_err(Problem::invalid)?;
    Ok(prepare(vault, gift, now)?)
}

/// Beside what is wrong with a gift in itself stands what is wrong with its appeal: whoever corrects it does so once.
async fn with_appeal(desk: &Desk, wanted: Option<Wanted>, mut problem: Problem) -> Problem {
    let Some(wanted) = wanted.filter(|_| problem.kind == Kind::Invalid) else { return problem };
    // Who may not record here, or whatever else: the gift is wrong anyway.
    let found = desk.tx(move |v| Ok(wrong_appeal(v, &wanted)?)).await.ok().flatten();
    found.into_iter().for_each(|error| say_beside(&mut problem, error));
    problem
}

fn say_beside(problem: &mut Problem, error: FieldError) {
    if problem.errors.iter().all(|known| known.pointer != error.pointer) {
        problem.errors.push(error);
    }
}

/// [`with_appeal`] for gifts of a batch that are wrong in themselves: what is wrong with their appeals, by their places.
fn wrong_appeals(
    db: &Db,
    vault: &Vault,
    now: DateTime<Utc>,
    actor: Actor,
    gifts: &[(usize, Wanted)],
) -> Vec<(usize, FieldError)> {
    if gifts.is_empty() {
        return Vec::new();
    }
    let look = |conn: &mut PgConnection| -> Result<Vec<_>, Problem> {
        let mut visit = Visit::enter(conn, vault, now, actor)?;
        let mut known: HashMap<&Wanted, Option<FieldError>> = HashMap::new();
        let found = gifts.iter().filter_map(|(n, wanted)| {
            let error = known.entry(wanted).or_insert_with(|| wrong_appeal(&mut visit, wanted).ok().flatten());
            Some((*n, error.clone()?))
        });
        Ok(found.collect())
    };
    db.tx_blocking(look).unwrap_or_default()
}

/// Record a gift. Send it again with the same `id` as often as needed: it is booked once.
///
/// An unusually large sum is answered `409` (`/problems/unusual`) until it is sent with `"confirmed": true`; one above a
/// second limit then waits for a second person (`202`).
#[utoipa::path(
    tag = "gifts", request_body = GiftIn,
    responses(
        (status = 201, body = GiftPosted, description = "Booked"),
        (status = 200, body = GiftPosted, description = "Was booked already; nothing was booked again"),
        (status = 202, body = AskedPosted, description = "Nothing is booked: it waits for a second person, or they refused it, or it was withdrawn (`state`)"),
        Writes
    )
)]
#[post("/gifts")]
pub async fn record_gift(desk: Desk, gift: Rough<GiftIn>, intake: web::Data<Intake>) -> Result<HttpResponse, Problem> {
    let wanted = Wanted::of(&gift);
    let prepared = match check(desk.vault(), gift, desk.now()) {
        Ok(prepared) => prepared,
        Err(problem) => return Err(with_appeal(&desk, wanted, problem).await),
    };
    match intake.record(desk.actor(), prepared).await? {
        Outcome::Booked(gift) => Ok(HttpResponse::Created().json(GiftPosted { outcome: BookingOutcome::Booked, gift })),
        Outcome::AlreadyBooked(gift) => Ok(HttpResponse::Ok().json(GiftPosted { outcome: BookingOutcome::AlreadyBooked, gift })),
        Outcome::Asked(asked) => Ok(HttpResponse::Accepted().json(AskedPosted { outcome: BookingOutcome::Asked, asked })),
        Outcome::Refused(problem) => Err(problem),
    }
}

/// A batch of gifts.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchIn {
    /// 1 to 500 gifts. Each is read on its own, so one broken gift spoils no other.
    #[schema(value_type = Vec<GiftIn>, min_items = 1, max_items = 500)]
    gifts: Items<GiftIn, MAX_BATCH>,
}

/// Record gifts made offline. Each gift gets its own answer; what was booked stays booked, even if the answer is lost.
#[utoipa::path(
    tag = "gifts", request_body = BatchIn,
    responses((status = 200, body = BatchOut), Own, (status = 422, response = crate::http::answers::Invalid))
)]
#[post("/gifts/batch")]
pub async fn record_gifts(
    desk: Desk,
    request: HttpRequest,
    Body(batch): Body<BatchIn, BATCH_BYTES>,
    metrics: web::Data<Metrics>,
) -> Answer<BatchOut> {
    let gifts = batch.gifts.some().ok_or_else(|| {
        Problem::field(
            "/gifts",
            "OUT_OF_RANGE",
            format!("Mỗi lần gửi từ 1 đến {MAX_BATCH} khoản; hãy chia nhỏ."),
            format!("1 to {MAX_BATCH} gifts a batch; send several."),
        )
    })?;
    let (metrics, actor) = (metrics.get_ref().clone(), desk.actor());
    let outcomes = desk
        .blocking(move |db, vault, clock| {
            let outcomes = record_batch(db, clock, vault, actor, &gifts);
            intake::count(&metrics, "batch", &outcomes);
            Ok(outcomes)
        })
        .await?;
    Ok(Reply::ok(batch_out(outcomes, Lang::of_request(&request), &RequestId::of(&request))))
}

/// Gifts that can be read are recorded together; the others are refused one by one.
fn record_batch(db: &Db, clock: &Clock, vault: &Vault, actor: Actor, gifts: &[Item<GiftIn>]) -> Vec<Outcome> {
    let now = clock.now();
    let (mut outcomes, mut submissions, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for (n, gift) in gifts.iter().enumerate() {
        let (wanted, checked) = match gift.read() {
            Ok(gift) => (Wanted::of(&gift), check(vault, gift, now)),
            Err(problem) => (None, Err(problem)),
        };
        match checked {
            Ok(gift) => {
                submissions.push(Submission { actor, gift: gift.into() });
                outcomes.push(None);
            }
            Err(problem) => {
                wrong.extend(wanted.filter(|_| problem.kind == Kind::Invalid).map(|wanted| (n, wanted)));
                outcomes.push(Some(Outcome::Refused(problem)));
            }
        }
    }
    for (n, error) in wrong_appeals(db, vault, now, actor, &wrong) {
        if let Some(Some(Outcome::Refused(problem))) = outcomes.get_mut(n) {
            say_beside(problem, error);
        }
    }
    let mut recorded = record_all(db, clock, &submissions).into_iter();
    let missing = || Outcome::Refused(Problem::internal("a gift was left without an outcome"));
    outcomes.into_iter().map(|outcome| outcome.or_else(|| recorded.next()).unwrap_or_else(missing)).collect()
}

fn batch_out(outcomes: Vec<Outcome>, lang: Lang, request_id: &str) -> BatchOut {
    let items: Vec<BatchItem> = outcomes
        .into_iter()
        .enumerate()
        .map(|(index, outcome)| {
            let item = BatchItem { index, outcome: BookingOutcome::Booked, gift: None, asked: None, problem: None };
            match outcome {
                Outcome::Booked(gift) => BatchItem { gift: Some(gift), ..item },
                Outcome::AlreadyBooked(gift) => BatchItem { outcome: BookingOutcome::AlreadyBooked, gift: Some(gift), ..item },
                Outcome::Asked(asked) => BatchItem { outcome: BookingOutcome::Asked, asked: Some(asked), ..item },
                Outcome::Refused(problem) => {
                    let unusual = problem.kind == Kind::Unusual;
                    let outcome = if unusual { BookingOutcome::Unusual } else { BookingOutcome::Refused };
                    BatchItem { outcome, problem: Some(problem.document(lang, request_id)), ..item }
                }
            }
        })
        .collect();
    let count = |outcome| items.iter().filter(|item| item.outcome == outcome).count();
    BatchOut {
        booked: count(BookingOutcome::Booked),
        already_booked: count(BookingOutcome::AlreadyBooked),
        refused: count(BookingOutcome::Refused),
        unusual: count(BookingOutcome::Unusual),
        asked: count(BookingOutcome::Asked),
        items,
    }
}

/// Who gave, in the name it was given in.
#[derive(Serialize, ToSchema)]
pub struct GiverOut {
    #[serde(flatten)]
    party: PartyOut,
    /// Givers of this chapter with the same telephone number and a name that differs in its marks only: perhaps the same
    /// person, written in another way. They stay two until a correction says otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alike: Vec<PartyOut>,
}

/// A giver as a chapter sees them, with those of the chapter's own givers who may be the same person.
fn shown(conn: &mut PgConnection, vault: &Vault, chapter: Uuid, giver: Clear) -> Result<GiverOut, Problem> {
    let mut alike = Vec::new();
    for sealed in parties::alike(conn, giver.id)? {
        if restriction::holds(conn, sealed.id, chapter)? {
            continue;
        }
        let other = sealed.open(vault).map_err(Problem::internal)?;
        // As this chapter wrote it, and only if it did.
        let here = Part { chapters: Some(&[chapter]), ..Part::default() };
        let Some(gift) = personal::read(conn, Scope::Party(other.id), here, 1)?.pop() else { continue };
        let other = personal::as_given(vault, gift.id, gift.giver_name.as_deref(), other).map_err(Problem::internal)?;
        if are_alike(&giver.name, &other.name) {
            let name = alias::of(conn, other.id, chapter)?;
            alike.push(other.known_as(name));
        }
    }
    let name = alias::of(conn, giver.id, chapter)?;
    Ok(GiverOut { party: giver.known_as(name), alike })
}

/// A gift as officers of its chapter see it.
#[derive(Serialize, ToSchema)]
pub struct GiftOut {
    #[serde(flatten)]
    gift: ReceiptOut,
    channel: String,
    display: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    giver: Option<GiverOut>,
    /// The giver's data are kept but may not be used, as the giver asked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    giver_restricted: bool,
    /// Wish, memo, bank reference, the payer's address and the number of enclosed vouchers, as recorded; never in a list, nor
    /// of a giver who is restricted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    particulars: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<Vec<PublicGoods>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_count: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paper_book: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paper_no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    captured_at: Option<DateTime<Utc>>,
    /// User name of whoever recorded it.
    recorded_by: String,
    /// `REQUESTED` or `APPROVED` when a reversal was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    reversal: Option<String>,
}

/// How much of a gift is shown.
enum Sight<'a> {
    /// In a list, which nobody notes: nothing of who gave, and none of their words.
    Listed,
    /// In a reading of its own, which is noted.
    Noted { vault: &'a Vault, giver: Option<GiverOut>, restricted: bool },
}

/// A gift in either form. Restricted data are kept and not used: whoever must see them reads the party's own copy.
fn gift_out(row: GiftRow, receipt: ReceiptOut, recorded_by: String, sight: Sight<'_>) -> Result<GiftOut, Problem> {
    let (giver, particulars, giver_restricted) = match sight {
        Sight::Listed => (None, None, false),
        Sight::Noted { restricted: true, .. } => (None, None, true),
        Sight::Noted { vault, giver, restricted: false } => {
            let sealed = row.particulars.as_ref();
            let text = sealed.map(|sealed| vault.open_text(place("gift", "particulars", &row.id), sealed)).transpose();
            (giver, text.map_err(Problem::internal)?.and_then(|text| serde_json::from_str(&text).ok()), false)
        }
    };
    Ok(GiftOut {
        gift: receipt,
        channel: row.channel,
        display: row.display,
        giver,
        giver_restricted,
        particulars,
        lines: None,
        message_count: row.message_count,
        paper_book: row.paper_book,
        paper_no: row.paper_no,
        captured_at: row.captured_at,
        recorded_by,
        reversal: None,
    })
}

/// The giver's own receipt.
///
/// What everybody can have of the entry, and the giver's fields opened. For the giver's hands only; reading it is noted in
/// the audit trail. After an erasure or a restriction it opens nothing.
#[utoipa::path(
    tag = "gifts", params(("id" = Uuid, Path)), responses((status = 200, content_type = "text/plain", body = String), Reads)
)]
#[get("/gifts/{id}/receipt")]
pub async fn download_private_receipt(
    desk: Desk,
    id: web::Path<Uuid>,
    log: web::Data<PublicLog>,
) -> Result<HttpResponse, Problem> {
    let signed = log.latest();
    let (code, reversed_by, issued) = desk.tx(move |v| private_receipt(v, *id, signed.as_deref())).await?;
    match issued {
        Issued::Receipt(receipt) => receipt_file(&code, &receipt, reversed_by, "no-store"),
        Issued::Sealing => Err(receipt_is_sealing()),
        Issued::Unproven => Err(receipt_is_unproven()),
        Issued::NoSuchLeaf => Err(Problem::not_found()),
    }
}

/// The gift's code, the code of the entry that reversed it, and its receipt with what the giver's eyes may see.
fn private_receipt(
    v: &mut Visit<'_>,
    id: Uuid,
    signed: Option<&Signed>,
) -> Result<(PublicCode, Option<String>, Issued), Problem> {
    let row = store::gifts(v.conn, Gifts::One(id), 1)?.pop().ok_or_else(Problem::not_found)?;
    let seen = v.see::<Read>(ChapterId(row.chapter_id))?;
    let booked = store::receipts(v.conn, &[id])?.remove(&id).ok_or_else(Problem::not_found)?;
    let code = PublicCode::parse(&booked.code).map_err(|_| Problem::internal("a code in the database is no code"))?;
    let mut issued = tile_store::receipt(v.conn, code.as_str(), signed)?;
    let restricted = store::is_restricted(v.conn, &row)?;
    if let Issued::Receipt(receipt) = &mut issued
        && !restricted
        && let Some(sealed) = log::store::openings(v.conn, &[code.as_str()])?.remove(code.as_str())
    {
        let opening = opening::open(v.vault, code.as_str(), &sealed).map_err(Problem::internal)?;
        receipt.opened = Some(Opened::of(&opening, |_| true));
    }
    v.note_seen(&seen, "GIFT_RECEIPT_READ", id)?;
    Ok((code, booked.reversed_by, issued))
}

/// One gift, with its giver. Reading it is noted in the audit trail.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path)), responses((status = 200, body = GiftOut), Reads))]
#[get("/gifts/{id}")]
pub async fn show_gift(desk: Desk, id: web::Path<Uuid>) -> Answer<GiftOut> {
    desk.tx(move |v| one_gift(v, *id)).await.map(Reply::ok)
}

fn one_gift(v: &mut Visit<'_>, id: Uuid) -> Result<GiftOut, Problem> {
    let row = store::gifts(v.conn, Gifts::One(id), 1)?.pop().ok_or_else(Problem::not_found)?;
    let seen = v.see::<Read>(ChapterId(row.chapter_id))?;
    let receipt = store::receipts(v.conn, &[id])?.remove(&id).ok_or_else(Problem::not_found)?;
    let restricted = store::is_restricted(v.conn, &row)?;
    let giver = if restricted { None } else { giver_of(v, &row)? };
    let recorder = identity::user_names(v.conn, &[row.recorded_by])?.remove(&row.recorded_by).unwrap_or_default();
    let mut out = gift_out(row, receipt, recorder, Sight::Noted { vault: v.vault, giver, restricted })?;
    let lines = store::lines(v.conn, id)?.into_iter().map(|line| PublicGoods {
        item: line.item,
        quantity: Quantity::from_milli(line.quantity_milli).to_string(),
        unit: line.unit,
        value_vnd: line.value_vnd,
        valuation: line.valuation,
    });
    out.lines = Some(lines.collect()).filter(|lines: &Vec<_>| !lines.is_empty());
    out.reversal = store::standing_reversals(v.conn, &[id])?.remove(&id);
    v.note_seen(&seen, "GIFT_READ", id)?;
    Ok(out)
}

fn giver_of(v: &mut Visit<'_>, row: &GiftRow) -> Result<Option<GiverOut>, Problem> {
    let Some(party) = row.party_id else { return Ok(None) };
    let Some(sealed) = parties::load(v.conn, &[party])?.remove(&party) else { return Ok(None) };
    let as_given = sealed.open(v.vault).and_then(|clear| personal::as_given(v.vault, row.id, row.giver_name.as_deref(), clear));
    shown(v.conn, v.vault, row.chapter_id, as_given.map_err(Problem::internal)?).map(Some)
}

/// The gifts of a chapter, newest first, without givers and their words: those are read gift by gift, which is noted.
#[utoipa::path(tag = "gifts", params(OfChapter), responses((status = 200, body = Page<GiftOut>), Reads))]
#[get("/gifts")]
pub async fn list_gifts(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<GiftOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| gifts_of(v.conn, here, span),
        |(_, receipt)| (receipt.recorded_at, receipt.id),
        |v, rows| listed(v.conn, rows),
    )
    .await
}

/// Gifts of a chapter with what the books say of them.
fn gifts_of(
    conn: &mut PgConnection,
    here: &Seen<Read>,
    span: Span<(DateTime<Utc>, Uuid)>,
) -> Result<Vec<(GiftRow, ReceiptOut)>, Problem> {
    let rows = store::gifts(conn, Gifts::OfChapter { chapter: here.chapter().0, before: span.after }, span.rows)?;
    let mut receipts = store::receipts(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let with_receipt = |row: GiftRow| {
        let receipt = receipts.remove(&row.id).ok_or_else(|| Problem::internal("a gift without entry"))?;
        Ok((row, receipt))
    };
    rows.into_iter().map(with_receipt).collect()
}

fn listed(conn: &mut PgConnection, rows: Vec<(GiftRow, ReceiptOut)>) -> Result<Vec<GiftOut>, Problem> {
    let mut standing = store::standing_reversals(conn, &rows.iter().map(|(row, _)| row.id).collect::<Vec<_>>())?;
    let recorders = identity::user_names(conn, &rows.iter().map(|(row, _)| row.recorded_by).collect::<Vec<_>>())?;
    let show = |(row, receipt): (GiftRow, ReceiptOut)| {
        let recorder = recorders.get(&row.recorded_by).cloned().unwrap_or_default();
        let reversal = standing.remove(&row.id);
        Ok(GiftOut { reversal, ..gift_out(row, receipt, recorder, Sight::Listed)? })
    };
    rows.into_iter().map(show).collect()
}
