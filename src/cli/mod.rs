//! The command line.

mod audit;
mod demo;
mod install;
mod keys;
mod log;
pub use install::load_reference;
mod officer;
mod running;
mod second_factor;
mod serve;
mod steps;
mod upkeep;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use so_nhan_ai_proof::cli::{Failure, say, verify, watch};

use crate::basics::failpoint;
use crate::config::{Config, LogFormat, Settings};
use crate::db::migrations::Totals;
use crate::http::Lang;
use crate::privacy::register;
use crate::rooms::ROOMS;

/// Sổ Nhân Ái: operations backend and public ledger of the Vietnam Red Cross.
#[derive(Debug, Parser)]
#[command(name = "so-nhan-ai", version, about)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve,
    /// Run the server with demo data (never in a database given by DATABASE_URL)
    Demo,
    /// Bring the database to the newest schema, reference data and form of its rows, then end
    Migrate {
        /// Change nothing: list the data steps, and what they did that somebody should know of
        #[arg(long)]
        list: bool,
        /// Add every public total up again from the postings, and go on with that where another sum is stored
        #[arg(long, conflicts_with = "list")]
        rebuild_totals: bool,
    },
    /// Create, disable and enable officers' accounts
    #[command(subcommand)]
    Officer(officer::OfficerCommand),
    /// Key files
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// The public log: its name and keys, and mending it after a restore
    #[command(subcommand)]
    Log(log::LogCommand),
    /// Check the books: the database from inside, or the public log from outside
    Audit(audit::AuditCommand),
    /// Receipts of gifts
    #[command(subcommand)]
    Receipt(verify::ReceiptCommand),
    /// Watch a public log: does every checkpoint continue the one before?
    Watch(watch::WatchCommand),
    /// Make a backup, beside a running server or without one; keys are not in it
    Backup(upkeep::BackupCommand),
    /// Get an installation back from a backup, into an empty data folder or database
    Restore(upkeep::RestoreCommand),
    /// Personal data
    #[command(subcommand)]
    Privacy(PrivacyCommand),
    /// Print the OpenAPI document
    Openapi,
}

#[derive(Debug, Subcommand)]
enum PrivacyCommand {
    /// Print what is kept of people, why, by which right, who reads it and how long (Markdown, in Vietnamese)
    Register {
        /// In English
        #[arg(long)]
        english: bool,
    },
}

/// Reads the command line, does what it says, and says in one line what went wrong if it did.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    if let Ok(place) = std::env::var(failpoint::VARIABLE) {
        failpoint::arm(place);
    }
    let failed = match cli.command {
        // 1 says that something was found.
        Command::Audit(_) | Command::Receipt(_) | Command::Watch(_) => ExitCode::from(2),
        _ => ExitCode::FAILURE,
    };
    match dispatch(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("so-nhan-ai: {error}");
            failed
        }
    }
}

fn dispatch(cli: Cli) -> Result<ExitCode, Failure> {
    // What needs no installation, and none of its settings.
    match &cli.command {
        Command::Openapi => {
            say(crate::app::document_text()?.trim_end())?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Privacy(PrivacyCommand::Register { english }) => {
            let lang = if *english { Lang::En } else { Lang::Vi };
            say(register::print(ROOMS, lang).trim_end())?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Audit(command) if command.is_of_log() => return command.of_log(),
        Command::Audit(command) => command.only_for_database()?,
        Command::Receipt(command) => return verify::receipt(command),
        Command::Watch(command) => return watch::watch(command),
        _ => {}
    }
    // The demo's tour should stay on the screen, and so should what upkeep says.
    let default_log = match cli.command {
        Command::Demo | Command::Audit(_) | Command::Backup(_) | Command::Restore(_) | Command::Log(_) => "warn",
        _ => "info,actix_server=warn",
    };
    let config = Config::read(cli.settings, default_log)?;
    start_logging(&config)?;
    match cli.command {
        Command::Serve => serve::serve(&config),
        Command::Demo => demo::demo(&config),
        Command::Migrate { list: true, .. } => steps::list(&config),
        Command::Migrate { rebuild_totals: true, .. } => install::migrate(&config, Totals::Rebuild)
            .and_then(|()| say("the database is up to date, its totals are the sums of its postings")),
        Command::Migrate { .. } => {
            install::migrate(&config, Totals::MustBeRight).and_then(|()| say("the database is up to date"))
        }
        Command::Officer(command) => officer::run(&config, command),
        Command::Keys(command) => keys::run(&config, command),
        Command::Log(command) => log::run(&config, command),
        Command::Audit(command) => return command.of_database(&config),
        Command::Backup(command) => return upkeep::backup(&config, command),
        Command::Restore(command) => return upkeep::restore(&config, &command),
        Command::Openapi | Command::Privacy(_) | Command::Receipt(_) | Command::Watch(_) => Ok(()),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// Log lines go to standard error, so that standard output is what a command answers.
fn start_logging(config: &Config) -> Result<(), Failure> {
    // The search index's library has a line for each commit; whoever wants them names it in `log`.
    let filter = tracing_subscriber::EnvFilter::try_new(format!("tantivy=warn,{}", config.log))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Json => builder.json().flatten_event(true).init(),
        LogFormat::Text => builder.init(),
    }
    Ok(())
}
