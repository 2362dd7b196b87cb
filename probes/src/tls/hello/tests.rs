use super::super::testing::{House, Wanted, serve};
use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn say(to: std::net::SocketAddr, version: Version) -> Said {
    let mut stream = TcpStream::connect(to).await.unwrap();
    stream
        .write_all(&hello(version, Some("good.test")))
        .await
        .unwrap();
    let mut came = Vec::new();
    loop {
        assert!(stream.read_buf(&mut came).await.unwrap() > 0, "closed");
        if let ControlFlow::Break(said) = read(&came) {
            return said;
        }
    }
}

#[tokio::test]
async fn another_implementation_understands_it() {
    let house = House::new();
    let to = serve(Wanted::default().signed_by(&house.root).config(&[])).await;
    assert_eq!(
        say(to, Version::Tls13).await,
        Said::Hello(Some(Version::Tls13))
    );
    assert_eq!(
        say(to, Version::Tls12).await,
        Said::Hello(Some(Version::Tls12))
    );
    for old in [Version::Tls11, Version::Tls10, Version::Ssl3] {
        let said = say(to, old).await;
        assert!(matches!(said, Said::Alert(_)), "{old:?}: {said:?}");
    }
}

#[test]
fn an_old_hello_is_as_the_standard_writes_it() {
    let ssl3 = hello(Version::Ssl3, Some("good.test"));
    assert_eq!(ssl3[..3], [22, 3, 0]);
    assert_eq!(
        usize::from(u16::from_be_bytes([ssl3[3], ssl3[4]])),
        ssl3.len() - 5
    );
    assert_eq!(ssl3[9..11], [3, 0], "the version offered");
    assert_eq!(ssl3[ssl3.len() - 2..], [1, 0], "SSL 3.0 has no extensions");
    let tls10 = hello(Version::Tls10, Some("good.test"));
    assert_eq!(tls10[9..11], [3, 1]);
    assert!(tls10.windows(9).any(|window| window == b"good.test"));
}

#[test]
fn what_is_said_to_it_is_read() {
    let check =
        |bytes: &[u8], expect| assert_eq!(read(bytes), ControlFlow::Break(expect), "{bytes:?}");
    check(&[21, 3, 1, 0, 2, 2, 40], Said::Alert(40));
    check(b"HTTP/1.1 400", Said::NotTls);
    check(&[22, 0xf1, 4, 0, 1, 2], Said::NotTls);
    let mut body = vec![3, 1];
    body.extend([7; 32]);
    body.extend([0, 0, 0x2f, 0]);
    let mut hello = vec![
        22,
        3,
        1,
        0,
        u8::try_from(body.len()).unwrap() + 4,
        2,
        0,
        0,
        38,
    ];
    hello.extend(&body);
    check(&hello, Said::Hello(Some(Version::Tls10)));
    for end in 0..hello.len() {
        assert_eq!(
            read(&hello[..end]),
            ControlFlow::Continue(()),
            "cut at {end}"
        );
    }
}
