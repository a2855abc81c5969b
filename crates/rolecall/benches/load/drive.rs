//! The load: connections that each send the next request when the last is answered.

use std::{
    cell::Cell,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// What is sent, prepared to the last byte.
pub(crate) struct Requests {
    address: SocketAddr,
    all: Rc<Vec<Vec<u8>>>,
}

impl Requests {
    /// Bodies of calls of a query API, as requests to `address`; or whole requests, which start with `POST`.
    pub(crate) fn new(address: SocketAddr, bodies: &[Vec<u8>]) -> Self {
        let request = |body: &Vec<u8>| {
            if body.starts_with(b"POST ") {
                return body.clone();
            }
            let mut request = format!(
                "POST / HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/x-www-form-urlencoded; charset=utf-8\r\n\
                 content-length: {}\r\n\r\n",
                body.len()
            )
            .into_bytes();
            request.extend_from_slice(body);
            request
        };
        Self {
            address,
            all: Rc::new(bodies.iter().map(request).collect()),
        }
    }
}

/// What came of it.
pub(crate) struct Load {
    pub(crate) rate: f64,
    /// In milliseconds.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

/// Sends for a second to warm up, and then for `time`. Every answer must be 200.
pub(crate) async fn drive(requests: &Requests, connections: usize, time: Duration) -> Load {
    let local = tokio::task::LocalSet::new();
    let warm = Instant::now() + Duration::from_secs(1);
    let end = warm + time;
    let next = Rc::new(Cell::new(0));
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            let (all, next, address) = (Rc::clone(&requests.all), Rc::clone(&next), requests.address);
            local.spawn_local(async move { connection(address, &all, &next, warm, end).await })
        })
        .collect();
    let mut times = Vec::new();
    local
        .run_until(async {
            for task in tasks {
                times.extend(task.await.unwrap());
            }
        })
        .await;
    times.sort_unstable();
    let at = |share: f64| f64::from(times[((times.len() - 1) as f64 * share) as usize]) / 1000.0;
    Load {
        rate: times.len() as f64 / time.as_secs_f64(),
        p50: at(0.5),
        p99: at(0.99),
    }
}

/// Microseconds of each answer that came in time.
async fn connection(address: SocketAddr, all: &[Vec<u8>], next: &Cell<usize>, warm: Instant, end: Instant) -> Vec<u32> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = Vec::with_capacity(16 * 1024);
    let mut times = Vec::with_capacity(1 << 18);
    loop {
        let number = next.get();
        next.set(number + 1);
        let sent = Instant::now();
        if sent >= end {
            return times;
        }
        stream.write_all(&all[number % all.len()]).await.unwrap();
        answer(&mut stream, &mut buffer).await;
        if sent >= warm {
            times.push(sent.elapsed().as_micros() as u32);
        }
    }
}

/// Reads one answer whole; its body stays in the buffer.
pub(crate) async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) {
    buffer.clear();
    loop {
        let read = stream.read_buf(buffer).await.unwrap();
        assert!(read > 0, "the connection was closed");
        let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let text = std::str::from_utf8(&buffer[..head]).unwrap();
        assert!(
            text.starts_with("HTTP/1.1 200") || text.starts_with("HTTP/1.1 201"),
            "{}",
            String::from_utf8_lossy(buffer)
        );
        let length: usize = text
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .and_then(|(_, length)| length.parse().ok())
            .expect("an answer with its length");
        let whole = head + 4 + length;
        while buffer.len() < whole {
            assert!(stream.read_buf(buffer).await.unwrap() > 0, "the connection was closed");
        }
        buffer.drain(..head + 4);
        return;
    }
}
