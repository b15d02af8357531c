//! The Azure CLI itself, pointed at the practice tenant by `workshop az`: the commands of people's guides, as they are
//! printed there but for Graph's host. The CLI is large: `cargo xtask test --all` installs and drives it.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use tests::browser::variable;
use tests::landscape::Landscape;
use tests::person_at_forms::PersonAtForms;
use tests::sign_in_pages::Person;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// What the CLI starts as the person's browser: says where it was sent.
const BROWSER: &str = "sh -c 'echo visit $0 >&2' %s";
const VISIT: &str = "visit ";

#[tokio::test]
#[ignore = "installs the Azure CLI: cargo xtask test --all"]
async fn azure_cli_the_guides_daemon_gets_its_role_and_calls_the_api() -> Result<()> {
    let shell = Shell::pointed_here().await?;
    let signed_in = shell.sign_in(&shell.landscape.administrator()?).await?;
    ensure!(signed_in[0]["state"] == "Enabled", "{signed_in}");

    let before = shell.run(DAEMON_CALLS_THE_API).await?;
    ensure!(before.ends_with("403"), "{before}");
    // The CLI would show its first token for as long as that lives.
    shell.run("az account clear").await?;
    shell.sign_in(&shell.landscape.administrator()?).await?;
    shell.run(ASSIGN_THE_ROLE).await?;
    let after = shell.run(DAEMON_CALLS_THE_API).await?;
    ensure!(after.ends_with("200"), "{after}");
    Ok(())
}

/// The guide's preparation and assignment.
const ASSIGN_THE_ROLE: &str = r#"
MI_SP_OBJECT_ID=$DAEMON_SP_OBJECT_ID
API_SP_OBJECT_ID=$(az ad sp show --id ${API_APP_CLIENT_ID} --query id -o tsv)
APP_ROLE_ID=$(az ad sp show --id ${API_APP_CLIENT_ID} \
  --query "appRoles[?value=='Svc.Invoke'].id | [0]" -o tsv)
az rest --method POST \
  --uri "$GRAPH/v1.0/servicePrincipals/${MI_SP_OBJECT_ID}/appRoleAssignments" \
  --body "{
    \"principalId\": \"${MI_SP_OBJECT_ID}\",
    \"resourceId\": \"${API_SP_OBJECT_ID}\",
    \"appRoleId\": \"${APP_ROLE_ID}\"
  }"
"#;

/// The guide's way to try an API without a managed identity.
const DAEMON_CALLS_THE_API: &str = r#"
az login --service-principal \
  -u $DAEMON_CLIENT_ID \
  -p $DAEMON_SECRET \
  --tenant $TENANT_ID > /dev/null
TOKEN=$(az account get-access-token \
  --resource api://$API_APP_CLIENT_ID \
  --query accessToken -o tsv)
curl -s -w '%{http_code}' -H "Authorization: Bearer $TOKEN" $API/api/profile
"#;

#[tokio::test]
#[ignore = "installs the Azure CLI: cargo xtask test --all"]
async fn azure_cli_a_certificate_signs_a_service_principal_in() -> Result<()> {
    let shell = Shell::pointed_here().await?;
    let account = shell
        .run("az login --service-principal -u $DAEMON_CLIENT_ID --certificate $DAEMON_CERTIFICATE --tenant $TENANT_ID")
        .await?;
    let account: Value = serde_json::from_str(&account)?;
    ensure!(
        account[0]["user"]["type"] == "servicePrincipal",
        "{account}"
    );
    Ok(())
}

/// The article's registration: role in a manifest, application, service principal. Its assignment names the principal
/// in an address that Graph keeps for the resource, so that one line is the guide's.
#[tokio::test]
#[ignore = "installs the Azure CLI: cargo xtask test --all"]
async fn azure_cli_the_articles_service_is_registered_and_its_role_assigned() -> Result<()> {
    let shell = Shell::pointed_here().await?;
    shell.sign_in(&shell.landscape.administrator()?).await?;
    let assigned = shell.run(REGISTER_A_SERVICE).await?;
    let assigned: Value = serde_json::from_str(&assigned)?;
    ensure!(
        assigned["principalType"] == "ServicePrincipal",
        "{assigned}"
    );
    ensure!(
        assigned["resourceDisplayName"] == "aztoso-com-app",
        "{assigned}"
    );
    Ok(())
}

const REGISTER_A_SERVICE: &str = r#"
cd "$(mktemp -d)"
cat > manifest.json << ENDOFFILE
[{
    "allowedMemberTypes": [
        "Application"
    ],
    "description": "Consumers can use the service",
    "displayName": "Consumer",
    "isEnabled": "true",
    "value": "consumer"
}]
ENDOFFILE
appId=$(az ad app create --display-name aztoso-com-app \
    --identifier-uris https://myapp.$TENANT_DOMAIN --app-roles @manifest.json --query appId -o tsv)
az ad sp create --id $appId > /dev/null
role=consumer
managedIdentityObjectId=$IDENTITY_SP_OBJECT_ID
appRoleId=$(az ad app show --id $appId --query "appRoles[?value=='$role'].id" -o tsv)
spObjectId=$(az ad sp show --id $appId --query id -o tsv)
cat > body.json << ENDOFFILE
{
    "principalId": "${managedIdentityObjectId}",
    "resourceId": "${spObjectId}",
    "appRoleId": "${appRoleId}"
}
ENDOFFILE
az rest --method POST --uri "$GRAPH/v1.0/servicePrincipals/$managedIdentityObjectId/appRoleAssignments" \
    --headers 'Content-Type=application/json' --body @body.json
"#;

/// One registration for a service and its consumers: each has a secret of its own and asks for the service itself.
#[tokio::test]
#[ignore = "installs the Azure CLI: cargo xtask test --all"]
async fn azure_cli_one_registration_asks_for_itself_with_a_secret_per_consumer() -> Result<()> {
    let shell = Shell::pointed_here().await?;
    shell.sign_in(&shell.landscape.administrator()?).await?;
    let tokens = shell.run(A_SECRET_PER_CONSUMER).await?;
    let tokens: Vec<&str> = tokens.lines().collect();
    ensure!(tokens.len() == 2 && tokens[0] != tokens[1], "{tokens:?}");
    for token in tokens {
        let token = shared::jwt::UnverifiedToken::decode(token)?;
        // Without a manifest that says otherwise, the CLI registers for any kind of account: tokens of version 2.
        ensure!(token.claim_text("ver") == Some("2.0"));
        ensure!(token.claim_text("aud") == token.claim_text("azp"));
        ensure!(token.claim_text("sub") == token.claim_text("oid"));
    }
    Ok(())
}

const A_SECRET_PER_CONSUMER: &str = r#"
appId=$(az ad app create --display-name some-service --query appId -o tsv)
az ad app update --id $appId --identifier-uris api://some-meaningful-text
az ad sp create --id $appId > /dev/null
for consumer in first second; do
    secret=$(az ad app credential reset --id $appId --append --display-name $consumer --query password -o tsv)
    curl -s --cacert $REQUESTS_CA_BUNDLE https://localhost:$TENANT_PORT/$TENANT_ID/oauth2/v2.0/token \
        -d grant_type=client_credentials -d client_id=$appId --data-urlencode client_secret=$secret \
        -d scope=api://some-meaningful-text/.default |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])'
done
"#;

/// A user's token for an API: the CLI is an application like any other and needs the user's or the API's consent.
#[tokio::test]
#[ignore = "installs the Azure CLI: cargo xtask test --all"]
async fn azure_cli_a_users_token_for_an_api_needs_the_apis_word() -> Result<()> {
    let shell = Shell::pointed_here().await?;
    shell.sign_in(&shell.landscape.administrator()?).await?;
    let Err(refused) = shell.run(USER_CALLS_THE_API).await else {
        bail!("nobody has consented");
    };
    ensure!(refused.to_string().contains("AADSTS65001"), "{refused}");
    shell.run(PREAUTHORIZE_THE_CLI).await?;
    let answer = shell.run(USER_CALLS_THE_API).await?;
    ensure!(answer.ends_with("200"), "{answer}");
    Ok(())
}

const USER_CALLS_THE_API: &str = r#"
TOKEN=$(az account get-access-token --resource api://$API_APP_CLIENT_ID --query accessToken -o tsv)
curl -s -w '%{http_code}' -H "Authorization: Bearer $TOKEN" $API/api/profile
"#;

const PREAUTHORIZE_THE_CLI: &str = r#"
scope=$(az ad app show --id $API_APP_CLIENT_ID --query 'api.oauth2PermissionScopes[0].id' -o tsv)
object=$(az ad app show --id $API_APP_CLIENT_ID --query id -o tsv)
az rest --method PATCH --uri "$GRAPH/v1.0/applications/$object" --body "{\"api\": {\"preAuthorizedApplications\": [
    {\"appId\": \"04b07795-8ddb-461a-bbee-02f9e1bf7b46\", \"delegatedPermissionIds\": [\"$scope\"]}]}}"
"#;

/// A shell in which `az` is the Azure CLI and talks to a workshop.
struct Shell {
    landscape: Landscape,
    variables: Vec<(&'static str, String)>,
}

impl Shell {
    /// A fresh workshop, and a CLI that `workshop az --apply` has pointed at it.
    async fn pointed_here() -> Result<Self> {
        let landscape = Landscape::start().await?;
        let variables = variables(&landscape)?;
        let shell = Self {
            landscape,
            variables,
        };
        shell
            .run(&format!("{} az --apply", variable("WORKSHOP")?))
            .await?;
        Ok(shell)
    }

    /// Runs a script; anything but success is an error with what it complained about.
    async fn run(&self, script: &str) -> Result<String> {
        let output = self.command(script).output().await?;
        let complaints = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{}:\n{complaints}", output.status);
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// `az login` by browser.
    async fn sign_in(&self, person: &Person) -> Result<Value> {
        let mut az: Child = self
            .command("az login --tenant $TENANT_ID")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(az.stderr.take().context("no standard error")?).lines();
        let mut complaints = Vec::new();
        while let Some(line) = lines.next_line().await? {
            if let Some(address) = line.strip_prefix(VISIT) {
                let forms = PersonAtForms::new(&self.landscape, person.clone())?;
                forms.sign_in_and_go_back(address).await?;
            } else {
                complaints.push(line);
            }
        }
        let mut said = String::new();
        let output = az.stdout.as_mut().context("no standard output")?;
        output.read_to_string(&mut said).await?;
        ensure!(az.wait().await?.success(), "{}", complaints.join("\n"));
        let account: Value = serde_json::from_str(&said)?;
        ensure!(
            account[0]["user"] == json!({ "name": person.username, "type": "user" }),
            "{account}"
        );
        Ok(account)
    }

    fn command(&self, script: &str) -> Command {
        let mut command = Command::new("bash");
        command
            .args(["-euo", "pipefail", "-c", script])
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .env("BROWSER", BROWSER)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }
}

/// What the guides leave to their readers to fill in.
fn variables(landscape: &Landscape) -> Result<Vec<(&'static str, String)>> {
    let authority: url::Url = landscape.authority()?.parse()?;
    let port = authority.port().context("a port")?.to_string();
    let state = Path::new(landscape.ca_certificate()?).parent();
    let state = state.context("a state folder")?.display().to_string();
    let az = PathBuf::from(variable("AZURE_CLI")?);
    let az = az.parent().context("az lies in a folder")?.display();
    let seeded = |pointer: &str| landscape.seeded(pointer).map(str::to_owned);
    Ok(vec![
        ("PATH", format!("{az}:{}", variable("PATH")?)),
        ("AZURE_CONFIG_DIR", format!("{state}/azure")),
        ("REQUESTS_CA_BUNDLE", seeded("/tenant/caCertificate")?),
        ("GRAPH", format!("https://127.0.0.1:{port}/graph")),
        ("TENANT_PORT", port),
        ("WORKSHOP_STATE_DIR", state),
        ("API", landscape.api().to_owned()),
        ("TENANT_ID", seeded("/tenant/id")?),
        ("TENANT_DOMAIN", seeded("/tenant/domain")?),
        ("API_APP_CLIENT_ID", seeded("/apps/api/clientId")?),
        ("DAEMON_CLIENT_ID", seeded("/apps/daemon/clientId")?),
        (
            "DAEMON_SP_OBJECT_ID",
            seeded("/apps/daemon/servicePrincipalId")?,
        ),
        ("DAEMON_SECRET", seeded("/apps/daemon/clientSecret")?),
        (
            "DAEMON_CERTIFICATE",
            seeded("/apps/daemon/certificatePath")?,
        ),
        (
            "IDENTITY_SP_OBJECT_ID",
            seeded("/managedIdentities/0/objectId")?,
        ),
    ])
}
