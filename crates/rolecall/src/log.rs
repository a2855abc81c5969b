//! Structured logs on standard error: one JSON object a line.

use std::fmt;

use rolecall_server::dispatch;
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

use crate::environment;

/// Logs from now on; `RUST_LOG` chooses what.
pub(crate) fn start() {
    let filter = environment("RUST_LOG").unwrap_or_else(|| "info,s3s=off,hyper=warn".to_owned());
    tracing_subscriber::fmt()
        .json()
        .map_event_format(WithRequest)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

/// Lines with the id of the request that they belong to as their last member.
struct WithRequest<F>(F);

impl<S, N, F> FormatEvent<S, N> for WithRequest<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let Some(request) = dispatch::in_hand() else {
            return self.0.format_event(context, writer, event);
        };
        let mut line = String::new();
        self.0.format_event(context, Writer::new(&mut line), event)?;
        match line.trim_end().strip_suffix('}') {
            // An id is a UUID: nothing in it has to be escaped.
            Some(open) => writeln!(writer, "{open},\"request\":\"{request}\"}}"),
            None => writer.write_str(&line),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use serde_json::Value;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_names_the_request_that_it_belongs_to() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .map_event_format(WithRequest)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!("at rest");
            let id = "5d1f0b2c-0000-4000-8000-000000000000".to_owned();
            let work = dispatch::working_for(id, async { tracing::error!(error = "{\"}", "broken") });
            tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap()
                .block_on(work);
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["fields"]["message"], "at rest");
        assert_eq!(lines[0].get("request"), None);
        assert_eq!(lines[1]["fields"]["error"], "{\"}");
        assert_eq!(lines[1]["request"], "5d1f0b2c-0000-4000-8000-000000000000");
    }
}
