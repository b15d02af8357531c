//! Signing a user in by filling in the practice tenant's pages, as a person would in a browser.

use reqwest::header::{LOCATION, ORIGIN};
use reqwest::{RequestBuilder, Response};
use serve::system::{SystemClock, SystemEntropy};
use shared::authority::ClientId;
use shared::pkce::{ClientSettings, Options, Platform, SignIn};
use shared::secret::AccessToken;
use url::Url;

use super::seeded::SeededUser;
use super::{Tenant, TokenError, first_line};

/// Registered for desktop apps. Nobody listens there: the answer is read off the redirect.
pub(super) const REDIRECT_URI: &str = "http://localhost";
/// More than a sign-in has.
const PAGES: usize = 10;

/// Where the sign-in has come to.
enum Place {
    Page { address: Url, text: String },
    Callback(Url),
}

/// Signs the user in to the client, consents if needed, and redeems the code.
pub(super) async fn token(
    tenant: &Tenant,
    client_id: ClientId,
    user: &SeededUser,
    scope: &str,
) -> Result<AccessToken, TokenError> {
    let settings = ClientSettings {
        authority: tenant.authority.clone(),
        client_id,
    };
    let scopes: Vec<String> = scope.split_whitespace().map(str::to_owned).collect();
    let SignIn {
        authorize_url,
        pending,
    } = SignIn::begin(
        &settings,
        Platform::Desktop,
        REDIRECT_URI,
        &scopes,
        &Options::default(),
        &SystemClock,
        &SystemEntropy,
    )?;
    let verifier = pending.verifier().clone();
    let callback = callback(tenant, authorize_url, user, scope).await?;
    let redeemable = pending.check(&callback, &SystemClock)?;
    tenant
        .redeem(&[
            ("grant_type", "authorization_code"),
            ("client_id", &client_id.to_string()),
            ("code", redeemable.code().expose()),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", verifier.expose()),
            ("scope", scope),
        ])
        .await
}

/// Goes from page to page until the tenant sends the browser back to the client.
async fn callback(
    tenant: &Tenant,
    authorize_url: Url,
    user: &SeededUser,
    scope: &str,
) -> Result<Url, TokenError> {
    let mut place = visit(tenant, tenant.client.get(authorize_url)).await?;
    let mut before = None;
    for _ in 0..PAGES {
        let (address, text) = match place {
            Place::Callback(callback) => return Ok(callback),
            Place::Page { address, text } => (address, text),
        };
        let step = address.path().rsplit('/').next().unwrap_or_default();
        let answer = match step {
            "username" => ("loginfmt", user.username.as_str()),
            "password" => ("passwd", user.password.as_str()),
            "stay" => ("no", "No"),
            "consent" => ("accept", "Accept"),
            "approval" => return Err(TokenError::NeedsAdministrator(scope.to_owned())),
            _ => return Err(refused(&address, &text)),
        };
        // A page that comes again has not liked the answer.
        if before.as_deref() == Some(step) {
            return Err(TokenError::UnknownPage(address.path().to_owned()));
        }
        before = Some(step.to_owned());
        let form_token = attribute(&text, "name=\"form_token\" value=\"").unwrap_or_default();
        let request = tenant
            .client
            .post(address.clone())
            .header(ORIGIN, address.origin().ascii_serialization())
            .form(&[("form_token", form_token), answer]);
        place = visit(tenant, request).await?;
    }
    Err(TokenError::UnknownPage(tenant.authority.host().to_string()))
}

/// Sends a request and follows redirects as long as they stay with the tenant.
async fn visit(tenant: &Tenant, request: RequestBuilder) -> Result<Place, TokenError> {
    let mut answer = request.send().await?;
    while let Some(next) = redirect(&answer) {
        if next.origin() != answer.url().origin() {
            return Ok(Place::Callback(next));
        }
        answer = tenant.client.get(next).send().await?;
    }
    Ok(Place::Page {
        address: answer.url().clone(),
        text: answer.text().await?,
    })
}

fn redirect(answer: &Response) -> Option<Url> {
    let next = answer.headers().get(LOCATION)?.to_str().ok()?;
    answer.url().join(next).ok()
}

/// The page that shows an error because no client may be told.
fn refused(address: &Url, text: &str) -> TokenError {
    match attribute(text, "id=\"exceptionMessage\">") {
        Some(message) => TokenError::Refused(first_line(message)),
        None => TokenError::UnknownPage(address.path().to_owned()),
    }
}

/// What stands between `mark` and the next quote or tag.
fn attribute<'t>(text: &'t str, mark: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(mark)?;
    rest.split(['"', '<']).next()
}
