//! What every endpoint shares: problem+json for every error, request ids, languages, cursors, JSON bodies with
//! limits and exact pointers, conditional answers, security headers, who the client is and how much it may ask, metrics.
//!
//! Features return [`Problem`]; the [`finish`](finish::finish) middleware turns it (and whatever the framework
//! itself refuses) into one RFC 9457 document in the caller's language. Nothing here knows a feature.

pub mod answers;
pub mod body;
pub mod cache;
pub mod check;
pub mod client;
pub mod codes;
pub mod cors;
pub mod cursor;
pub mod etag;
pub mod finish;
pub mod fit;
pub mod health;
pub mod language;
pub mod limits;
pub mod line;
pub mod listed;
pub mod metrics;
pub mod patch;
pub mod problem;
pub mod public_url;
pub mod query;
pub mod rendered;
pub mod reply;
pub mod rough;
pub mod routing;
pub mod sent_file;
pub mod sets;
mod shape;
pub mod spool;
mod strict;
pub mod table;

pub use body::{Body, Bytes, Item, Items};
pub use check::Check;
pub use client::Client;
pub use cursor::{Cursor, OfChapter, Page, Paging, Span, rows_a_page};
pub use language::{Lang, Say};
pub use limits::{Allowance, Class};
pub use line::{note, one_line, one_name, phone, unfit_name};
pub use metrics::Metrics;
pub use patch::Patch;
pub use problem::{FieldError, Kind, Problem};
pub use public_url::PublicUrl;
pub use query::Query;
pub use rendered::Rendered;
pub use reply::{Answer, Reply};
pub use rough::Rough;
pub use sent_file::SentFile;
pub use shape::no_choice;
