//! The jobs: following the feed for a subscriber, and trying an address.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use uuid::Uuid;

use super::model::{DELIVER_CHANGES, DELIVER_TEST, MOST, PAUSE, changes_body, opened};
use super::post::{Answered, Post};
use super::store::{self, Delivery, Row};
use crate::basics::failpoint;
use crate::changes::{self, ChangesOut};
use crate::http::{Kind, Problem};
use crate::jobs::{Failure, Handler, Work};
use crate::tree;
use crate::vault::Vault;

/// Deliver. `to_private` lets them go into private networks and unencrypted: for tests, and where subscribers stand beside the server.
pub fn handlers(vault: &Arc<Vault>, to_private: bool) -> [Handler; 2] {
    let post = Arc::new(Post::new(to_private));
    let (one, other) = ((Arc::clone(vault), Arc::clone(&post)), (Arc::clone(vault), post));
    [
        Handler::new(&DELIVER_CHANGES, move |work| follow(work, &one.0, &one.1)).sweeping(store::forget),
        Handler::new(&DELIVER_TEST, move |work| try_out(work, &other.0, &other.1)),
    ]
}

/// A delivery ready to be sent.
struct Ready {
    delivery: Delivery,
    body: String,
    url: String,
    secrets: Vec<Vec<u8>>,
}

/// What there is to do for a subscriber.
enum Due {
    /// It has ended.
    Over,
    /// Nothing new.
    Nothing,
    Delivery(Box<Ready>),
}

/// Delivers until there is nothing new; then the job is due again in a while, until the subscriber ends.
fn follow(work: &mut Work<'_>, vault: &Vault, post: &Post) -> Result<(), Failure> {
    let id = work.id();
    loop {
        let now = work.now();
        let ready = match work.look(|conn| due(conn, vault, id, now))? {
            Due::Over => return Ok(()),
            Due::Nothing => return Err(Failure::NotBefore(now + PAUSE)),
            Due::Delivery(ready) => ready,
        };
        let answered = post.send(&ready.url, &ready.secrets, ready.delivery.id, now, &ready.body);
        failpoint::reached("webhook_sent");
        settle(work, &ready.delivery, answered, false)?;
    }
}

/// Sends the one delivery that somebody asked for.
fn try_out(work: &mut Work<'_>, vault: &Vault, post: &Post) -> Result<(), Failure> {
    let (id, now) = (work.id(), work.now());
    let ready = work.look(|conn| {
        let Some(delivery) = store::delivery_of(conn, id)?.filter(|delivery| delivery.state == "WAITING") else {
            return Ok(None);
        };
        let Some(row) = store::find(conn, delivery.subscriber_id)?.filter(|row| row.ended_at.is_none()) else { return Ok(None) };
        ready(vault, &row, delivery, now).map(Some)
    })?;
    let Some(ready) = ready else { return Ok(()) };
    let answered = post.send(&ready.url, &ready.secrets, id, now, &ready.body);
    // A trial that failed says so in the list of deliveries: it is no dead letter.
    settle(work, &ready.delivery, answered, true)
}

/// Notes what became of an attempt. A failure is noted beside the job's progress, which there was none of.
fn settle(work: &mut Work<'_>, delivery: &Delivery, answered: Answered, is_test: bool) -> Result<(), Failure> {
    let now = work.now();
    let status = answered.status.and_then(|status| i16::try_from(status).ok());
    let Some(failure) = answered.failure else {
        return work.last_step(|conn, progress| {
            progress.done += 1;
            store::delivered(conn, delivery.id, now, status)?;
            // A place is noted with what was delivered up to it, or not at all.
            if !is_test && store::hold(conn, delivery.subscriber_id)?.is_some() {
                store::reached(conn, delivery.subscriber_id, delivery.next.as_deref())?;
            }
            Ok(())
        });
    };
    let ended = is_test.then_some(now);
    work.look(|conn| Ok(store::failed(conn, delivery.id, status, &failure.to_string(), ended)?))?;
    if is_test { Ok(()) } else { Err(failure) }
}

fn ready(vault: &Vault, row: &Row, mut delivery: Delivery, now: DateTime<Utc>) -> Result<Ready, Failure> {
    let open = |sealed: &[u8]| opened(vault, row.id, sealed).map_err(|_| Failure::Again("SEALED"));
    let mut secrets = vec![open(&row.secret)?];
    if let Some(former) = row.former_secret.as_deref().filter(|_| row.former_until.is_some_and(|until| now < until)) {
        secrets.push(open(former)?);
    }
    let body = delivery.body.take().ok_or(Failure::Never("NOTHING_TO_SEND"))?;
    Ok(Ready { delivery, body, url: row.url.clone(), secrets })
}

/// The delivery that waits, or the next one made of what is new.
fn due(conn: &mut PgConnection, vault: &Vault, id: Uuid, now: DateTime<Utc>) -> Result<Due, Failure> {
    let Some(mut row) = store::hold(conn, id)?.filter(|row| row.ended_at.is_none()) else { return Ok(Due::Over) };
    if let Some(delivery) = store::waiting(conn, id)? {
        return ready(vault, &row, delivery, now).map(Box::new).map(Due::Delivery);
    }
    let chapter = tree::code_of(conn, store::chapter(&row))?;
    loop {
        let mut out = news(conn, now, &row, &chapter)?;
        out.items.retain(|item| row.kinds.is_empty() || row.kinds.contains(&item.kind));
        if !out.items.is_empty() {
            let delivery = Delivery::new(id, now, false, changes_body(&chapter, now, &out), Some(out.next));
            store::add(conn, &delivery)?;
            return ready(vault, &row, delivery, now).map(Box::new).map(Due::Delivery);
        }
        if row.since.as_deref() != Some(out.next.as_str()) {
            store::reached(conn, id, Some(&out.next))?;
        }
        if !out.more {
            return Ok(Due::Nothing);
        }
        row.since = Some(out.next);
    }
}

/// What is new. A place of another history is no place any more: then everything is new, and the epoch says so.
fn news(conn: &mut PgConnection, now: DateTime<Utc>, row: &Row, chapter: &str) -> Result<ChangesOut, Failure> {
    let at = store::chapter(row);
    match changes::for_subscriber(conn, now, at, chapter, row.since.as_deref(), MOST) {
        Err(Problem { kind: Kind::InvalidCursor, .. }) => changes::for_subscriber(conn, now, at, chapter, None, MOST),
        looked => looked,
    }
    .map_err(|_| Failure::Again("DATABASE"))
}
