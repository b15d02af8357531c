//! The password.

use askama::Template;
use axum::response::Response;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::guard::Visit;
use super::interaction::{Outcome, signed_in};
use super::{Interaction, Stage, Turn};
use crate::aadsts::Aadsts;
use crate::directory::Directory;
use crate::pages;
use crate::recording::{Check, found};
use crate::session::{self, Cookie};

#[derive(Template)]
#[template(path = "password.html")]
struct Page<'a> {
    tenant: &'a str,
    form_token: &'a str,
    username: &'a str,
    password: &'a str,
    wrong: bool,
}

pub(super) fn page(directory: &Directory, interaction: &Interaction) -> Response {
    let (user, wrong) = match &interaction.stage {
        Stage::Password { user, wrong } => (directory.user(*user), *wrong),
        _ => (None, false),
    };
    let page = Page {
        tenant: &directory.organization.display_name,
        form_token: &interaction.form_token,
        username: user.map_or("", |user| &user.user_principal_name),
        password: user.map_or("", |user| user.password.expose()),
        wrong,
    };
    pages::form(&page, &interaction.purpose.answer_goes_to())
}

/// After the right password comes "Stay signed in?", unless the browser holds the answer already.
pub(super) fn submit(visit: &Visit<'_>, interaction: &Interaction, user: Uuid) -> Turn {
    let Visit {
        face,
        exchange,
        headers,
        form,
    } = *visit;
    let directory = face.tenant.directory();
    let known = directory.user(user);
    if form.get("back").is_some() {
        return Stage::user_name(known.map(|user| user.user_principal_name.as_str())).into();
    }
    let passwd = form.get("passwd").unwrap_or_default().as_bytes();
    if !known.is_some_and(|user| user.password.expose().as_bytes().ct_eq(passwd).into()) {
        found(
            Check::SignIn,
            "the password is another one: it is asked for again",
        );
        return Stage::Password { user, wrong: true }.into();
    }
    if known.is_some_and(|user| !user.account_enabled) {
        return Outcome::Stop(Aadsts::UserDisabled).into();
    }
    found(
        Check::SignIn,
        format_args!(
            "{} has typed the right password",
            known.map_or("", |user| &user.user_principal_name)
        ),
    );
    match Cookie::Stay.read(&face.origin, headers) {
        Some(answer @ ("yes" | "no")) => {
            let (account, cookie) =
                session::sign_in(face, exchange.now, headers, user, answer == "yes");
            let outcome = signed_in(&directory, &interaction.purpose, account);
            Turn {
                outcome,
                cookies: vec![cookie],
            }
        }
        _ => Stage::Stay { user }.into(),
    }
}
