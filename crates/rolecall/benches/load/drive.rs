//! The load: connections that each send the next request when the last is answered.

use std::{
    cell::Cell,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

/// What is sent, prepared to the last byte.
pub(crate) struct Requests {
    address: SocketAddr,
    all: Rc<Vec<Vec<u8>>>,
    tls: Option<TlsConnector>,
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
            tls: None,
        }
    }

    /// Sent over TLS.
    pub(crate) fn over(self, tls: TlsConnector) -> Self {
        Self { tls: Some(tls), ..self }
    }

    async fn connect(&self) -> Box<dyn Stream> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        match &self.tls {
            None => Box::new(stream),
            Some(tls) => {
                let name = ServerName::from(self.address.ip());
                Box::new(tls.connect(name, stream).await.unwrap())
            }
        }
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Stream for S {}

/// What came of it.
#[derive(Default)]
pub(crate) struct Load {
    /// Microseconds of each answer that came in time.
    times: Vec<u32>,
    /// Answers a second, of each time that was measured.
    rates: Vec<f64>,
}

impl Load {
    /// Measures for `time` more. Sends for half a second before, to warm up. Every answer must be 200.
    pub(crate) async fn drive(&mut self, requests: &Requests, connections: usize, time: Duration) {
        let times = drive(requests, connections, time).await;
        self.rates.push(times.len() as f64 / time.as_secs_f64());
        self.times.extend(times);
        self.times.sort_unstable();
    }

    /// Sends each request once, one after the other. Every answer must be 200.
    #[allow(dead_code, reason = "only one of the benchmarks writes")]
    pub(crate) async fn once(requests: &Requests) -> Self {
        let mut stream = requests.connect().await;
        let mut buffer = Vec::with_capacity(16 * 1024);
        let mut load = Self::default();
        for request in &*requests.all {
            load.times.push(timed(&mut stream, request, &mut buffer).await);
        }
        load.times.sort_unstable();
        load
    }

    /// Answers a second: the median of the times that were measured.
    pub(crate) fn rate(&self) -> f64 {
        median(self.rates.clone())
    }

    pub(crate) fn rates(&self) -> &[f64] {
        &self.rates
    }

    /// How long this share of the answers took at most, in milliseconds.
    pub(crate) fn at(&self, share: f64) -> f64 {
        f64::from(self.times[((self.times.len() - 1) as f64 * share) as usize]) / 1000.0
    }
}

pub(crate) fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

async fn drive(requests: &Requests, connections: usize, time: Duration) -> Vec<u32> {
    let mut streams = Vec::new();
    for _ in 0..connections {
        streams.push(requests.connect().await);
    }
    let local = tokio::task::LocalSet::new();
    let warm = Instant::now() + Duration::from_millis(500);
    let end = warm + time;
    let next = Rc::new(Cell::new(0));
    let connection = |stream| {
        let (all, next) = (Rc::clone(&requests.all), Rc::clone(&next));
        local.spawn_local(async move { connection(stream, &all, &next, warm, end).await })
    };
    let tasks: Vec<_> = streams.into_iter().map(connection).collect();
    let mut times = Vec::new();
    local
        .run_until(async {
            for task in tasks {
                times.extend(task.await.unwrap());
            }
        })
        .await;
    times
}

/// Microseconds of each answer that came in time.
async fn connection(
    mut stream: Box<dyn Stream>,
    all: &[Vec<u8>],
    next: &Cell<usize>,
    warm: Instant,
    end: Instant,
) -> Vec<u32> {
    let mut buffer = Vec::with_capacity(16 * 1024);
    let mut times = Vec::with_capacity(1 << 18);
    loop {
        let number = next.get();
        next.set(number + 1);
        let sent = Instant::now();
        if sent >= end {
            return times;
        }
        let took = timed(&mut stream, &all[number % all.len()], &mut buffer).await;
        if sent >= warm {
            times.push(took);
        }
    }
}

/// Microseconds from sending a request to the last byte of its answer.
async fn timed(stream: &mut Box<dyn Stream>, request: &[u8], buffer: &mut Vec<u8>) -> u32 {
    let sent = Instant::now();
    stream.write_all(request).await.unwrap();
    stream.flush().await.unwrap();
    answer(stream, buffer).await;
    sent.elapsed().as_micros() as u32
}

/// Reads one answer whole, and says where its body begins in the buffer.
pub(crate) async fn answer<S: AsyncRead + Unpin>(stream: &mut S, buffer: &mut Vec<u8>) -> usize {
    buffer.clear();
    loop {
        let read = stream.read_buf(buffer).await.unwrap();
        assert!(read > 0, "the connection was closed");
        let Some(body) = memmem(buffer, b"\r\n\r\n") else {
            continue;
        };
        assert!(
            buffer.starts_with(b"HTTP/1.1 20"),
            "{}",
            String::from_utf8_lossy(buffer)
        );
        // Both servers are of one library, which writes names in small letters.
        let at = memmem(&buffer[..body], b"\r\ncontent-length: ").expect("an answer with its length");
        let digits = buffer[at..].iter().take_while(|byte| byte.is_ascii_digit());
        let length = digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'));
        while buffer.len() < body + length {
            assert!(stream.read_buf(buffer).await.unwrap() > 0, "the connection was closed");
        }
        return body;
    }
}

/// Where what follows `part` begins.
fn memmem(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len())
        .position(|window| window == part)
        .map(|at| at + part.len())
}
