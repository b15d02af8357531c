//! Consent for everybody: what the app may do for each user, and what it may do by itself.

use askama::Template;
use axum::response::Response;

use super::guard::Visit;
use super::interaction::Outcome;
use super::{Interaction, Purpose, Stage, Turn};
use crate::aadsts::Aadsts;
use crate::directory::{AppRole, Directory, PermissionScope};
use crate::pages;
use crate::session::Account;

#[derive(Template)]
#[template(path = "admin_consent.html")]
struct Page<'a> {
    tenant: &'a str,
    form_token: &'a str,
    username: &'a str,
    client: String,
    /// Each with the name of its resource.
    scopes: Vec<(&'a str, &'a PermissionScope)>,
    roles: Vec<(&'a str, &'a AppRole)>,
    redirect_to: String,
}

pub(super) fn page(directory: &Directory, interaction: &Interaction) -> Response {
    let user = match &interaction.stage {
        Stage::AdminConsent(account) => directory.user(account.user),
        _ => None,
    };
    let (mut scopes, mut roles) = (Vec::new(), Vec::new());
    if let Purpose::AdminConsent(request) = &*interaction.purpose {
        scopes.extend(request.asked.delegated.iter().filter_map(|asked| {
            let resource = directory.application(asked.resource)?;
            Some((
                resource.display_name.as_str(),
                resource.scope(&asked.value)?,
            ))
        }));
        roles.extend(request.asked.application.iter().filter_map(|asked| {
            let resource = directory.application(asked.resource)?;
            let role = resource
                .app_roles
                .iter()
                .find(|role| role.id == asked.role)?;
            Some((resource.display_name.as_str(), role))
        }));
    }
    let page = Page {
        tenant: &directory.organization.display_name,
        form_token: &interaction.form_token,
        username: user.map_or("", |user| &user.user_principal_name),
        client: interaction.purpose.client_name(directory),
        scopes,
        roles,
        redirect_to: interaction.purpose.answer_goes_to(),
    };
    pages::form(&page, &interaction.purpose.answer_goes_to())
}

/// Anything but a clear "Accept" by somebody who is an administrator now is a refusal.
pub(super) fn submit(visit: &Visit<'_>, interaction: &Interaction, account: &Account) -> Turn {
    let Purpose::AdminConsent(request) = &*interaction.purpose else {
        return Outcome::Refuse(Aadsts::ConsentDeclined).into();
    };
    let tenant = &visit.face.tenant;
    let mut directory = tenant.directory_mut();
    if visit.form.get("accept").is_none() || !directory.is_administrator(account.user) {
        return Outcome::Refuse(Aadsts::ConsentDeclined).into();
    }
    let client = request.client_id.0;
    directory.admit(client, tenant.entropy.guid());
    directory.grant(client, None, &request.asked.delegated, || {
        tenant.entropy.token(32)
    });
    for asked in &request.asked.application {
        directory.assign_to_client(
            client,
            (asked.resource, asked.role),
            visit.exchange.now,
            || tenant.entropy.token(32),
        );
    }
    Outcome::Admit(account.clone()).into()
}
