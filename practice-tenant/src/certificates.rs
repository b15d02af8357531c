//! The local certificate authority, which lets clients verify the https listener as they verify Microsoft's.
//!
//! Whoever trusts it trusts it for this machine only: name constraints (RFC 5280 §4.2.1.10) keep it from vouching for
//! any other name, and it may not make further authorities. Its key stays in the state folder.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints, PublicKeyData as _, SanType,
};
use shared::secret::PrivateKey;
use shared::time::UnixTime;
use time::{Duration, OffsetDateTime};
use x509_parser::prelude::X509Certificate;

use crate::state::{StateError, StateFolder};

/// The file in the state folder with the certificate that clients trust.
pub const LOCAL_AUTHORITY: &str = "ca.pem";
const KEY: &str = "ca-key.pem";
const REMEDY: &str = "put a copy back, or remove ca.pem and ca-key.pem for a new authority, which \
                      then has to be trusted anew";

const AUTHORITY_LIFE: Duration = Duration::days(5 * 365);
/// A listener's certificate lives as long as its process, but no longer than what clients accept (398 days).
const SERVER_LIFE: Duration = Duration::days(390);
/// An authority that ends sooner is replaced at the start.
const LEAST_LIFE: Duration = Duration::days(30);
/// For clocks that are a little behind.
const BACKDATED: Duration = Duration::days(1);

/// A certificate authority for localhost.
#[derive(Debug)]
pub struct LocalAuthority {
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
    not_after: OffsetDateTime,
    file: PathBuf,
}

/// What an https listener proves itself with.
#[derive(Clone, Debug)]
pub struct ServerCertificate {
    /// The certificate, as PEM. Clients know its authority, or they would not trust it.
    pub certificate: String,
    /// The certificate's key, as PEM.
    pub key: PrivateKey,
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The folder or the files in it cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// It could not be made.
    #[error("no certificate could be made: {0}")]
    Making(#[from] rcgen::Error),
}

impl LocalAuthority {
    /// The folder's authority; a new one if there is none, or if it is about to expire.
    ///
    /// `now` is the time that the clients live in, whatever the tenant's own clock says.
    pub fn open(folder: &StateFolder, now: UnixTime) -> Result<Self, CertificateError> {
        let now = OffsetDateTime::from_unix_timestamp(now.0).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let (Some(certificate), Some(key)) = (folder.read(LOCAL_AUTHORITY)?, folder.read(KEY)?)
        else {
            return Self::make(folder, now);
        };
        let known = Self::from_pem(folder, certificate, &key)?;
        if known.not_after - now < LEAST_LIFE {
            tracing::warn!(
                "the local certificate authority was about to expire: trust the new one"
            );
            return Self::make(folder, now);
        }
        Ok(known)
    }

    /// Where its certificate lies, for clients that are to trust it.
    pub fn file(&self) -> &std::path::Path {
        &self.file
    }

    /// Its certificate, as PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// A certificate for this machine's names with a key of its own, which never touches the disk.
    pub fn server_certificate(&self, now: UnixTime) -> Result<ServerCertificate, CertificateError> {
        let now = OffsetDateTime::from_unix_timestamp(now.0).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(vec!["localhost".to_owned()])?;
        params
            .subject_alt_names
            .extend(loopback().map(SanType::IpAddress));
        params.distinguished_name = named("localhost".to_owned());
        params.not_before = now - BACKDATED;
        params.not_after = (now + SERVER_LIFE).min(self.not_after);
        params.is_ca = IsCa::ExplicitNoCa;
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(ServerCertificate {
            certificate: certificate.pem(),
            key: PrivateKey::new(key.serialize_pem()),
        })
    }

    fn make(folder: &StateFolder, now: OffsetDateTime) -> Result<Self, CertificateError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.use_authority_key_identifier_extension = true;
        // Two authorities on one machine must not have one name: clients look issuers up by it.
        let mark = URL_SAFE_NO_PAD.encode(&params.key_identifier(&key)[..6]);
        params.distinguished_name = named(format!("Entra workshop on this machine ({mark})"));
        params.not_before = now - BACKDATED;
        params.not_after = now + AUTHORITY_LIFE;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        // The names below bind servers only. Without this, whoever stole the key could sign programs and mail.
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: permitted(),
            excluded_subtrees: Vec::new(),
        });
        let certificate = params.self_signed(&key)?.pem();
        // In this order: a certificate without its key would look like an authority.
        folder.write(KEY, &key.serialize_pem())?;
        folder.write(LOCAL_AUTHORITY, &certificate)?;
        Ok(Self {
            certificate,
            not_after: params.not_after,
            file: folder.file(LOCAL_AUTHORITY),
            issuer: Issuer::new(params, key),
        })
    }

    fn from_pem(
        folder: &StateFolder,
        certificate: String,
        key: &str,
    ) -> Result<Self, CertificateError> {
        let damaged = |name, why: &str| folder.damaged(name, &why, REMEDY);
        let key = KeyPair::from_pem(key).map_err(|_| damaged(KEY, "no private key"))?;
        let (_, pem) = x509_parser::pem::parse_x509_pem(certificate.as_bytes())
            .map_err(|_| damaged(LOCAL_AUTHORITY, "no certificate"))?;
        let parsed = pem
            .parse_x509()
            .map_err(|_| damaged(LOCAL_AUTHORITY, "no certificate"))?;
        if !belong_together(&parsed, &key) {
            return Err(damaged(LOCAL_AUTHORITY, "its key is another one").into());
        }
        let not_after = parsed.validity().not_after.to_datetime();
        Ok(Self {
            issuer: Issuer::from_ca_cert_pem(&certificate, key)?,
            certificate,
            not_after,
            file: folder.file(LOCAL_AUTHORITY),
        })
    }
}

fn belong_together(certificate: &X509Certificate<'_>, key: &KeyPair) -> bool {
    certificate.public_key().raw == key.subject_public_key_info()
}

fn named(common_name: String) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

fn loopback() -> [IpAddr; 2] {
    [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
}

fn permitted() -> Vec<GeneralSubtree> {
    let address = |address: IpAddr| {
        let whole = if address.is_ipv4() { 32 } else { 128 };
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(address, whole))
    };
    let mut permitted = vec![GeneralSubtree::DnsName("localhost".to_owned())];
    permitted.extend(loopback().map(address));
    permitted
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use tempfile::TempDir;

    use super::*;

    const NOW: UnixTime = UnixTime(1_800_000_000);

    fn folder() -> (TempDir, StateFolder) {
        let scratch = tempfile::tempdir().unwrap();
        let folder = StateFolder::open(scratch.path()).unwrap();
        (scratch, folder)
    }

    fn after(days: u64) -> UnixTime {
        NOW + std::time::Duration::from_hours(24 * days)
    }

    #[test]
    fn the_authority_survives_and_every_start_has_a_new_certificate() {
        let (_scratch, folder) = folder();
        let first = LocalAuthority::open(&folder, NOW).unwrap();
        let second = LocalAuthority::open(&folder, after(100)).unwrap();
        assert_eq!(first.certificate(), second.certificate());
        assert_ne!(
            first.server_certificate(NOW).unwrap().certificate,
            second.server_certificate(NOW).unwrap().certificate
        );
        let on_disk = std::fs::read_to_string(first.file()).unwrap();
        assert_eq!(on_disk, first.certificate());
    }

    #[test]
    fn an_authority_about_to_expire_is_replaced() {
        let (_scratch, folder) = folder();
        let first = LocalAuthority::open(&folder, NOW).unwrap();
        let late = after(5 * 365 - 10);
        let second = LocalAuthority::open(&folder, late).unwrap();
        assert_ne!(first.certificate(), second.certificate());
        // One that is merely old vouches for no longer than it lives itself.
        let server = first.server_certificate(after(5 * 365 - 60)).unwrap();
        let (_, pem) = x509_parser::pem::parse_x509_pem(server.certificate.as_bytes()).unwrap();
        let validity = pem.parse_x509().unwrap().validity().clone();
        assert_eq!(validity.not_after.to_datetime(), first.not_after);
    }

    #[test]
    fn a_damaged_file_is_named_and_left_alone() {
        for (name, text) in [
            (LOCAL_AUTHORITY, "x"),
            (KEY, "x"),
            (KEY, &KeyPair::generate().unwrap().serialize_pem()),
        ] {
            let (_scratch, folder) = folder();
            LocalAuthority::open(&folder, NOW).unwrap();
            std::fs::write(folder.file(name), text).unwrap();
            let error = LocalAuthority::open(&folder, NOW).unwrap_err().to_string();
            assert!(
                error.contains("is damaged") && error.contains("remove ca.pem"),
                "{error}"
            );
            assert!(!error.contains('\n'), "{error}");
            assert_eq!(folder.read(name).unwrap().as_deref(), Some(text));
        }
    }

    /// As strict as clients get (Python 3.13 does the same).
    #[test]
    fn openssl_verifies_localhost_strictly_and_no_other_name() {
        let (_scratch, folder) = folder();
        if Command::new("openssl").arg("version").output().is_err() {
            return;
        }
        let authority = LocalAuthority::open(&folder, NOW).unwrap();
        let server = authority.server_certificate(NOW).unwrap();
        let verify = |certificate: &str, more: &[&str]| {
            folder.write("server.pem", certificate).unwrap();
            let output = Command::new("openssl")
                .args(["verify", "-x509_strict", "-attime", "1800000000"])
                .args(["-purpose", "sslserver", "-CAfile"])
                .arg(authority.file())
                .args(more)
                .arg(folder.file("server.pem"))
                .output()
                .unwrap();
            (
                output.status.success(),
                String::from_utf8_lossy(&output.stderr).into_owned(),
            )
        };
        for name in [
            ["-verify_hostname", "localhost"],
            ["-verify_ip", "127.0.0.1"],
            ["-verify_ip", "::1"],
        ] {
            let (verified, why) = verify(&server.certificate, &name);
            assert!(verified, "{name:?}: {why}");
        }
        // Whoever stole the authority's key could still not pretend to be anybody else.
        for name in ["login.microsoftonline.com", "10.0.0.1"] {
            let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
            params.not_before = authority.not_after - AUTHORITY_LIFE;
            params.not_after = authority.not_after;
            params.is_ca = IsCa::ExplicitNoCa;
            params.use_authority_key_identifier_extension = true;
            let key = KeyPair::generate().unwrap();
            let foreign = params.signed_by(&key, &authority.issuer).unwrap();
            let (verified, why) = verify(&foreign.pem(), &[]);
            assert!(!verified && why.contains("permitted subtree"), "{why}");
        }
        let (verified, why) = verify(&server.certificate, &["-purpose", "smimesign"]);
        assert!(!verified, "{why}");
    }
}
