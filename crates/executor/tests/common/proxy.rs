//! A way to a service that can be made bad: for a while it answers nothing, refuses, dawdles or breaks off.

use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What is wrong with the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// Connections break, and new ones at once.
    Away,
    /// Every request is answered with 503.
    Busy,
    /// 16 KiB every 10 ms.
    Slow,
    /// Answers break off after 100,000 bytes.
    Cut,
}

const CUT_AFTER: usize = 100_000;
const BUSY: &[u8] = b"HTTP/1.1 503 Slow Down\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// The way.
pub struct Proxy {
    /// Where it begins.
    pub address: SocketAddr,
    fault: watch::Sender<Fault>,
}

impl Proxy {
    /// A way to `target`, such as `127.0.0.1:5432`.
    pub async fn to(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let (fault, seen) = watch::channel(Fault::None);
        let target = target.to_owned();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (target, seen) = (target.clone(), seen.clone());
                tokio::spawn(async move {
                    // A connection that breaks is what this is for.
                    let _ = carry(client, &target, seen).await;
                });
            }
        });
        Self { address, fault }
    }

    /// What is wrong from now on.
    pub fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }
}

async fn carry(mut client: TcpStream, target: &str, mut fault: watch::Receiver<Fault>) -> std::io::Result<()> {
    if *fault.borrow_and_update() == Fault::Away {
        return Ok(());
    }
    let mut server = TcpStream::connect(target).await?;
    let (mut asked, mut answer) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    let mut carried = 0;
    loop {
        let now = *fault.borrow();
        tokio::select! {
            changed = fault.changed() => {
                if changed.is_err() || *fault.borrow() == Fault::Away {
                    return Ok(());
                }
            }
            read = client.read(&mut asked) => {
                let read = read?;
                if read == 0 {
                    return Ok(());
                }
                if now == Fault::Busy {
                    return client.write_all(BUSY).await;
                }
                server.write_all(&asked[..read]).await?;
            }
            read = server.read(&mut answer) => {
                let read = read?;
                carried += read;
                if read == 0 || now == Fault::Cut && carried > CUT_AFTER {
                    return Ok(());
                }
                if now == Fault::Slow {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                client.write_all(&answer[..read]).await?;
            }
        }
    }
}
