//! "Are you trying to sign in to …?": shown before a device is signed in, because the code may have come from somebody
//! who wants to sign in a device of their own (RFC 8628 §5.4).

use askama::Template;
use axum::response::Response;

use super::guard::Visit;
use super::interaction::{Outcome, permitted};
use super::{Interaction, Stage, Turn};
use crate::aadsts::Aadsts;
use crate::directory::Directory;
use crate::pages;
use crate::session::Account;

#[derive(Template)]
#[template(path = "confirm.html")]
struct Page<'a> {
    tenant: &'a str,
    form_token: &'a str,
    username: &'a str,
    client: String,
}

pub(super) fn page(directory: &Directory, interaction: &Interaction) -> Response {
    let user = match &interaction.stage {
        Stage::Confirm(account) => directory.user(account.user),
        _ => None,
    };
    let page = Page {
        tenant: &directory.organization.display_name,
        form_token: &interaction.form_token,
        username: user.map_or("", |user| &user.user_principal_name),
        client: interaction.purpose.client_name(directory),
    };
    pages::form(&page, &interaction.purpose.answer_goes_to())
}

/// Anything but a clear "Continue" is a refusal.
pub(super) fn submit(visit: &Visit<'_>, interaction: &Interaction, account: &Account) -> Turn {
    if visit.form.get("continue").is_none() {
        return Outcome::Refuse(Aadsts::AuthorizationDeclined).into();
    }
    let directory = visit.face.tenant.directory();
    permitted(&directory, &interaction.purpose, account.clone()).into()
}
