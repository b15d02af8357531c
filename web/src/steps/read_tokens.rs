//! Step 6: three tokens, for three readers.

use leptos::prelude::*;
use shared::jwt::UnverifiedToken;
use shared::pkce::TokenSet;
use shared::secret::{IdToken, RefreshToken};

use crate::components::{Claims, Expectations, Secret, StepPage, TokenHeader};
use crate::expectations;
use crate::moment;
use crate::step::Step;
use crate::workshop::Workshop;

/// The page.
#[component]
pub fn ReadTokens() -> impl IntoView {
    let workshop = Workshop::expect();
    let lede = Signal::derive(move || {
        if workshop.has_expired() {
            "These tokens came with your last sign-in. The access token among them has expired: an API that is shown it \
             answers 401."
        } else if workshop.is_signed_in() {
            "You are signed in. Three tokens came back, each for another reader: one for the API, one for this app, one \
             for Entra."
        } else {
            "After the trade there are three tokens, each for another reader: one for the API, one for this app, one for \
             Entra."
        }
        .to_owned()
    });
    view! {
        <StepPage step=Step::ReadTokens lede>
            {move || match workshop.tokens.get() {
                Some(tokens) => view! { <Tokens tokens/> }.into_any(),
                None => view! { <NoTokens/> }.into_any(),
            }}
        </StepPage>
    }
}

#[component]
fn NoTokens() -> impl IntoView {
    view! {
        <section>
            <h2>"No tokens yet"</h2>
            <dl class="pairs">
                <dt>"Access token"</dt>
                <dd>"For the API. It says for whom, by whom, until when, and what the app may do."</dd>
                <dt>"ID token"</dt>
                <dd>"For this app. It says who signed in."</dd>
                <dt>"Refresh token"</dt>
                <dd>"For Entra. It says nothing to anybody else."</dd>
            </dl>
        </section>
    }
}

#[component]
fn Tokens(tokens: TokenSet) -> impl IntoView {
    view! {
        <p class="how">
            "While this page loaded, the app "<a href=Step::CheckAnswer.path()>"checked the answer"</a>" and "
            <a href=Step::TradeCode.path()>"traded the code"</a>". Both steps can be looked at now."
        </p>
        <AccessTokenCard tokens=tokens.clone()/>
        {tokens.id_token.map(|token| view! { <IdTokenCard token/> })}
        {tokens.refresh_token.map(|token| view! { <RefreshTokenCard token ends=tokens.refresh_expires_at/> })}
        <Storage/>
    }
}

#[component]
fn AccessTokenCard(tokens: TokenSet) -> impl IntoView {
    let workshop = Workshop::expect();
    let now = workshop.now;
    let raw = tokens.access_token.expose().to_owned();
    let life = move || {
        let distance = moment::relative(now.get(), tokens.expires_at);
        if workshop.has_expired() {
            format!("expired {distance}")
        } else {
            format!("expires {distance}")
        }
    };
    let inside = match UnverifiedToken::decode(&raw) {
        Ok(token) => view! {
            <h3>"Is it the token that the API wants?"</h3>
            <Expectations label="What the API expects of an access token" rows=expectations::access_token(token.claims(), &workshop.config())/>
            <h3>"All its claims"</h3>
            <Claims claims=token.claims().clone() now/>
            <details class="more">
                <summary>"Its header"</summary>
                <TokenHeader members=token.header().clone()/>
            </details>
        }
        .into_any(),
        Err(error) => view! {
            <p>"This page cannot take it apart: "{error.to_string()}". That is allowed: the client need not understand it."</p>
        }
        .into_any(),
    };
    view! {
        <section class="token api">
            <header>
                <h2>"Access token"</h2>
                <p>"for the API · "{life}</p>
            </header>
            <Secret label="the access token" value=raw/>
            <p class="honest">
                "A real client must not look inside: to it, this token is opaque, and Entra may change or encrypt it at any \
                time. It is taken apart here because you are learning what the API reads. "
                <cite>"Entra: Access tokens"</cite>
            </p>
            {inside}
        </section>
    }
}

#[component]
fn IdTokenCard(token: IdToken) -> impl IntoView {
    let workshop = Workshop::expect();
    let raw = token.expose().to_owned();
    let nonce = workshop
        .journey
        .with_untracked(|journey| journey.sent.as_ref().map(|sent| sent.nonce.clone()));
    let came = workshop
        .tokens
        .with_untracked(|tokens| tokens.as_ref().map(|tokens| tokens.issued_at));
    let came = came.unwrap_or_else(|| workshop.now.get_untracked());
    let inside = UnverifiedToken::decode(&raw).ok().map(|token| {
        let rows = expectations::id_token(token.claims(), &workshop.config(), nonce.as_deref(), came);
        view! {
            <h3>"What the app checked when it came"</h3>
            <Expectations label="The checks of the ID token" rows/>
            <p class="note">
                "The signature was not checked here: the token came straight from the token endpoint, and OpenID Connect \
                accepts that in its place. "<cite>"OpenID Connect Core §3.1.3.7"</cite>
            </p>
            <h3>"All its claims"</h3>
            <Claims claims=token.claims().clone() now=workshop.now/>
            <details class="more">
                <summary>"Its header"</summary>
                <TokenHeader members=token.header().clone()/>
            </details>
        }
    });
    view! {
        <section class="token client">
            <header>
                <h2>"ID token"</h2>
                <p>"for this app"</p>
            </header>
            <Secret label="the ID token" value=raw/>
            <p class="honest">"It proves who signed in. It is no key to anything: an API that accepts one makes a mistake."</p>
            {inside}
        </section>
    }
}

#[component]
fn RefreshTokenCard(token: RefreshToken, ends: Option<shared::time::UnixTime>) -> impl IntoView {
    let now = Workshop::expect().now;
    let life = ends.map(|ends| view! { " · ends "{move || moment::relative(now.get(), ends)} });
    view! {
        <section class="token entra">
            <header>
                <h2>"Refresh token"</h2>
                <p>"for Entra"{life}</p>
            </header>
            <Secret label="the refresh token" value=token.expose()/>
            <p class="honest">
                "Opaque: only Entra can read it. It gets fresh access tokens without asking you again. For a single-page app \
                it ends 24 hours after the first sign-in, however often it is used. "<cite>"Entra: Refresh tokens"</cite>
            </p>
        </section>
    }
}

#[component]
fn Storage() -> impl IntoView {
    view! {
        <section class="aside">
            <h2>"Where this page keeps them"</h2>
            <p>
                "In "<code>"sessionStorage"</code>", so that a reload does not end the lesson: they are gone with this tab. \
                Any script that gets into the page could read them, though. Where more is at stake, let a small server keep \
                the tokens and give the browser only a cookie. "<cite>"RFC 10017, backend for frontend"</cite>
            </p>
        </section>
    }
}
