//! What a client gets for a sign-in: a code, or tokens straight from here.

use axum::response::Response;
use shared::secret::{AccessToken, AuthorizationCode};

use super::AuthorizeRequest;
use crate::Face;
use crate::aadsts::Aadsts;
use crate::exchange::Exchange;
use crate::session::Account;
use crate::token::{self, Grant};
use crate::tokens::{self, Client, Hashed};

/// Tells the client that `account` has signed in and allowed what was asked.
pub(crate) fn admitted(
    face: &Face,
    exchange: &Exchange,
    request: &AuthorizeRequest,
    account: &Account,
) -> Response {
    match pairs(face, exchange, request, account) {
        Ok(pairs) => request.reply.send(pairs),
        Err(refusal) => request.reply.refuse(&refusal, exchange, &face.origin),
    }
}

fn pairs(
    face: &Face,
    exchange: &Exchange,
    request: &AuthorizeRequest,
    account: &Account,
) -> Result<Vec<(&'static str, String)>, Aadsts> {
    let now = exchange.now;
    let asked = request.response_type;
    let directory = face.tenant.directory();
    // Somebody may have deleted the account since the password was typed.
    let user = directory.user(account.user).ok_or(Aadsts::NobodySignedIn)?;
    let grant = Grant {
        nonce: request.nonce.clone(),
        ..Grant::by(
            account,
            request.client_id,
            request.platform,
            request.scopes.clone(),
        )
    };
    let client = Client {
        id: grant.client_id.0,
        authenticated: "0",
        capable: request.capable,
    };
    let mut pairs = Vec::new();
    let code = asked
        .code
        .then(|| token::issue_code(face, now, request, grant.clone()));
    if let Some(code) = &code {
        pairs.push(("code", code.expose().to_owned()));
    }
    let access = asked.token.then(|| {
        let granted = directory.granted(client.id, user.id);
        let issued = tokens::for_user(face, now, &directory, client, (user, &grant), &granted);
        pairs.push(("access_token", issued.token.expose().to_owned()));
        pairs.push(("token_type", "Bearer".to_owned()));
        pairs.push(("expires_in", issued.expires_in.to_string()));
        pairs.push(("scope", grant.scopes.response(&granted)));
        issued.token
    });
    if asked.id_token {
        let hashed = Hashed {
            code: code.as_ref().map(AuthorizationCode::expose),
            access_token: access.as_ref().map(AccessToken::expose),
        };
        let about = (user, &grant);
        let token = tokens::id_token(
            face,
            now,
            &directory,
            request.version,
            client.id,
            about,
            hashed,
        );
        pairs.push(("id_token", token.expose().to_owned()));
    }
    if request.prompt == Some(super::Prompt::AdminConsent) {
        pairs.push(("admin_consent", "True".to_owned()));
    }
    if request.client_info {
        pairs.push(("client_info", token::client_info(account.user)));
    }
    pairs.push(("session_state", account.session_state.to_string()));
    Ok(pairs)
}
