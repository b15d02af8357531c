//! The variables a program starts with: its environment over a `.env` file.

use std::io::ErrorKind;
use std::path::Path;

use shared::settings::Variables;

/// Why a `.env` file could not be used. The messages name a line by its number, because its text may be a secret.
#[derive(Debug, thiserror::Error)]
pub enum VariablesError {
    /// The file is there and cannot be read.
    #[error("{file}: cannot be read ({source})")]
    Unreadable {
        /// The file's path.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// A line is not `NAME=value`.
    #[error("{file}, line {line}: not NAME=value (quote a value that holds spaces, quotes or #)")]
    Malformed {
        /// The file's path.
        file: String,
        /// Counted from 1.
        line: usize,
    },
}

/// The process environment over the `.env` file of the current directory, if there is one.
///
/// The environment itself is left alone, so that child processes do not inherit what the file holds.
pub fn variables() -> Result<Variables, VariablesError> {
    layered(Path::new(".env"), environment())
}

fn layered(
    file: &Path,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Variables, VariablesError> {
    Ok(file_entries(file)?.into_iter().chain(environment).collect())
}

/// What is not Unicode cannot be one of our settings.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

fn file_entries(path: &Path) -> Result<Vec<(String, String)>, VariablesError> {
    let file = || path.display().to_string();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => {
            return Err(VariablesError::Unreadable {
                file: file(),
                source,
            });
        }
    };
    // Windows editors begin a file with a byte order mark, which is no part of the first name.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    dotenvy::from_read_iter(text.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| VariablesError::Malformed {
            file: file(),
            line: line_of(text, &error),
        })
}

/// The number of the line that an error of the parser is about.
fn line_of(text: &str, error: &dotenvy::Error) -> usize {
    let dotenvy::Error::LineParse(offending, _) = error else {
        return 1;
    };
    let start = text.find(offending.as_str()).unwrap_or_default();
    text[..start].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of its own for each test, removed at the end.
    struct Scratch(std::path::PathBuf);

    impl Scratch {
        fn new(name: &str, text: &str) -> Self {
            let path =
                std::env::temp_dir().join(format!("serve-{}-{name}.env", std::process::id()));
            std::fs::write(&path, text).unwrap();
            Self(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = Scratch::new(
            "wins",
            "\u{feff}WEB_PORT=1\nAPI_PORT = \"2\" # two\n\n# TENANT_ID=x\n",
        );
        let environment = [("WEB_PORT".to_owned(), "3".to_owned())];
        let variables = layered(&file.0, environment.into_iter()).unwrap();
        assert_eq!(variables.get("WEB_PORT"), Some("3"));
        assert_eq!(variables.get("API_PORT"), Some("2"));
        assert_eq!(variables.get("TENANT_ID"), None);
    }

    #[test]
    fn no_file_is_no_error() {
        let variables = layered(Path::new("/nowhere/.env"), std::iter::empty()).unwrap();
        assert_eq!(variables.get("WEB_PORT"), None);
    }

    #[test]
    fn a_malformed_line_is_named_by_number_and_its_text_stays_hidden() {
        let file = Scratch::new(
            "malformed",
            "WEB_PORT=1\nAZURE_CLIENT_SECRET=hush hush 'x\n",
        );
        let error = layered(&file.0, std::iter::empty())
            .unwrap_err()
            .to_string();
        assert!(error.contains("line 2"), "{error}");
        assert!(!error.contains("hush") && !error.contains('\n'), "{error}");
    }
}
