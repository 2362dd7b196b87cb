use super::Model;
use super::tally::Tally;
use serde_json::{Map, Value};

/// How many words of one kind a person reads.
const SHOWN: usize = 16;

impl Model {
    /// What holds still, tier by tier: status, chain, data, systems, holders and countries. What is not known is left out.
    pub fn view(&self) -> Value {
        let mut view = Map::new();
        let mut put = |key: &str, words: Vec<String>| {
            if !words.is_empty() {
                view.insert(key.to_owned(), words.into());
            }
        };
        put("status", self.usual_statuses());
        put("chain", named(&self.shapes));
        put("ends", named(&self.ends));
        put("data", settled(&self.data, self.draws));
        put("systems", named(&self.systems));
        put("holders", named(&self.holders));
        put("countries", named(&self.countries));
        Value::Object(view)
    }

    fn usual_statuses(&self) -> Vec<String> {
        let usual = self.statuses.words().filter(|status| self.is_usual(status));
        usual.cloned().collect()
    }
}

/// All words but the empty one, which stands for none.
fn named(tally: &Tally) -> Vec<String> {
    let words: Vec<String> = tally
        .words()
        .filter(|word| !word.is_empty())
        .cloned()
        .collect();
    if words.len() > SHOWN {
        Vec::new()
    } else {
        words
    }
}

/// Where there are more than a person reads, those that stood in every other answer.
fn settled(tally: &Tally, draws: u32) -> Vec<String> {
    let many = tally.kinds() > SHOWN;
    let shown = tally
        .counts()
        .filter(|(_, count)| !many || count * 2 >= draws);
    shown.map(|(word, _)| word.clone()).collect()
}
