// The buttons under the board: digits, or regions while they are painted. A digit may also be drawn to its
// cell.

import { regionLetter } from "./rules.js";

const ERASE = "⌫";

export class Pad {
    #element;
    #owner;
    #painting = false;

    /** `owner`: pressed(value), 0 to erase; dropped(value, x, y), where a digit was let go. */
    constructor(element, owner) {
        this.#element = element;
        this.#owner = owner;
        element.addEventListener("pointerdown", event => this.#drag(event));
        element.addEventListener("click", event => {
            const value = event.target.dataset?.value;
            if (value !== undefined) owner.pressed(Number(value));
        });
    }

    /** `region`: the one that is painted, counted from 0, or undefined where digits are filled in. */
    draw(side, region) {
        this.#painting = region !== undefined;
        const texts = Array.from({ length: side }, (_, n) =>
            this.#painting ? regionLetter(n) : String(n + 1),
        );
        if (!this.#painting) texts.push(ERASE);
        this.#element.replaceChildren(...texts.map((text, n) => this.#newButton(text, n, side, region)));
    }

    #newButton(text, n, side, region) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = text;
        button.dataset.value = text === ERASE ? "0" : String(n + 1);
        if (text === ERASE) button.setAttribute("aria-label", "clear the cell");
        if (!this.#painting) return button;
        button.setAttribute("aria-label", `region ${text}`);
        button.setAttribute("aria-pressed", String(n === region));
        button.style.setProperty("--hue", String((n * 360) / side + 20));
        return button;
    }

    #drag(event) {
        const value = event.target.dataset?.value;
        if (value === undefined || this.#painting) return;
        event.target.releasePointerCapture?.(event.pointerId);
        const drop = up => this.#owner.dropped(Number(value), up.clientX, up.clientY);
        addEventListener("pointerup", drop, { once: true });
        addEventListener("pointercancel", () => removeEventListener("pointerup", drop), { once: true });
    }
}
