//! Entering a world.

use std::fmt;
use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::authority::Authority;
use crate::stage::Stages;
use crate::wire::{Counts, Memory, Player, Tally, Wire};
use crate::world::{Client, World};
use crate::{dns, forbidden, link, netns, service, sysctl};

/// A lab that runs. It ends with the process and leaves nothing behind, also after SIGKILL.
pub struct Lab {
    client: Client,
    programs: UnboundedSender<Program>,
    authority: Arc<Authority>,
    tally: Arc<Tally>,
    started: Instant,
}

impl Lab {
    /// The client's IPv4 address.
    pub fn client_v4(&self) -> Option<Ipv4Addr> {
        self.client.v4.map(|attached| attached.address.addr())
    }

    /// The client's IPv6 address.
    pub fn client_v6(&self) -> Option<Ipv6Addr> {
        self.client.v6.map(|attached| attached.address.addr())
    }

    /// The certificates trusted in this world, in DER; outside nobody trusts them.
    pub fn roots(&self) -> Vec<Vec<u8>> {
        vec![self.authority.root().to_vec()]
    }

    /// The same as text, for tools such as curl and openssl.
    pub fn roots_pem(&self) -> String {
        self.authority.root_pem()
    }

    /// Starts a program on the internet's side, where it may listen on any address to which a route of the world leads: a
    /// real server beside those that are played. Whoever starts it ends it.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(&self, command: Command) -> io::Result<Child> {
        let (started, is_started) = channel();
        let ended = || io::Error::other("the lab's internet ended");
        let program = Program { command, started };
        self.programs.send(program).map_err(|_| ended())?;
        is_started.recv().map_err(|_| ended())?
    }

    /// What the wire has done so far.
    pub fn counts(&self) -> Counts {
        self.tally.counts()
    }

    /// Time since the world began, which changes `after` some time count from.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// A program to be started on the internet's side, and who waits for it.
struct Program {
    command: Command,
    started: Sender<io::Result<Child>>,
}

impl Program {
    /// Starts it in the namespace of the calling thread.
    fn start(mut self) {
        let _ = self.started.send(self.command.spawn());
    }
}

impl fmt::Debug for Lab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lab").finish_non_exhaustive()
    }
}

/// Why a lab could not be entered.
#[derive(Debug)]
pub struct EnterError {
    /// Whether this machine forbids it, or something else went wrong.
    pub kind: EnterErrorKind,
    what: String,
}

/// Kinds of [`EnterError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnterErrorKind {
    /// The machine does not let this user make namespaces; the message says what to change.
    Forbidden,
    /// Anything else; the message says what.
    Failed,
}

impl fmt::Display for EnterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for EnterError {}

impl EnterError {
    fn failed(what: impl fmt::Display) -> Self {
        Self {
            kind: EnterErrorKind::Failed,
            what: format!("the lab could not be entered: {what}"),
        }
    }

    fn from_unshare(errno: Errno) -> Self {
        match errno {
            Errno::EPERM | Errno::EACCES | Errno::ENOSPC | Errno::ENOSYS | Errno::EINVAL => Self {
                kind: EnterErrorKind::Forbidden,
                what: forbidden::remedy(errno),
            },
            other => Self::failed(other),
        }
    }
}

impl From<io::Error> for EnterError {
    fn from(error: io::Error) -> Self {
        Self::failed(error)
    }
}

/// Moves this process into a world: from here on every socket it opens is the client's.
///
/// Call it from `main`, before any other thread exists: namespaces are a thread's, and threads inherit them.
/// Works for root and, where the kernel allows user namespaces, for everybody.
pub fn enter(world: &World) -> Result<Lab, EnterError> {
    if netns::threads()? != 1 {
        return Err(EnterError::failed(
            "it must be entered before any other thread exists",
        ));
    }
    let authority = Arc::new(Authority::new(world.seed).map_err(EnterError::failed)?);
    let stages = Arc::new(Stages::of(world, &authority).map_err(EnterError::failed)?);
    netns::enter().map_err(EnterError::from_unshare)?;
    sysctl::before_devices();
    let tally = Arc::new(Tally::default());
    let started = Instant::now();
    let internet = Internet {
        world: world.clone(),
        stages,
        authority: Arc::clone(&authority),
        tally: Arc::clone(&tally),
        started,
        client: netns::current()?,
    };
    let (ready, is_ready) = channel();
    let (programs, to_start) = unbounded_channel();
    std::thread::Builder::new()
        .name("lab-internet".into())
        .spawn(move || internet.run(&ready, to_start))?;
    is_ready
        .recv()
        .map_err(|_| EnterError::failed("its internet ended"))??;
    attach(&world.client)?;
    is_ready
        .recv()
        .map_err(|_| EnterError::failed("its internet ended"))??;
    Ok(Lab {
        client: world.client.clone(),
        programs,
        authority,
        tally,
        started,
    })
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

/// The client's own side: addresses, the way out, who may ping.
fn attach(client: &Client) -> io::Result<()> {
    runtime()?.block_on(async {
        let netlink = link::netlink()?;
        link::loopback(&netlink).await?;
        link::client(&netlink, client).await
    })?;
    netns::no_offloads(link::CLIENT.name)?;
    sysctl::client();
    Ok(())
}

/// The internet's side, on its own thread in its own namespace.
struct Internet {
    world: World,
    stages: Arc<Stages>,
    authority: Arc<Authority>,
    tally: Arc<Tally>,
    started: Instant,
    client: File,
}

impl Internet {
    fn run(self, ready: &Sender<io::Result<()>>, mut programs: UnboundedReceiver<Program>) {
        let begun = netns::enter_thread()
            .map_err(io::Error::from)
            .and_then(|()| runtime());
        let runtime = match begun {
            Ok(runtime) => runtime,
            Err(error) => return drop(ready.send(Err(error))),
        };
        runtime.block_on(async {
            match self.open().await {
                Ok(_servers) => {
                    let _ = ready.send(Ok(()));
                    // What the wire sends before the kernel has taken its end into use is lost.
                    let _ = ready.send(link::CLIENT_WIRE.running().await);
                    while let Some(program) = programs.recv().await {
                        program.start();
                    }
                    std::future::pending::<()>().await;
                }
                Err(error) => drop(ready.send(Err(error))),
            }
        });
    }

    /// Devices, servers, the wire; all are there when this returns.
    async fn open(&self) -> io::Result<Vec<impl Sized + use<>>> {
        sysctl::before_devices();
        let netlink = link::netlink()?;
        link::loopback(&netlink).await?;
        link::cables(&netlink, &self.client).await?;
        netns::no_offloads(link::INTERNET.name)?;
        sysctl::internet();
        link::anyip(&netlink, &self.world.client).await?;
        self.start_wire()?;
        service::serve(&self.stages, self.started)?;
        let mut servers = Vec::new();
        for name in self.world.resolvers.keys() {
            let (world, authority) = (&self.world, &self.authority);
            servers.push(dns::serve(name, world, authority, &self.stages, self.started).await?);
        }
        Ok(servers)
    }

    fn start_wire(&self) -> io::Result<()> {
        let wire = Wire {
            client: netns::packet_socket(link::CLIENT_WIRE.name)?,
            internet: netns::packet_socket(link::INTERNET_WIRE.name)?,
            player: Player {
                stages: Arc::clone(&self.stages),
                seed: self.world.seed,
                gateways: self.world.client.gateways(),
                tally: Arc::clone(&self.tally),
                memory: Memory::default(),
            },
            tally: Arc::clone(&self.tally),
            started: self.started,
        };
        std::thread::Builder::new()
            .name("lab-wire".into())
            .spawn(move || wire.run())?;
        Ok(())
    }
}
