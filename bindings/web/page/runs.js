// Several runs of one puzzle side by side, each a small picture: attempts from other random starts, or a
// search's with its pins.

const styleOf = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const sentence = run => {
    if (run.verdict === "verified") return `right after ${run.step} steps`;
    return run.stop === "running"
        ? `step ${run.step}, ${Math.round(100 * run.haltProbability)} % sure`
        : `given up after ${run.step}`;
};

/** The colour of how sure a cell is, as the board's cells have it. */
export function tint(sure) {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    return `hsl(${(34 + 138 * sure).toFixed(0)} ${dark ? "38% 22%" : "58% 90%"})`;
}

function paint(canvas, side, run, question) {
    const scale = devicePixelRatio || 1,
        size = canvas.clientWidth,
        context = canvas.getContext("2d"),
        cell = size / side;
    canvas.width = canvas.height = size * scale;
    context.scale(scale, scale);
    context.textAlign = "center";
    context.textBaseline = "middle";
    const ink = styleOf("--ink"),
        pin = styleOf("--accent");
    for (let at = 0; at < side * side; at++) {
        const x = (at % side) * cell,
            y = Math.floor(at / side) * cell,
            given = question[at] !== ".";
        const pinned = !given && run.asked[at] !== ".";
        context.fillStyle = given ? styleOf("--paper") : tint(run.probabilities[at]);
        context.fillRect(x, y, cell, cell);
        context.fillStyle = ink;
        context.globalAlpha = given ? 1 : 0.35 + 0.6 * run.probabilities[at];
        context.font = `${given ? 600 : 400} ${(cell * 0.62).toFixed(1)}px system-ui, sans-serif`;
        context.fillText(run.text[at], x + cell / 2, y + cell / 2 + 0.5);
        context.globalAlpha = 1;
        if (!pinned) continue;
        context.strokeStyle = pin;
        context.lineWidth = 2;
        context.strokeRect(x + 1, y + 1, cell - 2, cell - 2);
    }
}

export class Runs {
    #list;
    #cards = new Map();

    constructor(list) {
        this.#list = list;
    }

    clear() {
        this.#cards.clear();
        this.#list.replaceChildren();
    }

    /** Shows a step of a run at its seat; a search's later attempts take the seats of earlier ones. */
    show(seat, side, run, question) {
        if (!this.#cards.has(seat)) this.#cards.set(seat, this.#newCard());
        const card = this.#cards.get(seat);
        paint(card.canvas, side, run, question);
        const guesses = run.pins > 0 ? `, ${run.pins} guessed` : "";
        card.name.textContent = `${run.pins > 0 || run.how === "search" ? "Attempt" : "Run"} ${run.run + 1}${guesses}`;
        card.words.textContent = sentence(run);
        card.item.className =
            run.verdict === "verified" ? "run right" : run.stop === "running" ? "run" : "run over";
    }

    #newCard() {
        const item = document.createElement("li"),
            canvas = document.createElement("canvas");
        const name = document.createElement("strong"),
            words = document.createElement("span");
        canvas.setAttribute("aria-hidden", "true");
        item.className = "run";
        item.append(canvas, name, words);
        this.#list.append(item);
        return { item, canvas, name, words };
    }
}
