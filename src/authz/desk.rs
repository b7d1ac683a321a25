//! Where every request of somebody who is logged in is received.
//!
//! A handler takes a [`Desk`], says what is to be done, and returns what comes back. The desk opens the transaction, lets
//! the actor in ([`Visit`]) and writes the `Idempotency-Key` beside the work. So none of it can be forgotten, and what a
//! handler says is what it is about:
//!
//! ```text
//! pub async fn show_reversal(desk: Desk, id: web::Path<Uuid>) -> Answer<ReversalOut> {
//!     desk.read(move |v| reversal::show(v, *id)).await.map(Reply::ok)
//! }
//!
//! pub async fn approve_reversal(desk: Desk, id: web::Path<Uuid>) -> Answer<ReversalOut> {
//!     desk.once("reversal/approval", id.to_string(), move |v| reversal::decide(v, *id, Verdict::Approve)).await
//! }
//! ```

use std::cell::OnceCell;
use std::future::{Ready, ready};

use actix_web::http::header::HeaderName;
use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use diesel::pg::PgConnection;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::actor::{Actor, actor_of};
use super::idempotency::{Attempt, Key};
use super::policy::{Right, Seen};
use super::visit::Visit;
use crate::basics::Clock;
use crate::basics::clock::vietnam_date;
use crate::db::Db;
use crate::http::{Answer, Page, Paging, Problem, Reply, Span};
use crate::vault::Vault;

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// See the module.
pub struct Desk {
    db: web::Data<Db>,
    vault: web::Data<Vault>,
    clock: web::Data<Clock>,
    actor: Actor,
    /// Read where it counts: what a request without attempts carries there is nobody's business.
    key: Result<Key, Problem>,
    now: OnceCell<DateTime<Utc>>,
}

impl FromRequest for Desk {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(desk_of(request))
    }
}

fn desk_of(request: &HttpRequest) -> Result<Desk, Problem> {
    let actor = actor_of(request)?;
    let data =
        (request.app_data::<web::Data<Db>>(), request.app_data::<web::Data<Vault>>(), request.app_data::<web::Data<Clock>>());
    let (Some(db), Some(vault), Some(clock)) = data else {
        return Err(Problem::internal("database, vault or clock are not registered"));
    };
    Ok(Desk { db: db.clone(), vault: vault.clone(), clock: clock.clone(), actor, key: Key::of(request), now: OnceCell::new() })
}

impl Desk {
    /// Who asks, as their token says.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// The moment of the request, as exact as the database keeps it: the same whenever it is asked for.
    pub fn now(&self) -> DateTime<Utc> {
        *self.now.get_or_init(|| self.clock.now().trunc_subsecs(6))
    }

    /// The same desk at another moment: for what goes on after something that took its time.
    pub fn anew(self) -> Self {
        Self { now: OnceCell::new(), ..self }
    }

    /// The day of the request in Việt Nam.
    pub fn today(&self) -> NaiveDate {
        vietnam_date(self.now())
    }

    /// For what is computed without the database.
    pub fn vault(&self) -> &web::Data<Vault> {
        &self.vault
    }

    /// Work that only reads, and sees one moment.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Visit<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (vault, now, actor) = (self.vault.clone(), self.now(), self.actor);
        self.db.read(move |conn| work(&mut Visit::enter(conn, &vault, now, actor)?)).await
    }

    /// Work that writes. A problem takes all of it back.
    pub async fn tx<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Visit<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        Ok(self.write(None, |_| Ok(Attempt::First), work).await?.0)
    }

    /// [`Desk::tx`] for what is done at the chapter with a code.
    pub async fn tx_at<T: Send + 'static>(
        &self,
        chapter: String,
        work: impl FnOnce(&mut Visit<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        Ok(self.write(Some(chapter), |_| Ok(Attempt::First), work).await?.0)
    }

    /// [`Desk::tx`] for a request that carries no id of its own: in one transaction with its `Idempotency-Key`, which
    /// stands for `operation` on `content` (everything that makes the request what it is). The answer says whether it was
    /// done before.
    pub async fn once<T: Send + 'static>(
        &self,
        operation: &'static str,
        content: String,
        work: impl FnOnce(&mut Visit<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Answer<T> {
        let key = self.key.clone()?;
        let account = self.actor.account;
        let claim = move |v: &mut Visit<'_>| key.claim(v.conn, v.vault, account, v.now, operation, &content);
        let (done, attempt) = self.write(None, claim, work).await?;
        Ok(match attempt {
            Attempt::First => Reply::ok(done),
            Attempt::Replay => Reply::ok(done).with((REPLAYED, "true")),
        })
    }

    /// Work that opens transactions of its own, one after the other, for somebody who is logged in; each of them asks for
    /// itself what they may do.
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Db, &Vault, &Clock) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (vault, clock, now, actor) = (self.vault.clone(), self.clock.clone(), self.now(), self.actor);
        self.db
            .blocking(move |db| {
                db.read_blocking(|conn| Visit::enter(conn, &vault, now, actor).map(drop))?;
                work(db, &vault, &clock)
            })
            .await
    }

    /// What follows from work that is committed, in transactions of its own.
    pub async fn go_on<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Db, &Vault, &Clock) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (vault, clock) = (self.vault.clone(), self.clock.clone());
        self.db.blocking(move |db| work(db, &vault, &clock)).await
    }

    async fn write<T: Send + 'static>(
        &self,
        chapter: Option<String>,
        claim: impl FnOnce(&mut Visit<'_>) -> Result<Attempt, Problem> + Send + 'static,
        work: impl FnOnce(&mut Visit<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<(T, Attempt), Problem> {
        let (vault, now, actor) = (self.vault.clone(), self.now(), self.actor);
        let work = move |conn: &mut PgConnection| -> Result<_, Problem> {
            let mut visit = match chapter {
                Some(code) => Visit::enter_at(conn, &vault, now, actor, &code)?,
                None => Visit::enter(conn, &vault, now, actor)?,
            };
            visit.attempt = claim(&mut visit)?;
            let done = work(&mut visit)?;
            Ok((done, visit.attempt))
        };
        self.db.tx(work).await
    }

    /// A page of a list. `find` fetches the rows of a span, `shown` makes of all of them at once what the client gets:
    /// there is no place for a query a row.
    pub async fn list<F, K, R, T>(
        &self,
        paging: Paging<F, K>,
        find: impl FnOnce(&mut Visit<'_>, &F, Span<K>) -> Result<Vec<R>, Problem> + Send + 'static,
        key: impl Fn(&R) -> K + Send + 'static,
        shown: impl FnOnce(&mut Visit<'_>, Vec<R>) -> Result<Vec<T>, Problem> + Send + 'static,
    ) -> Answer<Page<T>>
    where
        F: Serialize + Send + 'static,
        K: Serialize + DeserializeOwned + Send + 'static,
        T: ToSchema + Send + 'static,
    {
        self.read(move |v| {
            let span = paging.span::<T>()?;
            let rows = find(v, &paging.filter, span)?;
            paging.page(rows, key, |rows| shown(v, rows))
        })
        .await
        .map(Reply::ok)
    }

    /// [`Desk::list`] of what a chapter has, for those who hold `S` there; the filter is the chapter's code.
    pub async fn list_of_chapter<S, K, R, T>(
        &self,
        paging: Paging<String, K>,
        find: impl FnOnce(&mut Visit<'_>, &Seen<S>, Span<K>) -> Result<Vec<R>, Problem> + Send + 'static,
        key: impl Fn(&R) -> K + Send + 'static,
        shown: impl FnOnce(&mut Visit<'_>, Vec<R>) -> Result<Vec<T>, Problem> + Send + 'static,
    ) -> Answer<Page<T>>
    where
        S: Right,
        K: Serialize + DeserializeOwned + Send + 'static,
        T: ToSchema + Send + 'static,
    {
        let find = move |v: &mut Visit<'_>, code: &String, span: Span<K>| {
            let (here, _) = v.see_code::<S>(code)?;
            find(v, &here, span)
        };
        self.list(paging, find, key, shown).await
    }
}
