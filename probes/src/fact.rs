//! Known, known to be nothing, or unknown: the three states of anything looked up about an address.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// What is known of one property.
///
/// In JSON a known fact is its value, a fact that is nothing is `null`, and an unknown fact has no key:
/// every field of this type carries `#[serde(skip_serializing_if = "Fact::is_unknown")]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fact<T> {
    /// Nobody was asked, or nobody who was asked could know.
    #[default]
    Unknown,
    /// Somebody who would know was asked and says there is none.
    Nothing,
    /// The value.
    Known(T),
}

impl<T> Fact<T> {
    /// Nobody could say.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// The value, where it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown | Self::Nothing => None,
        }
    }

    /// What a look-up in an authority answers: a value, or nothing.
    pub fn looked_up(found: Option<T>) -> Self {
        found.map_or(Self::Nothing, Self::Known)
    }
}

impl<T: Serialize> Serialize for Fact<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.known().serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for Fact<T> {
    fn schema_name() -> Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Option::<T>::json_schema(generator)
    }
}
