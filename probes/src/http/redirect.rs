//! Where an answer sends us on to (RFC 9110 §15.4), and what may go there.

use http::header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, USER_AGENT};
use http::{HeaderMap, HeaderName, Method};
use url::Url;

/// The longest location that is read.
const LONGEST_BYTES: usize = 8 * 1024;

/// The fields that go wherever a redirect leads. Any other may hold a secret.
const HARMLESS: [HeaderName; 4] = [ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, USER_AGENT];

/// The next request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Next {
    pub(super) method: Method,
    pub(super) url: Url,
    /// The body goes along.
    pub(super) with_body: bool,
    /// From https to http.
    pub(super) downgrade: bool,
    /// To another host, scheme or port.
    pub(super) elsewhere: bool,
}

/// Whether that is the status of an answer that sends us on.
pub(super) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// Where to, or why not.
pub(super) fn next(
    method: &Method,
    url: &Url,
    status: u16,
    location: &str,
) -> Result<Next, String> {
    if location.len() > LONGEST_BYTES {
        return Err("the location is longer than 8 KiB".to_owned());
    }
    let mut to = url
        .join(location)
        .map_err(|why| format!("the location is no URL: {why}"))?;
    if !matches!(to.scheme(), "http" | "https") || to.host().is_none() {
        return Err(format!("the location is not http: {}", to.scheme()));
    }
    to.set_fragment(None);
    // What the server writes there is no credential of ours; a host that it is part of has a name without it.
    to.set_username("")
        .and_then(|()| to.set_password(None))
        .map_err(|()| "the location has no host".to_owned())?;
    let elsewhere = to.origin() != url.origin();
    let (method, with_body) = carried(method, status);
    Ok(Next {
        downgrade: url.scheme() == "https" && to.scheme() == "http",
        elsewhere,
        method,
        with_body,
        url: to,
    })
}

/// 307 and 308 repeat the request; after 303, and as everybody does after 301 and 302 to a POST, the rest is asked for.
fn carried(method: &Method, status: u16) -> (Method, bool) {
    let becomes_get = match status {
        303 => *method != Method::HEAD,
        301 | 302 => *method == Method::POST,
        _ => false,
    };
    match becomes_get {
        true => (Method::GET, false),
        false => (method.clone(), true),
    }
}

/// The fields that go along.
pub(super) fn headers(before: &HeaderMap, next: &Next) -> HeaderMap {
    let goes = |name: &HeaderName| {
        let of_body = name.as_str().starts_with("content-");
        (!next.elsewhere || HARMLESS.contains(name)) && (next.with_body || !of_body)
    };
    let kept = before.iter().filter(|(name, _)| goes(name));
    kept.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(from: &str, location: &str, to: Result<&str, &str>) -> Option<Next> {
        let next = next(&Method::GET, &url(from), 302, location);
        match (&next, to) {
            (Ok(next), Ok(to)) => assert_eq!(next.url.as_str(), to),
            (Err(why), Err(says)) => assert!(why.contains(says), "{why}"),
            (next, to) => panic!("{location}: {next:?}, expected {to:?}"),
        }
        next.ok()
    }

    #[test]
    fn a_location_is_read_from_where_it_was_met() {
        let from = "https://a.test/x/y?q=1";
        check(from, "../z", Ok("https://a.test/z"));
        check(from, "?r=2", Ok("https://a.test/x/y?r=2"));
        check(from, "//b.test", Ok("https://b.test/"));
        check(from, "/#there", Ok("https://a.test/"));
        check(
            from,
            "http://[2001:db8::1]:8080/",
            Ok("http://[2001:db8::1]:8080/"),
        );
        check(from, "https://u:p@b.test/", Ok("https://b.test/"));
        check(from, "/微信", Ok("https://a.test/%E5%BE%AE%E4%BF%A1"));
    }

    #[test]
    fn what_leads_nowhere_says_why() {
        let from = "https://a.test/";
        check(from, "http://", Err("no URL"));
        check(from, "file:///etc/passwd", Err("not http: file"));
        check(from, "javascript:alert(1)", Err("not http"));
        check(from, "http://a b/", Err("no URL"));
        check(from, &"x".repeat(9000), Err("8 KiB"));
    }

    #[test]
    fn a_downgrade_and_another_origin_are_told() {
        let told = |from, location, to| {
            let next = check(from, location, Ok(to)).unwrap();
            (next.downgrade, next.elsewhere)
        };
        let from = "https://a.test/";
        assert_eq!(told(from, "/b", "https://a.test/b"), (false, false));
        assert_eq!(
            told(from, "https://a.test:443/b", "https://a.test/b"),
            (false, false)
        );
        assert_eq!(told(from, "http://a.test/", "http://a.test/"), (true, true));
        assert_eq!(
            told(from, "https://a.test:8443/", "https://a.test:8443/"),
            (false, true)
        );
        assert_eq!(
            told("http://a.test/", "https://a.test/", "https://a.test/"),
            (false, true)
        );
    }

    #[test]
    fn the_method_and_the_body_go_on_as_the_status_says() {
        for (method, status, expect) in [
            (Method::POST, 301, (Method::GET, false)),
            (Method::POST, 302, (Method::GET, false)),
            (Method::POST, 303, (Method::GET, false)),
            (Method::POST, 307, (Method::POST, true)),
            (Method::POST, 308, (Method::POST, true)),
            (Method::PUT, 302, (Method::PUT, true)),
            (Method::HEAD, 303, (Method::HEAD, true)),
        ] {
            assert_eq!(carried(&method, status), expect, "{method} {status}");
        }
    }

    #[test]
    fn secrets_stay_behind() {
        let field = |name: HeaderName| (name, HeaderValue::from_static("x"));
        let own = HeaderName::from_static("x-api-key");
        let names = [AUTHORIZATION, COOKIE, own, ACCEPT, CONTENT_TYPE];
        let before: HeaderMap = names.into_iter().map(field).collect();
        let kept = |location: &str, status: u16| {
            let next = next(&Method::POST, &url("https://a.test/"), status, location).unwrap();
            headers(&before, &next).len()
        };
        assert_eq!(kept("/b", 307), 5);
        assert_eq!(kept("/b", 303), 4);
        assert_eq!(kept("https://b.test/", 307), 1);
        assert_eq!(kept("http://a.test/", 302), 1);
    }
}
