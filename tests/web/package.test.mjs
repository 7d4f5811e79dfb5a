// The npm package against the library as it is compiled for this machine, bit by bit, and what it says of bad
// input. TRM_WEB: the package's folder. TRM_BITS, TRM_COMMAND: programs of the same build. TRM_MODELS.
// TRM_PUZZLES: how many.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";

const { TRM_WEB, TRM_BITS, TRM_COMMAND, TRM_MODELS, TRM_PUZZLES = "30" } = process.env;
const { Model, TrmError, hasSimd } = await import(pathToFileURL(join(TRM_WEB, "trm.js")));
const open = (name, options) => Model.open(join(TRM_MODELS, `${name}.trm`), options);

const generated = (count, ...words) =>
    execFileSync(TRM_COMMAND, ["generate", "-q", "--count", String(count), "--seed", "7", ...words], { encoding: "utf8" })
        .trim().split("\n").slice(1).map(line => line.split(",")[1]);

const numbers = new DataView(new ArrayBuffer(4));
const bits = number => {
    numbers.setFloat32(0, number);
    return numbers.getUint32(0).toString(16);
};
const STOPS = ["running", "signal", "stable", "limit"];

async function lines(model, questions, options) {
    const found = [];
    for (const question of questions)
        for await (const step of model.steps(question, options)) {
            const tail = [step.haltLogit, step.haltProbability, ...step.probabilities].map(bits).join(" ");
            found.push(`${step.steps} ${STOPS.indexOf(step.stop)} ${step.tokens.join(",")} ${tail}`);
        }
    return found;
}

// Without vectors a Sudoku takes seconds a step: a share of the puzzles will do, unless all are asked for.
const all = Number(TRM_PUZZLES), few = all > 30 ? all : 1;
const CASES = [
    { name: "sudoku-4x4-int8", words: ["sudoku", "--boxes", "2x2", "--givens", "4-8"], steps: 16, scalar: all },
    { name: "sudoku-small-int8", words: ["sudoku", "--boxes", "2x3", "--givens", "8-16"], steps: 8, scalar: few, shape: [6, 6] },
    { name: "path-int8", words: ["path"], steps: 16, scalar: few },
    { name: "sudoku-int8", words: ["sudoku"], steps: 3, most: 10, scalar: few },
    { name: "path-int8", words: ["path", "--grid", "7x5"], steps: 8, scalar: few, shape: [7, 5] },
    { name: "sudoku-4x4", words: ["sudoku", "--boxes", "2x2", "--givens", "4-8"], steps: 4, most: 5, scalar: few }, // fp32
    { name: "path", words: ["path"], steps: 2, most: 5, scalar: 1 },
];

/** Every step, here and natively. */
async function compare(file, model, questions, options, shape = [0, 0]) {
    const words = [file, String(options.maximumSteps), ...shape.map(String)];
    const native = execFileSync(TRM_BITS, words, { input: questions.join("\n"), encoding: "utf8", maxBuffer: 2 ** 30 });
    const here = await lines(model, questions, options);
    assert.ok(here.length >= questions.length);
    assert.deepEqual(here, native.trim().split("\n"));
}

for (const { name, words, steps, most = 30, scalar, shape } of CASES)
    for (const simd of [true, false])
        test(`${name}${shape ? " of another shape" : ""}, ${simd ? "simd128" : "scalar"}: native's bits`, async t => {
            if (simd && !hasSimd()) return t.skip("this Node has no vectors");
            const model = await open(name, { simd });
            assert.equal(model.info.instructionSet, simd ? "simd128" : "scalar");
            const questions = generated(simd ? Math.max(all > 30 ? all : most, 1) : scalar, ...words);
            const options = { maximumSteps: steps, ...(shape && { shape }) };
            await compare(join(TRM_MODELS, `${name}.trm`), model, questions, options, shape);
        });

test("matrices so deep that their sums are made in parts: native's bits", async t => {
    const folder = mkdtempSync(join(tmpdir(), "trm-web-")), [plain, file] = ["plain.trm", "int8.trm"].map(name => join(folder, name));
    t.after(() => rmSync(folder, { recursive: true }));
    const sizes = { positions: 16, prefix: 1, vocabulary: 5, channels: 48, "token-hidden": 24, "channel-hidden": 1040, updates: 2 };
    const words = Object.entries(sizes).flatMap(([key, value]) => [`--${key}`, String(value)]);
    execFileSync(TRM_COMMAND, ["init", "-q", plain, "--block", "mixer", "--alphabet", "abcde", ...words]);
    execFileSync(TRM_COMMAND, ["quantize", "-q", plain, file]);
    await compare(file, await Model.open(file), ["abcdeabcdeabcdea", "aaaaaaaaaaaaaaaa"], { maximumSteps: 2 });
});

const SUDOKU4 = "1...\n..3.\n.4..\n...2";

test("a question as text, lines, digits, rows and tokens has one answer", async () => {
    const model = await open("sudoku-4x4-int8");
    const expected = model.solve(SUDOKU4.replaceAll("\n", ""));
    const digits = [...SUDOKU4.replaceAll("\n", "")].map(c => (c === "." ? 0 : Number(c)));
    const rows = [0, 4, 8, 12].map(at => digits.slice(at, at + 4));
    const tokens = Int32Array.from(digits, digit => model.alphabet.indexOf(digit === 0 ? "." : String(digit)));
    for (const question of [SUDOKU4, SUDOKU4.split("\n").map(line => [...line]), digits, rows, { tokens }])
        assert.deepEqual(model.solve(question), expected);
    assert.equal(expected.verdict, "verified");
    assert.equal(model.verify(SUDOKU4, expected.text), "verified");
    assert.equal(model.verify(SUDOKU4, "1".repeat(16)), "refuted");
});

test("the last step is the answer", async () => {
    const model = await open("sudoku-4x4-int8");
    const [question] = generated(1, "sudoku", "--boxes", "2x2", "--givens", "4-8");
    let last, count = 0;
    for await (last of model.steps(question, { allSteps: true, maximumSteps: 5, logits: true })) count++;
    assert.equal(count, 5);
    assert.deepEqual(last, model.solve(question, { allSteps: true, maximumSteps: 5, logits: true }));
    assert.equal(last.logits.length, 16 * model.info.vocabulary);
});

test("regions are the lists of the relation box", async () => {
    const model = await open("sudoku-small-int8");
    const [question] = generated(1, "sudoku");
    const letters = ["AAABBBCCC", "DDDEEEFFF", "GGGHHHIII"].flatMap(row => [row, row, row]).join("\n");
    const marks = [...letters.replaceAll("\n", "")];
    const box = marks.map(mark => marks.flatMap((other, at) => (other === mark ? [at] : [])));
    const plain = model.solve(question, { maximumSteps: 2 });
    for (const given of [{ regions: letters }, { regions: marks }, { relations: { box } }]) {
        const { tokens, probabilities } = model.solve(question, { maximumSteps: 2, ...given });
        assert.deepEqual({ tokens, probabilities }, { tokens: plain.tokens, probabilities: plain.probabilities });
    }
    const drawn = model.solve(question, { maximumSteps: 2, regions: letters.replace(/^AAAB/, "BAAA") });
    assert.notDeepEqual(drawn.probabilities, plain.probabilities);
});

test("runs, views and search are the library's", async () => {
    const model = await open("sudoku-4x4-int8");
    const views = model.views();
    assert.ok(views.length > 1 && views[0] === 0);
    const answer = model.solve(SUDOKU4, { runs: views.length, views, policy: "vote" });
    assert.equal(answer.runs, views.length);
    assert.equal(model.solve(SUDOKU4, { search: true }).verdict, "verified");
    const none = model.solve("11..............", { requireVerified: true, maximumSteps: 2 });
    assert.notEqual(none.verdict, "verified");
    assert.ok(none.tokens.every(token => token === 0));
});

test("a watcher sees every step of every run, with its guesses", async () => {
    const model = await open("sudoku-small-int8");
    const seen = [];
    const answer = model.solve(SUDOKU4, { runs: 3, allSteps: true, maximumSteps: 2, watch: step => seen.push(step) });
    assert.equal(seen.length, answer.totalSteps);
    assert.deepEqual(seen.map(step => step.run), [0, 1, 2, 0, 1, 2]);
    assert.ok(seen.slice(-3).some(step => step.tokens.join() === answer.tokens.join()));
    for (const step of seen) assert.equal([...step.asked].map(token => model.alphabet[token]).join(""), SUDOKU4.replaceAll("\n", ""));
    const guessed = [];
    for await (const step of model.steps("8" + ".".repeat(80), { search: true, maximumSteps: 2, stepBudget: 6, watch: step => guessed.push(step) }))
        assert.ok(step.totalSteps <= 6);
    for (const step of guessed)
        assert.equal(step.asked.filter((token, at) => at > 0 && token !== model.info.blank).length, step.pins);
    assert.ok(guessed.some(step => step.pins > 0));
    const end = new Error("enough");
    assert.throws(() => model.solve(SUDOKU4, { watch() { throw end; } }), error => error === end);
    assert.throws(() => model.solve(SUDOKU4, { watch: 7 }), TypeError);
    assert.equal(model.solve(SUDOKU4).verdict, "verified");
});

test("a model opens from bytes, a view of them, a Response, a Blob, a URL and a path", async () => {
    const path = join(TRM_MODELS, "sudoku-4x4-int8.trm");
    const bytes = readFileSync(path);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const buffer = Uint8Array.from(bytes).buffer;
    for (const source of [bytes, buffer, shifted.subarray(3), new Response(bytes), new Blob([bytes]), pathToFileURL(path), path])
        assert.equal((await Model.open(source)).info.task, "sudoku");
    const module = await WebAssembly.compile(readFileSync(join(TRM_WEB, "trm-scalar.wasm")));
    assert.equal((await Model.open(bytes, { module })).info.instructionSet, "scalar");
    assert.equal((await open("sudoku-4x4", { int8: true })).info.quantised, 1);
});

const damaged = () => {
    const bytes = Uint8Array.from(readFileSync(join(TRM_MODELS, "sudoku-4x4-int8.trm")));
    bytes[bytes.length - 9] ^= 1;
    return bytes;
};

test("what cannot be opened", async () => {
    const cases = [
        ["nowhere.trm", "TRM_ERROR_FILE", /nowhere.trm: cannot be read/],
        [new Response("", { status: 404 }), "TRM_ERROR_FILE", /HTTP status 404/],
        [new Uint8Array(0), "TRM_ERROR_FORMAT", /./],
        [new TextEncoder().encode("<!doctype html><title>not found</title>".repeat(9)), "TRM_ERROR_FORMAT", /./],
        [damaged(), "TRM_ERROR_CHECKSUM", /checksum/],
        [damaged().subarray(0, 1000), "TRM_ERROR_FORMAT", /./],
    ];
    for (const [source, status, sentence] of cases)
        await assert.rejects(Model.open(source), error => {
            assert.ok(error instanceof TrmError);
            assert.equal(error.status, status);
            assert.match(error.message, sentence);
            return true;
        });
    await assert.rejects(Model.open(7), TypeError);
    await assert.rejects(Model.open(damaged(), { module: new Uint8Array(4) }), /the WebAssembly module/);
});

test("what cannot be asked", async () => {
    const model = await open("sudoku-4x4-int8"), free = await open("path-int8"), one = await open("sudoku-small-int8");
    const cases = [
        [model, "1...", {}, /16 characters, found/],
        [model, "x...............", {}, /character 1: expected one of/],
        [model, "Dear Sir or Madam", {}, /expected/],
        [model, "1\u263a..............", {}, /character 2: no alphabet/],
        [model, "", {}, /16 characters, found/],
        [model, Array(16).fill(9), {}, /cell 1: expected a digit from 0 to 4, found number 9/],
        [model, Array(15).fill(0), {}, /expected 16 digits, found 15/],
        [model, [[1, 0], [1]], {}, /row 2: expected 2/],
        [model, { tokens: Array(16).fill(99) }, {}, /99/],
        [model, { tokens: Array(16).fill(0.5) }, {}, /whole number/],
        [model, SUDOKU4, { maximumSteps: -1 }, /maximumSteps: expected a whole number/],
        [model, SUDOKU4, { maximumSteps: 70000 }, /65536/],
        [model, SUDOKU4, { policy: "worst" }, /policy: expected one of first-halt, vote/],
        [model, SUDOKU4, { steps: 3 }, /found steps/],
        [model, SUDOKU4, { shape: [5, 5] }, /./],
        [model, SUDOKU4, { shape: { row: 4 } }, /shape: expected rows/],
        [model, SUDOKU4, { runs: 2, candidates: 1 }, /found candidates/],
        [model, SUDOKU4, { features: [1, 2] }, /features: expected 0 numbers/],
        [free, ".".repeat(80), {}, /shape: \[rows, columns\]/],
        [one, ".".repeat(81), { regions: "AABB" }, /regions: expected 81 letters.*found 4/],
        [one, ".".repeat(81), { relations: { diagonal: [[0]] } }, /diagonal/],
        [one, ".".repeat(81), { relations: { box: [[0], [99]] } }, /./],
        [one, ".".repeat(81), { relations: { box: [[-1]] } }, /whole number/],
        [one, ".".repeat(81), { helpers: [0] }, /./],
        [free, "S.\n.", {}, /row 2/],
    ];
    for (const [asked, question, options, sentence] of cases)
        assert.throws(() => asked.solve(question, options), error => {
            assert.ok(error instanceof TrmError, `${error}`);
            assert.match(error.message, sentence);
            return true;
        });
    assert.throws(() => model.solve(undefined), TypeError);
    assert.equal(model.solve(SUDOKU4).verdict, "verified"); // and is as before
    model.close();
    assert.throws(() => model.solve(SUDOKU4), /closed/);
    await assert.rejects(model.steps(SUDOKU4).next(), /closed/);
});

test("memory is given back", async () => {
    const model = await open("sudoku-4x4-int8");
    const use = async () => {
        for await (const step of model.steps(SUDOKU4, { allSteps: true, logits: true })) if (step.steps === 2) break;
        assert.throws(() => model.solve("1"), TrmError);
        return model.memory;
    };
    const before = await use();
    for (let round = 0; round < 50; round++) assert.equal(await use(), before);
});
