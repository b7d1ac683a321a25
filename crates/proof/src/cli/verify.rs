//! `audit --url`, `audit --dir`, `receipt check`: the command line of the room that checks the log from outside.
//!
//! They need no installation: no database, no keys of ours, no settings. Exit codes: 0 all is right, 1 something is wrong, 2 it
//! could not be checked, or not all of it; for a receipt also 3: it is right, and the entry was reversed later.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand, ValueEnum};

use super::line::Line;
use super::{Failure, say};
use crate::checkpoint::{self, CheckpointError};
use crate::note::{NoteError, Verifier};
use crate::receipt::{MAX_RECEIPT, Receipt};
use crate::tree::Head;
use crate::verify::audit::Walk;
use crate::verify::evidence::{self, Unproven};
use crate::verify::mirror::Mirror;
use crate::verify::place::{Folder, Place, PlaceError};
use crate::verify::published::{self, Patience};
use crate::verify::receipt::{self as receipts, Online};
use crate::verify::sampled::Seed;
use crate::verify::served::{self, Closely};
use crate::verify::site::Site;
use crate::verify::trust;
use crate::verify::{VerifyError, visible};

/// What an audit answers in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

/// Whose signature counts.
#[derive(Debug, Args)]
pub struct Trust {
    /// The log's key, name+id+base64; once more for a second key while keys are exchanged
    #[arg(long)]
    vkey: Vec<String>,
    /// File that names the log's keys (C2SP tlog-policy: `log <vkey>`)
    #[arg(long)]
    policy: Option<PathBuf>,
}

/// More about `audit --url` and `audit --dir`.
#[derive(Debug, Args)]
pub struct LogAudit {
    #[command(flatten)]
    trust: Trust,
    /// Keep what is downloaded in this folder; the next time only what is new is downloaded
    #[arg(long)]
    mirror: Option<PathBuf>,
    /// Where the public API is, if not beside the log
    #[arg(long)]
    api: Option<String>,
    #[command(flatten)]
    sampling: Sampling,
}

impl LogAudit {
    /// Whether any of it was given.
    pub fn is_given(&self) -> bool {
        let Self { trust: Trust { vkey, policy }, mirror, api, sampling } = self;
        !vkey.is_empty() || policy.is_some() || mirror.is_some() || api.is_some() || sampling.is_given()
    }
}

/// Which rows are looked at besides whole files.
#[derive(Debug, Args)]
pub struct Sampling {
    /// Entries that are drawn and asked for by code, in lists, in searches and in sums (100 unless given)
    #[arg(long, value_parser = clap::value_parser!(u16).range(0..=5_000))]
    sample: Option<u16>,
    /// Draw the sample of an earlier report again: its number@size. Random unless given
    #[arg(long)]
    seed: Option<Seed>,
}

/// Entries in the sample, unless said otherwise.
const SAMPLE: u16 = 100;

impl Sampling {
    pub(super) fn closely(&self) -> Result<Closely, Failure> {
        let seed = self.seed.map_or_else(Seed::random, Ok)?;
        Ok(Closely { sample: usize::from(self.sample.unwrap_or(SAMPLE)), seed })
    }

    fn is_given(&self) -> bool {
        self.sample.is_some() || self.seed.is_some()
    }
}

#[derive(Debug, Subcommand)]
pub enum ReceiptCommand {
    /// Check a receipt (.tlog-proof)
    Check(CheckCommand),
}

#[derive(Debug, Args)]
pub struct CheckCommand {
    file: PathBuf,
    /// Ask the log at this address what it said of the entry later
    #[arg(long)]
    url: Option<String>,
    /// Where the public API is, if not beside the log
    #[arg(long)]
    api: Option<String>,
    #[command(flatten)]
    trust: Trust,
}

impl Trust {
    pub(super) fn keys(&self) -> Result<Vec<Verifier>, Failure> {
        let mut keys = self
            .vkey
            .iter()
            .map(|key| Verifier::parse(key))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| format!("--vkey: {e}"))?;
        if let Some(path) = &self.policy {
            let text = String::from_utf8(read_limited(path, trust::MAX_POLICY)?).map_err(|_| "--policy: not a text file")?;
            keys.extend(trust::read_policy(&text)?);
        }
        Ok(trust::one_log(keys)?)
    }
}

fn read_limited(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let said = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut bytes = Vec::new();
    std::fs::File::open(path).map_err(said)?.take(most + 1).read_to_end(&mut bytes).map_err(said)?;
    if bytes.len() as u64 > most { Err(format!("{}: longer than {most} bytes", path.display()).into()) } else { Ok(bytes) }
}

/// 0: clean; 1: something is wrong; 2: nothing is wrong as far as could be checked, and something could not.
pub fn audit(log: &LogAudit, url: Option<&str>, dir: Option<&Path>, format: Format, most: usize) -> Result<ExitCode, Failure> {
    let keys = log.trust.keys()?;
    let site = url.map(|url| Site::new(url, log.api.as_deref())).transpose()?;
    let mirror = match (&site, &log.mirror) {
        (Some(site), Some(folder)) => Some(Mirror::new(folder.clone(), site.clone())?),
        (None, Some(_)) => return Err("--mirror goes with --url".into()),
        _ => None,
    };
    let folder = dir.map(|dir| Folder(dir.to_owned()));
    let place: &dyn Place = match (&mirror, &site, &folder) {
        (Some(mirror), _, _) => mirror,
        (None, Some(site), _) => site,
        (None, None, Some(folder)) => folder,
        (None, None, None) => return Err("say what to audit: --url or --dir".into()),
    };
    let closely = log.sampling.closely()?;
    let auditing = Auditing { place, mirror: mirror.as_ref(), site: site.as_ref(), keys: &keys, closely };
    let walk = auditing.walk()?;
    let report = walk.report(keys.first().map(Verifier::name).unwrap_or_default());
    match format {
        Format::Text => say(&report.text(most))?,
        Format::Json => {
            let mut report = report.clone();
            report.findings.truncate(most);
            say(&serde_json::to_string_pretty(&report)?)?;
        }
    }
    Ok(match (report.total, report.clean) {
        (0, true) => ExitCode::SUCCESS,
        (0, false) => ExitCode::from(2),
        _ => ExitCode::from(1),
    })
}

/// What is audited, and with what.
pub(super) struct Auditing<'p> {
    pub place: &'p dyn Place,
    pub mirror: Option<&'p Mirror>,
    pub site: Option<&'p Site>,
    pub keys: &'p [Verifier],
    pub closely: Closely,
}

impl<'p> Auditing<'p> {
    fn unproven(&self) -> Option<Unproven<'p>> {
        self.mirror.map(|mirror| Unproven { folder: mirror.path(), keys: self.keys })
    }

    fn new_walk(&self) -> Walk<'p> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        // Waiting for a server takes more threads than hashing.
        let mut walk = Walk::new(self.place, if self.site.is_some() { threads.max(8) } else { threads });
        walk.unproven = self.unproven();
        walk.proofs = self.site.map_or(self.place, |site| site);
        if self.site.is_some() {
            walk.keep_rows();
        }
        walk
    }

    pub(super) fn walk(&self) -> Result<Walk<'p>, Failure> {
        let mut walk = self.new_walk();
        let note = match self.place.checkpoint() {
            Err(PlaceError::Missing(path)) => return Err(format!("{path} is not there: is this a log?").into()),
            Err(PlaceError::Damaged { path, why }) => {
                walk.findings.add("checkpoint", path, why);
                return Ok(walk);
            }
            other => other?,
        };
        let Some(head) = opened(&note, self.keys, &mut walk) else {
            return Ok(walk);
        };
        let kept: Option<(Vec<u8>, Head)> = match self.mirror.map(Mirror::kept).transpose()?.flatten() {
            Some(note) => {
                let head = checkpoint::open(&note, self.keys).map_err(|error| {
                    format!("the checkpoint that is in the mirror: {error}. If it is of another log, take a new folder")
                })?;
                Some((note, head))
            }
            None => None,
        };
        let waiting = self.unproven().map(|unproven| unproven.all()).transpose()?.unwrap_or_default();
        let done = self.go(&mut walk, &note, head, kept.as_ref(), &waiting);
        self.keep(&mut walk, kept.as_ref(), &waiting, done.is_ok())?;
        match done {
            // What was found is found, whatever could not be had after it.
            Err(error) if walk.findings.total > 0 => {
                walk.unchecked.push(format!("the log could not be read to the end: {error}"))
            }
            other => other?,
        }
        Ok(walk)
    }

    /// All checks, one after the other.
    fn go(
        &self,
        walk: &mut Walk<'p>,
        note: &[u8],
        head: Head,
        kept: Option<&(Vec<u8>, Head)>,
        waiting: &[(Vec<u8>, Head)],
    ) -> Result<(), VerifyError> {
        let mut line = Line::new();
        let began = Instant::now();
        let mut show = |done: u64, all: u64| line.show(&bar(done, all, began.elapsed()));
        walk.follow(note, head, &mut show)?;
        let known = kept.map_or(0, |(_, head)| head.size);
        if walk.root_differs() && self.mirror.is_some_and(|mirror| mirror.drop_since(known) > 0) {
            // What a server once gave may be wrong, and stay so in the mirror: it is asked for again, once.
            *walk = self.new_walk();
            walk.notes.push("what was in the mirror did not lead to the signed root and was downloaded again".to_owned());
            walk.follow(note, head, &mut show)?;
        }
        if let Some((note, head)) = kept {
            walk.hold_to(note, head, "the checkpoint in the mirror")?;
        }
        for (note, head) in waiting {
            walk.hold_to(note, head, "a checkpoint that was seen earlier")?;
        }
        match self.site {
            Some(site) => {
                published::compare(walk, self.place, site, self.keys, Patience::default(), &mut show)?;
                served::compare(walk, self.place, site, self.keys, Patience::default(), self.closely, &mut show)?;
            }
            None => walk.notes.push("published sums were not compared: a folder has none".to_owned()),
        }
        Ok(())
    }

    /// Keeps what is worth it in the mirror: evidence, and what was read if it is whole.
    fn keep(
        &self,
        walk: &mut Walk<'p>,
        kept: Option<&(Vec<u8>, Head)>,
        waiting: &[(Vec<u8>, Head)],
        is_done: bool,
    ) -> Result<(), Failure> {
        let Some((mirror, unproven)) = self.mirror.zip(self.unproven()) else {
            return Ok(());
        };
        for pair in &walk.evidence {
            let folder =
                evidence::keep(mirror.path(), pair.before.as_bytes(), pair.after.as_bytes(), &format!("{}\n", pair.why))?;
            walk.notes.push(format!("both signed notes are in {}", folder.display()));
            [&pair.before, &pair.after].into_iter().for_each(|note| unproven.forget(note.as_bytes()));
        }
        // A sum that differs makes no log wrong.
        if is_done && walk.is_whole() {
            mirror.keep(walk.head().1, walk.size(), kept.map(|(_, head)| head.size))?;
            waiting.iter().for_each(|(note, _)| unproven.forget(note));
            walk.followed.iter().for_each(|note| unproven.forget(note));
        }
        Ok(())
    }
}

fn opened(note: &[u8], keys: &[Verifier], walk: &mut Walk<'_>) -> Option<Head> {
    match checkpoint::open(note, keys) {
        Ok(head) => Some(head),
        Err(error) => {
            let hint = match &error {
                CheckpointError::Note(NoteError::NoKnownSignature) => {
                    "; a later key of the log is named by an entry of kind KEY, under the signatures of those before it"
                }
                _ => "",
            };
            walk.findings.add("checkpoint", "checkpoint", format!("{error}{hint}"));
            None
        }
    }
}

fn bar(done: u64, all: u64, took: Duration) -> String {
    const WIDTH: u64 = 30;
    let filled = (done * WIDTH).checked_div(all).unwrap_or(WIDTH).min(WIDTH) as usize;
    let rate = done as f64 / took.as_secs_f64().max(0.001);
    let left = all.saturating_sub(done) as f64 / rate.max(1.0);
    let empty = WIDTH as usize - filled;
    format!("[{}{}] {done} of {all} entries, {rate:.0}/s, {left:.0} s left", "=".repeat(filled), " ".repeat(empty))
}

/// 0: right, and nothing later was seen; 1: wrong; 2: something could not be looked at; 3: right, and reversed later.
pub fn receipt(command: &ReceiptCommand) -> Result<ExitCode, Failure> {
    let ReceiptCommand::Check(command) = command;
    let keys = command.trust.keys()?;
    let file = read_limited(&command.file, MAX_RECEIPT as u64 + 1)?;
    let (receipt, head) = match Receipt::parse(&file).and_then(|receipt| receipt.verify(&keys).map(|head| (receipt, head))) {
        Ok(verified) => verified,
        Err(error) => {
            say(&format!("WRONG: {error}"))?;
            return Ok(ExitCode::from(1));
        }
    };
    let origin = keys.first().map(Verifier::name).unwrap_or_default();
    say(&format!(
        "The receipt is right: entry {} of the log {origin}, which has signed for {} entries.",
        receipt.index, head.size
    ))?;
    say(&visible(&String::from_utf8_lossy(&receipt.leaf)))?;
    let not_understood = receipts::not_understood(&receipt);
    if let Some(why) = &not_understood {
        say(&format!("This entry is included, not understood: {why}. What it says nobody can know."))?;
    }
    for (field, value) in receipt.opened.iter().flat_map(|opened| opened.shown()) {
        say(&format!("opened {field}: {}", visible(value)))?;
    }
    let Some(url) = &command.url else {
        say(
            "Checked offline: that the entry was in the signed log and what it says. Whether it was reversed or amended later cannot be",
        )?;
        say("seen in a receipt; --url asks the log.")?;
        return Ok(if not_understood.is_some() { ExitCode::from(2) } else { ExitCode::SUCCESS });
    };
    let site = Site::new(url, command.api.as_deref())?;
    let online = receipts::ask(&receipt, &head, &keys, &site)?;
    tell(&online)
}

fn tell(online: &Online) -> Result<ExitCode, Failure> {
    for finding in &online.findings.kept {
        say(&visible(&format!("WRONG: {}: {}: {}", finding.check, finding.subject, finding.differs)))?;
    }
    for later in &online.later {
        let word = if later.kind == "REVERSAL" { "ĐÃ HỦY, reversed" } else { "changed later" };
        let reason = later.reason.as_deref().map(|reason| format!(", {reason}")).unwrap_or_default();
        say(&format!("{word}: {} {} of {}, entry {} of the log{reason}", later.kind, later.code, later.booked, later.index))?;
    }
    for announced in &online.announced {
        say(&visible(&format!("ĐÃ HỦY (nhật ký chưa ký), reversed, says the public ledger: {announced}")))?;
    }
    for unknown in &online.unknown {
        say(&visible(&format!("NOT CHECKED: {unknown}")))?;
    }
    if online.findings.total > 0 {
        return Ok(ExitCode::from(1));
    }
    say(&format!("The log has {} entries now and continues the one the receipt was made from.", online.size))?;
    if online.later.is_empty() && online.announced.is_empty() && online.is_answered() {
        say(
            "The public ledger names no later entry about this one. Should it hide one, only a walk through the whole log can show it: audit --url.",
        )?;
    }
    Ok(match (online.is_reversed(), online.is_answered()) {
        (true, _) => ExitCode::from(3),
        (false, false) => ExitCode::from(2),
        (false, true) => ExitCode::SUCCESS,
    })
}
