//! The ID that joins the messages of one sign-in across all servers.

use url::form_urlencoded;
use uuid::Uuid;

/// The query parameter and header by which a client names its request (Entra calls it the correlation ID).
pub const CLIENT_REQUEST_ID: &str = "client-request-id";

/// The ID that a client chose: in the address, where it needs no CORS preflight, or else in the header. What is not a
/// GUID counts as absent.
pub fn chosen(query: Option<&str>, header: Option<&str>) -> Option<Uuid> {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .filter(|(name, _)| name == CLIENT_REQUEST_ID)
        .find_map(|(_, id)| Uuid::try_parse(&id).ok())
        .or_else(|| Uuid::try_parse(header?).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "0f0f0f0f-1111-4222-8333-444444444444";
    const OTHER: &str = "1f1f1f1f-1111-4222-8333-444444444444";

    #[test]
    fn the_address_goes_before_the_header_and_junk_counts_as_nothing() {
        let in_query = format!("a=b&client-request-id={ONE}");
        let one = Uuid::try_parse(ONE).ok();
        assert_eq!(chosen(Some(&in_query), Some(OTHER)), one);
        assert_eq!(chosen(Some("client-request-id=junk"), Some(ONE)), one);
        assert_eq!(chosen(None, Some("junk")), None);
        assert_eq!(chosen(None, None), None);
    }
}
