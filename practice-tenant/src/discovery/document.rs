//! `GET /{tenant}/v2.0/.well-known/openid-configuration`, and v1 without `/v2.0`: where everything is (OpenID Connect
//! Discovery §4).
//!
//! The members are those Entra publishes, which do not mention PKCE or grant types. Members that name Microsoft's other
//! services keep their value: clients read them, nobody calls them.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use serde::Serialize;
use shared::authority::ClientId;

use super::{public, refused};
use crate::Face;
use crate::exchange::Exchange;
use crate::params::Params;
use crate::tenant_path::{TenantPath, UnverifiedTenant};
use crate::version::Version;

/// The document, in Entra's order. What only one generation publishes is absent in the other.
#[derive(Serialize)]
struct Document {
    token_endpoint: String,
    token_endpoint_auth_methods_supported: [&'static str; 3],
    jwks_uri: String,
    response_modes_supported: [&'static str; 3],
    subject_types_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: [&'static str; 1],
    response_types_supported: &'static [&'static str],
    scopes_supported: &'static [&'static str],
    issuer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_uri_parameter_supported: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    microsoft_multi_refresh_token: Option<bool>,
    userinfo_endpoint: String,
    authorization_endpoint: String,
    device_authorization_endpoint: String,
    http_logout_supported: bool,
    frontchannel_logout_supported: bool,
    end_session_endpoint: String,
    claims_supported: &'static [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    check_session_iframe: Option<String>,
    kerberos_endpoint: String,
    tenant_region_scope: Option<&'static str>,
    cloud_instance_name: &'static str,
    cloud_graph_host_name: &'static str,
    msgraph_host: &'static str,
    rbac_url: &'static str,
}

/// What differs between the generations, beside the paths.
struct Supported {
    response_types: &'static [&'static str],
    scopes: &'static [&'static str],
    claims: &'static [&'static str],
}

const V1: Supported = Supported {
    response_types: &[
        "code",
        "id_token",
        "code id_token",
        "token id_token",
        "token",
    ],
    scopes: &["openid"],
    claims: &[
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
        "amr",
        "nonce",
        "email",
        "given_name",
        "family_name",
        "nickname",
    ],
};

const V2: Supported = Supported {
    response_types: &["code", "id_token", "code id_token", "id_token token"],
    scopes: &["openid", "profile", "email", "offline_access"],
    claims: &[
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
};

impl Document {
    fn new(origin: &str, tenant: TenantPath, version: Version) -> Self {
        let base = format!("{origin}/{}", tenant.segment());
        let v1 = version == Version::V1;
        let (generation, supported) = if v1 { ("", V1) } else { ("/v2.0", V2) };
        let endpoint = |name: &str| format!("{base}/oauth2{generation}/{name}");
        Self {
            token_endpoint: endpoint("token"),
            token_endpoint_auth_methods_supported: [
                "client_secret_post",
                "private_key_jwt",
                "client_secret_basic",
            ],
            jwks_uri: format!("{base}/discovery{generation}/keys"),
            response_modes_supported: ["query", "fragment", "form_post"],
            subject_types_supported: ["pairwise"],
            id_token_signing_alg_values_supported: ["RS256"],
            response_types_supported: supported.response_types,
            scopes_supported: supported.scopes,
            issuer: tenant.issuer(origin, version),
            request_uri_parameter_supported: (!v1).then_some(false),
            microsoft_multi_refresh_token: v1.then_some(true),
            userinfo_endpoint: if v1 {
                format!("{base}/openid/userinfo")
            } else {
                format!("{origin}/graph/oidc/userinfo")
            },
            authorization_endpoint: endpoint("authorize"),
            device_authorization_endpoint: endpoint("devicecode"),
            http_logout_supported: true,
            frontchannel_logout_supported: true,
            end_session_endpoint: endpoint("logout"),
            claims_supported: supported.claims,
            check_session_iframe: v1.then(|| endpoint("checksession")),
            kerberos_endpoint: format!("{base}/kerberos"),
            tenant_region_scope: matches!(tenant, TenantPath::Tenant(_)).then_some("WW"),
            cloud_instance_name: "microsoftonline.com",
            cloud_graph_host_name: "graph.windows.net",
            msgraph_host: "graph.microsoft.com",
            rbac_url: "https://pas.windows.net",
        }
    }
}

/// With `?appid=` the document points at the keys of that app (Entra "Access tokens", "Validate the signature").
pub(super) async fn handler(
    State(face): State<Face>,
    exchange: Exchange,
    version: Version,
    path: UnverifiedTenant,
    RawQuery(query): RawQuery,
) -> Response {
    match path.find(&face.tenant.directory().organization) {
        Ok(tenant) => {
            let mut document = Document::new(&face.origin, tenant, version);
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
        assert_eq!(document.header(header::X_XSS_PROTECTION), Some("0"));
        assert!(document.header("p3p").is_some());
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
    async fn version_one_has_its_own_endpoints_and_members() {
        let workshop = Workshop::new();
        let v1 = workshop
            .get(&format!("/{TENANT}/.well-known/openid-configuration"))
            .await
            .json();
        let base = format!("{ORIGIN}/{TENANT}");
        for (member, path) in [
            ("issuer", "/"),
            ("token_endpoint", "/oauth2/token"),
            ("authorization_endpoint", "/oauth2/authorize"),
            ("device_authorization_endpoint", "/oauth2/devicecode"),
            ("end_session_endpoint", "/oauth2/logout"),
            ("jwks_uri", "/discovery/keys"),
            ("userinfo_endpoint", "/openid/userinfo"),
            ("check_session_iframe", "/oauth2/checksession"),
        ] {
            assert_eq!(v1[member], format!("{base}{path}"), "{member}");
        }
        assert_eq!(v1["microsoft_multi_refresh_token"], true);
        assert_eq!(v1["scopes_supported"], json!(["openid"]));
        assert_eq!(v1.get("request_uri_parameter_supported"), None);
        let v2 = workshop.get(&format!("/{TENANT}/{PATH}")).await.json();
        assert_eq!(v2.get("microsoft_multi_refresh_token"), None);
        let common = "/common/.well-known/openid-configuration";
        let common = workshop.get(common).await.json();
        assert_eq!(common["issuer"], format!("{ORIGIN}/{{tenantid}}/"));
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
