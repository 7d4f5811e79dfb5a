// Puzzles to begin with, made up by `trm generate`, but for the first of 9 by 9: the one that newspapers
// called the hardest.

import { SIDES } from "./rules.js";

const BOXED = {
    4: ["2......4..32....", "......21.....43."],
    6: ["6.2...5......5..4..2.31....1...1.2..", "6..2.....13.56....2....3........25.."],
    8: [
        ".....267..4..8.11..6........1.54..17....25.......3.........5.72.",
        "2..6..1......8....2....3.4..17...13........56.....54.26.3...4.7.",
    ],
    9: [
        "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..",
        ".....159..........7.2.....8.4..2..3.2..3........6.7.54..8.....2....19...3.....647",
        ".53.1......7.94.6....2.8...4.....7.2..27..4.8..58.......89..5.........3......52..",
    ],
};
const JIGSAWS = {
    4: ["..4.1....2....1.", "AAABCCABCCDBDDDB"],
    5: [".435...4..1......1.......", "AABBCAABBCADEBCDDECCDDEEE"],
    6: ["..2....53..............6....5.4..2.1", "AAABBBAACCCBADCCCBDDDDEBFFFDEEFFFEEE"],
    7: [
        ".....515.7..4......742......3.............1...72.",
        "AAAABBBCDDAAEBCDDAEEBCCDDEEBCCCDEEBFFFFFFFGGGGGGG",
    ],
    8: [
        "..8..4..6.............5...........6.....4.27....8...37......4.1.",
        "AABBBBBBAAABCCBCADAADCCCEDDDDCCFEEEDDFFFEGEGHFHFEGEGHFHFGGGGHHHH",
    ],
    9: [
        ".5...27.17.9.18...9....7.1..187.9.2.......19514.8.......51.46..87.......4....6...",
        "ABBBBBCCDAAABBBCDDEEAAABCCDEAAFFFCCDEEEFGGGCDEEEFGHGCDIIIFHHGDDIIIFHHGGGIIIFFHHHH",
    ],
};

const digits = text => [...text].map(mark => (mark === "." ? 0 : Number(mark)));
const letters = text => [...text].map(mark => mark.charCodeAt(0) - 65);

/** For each side a list of { side, cells, regions }, regions where they are crooked. */
export const EXAMPLES = Object.fromEntries(
    SIDES.map(side => {
        const boxed = (BOXED[side] ?? []).map(text => ({ side, cells: digits(text) }));
        const [text, regions] = JIGSAWS[side];
        return [side, [...boxed, { side, cells: digits(text), regions: letters(regions) }]];
    }),
);
