//! Times as Microsoft Graph writes them: `2026-01-31T09:30:00Z` (`Edm.DateTimeOffset`).

use serde::{Deserialize as _, Deserializer, Serializer, de};
use shared::time::UnixTime;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// 0001-01-01T00:00:00Z, the first second that `Edm.DateTimeOffset` has everywhere.
const FIRST: UnixTime = UnixTime(-62_135_596_800);
/// 9999-12-31T23:59:59Z, the last second with four digits of year.
pub(crate) const LAST: UnixTime = UnixTime(253_402_300_799);

/// Graph's text for a time; one before the first year or after the last is written as the first or last second.
pub(crate) fn format(at: UnixTime) -> String {
    let UnixTime(seconds) = at.clamp(FIRST, LAST);
    OffsetDateTime::from_unix_timestamp(seconds)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
        .format(&Rfc3339)
        .expect("the year has four digits")
}

/// Reads Graph's text, whole seconds. An offset can lead out of the years that can be written again.
pub(crate) fn parse(text: &str) -> Option<UnixTime> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    let at = UnixTime(at.unix_timestamp());
    (FIRST..=LAST).contains(&at).then_some(at)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_is_read_can_be_written_again() {
        for text in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
            assert_eq!(format(parse(text).unwrap()), text);
        }
        for text in ["0000-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(format(UnixTime(i64::MIN)), "0001-01-01T00:00:00Z");
        assert_eq!(format(UnixTime(i64::MAX)), "9999-12-31T23:59:59Z");
    }
}
