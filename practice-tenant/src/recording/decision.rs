//! Why a request was answered as it was: the steps that were really taken, in their order.

use std::cell::RefCell;
use std::fmt::Display;

use axum::http::StatusCode;
use serde::Serialize;
use shared::prose::errors;

use super::Label;
use crate::aadsts::Aadsts;

/// Most steps of one decision.
const MOST_STEPS: usize = 32;
/// Longest text of a step, in characters: part of it may be the client's.
const LONGEST: usize = 300;

tokio::task_local! {
    /// The steps of the request that this task answers.
    static STEPS: RefCell<Vec<Step>>;
}

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Check {
    /// The path names this tenant, and the client is registered in it.
    Client,
    /// The redirect URI is registered.
    RedirectUri,
    /// Proof Key for Code Exchange.
    Pkce,
    /// What is asked for exists.
    Scope,
    /// Somebody is signed in to the browser, or has signed in now.
    SignIn,
    /// The client may do what it asks for.
    Consent,
    /// The client has proven who it is.
    ClientAuthentication,
    /// What the client presents was given to it and is still good.
    Grant,
    /// The application's roles at the resource.
    Roles,
}

/// One step.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Step {
    Found { check: Check, detail: String },
    Refused { refusal: Refusal },
}

/// Why it ended here.
#[derive(Clone, Debug, Serialize)]
struct Refusal {
    /// `AADSTS<number>`, or the code of Graph or Resource Manager.
    code: String,
    /// The OAuth error.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    text: String,
    /// What it means and where to change it.
    #[serde(flatten)]
    explanation: Option<Explanation>,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Explanation {
    title: &'static str,
    why: &'static str,
    now: &'static str,
}

/// The decision about one request.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Decision {
    #[serde(flatten)]
    pub(crate) label: Label,
    /// Method and address.
    request: String,
    status: u16,
    /// Whether it was refused.
    refused: bool,
    /// What was looked at, up to the refusal if there was one.
    steps: Vec<Step>,
}

impl Decision {
    /// `None` where nothing was decided.
    pub(super) fn made(
        label: Label,
        request: String,
        status: StatusCode,
        steps: Steps,
    ) -> Option<Self> {
        let Steps(steps) = steps;
        steps.first()?;
        let refused = steps
            .iter()
            .any(|step| matches!(step, Step::Refused { .. }));
        Some(Self {
            label,
            request,
            status: status.as_u16(),
            refused,
            steps,
        })
    }
}

/// The steps of one request.
pub(super) struct Steps(Vec<Step>);

/// Lets `answering` answer, and hands over the steps it has noted.
pub(super) async fn within<T>(answering: impl Future<Output = T>) -> (T, Steps) {
    let noting = async {
        let answer = answering.await;
        (answer, Steps(STEPS.with(RefCell::take)))
    };
    STEPS.scope(RefCell::default(), noting).await
}

/// Notes what was found at a check that did not end in a refusal. `detail` must not hold a secret.
pub(crate) fn found(check: Check, detail: impl Display) {
    let detail = detail.to_string().chars().take(LONGEST).collect();
    note(Step::Found { check, detail });
}

/// Notes a refusal. Called where refusals are written down for whoever is told, which is where each of them ends.
pub(crate) fn refused(refusal: &Aadsts) {
    let wire = refusal.wire();
    let explanation = errors::explanation(wire.code).map(|entry| Explanation {
        title: entry.title,
        why: entry.why,
        now: entry.now,
    });
    note(Step::Refused {
        refusal: Refusal {
            code: format!("AADSTS{}", wire.code),
            error: Some(wire.error),
            text: refusal.to_string().chars().take(LONGEST).collect(),
            explanation,
        },
    });
}

/// Notes a refusal of Graph or Resource Manager, which have names for them.
pub(crate) fn refused_by_code(code: &str, why: &str) {
    note(Step::Refused {
        refusal: Refusal {
            code: code.to_owned(),
            error: None,
            text: why.chars().take(LONGEST).collect(),
            explanation: None,
        },
    });
}

fn note(step: Step) {
    // Outside of a request nobody asks why.
    let _ = STEPS.try_with(|steps| {
        let mut steps = steps.borrow_mut();
        if steps.len() < MOST_STEPS {
            steps.push(step);
        }
    });
}
