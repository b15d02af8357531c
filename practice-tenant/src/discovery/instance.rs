//! `GET /common/discovery/instance`: whether an authority is one that can be trusted, and its other names. Microsoft's
//! client libraries ask it before everything else.
//!
//! Entra knows the clouds of Microsoft; this tenant knows itself.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use serde::Serialize;
use shared::authority::is_loopback;
use url::Url;

use super::{public, refused};
use crate::Face;
use crate::aadsts::Aadsts;
use crate::exchange::Exchange;
use crate::options::same_listener;
use crate::params::Params;
use crate::tenant_path::UnverifiedTenant;
use crate::version::{self, Version};

/// The answer. The older version of this API had no `metadata`.
#[derive(Serialize)]
struct Instance {
    tenant_discovery_endpoint: String,
    #[serde(rename = "api-version")]
    api_version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<[Cloud; 1]>,
}

/// One authority under all its names.
#[derive(Serialize)]
struct Cloud {
    preferred_network: String,
    preferred_cache: String,
    aliases: Vec<String>,
}

pub(super) async fn handler(
    State(face): State<Face>,
    exchange: Exchange,
    RawQuery(query): RawQuery,
) -> Response {
    match instance(&face, query.as_deref().unwrap_or_default()) {
        Ok(instance) => public(Json(instance)),
        Err(refusal) => public(refused(refusal, &exchange, &face.origin)),
    }
}

fn instance(face: &Face, query: &str) -> Result<Instance, Aadsts> {
    let params = Params::parse(query.as_bytes())?;
    let api_version = params.require("api-version")?;
    if !matches!(api_version, "1.0" | "1.1") {
        return Err(Aadsts::UnsupportedValue {
            name: "api-version",
        });
    }
    let asked = params.require("authorization_endpoint")?;
    let asked = Url::parse(asked).map_err(|_| Aadsts::UnknownInstance)?;
    let origin = Url::parse(&face.origin).map_err(|_| Aadsts::UnknownInstance)?;
    if !same_listener(&origin, &asked) {
        return Err(Aadsts::UnknownInstance);
    }
    let tenant = asked.path().split('/').nth(1).unwrap_or_default();
    let tenant = UnverifiedTenant::named(tenant).find(&face.tenant.directory().organization)?;
    let generation = match version::of_path(asked.path()) {
        Version::V1 => "",
        Version::V2 => "/v2.0",
    };
    Ok(Instance {
        tenant_discovery_endpoint: format!(
            "{}/{}{generation}/.well-known/openid-configuration",
            face.origin,
            tenant.segment()
        ),
        api_version: api_version.to_owned(),
        metadata: (api_version == "1.1").then(|| [cloud(&origin)]),
    })
}

/// Microsoft's client libraries tell authorities apart by host and port.
fn cloud(origin: &Url) -> Cloud {
    let name = |host: &str| match origin.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let own = name(origin.host_str().unwrap_or_default());
    let mut aliases = vec![own.clone()];
    if is_loopback(origin) {
        let others = ["localhost", "127.0.0.1", "[::1]"].map(name);
        aliases.extend(others.into_iter().filter(|other| *other != own));
    }
    Cloud {
        preferred_network: own.clone(),
        preferred_cache: own,
        aliases,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header;
    use serde_json::json;

    use crate::directory::seed::TENANT;
    use crate::testing::{Answer, ORIGIN, Workshop, form};

    async fn ask(workshop: &Workshop, version: &str, endpoint: &str) -> Answer {
        let query = form(&[
            ("api-version", version),
            ("authorization_endpoint", endpoint),
        ]);
        workshop
            .get(&format!("/common/discovery/instance?{query}"))
            .await
    }

    #[tokio::test]
    async fn this_tenant_knows_itself_under_every_name_of_the_machine() {
        let workshop = Workshop::new();
        for host in ["localhost", "127.0.0.1", "[::1]"] {
            let endpoint = format!("http://{host}:8400/{TENANT}/oauth2/v2.0/authorize");
            let answer = ask(&workshop, "1.1", &endpoint).await;
            assert_eq!(
                answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN),
                Some("*")
            );
            let expected = json!({
                "tenant_discovery_endpoint":
                    format!("{ORIGIN}/{TENANT}/v2.0/.well-known/openid-configuration"),
                "api-version": "1.1",
                "metadata": [{
                    "preferred_network": "localhost:8400",
                    "preferred_cache": "localhost:8400",
                    "aliases": ["localhost:8400", "127.0.0.1:8400", "[::1]:8400"],
                }],
            });
            assert_eq!(answer.json(), expected);
        }
    }

    #[tokio::test]
    async fn version_and_tenant_of_the_asked_endpoint_count() {
        let workshop = Workshop::new();
        let endpoint = format!("{ORIGIN}/common/oauth2/authorize");
        let answer = ask(&workshop, "1.0", &endpoint).await.json();
        let document = format!("{ORIGIN}/common/.well-known/openid-configuration");
        assert_eq!(answer["tenant_discovery_endpoint"], document);
        assert_eq!(answer.get("metadata"), None);
        let nowhere = format!("{ORIGIN}/nowhere.example/oauth2/v2.0/authorize");
        let answer = ask(&workshop, "1.1", &nowhere).await;
        answer.assert_error("invalid_tenant", 90002);
    }

    #[tokio::test]
    async fn an_unknown_authority_is_told_so() {
        let workshop = Workshop::new();
        for endpoint in [
            "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
            "https://localhost:8400/common/oauth2/v2.0/authorize",
            "http://localhost:8401/common/oauth2/v2.0/authorize",
            "http://localhost.evil.example:8400/common/oauth2/v2.0/authorize",
            "nonsense",
        ] {
            let answer = ask(&workshop, "1.1", endpoint).await;
            answer.assert_error("invalid_instance", 50049);
        }
        ask(&workshop, "2", ORIGIN)
            .await
            .assert_error("invalid_request", 90023);
        ask(&workshop, "1.1", "")
            .await
            .assert_error("invalid_request", 900_144);
    }
}
