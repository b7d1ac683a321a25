//! Who is asking: the extractor authenticates and nothing more.

use std::collections::HashMap;
use std::future::{Ready, ready};

use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use uuid::Uuid;

use super::token::{Purpose, TokenKeys};
use crate::basics::Clock;
use crate::http::{Kind, Problem};

/// An account and one of its sessions, as a valid access token names them. Says nothing about rights, nor whether
/// the account is still enabled: [`super::decide`] reads that in the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Actor {
    pub account: Uuid,
    pub session: Uuid,
}

impl Actor {
    /// Whoever asked for work that is done behind the requests, when the session may be over: enters no [`super::Visit`], and
    /// is granted what the account may do today without a second factor.
    pub fn of_job(account: Uuid) -> Self {
        Self { account, session: Uuid::nil() }
    }

    /// The session that has to live, if one has to: no token names the nil one.
    pub(super) fn living(self) -> Option<Uuid> {
        Some(self.session).filter(|session| !session.is_nil())
    }
}

/// Those who act in a demo, by user name, each with a session that may decide.
#[derive(Debug, Clone, Default)]
pub struct Cast(HashMap<String, Actor>);

impl Cast {
    pub fn enter(&mut self, user: &str, actor: Actor) {
        self.0.insert(user.to_owned(), actor);
    }

    /// Somebody of a name; they would have to be there.
    pub fn actor(&self, user: &str) -> Result<Actor, String> {
        self.0.get(user).copied().ok_or_else(|| format!("nobody in the demo is called {user}"))
    }

    /// Everybody.
    pub fn all(&self) -> impl Iterator<Item = Actor> {
        self.0.values().copied()
    }
}

impl FromRequest for Actor {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(actor_of(request))
    }
}

pub(super) fn actor_of(request: &HttpRequest) -> Result<Actor, Problem> {
    let (Some(keys), Some(clock)) = (request.app_data::<web::Data<TokenKeys>>(), request.app_data::<web::Data<Clock>>()) else {
        return Err(Problem::internal("token keys or clock are not registered"));
    };
    let bearer = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    let Some(token) = bearer else {
        return Err(Problem::say(Kind::Unauthenticated, "Hãy đăng nhập.", "Log in."));
    };
    let claims = keys.verify(token, Purpose::Access, clock.now()).map_err(|_| {
        Problem::say(
            Kind::Unauthenticated,
            "Phiên đã hết hạn hoặc mã truy cập không đúng: hãy làm mới phiên hoặc đăng nhập lại.",
            "The access token is expired or not ours: refresh the session or log in again.",
        )
    })?;
    Ok(Actor { account: claims.subject, session: claims.session })
}
