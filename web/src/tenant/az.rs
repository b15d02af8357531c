//! The Azure CLI's commands as a POSIX shell takes them.

use super::graph::Call;

/// A word of a command: quoted where a shell would read something into it.
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@+%,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Longest command that stays on one line.
const WIDTH: usize = 68;

/// A command of several words, each quoted where needed; a long one has its options below each other.
pub fn command(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|text| word(text)).collect();
    let line = quoted.join(" ");
    if line.len() <= WIDTH {
        return line;
    }
    let mut lines = String::new();
    for (text, quoted) in words.iter().zip(&quoted) {
        let between = if text.starts_with("--") {
            " \\\n  "
        } else {
            " "
        };
        if !lines.is_empty() {
            lines.push_str(between);
        }
        lines.push_str(quoted);
    }
    lines
}

/// A call as `az rest` makes it. `graph` is Graph's address, with the version.
pub fn rest(call: &Call, graph: &str) -> String {
    let mut text = format!(
        "az rest --method {} \\\n  --uri {}",
        call.method.name(),
        word(&format!("{graph}/{}", call.path))
    );
    if let Some(body) = call.shown_body() {
        text.push_str(" \\\n  --body ");
        text.push_str(&word(&body));
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_word_reaches_the_command_as_it_was_typed() {
        assert_eq!(word("api://1-2"), "api://1-2");
        assert_eq!(word("two words"), "'two words'");
        assert_eq!(word("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(word(""), "''");
        assert_eq!(word("`id`"), "'`id`'");
    }

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
