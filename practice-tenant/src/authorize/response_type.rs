//! `response_type`: what the authorization endpoint gives out itself (OAuth 2.0 Multiple Response Type Encoding Practices
//! §5, Entra "OAuth 2.0 implicit grant flow").
//!
//! A code is what every registration allows; tokens straight from here are two switches in it.

use crate::aadsts::Aadsts;
use crate::directory::Application;
use crate::params::Params;
use crate::scopes::Scopes;

/// What is asked for; at least one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ResponseType {
    pub(crate) code: bool,
    pub(crate) id_token: bool,
    pub(crate) token: bool,
}

impl ResponseType {
    /// What a request asks for, if the client's registration allows it.
    pub(super) fn asked(client: &Application, params: &Params) -> Result<Self, Aadsts> {
        let text = params.require("response_type")?;
        let mut asked = Self::default();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            match word {
                "code" => asked.code = true,
                "id_token" => asked.id_token = true,
                "token" => asked.token = true,
                _ => return Err(Aadsts::UnsupportedResponseType(text.to_owned())),
            }
        }
        let allowed = client.web.implicit_grant_settings;
        if asked == Self::default() {
            Err(Aadsts::UnsupportedResponseType(text.to_owned()))
        } else if asked.id_token && !allowed.enable_id_token_issuance {
            Err(Aadsts::ResponseTypeNotEnabled("id_token"))
        } else if asked.token && !allowed.enable_access_token_issuance {
            Err(Aadsts::ResponseTypeNotEnabled("token"))
        } else {
            Ok(asked)
        }
    }

    /// Whether a token comes straight from the authorization endpoint.
    pub(super) fn gives_tokens(self) -> bool {
        self.id_token || self.token
    }

    /// An ID token from here needs `openid` and a nonce, by which the client can tell that it is not a replay (OpenID
    /// Connect Core §3.2.2.1).
    pub(super) fn fits(self, scopes: &Scopes, params: &Params) -> Result<(), Aadsts> {
        if !self.id_token {
            return Ok(());
        }
        if !scopes.has("openid") {
            return Err(Aadsts::OpenIdMissing);
        }
        params.require("nonce").map(|_| ())
    }
}
