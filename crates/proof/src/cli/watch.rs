//! `watch`: looks at a log again and again, and at what the site shows of it. Exit codes as in [`verify`](super::verify).

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::verify::{Auditing, Sampling, Trust};
use super::{Failure, say};
use crate::clock::Clock;
use crate::note::Verifier;
use crate::verify::mirror::Mirror;
use crate::verify::place::Folder;
use crate::verify::served;
use crate::verify::site::Site;
use crate::verify::visible;
use crate::verify::watch::{Seen, Watch};

#[derive(Debug, Args)]
pub struct WatchCommand {
    /// Address of the log
    #[arg(long)]
    url: String,
    /// Where the public API is, if not beside the log
    #[arg(long)]
    api: Option<String>,
    #[command(flatten)]
    trust: Trust,
    /// Folder for what is remembered, and for evidence
    #[arg(long)]
    state: PathBuf,
    /// Seconds from one look to the next
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
    every: u64,
    /// Look once, then end
    #[arg(long)]
    once: bool,
    /// Seconds after which a log that does not grow, or cannot be reached, is something wrong
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
    stale_after: Option<i64>,
    /// Seconds from one comparison of the rows that the site serves to the next; 0: never. Unless given: at every look while the log
    /// has at most 100,000 entries, then once a day
    #[arg(long, value_parser = clap::value_parser!(i64).range(0..))]
    rows_every: Option<i64>,
    #[command(flatten)]
    sampling: Sampling,
}

/// What a look brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Looked {
    Well,
    Wrong,
    /// Nothing is wrong as far as could be seen.
    Partly,
}

/// Once: 0 well, 1 something is wrong, 2 it could not be seen, or not all of it. Otherwise until something is wrong.
pub fn watch(command: &WatchCommand) -> Result<ExitCode, Failure> {
    let keys = command.trust.keys()?;
    let clock = Clock::System;
    let began = clock.now();
    loop {
        let looked = Site::new(&command.url, command.api.as_deref())
            .map_err(Failure::from)
            .and_then(|site| look(&site, command, &keys, &clock));
        let wrong = match looked {
            Ok(Looked::Partly) if command.once => return Ok(ExitCode::from(2)),
            Ok(looked) => looked == Looked::Wrong,
            Err(error) if command.once => return Err(error),
            Err(error) => {
                say(&format!("{} could not look: {error}", crate::clock::vietnam_time(clock.now())))?;
                unseen_too_long(command, &keys, &clock, began)?
            }
        };
        if wrong || command.once {
            return Ok(if wrong { ExitCode::from(1) } else { ExitCode::SUCCESS });
        }
        std::thread::sleep(Duration::from_secs(command.every));
    }
}

/// Looks at the log, and where it is time at the rows that the site serves.
fn look(site: &Site, command: &WatchCommand, keys: &[Verifier], clock: &Clock) -> Result<Looked, Failure> {
    let watch = Watch { place: site, keys, folder: &command.state };
    let seen = watch.look(clock.now())?;
    if report_seen(&seen, command, clock)? {
        return Ok(Looked::Wrong);
    }
    let size = match seen {
        Seen::First { size } | Seen::Same { size, .. } | Seen::Grown { size, .. } => size,
        Seen::Wrong { .. } => return Ok(Looked::Wrong),
    };
    let every = command.rows_every.unwrap_or(if size <= SMALL { 1 } else { A_DAY });
    let age = watch.rows_compared_at().map(|at| (clock.now() - at).num_seconds());
    if every == 0 || every > 1 && age.is_some_and(|age| (0..every).contains(&age)) || !served::has_entries(site)? {
        return Ok(Looked::Well);
    }
    rows(site, &watch, command, clock)
}

/// Logs up to this size have their rows compared at every look.
const SMALL: u64 = 100_000;
const A_DAY: i64 = 86_400;

/// Compares what the site serves with the whole log, of which the watch keeps a mirror.
fn rows(site: &Site, watch: &Watch<'_>, command: &WatchCommand, clock: &Clock) -> Result<Looked, Failure> {
    let mirror = Mirror::new(command.state.join("mirror"), site.clone())?;
    let closely = command.sampling.closely()?;
    let auditing = Auditing { place: &mirror, mirror: Some(&mirror), site: Some(site), keys: watch.keys, closely };
    let report = auditing.walk()?.report(watch.keys.first().map(Verifier::name).unwrap_or_default());
    let now = crate::clock::vietnam_time(clock.now());
    for finding in report.findings.iter().take(MOST_SAID) {
        say(&visible(&format!("{now} WRONG: {}: {}: {}", finding.check, finding.subject, finding.differs)))?;
    }
    if report.total > MOST_SAID as u64 {
        say(&format!("{now} WRONG: and {} more", report.total - MOST_SAID as u64))?;
    }
    for what in &report.unchecked {
        say(&visible(&format!("{now} NOT CHECKED: {what}")))?;
    }
    for note in report.notes.iter().filter(|note| note.contains("rows compared")) {
        say(&visible(&format!("{now} {note}")))?;
    }
    watch.set_rows_compared_at(clock.now())?;
    Ok(match (report.total, report.clean) {
        (0, true) => Looked::Well,
        (0, false) => Looked::Partly,
        _ => Looked::Wrong,
    })
}

/// Findings that are said.
const MOST_SAID: usize = 20;

/// Says what was seen; whether it is something wrong.
fn report_seen(seen: &Seen, command: &WatchCommand, clock: &Clock) -> Result<bool, Failure> {
    let now = clock.now();
    let (text, wrong) = match seen {
        Seen::First { size } => (format!("first look: {size} entries"), false),
        Seen::Grown { from, size } => (format!("grew from {from} to {size} entries and continues"), false),
        Seen::Same { size, grew_at } => {
            let age = (now - *grew_at).num_seconds();
            match command.stale_after {
                Some(most) if age > most => (format!("WRONG: stale: {size} entries for {age} s"), true),
                _ => (format!("{size} entries, as before"), false),
            }
        }
        Seen::Wrong { why, evidence } => {
            let kept = evidence.as_ref().map(|folder| format!("; evidence in {}", folder.display())).unwrap_or_default();
            (format!("WRONG: {why}{kept}"), true)
        }
    };
    say(&format!("{} {text}", crate::clock::vietnam_time(now)))?;
    Ok(wrong)
}

/// Whether nobody has seen the log for longer than it may be stale.
fn unseen_too_long(
    command: &WatchCommand,
    keys: &[Verifier],
    clock: &Clock,
    began: chrono::DateTime<chrono::Utc>,
) -> Result<bool, Failure> {
    let nowhere = Folder(command.state.clone());
    let last = Watch { place: &nowhere, keys, folder: &command.state }.seen_at()?.map_or(began, |seen_at| seen_at.max(began));
    let age = (clock.now() - last).num_seconds();
    let too_long = command.stale_after.is_some_and(|most| age > most);
    if too_long {
        say(&format!("{} WRONG: stale: not seen for {age} s", crate::clock::vietnam_time(clock.now())))?;
    }
    Ok(too_long)
}
