//! The practice tenant's directory, in the admin center's words. Every form shows the Graph call and the command that it
//! amounts to, before and after.
//!
//! ```text
//! place      which page is at which address
//! graph, az  a call to Graph as data, as HTTP, as a command          model    Graph's objects
//! change/    what a form amounts to: calls, commands, the way back   guide    which steps are done
//! manifest   what was edited in a JSON text                          refusal  Graph's refusals in words
//! by_hand    the same steps for a real tenant
//! service    the way to the directory                                store    the state: load, change, take back
//! pages/     what is shown
//! ```

pub mod az;
pub mod by_hand;
pub mod change;
pub mod graph;
pub mod guide;
pub mod manifest;
pub mod model;
pub mod pages;
pub mod place;
pub mod refusal;
pub mod service;
pub mod store;
