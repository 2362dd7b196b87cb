//! World files: those that come with the crate, and those that are refused.

use crate::{World, builtin};

fn paris() -> World {
    World::parse(builtin("paris-2023").unwrap(), "paris-2023.yaml")
        .unwrap_or_else(|problem| panic!("{problem}"))
}

#[test]
fn the_worlds_and_all_their_incidents_are_read() {
    for (name, incidents) in [
        ("echo", 1),
        ("paris-2023", 19),
        ("services", 11),
        ("traps", 1),
    ] {
        let world = World::parse(builtin(name).unwrap(), name)
            .unwrap_or_else(|problem| panic!("{problem}"));
        assert_eq!(world.world, name);
        let names: Vec<_> = world.incidents().map(|(name, _)| name.to_owned()).collect();
        assert_eq!(names.len(), incidents);
        for name in names {
            world
                .with_incident(&name)
                .unwrap_or_else(|problem| panic!("{problem}"));
        }
    }
    assert!(builtin("nowhere").is_none());
}

#[test]
fn a_hop_keeps_what_an_incident_does_not_set() {
    let world = paris().with_incident("unreachable-in-marseille").unwrap();
    let hop = &world.routes["singapore"].hops[10];
    assert_eq!(
        hop.name.as_deref(),
        Some("if-be-7-2.ecore1.emrs2-marseille.as6453.net")
    );
    assert!(hop.unreachable.is_some());
}

#[test]
fn the_table_of_places_has_larger_networks_first_and_no_special_ones() {
    let csv = paris().prefixes_csv();
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(lines[0], "start,end,asn,name,country,city");
    assert_eq!(
        lines[1],
        "11.0.0.0,11.255.255.255,749,United States Department of Defense (DoD),US,"
    );
    assert!(
        csv.contains("36.248.0.0,36.251.255.255,4837,CHINA UNICOM China169 Backbone,CN,Fuzhou\n")
    );
    assert!(!csv.contains("192.168."));
    let traps = World::parse(builtin("traps").unwrap(), "traps")
        .unwrap()
        .prefixes_csv();
    assert!(
        traps.contains(r#"198.18.0.0,198.19.255.255,64496,"Left, Right and ""Centre""",ZZ,"#),
        "{traps}"
    );
    assert!(
        traps.contains("2001:db8:d::,2001:db8:d:ffff:ffff:ffff:ffff:ffff,64498,"),
        "{traps}"
    );
}

#[test]
fn the_table_of_places_has_exchanges_where_the_world_has_one_and_all_who_share_a_network() {
    let places = "prefixes:\n  - { net: 80.249.208.0/21, asn: 1200, exchange: AMS-IX }\n  - { net: 12.0.0.0/8, asn: 1, shared-with: [2] }\n";
    let world = World::parse(&format!("{CLIENT}{places}"), "w").unwrap();
    assert_eq!(
        world.prefixes_csv(),
        "start,end,asn,name,country,city,exchange\n12.0.0.0,12.255.255.255,1_2,,,,\n80.249.208.0,80.249.215.255,1200,,,,AMS-IX\n"
    );
}

const CLIENT: &str = "world: w\nclient: { v4: { address: 192.0.2.2/24, gateway: 192.0.2.1 } }\n";

fn refusal(rest: &str) -> String {
    World::parse(&format!("{CLIENT}{rest}"), "worlds/w.yaml").expect_err(rest)
}

#[test]
fn a_misspelt_key_is_shown_where_it_stands_with_the_right_one() {
    let problem = refusal("routes:\n  r: { to: [192.0.2.9], rtt: 5ms, jiter: 1ms }\n");
    for part in [
        "unknown field `jiter`; did you mean `jitter`?",
        "worlds/w.yaml:4:",
        "jiter: 1ms",
        "^",
    ] {
        assert!(problem.contains(part), "{problem}");
    }
}

#[test]
fn values_are_refused_with_what_they_should_be() {
    for (rest, expected) in [
        ("seed: -1\n", ":3:"),
        (
            "routes: { r: { to: [192.0.2.9], rtt: 5 } }\n",
            "a length of time",
        ),
        (
            "routes: { r: { to: [192.0.2], rtt: 5ms } }\n",
            "neither an address nor a network",
        ),
        (
            "routes: { r: { to: [192.0.2.9], rtt: 5ms, loss: 120% } }\n",
            "not a share",
        ),
        (
            "routes: { r: { to: [192.0.2.9], rtt: 5ms, accepts: [udq] } }\n",
            "did you mean `udp`?",
        ),
        (
            "resolvers: { r: { addresses: [192.0.2.9], records: [x. 60 A 1.2.3] } }\n",
            "is not a record such as",
        ),
        (
            "resolvers: { r: { addresses: [192.0.2.9], records: [\"$INCLUDE /etc/passwd\"] } }\n",
            "is not a record such as",
        ),
        (
            "resolvers: { r: { addresses: [192.0.2.9], records: [x. 60 A], tcp: yes } }\n",
            "is not a record such as",
        ),
        ("seed: 1\nseed: 2\n", "duplicate"),
        ("routes:\n\tr: {}\n", "tab"),
    ] {
        let problem = refusal(rest);
        assert!(
            problem.contains(expected) && problem.contains("worlds/w.yaml:"),
            "{rest}\n{problem}"
        );
    }
}

#[test]
fn what_cannot_be_played_is_refused_by_name() {
    let route =
        |hop: &str| format!("routes: {{ r: {{ to: [192.0.2.9], rtt: 5ms, hops: [{hop}] }} }}\n");
    let incident = |change: &str| {
        format!(
            "{}incidents: {{ i: {{ why: w, must-catch: true, changes: [{change}] }} }}\n",
            route("{ silent: true }")
        )
    };
    for (rest, expected) in [
        (
            "resolvers: { r: { addresses: [192.0.2.9] } }\n".to_owned(),
            "resolver `r`: no route leads to 192.0.2.9",
        ),
        (
            route("{ rtt: 5ms }"),
            "route `r`: hop 1: an `address` is needed",
        ),
        (
            route("{ address: 192.0.2.1 }"),
            "route `r`: hop 1: an `rtt` is needed",
        ),
        (
            route("{ address: \"2001:db8::1\", rtt: 1ms }"),
            "of the other IP version",
        ),
        (
            route("{ address: 192.0.2.1, rtt: 1ms, translates-to: \"fd00::5\" }"),
            "route `r`: hop 1: fd00::5 is of the other IP version",
        ),
        (
            route("{ address: 192.0.2.1, rtt: 1ms, unreachable: beyond-scope }"),
            "no code in this IP version",
        ),
        (
            route("{ address: 192.0.2.1, rtt: 1ms, mpls: [{ label: 1048576, ttl: 1 }] }"),
            "20 bits",
        ),
        (
            incident("{ hop: { route: r, at: 2, set: { silent: false } } }"),
            "incident `i`: route `r` has no hop 2; it has 1",
        ),
        (
            incident("{ hops: { route: q, from: 1, now: [] } }"),
            "incident `i`: there is no route `q`",
        ),
        (incident("{ after: 1s }"), "exactly one of"),
        (
            incident("{ hop: { route: r, at: 1, set: { silent: false } } }"),
            "an `address` is needed",
        ),
    ] {
        let problem = refusal(&rest);
        assert!(problem.contains(expected), "{rest}\n{problem}");
    }
    let nobody = World::parse("world: w\nclient: {}\n", "w").unwrap_err();
    assert!(
        nobody.contains("needs a `v4` or a `v6` address"),
        "{nobody}"
    );
}

#[test]
fn the_schema_knows_every_word_of_a_world_file() {
    let schema = crate::schema();
    for word in ["resolvers", "routes", "incidents", "services", "prefixes"] {
        assert!(schema["properties"][word].is_object(), "{word}");
    }
    assert_eq!(schema["additionalProperties"], false);
}

const ROUTE: &str = "routes: { r: { to: [192.0.2.9], rtt: 5ms } }\n";

#[test]
fn a_service_that_cannot_be_played_is_refused_with_its_reason() {
    for (service, reason) in [
        ("{ listen: 192.0.2.9 }", "invalid socket address"),
        ("{ listen: [] }", "`listen` names no address"),
        ("{ listen: '192.0.2.8:1' }", "no route leads to 192.0.2.8"),
        ("{ listen: '192.0.2.9:1', tsl: {} }", "did you mean `tls`?"),
        (
            "{ listen: '192.0.2.9:1', tls: { breaks: stall } }",
            "did you mean `stalls`?",
        ),
        (
            "{ listen: '192.0.2.9:1', tls: { versions: [] } }",
            "`versions` is empty",
        ),
        (
            "{ listen: '192.0.2.9:1', tls: { certificate: { ends: soon } } }",
            "write `-1d`, `12h` or `60d`",
        ),
        (
            "{ listen: '192.0.2.9:1', tls: { certificate: { sends: [root] } } }",
            "without the `leaf`",
        ),
        (
            "{ listen: '192.0.2.9:1', greets: { hex: 0f0 } }",
            "not pairs of hexadecimal digits",
        ),
        (
            "{ listen: '192.0.2.9:1', http: {}, hears: echoes }",
            "exclude each other",
        ),
        (
            "{ listen: '192.0.2.9:1', http: { http3: true } }",
            "`http3` needs `tls`",
        ),
        (
            "{ listen: '192.0.2.9:1', http: { paths: { a: {} } } }",
            "does not begin with `/`",
        ),
        (
            "{ listen: '192.0.2.9:1', http: { paths: { /: { text: a, html: b } } } }",
            "more than one of",
        ),
        (
            "{ listen: '192.0.2.9:1', http: { paths: { /: { stauts: 200 } } } }",
            "did you mean `status`?",
        ),
        (
            "{ listen: '192.0.2.9:1', http: { paths: { /: { status: 100 } } } }",
            "not one of 200 to 999",
        ),
        (
            "{ listen: '192.0.2.9:1', http: { paths: { /: { redirect: \"a\\nb\" } } } }",
            "cannot be sent",
        ),
        (
            "{ listen: '192.0.2.9:1', http: { paths: { /: { headers: { Content-Length: '1' } } } } }",
            "the server's own",
        ),
        (
            "{ listen: '192.0.2.9:1', proxy: { resolver: nobody } }",
            "no resolver `nobody`",
        ),
    ] {
        let problem = refusal(&format!("{ROUTE}services:\n  - {service}\n"));
        assert!(problem.contains(reason), "{service}:\n{problem}");
    }
}

#[test]
fn an_incident_changes_a_service_in_depth_and_keeps_the_rest() {
    let services = World::parse(builtin("services").unwrap(), "services").unwrap();
    let site = |world: &World| world.services[0].clone();
    let (before, after) = (
        site(&services),
        site(&services.with_incident("status-503").unwrap()),
    );
    let page =
        |service: &super::service::Service| service.http.as_ref().unwrap().paths["/"].clone();
    assert_eq!(
        (page(&before).status, page(&after).status),
        (None, Some(503))
    );
    assert_eq!(page(&before).html, page(&after).html);
    assert_eq!(before.listen, after.listen);
    let moved = "incidents: { i: { why: w, must-catch: true, changes: [{ service: { at: '192.0.2.9:1', set: { closed: true } } }] } }\n";
    let problem = refusal(&format!("{ROUTE}{moved}"));
    assert!(
        problem.contains("there is no service `192.0.2.9:1`"),
        "{problem}"
    );
}
