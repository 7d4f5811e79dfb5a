//! What the machine can do, to hold a solve against.

use crate::error::{check, Result};
use crate::pool::Pool;
use std::ptr::null;
use trm_sys::{trm_error, trm_executor, trm_status};

/// The fp32 multiply-add rate that this machine reaches right now, in 1e9 operations a second, 2 for each
/// multiply-add: of the calling thread, or of a pool's threads together. Takes about a tenth of a second.
///
/// ```
/// assert!(trm::peak_gflops(None)? > 0.0);
/// # Ok::<(), trm::Error>(())
/// ```
pub fn peak_gflops(pool: Option<&Pool>) -> Result<f64> {
    // SAFETY: `measure` passes what lives through the call.
    measure(pool, |executor, peak, error| unsafe { trm_sys::trm_measure_peak(executor, peak, error) })
}

/// The same of 8-bit integers, which models with [`Info::quantised`](crate::Info::quantised) spend their time
/// on.
///
/// ```
/// assert!(trm::peak_gops_int8(None)? > 0.0);
/// # Ok::<(), trm::Error>(())
/// ```
pub fn peak_gops_int8(pool: Option<&Pool>) -> Result<f64> {
    // SAFETY: as above.
    measure(pool, |executor, peak, error| unsafe { trm_sys::trm_measure_peak_int8(executor, peak, error) })
}

fn measure(
    pool: Option<&Pool>,
    function: impl FnOnce(*const trm_executor, *mut f64, *mut trm_error) -> trm_status,
) -> Result<f64> {
    let mut peak = 0.0;
    check(|error| function(pool.map_or(null(), Pool::executor), &mut peak, error))?;
    Ok(peak)
}
