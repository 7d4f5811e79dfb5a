// A graph to draw, and to colour by hand and by the network: neighbours get different colours.

import { GRAPHS } from "./graphs.js";

const MODEL = "colouring-int8",
    SVG = "http://www.w3.org/2000/svg",
    MOST = 60,
    LEAST = 2;
const SEARCH = { search: true, runs: 4, stepBudget: 600, watch: true };
const NAMES = ["none", "blue", "orange", "green", "violet"];

const counted = (count, one, more) => `${count} ${count === 1 ? one : more}`;

function shape(name, attributes) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
}

export class Graph {
    #engine;
    #find;
    #svg;
    #ending;
    #answer;
    #held;
    #at = 0;
    vertices = [];
    edges = [];
    colours = 4;

    constructor(engine, find) {
        this.#engine = engine;
        this.#find = find;
        this.#svg = find("graph");
        const on = (name, action) => find(name).addEventListener("click", action);
        find("preset").addEventListener("change", event => this.lay(event.target.value));
        find("colours").addEventListener("change", event =>
            this.#change(() => this.#setColours(Number(event.target.value))),
        );
        on("colour", () => this.colour());
        on("bleach", () => this.#change(() => this.vertices.forEach(vertex => (vertex.colour = 0))));
        on("empty", () => this.#change(() => this.#take({ places: [], edges: [], colours: this.colours })));
        on("stop", () => this.stop());
        this.#svg.addEventListener("pointerdown", event => this.#down(event));
        this.#svg.addEventListener("pointermove", event => this.#move(event));
        this.#svg.addEventListener("pointerup", event => this.#up(event));
        this.#svg.addEventListener("pointercancel", () => this.#letGo());
        this.#svg.addEventListener("keydown", event => this.#press(event));
        this.lay("countries");
    }

    get #mode() {
        return this.#find("modes").querySelector(":checked").value;
    }

    #say(sentence, tone = "") {
        this.#find("says").textContent = sentence;
        this.#find("says").className = `says ${tone}`;
    }

    // -- the graph --

    lay(name) {
        this.#find("preset").value = name;
        this.#change(() => this.#take(GRAPHS[name]()));
    }

    #take({ places, edges, colours }) {
        this.vertices = places.map(place => ({ ...place, colour: 0 }));
        this.edges = edges.map(edge => [...edge]);
        this.#at = 0;
        this.#find("colours").value = String(colours);
        this.#setColours(colours);
    }

    #setColours(count) {
        this.colours = count;
        for (const vertex of this.vertices) if (vertex.colour > count) vertex.colour = 0;
    }

    /** Any change ends what was thought, and takes its colours away; those given by hand stay. */
    #change(change) {
        this.stop();
        this.#answer = undefined;
        change();
        this.#draw();
        const fault = this.#fault();
        this.#say(
            fault ??
                `${counted(this.vertices.length, "vertex", "vertices")}, ${counted(this.edges.length, "edge", "edges")}. Give some colours, or none, and let the network do the rest.`,
            fault ? "wrong" : "",
        );
    }

    #fault() {
        const clash = this.edges.find(
            ([a, b]) => this.vertices[a].colour && this.vertices[a].colour === this.vertices[b].colour,
        );
        if (!clash) return undefined;
        return `${clash[0] + 1} and ${clash[1] + 1} are neighbours, and both ${NAMES[this.vertices[clash[0]].colour]}.`;
    }

    #neighbours(n) {
        return this.edges.flatMap(([a, b]) => (a === n ? [b] : b === n ? [a] : []));
    }

    #add(place) {
        if (this.vertices.length >= MOST)
            return this.#say(`The page draws ${MOST} vertices at most; the library takes 10,000.`, "wrong");
        return this.#change(() => this.vertices.push({ ...place, colour: 0 }));
    }

    #remove(n) {
        this.#change(() => {
            this.vertices.splice(n, 1);
            const renumber = edge => edge.map(vertex => (vertex > n ? vertex - 1 : vertex));
            this.edges = this.edges.filter(edge => !edge.includes(n)).map(renumber);
            this.#at = Math.max(0, Math.min(this.#at, this.vertices.length - 1));
        });
    }

    /** Joins two vertices, or parts them where an edge joins them. */
    #join(a, b) {
        const same = edge => edge.includes(a) && edge.includes(b);
        this.#change(() => {
            if (this.edges.some(same)) this.edges = this.edges.filter(edge => !same(edge));
            else this.edges.push([a, b]);
        });
    }

    #paint(n, colour) {
        this.#change(() => (this.vertices[n].colour = colour));
    }

    // -- by mouse, finger and key --

    #place(event) {
        const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(
            this.#svg.getScreenCTM().inverse(),
        );
        return { x: Math.min(98, Math.max(2, point.x)), y: Math.min(68, Math.max(2, point.y)) };
    }

    /** The vertex under a finger, which may be a little beside it; or -1. */
    #vertexAt({ x, y }) {
        const NEAR = 4.5;
        const far = this.vertices.map(vertex => Math.hypot(vertex.x - x, vertex.y - y));
        const nearest = far.indexOf(Math.min(...far));
        return nearest >= 0 && far[nearest] < NEAR ? nearest : -1;
    }

    #down(event) {
        if (event.button > 0) return;
        const place = this.#place(event),
            n = this.#vertexAt(place);
        event.preventDefault();
        if (n < 0) {
            if (this.#mode === "connect") this.#add(place);
            return;
        }
        this.#focus(n);
        this.#svg.setPointerCapture(event.pointerId);
        if (this.#mode === "paint") this.#paint(n, (this.vertices[n].colour + 1) % (this.colours + 1));
        else if (this.#mode === "remove") this.#remove(n);
        else this.#held = n;
    }

    #move(event) {
        if (this.#held === undefined) return;
        const place = this.#place(event);
        if (this.#mode === "move") Object.assign(this.vertices[this.#held], place);
        this.#draw(this.#mode === "connect" ? place : undefined);
    }

    #up(event) {
        const from = this.#held,
            to = this.#vertexAt(this.#place(event));
        this.#letGo();
        if (from !== undefined && this.#mode === "connect" && to >= 0 && to !== from) this.#join(from, to);
    }

    #letGo() {
        if (this.#held === undefined) return;
        this.#held = undefined;
        this.#draw();
    }

    #focus(n) {
        this.#at = n;
        this.#draw();
        this.#svg.querySelectorAll(".vertex")[n]?.focus({ preventScroll: true });
    }

    /** The nearest vertex in a direction. */
    #step(dx, dy) {
        const from = this.vertices[this.#at];
        let best = this.#at,
            least = Infinity;
        for (const [n, { x, y }] of this.vertices.entries()) {
            const along = (x - from.x) * dx + (y - from.y) * dy,
                aside = Math.abs((x - from.x) * dy) + Math.abs((y - from.y) * dx);
            if (n !== this.#at && along > 0 && along + 2 * aside < least)
                [best, least] = [n, along + 2 * aside];
        }
        this.#focus(best);
    }

    #press(event) {
        const steps = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
        if (event.ctrlKey || event.metaKey || event.altKey || this.vertices.length === 0) return;
        if (steps[event.key]) this.#step(...steps[event.key]);
        else if (/^[0-4]$/.test(event.key) && Number(event.key) <= this.colours)
            this.#repaint(Number(event.key));
        else if (event.key === "Delete" || event.key === "Backspace") this.#remove(this.#at);
        else if (event.key === "e") this.#joinByKey();
        else if (event.key === " " || event.key === "Enter")
            this.#repaint((this.vertices[this.#at].colour + 1) % (this.colours + 1));
        else return;
        event.preventDefault();
    }

    #repaint(colour) {
        this.#paint(this.#at, colour);
        this.#focus(this.#at);
    }

    /** E on one vertex, then on another: they are joined, or parted. */
    #joinByKey() {
        if (this.#held === undefined || this.#held === this.#at) {
            this.#held = this.#at;
            this.#say(`An edge from ${this.#at + 1}: go to another vertex and press E there.`);
            return;
        }
        const from = this.#held;
        this.#held = undefined;
        this.#join(from, this.#at);
        this.#focus(this.#at);
    }

    // -- the network --

    stop() {
        this.#ending?.abort();
        this.#ending = undefined;
        this.#find("stop").disabled = true;
    }

    async colour() {
        const fault = this.#fault();
        if (fault) return this.#say(`${fault} No colouring can keep that.`, "wrong");
        if (this.vertices.length < LEAST)
            return this.#say(
                "Draw two vertices at least: choose Connect, then tap where they should be.",
                "wrong",
            );
        const ending = new AbortController();
        this.stop();
        this.#ending = ending;
        this.#find("stop").disabled = false;
        const edge = this.vertices.map((_, n) => this.#neighbours(n));
        const options = {
            ...SEARCH,
            shape: { positions: this.vertices.length, fields: this.colours },
            relations: { edge },
        };
        const question = this.vertices.map(vertex => vertex.colour || ".").join("");
        try {
            const answer = await this.#engine.solve(MODEL, question, options, {
                look: (_, steps) => this.#look(steps),
                signal: ending.signal,
            });
            if (answer) this.#conclude(answer);
        } catch (error) {
            this.#say(`${error.message} ${error.help ?? ""}`, "wrong");
        } finally {
            if (this.#ending === ending) this.stop();
        }
        return undefined;
    }

    #look(steps) {
        const step = steps.find(one => one.verdict === "verified") ?? steps.at(-1);
        if (!step) return;
        this.#answer = step;
        this.#say(
            `Attempt ${step.run + 1}, step ${step.step}: ${Math.floor(100 * step.haltProbability)} % sure.`,
        );
        this.#draw();
    }

    #conclude(answer) {
        const steps = answer.totalSteps === 1 ? "1 step" : `${answer.totalSteps} steps`;
        if (answer.verdict === "verified")
            this.#say(`Coloured in ${steps}: no neighbours are alike, and the rules agree.`, "right");
        else this.#say(`No colouring with ${this.colours} colours in ${steps}. There may be none.`, "wrong");
    }

    // -- drawing --

    #colourOf(n) {
        return this.vertices[n].colour || Number(this.#answer?.text[n] ?? 0) || 0;
    }

    #draw(loose) {
        const lines = this.edges.map(([a, b]) =>
            this.#line(this.vertices[a], this.vertices[b], this.#alike(a, b) ? "edge alike" : "edge"),
        );
        if (loose && this.#held !== undefined)
            lines.push(this.#line(this.vertices[this.#held], loose, "edge loose"));
        const focused = this.#svg.contains(document.activeElement);
        this.#svg.replaceChildren(...lines, ...this.vertices.map((_, n) => this.#vertex(n)));
        if (focused) this.#svg.querySelectorAll(".vertex")[this.#at]?.focus({ preventScroll: true });
    }

    #alike(a, b) {
        return this.#colourOf(a) > 0 && this.#colourOf(a) === this.#colourOf(b);
    }

    #line(from, to, className) {
        return shape("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, class: className });
    }

    #vertex(n) {
        const { x, y, colour } = this.vertices[n],
            shown = this.#colourOf(n);
        const sure = colour || !this.#answer ? 1 : this.#answer.probabilities[n];
        const group = shape("g", {
            class: `vertex colour-${shown}${colour ? " given" : ""}`,
            role: "button",
            tabindex: n === this.#at ? 0 : -1,
        });
        const back = shape("circle", { cx: x, cy: y, r: 3.4, class: "back" }),
            circle = shape("circle", { cx: x, cy: y, r: 3.4, class: "face" });
        const label = shape("text", { x, y: y + 0.15 });
        circle.style.fillOpacity = shown ? (0.25 + 0.75 * sure).toFixed(2) : 1;
        label.textContent = String(n + 1);
        const by = colour ? "given" : shown ? `${Math.floor(100 * sure)} per cent sure` : "no colour";
        const neighbours =
            this.#neighbours(n)
                .map(one => one + 1)
                .join(", ") || "none";
        group.setAttribute(
            "aria-label",
            `vertex ${n + 1}: ${shown ? `${NAMES[shown]}, ` : ""}${by}; neighbours ${neighbours}`,
        );
        group.append(back, circle, label);
        return group;
    }
}
