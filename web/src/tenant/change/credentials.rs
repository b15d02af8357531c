//! What a confidential client proves itself with.

use serde_json::{Value, json};

use super::super::graph::Call;
use super::super::model::{Application, Credential};
use super::{Change, Undo};

/// Why a credential does not come back.
const GONE: &str = "Entra keeps no copy: whatever used it needs a new one.";

/// The command that adds a credential, without saying which.
fn az_append(app: &Application) -> Vec<&str> {
    let mut words: Vec<&str> = "az ad app credential reset --append --id"
        .split(' ')
        .collect();
    words.push(&app.app_id);
    words
}

/// A new client secret. Graph makes it up and shows it once. `ends` is a date and time.
pub fn add_secret(app: &Application, description: &str, ends: &str) -> Change {
    let body = json!({"passwordCredential": {"displayName": description, "endDateTime": ends}});
    let mut words = az_append(app);
    words.extend(["--display-name", description, "--end-date", ends]);
    Change::new(
        format!("Add a client secret to {}", app.display_name),
        vec![Call::post(format!("{}/addPassword", app.path()), body)],
        Undo::By(vec![remove_password(app, "{keyId}")]),
    )
    .az(&words)
}

/// Removes a client secret.
pub fn remove_secret(app: &Application, secret: &Credential) -> Change {
    let call = remove_password(app, &secret.key_id);
    removed(app, secret, "client secret", call)
}

fn remove_password(app: &Application, key_id: &str) -> Call {
    Call::post(
        format!("{}/removePassword", app.path()),
        json!({"keyId": key_id}),
    )
}

/// Adds a certificate to those that are there.
pub fn add_certificate(app: &Application, description: &str, der_base64: &str) -> Change {
    let mut keys = keys(app);
    keys.push(json!({
        "displayName": description, "type": "AsymmetricX509Cert", "usage": "Verify", "key": der_base64,
    }));
    let mut words = az_append(app);
    words.extend(["--display-name", description, "--cert", "@certificate.pem"]);
    Change::new(
        format!("Upload a certificate for {}", app.display_name),
        vec![set_keys(app, &keys)],
        Undo::By(vec![set_keys(app, &self::keys(app))]),
    )
    .az(&words)
}

/// Removes a certificate.
pub fn remove_certificate(app: &Application, certificate: &Credential) -> Change {
    let mut keys = keys(app);
    keys.retain(|key| key["keyId"] != certificate.key_id.as_str());
    let mut change = removed(app, certificate, "certificate", set_keys(app, &keys));
    if let Some(command) = change.az.first_mut() {
        command.push_str(" --cert");
    }
    change
}

/// The certificates as Graph told them: it knows them by their IDs, and the keys need not be sent again.
fn keys(app: &Application) -> Vec<Value> {
    app.manifest["keyCredentials"]
        .as_array()
        .cloned()
        .unwrap_or_default()
}

fn set_keys(app: &Application, keys: &[Value]) -> Call {
    Call::patch(app.path(), json!({"keyCredentials": keys}))
}

fn removed(app: &Application, credential: &Credential, what: &str, call: Call) -> Change {
    let name = credential
        .display_name
        .as_deref()
        .unwrap_or(&credential.key_id);
    Change::new(
        format!("Remove the {what} {name}"),
        vec![call],
        Undo::Never(GONE),
    )
    .az(&[
        "az",
        "ad",
        "app",
        "credential",
        "delete",
        "--id",
        &app.app_id,
        "--key-id",
        &credential.key_id,
    ])
}

/// Why a text is no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCertificate {
    /// There is nothing yet.
    #[error("Paste the certificate: the lines from BEGIN CERTIFICATE to END CERTIFICATE.")]
    Empty,
    /// A private key came along.
    #[error("This holds a private key, which never leaves its owner. Paste the certificate only.")]
    PrivateKey,
    /// It is something else.
    #[error(
        "This is no certificate in PEM: it wants base64 between BEGIN CERTIFICATE and END CERTIFICATE."
    )]
    NotPem,
}

/// The certificate in a PEM text, as base64 on one line.
pub fn certificate(pem: &str) -> Result<String, NoCertificate> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    if pem.trim().is_empty() {
        return Err(NoCertificate::Empty);
    }
    if pem.contains("PRIVATE KEY-----") {
        return Err(NoCertificate::PrivateKey);
    }
    let (_, rest) = pem.split_once(BEGIN).ok_or(NoCertificate::NotPem)?;
    let (body, _) = rest.split_once(END).ok_or(NoCertificate::NotPem)?;
    let base64: String = body.split_whitespace().collect();
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    if base64.is_empty() || !base64.len().is_multiple_of(4) || !base64.chars().all(is_base64) {
        return Err(NoCertificate::NotPem);
    }
    Ok(base64)
}

#[cfg(test)]
mod tests {
    use super::super::examples::{api, commands};
    use super::*;

    fn credential() -> Credential {
        Credential {
            key_id: "k1".into(),
            display_name: Some("old".into()),
            ..Credential::default()
        }
    }

    #[test]
    fn a_secret_is_asked_for_and_can_be_taken_back_by_the_id_it_got() {
        let change = add_secret(&api(), "consumer a", "2027-01-01T00:00:00Z");
        assert_eq!(
            commands(&change),
            "az ad app credential reset --append --id api-client --display-name 'consumer a' --end-date \
             2027-01-01T00:00:00Z"
        );
        let Undo::By(undo) = change.undo else {
            panic!()
        };
        let undo = undo[0].filled(&json!({"keyId": "k9", "secretText": "s"}));
        assert_eq!(undo.body, Some(json!({"keyId": "k9"})));
    }

    #[test]
    fn removing_a_credential_is_for_good() {
        assert!(matches!(
            remove_secret(&api(), &credential()).undo,
            Undo::Never(_)
        ));
        let change = remove_certificate(&api(), &credential());
        assert!(commands(&change).ends_with("--key-id k1 --cert"));
    }

    #[test]
    fn a_certificate_joins_those_that_are_there() {
        let mut app = api();
        app.manifest["keyCredentials"] = json!([{"keyId": "k1", "key": null}]);
        let change = add_certificate(&app, "new", "QUJD");
        let keys = &change.calls[0].body.as_ref().unwrap()["keyCredentials"];
        assert_eq!(
            (&keys[0]["keyId"], &keys[1]["key"]),
            (&json!("k1"), &json!("QUJD"))
        );
    }

    #[test]
    fn only_a_certificate_is_taken_and_never_a_private_key() {
        let pem =
            "some text\n-----BEGIN CERTIFICATE-----\nQUJD\r\nREVG\n-----END CERTIFICATE-----\n";
        assert_eq!(certificate(pem).as_deref(), Ok("QUJDREVG"));
        assert_eq!(certificate("  "), Err(NoCertificate::Empty));
        assert_eq!(certificate("QUJD"), Err(NoCertificate::NotPem));
        assert_eq!(
            certificate(&pem.replace("QUJD", "<b>")),
            Err(NoCertificate::NotPem)
        );
        let with_key =
            format!("-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n{pem}");
        assert_eq!(certificate(&with_key), Err(NoCertificate::PrivateKey));
    }
}
