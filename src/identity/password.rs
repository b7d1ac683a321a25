//! Password hashing: argon2id, on a thread of its own. Passwords are hashed in NFC, however a keyboard sends them.
//!
//! One hash takes 19 MiB and a core for a while. On one thread the memory is used again for the next, a flood of
//! log-ins cannot take the cores away from those who record gifts, and the queue in front of it is bounded.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::oneshot;

use super::password_rules::normal;
use super::turns::Turns;
use crate::http::Problem;

/// Log-ins that may wait; a few seconds' worth.
const QUEUE: usize = 128;

/// How much work one hash costs.
#[derive(Debug, Clone, Copy)]
pub enum Cost {
    /// 19 MiB, two passes (OWASP's argon2id minimum).
    Standard,
    /// For tests, which hash hundreds of passwords.
    Cheap,
}

/// Hashes and checks passwords; cheap to clone. The thread ends with the last handle.
#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    queue: SyncSender<Job>,
    /// Who verifies, one after the other.
    pub turns: Turns,
}

enum Job {
    /// Does this password fit this hash? With no hash the same work is done and the answer is no.
    Check {
        password: String,
        stored: Option<String>,
        answer: oneshot::Sender<bool>,
    },
    Hash {
        password: String,
        answer: oneshot::Sender<Result<String, HashError>>,
    },
}

/// A password could not be hashed.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct HashError;

impl Passwords {
    pub fn new(cost: Cost) -> Result<Self, HashError> {
        let params = match cost {
            Cost::Standard => Params::new(19 * 1024, 2, 1, None),
            Cost::Cheap => Params::new(64, 1, 1, None),
        };
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.map_err(|_| HashError)?);
        let dummy = argon2.hash_password(b"nobody has this password").map_err(|_| HashError)?.to_string();
        let (queue, jobs) = sync_channel(QUEUE);
        let for_thread = argon2.clone();
        std::thread::Builder::new()
            .name("passwords".to_owned())
            .spawn(move || run(&for_thread, &dummy, &jobs))
            .map_err(|_| HashError)?;
        Ok(Self { argon2, queue, turns: Turns::default() })
    }

    /// Hashes at once, on the caller's thread: for the command line and for tests.
    pub fn hash(&self, password: &str) -> Result<String, HashError> {
        hash(&self.argon2, password)
    }

    /// Hashes when its turn has come.
    pub async fn hash_in_turn(&self, password: String) -> Result<String, Problem> {
        let (answer, wait) = oneshot::channel();
        self.enqueue(Job::Hash { password, answer })?;
        wait.await.map_err(Problem::internal)?.map_err(Problem::internal)
    }

    /// Whether `password` fits `stored`. With no stored hash the same work is done and the answer is no.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, Problem> {
        let (answer, wait) = oneshot::channel();
        self.enqueue(Job::Check { password, stored, answer })?;
        wait.await.map_err(Problem::internal)
    }

    fn enqueue(&self, job: Job) -> Result<(), Problem> {
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Problem::unavailable(3),
            TrySendError::Disconnected(_) => Problem::internal("the password thread has ended"),
        })
    }
}

fn hash(argon2: &Argon2<'_>, password: &str) -> Result<String, HashError> {
    Ok(argon2.hash_password(normal(password).as_bytes()).map_err(|_| HashError)?.to_string())
}

fn run(argon2: &Argon2<'_>, dummy: &str, jobs: &Receiver<Job>) {
    while let Ok(job) = jobs.recv() {
        // Nobody may be waiting any more for either answer.
        match job {
            Job::Check { password, stored, answer } => {
                let text = stored.as_deref().unwrap_or(dummy);
                let fits = PasswordHash::new(text).is_ok_and(|hash| fits(argon2, &password, &hash));
                let _ = answer.send(fits && stored.is_some());
            }
            Job::Hash { password, answer } => {
                let _ = answer.send(hash(argon2, &password));
            }
        }
    }
}

fn fits(argon2: &Argon2<'_>, password: &str, hash: &PasswordHash) -> bool {
    let normal = normal(password);
    let fits = |form: &str| argon2.verify_password(form.as_bytes(), hash).is_ok();
    // Before passwords were normalised some were hashed as they came.
    fits(&normal) || (normal != password && fits(password))
}
