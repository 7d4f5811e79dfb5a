#!/usr/bin/env node
// A supervision step of relational Sudoku models of 9x9 in int8: libtrm's module beside ONNX Runtime's for
// the web, on one thread of Node, in turns. Processor time, the fastest of ROUNDS.
//     relational_onnx.py d20.onnx 20 38 int8; relational_onnx.py d48.onnx 48 96 int8
//     onnx_web.mjs ORT PACKAGE MODELS D20 D48      ORT: the folder of the package onnxruntime-web

import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [runtime, folder, models, ...graphs] = process.argv.slice(2);
const ort = createRequire(import.meta.url)(resolve(runtime));
const { Model } = await import(pathToFileURL(join(folder, "trm.js")));
ort.env.wasm.numThreads = 1;

const ROUNDS = 15,
    STEPS = 4,
    NODES = 729;
const EASY = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79";
const CASES = [
    { name: "sudoku-small-int8", channels: 20 },
    { name: "sudoku-int8", channels: 48 },
];

const spent = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
};

async function fastest(work, best) {
    const before = spent();
    await work();
    return Math.min(best, (spent() - before) / STEPS);
}

for (const [n, { name, channels }] of CASES.entries()) {
    const model = await Model.open(join(models, `${name}.trm`));
    const session = await ort.InferenceSession.create(graphs[n], { executionProviders: ["wasm"] });
    const shape = [9, 9, 9, channels];
    const numbers = () =>
        new ort.Tensor("float32", Float32Array.from({ length: NODES * channels }, Math.random), shape);
    const feeds = { x: numbers(), y: numbers(), z: numbers() };
    const ours = () => model.solve(EASY, { allSteps: true, maximumSteps: STEPS });
    const theirs = async () => {
        for (let step = 0; step < STEPS; step++) await session.run(feeds);
    };
    await theirs();
    let [libtrm, peer] = [Infinity, Infinity];
    for (let round = 0; round < ROUNDS; round++) {
        libtrm = await fastest(ours, libtrm);
        peer = await fastest(theirs, peer);
    }
    const ratio = Math.round((100 * peer) / libtrm) / 100;
    console.log(
        JSON.stringify({
            model: name,
            libtrm_ms: libtrm,
            onnxruntime_web_ms: peer,
            ratio,
            version: ort.env.versions?.web,
        }),
    );
}
process.exit(0);
