//! Takes connections, one task each, and bounds what one of them can take: how slowly it speaks, how much it says before
//! it is known, and how many of them come from one address.

use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use people::problem_response;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tower::ServiceExt as _;
use wire::Problem;

/// A request's head comes within this time, and so does the next request of a connection that is kept.
const HEAD_WAIT_MAX: Duration = Duration::from_secs(20);
/// From its head to our answer a request takes no longer: the longest body, a photo, is 256 KiB.
const ANSWER_WAIT_MAX: Duration = Duration::from_secs(30);
/// Most bytes of a request's head. Ours have less than 2 KiB.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// Most headers of a request. Browsers send about twenty.
const HEADERS_MAX: usize = 64;
/// Connections from one address beyond its sockets: a browser opens six beside its one socket.
const CONNECTIONS_PER_SOCKET: u32 = 7;
/// When no more files can be opened, this long passes before the next try.
const ACCEPT_AGAIN_AFTER: Duration = Duration::from_millis(500);
/// How long connections get to finish when the server stops.
const FINISH_WAIT_MAX: Duration = Duration::from_secs(10);

/// Serves `router` until `stopping`, then waits for the requests that are being answered.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    sockets_per_address: u32,
    stopping: watch::Receiver<bool>,
) {
    let addresses = Addresses::new(sockets_per_address.saturating_mul(CONNECTIONS_PER_SOCKET));
    // Every connection holds a sender: when all are gone, so are the connections.
    let (open, mut all_closed) = mpsc::channel::<()>(1);
    let mut stop = stopping.clone();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(ACCEPT_AGAIN_AFTER).await;
                continue;
            }
        };
        let Some(place) = addresses.take(address.ip().to_canonical()) else { continue };
        let (router, stop, open) = (router.clone(), stopping.clone(), open.clone());
        tokio::spawn(async move {
            connection(stream, address, router, stop).await;
            drop((place, open));
        });
    }
    drop((open, listener));
    // Whoever is not done by then is cut off.
    let _closed = tokio::time::timeout(FINISH_WAIT_MAX, all_closed.recv()).await;
}

async fn connection(stream: TcpStream, address: SocketAddr, router: Router, mut stop: watch::Receiver<bool>) {
    // Without it small frames wait for each other; where it cannot be set they are only later.
    let _best_effort = stream.set_nodelay(true);
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(address));
        router.clone().oneshot(request.map(Body::new))
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WAIT_MAX);
    http.max_headers(HEADERS_MAX).max_buf_size(HEAD_BYTES_MAX);
    let mut serving = pin!(http.serve_connection(TokioIo::new(stream), service).with_upgrades());
    tokio::select! {
        // How a connection ends is its own affair: broken off, too slow, or not HTTP.
        _ = serving.as_mut() => return,
        _ = stop.wait_for(|stop| *stop) => serving.as_mut().graceful_shutdown(),
    }
    let _ended = serving.await;
}

/// Answers a request that takes too long, instead of keeping it.
pub(crate) async fn limit_time(request: Request, next: Next) -> Response {
    within(ANSWER_WAIT_MAX, next.run(request)).await
}

async fn within(limit: Duration, answer: impl Future<Output = Response>) -> Response {
    tokio::time::timeout(limit, answer).await.unwrap_or_else(|_| {
        let detail = "the request did not come in time; send it again";
        problem_response(Problem::new(StatusCode::REQUEST_TIMEOUT.as_u16(), "too_slow", detail))
    })
}

/// How many connections each address has, for as long as it has any: nothing the machine would not know from the
/// connections themselves.
#[derive(Clone)]
struct Addresses {
    each_max: u32,
    open: Arc<Mutex<HashMap<IpAddr, u32>>>,
}

/// One connection's place. Dropping it makes room.
struct Place {
    open: Arc<Mutex<HashMap<IpAddr, u32>>>,
    address: IpAddr,
}

impl Addresses {
    fn new(each_max: u32) -> Self {
        Self { each_max, open: Arc::default() }
    }

    fn take(&self, address: IpAddr) -> Option<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        (*count < self.each_max).then(|| {
            *count += 1;
            Place { open: Arc::clone(&self.open), address }
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse as _;

    use super::*;

    #[tokio::test]
    async fn what_takes_too_long_is_answered_and_let_go() {
        let answer = within(Duration::from_millis(1), std::future::pending()).await;
        assert_eq!(answer.status(), StatusCode::REQUEST_TIMEOUT);
        let answer = within(Duration::from_secs(5), async { StatusCode::OK.into_response() }).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }

    #[test]
    fn an_address_has_so_many_connections_and_no_other_feels_it() {
        let addresses = Addresses::new(2);
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let places = [addresses.take(one), addresses.take(one)];
        assert!(addresses.take(one).is_none() && addresses.take(other).is_some());
        drop(places);
        assert!(addresses.open.lock().unwrap().is_empty(), "nothing is remembered of who has gone");
    }
}
