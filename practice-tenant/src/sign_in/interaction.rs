//! A sign-in under way: what was asked, which page comes next, and the rules that decide it.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::aadsts::Aadsts;
use crate::authorize::{AuthorizeRequest, Prompt};
use crate::directory::{Directory, Permission};
use crate::session::Account;

/// How long a person may take for all pages.
pub(crate) const LIFETIME: Duration = Duration::from_mins(30);

/// A sign-in between its request and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Interaction {
    pub(super) request: Arc<AuthorizeRequest>,
    /// The cookie of the browser that began it.
    pub(super) browser: String,
    /// What each form carries, to tell this browser's pages from other sites'.
    pub(super) form_token: String,
    pub(super) stage: Stage,
}

/// The page that is shown.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// Which of the signed-in accounts?
    Account(Vec<Account>),
    UserName {
        entered: String,
        unknown: bool,
    },
    Password {
        user: Uuid,
        wrong: bool,
    },
    /// "Stay signed in?"
    Stay {
        user: Uuid,
    },
    Consent(Account),
    /// The app asks for what only an administrator may grant.
    Approval(Account),
}

/// What happens next.
pub(super) enum Outcome {
    Show(Stage),
    Admit(Account),
    Refuse(Aadsts),
}

impl Interaction {
    /// Whether going on to `next` means that the password was right.
    pub(super) fn is_past_password(&self, next: &Stage) -> bool {
        let before =
            |stage: &Stage| matches!(stage, Stage::UserName { .. } | Stage::Password { .. });
        before(&self.stage) && !before(next)
    }
}

impl Stage {
    /// The last segment of the page's address.
    pub(super) fn step(&self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::UserName { .. } => "username",
            Self::Password { .. } => "password",
            Self::Stay { .. } => "stay",
            Self::Consent(_) => "consent",
            Self::Approval(_) => "approval",
        }
    }

    /// The first page for somebody who is not signed in.
    pub(super) fn user_name(hint: Option<&str>) -> Self {
        Self::UserName {
            entered: hint.unwrap_or_default().to_owned(),
            unknown: false,
        }
    }
}

/// How a request begins, given who is signed in to the browser.
pub(super) fn first(
    directory: &Directory,
    request: &AuthorizeRequest,
    accounts: &[Account],
) -> Outcome {
    let hint = request.login_hint.as_deref();
    let hinted = |account: &&Account| {
        let user = directory.user(account.user);
        user.zip(hint)
            .is_some_and(|(user, hint)| user.user_principal_name.eq_ignore_ascii_case(hint))
    };
    let user_name = || Outcome::Show(Stage::user_name(hint));
    let picker = || Outcome::Show(Stage::Account(accounts.to_vec()));
    let silent = request.prompt == Some(Prompt::None);
    match (request.prompt, accounts, accounts.iter().find(hinted)) {
        (Some(Prompt::Login), ..) | (Some(Prompt::SelectAccount), [], _) => user_name(),
        (Some(Prompt::SelectAccount), ..) => picker(),
        (_, _, Some(account)) => signed_in(directory, request, account.clone()),
        (_, [account], None) if hint.is_none() => signed_in(directory, request, account.clone()),
        (_, [_, _, ..], None) if hint.is_none() && silent => {
            Outcome::Refuse(Aadsts::SeveralIdentities)
        }
        _ if silent => Outcome::Refuse(Aadsts::NobodySignedIn),
        (_, [_, _, ..], None) if hint.is_none() => picker(),
        _ => user_name(),
    }
}

/// What follows once it is known who signs in: consent if something is missing, the answer otherwise.
pub(super) fn signed_in(
    directory: &Directory,
    request: &AuthorizeRequest,
    account: Account,
) -> Outcome {
    let missing = missing(directory, request, account.user);
    let ask = request.prompt == Some(Prompt::Consent);
    let needs_administrator = !directory.is_administrator(account.user)
        && missing
            .iter()
            .any(|permission| directory.needs_administrator(permission));
    if missing.is_empty() && !ask {
        Outcome::Admit(account)
    } else if request.prompt == Some(Prompt::None) {
        Outcome::Refuse(Aadsts::ConsentMissing {
            client: request.client_id.0,
            name: client_name(directory, request),
            silent: true,
        })
    } else if needs_administrator {
        Outcome::Show(Stage::Approval(account))
    } else {
        Outcome::Show(Stage::Consent(account))
    }
}

fn missing(directory: &Directory, request: &AuthorizeRequest, user: Uuid) -> Vec<Permission> {
    let granted = directory.granted(request.client_id.0, user);
    asked(directory, request)
        .into_iter()
        .filter(|permission| !granted.contains(permission))
        .collect()
}

/// Every permission the request asks for.
pub(super) fn asked(
    directory: &Directory,
    request: &AuthorizeRequest,
) -> std::collections::BTreeSet<Permission> {
    directory
        .application(request.client_id.0)
        .map(|client| request.scopes.permissions(directory, client))
        .unwrap_or_default()
}

/// The client's display name.
pub(super) fn client_name(directory: &Directory, request: &AuthorizeRequest) -> String {
    directory
        .application(request.client_id.0)
        .map(|client| client.display_name.clone())
        .unwrap_or_default()
}
