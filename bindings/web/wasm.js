// A module's memory: structs of trm.h read and written by the offsets that the module itself tells, and
// errors.

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** What the library says when a call fails. */
export class TrmError extends Error {
    /** @param {string} message  @param {string} status  as trm.h spells it */
    constructor(message, status) {
        super(message);
        this.name = "TrmError";
        this.status = status;
    }
}

const camel = name => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

// By the letters of module.c: how a field is read and written.
const KINDS = {
    u: { get: (view, at) => view.getUint32(at, true), set: (view, at, x) => view.setUint32(at, x, true) },
    p: { get: (view, at) => view.getUint32(at, true), set: (view, at, x) => view.setUint32(at, x, true) },
    q: {
        get: (view, at) => Number(view.getBigUint64(at, true)),
        set: (view, at, x) => view.setBigUint64(at, BigInt(x), true),
    },
    f: { get: (view, at) => view.getFloat32(at, true), set: (view, at, x) => view.setFloat32(at, x, true) },
    d: { get: (view, at) => view.getFloat64(at, true), set: (view, at, x) => view.setFloat64(at, x, true) },
    t: { get: (view, at, wasm) => wasm.text(view.getUint32(at, true)) },
    m: { get: (view, at, wasm) => wasm.text(at) },
};

/** An instance of the module. */
export class Wasm {
    #thrown;

    /** Looks at the steps of what is called next. */
    watch;

    constructor(module) {
        const host = { now: () => globalThis.performance.now(), watch: at => this.#watched(at) };
        this.exports = new WebAssembly.Instance(module, { host }).exports;
        this.structs = this.#readStructs();
        this.error = this.allocate(this.structs.error.bytes);
    }

    /** Views of the memory, which is another one after it has grown. */
    get view() {
        return new DataView(this.exports.memory.buffer);
    }

    array(Type, at, count) {
        return new Type(this.exports.memory.buffer, at, count);
    }

    text(at) {
        if (at === 0) return "";
        const bytes = new Uint8Array(this.exports.memory.buffer);
        return decoder.decode(bytes.slice(at, bytes.indexOf(0, at)));
    }

    allocate(bytes) {
        const at = this.exports.allocate(bytes) >>> 0;
        if (at === 0) throw new TrmError(`expected ${bytes} bytes of memory, found none left`, "TRM_ERROR_MEMORY");
        return at;
    }

    get(name, at) {
        const { view } = this;
        const entries = Object.entries(this.structs[name].fields);
        return Object.fromEntries(entries.map(([key, f]) => [key, KINDS[f.kind].get(view, at + f.offset, this)]));
    }

    /** A struct at its defaults, with those values. */
    put(name, at, values = {}) {
        const { bytes, initial, fields } = this.structs[name];
        const { view } = this;
        new Uint8Array(view.buffer).copyWithin(at, initial, initial + bytes);
        for (const [key, value] of Object.entries(values))
            KINDS[fields[key].kind].set(view, at + fields[key].offset, value);
        return at;
    }

    /** Calls a function of trm.h whose last argument is a trm_error. */
    call(name, ...given) {
        this.put("error", this.error);
        this.#thrown = undefined;
        if (this.exports[`trm_${name}`](...given, this.error) === 0) return;
        if (this.#thrown) throw this.#thrown.error;
        const { status, message } = this.get("error", this.error);
        throw new TrmError(message, this.text(this.exports.trm_status_name(status)));
    }

    /** The library's watcher: what `watch` throws goes around the library, which clears up, to who called
        it. */
    #watched(at) {
        try {
            this.watch?.(this.get("runStep", at));
            return 1;
        } catch (error) {
            this.#thrown = { error };
            return 0;
        }
    }

    #readStructs() {
        const structs = {};
        const word = at => this.view.getUint32(at, true);
        for (let at = this.exports.structures(); word(at) !== 0; at += 16) {
            const fields = {};
            for (let field = word(at + 12); word(field) !== 0; field += 8)
                fields[camel(this.text(word(field)))] = {
                    offset: this.view.getUint16(field + 4, true),
                    kind: String.fromCharCode(this.view.getUint16(field + 6, true)),
                };
            structs[this.text(word(at))] = { bytes: word(at + 4), initial: word(at + 8), fields };
        }
        return structs;
    }
}

/** The arguments of a call, released together. */
export class Room {
    #taken = [];

    constructor(wasm) {
        this.wasm = wasm;
    }

    bytes(count) {
        this.#taken.push(this.wasm.allocate(count));
        return this.#taken.at(-1);
    }

    struct(name, values) {
        return this.wasm.put(name, this.bytes(this.wasm.structs[name].bytes), values);
    }

    /** A copy of a typed array. */
    copy(array) {
        const at = this.bytes(array.byteLength);
        this.wasm.array(array.constructor, at, array.length).set(array);
        return at;
    }

    text(text) {
        return this.copy(encoder.encode(`${text}\0`));
    }

    release() {
        for (const at of this.#taken.splice(0)) this.wasm.exports.release(at);
    }
}
