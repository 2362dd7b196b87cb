//! A name server on loopback that does as told.

use crate::dns::Server;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinHandle;

/// What to send for the nth datagram (from 0), in this order.
type Script = Box<dyn Fn(usize, &[u8]) -> Vec<Vec<u8>> + Send>;
/// What to write on a connection before closing it.
type Stream = Box<dyn Fn(&[u8]) -> Vec<u8> + Send>;

pub(super) struct Peer {
    pub(super) port: u16,
    /// Every query received, over UDP and TCP.
    pub(super) queries: Arc<Mutex<Vec<Vec<u8>>>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Peer {
    pub(super) async fn new(
        script: impl Fn(usize, &[u8]) -> Vec<Vec<u8>> + Send + 'static,
        stream: Option<Stream>,
    ) -> Self {
        let (listener, socket) = both_on_one_port().await;
        let port = listener.local_addr().unwrap().port();
        let queries = Arc::default();
        let mut tasks = vec![tokio::spawn(datagrams(
            socket,
            Box::new(script),
            Arc::clone(&queries),
        ))];
        // Without a script for it the port is closed for TCP.
        tasks.extend(
            stream.map(|stream| tokio::spawn(connections(listener, stream, Arc::clone(&queries)))),
        );
        Self {
            port,
            queries,
            tasks,
        }
    }

    /// Over UDP alone.
    pub(super) async fn udp(
        script: impl Fn(usize, &[u8]) -> Vec<Vec<u8>> + Send + 'static,
    ) -> Self {
        Self::new(script, None).await
    }

    /// Over TCP alone.
    pub(super) async fn tcp(stream: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> Self {
        Self::new(|_, _| Vec::new(), Some(Box::new(stream))).await
    }

    pub(super) fn server(&self, scheme: &str) -> Server {
        format!("{scheme}://127.0.0.1:{}", self.port)
            .parse()
            .unwrap()
    }

    pub(super) fn query_count(&self) -> usize {
        self.queries.lock().unwrap().len()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// The kernel picks the port for TCP; that it is free for UDP too is likely, not certain.
async fn both_on_one_port() -> (TcpListener, UdpSocket) {
    loop {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        if let Ok(socket) = UdpSocket::bind(listener.local_addr().unwrap()).await {
            return (listener, socket);
        }
    }
}

async fn datagrams(socket: UdpSocket, script: Script, queries: Arc<Mutex<Vec<Vec<u8>>>>) {
    let mut buffer = vec![0; 65_535];
    for number in 0.. {
        let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
        queries.lock().unwrap().push(buffer[..length].to_vec());
        for datagram in script(number, &buffer[..length]) {
            socket.send_to(&datagram, from).await.unwrap();
        }
    }
}

async fn connections(listener: TcpListener, stream: Stream, queries: Arc<Mutex<Vec<Vec<u8>>>>) {
    loop {
        let (mut connection, _) = listener.accept().await.unwrap();
        let query = query_of(&mut connection).await;
        queries.lock().unwrap().push(query.clone());
        connection.write_all(&stream(&query)).await.unwrap();
    }
}

async fn query_of(connection: &mut TcpStream) -> Vec<u8> {
    let length = connection.read_u16().await.unwrap();
    let mut query = vec![0; usize::from(length)];
    connection.read_exact(&mut query).await.unwrap();
    query
}

/// A message as it stands on a connection.
pub(super) fn framed(message: &[u8]) -> Vec<u8> {
    [
        &u16::try_from(message.len()).unwrap().to_be_bytes(),
        message,
    ]
    .concat()
}
