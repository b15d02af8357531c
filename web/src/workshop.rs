//! The state of the app and everything that can be done with it: prepare a sign-in, leave, come back, trade the code,
//! call the API, sign out. Views read the signals and call these actions; nothing else changes the state.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use shared::authority::Version;
use shared::callback::CallbackError;
use shared::http::HttpClient;
use shared::pkce::{Options, PendingSignIn, Platform, RedeemableCode, SignIn, TokenSet};
use shared::time::{Clock as _, UnixTime};
use shared::trace::take_apart;
use url::Url;

use crate::call::{Call, Caller};
use crate::config::{self, Config, Directory};
use crate::failure::Failure;
use crate::journey::{Answer, Journey, Prepared, Request, returned};
use crate::step::Step;
use crate::storage::{self, Entry};
use crate::system::{BrowserClock, BrowserEntropy};
use crate::wire::{Event, Wire};

/// How often the app looks at the clock.
const TICK: std::time::Duration = std::time::Duration::from_secs(5);

/// The router's way of going to an address.
pub type Navigate = Box<dyn Fn(&str, NavigateOptions)>;

/// The app's state. Cheap to copy; every component gets it from the context.
#[derive(Clone, Copy)]
pub struct Workshop {
    config: StoredValue<Config>,
    http: StoredValue<HttpClient>,
    origin: StoredValue<String>,
    navigate: StoredValue<Navigate, LocalStorage>,
    /// The sign-in that will be begun next; shown in step 2.
    pub prepared: RwSignal<Option<Prepared>>,
    /// What is remembered of the last sign-in.
    pub journey: RwSignal<Journey>,
    /// The tokens, while somebody is signed in.
    pub tokens: RwSignal<Option<TokenSet>>,
    /// The recorded messages.
    pub wire: RwSignal<Wire>,
    /// What the app is doing right now, in a few words.
    pub busy: RwSignal<Option<&'static str>>,
    /// The time, to a few seconds.
    pub now: RwSignal<UnixTime>,
    /// The people of the practice tenant.
    pub directory: RwSignal<Option<Result<Directory, String>>>,
    /// The step whose message was opened last on the wire.
    pub pointed_at: RwSignal<Option<Step>>,
    /// The endpoint that will be called next.
    pub endpoint: RwSignal<&'static str>,
}

impl Workshop {
    /// Restores what the tab remembers and prepares the next sign-in. `origin` is the app's own.
    pub fn new(config: Config, origin: String, navigate: Navigate) -> Result<Self, String> {
        let wire = RwSignal::new(storage::load::<Wire>(Entry::Wire).unwrap_or_default());
        let recorder = Arc::new(move |exchange: shared::trace::Exchange| {
            wire.update(|wire| wire.record(exchange.at, Event::Fetched(Box::new(exchange))));
            wire.with_untracked(|wire| storage::save(Entry::Wire, wire));
        });
        let http =
            HttpClient::new(Arc::new(BrowserClock), recorder).map_err(|error| error.to_string())?;
        let workshop = Self {
            config: StoredValue::new(config),
            http: StoredValue::new(http),
            origin: StoredValue::new(origin),
            navigate: StoredValue::new_local(navigate),
            prepared: RwSignal::new(None),
            journey: RwSignal::new(storage::load(Entry::Journey).unwrap_or_default()),
            tokens: RwSignal::new(storage::load(Entry::Tokens)),
            wire,
            busy: RwSignal::new(None),
            now: RwSignal::new(BrowserClock.now()),
            directory: RwSignal::new(None),
            pointed_at: RwSignal::new(None),
            endpoint: RwSignal::new(crate::call::ENDPOINTS[0].path),
        };
        workshop.prepare();
        set_interval(move || workshop.tick(), TICK);
        Ok(workshop)
    }

    /// The state, from the context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// The settings.
    pub fn config(self) -> Config {
        self.config.get_value()
    }

    /// The app's own origin, which is also its redirect URI.
    pub fn origin(self) -> String {
        self.origin.get_value()
    }

    /// Whether somebody is signed in with a token that is still good.
    pub fn is_signed_in(self) -> bool {
        self.tokens.with(|tokens| {
            tokens
                .as_ref()
                .is_some_and(|tokens| tokens.expires_at > self.now.get())
        })
    }

    /// Whether there are tokens, but the access token has expired.
    pub fn has_expired(self) -> bool {
        self.tokens.with(Option::is_some) && !self.is_signed_in()
    }

    /// Looks at the clock, and replaces a prepared sign-in that has waited too long.
    fn tick(self) {
        self.now.set(BrowserClock.now());
        let stale = self
            .prepared
            .with_untracked(|prepared| !prepared.as_ref().is_some_and(|it| self.is_good(it)));
        if stale {
            self.prepare();
        }
    }

    fn is_good(self, prepared: &Prepared) -> bool {
        let authorize = self
            .config
            .with_value(|config| config.authority().authorize(Version::V2));
        prepared.is_good(&authorize, &self.origin(), BrowserClock.now())
    }

    /// Makes sure that a sign-in is ready to begin: the remembered one if it is still good, otherwise a new one.
    fn prepare(self) {
        let config = self.config();
        let origin = self.origin();
        let kept = self
            .prepared
            .get_untracked()
            .or_else(|| storage::load(Entry::Prepared));
        let kept = kept.filter(|prepared| self.is_good(prepared));
        let prepared = kept.or_else(|| {
            let begun = SignIn::begin(
                &config.client(),
                Platform::Spa,
                &origin,
                &config.scopes(),
                &Options::default(),
                &BrowserClock,
                &BrowserEntropy,
            );
            begun.ok().map(Prepared::from)
        });
        if let Some(prepared) = &prepared {
            storage::save(Entry::Prepared, prepared);
        }
        self.prepared.set(prepared);
    }

    /// Leaves for Entra with the prepared sign-in.
    pub fn sign_in(self) {
        self.prepare();
        let Some(prepared) = self.prepared.get_untracked() else {
            return;
        };
        storage::forget(Entry::Prepared);
        storage::forget(Entry::Tokens);
        storage::save(Entry::Pending, &prepared.pending);
        self.remember(|journey| {
            let predictions = journey.predictions;
            *journey = Journey {
                sent: Some(Request::from(&prepared)),
                predictions,
                ..Journey::default()
            };
        });
        let (address, fields) = take_apart(&prepared.authorize_url);
        self.record(Event::Left { address, fields });
        leave(&prepared.authorize_url);
    }

    /// Deals with an answer that the address carried: checks it, trades the code, and goes to the step that shows how
    /// it went. The pending sign-in is taken first, so no answer is looked at twice. An answer that nobody asked for
    /// changes nothing about who is signed in.
    pub fn come_back(self, callback: &Url) {
        let pending: Option<PendingSignIn> = storage::take(Entry::Pending);
        let mut address = callback.clone();
        address.set_fragment(None);
        let fields = returned(callback).unwrap_or_default();
        let checked = pending.map(|pending| pending.check(callback, &BrowserClock));
        self.record(Event::Returned {
            address: address.into(),
            fields: fields.clone(),
            ours: checked.as_ref().is_some_and(is_ours),
        });
        let checked = match checked {
            None => Err(Failure::unasked()),
            Some(checked) => checked.map_err(|error| Failure::from(&error)),
        };
        self.remember(|journey| {
            journey.trade_failure = None;
            journey.answer = Some(Answer {
                fields,
                failure: checked.as_ref().err().cloned(),
            });
        });
        match checked {
            Ok(code) => self.trade(code),
            Err(_) => self.go(Step::CheckAnswer, true),
        }
    }

    fn trade(self, code: RedeemableCode) {
        self.busy.set(Some("Trading the code for tokens"));
        spawn_local(async move {
            let (config, http) = (self.config(), self.http.get_value());
            let step = match code.redeem(&config.client(), &http, &BrowserClock).await {
                Ok(tokens) => {
                    storage::save(Entry::Tokens, &tokens);
                    self.now.set(BrowserClock.now());
                    self.tokens.set(Some(tokens));
                    Step::ReadTokens
                }
                Err(error) => {
                    self.remember(|journey| journey.trade_failure = Some(Failure::from(&error)));
                    Step::TradeCode
                }
            };
            self.busy.set(None);
            self.go(step, true);
        });
    }

    /// Calls the chosen endpoint with the access token and goes to the step that shows the answer.
    pub fn call_api(self) {
        let Some(tokens) = self.tokens.get_untracked() else {
            return;
        };
        if self.busy.get_untracked().is_some() {
            return;
        }
        self.go(Step::CallApi, false);
        self.busy.set(Some("Asking the API"));
        let path = self.endpoint.get_untracked();
        spawn_local(async move {
            let (config, http) = (self.config(), self.http.get_value());
            let correlation_id = self.journey.with_untracked(|journey| {
                journey
                    .sent
                    .as_ref()
                    .map(|sent| sent.correlation_id.clone())
                    .unwrap_or_default()
            });
            let caller = Caller {
                http: &http,
                config: &config,
                token: &tokens.access_token,
                correlation_id: &correlation_id,
            };
            let call: Call = caller.call(path).await;
            self.remember(|journey| journey.call = Some(call));
            self.busy.set(None);
        });
    }

    /// Forgets everything and leaves for Entra's sign-out page, which ends the session there.
    pub fn sign_out(self) {
        let url = self
            .config()
            .client()
            .sign_out_url(Some(&self.origin()), None);
        storage::clear();
        self.tokens.set(None);
        self.journey.set(Journey::default());
        self.wire.set(Wire::default());
        let (address, fields) = take_apart(&url);
        self.record(Event::SignedOut { address, fields });
        leave(&url);
    }

    /// Asks the practice tenant who can sign in. Does nothing for a real tenant, whose people have passwords of their
    /// own.
    pub fn load_directory(self) {
        if !self.config.with_value(|config| config.practice)
            || self.directory.with_untracked(Option::is_some)
        {
            return;
        }
        spawn_local(async move {
            let Ok(http) = silent_http() else { return };
            let directory =
                config::load::<Directory>(&http, &format!("{}/practice", self.origin())).await;
            self.directory.set(Some(directory));
        });
    }

    /// Changes what is remembered of the sign-in.
    pub fn remember(self, change: impl FnOnce(&mut Journey)) {
        self.journey.update(change);
        self.journey
            .with_untracked(|journey| storage::save(Entry::Journey, journey));
    }

    /// Goes to an address of this app.
    pub fn visit(self, path: &str) {
        self.navigate
            .with_value(|navigate| navigate(path, NavigateOptions::default()));
    }

    /// `replace` leaves no trace of the current address in the history.
    fn go(self, step: Step, replace: bool) {
        let options = NavigateOptions {
            replace,
            ..NavigateOptions::default()
        };
        self.navigate
            .with_value(|navigate| navigate(step.path(), options));
    }

    fn record(self, event: Event) {
        self.wire
            .update(|wire| wire.record(BrowserClock.now(), event));
        self.wire
            .with_untracked(|wire| storage::save(Entry::Wire, wire));
    }
}

/// A client for the app's own documents, which are no part of the sign-in and so not recorded.
pub fn silent_http() -> Result<HttpClient, String> {
    HttpClient::new(Arc::new(BrowserClock), Arc::new(drop)).map_err(|error| error.to_string())
}

/// Whether an answer carried the state of the pending sign-in, whatever else it said.
fn is_ours(checked: &Result<RedeemableCode, CallbackError>) -> bool {
    match checked {
        Ok(_)
        | Err(
            CallbackError::Refused(_) | CallbackError::CodeMissing | CallbackError::Expired { .. },
        ) => true,
        Err(
            CallbackError::Nothing
            | CallbackError::Repeated(_)
            | CallbackError::StateMissing
            | CallbackError::StateMismatch,
        ) => false,
    }
}

fn leave(url: &Url) {
    // Assigning an address that has just been parsed cannot fail; if a browser refuses, the page simply stays.
    let _ = window().location().assign(url.as_str());
}
