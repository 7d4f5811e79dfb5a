// The page: three views of one engine, and what there is to say when something does not arrive.

import { Engine } from "./engine.js";
import { Graph } from "./graph.js";
import { PathMap } from "./map.js";
import { Sudoku } from "./sudoku.js";

const VIEWS = { sudoku: Sudoku, map: PathMap, graph: Graph };
const MODELS = { map: "path-small-int8", graph: "colouring-int8" };

const engine = new Engine(),
    views = {};

/** Elements of a view by their data-name. */
const finder = view => name => document.querySelector(`#${view} [data-name="${name}"]`);

function trouble(error) {
    const box = document.getElementById("trouble");
    box.querySelector("p").textContent = [error.message, error.help].filter(Boolean).join(" ");
    box.hidden = false;
}

/** Models are fetched when they are about to be asked. */
function prepare(view) {
    return engine
        .prepare(MODELS[view] ?? views.sudoku.model)
        .then(() => (document.getElementById("trouble").hidden = true), trouble);
}

function open(view, focus) {
    for (const tab of document.querySelectorAll("[role=tab]")) {
        const chosen = tab.dataset.view === view;
        tab.setAttribute("aria-selected", String(chosen));
        tab.tabIndex = chosen ? 0 : -1;
        document.getElementById(tab.dataset.view).hidden = !chosen;
        if (chosen && focus) tab.focus();
    }
    views[view] ??= new VIEWS[view](engine, finder(view));
    history.replaceState(null, "", `#${view}`);
    return prepare(view);
}

function press(event) {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!move) return;
    const names = Object.keys(VIEWS),
        at = names.indexOf(event.target.dataset.view);
    event.preventDefault();
    open(names[(at + move + names.length) % names.length], true);
}

function paste(event) {
    const text = event.clipboardData?.getData("text") ?? "";
    if (document.getElementById("sudoku").hidden || event.target.closest?.("textarea, input") || text === "")
        return;
    event.preventDefault();
    views.sudoku.paste(text);
}

async function begin() {
    for (const tab of document.querySelectorAll("[role=tab]")) {
        tab.addEventListener("click", () => open(tab.dataset.view));
        tab.addEventListener("keydown", press);
    }
    document.addEventListener("paste", paste);
    document.getElementById("again").addEventListener("click", () => prepare(location.hash.slice(1)));
    const wanted = location.hash.slice(1);
    if (!engine.simd) document.getElementById("slow").hidden = typeof WebAssembly !== "object";
    await open(VIEWS[wanted] ? wanted : "sudoku");
    if (!VIEWS[wanted] && document.getElementById("trouble").hidden) views.sudoku.think();
}

begin();
