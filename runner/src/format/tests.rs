mod generated;

use super::canonical;
use std::path::Path;
use walkdir::WalkDir;

#[track_caller]
fn check(written: &str, expect: &str) {
    let once = canonical(written).unwrap();
    assert_eq!(once, expect);
    assert_eq!(
        canonical(&once).unwrap(),
        once,
        "not the same the second time"
    );
}

#[test]
fn two_blanks_a_level() {
    check(
        "a:\n      b:\n         c: 1\n      d: 2\n",
        "a:\n  b:\n    c: 1\n  d: 2\n",
    );
    check(
        "a:\n- b: 1\n  c: 2\n-   d: 3\ne: 4\n",
        "a:\n  - b: 1\n    c: 2\n  - d: 3\ne: 4\n",
    );
    check("- - 1\n  - 2\n-\n  - 3\n", "- - 1\n  - 2\n-\n  - 3\n");
    check(
        "a:\n    - b\n    -\n        c: 1\n",
        "a:\n  - b\n  -\n    c: 1\n",
    );
    check(
        "? a\n:    b\n? c\n:   - d\n    - e\n",
        "? a\n: b\n? c\n: - d\n  - e\n",
    );
}

#[test]
fn one_blank_between_words() {
    check("a:   1\nb:\t2   \n", "a: 1\nb: 2\n");
    check(
        "a: {b: [1,2 , 3],c:  {} , d: [ ]}\n",
        "a: { b: [1, 2, 3], c: {}, d: [] }\n",
    );
    check(
        "a: &x   !!str   b\nc:   *x\n*x : d\n",
        "a: &x !!str b\nc: *x\n*x : d\n",
    );
    check("a: {\"b\":1, ? c : 2}\n", "a: { \"b\": 1, ? c: 2 }\n");
}

#[test]
fn at_most_one_empty_line() {
    check("\n\na: 1\n\n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n");
    check("a:\n\n\n  b: 1", "a:\n\n  b: 1\n");
    check("a: 1\r\n\r\n\r\nb: 2\r\n", "a: 1\n\nb: 2\n");
    check("", "");
}

#[test]
fn comments_stay_where_they_were() {
    check("#a\na: 1 # b\n   #c\nb: 2\n", "#a\na: 1  # b\n#c\nb: 2\n");
    check(
        "a:\n- b\n# c\n- d\n# e\nf: g\n",
        "a:\n  - b\n  # c\n  - d\n# e\nf: g\n",
    );
    check(
        "a:\n    b: 1\n    # still of a\n# of c\nc: 2\n  # the end\n",
        "a:\n  b: 1\n  # still of a\n# of c\nc: 2\n# the end\n",
    );
    check(
        "a:        # one\n  bc: 1   # two\n",
        "a:        # one\n  bc: 1   # two\n",
    );
    check(
        "a: [ # one\n 1, # two\n    # three\n 2\n ]\n",
        "a: [  # one\n  1,  # two\n  # three\n  2\n]\n",
    );
}

#[test]
fn brackets_over_several_lines_stay_so() {
    check(
        "a:\n  b: [c,\n d,\n      e]\n",
        "a:\n  b: [c,\n    d,\n    e]\n",
    );
    check("- { a: 1,\n    b: 2 }\n", "- { a: 1,\n    b: 2 }\n");
    check(
        "a: {\n      b: {\n c: 1\n}\n}\n",
        "a: {\n  b: {\n    c: 1\n  }\n}\n",
    );
}

#[test]
fn text_keeps_its_lines_and_its_meaning() {
    check(
        "a:\n    b: |\n          one\n            two  \n\n          three\n    c: 1\n",
        "a:\n  b: |\n    one\n      two  \n\n    three\n  c: 1\n",
    );
    check(
        "a: >-  # why\n folded\n text\n\n\n\nb: 1\n",
        "a: >-  # why\n  folded\n  text\n\nb: 1\n",
    );
    check("a: |+\n   kept\n\n\nb: 1\n", "a: |+\n  kept\n\n\nb: 1\n");
    check(
        "a:\n    b: |2\n        two more\n      as it is\n",
        "a:\n  b: |2\n      two more\n    as it is\n",
    );
    check(
        "- |\n text\n-   >\n      more\n",
        "- |\n  text\n- >\n  more\n",
    );
    check(
        "a: one\n      two\nb: 'it is\n\n  long'\nc: \"d \\\n   e\"\n",
        "a: one\n  two\nb: 'it is\n\n  long'\nc: \"d \\\n  e\"\n",
    );
    check("a:\n       plain\n", "a:\n  plain\n");
}

#[test]
fn quotes_stay_as_they_were() {
    let text = "'a': 'b c'\nd: 'it''s'\n\"e\": \"f\"\n";
    check(text, text);
}

#[test]
fn what_is_no_yaml_is_refused() {
    for text in ["a: [1\n", "a:\n\tb: 1\n", "a: *b\n", "a: 1\n---\nb: 2\n"] {
        let problem = canonical(text).unwrap_err();
        assert!(problem.help.is_some(), "{text:?}: {problem:?}");
    }
}

/// Every YAML file of the repository that can be read.
fn shipped() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folders = ["scenarios", "lab/worlds"].map(|folder| root.join(folder));
    let files = folders.iter().flat_map(WalkDir::new).filter_map(Result::ok);
    let yaml = files.filter(|file| file.path().extension().is_some_and(|it| it == "yaml"));
    let read = |file: walkdir::DirEntry| {
        let name = file.path().display().to_string();
        Some((name, std::fs::read_to_string(file.path()).ok()?))
    };
    yaml.filter_map(read).collect()
}

#[test]
fn whatever_is_shipped_has_one_canonical_style_that_means_the_same() {
    let mut formatted = 0;
    for (name, text) in shipped() {
        let readable = super::tree(&text).is_ok();
        match canonical(&text) {
            Ok(once) => {
                formatted += 1;
                assert_eq!(
                    canonical(&once).as_deref(),
                    Ok(once.as_str()),
                    "{name}: not the same the second time"
                );
            }
            Err(problem) => assert!(!readable, "{name}: {problem:?}"),
        }
    }
    assert!(formatted > 150, "only {formatted} files");
}
