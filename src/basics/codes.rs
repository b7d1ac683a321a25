//! Enums of codes: words that stand in the database, in hashes and in the contract, and mean the same for good.

/// Defines enums whose every variant has a code: `ALL` in the order written, `name`, `parse`, and `Display`, which is the name. A
/// `wire enum` is the same word in JSON and in the schema of the contract. Attributes are passed on; `Debug`, `Clone`, `Copy`,
/// `PartialEq` and `Eq` are derived.
#[macro_export]
macro_rules! codes {
    () => {};
    ($(#[$of:meta])* $vis:vis wire enum $name:ident { $($(#[$doc:meta])* $variant:ident = $code:tt),+ $(,)? } $($rest:tt)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, ::serde::Serialize, ::serde::Deserialize, ::utoipa::ToSchema)]
        $(#[$of])*
        $vis enum $name { $($(#[$doc])* #[serde(rename = $code)] $variant),+ }
        $crate::basics::codes::codes! { @named $name { $($variant = $code),+ } }
        $crate::basics::codes::codes! { $($rest)* }
    };
    ($(#[$of:meta])* $vis:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident = $code:tt),+ $(,)? } $($rest:tt)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $(#[$of])*
        $vis enum $name { $($(#[$doc])* $variant),+ }
        $crate::basics::codes::codes! { @named $name { $($variant = $code),+ } }
        $crate::basics::codes::codes! { $($rest)* }
    };
    (@named $name:ident { $($variant:ident = $code:tt),+ }) => {
        #[allow(dead_code, reason = "not every enum is listed and read back")]
        impl $name {
            /// All of them, in their order.
            pub const ALL: [$name; [$($code),+].len()] = [$($name::$variant),+];

            /// The code.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $code),+ }
            }

            /// The one with this code.
            pub fn parse(name: &str) -> Option<$name> {
                $name::ALL.into_iter().find(|one| one.name() == name)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

pub use codes;

#[cfg(test)]
mod tests {
    codes! {
        /// How something came.
        #[derive(PartialOrd, Ord)]
        wire enum Way {
            /// By hand.
            ByHand = "BY_HAND",
            Post = "LETTER",
        }

        enum Kind {
            Small = "small",
        }
    }

    #[test]
    fn a_code_is_one_word_everywhere() {
        assert_eq!(Way::ALL.map(Way::name), ["BY_HAND", "LETTER"]);
        for way in Way::ALL {
            assert_eq!(Way::parse(way.name()), Some(way));
            assert_eq!(serde_json::to_value(way).unwrap(), way.to_string());
            assert_eq!(serde_json::from_value::<Way>(way.name().into()).unwrap(), way);
        }
        assert!(Way::ByHand < Way::Post);
        assert_eq!((Way::parse("POST"), Way::parse("by_hand"), Kind::parse("small")), (None, None, Some(Kind::Small)));
        let schema = serde_json::to_value(<Way as utoipa::PartialSchema>::schema()).unwrap();
        assert_eq!(schema["enum"], serde_json::json!(["BY_HAND", "LETTER"]));
    }
}
