//! The browser app's own origin: `/config.json`, the app's files, and in practice mode `/practice` and `/graph`.

mod config_json;
mod files;
mod headers;
mod source;

use axum::Router;
use axum::routing::get;

pub(crate) use config_json::{ClientConfig, PracticeConfig};
pub use source::{SpaError, SpaSource};

/// Everything under the browser app's origin. `practice` is the practice tenant's own `/practice`, if there is one.
pub(crate) fn router(
    source: &SpaSource,
    config: &ClientConfig,
    practice: Option<Router>,
) -> Result<Router, SpaError> {
    let files = files::Files::new(source, headers::document_policy(config))?;
    let own = Router::new()
        .route("/config.json", get(config_json::handler))
        .with_state(config_json::answer(config))
        .fallback(files::handler)
        .method_not_allowed_fallback(files::only_reading)
        .with_state(files);
    Ok(own.merge(practice.unwrap_or_default()))
}
