//! The folder that keeps what outlives a run: one process at a time, nobody else's business.

use std::fmt::Display;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Locked by the process that uses the folder. Always empty: where locks are mandatory, nobody else could read it.
const LOCK: &str = "lock";
/// Says who that is.
const HOLDER: &str = "running.json";

/// Why the state folder cannot be used, in one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Another process has it.
    #[error(
        "{folder} is in use by {holder}; stop that one, or set WORKSHOP_STATE_DIR to another folder"
    )]
    Taken {
        /// The folder.
        folder: String,
        /// Who holds it.
        holder: String,
    },
    /// Something in it cannot be read or written.
    #[error(
        "{path} cannot be used ({source}); WORKSHOP_STATE_DIR wants a folder that this program may write to"
    )]
    Unusable {
        /// What was to be used.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// Everybody on this machine may write to it.
    #[error(
        "{folder} may be written to by everybody on this machine; run `chmod o-w {folder}`, or set WORKSHOP_STATE_DIR to a folder of your own"
    )]
    Everybodys {
        /// The folder.
        folder: String,
    },
    /// A file is there and does not hold what it should. It is left as it is.
    #[error("{file} is damaged ({why}); {remedy}")]
    Damaged {
        /// The file's path.
        file: String,
        /// What is wrong.
        why: String,
        /// What to do.
        remedy: &'static str,
    },
}

/// A state folder that this process alone uses, until the value is dropped.
#[derive(Debug)]
pub struct StateFolder {
    path: PathBuf,
    /// Unlocked when it is closed, also by a crash.
    _lock: File,
}

/// The process that uses a state folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its process ID.
    pub process: u32,
    /// The https origin of its practice tenant, once that is known.
    pub origin: Option<String>,
}

impl StateFolder {
    /// Takes the folder, and makes it if it is not there.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StateError> {
        let given = path.as_ref();
        private_folder(given).map_err(|source| unusable(given, source))?;
        let path = given
            .canonicalize()
            .map_err(|source| unusable(given, source))?;
        refuse_everybodys(&path)?;
        let file = path.join(LOCK);
        let lock = private_file()
            .read(true)
            .open(&file)
            .map_err(|source| unusable(&file, source))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(taken(&path)),
            Err(TryLockError::Error(source)) => return Err(unusable(&file, source)),
        }
        let folder = Self { path, _lock: lock };
        folder.announce(None)?;
        Ok(folder)
    }

    /// Who uses the folder at `path`, if anybody does.
    pub fn holder(path: impl AsRef<Path>) -> Result<Option<Holder>, StateError> {
        let path = path.as_ref();
        let file = path.join(LOCK);
        let lock = match File::open(&file) {
            Ok(lock) => lock,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(unusable(&file, source)),
        };
        match lock.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(announced(path)),
            Err(TryLockError::Error(source)) => Err(unusable(&file, source)),
        }
    }

    /// Lets others know who uses the folder, and where its practice tenant is.
    pub(crate) fn announce(&self, origin: Option<&str>) -> Result<(), StateError> {
        let holder = Holder {
            process: std::process::id(),
            origin: origin.map(str::to_owned),
        };
        let text = serde_json::to_string(&holder).expect("a number and a text make JSON");
        self.write(HOLDER, &text)
    }

    /// The folder's absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a file in the folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// A file's text; `None` if it is not there.
    pub(crate) fn read(&self, name: &str) -> Result<Option<String>, StateError> {
        let file = self.file(name);
        match std::fs::read_to_string(&file) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                Err(self.damaged(name, &"not text", "put a copy back or remove it"))
            }
            Err(source) => Err(unusable(&file, source)),
        }
    }

    /// Replaces a file: whatever happens meanwhile, it holds all of the old or all of the new text.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<(), StateError> {
        let file = self.file(name);
        let new = self.file(&format!("{name}.new"));
        replace(&self.path, &file, &new, text.as_bytes()).map_err(|source| unusable(&file, source))
    }

    /// Renames a file to a name that is free and says which: `name-1.json`, `name-2.json` and so on. `None` if there is
    /// no such file.
    pub(crate) fn put_aside(&self, name: &str, aside: &str) -> Result<Option<PathBuf>, StateError> {
        let file = self.file(name);
        let mut free = (1..).map(|number: u32| self.file(&format!("{aside}-{number}.json")));
        let moved = loop {
            let Some(copy) = free.next() else {
                return Ok(None);
            };
            if !copy.exists() {
                break std::fs::rename(&file, &copy).map(|()| copy);
            }
        };
        match moved {
            Ok(copy) => Ok(Some(copy)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(unusable(&file, source)),
        }
    }

    /// The error for a file that does not hold what it should.
    pub(crate) fn damaged(
        &self,
        name: &str,
        why: &dyn Display,
        remedy: &'static str,
    ) -> StateError {
        StateError::Damaged {
            file: self.file(name).display().to_string(),
            why: why.to_string(),
            remedy,
        }
    }
}

fn unusable(path: &Path, source: io::Error) -> StateError {
    StateError::Unusable {
        path: path.display().to_string(),
        source,
    }
}

fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Where everybody may write, anybody may put another certificate authority in the place of this one.
#[cfg(unix)]
fn refuse_everybodys(path: &Path) -> Result<(), StateError> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = std::fs::metadata(path).map_err(|source| unusable(path, source))?;
    if metadata.permissions().mode() & 0o002 == 0 {
        return Ok(());
    }
    Err(StateError::Everybodys {
        folder: path.display().to_string(),
    })
}

#[cfg(not(unix))]
fn refuse_everybodys(_: &Path) -> Result<(), StateError> {
    Ok(())
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn announced(folder: &Path) -> Option<Holder> {
    let text = std::fs::read_to_string(folder.join(HOLDER)).ok()?;
    serde_json::from_str(&text).ok()
}

fn taken(folder: &Path) -> StateError {
    StateError::Taken {
        folder: folder.display().to_string(),
        // It may be about to say so.
        holder: announced(folder).map_or_else(
            || "another process".to_owned(),
            |holder| format!("process {}", holder.process),
        ),
    }
}

fn replace(folder: &Path, file: &Path, new: &Path, bytes: &[u8]) -> io::Result<()> {
    // What lies there is left from an interrupted write, or somebody else put it there to get at what is written now.
    match std::fs::remove_file(new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut writing = private_file().create_new(true).open(new)?;
    writing.write_all(bytes)?;
    writing.sync_all()?;
    drop(writing);
    std::fs::rename(new, file)?;
    // The new name is only as durable as the folder that holds it.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_made_private_and_so_is_every_file() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("deep/state");
        let folder = StateFolder::open(&path).unwrap();
        folder.write("secret", "hush").unwrap();
        assert_eq!(folder.read("secret").unwrap().as_deref(), Some("hush"));
        #[cfg(unix)]
        for (path, mode) in [(path.clone(), 0o700), (path.join("secret"), 0o600)] {
            use std::os::unix::fs::PermissionsExt as _;
            let found = path.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(found, mode, "{}", path.display());
        }
    }

    #[test]
    fn a_second_holder_is_told_who_the_first_is() {
        let scratch = tempfile::tempdir().unwrap();
        let first = StateFolder::open(scratch.path()).unwrap();
        let error = StateFolder::open(scratch.path()).unwrap_err().to_string();
        let process = format!("process {}", std::process::id());
        assert!(
            error.contains(&process)
                && error.contains("WORKSHOP_STATE_DIR")
                && !error.contains('\n'),
            "{error}"
        );
        drop(first);
        StateFolder::open(scratch.path()).unwrap();
    }

    #[test]
    fn who_uses_a_folder_can_be_asked_without_using_it() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("state");
        assert_eq!(StateFolder::holder(&path).unwrap(), None);
        assert!(!path.exists());
        let folder = StateFolder::open(&path).unwrap();
        folder.announce(Some("https://localhost:1")).unwrap();
        let holder = StateFolder::holder(&path).unwrap().unwrap();
        assert_eq!(holder.process, std::process::id());
        assert_eq!(holder.origin.as_deref(), Some("https://localhost:1"));
        drop(folder);
        assert_eq!(StateFolder::holder(&path).unwrap(), None);
    }

    #[test]
    fn a_file_where_the_folder_should_be_is_named() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("state");
        std::fs::write(&path, "a file").unwrap();
        let error = StateFolder::open(&path).unwrap_err().to_string();
        assert!(error.starts_with(&path.display().to_string()), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn what_somebody_else_prepared_in_the_folder_gets_nothing_to_read() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let scratch = tempfile::tempdir().unwrap();
        let folder = StateFolder::open(scratch.path().join("state")).unwrap();
        let elsewhere = scratch.path().join("elsewhere");
        symlink(&elsewhere, folder.file("secret.new")).unwrap();
        folder.write("secret", "hush").unwrap();
        assert!(!elsewhere.exists());
        assert!(!folder.file("secret").is_symlink());

        let open = folder.file("other.new");
        std::fs::write(&open, "").unwrap();
        std::fs::set_permissions(&open, PermissionsExt::from_mode(0o666)).unwrap();
        folder.write("other", "hush").unwrap();
        let mode = folder.file("other").metadata().unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }

    #[test]
    fn a_write_that_was_interrupted_leaves_the_old_text() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = StateFolder::open(scratch.path()).unwrap();
        folder.write("text", "old").unwrap();
        std::fs::write(folder.file("text.new"), "ha").unwrap();
        assert_eq!(folder.read("text").unwrap().as_deref(), Some("old"));
        folder.write("text", "new").unwrap();
        assert_eq!(folder.read("text").unwrap().as_deref(), Some("new"));
    }
}
