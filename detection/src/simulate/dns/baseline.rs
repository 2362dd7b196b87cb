use crate::dns::Answer;
use crate::verdict::{Verdict, Word};
use std::collections::BTreeSet;

/// Simpler ways of telling a change, as they are in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Baseline {
    /// The lines of a short answer, compared with the last accepted ones as they come.
    Lines,
    /// The same, sorted.
    SortedLines,
    /// The set of addresses or data, compared with the last accepted.
    Set,
    /// Nothing in the answer that no accepted answer ever had.
    Union,
    /// OONI's rule of version 0.4: both NXDOMAIN, or a system in common, or else an address in common, with what was accepted.
    Systems,
}

impl Baseline {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::Lines,
        Self::SortedLines,
        Self::Set,
        Self::Union,
        Self::Systems,
    ];

    /// Holds an answer against those that were accepted, the last of them last.
    pub(super) fn judge(self, accepted: &[Answer], answer: &Answer) -> Verdict {
        let Some(last) = accepted.last() else {
            return Verdict::new(Word::Same, "baseline", "nothing was accepted");
        };
        let same = match self {
            Self::Lines => lines(last) == lines(answer),
            Self::SortedLines => sorted(last) == sorted(answer),
            Self::Set => last.status == answer.status && data(last) == data(answer),
            Self::Union => {
                let known: BTreeSet<&String> =
                    accepted.iter().flat_map(|answer| &answer.data).collect();
                let status = accepted.iter().any(|known| known.status == answer.status);
                status && data(answer).is_subset(&known)
            }
            Self::Systems => overlaps(accepted, answer),
        };
        let word = if same { Word::Same } else { Word::Changed };
        Verdict::new(word, "baseline", format!("{self:?}"))
    }
}

fn lines(answer: &Answer) -> Vec<String> {
    let data = match answer.places.is_empty() {
        true => answer.data.clone(),
        false => answer
            .places
            .iter()
            .map(|place| place.address.to_string())
            .collect(),
    };
    let status = Some(answer.status.clone()).filter(|status| status != "NOERROR");
    status
        .into_iter()
        .chain(answer.chain.clone())
        .chain(data)
        .collect()
}

fn sorted(answer: &Answer) -> Vec<String> {
    let mut lines = lines(answer);
    lines.sort();
    lines
}

fn data(answer: &Answer) -> BTreeSet<&String> {
    answer.data.iter().collect()
}

fn overlaps(accepted: &[Answer], answer: &Answer) -> bool {
    let systems = |answer: &Answer| -> BTreeSet<u32> {
        answer
            .places
            .iter()
            .flat_map(|place| place.origins.clone().unwrap_or_default())
            .collect()
    };
    accepted.iter().any(|known| {
        let named = answer.status == "NXDOMAIN" && known.status == "NXDOMAIN";
        let empty =
            data(known).is_empty() && data(answer).is_empty() && known.status == answer.status;
        let system = !systems(known).is_disjoint(&systems(answer));
        named || empty || system || !data(known).is_disjoint(&data(answer))
    })
}
