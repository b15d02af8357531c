//! Moments as a person reads them: the local date, and how far away it is.

use shared::time::UnixTime;

/// The moment in the person's own time zone and language.
#[cfg(target_arch = "wasm32")]
pub fn local(moment: UnixTime) -> String {
    use web_sys::js_sys::Date;
    use web_sys::wasm_bindgen::JsValue;

    #[expect(
        clippy::cast_precision_loss,
        reason = "dates are far below 2^52 milliseconds"
    )]
    let date = Date::new(&JsValue::from_f64(moment.0 as f64 * 1000.0));
    if date.get_time().is_nan() {
        return format!("{} (no date)", moment.0);
    }
    date.to_locale_string("default", &JsValue::UNDEFINED).into()
}

/// The moment in UTC: outside a browser there is nobody with a time zone.
#[cfg(not(target_arch = "wasm32"))]
pub fn local(moment: UnixTime) -> String {
    moment.to_string()
}

/// How far `then` is from `now`: "in 59 minutes", "2 hours ago", "now".
pub fn relative(now: UnixTime, then: UnixTime) -> String {
    let seconds = now.seconds_until(then);
    let amount = match seconds.unsigned_abs() {
        0..=4 => return "now".to_owned(),
        seconds @ 5..=89 => counted(seconds, "second"),
        seconds @ 90..=5399 => counted((seconds + 30) / 60, "minute"),
        seconds @ 5400..=129_599 => counted((seconds + 1800) / 3600, "hour"),
        seconds => counted((seconds + 43_200) / 86_400, "day"),
    };
    if seconds > 0 {
        format!("in {amount}")
    } else {
        format!("{amount} ago")
    }
}

/// "1 minute", "2 minutes".
pub fn counted(count: u64, thing: &str) -> String {
    if count == 1 {
        format!("1 {thing}")
    } else {
        format!("{count} {thing}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_read_as_people_say_them() {
        let now = UnixTime(1_800_000_000);
        for (seconds, said) in [
            (0, "now"),
            (-4, "now"),
            (30, "in 30 seconds"),
            (3_540, "in 59 minutes"),
            (-120, "2 minutes ago"),
            (7_200, "in 2 hours"),
            (86_399, "in 24 hours"),
            (-172_800, "2 days ago"),
        ] {
            assert_eq!(relative(now, UnixTime(now.0 + seconds)), said);
        }
    }

    #[test]
    fn a_moment_at_the_end_of_time_does_not_overflow() {
        assert!(relative(UnixTime(0), UnixTime(i64::MAX)).starts_with("in "));
        assert!(relative(UnixTime(i64::MAX), UnixTime(i64::MIN)).ends_with(" ago"));
    }
}
