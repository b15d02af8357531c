//! Whom an HTTP client trusts: the authorities that the operating system trusts, and on a machine that has none (a bare
//! container) those that Mozilla does.

use reqwest::{Certificate, Client, ClientBuilder};

/// Builds a client with the roots of the operating system, or else with the bundled ones. `builder` is called once
/// for each attempt.
pub fn build(builder: impl Fn() -> ClientBuilder) -> reqwest::Result<Client> {
    // The system's roots are loaded when the client is built, and having none is an error.
    builder().build().or_else(|_| {
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
        let roots = roots.filter_map(|root| Certificate::from_der(root).ok());
        builder().tls_certs_merge(roots).build()
    })
}
