//! A program in another language that uses one of the libraries people use, unmodified. It speaks lines of JSON: the
//! first that it hears is its task; what it wants (somebody to visit a page) and what it got, it says.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::browser::variable;
use crate::landscape::Landscape;
use crate::person_at_forms::PersonAtForms;

/// How long a program may think before it says something.
const PATIENCE: Duration = Duration::from_secs(60);

/// A library and the program that uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    /// `msal` for Python.
    MsalPython,
    /// `@azure/msal-node`.
    MsalNode,
    /// `openid-client` for Node.
    OpenidClient,
}

impl Library {
    fn command(self) -> Result<Command> {
        let programs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("clients");
        let (interpreter, program) = match self {
            Library::MsalPython => ("CLIENTS_PYTHON", "python/msal_client.py"),
            Library::MsalNode => ("CLIENTS_NODE", "node/msal_node.mjs"),
            Library::OpenidClient => ("CLIENTS_NODE", "node/openid_client.mjs"),
        };
        let mut command = Command::new(variable(interpreter)?);
        command.arg(programs.join(program));
        Ok(command)
    }
}

/// A client program that runs.
#[derive(Debug)]
pub struct ClientProgram {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl ClientProgram {
    /// Starts the program, which trusts the landscape's certificate authority, and gives it its task.
    pub async fn start(landscape: &Landscape, library: Library, task: &Value) -> Result<Self> {
        let mut command = library.command()?;
        let authority = landscape.ca_certificate()?;
        let mut child = command
            .env("REQUESTS_CA_BUNDLE", authority)
            .env("SSL_CERT_FILE", authority)
            .env("NODE_EXTRA_CA_CERTS", authority)
            .env("NO_PROXY", "localhost,127.0.0.1,::1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {command:?}"))?;
        let input = child.stdin.take().context("no standard input")?;
        let output = child.stdout.take().context("no standard output")?;
        let mut program = Self {
            child,
            input,
            output: BufReader::new(output).lines(),
        };
        program.say(task).await?;
        Ok(program)
    }

    /// What the program says next; nothing when it has ended well.
    pub async fn hear(&mut self) -> Result<Option<Value>> {
        let line = tokio::time::timeout(PATIENCE, self.output.next_line()).await;
        match line.context("the program says nothing")?? {
            Some(line) => Ok(Some(
                serde_json::from_str(&line).with_context(|| format!("no JSON: {line}"))?,
            )),
            None => self.ended().await.map(|()| None),
        }
    }

    /// Answers the program.
    pub async fn say(&mut self, answer: &Value) -> Result<()> {
        self.input
            .write_all(format!("{answer}\n").as_bytes())
            .await
            .context("the program does not listen")
    }

    async fn ended(&mut self) -> Result<()> {
        let mut complaints = String::new();
        if let Some(mut errors) = self.child.stderr.take() {
            errors.read_to_string(&mut complaints).await?;
        }
        let status = self.child.wait().await?;
        if !status.success() {
            bail!("the program ended with {status}:\n{complaints}");
        }
        Ok(())
    }
}

/// Runs a program to its end: `person` goes where it sends people. Returns everything it said, the results among it.
pub async fn run(
    landscape: &Landscape,
    library: Library,
    person: &PersonAtForms,
    task: Value,
) -> Result<Vec<Value>> {
    let mut program = ClientProgram::start(landscape, library, &task).await?;
    let mut said = Vec::new();
    while let Some(event) = program.hear().await? {
        if let Some(address) = event["visit"].as_str() {
            if event["listens"] == true {
                person.sign_in_and_go_back(address).await?;
            } else {
                let callback = person.sign_in(address).await?;
                let pairs = callback.pairs.iter().cloned();
                let pairs: Value = pairs
                    .map(|(name, value)| (name, Value::from(value)))
                    .collect();
                program
                    .say(&json!({ "address": callback.address, "callback": pairs }))
                    .await?;
            }
        } else if let Some(device) = event.get("device") {
            let text = |name: &str| device[name].as_str().with_context(|| format!("no {name}"));
            person
                .approve_device(text("address")?, text("code")?)
                .await?;
            program.say(&json!({})).await?;
        }
        said.push(event);
    }
    Ok(said)
}
