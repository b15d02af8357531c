//! With a real tenant: why nothing can be changed here, and the commands that do it there.

use leptos::prelude::*;

use super::super::by_hand::steps;
use super::super::guide::Part;
use super::super::store::Tenant;
use super::frame::{page, section};
use super::parts::calls;

pub(super) fn view(tenant: Tenant) -> AnyView {
    let tasks = steps(&tenant.wanted());
    let parts = Part::ALL.map(|part| {
        let of_part = tasks.iter().filter(|task| task.part == part);
        let rows = of_part.map(|task| {
            let draft = Signal::stored(Ok(task.change.clone()));
            view! {
                <h3>{task.change.title.clone()}</h3>
                <p class="note">"Entra admin center → "{task.place}</p>
                {calls(tenant, task.id, draft)}
            }
            .into_any()
        });
        section(part.title(), "", rows.collect())
    });
    let lede = "This app asks a real tenant for nothing but sign-ins: it holds no permission to read or change a directory, and it \
                should not. Here are the steps of the guide with the IDs that the workshop is configured with, for the admin \
                center or the command line. Graph replaces a list as a whole: what your registration has already goes into the \
                list too.";
    page(
        "Real tenant".into_any(),
        "Your directory, by hand".to_owned(),
        lede.into_any(),
        parts.into(),
    )
}
