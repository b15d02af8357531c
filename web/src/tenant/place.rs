//! The addresses of the tenant's pages, in the admin center's words.

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The tenant itself, and how far the guide has come.
    Overview,
    /// App registrations.
    Registrations,
    /// One registration, by its client ID.
    Registration(String, Blade),
    /// Enterprise applications: the service principals, managed identities among them.
    Enterprise,
    /// One service principal, by its object ID.
    Principal(String),
    /// Users.
    Users,
    /// One user, by their object ID.
    User(String),
    /// Consent and permissions: what users may consent to.
    Consent,
    /// What has been done on these pages.
    History,
}

/// A part of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blade {
    /// Names and IDs.
    Overview,
    /// Platforms and redirect URIs.
    Authentication,
    /// Certificates & secrets.
    Credentials,
    /// API permissions and consent.
    Permissions,
    /// The identifier URI and the scopes.
    Expose,
    /// App roles.
    Roles,
    /// The whole registration as JSON.
    Manifest,
}

impl Blade {
    /// All of them, in the admin center's order.
    pub const ALL: [Blade; 7] = [
        Blade::Overview,
        Blade::Authentication,
        Blade::Credentials,
        Blade::Permissions,
        Blade::Expose,
        Blade::Roles,
        Blade::Manifest,
    ];

    /// The name.
    pub fn title(self) -> &'static str {
        match self {
            Blade::Overview => "Overview",
            Blade::Authentication => "Authentication",
            Blade::Credentials => "Certificates & secrets",
            Blade::Permissions => "API permissions",
            Blade::Expose => "Expose an API",
            Blade::Roles => "App roles",
            Blade::Manifest => "Manifest",
        }
    }

    fn slug(self) -> &'static str {
        match self {
            Blade::Overview => "",
            Blade::Authentication => "authentication",
            Blade::Credentials => "credentials",
            Blade::Permissions => "permissions",
            Blade::Expose => "expose-an-api",
            Blade::Roles => "app-roles",
            Blade::Manifest => "manifest",
        }
    }
}

/// Where all of it begins.
pub const ROOT: &str = "/tenant";

impl Place {
    /// The address.
    pub fn path(&self) -> String {
        match self {
            Place::Overview => ROOT.to_owned(),
            Place::Registrations => format!("{ROOT}/apps"),
            Place::Registration(id, Blade::Overview) => format!("{ROOT}/apps/{id}"),
            Place::Registration(id, blade) => format!("{ROOT}/apps/{id}/{}", blade.slug()),
            Place::Enterprise => format!("{ROOT}/enterprise-apps"),
            Place::Principal(id) => format!("{ROOT}/enterprise-apps/{id}"),
            Place::Users => format!("{ROOT}/users"),
            Place::User(id) => format!("{ROOT}/users/{id}"),
            Place::Consent => format!("{ROOT}/consent"),
            Place::History => format!("{ROOT}/history"),
        }
    }

    /// The page at an address, if there is one.
    pub fn at(path: &str) -> Option<Place> {
        let rest = path.strip_prefix(ROOT)?;
        if !rest.is_empty() && !rest.starts_with('/') {
            return None;
        }
        let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [] => Some(Place::Overview),
            ["apps"] => Some(Place::Registrations),
            ["apps", id, rest @ ..] if rest.len() <= 1 => {
                let slug = rest.first().copied().unwrap_or_default();
                let blade = Blade::ALL.into_iter().find(|blade| blade.slug() == slug)?;
                Some(Place::Registration((*id).to_owned(), blade))
            }
            ["enterprise-apps"] => Some(Place::Enterprise),
            ["enterprise-apps", id] => Some(Place::Principal((*id).to_owned())),
            ["users"] => Some(Place::Users),
            ["users", id] => Some(Place::User((*id).to_owned())),
            ["consent"] => Some(Place::Consent),
            ["history"] => Some(Place::History),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_found_at_its_own_address() {
        let id = || "c1000000-0000-4000-8000-000000000001".to_owned();
        let blades = Blade::ALL.map(|blade| Place::Registration(id(), blade));
        let others = [
            Place::Overview,
            Place::Registrations,
            Place::Enterprise,
            Place::Principal(id()),
            Place::Users,
            Place::User(id()),
            Place::Consent,
            Place::History,
        ];
        for place in others.into_iter().chain(blades) {
            assert_eq!(Place::at(&place.path()), Some(place.clone()));
            assert_eq!(Place::at(&format!("{}/", place.path())), Some(place));
        }
    }

    #[test]
    fn other_addresses_are_no_page_of_the_tenant() {
        for path in [
            "/",
            "/tenants",
            "/tenant/no-such",
            "/tenant/apps/1/manifest/2",
            "/tenant/apps/1/no-such",
        ] {
            assert_eq!(Place::at(path), None, "{path}");
        }
    }
}
