#!/usr/bin/env node
// The share of native speed that WebAssembly reaches: processor time of a step in Node, and natively with the
// instruction sets that TRM_CPU names, in turns, the fastest of ROUNDS.
// usage: web_share.mjs PACKAGE MODELS BITS [TRM_CPU]...      BITS: the program of tests/web/bits.c
// Prints a JSON object for each model.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, models, bits, ...sets] = process.argv.slice(2);
const { Model } = await import(pathToFileURL(join(folder, "trm.js")));
const ROUNDS = 8,
    STEPS = 16,
    QUESTIONS = 6;

const EASY = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79";
const mark = n => (n === 21 ? "S" : n === 378 ? "G" : n % 20 > 4 && n % 20 < 17 && [6, 10].includes((n / 20) | 0) ? "#" : " ");
const MAP = Array.from({ length: 400 }, (_, n) => mark(n)).join("");
const CASES = [
    { name: "sudoku-int8", question: EASY, side: 9 },
    { name: "sudoku-small-int8", question: EASY, side: 9 },
    { name: "path-int8", question: MAP, side: 20 },
];

/** Milliseconds of a program, its start and opening the model included, and the steps that it made. */
function run(name, side, questions, set) {
    const words = [join(models, `${name}.trm`), STEPS, side, side].map(String);
    const script = '"$0" "$@" | wc -l; times';
    const said = execFileSync("bash", ["-c", script, bits, ...words], {
        input: questions.map(line => `${line}\n`).join(""),
        env: { ...process.env, TRM_CPU: set },
        encoding: "utf8",
    });
    const [steps, , children] = said.trim().split("\n");
    const [, minutes, seconds] = children.match(/^(\d+)m([\d.]+)s/);
    return { steps: Number(steps), spent: 1000 * (60 * Number(minutes) + Number(seconds)) };
}

function native(name, side, question, set) {
    const start = run(name, side, [], set),
        whole = run(name, side, Array(QUESTIONS).fill(question), set);
    return (whole.spent - start.spent) / whole.steps;
}

async function here(model, side, question) {
    const before = process.cpuUsage().user;
    let steps = 0;
    const options = { maximumSteps: STEPS, shape: [side, side] };
    for (let n = 0; n < QUESTIONS; n++) for await (const { tokens } of model.steps(question, options)) steps += tokens.length > 0;
    return (process.cpuUsage().user - before) / 1000 / steps;
}

const rounded = number => Math.round(1000 * number) / 1000;
for (const { name, question, side } of CASES) {
    const model = await Model.open(join(models, `${name}.trm`));
    await here(model, side, question);
    const best = Object.fromEntries(["wasm", ...sets].map(key => [key, Infinity]));
    for (let round = 0; round < ROUNDS; round++) {
        best.wasm = Math.min(best.wasm, await here(model, side, question));
        for (const set of sets) best[set] = Math.min(best[set], native(name, side, question, set));
    }
    const result = { model: name, wasm_step_ms: rounded(best.wasm) };
    for (const set of sets)
        Object.assign(result, { [`${set}_step_ms`]: rounded(best[set]), [`share_of_${set}`]: rounded(best[set] / best.wasm) });
    console.log(JSON.stringify(result));
}
