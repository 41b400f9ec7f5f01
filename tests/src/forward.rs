//! Reaches into a node's network namespace: listens on the host's loopback, connects from inside. No packet leaves the machine.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::sync::Mutex;
use std::sync::mpsc as handshake;

use anyhow::{Context, Result};
use nix::sched::{CloneFlags, setns};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::lease::lock;

/// A thread that is in the network namespace of a process; it ends with this value.
pub struct Forwarder {
    orders: mpsc::UnboundedSender<(TcpListener, SocketAddr)>,
    known: Mutex<BTreeMap<SocketAddr, SocketAddr>>,
}

impl Forwarder {
    /// Into the network namespace of this process.
    pub fn new(pid: i32) -> Result<Self> {
        let path = format!("/proc/{pid}/ns/net");
        let namespace = File::open(&path).with_context(|| format!("open {path}"))?;
        let (orders, received) = mpsc::unbounded_channel();
        let (entered, answer) = handshake::channel();
        std::thread::Builder::new()
            .name("forwarder".into())
            .spawn(move || {
                let ready = enter(&namespace);
                let runtime = match ready {
                    Ok(runtime) => runtime,
                    Err(error) => return drop(entered.send(Err(error))),
                };
                if entered.send(Ok(())).is_ok() {
                    runtime.block_on(serve(received));
                }
            })
            .context("start a thread for forwarding")?;
        answer.recv().context("the forwarding thread ended")??;
        Ok(Self { orders, known: Mutex::default() })
    }

    /// An address on the host's loopback that leads to `target` inside; the same one each time.
    pub fn to(&self, target: &str) -> Result<SocketAddr> {
        let target: SocketAddr = target.parse().with_context(|| format!("{target} is no address with a port"))?;
        let mut known = lock(&self.known);
        if let Some(address) = known.get(&target) {
            return Ok(*address);
        }
        let listener = TcpListener::bind(("127.0.0.1", 0)).context("listen on loopback")?;
        listener.set_nonblocking(true).context("make a listener non-blocking")?;
        let address = listener.local_addr().context("read a listener's address")?;
        self.orders.send((listener, target)).context("the forwarding thread has ended")?;
        known.insert(target, address);
        Ok(address)
    }
}

/// Only this thread changes its namespace: sockets that it makes from now on are inside.
fn enter(namespace: &File) -> Result<tokio::runtime::Runtime> {
    setns(namespace, CloneFlags::CLONE_NEWNET).context("enter the node's network: this needs root (CAP_SYS_ADMIN)")?;
    tokio::runtime::Builder::new_current_thread().enable_all().build().context("start a runtime")
}

async fn serve(mut orders: mpsc::UnboundedReceiver<(TcpListener, SocketAddr)>) {
    while let Some((listener, target)) = orders.recv().await {
        if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
            tokio::spawn(accept(listener, target));
        }
    }
}

async fn accept(listener: tokio::net::TcpListener, target: SocketAddr) {
    loop {
        let Ok((mut outside, _)) = listener.accept().await else {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            continue;
        };
        tokio::spawn(async move {
            // A refused connection inside shows as a closed one outside.
            if let Ok(mut inside) = TcpStream::connect(target).await {
                let _ = (outside.set_nodelay(true), inside.set_nodelay(true));
                let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
            }
        });
    }
}
