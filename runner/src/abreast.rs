//! The same work on many things, on all processors at once.

use std::num::NonZero;
use std::thread;

/// Fewer than these are done by one thread: starting others takes longer.
const FEW: usize = 64;

/// What `work` makes of each, in their order.
pub fn each<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    if things.len() < FEW || processors < 2 {
        return things.iter().map(work).collect();
    }
    let alone = threads() == Some(1);
    let share = things.len().div_ceil(processors * 4);
    let next = std::sync::atomic::AtomicUsize::new(0);
    let shares: Vec<&[T]> = things.chunks(share).collect();
    let take = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let Some(share) = shares.get(at) else {
                return done;
            };
            done.push((at, share.iter().map(&work).collect::<Vec<R>>()));
        }
    };
    let mut done: Vec<(usize, Vec<R>)> = thread::scope(|scope| {
        let others: Vec<_> = (1..processors).map(|_| scope.spawn(take)).collect();
        let own = take();
        let joined = others.into_iter().map(|other| match other.join() {
            Ok(done) => done,
            Err(panicked) => std::panic::resume_unwind(panicked),
        });
        joined.flatten().chain(own).collect()
    });
    if alone {
        wait_until_alone();
    }
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().flat_map(|(_, share)| share).collect()
}

/// A thread that was joined still counts for a moment, and the lab is entered by a process of one thread.
fn wait_until_alone() {
    while threads().is_some_and(|threads| threads > 1) {
        thread::yield_now();
    }
}

/// How many threads this process has, where the system says.
fn threads() -> Option<usize> {
    std::fs::read_dir("/proc/self/task")
        .ok()
        .map(Iterator::count)
}

#[cfg(test)]
mod tests {
    use super::each;

    #[test]
    fn what_was_done_abreast_stands_in_order() {
        for count in [0, 1, 63, 64, 1000] {
            let things: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = things.iter().map(|thing| thing * 2).collect();
            assert_eq!(each(&things, |thing| thing * 2), doubled);
        }
    }

    #[test]
    #[should_panic(expected = "the tenth")]
    fn a_panic_of_one_is_a_panic_of_all() {
        let things: Vec<usize> = (0..100).collect();
        each(&things, |thing| assert!(*thing != 10, "the tenth"));
    }
}
