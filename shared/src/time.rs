//! Time as an argument: seconds since 1970, and a clock that somebody else provides.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Seconds since 1970-01-01T00:00:00Z, as `iat`, `nbf` and `exp` count them (RFC 7519 §2, `NumericDate`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// Whole seconds from `self` to `later`; negative when `later` is earlier.
    pub fn seconds_until(self, later: UnixTime) -> i64 {
        later.0.saturating_sub(self.0)
    }
}

impl Add<Duration> for UnixTime {
    type Output = UnixTime;

    fn add(self, duration: Duration) -> UnixTime {
        UnixTime(self.0.saturating_add_unsigned(duration.as_secs()))
    }
}

impl Sub<Duration> for UnixTime {
    type Output = UnixTime;

    fn sub(self, duration: Duration) -> UnixTime {
        UnixTime(self.0.saturating_sub_unsigned(duration.as_secs()))
    }
}

/// Prints UTC as Entra's error bodies do: `2024-07-16 08:41:45Z`.
impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0.div_euclid(86_400));
        let second = self.0.rem_euclid(86_400);
        write!(
            f,
            "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}Z",
            second / 3600,
            second / 60 % 60,
            second % 60
        )
    }
}

/// The proleptic Gregorian date of a day number (0 = 1970-01-01): years are counted from March, so that the leap day
/// is the last of its year, in eras of 400 years. Written out because a date crate would travel to the browser.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days.saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Somebody who knows what time it is. Servers get the system's clock; tests get one that they move.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> UnixTime;
}

/// A clock that stands still until it is moved; for tests and for teaching expiry.
#[derive(Debug)]
pub struct ManualClock(std::sync::atomic::AtomicI64);

impl ManualClock {
    /// A clock that shows `now`.
    pub fn new(now: UnixTime) -> Self {
        Self(std::sync::atomic::AtomicI64::new(now.0))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
        self.0
            .fetch_add(seconds, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime(self.0.load(std::sync::atomic::Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_print_as_entra_prints_them() {
        assert_eq!(UnixTime(0).to_string(), "1970-01-01 00:00:00Z");
        assert_eq!(UnixTime(951_782_400).to_string(), "2000-02-29 00:00:00Z");
        assert_eq!(UnixTime(1_721_119_305).to_string(), "2024-07-16 08:41:45Z");
        assert_eq!(UnixTime(-1).to_string(), "1969-12-31 23:59:59Z");
    }

    #[test]
    fn time_arithmetic_stops_at_its_ends() {
        assert_eq!(
            UnixTime(i64::MAX) + Duration::from_secs(5),
            UnixTime(i64::MAX)
        );
        assert_eq!(
            UnixTime(i64::MIN) - Duration::from_secs(5),
            UnixTime(i64::MIN)
        );
        assert_eq!(
            UnixTime(i64::MIN).seconds_until(UnixTime(i64::MAX)),
            i64::MAX
        );
    }
}
