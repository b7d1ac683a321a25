//! The second opinion: what a PDF library finds when it opens the file.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lopdf::{Dictionary, Document, LoadOptions, Object};

use super::{OPEN_ACTION, is_active};

/// What one packed stream may unpack to. [`super::scan`] has bounded the sum of them before.
const MOST_UNPACKED: usize = 16 << 20;

/// What the library says.
pub(super) enum Opinion {
    Active,
    Harmless {
        /// It was locked and opened without a password.
        unlocked: bool,
        /// Streams of packed objects it knows of.
        packs: usize,
    },
    /// It could not open the file, or lost its way in it.
    Unreadable,
}

pub(super) fn look(bytes: &[u8]) -> Opinion {
    let options = LoadOptions { max_decompressed_size: Some(MOST_UNPACKED), ..LoadOptions::default() };
    // Somebody else's code and somebody else's file: what goes wrong in there is the file's fault.
    let opened = catch_unwind(AssertUnwindSafe(|| Document::load_mem_with_options(bytes, options)));
    let Ok(Ok(document)) = opened else {
        return Opinion::Unreadable;
    };
    if document.objects.is_empty() {
        return Opinion::Unreadable;
    }
    if acts_in(&document.trailer) || document.objects.values().any(acts) {
        return Opinion::Active;
    }
    let packs = document.objects.values().filter_map(|object| object.as_stream().ok());
    Opinion::Harmless {
        unlocked: document.encryption_state.is_some(),
        packs: packs.filter(|stream| stream.dict.has(b"First") && stream.dict.has(b"N")).count(),
    }
}

/// The library itself bounds how deep objects lie in each other.
fn acts(object: &Object) -> bool {
    match object {
        Object::Name(name) => is_active(name),
        Object::Array(list) => list.iter().any(acts),
        Object::Dictionary(dictionary) => acts_in(dictionary),
        Object::Stream(stream) => acts_in(&stream.dict),
        _ => false,
    }
}

fn acts_in(dictionary: &Dictionary) -> bool {
    dictionary.iter().any(|(name, value)| {
        is_active(name) || name.as_slice() == OPEN_ACTION && !matches!(value, Object::Array(_)) || acts(value)
    })
}
