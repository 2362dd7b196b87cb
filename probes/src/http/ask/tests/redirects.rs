//! From redirect to redirect.

use super::*;

/// Answers `/N` with a redirect to `/N-1`, and what is none with a page.
async fn stairs() -> Peer {
    Peer::plain(|request| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let to = match path.trim_start_matches('/').parse::<u32>() {
            Ok(1) => "end".to_owned(),
            Ok(step) => (step - 1).to_string(),
            Err(_) => return says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
        };
        says(format!(
            "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n"
        ))
    })
    .await
}

async fn to(location: &'static str, question: impl FnOnce(&mut Question)) -> (Seen, Vec<String>) {
    let peer = Peer::plain(move |request| match request.contains(" /there") {
        true => says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
        false => {
            let port = request
                .lines()
                .find_map(|line| line.strip_prefix("host: a.test:"));
            let location = location.replace("PORT", port.unwrap_or("0"));
            says(format!(
                "HTTP/1.1 307 T\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
            ))
        }
    })
    .await;
    let mut asked = get(&format!("http://a.test:{}/", peer.addr.port()));
    asked.follow = 3;
    question(&mut asked);
    (seen(&asked, &peer).await, peer.heard())
}

#[tokio::test]
async fn none_is_followed_unless_asked_for() {
    let peer = stairs().await;
    let seen = seen(&get(&peer.url("/2")), &peer).await;
    assert_eq!((seen.ended, known(&seen.status)), (Ended::Answered, &302));
    assert_eq!((seen.redirects.len(), peer.heard().len()), (0, 1));
}

#[tokio::test]
async fn each_is_recorded_and_the_last_answer_is_seen() {
    let peer = stairs().await;
    let mut question = get(&peer.url("/2"));
    question.follow = 2;
    let seen = seen(&question, &peer).await;
    assert_eq!(
        (seen.ended, known(&seen.status), known(&seen.body).as_str()),
        (Ended::Answered, &200, "hi")
    );
    let steps = seen.redirects.iter().map(|one| {
        (
            one.status,
            one.from.clone(),
            one.location.clone(),
            one.to.clone(),
        )
    });
    let step = |from: &str, location: &str| {
        (
            302,
            peer.url(from),
            location.to_owned(),
            peer.url(&format!("/{location}")),
        )
    };
    assert_eq!(
        steps.collect::<Vec<_>>(),
        [step("/2", "1"), step("/1", "end")]
    );
    assert_eq!(seen.redirects[0].facts.address, peer.addr.ip());
    assert_eq!(seen.request.url, peer.url("/end"));
}

#[tokio::test]
async fn more_than_wanted_are_too_many() {
    let peer = stairs().await;
    let mut question = get(&peer.url("/9"));
    question.follow = 3;
    let seen = seen(&question, &peer).await;
    assert_eq!(
        (seen.ended, known(&seen.status)),
        (Ended::TooManyRedirects, &302)
    );
    assert_eq!((seen.redirects.len(), peer.heard().len()), (3, 4));
}

#[tokio::test]
async fn a_loop_is_named() {
    let (seen, heard) = to("/?", |_| {}).await;
    assert_eq!((seen.ended, heard.len()), (Ended::RedirectLoop, 2));
    assert_eq!(seen.redirects.len(), 2);
}

#[tokio::test]
async fn each_goes_where_the_names_say_and_to_nobody_otherwise() {
    let (there, heard) = to("http://b.test:PORT/there", |_| {}).await;
    assert_eq!((there.ended, heard.len()), (Ended::Answered, 2));
    assert_eq!(there.time.dns_ms, Fact::Known(3.0));
    assert!(there.redirects[0].elsewhere && !there.redirects[0].downgrade);
    for location in ["http://nobody.test/", "ftp://a.test/", "http://"] {
        let (seen, heard) = to(location, |_| {}).await;
        assert_eq!(
            (seen.ended, heard.len()),
            (Ended::RedirectRefused, 1),
            "{location}"
        );
        assert_eq!(known(&seen.status), &307);
    }
}

#[tokio::test]
async fn secrets_and_names_of_ones_own_stay_at_home() {
    let own = |question: &mut Question| {
        let secret = HeaderValue::from_static("Bearer secret");
        question.headers =
            HeaderMap::from_iter([(HeaderName::from_static("authorization"), secret)]);
    };
    let (_, here) = to("/there", own).await;
    assert!(here[1].contains("Bearer secret"));
    let (_, elsewhere) = to("http://b.test:PORT/there", own).await;
    assert!(elsewhere[0].contains("Bearer secret") && !elsewhere[1].contains("secret"));
    assert!(elsewhere[1].contains("host: b.test"), "{}", elsewhere[1]);
    let body = |question: &mut Question| {
        question.method = Method::POST;
        question.body = "secret".into();
    };
    let (_, here) = to("/there", body).await;
    assert!(here[1].starts_with("POST") && here[1].contains("secret"));
    let (refused, heard) = to("http://b.test:PORT/there", body).await;
    assert_eq!((refused.ended, heard.len()), (Ended::RedirectRefused, 1));
}
