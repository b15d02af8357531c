//! The browser's clock and randomness: the one file of the app that asks for them.

use shared::entropy::Entropy;
use shared::time::{Clock, UnixTime};
use web_sys::js_sys::Date;

/// The clock of the machine that the browser runs on.
#[derive(Clone, Copy, Debug)]
pub struct BrowserClock;

impl Clock for BrowserClock {
    fn now(&self) -> UnixTime {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "milliseconds since 1970 fit for 292 million years"
        )]
        UnixTime((Date::now() / 1000.0) as i64)
    }
}

/// `crypto.getRandomValues`.
#[derive(Clone, Copy, Debug)]
pub struct BrowserEntropy;

impl Entropy for BrowserEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the place that provides randomness"
        )]
        getrandom::fill(bytes)
            .expect("crypto.getRandomValues is there in every browser that runs WebAssembly");
    }
}
