//! The Entra workshop in one process: the browser app's origin, the API and the practice tenant, put together.
//!
//! [`WorkshopConfig`] says what is wanted, [`Workshop::start`] makes it run, [`Running`] says where it is and stops it.
//! Nothing here is global: several workshops can run in one process, each on free ports, with its own clock.

mod config;
mod running;
mod spa;
mod start;

pub use config::{PracticeOptions, Registration, Tenant, WorkshopConfig, state_folder};
pub use practice_tenant::{LOCAL_AUTHORITY, SeededUser, StateError, StateFolder};
pub use running::{Addresses, Practice, Running};
pub use spa::{SpaError, SpaSource};
pub use start::{StartError, Workshop};
