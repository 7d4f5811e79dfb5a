// Where bytes come from: URLs, paths in Node, and what already is in memory; and which module this machine
// gets.

import { TrmError } from "./wasm.js";

// A module that has a vector: () -> v128, i8x16.popcnt(i8x16.splat(0)).
const PROBE = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
];

const inNode = typeof process !== "undefined" && process.versions?.node !== undefined;

/** Whether WebAssembly has vectors here. */
export function hasSimd() {
    return typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array(PROBE));
}

const modules = new Map();

/** The compiled module, "simd128" or "scalar": each is compiled once. */
export function loadModule(kind, bytes) {
    if (typeof WebAssembly !== "object")
        throw new TrmError("expected WebAssembly, which libtrm runs in, found none here", "TRM_ERROR_UNSUPPORTED");
    if (bytes !== undefined) return compile(bytes);
    if (!modules.has(kind)) {
        const loading = compile(new URL(`./trm-${kind}.wasm`, import.meta.url));
        modules.set(kind, loading);
        loading.catch(() => modules.delete(kind)); // a failed download may be tried again
    }
    return modules.get(kind);
}

async function compile(source) {
    if (source instanceof WebAssembly.Module) return source;
    const bytes = await readBytes(source);
    try {
        return await WebAssembly.compile(bytes);
    } catch (error) {
        throw new TrmError(`the WebAssembly module of libtrm: ${error.message}`, "TRM_ERROR_FORMAT");
    }
}

/** The bytes of what a caller names. */
export async function readBytes(source) {
    if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    if (isBuffer(source)) return new Uint8Array(source);
    if (typeof source?.arrayBuffer === "function") return readResponse(source, source.url || "the model");
    if (typeof source !== "string" && !(source instanceof URL))
        throw new TypeError(`expected a URL, a path, a Response, a Blob or bytes, found ${describe(source)}`);
    if (inNode && !/^(https?|data|blob):/.test(String(source))) return readPath(source);
    let response;
    try {
        response = await fetch(source);
    } catch (error) {
        throw new TrmError(`${source}: cannot be fetched: ${error.message}`, "TRM_ERROR_FILE");
    }
    return readResponse(response, source);
}

// One of another realm, such as a frame's, is not an instance of ours.
const isBuffer = x => /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(x));

async function readResponse(response, name) {
    if (response.ok === false)
        throw new TrmError(`${name}: cannot be fetched: HTTP status ${response.status}`, "TRM_ERROR_FILE");
    return new Uint8Array(await response.arrayBuffer());
}

async function readPath(path) {
    const { readFile } = await import("node:fs/promises");
    const file = String(path).startsWith("file:") ? new URL(path) : path;
    try {
        return await readFile(file);
    } catch (error) {
        throw new TrmError(`${path}: cannot be read: ${error.message}`, "TRM_ERROR_FILE");
    }
}

/** A value in a sentence. */
export function describe(value) {
    if (value === null || value === undefined) return String(value);
    return typeof value === "object" ? (value.constructor?.name ?? "an object") : `${typeof value} ${String(value)}`;
}
