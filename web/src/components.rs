//! Small pieces that the pages are made of.

pub mod actor;
pub mod claims;
pub mod copy;
pub mod dock;
pub mod expectations;
pub mod failure;
pub mod header;
pub mod json;
pub mod parameters;
pub mod prediction;
pub mod rail;
pub mod secret;
pub mod step_page;
pub mod wire_panel;

pub use actor::{ActorTag, Route};
pub use claims::{Claims, TokenHeader};
pub use copy::CopyButton;
pub use dock::Dock;
pub use expectations::{Expectations, Mark};
pub use failure::FailurePanel;
pub use header::Header;
pub use json::Json;
pub use parameters::Parameters;
pub use prediction::Prediction;
pub use rail::Rail;
pub use secret::Secret;
pub use step_page::{StepPage, Visited};
pub use wire_panel::WirePanel;
