//! Objects by the key in an address.

use uuid::Uuid;

use super::error::GraphError;
use super::odata::Key;
use crate::directory::{Application, Directory, ServicePrincipal, User, seed};

/// An application by its object id, or by `appId`. The registrations of Microsoft belong to another tenant.
pub(crate) fn application<'d>(
    directory: &'d Directory,
    key: &Key,
) -> Result<&'d Application, GraphError> {
    let wanted = Wanted::of(key)?;
    directory
        .applications
        .iter()
        .filter(|application| !seed::is_microsofts(application.app_id))
        .find(|application| wanted.is(application.id, application.app_id))
        .ok_or_else(|| wanted.missing())
}

/// A service principal by its object id, or by `appId`.
pub(crate) fn service_principal<'d>(
    directory: &'d Directory,
    key: &Key,
) -> Result<&'d ServicePrincipal, GraphError> {
    let wanted = Wanted::of(key)?;
    directory
        .service_principals
        .iter()
        .find(|principal| wanted.is(principal.id, principal.app_id))
        .ok_or_else(|| wanted.missing())
}

/// A user by object id or user principal name.
pub(crate) fn user<'d>(directory: &'d Directory, key: &Key) -> Result<&'d User, GraphError> {
    let name = match key {
        Key::Id(name) => name,
        Key::Alternate { name, value } if name.eq_ignore_ascii_case("userPrincipalName") => value,
        Key::Alternate { name, .. } => return Err(GraphError::UnknownKeyProperty(name.clone())),
    };
    Uuid::parse_str(name)
        .map_or_else(|_| directory.user_named(name), |id| directory.user(id))
        .ok_or_else(|| GraphError::NotFound(name.clone()))
}

/// The text of a key that has no alternative.
pub(crate) fn plain(key: &Key) -> Result<&str, GraphError> {
    match key {
        Key::Id(id) => Ok(id),
        Key::Alternate { name, .. } => Err(GraphError::UnknownKeyProperty(name.clone())),
    }
}

/// A key that must be a GUID.
pub(crate) fn guid(key: &Key) -> Result<Uuid, GraphError> {
    let text = plain(key)?;
    Uuid::parse_str(text).map_err(|_| GraphError::InvalidId(text.to_owned()))
}

enum Wanted {
    Object(Uuid),
    App(Uuid),
}

impl Wanted {
    fn of(key: &Key) -> Result<Self, GraphError> {
        match key {
            Key::Id(_) => guid(key).map(Self::Object),
            Key::Alternate { name, value } if name.eq_ignore_ascii_case("appId") => {
                Uuid::parse_str(value)
                    .map(Self::App)
                    .map_err(|_| GraphError::InvalidId(value.clone()))
            }
            Key::Alternate { name, .. } => Err(GraphError::UnknownKeyProperty(name.clone())),
        }
    }

    fn is(&self, id: Uuid, app_id: Uuid) -> bool {
        match self {
            Self::Object(wanted) => *wanted == id,
            Self::App(wanted) => *wanted == app_id,
        }
    }

    fn missing(&self) -> GraphError {
        let (Self::Object(id) | Self::App(id)) = self;
        GraphError::NotFound(id.to_string())
    }
}
