//! Money: what came, where it went, and the books that say so.
//!
//! `giving → spending → transfers → corrections → books → periods → publications → campaigns → settlements`

pub use booking::*;

pub mod books;
pub mod campaigns;
pub mod corrections;
pub mod giving;
pub mod periods;
pub mod publications;
pub mod settlements;
pub mod spending;
pub mod transfers;
