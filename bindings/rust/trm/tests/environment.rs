//! The same bits whatever the host made of the processor's arithmetic, and the host's is as it was.
#![cfg(all(target_arch = "x86_64", target_env = "gnu"))]

mod support;

use std::os::raw::c_int;
use support::{all_bits, PUZZLES};
use trm::{OpenOptions, Options, Pool};

/// As in fenv.h: the last word is how SSE rounds and flushes.
type Environment = [u32; 8];

#[link(name = "m")]
extern "C" {
    fn fegetenv(environment: *mut Environment) -> c_int;
    fn fesetenv(environment: *const Environment) -> c_int;
}

const KEPT: u32 = 0xe040; // rounding, and both flags that flush subnormal numbers

fn environment() -> Environment {
    let mut now = [0; 8];
    // SAFETY: there is room.
    assert_eq!(unsafe { fegetenv(&mut now) }, 0);
    now
}

fn set(environment: &Environment) {
    // SAFETY: it came from fegetenv, but for flags of SSE that trap nothing.
    assert_eq!(unsafe { fesetenv(environment) }, 0);
}

#[test]
fn answers_have_the_same_bits() {
    for is_int8 in [false, true] {
        let solve = |threads| {
            let model = OpenOptions::new().int8(is_int8).open("models/sudoku-4x4.trm").unwrap();
            let options = Options::new()
                .halt_signal(false)
                .maximum_steps(3)
                .logits(true)
                .pool(&Pool::new(threads).unwrap());
            all_bits(&model.solve_all(PUZZLES, &options).unwrap())
        };
        let (expected, usual) = (solve(1), environment());
        for mode in [0, 0x2000, 0x4000, 0x6000, 0x8040, 0xa040, 0xc040, 0xe040] {
            for threads in [1, 2] {
                let mut changed = usual;
                changed[7] = usual[7] & !KEPT | mode;
                set(&changed);
                let got = solve(threads);
                let left = environment()[7] & KEPT;
                set(&usual);
                assert_eq!((left, got == expected), (mode, true), "{mode:x}, {threads} threads");
            }
        }
    }
}
