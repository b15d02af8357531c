//! The parameter `scope`: OpenID Connect's own words, and permissions of one or several resources (Entra "Scopes and
//! permissions in the Microsoft identity platform").

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use crate::aadsts::Aadsts;
use crate::directory::{Application, Directory, GRAPH, Permission, PermissionKind, seed};
use crate::recording::{Check, found};

/// The scopes that are OpenID Connect's or OAuth's, in the order in which a token response names them.
const OIDC: [&str; 4] = ["email", "openid", "profile", "offline_access"];

/// What a client asks for, resolved against the directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Scopes {
    #[serde(deserialize_with = "saved_oidc")]
    oidc: BTreeSet<&'static str>,
    pub(crate) resources: Vec<ResourceScopes>,
}

/// What is asked of one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ResourceScopes {
    /// The resource's application id.
    pub(crate) resource: Uuid,
    /// The resource as the request named it, without the slash before the permission; empty for unqualified names.
    prefix: String,
    what: Asked,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Asked {
    /// `.default`: the static permissions of the registration.
    Default,
    These(BTreeSet<String>),
}

/// Reads OpenID Connect's words back.
fn saved_oidc<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeSet<&'static str>, D::Error> {
    let words = BTreeSet::<String>::deserialize(deserializer)?;
    let known = OIDC.into_iter().filter(|known| words.contains(*known));
    Ok(known.collect())
}

impl Scopes {
    /// Resolves `text`, the scope parameter of a request by `client`.
    pub(crate) fn parse(
        directory: &Directory,
        client: &Application,
        text: &str,
    ) -> Result<Self, Aadsts> {
        let mut scopes = Self::default();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            if !word
                .chars()
                .all(|c| c.is_ascii_graphic() && c != '"' && c != '\\')
            {
                return Err(Aadsts::InvalidScope(word.to_owned()));
            }
            let (prefix, value) = word.rsplit_once('/').unwrap_or(("", word));
            let resource = resource(directory, prefix)?;
            let oidc = OIDC.iter().find(|oidc| oidc.eq_ignore_ascii_case(value));
            if let (GRAPH, Some(oidc)) = (resource.app_id, oidc) {
                scopes.oidc.insert(oidc);
            } else {
                scopes.add(directory, client, resource, prefix, value, word)?;
            }
        }
        if scopes.oidc.is_empty() && scopes.resources.is_empty() {
            return Err(Aadsts::InvalidScope(text.trim().to_owned()));
        }
        found(Check::Scope, format_args!("everything in {text} exists"));
        Ok(scopes)
    }

    fn add(
        &mut self,
        directory: &Directory,
        client: &Application,
        resource: &Application,
        prefix: &str,
        value: &str,
        word: &str,
    ) -> Result<(), Aadsts> {
        let by_guid = shared::authority::ClientId(resource.app_id).to_string();
        if resource.app_id == client.app_id && !prefix.eq_ignore_ascii_case(&by_guid) {
            return Err(Aadsts::TokenForItself {
                client: client.app_id,
                name: client.display_name.clone(),
            });
        }
        let what = if value.eq_ignore_ascii_case(".default") {
            if !may_ask_for_default(directory, client, resource) {
                return Err(Aadsts::ResourceNotListed {
                    client: client.app_id,
                    resource: prefix.to_owned(),
                });
            }
            Asked::Default
        } else {
            let scope = resource.scope(value).ok_or_else(|| Aadsts::UnknownScope {
                client: client.display_name.clone(),
                scope: value.to_owned(),
                resource: resource.app_id,
            })?;
            Asked::These(BTreeSet::from([scope.value.clone()]))
        };
        // `.default` goes with OpenID Connect's words only.
        if (what == Asked::Default && !self.resources.is_empty())
            || self
                .resources
                .iter()
                .any(|earlier| earlier.what == Asked::Default)
        {
            let same = self
                .resources
                .iter()
                .any(|earlier| earlier.resource == resource.app_id && earlier.what == what);
            return if same {
                Ok(())
            } else {
                Err(Aadsts::InvalidScope(word.to_owned()))
            };
        }
        match (
            self.resources
                .iter_mut()
                .find(|r| r.resource == resource.app_id),
            what,
        ) {
            (
                Some(ResourceScopes {
                    what: Asked::These(known),
                    ..
                }),
                Asked::These(new),
            ) => {
                known.extend(new);
            }
            (_, what) => self.resources.push(ResourceScopes {
                resource: resource.app_id,
                prefix: prefix.to_owned(),
                what,
            }),
        }
        Ok(())
    }

    /// What v1's parameter `resource` asks for: the static permissions on that resource, and what every v1 sign-in
    /// includes without naming it.
    pub(crate) fn of_resource(
        directory: &Directory,
        client: &Application,
        name: &str,
    ) -> Result<Self, Aadsts> {
        let mut scopes = Self::signing_in();
        let resource = resource(directory, name)?;
        scopes.add(directory, client, resource, name, ".default", name)?;
        Ok(scopes)
    }

    /// What every v1 sign-in includes.
    pub(crate) fn signing_in() -> Self {
        Self {
            oidc: BTreeSet::from(["openid", "profile", "offline_access"]),
            resources: Vec::new(),
        }
    }

    /// Whether one of OpenID Connect's own words was asked for.
    pub(crate) fn has(&self, oidc: &str) -> bool {
        self.oidc.contains(oidc)
    }

    /// Every permission somebody must have consented to. OpenID Connect's words are permissions of Graph.
    pub(crate) fn permissions(
        &self,
        directory: &Directory,
        client: &Application,
    ) -> BTreeSet<Permission> {
        let oidc = self.oidc.iter().map(|&oidc| Permission {
            resource: GRAPH,
            value: oidc.to_owned(),
        });
        let resources = self
            .resources
            .iter()
            .flat_map(|asked| asked.permissions(directory, client));
        oidc.chain(resources).collect()
    }

    /// The scopes of a token request: the words of OpenID Connect stay from the sign-in, and the resource is the one
    /// that `later` names, or the first of the sign-in.
    pub(crate) fn narrowed(mut self, later: Self) -> Self {
        self.oidc.extend(later.oidc);
        if !later.resources.is_empty() {
            self.resources = later.resources;
        }
        self
    }

    /// Whether everything in the registration was asked of a resource.
    pub(crate) fn is_default(&self, resource: Uuid) -> bool {
        self.resources
            .iter()
            .any(|asked| asked.resource == resource && asked.what == Asked::Default)
    }

    /// Whether `.default` of another application's resource finds nothing that is granted there.
    pub(crate) fn come_to_nothing(&self, client: Uuid, granted: &BTreeSet<Permission>) -> bool {
        self.resources.first().is_some_and(|asked| {
            asked.what == Asked::Default
                && asked.resource != client
                && !granted.iter().any(|one| one.resource == asked.resource)
        })
    }

    /// Everything that is granted, of all resources, as the client named them.
    pub(crate) fn in_words(&self, granted: &BTreeSet<Permission>) -> String {
        self.names(granted, &self.resources, true)
    }

    /// The resource of a token: the first one named, or Graph when only OpenID Connect's words were.
    pub(crate) fn resource(&self) -> Uuid {
        self.resources.first().map_or(GRAPH, |asked| asked.resource)
    }

    /// How the request named that resource; empty if it did not.
    pub(crate) fn audience(&self) -> &str {
        (self.resources.first()).map_or("", |asked| asked.prefix.as_str())
    }

    /// The value of `scp`: names without their resource. A token for Graph also carries OpenID Connect's words.
    pub(crate) fn scp(&self, granted: &BTreeSet<Permission>) -> String {
        let mut names: Vec<&str> = Vec::new();
        if self.resource() == GRAPH {
            names.extend(self.oidc.iter().filter(|&&oidc| oidc != "offline_access"));
        }
        if let Some(first) = self.resources.first() {
            names.extend(first.granted(granted));
        }
        names.join(" ")
    }

    /// The `scope` of a token response: OpenID Connect's words bare, the resource's scopes as the client named them.
    pub(crate) fn response(&self, granted: &BTreeSet<Permission>) -> String {
        let first = self.resources.first().map(std::slice::from_ref);
        self.names(granted, first.unwrap_or_default(), false)
    }

    fn names(
        &self,
        granted: &BTreeSet<Permission>,
        resources: &[ResourceScopes],
        offline_access: bool,
    ) -> String {
        let mut names: Vec<String> = OIDC
            .iter()
            .filter(|&&oidc| (offline_access || oidc != "offline_access") && self.has(oidc))
            .map(|&oidc| oidc.to_owned())
            .collect();
        for asked in resources {
            let prefix = match asked.prefix.as_str() {
                "" => "https://graph.microsoft.com",
                named => named,
            };
            names.extend(
                asked
                    .granted(granted)
                    .map(|value| format!("{prefix}/{value}")),
            );
            if asked.what == Asked::Default {
                names.push(format!("{prefix}/.default"));
            }
        }
        names.join(" ")
    }
}

impl ResourceScopes {
    fn permissions(&self, directory: &Directory, client: &Application) -> BTreeSet<Permission> {
        match (&self.what, directory.application(self.resource)) {
            (Asked::These(values), _) => values
                .iter()
                .map(|value| Permission {
                    resource: self.resource,
                    value: value.clone(),
                })
                .collect(),
            (Asked::Default, Some(resource)) => static_permissions(client, resource).collect(),
            (Asked::Default, None) => BTreeSet::new(),
        }
    }

    /// The names a token gets: those asked for, or, with `.default`, whatever is granted on the resource.
    fn granted<'a>(&'a self, granted: &'a BTreeSet<Permission>) -> impl Iterator<Item = &'a str> {
        granted
            .iter()
            .filter(|permission| permission.resource == self.resource)
            .map(|permission| permission.value.as_str())
            .filter(move |value| match &self.what {
                Asked::Default => !(self.resource == GRAPH && OIDC.contains(value)),
                Asked::These(values) => values.contains(*value),
            })
    }
}

fn resource<'d>(directory: &'d Directory, prefix: &str) -> Result<&'d Application, Aadsts> {
    let found = match prefix {
        "" => directory.application(GRAPH),
        name => directory.resource(name),
    };
    let found = found.ok_or_else(|| Aadsts::UnknownResource {
        resource: prefix.to_owned(),
        tenant: directory.organization.id,
    })?;
    if directory.service_principal(found.app_id).is_none() {
        return Err(Aadsts::ResourceNotInstalled {
            resource: found.app_id,
            name: found.display_name.as_str().into(),
            tenant: directory.organization.display_name.as_str().into(),
        });
    }
    Ok(found)
}

/// `.default` is what the registration lists of a resource, and whatever else was granted on it. Who has neither is
/// told that the registration lists nothing; Microsoft's own clients, whose registrations are not here, that consent
/// is missing (by the token endpoint, see [`Scopes::come_to_nothing`]).
fn may_ask_for_default(
    directory: &Directory,
    client: &Application,
    resource: &Application,
) -> bool {
    resource.app_id == client.app_id
        || lists(client, resource)
        || directory.has_granted(client.app_id, resource)
        || seed::is_microsofts(client.app_id)
}

/// Whether a client's registration lists anything of a resource: scopes, or roles for itself.
fn lists(client: &Application, resource: &Application) -> bool {
    client.required_resource_access.iter().any(|access| {
        access.resource_app_id == resource.app_id && !access.resource_access.is_empty()
    })
}

/// The scopes that a client's registration lists of a resource.
fn static_permissions<'a>(
    client: &'a Application,
    resource: &'a Application,
) -> impl Iterator<Item = Permission> + 'a {
    client
        .required_resource_access
        .iter()
        .filter(|access| access.resource_app_id == resource.app_id)
        .flat_map(|access| &access.resource_access)
        .filter(|permission| permission.kind == PermissionKind::Scope)
        .filter_map(|permission| Some(resource.permission(resource.scope_by_id(permission.id)?)))
}

#[cfg(test)]
mod tests {
    use shared::time::UnixTime;

    use super::*;
    use crate::directory::seed::{self, API, CLIENT};

    fn parse(text: &str) -> Result<Scopes, Aadsts> {
        let directory = seed::directory(&[], UnixTime(0));
        Scopes::parse(&directory, directory.application(CLIENT).unwrap(), text)
    }

    fn all(text: &str) -> (Scopes, BTreeSet<Permission>) {
        let directory = seed::directory(&[], UnixTime(0));
        let scopes = parse(text).unwrap();
        let permissions = scopes.permissions(&directory, directory.application(CLIENT).unwrap());
        (scopes, permissions)
    }

    #[test]
    fn a_scope_of_the_api_is_understood_by_uri_and_by_guid_and_answered_as_asked() {
        for name in [
            format!("api://{API}/access_as_user"),
            format!("{API}/access_as_user"),
        ] {
            let (scopes, granted) = all(&format!("openid offline_access {name} profile"));
            assert_eq!(scopes.resource(), API);
            assert_eq!(scopes.scp(&granted), "access_as_user");
            assert_eq!(scopes.response(&granted), format!("openid profile {name}"));
        }
    }

    #[test]
    fn default_stands_for_the_static_permissions_and_is_named_in_the_answer() {
        let (scopes, granted) = all(&format!("openid api://{API}/.default"));
        assert_eq!(scopes.scp(&granted), "access_as_user");
        assert_eq!(
            scopes.response(&granted),
            format!("openid api://{API}/access_as_user api://{API}/.default")
        );
    }

    #[test]
    fn without_a_resource_the_token_is_for_graph() {
        let (scopes, granted) = all("openid profile");
        assert_eq!(
            (scopes.resource(), scopes.scp(&granted).as_str()),
            (GRAPH, "openid profile")
        );
        let (scopes, granted) = all("user.read");
        assert_eq!(scopes.scp(&granted), "User.Read");
        assert_eq!(
            scopes.response(&granted),
            "https://graph.microsoft.com/User.Read"
        );
    }

    #[test]
    fn what_does_not_exist_is_told_apart() {
        assert!(matches!(
            parse("api://x/access_as_user"),
            Err(Aadsts::UnknownResource { .. })
        ));
        assert!(matches!(
            parse(&format!("{API}/nothing")),
            Err(Aadsts::UnknownScope { .. })
        ));
        assert!(matches!(
            parse("Nothing.Read"),
            Err(Aadsts::UnknownScope { .. })
        ));
        assert!(matches!(parse("openid\t"), Err(Aadsts::InvalidScope(_))));
        let unlisted = "https://vault.azure.net/.default";
        assert!(matches!(
            parse(unlisted),
            Err(Aadsts::ResourceNotListed { .. })
        ));
    }

    #[test]
    fn default_cannot_be_mixed_with_permissions() {
        for text in [
            "{}/.default User.Read",
            "User.Read {}/.default",
            "{}/.default {}/access_as_user",
        ] {
            let text = text.replace("{}", &API.to_string());
            assert!(
                matches!(parse(&text), Err(Aadsts::InvalidScope(_))),
                "{text}"
            );
        }
        assert!(parse(&format!("{API}/.default {API}/.default openid")).is_ok());
    }
}
