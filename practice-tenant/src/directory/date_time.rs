//! Times as Microsoft Graph writes them: `2026-01-31T09:30:00Z` (`Edm.DateTimeOffset`).

use serde::{Deserialize as _, Deserializer, Serializer, de};
use shared::time::UnixTime;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Graph's text for a time; one that no calendar has is written as the epoch.
pub(crate) fn format(at: UnixTime) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at.0).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    at.format(&Rfc3339)
        .expect("a timestamp without an offset has four digits of year")
}

/// Reads Graph's text, whole seconds.
pub(crate) fn parse(text: &str) -> Option<UnixTime> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    Some(UnixTime(at.unix_timestamp()))
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
pub(crate) fn serialize<S: Serializer>(at: &UnixTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format(*at))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<UnixTime, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| {
        de::Error::custom(format!(
            "{text:?} is not a time such as 2026-01-31T09:30:00Z"
        ))
    })
}
