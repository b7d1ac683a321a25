//! `/api/v1/messages`: what could not be sent, for whoever does it by hand.

use actix_web::{HttpResponse, get, post, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::model::{Channel, escaped, one_line};
use super::store::{self, SendError, Shown};
use crate::authz::{self, Actor, AuditEvent, Once, Record};
use crate::basics::Clock;
use crate::db::Db;
use crate::http::answers::{AnyProblem, Conflict, Forbidden, Invalid, NotFound, Unauthorized};
use crate::http::{Cursor, Kind, Page, Problem, Query, rows_a_page};
use crate::jobs;
use crate::tree::{self, ChapterId};
use crate::vault::Vault;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_messages).service(finish_message);
}

impl From<SendError> for Problem {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Db(error) => error.into(),
            other => Problem::internal(other),
        }
    }
}

/// How a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MessageChannel {
    Mail,
    Sms,
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MessageState {
    /// The server sends it, now or in the morning; who does it by hand meanwhile says so.
    Waiting,
    /// There is no way for the server to send it.
    ByHand,
    /// The server has tried and given up, or was told never to.
    Failed,
}

/// A message that was not sent yet, with links that open one's own phone or mail program.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageOut {
    id: Uuid,
    channel: MessageChannel,
    state: MessageState,
    /// What it is for, as a code.
    #[schema(example = "RECEIPT")]
    purpose: String,
    /// Id of the record it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<Uuid>,
    /// E-mail address or phone number.
    #[schema(example = "0912345678")]
    to: String,
    /// Of a mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    text: String,
    made_at: DateTime<Utc>,
    /// Opens the phone to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "tel:0912345678")]
    call_link: Option<String>,
    /// Opens a program with the message written, to be sent.
    #[schema(example = "sms:0912345678?body=Xin%20ch%C3%A0o")]
    send_link: String,
}

impl MessageOut {
    fn of(message: Shown, failed: bool) -> Self {
        let Shown { id, channel, purpose, about, state, content, made_at } = message;
        let (to, text) = (content.to, content.text);
        let (subject, call_link, send_link) = match channel {
            Channel::Mail => {
                let subject = one_line(&text.subject);
                let link = format!("mailto:{to}?subject={}&body={}", escaped(&subject), escaped(&text.body));
                (Some(subject), None, link)
            }
            Channel::Sms => (None, Some(format!("tel:{to}")), format!("sms:{to}?body={}", escaped(&text.body))),
        };
        Self {
            id,
            channel: if channel == Channel::Mail { MessageChannel::Mail } else { MessageChannel::Sms },
            state: match state.as_str() {
                "WAITING" if failed => MessageState::Failed,
                "WAITING" => MessageState::Waiting,
                _ => MessageState::ByHand,
            },
            purpose,
            about,
            to,
            subject,
            text: text.body,
            made_at,
            call_link,
            send_link,
        }
    }
}

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MessagesQuery {
    /// Code of a chapter.
    #[param(example = "23095")]
    chapter: String,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Messages of a chapter that were not sent yet, the oldest first, for whoever calls, writes or waits. That they were read is noted.
#[utoipa::path(tag = "messages", params(MessagesQuery), responses((status = 200, body = Page<MessageOut>), (status = 401, response = Unauthorized),
    (status = 403, response = Forbidden), (status = 404, response = NotFound), (status = 422, response = Invalid), (status = "default", response = AnyProblem)))]
#[get("/messages")]
pub async fn list_messages(
    actor: Actor,
    Query(query): Query<MessagesQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    vault: web::Data<Vault>,
) -> Result<HttpResponse, Problem> {
    let MessagesQuery { chapter, limit, cursor } = query;
    let limit = rows_a_page(limit)?;
    let filter = ("messages", chapter.clone());
    let after = Cursor::<Uuid>::decode(cursor.as_deref(), &filter)?.map(|cursor| cursor.last);
    let now = clock.now();
    let page = db
        .tx(move |conn| -> Result<Page<MessageOut>, Problem> {
            let here = tree::place(conn, &chapter)?.ok_or_else(Problem::not_found)?;
            let granted = authz::require::<Record>(conn, now, actor, here.id)?;
            let rows = store::open_at(conn, &vault, &granted, after, limit + 1)?;
            let account = Some(granted.account());
            authz::audit(conn, now, &[AuditEvent { account, action: "MESSAGES_READ", subject: None, chapter: Some(here.id.0) }])?;
            let failed = jobs::dead_among(conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
            Ok(Page::of(
                rows,
                limit,
                &filter,
                |row| row.id,
                |row| {
                    let failed = failed.contains(&row.id);
                    MessageOut::of(row, failed)
                },
            ))
        })
        .await?;
    Ok(HttpResponse::Ok().json(page))
}

/// A message that has been seen to.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageDone {
    id: Uuid,
    /// `DONE_BY_HAND`, also when it was before.
    #[schema(example = "DONE_BY_HAND")]
    state: &'static str,
}

/// Say that one has told the person oneself: the message is forgotten and the server sends it no more.
#[utoipa::path(tag = "messages", responses((status = 200, body = MessageDone), (status = 401, response = Unauthorized), (status = 403, response = Forbidden),
    (status = 404, response = NotFound), (status = 409, response = Conflict), (status = "default", response = AnyProblem)))]
#[post("/messages/{id}/done")]
pub async fn finish_message(once: Once, id: web::Path<Uuid>) -> Result<HttpResponse, Problem> {
    let id = id.into_inner();
    let (out, mut answer) = once
        .run("finish_message", id.to_string(), move |conn, turn| {
            let (chapter, state) = store::held(conn, id)?.ok_or_else(Problem::not_found)?;
            let granted = authz::require::<Record>(conn, turn.now, turn.actor, ChapterId(chapter))?;
            if store::done_by_hand(conn, &granted, turn.now, id)? {
                let account = Some(granted.account());
                let event = AuditEvent { account, action: "MESSAGE_DONE_BY_HAND", subject: Some(id), chapter: Some(chapter) };
                authz::audit(conn, turn.now, &[event])?;
            } else if state != "DONE_BY_HAND" {
                return Err(Problem::say(
                    Kind::Conflict,
                    "Tin này đã được gửi hoặc đã hủy.",
                    "This message was sent or cancelled already.",
                ));
            }
            Ok(MessageDone { id, state: "DONE_BY_HAND" })
        })
        .await?;
    Ok(answer.json(out))
}
