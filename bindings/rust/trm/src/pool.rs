//! The library's own threads.

use crate::error::{check, Result};
use std::ptr::{null, null_mut};
use std::sync::Arc;
use trm_sys::{trm_executor, trm_pool};

/// Threads for [`Options::pool`](crate::Options::pool), which sleep while there is nothing to do. Several
/// threads may solve with one pool: their work takes turns. Clones are the same pool, which ends with the
/// last of them.
///
/// ```
/// let pool = trm::Pool::new(2)?;
/// assert_eq!(pool.threads(), 2);
/// # Ok::<(), trm::Error>(())
/// ```
///
/// After `fork()` a child has none of the threads: it must neither use nor drop a pool of its parent.
#[derive(Clone, Debug)]
pub struct Pool(Arc<Handle>);

#[derive(Debug)]
struct Handle(*mut trm_pool);

// SAFETY: any thread may use and free a pool.
unsafe impl Send for Handle {}
// SAFETY: the work of several threads takes turns.
unsafe impl Sync for Handle {}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: whoever solves with the pool holds the Arc around this.
        unsafe { trm_sys::trm_pool_free(self.0) }
    }
}

impl Pool {
    /// So many threads, 1 to 1024, the caller of a solve among them; 0 means as many as the process may use.
    pub fn new(threads: u32) -> Result<Self> {
        let mut pool = null_mut();
        // SAFETY: the pointers are to values that live through the call.
        check(|error| unsafe { trm_sys::trm_pool_create(threads, null(), &mut pool, error) })?;
        Ok(Self(Arc::new(Handle(pool))))
    }

    /// How many there are.
    pub fn threads(&self) -> u32 {
        // SAFETY: the executor is the pool's, and never changes.
        unsafe { (*self.executor()).width }
    }

    /// Lives as long as the pool.
    pub(crate) fn executor(&self) -> *const trm_executor {
        // SAFETY: the pool is there.
        unsafe { trm_sys::trm_pool_executor(self.0 .0) }
    }
}
