//! What outlives a run: the folder, the file in it, and the thread that writes the file.

mod folder;
mod saved;
mod saver;

pub use folder::{Holder, StateError, StateFolder};
pub(crate) use saved::{SavedTenant, Version};
pub(crate) use saver::{Changes, Saver};

#[cfg(test)]
mod tests;
