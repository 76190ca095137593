//! Requests in, pages out: the first start.

use axum::http::{StatusCode, header};
use store::{grants, people};

use crate::shell::session;
use crate::shell::testing::{Browser, Site, site_with};

const TOKEN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn browser() -> Browser {
    let token = "0123456789abcdef0123456789abcdef";
    Browser { cookie: format!("before={token}"), csrf: token.to_owned(), ..Browser::default() }
}

async fn open() -> Site {
    site_with(|it| TOKEN.clone_into(&mut it.first)).await
}

fn fields(token: &str) -> [(&str, &str); 5] {
    [
        ("token", token),
        ("name", "Ada Bright"),
        ("email", "ada@trust.example"),
        ("password", "three words and a fish"),
        ("again", "three words and a fish"),
    ]
}

#[tokio::test]
async fn the_first_administrator_is_made_once_and_the_address_is_gone() {
    let site = open().await;
    let path = format!("/first?token={TOKEN}");
    assert_eq!(site.get(&browser(), &path).await.status, StatusCode::OK);
    let made = site.post(&browser(), "/first", &fields(TOKEN)).await;
    assert_eq!(made.location(), "/", "{}", made.text);
    let mut db = site.store().read().await.expect("a connection");
    let all = people::list(&mut db).await.expect("a read");
    assert_eq!(all.len(), 1);
    let day = session::today(site.app().now());
    let rights = grants::counting(&mut db, &all[0].id, day).await.expect("a read");
    assert_eq!(rights[0].granted.role, "ADMINISTRATOR");
    drop(db);
    let cookies = made.headers.get_all(header::SET_COOKIE).iter();
    let session = cookies.filter_map(|it| it.to_str().ok()).find(|it| it.starts_with("sid="));
    let session = session.expect("signed in").split(';').next().expect("a pair").to_owned();
    let signed_in = Browser { cookie: session, ..Browser::default() };
    assert_eq!(site.get(&signed_in, "/people").await.status, StatusCode::OK);

    assert_eq!(site.get(&browser(), &path).await.status, StatusCode::NOT_FOUND);
    let again = site.post(&browser(), "/first", &fields(TOKEN)).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nothing_is_there_without_the_token() {
    let site = open().await;
    let almost = format!("{}0", &TOKEN[..63]);
    for token in ["", "0", &almost] {
        let page = site.get(&browser(), &format!("/first?token={token}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{token}");
        let post = site.post(&browser(), "/first", &fields(token)).await;
        assert_eq!(post.status, StatusCode::NOT_FOUND, "{token}");
    }
    let closed = site_with(|_| ()).await;
    assert_eq!(closed.get(&browser(), "/first?token=").await.status, StatusCode::NOT_FOUND);
    let mut db = site.store().read().await.expect("a connection");
    assert!(people::list(&mut db).await.expect("a read").is_empty());
}

#[tokio::test]
async fn a_weak_password_is_refused_where_it_stands() {
    let site = open().await;
    let mut fields = fields(TOKEN);
    (fields[3].1, fields[4].1) = ("short", "other");
    let page = site.post(&browser(), "/first", &fields).await;
    assert!(page.text.contains("Use at least 12 characters"));
    assert!(page.text.contains("Type the same password twice"));
    assert!(!page.text.contains("value=\"short\""), "a password is never sent back");
}
