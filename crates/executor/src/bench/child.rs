//! What the items of a benchmark do.

use crate::tasks::{OnStop, Tasks};
use functions::{FunctionConfig, FunctionDirectory, HttpEndpoint};
use model::WorkspaceId;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What each item does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BenchChild {
    /// One Pass state.
    Pass,
    /// Pass, Choice, Succeed.
    Three,
    /// One Pass state with JSONata expressions.
    Jsonata,
    /// One Task that calls the built-in function `echo`.
    Task,
    /// One Task that calls an HTTP endpoint of this process which does nothing.
    Http,
}

impl BenchChild {
    /// Every kind and its name on the command line.
    pub const ALL: [(&str, BenchChild); 5] = [
        ("pass", Self::Pass),
        ("three", Self::Three),
        ("jsonata", Self::Jsonata),
        ("task", Self::Task),
        ("http", Self::Http),
    ];

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, child)| child)
    }

    pub(super) fn processor(self) -> &'static str {
        match self {
            Self::Pass => r#""StartAt":"Copy","States":{"Copy":{"Type":"Pass","End":true}}"#,
            Self::Three => {
                r#""StartAt":"Copy","States":{"Copy":{"Type":"Pass","Next":"Which"},
                "Which":{"Type":"Choice","Choices":[{"Variable":"$.size","NumericGreaterThan":0,"Next":"Done"}],"Default":"Done"},
                "Done":{"Type":"Succeed"}}"#
            }
            Self::Jsonata => {
                r#""StartAt":"Shape","States":{"Shape":{"Type":"Pass","QueryLanguage":"JSONata",
                "Output":"{% {'id': $states.input.id, 'large': $states.input.size > 1000000, 'folder': $split($states.input.key, '/')[0]} %}",
                "End":true}}"#
            }
            Self::Task => {
                r#""StartAt":"Call","States":{"Call":{"Type":"Task",
                "Resource":"arn:aws:lambda:us-east-1:000000000000:function:echo","End":true}}"#
            }
            Self::Http => {
                r#""StartAt":"Call","States":{"Call":{"Type":"Task",
                "Resource":"arn:aws:lambda:us-east-1:000000000000:function:noop","End":true}}"#
            }
        }
    }
}

/// The function `noop`: an HTTP endpoint that reads a request and answers `{}`.
pub(super) struct NoOp {
    url: String,
}

impl NoOp {
    pub(super) async fn start(tasks: &Tasks) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/", listener.local_addr()?);
        let more = tasks.clone();
        tasks.start("no-op endpoint", OnStop::Drop, async move {
            while let Ok((connection, _)) = listener.accept().await {
                more.start("no-op connection", OnStop::Drop, async move {
                    // A broken connection ends.
                    let _ = answer(connection).await;
                });
            }
        });
        Ok(Self { url })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

#[async_trait::async_trait]
impl FunctionDirectory for NoOp {
    async fn find(&self, _: &WorkspaceId, name: &str) -> Result<Option<FunctionConfig>, String> {
        Ok((name == "noop").then(|| FunctionConfig::Http(HttpEndpoint::new(&self.url))))
    }
}

async fn answer(connection: TcpStream) -> std::io::Result<()> {
    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    connection.set_nodelay(true)?;
    let mut connection = BufReader::new(connection);
    let (mut line, mut body) = (String::new(), Vec::new());
    loop {
        let mut length = 0;
        loop {
            line.clear();
            if connection.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let Some((name, value)) = line.split_once(':') else {
                match line.trim().is_empty() {
                    true => break,
                    false => continue,
                }
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        body.resize(length, 0);
        connection.read_exact(&mut body).await?;
        connection.get_mut().write_all(ANSWER).await?;
    }
}
