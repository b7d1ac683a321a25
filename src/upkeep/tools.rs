//! Running `pg_dump` and `pg_restore`.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};

use super::{Database, UpkeepError, conninfo};
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
pub(super) fn command(database: &Database, bin: &Path, program: &str) -> Result<Command, UpkeepError> {
    let target = conninfo::target(&database.url).map_err(|error| UpkeepError::Refused(error.to_string()))?;
    let mut command = if database.is_private {
        private::client_command(&bin.join(program))
    } else {
        let mut command = Command::new(bin.join(program));
        command.env("LC_ALL", "C").stdin(Stdio::null());
        command
    };
    if let Some(password) = target.password {
        command.env("PGPASSWORD", password);
    }
    command.arg("--no-password").arg("--dbname").arg(target.open);
    Ok(command)
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
