// Where the network computes, so that the page never waits: models as they arrive, and one job after
// another, each step of which is told at once. Between two steps the worker hears what the page says.

import { Model } from "../trm.js";

const models = new Map(),
    cancelled = new Set();
let module;

function bytesOf(base64) {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
    return bytes;
}

function textOf(model, tokens) {
    return Array.from(tokens, token => model.alphabet[token] ?? "?").join("");
}

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

async function work({ id, model: name, question, options, pace }) {
    const model = await models.get(name);
    let seen = [];
    const watch = step =>
        seen.push({ ...step, text: textOf(model, step.tokens), asked: textOf(model, step.asked) });
    const watched = options.watch ? { ...options, watch } : options;
    for await (const answer of model.steps(question, watched)) {
        if (cancelled.delete(id)) break;
        postMessage({ id, answer, runs: seen });
        seen = [];
        if (pace > 0) await pause(pace);
    }
    postMessage({ id, done: true });
}

/** What the rules say of an answer, whoever found it. */
async function judge({ id, model: name, question, judged, options }) {
    const model = await models.get(name);
    postMessage({ id, answer: { verdict: model.verify(question, judged, options) } });
    postMessage({ id, done: true });
}

function failed(id, error) {
    cancelled.delete(id);
    postMessage({ id, failed: { message: error.message, status: error.status } });
}

onmessage = ({ data }) => {
    if (data.module) module = WebAssembly.compile(bytesOf(data.module));
    else if (data.bytes) {
        const opened = module.then(compiled => Model.open(bytesOf(data.bytes), { module: compiled }));
        opened.catch(() => {}); // whoever asks it a question is told
        models.set(data.name, opened);
    } else if (data.cancel) cancelled.add(data.cancel);
    else (data.judged === undefined ? work(data) : judge(data)).catch(error => failed(data.id, error));
};
