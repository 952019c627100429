//! Who reads what, when there are several threads.
//!
//! Each thread takes a file, reads it and folds its segments one by one: what is held at once does not grow with the
//! number of files. Threads that find no more files fold segments for those that still have one, which is how a
//! single big file keeps all of them busy. Results are put together in file order, so that nothing depends on who
//! did what.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Threads that read a file now.
static READING: AtomicUsize = AtomicUsize::new(0);
/// Segments that wait for each thread that has no file: one at work, and one for afterwards.
const AHEAD: usize = 2;
/// Results that may wait for an earlier one.
const MOST_WAITING: usize = 16;

/// What `read` makes of every one of `items`, in their order. Each is read whole by one thread.
pub(super) fn share<T: Sync, R: Send>(items: &[T], read: &(dyn Fn(&T) -> R + Sync)) -> Vec<R> {
    let taken = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::new());
    let work = || {
        while let Some((at, item)) =
            Some(taken.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, items.get(at)?)))
        {
            READING.fetch_add(1, Ordering::Relaxed);
            let result = read(item);
            READING.fetch_sub(1, Ordering::Relaxed);
            if let Ok(mut results) = results.lock() {
                results.insert(at, result);
            }
        }
    };
    match items {
        [] => {}
        [_] => rayon::scope(|_| work()),
        _ => {
            rayon::broadcast(|_| work());
        }
    }
    results.into_inner().map(|results| results.into_values().collect()).unwrap_or_default()
}

/// Hands everything that `next` gives to `work`, on this thread or on one that has nothing to do, and the results to
/// `add`, on this thread and in the order in which `next` gave.
pub(super) fn in_order<T: Send, R: Send>(
    mut next: impl FnMut() -> Option<T>,
    work: &(dyn Fn(T) -> R + Sync),
    add: &mut dyn FnMut(R),
) {
    let away = AtomicUsize::new(0);
    let done = Mutex::new(BTreeMap::new());
    let put = |at: usize, result: R| {
        if let Ok(mut done) = done.lock() {
            done.insert(at, result);
        }
    };
    let take = |at: usize| done.lock().ok().and_then(|mut done| done.remove(&at));
    let (mut given, mut added) = (0, 0);
    rayon::in_place_scope(|scope| {
        while let Some(item) = next() {
            let (at, put, away) = (given, &put, &away);
            given += 1;
            if away.load(Ordering::Acquire) < AHEAD * others() {
                away.fetch_add(1, Ordering::Relaxed);
                scope.spawn(move |_| {
                    put(at, work(item));
                    away.fetch_sub(1, Ordering::Release);
                });
            } else {
                put(at, work(item));
            }
            while let Some(result) = take(added) {
                add(result);
                added += 1;
            }
            while given - added > MOST_WAITING {
                match take(added) {
                    Some(result) => {
                        add(result);
                        added += 1;
                    }
                    None if rayon::yield_now() != Some(rayon::Yield::Executed) => std::thread::yield_now(),
                    None => {}
                }
            }
        }
    });
    while let Some(result) = take(added) {
        add(result);
        added += 1;
    }
}

/// Threads that have no file to read.
fn others() -> usize {
    rayon::current_num_threads().saturating_sub(READING.load(Ordering::Relaxed).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whoever_made_them() {
        let items: Vec<u64> = (0..500).collect();
        let slow = |n: &u64| (0..(n * 7919) % 5_000).fold(*n, |sum, step| sum.wrapping_add(step));
        let expected: Vec<u64> = items.iter().map(slow).collect();
        assert_eq!(share(&items, &slow), expected);
        let (mut left, mut got) = (items.iter(), Vec::new());
        in_order(|| left.next(), &slow, &mut |result| got.push(result));
        assert_eq!(got, expected);
        assert!(share(&items[..0], &slow).is_empty());
    }
}
