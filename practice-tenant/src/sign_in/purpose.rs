//! What a sign-in is for: who waits for its answer, what is asked, and how the answer gets there.

use std::collections::BTreeSet;

use axum::response::Response;
use uuid::Uuid;

use crate::Face;
use crate::aadsts::Aadsts;
use crate::admin_consent::AdminConsentRequest;
use crate::authorize::{self, AuthorizeRequest, Prompt};
use crate::device::DeviceRequest;
use crate::directory::{Directory, Permission};
use crate::exchange::Exchange;
use crate::session::Account;

/// Why somebody signs in.
#[derive(Clone, Debug)]
pub(crate) enum Purpose {
    /// A client waits at its redirect URI.
    Client(Box<AuthorizeRequest>),
    /// A device waits and asks the token endpoint again and again.
    Device(DeviceRequest),
    /// An administrator is to consent for everybody.
    AdminConsent(AdminConsentRequest),
}

impl Purpose {
    /// The client that asks.
    pub(super) fn client_id(&self) -> Uuid {
        match self {
            Self::Client(request) => request.client_id.0,
            Self::Device(request) => request.client_id.0,
            Self::AdminConsent(request) => request.client_id.0,
        }
    }

    pub(super) fn prompt(&self) -> Option<Prompt> {
        match self {
            Self::Client(request) => request.prompt,
            Self::Device(_) | Self::AdminConsent(_) => None,
        }
    }

    pub(super) fn login_hint(&self) -> Option<&str> {
        match self {
            Self::Client(request) => request.login_hint.as_deref(),
            Self::Device(_) | Self::AdminConsent(_) => None,
        }
    }

    /// The session that the client means, where several accounts are signed in.
    pub(super) fn session(&self) -> Option<Uuid> {
        match self {
            Self::Client(request) => request.session,
            Self::Device(_) | Self::AdminConsent(_) => None,
        }
    }

    /// Every delegated permission that is asked for.
    fn permissions(&self, directory: &Directory) -> BTreeSet<Permission> {
        let scopes = match self {
            Self::Client(request) => &request.scopes,
            Self::Device(request) => &request.scopes,
            Self::AdminConsent(request) => return request.asked.delegated.clone(),
        };
        directory
            .application(self.client_id())
            .map(|client| scopes.permissions(directory, client))
            .unwrap_or_default()
    }

    /// Who is to be allowed what: the client, and the APIs that it asks for as a whole (`.default`) and that know it
    /// (`knownClientApplications`). One consent covers the whole chain (Entra "OAuth 2.0 On-Behalf-Of flow").
    pub(super) fn consents(&self, directory: &Directory) -> Vec<(Uuid, BTreeSet<Permission>)> {
        let own = (self.client_id(), self.permissions(directory));
        let scopes = match self {
            Self::Client(request) => &request.scopes,
            Self::Device(request) => &request.scopes,
            Self::AdminConsent(_) => return vec![own],
        };
        let apis = scopes.resources.iter().filter_map(|asked| {
            let api = directory.application(asked.resource)?;
            let known = api
                .api
                .known_client_applications
                .contains(&self.client_id());
            let needs = || (api.app_id, directory.static_permissions(api));
            (known && scopes.is_default(api.app_id)).then(needs)
        });
        std::iter::once(own).chain(apis).collect()
    }

    /// The client's display name.
    pub(super) fn client_name(&self, directory: &Directory) -> String {
        directory
            .application(self.client_id())
            .map(|client| client.display_name.clone())
            .unwrap_or_default()
    }

    /// Where the answer leads a browser to: the origin of the redirect URI, or nowhere else.
    pub(super) fn answer_goes_to(&self) -> String {
        match self {
            Self::Client(request) => request.reply.form_action(),
            Self::Device(_) => String::new(),
            Self::AdminConsent(request) => request.form_action(),
        }
    }

    /// Tells who waits that `account` has signed in and allowed what was asked.
    pub(super) fn admit(&self, face: &Face, exchange: &Exchange, account: &Account) -> Response {
        match self {
            Self::Client(request) => authorize::admitted(face, exchange, request, account),
            Self::Device(request) => request.approve(face, exchange, account),
            Self::AdminConsent(request) => request.granted(face),
        }
    }

    /// Tells who waits that nothing comes of it.
    pub(super) fn refuse(&self, face: &Face, exchange: &Exchange, refusal: &Aadsts) -> Response {
        match self {
            Self::Client(request) => request.reply.refuse(refusal, exchange, &face.origin),
            Self::Device(request) => request.decline(face, exchange),
            Self::AdminConsent(request) => request.declined(exchange),
        }
    }
}
