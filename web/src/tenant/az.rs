//! The Azure CLI's commands as a POSIX shell takes them.

use shared::shell::quoted;

use super::graph::Call;

/// Longest command that stays on one line.
const WIDTH: usize = 68;

/// A command of several words, each quoted where needed; a long one has its options below each other.
pub fn command(words: &[&str]) -> String {
    let ready: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    let line = ready.join(" ");
    if line.len() <= WIDTH {
        return line;
    }
    let mut lines = String::new();
    for (text, word) in words.iter().zip(&ready) {
        let between = if text.starts_with("--") {
            " \\\n  "
        } else {
            " "
        };
        if !lines.is_empty() {
            lines.push_str(between);
        }
        lines.push_str(word);
    }
    lines
}

/// A call as `az rest` makes it. `graph` is Graph's address, with the version.
pub fn rest(call: &Call, graph: &str) -> String {
    let mut text = format!(
        "az rest --method {} \\\n  --uri {}",
        call.method.name(),
        quoted(&format!("{graph}/{}", call.path))
    );
    if let Some(body) = call.shown_body() {
        text.push_str(" \\\n  --body ");
        text.push_str(&quoted(&body));
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_long_command_has_its_options_below_each_other() {
        let words = ["az", "ad", "sp", "create", "--id", "1"];
        assert_eq!(command(&words), "az ad sp create --id 1");
        let name = "a name that is so long that it takes the whole line for itself";
        let words = [
            "az",
            "ad",
            "app",
            "create",
            "--display-name",
            name,
            "--flag",
        ];
        let lines = format!("az ad app create \\\n  --display-name '{name}' \\\n  --flag");
        assert_eq!(command(&words), lines);
    }

    #[test]
    fn a_call_becomes_one_command() {
        let call = Call::patch("applications/1", json!({"displayName": "it's"}));
        assert_eq!(
            rest(&call, "https://graph.example/v1.0"),
            "az rest --method PATCH \\\n  --uri https://graph.example/v1.0/applications/1 \\\n  --body '{\n  \
             \"displayName\": \"it'\\''s\"\n}'"
        );
        let call = Call::delete("servicePrincipals(appId='1')");
        assert_eq!(
            rest(&call, "https://g/v1.0"),
            r"az rest --method DELETE \
  --uri 'https://g/v1.0/servicePrincipals(appId='\''1'\'')'"
        );
    }
}
