fn main() {
    struct C; impl shared::time::Clock for C { fn now(&self) -> shared::time::UnixTime { shared::time::UnixTime(1_800_000_000) } }
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let l = tokio::net::TcpListener::bind("127.0.0.1:18400").await.unwrap();
        let t = practice_tenant::PracticeTenant::start(practice_tenant::Options { public_origin: "http://localhost:18400".into(), spa_redirect_uris: vec![] }, std::sync::Arc::new(C), std::sync::Arc::new(shared::entropy::CountingEntropy::default())).unwrap();
        axum::serve(l, t.router()).await.unwrap();
    });
}
