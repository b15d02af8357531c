//! The headers that keep a document of the browser app to itself.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::ClientConfig;

/// The Content-Security-Policy of every document: the app's own files, and fetches to the three servers it talks to.
///
/// Forms post nowhere: the browser leaves for the sign-in pages by a navigation, which `form-action` does not concern.
pub(super) fn document_policy(config: &ClientConfig) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src \
         'none'; connect-src 'self' {} {} {}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
        config.authority_host, config.api_url, config.workload_url
    );
    HeaderValue::try_from(policy).expect("origins are made of visible ASCII characters")
}

/// What every answer of this origin carries.
pub(super) fn protect(headers: &mut HeaderMap) {
    set(headers, &header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, &header::REFERRER_POLICY, "no-referrer");
    set(
        headers,
        &HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
}

/// What a document carries beside its policy.
pub(super) fn protect_document(headers: &mut HeaderMap, policy: HeaderValue) {
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    set(
        headers,
        &HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    // Nothing here needs a device; the clipboard is for "Copy".
    set(
        headers,
        &HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-write=(self)",
    );
}

pub(super) fn set(headers: &mut HeaderMap, name: &HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}
