//! A call to Microsoft Graph as data: it is shown before it is made, and made as it was shown.

use serde_json::Value;

/// A request to Graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path behind `/v1.0/`. `{id}` and the like stand for members of the answer before.
    pub path: String,
    /// The JSON body.
    pub body: Option<Value>,
}

/// The methods that Graph has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or does.
    Post,
    /// Changes the members that are named and leaves the others alone.
    Patch,
    /// Deletes.
    Delete,
}

impl Method {
    /// As it stands in a request.
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

impl Call {
    /// `POST`.
    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::Post, path, Some(body))
    }

    /// `PATCH`.
    pub fn patch(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::Patch, path, Some(body))
    }

    /// `DELETE`.
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::Delete, path, None)
    }

    /// `GET`.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::Get, path, None)
    }

    fn new(method: Method, path: impl Into<String>, body: Option<Value>) -> Self {
        Self {
            method,
            path: path.into(),
            body,
        }
    }

    /// The call with everything filled in that an earlier answer told: `{name}` in the path, and a member `name` of the
    /// body whose value is `{name}`.
    #[must_use]
    pub fn filled(&self, answer: &Value) -> Self {
        let mut call = self.clone();
        let Some(members) = answer.as_object() else {
            return call;
        };
        for (name, value) in members {
            let (blank, Some(value)) = (format!("{{{name}}}"), value.as_str()) else {
                continue;
            };
            call.path = call.path.replace(&blank, value);
            if let Some(member) = call.body.as_mut().and_then(|body| body.get_mut(name))
                && *member == Value::String(blank)
            {
                *member = value.into();
            }
        }
        call
    }

    /// The body for showing: indented, a password replaced by what it is.
    pub fn shown_body(&self) -> Option<String> {
        let mut body = self.body.clone()?;
        if let Some(password) = body.pointer_mut("/passwordProfile/password") {
            *password = "<password>".into();
        }
        serde_json::to_string_pretty(&body).ok()
    }

    /// The request as HTTP writes it. `graph` is Graph's address, with the version.
    pub fn http(&self, graph: &str) -> String {
        let line = format!("{} {graph}/{}", self.method.name(), self.path);
        match self.shown_body() {
            None => line,
            Some(body) => format!("{line}\nContent-Type: application/json\n\n{body}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_first_answer_told_is_filled_into_the_next_call() {
        let answer = json!({"id": "1", "appId": "2", "displayName": "x"});
        let create = Call::post("servicePrincipals", json!({"appId": "{appId}"}));
        assert_eq!(create.filled(&answer).body, Some(json!({"appId": "2"})));
        assert_eq!(
            Call::delete("applications/{id}").filled(&answer).path,
            "applications/1"
        );
    }

    #[test]
    fn what_a_person_typed_is_never_taken_for_a_blank() {
        let call = Call::patch("applications/7", json!({"displayName": "{id}"}));
        assert_eq!(call.filled(&json!({"id": "1"})), call);
    }

    #[test]
    fn the_request_is_shown_without_its_password() {
        let body = json!({"displayName": "Ada", "passwordProfile": {"password": "hunter2"}});
        let shown = Call::post("users", body).http("https://graph.example/v1.0");
        assert!(
            shown.starts_with("POST https://graph.example/v1.0/users\n"),
            "{shown}"
        );
        assert!(
            shown.contains("<password>") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}
