//! The directory's pages, told in a real browser: from registrations that have nothing but their names to a 200 of the
//! API, and everything that can be done, undone and refused on the way.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests::browser::Browser;
use tests::landscape::{Landscape, client};
use tests::pictures::Pictures;
use tests::sign_in_pages::sign_in;
use tests::story::tell;

#[tokio::test]
async fn from_bare_registrations_to_a_200_by_these_pages_alone() -> Result<()> {
    tell("tenant_from_bare", async |browser, workshop| {
        empty(browser, workshop).await?;
        for (next, button) in [
            ("Set the Application ID URI", "Set Application ID URI"),
            ("Add the scope access_as_user", "Add scope"),
            ("Create the app role Svc.Invoke", "Create app role"),
        ] {
            step(browser, next, button).await?;
        }
        go(browser, "Ask for v2 access tokens").await?;
        until(
            browser,
            "return document.activeElement.id === 'version-heading'",
            "the way to the form",
        )
        .await?;
        choose(browser, "token-version", "2: v2 tokens").await?;
        press(browser, "Save version", "Ask for v2 access tokens").await?;
        for (next, button) in [
            ("Add the redirect URI", "Add redirect URI"),
            ("Add the permission access_as_user", "Add permission"),
            ("Grant admin consent", "Grant admin consent"),
        ] {
            step(browser, next, button).await?;
        }
        go(browser, "Give workshop-daemon a secret").await?;
        type_into(browser, "secret-description", "the test").await?;
        press(browser, "Add client secret", "Add a client secret").await?;
        let secret = reveal(browser).await?;
        go(browser, "Assign Svc.Invoke").await?;
        choose(browser, "assign-who", "workshop-daemon (app)").await?;
        press(
            browser,
            "Assign role",
            "Assign Svc.Invoke of workshop-api to workshop-daemon",
        )
        .await?;

        go(browser, "All set: sign in").await?;
        click(browser, "Sign in").await?;
        sign_in(browser, &workshop.member()?).await?;
        // No consent page: the administrator has consented for everybody.
        click(browser, "Call the API").await?;
        browser.sees("200").await?;
        browser.sees("\"status\": \"ok\"").await?;
        no_complaints(browser).await?;

        let status = call_as_daemon(workshop, &secret).await?;
        ensure!(status == 200, "the API answered the daemon {status}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_empty_registration_is_refused_at_sign_in_and_comes_back_whole() -> Result<()> {
    tell("tenant_begin_again", async |browser, workshop| {
        empty(browser, workshop).await?;
        let done = browser
            .evaluate(
                "return document.querySelectorAll('.checklist .good').length",
                vec![],
            )
            .await?;
        ensure!(done == json!(0), "{done} steps are called done");
        browser.open(workshop.web()).await?;
        click(browser, "Sign in").await?;
        browser.sees("AADSTS").await?;

        // A reload of the page has forgotten how to undo; a reset needs no memory.
        browser.open(&format!("{}/tenant", workshop.web())).await?;
        click(browser, "Reset").await?;
        browser.sees("as it was delivered").await?;
        click(browser, "Bring back what was there").await?;
        browser.sees("as it was before").await?;
        browser.sees("Next: Set the Application ID URI").await?;
        click(browser, "Bring back what was there").await?;
        browser.sees("Next: Grant admin consent").await?;
        no_complaints_but_refusals(browser).await
    })
    .await
}

#[tokio::test]
async fn a_registration_is_made_deleted_and_restored_and_every_call_is_shown() -> Result<()> {
    tell("tenant_registration", async |browser, workshop| {
        browser
            .open(&format!("{}/tenant/apps", workshop.web()))
            .await?;
        browser.sees("Type a name.").await?;
        type_into(browser, "new-name", "my second app").await?;
        browser.sees("\"displayName\": \"my second app\"").await?;
        browser.sees("/graph/v1.0/servicePrincipals").await?;
        dialect(browser, "Azure CLI").await?;
        browser.sees("APP_ID=$(az ad app create").await?;
        browser.sees("az ad sp create --id").await?;
        dialect(browser, "az rest").await?;
        browser.sees("az rest --method POST").await?;
        press(browser, "Register", "Register my second app").await?;
        let address = browser
            .wait_for_address("its page", |address| address.contains("/tenant/apps/"))
            .await?;
        browser.sees("Object ID").await?;

        click(browser, "Delete this registration").await?;
        browser
            .sees("This registration is not in the directory")
            .await?;
        click(browser, "Undo").await?;
        browser.sees("Undo “Delete my second app”: done.").await?;
        browser.reload().await?;
        browser.sees("Object ID").await?;
        ensure!(browser.address().await? == address);

        // Restored with everything: the service principal too, so there is none to create.
        let buttons = browser.buttons().await?;
        ensure!(
            !buttons
                .iter()
                .any(|name| name == "Create service principal"),
            "{buttons:?}"
        );

        // Who has reloaded since finds it under "Deleted".
        click(browser, "Delete this registration").await?;
        browser.sees("Delete my second app: done.").await?;
        browser
            .open(&format!("{}/tenant/apps", workshop.web()))
            .await?;
        click(browser, "Restore my second app").await?;
        browser.sees("Restore my second app: done.").await?;
        browser.open(&address).await?;
        browser.sees("Object ID").await?;
        no_complaints(browser).await
    })
    .await
}

#[tokio::test]
async fn what_was_removed_by_mistake_comes_back() -> Result<()> {
    tell("tenant_undo", async |browser, workshop| {
        let path = registration(workshop, "client", "/authentication")?;
        browser.open(&path).await?;
        let uri = "https://oauth.pstmn.io/v1/callback";
        click(browser, &format!("Remove {uri}")).await?;
        browser
            .sees(&format!(
                "Remove {uri} from Mobile and desktop applications: done."
            ))
            .await?;
        click(browser, "Undo").await?;
        browser.button(&format!("Remove {uri}")).await?;

        // A scope is disabled first and then deleted; taking it back is one call.
        browser
            .open(&registration(workshop, "api", "/expose-an-api")?)
            .await?;
        click(browser, "Remove access_as_user").await?;
        browser
            .sees("Remove the scope access_as_user: done.")
            .await?;
        browser.sees("Next: Add the scope access_as_user").await?;
        click(browser, "Undo").await?;
        browser.sees("Next: Grant admin consent").await?;
        no_complaints(browser).await
    })
    .await
}

#[tokio::test]
async fn a_secret_is_shown_once_kept_nowhere_and_removed_only_after_a_question() -> Result<()> {
    tell("tenant_secret", async |browser, workshop| {
        let path = registration(workshop, "daemon", "/credentials")?;
        browser.open(&path).await?;
        type_into(browser, "secret-description", "consumer one").await?;
        press(
            browser,
            "Add client secret",
            "Add a client secret to workshop-daemon",
        )
        .await?;
        let secret = reveal(browser).await?;
        ensure!(secret.len() >= 32, "{} characters", secret.len());
        let kept = browser.evaluate(
            "return JSON.stringify([sessionStorage, localStorage, location.href])",
            vec![],
        );
        ensure!(
            !kept.await?.to_string().contains(&secret),
            "the secret is kept"
        );
        browser.reload().await?;
        browser.sees("consumer one").await?;
        ensure!(
            !browser.text().await?.contains(&secret),
            "the secret is shown again"
        );

        click(browser, "Remove consumer one").await?;
        browser.sees("This cannot be undone.").await?;
        click(browser, "Keep it").await?;
        click(browser, "Remove consumer one").await?;
        click(browser, "Remove for good").await?;
        browser
            .sees("Remove the client secret consumer one: done.")
            .await?;
        let buttons = browser.buttons().await?;
        ensure!(!buttons.iter().any(|name| name == "Undo"), "{buttons:?}");
        no_complaints(browser).await
    })
    .await
}

#[tokio::test]
async fn a_certificate_is_uploaded_and_its_private_key_is_not() -> Result<()> {
    tell("tenant_certificate", async |browser, workshop| {
        let file = workshop.seeded("/apps/daemon/certificatePath")?;
        let pem = std::fs::read_to_string(file)?;
        browser
            .open(&registration(workshop, "client", "/credentials")?)
            .await?;
        type_into(browser, "certificate-description", "from the test").await?;
        set_text(browser, "certificate-pem", &pem).await?;
        browser.sees("This holds a private key").await?;
        let start = pem.find("-----BEGIN CERTIFICATE").unwrap_or_default();
        let end = pem.find("-----END CERTIFICATE-----").unwrap_or_default();
        set_text(
            browser,
            "certificate-pem",
            &format!("{}-----END CERTIFICATE-----", &pem[start..end]),
        )
        .await?;
        press(
            browser,
            "Add certificate",
            "Upload a certificate for workshop-client",
        )
        .await?;
        browser.button("Remove from the test").await?;
        no_complaints(browser).await
    })
    .await
}

#[tokio::test]
async fn what_graph_refuses_is_said_in_its_words_and_in_ours() -> Result<()> {
    tell("tenant_refusals", async |browser, workshop| {
        browser
            .open(&registration(workshop, "client", "/authentication")?)
            .await?;
        type_into(browser, "redirect-uri", "http://example.com/back").await?;
        click(browser, "Add redirect URI").await?;
        browser.sees("Graph does not accept a value").await?;
        let alert = browser.element("[role=alert]").await?.text().await?;
        ensure!(alert.contains("What to do now"), "{alert}");
        let typed = browser
            .evaluate(
                "return document.getElementById('redirect-uri').value",
                vec![],
            )
            .await?;
        ensure!(
            typed == json!("http://example.com/back"),
            "what was typed is gone: {typed}"
        );
        no_complaints_but_refusals(browser).await
    })
    .await
}

#[tokio::test]
async fn the_manifest_sends_only_what_was_edited() -> Result<()> {
    tell("tenant_manifest", async |browser, workshop| {
        browser
            .open(&registration(workshop, "api", "/manifest")?)
            .await?;
        browser.sees("Nothing is changed yet.").await?;
        let text = browser
            .evaluate(
                "return document.getElementById('manifest-text').value",
                vec![],
            )
            .await?;
        let mut manifest: Value = serde_json::from_str(text.as_str().unwrap_or_default())?;
        manifest["groupMembershipClaims"] = json!("SecurityGroup");
        set_text(browser, "manifest-text", &manifest.to_string()).await?;
        browser
            .sees("\"groupMembershipClaims\": \"SecurityGroup\"")
            .await?;
        let shown = browser
            .element("#content .task:last-of-type pre")
            .await?
            .text()
            .await?;
        ensure!(!shown.contains("appRoles"), "{shown}");
        press(
            browser,
            "Save manifest",
            "Save the manifest of workshop-api",
        )
        .await?;
        browser.sees("Nothing is changed yet.").await?;
        set_text(browser, "manifest-text", "{").await?;
        browser.sees("This is no JSON").await?;
        click(browser, "Discard my edits").await?;
        browser.sees("Nothing is changed yet.").await?;
        no_complaints(browser).await
    })
    .await
}

#[tokio::test]
async fn a_user_is_made_and_signs_in_and_may_not_consent_where_consent_is_off() -> Result<()> {
    tell("tenant_users", async |browser, workshop| {
        browser
            .open(&format!("{}/tenant/consent", workshop.web()))
            .await?;
        choose(browser, "user-consent-choice", "Do not allow user consent").await?;
        press(browser, "Save", "Do not allow user consent").await?;
        browser
            .open(&format!("{}/tenant/users", workshop.web()))
            .await?;
        type_into(browser, "user-title", "Nia Moss").await?;
        type_into(browser, "user-name", "nia").await?;
        type_into(browser, "user-password", "Practice-Nia-1").await?;
        ensure!(
            !browser.text().await?.contains("Practice-Nia-1"),
            "the password is shown"
        );
        press(browser, "Create user", "Create the user nia@").await?;
        browser.open(workshop.web()).await?;
        click(browser, "Sign in").await?;
        let username = format!("nia@{}", workshop.seeded("/tenant/domain")?);
        sign_in(
            browser,
            &tests::sign_in_pages::Person {
                username,
                password: "Practice-Nia-1".into(),
            },
        )
        .await?;
        browser.sees("approval").await
    })
    .await
}

#[tokio::test]
async fn every_page_has_its_address_fits_its_window_and_has_its_picture_taken() -> Result<()> {
    tell("tenant_pictures", async |browser, workshop| {
        let pictures = Pictures { browser };
        let api = format!("apps/{}", workshop.seeded("/apps/api/clientId")?);
        let client = format!("apps/{}", workshop.seeded("/apps/client/clientId")?);
        let daemon = format!("apps/{}", workshop.seeded("/apps/daemon/clientId")?);
        let principal = format!(
            "enterprise-apps/{}",
            workshop.seeded("/apps/api/servicePrincipalId")?
        );
        for (name, path, title) in [
            ("overview", String::new(), "From New registration to a 200"),
            ("apps", "apps".into(), "App registrations"),
            ("app", api.clone(), "Overview"),
            (
                "authentication",
                format!("{client}/authentication"),
                "Authentication",
            ),
            (
                "credentials",
                format!("{daemon}/credentials"),
                "Certificates & secrets",
            ),
            (
                "permissions",
                format!("{client}/permissions"),
                "API permissions",
            ),
            ("expose", format!("{api}/expose-an-api"), "Expose an API"),
            ("roles", format!("{api}/app-roles"), "App roles"),
            ("manifest", format!("{api}/manifest"), "Manifest"),
            (
                "enterprise",
                "enterprise-apps".into(),
                "Enterprise applications",
            ),
            ("principal", principal, "Users and groups"),
            ("users", "users".into(), "Users"),
            ("consent", "consent".into(), "User consent"),
            ("history", "history".into(), "What you did"),
        ] {
            browser
                .open(&format!("{}/tenant/{path}", workshop.web()))
                .await?;
            browser.sees(title).await?;
            browser.sees("Next: Grant admin consent").await?;
            pictures.take(&format!("directory-{name}")).await?;
        }
        browser
            .open(&format!("{}/tenant/no-such-page", workshop.web()))
            .await?;
        browser.sees("There is nothing at this address").await?;
        no_complaints(browser).await
    })
    .await
}

/// Goes to the directory's overview and empties the registrations.
async fn empty(browser: &Browser, workshop: &Landscape) -> Result<()> {
    browser.open(&format!("{}/tenant", workshop.web())).await?;
    click(browser, "Empty the registrations").await?;
    browser.sees("nothing but their names and IDs now").await?;
    browser.sees("Next: Set the Application ID URI").await
}

/// Presses a button, wherever on the page it is: a bar sticks to the bottom, and would be hit instead.
async fn click(browser: &Browser, button: &str) -> Result<()> {
    let button = browser.button(button).await?;
    button.scroll_into_view().await?;
    Ok(button.click().await?)
}

/// Follows the bar's link to what is next, which must be this.
async fn go(browser: &Browser, next: &str) -> Result<()> {
    browser.sees(next).await?;
    let link = browser.element(".said-last .way").await?;
    let text = link.text().await?;
    ensure!(text.contains(next), "next is {text:?}, not {next:?}");
    link.click().await?;
    Ok(())
}

/// Goes to what is next and presses the form's button, whose values are those of the guide.
async fn step(browser: &Browser, next: &str, button: &str) -> Result<()> {
    go(browser, next).await?;
    click(browser, button).await?;
    // The bar goes on to another step once this one is done.
    let current = format!(
        "return !document.querySelector('.said-last .way').innerText.includes({})",
        json!(next)
    );
    until(browser, &current, next).await
}

/// Presses a button and waits until the bar says that it is done.
async fn press(browser: &Browser, button: &str, done: &str) -> Result<()> {
    click(browser, button).await?;
    let said = format!(
        "const said = document.querySelector('.said-last [role=status]').innerText; return said.includes({}) && \
         said.includes(': done.')",
        json!(done)
    );
    until(browser, &said, done).await
}

async fn until(browser: &Browser, condition: &str, what: &str) -> Result<()> {
    for _ in 0..400 {
        if browser.evaluate(condition, vec![]).await? == json!(true) {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    anyhow::bail!(
        "{what:?} was not done; the page shows:\n{}",
        browser.text().await?
    )
}

async fn type_into(browser: &Browser, id: &str, text: &str) -> Result<()> {
    let field = browser.element(&format!("#{id}")).await?;
    field.clear().await?;
    Ok(field.send_keys(text).await?)
}

/// Puts a long text into a field as pasting does.
async fn set_text(browser: &Browser, id: &str, text: &str) -> Result<()> {
    browser.element(&format!("#{id}")).await?;
    let script = "const field = document.getElementById(arguments[0]); field.value = arguments[1]; \
        field.dispatchEvent(new Event('input', { bubbles: true }))";
    browser
        .evaluate(script, vec![json!(id), json!(text)])
        .await?;
    Ok(())
}

/// Chooses an option by what it says.
async fn choose(browser: &Browser, id: &str, option: &str) -> Result<()> {
    browser.element(&format!("#{id}")).await?;
    let there = format!(
        "return [...document.getElementById({}).options].some(o => o.text === {})",
        json!(id),
        json!(option)
    );
    until(browser, &there, option).await?;
    let script = "const list = document.getElementById(arguments[0]); \
        list.value = [...list.options].find(o => o.text === arguments[1]).value; \
        list.dispatchEvent(new Event('change', { bubbles: true }))";
    browser
        .evaluate(script, vec![json!(id), json!(option)])
        .await?;
    Ok(())
}

/// Chooses in which way calls are shown.
async fn dialect(browser: &Browser, name: &str) -> Result<()> {
    let script = "[...document.querySelectorAll('.dialects label')].find(l => l.innerText === arguments[0]).click()";
    browser.evaluate(script, vec![json!(name)]).await?;
    Ok(())
}

/// Reveals the secret on the page.
async fn reveal(browser: &Browser) -> Result<String> {
    click(browser, "Reveal the client secret").await?;
    Ok(browser.element(".secret code").await?.text().await?)
}

/// A page of one of the workshop's registrations.
fn registration(workshop: &Landscape, app: &str, part: &str) -> Result<String> {
    let id = workshop.seeded(&format!("/apps/{app}/clientId"))?;
    Ok(format!("{}/tenant/apps/{id}{part}", workshop.web()))
}

/// What the API answers the daemon that has this secret.
async fn call_as_daemon(workshop: &Landscape, secret: &str) -> Result<u16> {
    let scope = format!("{}/.default", workshop.seeded("/apps/api/identifierUri")?);
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", workshop.seeded("/apps/daemon/clientId")?),
        ("client_secret", secret),
        ("scope", &scope),
    ];
    let token_endpoint = format!(
        "{}/oauth2/v2.0/token",
        workshop.seeded("/tenant/authorityHttp")?
    );
    let answer: Value = client()?
        .post(token_endpoint)
        .form(&form)
        .send()
        .await?
        .json()
        .await?;
    let token = answer["access_token"].as_str().unwrap_or_default();
    ensure!(!token.is_empty(), "no token: {answer}");
    let address = format!("{}/api/service", workshop.api());
    let answer = client()?.get(address).bearer_auth(token).send().await?;
    Ok(answer.status().as_u16())
}

async fn no_complaints(browser: &Browser) -> Result<()> {
    let complaints = browser.console_complaints().await?;
    ensure!(
        complaints.is_empty(),
        "the console says:\n{}",
        complaints.join("\n")
    );
    Ok(())
}

/// A refused request stands in the console too, and belongs there.
async fn no_complaints_but_refusals(browser: &Browser) -> Result<()> {
    let mut complaints = browser.console_complaints().await?;
    complaints.retain(|complaint| !complaint.contains("the server responded with a status of 400"));
    ensure!(
        complaints.is_empty(),
        "the console says:\n{}",
        complaints.join("\n")
    );
    Ok(())
}
