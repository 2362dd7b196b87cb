//! The world of servers, as curl and openssl see it.

use std::io::Write;
use std::time::Duration;

use netspec_lab::{Lab, World};
use tempfile::NamedTempFile;

use crate::child::{Case, builtin, enter, sh};

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "services::certificates_are_right_or_wrong_as_written",
        tools: &["curl"],
        play: certificates,
    },
    Case {
        name: "services::handshakes_break_off_as_written",
        tools: &["curl"],
        play: handshakes,
    },
    Case {
        name: "services::old_versions_are_spoken_as_far_as_they_go",
        tools: &["openssl"],
        play: versions,
    },
    Case {
        name: "services::stapled_answers_are_valid_revoked_or_stale",
        tools: &["curl"],
        play: staples,
    },
    Case {
        name: "services::a_name_chooses_certificate_and_page",
        tools: &["curl"],
        play: names,
    },
    Case {
        name: "services::bodies_arrive_however_they_are_packed",
        tools: &["curl"],
        play: bodies,
    },
    Case {
        name: "services::bodies_break_off_in_every_version",
        tools: &["curl"],
        play: breaks,
    },
    Case {
        name: "services::strange_answers_are_byte_for_byte",
        tools: &["curl"],
        play: exactly,
    },
    Case {
        name: "services::logins_methods_redirects_and_echoes",
        tools: &["curl"],
        play: requests,
    },
    Case {
        name: "services::a_proxy_forwards_tunnels_and_refuses",
        tools: &["curl"],
        play: proxy,
    },
    Case {
        name: "services::mail_and_postgres_begin_tls_or_refuse_to",
        tools: &["openssl"],
        play: starttls,
    },
    Case {
        name: "services::ports_close_and_open_again",
        tools: &["curl"],
        play: restarts,
    },
    Case {
        name: "services::incidents_change_what_they_name_and_nothing_else",
        tools: &["curl"],
        play: incident,
    },
];

/// The world, entered, and a file of what is trusted in it.
struct Inside {
    lab: Lab,
    trusted: NamedTempFile,
}

fn inside(world: &World) -> Inside {
    let lab = enter(world);
    let mut trusted = NamedTempFile::new().unwrap();
    trusted.write_all(lab.roots_pem().as_bytes()).unwrap();
    Inside { lab, trusted }
}

fn services() -> Inside {
    inside(&builtin("services"))
}

impl Inside {
    /// The body curl gets from an address, then the number of its own error and the status.
    fn curl(&self, address: &str, url: &str, options: &str) -> String {
        let roots = self.trusted.path().display();
        sh(&format!(
            "curl -q -sS -m 5 --cacert {roots} --connect-to ::{address}: \
             -w |%{{exitcode}}|%{{http_code}} {options} {url}"
        ))
    }

    /// The same of the host `203.0.113.<last>`, by HTTPS.
    fn https(&self, last: u8, name: &str, options: &str) -> String {
        self.curl(
            &format!("203.0.113.{last}"),
            &format!("https://{name}"),
            options,
        )
    }

    fn openssl(&self, options: &str) -> String {
        let roots = self.trusted.path().display();
        sh(&format!(
            "timeout 5 openssl s_client -CAfile {roots} {options}"
        ))
    }
}

#[track_caller]
fn says(said: &str, part: &str) {
    assert!(said.contains(part), "no {part:?} in:\n{said}");
}

fn certificates() {
    let inside = services();
    for (last, name) in [
        (10, "good.test"),
        (10, "www.good.test"),
        (10, "203.0.113.10"),
        (17, "reversed.test"),
        (18, "extra-root.test"),
        (36, "p256.test"),
        (37, "soon.test"),
    ] {
        says(&inside.https(last, name, ""), "|0|200");
    }
    for (last, name, why) in [
        (11, "expired.test", "certificate has expired"),
        (12, "not-yet.test", "certificate is not yet valid"),
        (
            13,
            "wrong-name.test",
            "no alternative certificate subject name matches",
        ),
        (14, "self-signed.test", "self-signed certificate"),
        (
            15,
            "untrusted.test",
            "self-signed certificate in certificate chain",
        ),
        (
            16,
            "incomplete.test",
            "unable to get local issuer certificate",
        ),
    ] {
        let said = inside.https(last, name, "");
        says(&said, why);
        says(&said, "|60|000");
        says(&inside.https(last, name, "-k"), "hello\n|0|200");
    }
}

fn handshakes() {
    let inside = services();
    for (last, name, why) in [
        (24, "needs-certificate.test", "alert certificate required"),
        (30, "plain.test", "wrong version number"),
        (31, "closes.test", "SSL_ERROR_SYSCALL"),
        (32, "resets.test", "Connection reset by peer"),
        (33, "stalls.test", "|28|"),
        (34, "halfway.test", "SSL_ERROR_SYSCALL"),
        (35, "alerts.test", "alert handshake failure"),
        (43, "goes-away.test", "|16|"),
    ] {
        says(&inside.https(last, name, "-m 2"), why);
    }
    says(
        &inside.https(23, "asks-for-certificate.test", ""),
        "hello\n|0|200",
    );
    says(
        &inside.https(40, "slow-tls.test", "-w %{time_appconnect}"),
        "hello\n0.8",
    );
    assert!(inside.lab.counts().from_client > 0);
}

fn versions() {
    let inside = services();
    let spoken = |last: u8, version: &str| {
        let ciphers = "-cipher DEFAULT@SECLEVEL=0";
        inside.openssl(&format!(
            "-connect 203.0.113.{last}:443 -{version} {ciphers} -msg -tlsextdebug"
        ))
    };
    for (last, version, answer) in [
        (19, "tls1_2", "New, TLSv1.2"),
        (19, "tls1_3", "alert protocol version"),
        (20, "tls1_3", "New, TLSv1.3"),
        (20, "tls1_2", "alert protocol version"),
        (10, "tls1_1", "alert handshake failure"),
        (22, "tls1_3", "New, TLSv1.3"),
        (
            22,
            "tls1_1",
            "<<< TLS 1.1, Handshake [length 0031], ServerHello",
        ),
        (
            22,
            "tls1",
            "<<< TLS 1.0, Handshake [length 0031], ServerHello",
        ),
        (
            21,
            "tls1",
            "<<< TLS 1.0, Handshake [length 0031], ServerHello",
        ),
        (21, "tls1_2", "unsupported protocol"),
    ] {
        says(&spoken(last, version), answer);
    }
}

fn staples() {
    let inside = services();
    says(&inside.https(27, "stapled.test", "--cert-status"), "|0|200");
    says(
        &inside.https(28, "revoked.test", "--cert-status"),
        "certificate revocation reason",
    );
    says(
        &inside.https(29, "stale-staple.test", "--cert-status"),
        "OCSP response has expired",
    );
    says(
        &inside.https(10, "good.test", "--cert-status"),
        "No OCSP response received",
    );
}

fn names() {
    let inside = services();
    for (name, page) in [
        ("first.test", "first"),
        ("second.test", "second"),
        ("other.test", "neither"),
    ] {
        assert_eq!(inside.https(38, name, ""), format!("{page}\n|0|200"));
    }
    says(&inside.https(39, "named-only.test", ""), "|0|200");
    says(
        &inside.https(39, "nameless.test", ""),
        "alert access denied",
    );
    for (host, page) in [
        ("blue.test", "blue"),
        ("green.test", "green"),
        ("web.test", "Good day"),
    ] {
        let said = inside.curl("203.0.113.50", &format!("http://{host}/"), "");
        says(&said, page);
    }
}

fn bodies() {
    let inside = services();
    for path in ["gzip", "deflate"] {
        assert_eq!(
            inside.https(10, &format!("good.test/{path}"), "--compressed"),
            "packed once\n|0|200"
        );
    }
    let features = sh("curl --version");
    for (feature, path, body) in [
        ("brotli", "br", "packed once"),
        ("zstd", "zstd", "packed once"),
        ("brotli", "nested", "packed twice"),
    ] {
        if features.contains(feature) {
            let said = inside.https(10, &format!("good.test/{path}"), "--compressed");
            assert_eq!(said, format!("{body}\n|0|200"));
        }
    }
    let size = |path: &str, options: &str| {
        let options = format!("-o /dev/null {options} -w %{{size_download}}");
        inside.https(10, &format!("good.test/{path}"), &options)
    };
    assert_eq!(size("megabytes", ""), "5000000");
    assert_eq!(size("bomb", ""), "197818");
    let said = inside.https(10, "good.test/says-gzip", "--compressed");
    assert!(!said.contains("|0|"), "{said}");
    let whole = inside.https(10, "good.test/trailers", "-D -");
    says(&whole, "x-checksum: abc");
}

fn breaks() {
    let inside = services();
    for (version, short, reset) in [
        ("--http1.1", "|18|200", "|56|200"),
        ("--http2", "|92|200", "|56|200"),
    ] {
        let said =
            |path: &str| inside.https(10, &format!("good.test/{path}"), &format!("-m 2 {version}"));
        says(&said("short"), short);
        says(&said("resets"), reset);
        let stalled = said("stalls");
        says(&stalled, &"x".repeat(500));
        says(&stalled, "|28|200");
        says(&said("endless"), "|28|200");
    }
}

fn exactly() {
    let inside = services();
    let said = |path: &str| inside.https(10, &format!("good.test{path}"), "--http1.1 -m 2");
    says(&said("/bad-chunk"), "|56|200");
    says(&said("/hangs-up"), "|52|000");
    says(&said("/two-lengths"), "|18|200");
    says(&said("/until-close"), "until the end|0|200");
    assert_eq!(said("/early-hints"), "ok|0|200");
    assert!(!said("/endless-headers").contains("|0|"));
    assert!(!said("/not-http").contains("|0|200"));
}

fn requests() {
    let inside = services();
    let said = |path: &str, options: &str| inside.https(10, &format!("good.test{path}"), options);
    says(&said("/basic", ""), "|0|401");
    says(&said("/basic", "-u user:password"), r#""path":"/basic""#);
    says(&said("/basic", "-u user:passwort"), "|0|401");
    says(&said("/bearer", "--oauth2-bearer lab-token"), "|0|200");
    says(&said("/post-only", ""), "|0|405");
    says(&said("/post-only", "-d a=b"), r#""body":"a=b""#);
    says(&said("/chain/5", "-L"), "plain text\n|0|200");
    says(&said("/loop", "-L --max-redirs 3"), "|47|302");
    says(&said("/nowhere", ""), "|0|404");
    let echoed = said("/echo?q=1", "--http1.1");
    for part in [
        r#""query":"q=1""#,
        r#""http":"HTTP/1.1""#,
        r#""server-name":"good.test""#,
    ] {
        says(&echoed, part);
    }
    says(&said("/echo", "--http2"), r#""http":"HTTP/2.0""#);
}

fn proxy() {
    let inside = services();
    let through = |port: u16, login: &str, url: &str| {
        let roots = inside.trusted.path().display();
        sh(&format!(
            "curl -q -sS -m 5 --cacert {roots} -x http://{login}203.0.113.70:{port} -w |%{{http_code}}|%{{http_connect}} {url}"
        ))
    };
    for url in ["http://web.test/echo", "https://good.test/echo"] {
        let said = through(3128, "", url);
        says(&said, r#""client":"203.0.113.70""#);
        says(
            &through(3129, "user:password@", url),
            r#""client":"203.0.113.70""#,
        );
        assert!(!through(3129, "", url).contains("203.0.113.70\""));
    }
    says(&through(3129, "", "http://web.test/echo"), "|407|");
    says(&through(3128, "", "http://refuses.test/"), "|502|");
    says(&through(3128, "", "http://unknown.test/"), "|502|");
}

fn starttls() {
    let inside = services();
    for (protocol, port) in [("smtp", 25), ("imap", 143), ("postgres", 5432)] {
        let begun = |last: u8| {
            inside.openssl(&format!(
                "-connect 203.0.113.{last}:{port} -starttls {protocol} -servername mail.test -verify_hostname mail.test"
            ))
        };
        says(&begun(71), "Verified peername: mail.test");
        assert!(!begun(72).contains("Verified peername"), "{protocol}");
    }
}

fn restarts() {
    let world = builtin("services").with_incident("restarts").unwrap();
    let inside = inside(&world);
    let said = || inside.https(10, "good.test/text", "");
    says(&said(), "plain text\n|0|200");
    let until = |ms: u64| {
        let left = Duration::from_millis(ms).saturating_sub(inside.lab.elapsed());
        std::thread::sleep(left);
    };
    until(1100);
    says(&said(), "|7|000");
    until(2100);
    says(&said(), "plain text\n|0|200");
}

fn incident() {
    let world = builtin("services").with_incident("status-503").unwrap();
    let inside = inside(&world);
    let said = inside.https(10, "good.test/", "");
    says(&said, "Good day");
    says(&said, "|0|503");
    says(
        &inside.https(10, "good.test/text", ""),
        "plain text\n|0|200",
    );
}
