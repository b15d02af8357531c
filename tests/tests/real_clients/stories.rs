//! What every library is asked to do, and what must come of it.

use anyhow::{Context as _, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use shared::jwt::UnverifiedToken;
use tests::client_program::{Library, run};
use tests::directory::{Directory, Registered};
use tests::landscape::{Landscape, client};
use tests::person_at_forms::PersonAtForms;

/// A library in front of a fresh workshop, with a member at the forms.
pub(crate) struct Stage {
    pub(crate) library: Library,
    pub(crate) landscape: Landscape,
    pub(crate) member: PersonAtForms,
}

impl Stage {
    pub(crate) async fn set(library: Library) -> Result<Self> {
        let landscape = Landscape::start().await?;
        let member = PersonAtForms::new(&landscape, landscape.member()?)?;
        Ok(Self {
            library,
            landscape,
            member,
        })
    }

    /// Runs the library's program. Returns the results of its grants, in their order.
    pub(crate) async fn run(&self, grants: &[&str], more: Value) -> Result<Vec<Value>> {
        let mut task = json!({
            "authority": self.landscape.authority()?,
            "clientId": self.landscape.seeded("/apps/client/clientId")?,
            "grants": grants,
        });
        merge(&mut task, more);
        let said = run(&self.landscape, self.library, &self.member, task).await?;
        let results = said
            .into_iter()
            .filter(|event| event.get("result").is_some());
        let results: Vec<Value> = results.collect();
        ensure!(results.len() == grants.len(), "{results:?}");
        Ok(results)
    }

    /// A registration of the test's own that may ask for the API's scope.
    pub(crate) async fn register(&self, application: Value) -> Result<(Directory, Registered)> {
        let directory = Directory::of(&self.landscape).await?;
        let registered = directory.register(application).await?;
        Ok((directory, registered))
    }
}

/// Authorization code and PKCE by a public client, then a new token by the refresh token.
pub(crate) async fn a_public_client_signs_in_and_renews(stage: &Stage) -> Result<()> {
    let scopes = [stage.landscape.api_scope("access_as_user")?];
    let task = json!({ "scopes": scopes, "redirectUri": "http://localhost:50123" });
    let results = stage.run(&["auth_code", "silent"], task).await?;
    for result in &results {
        is_for_the_member(&stage.landscape, result).await?;
    }
    ensure!(access_token(&results[0])? != access_token(&results[1])?);
    Ok(())
}

/// As desktop programs do it: the library listens on a port of its own and waits for the browser to come back.
pub(crate) async fn a_desktop_program_waits_on_a_loopback_port(stage: &Stage) -> Result<()> {
    let scopes = [stage.landscape.api_scope("access_as_user")?];
    let results = stage
        .run(&["interactive", "silent"], json!({ "scopes": scopes }))
        .await?;
    for result in &results {
        is_for_the_member(&stage.landscape, result).await?;
    }
    Ok(())
}

/// Authorization code by a web application that has a secret, then a new token by the refresh token.
pub(crate) async fn a_web_application_signs_in_with_its_secret_and_renews(
    stage: &Stage,
) -> Result<()> {
    let redirect_uri = "https://localhost:50124/signin-oidc";
    let application = json!({ "displayName": "web", "web": { "redirectUris": [redirect_uri] } });
    let (directory, registered) = stage.register(application).await?;
    let task = json!({
        "clientId": registered.client_id,
        "clientSecret": directory.add_secret(&registered).await?,
        "scopes": [stage.landscape.api_scope("access_as_user")?],
        "redirectUri": redirect_uri,
    });
    let results = stage.run(&["auth_code", "silent"], task).await?;
    for result in &results {
        is_for_the_member(&stage.landscape, result).await?;
        ensure!(claims(result)?["azpacr"] == "1", "{result}");
    }
    Ok(())
}

/// A device shows a code, and somebody signs in elsewhere.
pub(crate) async fn a_device_shows_a_code(stage: &Stage) -> Result<()> {
    let application = json!({ "displayName": "device", "isFallbackPublicClient": true });
    let (_, registered) = stage.register(application).await?;
    let task = json!({
        "clientId": registered.client_id,
        "scopes": scopes_of_a_sign_in(stage)?,
    });
    for result in &stage.run(&["device_code", "silent"], task).await? {
        is_for_the_member(&stage.landscape, result).await?;
    }
    Ok(())
}

/// A daemon with a secret or certificate: its token opens nothing until it is given the role.
pub(crate) async fn a_daemon_needs_the_role(stage: &Stage, proof: Value) -> Result<()> {
    let mut task = json!({
        "clientId": stage.landscape.seeded("/apps/daemon/clientId")?,
        "scopes": [stage.landscape.api_scope(".default")?],
    });
    merge(&mut task, proof);
    let results = stage.run(&["client_credentials"], task.clone()).await?;
    let (status, answer) = profile(&stage.landscape, &results[0]).await?;
    ensure!(status == 403, "{status} {answer}");
    ensure!(claims(&results[0])?.get("roles").is_none());

    let seeded = |pointer| stage.landscape.seeded(pointer);
    Directory::of(&stage.landscape)
        .await?
        .assign(
            seeded("/apps/daemon/servicePrincipalId")?,
            seeded("/apps/api/servicePrincipalId")?,
            seeded("/apps/api/appRoles/Svc.Invoke")?,
        )
        .await?;
    let results = stage.run(&["client_credentials"], task).await?;
    let (status, answer) = profile(&stage.landscape, &results[0]).await?;
    ensure!(status == 200, "{status} {answer}");
    ensure!(claims(&results[0])?["roles"] == json!(["Svc.Invoke"]));
    Ok(())
}

/// The seeded secret of the daemon.
pub(crate) fn secret(stage: &Stage) -> Result<Value> {
    Ok(json!({ "clientSecret": stage.landscape.seeded("/apps/daemon/clientSecret")? }))
}

/// The seeded certificate of the daemon.
pub(crate) fn certificate(stage: &Stage) -> Result<Value> {
    Ok(json!({ "certificate": stage.landscape.seeded("/apps/daemon/certificatePath")? }))
}

/// A secret that is not the daemon's is refused in Entra's words.
pub(crate) async fn a_wrong_secret_is_refused(stage: &Stage) -> Result<()> {
    let task = json!({
        "clientId": stage.landscape.seeded("/apps/daemon/clientId")?,
        "clientSecret": "not-the-secret",
        "scopes": [stage.landscape.api_scope(".default")?],
    });
    let results = stage.run(&["client_credentials"], task).await?;
    let (error, description) = refusal(&results[0]);
    ensure!(error == "invalid_client", "{}", results[0]);
    ensure!(description.contains("AADSTS7000215"), "{description}");
    Ok(())
}

/// An API calls another one for the user who called it: first without consent, then with it.
pub(crate) async fn an_api_calls_on_behalf_of_its_user(stage: &Stage) -> Result<()> {
    let (directory, middle) = stage
        .register(json!({
            "displayName": "middle tier",
            "api": {
                "requestedAccessTokenVersion": 2,
                "oauth2PermissionScopes": [{
                    "id": "5c000000-0000-4000-8000-0000000000aa", "value": "middle", "type": "User",
                    "isEnabled": true, "adminConsentDisplayName": "Middle", "adminConsentDescription": "Middle",
                    "userConsentDisplayName": "Middle", "userConsentDescription": "Middle",
                }],
            },
        }))
        .await?;
    let uri = format!("api://{}", middle.client_id);
    let path = format!("applications/{}", middle.object_id);
    directory
        .graph(Method::PATCH, &path, json!({ "identifierUris": [uri] }))
        .await?;
    let task = json!({ "scopes": [format!("{uri}/middle")], "redirectUri": "http://localhost" });
    let sign_in = stage.run(&["auth_code"], task).await?;
    let task = json!({
        "clientId": middle.client_id,
        "clientSecret": directory.add_secret(&middle).await?,
        "scopes": [stage.landscape.api_scope("access_as_user")?],
        "assertion": access_token(&sign_in[0])?,
    });
    let refused = stage.run(&["on_behalf_of"], task.clone()).await?;
    let (error, description) = refusal(&refused[0]);
    ensure!(
        description.contains("AADSTS65001"),
        "{error}: {description}"
    );

    let grant = json!({
        "clientId": middle.service_principal_id,
        "consentType": "AllPrincipals",
        "resourceId": stage.landscape.seeded("/apps/api/servicePrincipalId")?,
        "scope": "access_as_user",
    });
    directory
        .graph(Method::POST, "oauth2PermissionGrants", grant)
        .await?;
    let results = stage.run(&["on_behalf_of"], task).await?;
    let (status, answer) = profile(&stage.landscape, &results[0]).await?;
    ensure!(status == 200, "{status} {answer}");
    ensure!(claims(&results[0])?["azp"] == json!(middle.client_id));
    Ok(())
}

/// The API's scope; with the scopes of a sign-in for a library that does not add them by itself.
pub(crate) fn scopes_of_a_sign_in(stage: &Stage) -> Result<Vec<String>> {
    let mut scopes = vec![stage.landscape.api_scope("access_as_user")?];
    if stage.library == Library::OpenidClient {
        scopes.extend(["openid", "profile", "offline_access"].map(str::to_owned));
    }
    Ok(scopes)
}

/// What the API's profile answers to the token of a result.
async fn profile(landscape: &Landscape, result: &Value) -> Result<(u16, Value)> {
    let request = client()?.get(format!("{}/api/profile", landscape.api()));
    let answer = request.bearer_auth(access_token(result)?).send().await?;
    Ok((answer.status().as_u16(), answer.json().await?))
}

/// The API knows the member by the token, and so does the library by the ID token.
pub(crate) async fn is_for_the_member(landscape: &Landscape, result: &Value) -> Result<()> {
    let username = landscape.member()?.username;
    let (status, answer) = profile(landscape, result).await?;
    ensure!(status == 200, "{status} {answer}");
    ensure!(claims(result)?["preferred_username"] == json!(username));
    if let Some(id_token) = result["result"]
        .get("id_token_claims")
        .filter(|c| c.is_object())
    {
        ensure!(
            id_token["preferred_username"] == json!(username),
            "{result}"
        );
        ensure!(id_token["ver"] == "2.0", "{result}");
    }
    if let Some(accounts) = result.get("accounts") {
        ensure!(*accounts == json!([username]), "{result}");
    }
    Ok(())
}

pub(crate) fn access_token(result: &Value) -> Result<&str> {
    let token = result["result"]["access_token"].as_str();
    token.with_context(|| format!("no access token but {result}"))
}

/// The claims of the access token.
pub(crate) fn claims(result: &Value) -> Result<Value> {
    Ok(json!(
        UnverifiedToken::decode(access_token(result)?)?.claims()
    ))
}

/// `error` and `error_description`.
pub(crate) fn refusal(result: &Value) -> (String, String) {
    let text = |name: &str| {
        result["result"][name]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    (text("error"), text("error_description"))
}

pub(crate) fn merge(task: &mut Value, more: Value) {
    if let (Value::Object(task), Value::Object(more)) = (task, more) {
        task.extend(more);
    }
}
