//! `mapwright serve`: start, announce, stop.

use crate::config::{Instance, Serve};
use crate::http::{Doors, router};
use crate::wiring;
use anyhow::Context;
use service::Setup;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// How long requests may take to end after SIGTERM, and then runs to their last commit; together
/// with closing the stores less than ten seconds.
const DRAIN: Duration = Duration::from_secs(4);
const DRAIN_RUNS: Duration = Duration::from_secs(3);

/// Runs the server until SIGTERM or SIGINT.
pub async fn run(instance: &Instance, options: &Serve) -> anyhow::Result<()> {
    log_to_stderr();
    let house = wiring::open(instance, options).await?;
    first_administrator(&house, options).await?;
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}", options.listen))?;
    let doors = Doors {
        service: house.service.clone(),
        store: house.store.clone(),
        site_dir: options.site_dir.clone(),
        rate_limit: options.rate_limit,
        secure_cookies: options.secure_cookies,
        objects: house.tenant_door(),
        tasks: house.tasks.clone(),
    };
    println!("Mapwright listens on http://{}", listener.local_addr()?);

    let stopping = tokio_util::sync::CancellationToken::new();
    let stopped = stopping.clone();
    let server =
        axum::serve(listener, router(doors)).with_graceful_shutdown(async move { stopped.cancelled().await });
    let mut server = Box::pin(server.into_future());
    tokio::select! {
        result = &mut server => result.context("the server stopped by itself")?,
        () = stop_signal() => {
            tracing::info!("stopping: no new requests, in-flight work ends");
            stopping.cancel();
            if tokio::time::timeout(DRAIN, server).await.is_err() {
                tracing::warn!("some requests did not end in time");
            }
        }
    }
    house.close(DRAIN_RUNS).await;
    Ok(())
}

async fn first_administrator(house: &wiring::House, options: &Serve) -> anyhow::Result<()> {
    let (Some(email), Some(password)) = (&options.admin_email, &options.admin_password) else {
        return Ok(());
    };
    if house.service.needs_setup().await? {
        let setup = Setup {
            email: email.clone(),
            name: String::new(),
            password: password.clone(),
            workspace: "Main".into(),
        };
        house.service.set_up(setup).await.context("cannot make the administrator")?;
    }
    Ok(())
}

async fn stop_signal() {
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}

fn log_to_stderr() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("MAPWRIGHT_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,mapwright=info,executor=info,s3s=off"));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
