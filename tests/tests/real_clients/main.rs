//! Clients that nobody here wrote, installed from their registries and unmodified, against a whole workshop: what they
//! get, they show to the API. A test is named after its client and its grant.

mod element_ids;
mod msal_browser;
mod msal_node;
mod msal_python;
mod openid_client;
mod stories;
