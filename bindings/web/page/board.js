// A Sudoku's board: cells of a grid that is drawn, walked through by keys, and painted by mouse or finger.
// What a cell means is the business of who owns the board.

import { placeOf, regionLetter } from "./rules.js";

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class Board {
    #element;
    #owner;
    #cells = [];
    #painting = false;
    side = 0;
    selected = 0;

    /** `owner`: selected(at), painted(at, first), typed(key): whether the key was one of its own. */
    constructor(element, owner) {
        this.#element = element;
        this.#owner = owner;
        element.addEventListener("keydown", event => this.#press(event));
        element.addEventListener("pointerdown", event => this.#down(event));
        element.addEventListener("pointermove", event => this.#move(event));
        for (const end of ["pointerup", "pointercancel"])
            element.addEventListener(end, () => (this.#painting = false));
    }

    resize(side) {
        if (this.side === side) return;
        this.side = side;
        this.selected = 0;
        this.#element.style.setProperty("--side", side);
        const rows = Array.from({ length: side }, () => {
            const row = document.createElement("div");
            row.setAttribute("role", "row");
            row.className = "row";
            for (let column = 0; column < side; column++) row.append(this.#newCell());
            return row;
        });
        this.#element.replaceChildren(...rows);
        this.#cells = [...this.#element.querySelectorAll(".cell")];
    }

    #newCell() {
        const cell = document.createElement("div");
        cell.setAttribute("role", "gridcell");
        cell.className = "cell";
        cell.tabIndex = -1;
        return cell;
    }

    /**
     * `faces`: for each cell { digit, kind, sure, region, clash, pin, hint, words }; what is not there is
     * not so.
     */
    draw(faces, regions) {
        for (const [at, face] of faces.entries()) {
            const cell = this.#cells[at];
            const text = face.digit ? String(face.digit) : "";
            if (cell.textContent !== text) cell.textContent = text;
            const flags = ["clash", "pin", "hint"].filter(flag => face[flag]);
            cell.className = ["cell", face.kind, ...flags, ...this.#edges(at, regions)]
                .filter(Boolean)
                .join(" ");
            cell.style.setProperty("--sure", face.sure === undefined ? "" : face.sure.toFixed(3));
            cell.style.setProperty(
                "--hue",
                face.region === undefined ? "" : String((face.region * 360) / this.side + 20),
            );
            cell.dataset.region = face.region === undefined ? "" : regionLetter(face.region);
            cell.tabIndex = at === this.selected ? 0 : -1;
            cell.setAttribute("aria-selected", String(at === this.selected));
            cell.setAttribute("aria-label", `${placeOf(this.side, at)}: ${face.words}`);
        }
    }

    /** Where another region begins, a line is drawn. */
    #edges(at, regions) {
        const row = Math.floor(at / this.side),
            column = at % this.side;
        const other = next => regions[next] !== regions[at];
        return [
            (row === 0 || other(at - this.side)) && "top",
            (column === 0 || other(at - 1)) && "left",
            row === this.side - 1 && "bottom",
            column === this.side - 1 && "right",
        ];
    }

    select(at, focus = true) {
        this.#cells[this.selected]?.setAttribute("aria-selected", "false");
        this.#cells[this.selected]?.setAttribute("tabindex", "-1");
        this.selected = at;
        this.#cells[at].tabIndex = 0;
        this.#cells[at].setAttribute("aria-selected", "true");
        if (focus) this.#cells[at].focus({ preventScroll: true });
        this.#owner.selected?.(at);
    }

    #press(event) {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const move = MOVES[event.key];
        if (move) {
            const row = Math.floor(this.selected / this.side) + move[0],
                column = (this.selected % this.side) + move[1];
            if (row >= 0 && column >= 0 && row < this.side && column < this.side)
                this.select(row * this.side + column);
        } else if (!this.#owner.typed(event.key)) return;
        event.preventDefault();
    }

    /** The cell under a point of the window, or -1. */
    at(x, y) {
        return this.#cells.indexOf(document.elementFromPoint(x, y)?.closest?.(".cell"));
    }

    #down(event) {
        const at = this.at(event.clientX, event.clientY);
        if (at < 0 || event.button > 0) return;
        event.preventDefault();
        this.#painting = true;
        this.select(at);
        this.#owner.painted(at, true);
    }

    #move(event) {
        if (!this.#painting || event.buttons === 0) return;
        const at = this.at(event.clientX, event.clientY);
        if (at < 0 || at === this.selected) return;
        this.select(at);
        this.#owner.painted(at, false);
    }
}
