//! The browser app of the Entra workshop: a walkthrough of sign-in and consent that shows every message as it really
//! was.
//!
//! ```text
//! app        loads /config.json, deals with an answer in the address, sets the pages out
//! workshop   the state and everything that can be done with it
//! steps/     one page per step          components/   what pages are made of
//! tenant/    the directory of the practice tenant: its pages, and the Graph calls that they make
//! journey, call, expectations, failure, wire, step, config, moment    plain data and rules, no browser
//! storage, system                       what the browser provides
//! ```

#![recursion_limit = "256"]

pub mod app;
pub mod call;
pub mod components;
pub mod config;
pub mod expectations;
pub mod failure;
pub mod journey;
pub mod moment;
pub mod step;
pub mod steps;
pub mod storage;
pub mod system;
pub mod tenant;
pub mod wire;
pub mod workshop;

/// Puts the app in place of the loading notice.
pub fn start() {
    app::mount();
}
