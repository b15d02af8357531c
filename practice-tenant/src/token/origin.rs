//! Which platform may redeem with an `Origin` header, and which only without (Entra "Redirect URIs for single-page
//! apps").

use axum::http::{HeaderMap, HeaderValue, header};

use crate::aadsts::Aadsts;
use crate::authorize::redirect::Platform;

/// A page redeems what was given to a single-page app, and nothing else; nobody else redeems that.
pub(super) fn check(platform: Platform, origin: Option<&str>) -> Result<(), Aadsts> {
    match (platform, origin) {
        (Platform::Spa, None) => Err(Aadsts::SameOriginRedemption),
        (Platform::PublicClient | Platform::Web, Some(origin)) => {
            Err(Aadsts::CrossOriginRedemption(origin.to_owned()))
        }
        _ => Ok(()),
    }
}

/// The headers by which Entra lets a single-page app read the answer.
pub(super) fn allow(headers: &mut HeaderMap) {
    let value = HeaderValue::from_static;
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, value("POST, OPTIONS"));
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        value("Content-Length,Content-Encoding,x-ms-request-id,x-ms-srs"),
    );
}
