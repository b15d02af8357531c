//! What is remembered of a sign-in so that each step can be looked at afterwards. Nothing here can be redeemed: the
//! code is masked, and state, nonce and verifier are used up.

use serde::{Deserialize, Serialize};
use shared::pkce::{PendingSignIn, Platform, SignIn};
use shared::secret::{CodeVerifier, exposed};
use shared::time::UnixTime;
use shared::trace::{Field, fields};
use url::Url;

use crate::call::Call;
use crate::failure::Failure;

/// The way of a sign-in so far.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Journey {
    /// The request that was sent.
    pub sent: Option<Request>,
    /// What came back.
    pub answer: Option<Answer>,
    /// Why the code was not traded, if it was tried and failed.
    pub trade_failure: Option<Failure>,
    /// The last call to the API.
    pub call: Option<Call>,
    /// What the person said would happen.
    pub predictions: Predictions,
}

/// What the person said would happen. Numbers are positions among the choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Predictions {
    /// What travels to Entra with the first request.
    pub travels: Option<usize>,
    /// What the API will answer.
    pub answers: Option<usize>,
}

/// A sign-in that is ready to begin: exactly what is shown is what will be sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Prepared {
    /// Where the browser will go.
    pub authorize_url: Url,
    /// What this app will remember meanwhile.
    pub pending: PendingSignIn,
}

impl From<SignIn> for Prepared {
    fn from(
        SignIn {
            authorize_url,
            pending,
        }: SignIn,
    ) -> Self {
        Self {
            authorize_url,
            pending,
        }
    }
}

impl Prepared {
    /// Whether it may still be begun: it goes to this address, comes back here, and has time left for the person.
    pub fn is_good(&self, authorize: &Url, redirect_uri: &str, now: UnixTime) -> bool {
        const TIME_TO_SIGN_IN: i64 = 20 * 60;
        let mut address = self.authorize_url.clone();
        address.set_query(None);
        address == *authorize
            && self.pending.redirect_uri() == redirect_uri
            && now.seconds_until(self.pending.expires_at()) >= TIME_TO_SIGN_IN
    }
}

/// An authorization request, for showing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// The whole request.
    pub authorize_url: Url,
    /// Its state.
    pub state: String,
    /// Its nonce.
    pub nonce: String,
    /// The verifier behind its challenge.
    #[serde(with = "exposed")]
    pub verifier: CodeVerifier,
    /// Its challenge.
    pub challenge: String,
    /// Joins its messages across all servers.
    pub correlation_id: String,
}

impl From<&Prepared> for Request {
    fn from(
        Prepared {
            authorize_url,
            pending,
        }: &Prepared,
    ) -> Self {
        Self {
            authorize_url: authorize_url.clone(),
            state: pending.state().expose().to_owned(),
            nonce: pending.nonce().expose().to_owned(),
            verifier: pending.verifier().clone(),
            challenge: pending.code_challenge(),
            correlation_id: pending.correlation_id().to_string(),
        }
    }
}

/// What came back to the redirect URI, for showing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The parameters, masked.
    pub fields: Vec<Field>,
    /// Why it was not believed, if it was not.
    pub failure: Option<Failure>,
}

impl Answer {
    /// The value of a parameter, as it may be shown.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|field| field.name == name)
            .map(|field| field.value.as_str())
    }
}

/// The parameters that came back, masked; `None` when the address carries no answer.
///
/// Only the fragment is looked at: this app asks for its answers there and takes none from anywhere else.
pub fn returned(callback: &Url) -> Option<Vec<Field>> {
    let answer = Platform::Spa.response_mode().answer(callback)?;
    let fields = fields(answer.as_bytes());
    let is_answer = |field: &Field| matches!(field.name.as_str(), "code" | "error" | "state");
    fields.iter().any(is_answer).then_some(fields)
}

#[cfg(test)]
mod tests {

    use shared::authority::{Authority, AuthorityHost, Version};
    use shared::pkce::{ClientSettings, Options, SIGN_IN_LIFETIME};
    use shared::time::{Clock as _, ManualClock};

    use super::*;

    struct Repeating;

    impl shared::entropy::Entropy for Repeating {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn prepared(clock: &ManualClock) -> (Prepared, Url) {
        let tenant = "11111111-2222-3333-4444-555555555555".parse().unwrap();
        let client = ClientSettings {
            authority: Authority::new(AuthorityHost::default(), tenant),
            client_id: "66666666-7777-8888-9999-000000000000".parse().unwrap(),
        };
        let scopes = ["openid".to_owned()];
        let sign_in = SignIn::begin(
            &client,
            Platform::Spa,
            "http://localhost:3000",
            &scopes,
            &Options::default(),
            clock,
            &Repeating,
        )
        .unwrap();
        (sign_in.into(), client.authority.authorize(Version::V2))
    }

    #[test]
    fn what_is_shown_is_what_will_be_sent() {
        let (prepared, _) = prepared(&ManualClock::new(UnixTime(0)));
        let shown = Request::from(&prepared);
        let sent: Vec<_> = prepared.authorize_url.query_pairs().collect();
        for (name, value) in [
            ("state", &shown.state),
            ("nonce", &shown.nonce),
            ("code_challenge", &shown.challenge),
        ] {
            assert!(
                sent.iter()
                    .any(|(sent, text)| sent == name && text == value),
                "{name}"
            );
        }
        assert!(!prepared.authorize_url.as_str().contains("verifier="));
    }

    #[test]
    fn a_prepared_sign_in_survives_a_reload_but_not_a_change_of_tenant_nor_too_long_a_wait() {
        let clock = ManualClock::new(UnixTime(0));
        let (prepared, authorize) = prepared(&clock);
        let stored = serde_json::to_string(&prepared).unwrap();
        let restored: Prepared = serde_json::from_str(&stored).unwrap();
        let here = "http://localhost:3000";
        assert!(restored.is_good(&authorize, here, clock.now()));
        assert!(!restored.is_good(&authorize, "http://localhost:3001", clock.now()));
        assert!(!restored.is_good(
            &Url::parse("http://localhost:8400/t").unwrap(),
            here,
            clock.now()
        ));
        clock.advance(SIGN_IN_LIFETIME);
        assert!(!restored.is_good(&authorize, here, clock.now()));
    }

    #[test]
    fn an_answer_is_taken_from_the_fragment_only_and_its_code_is_masked() {
        let url = |text: &str| Url::parse(&format!("http://localhost:3000/{text}")).unwrap();
        let fields = returned(&url("#code=0.Abcd-a-code-long-enough-to-mask&state=s")).unwrap();
        assert_eq!(fields[0].value, "0.Ab…mask");
        assert!(returned(&url("#error=access_denied&state=s")).is_some());
        assert!(returned(&url("?code=c&state=s")).is_none());
        assert!(returned(&url("#content")).is_none());
        assert!(returned(&url("")).is_none());
    }
}
