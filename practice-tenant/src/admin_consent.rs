//! `GET /{tenant}/v2.0/adminconsent` and `GET /{tenant}/adminconsent`: an administrator consents for everybody, and to
//! what applications may do without a user (Entra "Admin consent", "Client credentials").
//!
//! The newer address takes scopes, the older one means everything in the registration. Their answers differ as well.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use shared::authority::ClientId;
use uuid::Uuid;

use crate::Face;
use crate::aadsts::Aadsts;
use crate::authorize::redirect;
use crate::authorize::response::{Mode, Reply};
use crate::directory::{Application, Directory, Permission, PermissionKind};
use crate::exchange::Exchange;
use crate::pages;
use crate::params::{LONGEST, Params};
use crate::scopes::Scopes;
use crate::sign_in::{self, Purpose};
use crate::tenant_path::{TenantPath, UnverifiedTenant};
use crate::version::Version;

pub(crate) fn routes() -> Router<Face> {
    Router::new()
        .route("/{tenant}/v2.0/adminconsent", get(handler))
        .route("/{tenant}/adminconsent", get(handler))
}

/// What an administrator is asked to consent to.
#[derive(Clone, Debug)]
pub(crate) struct AdminConsentRequest {
    pub(crate) client_id: ClientId,
    pub(crate) asked: Asked,
    answer: Answer,
}

/// The permissions, delegated and for the application itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) delegated: BTreeSet<Permission>,
    pub(crate) application: BTreeSet<ApplicationPermission>,
    /// The scopes in words, for the answer.
    scope: String,
}

/// A role of a resource that applications can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ApplicationPermission {
    /// The resource's application id.
    pub(crate) resource: Uuid,
    /// The role's id.
    pub(crate) role: Uuid,
}

/// Where the answer goes, and in which shape.
#[derive(Clone, Debug)]
struct Answer {
    version: Version,
    redirect_uri: String,
    state: Option<String>,
}

/// Why a request is refused, and who is told.
enum Refused {
    /// The person: nobody vouches for the redirect URI.
    Page(Aadsts),
    /// The client.
    Redirect(Answer, Aadsts),
}

async fn handler(
    State(face): State<Face>,
    exchange: Exchange,
    version: Version,
    path: UnverifiedTenant,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    match request(&face, version, &path, query) {
        Ok(request) => {
            let purpose = Purpose::AdminConsent(request);
            sign_in::begin(&face, &exchange, &headers, purpose)
        }
        Err(Refused::Page(refusal)) => pages::refused(&face, &exchange, &refusal),
        Err(Refused::Redirect(answer, refusal)) => answer.refuse(&exchange, &refusal),
    }
}

fn request(
    face: &Face,
    version: Version,
    path: &UnverifiedTenant,
    query: Option<String>,
) -> Result<AdminConsentRequest, Refused> {
    let query = query.unwrap_or_default();
    if query.len() > LONGEST {
        return Err(Refused::Page(Aadsts::TooLong));
    }
    let params = Params::parse(query.as_bytes()).map_err(Refused::Page)?;
    let directory = face.tenant.directory();
    let (client, redirect_uri) =
        addressee(&directory, path, &params, version).map_err(Refused::Page)?;
    let answer = Answer {
        version,
        redirect_uri: redirect_uri.to_owned(),
        state: params.get("state").map(str::to_owned),
    };
    let asked = match version {
        Version::V1 => Ok(Asked::in_registration(&directory, client)),
        Version::V2 => params
            .require("scope")
            .and_then(|scope| Asked::in_scopes(&directory, client, scope)),
    };
    match asked {
        Ok(asked) => Ok(AdminConsentRequest {
            client_id: ClientId(client.app_id),
            asked,
            answer,
        }),
        Err(refusal) => Err(Refused::Redirect(answer, refusal)),
    }
}

/// Who asks and where the answer goes.
fn addressee<'d, 'p>(
    directory: &'d Directory,
    path: &UnverifiedTenant,
    params: &'p Params,
    version: Version,
) -> Result<(&'d Application, &'p str), Aadsts> {
    let tenant = path.find(&directory.organization)?;
    if version == Version::V2 && tenant == TenantPath::Common {
        return Err(Aadsts::NotOverCommon);
    }
    let client = tenant.client(directory, params.require("client_id")?)?;
    let uri = params.get("redirect_uri").ok_or(Aadsts::NoRedirectUri)?;
    redirect::platform(client, uri).ok_or_else(|| Aadsts::RedirectUriMismatch {
        uri: uri.to_owned(),
        client: client.app_id.to_string(),
    })?;
    Ok((client, uri))
}

impl Asked {
    /// Application permissions are asked for with `.default`, which stands for what the registration lists.
    fn in_scopes(directory: &Directory, client: &Application, scope: &str) -> Result<Self, Aadsts> {
        let scopes = Scopes::parse(directory, client, scope)?;
        let delegated = scopes.permissions(directory, client);
        let mut application = roles_in_registration(client);
        application.retain(|permission| scopes.is_default(permission.resource));
        Ok(Self {
            scope: scopes.in_words(&delegated),
            delegated,
            application,
        })
    }

    fn in_registration(directory: &Directory, client: &Application) -> Self {
        Self {
            delegated: directory.static_permissions(client),
            application: roles_in_registration(client),
            scope: String::new(),
        }
    }
}

fn roles_in_registration(client: &Application) -> BTreeSet<ApplicationPermission> {
    let listed = client.required_resource_access.iter().flat_map(|access| {
        access
            .resource_access
            .iter()
            .filter(|permission| permission.kind == PermissionKind::Role)
            .map(|permission| ApplicationPermission {
                resource: access.resource_app_id,
                role: permission.id,
            })
    });
    listed.collect()
}

impl AdminConsentRequest {
    /// The origin that a page's last form may lead to.
    pub(crate) fn form_action(&self) -> String {
        self.answer.reply(None).form_action()
    }

    /// The administrator has consented.
    pub(crate) fn granted(&self, face: &Face) -> Response {
        let Answer { version, state, .. } = &self.answer;
        let consented = ("admin_consent", "True".to_owned());
        let tenant = (
            "tenant",
            face.tenant.directory().organization.id.to_string(),
        );
        let state = state.as_ref().map(|state| ("state", state.clone()));
        let mut pairs = match version {
            Version::V1 => vec![tenant],
            Version::V2 => vec![
                consented.clone(),
                tenant,
                ("scope", self.asked.scope.clone()),
            ],
        };
        pairs.extend(state);
        if *version == Version::V1 {
            pairs.push(consented);
        }
        self.answer.reply(None).send(pairs)
    }

    /// The administrator has not.
    pub(crate) fn declined(&self, exchange: &Exchange) -> Response {
        match self.answer.version {
            Version::V2 => self.answer.refuse(exchange, &Aadsts::AdminConsentDeclined),
            Version::V1 => {
                let reply = self.answer.reply(self.answer.state.clone());
                reply.send(vec![
                    ("error", "permission_denied".into()),
                    ("error_description", "The admin canceled the request".into()),
                ])
            }
        }
    }
}

impl Answer {
    /// Both addresses answer behind `?`.
    fn reply(&self, state: Option<String>) -> Reply {
        Reply {
            redirect_uri: self.redirect_uri.clone(),
            mode: Mode::Query,
            state,
        }
    }

    fn refuse(&self, exchange: &Exchange, refusal: &Aadsts) -> Response {
        let mut pairs = vec![
            ("error", refusal.wire().error.to_owned()),
            ("error_description", refusal.description(exchange)),
        ];
        if self.version == Version::V2 {
            pairs.insert(0, ("admin_consent", "True".to_owned()));
        }
        self.reply(self.state.clone()).send(pairs)
    }
}

#[cfg(test)]
mod tests;
