//! `/api/v1/accounts/{id}/password-link`.

use actix_web::{post, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::make::{self, Made};
use crate::authz::Desk;
use crate::http::sets::{Acts, Key, Writes};
use crate::http::{Answer, Body, FieldError, Problem, PublicUrl, Say};
use crate::identity::second_factor::qr_svg;
use crate::outbox::{Address, NotAnAddress, Ways};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(make_password_link).service(take_password_link_back);
}

/// How a link is given.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordLinkIn {
    /// Where it is sent; absent where it is handed over. It is kept until the mail has gone, and not with the account.
    #[serde(default)]
    #[schema(example = "lan@example.org", max_length = 254)]
    mail: Option<String>,
}

/// A link for choosing a password.
#[derive(Serialize, ToSchema)]
pub struct PasswordLinkOut {
    /// Id of the link; of no use to open it.
    id: Uuid,
    /// Id of the account whose password it is for.
    account: Uuid,
    /// Good until then, once.
    ends_at: DateTime<Utc>,
    /// It was written to the address that was given.
    mailed: bool,
    /// Told this once, nowhere kept, and only where it is handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://so.example.org/l/3q2-7wAA…")]
    url: Option<String>,
    /// The same as a picture for the camera of a phone: an SVG.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "<svg …>")]
    qr_svg: Option<String>,
}

impl PasswordLinkOut {
    fn of(account: Uuid, made: Made) -> Self {
        Self {
            id: made.id,
            account,
            ends_at: made.ends_at,
            mailed: made.mailed,
            qr_svg: made.url.as_deref().and_then(qr_svg),
            url: made.url,
        }
    }
}

/// Whether a link was taken back.
#[derive(Serialize, ToSchema)]
pub struct TakenBackOut {
    /// `false` where there was none that was still good.
    taken_back: bool,
}

/// Make a link by which somebody chooses the password of their account: good once, for 24 hours; the one before is good no more.
///
/// Without `mail` the link is told here, once, as an address and a QR code to be handed over. Nothing changes until the password is
/// chosen; to shut somebody out at once, disable the account or give it a one-time password.
#[utoipa::path(
    tag = "accounts", params(("id" = Uuid, Path), Key), request_body = PasswordLinkIn,
    responses((status = 200, body = PasswordLinkOut), Writes)
)]
#[post("/accounts/{id}/password-link")]
pub async fn make_password_link(
    desk: Desk,
    id: web::Path<Uuid>,
    Body(said): Body<PasswordLinkIn>,
    ways: web::Data<Ways>,
    public: web::Data<PublicUrl>,
) -> Answer<PasswordLinkOut> {
    let account = id.into_inner();
    let mail = said.mail.as_deref().map(Address::mail).transpose().map_err(no_address)?;
    let content = format!("{account} {}", mail.as_ref().map(Address::as_str).unwrap_or_default());
    let make = move |v: &mut crate::authz::Visit<'_>| make::make(v, &ways, &public, account, mail.as_ref());
    Ok(desk.once("account/password-link", content, make).await?.map(|made| PasswordLinkOut::of(account, made)))
}

fn no_address(error: NotAnAddress) -> Problem {
    let say = match error {
        NotAnAddress::Odd => {
            Say::fixed("Phải là địa chỉ thư như lan@example.org.", "Must be an e-mail address like lan@example.org.")
        }
        NotAnAddress::Marks => Say::fixed(
            "Địa chỉ thư không có dấu: hãy tắt bộ gõ tiếng Việt.",
            "An e-mail address has no marks: turn the Vietnamese keyboard off.",
        ),
    };
    Problem::invalid(vec![FieldError::new("/mail", "NOT_AN_EMAIL", say)])
}

/// Take the link of an account back.
#[utoipa::path(tag = "accounts", params(("id" = Uuid, Path), Key), responses((status = 200, body = TakenBackOut), Acts))]
#[post("/accounts/{id}/password-link/revocation")]
pub async fn take_password_link_back(desk: Desk, id: web::Path<Uuid>) -> Answer<TakenBackOut> {
    let account = id.into_inner();
    let answer = desk.once("account/password-link/revocation", account.to_string(), move |v| make::revoke(v, account)).await?;
    Ok(answer.map(|taken_back| TakenBackOut { taken_back }))
}
