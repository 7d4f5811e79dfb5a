// Sudokus as people paste them: digits, with anything between them that only draws lines; then, of a
// jigsaw, its regions.

import { SIDES } from "./rules.js";

const DRAWING = /[\s|+\-=,;:│─┼┌┐└┘├┤┬┴━┃║═]/g;
const BLANK = /[.0_*?xX]/;

const digitsOf = text => [...text.replace(DRAWING, "")];

function countFault(count) {
    const near = SIDES.map(side => side * side).reduce((best, n) =>
        Math.abs(n - count) < Math.abs(best - count) ? n : best,
    );
    const off = near - count;
    const apart = off > 0 ? `${off} too few for ${near}` : `${-off} too many for ${near}`;
    return `A Sudoku has 16, 25, 36, 49, 64 or 81 cells; this has ${count}, ${apart}. Write . or 0 for a blank.`;
}

/** The first character that is none of a Sudoku's, in a sentence. */
function strangerFault(text, side) {
    const lines = text.split("\n");
    for (const [number, line] of lines.entries())
        for (const mark of digitsOf(line))
            if (!BLANK.test(mark) && !(mark >= "1" && mark <= String(side)))
                return /\d/.test(mark)
                    ? `There is a ${mark} in line ${number + 1}, but a Sudoku of ${side} by ${side} goes to ${side}.`
                    : `'${mark}' in line ${number + 1} is no digit. Write . or 0 for a blank.`;
    return undefined;
}

/** Letters of a jigsaw's regions as numbers, in the order in which they come. */
function readRegions(text, side) {
    const marks = digitsOf(text);
    if (marks.length !== side * side)
        return { fault: `The regions need ${side * side} letters; there are ${marks.length}.` };
    const names = [...new Set(marks)];
    if (names.length !== side)
        return { fault: `There must be ${side} regions; these letters name ${names.length}.` };
    return { regions: marks.map(mark => names.indexOf(mark)) };
}

/** { side, cells, regions } where the text brings some, or { fault }: a sentence that helps. */
export function readSudoku(text) {
    const tidy = text.replace(/\r/g, "").trim();
    if (tidy === "")
        return { fault: "There is nothing to read. Paste 81 characters: digits, and . or 0 for blanks." };
    const [puzzle, ...rest] = tidy.split(/\n\s*\n/);
    const jigsaw = rest.length === 1 && digitsOf(rest[0]).every(mark => /[A-Za-z]/.test(mark));
    const given = jigsaw ? puzzle : tidy;
    const letters = (given.match(/\p{L}/gu) ?? []).filter(mark => !BLANK.test(mark)).length;
    const digits = (given.match(/\d/g) ?? []).length;
    if (letters > 8 && letters > digits)
        return {
            fault: "This reads like words, not like a Sudoku. Paste its digits row by row, with . or 0 for blanks.",
        };
    const marks = digitsOf(given),
        side = Math.sqrt(marks.length);
    const stranger = strangerFault(given, SIDES.includes(side) ? side : 9);
    if (stranger) return { fault: stranger };
    if (!SIDES.includes(side)) return { fault: countFault(marks.length) };
    const cells = marks.map(mark => (BLANK.test(mark) ? 0 : Number(mark)));
    return jigsaw ? { side, cells, ...readRegions(rest[0], side) } : { side, cells };
}

/** The same as text, to be copied. */
export function writeSudoku(side, cells, letters) {
    const lines = marks =>
        Array.from({ length: side }, (_, row) => marks.slice(row * side, (row + 1) * side).join("")).join(
            "\n",
        );
    const puzzle = lines(cells.map(digit => digit || "."));
    return letters ? `${puzzle}\n\n${lines(letters)}` : puzzle;
}
