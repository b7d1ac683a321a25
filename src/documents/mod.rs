//! Papers and photographs: stored outside the database by content, cleaned, and shown to nobody by accident.
//!
//! Hạnh photographs the paper of a gift on a bus. Her phone announces the file (name, type, length, SHA-256), sends it
//! in chunks, loses the connection, asks where the upload stands and goes on from there ([`uploads`]). The last chunk
//! makes it a document ([`assemble`]): compared with what was announced, known by its bytes and not by its name, freed of
//! the place where she took it ([`clean`]), stored under the hash of what is left ([`files`]).
//!
//! What always holds:
//! - A row in `document` has its file: the file is on disk, entry and all, before the row is committed, and the sweep
//!   ([`sweep`]) takes no file that a row names or is about to name. [`verify`] proves it.
//! - A file never changes. What a crash leaves behind is garbage without a name.
//! - Everybody reads a document only with READ at its chapter. The public reads `document_publication` alone, and only
//!   what was uploaded for an appeal or an activity, linked to it and published by whoever runs it can stand there: keys of
//!   the database say so. A giver's paper cannot be published by any request.
//! - A paper of a giver who was erased or restricted is closed ([`closures`]): kept as the law says, and not shown.
//! - The name a file had on the phone is sealed; it often is a person's name. The public gets a title made for it.

pub mod answers;
pub mod assemble;
mod cancel_routes;
pub mod clean;
pub mod closures;
pub mod content;
pub mod files;
pub mod model;
pub mod of_people;
pub mod paper_routes;
pub mod persons;
mod receive;
pub mod routes;
pub mod shown;
pub mod store;
pub mod sweep;
pub mod upload_routes;
pub mod uploads;
pub mod verify;

use crate::house::Room;
use crate::house::succession::Succession::{Ends, Follows};
use crate::house::thread::Thread;

/// What the house wants to know of this room.
pub const ROOM: Room = Room {
    tables: &[
        "document",
        "document_closure",
        "document_link",
        "document_publication",
        "document_withdrawal",
        "upload",
        "upload_chunk",
    ],
    routes: configure,
    persons: &[&persons::Papers],
    threads: &[Thread { declared: &sweep::WORKER, start: sweep::begin }],
    chapters: &[("document.chapter_id", Follows), ("upload.chapter_id", Ends)],
    ..Room::called("documents")
};

pub use files::Archive;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(upload_routes::begin_upload)
        .service(upload_routes::continue_upload)
        .service(upload_routes::show_upload)
        .service(cancel_routes::cancel_upload)
        .service(routes::show_document)
        .service(content::read_document);
}
