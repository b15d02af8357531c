//! The pages between a request and its answer: user name, password, "Stay signed in?", consent, account picker.
//!
//! An [`Interaction`] is kept here; the browser holds a cookie that proves it began it, the address names it, and each
//! page carries a form token. A POST changes the stage and redirects to the page of the new one, so that every step is
//! a navigation and Reload never repeats a POST.

mod account;
mod admin_consent;
mod approval;
mod confirm;
mod consent;
pub(crate) mod guard;
mod interaction;
mod password;
mod purpose;
mod stay;
mod username;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use shared::time::UnixTime;
use uuid::Uuid;

pub(crate) use interaction::Interaction;
use interaction::{LIFETIME, Outcome, Stage};
pub(crate) use purpose::Purpose;

use crate::Face;
use crate::exchange::Exchange;
use crate::pages;
use crate::params;
use crate::session::{self, Cookie};

pub(crate) fn routes() -> Router<Face> {
    Router::new().route("/sign-in/{interaction}/{step}", get(show).post(submit))
}

/// The correlation ID of the request that began the sign-in whose page is at `path`: all its messages belong together.
pub(crate) fn correlation_id(face: &Face, now: UnixTime, path: &str) -> Option<Uuid> {
    let (id, _) = path.strip_prefix("/sign-in/")?.split_once('/')?;
    let interaction = face.tenant.interactions.get(now, id)?;
    Some(interaction.correlation_id)
}

/// What a step's POST leads to, and the cookies that go with it.
pub(super) struct Turn {
    outcome: Outcome,
    cookies: Vec<HeaderValue>,
}

impl From<Outcome> for Turn {
    fn from(outcome: Outcome) -> Self {
        Self {
            outcome,
            cookies: Vec::new(),
        }
    }
}

impl From<Stage> for Turn {
    fn from(stage: Stage) -> Self {
        Outcome::Show(stage).into()
    }
}

/// Answers a request at once if the session and earlier consent allow it, and shows a page otherwise.
pub(crate) fn begin(
    face: &Face,
    exchange: &Exchange,
    headers: &HeaderMap,
    purpose: Purpose,
) -> Response {
    let mut accounts = session::accounts(face, exchange.now, headers);
    let outcome = {
        let directory = face.tenant.directory();
        let enabled = |user| {
            directory
                .user(user)
                .is_some_and(|user| user.account_enabled)
        };
        accounts.retain(|account| enabled(account.user));
        interaction::first(&directory, &purpose, &accounts)
    };
    let Outcome::Show(stage) = outcome else {
        return answer(face, exchange, &purpose, outcome);
    };
    let known = Cookie::Browser
        .read(&face.origin, headers)
        .filter(|name| name.len() == 43);
    let browser = known.map_or_else(|| face.tenant.entropy.token(32), str::to_owned);
    let id = face.tenant.entropy.token(16);
    let location = page_of(&id, &stage);
    let cookie = Cookie::Browser.set(&face.origin, &browser, None);
    let interaction = Interaction {
        purpose: Arc::new(purpose),
        correlation_id: exchange.correlation_id,
        browser,
        form_token: face.tenant.entropy.token(32),
        stage,
    };
    face.tenant
        .interactions
        .insert(exchange.now, &id, exchange.now + LIFETIME, interaction);
    redirect(StatusCode::FOUND, location, vec![cookie])
}

async fn show(
    State(face): State<Face>,
    exchange: Exchange,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let Ok(Path((id, step))) = path else {
        return pages::sign_in_over(&face);
    };
    let Some(mut interaction) = guard::of_this_browser(&face, &exchange, &headers, &id) else {
        return pages::sign_in_over(&face);
    };
    reopen(&face, &exchange, &id, &step, &mut interaction);
    if step != interaction.stage.step() {
        return redirect(
            StatusCode::SEE_OTHER,
            page_of(&id, &interaction.stage),
            Vec::new(),
        );
    }
    let directory = face.tenant.directory();
    match &interaction.stage {
        Stage::Account(_) => account::page(&directory, &interaction),
        Stage::UserName { .. } => username::page(&directory, &interaction),
        Stage::Password { .. } => password::page(&directory, &interaction),
        Stage::Stay { .. } => stay::page(&directory, &interaction),
        Stage::Consent(_) => consent::page(&directory, &interaction),
        Stage::Approval(_) => approval::page(&directory, &interaction),
        Stage::Confirm(_) => confirm::page(&directory, &interaction),
        Stage::AdminConsent(_) => admin_consent::page(&directory, &interaction),
    }
}

async fn submit(
    State(face): State<Face>,
    exchange: Exchange,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Ok(Path((id, step))) = path else {
        return pages::sign_in_over(&face);
    };
    let body = match params::whole(body) {
        Ok(body) => body,
        Err(refusal) => return pages::refused(&face, &exchange, &refusal),
    };
    let checked = guard::submission(&face, &exchange, &headers, &id, &body);
    let (mut interaction, form) = match checked {
        Ok(checked) => checked,
        Err(refused) => return refused.page(&face),
    };
    reopen(&face, &exchange, &id, &step, &mut interaction);
    if step != interaction.stage.step() {
        return redirect(
            StatusCode::SEE_OTHER,
            page_of(&id, &interaction.stage),
            Vec::new(),
        );
    }
    let visit = guard::Visit {
        face: &face,
        exchange: &exchange,
        headers: &headers,
        form: &form,
    };
    let turn = match &interaction.stage {
        Stage::Account(accounts) => account::submit(&visit, &interaction, accounts),
        Stage::UserName { .. } => username::submit(&visit),
        Stage::Password { user, .. } => password::submit(&visit, &interaction, *user),
        Stage::Stay { user } => stay::submit(&visit, &interaction, *user),
        Stage::Consent(account) => consent::submit(&visit, &interaction, account),
        Stage::Approval(_) => approval::submit(&visit),
        Stage::Confirm(account) => confirm::submit(&visit, &interaction, account),
        Stage::AdminConsent(account) => admin_consent::submit(&visit, &interaction, account),
    };
    conclude(&face, &exchange, &id, &interaction, turn)
}

/// The browser's Back button leads from the password to the user name: that page is then the stage again, so that
/// another name can be typed.
fn reopen(face: &Face, exchange: &Exchange, id: &str, step: &str, interaction: &mut Interaction) {
    let Stage::Password { user, .. } = interaction.stage else {
        return;
    };
    let directory = face.tenant.directory();
    let entered = directory
        .user(user)
        .map(|user| user.user_principal_name.as_str());
    let reopened = Stage::user_name(entered);
    if step == reopened.step() {
        interaction.stage = reopened.clone();
        face.tenant
            .interactions
            .update(exchange.now, id, |kept| kept.stage = reopened);
    }
}

/// Keeps the new stage and leads to its page, or ends the interaction with its answer.
fn conclude(
    face: &Face,
    exchange: &Exchange,
    id: &str,
    interaction: &Interaction,
    turn: Turn,
) -> Response {
    let Turn { outcome, cookies } = turn;
    if let Outcome::Show(stage) = outcome {
        let page = if interaction.is_past_password(&stage) {
            rename(face, exchange, id, stage)
        } else {
            let page = page_of(id, &stage);
            face.tenant
                .interactions
                .update(exchange.now, id, |kept| kept.stage = stage);
            Some(page)
        };
        return match page {
            Some(page) => redirect(StatusCode::SEE_OTHER, page, cookies),
            None => pages::sign_in_over(face),
        };
    }
    if let Outcome::Stop(refusal) = outcome {
        return pages::refused(face, exchange, &refusal);
    }
    // Only one of two simultaneous submissions may end it.
    if face.tenant.interactions.take(exchange.now, id).is_none() {
        return pages::sign_in_over(face);
    }
    let mut response = answer(face, exchange, &interaction.purpose, outcome);
    set_cookies(&mut response, cookies);
    response
}

/// Goes on under a new name and with a new form token once somebody has proven who they are: cookies cross the ports of
/// localhost, so whoever planted this browser's cookie may know the old name, and would go on as that person.
fn rename(face: &Face, exchange: &Exchange, id: &str, stage: Stage) -> Option<String> {
    let entropy = &face.tenant.entropy;
    let kept = face.tenant.interactions.take(exchange.now, id)?;
    let id = entropy.token(16);
    let page = page_of(&id, &stage);
    let renamed = Interaction {
        form_token: entropy.token(32),
        stage,
        ..kept
    };
    face.tenant
        .interactions
        .insert(exchange.now, &id, exchange.now + LIFETIME, renamed);
    Some(page)
}

/// The answer for whoever waits for it.
fn answer(face: &Face, exchange: &Exchange, purpose: &Purpose, outcome: Outcome) -> Response {
    match outcome {
        Outcome::Show(_) => pages::sign_in_over(face),
        Outcome::Stop(refusal) => pages::refused(face, exchange, &refusal),
        Outcome::Refuse(refusal) => purpose.refuse(face, exchange, &refusal),
        Outcome::Admit(account) => purpose.admit(face, exchange, &account),
    }
}

fn page_of(id: &str, stage: &Stage) -> String {
    format!("/sign-in/{id}/{}", stage.step())
}

fn redirect(status: StatusCode, location: String, cookies: Vec<HeaderValue>) -> Response {
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    let mut response = (status, headers).into_response();
    set_cookies(&mut response, cookies);
    response
}

fn set_cookies(response: &mut Response, cookies: Vec<HeaderValue>) {
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests;
