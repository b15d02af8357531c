//! How many wrong codes may be typed: short codes must not be found by trying (RFC 8628 §5.1).

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use shared::time::UnixTime;

/// Wrong codes within one [`WINDOW`]. A code has 45 bits: at this pace, finding one of a thousand would take millions
/// of years.
const MOST: u32 = 100;
const WINDOW: Duration = Duration::from_mins(1);

/// Counts the wrong codes of everybody together: a stranger can have any number of browsers.
#[derive(Debug)]
pub(super) struct Guesses(Mutex<Window>);

#[derive(Debug)]
struct Window {
    ends: UnixTime,
    wrong: u32,
}

impl Default for Guesses {
    fn default() -> Self {
        let none = Window {
            ends: UnixTime(i64::MIN),
            wrong: 0,
        };
        Self(Mutex::new(none))
    }
}

impl Guesses {
    /// Whether a code may be tried now.
    pub(super) fn allowed(&self, now: UnixTime) -> bool {
        let window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        window.ends <= now || window.wrong < MOST
    }

    /// Notes that one was wrong.
    pub(super) fn was_wrong(&self, now: UnixTime) {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if window.ends <= now {
            *window = Window {
                ends: now + WINDOW,
                wrong: 0,
            };
        }
        window.wrong += 1;
    }
}
