//! `GET /{tenant}/discovery/v2.0/keys`: the keys that tokens are signed with (RFC 7517 §5).

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use crate::Face;
use crate::discovery::{issuer_template, preflight, public, refused};
use crate::exchange::Exchange;
use crate::keys::Jwk;
use crate::tenant_path::{TenantPath, UnverifiedTenant};

pub(crate) fn routes() -> Router<Face> {
    Router::new().route(
        "/{tenant}/discovery/v2.0/keys",
        get(handler).options(preflight),
    )
}

#[derive(Serialize)]
struct KeySet {
    keys: Vec<Jwk>,
}

/// Whether Entra lets other origins read the keys is unverified; the discovery document, which points here, it does.
async fn handler(State(face): State<Face>, exchange: Exchange, path: UnverifiedTenant) -> Response {
    let issuer = match path.find(&face.tenant.directory().organization) {
        Ok(TenantPath::Tenant(id)) => format!("{}/{id}/v2.0", face.origin),
        Ok(TenantPath::Common | TenantPath::Organizations) => issuer_template(&face.origin),
        Err(refusal) => return public(refused(refusal, &exchange, &face.origin)),
    };
    let mut response = public(Json(KeySet {
        keys: (face.tenant.keys.published(exchange.now).iter())
            .map(|key| key.jwk(issuer.clone()))
            .collect(),
    }));
    // Keys roll over at any moment: a browser must not go on with those it has seen.
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use sha1::{Digest as _, Sha1};

    use crate::directory::seed::TENANT;
    use crate::testing::{ORIGIN, Workshop};

    #[tokio::test]
    async fn a_key_is_named_by_the_thumbprint_of_its_certificate() {
        let workshop = Workshop::new();
        let keys = workshop
            .get(&format!("/{TENANT}/discovery/v2.0/keys"))
            .await
            .json();
        assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
        let key = &keys["keys"][0];
        let certificate = STANDARD.decode(key["x5c"][0].as_str().unwrap()).unwrap();
        let thumbprint = URL_SAFE_NO_PAD.encode(Sha1::digest(certificate));
        assert_eq!(key["kid"], thumbprint);
        assert_eq!(key["x5t"], thumbprint);
        assert_eq!(key["e"], "AQAB");
        assert_eq!(
            URL_SAFE_NO_PAD
                .decode(key["n"].as_str().unwrap())
                .unwrap()
                .len(),
            256
        );
        assert_eq!(key["issuer"], format!("{ORIGIN}/{TENANT}/v2.0"));
        assert_eq!(key.get("alg"), None);
    }

    #[tokio::test]
    async fn by_way_of_common_the_issuer_is_a_template_and_an_unknown_tenant_has_no_keys() {
        let workshop = Workshop::new();
        let keys = workshop.get("/common/discovery/v2.0/keys").await.json();
        assert_eq!(
            keys["keys"][0]["issuer"],
            format!("{ORIGIN}/{{tenantid}}/v2.0")
        );
        let answer = workshop.get("/nobody/discovery/v2.0/keys").await;
        answer.assert_error("invalid_tenant", 90002);
    }
}
