//! What the OpenAPI document says beyond what stands beside each handler: everything a stranger needs to generate a client
//! from it, put on in one pass over the document as the routes make it.
//!
//! Handlers say what is particular to them. What holds for all of them (the words for a field that is called the same
//! everywhere, the headers of answers, the language of problems, what a status means) is said here once, and a handler that is
//! written tomorrow has it already. Whatever a handler says itself is left as it is.

mod answers;
mod choices;
pub mod examples;
mod pages;
mod served;
mod variants;
mod walk;
mod words;
mod words_of;

use serde_json::{Value, json};

pub use served::{Documents, configure};

use walk::object_at;

/// The document with everything that a client's author needs.
/// `more` are words that rooms bring, as in [`choices::name_all`].
pub fn finished(mut document: Value, more: &[choices::Words<'_>]) -> Value {
    heading(&mut document);
    pages::by_reference(&mut document);
    choices::name_all(&mut document, more);
    answers::complete(&mut document);
    words::describe(&mut document);
    variants::name_all(&mut document);
    examples::add(&mut document);
    document
}

/// Generators make the names of packages and modules from the title, and some of them choke on Vietnamese.
fn heading(document: &mut Value) {
    if let Some(info) = object_at(document, "/info") {
        info.insert("title".to_owned(), json!("So Nhan Ai"));
    }
    if let Some(root) = document.as_object_mut() {
        root.insert("servers".to_owned(), json!([{"url": "/", "description": "The server that shows this document."}]));
    }
}
