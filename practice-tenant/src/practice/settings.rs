//! `GET|PATCH /practice/settings`: how long tokens, codes and old keys last.

use std::ops::RangeInclusive;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::body::Body;
use super::error::PracticeError;
use crate::Face;
use crate::lifetimes::{self, Lifetimes};

const DAY: u32 = 24 * 3600;
/// Up to a day, as Entra allows with a token lifetime policy ("Configurable token lifetimes").
const ACCESS_TOKEN: RangeInclusive<u32> = 1..=DAY;
const AUTHORIZATION_CODE: RangeInclusive<u32> = 1..=3600;
const KEY_GRACE: RangeInclusive<u32> = 0..=7 * DAY;

/// What to change.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    #[serde(default, rename = "accessTokenLifetimeSeconds")]
    access_token: Member,
    #[serde(default, rename = "authorizationCodeLifetimeSeconds")]
    authorization_code: Member,
    #[serde(default, rename = "keyGraceSeconds")]
    key_grace: Member,
}

/// One member of a change (RFC 7396).
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(from = "Option<u32>")]
enum Member {
    /// It is missing.
    #[default]
    Unchanged,
    /// It is `null`.
    Entras,
    /// It is a number of seconds.
    Seconds(u32),
}

impl From<Option<u32>> for Member {
    fn from(value: Option<u32>) -> Self {
        value.map_or(Self::Entras, Self::Seconds)
    }
}

/// What is set, and what follows from it.
#[derive(Serialize)]
pub(super) struct Settings {
    #[serde(flatten)]
    set: Lifetimes,
    effective: Effective,
}

#[derive(Serialize)]
struct Effective {
    #[serde(rename = "accessTokenLifetimeSeconds")]
    access_token: Range,
    #[serde(rename = "authorizationCodeLifetimeSeconds")]
    authorization_code: u64,
    #[serde(rename = "keyGraceSeconds")]
    key_grace: u64,
}

#[derive(Serialize)]
struct Range {
    minimum: u32,
    maximum: u32,
}

pub(super) async fn read(State(face): State<Face>) -> Json<Settings> {
    Json(face.tenant.lifetimes().into())
}

pub(super) async fn change(
    State(face): State<Face>,
    Body(change): Body<Change>,
) -> Result<Json<Settings>, PracticeError> {
    change.check()?;
    let set = face.tenant.change_lifetimes(|set| change.apply(set));
    Ok(Json(set.into()))
}

impl Change {
    fn check(&self) -> Result<(), PracticeError> {
        let members = [
            (
                "accessTokenLifetimeSeconds",
                self.access_token,
                ACCESS_TOKEN,
            ),
            (
                "authorizationCodeLifetimeSeconds",
                self.authorization_code,
                AUTHORIZATION_CODE,
            ),
            ("keyGraceSeconds", self.key_grace, KEY_GRACE),
        ];
        for (name, member, range) in members {
            if matches!(member, Member::Seconds(seconds) if !range.contains(&seconds)) {
                return Err(PracticeError::OutOfRange { name, range });
            }
        }
        Ok(())
    }

    fn apply(&self, set: &mut Lifetimes) {
        self.access_token.apply(&mut set.access_token);
        self.authorization_code.apply(&mut set.authorization_code);
        self.key_grace.apply(&mut set.key_grace);
    }
}

impl Member {
    fn apply(self, set: &mut Option<u32>) {
        match self {
            Self::Unchanged => {}
            Self::Entras => *set = None,
            Self::Seconds(seconds) => *set = Some(seconds),
        }
    }
}

impl From<Lifetimes> for Settings {
    fn from(set: Lifetimes) -> Self {
        let (minimum, maximum) = match set.access_token {
            Some(seconds) => (seconds, seconds),
            None => lifetimes::ACCESS_TOKEN.into_inner(),
        };
        Self {
            set,
            effective: Effective {
                access_token: Range { minimum, maximum },
                authorization_code: set.authorization_code().as_secs(),
                key_grace: set.key_grace().as_secs(),
            },
        }
    }
}
