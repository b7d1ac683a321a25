//! The cluster folder: making it, and starting a postmaster on it with the settings we insist on.

use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{SystemTime, UNIX_EPOCH};

use super::account::{self, Account};
use super::postmaster::{PidFile, Postmaster};
use super::programs::{self, Places, Programs};
use super::{NAME, PORT, PrivateError, logfile, process, socket};

/// A cluster in the making is called this and a unique ending.
const UNFINISHED: &str = "postgres.new-";

/// A complete cluster and all that is needed to start it, again and again.
pub(super) struct Cluster {
    pub(super) programs: Programs,
    account: Option<Account>,
    pub(super) folder: PathBuf,
    pub(super) socket_dir: PathBuf,
    pub(super) log: PathBuf,
    durable: bool,
}

impl Cluster {
    /// Finds programs and user, makes the cluster if there is none, and the socket folder. The caller holds the lock
    /// on `data_dir`, which is an absolute path without links.
    pub(super) fn prepare(data_dir: &Path, pg_bin: Option<&Path>, durable: bool) -> Result<Cluster, PrivateError> {
        let folder = data_dir.join("postgres");
        let account = account::choose(&folder)?;
        let version = version_of(&folder)?;
        let needed = version.map(|major| (major, folder.as_path()));
        let programs = programs::find(pg_bin, needed, &Places::default())?;
        if let Some(account) = &account {
            account::check_reach(account, data_dir, &programs.path("postgres"))?;
        }
        let uid = account.as_ref().map_or(rustix::process::geteuid().as_raw(), |account| account.uid);
        let cluster = Cluster {
            socket_dir: socket::folder_for(data_dir, uid),
            log: data_dir.join("postgres.log"),
            programs,
            account,
            folder,
            durable,
        };
        remove_unfinished(data_dir);
        match version {
            None => cluster.create(data_dir)?,
            Some(_) => cluster.take_from_root()?,
        }
        socket::prepare(&cluster.socket_dir, cluster.account.as_ref())?;
        Ok(cluster)
    }

    /// `initdb` in a sibling folder, renamed at the end.
    fn create(&self, data_dir: &Path) -> Result<(), PrivateError> {
        // Not the pid alone: in a container it is the same at every start.
        let nanoseconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let unfinished = data_dir.join(format!("{UNFINISHED}{}-{nanoseconds}", std::process::id()));
        tracing::info!(folder = %self.folder.display(), version = self.programs.major, "making the database");
        let made = self
            .create_in(&unfinished)
            .and_then(|()| fs::rename(&unfinished, &self.folder).map_err(PrivateError::io("rename into place", &self.folder)));
        if made.is_err() {
            remove_unfinished(data_dir);
        } else if self.durable {
            // The rename itself must survive a power cut too.
            File::open(data_dir).and_then(|dir| dir.sync_all()).map_err(PrivateError::io("write to disk", data_dir))?;
        }
        made
    }

    fn create_in(&self, folder: &Path) -> Result<(), PrivateError> {
        let mut output = None;
        for locale in ["C.UTF-8", "C"] {
            // A failed initdb may leave something behind.
            if folder.exists() {
                fs::remove_dir_all(folder).map_err(PrivateError::io("remove", folder))?;
            }
            DirBuilder::new().mode(0o700).create(folder).map_err(PrivateError::io("create the folder", folder))?;
            if let Some(account) = &self.account {
                account::give(folder, account)?;
            }
            let result = self.initdb(folder, locale)?;
            if result.status.success() {
                return self.configure(folder);
            }
            let said = said(&result);
            let locale_unknown = said.contains("locale");
            output = Some(said);
            if !locale_unknown {
                break;
            }
        }
        let output = logfile::tail(&output.unwrap_or_default(), 10);
        Err(PrivateError::InitDb { path: self.folder.clone(), output })
    }

    fn initdb(&self, folder: &Path, locale: &str) -> Result<Output, PrivateError> {
        let program = self.programs.path("initdb");
        let mut command = account::command(&program, self.account.as_ref());
        command.arg("-D").arg(folder).args(["-U", NAME, "-A", "trust", "-E", "UTF8", "--data-checksums"]);
        command.args(["--no-instructions", &format!("--locale={locale}")]);
        if !self.durable {
            command.arg("--no-sync");
        }
        command.output().map_err(PrivateError::io("run", &program))
    }

    /// Settings that are a matter of taste and hardware: in the file, where an administrator may change them. Those
    /// that are a matter of safety are on the command line (`arguments`).
    fn configure(&self, folder: &Path) -> Result<(), PrivateError> {
        let hardware = if self.durable {
            // Whole pages go to the log after each checkpoint, many for each gift: pglz costs more than all the rest of it.
            let compression = if self.knows(folder, "wal_compression=lz4") { "lz4" } else { "on" };
            let shared_buffers = buffers_for(installed_memory());
            format!(
                "shared_buffers = {shared_buffers}MB\nmax_wal_size = 4GB\nmax_connections = 100\nwal_compression = {compression}"
            )
        } else {
            // Thrown away soon, perhaps kept in memory, with many small servers on it.
            "shared_buffers = 64MB\nmax_wal_size = 256MB\nmax_connections = 300".to_owned()
        };
        let text = format!(
            "\n# Set when Sổ Nhân Ái made this cluster; may be changed. Addresses, time zone and everything about\n\
             # durability are given on the command line at every start and can't be changed here.\n\
             {hardware}\nrandom_page_cost = 1.1\njit = off\n"
        );
        let path = folder.join("postgresql.conf");
        let mut file = OpenOptions::new().append(true).open(&path).map_err(PrivateError::io("open", &path))?;
        file.write_all(text.as_bytes())
            .and_then(|()| if self.durable { file.sync_all() } else { Ok(()) })
            .map_err(PrivateError::io("write", &path))
    }

    /// Whether this PostgreSQL was built so that it takes a setting.
    fn knows(&self, folder: &Path, setting: &str) -> bool {
        let mut command = account::command(&self.programs.path("postgres"), self.account.as_ref());
        command.arg("-D").arg(folder).args(["-C", "wal_compression", "-c", setting]);
        command.output().is_ok_and(|output| output.status.success())
    }

    /// A cluster copied by root belongs to root, and PostgreSQL would refuse it.
    fn take_from_root(&self) -> Result<(), PrivateError> {
        let Some(account) = &self.account else { return Ok(()) };
        let metadata = fs::metadata(&self.folder).map_err(PrivateError::io("look at", &self.folder))?;
        if metadata.uid() == 0 { account::give(&self.folder, account) } else { Ok(()) }
    }

    /// The arguments of `postgres`: what no file and no `ALTER SYSTEM` may override.
    fn arguments(&self) -> Vec<OsString> {
        let on_or_off = if self.durable { "on" } else { "off" };
        let mut socket_setting = OsString::from("unix_socket_directories=");
        socket_setting.push(&self.socket_dir);
        let settings = [
            "listen_addresses=".to_owned(),
            "unix_socket_permissions=0700".to_owned(),
            format!("port={PORT}"),
            format!("fsync={on_or_off}"),
            format!("synchronous_commit={on_or_off}"),
            format!("full_page_writes={on_or_off}"),
            "timezone=UTC".to_owned(),
            "log_timezone=UTC".to_owned(),
            "log_destination=stderr".to_owned(),
            "logging_collector=off".to_owned(),
        ];
        let mut arguments = vec![OsString::from("-D"), self.folder.clone().into()];
        for setting in settings.into_iter().map(OsString::from).chain([socket_setting]) {
            arguments.push(OsString::from("-c"));
            arguments.push(setting);
        }
        arguments
    }

    /// The live postmaster of this cluster, whoever started it.
    pub(super) fn running(&self) -> Option<Postmaster> {
        let pid = PidFile::of(&self.folder)?.pid;
        process::is_postmaster_of(pid, &self.folder).then(|| Postmaster::adopted(pid, &self.log))
    }

    /// Was the running postmaster started with exactly our arguments, and is it not about to stop? PostgreSQL keeps
    /// its command line in `postmaster.opts`; the program's path is not compared, a minor upgrade may have moved it.
    pub(super) fn runs_as_wished(&self) -> bool {
        let quoted = self.arguments().iter().fold(Vec::new(), |mut line, argument| {
            line.extend([b" \"", argument.as_encoded_bytes(), b"\""].concat());
            line
        });
        let options = fs::read(self.folder.join("postmaster.opts")).unwrap_or_default();
        let stopping = PidFile::of(&self.folder).is_none_or(|file| file.is_stopping());
        options.trim_ascii_end().ends_with(&quoted) && !stopping
    }

    /// Has this postmaster said that it accepts connections?
    pub(super) fn is_ready(&self, postmaster: &Postmaster) -> bool {
        PidFile::of(&self.folder).is_some_and(|file| file.pid == postmaster.pid && file.is_ready())
    }

    /// Starts a postmaster. The caller has made sure that none is running.
    pub(super) fn launch(&self) -> Result<Postmaster, PrivateError> {
        let log = logfile::open(&self.log)?;
        let second = log.try_clone().map_err(PrivateError::io("open", &self.log))?;
        let program = self.programs.path("postgres");
        let child = account::command(&program, self.account.as_ref())
            .args(self.arguments())
            .stdout(log)
            .stderr(second)
            // Ctrl-C in the terminal goes to the whole foreground group; it is for the server alone, which stops
            // PostgreSQL last.
            .process_group(0)
            .spawn()
            .map_err(PrivateError::io("run", &program))?;
        Ok(Postmaster::born(child, &self.log))
    }

    /// Removes lock files whose pid now belongs to a stranger (or to a zombie nobody fetches, common in containers):
    /// PostgreSQL would take that for a postmaster and refuse. Files whose process is gone it handles better itself: it
    /// looks at the shared memory too. There are two, one for the cluster and one for the socket.
    pub(super) fn remove_stale_lock_files(&self) -> Result<(), PrivateError> {
        let of_socket = self.socket_dir.join(format!(".s.PGSQL.{PORT}.lock"));
        for path in [self.folder.join("postmaster.pid"), of_socket] {
            let Some(file) = PidFile::read(&path) else { continue };
            // The socket folder is named by a hash: it is just conceivable that it is another cluster's too.
            if file.pid > 1 && process::exists(file.pid) && !process::is_postmaster_of(file.pid, &file.cluster) {
                tracing::warn!(pid = file.pid, path = %path.display(), "removing a stale lock file of PostgreSQL");
                fs::remove_file(&path).map_err(PrivateError::io("remove", &path))?;
            }
        }
        Ok(())
    }

    /// Backends of a dead postmaster. A single-user session, whose pid is in the pid file, is somebody at work.
    pub(super) fn orphans(&self) -> Vec<i32> {
        let single_user = PidFile::of(&self.folder).map(|file| -file.pid);
        process::orphans_of(&self.folder).into_iter().filter(|&pid| Some(pid) != single_user).collect()
    }

    /// Makes the database if it is missing. The cluster answers queries.
    pub(super) fn ensure_database(&self) -> Result<(), PrivateError> {
        let encoding = self.query(&format!("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = '{NAME}'"))?;
        match encoding.as_str() {
            "UTF8" => Ok(()),
            // template0, because someone may have put something into template1.
            "" => self.query(&format!("CREATE DATABASE {NAME} TEMPLATE template0 ENCODING 'UTF8'")).map(|_| ()),
            other => Err(PrivateError::Database { name: NAME, why: format!("its encoding is {other} and not UTF8") }),
        }
    }

    fn query(&self, sql: &str) -> Result<String, PrivateError> {
        let program = self.programs.path("psql");
        let mut command: Command = account::command(&program, self.account.as_ref());
        command.args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-U", NAME, "-p", PORT, "-d", "postgres"]);
        command.arg("-h").arg(&self.socket_dir).args([OsStr::new("-c"), OsStr::new(sql)]);
        let output = command.output().map_err(PrivateError::io("run", &program))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        Err(PrivateError::Database { name: NAME, why: logfile::tail(&said(&output), 5) })
    }
}

/// The major version of the cluster; `None` if there is none yet (an empty folder counts as none).
fn version_of(folder: &Path) -> Result<Option<u32>, PrivateError> {
    let file = folder.join("PG_VERSION");
    let not_a_cluster = || PrivateError::NotACluster { path: folder.to_path_buf() };
    match fs::read_to_string(&file) {
        Ok(text) => text.trim().parse().map(Some).map_err(|_| not_a_cluster()),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(PrivateError::io("read", &file)(error)),
        Err(_) => match fs::read_dir(folder).map(Iterator::count) {
            Ok(0) => Ok(None),
            Ok(_) => Err(not_a_cluster()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(PrivateError::io("read", folder)(error)),
        },
    }
}

/// Removes what an interrupted `initdb` left. We hold the lock, so nobody is at work there, except perhaps that very
/// `initdb`, which then fails; its folder has another name than ours.
fn remove_unfinished(data_dir: &Path) {
    for entry in fs::read_dir(data_dir).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED)
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::warn!(folder = %entry.path().display(), %error, "could not remove an unfinished database");
        }
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Memory of this machine in MiB; 2 GiB where the system does not say.
fn installed_memory() -> u64 {
    let kib = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let total = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        total.split_whitespace().next()?.parse::<u64>().ok()
    });
    kib.map_or(2_048, |kib| kib / 1_024)
}

/// An eighth of the machine for PostgreSQL's own cache: indexes of millions of random ids live or die by it.
fn buffers_for(memory: u64) -> u64 {
    (memory / 8).clamp(128, 2_048)
}
