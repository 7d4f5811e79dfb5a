// The rules of Sudoku without any network: groups, what they forbid, and the plain hints that follow from
// them.

/** Rows and columns of a box where there are boxes. */
const BOXES = { 4: [2, 2], 6: [2, 3], 8: [2, 4], 9: [3, 3] };

export const SIDES = [4, 5, 6, 7, 8, 9];

/**
 * For each cell the region that it belongs to, counted from 0: boxes, where the side has some, else rows
 * of a staircase.
 */
export function defaultRegions(side) {
    const cells = Array.from({ length: side * side }, (_, at) => [Math.floor(at / side), at % side]);
    if (!BOXES[side]) return STAIRS[side].map(letter => letter.charCodeAt(0) - 65);
    const [height, width] = BOXES[side];
    return cells.map(
        ([row, column]) => Math.floor(row / height) * (side / width) + Math.floor(column / width),
    );
}

const STAIRS = {
    5: [..."AABBBAAABBCCDDECCDEECDDEE"],
    7: [..."AAABBBBAAABBBCADDCCCCDDDDDCCEEEFFFFEEEFFFGEGGGGGG"],
};

export const hasBoxes = (side, regions) =>
    BOXES[side] !== undefined && defaultRegions(side).join() === regions.join();

export const boxOf = side => BOXES[side] ?? [1, side];

export const regionLetter = region => String.fromCharCode(65 + region);

/** In words, for sentences and screen readers. */
export const placeOf = (side, at) => `row ${Math.floor(at / side) + 1}, column ${(at % side) + 1}`;

/** Rows, columns and regions: what has each digit once. */
export function groupsOf(side, regions) {
    const groups = [];
    for (let n = 0; n < side; n++) {
        const all = Array.from({ length: side }, (_, i) => i);
        groups.push({ name: `row ${n + 1}`, cells: all.map(i => n * side + i) });
        groups.push({ name: `column ${n + 1}`, cells: all.map(i => i * side + n) });
        const cells = regions.flatMap((region, at) => (region === n ? [at] : []));
        const word = hasBoxes(side, regions) ? `box ${n + 1}` : `region ${regionLetter(n)}`;
        groups.push({ name: word, cells });
    }
    return groups;
}

/** Why regions painted by hand are not fit yet, or undefined. */
export function regionFault(side, regions) {
    for (let n = 0; n < side; n++) {
        const count = regions.filter(region => region === n).length;
        if (count !== side) return `Region ${regionLetter(n)} has ${count} cells; it needs ${side}.`;
    }
    return undefined;
}

/** Equal digits in one group: { digit, group, cells }. */
export function clashes(side, regions, cells) {
    const found = [];
    for (const group of groupsOf(side, regions))
        for (let digit = 1; digit <= side; digit++) {
            const equal = group.cells.filter(at => cells[at] === digit);
            if (equal.length > 1) found.push({ digit, group, cells: equal });
        }
    return found;
}

/** For each cell the digits that no group of it has yet; a filled one has none. */
function openDigits(side, groups, cells) {
    const open = cells.map(digit =>
        digit ? new Set() : new Set(Array.from({ length: side }, (_, i) => i + 1)),
    );
    for (const group of groups)
        for (const from of group.cells)
            if (cells[from]) for (const at of group.cells) open[at].delete(cells[from]);
    return open;
}

/**
 * Why no answer can keep the rules, as far as one look tells: a sentence and the cells that show it. Or
 * undefined.
 */
export function contradiction(side, regions, cells) {
    const clash = clashes(side, regions, cells)[0];
    if (clash) return { cells: clash.cells, why: `There are two ${clash.digit}s in ${clash.group.name}.` };
    const groups = groupsOf(side, regions),
        open = openDigits(side, groups, cells);
    const stuck = cells.findIndex((digit, at) => digit === 0 && open[at].size === 0);
    if (stuck >= 0) return { cells: [stuck], why: `No digit is left for ${placeOf(side, stuck)}.` };
    for (const group of groups)
        for (let digit = 1; digit <= side; digit++)
            if (!group.cells.some(at => cells[at] === digit || open[at].has(digit)))
                return { cells: group.cells, why: `There is no place left for ${digit} in ${group.name}.` };
    return undefined;
}

/** A step that the rules alone tell: { at, digit, why }. Or undefined. */
export function plainHint(side, regions, cells) {
    const groups = groupsOf(side, regions),
        open = openDigits(side, groups, cells);
    for (const group of groups) {
        const blank = group.cells.filter(at => cells[at] === 0);
        if (blank.length === 1 && open[blank[0]].size === 1)
            return { at: blank[0], digit: [...open[blank[0]]][0], why: `it is the last of ${group.name}` };
    }
    for (const group of groups)
        for (let digit = 1; digit <= side; digit++) {
            const places = group.cells.filter(at => open[at].has(digit));
            if (places.length === 1)
                return { at: places[0], digit, why: `${digit} has no other place in ${group.name}` };
        }
    const single = open.findIndex(digits => digits.size === 1);
    if (single >= 0)
        return { at: single, digit: [...open[single]][0], why: "every other digit is taken around it" };
    return undefined;
}
