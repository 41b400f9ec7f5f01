//! A wire to an API server that counts the bytes on it: TLS passes through as it is.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Listens on loopback until it is dropped.
pub struct Wire {
    address: SocketAddr,
    received: Arc<AtomicU64>,
    sent: Arc<AtomicU64>,
    serving: JoinHandle<()>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Wire {
    /// A wire to the API server of a kubeconfig, and a kubeconfig (at `to`) that leads through it.
    pub async fn to_server_of(kubeconfig: &Path, to: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(kubeconfig).with_context(|| format!("read {}", kubeconfig.display()))?;
        let mut config: Value = serde_json::from_str(&text).context("read a kubeconfig that the harness wrote")?;
        let server = config["clusters"][0]["cluster"]["server"].as_str().context("a kubeconfig without a server")?;
        let target: SocketAddr =
            server.trim_start_matches("https://").parse().context("a server without an address")?;
        let this = Self::to(target).await?;
        config["clusters"][0]["cluster"]["server"] = format!("https://{}", this.address).into();
        std::fs::write(to, config.to_string()).with_context(|| format!("write {}", to.display()))?;
        Ok(this)
    }

    async fn to(target: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("listen on loopback")?;
        let address = listener.local_addr().context("read a listener's address")?;
        let (received, sent) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let counters = (received.clone(), sent.clone());
        let serving = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (received, sent) = counters.clone();
                tokio::spawn(async move {
                    // A refused connection shows as a closed one.
                    let Ok(server) = TcpStream::connect(target).await else { return };
                    let _ = (client.set_nodelay(true), server.set_nodelay(true));
                    let ((from_client, to_client), (from_server, to_server)) =
                        (client.into_split(), server.into_split());
                    tokio::select! {
                        () = copy(from_client, to_server, &sent) => {}
                        () = copy(from_server, to_client, &received) => {}
                    }
                });
            }
        });
        Ok(Self { address, received, sent, serving })
    }

    /// Bytes that came from the API server so far.
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// Bytes that went to the API server so far.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

async fn copy(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, counter: &AtomicU64) {
    let mut chunk = vec![0; 64 << 10];
    while let Ok(count @ 1..) = from.read(&mut chunk).await {
        counter.fetch_add(count as u64, Ordering::Relaxed);
        if to.write_all(&chunk[..count]).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_are_passed_on_and_counted() -> Result<()> {
        let server = TcpListener::bind(("127.0.0.1", 0)).await?;
        let wire = Wire::to(server.local_addr()?).await?;
        let answer = tokio::spawn(async move {
            let (mut client, _) = server.accept().await?;
            let mut question = [0; 4];
            client.read_exact(&mut question).await?;
            client.write_all(b"an answer").await?;
            anyhow::Ok(question)
        });
        let mut client = TcpStream::connect(wire.address).await?;
        client.write_all(b"what").await?;
        let mut text = [0; 9];
        client.read_exact(&mut text).await?;
        assert_eq!((&text, &answer.await??), (b"an answer", b"what"));
        assert_eq!((wire.sent(), wire.received()), (4, 9));
        Ok(())
    }
}
