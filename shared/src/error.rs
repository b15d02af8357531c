//! Telling an error to a person.

use std::error::Error;

/// What lies behind an error, from the outside to the inside; `None` if it stands for itself. The outermost text is left
/// out: that of an HTTP client names the whole address, which may carry a secret.
pub fn causes(error: &dyn Error) -> Option<String> {
    let chain = std::iter::successors(error.source(), |&cause| cause.source());
    let texts: Vec<String> = chain.map(ToString::to_string).collect();
    (!texts.is_empty()).then(|| texts.join(": "))
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::causes;

    #[derive(Debug, thiserror::Error)]
    #[error("https://localhost/?code=secret does not answer")]
    struct Outer(#[source] io::Error);

    #[test]
    fn the_causes_are_told_and_the_address_is_not() {
        let error = Outer(io::Error::other("connection refused"));
        assert_eq!(causes(&error).as_deref(), Some("connection refused"));
        assert_eq!(causes(&io::Error::other("alone")), None);
    }
}
