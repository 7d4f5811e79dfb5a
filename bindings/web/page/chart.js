// The map as a picture: cells, and the way as far as the network sees it.

const DIRECTIONS = { "-1,0": "up", "1,0": "down", "0,-1": "left", "0,1": "right" };

export class Chart {
    #canvas;
    #map;
    #seen;
    #certain = false;
    #asked = false;

    constructor(canvas, map) {
        this.#canvas = canvas;
        this.#map = map;
        new ResizeObserver(() => this.draw()).observe(canvas);
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    }

    get #cell() {
        return Math.min(
            this.#canvas.clientWidth / this.#map.columns,
            this.#canvas.clientHeight / this.#map.rows,
        );
    }

    /** Where the first cell begins, in the canvas. */
    get #origin() {
        const { clientWidth, clientHeight } = this.#canvas;
        return [
            (clientWidth - this.#cell * this.#map.columns) / 2,
            (clientHeight - this.#cell * this.#map.rows) / 2,
        ];
    }

    /** The cell of an event, or -1. */
    at(event) {
        const box = this.#canvas.getBoundingClientRect(),
            [left, top] = this.#origin;
        const column = Math.floor((event.clientX - box.left - this.#canvas.clientLeft - left) / this.#cell);
        const row = Math.floor((event.clientY - box.top - this.#canvas.clientTop - top) / this.#cell);
        const inside = row >= 0 && column >= 0 && row < this.#map.rows && column < this.#map.columns;
        return inside ? row * this.#map.columns + column : -1;
    }

    /** What the network sees after a step, of a map that may be an older one. */
    show(answer) {
        this.#seen = answer;
        this.#certain = false;
        this.draw();
    }

    conclude(certain) {
        this.#certain = certain;
        this.draw();
    }

    /** The map has changed: what was seen may be wrong now, but stays until more is known. */
    forget() {
        this.#certain = false;
        if (this.#seen?.text.length !== this.#map.rows * this.#map.columns) this.#seen = undefined;
        this.draw();
    }

    isWay(at) {
        return this.#seen?.text[at] === "o" && !this.#map.walls.has(at);
    }

    /** Drawn once for each frame of the screen, however often it is asked for. */
    draw() {
        if (this.#asked) return;
        this.#asked = true;
        requestAnimationFrame(() => {
            this.#asked = false;
            this.#paint();
        });
    }

    #paint() {
        const scale = devicePixelRatio || 1,
            { clientWidth, clientHeight } = this.#canvas,
            cell = this.#cell;
        const context = this.#canvas.getContext("2d"),
            style = getComputedStyle(this.#canvas),
            map = this.#map;
        const colour = name => style.getPropertyValue(name).trim();
        this.#canvas.width = clientWidth * scale;
        this.#canvas.height = clientHeight * scale;
        context.scale(scale, scale);
        context.translate(...this.#origin);
        const gap = cell > 8 ? 1 : 0,
            round = Math.min(4, cell / 5);
        const fill = (at, style) => {
            context.fillStyle = style;
            context.beginPath();
            context.roundRect(
                (at % map.columns) * cell + gap / 2,
                Math.floor(at / map.columns) * cell + gap / 2,
                cell - gap,
                cell - gap,
                round,
            );
            context.fill();
        };
        this.#ground(context, cell, colour("--paper"), colour("--line"));
        for (const at of map.walls) fill(at, colour("--wall"));
        for (let at = 0; at < map.rows * map.columns; at++)
            if (this.isWay(at)) {
                context.globalAlpha = 0.15 + 0.55 * this.#seen.probabilities[at];
                fill(at, colour(this.#certain ? "--accent-soft" : "--unsure"));
                context.globalAlpha = 1;
            }
        if (this.#certain) this.#line(context, cell, colour("--accent"));
        this.#disc(context, cell, map.start, colour("--accent"), colour("--paper"), "S");
        this.#disc(context, cell, map.goal, colour("--ink"), colour("--paper"), "G");
        if (document.activeElement === this.#canvas) this.#ring(context, cell, map.cursor, colour("--focus"));
    }

    /** The field, with lines where they are not too many. */
    #ground(context, cell, paper, line) {
        const { rows, columns } = this.#map;
        context.fillStyle = paper;
        context.fillRect(0, 0, columns * cell, rows * cell);
        if (cell < 9) return;
        context.strokeStyle = line;
        context.lineWidth = 0.5;
        context.beginPath();
        for (let row = 1; row < rows; row++) context.rect(0, row * cell, columns * cell, 0);
        for (let column = 1; column < columns; column++) context.rect(column * cell, 0, 0, rows * cell);
        context.stroke();
    }

    /** The cells from the start to the goal, in order. */
    #way() {
        const { rows, columns, start, goal } = this.#map,
            way = [start],
            seen = new Set(way);
        for (let at = start; at !== goal;) {
            const row = Math.floor(at / columns),
                column = at % columns;
            const beside = [
                row > 0 && at - columns,
                row < rows - 1 && at + columns,
                column > 0 && at - 1,
                column < columns - 1 && at + 1,
            ].filter(next => next !== false && !seen.has(next));
            const next =
                beside.find(
                    one => one === goal && (at !== start || !beside.some(other => this.isWay(other))),
                ) ?? beside.find(one => this.isWay(one));
            if (next === undefined) return way;
            way.push(next);
            seen.add(next);
            at = next;
        }
        return way;
    }

    #line(context, cell, colour) {
        const { columns } = this.#map,
            way = this.#way();
        context.strokeStyle = colour;
        context.lineWidth = Math.max(2, cell * 0.22);
        context.lineJoin = context.lineCap = "round";
        context.beginPath();
        for (const at of way)
            context.lineTo(((at % columns) + 0.5) * cell, (Math.floor(at / columns) + 0.5) * cell);
        context.stroke();
    }

    #disc(context, cell, at, colour, ink, letter) {
        const x = ((at % this.#map.columns) + 0.5) * cell,
            y = (Math.floor(at / this.#map.columns) + 0.5) * cell;
        context.fillStyle = colour;
        context.beginPath();
        context.arc(x, y, Math.max(cell * 0.44, 4), 0, 2 * Math.PI);
        context.fill();
        context.fillStyle = ink;
        context.textAlign = "center";
        context.textBaseline = "middle";
        context.font = `600 ${Math.max(8, cell * 0.5)}px system-ui, sans-serif`;
        context.fillText(letter, x, y + cell * 0.03);
    }

    #ring(context, cell, at, colour) {
        context.strokeStyle = colour;
        context.lineWidth = 2;
        context.strokeRect(
            (at % this.#map.columns) * cell + 1,
            Math.floor(at / this.#map.columns) * cell + 1,
            cell - 2,
            cell - 2,
        );
    }

    /** The way in words: "3 right, 2 down, ...". */
    words() {
        if (!this.#certain) return "";
        const { columns } = this.#map,
            way = this.#way(),
            parts = [];
        for (const [i, at] of way.slice(1).entries()) {
            const from = way[i],
                row = Math.floor(at / columns) - Math.floor(from / columns),
                column = (at % columns) - (from % columns);
            const direction = DIRECTIONS[`${row},${column}`];
            if (parts.at(-1)?.direction === direction) parts.at(-1).count++;
            else parts.push({ direction, count: 1 });
        }
        if (parts.length === 0) return "There is no way.";
        return `From the start ${parts.map(part => `${part.count} ${part.direction}`).join(", ")}.`;
    }
}
