//! The user name.

use askama::Template;
use axum::response::Response;

use super::guard::Visit;
use super::{Interaction, Stage, Turn};
use crate::directory::{Directory, User};
use crate::pages;

/// Longer input is nobody's name and is not worth repeating.
const LONGEST: usize = 113;

#[derive(Template)]
#[template(path = "username.html")]
struct Page<'a> {
    tenant: &'a str,
    form_token: &'a str,
    client: String,
    entered: &'a str,
    unknown: bool,
    users: &'a [User],
}

pub(super) fn page(directory: &Directory, interaction: &Interaction) -> Response {
    let (entered, unknown) = match &interaction.stage {
        Stage::UserName { entered, unknown } => (entered.as_str(), *unknown),
        _ => ("", false),
    };
    let page = Page {
        tenant: &directory.organization.display_name,
        form_token: &interaction.form_token,
        client: interaction.purpose.client_name(directory),
        entered,
        unknown,
        users: &directory.users,
    };
    pages::form(&page, &interaction.purpose.answer_goes_to())
}

pub(super) fn submit(visit: &Visit<'_>) -> Turn {
    let entered = visit.form.get("loginfmt").unwrap_or_default();
    let known = visit
        .face
        .tenant
        .directory()
        .user_named(entered)
        .map(|user| user.id);
    known
        .map_or_else(
            || Stage::UserName {
                entered: entered.chars().take(LONGEST).collect(),
                unknown: true,
            },
            |user| Stage::Password { user, wrong: false },
        )
        .into()
}
