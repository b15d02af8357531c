//! `/graph/oidc/userinfo`, and `/{tenant}/openid/userinfo` of v1 (OpenID Connect Core §5.3; Entra "Microsoft identity platform UserInfo endpoint").

use axum::extract::State;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use serde_json::{Value, json};

use super::call::Reply;
use super::caller::{Caller, bearer};
use super::error::GraphError;
use super::respond;
use crate::Face;
use crate::exchange::Exchange;

pub(crate) async fn handler(
    State(face): State<Face>,
    exchange: Exchange,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let answer = match method {
        Method::OPTIONS => return respond::preflight(),
        Method::GET | Method::POST => answer(&face, &exchange, &headers),
        _ => Err(GraphError::WrongMethod),
    };
    respond::respond(&face, &answer, &exchange, &headers)
}

fn answer(face: &Face, exchange: &Exchange, headers: &HeaderMap) -> Result<Reply, GraphError> {
    let directory = face.tenant.directory();
    // A token it is: the practice key names nobody.
    let token = bearer(headers).ok_or(GraphError::NoToken)?;
    let caller = Caller::by_token(face, token, &directory, exchange.now)?;
    let Caller::User {
        id,
        scopes,
        subject,
    } = caller
    else {
        return Err(GraphError::NobodySignedIn);
    };
    if !scopes.contains("openid") {
        let why = String::from("The token has no scope openid.");
        return Err(GraphError::Denied { why });
    }
    let user = directory.user(id).ok_or(GraphError::UnknownCaller)?;
    let mut claims = json!({"sub": subject});
    let mut say = |name: &str, value: Value| claims[name] = value;
    if scopes.contains("profile") {
        say("name", user.display_name.as_str().into());
        say("family_name", user.surname.as_str().into());
        say("given_name", user.given_name.as_str().into());
        say(
            "picture",
            "https://graph.microsoft.com/v1.0/me/photo/$value".into(),
        );
    }
    if scopes.contains("email")
        && let Some(mail) = &user.mail
    {
        say("email", mail.as_str().into());
    }
    Ok(Reply::Ok(claims))
}
