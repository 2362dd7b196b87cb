use super::{Outcome, Selection, say};
use crate::exit;
use crate::report::style;
use crate::report::summary::several;
use clap::Args;

/// Reads scenario files and says what is wrong with them. Asks nobody.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    selection: Selection,
}

impl Check {
    pub(super) fn run(&self) -> Outcome {
        let project = self.selection.project_at_rest()?;
        let plan = self.selection.plan(&project)?;
        let colour = style::wanted(&std::io::stdout());
        for (_, faulty) in &plan.faulty {
            say(&format!("{}\n", faulty.render(colour)));
        }
        let problems: usize = plan
            .faulty
            .iter()
            .map(|(_, faulty)| faulty.problems.len())
            .sum();
        match (plan.faulty.len(), plan.cases.len()) {
            (0, 0) => {
                say("no tests here\n");
                Ok(exit::NOTHING_SELECTED)
            }
            (0, tests) => {
                let tests = several(tests, "test");
                let questions = several(plan.questions(), "question");
                say(&format!("sound: {tests}, {questions}\n"));
                Ok(exit::AS_EXPECTED)
            }
            (files, _) => {
                let problems = several(problems, "problem");
                say(&format!("{problems} in {}\n", several(files, "file")));
                Ok(exit::WRONG_INPUT)
            }
        }
    }
}
