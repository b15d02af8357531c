//! The listener as a client meets it: real sockets on free ports, bytes in, bytes out.
#![expect(
    clippy::unwrap_used,
    reason = "in a test's helpers a failure is a failed test"
)]

use std::net::{Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::routing::{get, post};
use serve::{BindError, Limits, ListenOptions, Listener};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

const VARIABLE: &str = "WEB_PORT";
const SOON: Duration = Duration::from_millis(100);
/// Long enough that a test which waits for it has failed.
const NEVER: Duration = Duration::from_secs(600);

/// A server that runs until the test stops it.
struct Server {
    addresses: Vec<SocketAddr>,
    stop: oneshot::Sender<()>,
    done: JoinHandle<()>,
}

impl Server {
    async fn start(router: Router, limits: Limits) -> Self {
        let options = ListenOptions {
            limits,
            ..ListenOptions::loopback(0, VARIABLE)
        };
        let listener = Listener::bind(&options).await.unwrap();
        let addresses = listener.addresses();
        let (stop, stopped) = oneshot::channel();
        let done = tokio::spawn(listener.serve(router, async {
            let _ = stopped.await;
        }));
        Self {
            addresses,
            stop,
            done,
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.addresses[0]).await.unwrap()
    }

    /// Sends bytes on a connection of their own and reads until the server closes it.
    async fn answer_to(&self, request: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request.as_ref()).await.unwrap();
        read_to_end(&mut stream).await
    }
}

async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

fn hello() -> Router {
    Router::new().route("/", get(|| async { "hello" })).route(
        "/length",
        post(|body: Bytes| async move { body.len().to_string() }),
    )
}

fn get_with(host: &str) -> String {
    format!("GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("no answer")
}

#[tokio::test]
async fn both_address_families_answer_on_the_same_port() {
    let server = Server::start(hello(), Limits::default()).await;
    let has_ipv6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await.is_ok();
    assert_eq!(server.addresses.len(), if has_ipv6 { 2 } else { 1 });
    for address in &server.addresses {
        assert_eq!(address.port(), server.addresses[0].port());
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(get_with(&address.to_string()).as_bytes())
            .await
            .unwrap();
        assert!(
            read_to_end(&mut stream).await.ends_with("hello"),
            "{address}"
        );
    }
}

#[tokio::test]
async fn a_foreign_name_gets_421_and_is_told_which_variable_would_allow_it() {
    let server = Server::start(hello(), Limits::default()).await;
    for host in ["evil.example", "localhost.:80", "0.0.0.0"] {
        let answer = server.answer_to(get_with(host)).await;
        assert_eq!(status(&answer), "421", "{host}");
        assert!(answer.contains("ALLOWED_HOSTS"));
        assert!(!answer.contains("hello"));
    }
    assert_eq!(
        status(&server.answer_to(get_with("LOCALHOST:1")).await),
        "200"
    );
}

#[tokio::test]
async fn an_unknown_path_does_not_get_around_the_host_check() {
    let server = Server::start(hello(), Limits::default()).await;
    let request = "POST /nowhere HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n";
    assert_eq!(status(&server.answer_to(request).await), "421");
}

#[tokio::test]
async fn a_name_that_a_person_allowed_is_answered() {
    let options = ListenOptions {
        allowed_hosts: vec!["workshop.example".to_owned()],
        ..ListenOptions::loopback(0, VARIABLE)
    };
    let listener = Listener::bind(&options).await.unwrap();
    let address = listener.addresses()[0];
    tokio::spawn(listener.serve(hello(), std::future::pending()));
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(get_with("workshop.example").as_bytes())
        .await
        .unwrap();
    assert_eq!(status(&read_to_end(&mut stream).await), "200");
}

#[tokio::test]
async fn no_host_two_hosts_and_half_a_host_are_bad_requests() {
    let server = Server::start(hello(), Limits::default()).await;
    for head in [
        "GET / HTTP/1.1",
        "GET / HTTP/1.0",
        "GET / HTTP/1.1\r\nhost: localhost\r\nhost: localhost",
        "GET / HTTP/1.1\r\nhost: me@localhost",
        "GET / HTTP/1.1\r\nhost:",
        "GET / HTTP/9",
        "\u{0}",
    ] {
        let answer = server
            .answer_to(format!("{head}\r\nconnection: close\r\n\r\n"))
            .await;
        assert_eq!(status(&answer), "400", "{head:?}");
    }
}

#[tokio::test]
async fn a_whole_address_in_the_request_line_is_checked_as_well() {
    let server = Server::start(hello(), Limits::default()).await;
    let request =
        |url: &str| format!("GET {url} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    assert_eq!(
        status(&server.answer_to(request("http://evil.example/")).await),
        "421"
    );
    assert_eq!(
        status(&server.answer_to(request("http://localhost/")).await),
        "200"
    );
}

#[tokio::test]
async fn a_taken_port_is_named_with_the_variable_that_changes_it() {
    let first = Listener::bind(&ListenOptions::loopback(0, VARIABLE))
        .await
        .unwrap();
    let error = Listener::bind(&ListenOptions::loopback(first.port(), VARIABLE))
        .await
        .unwrap_err();
    assert!(matches!(error, BindError::PortTaken { .. }));
    assert_eq!(
        error.to_string(),
        format!(
            "port {} is already in use (127.0.0.1); stop the other program or set WEB_PORT to a free port",
            first.port()
        )
    );
}

#[tokio::test]
async fn a_port_taken_in_the_second_family_only_is_taken() {
    let Ok(other) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await else {
        return; // A machine without IPv6 has no second family.
    };
    let port = other.local_addr().unwrap().port();
    let error = Listener::bind(&ListenOptions::loopback(port, VARIABLE))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("already in use"), "{error}");
}

#[tokio::test]
async fn an_address_of_another_machine_is_refused_by_name() {
    let options = ListenOptions {
        bind_address: Some("192.0.2.1".parse().unwrap()),
        ..ListenOptions::loopback(0, VARIABLE)
    };
    let error = Listener::bind(&options).await.unwrap_err().to_string();
    assert!(
        error.contains("192.0.2.1") && error.contains("BIND_ADDRESS"),
        "{error}"
    );
}

#[tokio::test]
async fn a_client_that_sends_its_head_too_slowly_is_cut_off() {
    let limits = Limits {
        head_time: SOON,
        ..Limits::default()
    };
    let server = Server::start(hello(), limits).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: local")
        .await
        .unwrap();
    assert!(!read_to_end(&mut stream).await.contains("200"));
}

#[tokio::test]
async fn a_connection_that_idles_is_closed() {
    let limits = Limits {
        head_time: SOON,
        ..Limits::default()
    };
    let server = Server::start(hello(), limits).await;
    assert!(
        server
            .answer_to("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .await
            .ends_with("hello")
    );
    assert_eq!(server.answer_to("").await, "");
}

#[tokio::test]
async fn a_head_that_is_too_large_gets_431_even_if_the_client_keeps_sending() {
    let server = Server::start(hello(), Limits::default()).await;
    let wide = format!(
        "GET / HTTP/1.1\r\nhost: localhost\r\ncookie: {}\r\n\r\n",
        "a".repeat(4_000_000)
    );
    assert_eq!(status(&server.answer_to(wide).await), "431");
    let many = format!(
        "GET / HTTP/1.1\r\nhost: localhost\r\n{}\r\n",
        "a: b\r\n".repeat(200)
    );
    assert_eq!(status(&server.answer_to(many).await), "431");
    let endless = format!(
        "GET /?{} HTTP/1.1\r\nhost: localhost\r\n\r\n",
        "a".repeat(1_000_000)
    );
    assert_eq!(status(&server.answer_to(endless).await), "431");
}

#[tokio::test]
async fn an_address_that_is_too_long_gets_414() {
    let server = Server::start(hello(), Limits::default()).await;
    let request = |length: usize| {
        format!(
            "GET /?{} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
            "a".repeat(length)
        )
    };
    assert_eq!(status(&server.answer_to(request(20_000)).await), "414");
    assert_eq!(status(&server.answer_to(request(10_000)).await), "200");
}

#[tokio::test]
async fn a_body_that_never_arrives_gets_408() {
    let limits = Limits {
        request_time: SOON,
        ..Limits::default()
    };
    let server = Server::start(hello(), limits).await;
    let request = "POST /length HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nabc";
    assert_eq!(status(&server.answer_to(request).await), "408");
}

#[tokio::test]
async fn an_answer_that_takes_too_long_becomes_503() {
    let limits = Limits {
        request_time: SOON,
        ..Limits::default()
    };
    let slow = Router::new().route("/", get(std::future::pending::<()>));
    let server = Server::start(slow, limits).await;
    assert_eq!(
        status(&server.answer_to(get_with("localhost")).await),
        "503"
    );
}

#[tokio::test]
async fn a_panic_becomes_500_and_the_connection_lives_on() {
    async fn broken() {
        panic!("a handler broke");
    }
    let server = Server::start(hello().route("/broken", get(broken)), Limits::default()).await;
    let two = format!(
        "GET /broken HTTP/1.1\r\nhost: localhost\r\n\r\n{}",
        get_with("localhost")
    );
    let answers = server.answer_to(two).await;
    assert_eq!(status(&answers), "500");
    assert!(answers.ends_with("hello"), "{answers}");
    assert!(!answers.contains("a handler broke"));
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_their_turn() {
    let limits = Limits {
        connections: 1,
        ..Limits::default()
    };
    let server = Server::start(hello(), limits).await;
    let mut first = server.connect().await;
    first
        .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    first.readable().await.unwrap();
    let second = server.answer_to(get_with("localhost"));
    let mut second = std::pin::pin!(second);
    assert!(tokio::time::timeout(SOON, &mut second).await.is_err());
    drop(first);
    assert_eq!(status(&second.await), "200");
}

#[tokio::test]
async fn an_answer_in_progress_is_finished_before_the_stop() {
    let entered = Arc::new(Notify::new());
    let leave = Arc::new(Notify::new());
    let (inside, go) = (Arc::clone(&entered), Arc::clone(&leave));
    let router = Router::new().route(
        "/",
        get(move || async move {
            inside.notify_one();
            go.notified().await;
            "finished"
        }),
    );
    let server = Server::start(
        router,
        Limits {
            drain_time: NEVER,
            ..Limits::default()
        },
    )
    .await;
    let mut stream = server.connect().await;
    stream
        .write_all(get_with("localhost").as_bytes())
        .await
        .unwrap();
    entered.notified().await;
    let address = server.addresses[0];
    server.stop.send(()).unwrap();
    // The port is free as soon as the server stops accepting.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    leave.notify_one();
    assert!(read_to_end(&mut stream).await.ends_with("finished"));
    server.done.await.unwrap();
}

#[tokio::test]
async fn idle_connections_do_not_delay_the_stop() {
    let server = Server::start(
        hello(),
        Limits {
            drain_time: NEVER,
            ..Limits::default()
        },
    )
    .await;
    let mut idle = server.connect().await;
    idle.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    idle.readable().await.unwrap();
    // Browsers open connections in advance, without saying anything on them.
    let _silent = server.connect().await;
    server.stop.send(()).unwrap();
    server.done.await.unwrap();
}

#[tokio::test]
async fn an_answer_that_never_ends_is_cut_off_by_the_stop() {
    let entered = Arc::new(Notify::new());
    let inside = Arc::clone(&entered);
    let router = Router::new().route(
        "/",
        get(move || async move {
            inside.notify_one();
            std::future::pending::<()>().await;
        }),
    );
    let server = Server::start(
        router,
        Limits {
            drain_time: SOON,
            ..Limits::default()
        },
    )
    .await;
    let mut stream = server.connect().await;
    stream
        .write_all(get_with("localhost").as_bytes())
        .await
        .unwrap();
    entered.notified().await;
    server.stop.send(()).unwrap();
    server.done.await.unwrap();
}
