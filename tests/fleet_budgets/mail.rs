//! A listener that speaks as much SMTP as it takes to be given a mail, and keeps what it was given.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A running listener, within the runtime of the test.
pub struct Mail {
    address: String,
    taken: Arc<Mutex<Vec<Letter>>>,
    task: tokio::task::JoinHandle<()>,
}

/// One mail.
#[derive(Clone, Debug)]
pub struct Letter {
    /// `RCPT TO`.
    pub to: String,
    /// Headers and body.
    pub text: String,
}

impl Mail {
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("listen for mail")?;
        let address = listener.local_addr().context("its address")?.to_string();
        let taken = Arc::new(Mutex::new(vec![]));
        let shared = taken.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = shared.clone();
                tokio::spawn(async move {
                    if let Err(error) = serve(stream, &shared).await {
                        eprintln!("a mail was not taken to its end: {error}");
                    }
                });
            }
        });
        Ok(Self { address, taken, task })
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What it was given so far.
    pub fn taken(&self) -> Vec<Letter> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Mail {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stream: TcpStream, taken: &Mutex<Vec<Letter>>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test ESMTP\r\n").await?;
    let mut to = String::new();
    while let Some(line) = lines.next_line().await? {
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match word.as_str() {
            "EHLO" => "250-test\r\n250 8BITMIME\r\n",
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                "250 ok\r\n"
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut text = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    text.push_str(&line);
                    text.push('\n');
                }
                taken.lock().unwrap_or_else(PoisonError::into_inner).push(Letter { to: to.clone(), text });
                "250 taken\r\n"
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 ok\r\n",
        };
        write.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}
