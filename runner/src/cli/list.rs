use super::{Outcome, Selection, say};
use crate::exit;
use crate::report::style;
use clap::Args;
use netspec_assertions::finding::escape;
use serde_json::json;

/// Lists the tests there are, by the names that `--only` and the test harness take.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    selection: Selection,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(&self) -> Outcome {
        let project = self.selection.project_at_rest()?;
        let plan = self.selection.plan(&project)?;
        for case in &plan.cases {
            let check = case.check();
            let place = case.scenario.source.place(check.name.span);
            match self.json {
                true => {
                    let line = json!({ "name": case.name, "kind": check.kind.name, "tags": check.tags, "place": place });
                    say(&format!("{line}\n"));
                }
                false => say(&format!("{}\n", escape(&case.name))),
            }
        }
        let colour = style::wanted(&std::io::stderr());
        for (_, faulty) in &plan.faulty {
            anstream::eprintln!("{}", faulty.render(colour));
        }
        Ok(match (plan.faulty.is_empty(), plan.cases.is_empty()) {
            (false, _) => exit::WRONG_INPUT,
            (true, true) => exit::NOTHING_SELECTED,
            (true, false) => exit::AS_EXPECTED,
        })
    }
}
