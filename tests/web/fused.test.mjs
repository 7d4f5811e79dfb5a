// a b + c of floats with one rounding, in WebAssembly with vectors and without, against integers of any size:
// random bits, cancellation, subnormal results, and sums just beside the middle of two floats, where two
// roundings fail.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

const CASES = 4096,
    ROUNDS = 24;

const word = new DataView(new ArrayBuffer(4));
const floatOf = bits => (word.setUint32(0, bits), word.getFloat32(0));
const bitsOf = number => (word.setFloat32(0, number), word.getUint32(0));

/** A finite float as an integer times 2^-149. */
function wholeOf(number) {
    const bits = bitsOf(number),
        exponent = (bits >>> 23) & 255,
        low = bits & 0x7fffff;
    const magnitude = exponent ? BigInt(low | 0x800000) << BigInt(exponent - 1) : BigInt(low);
    return bits >>> 31 ? -magnitude : magnitude;
}

/** The float nearest to an integer times 2^-298, ties to even; zeros are positive. */
function nearest(whole) {
    const negative = whole < 0n,
        magnitude = negative ? -whole : whole;
    const length = magnitude.toString(2).length,
        drop = Math.max(149, length - 24); // of the bits; 149: subnormal ones
    let kept = magnitude >> BigInt(drop);
    const rest = magnitude & ((1n << BigInt(drop)) - 1n),
        half = 1n << BigInt(drop - 1);
    if (rest > half || (rest === half && kept & 1n)) kept++;
    const value = Number(kept) * 2 ** (drop - 298 + 149) * 2 ** -149; // both factors and steps are exact, or infinite
    return Math.fround(negative ? -value : value);
}

let state = 12345;
const random = () => (state = Math.imul(state, 1664525) + 1013904223) >>> 0;
const pick = () => (random() >>> 8) ^ (random() << 8);
const finite = bits => (((bits >>> 23) & 255) === 255 ? floatOf(bits ^ 0x40000000) : floatOf(bits));
const near = scale => floatOf(((127 + scale) << 23) | (pick() & 0x7fffff)) * (random() & 65536 ? 1 : -1);

const KINDS = [
    () => [finite(pick()), finite(pick()), finite(pick())],
    () => [near(0), near(3), near(2)],
    () => {
        const a = near(0),
            b = near(0);
        return [a, b, -Math.fround(a * b)]; // cancels
    },
    () => [near(-70), near(-70), finite(pick() & 0x80ffffff)], // to subnormal ones
    () => [near(-64), near(-86), floatOf(pick() & 0x807fffff)],
    () => {
        const n = (random() >>> 16) % 8,
            sign = random() & 65536 ? 1 : -1;
        return [(1 + n * 2 ** -23) * 2 ** -24, sign * (1 - n * 2 ** -23), near(0)]; // beside a tie
    },
    () => {
        const n = (random() >>> 16) % 8,
            sign = random() & 65536 ? 1 : -1,
            subnormal = floatOf((pick() & 0x807fffff) | 0x400000);
        return [(1 + n * 2 ** -23) * 2 ** -75, sign * (1 - n * 2 ** -23) * 2 ** -75, subnormal]; // the same there
    },
    () => [near(60), near(67), near(127)], // to the largest and beyond
    () => [0, near(1), [0, near(2)][random() & 1]],
];

for (const kind of ["scalar", "simd128"])
    test(`${kind}: one rounding`, async t => {
        const bytes = readFileSync(join(process.env.TRM_MODULES, `fused-${kind}.wasm`));
        if (!WebAssembly.validate(bytes)) return t.skip("this Node has no vectors");
        const { exports } = (await WebAssembly.instantiate(bytes)).instance;
        const numbers = new Float32Array(exports.memory.buffer, exports.numbers(), 4 * CASES);
        for (let round = 0; round < ROUNDS; round++) {
            for (let i = 0; i < CASES; i++)
                for (const [place, x] of KINDS[(i + round) % KINDS.length]().entries())
                    numbers[place * CASES + i] = x;
            exports.fuse();
            for (let i = 0; i < CASES; i++) {
                const [a, b, c, result] = [0, 1, 2, 3].map(place => numbers[place * CASES + i]);
                const expected = nearest(wholeOf(a) * wholeOf(b) + (wholeOf(c) << 149n));
                assert.ok(result === expected, `${a} * ${b} + ${c}: expected ${expected}, found ${result}`);
            }
        }
    });
