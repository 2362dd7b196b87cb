//! A name server on loopback: what it says to the first question, the second and so on; the last goes on for ever.

use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How long a slow answer takes: so long that questions put at once are under way at once.
const SLOW: Duration = Duration::from_millis(100);

/// What it says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reply {
    /// Nothing.
    Silence,
    /// One A record.
    Address([u8; 4]),
    /// The same, after a while.
    Slowly([u8; 4]),
}

/// The server; it ends with the process.
pub(crate) struct Server {
    socket: UdpSocket,
    memory: Arc<Mutex<Memory>>,
}

#[derive(Default)]
struct Memory {
    script: Vec<Reply>,
    named: HashMap<String, Reply>,
    heard: usize,
    under_way: Vec<String>,
    beside: HashMap<String, usize>,
    most: usize,
}

impl Server {
    pub(crate) fn start(script: &[Reply]) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let memory = Memory {
            script: script.to_vec(),
            ..Memory::default()
        };
        let memory = Arc::new(Mutex::new(memory));
        let server = Self { socket, memory };
        let (listening, memory) = (server.listening(), Arc::clone(&server.memory));
        thread::spawn(move || listen(&listening, &memory));
        server
    }

    /// With an answer of its own for one name, which the script does not count.
    pub(crate) fn answering(self, name: &str, reply: Reply) -> Self {
        self.memory().named.insert(name.to_owned(), reply);
        self
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("bound")
    }

    /// How many questions there were.
    pub(crate) fn heard(&self) -> usize {
        self.memory().heard
    }

    /// How many other questions were under way when that name's began or while it was.
    pub(crate) fn beside(&self, name: &str) -> usize {
        self.memory().beside[name]
    }

    /// The most questions that were under way at once.
    pub(crate) fn most_at_once(&self) -> usize {
        self.memory().most
    }

    fn listening(&self) -> UdpSocket {
        self.socket.try_clone().expect("a socket")
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().expect("whole")
    }
}

fn listen(socket: &UdpSocket, memory: &Arc<Mutex<Memory>>) {
    let mut buffer = [0; 512];
    while let Ok((length, peer)) = socket.recv_from(&mut buffer) {
        let asked = buffer[..length].to_vec();
        let (socket, memory) = (socket.try_clone().expect("a socket"), Arc::clone(memory));
        let (name, end) = question(&asked);
        let reply = memory.lock().expect("whole").begin(&name);
        thread::spawn(move || {
            let address = match reply {
                Reply::Silence => None,
                Reply::Address(address) => Some(address),
                Reply::Slowly(address) => {
                    thread::sleep(SLOW);
                    Some(address)
                }
            };
            memory.lock().expect("whole").end(&name);
            if let Some(address) = address {
                let _ = socket.send_to(&answer(&asked, end, address), peer);
            }
        });
    }
}

impl Memory {
    fn begin(&mut self, name: &str) -> Reply {
        self.heard += 1;
        let others = self.under_way.len();
        for other in self.under_way.clone() {
            *self.beside.entry(other).or_default() += 1;
        }
        *self.beside.entry(name.to_owned()).or_default() += others;
        self.under_way.push(name.to_owned());
        self.most = self.most.max(self.under_way.len());
        if let Some(reply) = self.named.get(name) {
            return *reply;
        }
        match self.script.len() {
            1 => self.script[0],
            _ => self.script.remove(0),
        }
    }

    fn end(&mut self, name: &str) {
        self.under_way.retain(|other| other != name);
    }
}

/// The name asked for, and where the question ends.
fn question(asked: &[u8]) -> (String, usize) {
    let (mut name, mut at) = (String::new(), 12);
    while asked[at] != 0 {
        let label = &asked[at + 1..=at + usize::from(asked[at])];
        name.push_str(&String::from_utf8_lossy(label).to_lowercase());
        name.push('.');
        at += 1 + label.len();
    }
    (name.trim_end_matches('.').to_owned(), at + 5)
}

/// The question back (RFC 1035, 4.1), and one A record for it.
fn answer(asked: &[u8], end: usize, address: [u8; 4]) -> Vec<u8> {
    let mut message = asked[..end].to_vec();
    message[2..12].copy_from_slice(&[0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
    message.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
    message.extend(address);
    message
}
