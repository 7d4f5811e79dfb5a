//! Options that are numbers of a struct in C, with its defaults: a method for each of them.

macro_rules! settings {
    (
        $(#[$about:meta])*
        $name:ident of $structure:ident = $initial:ident {
            $($(#[$field_about:meta])* $field:ident($given:ty): $kind:ty,)*
        }
        $({ $($own:ident: $own_kind:ty,)* })?
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug)]
        pub struct $name {
            $($field: $kind,)*
            $($($own: $own_kind,)*)?
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $($field: trm_sys::$initial.$field,)*
                    $($($own: Default::default(),)*)?
                }
            }
        }

        impl $name {
            $(
                $(#[$field_about])*
                pub fn $field(mut self, $field: $given) -> Self {
                    self.$field = $field.into();
                    self
                }
            )*

            /// As the library takes them; pointers are NULL.
            fn settings(&self) -> trm_sys::$structure {
                trm_sys::$structure { $($field: self.$field,)* ..trm_sys::$initial }
            }
        }
    };
}

pub(crate) use settings;
