//! The API through HTTP, against a real PostgreSQL: modules follow the paths they test.

mod harness;

mod story;
