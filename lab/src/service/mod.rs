//! Real servers that speak as the world file says.

mod http;
mod proxy;
mod script;
mod starttls;
mod talk;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};
use tokio::net::{TcpListener, TcpStream};

use crate::authority::Authority;
use crate::stage::Stages;
use crate::world::World;
use crate::world::service::Service;
use script::Script;
use talk::{Stream, Talk};
use tls::Front;

/// The longest a conversation lasts.
const LONGEST: Duration = Duration::from_secs(60);

/// A service made ready to be met.
pub(crate) struct Ready {
    settings: Service,
    script: Script,
    tls: Option<Front>,
}

impl Ready {
    pub(crate) fn of(
        service: &Service,
        world: &World,
        authority: &Authority,
    ) -> Result<Self, String> {
        let made = || -> Result<Self, String> {
            let front = |settings| Front::of(settings, service, world, authority);
            Ok(Self {
                settings: service.clone(),
                script: Script::of(service)?,
                tls: service.tls.as_ref().map(front).transpose()?,
            })
        };
        made().map_err(|problem| format!("service {}: {problem}", service.listen))
    }

    fn is_closed(&self) -> bool {
        self.settings.closed == Some(true)
    }
}

/// Listens at every address in the calling thread's namespace; bound when this returns, served on the current runtime.
pub(crate) fn serve(stages: &Arc<Stages>, started: Instant) -> io::Result<()> {
    for (address, ready) in &stages.at(Duration::ZERO).services {
        let door = Door {
            address: *address,
            stages: Arc::clone(stages),
            started,
        };
        if ready
            .settings
            .http
            .as_ref()
            .is_some_and(|http| http.http3 == Some(true))
        {
            http::serve_quic(door.clone())?;
        }
        let listener = door.listener()?;
        tokio::spawn(door.keep(listener));
    }
    Ok(())
}

/// An address where somebody listens, as long as the world says so.
#[derive(Clone)]
struct Door {
    address: SocketAddr,
    stages: Arc<Stages>,
    started: Instant,
}

impl Door {
    /// The service as it is now.
    fn ready(&self) -> Option<Arc<Ready>> {
        let stage = self.stages.at(self.started.elapsed());
        stage.services.get(&self.address).cloned()
    }

    /// The listener there is now; none while it is closed.
    fn listener(&self) -> io::Result<Option<TcpListener>> {
        match self.ready() {
            Some(ready) if !ready.is_closed() => listen(self.address).map(Some),
            _ => Ok(None),
        }
    }

    /// Opens and closes as the world changes, and meets whoever comes.
    async fn keep(self, mut listener: Option<TcpListener>) -> io::Result<()> {
        for change in self.stages.changes() {
            let change = self.started + change;
            let _ = tokio::time::timeout_at(change.into(), self.accept(listener.as_ref())).await;
            let closes = self.ready().is_none_or(|ready| ready.is_closed());
            if closes || listener.is_none() {
                drop(listener.take());
                listener = self.listener()?;
            }
        }
        self.accept(listener.as_ref()).await;
        Ok(())
    }

    async fn accept(&self, listener: Option<&TcpListener>) {
        let Some(listener) = listener else {
            return std::future::pending().await;
        };
        loop {
            match listener.accept().await {
                Ok((tcp, _)) => {
                    let door = self.clone();
                    tokio::spawn(
                        async move { tokio::time::timeout(LONGEST, door.meet(tcp)).await },
                    );
                }
                // No descriptor left, say: the next may find one.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }

    async fn meet(self, tcp: TcpStream) -> io::Result<()> {
        let Some(ready) = self.ready() else {
            return Ok(());
        };
        tcp.set_nodelay(true)?;
        let mut talk = Talk::over(&tcp)?;
        let mut stream: Box<dyn Stream> = Box::new(tcp);
        if let Some(protocol) = ready.settings.starttls
            && !starttls::begin(protocol, &mut stream, ready.tls.is_some()).await?
        {
            return Ok(());
        }
        if let Some(front) = &ready.tls {
            let Some((within, spoken)) = front.accept(stream, &talk).await? else {
                return Ok(());
            };
            (stream, talk.tls) = (within, Some(spoken));
        }
        self.speak(&ready, stream, talk).await
    }

    async fn speak(
        &self,
        ready: &Arc<Ready>,
        mut stream: Box<dyn Stream>,
        talk: Talk,
    ) -> io::Result<()> {
        if let Some(settings) = &ready.settings.http {
            return http::serve(stream, settings, talk).await;
        }
        if let Some(settings) = &ready.settings.proxy {
            return proxy::serve(stream, settings, &talk, self).await;
        }
        ready.script.speak(&mut stream, &talk).await
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(1024)?;
    TcpListener::from_std(socket.into())
}
