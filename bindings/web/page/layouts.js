// Maps to begin with, of any size: where walls are, the start, the goal.

const corners = (rows, columns) => ({ start: columns + 1, goal: (rows - 2) * columns + columns - 2 });

function cellsWhere(rows, columns, test) {
    const found = [];
    for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++)
            if (test(row, column)) found.push(row * columns + column);
    return found;
}

/** Walls without what stands on the start and the goal. */
function build(rows, columns, test, ends = corners(rows, columns)) {
    const walls = cellsWhere(rows, columns, test).filter(at => at !== ends.start && at !== ends.goal);
    return { walls, ...ends };
}

/** Small numbers that look drawn by lot and are always the same. */
function lot(seed) {
    let state = seed;
    return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

/** A wall every few rows and columns; each side of a room has a door, never where walls cross. */
function rooms(rows, columns) {
    const EVERY = 5,
        isWall = (at, count) => at % EVERY === EVERY - 1 && at < count - 1;
    const isDoor = (along, wall, room) => along % EVERY === (1 + wall + 2 * room) % (EVERY - 1);
    const part = at => Math.floor(at / EVERY);
    return build(rows, columns, (row, column) => {
        if (isWall(row, rows)) return !isDoor(column, part(row), part(column));
        return isWall(column, columns) && !isDoor(row, part(column), part(row));
    });
}

/** Ways of one cell between pillars, opened by a walk that goes back where it is stuck. */
function maze(rows, columns) {
    const draw = lot(7),
        free = new Set(),
        height = (rows - 1) >> 1,
        width = (columns - 1) >> 1,
        walk = [0];
    const place = room => (2 * Math.floor(room / width) + 1) * columns + 2 * (room % width) + 1;
    const seen = new Set(walk);
    free.add(place(0));
    while (walk.length > 0) {
        const room = walk.at(-1),
            row = Math.floor(room / width),
            column = room % width;
        const next = [
            row > 0 && room - width,
            row < height - 1 && room + width,
            column > 0 && room - 1,
            column < width - 1 && room + 1,
        ].filter(other => other !== false && !seen.has(other));
        if (next.length === 0) {
            walk.pop();
            continue;
        }
        const to = next[Math.floor(draw() * next.length)];
        free.add((place(room) + place(to)) / 2).add(place(to));
        seen.add(to);
        walk.push(to);
    }
    const ends = { start: place(0), goal: place(height * width - 1) };
    return build(rows, columns, (row, column) => !free.has(row * columns + column), ends);
}

function scattered(rows, columns) {
    const draw = lot(11);
    return build(rows, columns, () => draw() < 0.22);
}

/** The goal has walls on all sides: there is no way. */
function walled(rows, columns) {
    const ends = { start: columns + 1, goal: (rows >> 1) * columns + (columns >> 1) };
    const away = (row, column) => Math.max(Math.abs(row - (rows >> 1)), Math.abs(column - (columns >> 1)));
    return build(rows, columns, (row, column) => away(row, column) === 1, ends);
}

export const LAYOUTS = {
    open: (rows, columns) => build(rows, columns, () => false),
    rooms,
    maze,
    scattered,
    walled,
};
