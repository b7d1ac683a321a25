//! The program as a process: the real binary, real signals, a data folder of its own for every test. What is
//! killed here is killed with `SIGKILL`; every wait polls with a deadline.
#![cfg(target_os = "linux")]

#[path = "process/backups.rs"]
mod backups;
#[path = "process/blood_days.rs"]
mod blood_days;
#[path = "process/clients.rs"]
mod clients;
#[path = "process/commands.rs"]
mod commands;
#[path = "process/demo.rs"]
mod demo;
#[path = "process/faults.rs"]
mod faults;
#[path = "process/flood.rs"]
mod flood;
#[path = "process/harness.rs"]
mod harness;
#[path = "process/keys.rs"]
mod keys;
#[path = "process/kills.rs"]
mod kills;
#[path = "process/lists.rs"]
mod lists;
#[path = "process/log_keys.rs"]
mod log_keys;
#[path = "process/messages.rs"]
mod messages;
#[path = "process/papers.rs"]
mod papers;
#[path = "process/persons.rs"]
mod persons;
#[path = "process/receipts.rs"]
mod receipts;
#[path = "process/refusals.rs"]
mod refusals;
#[path = "process/restores.rs"]
mod restores;
#[path = "process/sealing.rs"]
mod sealing;
#[allow(dead_code, reason = "other tests use the rest of it")]
#[path = "api/sink.rs"]
mod sink;
#[path = "process/stopping.rs"]
mod stopping;
#[path = "process/upgrade.rs"]
mod upgrade;
#[path = "process/upgrade_backup.rs"]
mod upgrade_backup;
#[path = "process/volunteers.rs"]
mod volunteers;
