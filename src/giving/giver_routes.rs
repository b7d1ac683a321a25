//! `GET /api/v1/parties`: givers of a chapter, found by words of their names.

use actix_web::get;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::givers::{self, Giver, Wanted};
use crate::authz::Desk;
use crate::http::sets::Lists;
use crate::http::{Answer, FieldError, Page, Paging, Problem, Query, Reply, Say};
use crate::parties::question::Question;
use crate::parties::words;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(find_parties);
}

/// Whom to find.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GiversQuery {
    /// Code of the chapter that holds their gifts.
    #[param(example = "23095")]
    chapter: String,
    /// Words of the name, in any order, with or without marks, all of them in it; or the last digits of the telephone number, at
    /// least four; or both.
    #[param(example = "an nguyen 5678", min_length = 2, max_length = 100)]
    q: String,
    /// Who gave on this day or later.
    from: Option<NaiveDate>,
    /// Who gave on this day or earlier.
    to: Option<NaiveDate>,
    /// Who gave for the appeal with this code.
    #[param(example = "LULUT-2026")]
    appeal: Option<String>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A giver of the chapter, with what they gave of what was asked for.
#[derive(Serialize, ToSchema)]
pub struct GiverFound {
    /// The chapter's own name for the party, as in a gift.
    id: Uuid,
    /// What kind of party it is.
    kind: String,
    /// As the last of these gifts was given.
    name: String,
    /// The last digits of the telephone number, to tell people of one name apart. The whole number stands in the gift.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "5678")]
    phone_ends: Option<String>,
    /// How many of these gifts stand.
    gifts: i64,
    /// How many of them were reversed.
    reversed: i64,
    /// The day of the last of them.
    last_on: NaiveDate,
    /// The last of them: read it for the rest.
    last_gift: Uuid,
    /// How the giver wants that one to be shown to the public.
    #[schema(example = "ANONYMOUS")]
    display: String,
}

impl From<Giver> for GiverFound {
    fn from(giver: Giver) -> Self {
        Self {
            id: giver.alias,
            kind: giver.party.kind,
            name: giver.party.name,
            phone_ends: giver.party.phone.as_deref().and_then(words::last_digits).map(str::to_owned),
            gifts: giver.given.gifts,
            reversed: giver.given.reversed,
            last_on: giver.given.last_on,
            last_gift: giver.given.last_gift,
            display: giver.display,
        }
    }
}

/// Find givers of a chapter by name or telephone number, in the order of a Vietnamese list (by given name).
///
/// Only gifts of this very chapter count, not of those below it. Every page is noted in the audit trail, without the name
/// that was asked for, and an account has 120 of them an hour. Givers whose data may not be used, and those who were erased, are not found. More
/// than 500 are not listed: say more.
#[utoipa::path(tag = "gifts", params(GiversQuery), responses((status = 200, body = Page<GiverFound>), Lists))]
#[get("/parties")]
pub async fn find_parties(desk: Desk, Query(query): Query<GiversQuery>) -> Answer<Page<GiverFound>> {
    let (limit, cursor) = (query.limit, query.cursor.clone());
    let wanted = wanted(query).map_err(Problem::from)?;
    let paging = Paging::of(wanted.filter(desk.vault()), limit, cursor.as_deref())?;
    let found =
        desk.tx(move |v| givers::search(v, &wanted, paging, |rows| rows.into_iter().map(GiverFound::from).collect())).await?;
    found.map(Reply::ok).ok_or_else(givers::too_many)
}

fn wanted(query: GiversQuery) -> Result<Wanted, FieldError> {
    let question = Question::parse(&query.q)?;
    if let (Some(from), Some(to)) = (query.from, query.to)
        && from > to
    {
        let say = Say::fixed("Ngày đầu không được sau ngày cuối.", "The first day is not after the last one.");
        return Err(FieldError::new("from", "OUT_OF_RANGE", say));
    }
    Ok(Wanted { chapter: query.chapter, question, from: query.from, to: query.to, appeal: query.appeal })
}
