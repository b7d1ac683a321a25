//! The API through HTTP, against a real PostgreSQL, and the structure it stands on.
//!
//! `story` is the main job, end to end. Recording: `gifts`, `givers`, `batch`, `intake`, `appeals`, `reversal` (with
//! `books`, which compares every stored total with the postings), `opening_balances`. Vouchers: `cash_receipts`. The
//! tree: `chapter_life`. Public reading: `search`, `totals`, `chapters`, `units`, `csv_file`, `privacy` (with `look`).
//! Around it: `session` (with `refreshing`, `devices`, `factor`, `trail`), `problems`, `operations`. Structure: `guards`
//! (attacks by SQL), `public_role`, `matrix` and `coverage` (authorization), `openapi`, `schema`, `migrations`, `rooms`.

mod harness;

mod appeals;
mod audit;
mod batch;
mod books;
mod cash_receipts;
mod chapter_life;
mod chapters;
mod clock_jump;
mod coverage;
mod csv_file;
mod devices;
mod factor;
mod gifts;
mod givers;
mod guards;
mod intake;
mod look;
mod matrix;
mod migrations;
mod openapi;
mod opening_balances;
mod operations;
mod privacy;
mod problems;
mod public_role;
mod refreshing;
mod reversal;
mod rooms;
mod schema;
mod search;
mod session;
mod story;
mod totals;
mod trail;
mod units;
