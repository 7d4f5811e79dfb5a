// The page in Chromium, opened from the disk, by clicks, keys and fingers. Whatever is done, its console
// stays empty.
// TRM_PAGE: the page's folder. TRM_CHROMIUM. TRM_PICTURES: a folder for pictures of it, or nothing.

import assert from "node:assert/strict";
import {
    cpSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    renameSync,
    rmSync,
    statSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";

import { Browser } from "./browser.mjs";

const { TRM_PAGE, TRM_CHROMIUM, TRM_PICTURES } = process.env;
const browser = new Browser(TRM_CHROMIUM);
test.after(() => browser.close());

const at = (view, name) => `#${view} [data-name="${name}"]`;
const sudoku = name => at("sudoku", name),
    map = name => at("map", name),
    graph = name => at("graph", name);
const says = (view, pattern) => `${pattern}.test(document.querySelector('${at(view, "says")}').textContent)`;
const cell = n =>
    `#sudoku .row:nth-child(${Math.floor(n.at / n.side) + 1}) .cell:nth-child(${(n.at % n.side) + 1})`;
const board = page =>
    page.value(
        `[...document.querySelectorAll("#sudoku .cell")].map(cell => cell.textContent || ".").join("")`,
    );

/**
 * A test with a page of its own, `folder`'s, from which nothing but files was asked, and which said
 * nothing.
 */
function onPage(name, work, { view = "sudoku", folder = TRM_PAGE, quiet = true, ...options } = {}) {
    test(name, async () => {
        const page = await browser.page(options);
        await page.go(`${pathToFileURL(join(folder, "index.html"))}#${view}`);
        await work(page);
        if (quiet) assert.deepEqual(page.said, []);
        assert.deepEqual(
            page.asked.filter(url => !/^(file|blob|data):/.test(url)),
            [],
        );
        await page.close();
    });
}

const picture = (page, name) => TRM_PICTURES && page.picture(join(TRM_PICTURES, `${name}.png`));

/** Puts a puzzle on the board through the box for text. */
async function take(page, text) {
    if (!(await page.value(`document.querySelector("#sudoku details").open`)))
        await page.click("#sudoku summary");
    await page.click(sudoku("text"));
    await page.value(`document.querySelector('${sudoku("text")}').value = ""`);
    await page.send("Input.insertText", { text });
    await page.click(sudoku("read"));
}

/** Bytes of what an asset holds as text. */
const held = name => {
    const [, text] = readFileSync(join(TRM_PAGE, "assets", `${name}.js`), "ascii").split('"');
    return Buffer.from(text, "base64").length;
};

test("the page is small enough to load at once", () => {
    const files = readdirSync(TRM_PAGE, { recursive: true, withFileTypes: true }).filter(file => file.isFile());
    const bytes = files.map(file => statSync(join(file.parentPath ?? file.path, file.name)).size);
    assert.ok(held("page-simd128") < 80 * 1024, `${held("page-simd128")} bytes`);
    assert.ok(held("page-scalar") < 80 * 1024, `${held("page-scalar")} bytes`);
    assert.ok(bytes.reduce((sum, size) => sum + size) < 1.5e6, `${bytes}`);
});

test("what a stranger sees first: a network that thinks, and is right", async () => {
    const page = await browser.page();
    await page.go(String(pathToFileURL(join(TRM_PAGE, "index.html"))));
    await page.until(says("sudoku", /Step \d+: \d+ % sure/));
    await page.until(says("sudoku", /Solved in \d+ steps, and the rules agree/));
    await picture(page, "wide-sudoku");
    const solved = await board(page);
    assert.match(solved, /^[1-9]{81}$/);
    assert.ok(await page.value(`document.querySelectorAll("#sudoku .chart circle").length > 1`));
    await page.value(`document.querySelector('${sudoku("frame")}').focus()`);
    await page.press("Home");
    assert.notEqual(await board(page), solved);
    await page.press("End");
    assert.equal(await board(page), solved);
    assert.deepEqual(page.said, []);
    await page.close();
});

onPage("a Sudoku by keys", async page => {
    await page.choose(sudoku("side"), 4);
    await page.click(sudoku("clear"));
    await page.click(cell({ side: 4, at: 0 }));
    await page.press(
        "1",
        "ArrowRight",
        "ArrowDown",
        "ArrowRight",
        "3",
        "ArrowDown",
        "ArrowLeft",
        "4",
        "ArrowDown",
        "ArrowRight",
        "ArrowRight",
        "2",
    );
    assert.equal(await board(page), "1.....3..4.....2");
    await page.press("5");
    assert.match(await page.text(sudoku("says")), /^$|digits|board/);
    await page.press("x");
    assert.match(await page.text(sudoku("says")), /'x' is no digit of this board. It takes 1 to 4/);
    await page.press("0", "2");
    assert.equal(
        await page.value(`document.activeElement.getAttribute("aria-label")`),
        "row 4, column 4: 2, given",
    );
    await page.click(sudoku("think"));
    await page.until(says("sudoku", /Solved in 1 step,/));
    assert.match(await board(page), /^[1-4]{16}$/);
});

onPage("a Sudoku by mouse, a digit drawn to its cell, and by finger", async page => {
    await page.choose(sudoku("side"), 4);
    await page.click(sudoku("clear"));
    await page.click(cell({ side: 4, at: 5 }));
    await page.click(`${sudoku("pad")} button:nth-child(3)`);
    await page.drag(
        await page.place(`${sudoku("pad")} button:nth-child(2)`),
        await page.place(cell({ side: 4, at: 9 })),
        await page.place(cell({ side: 4, at: 10 })),
    );
    assert.equal(await board(page), ".....3....2.....");
    await page.touch(await page.place(cell({ side: 4, at: 5 })));
    await page.click(`${sudoku("pad")} button:last-child`);
    assert.equal(await board(page), "..........2.....");
});

onPage("what is pasted", async page => {
    const cases = [
        ["Dear Sir or Madam, I would like to have this puzzle solved", /reads like words/],
        ["1..a\n..3.\n.4..\n...2", /'a' in line 1 is no digit/],
        ["1..5\n..3.\n.4..\n...2", /There is a 5 in line 1, but a Sudoku of 4 by 4 goes to 4/],
        ["53..7....", /16, 25, 36, 49, 64 or 81 cells; this has 9, 7 too few for 16/],
        [" \n", /nothing to read/],
        ["11..\n....\n....\n....", /two 1s in row 1/],
        ["1..2\n..3.\n.4..\n....\n\nAABB\nAABB\nCCCC", /regions need 16 letters; there are 12/],
    ];
    const before = await board(page);
    for (const [text, sentence] of cases.slice(0, 5)) {
        await take(page, text);
        assert.match(await page.text(sudoku("says")), sentence);
        assert.equal(await board(page), before);
    }
    for (const [text, sentence] of cases.slice(5)) {
        await take(page, text);
        assert.match(await page.text(sudoku("says")), sentence);
    }
    await page.value(`(() => { const given = new DataTransfer(); given.setData("text", "+--+--+\\n|1 .|. .|\\n|. .|3 .|\\n+--+--+\\n|. 4|. .|\\n|. .|. 2|");
        document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: given, bubbles: true })); })()`);
    assert.equal(await board(page), "1.....3..4.....2");
    await take(page, "..4.\n1...\n.2..\n..1.\n\nAAAB\nCCAB\nCCDB\nDDDB");
    await page.click(sudoku("copy"));
    assert.equal(
        await page.value(`document.querySelector('${sudoku("text")}').value`),
        "..4.\n1...\n.2..\n..1.\n\nAAAB\nCCAB\nCCDB\nDDDB",
    );
    await page.click(sudoku("think"));
    await page.until(says("sudoku", /Solved in \d+ steps?, and the rules agree/));
    assert.equal(await board(page), "3142132442312413");
});

onPage("regions are painted by hand", async page => {
    await page.choose(sudoku("side"), 4);
    await page.click(sudoku("clear"));
    await page.click(sudoku("paint"));
    await page.click(`${sudoku("pad")} button:nth-child(1)`);
    const to = n => page.place(cell({ side: 4, at: n }));
    await page.drag(await to(1), await to(2), await to(6));
    assert.match(await page.text(sudoku("says")), /Region A has 6 cells; it needs 4/);
    await page.click(sudoku("think"));
    assert.match(await page.text(sudoku("says")), /Region A has 6 cells/);
    for (const [region, ...cells] of [
        [2, 11, 15],
        [3, 4, 5],
        [4, 12, 13],
    ]) {
        await page.click(`${sudoku("pad")} button:nth-child(${region})`);
        await page.drag(...(await Promise.all(cells.map(to))));
    }
    assert.match(await page.text(sudoku("says")), /Every region has its cells/);
    await picture(page, "wide-regions");
    await page.click(sudoku("digits"));
    for (const [n, digit] of [
        [2, 4],
        [4, 1],
        [9, 2],
        [14, 1],
    ]) {
        await page.click(cell({ side: 4, at: n }));
        await page.press(String(digit));
    }
    await page.click(sudoku("think"));
    await page.until(says("sudoku", /Solved in/));
    assert.equal(await board(page), "3142132442312413");
    await page.click(sudoku("clear"));
    await page.click(sudoku("boxes"));
    assert.match(await page.text(sudoku("says")), /usual regions/);
});

onPage("eight runs side by side", async page => {
    await page.choose(sudoku("side"), 7);
    await page.click(sudoku("eight"));
    await page.until(says("sudoku", /Solved in \d+ steps of 8 runs/));
    assert.equal(await page.value(`document.querySelectorAll("#sudoku .run").length`), 8);
    assert.ok(await page.value(`document.querySelectorAll("#sudoku .run.right").length >= 1`));
    assert.match(await page.text("#sudoku .run.right span"), /right after \d+ steps/);
    await picture(page, "wide-eight");
});

onPage("a search shows its pins, and does not pretend", async page => {
    await take(page, "..4.\n.3..\n1.2.\n.2..");
    await page.click(sudoku("search"));
    await page.until(
        `/guessed/.test(document.querySelector("#sudoku .cell.pin")?.getAttribute("aria-label"))`,
    );
    await page.until(
        `[...document.querySelectorAll("#sudoku .run strong")].some(name => /Attempt \\d+, \\d guessed/.test(name.textContent))`,
    );
    await picture(page, "wide-search");
    await page.until(
        says("sudoku", /No answer that keeps the rules in 2000 steps. The puzzle may have none/),
    );
});

onPage("an impossible puzzle is told from", async page => {
    await page.choose(sudoku("side"), 4);
    for (const [text, sentence] of [
        ["1...\n1...\n....\n....", /two 1s in column 1.*No answer can keep the rules/],
        ["12..\n..3.\n...4\n....", /No digit is left for row 1, column 4|no place left/],
    ]) {
        await take(page, text);
        for (const button of ["think", "eight", "search", "hint"]) {
            await page.click(sudoku(button));
            assert.match(await page.text(sudoku("says")), sentence);
        }
    }
    await take(page, "1...\n1...\n....\n....");
    assert.equal(await page.value(`document.querySelectorAll("#sudoku .cell.clash").length`), 2);
});

onPage("hints: by a plain rule, else the surest cell", async page => {
    await take(page, "123.\n....\n....\n....");
    await page.click(sudoku("hint"));
    assert.match(
        await page.text(sudoku("says")),
        /4 belongs in row 1, column 4: it is the last of row 1. Enter writes it in/,
    );
    await page.press("Enter");
    assert.equal((await board(page)).slice(0, 4), "1234");
    await take(page, "1...\n....\n....\n....");
    await page.click(sudoku("hint"));
    await page.until(
        says("sudoku", /The network is \d+ % sure of \d in row \d, column \d; no plain rule tells/),
    );
    await page.click(sudoku("write"));
    assert.match(await board(page), /^1\.*[1-4]\.*$/);
});

onPage("a wrong given is repaired", async page => {
    await take(page, ".1..\n.3..\n...4\n..13");
    await page.click(sudoku("repair"));
    await page.until(says("sudoku", /With \d in place of \d in row \d, column \d the puzzle has an answer/));
    await page.click(sudoku("write"));
    await page.click(sudoku("repair"));
    await page.until(says("sudoku", /Nothing to repair/));
});

const way = `/Shortest way: \\d+ moves?\\. The rules agree/`;
const mapCell = (page, row, column, side = 10) =>
    page.place(map("map"), (column + 0.5) / side, (row + 0.5) / side);

async function openMap(page, layout = "open") {
    for (const name of ["rows", "columns"]) await page.choose(map(name), 10);
    await page.choose(map("layout"), layout);
    await page.until(says("map", way));
}

onPage(
    "a map by mouse: the way follows, and a goal that is walled in has none",
    async page => {
        await openMap(page);
        await page.until(says("map", /14 moves/)); // of this map, not of the one before
        await page.drag(...(await Promise.all([0, 2, 4, 6, 7, 8].map(column => mapCell(page, 4, column)))));
        await page.until(says("map", /14 moves|16 moves/));
        await page.drag(
            ...(await Promise.all(
                [
                    [8, 8],
                    [7, 8],
                    [6, 8],
                    [3, 8],
                ].map(([row, column]) => mapCell(page, row, column)),
            )),
        );
        await page.until(says("map", /moves/));
        await picture(page, "wide-map");
        await page.click("#map summary");
        assert.match(await page.text(map("words")), /^From the start \d+ (up|down|left|right)/);
        await page.choose(map("layout"), "walled");
        await page.until(says("map", /No way: the goal is walled in\. The rules (agree|say so)/));
        assert.equal(await page.text(map("words")), "There is no way.");
        await picture(page, "wide-no-way");
    },
    { view: "map" },
);

onPage(
    "a map by keys",
    async page => {
        await openMap(page);
        await page.value(`document.querySelector('${map("map")}').focus()`);
        await page.press("ArrowRight", " ");
        assert.equal(await page.text(map("here")), "row 2, column 3: wall");
        await page.press("ArrowDown", "g");
        await page.until(says("map", /2 moves/));
        assert.equal(await page.text(map("here")), "row 3, column 3: goal");
    },
    { view: "map" },
);

onPage(
    "a map by finger, on a telephone",
    async page => {
        await openMap(page);
        await page.touch(await mapCell(page, 8, 8), await mapCell(page, 7, 7), await mapCell(page, 1, 5));
        await page.until(says("map", /4 moves/));
        assert.ok(await page.value("document.documentElement.scrollWidth <= innerWidth"));
        await picture(page, "narrow-map");
    },
    { view: "map", width: 390, height: 844, mobile: true },
);

const vertex = n => `#graph .vertex:nth-of-type(${n})`;

onPage(
    "a graph by hand and by the network",
    async page => {
        await page.choose(graph("preset"), "prism");
        await page.click(vertex(1));
        await page.click(vertex(2));
        assert.match(await page.text(graph("says")), /1 and 2 are neighbours, and both blue/);
        await page.click(graph("colour"));
        assert.match(await page.text(graph("says")), /No colouring can keep that/);
        await page.click(vertex(2));
        await page.click(graph("colour"));
        await page.until(
            says("graph", /Coloured in \d+ steps?: no neighbours are alike, and the rules agree/),
        );
        assert.match(
            await page.value(`document.querySelector('${vertex(2)}').getAttribute("aria-label")`),
            /vertex 2: orange, given; neighbours 1, 3, 5/,
        );
        await picture(page, "wide-graph");
        await page.choose(graph("preset"), "complete");
        await page.click(graph("colour"));
        await page.until(says("graph", /No colouring with 4 colours in \d+ steps. There may be none/));
    },
    { view: "graph" },
);

onPage(
    "a graph is drawn: by mouse, then by keys",
    async page => {
        await page.click(graph("empty"));
        await page.click(graph("colour"));
        assert.match(await page.text(graph("says")), /Draw two vertices at least/);
        await page.click(`#graph [value="connect"]`);
        for (const across of [0.2, 0.5, 0.8]) await page.click(graph("graph"), across, 0.5);
        await page.drag(await page.place(vertex(1)), await page.place(vertex(2)));
        await page.until(says("graph", /3 vertices, 1 edge\./));
        await page.click(vertex(2));
        await page.press("e", "ArrowRight", "e", "2");
        assert.match(await page.text(graph("says")), /3 vertices, 2 edges/);
        assert.match(
            await page.value(`document.activeElement.getAttribute("aria-label")`),
            /vertex 3: orange, given; neighbours 2/,
        );
        await page.press("Delete");
        assert.match(await page.text(graph("says")), /2 vertices, 1 edge\./);
    },
    { view: "graph" },
);

onPage(
    "tabs by keys; everything that can be used has a name; light and dark, wide and narrow",
    async page => {
        await page.value(`document.getElementById("tab-sudoku").focus()`);
        await page.press("ArrowRight");
        assert.equal(await page.value("document.activeElement.id"), "tab-map");
        for (const view of ["map", "graph", "sudoku"]) {
            await page.click(`#tab-${view}`);
            const { nodes } = await page.send("Accessibility.getFullAXTree");
            const used = nodes.filter(
                node =>
                    !node.ignored &&
                    /^(button|tab|slider|combobox|textbox|radio|checkbox|gridcell|grid|application|img)$/.test(
                        node.role?.value,
                    ),
            );
            assert.ok(used.length >= 8);
            assert.deepEqual(
                used.filter(node => !node.name?.value).map(node => node.role.value),
                [],
            );
            for (const scheme of ["dark", "light"]) {
                await page.send("Emulation.setEmulatedMedia", {
                    features: [{ name: "prefers-color-scheme", value: scheme }],
                });
                const [ink, ground] = await page.value(
                    `(() => { const s = getComputedStyle(document.body); return [s.color, s.backgroundColor]; })()`,
                );
                assert.ok(contrast(ink, ground) > 7, `${scheme}: ${ink} on ${ground}`);
                await picture(page, `${scheme}-${view}`);
            }
            await page.send("Emulation.setDeviceMetricsOverride", {
                width: 360,
                height: 740,
                deviceScaleFactor: 2,
                mobile: true,
            });
            assert.ok(await page.value("document.documentElement.scrollWidth <= innerWidth"), `${view} fits`);
            await picture(page, `narrow-${view}`);
            await page.send("Emulation.setDeviceMetricsOverride", {
                width: 1280,
                height: 900,
                deviceScaleFactor: 1,
                mobile: false,
            });
        }
    },
);

/** As the guidelines for contents of the web define it. */
function contrast(...colours) {
    const [a, b] = colours.map(colour => {
        const [red, green, blue] = colour
            .match(/\d+/g)
            .map(x => x / 255)
            .map(x => (x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
    });
    return Math.max(a, b) / Math.min(a, b);
}

// -- what does not arrive --

const copies = mkdtempSync(join(tmpdir(), "trm-page-"));
test.after(() => rmSync(copies, { recursive: true }));

function copyOf(name, change) {
    const folder = join(copies, name);
    cpSync(TRM_PAGE, folder, { recursive: true });
    change(folder);
    return folder;
}

/** The asset of a model with some bytes changed. */
function changeBytes(folder, change) {
    const file = join(folder, "assets/sudoku-int8.js"),
        [, before, base64] = readFileSync(file, "utf8").match(/^([^"]*)"([^"]*)"/s);
    const bytes = Buffer.from(base64, "base64");
    change(bytes);
    writeFileSync(file, `${before}"${bytes.toString("base64")}";\n`);
}

const trouble = page =>
    page.until(`!document.getElementById("trouble").hidden`).then(() => page.text("#trouble p"));

const missing = copyOf("missing", folder =>
    renameSync(join(folder, "assets/sudoku-int8.js"), join(folder, "later.js")),
);
onPage(
    "a download that fails, and is tried again",
    async page => {
        assert.match(await trouble(page), /assets\/sudoku-int8.js did not arrive. Check the connection/);
        await page.click(sudoku("think"));
        await page.until(says("sudoku", /did not arrive/));
        renameSync(join(missing, "later.js"), join(missing, "assets/sudoku-int8.js"));
        await page.click("#again");
        await page.until(`document.getElementById("trouble").hidden`);
        await page.click(sudoku("think"));
        await page.until(says("sudoku", /Solved/));
    },
    { folder: missing, quiet: false },
);

onPage(
    "a model of another version",
    async page => {
        await page.click(sudoku("think"));
        await page.until(says("sudoku", /TRM_ERROR_VERSION.*Take the whole folder from one build/i));
    },
    { folder: copyOf("version", folder => changeBytes(folder, bytes => (bytes[8] = 9))) },
);

onPage(
    "a model that was damaged",
    async page => {
        await page.click(sudoku("think"));
        await page.until(says("sudoku", /TRM_ERROR_CHECKSUM.*damaged on its way/i));
    },
    { folder: copyOf("damaged", folder => changeBytes(folder, bytes => (bytes[bytes.length - 9] ^= 1))) },
);

onPage(
    "no WebAssembly: what needs none still works",
    async page => {
        assert.match(await trouble(page), /does not run WebAssembly/);
        await picture(page, "wide-trouble");
        await take(page, "123.\n....\n....\n....");
        await page.click(sudoku("think"));
        await page.until(says("sudoku", /does not run WebAssembly/));
        await page.click(sudoku("hint"));
        assert.match(await page.text(sudoku("says")), /4 belongs in row 1/);
    },
    { before: "delete globalThis.WebAssembly" },
);

onPage(
    "no vectors: slower, and the same answers",
    async page => {
        assert.ok(await page.value(`!document.getElementById("slow").hidden`));
        await take(page, "1...\n..3.\n.4..\n...2");
        await page.click(sudoku("think"));
        await page.until(says("sudoku", /Solved/));
        assert.equal(await page.value(`"page-simd128" in trmAssets`), false);
    },
    { before: "WebAssembly.validate = () => false" },
);
