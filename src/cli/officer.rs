//! `officer`: accounts from the command line, for the first administrator and for emergencies.

use std::io::Read;

use clap::Subcommand;
use uuid::Uuid;

use super::Failure;
use super::{install, say, second_factor};
use crate::authz::{AuditEvent, Role, audit};
use crate::basics::clock::vietnam_date;
use crate::basics::{Line, Phone};
use crate::config::Config;
use crate::db::DbError;
use crate::identity::model::{user_name, user_name_as_typed};
use crate::identity::sessions::{self, EndReason};
use crate::identity::store::{self, CreateError, NewAccount};
use crate::identity::{accounts, one_time, password_rules};
use crate::tree;

#[derive(Debug, Subcommand)]
pub enum OfficerCommand {
    /// Create an account with a role
    Create {
        /// User name: a letter, then letters, digits, dots or dashes
        #[arg(long)]
        user: String,
        /// Full name of the person
        #[arg(long)]
        name: String,
        /// Phone number, also good for log-in
        #[arg(long)]
        phone: Option<String>,
        /// CENTRAL_ADMINISTRATOR, PROVINCIAL_ADMINISTRATOR, CHAPTER_CHAIR, OFFICER, ACCOUNTANT, INSPECTOR, TRACING_OFFICER, BLOOD_OFFICER or ORGAN_OFFICER
        #[arg(long)]
        role: String,
        /// Code of the chapter, e.g. 23095, 68 or TW
        #[arg(long)]
        chapter: String,
        /// Number of the decision that gives the role
        #[arg(long)]
        decision: String,
        /// One more account of the person who has this account already
        #[arg(long)]
        same_person_as: Option<String>,
        /// Read the password from standard input instead of making one
        #[arg(long)]
        password_stdin: bool,
        /// The password is good for a week, and for choosing another
        #[arg(long, conflicts_with = "password_stdin")]
        one_time: bool,
    },
    /// Make a new one-time password for an account whose password is lost; its sessions end
    OneTimePassword {
        #[arg(long)]
        user: String,
    },
    /// Take away a second factor whose phone and recovery codes are lost; the account's sessions end
    ResetSecondFactor {
        #[arg(long)]
        user: String,
    },
    /// Print the code an authenticator with this secret shows now, to try one out
    Code {
        /// The secret in base32; read from standard input when left out
        #[arg(long)]
        secret: Option<String>,
    },
    /// Refuse an account from the next request on; its sessions end
    Disable {
        #[arg(long)]
        user: String,
    },
    /// Let a disabled account in again
    Enable {
        #[arg(long)]
        user: String,
    },
}

pub fn run(config: &Config, command: OfficerCommand) -> Result<(), Failure> {
    if let OfficerCommand::Code { secret } = command {
        return second_factor::print_code(secret);
    }
    let installation = install::open_beside(config)?;
    let shared = &installation.shared;
    let now = shared.clock.now();
    match command {
        OfficerCommand::Disable { user } | OfficerCommand::Enable { user } | OfficerCommand::OneTimePassword { user }
            if user_name(&user).is_none() =>
        {
            Err(format!("`{user}` is no user name").into())
        }
        OfficerCommand::OneTimePassword { user } => one_time_password(&installation, &user),
        // Answered above.
        OfficerCommand::Code { .. } => Ok(()),
        OfficerCommand::ResetSecondFactor { user } => second_factor::reset(&installation, &user),
        OfficerCommand::Disable { user } => set_disabled(&installation, &user, true),
        OfficerCommand::Enable { user } => set_disabled(&installation, &user, false),
        OfficerCommand::Create {
            user,
            name,
            phone: number,
            role,
            chapter,
            decision,
            same_person_as,
            password_stdin,
            one_time,
        } => {
            let user =
                user_name(&user).ok_or("the user name must be a letter followed by 2 to 63 letters, digits, dots or dashes")?;
            let name = Line::name(&name, 200)
                .map_err(|_| "the name must be one line of 1 to 200 Latin letters and signs that papers can print")?;
            let decision =
                Line::parse(&decision, 100).map_err(|_| "the decision number must be one line of 1 to 100 characters")?;
            let number = number.map(|typed| Phone::parse(&typed).map_err(|e| e.advice().1.into_owned())).transpose()?;
            let role =
                Role::parse(&role).ok_or_else(|| format!("unknown role; known are {}", Role::ALL.map(Role::name).join(", ")))?;
            let password =
                if password_stdin { read_password(&user, number.as_ref().map(Phone::as_str))? } else { one_time::make()? };
            let until = one_time.then(|| now + one_time::GOOD_FOR);
            let hash = shared.passwords.hash(&password)?;
            let code = chapter.clone();
            shared.db.tx_blocking(|conn| -> Result<Uuid, CreateError> {
                let here = tree::place(conn, &code)?.ok_or(CreateError::UnknownChapter(code))?;
                let officer = match &same_person_as {
                    None => None,
                    Some(other) => Some(
                        store::officer_by_user_name(conn, &user_name_as_typed(other))?
                            .ok_or_else(|| CreateError::UnknownAccount(other.clone()))?,
                    ),
                };
                let new = NewAccount {
                    officer,
                    full_name: name.as_str(),
                    user_name: &user,
                    phone: number.as_ref().map(Phone::as_str),
                    password_hash: &hash,
                };
                let (account, _) = store::create_account(conn, &shared.vault, now, &new)?;
                accounts::settle(conn, account, here.id, until)?;
                store::assign_role(conn, account, role, here.id, vietnam_date(now), decision.as_str())?;
                let event =
                    AuditEvent { account: None, action: "ACCOUNT_CREATED", subject: Some(account), chapter: Some(here.id.0) };
                audit(conn, now, &[event])?;
                Ok(account)
            })?;
            let shown = if password_stdin { String::new() } else { format!("\npassword: {password}") };
            say(&format!("{user} is {} at {chapter}{shown}", role.name()))
        }
    }
}

fn set_disabled(installation: &install::Installation, user: &str, disabled: bool) -> Result<(), Failure> {
    let shared = &installation.shared;
    let now = shared.clock.now();
    let user = user_name_as_typed(user);
    let action = if disabled { "ACCOUNT_DISABLED" } else { "ACCOUNT_ENABLED" };
    let found = shared.db.tx_blocking(|conn| -> Result<bool, DbError> {
        let Some(id) = store::account_by_user_name(conn, &user)? else { return Ok(false) };
        store::set_disabled(conn, &user, disabled.then_some(now))?;
        if disabled {
            sessions::end_all(conn, id, None, EndReason::Revoked, now)?;
        }
        audit(conn, now, &[AuditEvent { account: None, action, subject: Some(id), chapter: None }])?;
        Ok(true)
    })?;
    if !found {
        return Err(format!("there is no account {user}").into());
    }
    say(&format!("{user} is {}", if disabled { "disabled" } else { "enabled" }))
}

fn one_time_password(installation: &install::Installation, user: &str) -> Result<(), Failure> {
    let shared = &installation.shared;
    let now = shared.clock.now();
    let user = user_name_as_typed(user);
    let password = one_time::make()?;
    let hash = shared.passwords.hash(&password)?;
    let until = shared.db.tx_blocking(|conn| -> Result<_, DbError> {
        let Some(id) = store::account_by_user_name(conn, &user)? else { return Ok(None) };
        let until = accounts::reset_password(conn, id, &hash, now)?;
        let event = AuditEvent { account: None, action: "ONE_TIME_PASSWORD_GIVEN", subject: Some(id), chapter: None };
        audit(conn, now, &[event])?;
        Ok(Some(until))
    })?;
    let until = until.ok_or_else(|| format!("there is no account {user}"))?;
    say(&format!("{user} may log in until {} and choose a password\npassword: {password}", vietnam_date(until)))
}

fn read_password(user: &str, phone: Option<&str>) -> Result<String, Failure> {
    let mut password = String::new();
    std::io::stdin().take(1_000).read_to_string(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    password_rules::check(&password, user, phone).map_err(|error| error.detail.en)?;
    Ok(password)
}
