//! One process: its start, its output, its memory, its end.

use super::launch::Launch;
use rustix::process::{Pid, Signal, kill_process_group};
use std::fs;
use std::io::{self, ErrorKind, PipeReader, Read};
use std::process::{ExitStatus, Stdio};
use tokio::net::unix::pipe::Receiver;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// How many processes of a tree are looked at when its memory is measured.
const MAX_TREE: usize = 64;
const READ_BYTES: usize = 8192;

/// A process and everything that it started. Dropping it kills all of them.
pub struct Process {
    child: Child,
    pid: Option<Pid>,
}

/// Where a process's log comes out.
pub struct LogPipe {
    /// Tells when there is something.
    waiting: Receiver,
    /// The same pipe, to be read without asking the reactor first.
    now: PipeReader,
}

/// What of a process's standard streams is a protocol.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Streams {
    /// Nothing: output and errors are its log.
    Log,
    /// Input and output; errors are its log.
    Protocol,
}

impl Process {
    /// Starts it in a process group of its own.
    ///
    /// # Errors
    /// When the program cannot be started: it is not there, not executable …
    pub fn start(
        launch: &Launch,
        variables: &[(&str, &str)],
        streams: Streams,
    ) -> io::Result<(Self, LogPipe)> {
        let (reader, writer) = io::pipe()?;
        let (program, arguments) = launch
            .command
            .split_first()
            .ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "there is no command"))?;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&launch.directory).env_clear();
        command.envs(&launch.variables).envs(variables.iter().copied());
        command.process_group(0).kill_on_drop(true);
        match streams {
            Streams::Log => {
                command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
            }
            Streams::Protocol => {
                command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(writer);
            }
        }
        // Both ends here do not block from now on.
        let log = LogPipe { waiting: Receiver::from_owned_fd(reader.try_clone()?.into())?, now: reader };
        let child = command.spawn()?;
        let pid = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        Ok((Self { child, pid }, log))
    }

    /// The protocol's ends, once.
    pub fn protocol(&mut self) -> Option<(ChildStdin, ChildStdout)> {
        Some((self.child.stdin.take()?, self.child.stdout.take()?))
    }

    /// Waits until it has ended.
    pub async fn wait(&mut self) -> Option<ExitStatus> {
        let status = self.child.wait().await.ok();
        // Whatever it has started goes with it. Its id may be another's afterwards.
        self.kill();
        self.pid = None;
        status
    }

    /// Kills it and everything that it has started.
    pub fn kill(&self) {
        if let Some(pid) = self.pid {
            // Nothing is left to kill when it has just ended by itself.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }

    /// Its id while it runs.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

impl LogPipe {
    /// Waits until there is something to read in it; `false` at its end.
    pub async fn readable(&self, into: &mut impl FnMut(&[u8])) -> bool {
        if self.waiting.readable().await.is_err() {
            return false;
        }
        let mut buffer = [0; READ_BYTES];
        loop {
            match self.waiting.try_read(&mut buffer) {
                Ok(0) => return false,
                Ok(read) => into(&buffer[..read]),
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
    }

    /// Reads what is in it now; `false` at its end.
    pub fn read(&self, into: &mut impl FnMut(&[u8])) -> bool {
        let mut buffer = [0; READ_BYTES];
        loop {
            match (&self.now).read(&mut buffer) {
                Ok(0) => return false,
                Ok(read) => into(&buffer[..read]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return error.kind() == ErrorKind::WouldBlock,
            }
        }
    }
}

/// What a process and those that it started hold now, in bytes. `None` where the system does not
/// tell.
pub fn memory_bytes(pid: u32) -> Option<u64> {
    let mut tree = vec![pid];
    let mut total = None;
    let mut at = 0;
    while at < tree.len() && at < MAX_TREE {
        let pid = tree[at];
        at += 1;
        let Some(bytes) = resident_bytes(pid) else { continue };
        total = Some(total.unwrap_or(0) + bytes);
        if let Ok(children) = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")) {
            tree.extend(children.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
        }
    }
    total
}

fn resident_bytes(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}
