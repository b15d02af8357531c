//! Randomness as an argument.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// A source of unpredictable bytes. Programs pass the operating system's; tests pass one that repeats.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with bytes nobody can guess.
    fn fill(&self, bytes: &mut [u8]);

    /// `bytes` random bytes as unpadded base64url: 32 give 256 bits in 43 characters, which is also the shape of a
    /// PKCE verifier (RFC 7636 §4.1).
    fn token(&self, bytes: usize) -> String {
        let mut buffer = vec![0; bytes];
        self.fill(&mut buffer);
        URL_SAFE_NO_PAD.encode(buffer)
    }

    /// A random GUID (version 4).
    fn guid(&self) -> Uuid {
        let mut buffer = [0; 16];
        self.fill(&mut buffer);
        uuid::Builder::from_random_bytes(buffer).into_uuid()
    }
}

/// A predictable sequence for tests: it starts at a seed and never repeats a GUID or token within a run.
#[cfg(any(test, feature = "test-support"))]
#[derive(Debug, Default)]
pub struct CountingEntropy(std::sync::atomic::AtomicU64);

#[cfg(any(test, feature = "test-support"))]
impl Entropy for CountingEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        use sha2::{Digest as _, Sha256};

        for chunk in bytes.chunks_mut(32) {
            let count = self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            chunk.copy_from_slice(&Sha256::digest(count.to_be_bytes())[..chunk.len()]);
        }
    }
}
