//! The certificate of `workshop-daemon`: made with the state folder, registered in the directory, and left where a
//! client without a user finds it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_RSA_SHA256, PublicKeyData as _,
    RsaKeySize,
};
use sha1::{Digest as _, Sha1};
use shared::time::UnixTime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::certificates::CertificateError;
use crate::directory::KeyCredential;
use crate::state::StateFolder;

/// Key and certificate in one file, as client libraries read them.
const FILE: &str = "workshop-daemon.pem";
const REMEDY: &str = "remove it for a new one, and run `workshop reset` to have that registered";
/// It proves who the daemon is to this tenant alone: no reason for it to end.
const LIFE: Duration = Duration::days(10 * 365);

/// What the directory knows of the certificate.
const KEY_ID: Uuid = Uuid::from_u128(0x5e00_0000_0000_4000_8000_0000_0000_0002);

/// The folder's certificate, as the directory registers it; a new one if there is none.
pub(crate) fn open(folder: &StateFolder, now: UnixTime) -> Result<KeyCredential, CertificateError> {
    let text = match folder.read(FILE)? {
        Some(text) => text,
        None => make(folder, now)?,
    };
    credential(&text).ok_or_else(|| folder.damaged(FILE, &"no certificate", REMEDY).into())
}

/// Where the file lies.
pub(crate) fn file(folder: &StateFolder) -> std::path::PathBuf {
    folder.file(FILE)
}

fn make(folder: &StateFolder, now: UnixTime) -> Result<String, CertificateError> {
    // RSA, because clients sign assertions with RS256 or PS256.
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "workshop-daemon");
    let now = OffsetDateTime::from_unix_timestamp(now.0).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    params.not_before = now - Duration::days(1);
    params.not_after = now + LIFE;
    let certificate = params.self_signed(&key)?;
    let text = key.serialize_pem() + &certificate.pem();
    folder.write(FILE, &text)?;
    Ok(text)
}

fn credential(text: &str) -> Option<KeyCredential> {
    let blocks = pem::parse_many(text).ok()?;
    let certificate = blocks.iter().find(|block| block.tag() == "CERTIFICATE")?;
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate.contents()).ok()?;
    let key = KeyPair::from_pem(text).ok()?;
    if parsed.public_key().raw != key.subject_public_key_info() {
        return None;
    }
    let validity = parsed.validity();
    Some(KeyCredential {
        key_id: KEY_ID,
        display_name: Some("CN=workshop-daemon".into()),
        kind: "AsymmetricX509Cert".into(),
        usage: "Verify".into(),
        custom_key_identifier: STANDARD.encode(Sha1::digest(certificate.contents())),
        start_date_time: UnixTime(validity.not_before.timestamp()),
        end_date_time: UnixTime(validity.not_after.timestamp()),
        key: STANDARD.encode(certificate.contents()),
    })
}
