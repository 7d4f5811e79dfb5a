// Graphs to begin with: vertices at places from 0 to 100 across and 0 to 70 down, edges as pairs.

const TURN = 2 * Math.PI;

const around = (count, radius, turn = 0) =>
    Array.from({ length: count }, (_, i) => ({
        x: 50 + radius * Math.sin((TURN * (i + turn)) / count),
        y: 35 - radius * Math.cos((TURN * (i + turn)) / count),
    }));

/** Countries of a map and who borders on whom: a bent lattice of triangles. */
function countries() {
    const ROWS = 5,
        COLUMNS = 6,
        places = [],
        edges = [];
    const number = (row, column) => row * COLUMNS + column;
    for (let row = 0; row < ROWS; row++)
        for (let column = 0; column < COLUMNS; column++) {
            const bend = number(row, column) * 2.4;
            places.push({
                x: 9 + column * 15.2 + (row % 2) * 7.6 + 2.6 * Math.sin(bend),
                y: 8 + row * 13.5 + 2.6 * Math.cos(bend * 1.7),
            });
            if (column > 0) edges.push([number(row, column - 1), number(row, column)]);
            if (row === 0) continue;
            edges.push([number(row - 1, column), number(row, column)]);
            const across = row % 2 ? column + 1 : column - 1;
            if (across >= 0 && across < COLUMNS) edges.push([number(row - 1, across), number(row, column)]);
        }
    return { places, edges, colours: 4 };
}

function petersen() {
    const edges = [0, 1, 2, 3, 4].flatMap(i => [
        [i, (i + 1) % 5],
        [i, i + 5],
        [i + 5, ((i + 2) % 5) + 5],
    ]);
    return { places: [...around(5, 31), ...around(5, 15)], edges, colours: 3 };
}

/** A hub and a rim of odd length: four colours, and none to spare. */
function wheel() {
    const RIM = 9;
    const edges = Array.from({ length: RIM }, (_, i) => [
        [i, (i + 1) % RIM],
        [i, RIM],
    ]).flat();
    return { places: [...around(RIM, 29), { x: 50, y: 35 }], edges, colours: 4 };
}

/** Two triangles, each vertex of one beside one of the other. */
const prism = () => ({
    places: [...around(3, 30), ...around(3, 12)],
    edges: [
        [0, 1],
        [1, 2],
        [2, 0],
        [3, 4],
        [4, 5],
        [5, 3],
        [0, 3],
        [1, 4],
        [2, 5],
    ],
    colours: 3,
});

/** Four colours do not suffice: all five know each other. */
const complete = () => ({
    places: around(5, 28),
    edges: [0, 1, 2, 3, 4].flatMap(a => [0, 1, 2, 3, 4].filter(b => b > a).map(b => [a, b])),
    colours: 4,
});

export const GRAPHS = { countries, petersen, wheel, prism, complete };
