//! `/api/v1/messages`: what could not be sent, for whoever does it by hand.

use actix_web::{get, post, web};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::model::{Channel, escaped, one_line};
use super::store::{self, SendError, Shown};
use crate::authz::{Desk, Record, Visit};
use crate::http::sets::{Decides, Key, Records};
use crate::http::{Answer, Kind, OfChapter, Page, Problem, Query, Reply};
use crate::jobs;
use crate::tree::ChapterId;

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

/// Messages of a chapter that were not sent yet, the oldest first, for whoever calls, writes or waits. That they were read is noted.
#[utoipa::path(tag = "messages", params(OfChapter), responses((status = 200, body = Page<MessageOut>), Records))]
#[get("/messages")]
pub async fn list_messages(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<MessageOut>> {
    let paging = query.paging::<Uuid>()?;
    desk.tx(move |v| {
        let (here, _) = v.at_code::<Record>(&paging.filter)?;
        let rows = store::open_at(v.conn, v.vault, &here, paging.span::<MessageOut>()?)?;
        v.note_at(Some(here.chapter()), "MESSAGES_READ", None, None)?;
        let failed = jobs::dead_among(v.conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
        paging.page(
            rows,
            |row| row.id,
            |rows| {
                let shown = rows.into_iter().map(|row| {
                    let failed = failed.contains(&row.id);
                    MessageOut::of(row, failed)
                });
                Ok(shown.collect())
            },
        )
    })
    .await
    .map(Reply::ok)
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
#[utoipa::path(tag = "messages", params(("id" = Uuid, Path), Key), responses((status = 200, body = MessageDone), Decides))]
#[post("/messages/{id}/done")]
pub async fn finish_message(desk: Desk, id: web::Path<Uuid>) -> Answer<MessageDone> {
    desk.once("message/done", id.to_string(), move |v| finish(v, *id)).await
}

fn finish(v: &mut Visit<'_>, id: Uuid) -> Result<MessageDone, Problem> {
    let (chapter, state) = store::held(v.conn, id)?.ok_or_else(Problem::not_found)?;
    let granted = v.at::<Record>(ChapterId(chapter))?;
    if store::done_by_hand(v.conn, &granted, v.now, id)? {
        v.note(&granted, "MESSAGE_DONE_BY_HAND", id)?;
    } else if state != "DONE_BY_HAND" {
        return Err(Problem::say(
            Kind::Conflict,
            "Tin này đã được gửi hoặc đã hủy.",
            "This message was sent or cancelled already.",
        ));
    }
    Ok(MessageDone { id, state: "DONE_BY_HAND" })
}
