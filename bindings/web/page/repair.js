// Which given is wrong? Each in turn is left out, the likeliest first, until the network finds an answer
// without it that keeps the rules. What that answer has in its place is what the given should be.

import { clashes, contradiction, placeOf } from "./rules.js";

const STEPS = { least: 24, most: 160 };

export class Repair {
    /** `ask(cells, options)` asks the network; `say` tells how far it is. */
    constructor(side, regions, cells, ask, say) {
        Object.assign(this, { side, regions, cells, ask, say });
    }

    /**
     * { at, digit, sentence }, or { sentence, tone } where there is nothing to repair; undefined where it
     * was ended.
     */
    async find() {
        const broken = contradiction(this.side, this.regions, this.cells);
        if (!broken) {
            this.say("Looking whether the puzzle has an answer as it is.");
            const answer = await this.ask(this.cells, { search: true, stepBudget: STEPS.most });
            if (!answer) return undefined;
            if (answer.verdict === "verified")
                return { sentence: "Nothing to repair: the puzzle has an answer as it is.", tone: "right" };
            this.changed = answer.changed;
        }
        for (const budget of broken ? [STEPS.most] : [STEPS.least, STEPS.most])
            for (const at of this.#suspects()) {
                const digit = await this.#without(at, budget);
                if (digit === undefined) return undefined;
                if (digit > 0) return { at, digit, sentence: this.#sentence(at, digit) };
            }
        return { sentence: "No single given explains it: more than one may be wrong.", tone: "wrong" };
    }

    #sentence(at, digit) {
        return `With ${digit} in place of ${this.cells[at]} in ${placeOf(this.side, at)} the puzzle has an answer.`;
    }

    /** Givens that clash, then those that the network's answer changes, then the rest. */
    #suspects() {
        const clashing = new Set(clashes(this.side, this.regions, this.cells).flatMap(clash => clash.cells));
        const weight = at => (clashing.has(at) ? 2 : 0) + (this.changed?.[at] ? 1 : 0);
        const givens = this.cells.flatMap((digit, at) => (digit ? [at] : []));
        return givens.sort((a, b) => weight(b) - weight(a));
    }

    /**
     * The digit that an answer without that given has there; 0 where none was found, undefined where it
     * was ended.
     */
    async #without(at, stepBudget) {
        const cells = this.cells.with
            ? this.cells.with(at, 0)
            : this.cells.map((digit, i) => (i === at ? 0 : digit));
        if (contradiction(this.side, this.regions, cells)) return 0;
        this.say(`Trying it without ${this.cells[at]} in ${placeOf(this.side, at)}.`);
        const answer = await this.ask(cells, { search: true, stepBudget });
        if (!answer) return undefined;
        return answer.verdict === "verified" ? Number(answer.text[at]) : 0;
    }
}
