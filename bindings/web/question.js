// Questions as people write them, turned into what the library takes.

import { describe } from "./load.js";
import { TrmError } from "./wasm.js";

const DIGITS = "123456789ABCDEFGHIJKLMNOP";
const SHAPE = ["rows", "columns", "boxRows", "boxColumns", "fields", "positions", "helpers"];

const fail = sentence => {
    throw new TrmError(sentence, "TRM_ERROR_PUZZLE");
};

/** A whole number of a field of 32 bits. */
export function whole(name, value, least = 0, most = 2 ** 32 - 1) {
    if (!Number.isInteger(value) || value < least || value > most)
        throw new TrmError(
            `${name}: expected a whole number from ${least} to ${most}, found ${describe(value)}`,
            "TRM_ERROR_ARGUMENT",
        );
    return value;
}

const isList = x => Array.isArray(x) || ArrayBuffer.isView(x);

/** Rows of characters or numbers as one row, and how many rows there are where the caller drew some. */
function flatten(given, what) {
    if (given.length === 0 || !isList(given[0])) return { cells: Array.from(given), rows: 0, columns: 0 };
    const columns = given[0].length;
    const wrong = given.findIndex(row => !isList(row) || row.length !== columns);
    if (wrong >= 0) fail(`row ${wrong + 1}: expected ${columns} ${what}, as in the first, found ${given[wrong].length}`);
    return { cells: given.flatMap(row => Array.from(row)), rows: given.length, columns };
}

/** Lines are rows. Spaces are passed over, unless they mean something to the model. */
function readText(text, alphabet) {
    const spaced = alphabet?.includes(" ");
    const lines = text.split(/\r?\n/).map(line => [...(spaced ? line : line.replace(/\s/g, ""))]);
    while (lines.length > 1 && lines.at(-1).length === 0) lines.pop();
    while (lines.length > 1 && lines[0].length === 0) lines.shift();
    return { kind: "text", ...flatten(lines.length > 1 ? lines : lines[0], "characters") };
}

/** The question's cells as characters, as digits or as tokens, and the grid that they were drawn as. */
function readCells(question, alphabet) {
    if (typeof question === "string") return readText(question, alphabet);
    if (isList(question)) {
        const drawn = flatten(question, "cells");
        const text = drawn.cells.length > 0 && drawn.cells.every(cell => typeof cell === "string");
        return { kind: text ? "text" : "digits", ...drawn };
    }
    if (isList(question?.tokens)) return { kind: "tokens", ...flatten(question.tokens, "tokens") };
    throw new TypeError(`expected a question as text, an array of digits, or { tokens }, found ${describe(question)}`);
}

/** The shape that the caller names, or that the drawing has; undefined where it is the model's own. */
function readShape(given, drawn, info) {
    if (Array.isArray(given)) given = { rows: given[0], columns: given[1] };
    if (typeof given === "number") given = { positions: given };
    if (given !== undefined) {
        const unknown = Object.keys(given).find(key => !SHAPE.includes(key));
        if (unknown) throw new TrmError(`shape: expected ${SHAPE.join(", ")}, found ${unknown}`, "TRM_ERROR_ARGUMENT");
        const named = Object.entries(given).filter(([, value]) => value !== undefined);
        return Object.fromEntries(named.map(([key, value]) => [key, whole(`shape.${key}`, value)]));
    }
    const count = drawn.cells.length;
    if (drawn.rows > 0 && info.gridRows > 0) {
        const own = drawn.rows === info.gridRows && drawn.columns === info.gridColumns;
        return own ? undefined : { rows: drawn.rows, columns: drawn.columns };
    }
    if (info.block !== 3 || count === info.positions || count === 0) return undefined; // of one size, or that size
    const side = Math.sqrt(count);
    if (info.gridRows === 0) return { positions: count };
    if (!Number.isInteger(side))
        fail(`expected ${info.positions} cells, a square, lines, or shape: [rows, columns], found ${count} cells in a row`);
    return { rows: side, columns: side };
}

/** How many positions a shape has. */
function positionsOf(shape, info) {
    if (shape?.rows) return shape.rows * (shape.columns ?? 0);
    return shape?.positions || info.positions;
}

function encodeText(wasm, room, model, cells, shape) {
    const wrong = cells.findIndex(cell => cell.length !== 1 || cell.charCodeAt(0) > 255);
    if (wrong >= 0) fail(`character ${wrong + 1}: no alphabet has '${cells[wrong]}'`);
    const tokens = room.bytes(4 * Math.max(1, positionsOf(shape, model.info)));
    const text = room.copy(Uint8Array.from(cells, cell => cell.charCodeAt(0)));
    wasm.call("model_encode", model.pointer, shape ? room.struct("shape", shape) : 0, text, cells.length, tokens);
    return tokens;
}

/** Digits as people write them, 0 for a blank. */
function encodeDigits(room, model, cells) {
    const alphabet = model.alphabet ?? "";
    const table = [alphabet.includes("0") ? alphabet.indexOf("0") : model.info.blank];
    for (const digit of DIGITS) {
        if (!alphabet.includes(digit)) break;
        table.push(alphabet.indexOf(digit));
    }
    if (table.length === 1)
        fail(`expected text or { tokens }, found numbers: ${model.info.task || "this model"} has no digits`);
    const wrong = cells.findIndex(cell => !Number.isInteger(cell) || cell < 0 || cell >= table.length);
    if (wrong >= 0)
        fail(`cell ${wrong + 1}: expected a digit from 0 to ${table.length - 1}, found ${describe(cells[wrong])}`);
    return room.copy(Int32Array.from(cells, cell => table[cell]));
}

function encodeTokens(room, cells) {
    const wrong = cells.findIndex(cell => !Number.isInteger(cell) || Math.abs(cell) >= 2 ** 31);
    if (wrong >= 0) fail(`token ${wrong + 1}: expected a whole number, found ${describe(cells[wrong])}`);
    return room.copy(Int32Array.from(cells));
}

/** Lists in compressed rows: ascending, and each number once. */
function compress(name, lists) {
    if (!Array.isArray(lists)) throw new TypeError(`relations.${name}: expected a list for each, found ${describe(lists)}`);
    const first = [0], heard = [];
    for (const [n, list] of lists.entries()) {
        if (!isList(list)) throw new TypeError(`relations.${name}[${n}]: expected a list, found ${describe(list)}`);
        for (const one of [...new Set(list)].sort((a, b) => a - b)) heard.push(whole(`relations.${name}[${n}]`, one));
        first.push(heard.length);
    }
    return { first: Uint32Array.from(first), heard: Uint32Array.from(heard) };
}

/** Regions, a letter or number for each position, as the lists of who shares one. */
function regionLists(regions, positions) {
    const text = typeof regions === "string";
    const marks = text ? [...regions.replace(/[\s+|-]/g, "")] : flatten(regions, "regions").cells;
    if (marks.length !== positions)
        fail(`regions: expected ${positions} letters, the region of each position, found ${marks.length}`);
    const members = new Map();
    marks.forEach((mark, at) => members.set(mark, [...(members.get(mark) ?? []), at]));
    return marks.map(mark => members.get(mark));
}

function putRelations(room, given) {
    const { bytes } = room.wasm.structs.relation;
    const named = Object.entries(given);
    const at = room.bytes(Math.max(1, named.length) * bytes);
    let most = 0;
    for (const [index, [name, lists]] of named.entries()) {
        const { first, heard } = compress(name, lists);
        const values = { name: room.text(name), first: room.copy(first), heard: room.copy(heard) };
        const counts = { heardCount: heard.length, shared: 1, lists: lists.length };
        room.wasm.put("relation", at + index * bytes, { ...values, ...counts });
        most += heard.length;
    }
    return { relations: at, relationCount: named.length, heard: Math.max(1, most) };
}

function putFeatures(room, features) {
    const { cells } = flatten(features, "features");
    const wrong = cells.findIndex(x => typeof x !== "number");
    if (wrong >= 0) fail(`features: expected numbers, found ${describe(cells[wrong])}`);
    return { features: room.copy(Float32Array.from(cells)), count: cells.length };
}

/**
 * Lays a question in memory: a trm_questions, what a solver must have room for, and its shape.
 * `room` owns all of it.
 */
export function layQuestion(wasm, room, model, question, options) {
    const { info } = model;
    const { kind, ...drawn } = readCells(question, model.alphabet);
    const shape = readShape(options.shape, drawn, info);
    const positions = positionsOf(shape, info);
    if (drawn.cells.length !== positions && kind !== "text")
        fail(`expected ${positions} ${kind}, found ${drawn.cells.length}`);
    const helpers = options.helpers?.length ?? 0;
    if (shape && helpers > 0) shape.helpers ??= helpers;
    if (!shape && helpers > 0) fail("helpers: expected the question's shape with them, found none");
    const tokens =
        kind === "text" ? encodeText(wasm, room, model, drawn.cells, shape)
        : kind === "digits" ? encodeDigits(room, model, drawn.cells)
        : encodeTokens(room, drawn.cells);
    const values = { count: 1, tokens };
    const needs = {};
    if (shape) {
        values.shapes = needs.shape = room.struct("shape", shape);
        values.shapeCount = 1;
    }
    const relations = { ...options.relations };
    if (options.regions !== undefined) relations.box = regionLists(options.regions, positions);
    if (Object.keys(relations).length > 0) {
        const { heard, ...laid } = putRelations(room, relations);
        Object.assign(values, laid);
        needs.heard = heard;
    }
    if (options.identifier) values.identifiers = room.copy(Uint32Array.of(whole("identifier", options.identifier)));
    if (options.helpers) values.helperTokens = encodeTokens(room, Array.from(options.helpers));
    layFeatures(room, info, positions + (shape?.helpers ?? 0), options.features, values);
    return { pointer: room.struct("questions", values), needs, positions, shape };
}

/** The library trusts the number of features, so they are counted here. */
function layFeatures(room, info, nodes, given, values) {
    const wanted = info.features * nodes;
    const { features, count } = given === undefined ? { count: 0 } : putFeatures(room, given);
    if (count !== wanted) fail(`features: expected ${wanted} numbers, ${info.features} for each node, found ${count}`);
    if (wanted > 0) values.features = features;
}
