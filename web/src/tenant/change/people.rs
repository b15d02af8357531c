//! Users: made, blocked, given a new password, deleted.

use serde_json::json;

use super::super::graph::Call;
use super::super::model::User;
use super::registration::restore;
use super::{Change, Undo};

/// A new user, who need not change the password.
pub fn create(name: &str, username: &str, password: &str) -> Change {
    let nickname = username.split('@').next().unwrap_or_default();
    let body = json!({
        "accountEnabled": true,
        "displayName": name,
        "mailNickname": nickname,
        "userPrincipalName": username,
        "passwordProfile": {"forceChangePasswordNextSignIn": false, "password": password},
    });
    let mut words = vec!["az", "ad", "user", "create", "--display-name", name];
    words.extend([
        "--user-principal-name",
        username,
        "--password",
        "<password>",
    ]);
    Change::new(
        format!("Create the user {username}"),
        vec![Call::post("users", body)],
        Undo::By(vec![Call::delete("users/{id}")]),
    )
    .az(&words)
}

/// Lets a user sign in, or not.
pub fn set_enabled(user: &User, enabled: bool) -> Change {
    let word = if enabled { "Let" } else { "Block" };
    let rest = if enabled {
        "sign in"
    } else {
        "from signing in"
    };
    let call = |enabled: bool| {
        Call::patch(
            format!("users/{}", user.id),
            json!({"accountEnabled": enabled}),
        )
    };
    let flag = if enabled { "true" } else { "false" };
    Change::new(
        format!("{word} {} {rest}", user.display_name),
        vec![call(enabled)],
        Undo::By(vec![call(!enabled)]),
    )
    .az(&[
        "az",
        "ad",
        "user",
        "update",
        "--id",
        &user.user_principal_name,
        "--account-enabled",
        flag,
    ])
}

/// Another password.
pub fn set_password(user: &User, password: &str) -> Change {
    let body =
        json!({"passwordProfile": {"forceChangePasswordNextSignIn": false, "password": password}});
    let mut words = vec![
        "az",
        "ad",
        "user",
        "update",
        "--id",
        &user.user_principal_name,
    ];
    words.extend([
        "--password",
        "<password>",
        "--force-change-password-next-sign-in",
        "false",
    ]);
    Change::new(
        format!("Reset the password of {}", user.display_name),
        vec![Call::patch(format!("users/{}", user.id), body)],
        Undo::Never("The tenant tells nobody what the password was."),
    )
    .az(&words)
}

/// Deletes a user; for thirty days Entra keeps what was deleted.
pub fn delete(user: &User) -> Change {
    Change::new(
        format!("Delete {}", user.display_name),
        vec![Call::delete(format!("users/{}", user.id))],
        Undo::By(vec![restore(&user.id)]),
    )
    .az(&[
        "az",
        "ad",
        "user",
        "delete",
        "--id",
        &user.user_principal_name,
    ])
}

#[cfg(test)]
mod tests {
    use super::super::examples::{GRAPH, commands};
    use super::*;

    #[test]
    fn a_password_is_sent_and_never_shown() {
        let change = create("Nia Moss", "nia@example.org", "hunter2");
        let sent = change.calls[0].body.as_ref().unwrap().to_string();
        assert!(
            sent.contains("hunter2") && sent.contains(r#""mailNickname":"nia""#),
            "{sent}"
        );
        for shown in [
            change.http(GRAPH),
            commands(&change),
            change.rest(GRAPH),
            change.title.clone(),
        ] {
            assert!(!shown.contains("hunter2"), "{shown}");
        }
        let user = User {
            id: "u".into(),
            user_principal_name: "nia@example.org".into(),
            ..User::default()
        };
        assert!(!commands(&set_password(&user, "hunter2")).contains("hunter2"));
    }
}
