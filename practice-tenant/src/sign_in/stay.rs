//! "Stay signed in?" (what Entra's scripts call KMSI).

use std::time::Duration;

use askama::Template;
use axum::response::Response;
use uuid::Uuid;

use super::guard::Visit;
use super::interaction::signed_in;
use super::{Interaction, Stage, Turn};
use crate::directory::Directory;
use crate::pages;
use crate::session::{self, Cookie};

/// How long "Don't show this again" holds.
const REMEMBERED: Duration = Duration::from_hours(24 * 90);

#[derive(Template)]
#[template(path = "stay.html")]
struct Page<'a> {
    tenant: &'a str,
    form_token: &'a str,
    username: &'a str,
}

pub(super) fn page(directory: &Directory, interaction: &Interaction) -> Response {
    let user = match &interaction.stage {
        Stage::Stay { user } => directory.user(*user),
        _ => None,
    };
    let page = Page {
        tenant: &directory.organization.display_name,
        form_token: &interaction.form_token,
        username: user.map_or("", |user| &user.user_principal_name),
    };
    pages::form(&page, &interaction.purpose.answer_goes_to())
}

/// Anything but a clear "Yes" is a "No".
pub(super) fn submit(visit: &Visit<'_>, interaction: &Interaction, user: Uuid) -> Turn {
    let Visit {
        face,
        exchange,
        headers,
        form,
    } = *visit;
    let kept = form.get("yes").is_some();
    let (account, cookie) = session::sign_in(face, exchange.now, headers, user, kept);
    let mut cookies = vec![cookie];
    if form.get("DontShowAgain").is_some() {
        let answer = if kept { "yes" } else { "no" };
        cookies.push(Cookie::Stay.set(&face.origin, answer, Some(REMEMBERED)));
    }
    let outcome = signed_in(&face.tenant.directory(), &interaction.purpose, account);
    Turn { outcome, cookies }
}
