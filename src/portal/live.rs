//! `/su-kien`: the first page's figures and newest entries, told to whoever keeps it open (server-sent events).
//!
//! One task a process looks at the log once a second, and only while somebody listens; what it finds is rendered once
//! and handed to all listeners. A slow listener misses steps and still gets the newest: each event is the whole list,
//! so nothing has to be made up for. Streams end after a while by themselves, and at once when the server stops;
//! browsers come back.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::NaiveDate;
use futures_util::stream::{self, Stream};
use serde::Serialize;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::home::Newest;
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::http::client::Network;
use crate::http::{Client, Lang, Problem};
use crate::log;
use crate::search::SearchIndex;

/// Between two looks at the log.
const PAUSE: Duration = Duration::from_secs(1);
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);
/// Proxies cut connections on which nothing comes.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A stream ends after so long; its browser asks again.
const LIFETIME: Duration = Duration::from_secs(600);
/// Listeners of a process, and of one network: a phone network's address stands for many.
const MOST_LISTENERS: usize = 2_000;
const MOST_PER_NETWORK: usize = 200;

/// What listeners are told, in each language.
struct Told {
    vi: Bytes,
    en: Bytes,
}

#[derive(Clone)]
enum State {
    /// Nothing to tell yet.
    Quiet,
    Newest(Arc<Told>),
    Closed,
}

struct Inner {
    state: watch::Sender<State>,
    wake: Notify,
    listeners: Mutex<HashMap<Network, usize>>,
}

/// The stream of a process. Cheap to clone.
#[derive(Clone)]
pub struct Live(Arc<Inner>);

impl Live {
    /// Starts the task that looks at the log, in the running actix system.
    pub fn start(db: Db, clock: Clock, index: SearchIndex) -> Self {
        let live =
            Self(Arc::new(Inner { state: watch::Sender::new(State::Quiet), wake: Notify::new(), listeners: Mutex::default() }));
        actix_web::rt::spawn(follow(live.clone(), db, clock, index));
        live
    }

    /// Ends all streams: a server that stops waits for its connections.
    pub fn close(&self) {
        self.0.state.send_replace(State::Closed);
        self.0.wake.notify_one();
    }

    fn is_closed(&self) -> bool {
        matches!(*self.0.state.borrow(), State::Closed)
    }

    fn has_listeners(&self) -> bool {
        !self.0.listeners.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// A place among the listeners, if there is one left.
    fn join(&self, client: Client) -> Option<Seat> {
        let network = client.network();
        let mut listeners = self.0.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, own): (usize, usize) = (listeners.values().sum(), listeners.get(&network).copied().unwrap_or_default());
        if all >= MOST_LISTENERS || own >= MOST_PER_NETWORK && !client.is_local() {
            return None;
        }
        listeners.insert(network, own + 1);
        drop(listeners);
        self.0.wake.notify_one();
        Some(Seat { live: self.clone(), network })
    }
}

/// Given back when dropped.
struct Seat {
    live: Live,
    network: Network,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut listeners = self.live.0.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = listeners.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                listeners.remove(&self.network);
            }
        }
    }
}

async fn follow(live: Live, db: Db, clock: Clock, index: SearchIndex) {
    let mut known = None;
    while !live.is_closed() {
        if !live.has_listeners() {
            // What is known grows old meanwhile: nobody is to be told it first.
            live.0.state.send_if_modified(|state| {
                let was_told = matches!(state, State::Newest(_));
                if was_told {
                    *state = State::Quiet;
                }
                was_told
            });
            known = None;
            live.0.wake.notified().await;
            continue;
        }
        let pause = match look(&db, vietnam_date(clock.now()), index.clone(), known).await {
            Ok(Some((size, told))) => {
                known = Some(size);
                live.0.state.send_if_modified(|state| {
                    let is_open = !matches!(state, State::Closed);
                    if is_open {
                        *state = State::Newest(Arc::new(told));
                    }
                    is_open
                });
                PAUSE
            }
            Ok(None) => PAUSE,
            Err(_) => PAUSE_AFTER_FAILURE,
        };
        tokio::time::sleep(pause).await;
    }
}

/// What there is to tell, when the log has grown since `known`.
async fn look(db: &Db, today: NaiveDate, index: SearchIndex, known: Option<i64>) -> Result<Option<(i64, Told)>, Problem> {
    db.read_public(move |conn| -> Result<_, Problem> {
        if known == Some(log::store::size(conn)?) {
            return Ok(None);
        }
        let newest = Newest::read(conn, &index, today)?;
        let size = newest.log.size;
        let mut told = |lang| newest.pieces(conn, lang).and_then(|(figures, rows)| event(size, &figures, &rows));
        Ok(Some((size, Told { vi: told(Lang::Vi)?, en: told(Lang::En)? })))
    })
    .await
}

#[derive(Serialize)]
struct Event<'a> {
    figures: &'a str,
    rows: &'a str,
}

/// An event as it goes over the wire. JSON has no line breaks of its own.
fn event(size: i64, figures: &str, rows: &str) -> Result<Bytes, Problem> {
    let data = serde_json::to_string(&Event { figures, rows }).map_err(Problem::internal)?;
    Ok(Bytes::from(format!("id: {size}\nevent: ledger\ndata: {data}\n\n")))
}

/// `/su-kien`: a stream of events for the first page.
pub async fn listen(request: HttpRequest, client: Client, live: web::Data<Live>) -> Result<HttpResponse, Problem> {
    let seat = live.join(client).filter(|_| !live.is_closed()).ok_or_else(|| Problem::unavailable(60))?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        // nginx would collect the events otherwise.
        .insert_header(("x-accel-buffering", "no"))
        .streaming(events(seat, Lang::of_page(&request))))
}

struct Listener {
    seat: Seat,
    state: watch::Receiver<State>,
    lang: Lang,
    until: Instant,
    greeted: bool,
}

fn events(seat: Seat, lang: Lang) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let mut state = seat.live.0.state.subscribe();
    // What is known already is told at once.
    state.mark_changed();
    let listener = Listener { seat, state, lang, until: Instant::now() + LIFETIME, greeted: false };
    stream::unfold(listener, |mut listener| async move {
        let piece = listener.next().await?;
        Some((Ok(piece), listener))
    })
}

impl Listener {
    async fn next(&mut self) -> Option<Bytes> {
        if !std::mem::replace(&mut self.greeted, true) {
            return Some(Bytes::from_static(b"retry: 5000\n\n"));
        }
        while Instant::now() < self.until {
            match tokio::time::timeout(HEARTBEAT, self.state.changed()).await {
                Err(_) => return Some(Bytes::from_static(b": still here\n\n")),
                Ok(Err(_)) => return None,
                Ok(Ok(())) => match &*self.state.borrow_and_update() {
                    State::Quiet => {}
                    State::Closed => return None,
                    State::Newest(told) => {
                        return Some(if self.lang == Lang::En { told.en.clone() } else { told.vi.clone() });
                    }
                },
            }
        }
        tracing::trace!(network = %self.seat.network, "a listener's time is over");
        None
    }
}
