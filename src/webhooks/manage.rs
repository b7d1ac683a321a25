//! What administrators do with subscribers.

use serde_json::json;
use uuid::Uuid;

use super::model::{BOTH_GOOD_FOR, DELIVER_CHANGES, DELIVER_TEST, MOST_SUBSCRIBERS, new_secret, sealed, test_body};
use super::store::{self, Delivery, New, Row};
use super::wire::{self, DeliveryOut, SubscriberIn, SubscriberOut, SubscriberWithSecretOut};
use crate::authz::{Appoint, Attempt, Denied, Granted, Seen, Visit};
use crate::basics::webhook::told;
use crate::changes;
use crate::http::{Kind, Problem};
use crate::jobs::{self, NewJob};
use crate::tree;

fn one(v: &mut Visit<'_>, row: Row) -> Result<SubscriberOut, Problem> {
    wire::shown(v.conn, v.now, vec![row])?.pop().ok_or_else(Problem::not_found)
}

fn found(v: &mut Visit<'_>, id: Uuid) -> Result<Row, Problem> {
    store::find(v.conn, id)?.ok_or_else(Problem::not_found)
}

/// A subscriber, for those who may see it.
pub(super) fn show(v: &mut Visit<'_>, id: Uuid) -> Result<SubscriberOut, Problem> {
    let row = found(v, id)?;
    v.see::<Appoint>(store::chapter(&row))?;
    one(v, row)
}

/// The right to see what a subscriber was sent.
pub(super) fn seen(v: &mut Visit<'_>, id: Uuid) -> Result<Seen<Appoint>, Problem> {
    let row = found(v, id)?;
    Ok(v.see::<Appoint>(store::chapter(&row))?)
}

/// Registers a subscriber, and says whether it is new. It is told what changes from now on.
pub(super) fn register(v: &mut Visit<'_>, said: &SubscriberIn) -> Result<(SubscriberWithSecretOut, bool), Problem> {
    let (grant, place) = v.at_code::<Appoint>(&said.chapter).map_err(|denied: Denied| denied.of_chapter("/chapter"))?;
    if let Some(row) = store::find(v.conn, said.id)? {
        return known(v, &grant, said, row);
    }
    if store::count(v.conn, &grant)? >= MOST_SUBSCRIBERS {
        return Err(Problem::say(
            Kind::Conflict,
            format!("Mỗi đơn vị có nhiều nhất {MOST_SUBSCRIBERS} nơi nhận: hãy kết thúc nơi không dùng nữa."),
            format!("A chapter has at most {MOST_SUBSCRIBERS} subscribers: end those that are not used."),
        ));
    }
    let secret = new_secret()?;
    let since = changes::end_of(v.conn, v.now, place.id, &said.chapter)?;
    let sealed = sealed(v.vault, said.id, &secret).map_err(Problem::internal)?;
    let new = New { id: said.id, url: &said.url, kinds: &said.kinds, secret: &sealed, since: &since };
    if !store::insert(v.conn, &grant, v.now, &new)? {
        // Somebody was there first, this very moment.
        let row = found(v, said.id)?;
        return known(v, &grant, said, row);
    }
    let url = Some(format!("/api/v1/subscribers/{}", said.id));
    let job = NewJob { id: said.id, kind: &DELIVER_CHANGES, content: json!({}), total: None, due_at: v.now, url };
    jobs::enqueue(v.conn, &grant, v.now, &job)?;
    v.note(&grant, "SUBSCRIBER_REGISTERED", said.id)?;
    let row = found(v, said.id)?;
    Ok((SubscriberWithSecretOut { subscriber: one(v, row)?, secret: Some(told(&secret)) }, true))
}

/// The same registration again is answered without the secret.
fn known(
    v: &mut Visit<'_>,
    grant: &Granted<Appoint>,
    said: &SubscriberIn,
    row: Row,
) -> Result<(SubscriberWithSecretOut, bool), Problem> {
    if store::chapter(&row) != grant.chapter() || row.url != said.url || row.kinds != said.kinds {
        return Err(Problem::say(
            Kind::IdTaken,
            "Mã nhận dạng này đã dùng cho chương trình nhận tin khác.",
            "This id stands for another subscriber.",
        ));
    }
    Ok((SubscriberWithSecretOut { subscriber: one(v, row)?, secret: None }, false))
}

/// A subscriber that has not ended, with the right to change it.
fn held(v: &mut Visit<'_>, id: Uuid) -> Result<(Granted<Appoint>, Row), Problem> {
    let row = store::hold(v.conn, id)?.ok_or_else(Problem::not_found)?;
    Ok((v.at::<Appoint>(store::chapter(&row))?, row))
}

fn require_alive(row: &Row) -> Result<(), Problem> {
    match row.ended_at {
        None => Ok(()),
        Some(_) => Err(Problem::say(
            Kind::Conflict,
            "Nơi nhận này đã kết thúc: hãy đăng ký nơi mới.",
            "This subscriber has ended: register another.",
        )),
    }
}

/// Ends a subscriber; ended again it answers as the first time.
pub(super) fn end(v: &mut Visit<'_>, id: Uuid) -> Result<SubscriberOut, Problem> {
    let (grant, _) = held(v, id)?;
    if store::end(v.conn, &grant, v.now, id)? {
        // The job of one that was paused ends, too.
        jobs::take_over(v.conn, &grant, v.now, id)?;
        v.note(&grant, "SUBSCRIBER_ENDED", id)?;
    }
    let row = found(v, id)?;
    one(v, row)
}

/// Goes on with a subscriber that was paused; one that was not is left as it is.
pub(super) fn resume(v: &mut Visit<'_>, id: Uuid) -> Result<SubscriberOut, Problem> {
    let (grant, row) = held(v, id)?;
    require_alive(&row)?;
    if jobs::take_over(v.conn, &grant, v.now, id)? {
        v.note(&grant, "SUBSCRIBER_RESUMED", id)?;
    }
    one(v, row)
}

/// Gives a subscriber another secret; the one it had is good for a day more.
pub(super) fn renew_secret(v: &mut Visit<'_>, id: Uuid) -> Result<SubscriberWithSecretOut, Problem> {
    let (grant, row) = held(v, id)?;
    require_alive(&row)?;
    // The one that was told under this key is not known any more, and perhaps in use.
    if v.attempt() == Attempt::Replay {
        return Ok(SubscriberWithSecretOut { subscriber: one(v, row)?, secret: None });
    }
    let secret = new_secret()?;
    let sealed = sealed(v.vault, id, &secret).map_err(Problem::internal)?;
    store::renew(v.conn, &grant, &row, &sealed, v.now + BOTH_GOOD_FOR)?;
    v.note(&grant, "SUBSCRIBER_SECRET_RENEWED", id)?;
    let row = found(v, id)?;
    Ok(SubscriberWithSecretOut { subscriber: one(v, row)?, secret: Some(told(&secret)) })
}

/// Sends one delivery that says nothing, to try the address; asked for again under the same key it is told as it stands.
pub(super) fn try_out(v: &mut Visit<'_>, id: Uuid) -> Result<DeliveryOut, Problem> {
    let (grant, row) = held(v, id)?;
    require_alive(&row)?;
    if v.attempt() == Attempt::Replay
        && let Some(last) = store::last_test(v.conn, id)?
    {
        return Ok(last.into());
    }
    let chapter = tree::code_of(v.conn, grant.chapter())?;
    let delivery = Delivery::new(id, v.now, true, test_body(&chapter, v.now), None);
    store::add(v.conn, &delivery)?;
    let url = Some(format!("/api/v1/subscribers/{id}/deliveries"));
    let job = NewJob { id: delivery.id, kind: &DELIVER_TEST, content: json!({}), total: Some(1), due_at: v.now, url };
    jobs::enqueue(v.conn, &grant, v.now, &job)?;
    v.note(&grant, "SUBSCRIBER_TRIED", id)?;
    Ok(delivery.into())
}
