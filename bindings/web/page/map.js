// A map to draw: walls, a start and a goal. Whatever changes, the way is asked for anew, and follows.

import { Chart } from "./chart.js";
import { LAYOUTS } from "./layouts.js";

// The way follows a hand by a small network; what that does not find is asked of one that errs less.
const MODEL = "path-small-int8",
    SURER = "path-int8",
    EDGE = [5, 100],
    SOON = 200; // milliseconds
const KEYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class PathMap {
    #engine;
    #find;
    #chart;
    #ending;
    #began = 0;
    #asking = false;
    #again = false;
    #brush;
    #answers = [];
    rows = 20;
    columns = 20;
    walls = new Set();
    start = 0;
    goal = 0;
    cursor = 0;

    constructor(engine, find) {
        this.#engine = engine;
        this.#find = find;
        this.#chart = new Chart(find("map"), this);
        this.#listen();
        this.lay("scattered");
    }

    #listen() {
        const find = this.#find,
            canvas = find("map");
        for (const name of ["rows", "columns"])
            find(name).addEventListener("input", event => this.#resize(name, Number(event.target.value)));
        find("layout").addEventListener("change", event => this.lay(event.target.value));
        find("clear").addEventListener("click", () => this.lay("open"));
        canvas.addEventListener("pointerdown", event => this.#down(event));
        canvas.addEventListener("pointermove", event => this.#move(event));
        for (const end of ["pointerup", "pointercancel"])
            canvas.addEventListener(end, () => (this.#brush = undefined));
        canvas.addEventListener("keydown", event => this.#press(event));
        for (const change of ["focus", "blur"]) canvas.addEventListener(change, () => this.#chart.draw());
    }

    // -- the map --

    lay(name) {
        const { walls, start, goal } = LAYOUTS[name](this.rows, this.columns);
        this.#find("layout").value = name;
        Object.assign(this, { walls: new Set(walls), start, goal, cursor: start });
        this.changed();
    }

    #resize(name, value) {
        const { rows, columns } = this;
        const old = at => [Math.floor(at / columns), at % columns];
        this[name] = Math.min(EDGE[1], Math.max(EDGE[0], value));
        const moved = at => old(at)[0] * this.columns + old(at)[1];
        const inside = at => old(at)[0] < this.rows && old(at)[1] < this.columns;
        const clamp = at =>
            Math.min(old(at)[0], this.rows - 1) * this.columns + Math.min(old(at)[1], this.columns - 1);
        this.walls = new Set([...this.walls].filter(inside).map(moved));
        this.start = clamp(this.start);
        this.goal = clamp(this.goal);
        if (this.goal === this.start) this.goal = this.start > 0 ? this.start - 1 : 1;
        this.cursor = clamp(this.cursor);
        this.walls.delete(this.start);
        this.walls.delete(this.goal);
        if (rows !== this.rows || columns !== this.columns) this.changed();
    }

    text() {
        return Array.from({ length: this.rows }, (_, row) =>
            Array.from({ length: this.columns }, (_, column) => this.#mark(row * this.columns + column)).join(
                "",
            ),
        ).join("\n");
    }

    #mark(at) {
        if (at === this.start) return "S";
        if (at === this.goal) return "G";
        return this.walls.has(at) ? "#" : " ";
    }

    nameOf(at) {
        const what = {
            S: "start",
            G: "goal",
            "#": "wall",
            " ": this.#chart.isWay(at) ? "free, on the way" : "free",
        }[this.#mark(at)];
        return `row ${Math.floor(at / this.columns) + 1}, column ${(at % this.columns) + 1}: ${what}`;
    }

    #place(what, at) {
        if (at === this.start || at === this.goal || this.walls.has(at)) return;
        this[what] = at;
        this.changed();
    }

    #wall(at, build) {
        if (at === this.start || at === this.goal || this.walls.has(at) === build) return;
        if (build) this.walls.add(at);
        else this.walls.delete(at);
        this.changed();
    }

    // -- by mouse, finger and key --

    #down(event) {
        const at = this.#chart.at(event);
        if (at < 0 || event.button > 0) return;
        event.target.setPointerCapture(event.pointerId);
        this.cursor = at;
        if (at === this.start) this.#brush = "start";
        else if (at === this.goal) this.#brush = "goal";
        else this.#brush = this.walls.has(at) ? "free" : "wall";
        this.#stroke(at);
    }

    #stroke(at) {
        if (this.#brush === "start" || this.#brush === "goal") this.#place(this.#brush, at);
        else this.#wall(at, this.#brush === "wall");
    }

    /** A quick hand leaves cells out; they are those on the line. */
    #move(event) {
        if (this.#brush === undefined) return;
        const to = this.#chart.at(event);
        if (to < 0 || to === this.cursor) return;
        const from = this.cursor,
            [r0, c0, r1, c1] = [from, to].flatMap(at => [Math.floor(at / this.columns), at % this.columns]);
        const count = Math.max(Math.abs(r1 - r0), Math.abs(c1 - c0));
        for (let i = 1; i <= count; i++)
            this.#stroke(
                Math.round(r0 + ((r1 - r0) * i) / count) * this.columns +
                    Math.round(c0 + ((c1 - c0) * i) / count),
            );
        this.cursor = to;
    }

    #press(event) {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const move = KEYS[event.key],
            key = event.key.toLowerCase();
        if (move) {
            const row = Math.floor(this.cursor / this.columns) + move[0],
                column = (this.cursor % this.columns) + move[1];
            if (row < 0 || column < 0 || row >= this.rows || column >= this.columns) return;
            this.cursor = row * this.columns + column;
            this.#chart.draw();
        } else if (key === " " || key === "enter") this.#wall(this.cursor, !this.walls.has(this.cursor));
        else if (key === "s") this.#place("start", this.cursor);
        else if (key === "g") this.#place("goal", this.cursor);
        else return;
        event.preventDefault();
        this.#find("here").textContent = this.nameOf(this.cursor);
    }

    // -- the way --

    /**
     * The newest map alone is worth an answer: what was asked before is ended, or has none to wait for it.
     */
    changed() {
        this.#chart.forget();
        for (const name of ["rows", "columns"]) {
            this.#find(name).value = String(this[name]);
            this.#find(`${name}-told`).textContent = String(this[name]);
        }
        this.#again = true;
        if (!this.#asking) this.#follow();
    }

    async #follow() {
        this.#asking = true;
        while (this.#again) {
            this.#again = false;
            await this.#findWay().catch(error => this.#say(`${error.message} ${error.help ?? ""}`, "wrong"));
        }
        this.#asking = false;
    }

    async #findWay() {
        const shape = { rows: this.rows, columns: this.columns };
        this.#began = performance.now();
        const first = await this.#ask({ shape, policy: "first-verified" });
        if (!first) return;
        if (first.verdict === "verified") return this.#conclude(first);
        if (this.#again) return;
        if (await this.#isWalledIn(shape)) return;
        const views = this.rows === this.columns ? [0, 1, 2, 3, 4, 5, 6, 7] : [0, 2, 4, 6]; // rows and columns change places in squares
        this.#say(`One look did not do: now it looks from ${views.length} sides.`);
        const eight = await this.#ask({ shape, policy: "first-verified", runs: views.length, views }, SURER);
        if (eight && !this.#again) this.#conclude(eight);
    }

    /** No way is what the network sees least; then the rules settle it, and the page says so. */
    async #isWalledIn(shape) {
        const question = this.text();
        const verdict = await this.#engine.judge(MODEL, question, question, { shape });
        if (verdict !== "verified" || this.#again) return this.#again;
        this.#chart.show({ text: question.replaceAll("\n", "") });
        this.#chart.conclude(true);
        this.#say("No way: the goal is walled in. The rules say so; the network did not see it.", "none");
        this.#find("words").textContent = this.#chart.words();
        return true;
    }

    /** An older map is still worth an answer, if that comes soon: so the way moves while a hand does. */
    #ask(options, model = MODEL) {
        this.#ending = new AbortController();
        const { signal } = this.#ending;
        const question = this.text();
        const look = answer => {
            this.#chart.show(answer);
            if (this.#again && performance.now() - this.#began > SOON) this.#ending.abort();
        };
        return this.#engine.solve(model, question, options, { look, signal });
    }

    #conclude(answer) {
        const moves = [...answer.text].filter(mark => mark === "o").length + 1;
        const now = performance.now(),
            steps = answer.totalSteps === 1 ? "1 step" : `${answer.totalSteps} steps`;
        this.#answers = [...this.#answers.filter(time => now - time < 1000), now];
        const rate = this.#answers.length > 2 ? `, ${this.#answers.length} answers in the last second` : "";
        this.#find("pace").textContent = `${(now - this.#began).toFixed(0)} ms, ${steps}${rate}`;
        this.#chart.conclude(answer.verdict === "verified");
        if (answer.verdict !== "verified")
            this.#say("The network found nothing that the rules accept: it does not know.", "wrong");
        else if (moves === 1 && !this.#beside())
            this.#say("No way: the goal is walled in. The rules agree.", "none");
        else
            this.#say(
                `Shortest way: ${moves === 1 ? "1 move" : `${moves} moves`}. The rules agree.`,
                "right",
            );
        this.#find("words").textContent = this.#chart.words();
    }

    #beside() {
        const apart = Math.abs(this.start - this.goal);
        return (
            apart === this.columns ||
            (apart === 1 && Math.floor(this.start / this.columns) === Math.floor(this.goal / this.columns))
        );
    }

    #say(sentence, tone = "") {
        this.#find("says").textContent = sentence;
        this.#find("says").className = `says ${tone}`;
    }
}
