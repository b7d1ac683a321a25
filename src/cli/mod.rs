//! The command line.

mod demo;
mod install;
pub use install::load_reference;
mod officer;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, LogFormat, Settings};
use crate::vault::keys;

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
    /// Bring the database to the newest schema and reference data, then end
    Migrate,
    /// Create, disable and enable officers' accounts
    #[command(subcommand)]
    Officer(officer::OfficerCommand),
    /// Key files
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Print the OpenAPI document
    Openapi,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Make the key files of a new installation
    Init,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Reads the command line, does what it says, and says in one line what went wrong if it did.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match dispatch(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("so-nhan-ai: {error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(cli: Cli) -> Result<(), Failure> {
    if let Command::Openapi = cli.command {
        print!("{}", crate::app::document_text()?);
        return Ok(());
    }
    let config = Config::read(cli.settings)?;
    start_logging(&config)?;
    match cli.command {
        Command::Serve => serve::serve(&config),
        Command::Demo => demo::demo(&config),
        Command::Migrate => install::open(&config).map(|_| println!("the database is up to date")),
        Command::Officer(command) => officer::run(&config, command),
        Command::Keys(KeysCommand::Init) => {
            keys::init(&config.keys_dir)?;
            println!("keys written to {}; back them up apart from the database", config.keys_dir.display());
            Ok(())
        }
        Command::Openapi => Ok(()),
    }
}

/// Log lines go to standard error, so that standard output is what a command answers.
fn start_logging(config: &Config) -> Result<(), Failure> {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log)?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Json => builder.json().flatten_event(true).init(),
        LogFormat::Text => builder.init(),
    }
    Ok(())
}
