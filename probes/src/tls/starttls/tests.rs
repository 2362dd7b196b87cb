use super::*;
use tokio::io::duplex;

/// A server of a script: what it says at first, and what to each thing heard.
async fn check(protocol: Starttls, says: &[&str], expect: Upgrade) {
    let (mut ours, mut theirs) = duplex(64 << 10);
    let serve = async {
        let mut says = says.iter();
        if protocol != Starttls::Postgres {
            let greeting = says.next().expect("a greeting");
            theirs.write_all(greeting.as_bytes()).await.unwrap();
        }
        for answer in says {
            assert!(theirs.read(&mut [0; 512]).await.unwrap() > 0);
            theirs.write_all(answer.as_bytes()).await.unwrap();
        }
        drop(theirs);
    };
    let asked = upgrade(&mut ours, protocol, Duration::from_secs(30));
    let ((upgraded, _), ()) = tokio::join!(asked, serve);
    assert_eq!(upgraded, expect, "{protocol:?} {says:?}");
}

#[tokio::test]
async fn mail_servers_are_asked_in_their_words() {
    let can = "250-mail.test\r\n250-PIPELINING\r\n250 STARTTLS\r\n";
    check(
        Starttls::Smtp,
        &["220-hello\r\n220 mail.test\r\n", can, "220 go ahead\r\n"],
        Upgrade::Ready,
    )
    .await;
    check(
        Starttls::Smtp,
        &["220 mail.test\r\n", can, "454 not now\r\n"],
        Upgrade::Refused,
    )
    .await;
    check(
        Starttls::Smtp,
        &["220 mail.test\r\n", "250 mail.test\r\n"],
        Upgrade::NotOffered,
    )
    .await;
    check(Starttls::Smtp, &["554 go away\r\n"], Upgrade::Refused).await;
    check(
        Starttls::Smtp,
        &["SSH-2.0-OpenSSH\r\n"],
        Upgrade::Unexpected,
    )
    .await;
    check(Starttls::Smtp, &["220 mail.test\r\n", ""], Upgrade::Closed).await;
    check(
        Starttls::Imap,
        &["* OK here\r\n", "* CAPABILITY\r\nn1 OK go\r\n"],
        Upgrade::Ready,
    )
    .await;
    check(
        Starttls::Imap,
        &["* OK here\r\n", "n1 NO\r\n"],
        Upgrade::Refused,
    )
    .await;
    check(Starttls::Imap, &["* BYE\r\n"], Upgrade::Refused).await;
    check(Starttls::Imap, &["220 mail.test\r\n"], Upgrade::Unexpected).await;
}

#[tokio::test]
async fn postgres_says_one_letter() {
    check(Starttls::Postgres, &["S"], Upgrade::Ready).await;
    check(Starttls::Postgres, &["N"], Upgrade::Refused).await;
    check(Starttls::Postgres, &["E"], Upgrade::Unexpected).await;
    check(Starttls::Postgres, &[""], Upgrade::Closed).await;
}

#[tokio::test]
async fn more_than_the_answer_may_be_anybody_s() {
    let can = "250 STARTTLS\r\n";
    let injected = "220 go ahead\r\n250 injected\r\n";
    check(
        Starttls::Smtp,
        &["220 mail.test\r\n", can, injected],
        Upgrade::Unexpected,
    )
    .await;
    let endless = "250-and so on\r\n".repeat(2000);
    check(
        Starttls::Smtp,
        &["220 mail.test\r\n", &endless],
        Upgrade::Unexpected,
    )
    .await;
}

#[tokio::test]
async fn silence_ends_in_time() {
    let (mut ours, _theirs) = duplex(64);
    let (upgraded, said) = upgrade(&mut ours, Starttls::Smtp, Duration::from_millis(20)).await;
    assert_eq!((upgraded, said), (Upgrade::Timeout, None));
}
