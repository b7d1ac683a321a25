//! Running `pg_dump` and `pg_restore`.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};

use super::{Database, UpkeepError};
use crate::db::{DbError, private};

#[derive(QueryableByName)]
struct Server {
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Text)]
    name: String,
}

/// Name of the database and major version of its server.
pub(super) fn server(conn: &mut PgConnection) -> Result<(String, u32), DbError> {
    let server: Server =
        diesel::sql_query("SELECT current_setting('server_version_num')::int AS version, current_database()::text AS name")
            .get_result(conn)?;
    Ok((server.name, u32::try_from(server.version / 10_000).unwrap_or_default()))
}

/// The programs for a server of this version: of that version or newer, as PostgreSQL asks for.
pub(super) fn programs(database: &Database, major: u32) -> Result<PathBuf, UpkeepError> {
    Ok(private::client_programs(database.pg_bin.as_deref(), major)?)
}

/// A command that connects to the database. A password never stands on a command line, where everybody on the machine
/// could read it.
pub(super) fn command(database: &Database, bin: &std::path::Path, program: &str) -> Command {
    let mut command = if database.is_private {
        private::client_command(&bin.join(program))
    } else {
        let mut command = Command::new(bin.join(program));
        command.env("LC_ALL", "C").stdin(Stdio::null());
        command
    };
    let (url, password) = without_password(&database.url);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command.arg("--no-password").arg("--dbname").arg(url);
    command
}

/// Runs it to its end; `watch` is called several times a second. What it complains of becomes the error.
pub(super) fn run(name: &'static str, mut command: Command, mut watch: impl FnMut()) -> Result<(), UpkeepError> {
    let failed = |what: String| UpkeepError::Program(name, what);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().map_err(|error| failed(error.to_string()))?;
    let stderr = child.stderr.take();
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        // Enough for any message; the rest is read and dropped, so that the program never waits for us.
        if let Some(mut pipe) = stderr {
            let _ = pipe.by_ref().take(64 << 10).read_to_end(&mut text);
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        String::from_utf8_lossy(&text).into_owned()
    });
    let status = loop {
        match child.try_wait().map_err(|error| failed(error.to_string()))? {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(100)),
        }
        watch();
    };
    let said = reader.join().unwrap_or_default();
    if status.success() {
        return Ok(());
    }
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).take(4).collect();
    Err(failed(if lines.is_empty() { status.to_string() } else { lines.join(" | ") }))
}

/// A libpq URL or keyword string without its password, and the password.
fn without_password(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else {
        return without_keyword(url);
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let Some((user_info, host)) = authority.rsplit_once('@') else {
        return (url.to_owned(), None);
    };
    match user_info.split_once(':') {
        Some((user, password)) => (format!("{scheme}://{user}@{host}{tail}"), Some(decoded(password))),
        None => (url.to_owned(), None),
    }
}

fn without_keyword(text: &str) -> (String, Option<String>) {
    let mut password = None;
    let rest: Vec<&str> = text
        .split_whitespace()
        .filter(|word| match word.strip_prefix("password=") {
            Some(secret) if !secret.starts_with('\'') => {
                password = Some(secret.to_owned());
                false
            }
            _ => true,
        })
        .collect();
    match password {
        Some(_) => (rest.join(" "), password),
        None => (text.to_owned(), None),
    }
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let hex = text.get(at + 1..at + 3).filter(|_| *byte == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(hex.unwrap_or(*byte));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_leave_the_url() {
        for (url, rest, password) in [
            ("postgres://u:p%40ss@h:5432/d?x=1", "postgres://u@h:5432/d?x=1", Some("p@ss")),
            ("postgresql://u@h/d", "postgresql://u@h/d", None),
            ("postgres:///d?host=/tmp", "postgres:///d?host=/tmp", None),
            ("postgres://u:a:b@h", "postgres://u@h", Some("a:b")),
            ("host=h password=geheim dbname=d", "host=h dbname=d", Some("geheim")),
            ("postgres://u:100%@h/d", "postgres://u@h/d", Some("100%")),
        ] {
            assert_eq!(without_password(url), (rest.to_owned(), password.map(str::to_owned)), "{url}");
        }
    }
}
