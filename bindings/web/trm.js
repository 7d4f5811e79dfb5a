// libtrm in JavaScript: a model is opened once and solves questions, whole or step by step. trm.d.ts says
// what each does.

import { describe, hasSimd, loadModule, readBytes } from "./load.js";
import { layQuestion, whole } from "./question.js";
import { Room, TrmError, Wasm } from "./wasm.js";

export { TrmError, hasSimd };

const STOPS = ["running", "signal", "stable", "limit", "deadline", "overflow", "verified", "budget"];
const VERDICTS = ["unverified", "verified", "refuted"];
const HOWS = ["run", "view", "restart", "search"];
const STARTS = ["model", "fixed", "random"];
const POLICIES = [undefined, "first-halt", "vote", "best", "first-verified"];
const MAXIMUM_VIEWS = 8;
const HALT_SIGNAL = 1, HALT_STABLE = 2;
const METADATA_INTEGER = 1, METADATA_REAL = 2, METADATA_TEXT = 3;

// Of a question, and those that are passed on as they are.
const OF_QUESTION = ["shape", "regions", "relations", "helpers", "features", "identifier"];
const NUMBERS = ["maximumSteps", "runs", "stepBudget", "seed"];
const OTHERS = ["allSteps", "stable", "haltProbability", "start", "policy", "search", "requireVerified", "views", "budget", "logits", "watch"];

function word(name, words, value) {
    const index = words.indexOf(value);
    if (value !== undefined && index >= 0) return index;
    const expected = words.filter(one => one !== undefined).join(", ");
    throw new TrmError(`${name}: expected one of ${expected}, found ${describe(value)}`, "TRM_ERROR_ARGUMENT");
}

function number(name, value) {
    if (typeof value === "number" && value >= 0) return value;
    throw new TrmError(`${name}: expected a number that is not negative, found ${describe(value)}`, "TRM_ERROR_ARGUMENT");
}

/** The fields of trm_solve_options that a caller's options name. */
function solveFields(room, given) {
    if (given.watch !== undefined && typeof given.watch !== "function")
        throw new TypeError(`watch: expected a function, found ${describe(given.watch)}`);
    const known = [...OF_QUESTION, ...NUMBERS, ...OTHERS];
    const unknown = Object.keys(given).find(key => !known.includes(key));
    if (unknown) throw new TrmError(`options: expected ${known.join(", ")}, found ${unknown}`, "TRM_ERROR_ARGUMENT");
    const fields = { halt: (given.allSteps ? 0 : HALT_SIGNAL) | (given.stable ? HALT_STABLE : 0) };
    for (const name of NUMBERS)
        if (given[name] !== undefined) fields[name] = whole(name, given[name], 0, name === "seed" ? 2 ** 53 - 1 : 2 ** 32 - 1);
    if (given.stable) fields.stableSteps = whole("stable", given.stable, 2, 65536);
    if (given.haltProbability !== undefined) fields.haltProbability = number("haltProbability", given.haltProbability);
    if (given.start !== undefined) fields.start = word("start", STARTS, given.start);
    if (given.policy !== undefined) fields.policy = word("policy", POLICIES, given.policy);
    if (given.budget) fields.budgetNanoseconds = Math.round(number("budget", given.budget) * 1e6);
    fields.search = given.search ? 1 : 0;
    fields.requireVerified = given.requireVerified ? 1 : 0;
    if (given.views !== undefined) {
        fields.views = room.copy(Uint32Array.from(given.views, view => whole("views", view)));
        fields.viewCount = given.views.length;
    }
    if (given.watch) fields.watcher = room.wasm.exports.watcher();
    return fields;
}

/** A turn of the event loop, so that a page can draw and a worker can hear. */
function turn() {
    if (globalThis.setImmediate) return new Promise(resolve => setImmediate(resolve));
    return new Promise(resolve => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
            port1.close();
            resolve();
        };
        port2.postMessage(0);
    });
}

export class Model {
    #wasm;
    #room;

    /** @private open() makes them */
    constructor(wasm, room, pointer) {
        this.#wasm = wasm;
        this.#room = room;
        this.pointer = pointer;
        const info = room.struct("modelInfo");
        wasm.call("model_describe", pointer, info);
        this.info = Object.freeze(wasm.get("modelInfo", info));
        this.metadata = Object.freeze(this.#readMetadata());
        const alphabet = this.metadata["task.alphabet"];
        /** The character of each token, in Latin-1. */
        this.alphabet = alphabet && (typeof alphabet === "string" ? alphabet : String.fromCharCode(...alphabet));
        this.relations = Object.freeze(this.#readRelations());
    }

    static async open(source, options = {}) {
        const kind = (options.simd ?? hasSimd()) ? "simd128" : "scalar";
        const [module, bytes] = await Promise.all([loadModule(kind, options.module), readBytes(source)]);
        const wasm = new Wasm(module);
        const room = new Room(wasm);
        const flags = options.int8 ? 2 : 0; // TRM_OPEN_INT8
        const file = alignedCopy(wasm, room, bytes);
        const to = room.bytes(4);
        wasm.call("model_open_memory", file, bytes.length, room.struct("openOptions", { flags }), to);
        return new Model(wasm, room, wasm.view.getUint32(to, true));
    }

    /** Answers one question. */
    solve(question, options = {}) {
        return this.#during(room => {
            const wasm = this.#wasm;
            const { pointer, needs, ...laid } = layQuestion(wasm, room, this, question, options);
            const answers = this.#layAnswers(room, laid.positions, options);
            const fields = { ...solveFields(room, options), ...needs };
            wasm.watch = this.#watcher(options);
            wasm.call("solve", this.#open(), pointer, answers.pointer, room.struct("solveOptions", fields));
            return this.#readAnswer(answers, laid.positions);
        });
    }

    /** The same, looked at after every step. */
    async *steps(question, options = {}) {
        this.#open();
        const room = new Room(this.#wasm);
        const wasm = this.#wasm;
        let solver = 0;
        try {
            const { pointer, needs, ...laid } = layQuestion(wasm, room, this, question, options);
            const answers = this.#layAnswers(room, laid.positions, options);
            const to = room.bytes(4);
            wasm.call("solver_create", this.#open(), room.struct("solveOptions", { ...solveFields(room, options), ...needs }), to);
            solver = wasm.view.getUint32(to, true);
            wasm.call("solver_load", solver, pointer);
            const watch = this.#watcher(options);
            for (let running = 1; running > 0; ) {
                wasm.watch = watch;
                wasm.call("solver_step", solver, to);
                running = wasm.view.getUint32(to, true);
                wasm.call("solver_read", solver, answers.pointer);
                yield this.#readAnswer(answers, laid.positions);
                if (running > 0) await turn();
            }
        } finally {
            wasm.exports.trm_solver_free(solver);
            room.release();
        }
    }

    /** What the rules of the task say of an answer. */
    verify(question, answer, options = {}) {
        return this.#during(room => {
            const wasm = this.#wasm;
            const asked = layQuestion(wasm, room, this, question, options);
            const { shape } = options;
            const given = layQuestion(wasm, room, this, answer, { shape: shape ?? asked.shape, features: options.features });
            const verdict = room.bytes(4);
            const tokens = wasm.get("questions", given.pointer).tokens;
            wasm.call("model_verify", this.#open(), asked.pointer, tokens, verdict);
            return VERDICTS[wasm.view.getUint32(verdict, true)];
        });
    }

    /** The symmetries under which runs may see a question of that shape, by number. */
    views(shape) {
        return this.#during(room => {
            const views = room.bytes(4 * MAXIMUM_VIEWS), count = room.bytes(4);
            const [rows, columns] = Array.isArray(shape) ? shape : [];
            const named = rows === undefined ? shape : { rows, columns };
            this.#wasm.call("model_views", this.#open(), named ? room.struct("shape", named) : 0, views, count);
            return [...this.#wasm.array(Uint32Array, views, this.#wasm.view.getUint32(count, true))];
        });
    }

    /** Bytes that the model and what solves with it hold: they grow with the largest question. */
    get memory() {
        this.#open();
        return this.#wasm.exports.memory.buffer.byteLength;
    }

    /** Gives the memory back; a closed model answers nothing. */
    close() {
        this.pointer = 0;
        this.#wasm = undefined;
        this.#room = undefined;
    }

    #open() {
        if (this.pointer === 0) throw new TrmError("the model was closed", "TRM_ERROR_ARGUMENT");
        return this.pointer;
    }

    #during(work) {
        this.#open();
        const room = new Room(this.#wasm);
        try {
            return work(room);
        } finally {
            room.release();
        }
    }

    #readMetadata() {
        const metadata = {};
        const at = this.#room.struct("metadata");
        for (let index = 0; index < this.info.metadataCount; index++) {
            this.#wasm.put("metadata", at);
            this.#wasm.call("model_metadata", this.pointer, index, at);
            const { key, type, integer, real, bytes, length } = this.#wasm.get("metadata", at);
            if (type === METADATA_INTEGER) metadata[key] = integer;
            else if (type === METADATA_REAL) metadata[key] = real;
            else if (type === METADATA_TEXT) metadata[key] = this.#wasm.text(bytes);
            else metadata[key] = this.#wasm.array(Uint8Array, bytes, length).slice();
        }
        return metadata;
    }

    #readRelations() {
        const at = this.#room.struct("relationInfo");
        return Array.from({ length: this.info.relations }, (_, index) => {
            this.#wasm.put("relationInfo", at);
            this.#wasm.call("model_relation", this.pointer, index, at);
            return this.#wasm.get("relationInfo", at);
        });
    }

    /** Tells a caller of a step, in copies of its own. */
    #watcher({ watch }) {
        const wasm = this.#wasm;
        return watch && (seen => {
            const { positions, how, stop, verdict, ...rest } = seen;
            const copy = (Type, at) => wasm.array(Type, at, positions).slice();
            watch({
                ...rest,
                how: HOWS[how] ?? String(how),
                stop: STOPS[stop] ?? String(stop),
                verdict: VERDICTS[verdict],
                tokens: copy(Int32Array, seen.tokens),
                probabilities: copy(Float32Array, seen.probabilities),
                asked: copy(Int32Array, seen.asked),
            });
        });
    }

    /** Arrays for all that is told of an answer. */
    #layAnswers(room, positions, options) {
        const each = { tokens: Int32Array, probabilities: Float32Array, cellConfidences: Float32Array, changed: Uint8Array };
        const numbers = ["steps", "stops", "verdicts", "hows", "runs", "pins"];
        const reals = ["haltProbabilities", "haltLogits", "continueLogits"];
        const at = { totalSteps: room.bytes(8) };
        for (const [name, Type] of Object.entries(each)) at[name] = room.bytes(positions * Type.BYTES_PER_ELEMENT);
        for (const name of [...numbers, ...reals]) at[name] = room.bytes(4);
        if (options.logits) at.logits = room.bytes(4 * positions * this.info.vocabulary);
        return { pointer: room.struct("answers", at), each, numbers, reals, at };
    }

    #readAnswer({ each, numbers, reals, at }, positions) {
        const wasm = this.#wasm;
        const { view } = wasm;
        const read = {};
        for (const [name, Type] of Object.entries(each)) read[name] = wasm.array(Type, at[name], positions).slice();
        for (const name of numbers) read[name] = view.getUint32(at[name], true);
        for (const name of reals) read[name] = view.getFloat32(at[name], true);
        const { stops, verdicts, hows, haltProbabilities, haltLogits, continueLogits, ...rest } = read;
        const answer = {
            ...rest,
            text: this.alphabet && Array.from(read.tokens, token => this.alphabet[token] ?? "?").join(""),
            haltProbability: haltProbabilities,
            haltLogit: haltLogits,
            continueLogit: continueLogits,
            stop: STOPS[stops] ?? String(stops),
            verdict: VERDICTS[verdicts],
            how: HOWS[hows] ?? String(hows),
            totalSteps: Number(view.getBigUint64(at.totalSteps, true)),
        };
        if (at.logits) answer.logits = wasm.array(Float32Array, at.logits, positions * this.info.vocabulary).slice();
        return answer;
    }
}

/** The file where the library can use it in place. */
function alignedCopy(wasm, room, bytes) {
    const ALIGNMENT = 64;
    const at = room.bytes(bytes.length + ALIGNMENT);
    const aligned = Math.ceil(at / ALIGNMENT) * ALIGNMENT;
    wasm.array(Uint8Array, aligned, bytes.length).set(bytes);
    return aligned;
}
