//! `GET /.well-known/oauth-protected-resource`: how to get a token for this API (RFC 9728 §3).

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use shared::authority::Version;

use crate::Api;

/// The answer (RFC 9728 §2).
#[derive(Serialize)]
pub(crate) struct ResourceMetadata {
    /// The API's origin, which is what a client compares it with; without a known origin the identifier that Entra
    /// knows the API by.
    resource: String,
    resource_name: &'static str,
    authorization_servers: Vec<String>,
    scopes_supported: [String; 1],
    bearer_methods_supported: [&'static str; 1],
}

pub(crate) async fn handler(State(api): State<Api>) -> Json<ResourceMetadata> {
    let settings = &api.settings;
    let identifier = || format!("api://{}", settings.api);
    Json(ResourceMetadata {
        resource: settings
            .public_origin
            .as_ref()
            .map_or_else(identifier, ToString::to_string),
        resource_name: "Entra workshop API",
        authorization_servers: settings
            .authorities
            .iter()
            .map(|authority| authority.issuer(Version::V2))
            .collect(),
        scopes_supported: [settings.full_scope()],
        bearer_methods_supported: ["header"],
    })
}
