//! What is said of the values a `$` key selects.

use super::{Judge, leaf, show, soften};
use crate::expect::{Expect, Quantifier, What};
use crate::finding::{Finding, Grade};
use crate::jsonpath::JsonPath;
use crate::shape::Shape;
use serde_json::Value;

impl Judge<'_> {
    pub(super) fn selected(&self, path: &JsonPath, expect: &Expect, word: &str) -> Vec<Finding> {
        let selected = match path.select(self.root) {
            Ok(selected) => selected,
            Err(why) => return vec![Finding::new(Grade::Inconclusive, expect.span, why)],
        };
        let found = match (&expect.what, selected.values.as_slice()) {
            (What::Set(..) | What::Presence(_), [one]) if path.is_singular() => leaf::things(one),
            (What::Presence(_), found) => found
                .iter()
                .copied()
                .filter(|value| is_something(value))
                .collect(),
            (_, found) => found.to_vec(),
        };
        match selected.unseen {
            None => self.found(&found, expect, word),
            Some(name) => self.found_in_part(&found, expect, word, &name),
        }
    }

    fn found(&self, found: &[&Value], expect: &Expect, word: &str) -> Vec<Finding> {
        let span = expect.span;
        match (&expect.what, found) {
            (What::Set(said, _), found) => self.set(said, found, word),
            (What::Presence(wanted), found) => leaf::presence(*wanted, found, span, word)
                .into_iter()
                .collect(),
            (_, [one]) => self.any(expect, Some(one), word),
            (_, []) => vec![Finding::new(Grade::Fail, span, "nothing is selected")],
            (_, several) => {
                let label = format!("{} values are selected", several.len());
                let rows = show::list(several, &Shape::Any);
                let hint = "say of which: `every: …`, `some: …` or `none: …`";
                vec![Finding::new(Grade::Fail, span, label).rows(rows).hint(hint)]
            }
        }
    }

    /// Where something could not be seen, only what was found to be wrong with what was seen is certain.
    fn found_in_part(
        &self,
        found: &[&Value],
        expect: &Expect,
        word: &str,
        unseen: &str,
    ) -> Vec<Finding> {
        let mut findings = match &expect.what {
            What::Set(said, _) => said
                .iter()
                .flat_map(|one| self.quantifier_in_part(one, found, word))
                .collect(),
            What::Presence(false) => self.found(found, expect, word),
            _ => softened(self.found(found, expect, word)),
        };
        let hint = format!("`{unseen}` could not be seen everywhere it was looked for");
        if findings.is_empty() {
            findings.push(Finding::new(
                Grade::Inconclusive,
                expect.span,
                "not known of all",
            ));
        }
        for finding in findings
            .iter_mut()
            .filter(|finding| finding.grade == Grade::Inconclusive)
        {
            finding.hint.get_or_insert_with(|| hint.clone());
        }
        findings
    }

    fn quantifier_in_part(&self, said: &Quantifier, found: &[&Value], word: &str) -> Vec<Finding> {
        let findings = self.set(std::slice::from_ref(said), found, word);
        match said {
            Quantifier::Every(_) | Quantifier::None(_) if !found.is_empty() => findings,
            _ => softened(findings),
        }
    }
}

fn softened(mut findings: Vec<Finding>) -> Vec<Finding> {
    soften(&mut findings);
    findings
}

fn is_something(value: &Value) -> bool {
    !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty())
}
