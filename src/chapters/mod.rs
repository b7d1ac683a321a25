//! Administrative units and the chapters that stand on them.
//!
//! Units are effective-dated facts: a code keeps, kind and name change by resolution (25 changes in 2026), and every
//! version stays readable. Each unit of today has one territorial chapter that carries the unit's code (`68`,
//! `23095`), all under the central chapter `TW`. Chapters of schools, agencies and hospitals have no unit.
//! Searching forgets case, marks and tone placement.

pub mod reference;
pub mod store;
