//! "Need admin approval": the app asks for what this person cannot grant (AADSTS90094).

use askama::Template;
use axum::response::Response;

use super::guard::Visit;
use super::interaction::Outcome;
use super::{Interaction, Stage, Turn};
use crate::aadsts::Aadsts;
use crate::directory::Directory;
use crate::pages;

#[derive(Template)]
#[template(path = "approval.html")]
struct Page<'a> {
    tenant: &'a str,
    form_token: &'a str,
    username: &'a str,
    client: String,
}

pub(super) fn page(directory: &Directory, interaction: &Interaction) -> Response {
    let user = match &interaction.stage {
        Stage::Approval(account) => directory.user(account.user),
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

/// Sign in as somebody who may, or go back to the app without.
pub(super) fn submit(visit: &Visit<'_>) -> Turn {
    match visit.form.get("other_account") {
        Some(_) => Stage::user_name(None).into(),
        None => Outcome::Refuse(Aadsts::AdminConsentRequired).into(),
    }
}
