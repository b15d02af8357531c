//! Where the browser app's files come from.

use std::path::PathBuf;

/// Where the browser app's files come from. A released program will carry them inside; while developing, and in tests,
/// they lie in a folder, so that building and checking the servers needs no browser app.
#[derive(Clone, Debug)]
pub enum SpaSource {
    /// A folder as `cargo xtask spa` makes it: `index.html`, files whose names change with their content, and beside
    /// each its `.br` and `.gz`.
    Folder(PathBuf),
}

/// Why there is no browser app to serve.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpaError {
    /// The folder has no start page.
    #[error(
        "there is no browser app in {} (no index.html); run `cargo xtask up`, which builds it, or name its folder \
         with --spa",
        folder.display()
    )]
    NoIndex {
        /// The folder that was looked into.
        folder: PathBuf,
    },
}

impl SpaSource {
    /// The folder, once it is known to hold an app.
    pub(super) fn folder(&self) -> Result<&PathBuf, SpaError> {
        let Self::Folder(folder) = self;
        if folder.join("index.html").is_file() {
            Ok(folder)
        } else {
            Err(SpaError::NoIndex {
                folder: folder.clone(),
            })
        }
    }
}
