//! The registration steps of the workshop guide, each with the question whether the directory already has what it sets.

use super::model::{Application, Assignment, Directory};
use super::place::{Blade, Place};

/// What the steps are about: the values that the app and the API are configured with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The API's client ID.
    pub api: String,
    /// The browser app's client ID.
    pub client: String,
    /// A workload that has no managed identity, if there is one.
    pub daemon: Option<String>,
    /// The name of the scope.
    pub scope: String,
    /// The name of the app role.
    pub role: String,
    /// Where the browser app is.
    pub redirect_uri: String,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Which part of the guide it belongs to.
    pub part: Part,
    /// What to do.
    pub title: String,
    /// What goes wrong without it.
    pub without: &'static str,
    /// Where it is done.
    pub place: Place,
    /// In which form of that page.
    pub form: &'static str,
    /// Whether it is done.
    pub done: bool,
}

/// A part of the guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The registration of the API.
    Api,
    /// The registration of the browser app: a person calls the API.
    Client,
    /// A workload calls the API without a person.
    Workload,
}

impl Part {
    /// All of them.
    pub const ALL: [Part; 3] = [Part::Api, Part::Client, Part::Workload];

    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Part::Api => "The API",
            Part::Client => "The browser app",
            Part::Workload => "A workload without a person",
        }
    }
}

/// The steps in order. `assigned` are the assignments of the API's service principal.
pub fn tasks(wanted: &Wanted, directory: &Directory, assigned: &[Assignment]) -> Vec<Task> {
    let mut tasks = Vec::from(of_api(wanted, directory));
    tasks.extend(of_client(wanted, directory));
    tasks.extend(of_workload(wanted, directory, assigned));
    tasks
}

/// A part of a registration, or where it can be made again if it is gone.
fn at(directory: &Directory, app_id: &str, blade: Blade) -> Place {
    match directory.application(app_id) {
        Some(_) => Place::Registration(app_id.to_owned(), blade),
        None => Place::Registrations,
    }
}

fn of_api(wanted: &Wanted, directory: &Directory) -> [Task; 4] {
    let api = directory.application(&wanted.api);
    let is = |holds: &dyn Fn(&Application) -> bool| api.is_some_and(holds);
    let task = |title: String, without, blade, form, done| Task {
        part: Part::Api,
        title,
        without,
        place: at(directory, &wanted.api, blade),
        form,
        done,
    };
    [
        task(
            "Set the Application ID URI".to_owned(),
            "No app can name the API: AADSTS500011.",
            Blade::Expose,
            "identifier",
            is(&|app| {
                app.identifier_uris
                    .contains(&format!("api://{}", wanted.api))
            }),
        ),
        task(
            format!("Add the scope {}", wanted.scope),
            "An app that asks for it is refused: AADSTS65005.",
            Blade::Expose,
            "scope",
            is(&|app| scope_id(app, &wanted.scope).is_some()),
        ),
        task(
            format!("Create the app role {}", wanted.role),
            "No workload can be given anything.",
            Blade::Roles,
            "role",
            is(&|app| role_id(app, &wanted.role).is_some()),
        ),
        task(
            "Ask for v2 access tokens".to_owned(),
            "The API gets v1 tokens and answers 401: another issuer, another audience.",
            Blade::Manifest,
            "version",
            is(&|app| app.api.requested_access_token_version == Some(2)),
        ),
    ]
}

fn of_client(wanted: &Wanted, directory: &Directory) -> [Task; 3] {
    let client = directory.application(&wanted.client);
    let scope = directory
        .application(&wanted.api)
        .and_then(|api| scope_id(api, &wanted.scope));
    let asks = |app: &Application| {
        let mut access = app
            .required_resource_access
            .iter()
            .flat_map(|one| &one.resource_access);
        access.any(|access| Some(access.id.as_str()) == scope)
    };
    let task = |title: String, without, blade, form, done| Task {
        part: Part::Client,
        title,
        without,
        place: at(directory, &wanted.client, blade),
        form,
        done,
    };
    [
        task(
            format!("Add the redirect URI {}", wanted.redirect_uri),
            "Entra sends nobody there: AADSTS50011. On the platform Web: AADSTS9002326.",
            Blade::Authentication,
            "add-uri",
            client.is_some_and(|app| app.spa.contains(&wanted.redirect_uri)),
        ),
        task(
            format!("Add the permission {}", wanted.scope),
            "Consent for everybody has nothing to grant.",
            Blade::Permissions,
            "add-permission",
            client.is_some_and(asks),
        ),
        task(
            "Grant admin consent".to_owned(),
            "Everybody is asked at the first sign-in; where users may not consent: AADSTS90094.",
            Blade::Permissions,
            "consent",
            is_consented(wanted, directory),
        ),
    ]
}

fn of_workload(wanted: &Wanted, directory: &Directory, assigned: &[Assignment]) -> Vec<Task> {
    let daemon = wanted
        .daemon
        .as_ref()
        .and_then(|id| directory.application(id));
    let role = directory
        .application(&wanted.api)
        .and_then(|api| role_id(api, &wanted.role));
    let api = directory.principal_of(&wanted.api);
    let credential = daemon.map(|daemon| Task {
        part: Part::Workload,
        title: format!("Give {} a secret or a certificate", daemon.display_name),
        without: "It cannot prove who it is: AADSTS7000218. A managed identity needs neither.",
        place: at(directory, &daemon.app_id, Blade::Credentials),
        form: "secret",
        done: !daemon.password_credentials.is_empty() || !daemon.key_credentials.is_empty(),
    });
    let assignment = Task {
        part: Part::Workload,
        title: format!("Assign {} to it", wanted.role),
        without: "Its tokens carry no roles, and the API answers 403.",
        place: api.map_or(Place::Enterprise, |api| Place::Principal(api.id.clone())),
        form: "assign",
        done: role.is_some_and(|role| assigned.iter().any(|one| one.app_role_id == role)),
    };
    credential.into_iter().chain([assignment]).collect()
}

fn scope_id<'a>(app: &'a Application, name: &str) -> Option<&'a str> {
    let mut scopes = app.api.oauth2_permission_scopes.iter();
    let scope = scopes.find(|scope| scope.value == name && scope.is_enabled)?;
    Some(&scope.id)
}

fn role_id<'a>(app: &'a Application, name: &str) -> Option<&'a str> {
    let mut roles = app.app_roles.iter();
    let role =
        roles.find(|role| role.name() == name && role.is_enabled && role.is_for("Application"))?;
    Some(&role.id)
}

fn is_consented(wanted: &Wanted, directory: &Directory) -> bool {
    let client = directory.principal_of(&wanted.client);
    let api = directory.principal_of(&wanted.api);
    let (Some(client), Some(api)) = (client, api) else {
        return false;
    };
    directory.grants.iter().any(|grant| {
        grant.is_for_everybody()
            && grant.client_id == client.id
            && grant.resource_id == api.id
            && grant.covers(&wanted.scope)
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::change::examples::{api, client, directory};
    use super::super::model::{Access, Grant, RequiredResource};
    use super::*;

    pub(in crate::tenant) fn wanted() -> Wanted {
        Wanted {
            api: "api-client".into(),
            client: "client-client".into(),
            daemon: None,
            scope: "access_as_user".into(),
            role: "Svc.Invoke".into(),
            redirect_uri: "http://localhost:3000".into(),
        }
    }

    fn open(directory: &Directory, assigned: &[Assignment]) -> Vec<String> {
        let tasks = tasks(&wanted(), directory, assigned).into_iter();
        tasks
            .filter(|task| !task.done)
            .map(|task| task.title)
            .collect()
    }

    #[test]
    fn what_is_missing_is_named_and_where_to_do_it() {
        let open = open(&directory(), &[]);
        let expected = [
            "Ask for v2 access tokens",
            "Add the permission access_as_user",
            "Grant admin consent",
            "Assign Svc.Invoke to it",
        ];
        assert_eq!(open, expected);
        let tasks = tasks(&wanted(), &directory(), &[]);
        assert_eq!(
            tasks[3].place,
            Place::Registration("api-client".into(), Blade::Manifest)
        );
    }

    #[test]
    fn nothing_is_open_when_everything_is_there() {
        let mut complete = directory();
        complete.applications[0].api.requested_access_token_version = Some(2);
        complete.applications[1].required_resource_access = vec![RequiredResource {
            resource_app_id: "api-client".into(),
            resource_access: vec![Access {
                id: "scope-1".into(),
                kind: "Scope".into(),
            }],
        }];
        complete.grants = vec![Grant {
            client_id: "workshop-client-principal".into(),
            resource_id: "workshop-api-principal".into(),
            consent_type: "AllPrincipals".into(),
            scope: " access_as_user".into(),
            ..Grant::default()
        }];
        let assigned = Assignment {
            app_role_id: "role-1".into(),
            ..Assignment::default()
        };
        assert_eq!(open(&complete, &[assigned]), Vec::<String>::new());
    }

    #[test]
    fn a_registration_that_is_gone_is_made_where_registrations_are_made() {
        let mut directory = directory();
        directory.applications = vec![client()];
        assert_eq!(
            tasks(&wanted(), &directory, &[])[0].place,
            Place::Registrations
        );
        assert_eq!(api().app_id, "api-client");
    }
}
