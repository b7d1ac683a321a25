//! `/api/v1/public/cards/{code}`: whether a card is valid, and of which chapter. Nothing else of whose it is; of a junior's only the first.

use actix_web::{HttpRequest, HttpResponse, get, web};
use diesel::pg::PgConnection;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CACHE_CONTROL_LIST, answer};
use crate::basics::PublicCode;
use crate::chapters;
use crate::db::Db;
use crate::http::Problem;
use crate::http::sets::Shows;
use crate::members;
use crate::members::model::CardState;

/// What everybody may learn of a card.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicCardOut {
    /// The code on the card.
    #[schema(example = "7ZC4K0M9T2R8VQ3BV")]
    pub code: String,
    /// Whether it is valid; `NO_LONGER_ON_RECORD` of somebody whose data were erased.
    pub state: CardState,
    /// Code of the chapter; absent of a junior's card, and of one that is not valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "23095")]
    pub chapter: Option<String>,
    /// Name of the chapter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Hội Chữ thập đỏ xã Hàm Liêm")]
    pub chapter_name: Option<String>,
}

/// A card by its code; `None` where no card was ever given that code.
pub fn look_up(conn: &mut PgConnection, code: &PublicCode) -> Result<Option<PublicCardOut>, Problem> {
    let Some(card) = members::public_card(conn, code)? else { return Ok(None) };
    let chapter = match card.chapter {
        Some(id) => chapters::store::by_ids(conn, &[id])?.remove(&id),
        None => None,
    };
    Ok(Some(PublicCardOut {
        code: code.as_str().to_owned(),
        state: card.state,
        chapter_name: chapter.as_ref().map(|chapter| chapter.name.clone()),
        chapter: chapter.map(|chapter| chapter.code),
    }))
}

/// Whether a member's card is valid.
#[utoipa::path(
    tag = "public", params(("code" = String, Path, description = "The code on the card; capitals, dashes and blanks do not matter")),
    responses((status = 200, body = PublicCardOut), Shows), security(())
)]
#[get("/cards/{code}")]
pub async fn show_card(request: HttpRequest, code: web::Path<String>, db: web::Data<Db>) -> Result<HttpResponse, Problem> {
    let code = PublicCode::parse(&code).map_err(|_| Problem::not_found())?;
    let card = db.read_public(move |conn| look_up(conn, &code)).await?.ok_or_else(Problem::not_found)?;
    answer(&request, &card, CACHE_CONTROL_LIST)
}
