//! Consent: what the app may do, in the words its resources have chosen for it.

use std::collections::BTreeSet;

use askama::Template;
use axum::response::Response;

use super::guard::Visit;
use super::interaction::Outcome;
use super::{Interaction, Stage, Turn};
use crate::aadsts::Aadsts;
use crate::authorize::Prompt;
use crate::directory::{Directory, GRAPH, PermissionScope, with_every_consent};
use crate::pages;
use crate::recording::{Check, found};
use crate::session::Account;

#[derive(Template)]
#[template(path = "consent.html")]
struct Page<'a> {
    tenant: &'a str,
    form_token: &'a str,
    username: &'a str,
    client: String,
    permissions: Vec<&'a PermissionScope>,
    /// An administrator may consent for everybody.
    administrator: bool,
    /// The request asks for that.
    for_everybody: bool,
    redirect_to: String,
}

pub(super) fn page(directory: &Directory, interaction: &Interaction) -> Response {
    let user = match &interaction.stage {
        Stage::Consent(account) => directory.user(account.user),
        _ => None,
    };
    let consents = interaction.purpose.consents(directory);
    let mut asked: BTreeSet<_> = consents.into_iter().flat_map(|(_, asked)| asked).collect();
    asked.extend(with_every_consent());
    let mut asked: Vec<_> = asked.into_iter().collect();
    // What makes this app different stands first: every app asks for the rest.
    asked.sort_by_key(|permission| permission.resource == GRAPH);
    let page = Page {
        tenant: &directory.organization.display_name,
        form_token: &interaction.form_token,
        username: user.map_or("", |user| &user.user_principal_name),
        client: interaction.purpose.client_name(directory),
        permissions: asked
            .iter()
            .filter_map(|asked| directory.application(asked.resource)?.scope(&asked.value))
            .collect(),
        administrator: user.is_some_and(|user| directory.is_administrator(user.id)),
        for_everybody: for_everybody(interaction),
        redirect_to: interaction.purpose.answer_goes_to(),
    };
    pages::form(&page, &interaction.purpose.answer_goes_to())
}

/// Whether the request itself wishes consent for everybody.
fn for_everybody(interaction: &Interaction) -> bool {
    interaction.purpose.prompt() == Some(Prompt::AdminConsent)
}

/// Anything but a clear "Accept" is a refusal.
pub(super) fn submit(visit: &Visit<'_>, interaction: &Interaction, account: &Account) -> Turn {
    if visit.form.get("accept").is_none() {
        return Outcome::Refuse(Aadsts::ConsentDeclined).into();
    }
    let tenant = &visit.face.tenant;
    let mut directory = tenant.directory_mut();
    let for_all = (visit.form.get("for_everybody").is_some() || for_everybody(interaction))
        && directory.is_administrator(account.user);
    let mut names = Vec::new();
    for (client, mut permissions) in interaction.purpose.consents(&directory) {
        if !directory.is_administrator(account.user) {
            // What only an administrator may grant was granted before, or this page would not have been shown.
            permissions.retain(|permission| !directory.needs_administrator(permission));
        }
        directory.admit(client, tenant.entropy.guid());
        let user = (!for_all).then_some(account.user);
        directory.grant(client, user, &permissions, || tenant.entropy.token(32));
        names.extend(permissions.into_iter().map(|granted| granted.value));
    }
    let whom = if for_all {
        "for everybody"
    } else {
        "for themselves"
    };
    found(
        Check::Consent,
        format_args!("granted {whom} now: {}", names.join(", ")),
    );
    Outcome::Admit(account.clone()).into()
}
