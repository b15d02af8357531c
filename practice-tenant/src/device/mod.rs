//! Sign-in for devices without a browser of their own (RFC 8628, Entra "OAuth 2.0 device authorization grant"): the
//! device shows a short code, a person types it on a page and signs in there, and the device asks for its tokens until
//! they are ready.

mod authorization;
mod guesses;
mod login;

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use shared::authority::ClientId;
use shared::entropy::Entropy;
use shared::time::UnixTime;

use crate::Face;
use crate::aadsts::Aadsts;
use crate::exchange::Exchange;
use crate::pages;
use crate::scopes::Scopes;
use crate::session::Account;
use crate::store::Store;
use guesses::Guesses;

/// How long a person may take.
const LIFETIME: Duration = Duration::from_secs(LIFETIME_SECONDS.unsigned_abs());
const LIFETIME_SECONDS: i64 = 900;
/// How long a code is remembered afterwards, to tell one that has expired from one that never was.
const REMEMBERED: Duration = Duration::from_hours(1);
/// The letters and digits of the short code: none looks like another.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const USER_CODE_LENGTH: usize = 9;

pub(crate) fn routes() -> Router<Face> {
    authorization::routes().merge(login::routes())
}

/// The devices that wait.
#[derive(Debug)]
pub(crate) struct Devices {
    waiting: Store<Device>,
    /// The long code of each short one.
    user_codes: Store<String>,
    guesses: Guesses,
}

impl Default for Devices {
    fn default() -> Self {
        Self {
            waiting: Store::new(1_000),
            user_codes: Store::new(1_000),
            guesses: Guesses::default(),
        }
    }
}

/// A device that waits, or waited.
#[derive(Clone, Debug)]
struct Device {
    request: DeviceRequest,
    expires: UnixTime,
    progress: Progress,
}

#[derive(Clone, Debug)]
enum Progress {
    Waiting,
    Approved(Account),
    Declined,
    Redeemed,
}

/// What a device asks for.
#[derive(Clone, Debug)]
pub(crate) struct DeviceRequest {
    pub(crate) client_id: ClientId,
    pub(crate) scopes: Scopes,
    device_code: String,
}

/// A device's two codes.
struct Codes {
    device_code: String,
    user_code: String,
}

impl Devices {
    fn begin(
        &self,
        entropy: &dyn Entropy,
        now: UnixTime,
        client_id: ClientId,
        scopes: Scopes,
    ) -> Codes {
        let mut random = [0; USER_CODE_LENGTH];
        entropy.fill(&mut random);
        let user_code: String = random
            .iter()
            .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
            .collect();
        let device_code = entropy.token(48);
        let device = Device {
            request: DeviceRequest {
                client_id,
                scopes,
                device_code: device_code.clone(),
            },
            expires: now + LIFETIME,
            progress: Progress::Waiting,
        };
        let forgotten = now + LIFETIME + REMEMBERED;
        self.waiting.insert(now, &device_code, forgotten, device);
        self.user_codes
            .insert(now, &user_code, now + LIFETIME, device_code.clone());
        Codes {
            device_code,
            user_code,
        }
    }

    /// Forgets them all.
    pub(crate) fn clear(&self) {
        self.waiting.clear();
        self.user_codes.clear();
    }

    /// The device that shows `user_code` and still waits.
    fn shown(&self, now: UnixTime, user_code: &str) -> Option<DeviceRequest> {
        let device_code = self.user_codes.get(now, user_code)?;
        let device = self.waiting.get(now, &device_code)?;
        matches!(device.progress, Progress::Waiting).then_some(device.request)
    }

    /// Whom a device has been approved by, or why it has no tokens yet.
    pub(crate) fn approved(
        &self,
        now: UnixTime,
        client_id: ClientId,
        device_code: &str,
    ) -> Result<(DeviceRequest, Account), Aadsts> {
        let device = self
            .waiting
            .get(now, device_code)
            .filter(|device| device.request.client_id == client_id)
            .ok_or(Aadsts::UnknownDeviceCode)?;
        match device.progress {
            Progress::Redeemed => Err(Aadsts::CodeRedeemed),
            Progress::Declined => Err(Aadsts::AuthorizationDeclined),
            _ if device.expires <= now => Err(Aadsts::DeviceCodeExpired),
            Progress::Waiting => Err(Aadsts::AuthorizationPending),
            Progress::Approved(account) => Ok((device.request, account)),
        }
    }

    /// Marks a device as served; of two simultaneous requests only one is told `true`.
    pub(crate) fn redeem(&self, now: UnixTime, device_code: &str) -> bool {
        let served = self.waiting.update(now, device_code, |device| {
            let approved = matches!(device.progress, Progress::Approved(_));
            device.progress = Progress::Redeemed;
            approved
        });
        served == Some(true)
    }

    /// Ends the waiting, if it is not over yet.
    fn conclude(&self, now: UnixTime, device_code: &str, progress: Progress) -> bool {
        let concluded = self.waiting.update(now, device_code, |device| {
            let waits = matches!(device.progress, Progress::Waiting) && now < device.expires;
            if waits {
                device.progress = progress;
            }
            waits
        });
        concluded == Some(true)
    }
}

impl DeviceRequest {
    /// The person has signed in and allowed it.
    pub(crate) fn approve(&self, face: &Face, exchange: &Exchange, account: &Account) -> Response {
        let approved = Progress::Approved(account.clone());
        let devices = &face.tenant.devices;
        if !devices.conclude(exchange.now, &self.device_code, approved) {
            return over(face);
        }
        let name = face
            .tenant
            .directory()
            .application(self.client_id.0)
            .map_or_else(String::new, |client| client.display_name.clone());
        let lines = vec![
            format!("You have signed in to the {name} application on your device."),
            "You may now close this window.".into(),
        ];
        pages::message(face, StatusCode::OK, name.as_str(), lines)
    }

    /// The person has not allowed it.
    pub(crate) fn decline(&self, face: &Face, exchange: &Exchange) -> Response {
        let devices = &face.tenant.devices;
        if !devices.conclude(exchange.now, &self.device_code, Progress::Declined) {
            return over(face);
        }
        let lines = vec![
            "Your device was told that you declined.".into(),
            "You may now close this window.".into(),
        ];
        pages::message(face, StatusCode::OK, "You have not signed in", lines)
    }
}

/// The code ran out, or somebody else was faster.
fn over(face: &Face) -> Response {
    let lines = vec![
        "A code can be used once, within 15 minutes.".into(),
        "Begin again on your device.".into(),
    ];
    pages::message(face, StatusCode::BAD_REQUEST, "This code is over", lines)
}

#[cfg(test)]
mod tests;
