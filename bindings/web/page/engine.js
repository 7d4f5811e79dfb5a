// The page's side of the worker: it brings what a job needs, and tells a job's steps to who asked for it.

import { hasSimd } from "../load.js";

const MODULE = hasSimd() ? "page-simd128" : "page-scalar";

/** What failed, and what to do about it. */
export class Trouble extends Error {
    constructor(message, help = "") {
        super(message);
        this.help = help;
    }
}

/** The page's modules bring no sentences along, which are a fifth of the library's. */
const HELP = {
    TRM_ERROR_VERSION:
        "This page and its models are of different versions. Take the whole folder from one build, or reload the page.",
    TRM_ERROR_UNSUPPORTED: "This page lacks what the model needs. Take the whole folder from one build.",
    TRM_ERROR_PUZZLE: "The network does not take a question like this. Change its size.",
    TRM_ERROR_CHECKSUM: "The model was damaged on its way. Reload the page.",
    TRM_ERROR_FORMAT: "What arrived is no model of libtrm. Reload the page, or take the folder anew.",
    TRM_ERROR_MEMORY: "Close other pages, or take a smaller puzzle.",
};

/** Text from assets/: a script puts it there, since file:// knows no fetch. */
function loadAsset(name) {
    const arrived = () => globalThis.trmAssets?.[name];
    if (arrived()) return Promise.resolve(arrived());
    return new Promise((resolve, reject) => {
        const script = document.createElement("script");
        const missing = () => {
            script.remove();
            reject(
                new Trouble(
                    `assets/${name}.js did not arrive.`,
                    "Check the connection, or that the folder is whole, and try again.",
                ),
            );
        };
        script.src = `assets/${name}.js`;
        script.onload = () => (arrived() ? resolve(arrived()) : missing());
        script.onerror = missing;
        document.head.append(script);
    });
}

export class Engine {
    #worker;
    #jobs = new Map();
    #brought = new Map();
    #next = 1;

    /** Whether the machine has vectors; without them a step takes twenty times as long. */
    simd = MODULE === "page-simd128";

    /** The worker, once it is there; a failed start may be tried again. */
    #start() {
        this.#worker ??= this.#begin().catch(error => {
            this.#worker = undefined;
            throw error;
        });
        return this.#worker;
    }

    async #begin() {
        if (typeof WebAssembly !== "object")
            throw new Trouble(
                "This browser does not run WebAssembly, in which the network computes.",
                "It may be switched off, as by a lockdown mode. Boards, rules and plain hints work without it.",
            );
        const [source, module] = await Promise.all([loadAsset("worker"), loadAsset(MODULE)]);
        const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
        const worker = new Worker(address);
        worker.onmessage = ({ data }) => this.#hear(data);
        worker.onerror = event => this.#lose(event);
        worker.postMessage({ module });
        return worker;
    }

    #lose(event) {
        const trouble = new Trouble(
            `The worker stopped: ${event.message || "it could not be started"}.`,
            "Reload the page.",
        );
        for (const job of this.#jobs.values()) job.reject(trouble);
        this.#jobs.clear();
        this.#worker = undefined;
        this.#brought.clear();
    }

    /** Brings a model, once. */
    prepare(name) {
        if (!this.#brought.has(name)) {
            const bringing = Promise.all([this.#start(), loadAsset(name)]).then(([worker, bytes]) => {
                worker.postMessage({ name, bytes });
                return worker;
            });
            bringing.catch(() => this.#brought.delete(name));
            this.#brought.set(name, bringing);
        }
        return this.#brought.get(name);
    }

    /**
     * Asks a model; `look` is told every step, and the promise has the last one: undefined where `signal`
     * ended it before.
     * `pace`: milliseconds from a step to the next, for people who watch.
     */
    solve(name, question, options = {}, { look, signal, pace = 0 } = {}) {
        return this.#job(name, { question, options, pace }, { look, signal });
    }

    /** What the rules say of an answer: a verdict, or undefined where `signal` ended it. */
    async judge(name, question, judged, options = {}, signal = undefined) {
        return (await this.#job(name, { question, judged, options }, { signal }))?.verdict;
    }

    async #job(name, job, { look, signal }) {
        const worker = await this.prepare(name);
        if (signal?.aborted) return undefined;
        const id = this.#next++;
        return new Promise((resolve, reject) => {
            const stop = () => {
                if (!this.#jobs.delete(id)) return;
                worker.postMessage({ cancel: id });
                resolve(undefined);
            };
            signal?.addEventListener("abort", stop, { once: true });
            this.#jobs.set(id, { resolve, reject, look, last: undefined });
            worker.postMessage({ id, model: name, ...job });
        });
    }

    #hear({ id, answer, runs, done, failed }) {
        const job = this.#jobs.get(id);
        if (!job) return; // it was ended
        if (answer) {
            job.last = answer;
            job.look?.(answer, runs);
            return;
        }
        this.#jobs.delete(id);
        if (done) job.resolve(job.last);
        else
            job.reject(
                new Trouble(
                    failed.message || `The network cannot answer (${failed.status}).`,
                    HELP[failed.status],
                ),
            );
    }
}
