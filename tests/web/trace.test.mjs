// The page of trm trace in Chromium, opened from the disk, by clicks and keys; its console stays empty.
// TRM_COMMAND, TRM_MODELS: the command and the shipped models. TRM_CHROMIUM. TRM_PICTURES: a folder for
// pictures, or nothing.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";

import { Browser } from "./browser.mjs";

const { TRM_COMMAND, TRM_MODELS, TRM_CHROMIUM, TRM_PICTURES } = process.env;
const browser = new Browser(TRM_CHROMIUM);
const folder = mkdtempSync(join(tmpdir(), "trm-trace-"));
test.after(() => {
    browser.close();
    rmSync(folder, { recursive: true });
});

const HARD = "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..";
const trm = (...words) => execFileSync(TRM_COMMAND, words, { encoding: "utf8" });

/** The page of a trace, and the trace itself. */
function traced(name, model, ...words) {
    const file = join(folder, `${name}.html`);
    trm("trace", "-q", join(TRM_MODELS, `${model}.trm`), ...words, "-o", file);
    const inside = /id="trace">(.*?)<\/script>/s.exec(readFileSync(file, "utf8"));
    return { file, trace: JSON.parse(inside[1]) };
}

function made(name, ...words) {
    const file = join(folder, name);
    trm("generate", "-q", "--count", "1", ...words, "--output", file);
    return file;
}

async function opened(file, options) {
    const page = await browser.page(options);
    await page.go(String(pathToFileURL(file)));
    await page.until(`!document.querySelector("#content").hidden`);
    return page;
}

async function closed(page, name) {
    if (TRM_PICTURES) await page.picture(join(TRM_PICTURES, `${name}.png`));
    assert.deepEqual(page.said, []);
    assert.deepEqual(page.asked.filter(url => !url.startsWith("file:")), []);
    await page.close();
}

const board = page => page.value(`[...document.querySelectorAll("#board .board text")].map(cell => cell.textContent).join("")`);
const said = page => page.text("#said");

test("a search: its steps, runs and guesses, by keys and clicks", async () => {
    const { file, trace } = traced("search", "sudoku-small", HARD, "--search", "--steps", "8");
    const answering = trace.runs.find(run => run.run === trace.answer.run);
    const page = await opened(file);
    assert.equal(await board(page), trace.answer.text);
    assert.match(await said(page), /stopped: verified/);
    await page.press("Home");
    assert.equal(await board(page), answering.steps[0].text);
    await page.press("ArrowRight");
    assert.equal(await board(page), answering.steps[1].text);
    await page.click("#back");
    assert.equal(await board(page), answering.steps[0].text);
    await page.click("#runs li:nth-child(2) button");
    assert.equal(await board(page), trace.runs[1].steps.at(-1).text);
    assert.equal(await page.value(`document.querySelector("#runs li:nth-child(2) button").getAttribute("aria-pressed")`), "true");
    await page.press("ArrowUp");
    assert.equal(await board(page), trace.runs[0].steps[0].text);
    assert.equal(await page.value(`document.querySelectorAll("#runs li").length`), trace.runs.length);
    assert.equal(await page.value(`document.querySelectorAll("#tree li").length`), trace.runs.length);
    await closed(page, "trace-search");
});

test("playing goes to the end, and pauses", async () => {
    const { file, trace } = traced("play", "sudoku-small", HARD, "--steps", "6");
    const page = await opened(file);
    await page.click("#play");
    await page.until(`document.querySelector("#slider").value === "6"`);
    await page.until(`document.querySelector("#play").getAttribute("aria-label") === "Play"`);
    assert.equal(await board(page), trace.runs[0].steps[5].text);
    await closed(page, "trace-play");
});

test("a jigsaw, a map and a graph, wide and narrow, light and dark", async () => {
    const kinds = {
        jigsaw: ["sudoku", "--file", made("jigsaw.csv", "jigsaw", "--seed", "3")],
        map: ["path", "--file", made("map.csv", "path", "--grid", "30x30", "--open", "--seed", "5"), "--runs", "8"],
        graph: ["colouring", "--file", made("graph.jsonl", "colouring", "--seed", "5")],
    };
    for (const [name, words] of Object.entries(kinds)) {
        const { file, trace } = traced(name, ...words);
        const page = await opened(file, name === "map" ? { width: 390, height: 800, mobile: true, scheme: "dark" } : {});
        const shapes = trace.grid ? "rect" : "circle";
        assert.ok((await page.value(`document.querySelectorAll("#board .board > ${shapes}").length`)) >= trace.positions);
        assert.ok(await page.value("document.documentElement.scrollWidth <= window.innerWidth"), `${name}: it scrolls sideways`);
        if (name === "graph") assert.ok((await page.value(`document.querySelectorAll("#board line").length`)) > 0);
        await closed(page, `trace-${name}`);
    }
});

test("a trace of another version says so", async () => {
    const { file } = traced("version", "sudoku-small", HARD, "--steps", "1");
    writeFileSync(file, readFileSync(file, "utf8").replace('"version": 1', '"version": 2'));
    const page = await browser.page();
    await page.go(String(pathToFileURL(file)));
    await page.until(`document.querySelector("#about").textContent.includes("version 2")`);
    await closed(page, "trace-version");
});
