/// What the detector takes for granted before it has seen anything. None of these was fitted to a series;
/// docs/detection/rtt.md says where each comes from, and what halving and doubling it does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuning {
    /// How many samples lie between two changes, where nothing else is known: a change costs the logarithm of it.
    pub samples_between_changes: f64,
    /// The chance of being wrong at which a change is told before all the samples are there that may be waited for.
    pub hasty_error: f64,
    /// The share of samples that are spikes, where nothing else is known; it counts as much as 100 samples that were seen.
    pub spike_share: f64,
    /// The share of spikes that go up: a queue adds to the way, and nothing takes from it.
    pub spikes_upward: f64,
    /// How long a spike may last at most, in seconds.
    pub spike_s: f64,
    /// The finest difference that is any, in milliseconds: the clocks and schedulers of hosts are no better.
    pub floor_ms: f64,
    /// The same as a share of the round-trip time.
    pub floor_share: f64,
    /// How many samples make a middle: as many as a decision may see of what is new.
    pub block: usize,
    /// How many answered samples of a level are remembered.
    pub memory: usize,
    /// How far a level wanders from block to block, in its spreads, where nothing else is known: about as far as the
    /// medians of blocks that size differ by chance.
    pub wander: f64,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            samples_between_changes: 1000.0,
            hasty_error: 0.003,
            spike_share: 0.01,
            spikes_upward: 0.9,
            spike_s: 10.0,
            floor_ms: 0.05,
            floor_share: 0.0005,
            block: 16,
            memory: 64,
            wander: 0.3,
        }
    }
}
