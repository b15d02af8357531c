//! What the workshop says to the person who started it.

use std::io::{self, Write as _};
use std::path::Path;

use workshop::{Practice, Running, SeededUser, WorkshopConfig};

/// Says a text on standard output. That nobody listens any more is no reason to stop serving.
pub(crate) fn say(text: &str) {
    let mut output = io::stdout().lock();
    let _ = writeln!(output, "{text}").and_then(|()| output.flush());
}

/// Says why something went wrong, in one line on standard error.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(io::stderr().lock(), "workshop: {line}");
}

/// The addresses, and who can sign in.
pub(crate) fn introduction(running: &Running) -> String {
    let addresses = running.addresses();
    let mut parts = vec![
        ["Browser app", addresses.web.as_str(), "start here"],
        ["API", addresses.api.as_str(), "GET /api/profile"],
    ];
    if let Some(tenant) = &addresses.tenant {
        parts.push([
            "Practice tenant",
            tenant.as_str(),
            "stands in for Microsoft Entra ID",
        ]);
    }
    if let Some(practice) = running.practice() {
        parts.push([
            "",
            practice.secure_origin.as_str(),
            "the same by https, for SDKs",
        ]);
    }
    let trust = running.practice().map(trust).unwrap_or_default();
    let people = running.practice().map(people).unwrap_or_default();
    format!("\n{}{trust}{people}", table(&parts))
}

fn trust(practice: &Practice) -> String {
    format!(
        "\nFor https, clients trust the certificate authority of this machine\n  {}\n",
        practice.authority_file.display()
    )
}

fn people(practice: &Practice) -> String {
    let notes: Vec<String> = practice.users.iter().map(note).collect();
    let users = practice.users.iter().zip(&notes);
    let rows: Vec<[&str; 3]> = users
        .map(|(user, note)| [user.username.as_str(), user.password.expose(), note])
        .collect();
    format!(
        "\nWho can sign in at {} (user name, password)\n{}",
        practice.name,
        table(&rows)
    )
}

/// What this person is there to show.
fn note(user: &SeededUser) -> String {
    match user.app_roles.join(", ") {
        _ if user.administrator => "administrator: may consent for everybody".to_owned(),
        roles if !roles.is_empty() => format!("member with the app role {roles}"),
        _ => "member".to_owned(),
    }
}

/// What a reset did, and how to undo it.
pub(crate) fn was_reset(copy: &Path, original: &Path) -> String {
    format!(
        "The practice tenant begins with its seed again at the next start.\nTo undo this, rename\n  {}\nto\n  {}",
        copy.display(),
        original.display()
    )
}

/// The settings in effect, a line each.
pub(crate) fn settings(config: &WorkshopConfig) -> String {
    let settings = config.effective();
    let rows: Vec<[&str; 2]> = settings
        .iter()
        .map(|(variable, value)| [*variable, value.as_str()])
        .collect();
    table(&rows).trim_end().to_owned()
}

/// The settings in effect, for programs.
pub(crate) fn settings_json(config: &WorkshopConfig) -> String {
    let settings: serde_json::Map<String, serde_json::Value> = config
        .effective()
        .into_iter()
        .map(|(variable, value)| (variable.to_owned(), value.into()))
        .collect();
    serde_json::to_string_pretty(&settings).expect("strings make JSON")
}

/// Rows with aligned columns.
fn table<const COLUMNS: usize>(rows: &[[&str; COLUMNS]]) -> String {
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; COLUMNS] = std::array::from_fn(width);
    let line = |row: &[&str; COLUMNS]| {
        let cells = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("  {cell:<width$}"));
        format!("{}\n", cells.collect::<String>().trim_end())
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        assert_eq!(
            table(&[["a", "bb"], ["ccc", ""], ["é", "d"]]),
            "  a    bb\n  ccc\n  é    d\n"
        );
    }
}
