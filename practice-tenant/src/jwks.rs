//! `GET /{tenant}/discovery/v2.0/keys`, and v1 without `/v2.0`: the keys that tokens are signed with (RFC 7517 §5).
//!
//! Both generations are signed with the same keys. `?appid=` asks for those of one application, which may have its own
//! with Entra; here none has.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use crate::Face;
use crate::discovery::{preflight, public, refused};
use crate::exchange::Exchange;
use crate::keys::Jwk;
use crate::tenant_path::UnverifiedTenant;
use crate::version::Version;

pub(crate) fn routes() -> Router<Face> {
    let endpoint = || get(handler).options(preflight);
    Router::new()
        .route("/{tenant}/discovery/v2.0/keys", endpoint())
        .route("/{tenant}/discovery/keys", endpoint())
}

#[derive(Serialize)]
struct KeySet {
    keys: Vec<Jwk>,
}

/// Whether Entra lets other origins read the keys is unverified; the discovery document, which points here, it does.
async fn handler(
    State(face): State<Face>,
    exchange: Exchange,
    version: Version,
    path: UnverifiedTenant,
) -> Response {
    let issuer = match path.find(&face.tenant.directory().organization) {
        Ok(tenant) => (version == Version::V2).then(|| tenant.issuer(&face.origin, version)),
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
    async fn version_one_publishes_the_same_keys_without_an_issuer() {
        let workshop = Workshop::new();
        let keys = async |path: String| workshop.get(&path).await.json();
        let v1 = keys(format!("/{TENANT}/discovery/keys")).await;
        let mut v2 = keys(format!("/{TENANT}/discovery/v2.0/keys")).await;
        for key in v2["keys"].as_array_mut().unwrap() {
            key.as_object_mut().unwrap().remove("issuer");
        }
        assert_eq!(v1, v2);
        let of_app = keys(format!("/common/discovery/keys?appid={TENANT}")).await;
        assert_eq!(of_app, v1);
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
