//! Attempts of one name from one place come one after the other.
//!
//! An attempt is counted before its password is looked at, so that guesses made at the same moment count too. Right
//! passwords that come at the same moment (a phone that sends twice, an office where everybody begins at seven under one
//! name) would be counted like guesses and told to wait. Passwords are verified one at a time anyway, so waiting for the
//! answer of the attempt before costs nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

use super::delays::wait;
use crate::http::Problem;

/// Attempts that may wait for one another; more are told to come again.
const MOST: usize = 100;

type Waiting = HashMap<Vec<u8>, Arc<tokio::sync::Mutex<()>>>;

/// Who is being waited for. Cheap to clone; every process has its own.
#[derive(Clone, Default)]
pub struct Turns(Arc<Mutex<Waiting>>);

/// One's turn. The next one comes when this is dropped.
pub struct Turn {
    turns: Turns,
    who: Vec<u8>,
    held: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Waits until everybody who came before under the same name is done.
    pub async fn take(&self, who: Vec<u8>) -> Result<Turn, Problem> {
        let queue = {
            let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let queue = waiting.entry(who.clone()).or_default();
            // The map's own, and one of everybody who waits or has the turn.
            if Arc::strong_count(queue) > MOST {
                return Err(wait(1));
            }
            queue.clone()
        };
        // Forgets the queue also when the caller goes away while waiting.
        let mut turn = Turn { turns: self.clone(), who, held: None };
        turn.held = Some(queue.lock_owned().await);
        Ok(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut waiting = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        self.held = None;
        if waiting.get(&self.who).is_some_and(|queue| Arc::strong_count(queue) == 1) {
            waiting.remove(&self.who);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::Pin;
    use std::task::{Context, Waker};

    fn waits<F: Future>(attempt: &mut Pin<Box<F>>) -> bool {
        attempt.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending()
    }

    #[actix_web::test]
    async fn one_at_a_time_and_nothing_is_left() {
        let turns = Turns::default();
        let first = turns.take(vec![1]).await.unwrap();
        let _other = turns.take(vec![2]).await.unwrap();
        let mut second = Box::pin(turns.take(vec![1]));
        let mut given_up = Box::pin(turns.take(vec![1]));
        assert!(waits(&mut second) && waits(&mut given_up));
        drop(first);
        let second = second.await.unwrap();
        assert!(waits(&mut given_up));
        drop(given_up);
        drop(second);
        assert_eq!(turns.0.lock().unwrap().keys().collect::<Vec<_>>(), [&vec![2]]);
    }

    #[actix_web::test]
    async fn a_queue_has_an_end() {
        let turns = Turns::default();
        let _first = turns.take(vec![1]).await.unwrap();
        let mut all: Vec<_> = (1..MOST).map(|_| Box::pin(turns.take(vec![1]))).collect();
        assert!(all.iter_mut().all(waits));
        assert_eq!(turns.take(vec![1]).await.err().unwrap().retry_after, Some(1));
        drop(all);
        assert!(waits(&mut Box::pin(turns.take(vec![1]))), "whoever gave up makes room");
    }
}
