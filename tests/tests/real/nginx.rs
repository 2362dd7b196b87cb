//! nginx serves; curl, openssl and netspec see the same.

use std::fmt::Write;
use std::path::Path;

use netspec_lab::Lab;
use serde_json::Value;
use tempfile::TempDir;

use crate::child::{Case, enter};
use crate::server::{Server, folder, netspec, shell, world};

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "nginx::curl_and_netspec_see_the_same_answers",
        tools: &["nginx", "curl", "openssl", "setpriv"],
        play: curl,
    },
    Case {
        name: "nginx::openssl_and_netspec_see_the_same_handshakes",
        tools: &["nginx", "openssl", "setpriv"],
        play: openssl,
    },
];

const CONFIGURATION: &str = include_str!("nginx.conf");
const CERTIFICATES: &str = include_str!("certificates.sh");

/// nginx with certificates of an authority of its own, which the folder holds as root.pem.
fn start(lab: &Lab) -> (Server, TempDir) {
    let trust = folder(&[("certificates.sh", CERTIFICATES)]);
    shell(trust.path(), "sh -e certificates.sh");
    let packed = "an answer that is packed on the way\n".repeat(100);
    let files = [("nginx.conf", CONFIGURATION), ("packed.txt", &packed)];
    let files = folder(&files);
    shell(
        files.path(),
        &format!("mkdir temp && cp {}/*.pem .", trust.path().display()),
    );
    let command = "nginx -p FOLDER -e stderr -c FOLDER/nginx.conf";
    (
        Server::start(lab, files, command, "203.0.113.80:443"),
        trust,
    )
}

/// What is asked for: the URL, and more flags for curl with what they mean to netspec.
const REQUESTS: &[(&str, &str, &str)] = &[
    ("http://web.test/", "", ""),
    ("http://web.test/missing", "", ""),
    ("http://web.test/teapot", "", ""),
    ("http://web.test/large", "", ""),
    ("http://web.test/empty", "", ""),
    ("http://web.test/packed", "--compressed", ""),
    ("http://web.test/moved", "", ""),
    (
        "http://web.test/moved",
        "--location --max-redirs 5",
        "follow: 5",
    ),
    ("http://other.test/", "", ""),
    ("https://web.test/", "--http1.1", "version: HTTP/1.1"),
    ("https://web.test/", "--http2", ""),
    ("https://web.test/large", "--http2", ""),
    ("https://web.test/packed", "--http2 --compressed", ""),
    (
        "https://web.test/down",
        "--location --max-redirs 5",
        "follow: 5",
    ),
];

fn curl() {
    let lab = enter(&world());
    let (_nginx, trust) = start(&lab);
    let mut checks = String::new();
    for (at, (url, _, also)) in REQUESTS.iter().enumerate() {
        let also = if also.is_empty() {
            String::new()
        } else {
            format!("{also}, ")
        };
        let http = format!(
            "{{ get: \"{url}\", address: 203.0.113.80, verify: root.pem, {also}expect: {{ status: present }} }}"
        );
        writeln!(checks, "  - name: \"{at}\"\n    http: {http}").unwrap();
    }
    let ours = netspec(&checks, trust.path());
    let differing: Vec<String> = REQUESTS
        .iter()
        .enumerate()
        .filter_map(|(at, (url, flags, _))| {
            let theirs = told_by_curl(url, flags, trust.path());
            let ours = answer(&ours[&at.to_string()]["seen"][0]["seen"]);
            (theirs != ours)
                .then(|| format!("{url} {flags}\n  curl:    {theirs}\n  netspec: {ours}"))
        })
        .collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// Status, version, redirects, the last URL, the kind of the body, its size and its hash.
fn told_by_curl(url: &str, flags: &str, trust: &Path) -> String {
    let format =
        "%{http_code} HTTP/%{http_version} %{num_redirects} %{url_effective} %{content_type}";
    let hosts =
        ["web.test", "other.test"].map(|host| format!("--connect-to {host}::203.0.113.80:"));
    let command = format!(
        "curl --silent --noproxy '*' --cacert root.pem {} {flags} --output body --write-out '{format}' {url}; echo; wc -c < body; sha256sum body",
        hosts.join(" ")
    );
    let said = shell(trust, &command);
    let mut lines = said.lines();
    let (answer, size, hash) = (lines.next(), lines.next(), lines.next());
    let hash = hash.unwrap_or_default().split(' ').next();
    let answer = answer.unwrap_or_default().trim().to_owned();
    format!(
        "{answer} {} {}",
        size.unwrap_or_default().trim(),
        hash.unwrap_or_default()
    )
}

fn answer(seen: &Value) -> String {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let redirects = seen["redirects"].as_array().map_or(0, Vec::len);
    let kind = text(&seen["content"]["type"]);
    let parts = [
        text(&seen["status"]),
        text(&seen["version"]),
        redirects.to_string(),
        text(&seen["request"]["url"]),
        kind,
    ];
    let told = parts.join(" ").trim().to_owned();
    format!(
        "{told} {} {}",
        seen["content"]["size_bytes"],
        text(&seen["content"]["sha256"])
    )
}

/// A port of nginx, the name asked for, and what else openssl is told with what it means to netspec.
const HANDSHAKES: &[(u16, &str, &str, &str)] = &[
    (443, "web.test", "-alpn h2,http/1.1", "alpn: [h2, http/1.1]"),
    (443, "web.test", "-tls1_2", "versions: { at-most: TLS1.2 }"),
    (443, "elsewhere.test", "", ""),
    (444, "web.test", "", ""),
    (445, "web.test", "", ""),
    (446, "web.test", "", ""),
    (447, "web.test", "", ""),
    (448, "web.test", "", ""),
];

fn openssl() {
    let lab = enter(&world());
    let (_nginx, trust) = start(&lab);
    let mut checks = String::new();
    for (at, (port, name, _, also)) in HANDSHAKES.iter().enumerate() {
        let also = if also.is_empty() {
            String::new()
        } else {
            format!("{also}, ")
        };
        let tls = format!(
            "{{ connect: \"203.0.113.80:{port}\", server-name: {name}, verify: root.pem, {also}expect: {{ version: present }} }}"
        );
        writeln!(checks, "  - name: \"{at}\"\n    tls: {tls}").unwrap();
    }
    let ours = netspec(&checks, trust.path());
    let differing: Vec<String> = HANDSHAKES
        .iter()
        .enumerate()
        .filter_map(|(at, (port, name, flags, _))| {
            let theirs = told_by_openssl(*port, name, flags, trust.path());
            let ours = handshake(&ours[&at.to_string()]["seen"][0]["seen"]);
            (theirs != ours)
                .then(|| format!("{port} {name}\n  openssl: {theirs}\n  netspec: {ours}"))
        })
        .collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// Version, cipher, protocol above, the verdict in netspec's word, how many certificates, and the first one's fingerprint.
fn told_by_openssl(port: u16, name: &str, flags: &str, trust: &Path) -> String {
    let connect = format!(
        "openssl s_client -connect 203.0.113.80:{port} -servername {name} -verify_hostname {name} -CAfile root.pem -showcerts {flags} < /dev/null 2>&1"
    );
    let said = shell(trust, &connect);
    let print = shell(
        trust,
        &format!("{connect} | openssl x509 -noout -fingerprint -sha256"),
    );
    let after = |word: &str| {
        let found = said.lines().find_map(|line| line.trim().strip_prefix(word));
        found.unwrap_or_default().trim().to_owned()
    };
    let (version, cipher) = new(&said);
    let alpn = after("ALPN protocol:");
    let code = after("Verify return code:");
    let certificates = said.matches("BEGIN CERTIFICATE").count();
    let print = print
        .trim()
        .rsplit('=')
        .next()
        .unwrap_or_default()
        .replace(':', "");
    format!(
        "{version} {cipher} [{alpn}] {} {certificates} {}",
        word(&code),
        print.to_ascii_lowercase()
    )
}

/// `New, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384`.
fn new(said: &str) -> (String, String) {
    let line = said.lines().find_map(|line| line.strip_prefix("New, "));
    let mut parts = line.unwrap_or_default().split(", Cipher is ");
    let part = |part: Option<&str>| part.unwrap_or_default().replace("TLSv", "TLS");
    (part(parts.next()), part(parts.next()))
}

/// What openssl's codes are called here (openssl-verification-options(1)).
fn word(code: &str) -> &'static str {
    match code.split(' ').next().unwrap_or_default() {
        "0" => "trusted",
        "10" => "expired",
        "18" => "self-signed",
        "19" => "untrusted",
        "20" | "21" => "incomplete",
        "62" => "wrong-name",
        _ => "something else",
    }
}

fn handshake(seen: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let certificates = seen["certificates"].as_array().map_or(0, Vec::len);
    format!(
        "{} {} [{}] {} {certificates} {}",
        text(&seen["version"]),
        openssl_cipher(&text(&seen["cipher"])),
        text(&seen["alpn"]),
        text(&seen["chain"]),
        text(&seen["certificates"][0]["fingerprint"])
    )
}

/// The suites of TLS 1.2 have names of openssl's own beside IANA's.
fn openssl_cipher(name: &str) -> &str {
    match name {
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" => "ECDHE-ECDSA-AES256-GCM-SHA384",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" => "ECDHE-RSA-AES256-GCM-SHA384",
        other => other,
    }
}
