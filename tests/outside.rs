//! The public log as outsiders see it: our own verifier as library and as program, and programs that share no code with us, on logs
//! that our core writes. No database.

#[path = "outside/audits.rs"]
mod audits;
#[path = "outside/calendars.rs"]
mod calendars;
#[path = "outside/changed_bytes.rs"]
mod changed_bytes;
#[path = "outside/commands.rs"]
mod commands;
#[path = "outside/every_kind.rs"]
mod every_kind;
#[path = "outside/hostile.rs"]
mod hostile;
#[path = "outside/online.rs"]
mod online;
#[path = "outside/rows.rs"]
mod rows;
#[path = "outside/sample.rs"]
mod sample;
#[path = "outside/server.rs"]
mod server;
#[path = "outside/sheets.rs"]
mod sheets_outside;
#[path = "outside/shop.rs"]
mod shop;
#[path = "outside/tables.rs"]
mod tables;
#[path = "outside/tools.rs"]
mod tools;
