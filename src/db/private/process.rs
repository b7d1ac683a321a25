//! Looking at processes by their pid. A pid alone proves nothing: the kernel gives it to someone else later, so every
//! question here is about a pid *and* a cluster folder, or a pid *and* its start time.
//!
//! On Linux `/proc` answers; elsewhere `ps` does, which knows less.

use std::fs;
use std::path::Path;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

/// What `/proc/<pid>/stat` tells.
#[derive(Debug, PartialEq, Eq)]
struct Look {
    name: String,
    /// Dead, only not yet fetched by its parent.
    zombie: bool,
    /// In clock ticks since the machine started.
    started: u64,
}

fn has_proc() -> bool {
    Path::new("/proc/self/stat").exists()
}

fn look(pid: i32) -> Option<Look> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// "123 (name, which may contain anything) S 1 …": fields 3 and 22 of proc(5).
fn parse_stat(stat: &str) -> Option<Look> {
    let (head, tail) = stat.rsplit_once(')')?;
    let name = head.split_once('(')?.1.to_owned();
    let mut fields = tail.split_ascii_whitespace();
    let zombie = matches!(fields.next()?, "Z" | "X");
    let started = fields.nth(18)?.parse().ok()?;
    Some(Look { name, zombie, started })
}

/// When the process started, to recognize it later; `None` where the system does not tell.
pub(super) fn started(pid: i32) -> Option<u64> {
    look(pid).map(|look| look.started)
}

/// Does the process that started then still run? A zombie does not.
pub(super) fn is_running(pid: i32, started: Option<u64>) -> bool {
    if has_proc() {
        look(pid).is_some_and(|look| !look.zombie && started.is_none_or(|then| then == look.started))
    } else {
        ps(pid).is_some()
    }
}

/// Is there anything with this pid, be it a zombie or somebody else's? The question PostgreSQL itself asks.
pub(super) fn exists(pid: i32) -> bool {
    Pid::from_raw(pid).filter(|_| pid > 0).is_some_and(|pid| test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

/// Is this process a live postmaster (or backend) of that cluster, and not a stranger with a recycled pid?
pub(super) fn is_postmaster_of(pid: i32, cluster: &Path) -> bool {
    if pid <= 1 {
        return false;
    }
    if !has_proc() {
        let folder = cluster.display().to_string();
        return ps(pid).is_some_and(|command| command.contains("postgres") && command.contains(&folder));
    }
    let of_postgres = look(pid).is_some_and(|look| !look.zombie && is_postgres(&look.name));
    of_postgres && (works_in(pid, cluster) || was_started_for(pid, cluster))
}

/// Backends of this cluster that outlived their postmaster. Only to be asked when no postmaster runs. Empty where the
/// system has no `/proc`: there PostgreSQL's own check of its shared memory must do.
pub(super) fn orphans_of(cluster: &Path) -> Vec<i32> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|&pid| works_in(pid, cluster) && look(pid).is_some_and(|look| !look.zombie && is_postgres(&look.name)))
        .collect()
}

/// Sends a signal; that the process is gone already is as good.
pub(super) fn send(pid: i32, signal: Signal) {
    // Zero and negative numbers would mean whole process groups.
    if let Some(target) = Pid::from_raw(pid).filter(|_| pid > 1)
        && let Err(error) = kill_process(target, signal)
        && error != rustix::io::Errno::SRCH
    {
        tracing::warn!(pid, ?signal, %error, "could not send a signal to PostgreSQL");
    }
}

fn is_postgres(name: &str) -> bool {
    name == "postgres" || name == "postmaster"
}

/// PostgreSQL works with its cluster folder as the current one.
fn works_in(pid: i32, cluster: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|folder| folder == cluster)
}

/// The command line is readable even where the current folder is not.
fn was_started_for(pid: i32, cluster: &Path) -> bool {
    let Ok(line) = fs::read(format!("/proc/{pid}/cmdline")) else { return false };
    let mut arguments = line.split(|&byte| byte == 0).skip_while(|&argument| argument != b"-D");
    arguments.nth(1).is_some_and(|folder| folder == cluster.as_os_str().as_encoded_bytes())
}

/// The command line of a process that is not a zombie.
fn ps(pid: i32) -> Option<String> {
    let pid = pid.to_string();
    let output = Command::new("ps").args(["-ww", "-o", "state=", "-o", "command=", "-p", &pid]).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !text.is_empty() && !text.starts_with('Z')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_stat_lines_with_odd_names() {
        let stat = "42 (a) b (c) Z 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 9876 1 2";
        assert_eq!(parse_stat(stat), Some(Look { name: "a) b (c".into(), zombie: true, started: 9876 }));
        assert_eq!(parse_stat("42 (cut"), None);
    }

    #[test]
    fn knows_a_process_by_pid_and_start() {
        let me = std::process::id() as i32;
        assert!(is_running(me, started(me)));
        assert!(!is_running(me, Some(1)), "the pid is the same, the process is not");
        assert!(!is_postmaster_of(me, &std::env::current_dir().unwrap()), "the folder is the same, the program is not");
        assert!(ps(me).is_some());
    }

    #[test]
    fn a_zombie_does_not_run() {
        let mut child = Command::new("true").spawn().unwrap();
        let pid = child.id() as i32;
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while is_running(pid, None) {
            assert!(std::time::Instant::now() < deadline, "it is never seen as dead");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        assert!(ps(pid).is_none());
        child.wait().unwrap();
    }
}
