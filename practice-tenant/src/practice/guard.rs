//! Who may look, and who may change: other origins neither, and changes need the practice key.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, header};
use axum::middleware::Next;
use axum::response::Response;
use shared::secret::PracticeKey;
use subtle::ConstantTimeEq as _;

use super::error::PracticeError;
use crate::Face;

/// The header that carries the key.
pub(crate) const KEY_HEADER: HeaderName = HeaderName::from_static("x-practice-key");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// Compares in a time that tells nothing about the key.
pub(crate) fn is_key(key: &PracticeKey, sent: &[u8]) -> bool {
    key.expose().as_bytes().ct_eq(sent).into()
}

/// In front of every address of `/practice`, so that none can be forgotten.
pub(super) async fn around(
    State(face): State<Face>,
    request: Request,
    next: Next,
) -> Result<Response, PracticeError> {
    let headers = request.headers();
    if !own_page(headers) {
        return Err(PracticeError::ForeignOrigin);
    }
    if !request.method().is_safe() {
        let key = headers.get(KEY_HEADER).ok_or(PracticeError::NoKey)?;
        if !is_key(&face.tenant.practice_key, key.as_bytes()) {
            return Err(PracticeError::WrongKey);
        }
    }
    Ok(next.run(request).await)
}

/// Whether a request comes from a page of this very origin, from a program, or from somebody who follows a link. A
/// browser says where its requests come from (Fetch §3.2, Fetch Metadata Request Headers §2.3), a program does not.
pub fn own_page(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| {
        let mut values = headers.get_all(name).iter();
        match (values.next()?.to_str(), values.next()) {
            (Ok(value), None) => Some(value),
            // No browser sends one of them twice, or not as text.
            _ => Some("not readable"),
        }
    };
    let same_origin = text(&header::ORIGIN).is_none_or(|origin| {
        let host = text(&header::HOST).unwrap_or_default();
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        !host.is_empty() && authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
    });
    let asked_here = match text(&SEC_FETCH_SITE) {
        None | Some("same-origin" | "none") => true,
        Some(_) => text(&SEC_FETCH_MODE) == Some("navigate") && text(&header::ORIGIN).is_none(),
    };
    same_origin && asked_here
}
