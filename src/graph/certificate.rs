//! Sign-in of an app with a certificate.
//! <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>

use std::fmt;
use std::path::Path;

use azure_core::error::{Error, ErrorKind};
use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::{digest, signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;

use super::random_id;

/// The lifetime of an assertion in seconds; it is used at once.
const LIFETIME: i64 = 600;

/// A certificate with its key.
pub(super) struct Certificate {
    key: KeyPair,
    /// SHA-256 of the certificate, with which Entra finds it.
    thumbprint: String,
    client: String,
    /// The token endpoint.
    audience: String,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Certificate").field("client", &self.client).finish_non_exhaustive()
    }
}

impl Certificate {
    /// Reads a PEM file that holds a certificate and its RSA key.
    ///
    /// # Errors
    /// When the file cannot be read, or one of them is missing.
    pub(super) fn read(path: &Path, client: String, audience: String) -> Result<Self, String> {
        let named = |reason: &str| format!("{}: {reason}", path.display());
        let pem = std::fs::read(path).map_err(|error| named(&error.to_string()))?;
        let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| {
            named(
                "it contains no private key, or the key has a password; \
                 create the file with openssl pkcs12 -in app.pfx -nodes -out app.pem",
            )
        })?;
        let certificate =
            CertificateDer::from_pem_slice(&pem).map_err(|_| named("it contains a key, but no certificate"))?;
        let key = match &key {
            PrivateKeyDer::Pkcs8(key) => KeyPair::from_pkcs8(key.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(key) => KeyPair::from_der(key.secret_pkcs1_der()),
            _ => return Err(named("the key is not an RSA key; Entra accepts only RSA")),
        };
        Ok(Certificate {
            key: key.map_err(|error| named(&format!("the key is not an RSA key that can sign: {error}")))?,
            thumbprint: URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &certificate)),
            client,
            audience,
        })
    }

    /// A signed JWT that identifies the app.
    fn assertion(&self, now: jiff::Timestamp) -> Result<String, ring::error::Unspecified> {
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": self.thumbprint});
        let now = now.as_second();
        let claims = json!({
            "aud": self.audience, "iss": self.client, "sub": self.client,
            "jti": random_id(),
            "nbf": now, "iat": now, "exp": now.saturating_add(LIFETIME),
        });
        let text = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key.sign(&signature::RSA_PSS_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)?;
        Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

#[async_trait::async_trait]
impl ClientAssertion for Certificate {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        self.assertion(jiff::Timestamp::now())
            .map_err(|_| Error::with_message(ErrorKind::Credential, "the key cannot sign"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assertion_is_signed_with_the_key_and_holds_for_minutes() {
        let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/app.pem"));
        let certificate = Certificate::read(path, "c-1".into(), "https://login.example/token".into()).unwrap();
        let assertion = certificate.assertion(jiff::Timestamp::from_second(1_000).unwrap()).unwrap();
        let (text, signed) = assertion.rsplit_once('.').unwrap();
        let public = signature::UnparsedPublicKey::new(
            &signature::RSA_PSS_2048_8192_SHA256,
            certificate.key.public().as_ref().to_vec(),
        );
        public.verify(text.as_bytes(), &URL_SAFE_NO_PAD.decode(signed).unwrap()).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(text.split_once('.').unwrap().1).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!((&claims["sub"], &claims["nbf"], &claims["exp"]), (&json!("c-1"), &json!(1_000), &json!(1_600)));
    }

    #[test]
    fn a_file_without_key_or_certificate_says_what_is_needed() {
        let folder = tempfile::tempdir().unwrap();
        let whole = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/app.pem")).unwrap();
        let (key, certificate) = whole.split_at(whole.find("-----BEGIN CERTIFICATE").unwrap());
        for (text, said) in
            [("\u{30}\u{82}", "openssl pkcs12"), (certificate, "openssl pkcs12"), (key, "no certificate")]
        {
            let path = folder.path().join("app.pem");
            std::fs::write(&path, text).unwrap();
            let error = Certificate::read(&path, String::new(), String::new()).unwrap_err();
            assert!(error.contains(said) && error.contains("app.pem"), "{error}");
        }
    }
}
