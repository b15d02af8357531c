//! The system's clock and randomness: the one place where servers get them from.

use std::time::{SystemTime, UNIX_EPOCH};

use shared::entropy::Entropy;
use shared::time::{Clock, UnixTime};

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that everybody else is given"
    )]
    fn now(&self) -> UnixTime {
        let seconds =
            |duration: std::time::Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        UnixTime(match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => seconds(since),
            Err(before) => -seconds(before.duration()),
        })
    }
}

/// The operating system's random bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the randomness that everybody else is given"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        // Nothing may go on with predictable keys, and the systems this runs on do not fail here once they have booted.
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_past_the_day_this_was_written() {
        assert!(SystemClock.now() > UnixTime(1_780_000_000));
    }

    #[test]
    fn two_draws_differ() {
        assert_ne!(SystemEntropy.token(32), SystemEntropy.token(32));
    }
}
