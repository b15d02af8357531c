//! Consent and permissions: whether users may consent for themselves.

use leptos::prelude::*;

use super::super::change::consent::set_user_consent;
use super::super::store::Tenant;
use super::frame;
use super::parts::{Words, choice, form, nothing};
use super::registrations::owned;

const ANSWERS: [(&str, &str); 2] = [
    ("yes", "Allow user consent for apps"),
    ("no", "Do not allow user consent"),
];

pub(super) fn view(tenant: Tenant) -> AnyView {
    let now = tenant
        .look(|directory| directory.policy.users_may_consent())
        .unwrap_or_default();
    let answer = RwSignal::new(if now { "yes" } else { "no" }.to_owned());
    let draft = Signal::derive(move || {
        let allowed = answer.get() == "yes";
        let change = tenant.look(|directory| {
            (directory.policy.users_may_consent() != allowed)
                .then(|| set_user_consent(directory, allowed))
        });
        change
            .ok_or_else(nothing)?
            .ok_or_else(|| "That is how it is. Choose the other.".to_owned())
    });
    let words = Words {
        id: "user-consent",
        title: "User consent for applications",
        why: "Where users may not consent, a sign-in to an app that nobody has consented to ends at “Need admin approval”: AADSTS90094. \
              An administrator then grants it under API permissions.",
        verb: "Save",
    };
    let entry = choice(
        "user-consent-choice",
        "May users consent for themselves?",
        "",
        owned(&ANSWERS),
        answer,
    );
    frame::list(
        "User consent",
        "Who may say yes to what an app asks for.",
        vec![form(tenant, words, vec![entry], draft, |_| ())],
    )
}
