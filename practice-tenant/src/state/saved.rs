//! The file that a tenant is written to.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{StateError, StateFolder};
use crate::directory::Directory;
use crate::lifetimes::Lifetimes;
use crate::session::Session;
use crate::signing_keys::{SavedKeys, SigningKeys};
use crate::snapshots::Snapshot;
use crate::store::Entry;
use crate::token::IssuedRefreshToken;

/// The file's name in the state folder.
const FILE: &str = "tenant.json";
/// Counts up when the form of the file changes.
const VERSION: u32 = 1;
const REMEDY: &str = "`workshop reset` puts it aside and starts anew";

/// Everything of a tenant that outlives a run.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SavedTenant {
    pub(crate) version: Version,
    pub(crate) directory: Directory,
    /// The addresses of the SPA that were registered at a start: once each, so that one that a person takes away stays
    /// away.
    pub(crate) spa_redirect_uris: Vec<String>,
    pub(crate) keys: SavedKeys,
    #[serde(default)]
    pub(crate) lifetimes: Lifetimes,
    #[serde(default)]
    pub(crate) snapshots: Vec<Snapshot>,
    pub(crate) sessions: Vec<Entry<Session>>,
    pub(crate) refresh_tokens: Vec<Entry<IssuedRefreshToken>>,
}

/// The form of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Version(u32);

impl Default for Version {
    fn default() -> Self {
        Self(VERSION)
    }
}

/// Read before the rest, whose form depends on it.
#[derive(Deserialize)]
struct Versioned {
    version: Version,
}

impl StateFolder {
    /// Puts what the tenant has become aside, so that the next start begins with the seed. The certificates stay. The
    /// answer is where the copy lies, if there was anything.
    pub fn reset(&self) -> Result<Option<PathBuf>, StateError> {
        self.put_aside(FILE, "tenant-before-reset")
    }

    /// Where the tenant is saved.
    pub fn tenant_file(&self) -> PathBuf {
        self.file(FILE)
    }
}

impl SavedTenant {
    /// What the folder holds; `None` if it holds no tenant yet. A file that cannot be understood is left as it is.
    pub(crate) fn read(folder: &StateFolder) -> Result<Option<Self>, StateError> {
        let Some(text) = folder.read(FILE)? else {
            return Ok(None);
        };
        let damaged = |error: serde_json::Error| folder.damaged(FILE, &error, REMEDY);
        let Versioned { version } = serde_json::from_str(&text).map_err(damaged)?;
        if version != Version::default() {
            let why = format!(
                "version {}; this program knows version {VERSION}",
                version.0
            );
            return Err(folder.damaged(FILE, &why, REMEDY));
        }
        let saved: Self = serde_json::from_str(&text).map_err(damaged)?;
        SigningKeys::restore(saved.keys.clone())
            .map_err(|_| folder.damaged(FILE, &"a signing key cannot be read", REMEDY))?;
        Ok(Some(saved))
    }

    /// The directory, and those of the snapshots.
    pub(crate) fn directories(&mut self) -> impl Iterator<Item = &mut Directory> {
        let snapshots = self.snapshots.iter_mut();
        let snapshots = snapshots.map(|snapshot| &mut snapshot.state.directory);
        std::iter::once(&mut self.directory).chain(snapshots)
    }

    pub(crate) fn write(&self, folder: &StateFolder) -> Result<(), StateError> {
        let text = serde_json::to_string_pretty(self).expect("what is saved has string keys");
        folder.write(FILE, &text)
    }
}
