//! `GET /{tenant}/v2.0/.well-known/openid-configuration`: where everything is (OpenID Connect Discovery §4).
//!
//! The members are those Entra publishes, which do not mention PKCE or grant types. Members that name Microsoft's other
//! services keep their value: clients read them, nobody calls them.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use shared::authority::ClientId;

use crate::Face;
use crate::aadsts::Aadsts;
use crate::exchange::Exchange;
use crate::params::Params;
use crate::tenant_path::{TenantPath, UnverifiedTenant};

pub(crate) fn routes() -> Router<Face> {
    Router::new().route(
        "/{tenant}/v2.0/.well-known/openid-configuration",
        get(handler).options(preflight),
    )
}

/// The document, in Entra's order.
#[derive(Serialize)]
struct Document {
    token_endpoint: String,
    token_endpoint_auth_methods_supported: [&'static str; 3],
    jwks_uri: String,
    response_modes_supported: [&'static str; 3],
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [&'static str; 1],
    response_types_supported: [&'static str; 4],
    scopes_supported: [&'static str; 4],
    issuer: String,
    request_uri_parameter_supported: bool,
    userinfo_endpoint: String,
    authorization_endpoint: String,
    device_authorization_endpoint: String,
    http_logout_supported: bool,
    frontchannel_logout_supported: bool,
    end_session_endpoint: String,
    claims_supported: [&'static str; 19],
    tenant_region_scope: Option<&'static str>,
    cloud_instance_name: &'static str,
    cloud_graph_host_name: &'static str,
    msgraph_host: &'static str,
    rbac_url: &'static str,
}

impl Document {
    fn new(origin: &str, tenant: TenantPath) -> Self {
        let base = format!("{origin}/{}", tenant.segment());
        Self {
            token_endpoint: format!("{base}/oauth2/v2.0/token"),
            token_endpoint_auth_methods_supported: [
                "client_secret_post",
                "private_key_jwt",
                "client_secret_basic",
            ],
            jwks_uri: format!("{base}/discovery/v2.0/keys"),
            response_modes_supported: ["query", "fragment", "form_post"],
            subject_types_supported: ["pairwise"],
            id_token_signing_alg_values_supported: ["RS256"],
            response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
            scopes_supported: ["openid", "profile", "email", "offline_access"],
            issuer: match tenant {
                TenantPath::Tenant(id) => format!("{origin}/{id}/v2.0"),
                TenantPath::Common | TenantPath::Organizations => issuer_template(origin),
            },
            request_uri_parameter_supported: false,
            userinfo_endpoint: format!("{origin}/graph/oidc/userinfo"),
            authorization_endpoint: format!("{base}/oauth2/v2.0/authorize"),
            device_authorization_endpoint: format!("{base}/oauth2/v2.0/devicecode"),
            http_logout_supported: true,
            frontchannel_logout_supported: true,
            end_session_endpoint: format!("{base}/oauth2/v2.0/logout"),
            claims_supported: [
                "sub",
                "iss",
                "cloud_instance_name",
                "cloud_instance_host_name",
                "cloud_graph_host_name",
                "msgraph_host",
                "aud",
                "exp",
                "iat",
                "auth_time",
                "acr",
                "nonce",
                "preferred_username",
                "name",
                "tid",
                "ver",
                "at_hash",
                "c_hash",
                "email",
            ],
            tenant_region_scope: matches!(tenant, TenantPath::Tenant(_)).then_some("WW"),
            cloud_instance_name: "microsoftonline.com",
            cloud_graph_host_name: "graph.windows.net",
            msgraph_host: "graph.microsoft.com",
            rbac_url: "https://pas.windows.net",
        }
    }
}

/// The issuer where the tenant is not known yet: a literal placeholder.
pub(crate) fn issuer_template(origin: &str) -> String {
    format!("{origin}/{{tenantid}}/v2.0")
}

/// Discovery and keys may be read by any page, even when the answer is an error.
pub(crate) fn public(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    let value = HeaderValue::from_static;
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, value("GET, OPTIONS"));
    headers.insert(header::CACHE_CONTROL, value("max-age=86400, private"));
    if response.status().is_client_error() {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, value("no-store, no-cache"));
    }
    response
}

/// What a browser asks before a request that is not a simple one. Which headers Entra allows is unverified.
pub(crate) async fn preflight() -> Response {
    let allowed = [(header::ACCESS_CONTROL_ALLOW_HEADERS, "*")];
    public((StatusCode::NO_CONTENT, allowed))
}

/// With `?appid=` the document points at the keys of that app (Entra "Access tokens", "Validate the signature").
async fn handler(
    State(face): State<Face>,
    exchange: Exchange,
    path: UnverifiedTenant,
    RawQuery(query): RawQuery,
) -> Response {
    match path.find(&face.tenant.directory().organization) {
        Ok(tenant) => {
            let mut document = Document::new(&face.origin, tenant);
            if let Some(app) = app_id(query.as_deref()) {
                document.jwks_uri = format!("{}?appid={app}", document.jwks_uri);
            }
            public(Json(document))
        }
        Err(refusal) => public(refused(refusal, &exchange, &face.origin)),
    }
}

fn app_id(query: Option<&str>) -> Option<ClientId> {
    let params = Params::parse(query?.as_bytes()).ok()?;
    params.get("appid")?.parse().ok()
}

/// An unknown tenant is `invalid_tenant` here and `invalid_request` at the token endpoint.
pub(crate) fn refused(refusal: Aadsts, exchange: &Exchange, origin: &str) -> Response {
    let refusal = match refusal {
        Aadsts::UnknownTenant { tenant, .. } => Aadsts::UnknownTenant {
            tenant,
            at_discovery: true,
        },
        other => other,
    };
    (refusal.wire().status, Json(refusal.body(exchange, origin))).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::{StatusCode, header};
    use serde_json::{Value, json};

    use crate::directory::seed::TENANT;
    use crate::testing::{ORIGIN, Workshop};

    const PATH: &str = "v2.0/.well-known/openid-configuration";

    #[tokio::test]
    async fn the_document_has_every_member_entra_publishes_and_points_at_this_origin() {
        let document = Workshop::new().get(&format!("/{TENANT}/{PATH}")).await;
        assert_eq!(
            document.header(header::ACCESS_CONTROL_ALLOW_ORIGIN),
            Some("*")
        );
        assert_eq!(
            document.header(header::CACHE_CONTROL),
            Some("max-age=86400, private")
        );
        let document = document.json();
        assert_eq!(document["issuer"], format!("{ORIGIN}/{TENANT}/v2.0"));
        assert_eq!(
            document["token_endpoint"],
            format!("{ORIGIN}/{TENANT}/oauth2/v2.0/token")
        );
        assert_eq!(document["tenant_region_scope"], "WW");
        assert_eq!(document["request_uri_parameter_supported"], false);
        let claims = document["claims_supported"].as_array().unwrap();
        for claim in [
            "sub",
            "iss",
            "aud",
            "tid",
            "name",
            "preferred_username",
            "email",
            "nonce",
        ] {
            assert!(claims.contains(&json!(claim)), "{claim}");
        }
        for member in [
            "authorization_endpoint",
            "jwks_uri",
            "userinfo_endpoint",
            "device_authorization_endpoint",
            "end_session_endpoint",
        ] {
            assert!(
                document[member].as_str().unwrap().starts_with(ORIGIN),
                "{member}"
            );
        }
        assert_eq!(document.get("code_challenge_methods_supported"), None);
    }

    #[tokio::test]
    async fn a_domain_turns_into_the_guid_and_common_into_a_template() {
        let workshop = Workshop::new();
        let by_domain = workshop
            .get(&format!("/juniperharbour.example/{PATH}"))
            .await
            .json();
        assert_eq!(by_domain["issuer"], format!("{ORIGIN}/{TENANT}/v2.0"));
        for word in ["common", "organizations"] {
            let document = workshop.get(&format!("/{word}/{PATH}")).await.json();
            assert_eq!(document["issuer"], format!("{ORIGIN}/{{tenantid}}/v2.0"));
            assert_eq!(
                document["jwks_uri"],
                format!("{ORIGIN}/{word}/discovery/v2.0/keys")
            );
            assert_eq!(document["tenant_region_scope"], Value::Null);
        }
    }

    #[tokio::test]
    async fn an_unknown_tenant_is_refused_as_entra_does() {
        let workshop = Workshop::new();
        for path in [format!("/nowhere.example/{PATH}"), format!("/%ff/{PATH}")] {
            let answer = workshop.get(&path).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST);
            assert_eq!(
                answer.header(header::ACCESS_CONTROL_ALLOW_ORIGIN),
                Some("*")
            );
            answer.assert_error("invalid_tenant", 90002);
        }
    }

    #[tokio::test]
    async fn an_app_id_travels_on_to_the_keys_and_junk_does_not() {
        let workshop = Workshop::new();
        let uri = async |query: &str| {
            let answer = workshop.get(&format!("/{TENANT}/{PATH}{query}")).await;
            answer.json()["jwks_uri"].as_str().unwrap().to_owned()
        };
        let keys = format!("{ORIGIN}/{TENANT}/discovery/v2.0/keys");
        let app = "c1000000-0000-4000-8000-000000000001";
        assert_eq!(
            uri(&format!("?appid={app}")).await,
            format!("{keys}?appid={app}")
        );
        assert_eq!(uri("?appid=%22%3E").await, keys);
    }

    #[tokio::test]
    async fn a_preflight_is_answered_and_another_method_is_refused_in_words() {
        let workshop = Workshop::new();
        for path in [PATH, "discovery/v2.0/keys"] {
            let request = |method: &str| {
                let request = axum::http::Request::builder().method(method);
                request
                    .uri(format!("/{TENANT}/{path}"))
                    .body(axum::body::Body::empty())
                    .unwrap()
            };
            let preflight = workshop.send(request("OPTIONS")).await;
            assert_eq!(preflight.status, StatusCode::NO_CONTENT);
            assert_eq!(
                preflight.header(header::ACCESS_CONTROL_ALLOW_ORIGIN),
                Some("*")
            );
            let refused = workshop.send(request("DELETE")).await;
            assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED);
            assert_eq!(refused.header(header::ALLOW), Some("GET,HEAD,OPTIONS"));
            assert!(refused.body.contains("DELETE"));
        }
        let document = workshop.get(&format!("/{TENANT}/{PATH}")).await;
        assert_eq!(
            document.header(header::CONTENT_TYPE),
            Some("application/json; charset=utf-8")
        );
    }
}
