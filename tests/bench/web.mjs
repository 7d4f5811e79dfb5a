#!/usr/bin/env node
// Processor time of WebAssembly in Node, which a busy machine disturbs less than the time on the wall: a step
// of each model, and maps of 20x20 answered while walls are drawn, a cell at a time. Modules take turns; a
// step's is the fastest of ROUNDS. All is asked step by step, as the page's module has no other way.
// usage: web.mjs PACKAGE MODELS MODULE..., prints a JSON object for each module.

import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, models, ...files] = process.argv.slice(2);
const { Model } = await import(pathToFileURL(join(folder, "trm.js")));
const ROUNDS = 12,
    STEPS = 8,
    SIDE = 20;

const spent = () => process.cpuUsage().user / 1000;

function mapOf(walls) {
    const mark = (row, column) =>
        row === 1 && column === 1
            ? "S"
            : row === 18 && column === 18
              ? "G"
              : walls.has(row * SIDE + column)
                ? "#"
                : " ";
    return Array.from({ length: SIDE }, (_, row) =>
        Array.from({ length: SIDE }, (_, column) => mark(row, column)).join(""),
    ).join("\n");
}

/** What the last step says. */
async function answerOf(model, question, options) {
    let last;
    for await (const answer of model.steps(question, options)) last = answer;
    return last;
}

/** As the page's bench draws them: from left to right, row after row. */
function drawnMaps() {
    const walls = new Set(),
        maps = [];
    for (let row = 4; row < 15; row += 2)
        for (let column = 3; column < 17; column++) maps.push(mapOf(walls.add(row * SIDE + column)));
    return maps;
}

const EASY = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79";
const maps = drawnMaps();
const steps = { "sudoku-int8": EASY, "sudoku-small-int8": EASY, "path-int8": maps[20] };

const modules = await Promise.all(files.map(file => WebAssembly.compile(readFileSync(file))));
const results = files.map(file => ({ module: basename(file) }));
for (const [name, question] of Object.entries(steps)) {
    const opened = await Promise.all(
        modules.map(module => Model.open(join(models, `${name}.trm`), { module })),
    );
    const best = opened.map(() => Infinity);
    for (let round = 0; round <= ROUNDS; round++)
        for (const [n, model] of opened.entries()) {
            const before = spent();
            await answerOf(model, question, { allSteps: true, maximumSteps: STEPS });
            if (round > 0) best[n] = Math.min(best[n], (spent() - before) / STEPS);
        }
    for (const [n, result] of results.entries()) result[`${name}_step_ms`] = Math.round(100 * best[n]) / 100;
    if (name !== "path-int8") continue;
    for (const [n, model] of opened.entries()) {
        let right = 0,
            made = 0;
        const before = spent();
        for (const map of maps) {
            const answer = await answerOf(model, map, { policy: "first-verified" });
            right += answer.verdict === "verified";
            made += answer.totalSteps;
        }
        const each = (spent() - before) / maps.length;
        Object.assign(results[n], {
            maps: maps.length,
            verified: right,
            steps_a_map: Math.round((10 * made) / maps.length) / 10,
            maps_per_processor_second: Math.round(1000 / each),
        });
    }
}
for (const result of results) console.log(JSON.stringify(result));
