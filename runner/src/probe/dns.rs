//! `dns:` one question to one or several named resolvers.

mod ask;
mod enriched;
pub(crate) mod names;
mod rows;
mod settings;
mod zone;

pub(crate) use rows::resolver;

use super::target::one_of;
use super::{Cell, Judged, Kind, Surroundings, expectation};
use crate::keys::Fields;
use crate::normal::Family;
use crate::report::summary;
use crate::schema;
use netspec_assertions::expect::Expect;
use netspec_assertions::problem::{Problem, Problems};
use netspec_assertions::relation::{RELATIONS, Relation};
use netspec_assertions::select::Selector;
use netspec_assertions::shape::Shape;
use netspec_assertions::written::Spanned;
use netspec_probes::dns::{self, Server};
use rows::{Across, relations, rows, zone_relations};
use serde_json::json;
use settings::{Asked, SETTINGS};
use std::sync::{Arc, LazyLock};

/// The row of this kind.
pub const KIND: Kind = Kind {
    name: "dns",
    about: "Asks one question of one named server and sees the whole answer.",
    settings: SETTINGS,
    shape: || &SHAPE,
    seen_schema: schema::written::<dns::Seen>,
    summary: summary::dns,
    whole: false,
    details: summary::records,
    family: Family::Dns,
    read,
};

static SHAPE: LazyLock<Shape> = LazyLock::new(|| Shape::from_schema(&(KIND.seen_schema)()));

fn by_resolver_schema() -> serde_json::Value {
    json!({ "type": "object", "minProperties": 1, "additionalProperties": schema::expectation(&SHAPE) })
}

fn across_schema() -> serde_json::Value {
    json!({ "type": "object", "minProperties": 1, "propertyNames": { "pattern": "," }, "additionalProperties": relation_schema() })
}

fn relation_schema() -> serde_json::Value {
    let words: Vec<&str> = RELATIONS.iter().map(|(word, _, _)| *word).collect();
    json!({ "type": "object", "minProperties": 1, "additionalProperties": { "enum": words } })
}

fn read(fields: &Fields<'_>, around: &Surroundings<'_>, problems: &mut Problems) -> Vec<Cell> {
    let asked = Asked::read(fields, around, problems);
    let common = expectation(fields, &SHAPE, problems);
    let rows = rows(fields, around, problems);
    let relations = relations(fields, around, problems);
    let by_name = !rows.is_empty() || !relations.is_empty();
    let single = single(fields, around, by_name, problems);
    let zone = zone(fields, by_name, problems);
    let Some(asked) = asked else {
        return Vec::new();
    };
    if let (Some(across), Some((_, server))) = (zone, &single) {
        return asked.of_the_zone(server, common, across);
    }
    let mut cells: Vec<Cell> = single
        .into_iter()
        .map(|(_, server)| asked.cell(None, &server, common.iter().cloned()))
        .collect();
    cells.extend(rows.into_iter().map(|(name, server, own)| {
        asked.cell(Some(name), &server, common.iter().cloned().chain(own))
    }));
    cells.extend(relations.into_iter().map(|relation| asked.across(relation)));
    cells
}

/// What is expected between the zone's own servers, where they are asked.
fn zone(
    fields: &Fields<'_>,
    by_name: bool,
    problems: &mut Problems,
) -> Option<Vec<(Selector, Spanned<Relation>)>> {
    let servers = one_of(fields, "servers", &["authoritative"], "", problems);
    let across = zone_relations(fields, problems);
    let alone = match (
        fields.key_span("servers"),
        fields.key_span("across-servers"),
    ) {
        (None, Some(span)) => Some((
            span,
            "`across-servers` where one server is asked",
            "write `servers: authoritative` beside it",
        )),
        (Some(span), _) if by_name => Some((
            span,
            "`servers` beside rows that name theirs",
            "leave one of the two out",
        )),
        _ => None,
    };
    if let Some((span, message, help)) = alone {
        problems.add(Problem::new(span, message).help(help));
        return None;
    }
    servers.map(|_| across)
}

/// The one resolver of a check without rows: its own, or the project's.
fn single(
    fields: &Fields<'_>,
    around: &Surroundings<'_>,
    rows: bool,
    problems: &mut Problems,
) -> Option<(String, Server)> {
    if let Some(written) = fields.text("resolver", problems) {
        if rows {
            let problem = Problem::new(written.span, "`resolver` beside rows that name theirs");
            problems.add(problem.help("leave one of the two out"));
            return None;
        }
        return resolver(&written, around, problems).map(|server| (written.value, server));
    }
    if rows || !fields.lacks("resolver") || !fields.lacks("by-resolver") {
        return None;
    }
    let default = around.project.default_resolver(around.resolvers);
    if default.is_none() {
        let problem = Problem::new(fields.span, "whom to ask is not said");
        problems.add(
            problem
                .help("write `resolver: NAME`, or `defaults: { resolver: NAME }` in netspec.yaml"),
        );
    }
    default
}

impl Asked {
    /// Each of the zone's own servers: what is expected of each, and between them.
    fn of_the_zone(
        &self,
        resolver: &Server,
        expects: Option<Arc<Expect>>,
        relations: Vec<(Selector, Spanned<Relation>)>,
    ) -> Vec<Cell> {
        let cell = |name: Option<&str>, judged| Cell {
            name: name.map(str::to_owned),
            questions: vec![(String::new(), self.zone_wide(resolver))],
            judged,
        };
        let mut cells = Vec::new();
        if expects.is_some() || relations.is_empty() {
            cells.push(cell(None, Judged::Expect(expects.into_iter().collect())));
        }
        if !relations.is_empty() {
            cells.push(cell(Some("across"), Judged::Relate(relations)));
        }
        cells
    }

    fn cell(
        &self,
        name: Option<String>,
        server: &Server,
        expects: impl Iterator<Item = Arc<Expect>>,
    ) -> Cell {
        let questions = vec![(name.clone().unwrap_or_default(), self.question(server))];
        Cell {
            name,
            questions,
            judged: Judged::Expect(expects.collect()),
        }
    }

    fn across(&self, across: Across) -> Cell {
        let names: Vec<&str> = across.sides.iter().map(|(name, _)| name.as_str()).collect();
        let name = Some(names.join(", "));
        let questions = across
            .sides
            .iter()
            .map(|(name, server)| (name.clone(), self.question(server)))
            .collect();
        Cell {
            name,
            questions,
            judged: Judged::Relate(across.relations),
        }
    }
}
