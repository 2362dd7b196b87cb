use super::*;
use tokio::io::AsyncWriteExt;

/// How a request ends that is sent when the server has gone already, with a code in its GOAWAY (RFC 9113 §6.8).
async fn gone(code: u8) -> (Ended, String) {
    let (ours, mut theirs) = tokio::io::duplex(1 << 16);
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    let go_away = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, code];
    let said = [settings.as_slice(), &go_away].concat();
    theirs.write_all(&said).await.unwrap();
    let (tasks, _ending) = Tasks::new();
    let (ear, first) = Ear::new(ours);
    let begun = begin(TokioIo::new(ear), Version::Http2, tasks).await;
    let Ok(Sender::Two(mut sender, broken)) = begun else {
        panic!("HTTP/2 begins");
    };
    while !sender.is_closed() {
        let _ = sender.ready().await;
        tokio::task::yield_now().await;
    }
    let request = Request::get("http://gone.test/")
        .body(Full::default())
        .unwrap();
    let sent = send(Sender::Two(sender, broken), request, Interim::default()).await;
    let error = sent.unwrap_err();
    (ended(&error, Version::Http2, &first.octets()), why(&error))
}

#[tokio::test]
async fn a_server_that_has_gone_before_it_is_asked_has_gone_away() {
    let (ended, why) = gone(11).await;
    assert_eq!(ended, Ended::GoingAway);
    assert!(why.contains("excessive load"), "{why}");
    assert_eq!(gone(0).await.0, Ended::GoingAway);
}
