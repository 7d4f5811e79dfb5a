//! Enumerations of the library, which newer versions may add values to.

macro_rules! enumeration {
    ($(#[$about:meta])* $name:ident { $($(#[$variant_about:meta])* $variant:ident = $value:ident,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_about])* $variant,)*
            /// What a newer version of the library knows, by its number.
            Other(u32),
        }

        impl From<u32> for $name {
            fn from(number: u32) -> Self {
                match number {
                    $(trm_sys::$value => Self::$variant,)*
                    other => Self::Other(other),
                }
            }
        }

        impl From<$name> for u32 {
            fn from(value: $name) -> Self {
                match value {
                    $($name::$variant => trm_sys::$value,)*
                    $name::Other(number) => number,
                }
            }
        }
    };
}

pub(crate) use enumeration;
