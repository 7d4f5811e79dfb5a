// The halt probability, step by step: how sure the network is that its whole answer is right.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 320,
    HEIGHT = 96,
    LEFT = 34,
    RIGHT = 8,
    TOP = 8,
    BOTTOM = 18;

function shape(name, attributes, text) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
}

const height = probability => TOP + (1 - probability) * (HEIGHT - TOP - BOTTOM);

/**
 * Draws `probabilities`, a number for each step, with the one at `shown` marked, and the threshold above
 * which it stops.
 */
export function drawCurve(svg, probabilities, shown, threshold) {
    const most = Math.max(8, probabilities.length);
    const across = step => LEFT + (step * (WIDTH - LEFT - RIGHT)) / (most - 1);
    const parts = [];
    for (const [value, label] of [
        [0, "0"],
        [0.5, "50 %"],
        [1, "100 %"],
    ]) {
        parts.push(
            shape("line", {
                x1: LEFT,
                x2: WIDTH - RIGHT,
                y1: height(value),
                y2: height(value),
                class: "rule",
            }),
        );
        parts.push(shape("text", { x: LEFT - 5, y: height(value) + 3, class: "label end" }, label));
    }
    parts.push(
        shape(
            "text",
            { x: WIDTH - RIGHT, y: HEIGHT - 3, class: "label end" },
            `step ${probabilities.length || ""}`,
        ),
    );
    const line = height(threshold);
    parts.push(shape("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: line, y2: line, class: "threshold" }));
    const points = probabilities.map(
        (value, step) => `${across(step).toFixed(1)},${height(value).toFixed(1)}`,
    );
    if (points.length > 1) {
        const floor = height(0);
        const area = `${LEFT},${floor} ${points.join(" ")} ${across(points.length - 1).toFixed(1)},${floor}`;
        parts.push(
            shape("polygon", { points: area, class: "area" }),
            shape("polyline", { points: points.join(" "), class: "curve" }),
        );
    }
    for (const [step, value] of probabilities.entries())
        if (step === shown || probabilities.length < 24)
            parts.push(
                shape("circle", {
                    cx: across(step),
                    cy: height(value),
                    r: step === shown ? 4.5 : 2,
                    class: "dot",
                }),
            );
    svg.replaceChildren(...parts);
    svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    const last = probabilities.at(-1);
    const words =
        last === undefined
            ? "no step yet"
            : `after step ${probabilities.length} ${Math.round(100 * last)} per cent`;
    svg.setAttribute("aria-label", `How sure the network is of its whole answer: ${words}`);
}
