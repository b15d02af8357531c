//! The program as a shell, a script or a service manager meets it.
#![expect(
    clippy::unwrap_used,
    reason = "in a test's helpers a failure is a failed test"
)]
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

const PORTS: [&str; 4] = ["WEB_PORT", "API_PORT", "TENANT_PORT", "TENANT_TLS_PORT"];

/// A folder that is removed at the end of the test: the program's current directory.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("workshop-program-{}-{name}", std::process::id()));
        std::fs::create_dir_all(folder.join("spa")).unwrap();
        std::fs::write(folder.join("spa/index.html"), "<!doctype html>").unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The program with free ports and nothing else in its environment.
fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_workshop"));
    command
        .current_dir(folder)
        .env_clear()
        .envs(PORTS.map(|variable| (variable, "0")))
        .env("WORKSHOP_STATE_DIR", folder.join("state"))
        .kill_on_drop(true);
    command
}

async fn output(command: &mut Command) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

async fn signal(child: &Child, signal: &str) {
    let process = child.id().unwrap().to_string();
    let status = Command::new("kill")
        .args([signal, &process])
        .status()
        .await
        .unwrap();
    assert!(status.success());
}

#[tokio::test]
async fn it_says_ready_and_stops_cleanly_when_asked() {
    for stop in ["-TERM", "-INT"] {
        let folder = Folder::new(stop);
        let mut child = program(&folder.0)
            .args(["up", "--no-open", "--spa", "spa"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            if line == "ready" {
                signal(&child, stop).await;
            }
            said.push(line);
        }
        assert_eq!(child.wait().await.unwrap().code(), Some(0), "{stop}");
        assert!(said.contains(&"ready".to_owned()), "{said:?}");
        assert_eq!(said.last().unwrap(), "Stopped.");
        assert!(
            said.iter()
                .any(|line| line.contains("Browser app") && line.contains("http://localhost:"))
        );
    }
}

/// Starts the program, waits for "ready" and calls `meanwhile` before it is stopped.
async fn run(folder: &Path, meanwhile: impl AsyncFnOnce()) {
    let mut child = program(folder)
        .args(["up", "--no-open", "--spa", "spa"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while lines.next_line().await.unwrap().unwrap() != "ready" {}
    meanwhile().await;
    signal(&child, "-TERM").await;
    while lines.next_line().await.unwrap().is_some() {}
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn a_reset_says_where_the_copy_is_and_never_happens_under_a_running_workshop() {
    let folder = Folder::new("reset");
    let reset = async || output(program(&folder.0).arg("reset")).await;
    let (code, said, _) = reset().await;
    assert!(
        code == Some(0) && said.starts_with("Nothing to reset"),
        "{said}"
    );
    run(&folder.0, async || {
        let (code, said, complaint) = reset().await;
        assert_eq!((code, said.as_str()), (Some(1), ""));
        assert!(
            complaint.contains("in use by process") && complaint.lines().count() == 1,
            "{complaint}"
        );
    })
    .await;
    let saved = folder.0.join("state/tenant.json");
    let before = std::fs::read_to_string(&saved).unwrap();
    let (code, said, _) = reset().await;
    assert_eq!(code, Some(0));
    assert!(!saved.exists());
    let copy = said
        .lines()
        .map(str::trim)
        .find(|line| line.contains("tenant-before-reset"));
    assert_eq!(std::fs::read_to_string(copy.unwrap()).unwrap(), before);
    run(&folder.0, async || {}).await;
    assert!(saved.exists());
}

#[tokio::test]
async fn a_token_for_scripts_is_all_that_is_printed() {
    let folder = Folder::new("token");
    let token =
        async |arguments: &[&str]| output(program(&folder.0).arg("token").args(arguments)).await;
    let (code, said, complaint) = token(&[]).await;
    assert_eq!((code, said.as_str()), (Some(1), ""));
    assert!(
        complaint.contains("`workshop up`") && complaint.lines().count() == 1,
        "{complaint}"
    );
    run(&folder.0, async || {
        for (who, name) in [
            ("user", "Mara"),
            ("ilya", "Ilya"),
            ("ada@juniperharbour.example", "Ada"),
        ] {
            let (code, said, complaint) = token(&["--as", who]).await;
            assert_eq!((code, complaint.as_str()), (Some(0), ""), "{who}");
            let claims = shared::jwt::UnverifiedToken::decode(said.trim_end()).unwrap();
            let claims = claims.claims();
            assert!(claims["name"].as_str().unwrap().starts_with(name));
            assert_eq!(claims["scp"], "access_as_user");
            assert!(claims["iss"].as_str().unwrap().starts_with("https://"));
        }
        let (code, said, complaint) = token(&["--as", "app"]).await;
        assert_eq!((code, complaint.as_str()), (Some(0), ""));
        let claims = shared::jwt::UnverifiedToken::decode(said.trim_end()).unwrap();
        assert_eq!(claims.claims().get("scp"), None);
        assert!(
            claims.claims()["iss"]
                .as_str()
                .unwrap()
                .starts_with("https://")
        );
        // Consented already, and another resource.
        let (code, said, complaint) = token(&["--scope", "User.Read"]).await;
        assert_eq!(code, Some(0), "{complaint}");
        assert_eq!(said.lines().count(), 1);
        for (arguments, says) in [
            (
                ["--as", "nobody"],
                "there is no user nobody; there are mara@",
            ),
            (["--scope", "api://nobody/nothing"], "AADSTS"),
            (["--scope", "Directory.Read.All"], "administrator"),
        ] {
            let (code, said, complaint) = token(&arguments).await;
            assert_eq!((code, said.as_str()), (Some(1), ""), "{arguments:?}");
            assert!(
                complaint.contains(says) && complaint.lines().count() == 1,
                "{complaint}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_damaged_state_is_one_line_and_stays_as_it_is() {
    let folder = Folder::new("damaged");
    let state = folder.0.join("state");
    std::fs::create_dir(&state).unwrap();
    std::fs::write(state.join("tenant.json"), "{\"version\":").unwrap();
    let mut up = program(&folder.0);
    let (code, _, complaint) = output(up.args(["up", "--no-open", "--spa", "spa"])).await;
    assert_eq!(code, Some(1));
    assert!(
        complaint.contains("tenant.json is damaged")
            && complaint.contains("workshop reset")
            && complaint.lines().count() == 1,
        "{complaint}"
    );
    let text = std::fs::read_to_string(state.join("tenant.json")).unwrap();
    assert_eq!(text, "{\"version\":");
}

#[tokio::test]
async fn a_machine_without_any_certificate_authority_is_good_enough() {
    let folder = Folder::new("bare");
    let mut child = program(&folder.0)
        .args(["up", "--no-open", "--spa", "spa"])
        .envs([
            ("SSL_CERT_FILE", "/nonexistent"),
            ("SSL_CERT_DIR", "/nonexistent"),
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut ready = false;
    while let Some(line) = lines.next_line().await.unwrap() {
        if line == "ready" {
            ready = true;
            signal(&child, "-TERM").await;
        }
    }
    let output = child.wait_with_output().await.unwrap();
    let complaints = String::from_utf8(output.stderr).unwrap();
    assert!(ready && complaints.is_empty(), "{complaints}");
}

#[tokio::test]
async fn a_bad_setting_is_one_line_and_exit_code_2() {
    let folder = Folder::new("setting");
    for (variable, value) in [
        ("API_PORT", "many"),
        ("TENANT_ID", "contoso"),
        ("RUST_LOG", "=loud="),
    ] {
        let mut command = program(&folder.0);
        let (code, stdout, stderr) = output(command.args(["--no-open"]).env(variable, value)).await;
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{stderr}");
        assert!(
            stderr.starts_with(&format!("workshop: {variable}: got {value:?}, it wants")),
            "{stderr}"
        );
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
    }
}

#[tokio::test]
async fn a_bad_line_in_the_env_file_is_one_line_and_exit_code_2() {
    let folder = Folder::new("env");
    std::fs::write(folder.0.join(".env"), "# mine\nWEB_PORT 3000\n").unwrap();
    let (code, _, stderr) = output(&mut program(&folder.0)).await;
    assert_eq!(code, Some(2));
    assert!(stderr.starts_with("workshop: .env, line 2:"), "{stderr}");
}

#[tokio::test]
async fn a_folder_without_a_browser_app_is_one_line_and_exit_code_1() {
    let folder = Folder::new("spa");
    let (code, stdout, stderr) = output(program(&folder.0).args(["up", "--spa", "nowhere"])).await;
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(
        stderr.contains("nowhere") && stderr.contains("cargo xtask up"),
        "{stderr}"
    );
}

#[tokio::test]
async fn config_prints_the_settings_in_effect_from_file_and_environment() {
    let folder = Folder::new("config");
    std::fs::write(folder.0.join(".env"), "WEB_PORT=4000\nAPI_PORT=4001\n").unwrap();
    let mut command = program(&folder.0);
    let (code, stdout, _) =
        output(command.args(["config", "--json"]).env("WEB_PORT", "5000")).await;
    assert_eq!(code, Some(0));
    let settings: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    // The environment wins over the file: `program` sets API_PORT to 0.
    assert_eq!(
        (settings["WEB_PORT"].as_str(), settings["API_PORT"].as_str()),
        (Some("5000"), Some("0"))
    );
    let (code, stdout, _) = output(program(&folder.0).arg("config")).await;
    assert_eq!(code, Some(0));
    assert!(
        stdout
            .lines()
            .any(|line| line.trim_start().starts_with("TENANT_ID")),
        "{stdout}"
    );
}

/// Stands where the Azure CLI would: writes down how it is called, and knows no cloud.
const RECORDING_AZ: &str = r#"#!/bin/sh
echo "$AZURE_CONFIG_DIR $*" >> "$(dirname "$0")/calls"
case "$*" in
  "cloud show"*) exit 3 ;;
  "${REFUSED:-nothing}"*) echo "a warning" >&2; echo "ERROR: not today" >&2; exit 2 ;;
esac
"#;

#[tokio::test]
async fn az_prints_what_points_the_azure_cli_here_or_runs_it_in_a_folder_of_its_own() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new("az");
    let bin = folder.0.join("bin");
    std::fs::create_dir(&bin).unwrap();
    std::fs::write(bin.join("az"), RECORDING_AZ).unwrap();
    std::fs::set_permissions(bin.join("az"), PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let az = async |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut program = program(&folder.0);
        let program = program.arg("az").args(arguments);
        output(program.envs(environment.iter().copied())).await
    };
    let (code, said, complaint) = az(&[], &[]).await;
    assert_eq!((code, said.as_str()), (Some(1), ""));
    assert!(complaint.contains("`workshop up`"), "{complaint}");
    run(&folder.0, async || {
        let (code, said, _) = az(&[], &[("WORKSHOP_STATE_DIR", "state")]).await;
        assert_eq!(code, Some(0));
        let config_folder = folder.0.join("state/azure").display().to_string();
        assert!(
            said.contains(&format!("export AZURE_CONFIG_DIR={config_folder}\n")),
            "{said}"
        );
        assert!(said.contains("az cloud register"), "{said}");

        let nowhere = [("PATH", "/nowhere")];
        let (code, said, complaint) = az(&["--apply"], &nowhere).await;
        assert_eq!((code, said.as_str()), (Some(1), ""));
        assert!(complaint.contains("not installed"), "{complaint}");

        let (code, said, _) = az(&["--apply"], &[("PATH", &path)]).await;
        assert_eq!(code, Some(0));
        assert!(said.contains("export REQUESTS_CA_BUNDLE="), "{said}");
        assert!(!said.contains("az cloud"), "{said}");
        let calls = std::fs::read_to_string(bin.join("calls")).unwrap();
        let calls: Vec<_> = calls.lines().collect();
        for (call, begins) in calls.iter().zip([
            "cloud show --name workshop",
            "config set core.instance_discovery=false",
            "cloud register --name workshop",
            "cloud set --name workshop",
        ]) {
            let begins = format!("{config_folder} {begins}");
            assert!(call.starts_with(&begins), "{call}");
        }
        assert_eq!(calls.len(), 4);

        let refused = [("PATH", path.as_str()), ("REFUSED", "cloud set")];
        let (code, said, complaint) = az(&["--apply"], &refused).await;
        assert_eq!((code, said.as_str()), (Some(1), ""));
        let line = "workshop: `az cloud set` failed: ERROR: not today\n";
        assert_eq!(complaint, line);
    })
    .await;
}
