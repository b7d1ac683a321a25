//! `serve`: runs until told to stop, then finishes what it has begun.

use std::net::TcpListener;

use super::Failure;
use super::install::{self, Installation};
use crate::app;
use crate::config::Config;

pub fn serve(config: &Config) -> Result<(), Failure> {
    if config.database_url.is_none() && config.data_dir.join("demo.json").exists() {
        tracing::warn!(folder = %config.data_dir.display(), "this data folder holds demo data");
    }
    // The socket first: a second server should find the port taken before it touches anything else.
    let listener = bind(config)?;
    let installation = install::open(config)?;
    tracing::info!(address = %listener.local_addr()?, "ready");
    run(config, installation, listener)
}

pub(super) fn bind(config: &Config) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(config.listen)
        .map_err(|error| format!("can not listen on {}: {error} (choose another with --listen or SNA_LISTEN)", config.listen))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves until SIGTERM or SIGINT. Requests in flight are finished, then what the intake took in is written, then the
/// private PostgreSQL stops.
pub(super) fn run(config: &Config, installation: Installation, listener: TcpListener) -> Result<(), Failure> {
    let Installation { shared, private } = installation;
    actix_web::rt::System::new().block_on(async {
        let app::Running { server, threads, .. } = app::start(shared, listener, config.workers)?;
        let handle = server.handle();
        actix_web::rt::spawn(async move {
            match wait_for_signal().await {
                Ok(signal) => tracing::info!(signal, "stopping: finishing requests in flight"),
                Err(error) => tracing::error!(%error, "signals can not be caught"),
            }
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
