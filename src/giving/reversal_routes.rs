//! `/api/v1/gifts/{id}/reversal` and `/api/v1/reversals`: ask, list, decide.

use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::rebooking::Instead;
use super::reversal::{self, Reason, Request, ReversalOut};
use crate::authz::{Desk, Read, Seen};
use crate::decisions::Verdict;
use crate::http::sets::{Decides, Key, Reads, Writes};
use crate::http::{Answer, Body, Check, OfChapter, Page, Problem, Query, Reply, note};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(request_reversal)
        .service(list_reversals)
        .service(show_reversal)
        .service(approve_reversal)
        .service(refuse_reversal);
}

/// A request to reverse a gift.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReversalIn {
    /// Made by the client, once; sending the request again with it asks only once.
    id: Uuid,
    /// Public.
    reason: Reason,
    /// Only with `WRONG_APPEAL`: the same approval books the gift anew, for the appeal it was given for.
    #[serde(default)]
    instead: Option<Instead>,
    /// For the second person; never public.
    #[serde(default)]
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Ask a second person to reverse a gift.
#[utoipa::path(
    tag = "gifts", params(("id" = Uuid, Path, description = "The gift")), request_body = ReversalIn,
    responses((status = 201, body = ReversalOut), (status = 200, body = ReversalOut, description = "Was asked already"), Writes)
)]
#[post("/gifts/{id}/reversal")]
pub async fn request_reversal(desk: Desk, gift: web::Path<Uuid>, Body(body): Body<ReversalIn>) -> Answer<ReversalOut> {
    let mut wrong = Check::default();
    wrong.own_id("/id", body.id, "id phải là UUID của riêng đề nghị này.", "id must be a UUID of this request's own.");
    if let Some(instead) = &body.instead {
        wrong.own_id(
            "/instead/id",
            instead.id,
            "id phải là UUID riêng của khoản mới.",
            "id must be a UUID of the new gift's own.",
        );
        if body.reason != Reason::WrongAppeal {
            wrong.wrong(
                "/instead",
                "NOT_NEEDED",
                "Chỉ khi sai đợt vận động mới ghi lại cùng lúc.",
                "Only a wrong appeal is booked anew with it.",
            );
        }
    }
    let note = wrong.read(note(body.note.as_deref()));
    let (id, reason, instead) = (body.id, body.reason, body.instead);
    let ask = note.map(|note| Request { id, gift: *gift, reason, instead, note });
    let ask = wrong.done(ask).map_err(Problem::invalid)?;
    desk.tx(move |v| reversal::request(v, &ask)).await.map(Reply::made)
}

/// Requests that wait for a chapter's decision, oldest first.
#[utoipa::path(tag = "gifts", params(OfChapter), responses((status = 200, body = Page<ReversalOut>), Reads))]
#[get("/reversals")]
pub async fn list_reversals(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<ReversalOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(reversal::waiting(v.conn, here, span)?),
        |row| (row.requested_at, row.id),
        |v, rows| Ok(reversal::shown(v.conn, rows)?),
    )
    .await
}

/// One request.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path)), responses((status = 200, body = ReversalOut), Reads))]
#[get("/reversals/{id}")]
pub async fn show_reversal(desk: Desk, id: web::Path<Uuid>) -> Answer<ReversalOut> {
    desk.read(move |v| reversal::show(v, *id)).await.map(Reply::ok)
}

/// Approve a reversal as the second person: the mirrored entry is booked today.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path), Key), responses((status = 200, body = ReversalOut), Decides))]
#[post("/reversals/{id}/approval")]
pub async fn approve_reversal(desk: Desk, id: web::Path<Uuid>) -> Answer<ReversalOut> {
    desk.once("reversal/approval", id.to_string(), move |v| reversal::decide(v, *id, Verdict::Approve)).await
}

/// Refuse a reversal as the second person: the gift stands.
#[utoipa::path(tag = "gifts", params(("id" = Uuid, Path), Key), responses((status = 200, body = ReversalOut), Decides))]
#[post("/reversals/{id}/refusal")]
pub async fn refuse_reversal(desk: Desk, id: web::Path<Uuid>) -> Answer<ReversalOut> {
    desk.once("reversal/refusal", id.to_string(), move |v| reversal::decide(v, *id, Verdict::Refuse)).await
}
