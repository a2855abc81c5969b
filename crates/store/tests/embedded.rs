//! What only a store on a disk has: files, their modes, and a life after the process.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which may panic")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rolecall_store::{Commit, Embedded, Error, List, Options, Revision, Store, WatchError};

fn open(directory: &Path) -> Embedded {
    Embedded::open(directory, Options::default()).unwrap()
}

fn refusal(directory: &Path) -> String {
    Embedded::open(directory, Options::default()).unwrap_err().to_string()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

#[test]
fn records_and_revisions_survive_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let written = {
        let store = open(directory.path());
        store.commit(Commit::new().put("a", "1")).wait().unwrap();
        store.commit(Commit::new().put("b", "2")).wait().unwrap()
    };
    let store = open(directory.path());
    assert_eq!(store.revision().unwrap(), written);
    let entry = store.get(b"b").unwrap().unwrap();
    assert_eq!((entry.value, entry.modified), ("2".into(), written));
    // The history is not kept over a restart; from the last revision on it is whole.
    assert!(matches!(
        store.watch(b"", Revision::ZERO),
        Err(WatchError::TooOld { .. })
    ));
    let mut watch = store.watch(b"", written).unwrap();
    let next = store.commit(Commit::new().put("c", "3")).wait().unwrap();
    assert_eq!(next, Revision(written.0 + 1));
    assert_eq!(watch.wait().unwrap().revision, next);
}

#[test]
fn dropping_the_store_finishes_what_was_handed_to_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    for n in 0..100 {
        drop(store.commit(Commit::new().put(format!("{n:03}"), "x")));
    }
    drop(store);
    assert_eq!(
        open(directory.path()).list(&List::default()).unwrap().entries.len(),
        100
    );
}

#[test]
fn directory_and_file_are_private() {
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("new/state");
    drop(open(&directory));
    assert_eq!(mode(&directory), 0o700);
    assert_eq!(mode(&directory.join("store.redb")), 0o600);
    assert_eq!(
        fs::read_dir(&directory).unwrap().count(),
        1,
        "nothing else is left there"
    );
}

#[test]
fn a_directory_with_a_loose_mode_is_closed() {
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    drop(open(directory.path()));
    assert_eq!(mode(directory.path()), 0o700);
}

#[test]
fn a_file_that_others_may_read_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()));
    let file = directory.path().join("store.redb");
    for loose in [0o640, 0o604, 0o620, 0o602, 0o644] {
        fs::set_permissions(&file, fs::Permissions::from_mode(loose)).unwrap();
        assert!(refusal(directory.path()).contains("open to other users"), "{loose:o}");
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    drop(open(directory.path()));
}

#[test]
fn files_and_directories_of_another_user_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()));
    let file = directory.path().join("store.redb");
    if std::os::unix::fs::chown(&file, Some(12345), None).is_err() {
        // Only root can give files away, so only root can play this attack.
        return;
    }
    assert!(refusal(directory.path()).contains("belongs to another user"));
    std::os::unix::fs::chown(directory.path(), Some(12345), None).unwrap();
    assert!(refusal(directory.path()).contains("belongs to another user"));
}

#[test]
fn a_link_in_place_of_the_file_is_refused() {
    let (elsewhere, directory) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    drop(open(elsewhere.path()));
    symlink(elsewhere.path().join("store.redb"), directory.path().join("store.redb")).unwrap();
    assert!(refusal(directory.path()).contains("not a regular file"));
}

#[test]
fn a_second_opener_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let _first = open(directory.path());
    assert!(refusal(directory.path()).contains("another process has it open"));
}

#[test]
fn a_creation_that_was_cut_short_is_begun_again() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("store.redb.new"), b"half of one").unwrap();
    open(directory.path())
        .commit(Commit::new().put("a", "1"))
        .wait()
        .unwrap();
}

#[test]
fn a_file_that_is_no_database_is_corrupt() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("store.redb");
    for contents in [
        b"".as_ref(),
        b"not a database",
        &vec![0; 100_000],
        b"redb but not really",
    ] {
        fs::write(&file, contents).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let error = Embedded::open(directory.path(), Options::default()).unwrap_err();
        assert!(matches!(error, Error::Corrupt(_)), "{error}");
    }
}

#[test]
fn a_damaged_record_is_found_when_the_store_opens() {
    let directory = tempfile::tempdir().unwrap();
    {
        let store = open(directory.path());
        for n in 0..64 {
            store
                .commit(Commit::new().put(format!("{n}"), format!("needle-{n}-").repeat(50)))
                .wait()
                .unwrap();
        }
    }
    let file = directory.path().join("store.redb");
    let mut bytes = fs::read(&file).unwrap();
    // Every copy of it, since older pages may hold the record too.
    let positions: Vec<_> = bytes
        .windows(10)
        .enumerate()
        .filter(|(_, w)| w == b"needle-63-")
        .map(|(n, _)| n)
        .collect();
    assert!(!positions.is_empty());
    for position in positions {
        bytes[position] ^= 0x40;
    }
    fs::write(&file, bytes).unwrap();
    let error = Embedded::open(directory.path(), Options::default()).unwrap_err();
    assert!(matches!(error, Error::Corrupt(_)), "{error}");
}

#[test]
fn writers_at_the_same_time_share_a_sync() {
    const WRITERS: usize = 64;
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let one = |key: String| store.commit(Commit::new().put(key, "x"));
    one("warm".to_owned()).wait().unwrap();

    let start = Instant::now();
    for n in 0..WRITERS {
        one(format!("alone/{n}")).wait().unwrap();
    }
    let alone = start.elapsed();
    let start = Instant::now();
    let pending: Vec<_> = (0..WRITERS).map(|n| one(format!("together/{n}"))).collect();
    for outcome in pending {
        outcome.wait().unwrap();
    }
    let together = start.elapsed();
    assert!(together < alone, "together {together:?}, alone {alone:?}");
}

#[test]
fn an_overfull_queue_refuses_rather_than_grows() {
    let directory = tempfile::tempdir().unwrap();
    let store = Embedded::open(
        directory.path(),
        Options {
            queue: 4,
            ..Options::default()
        },
    )
    .unwrap();
    let pending: Vec<_> = (0..2000)
        .map(|n| store.commit(Commit::new().put(format!("{n}"), vec![0; 2000])))
        .collect();
    let outcomes: Vec<_> = pending.into_iter().map(rolecall_store::Pending::wait).collect();
    let done = outcomes.iter().filter(|o| o.is_ok()).count();
    assert!((4..2000).contains(&done), "{done} done");
    assert_eq!(store.list(&List::default()).unwrap().entries.len(), done);
}

// The crash test. A child process writes as fast as it can and says on stdout what was acknowledged; the parent kills it
// at a random moment and looks at what is there. Many times over the same directory.

const ROUNDS: usize = 40;
const THREADS: usize = 4;

#[test]
fn a_killed_process_loses_nothing_that_was_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = [0_u64; THREADS];
    let mut total = 0;
    for round in 0..ROUNDS {
        let lines = run_and_kill(
            directory.path(),
            round % 9,
            Duration::from_millis(round as u64 * 37 % 60),
        );
        let mut newest = 0;
        for line in &lines {
            let mut words = line.split(' ');
            let mut number = || words.next().unwrap().parse::<u64>().unwrap();
            let (thread, n, revision) = (number(), number(), number());
            let thread = usize::try_from(thread).unwrap();
            assert_eq!(n, acknowledged[thread] + 1, "acknowledged in order");
            acknowledged[thread] = n;
            newest = newest.max(revision);
            total += 1;
        }
        let found = examine(directory.path(), newest);
        for (acknowledged, found) in acknowledged.iter_mut().zip(found) {
            assert!(
                found >= *acknowledged,
                "round {round}: {acknowledged} was acknowledged, {found} is there"
            );
            // One write may have been on disk when its acknowledgement was not yet printed.
            assert!(found <= *acknowledged + 1, "round {round}");
            *acknowledged = found;
        }
    }
    assert!(total > 100, "the child got to write something: {total}");
}

fn run_and_kill(directory: &Path, acknowledgements: usize, after: Duration) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_child_that_is_killed", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(child.stdin.as_mut().unwrap(), "{}", directory.display()).unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("started") {
        line.clear();
        assert!(output.read_line(&mut line).unwrap() > 0, "the child starts");
    }
    // First a number of acknowledgements, so that a slow machine gets as far; then a moment that falls anywhere.
    let mut all = String::new();
    while all.matches("ack ").count() < acknowledgements {
        assert!(output.read_line(&mut all).unwrap() > 0, "the child goes on");
    }
    thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    output.read_to_string(&mut all).unwrap();
    // A line that the kill cut short was not acknowledged to anybody.
    let whole = all.rfind('\n').map_or("", |end| all.get(..end).unwrap());
    whole
        .lines()
        .filter_map(|line| line.strip_prefix("ack "))
        .map(str::to_owned)
        .collect()
}

/// Everything there must be whole. Gives how far each thread came.
fn examine(directory: &Path, newest: u64) -> [u64; THREADS] {
    let store = open(directory);
    assert!(store.revision().unwrap().0 >= newest);
    let mut found = [0; THREADS];
    for (thread, found) in found.iter_mut().enumerate() {
        let left = store.list(&List::prefix(format!("left/{thread}/"))).unwrap().entries;
        let right = store.list(&List::prefix(format!("right/{thread}/"))).unwrap().entries;
        assert_eq!(left.len(), right.len());
        for (index, (left, right)) in left.iter().zip(&right).enumerate() {
            let n = index as u64 + 1;
            assert_eq!(left.key, format!("left/{thread}/{n:08}"), "no gap");
            assert_eq!(right.key, format!("right/{thread}/{n:08}"));
            assert_eq!(left.modified, right.modified);
            assert_eq!(left.value, contents(n));
            assert_eq!(right.value, contents(n));
        }
        *found = left.len() as u64;
        let last = store.get(format!("last/{thread}").as_bytes()).unwrap();
        assert_eq!(
            last.map_or(String::from("0"), |e| String::from_utf8(e.value.to_vec()).unwrap()),
            found.to_string()
        );
    }
    found
}

fn contents(n: u64) -> Vec<u8> {
    format!("{n}:")
        .repeat(usize::try_from(n * 131 % 1500).unwrap() + 1)
        .into_bytes()
}

#[test]
#[ignore = "the other half of the crash test, which starts it and kills it"]
fn the_child_that_is_killed() {
    let mut directory = String::new();
    std::io::stdin().read_line(&mut directory).unwrap();
    if directory.is_empty() {
        return; // Run by hand with `--ignored`.
    }
    let store = Arc::new(open(Path::new(directory.trim())));
    let output = Arc::new(Mutex::new(std::io::stdout()));
    say(&output, "\nstarted");
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let (store, output) = (Arc::clone(&store), Arc::clone(&output));
            thread::spawn(move || write_until_killed(&*store, thread, &output))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

fn write_until_killed(store: &dyn Store, thread: usize, output: &Mutex<std::io::Stdout>) {
    let last = format!("last/{thread}");
    loop {
        let before = store.get(last.as_bytes()).unwrap();
        let n = before
            .as_ref()
            .map_or(0, |e| std::str::from_utf8(&e.value).unwrap().parse::<u64>().unwrap())
            + 1;
        let commit = match &before {
            Some(entry) => Commit::new().unchanged(entry),
            None => Commit::new().absent(last.clone()),
        };
        let commit = commit
            .put(format!("left/{thread}/{n:08}"), contents(n))
            .put(format!("right/{thread}/{n:08}"), contents(n))
            .put(last.clone(), n.to_string());
        let revision = store.commit(commit).wait().unwrap();
        say(output, &format!("ack {thread} {n} {revision}"));
    }
}

fn say(output: &Mutex<std::io::Stdout>, line: &str) {
    let mut output = output.lock().unwrap();
    writeln!(output, "{line}").unwrap();
    output.flush().unwrap();
}
