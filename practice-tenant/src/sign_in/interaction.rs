//! A sign-in under way: what was asked, which page comes next, and the rules that decide it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::purpose::Purpose;
use crate::aadsts::Aadsts;
use crate::authorize::Prompt;
use crate::directory::Directory;
use crate::recording::{Check, found};
use crate::session::Account;

/// How long a person may take for all pages.
pub(crate) const LIFETIME: Duration = Duration::from_mins(30);

/// A sign-in between its request and its answer.
#[derive(Clone, Debug)]
pub(crate) struct Interaction {
    pub(super) purpose: Arc<Purpose>,
    /// The correlation ID of the request that began it.
    pub(super) correlation_id: Uuid,
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
    /// "Are you trying to sign in to …?": whoever typed a device's code may have got it from a stranger.
    Confirm(Account),
    /// Consent for everybody, to everything the registration or the request names.
    AdminConsent(Account),
}

/// What happens next.
pub(super) enum Outcome {
    Show(Stage),
    Admit(Account),
    Refuse(Aadsts),
    /// The person is told, and may go back; nobody else learns of it.
    Stop(Aadsts),
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
            Self::Confirm(_) => "confirm",
            Self::AdminConsent(_) => "admin-consent",
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
pub(super) fn first(directory: &Directory, purpose: &Purpose, accounts: &[Account]) -> Outcome {
    let names = accounts
        .iter()
        .filter_map(|account| directory.user(account.user));
    let names: Vec<_> = names
        .map(|user| user.user_principal_name.as_str())
        .collect();
    found(
        Check::SignIn,
        match names.as_slice() {
            [] => "nobody is signed in to this browser".to_owned(),
            names => format!("signed in to this browser: {}", names.join(", ")),
        },
    );
    let hint = purpose.login_hint();
    let hinted = |account: &&Account| {
        if purpose.session() == Some(account.session_state) {
            return true;
        }
        let user = directory.user(account.user);
        user.zip(hint)
            .is_some_and(|(user, hint)| user.user_principal_name.eq_ignore_ascii_case(hint))
    };
    let user_name = || Outcome::Show(Stage::user_name(hint));
    let picker = || Outcome::Show(Stage::Account(accounts.to_vec()));
    let silent = purpose.prompt() == Some(Prompt::None);
    match (purpose.prompt(), accounts, accounts.iter().find(hinted)) {
        (Some(Prompt::Login), ..) | (Some(Prompt::SelectAccount), [], _) => user_name(),
        (Some(Prompt::SelectAccount), ..) => picker(),
        (_, _, Some(account)) => signed_in(directory, purpose, account.clone()),
        (_, [account], None) if hint.is_none() => signed_in(directory, purpose, account.clone()),
        (_, [_, _, ..], None) if hint.is_none() && silent => {
            Outcome::Refuse(Aadsts::SeveralIdentities)
        }
        _ if silent => Outcome::Refuse(Aadsts::NobodySignedIn),
        (_, [_, _, ..], None) if hint.is_none() => picker(),
        _ => user_name(),
    }
}

/// What follows once it is known who signs in.
pub(super) fn signed_in(directory: &Directory, purpose: &Purpose, account: Account) -> Outcome {
    match purpose {
        Purpose::Client(_) => permitted(directory, purpose, account),
        Purpose::Device(_) => Outcome::Show(Stage::Confirm(account)),
        Purpose::AdminConsent(_) if directory.is_administrator(account.user) => {
            Outcome::Show(Stage::AdminConsent(account))
        }
        Purpose::AdminConsent(_) => Outcome::Show(Stage::Approval(account)),
    }
}

/// Consent if something is missing, the answer otherwise.
pub(super) fn permitted(directory: &Directory, purpose: &Purpose, account: Account) -> Outcome {
    let consents = purpose.consents(directory);
    let asked = consents.iter().flat_map(|(_, permissions)| permissions);
    let resources = asked.map(|asked| asked.resource);
    let applications = std::iter::once(purpose.client_id()).chain(resources);
    if let Some(closed) = directory.closed_to(account.user, applications) {
        return Outcome::Refuse(Aadsts::UserNotAssigned {
            closed,
            redirected: true,
        });
    }
    let mut missing = BTreeSet::new();
    for (client, permissions) in consents {
        let granted = directory.granted(client, account.user);
        missing.extend(permissions.into_iter().filter(|one| !granted.contains(one)));
    }
    let for_everybody = purpose.prompt() == Some(Prompt::AdminConsent);
    let ask = for_everybody || purpose.prompt() == Some(Prompt::Consent);
    let needs_administrator = !directory.is_administrator(account.user)
        && (for_everybody
            || missing
                .iter()
                .any(|permission| directory.needs_administrator(permission)));
    let names: Vec<_> = missing
        .iter()
        .map(|missing| missing.value.as_str())
        .collect();
    found(
        Check::Consent,
        match names.as_slice() {
            [] => "everything that is asked for is granted".to_owned(),
            names => format!("not granted yet: {}", names.join(", ")),
        },
    );
    if missing.is_empty() && !ask {
        Outcome::Admit(account)
    } else if purpose.prompt() == Some(Prompt::None) {
        Outcome::Refuse(Aadsts::ConsentMissing {
            client: purpose.client_id(),
            name: purpose.client_name(directory),
            silent: true,
        })
    } else if needs_administrator {
        Outcome::Show(Stage::Approval(account))
    } else {
        Outcome::Show(Stage::Consent(account))
    }
}
