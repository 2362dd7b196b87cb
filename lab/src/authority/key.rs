//! Keys: Ed25519 ones are made from a seed, so that pins of them hold in every run.

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};
use rustls::pki_types::PrivatePkcs8KeyDer;

use crate::wire::chance::mix;
use crate::world::service::certificate::Key;

/// The keys of a world with this seed.
pub(crate) struct Keys(pub(crate) u64);

/// What stands before the 32 secret bytes of an Ed25519 key in PKCS#8 (RFC 8410).
const ED25519_PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

impl Keys {
    pub(crate) fn of(&self, kind: Key, owner: &str) -> Result<KeyPair, rcgen::Error> {
        match kind {
            Key::Ed25519 => self.ed25519(owner),
            Key::P256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
            Key::P384 => KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384),
        }
    }

    pub(crate) fn ed25519(&self, owner: &str) -> Result<KeyPair, rcgen::Error> {
        let der = [&ED25519_PKCS8[..], &mixed(self.0, owner)].concat();
        KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(der), &PKCS_ED25519)
    }
}

/// Thirty-two bytes that depend on a seed and a name and look like nothing. Nobody's secret: it guards a lab.
pub(crate) fn mixed(seed: u64, name: &str) -> [u8; 32] {
    let name = name.bytes().fold(0, |sum, byte| mix(&[sum, byte.into()]));
    let mut bytes = [0; 32];
    for (index, eight) in bytes.chunks_exact_mut(8).enumerate() {
        eight.copy_from_slice(&mix(&[seed, name, index as u64]).to_be_bytes());
    }
    bytes
}
