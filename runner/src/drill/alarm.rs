//! What raised an alarm: an expectation, or what is remembered.

use serde_json::Value;

/// One thing that was not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The word of the expectation, or the name of the rule that said it has changed.
    pub by: String,
    /// Whether a rule said so, of what is remembered.
    pub is_rule: bool,
    /// Why, a sentence each.
    pub evidence: Vec<String>,
}

/// The alarms of a test that ended; none unless it failed.
pub(super) fn of(event: &Value) -> Vec<Alarm> {
    if event["verdict"] != "fail" {
        return Vec::new();
    }
    let findings = event["findings"].as_array().into_iter().flatten();
    let failed = findings.filter(|finding| finding["grade"] == "fail");
    failed
        .map(expected)
        .chain(remembered(&event["snapshot"]))
        .collect()
}

fn expected(finding: &Value) -> Alarm {
    let [word, place, because] = ["word", "place", "because"].map(|key| text(&finding[key]));
    Alarm {
        by: word.to_owned(),
        is_rule: false,
        evidence: vec![format!("{place} {word}: {because}")],
    }
}

/// What memory says: the rule where one decided, or that the snapshot is another.
fn remembered(snapshot: &Value) -> Option<Alarm> {
    const ALARMS: [&str; 3] = ["changed", "new", "unusable"];
    let fate = text(&snapshot["fate"]);
    if !ALARMS.contains(&fate) {
        return None;
    }
    let said = &snapshot["verdict"];
    let (rule, evidence) = (said["rule"].as_str(), said["evidence"].as_array());
    let sentences = evidence.into_iter().flatten().map(|it| text(it).to_owned());
    let place = text(&snapshot["place"]);
    let diff = text(&snapshot["detail"]).lines();
    let diff = diff
        .filter(|line| line.starts_with(['+', '-']))
        .map(str::to_owned);
    let mut evidence: Vec<String> = sentences.collect();
    evidence.insert(0, format!("{place} tracked: {fate}"));
    evidence.extend(diff);
    let by = rule.map_or_else(|| format!("snapshot {fate}"), str::to_owned);
    let is_rule = rule.is_some();
    Some(Alarm {
        by,
        is_rule,
        evidence,
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
