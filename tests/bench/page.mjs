#!/usr/bin/env node
// What the page of bindings/web takes, in Chromium, opened from the disk: from the load event to the first
// answer on the board; maps of 20x20 that are answered in a second while walls are drawn; the longest time
// that the page's own thread was held. usage: page.mjs FOLDER CHROMIUM [LOADS], prints a JSON object.

import { pathToFileURL } from "node:url";
import { join } from "node:path";

import { Browser } from "../web/browser.mjs";

const [folder, chromium, loads = "7"] = process.argv.slice(2);
const SECONDS = 5,
    FRAME = 16;

// Long tasks are told from 50 ms on; a timer that should ring each millisecond tells shorter ones, too.
const WATCH = `
    globalThis.first = 0; globalThis.held = 0; globalThis.answers = 0;
    addEventListener("DOMContentLoaded", () => {
        const note = () => { if (!first && document.querySelector("#sudoku .cell.guess")) first = performance.now(); };
        new MutationObserver(note).observe(document.getElementById("sudoku"), { subtree: true, childList: true, attributes: true });
        const pace = document.querySelector('#map [data-name="pace"]');
        new MutationObserver(() => answers++).observe(pace, { childList: true, characterData: true, subtree: true });
    });
    addEventListener("load", () => {
        let last = performance.now();
        const channel = new MessageChannel();
        channel.port1.onmessage = () => {
            const now = performance.now();
            held = Math.max(held, now - last);
            last = now;
            channel.port2.postMessage(0);
        };
        channel.port2.postMessage(0);
    });`;

const browser = new Browser(chromium),
    address = String(pathToFileURL(join(folder, "index.html")));

async function firstAnswer() {
    const page = await browser.page({ before: WATCH });
    await page.go(address);
    await page.until("first > 0");
    const taken = await page.value("first - performance.getEntriesByType('navigation')[0].loadEventEnd");
    await page.until(`/Solved/.test(document.querySelector('#sudoku [data-name="says"]').textContent)`);
    const held = await page.value("held");
    await page.close();
    return { taken, held };
}

/** Walls are drawn from left to right, row after row, a cell a frame, and then taken away again. */
async function replans() {
    const page = await browser.page({ before: WATCH });
    await page.go(`${address}#map`);
    await page.choose('#map [data-name="layout"]', "open");
    await page.until("answers > 0");
    const box =
        await page.value(`(() => { const b = document.querySelector('#map [data-name="map"]').getBoundingClientRect();
        return [b.x, b.y, b.width / 20]; })()`);
    const place = (row, column) => ({
        x: box[0] + (column + 0.5) * box[2],
        y: box[1] + (row + 0.5) * box[2],
    });
    await page.value("answers = 0; held = 0");
    const began = performance.now();
    let moves = 0;
    for (let row = 4; performance.now() - began < 1000 * SECONDS; row = row < 14 ? row + 2 : 4) {
        await page.mouse("mousePressed", place(row, 3));
        for (let column = 4; column < 17; column++, moves++) {
            await page.mouse("mouseMoved", place(row, column));
            await new Promise(resolve => setTimeout(resolve, FRAME));
        }
        await page.mouse("mouseReleased", place(row, 16));
    }
    const seconds = (performance.now() - began) / 1000;
    const [answers, held] = await page.value("[answers, held]");
    await page.close();
    return { answers: answers / seconds, moves: moves / seconds, held };
}

const median = numbers => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const round = number => Math.round(10 * number) / 10;
try {
    const first = [];
    for (let load = 0; load < Number(loads); load++) first.push(await firstAnswer());
    const drawing = await replans();
    const result = {
        first_answer_ms: first.map(one => round(one.taken)),
        first_answer_median_ms: round(median(first.map(one => one.taken))),
        longest_block_ms: round(median(first.map(one => one.held))),
        changes_per_second: round(drawing.moves),
        answers_per_second: round(drawing.answers),
        longest_block_drawing_ms: round(drawing.held),
    };
    console.log(JSON.stringify(result));
} finally {
    await browser.close();
}
