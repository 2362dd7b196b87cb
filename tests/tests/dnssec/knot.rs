//! Knot with signed zones on a port of this machine's loopback.

use netspec_probes::dns::Security;
use std::fs;
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const ZONES: [(&str, &str); 8] = [
    ("child.signed.test", "nsec"),
    ("broken.signed.test", "nsec"),
    ("unsigned.signed.test", "nsec"),
    ("signed.test", "nsec"),
    ("hashed.test", "nsec3"),
    ("expired.test", "old"),
    ("forged.test", "nsec"),
    ("open.signed.test", ""),
];

const DAY_S: u64 = 86_400;

const RECORDS: &str = "\
ns A 127.0.0.1
www A 192.0.2.1
alias CNAME www
*.wild A 192.0.2.2
tree DNAME other
deep.other A 192.0.2.3
open NS ns
";

/// A server under way; it ends with this value.
pub(crate) struct Knot {
    folder: tempfile::TempDir,
    server: Child,
    /// Where it listens.
    pub(crate) addr: SocketAddr,
}

impl Drop for Knot {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Knot {
    /// Signs the zones and serves them; it answers when this returns.
    pub(crate) fn serving() -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let addr = free_port().map_err(|error| error.to_string())?;
        prepare(folder.path(), addr).map_err(|error| error.to_string())?;
        sign(folder.path())?;
        let server = Command::new("knotd")
            .arg("-c")
            .arg(folder.path().join("serve.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut knot = Self {
            folder,
            server,
            addr,
        };
        knot.answers()?;
        Ok(knot)
    }

    /// Waits until it answers.
    fn answers(&mut self) -> Result<(), String> {
        let deadline = Instant::now() + Duration::from_secs(30);
        while Instant::now() < deadline {
            if let Ok(Some(ended)) = self.server.try_wait() {
                return Err(format!("knotd ended: {ended}"));
            }
            let asked = Command::new("delv")
                .args([
                    "@127.0.0.1",
                    "-p",
                    &self.addr.port().to_string(),
                    "-i",
                    "+notcp",
                ])
                .args(["open.signed.test.", "SOA"])
                .output();
            if asked.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).contains("SOA")) {
                return Ok(());
            }
        }
        Err("knotd does not answer".to_owned())
    }

    /// The DS records of a zone.
    pub(crate) fn anchor(&self, zone: &str) -> Result<String, String> {
        ds(self.folder.path(), zone)
    }

    /// What delv makes of it.
    pub(crate) fn delv(&self, zone: &str, name: &str, rtype: &str) -> Result<Security, String> {
        let anchor = self.anchor(zone)?;
        let words: Vec<&str> = anchor.split_whitespace().collect();
        let [_, _, tag, algorithm, digest, hex, ..] = words.as_slice() else {
            return Err(format!("no DS: {anchor}"));
        };
        let file = self.folder.path().join("anchors.conf");
        let text = format!(
            "trust-anchors {{ \"{zone}.\" static-ds {tag} {algorithm} {digest} \"{hex}\"; }};\n"
        );
        fs::write(&file, text).map_err(|error| error.to_string())?;
        let said = Command::new("delv")
            .args(["@127.0.0.1", "-p", &self.addr.port().to_string()])
            .arg("-a")
            .arg(&file)
            .arg(format!("+root={zone}."))
            .args([name, rtype])
            .output()
            .map_err(|error| error.to_string())?;
        let said = [said.stdout, said.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        match () {
            () if said.contains("fully validated") => Ok(Security::Secure),
            () if said.contains("unsigned answer") => Ok(Security::Insecure),
            () if said.contains("negative response, unsigned") => Ok(Security::Insecure),
            () if said.contains("resolution failed") => Ok(Security::Bogus),
            () => Err(format!("delv says: {said}")),
        }
    }
}

fn free_port() -> std::io::Result<SocketAddr> {
    UdpSocket::bind("127.0.0.1:0")?.local_addr()
}

/// Zone files and two configurations: one to sign by, one to serve what was signed.
fn prepare(folder: &Path, addr: SocketAddr) -> std::io::Result<()> {
    for name in ["zones", "served", "run"] {
        fs::create_dir(folder.join(name))?;
    }
    let at = folder.display();
    let common = format!(
        "server:\n    rundir: \"{at}/run\"\n    listen: 127.0.0.1@{}\n\
         database:\n    storage: \"{at}/run\"\n",
        addr.port()
    );
    let mut sign = format!(
        "{common}policy:\n  - id: nsec\n    algorithm: ecdsap256sha256\n    single-type-signing: on\n\
         \x20 - id: nsec3\n    algorithm: ed25519\n    single-type-signing: on\n    nsec3: on\n\
         \x20 - id: old\n    manual: on\n    algorithm: ecdsap256sha256\n    single-type-signing: on\nzone:\n"
    );
    let mut serve = format!("{common}zone:\n");
    for (zone, policy) in ZONES {
        let text = format!(
            "$ORIGIN {zone}.\n$TTL 300\n@ SOA ns root 1 3600 600 604800 300\n@ NS ns\n{RECORDS}"
        );
        fs::write(folder.join(format!("zones/{zone}.zone")), text)?;
        if !policy.is_empty() {
            let file = format!("\"{at}/zones/{zone}.zone\"");
            sign += &format!("  - domain: {zone}\n    file: {file}\n    dnssec-policy: {policy}\n");
        }
        serve += &format!(
            "  - domain: {zone}\n    file: \"{at}/served/{zone}.zone\"\n    semantic-checks: off\n"
        );
    }
    serve +=
        &format!("  - domain: open.hashed.test\n    file: \"{at}/served/open.hashed.test.zone\"\n");
    fs::write(folder.join("sign.conf"), sign)?;
    fs::write(folder.join("serve.conf"), serve)
}

/// Children first, for their parents hold what points to their keys.
fn sign(folder: &Path) -> Result<(), String> {
    let io = |error: std::io::Error| error.to_string();
    let served = |zone: &str| folder.join(format!("served/{zone}.zone"));
    for (zone, policy) in ZONES {
        let file = folder.join(format!("zones/{zone}.zone"));
        if policy.is_empty() {
            fs::copy(&file, served(zone)).map_err(io)?;
            continue;
        }
        if zone == "signed.test" {
            let wrong =
                "DS 1 13 2 00000000000000000000000000000000000000000000000000000000000000aa";
            let child = ds(folder, "child.signed.test")?;
            let unsigned = ds(folder, "unsigned.signed.test")?;
            let more = format!(
                "child NS ns\n{child}broken NS ns\nbroken {wrong}\nunsigned NS ns\n{unsigned}"
            );
            let text = fs::read_to_string(&file).map_err(io)?;
            fs::write(&file, text + &more).map_err(io)?;
        }
        let mut command = Command::new("kzonesign");
        command.arg("-c").arg(folder.join("sign.conf"));
        command.arg("-o").arg(folder.join("served"));
        if policy == "old" {
            old_key(folder, zone)?;
            command.args(["-t", &seconds_ago(90 * DAY_S).to_string()]);
        }
        let signed = command.arg(zone).output().map_err(io)?;
        if !signed.status.success() {
            return Err(format!(
                "kzonesign {zone}: {}",
                String::from_utf8_lossy(&signed.stderr)
            ));
        }
    }
    let forged = fs::read_to_string(served("forged.test")).map_err(io)?;
    fs::write(
        served("forged.test"),
        forged.replace("192.0.2.1", "192.0.2.9"),
    )
    .map_err(io)?;
    let unsigned = folder.join("zones/unsigned.signed.test.zone");
    fs::copy(unsigned, served("unsigned.signed.test")).map_err(io)?;
    let open = fs::read_to_string(folder.join("zones/open.signed.test.zone")).map_err(io)?;
    fs::write(
        served("open.hashed.test"),
        open.replace("open.signed", "open.hashed"),
    )
    .map_err(io)
}

/// A key that was there before the signatures were made.
fn old_key(folder: &Path, zone: &str) -> Result<(), String> {
    let made = Command::new("keymgr")
        .arg("-c")
        .arg(folder.join("sign.conf"))
        .args([
            zone,
            "generate",
            "algorithm=ecdsap256sha256",
            "ksk=yes",
            "zsk=yes",
        ])
        .args([
            "created=-100d",
            "publish=-100d",
            "ready=-100d",
            "active=-100d",
        ])
        .output()
        .map_err(|error| error.to_string())?;
    match made.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&made.stderr).into_owned()),
    }
}

fn seconds_ago(seconds: u64) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs().saturating_sub(seconds))
}

/// Its DS record, the SHA-256 one alone.
fn ds(folder: &Path, zone: &str) -> Result<String, String> {
    let said = Command::new("keymgr")
        .arg("-c")
        .arg(folder.join("sign.conf"))
        .args([zone, "ds"])
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let line = said
        .lines()
        .find(|line| line.split_whitespace().nth(4) == Some("2"));
    line.map(|line| format!("{line}\n"))
        .ok_or_else(|| format!("no DS of {zone}: {said}"))
}
