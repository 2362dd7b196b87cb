use super::{Outcome, Selection, say};
use crate::exit;
use crate::lint::{self, Grade, Notice};
use crate::plan::Plan;
use crate::report::style;
use crate::report::summary::several;
use crate::scenario::Scenario;
use crate::{diagnostic, source::Source};
use annotate_snippets::Level;
use clap::Args;
use netspec_assertions::problem::Problem;
use serde_json::json;
use std::sync::Arc;

/// Reads scenario files and says what is wrong with them, and what is hardly meant. Asks nobody.
///
/// What is wrong is an error (exit code 2); what is sound but hardly meant is a warning. `netspec explain lints` lists
/// what is looked for.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    selection: Selection,
    /// Take warnings for errors.
    #[arg(long)]
    deny_warnings: bool,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

/// What was found, counted.
struct Counted {
    errors: usize,
    warnings: usize,
}

impl Check {
    pub(super) fn run(&self) -> Outcome {
        let project = self.selection.project_at_rest()?;
        let plan = self.selection.plan(&project)?;
        let mut counted = Counted {
            errors: 0,
            warnings: 0,
        };
        for (_, faulty) in &plan.faulty {
            counted.errors += faulty.problems.len();
            match self.json {
                true => faulty
                    .problems
                    .iter()
                    .for_each(|problem| self.tell(&faulty.source, problem, None)),
                false => say(&format!(
                    "{}\n",
                    faulty.render(style::wanted(&std::io::stdout()))
                )),
            }
        }
        for scenario in scenarios(&plan) {
            for Notice { lint, problem } in lint::lint(&scenario) {
                match lint.grade {
                    Grade::Error => counted.errors += 1,
                    Grade::Warning => counted.warnings += 1,
                }
                self.tell(&scenario.source, &problem, Some((lint.grade, lint.code)));
            }
        }
        self.end(&plan, &counted);
        Ok(match counted {
            Counted { errors: 1.., .. } => exit::WRONG_INPUT,
            Counted { warnings: 1.., .. } if self.deny_warnings => exit::WRONG_INPUT,
            _ if plan.cases.is_empty() => exit::NOTHING_SELECTED,
            _ => exit::AS_EXPECTED,
        })
    }

    fn tell(&self, source: &Source, problem: &Problem, lint: Option<(Grade, &'static str)>) {
        let (grade, code) = lint.map_or((Grade::Error, None), |(grade, code)| (grade, Some(code)));
        let (word, level) = match grade {
            Grade::Error => ("error", Level::ERROR),
            Grade::Warning => ("warning", Level::WARNING),
        };
        let line = match self.json {
            true => json!({
                "event": "problem", "level": word, "code": code, "path": source.path, "place": source.place(problem.span),
                "message": problem.message, "label": problem.label, "help": problem.help,
            })
            .to_string(),
            false => {
                let colour = style::wanted(&std::io::stdout());
                diagnostic::render_as(source, problem, (level, code), colour) + "\n"
            }
        };
        say(&format!("{line}\n"));
    }

    fn end(&self, plan: &Plan, counted: &Counted) {
        let (tests, questions) = (plan.cases.len(), plan.questions());
        let faulty = plan.faulty.len();
        if self.json {
            let line = json!({
                "event": "checked", "tests": tests, "questions": questions, "faulty": faulty,
                "errors": counted.errors, "warnings": counted.warnings,
            });
            return say(&format!("{line}\n"));
        }
        let warnings = match counted.warnings {
            0 => String::new(),
            count => format!(", {}", several(count, "warning")),
        };
        let line = match (counted.errors, faulty, tests) {
            (0, _, 0) => "no tests here".to_owned(),
            (0, ..) => {
                let (tests, questions) = (several(tests, "test"), several(questions, "question"));
                format!("sound: {tests}, {questions}{warnings}")
            }
            (errors, 0, _) => several(errors, "problem") + &warnings,
            (errors, files, _) => {
                let problems = several(errors, "problem");
                format!("{problems} in {}{warnings}", several(files, "file"))
            }
        };
        say(&format!("{line}\n"));
    }
}

/// The files that tests were selected of, each once.
fn scenarios(plan: &Plan) -> Vec<Arc<Scenario>> {
    let mut all: Vec<Arc<Scenario>> = plan
        .cases
        .iter()
        .map(|case| Arc::clone(&case.scenario))
        .collect();
    all.dedup_by(|a, b| Arc::ptr_eq(a, b));
    all
}
