//! The licence numbers that a page served from mainland China shows at its foot.
//!
//! Two kinds are shown. The filing (ICP 备案): `京ICP备12345678号-1`, given by a provincial administration to whoever has
//! a site. The licence to trade (增值电信业务经营许可证): `粤B2-20090059`, or `京ICP证030173号` in its older form.

use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The most numbers of one page that are kept.
const MOST: usize = 32;

/// The one-character names of the provinces; 合 stands before licences that hold for all of them.
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼合";

/// Spaces between the parts are as the page has them; brackets around the year are of either width.
static NUMBERS: LazyLock<Regex> = LazyLock::new(|| {
    let space = r"(?:\s|&nbsp;){0,3}";
    let dash = r"[-－–—]";
    let end = r"(?-u:\b)";
    let province = format!("[{PROVINCES}]");
    let filing = format!(
        "{province}{space}[Ii][Cc][Pp]{space}[备備]{space}[0-9]{{6,10}}{space}[号號]?(?:{space}{dash}{space}[0-9]{{1,4}}{end})?"
    );
    let old =
        format!("{province}{space}[Ii][Cc][Pp]{space}[证證]{space}[0-9]{{5,10}}{space}[号號]?");
    let kinds = r"(?:[AB][1-9][.、])";
    let trade = format!(
        "(?:{province}字?{kinds}{{0,8}}|{kinds}{{1,8}})[AB][1-9]{dash}[12][0-9]{{3}}[0-9]{{4,6}}{end}"
    );
    Regex::new(&format!("{filing}|{old}|{trade}"))
        .expect("a constant pattern that the tests compile")
});

static NOISE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\s|&nbsp;").expect("a constant pattern that the tests compile"));

/// The numbers in a text, each once, in one way of writing them: no spaces, `ICP` in capitals, 备, 证 and 号 in today's script.
pub(super) fn licences(text: &str) -> Vec<String> {
    let found = NUMBERS.find_iter(text).map(|found| written(found.as_str()));
    let mut each = BTreeSet::new();
    let once = found.filter(|number| each.insert(number.clone()));
    once.take(MOST).collect()
}

fn written(number: &str) -> String {
    let bare = NOISE.replace_all(number, "");
    let same = |c: char| match c {
        '備' => '备',
        '證' => '证',
        '號' => '号',
        '－' | '–' | '—' => '-',
        other => other.to_ascii_uppercase(),
    };
    bare.chars().map(same).collect()
}

#[cfg(test)]
mod tests {
    use super::licences;

    #[track_caller]
    fn check(text: &str, found: &[&str]) {
        assert_eq!(licences(text), found, "{text}");
    }

    #[test]
    fn the_forms_in_use_are_found() {
        check("粤B2-20090059", &["粤B2-20090059"]);
        check(
            "增值电信业务经营许可证：合字B2-20090059",
            &["合字B2-20090059"],
        );
        check("A2.B1.B2-20090001号", &["A2.B1.B2-20090001"]);
        check("京ICP备12345678号-1", &["京ICP备12345678号-1"]);
        check("京ICP备12345678号", &["京ICP备12345678号"]);
        check("沪ICP备05012345", &["沪ICP备05012345"]);
        check("京ICP证030173号", &["京ICP证030173号"]);
        check("合B2-20210001", &["合B2-20210001"]);
        check("粤B1-20100123 B2-20040089", &["粤B1-20100123"]);
    }

    #[test]
    fn one_number_has_one_way_of_writing() {
        check("京 ICP 备 12345678 号 - 1", &["京ICP备12345678号-1"]);
        check("浙icp備12345678號－12", &["浙ICP备12345678号-12"]);
        check("粤&nbsp;ICP备12345678号", &["粤ICP备12345678号"]);
        check(
            "粤B2-20090059 … 粤B2-20090059, 粤B2–20090059",
            &["粤B2-20090059"],
        );
    }

    #[test]
    fn in_a_page_as_it_is() {
        let footer = r#"<p>&copy; 1998-2023 Tencent <a href="x">粤网文[2023]2882-203号</a>
            <a href="https://beian.miit.gov.cn/">粤B2-20090059</a>|<a>粤ICP备09012345号-7</a></p>"#;
        check(footer, &["粤B2-20090059", "粤ICP备09012345号-7"]);
    }

    #[test]
    fn what_looks_alike_is_not_one() {
        check("part no. XB2-2009", &[]);
        check("ICP备12345678号 B2-20090059", &[]);
        check("粤B2-200900591234", &[]);
        check("京ICP备1234号", &[]);
    }

    #[test]
    fn a_hostile_page_has_a_bound() {
        let many: String = (0..10_000).map(|n| format!("京ICP备{n:08}号 ")).collect();
        assert_eq!(licences(&many).len(), 32);
        assert!(licences(&"京 ".repeat(500_000)).is_empty());
    }
}
