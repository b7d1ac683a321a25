//! The API through HTTP, against a real PostgreSQL, and the structure it stands on.
//!
//! `story` is the main job, end to end. Recording: `gifts`, `slips`, `unusual`, `givers`, `batch`, `imports` (with `imports_read`), `intake`, `appeals`, `reversal`, `reversal_counts` (with
//! `books`, which compares every stored total with the postings), `opening_balances`, `stock`. The second person: `decisions`, `inbox`. The tree: `chapter_life`. Public reading:
//! `search`, `totals`, `chapters`, `units`, `csv_file`, `privacy` (with `look`); as pages: `portal`, `portal_entry`, `portal_leaves`, `portal_outside`, `portal_reversals`, `portal_search`. The log: `public_log`, `log_keys`, `log_recovery`. Vouchers: `cash_receipts`. Papers: `uploads`,
//! `books`, which compares every stored total with the postings), `opening_balances`. The second person: `decisions`, `inbox`. The tree: `chapter_life`. Public reading:
//! `search`, `totals`, `chapters`, `units`, `csv_file`, `privacy` (with `look`); as pages: `portal`, `portal_entry`, `portal_leaves`, `portal_outside`, `portal_reversals`, `portal_search`. The log: `public_log`, `log_keys`, `log_recovery`. Vouchers: `cash_receipts`, `vouchers`. Money out: `spending`, `advances`. Papers: `uploads`,
//! `pictures`, `documents`, `publications`, `publication_duties`, `sweep` (with `papers`). Persons: `names`, `aliases`, `finding`, `erasure`, `correction`, `consent`, `restriction`, `holders`, `personal_decisions` (with `personal`). Around it: `session` (with `refreshing`, `devices`, `factor`, `trail`), `password_change`, `proofs`, `accounts`, `phones`,
//! `appointments`, `administrators` (who works here, with which rights), `problems`, `operations`, `proxy` (behind nginx), `jobs`, `outbox` (with `sink`), `links`, `password_links`, `changes`, `webhooks` (with `receiver`). Structure: `guards` (attacks by SQL),
//! `public_role`, `matrix` and `coverage` (authorization), `openapi`, `schema`, `lists` (how often they ask), `keys`, `statements`, `migrations` (with `data_steps`), `rooms` with `arrows`, `said` (what rooms say of themselves), `shown` (pages are right at once).
//!
//! `harness` has the server and the callers, `kit` what is sent; `tests/rooms.txt` says which part is whose (`make test-room`).

mod harness;

mod accounts;
mod administrators;
mod advances;
mod aliases;
mod appeals;
mod appointments;
mod arrows;
mod audit;
mod batch;
mod books;
mod books_kit;
mod books_outside;
mod books_read;
mod cash_receipts;
mod changes;
mod chapter_life;
mod chapters;
mod clock_jump;
mod consent;
mod correction;
mod corrections;
mod corrections_together;
mod coverage;
mod csv_file;
mod data_steps;
mod decision_rules;
mod decisions;
mod devices;
mod documents;
mod erasure;
mod examples;
mod factor;
mod finding;
mod gifts;
mod givers;
mod guards;
mod holders;
mod imports;
mod imports_read;
mod inbox;
mod intake;
mod jobs;
mod keys;
mod kit;
mod law;
mod law_of_appeals;
mod links;
mod lists;
mod log_keys;
mod log_recovery;
mod look;
mod matrix;
mod members;
mod members_lists;
mod migrations;
mod names;
mod openapi;
mod openapi_types;
mod opening_balances;
mod operations;
mod outbox;
mod papers;
mod password_change;
mod password_links;
mod periods;
mod personal;
mod personal_decisions;
mod persons;
mod phones;
mod pictures;
mod portal;
mod portal_entry;
mod portal_held;
mod portal_late;
mod portal_leaves;
mod portal_outside;
mod portal_reversals;
mod portal_search;
mod privacy;
mod problems;
mod proofs;
mod prose;
mod proxy;
mod public_audit;
mod public_kinds;
mod public_log;
mod public_old;
mod public_role;
mod public_statements;
mod publication_duties;
mod publications;
mod purchases;
mod receiver;
mod refreshing;
mod restriction;
mod reversal;
mod reversal_counts;
mod reversal_instead;
mod rooms;
mod said;
mod schema;
mod search;
mod search_index;
mod search_truth;
mod sequencers;
mod session;
mod settlements;
mod shown;
mod sink;
mod slips;
mod spending;
mod spending_money;
mod spending_undo;
mod statements;
mod stock;
mod story;
mod successions;
mod successions_moments;
mod successions_new;
mod sweep;
mod totals;
mod trade_words;
mod trail;
mod transfers;
mod transfers_parts;
mod units;
mod unusual;
mod uploads;
mod vouchers;
mod webhooks;
mod words;
