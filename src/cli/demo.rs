//! `demo`.
use super::Failure;
use crate::config::Config;
pub fn demo(config: &Config) -> Result<(), Failure> {
    super::serve::serve(config)
}
