// The Sudoku: a board to fill in, regions to paint, and a network to be watched while it thinks about it.

import { Board } from "./board.js";
import { drawCurve } from "./curve.js";
import { EXAMPLES } from "./examples.js";
import { Pad } from "./pad.js";
import { readSudoku, writeSudoku } from "./paste.js";
import { Repair } from "./repair.js";
import {
    boxOf,
    clashes,
    contradiction,
    defaultRegions,
    hasBoxes,
    placeOf,
    plainHint,
    regionFault,
    regionLetter,
} from "./rules.js";
import { Runs } from "./runs.js";

const AT_ONCE = 8,
    PACE = 350,
    SEARCH_STEPS = 2000;
const THRESHOLD = { "sudoku-int8": 0.9, "sudoku-small-int8": 0.95 };

const percent = probability => `${Math.floor(100 * probability)} %`;

export class Sudoku {
    #engine;
    #find;
    #board;
    #pad;
    #runs;
    #ending;
    #example = {};
    #frames = [];
    #shown = -1;
    #painting = false;
    #region = 0;
    #hint;
    side = 9;
    cells = [];
    regions = [];

    /** `find`: the element of a name in the view. */
    constructor(engine, find) {
        this.#engine = engine;
        this.#find = find;
        this.#runs = new Runs(find("runs"));
        this.#board = new Board(find("board"), {
            painted: (at, first) => this.#paint(at, first),
            typed: key => this.#type(key),
        });
        this.#pad = new Pad(find("pad"), {
            pressed: value => this.#padPressed(value),
            dropped: (value, x, y) => this.#dropped(value, x, y),
        });
        this.#listen();
        this.#nextExample(9);
    }

    #listen() {
        const find = this.#find,
            on = (name, action) => find(name).addEventListener("click", action);
        find("side").addEventListener("change", event => this.#nextExample(Number(event.target.value)));
        on("new", () => this.#nextExample(this.side));
        on("clear", () =>
            this.#change(() => this.cells.fill(0), "An empty board. Type digits, or paste a puzzle."),
        );
        on("think", () => this.think());
        on("eight", () =>
            this.#many("Eight runs, each from a random start of its own; the first right one ends it.", {
                runs: AT_ONCE,
                policy: "first-verified",
            }),
        );
        on("search", () =>
            this.#many("Searching: where the network is torn, it tries a guess as a given.", {
                search: true,
                runs: AT_ONCE,
                stepBudget: SEARCH_STEPS,
            }),
        );
        on("hint", () => this.hint());
        on("repair", () => this.repair());
        on("stop", () => this.stop());
        on("write", () => this.#writeHint());
        on("boxes", () =>
            this.#change(() => (this.regions = defaultRegions(this.side)), "The usual regions again."),
        );
        for (const mode of ["digits", "paint"])
            find(mode).addEventListener("change", () => this.#setPainting(mode === "paint"));
        find("frame").addEventListener("input", event => this.#show(Number(event.target.value)));
        on("read", () => this.paste(find("text").value));
        on("copy", () => this.#copy());
    }

    get model() {
        return this.side === 9 && this.#engine.simd ? "sudoku-int8" : "sudoku-small-int8";
    }

    /** What the network is asked, and how it is cut. */
    question(cells = this.cells) {
        const [boxRows, boxColumns] = boxOf(this.side);
        const shape = { rows: this.side, columns: this.side, boxRows, boxColumns };
        const regions = hasBoxes(this.side, this.regions) ? {} : { regions: this.regions };
        return [cells.map(digit => digit || ".").join(""), { shape, ...regions }];
    }

    say(sentence, tone = "") {
        this.#find("says").textContent = sentence;
        this.#find("says").className = `says ${tone}`;
    }

    // -- the question --

    take({ side, cells, regions }, sentence = "") {
        this.stop();
        this.side = side;
        this.cells = [...cells];
        this.regions = regions ? [...regions] : defaultRegions(side);
        this.#find("side").value = String(side);
        this.#board.resize(side);
        this.#drawPad();
        this.#forget();
        this.say(sentence || "Let the network think, or change the board: type, tap, or paste.");
    }

    #nextExample(side) {
        const last = this.#example[side] ?? -1;
        const next = side === this.side || last < 0 ? (last + 1) % EXAMPLES[side].length : last;
        this.#example[side] = next;
        this.take(EXAMPLES[side][next]);
    }

    /** Any change of the question ends what was thought about it. */
    #change(change, sentence) {
        this.stop();
        change();
        this.#forget();
        const fault = this.#fault();
        this.say(fault ?? sentence ?? "", fault ? "wrong" : "");
    }

    #forget() {
        this.#frames = [];
        this.#shown = -1;
        this.#hint = undefined;
        this.#runs.clear();
        this.#draw();
    }

    #fault() {
        return (
            regionFault(this.side, this.regions) ?? contradiction(this.side, this.regions, this.cells)?.why
        );
    }

    paste(text) {
        const read = readSudoku(text);
        if (read.fault) {
            this.say(read.fault, "wrong");
            return false;
        }
        this.take(
            read,
            `A puzzle of ${read.side} by ${read.side} with ${read.cells.filter(Boolean).length} digits.`,
        );
        const fault = this.#fault();
        if (fault) this.say(fault, "wrong");
        return true;
    }

    async #copy() {
        const letters = hasBoxes(this.side, this.regions) ? undefined : this.regions.map(regionLetter);
        const text = writeSudoku(this.side, this.cells, letters);
        this.#find("text").value = text;
        this.#find("text").select();
        await navigator.clipboard?.writeText(text).catch(() => {}); // selected it is, too
    }

    put(at, digit) {
        this.#change(() => (this.cells[at] = digit));
        this.#board.select(at, false);
    }

    #type(key) {
        const at = this.#board.selected;
        if (this.#painting) {
            const region = /^[1-9]$/.test(key) ? Number(key) - 1 : key.toLowerCase().charCodeAt(0) - 97;
            if (key.length !== 1 || !(region >= 0 && region < this.side)) return false;
            this.#setRegion(region);
            this.#paintRegion(at);
            return true;
        }
        if (["Delete", "Backspace", "0", ".", " "].includes(key)) this.put(at, 0);
        else if (key.length === 1 && key >= "1" && key <= String(this.side)) this.put(at, Number(key));
        else if (key === "Enter" && this.#hint) this.#writeHint();
        else {
            if (key.length === 1)
                this.say(
                    `'${key}' is no digit of this board. It takes 1 to ${this.side}; 0 or Delete clears a cell.`,
                    "wrong",
                );
            return false;
        }
        return true;
    }

    // -- regions --

    #setPainting(painting) {
        this.#painting = painting;
        this.#drawPad();
        if (painting)
            this.say(
                "Choose a region and paint its cells. Each region needs as many cells as the board has rows.",
            );
        else this.say(this.#fault() ?? "Type digits.");
        this.#draw();
    }

    #setRegion(region) {
        this.#region = region;
        this.#drawPad();
    }

    #paint(at, first) {
        if (!this.#painting) return;
        if (first || this.regions[at] !== this.#region) this.#paintRegion(at);
    }

    #paintRegion(at) {
        this.#change(() => (this.regions[at] = this.#region), "Every region has its cells.");
    }

    // -- the pad --

    #drawPad() {
        this.#pad.draw(this.side, this.#painting ? this.#region : undefined);
    }

    #padPressed(value) {
        if (this.#painting) this.#setRegion(value - 1);
        else this.put(this.#board.selected, value);
    }

    #dropped(value, x, y) {
        const at = this.#board.at(x, y);
        if (at >= 0) this.put(at, value);
    }

    // -- thinking --

    stop() {
        this.#ending?.abort();
        this.#ending = undefined;
        this.#find("stop").disabled = true;
    }

    /**
     * One job at a time: what is asked for ends what was. Returns undefined where the question is at
     * fault.
     */
    async #ask(options, look, { cells = this.cells, pace = 0 } = {}) {
        const ending = new AbortController();
        this.#ending?.abort();
        this.#ending = ending;
        this.#find("stop").disabled = false;
        const [question, own] = this.question(cells);
        try {
            return await this.#engine.solve(
                this.model,
                question,
                { ...own, ...options },
                { look, signal: ending.signal, pace },
            );
        } catch (error) {
            this.say(`${error.message} ${error.help ?? ""}`, "wrong");
            return undefined;
        } finally {
            if (this.#ending === ending) this.stop();
        }
    }

    /** Whether the board can be asked about; else it says why not. */
    #ready() {
        const fault = this.#fault();
        this.stop();
        this.#forget();
        if (fault)
            this.say(`${fault} No answer can keep the rules.`.replace(/(needs \d+\.).*/, "$1"), "wrong");
        return !fault;
    }

    #add(frame) {
        this.#frames.push(frame);
        this.#show(this.#frames.length - 1);
    }

    async think() {
        if (!this.#ready()) return;
        const look = answer => {
            this.#add(answer);
            this.say(`Step ${answer.steps}: ${percent(answer.haltProbability)} sure of its whole answer.`);
        };
        const answer = await this.#ask({}, look, { pace: this.#find("slow").checked ? PACE : 0 });
        if (answer) this.#conclude(answer, answer.steps === 1 ? "1 step" : `${answer.steps} steps`);
    }

    #conclude(answer, after) {
        if (answer.verdict === "verified") this.say(`Solved in ${after}, and the rules agree.`, "right");
        else if (answer.stop === "signal")
            this.say(
                `After ${after} the network is ${percent(answer.haltProbability)} sure, but the rules say no. Try a search.`,
                "wrong",
            );
        else
            this.say(
                `No answer that keeps the rules in ${after}. Try a search, or eight at once; a given may be wrong, too.`,
                "wrong",
            );
    }

    async #many(sentence, options) {
        if (!this.#ready()) return;
        this.say(sentence);
        const [question] = this.question(),
            seats = [];
        let winner;
        const look = (answer, steps) => {
            for (const step of steps) {
                this.#runs.show(this.#seatOf(seats, step), this.side, step, question);
                if (step.verdict === "verified") winner ??= step;
            }
            const newest = winner ?? steps.at(-1);
            if (newest)
                this.#add({ ...newest, cellConfidences: newest.probabilities, steps: newest.step, question });
        };
        const answer = await this.#ask({ ...options, watch: true }, look);
        if (!answer) return;
        const guesses =
            answer.pins === 1 ? " with 1 guess" : answer.pins > 1 ? ` with ${answer.pins} guesses` : "";
        if (answer.verdict !== "verified" && options.search)
            this.say(
                `No answer that keeps the rules in ${answer.totalSteps} steps. The puzzle may have none: Repair looks for a wrong given.`,
                "wrong",
            );
        else
            this.#conclude(
                answer,
                `${answer.totalSteps} steps of ${answer.runs === 1 ? "1 run" : `${answer.runs} runs`}${guesses}`,
            );
    }

    /** A later attempt takes the seat of one that is over. */
    #seatOf(seats, step) {
        let seat = seats.findIndex(one => one.run === step.run);
        if (seat < 0 && seats.length >= AT_ONCE) seat = seats.findIndex(one => one.stop !== "running");
        if (seat < 0) seat = seats.length;
        seats[seat] = step;
        return seat;
    }

    // -- hints and repairs --

    async hint() {
        if (!this.#ready()) return;
        if (this.cells.every(Boolean)) return this.say("The board is full, and the rules agree.", "right");
        const plain = plainHint(this.side, this.regions, this.cells);
        if (plain)
            return this.#showHint(
                plain,
                `${plain.digit} belongs in ${placeOf(this.side, plain.at)}: ${plain.why}.`,
            );
        this.say("No plain rule helps here. The network looks for the cell that it is surest of.");
        const answer = await this.#ask({});
        if (!answer) return undefined;
        const blanks = this.cells.flatMap((digit, at) => (digit ? [] : [at]));
        const at = blanks.reduce((best, one) =>
            answer.cellConfidences[one] > answer.cellConfidences[best] ? one : best,
        );
        const digit = Number(answer.text[at]),
            sure = percent(answer.cellConfidences[at]);
        return this.#showHint(
            { at, digit },
            `The network is ${sure} sure of ${digit} in ${placeOf(this.side, at)}; no plain rule tells.`,
        );
    }

    #showHint(hint, sentence) {
        this.#hint = hint;
        this.say(`${sentence} Enter writes it in.`);
        this.#draw();
        this.#board.select(hint.at, false);
    }

    #writeHint() {
        const hint = this.#hint;
        if (!hint) return;
        this.put(hint.at, hint.digit);
        if (hint.repairs)
            this.say(
                `Changed ${placeOf(this.side, hint.at)} to ${hint.digit}. Now the puzzle has an answer.`,
                "right",
            );
    }

    async repair() {
        this.stop();
        this.#forget();
        const fault = regionFault(this.side, this.regions);
        if (fault) return this.say(fault, "wrong");
        const ask = (cells, options) => this.#ask(options, undefined, { cells });
        const repair = new Repair(this.side, this.regions, this.cells, ask, sentence => this.say(sentence));
        const found = await repair.find();
        if (found === undefined) return undefined;
        if (!found.at && found.at !== 0) return this.say(found.sentence, found.tone);
        return this.#showHint({ ...found, repairs: true }, found.sentence);
    }

    // -- drawing --

    #show(index) {
        this.#shown = index;
        this.#draw();
    }

    #draw() {
        const frame = this.#frames[this.#shown],
            slider = this.#find("frame");
        const clashing = new Set(clashes(this.side, this.regions, this.cells).flatMap(clash => clash.cells));
        this.#board.draw(
            this.cells.map((_, at) => this.#face(at, frame, clashing)),
            this.regions,
        );
        slider.max = String(Math.max(0, this.#frames.length - 1));
        slider.value = String(Math.max(0, this.#shown));
        slider.disabled = this.#frames.length < 2;
        slider.setAttribute(
            "aria-valuetext",
            frame ? `step ${this.#shown + 1} of ${this.#frames.length}` : "no step yet",
        );
        drawCurve(
            this.#find("curve"),
            this.#frames.map(one => one.haltProbability),
            this.#shown,
            THRESHOLD[this.model],
        );
        this.#find("write").hidden = this.#hint === undefined;
    }

    #face(at, frame, clashing) {
        const region = this.#painting ? this.regions[at] : undefined;
        const words = hasBoxes(this.side, this.regions) ? "" : `, region ${regionLetter(this.regions[at])}`;
        if (this.#hint?.at === at)
            return {
                digit: this.#hint.digit,
                kind: "guess",
                hint: true,
                region,
                words: `hint ${this.#hint.digit}${words}`,
            };
        if (this.cells[at]) {
            const clash = clashing.has(at);
            return {
                digit: this.cells[at],
                kind: "given",
                clash,
                region,
                words: `${this.cells[at]}, given${clash ? ", clashes" : ""}${words}`,
            };
        }
        if (!frame) return { kind: "blank", region, words: `blank${words}` };
        const sure = frame.cellConfidences[at],
            digit = frame.text[at];
        const pin = frame.asked !== undefined && frame.asked[at] !== ".";
        return {
            digit,
            kind: "guess",
            sure,
            pin,
            region,
            words: `${digit}, ${pin ? "guessed" : `${percent(sure)} sure`}${words}`,
        };
    }
}
