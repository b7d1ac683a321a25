//! `/api/v1/committees`, `/api/v1/posts`: make, fill, end, look down the tree.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::model::PostStanding;
use super::out::{CommitteeOut, PostCountsOut, PostDetailOut, PostOut, PostTitleOut};
use super::wire::{CommitteeIn, CommitteePostIn, PostHolderIn, TenureEndingIn};
use super::wire_roles::{PostCarriesIn, PostNameIn, PostRoleIn};
use super::{add, carry, end, hold, listed, make, naming, store};
use crate::authz::{Desk, Read, Seen, Visit};
use crate::basics::clock::vietnam_date;
use crate::http::sets::{Acts, Decides, Key, Lists, Own, Reads, Writes};
use crate::http::{Answer, Body, OfChapter, Page, Paging, Problem, Query, Reply};

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(make_committee)
        .service(list_committees)
        .service(show_committee)
        .service(end_committee)
        .service(add_committee_post)
        .service(list_post_titles)
        .service(count_posts)
        .service(list_posts)
        .service(show_post)
        .service(enter_post_holder)
        .service(end_post_holder)
        .service(give_post_role)
        .service(carry_role_with_post)
        .service(show_post_name)
        .service(withdraw_post_name);
}

/// Enter a committee of a chapter, as the chapter above it.
///
/// The one before it ends that day, with every post in it and every role they carry. Sent again, it is entered once.
#[utoipa::path(
    tag = "committees", request_body = CommitteeIn,
    responses((status = 201, body = CommitteeOut), (status = 200, body = CommitteeOut, description = "Was entered already"), Writes)
)]
#[post("/committees")]
pub async fn make_committee(desk: Desk, Body(body): Body<CommitteeIn>) -> Answer<CommitteeOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let make = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let (id, made) = make::committee(v, &new)?;
        Ok((listed::committee(v, id)?, made))
    };
    desk.tx(make).await.map(Reply::made)
}

/// A chapter's committees, those of past terms too, the oldest first.
#[utoipa::path(tag = "committees", params(OfChapter), responses((status = 200, body = Page<CommitteeOut>), Lists))]
#[get("/committees")]
pub async fn list_committees(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<CommitteeOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(store::list(v.conn, here, &span)?),
        |row| (row.valid_from, row.id),
        |v, rows| Ok(listed::committees(v, rows)?),
    )
    .await
}

/// One committee with its posts.
#[utoipa::path(
    tag = "committees", params(("id" = Uuid, Path, description = "The committee")),
    responses((status = 200, body = CommitteeOut), Reads)
)]
#[get("/committees/{id}")]
pub async fn show_committee(desk: Desk, id: web::Path<Uuid>) -> Answer<CommitteeOut> {
    desk.read(move |v| Ok(listed::committee(v, *id)?)).await.map(Reply::ok)
}

/// End a committee by a decision of the chapter above it, with every post in it and every role they carry.
#[utoipa::path(
    tag = "committees", params(("id" = Uuid, Path, description = "The committee"), Key), request_body = TenureEndingIn,
    responses((status = 200, body = CommitteeOut), Writes)
)]
#[post("/committees/{id}/ending")]
pub async fn end_committee(desk: Desk, id: web::Path<Uuid>, Body(body): Body<TenureEndingIn>) -> Answer<CommitteeOut> {
    let ended = body.check()?;
    let content = format!("{id}\0{}", ended.content());
    let end = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        end::committee(v, *id, &ended)?;
        Ok(listed::committee(v, *id)?)
    };
    desk.once("committee/ending", content, end).await
}

/// Add a post to a committee in the middle of its term, as the chapter above it; of a title that it has already, more seats.
#[utoipa::path(
    tag = "committees", params(("id" = Uuid, Path, description = "The committee")), request_body = CommitteePostIn,
    responses((status = 201, body = CommitteeOut), (status = 200, body = CommitteeOut, description = "Was added already"), Writes)
)]
#[post("/committees/{id}/posts")]
pub async fn add_committee_post(desk: Desk, id: web::Path<Uuid>, Body(body): Body<CommitteePostIn>) -> Answer<CommitteeOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let add = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = add::post(v, *id, &new)?;
        Ok((listed::committee(v, *id)?, made))
    };
    desk.tx(add).await.map(Reply::made)
}

/// What posts are called today.
#[utoipa::path(tag = "committees", responses((status = 200, body = Vec<PostTitleOut>), Own))]
#[get("/post-titles")]
pub async fn list_post_titles(desk: Desk) -> Answer<Vec<PostTitleOut>> {
    desk.read(|v| Ok(listed::titles(v)?)).await.map(Reply::ok)
}

/// How posts stand today at a chapter, and at each one directly below it with everything below that: seats, held, vacant.
///
/// The first row is the chapter itself, alone. Numbers of posts name nobody.
#[utoipa::path(tag = "committees", params(OfChapter), responses((status = 200, body = Page<PostCountsOut>), Lists))]
#[get("/post-counts")]
pub async fn count_posts(desk: Desk, Query(query): Query<OfChapter>) -> Answer<Page<PostCountsOut>> {
    desk.list_of_chapter(
        query.paging()?,
        |v, here: &Seen<Read>, span| Ok(listed::counted(v.conn, here, &span)?),
        |row| (row.0, row.1.clone()),
        |v, rows| Ok(listed::counts(v, rows)?),
    )
    .await
}

/// Which posts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PostsQuery {
    /// Code of the chapter.
    #[param(example = "68")]
    chapter: String,
    /// Those of every chapter below it too.
    #[serde(default)]
    #[param(required = false)]
    below: bool,
    /// Only those that stand so today.
    standing: Option<PostStanding>,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What a list of posts is of.
#[derive(Debug, Clone, Serialize)]
struct PostsOf {
    chapter: String,
    below: bool,
    standing: Option<PostStanding>,
}

/// Posts of a chapter, or down the tree: vacant, provisional, ended. The oldest terms first; they name nobody.
#[utoipa::path(tag = "committees", params(PostsQuery), responses((status = 200, body = Page<PostOut>), Lists))]
#[get("/posts")]
pub async fn list_posts(desk: Desk, Query(query): Query<PostsQuery>) -> Answer<Page<PostOut>> {
    let of = PostsOf { chapter: query.chapter, below: query.below, standing: query.standing };
    desk.list(
        Paging::of(of, query.limit, query.cursor.as_deref())?,
        |v, of, span| {
            let (here, _) = v.see_code::<Read>(&of.chapter)?;
            let today = vietnam_date(v.now);
            Ok(listed::posts(v.conn, &here, of.below, of.standing, today, &span)?)
        },
        |(post, from)| (*from, post.id),
        |v, rows| Ok(listed::posts_shown(v, rows)?),
    )
    .await
}

/// One post with everybody who holds or held it.
///
/// Who they are is shown to those who see the chapter's people; reading it is noted in the audit trail.
#[utoipa::path(
    tag = "committees", params(("id" = Uuid, Path, description = "The post")), responses((status = 200, body = PostDetailOut), Acts)
)]
#[get("/posts/{id}")]
pub async fn show_post(desk: Desk, id: web::Path<Uuid>) -> Answer<PostDetailOut> {
    desk.tx(move |v| Ok(listed::post(v, *id)?)).await.map(Reply::ok)
}

/// Enter who holds a post, as those who keep the chapter's people. It gives no right.
#[utoipa::path(
    tag = "committees", params(("id" = Uuid, Path, description = "The post")), request_body = PostHolderIn,
    responses((status = 201, body = PostDetailOut), (status = 200, body = PostDetailOut, description = "Was entered already"), Writes)
)]
#[post("/posts/{id}/holders")]
pub async fn enter_post_holder(desk: Desk, id: web::Path<Uuid>, Body(body): Body<PostHolderIn>) -> Answer<PostDetailOut> {
    let new = body.check(desk.today()).map_err(Problem::invalid)?;
    let enter = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = hold::enter(v, *id, &new)?;
        Ok((listed::post(v, *id)?, made))
    };
    desk.tx(enter).await.map(Reply::made)
}

/// End somebody's time in a post by a decision, with every role that it carries.
///
/// Those who keep the chapter's people may; where a role ends with it, the chapter above.
#[utoipa::path(
    tag = "committees",
    params(("id" = Uuid, Path, description = "The post"), ("holder" = Uuid, Path, description = "Somebody's time in it"), Key),
    request_body = TenureEndingIn, responses((status = 200, body = PostDetailOut), Writes)
)]
#[post("/posts/{id}/holders/{holder}/ending")]
pub async fn end_post_holder(
    desk: Desk,
    path: web::Path<(Uuid, Uuid)>,
    Body(body): Body<TenureEndingIn>,
) -> Answer<PostDetailOut> {
    let (id, holder) = path.into_inner();
    let ended = body.check()?;
    let content = format!("{id}\0{holder}\0{}", ended.content());
    let end = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        end::holder(v, id, holder, &ended)?;
        Ok(listed::post(v, id)?)
    };
    desk.once("post-holder/ending", content, end).await
}

/// Give an account a role with a post, as who gives roles: it begins and ends with it.
#[utoipa::path(
    tag = "committees",
    params(("id" = Uuid, Path, description = "The post"), ("holder" = Uuid, Path, description = "Somebody's time in it")),
    request_body = PostRoleIn,
    responses((status = 201, body = PostDetailOut), (status = 200, body = PostDetailOut, description = "Was given already"), Writes)
)]
#[post("/posts/{id}/holders/{holder}/roles")]
pub async fn give_post_role(desk: Desk, path: web::Path<(Uuid, Uuid)>, Body(body): Body<PostRoleIn>) -> Answer<PostDetailOut> {
    let (id, holder) = path.into_inner();
    let new = body.check().map_err(Problem::invalid)?;
    let give = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = carry::role(v, id, holder, &new)?;
        Ok((listed::post(v, id)?, made))
    };
    desk.tx(give).await.map(Reply::made)
}

/// Let a post carry a role that an account has already at the chapter, as who gives roles: from now on it ends with the post.
#[utoipa::path(
    tag = "committees",
    params(("id" = Uuid, Path, description = "The post"), ("holder" = Uuid, Path, description = "Somebody's time in it")),
    request_body = PostCarriesIn,
    responses((status = 201, body = PostDetailOut), (status = 200, body = PostDetailOut, description = "Was said already"), Writes)
)]
#[post("/posts/{id}/holders/{holder}/carried-roles")]
pub async fn carry_role_with_post(
    desk: Desk,
    path: web::Path<(Uuid, Uuid)>,
    Body(body): Body<PostCarriesIn>,
) -> Answer<PostDetailOut> {
    let (id, holder) = path.into_inner();
    let new = body.check().map_err(Problem::invalid)?;
    let carry = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = carry::existing(v, id, holder, &new)?;
        Ok((listed::post(v, id)?, made))
    };
    desk.tx(carry).await.map(Reply::made)
}

/// Record that a holder agrees to have their name stand beside the post in public, while they hold it.
#[utoipa::path(
    tag = "committees",
    params(("id" = Uuid, Path, description = "The post"), ("holder" = Uuid, Path, description = "Somebody's time in it")),
    request_body = PostNameIn,
    responses((status = 201, body = PostDetailOut), (status = 200, body = PostDetailOut, description = "Was recorded already"), Writes)
)]
#[post("/posts/{id}/holders/{holder}/name")]
pub async fn show_post_name(desk: Desk, path: web::Path<(Uuid, Uuid)>, Body(body): Body<PostNameIn>) -> Answer<PostDetailOut> {
    let (id, holder) = path.into_inner();
    let agreed = body.check(desk.today()).map_err(Problem::invalid)?;
    let show = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        let made = naming::show(v, id, holder, &agreed)?;
        Ok((listed::post(v, id)?, made))
    };
    desk.tx(show).await.map(Reply::made)
}

/// Take the name away again: the holder agrees no longer. The post goes on being shown.
#[utoipa::path(
    tag = "committees",
    params(("id" = Uuid, Path, description = "The post"), ("holder" = Uuid, Path, description = "Somebody's time in it"), Key),
    responses((status = 200, body = PostDetailOut), Decides)
)]
#[post("/posts/{id}/holders/{holder}/name/withdrawal")]
pub async fn withdraw_post_name(desk: Desk, path: web::Path<(Uuid, Uuid)>) -> Answer<PostDetailOut> {
    let (id, holder) = path.into_inner();
    let withdraw = move |v: &mut Visit<'_>| -> Result<_, Problem> {
        naming::withdraw(v, id, holder)?;
        Ok(listed::post(v, id)?)
    };
    desk.once("post-holder/name/withdrawal", format!("{id}\0{holder}"), withdraw).await
}
