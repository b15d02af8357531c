//! What the words mean: parameters, claims and error numbers, as data that any view may show.
//!
//! Each entry is one plain sentence or a few, with the document it comes from. Nothing here is computed, and nothing
//! here is needed to decide anything: the code that decides has its own rules.

pub mod claims;
pub mod errors;
pub mod parameters;

/// Checks shared by the catalogues' tests.
#[cfg(test)]
mod check {
    use std::collections::BTreeSet;
    use std::fmt::Debug;

    /// No key stands there twice.
    pub(super) fn no_duplicates<K: Ord + Debug + Copy>(keys: impl IntoIterator<Item = K>) {
        let mut seen = BTreeSet::new();
        for key in keys {
            assert!(seen.insert(key), "{key:?} stands there twice");
        }
    }

    /// A text that reads as a sentence: not empty, no stray blanks, ends like one.
    pub(super) fn is_prose(text: &str) {
        assert!(!text.is_empty(), "an empty text");
        assert_eq!(text, text.trim(), "stray blanks");
        assert!(!text.contains("  "), "double blanks: {text}");
        assert!(text.ends_with(['.', '?']), "not a sentence: {text}");
    }
}
