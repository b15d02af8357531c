//! How long things last: Entra's own times, or what somebody has set to see them end.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::entropy::Entropy;

/// Entra draws the lifetime of an access token from this range, to spread the load of renewals (Entra "Access tokens").
pub(crate) const ACCESS_TOKEN: RangeInclusive<u32> = 3600..=5400;
/// How long a code can be redeemed (Entra "OAuth 2.0 authorization code flow").
pub(crate) const AUTHORIZATION_CODE: u32 = 600;
/// How long a key is published after it has signed for the last time. Entra names no time; it advises to keep keys for
/// a day.
pub(crate) const KEY_GRACE: u32 = 24 * 3600;

/// What was set, in seconds; `None` is Entra's own time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lifetimes {
    #[serde(rename = "accessTokenLifetimeSeconds")]
    pub(crate) access_token: Option<u32>,
    #[serde(rename = "authorizationCodeLifetimeSeconds")]
    pub(crate) authorization_code: Option<u32>,
    #[serde(rename = "keyGraceSeconds")]
    pub(crate) key_grace: Option<u32>,
}

impl Lifetimes {
    /// The lifetime of a new access token, in seconds.
    pub(crate) fn access_token(self, entropy: &dyn Entropy) -> u64 {
        let seconds = self.access_token.unwrap_or_else(|| {
            let mut random = [0; 2];
            entropy.fill(&mut random);
            let (first, last) = ACCESS_TOKEN.into_inner();
            first + u32::from(u16::from_be_bytes(random)) % (last - first + 1)
        });
        seconds.into()
    }

    pub(crate) fn authorization_code(self) -> Duration {
        seconds(self.authorization_code, AUTHORIZATION_CODE)
    }

    pub(crate) fn key_grace(self) -> Duration {
        seconds(self.key_grace, KEY_GRACE)
    }
}

fn seconds(set: Option<u32>, default: u32) -> Duration {
    Duration::from_secs(set.unwrap_or(default).into())
}
