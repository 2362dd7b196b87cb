//! Who may see an answer.

use http::HeaderValue;

use crate::world::service::http::Login;

/// Whether what a client says of itself is right.
pub(crate) fn permits(login: &Login, said: Option<&HeaderValue>) -> bool {
    let wanted = match login {
        Login::Basic(pair) => format!("Basic {}", base64(pair.as_bytes())),
        Login::Bearer(token) => format!("Bearer {token}"),
    };
    said.is_some_and(|said| said.as_bytes() == wanted.as_bytes())
}

/// What a client that has said nothing, or something wrong, is asked for.
pub(crate) fn challenge(login: &Login) -> HeaderValue {
    HeaderValue::from_static(match login {
        Login::Basic(_) => "Basic realm=\"lab\"",
        Login::Bearer(_) => "Bearer",
    })
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let group = three
            .iter()
            .fold(0u32, |sum, byte| sum << 8 | u32::from(*byte));
        let group = group << (8 * (3 - three.len()));
        for index in 0..4 {
            let digit = DIGITS[(group >> (18 - 6 * index)) as usize & 63];
            text.push(if index > three.len() {
                '='
            } else {
                digit.into()
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_as_rfc_4648_shows_it() {
        for (text, wanted) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            assert_eq!(base64(text.as_bytes()), wanted);
        }
    }
}
