//! `GET /error?code=…`: the page that `error_uri` leads to.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use shared::prose::errors;

use crate::Face;
use crate::pages;
use crate::params::Params;

pub(crate) fn routes() -> Router<Face> {
    Router::new().route("/error", get(handler))
}

async fn handler(State(face): State<Face>, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let code = params
        .get("code")
        .map(|code| code.trim_start_matches("AADSTS"));
    let code = code.and_then(|code| code.parse().ok());
    let Some(known) = code.and_then(errors::explanation) else {
        let lines = vec!["Nobody here knows this number.".into()];
        return pages::message(&face, StatusCode::NOT_FOUND, "Unknown error code", lines);
    };
    let title = format!("AADSTS{}: {}", known.number, known.title);
    let lines = [known.what, known.why, known.now].map(str::to_owned);
    pages::message(&face, StatusCode::OK, &title, lines.into())
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use shared::prose::errors;

    use crate::testing::Workshop;

    /// The numbers of the catalogue, read from its source: no list beside it can be forgotten.
    fn every_number() -> Vec<u32> {
        include_str!("aadsts.rs")
            .split('(')
            .filter_map(|text| text.trim_start().split_once(','))
            .filter(|(_, rest)| rest.trim_start().starts_with('"'))
            .filter_map(|(number, _)| number.replace('_', "").parse().ok())
            .collect()
    }

    #[test]
    fn every_number_that_the_tenant_answers_with_is_explained() {
        let numbers = every_number();
        assert!(numbers.len() > 40, "{numbers:?}");
        let missing: Vec<_> = numbers
            .into_iter()
            .filter(|&number| errors::explanation(number).is_none())
            .collect();
        assert_eq!(missing, [0; 0]);
    }

    #[tokio::test]
    async fn a_number_has_a_page_and_nonsense_has_none() {
        let workshop = Workshop::new();
        let page = workshop.get("/error?code=54005").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("AADSTS54005"));
        for code in ["1", "x", "-1", "99999999999999999999", "%00"] {
            let page = workshop.get(&format!("/error?code={code}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{code}");
        }
        assert_eq!(workshop.get("/error").await.status, StatusCode::NOT_FOUND);
    }
}
