//! A server that runs until told to stop, then finishes what it has begun.

use std::net::TcpListener;

use super::Failure;
use super::install::{self, Installation};
use crate::app::{self, Shared};
use crate::config::Config;

/// Whether only this machine can reach the server.
pub(super) fn is_loopback(config: &Config) -> bool {
    config.listen.ip().to_canonical().is_loopback()
}

/// What SIGHUP does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hangup {
    /// The key files are read again.
    TakesUpKeys,
    /// The system's way: the process ends with its terminal.
    Ends,
}

pub(super) fn bind(config: &Config) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(config.listen)
        .map_err(|error| format!("cannot listen on {}: {error} (choose another with --listen or SNA_LISTEN)", config.listen))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves until SIGTERM or SIGINT. Requests in flight are finished, then what the intake took in is written, then the
/// private PostgreSQL stops.
pub(super) fn run(config: &Config, installation: Installation, listener: TcpListener, hangup: Hangup) -> Result<(), Failure> {
    let Installation { shared, private } = installation;
    actix_web::rt::System::new().block_on(async {
        let app::Running { server, live, threads, .. } = app::start(shared.clone(), listener, config.workers)?;
        if hangup == Hangup::TakesUpKeys {
            actix_web::rt::spawn(take_up_keys(config.clone(), shared));
        }
        let handle = server.handle();
        actix_web::rt::spawn(async move {
            match wait_for_signal().await {
                Ok(signal) => tracing::info!(signal, "stopping: finishing requests in flight"),
                Err(error) => tracing::error!(%error, "signals cannot be caught"),
            }
            live.close();
            handle.stop(true).await;
        });
        let outcome = server.await;
        drop(threads);
        outcome
    })?;
    if let Some(private) = private {
        private.stop()?;
    }
    tracing::info!("stopped");
    Ok(())
}

async fn wait_for_signal() -> std::io::Result<&'static str> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = term.recv() => Ok("SIGTERM"),
        _ = int.recv() => Ok("SIGINT"),
    }
}

/// Reads the key files again at every SIGHUP; with a broken file the keys stay as they are.
async fn take_up_keys(config: Config, shared: Shared) {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangup = match signal(SignalKind::hangup()) {
        Ok(hangup) => hangup,
        Err(error) => return tracing::error!(%error, "SIGHUP cannot be caught"),
    };
    while hangup.recv().await.is_some() {
        let (config, shared) = (config.clone(), shared.clone());
        let done = actix_web::web::block(move || install::reload_keys(&config, &shared).map_err(|error| error.to_string())).await;
        match done {
            Ok(Ok(())) => tracing::info!("SIGHUP: the key files are taken up"),
            Ok(Err(error)) => tracing::error!(%error, "SIGHUP: the keys stay as they were"),
            Err(error) => tracing::error!(%error, "SIGHUP: the keys stay as they were"),
        }
    }
}
