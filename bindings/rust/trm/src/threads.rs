//! Threads that the library works on.

use crate::executor::{Host, Tasks};
use crate::pool::Pool;
use std::fmt;
use std::ptr::null;
use std::sync::Arc;
use trm_sys::trm_executor;

/// Who does the work. What uses them holds them, too.
#[derive(Clone, Default)]
pub(crate) enum Threads {
    #[default]
    Caller,
    Pool(Pool),
    Host(Arc<Host>),
}

impl Threads {
    pub(crate) fn host(width: u32, run: impl Fn(&Tasks) + Send + Sync + 'static) -> Self {
        Self::Host(Host::new(width, Box::new(run)))
    }

    /// Good for as long as this is.
    pub(crate) fn executor(&self) -> *const trm_executor {
        match self {
            Threads::Caller => null(),
            Threads::Pool(pool) => pool.executor(),
            Threads::Host(host) => host.executor(),
        }
    }

    pub(crate) fn width(&self) -> u32 {
        match self {
            Threads::Caller => 1,
            Threads::Pool(pool) => pool.threads(),
            Threads::Host(host) => host.width(),
        }
    }
}

impl fmt::Debug for Threads {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}", self.width())
    }
}
