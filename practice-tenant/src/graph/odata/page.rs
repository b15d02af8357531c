//! Lists with their pages, and single objects, as OData's JSON.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::Query;
use crate::graph::error::GraphError;

/// A set of objects of one type.
pub(crate) struct EntitySet {
    /// Its name in the metadata: `applications`.
    pub(crate) name: &'static str,
    /// `microsoft.graph.application` without the namespace.
    pub(crate) kind: &'static str,
    /// What is shown of an object where nobody selects anything, if that is not everything.
    pub(crate) shown: Option<&'static [&'static str]>,
}

/// One page of `objects`. `base` is the address of the service, `path` that of the list.
pub(crate) fn page(
    set: &EntitySet,
    objects: Vec<Value>,
    query: &Query,
    (base, path): (&str, &str),
) -> Result<Value, GraphError> {
    let mut objects = wanted(set, objects, query)?;
    if let Some((property, last_first)) = &query.order {
        objects.sort_by_key(|object| object[property].as_str().map(str::to_lowercase));
        if *last_first {
            objects.reverse();
        }
    }
    let count = objects.len();
    if let Some(token) = &query.skip_token {
        let last = URL_SAFE_NO_PAD
            .decode(token)
            .ok()
            .and_then(|id| String::from_utf8(id).ok())
            .and_then(|id| objects.iter().position(|object| object["id"] == *id))
            .ok_or(GraphError::PageToken)?;
        objects.drain(..=last);
    }
    let more = objects.len() > query.top;
    objects.truncate(query.top);
    let mut answer = Map::new();
    answer.insert(
        "@odata.context".into(),
        context(set, query, base, "").into(),
    );
    if query.count {
        answer.insert("@odata.count".into(), count.into());
    }
    if more && let Some(id) = objects.last().and_then(|object| object["id"].as_str()) {
        let token = URL_SAFE_NO_PAD.encode(id);
        let rest = &query.without_token;
        let and = if rest.is_empty() { "" } else { "&" };
        let next = format!("{path}?{rest}{and}$skiptoken={token}");
        answer.insert("@odata.nextLink".into(), next.into());
    }
    let shown = objects.into_iter().map(|object| shown(set, query, object));
    answer.insert("value".into(), shown.collect());
    Ok(Value::Object(answer))
}

/// How many of `objects` a list would have.
pub(crate) fn count(
    set: &EntitySet,
    objects: Vec<Value>,
    query: &Query,
) -> Result<usize, GraphError> {
    wanted(set, objects, query).map(|wanted| wanted.len())
}

/// The objects that the filter and the search leave.
fn wanted(set: &EntitySet, objects: Vec<Value>, query: &Query) -> Result<Vec<Value>, GraphError> {
    let mut objects = objects;
    if let Some(first) = objects.first() {
        known_properties(set, first, query)?;
    }
    if let Some(filter) = &query.filter {
        objects.retain(|object| filter.holds(object));
    }
    if let Some((property, text)) = &query.search {
        let text = text.to_lowercase();
        objects.retain(|object| {
            object[property]
                .as_str()
                .is_some_and(|value| value.to_lowercase().contains(&text))
        });
    }
    Ok(objects)
}

/// One object by itself.
pub(crate) fn entity(
    set: &EntitySet,
    object: Value,
    query: &Query,
    base: &str,
) -> Result<Value, GraphError> {
    known_properties(set, &object, query)?;
    let mut answer = Map::new();
    let context = context(set, query, base, "/$entity");
    answer.insert("@odata.context".into(), context.into());
    if let Value::Object(members) = shown(set, query, object) {
        answer.extend(members);
    }
    Ok(Value::Object(answer))
}

fn context(set: &EntitySet, query: &Query, base: &str, entity: &str) -> String {
    let select = if query.select.is_empty() {
        String::new()
    } else {
        format!("({})", query.select.join(","))
    };
    format!("{base}/$metadata#{}{select}{entity}", set.name)
}

/// Refuses to select, order or filter by what the type does not have.
fn known_properties(set: &EntitySet, sample: &Value, query: &Query) -> Result<(), GraphError> {
    let mut asked: Vec<&str> = query.select.iter().map(String::as_str).collect();
    if let Some(filter) = &query.filter {
        filter.properties(&mut asked);
    }
    asked.extend(query.order.iter().map(|(property, _)| property.as_str()));
    asked.extend(query.search.iter().map(|(property, _)| property.as_str()));
    let unknown = asked
        .into_iter()
        .find(|property| *property != "*" && sample.get(property).is_none());
    match unknown {
        Some(property) => Err(GraphError::UnknownQueryProperty {
            property: property.to_owned(),
            kind: set.kind,
        }),
        None => Ok(()),
    }
}

fn shown(set: &EntitySet, query: &Query, object: Value) -> Value {
    let Value::Object(mut members) = object else {
        return json!({});
    };
    if query.select.is_empty() {
        if let Some(shown) = set.shown {
            members.retain(|name, _| shown.contains(&name.as_str()));
        }
    } else if !query.select.iter().any(|name| name == "*") {
        members.retain(|name, _| {
            // Graph returns the id whether it was selected or not only where a tool cannot do without it.
            query.select.iter().any(|selected| selected == name)
        });
    }
    Value::Object(members)
}
