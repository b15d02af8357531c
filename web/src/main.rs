//! Starts the browser app.

fn main() {
    web::start();
}
