//! Every other address of the browser app's origin: its files, and its one document for every address that is a page.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, Uri, header};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

use super::headers;
use super::source::{SpaError, SpaSource};

/// The files, and the policy that their documents carry.
#[derive(Clone)]
pub(super) struct Files {
    folder: ServeDir,
    policy: HeaderValue,
}

impl Files {
    pub(super) fn new(source: &SpaSource, policy: HeaderValue) -> Result<Self, SpaError> {
        let folder = ServeDir::new(source.folder()?)
            .append_index_html_on_directories(false)
            .redirect_to_trailing_slash(false)
            .precompressed_br()
            .precompressed_gzip();
        Ok(Self { folder, policy })
    }
}

/// What an address asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    /// A page of the app: all of them are one document, and the app reads the address.
    Page,
    /// A file whose name changes with its content.
    LastingFile,
    /// A file that may change under its name.
    File,
    /// Nothing that is here.
    Nothing,
}

impl Wanted {
    /// Judges an address by its path alone, without looking at the disk.
    fn by(path: &str) -> Self {
        // Names of ours need none of these, whatever they stand for.
        let odd = ["\\", "//", "%2e", "%2f", "%5c", "%00"];
        let lower = path.to_ascii_lowercase();
        if odd.iter().any(|odd| lower.contains(odd))
            || lower.split('/').any(|name| name.starts_with('.'))
        {
            return Self::Nothing;
        }
        // Addresses of the practice tenant that it did not answer itself, because it has no such page or does not run.
        if ["practice", "graph"].contains(&lower.split('/').nth(1).unwrap_or_default()) {
            return Self::Nothing;
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        match name.rsplit_once('.') {
            // They are parts of an answer, chosen by what the browser accepts.
            Some((_, "br" | "gz")) => Self::Nothing,
            None | Some(("index", "html")) => Self::Page,
            Some((stem, _)) if ends_in_hash(stem) => Self::LastingFile,
            Some(_) => Self::File,
        }
    }
}

/// `app-0123456789abcdef`, `app-0123456789abcdef_bg`.
fn ends_in_hash(stem: &str) -> bool {
    let stem = stem.strip_suffix("_bg").unwrap_or(stem);
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() >= 8
            && hash
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

pub(super) async fn handler(State(files): State<Files>, mut request: Request) -> Response {
    let wanted = Wanted::by(request.uri().path());
    let caching = match wanted {
        Wanted::Nothing => return not_here(),
        Wanted::LastingFile => "public, max-age=31536000, immutable",
        Wanted::Page | Wanted::File => "no-cache",
    };
    if wanted == Wanted::Page {
        *request.uri_mut() = Uri::from_static("/index.html");
    }
    let Ok(answer) = files.folder.oneshot(request).await;
    match answer.status() {
        StatusCode::NOT_FOUND => return not_here(),
        StatusCode::METHOD_NOT_ALLOWED => return only_reading().await,
        _ => {}
    }
    let mut response = answer.map(Body::new);
    let headers = response.headers_mut();
    headers::protect(headers);
    headers::set(headers, &header::CACHE_CONTROL, caching);
    headers::set(headers, &header::VARY, "accept-encoding");
    if wanted == Wanted::Page {
        headers::protect_document(headers, files.policy);
        if headers.contains_key(header::CONTENT_TYPE) {
            headers::set(headers, &header::CONTENT_TYPE, "text/html; charset=utf-8");
        }
    }
    response
}

fn not_here() -> Response {
    refused(StatusCode::NOT_FOUND, "There is nothing at this address.\n")
}

/// Nothing on this origin is changed by a request to a file or a page.
pub(super) async fn only_reading() -> Response {
    let mut response = refused(
        StatusCode::METHOD_NOT_ALLOWED,
        "Only GET and HEAD are answered here.\n",
    );
    headers::set(response.headers_mut(), &header::ALLOW, "GET,HEAD");
    response
}

fn refused(status: StatusCode, sentence: &'static str) -> Response {
    let mut response = (status, sentence).into_response();
    headers::protect(response.headers_mut());
    headers::set(response.headers_mut(), &header::CACHE_CONTROL, "no-store");
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_an_ending_is_a_page() {
        for path in [
            "/",
            "/index.html",
            "/steps/read-the-tokens",
            "/tokens/",
            "/diagnose/AADSTS50011",
            "/a%20b",
        ] {
            assert_eq!(Wanted::by(path), Wanted::Page, "{path}");
        }
    }

    #[test]
    fn a_name_with_a_hash_lasts_and_another_may_change() {
        for path in [
            "/app-0123456789abcdef.js",
            "/app-0123456789abcdef_bg.wasm",
            "/style-00000000.css",
        ] {
            assert_eq!(Wanted::by(path), Wanted::LastingFile, "{path}");
        }
        for path in ["/favicon.svg", "/app-new.js", "/robots.txt", "/app-12.js"] {
            assert_eq!(Wanted::by(path), Wanted::File, "{path}");
        }
    }

    #[test]
    fn nothing_hidden_and_nothing_outside_is_ever_looked_for() {
        for path in [
            "/..",
            "/../Cargo.toml",
            "/a/../../Cargo.toml",
            "/%2e%2e/Cargo.toml",
            "/%2E%2E%2FCargo.toml",
            "/..%5cCargo.toml",
            "/a\\b.js",
            "//etc/passwd",
            "/.stamp",
            "/.env",
            "/.well-known/appspecific",
            "/app.js%00.css",
            "/index.html.br",
            "/app.js.gz",
        ] {
            assert_eq!(Wanted::by(path), Wanted::Nothing, "{path}");
        }
    }

    #[test]
    fn the_practice_tenants_addresses_are_never_pages_of_the_app() {
        for path in [
            "/practice",
            "/practice/",
            "/Practice",
            "/practice/reset",
            "/graph/v1.0/me",
        ] {
            assert_eq!(Wanted::by(path), Wanted::Nothing, "{path}");
        }
        assert_eq!(Wanted::by("/practices"), Wanted::Page);
    }
}
