#!/usr/bin/env node
// A supervision step: libtrm's module beside ONNX Runtime's for the web, on one thread of Node, in turns.
// Processor time, the fastest of some rounds.
//     relational_onnx.py d20.onnx 20 38 int8; relational_onnx.py d48.onnx 48 96 int8
//     mixer_onnx.py TRM FOLDER
//     onnx_web.mjs ORT PACKAGE MODEL GRAPH [MODEL GRAPH]...     ORT: the folder of the package onnxruntime-web

import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [runtime, folder, ...files] = process.argv.slice(2);
const ort = createRequire(import.meta.url)(resolve(runtime));
const { Model } = await import(pathToFileURL(join(folder, "trm.js")));
ort.env.wasm.numThreads = 1;

const MOST_ROUNDS = 15,
    LEAST_ROUNDS = 4,
    STEPS = 3,
    SECONDS = 20;
const EASY = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79";

const spent = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
};

async function fastest(work, best) {
    const before = spent();
    await work();
    return Math.min(best, (spent() - before) / STEPS);
}

/** What the model takes: a Sudoku, or any tokens where it has no rules. */
const questionOf = ({ relations, info }) =>
    relations.length > 0
        ? EASY
        : { tokens: Array.from({ length: info.positions }, (_, n) => n % info.vocabulary) };

/** Numbers for each input; a batch is of one. */
function feedsOf(session) {
    const feeds = {};
    for (const { name, shape } of session.inputMetadata) {
        const sizes = shape.map(size => (typeof size === "number" ? size : 1));
        const count = sizes.reduce((product, size) => product * size);
        feeds[name] = new ort.Tensor("float32", Float32Array.from({ length: count }, Math.random), sizes);
    }
    return feeds;
}

for (let n = 0; n < files.length; n += 2) {
    const model = await Model.open(files[n]);
    const session = await ort.InferenceSession.create(files[n + 1], { executionProviders: ["wasm"] });
    const feeds = feedsOf(session),
        question = questionOf(model);
    const ours = () => model.solve(question, { allSteps: true, maximumSteps: STEPS });
    const theirs = async () => {
        for (let step = 0; step < STEPS; step++) await session.run(feeds);
    };
    ours();
    await theirs();
    let [libtrm, peer] = [Infinity, Infinity];
    const began = spent();
    for (let round = 0; round < MOST_ROUNDS; round++) {
        if (round >= LEAST_ROUNDS && spent() - began > 1000 * SECONDS) break;
        libtrm = await fastest(ours, libtrm);
        peer = await fastest(theirs, peer);
    }
    const ratio = Math.round((100 * peer) / libtrm) / 100;
    console.log(
        JSON.stringify({
            model: basename(files[n], ".trm"),
            libtrm_ms: libtrm,
            onnxruntime_web_ms: peer,
            ratio,
            version: ort.env.versions?.web,
        }),
    );
}
process.exit(0);
