//! The threads that a room has behind a server, and what it takes to start one.

use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::io;

use crate::db::worker::{Declared, Worker};

/// A thread behind a server.
pub struct Thread {
    /// What it is called, and the connections it holds.
    pub declared: &'static Declared,
    /// Starts it, once a server. What requests need of it goes back among the means.
    pub start: fn(&mut Means) -> io::Result<Worker>,
}

/// What a server has to work with, each kind of thing once: the database, the clock, the keys, what the threads hand out.
#[derive(Default)]
pub struct Means(HashMap<TypeId, Box<dyn Any>>);

impl Means {
    /// Adds a thing, or takes it in the place of the one there is.
    pub fn put<T: Any>(&mut self, thing: T) {
        self.0.insert(TypeId::of::<T>(), Box::new(thing));
    }

    /// Adds a thing to those of its kind.
    pub fn add<T: Any>(&mut self, thing: T) {
        let all = self.0.entry(TypeId::of::<Vec<T>>()).or_insert_with(|| Box::new(Vec::<T>::new()));
        if let Some(all) = all.downcast_mut::<Vec<T>>() {
            all.push(thing);
        }
    }

    /// All things of a kind that were added; none is no mistake.
    pub fn all<T: Any + Clone>(&self) -> Vec<T> {
        self.get::<Vec<T>>().unwrap_or_default()
    }

    /// A thing that is there.
    ///
    /// # Errors
    /// It is not: nobody has put it there, or somebody who starts later does.
    pub fn get<T: Any + Clone>(&self) -> io::Result<T> {
        let thing = self.0.get(&TypeId::of::<T>()).and_then(|thing| thing.downcast_ref::<T>());
        thing.cloned().ok_or_else(|| io::Error::other(format!("a server without {}", type_name::<T>())))
    }

    /// A thing that whoever asks first makes.
    pub fn first<T: Any + Clone + Default>(&mut self) -> io::Result<T> {
        self.0.entry(TypeId::of::<T>()).or_insert_with(|| Box::new(T::default()));
        self.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_found_by_what_they_are() {
        let mut means = Means::default();
        means.put(7_u8);
        means.put("clock".to_owned());
        assert_eq!((means.get::<u8>().unwrap(), means.get::<String>().unwrap()), (7, "clock".to_owned()));
        assert!(means.get::<u16>().unwrap_err().to_string().contains("u16"));
        assert_eq!(means.first::<u16>().unwrap(), 0);
        means.put(9_u16);
        means.add("one");
        means.add("two");
        assert_eq!((means.all::<&str>(), means.all::<char>()), (vec!["one", "two"], Vec::new()));
        assert_eq!(means.first::<u16>().unwrap(), 9);
    }
}
