//! What the tests that cross crates share: a real browser, and a workshop on free ports.
//!
//! `cargo xtask test` builds the browser app, finds Chromium and its driver, and says where they are in the variables
//! `WORKSHOP_SPA`, `CHROMIUM`, `CHROMEDRIVER` and `CERTUTIL`; it installs the clients that nobody here wrote, and names what runs
//! them in `CLIENTS_PYTHON` and `CLIENTS_NODE`. Without them these tests fail: they never skip.

pub mod browser;
pub mod client_program;
pub mod directory;
pub mod landscape;
pub mod person_at_forms;
pub mod pictures;
pub mod sign_in_pages;
pub mod story;
pub mod web_page;
