//! The account picker: which of the signed-in accounts, or another one.

use askama::Template;
use axum::response::Response;

use super::guard::Visit;
use super::interaction::{Outcome, signed_in};
use super::{Interaction, Stage, Turn};
use crate::directory::Directory;
use crate::pages;
use crate::session::Account;

#[derive(Template)]
#[template(path = "account.html")]
struct Page<'a> {
    tenant: &'a str,
    form_token: &'a str,
    client: String,
    /// Display name and user name.
    tiles: Vec<(&'a str, &'a str)>,
}

pub(super) fn page(directory: &Directory, interaction: &Interaction) -> Response {
    let accounts = match &interaction.stage {
        Stage::Account(accounts) => accounts.as_slice(),
        _ => &[],
    };
    let page = Page {
        tenant: &directory.organization.display_name,
        form_token: &interaction.form_token,
        client: interaction.purpose.client_name(directory),
        tiles: accounts
            .iter()
            .filter_map(|account| directory.user(account.user))
            .map(|user| {
                (
                    user.display_name.as_str(),
                    user.user_principal_name.as_str(),
                )
            })
            .collect(),
    };
    pages::form(&page, &interaction.purpose.answer_goes_to())
}

pub(super) fn submit(visit: &Visit<'_>, interaction: &Interaction, accounts: &[Account]) -> Turn {
    let directory = visit.face.tenant.directory();
    let Some(name) = visit.form.get("account") else {
        return Stage::user_name(None).into();
    };
    let chosen = directory
        .user_named(name)
        .and_then(|user| accounts.iter().find(|account| account.user == user.id));
    match chosen {
        Some(account) => signed_in(&directory, &interaction.purpose, account.clone()).into(),
        None => Outcome::Show(interaction.stage.clone()).into(),
    }
}
