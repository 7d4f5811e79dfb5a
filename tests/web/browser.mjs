// Chromium without a window, driven over a pipe by its own protocol: real clicks, keys, fingers, and
// pictures.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
    "--remote-debugging-pipe",
];
const PATIENCE = 120_000; // of a busy machine

const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

export class Browser {
    #waiting = new Map();
    #listeners = new Map();
    #number = 0;
    #rest = "";

    constructor(program) {
        this.folder = mkdtempSync(join(tmpdir(), "trm-browser-"));
        this.process = spawn(program, [...FLAGS, `--user-data-dir=${this.folder}`, "about:blank"], {
            stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
        });
        this.ended = new Promise(resolve => this.process.once("close", resolve));
        this.process.stdio[4].setEncoding("utf8").on("data", text => this.#read(text));
    }

    #read(text) {
        const messages = (this.#rest + text).split("\0");
        this.#rest = messages.pop();
        for (const message of messages.map(JSON.parse)) {
            const waiting = this.#waiting.get(message.id);
            this.#waiting.delete(message.id);
            if (!waiting) this.#listeners.get(message.sessionId)?.(message);
            else if (message.error) waiting.reject(new Error(`${waiting.method}: ${message.error.message}`));
            else waiting.resolve(message.result);
        }
    }

    send(method, params = {}, sessionId = undefined) {
        const id = ++this.#number;
        this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
        return new Promise((resolve, reject) => this.#waiting.set(id, { method, resolve, reject }));
    }

    listen(sessionId, heard) {
        this.#listeners.set(sessionId, heard);
    }

    /** `before`: a script that runs before those of the page. */
    async page({ width = 1280, height = 900, mobile = false, scheme = "light", before = "" } = {}) {
        const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
        const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
        const page = new Page(this, sessionId, targetId);
        await Promise.all(
            ["Page.enable", "Runtime.enable", "Log.enable", "Network.enable"].map(method =>
                page.send(method),
            ),
        );
        await page.send("Emulation.setDeviceMetricsOverride", {
            width,
            height,
            deviceScaleFactor: mobile ? 2 : 1,
            mobile,
        });
        if (mobile) await page.send("Emulation.setTouchEmulationEnabled", { enabled: true });
        await page.send("Emulation.setEmulatedMedia", {
            features: [{ name: "prefers-color-scheme", value: scheme }],
        });
        if (before) await page.send("Page.addScriptToEvaluateOnNewDocument", { source: before });
        return page;
    }

    async close() {
        await this.send("Browser.close").catch(() => {});
        await Promise.race([this.ended, sleep(5000)]);
        this.process.kill("SIGKILL");
        rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
}

const KEYS = {
    Enter: 13,
    Escape: 27,
    " ": 32,
    ArrowLeft: 37,
    ArrowUp: 38,
    ArrowRight: 39,
    ArrowDown: 40,
    Delete: 46,
    Tab: 9,
    Backspace: 8,
};

class Page {
    /** What the page said to its console, and what it threw. */
    said = [];
    /** Addresses that it asked for. */
    asked = [];

    constructor(browser, session, target) {
        Object.assign(this, { browser, session, target });
        browser.listen(session, ({ method, params }) => {
            if (method === "Runtime.consoleAPICalled")
                this.said.push(params.args.map(x => x.value ?? x.description).join(" "));
            else if (method === "Runtime.exceptionThrown")
                this.said.push(
                    params.exceptionDetails.exception?.description ?? params.exceptionDetails.text,
                );
            else if (method === "Log.entryAdded")
                this.said.push(`${params.entry.text} ${params.entry.url ?? ""}`);
            else if (method === "Network.requestWillBeSent") this.asked.push(params.request.url);
            else if (method === "Page.loadEventFired") this.loaded?.();
        });
    }

    send(method, params) {
        return this.browser.send(method, params, this.session);
    }

    async go(url) {
        const loaded = new Promise(resolve => (this.loaded = resolve));
        await this.send("Page.navigate", { url });
        await loaded;
    }

    async value(expression) {
        const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
            expression,
            awaitPromise: true,
            returnByValue: true,
        });
        if (exceptionDetails)
            throw new Error(
                `${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`,
            );
        return result.value;
    }

    /** Waits until an expression of the page is true. */
    async until(expression) {
        for (const end = Date.now() + PATIENCE; ; await sleep(20)) {
            if (await this.value(expression)) return;
            if (Date.now() > end)
                throw new Error(
                    `waited in vain for ${expression}; the page shows: ${await this.value("document.body.innerText")}`,
                );
        }
    }

    text(selector) {
        return this.value(`document.querySelector(${JSON.stringify(selector)}).textContent`);
    }

    /** The middle of an element, or another place in it, in parts of its size. */
    async place(selector, across = 0.5, down = 0.5) {
        const found = await this
            .value(`(() => { const e = document.querySelector(${JSON.stringify(selector)}); e.scrollIntoView({ block: "nearest" });
            const b = e.getBoundingClientRect(); return [b.x + b.width * ${across}, b.y + b.height * ${down}]; })()`);
        return { x: found[0], y: found[1] };
    }

    mouse(type, { x, y }, buttons = 1) {
        return this.send("Input.dispatchMouseEvent", {
            type,
            x,
            y,
            button: buttons ? "left" : "none",
            buttons,
            clickCount: 1,
        });
    }

    async click(selector, across, down) {
        const place = await this.place(selector, across, down);
        await this.mouse("mouseMoved", place, 0);
        await this.mouse("mousePressed", place);
        await this.mouse("mouseReleased", place);
    }

    async drag(...places) {
        await this.mouse("mousePressed", places[0]);
        for (const place of places.slice(1)) await this.mouse("mouseMoved", place);
        await this.mouse("mouseReleased", places.at(-1));
    }

    async touch(...places) {
        await this.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [places[0]] });
        for (const place of places.slice(1))
            await this.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [place] });
        await this.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    }

    async press(...keys) {
        for (const key of keys) {
            const text = key.length === 1 ? key : key === "Enter" ? "\r" : undefined;
            const common = { key, text, windowsVirtualKeyCode: KEYS[key] ?? key.toUpperCase().charCodeAt(0) };
            await this.send("Input.dispatchKeyEvent", { type: text ? "keyDown" : "rawKeyDown", ...common });
            await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...common });
        }
    }

    /** Chooses from a list as a person does, whose change is heard. */
    choose(selector, value) {
        return this
            .value(`(() => { const e = document.querySelector(${JSON.stringify(selector)}); e.value = ${JSON.stringify(String(value))};
            for (const type of ["input", "change"]) e.dispatchEvent(new Event(type, { bubbles: true })); })()`);
    }

    async picture(file, full = true) {
        const { data } = await this.send("Page.captureScreenshot", {
            format: "png",
            captureBeyondViewport: full,
        });
        writeFileSync(file, Buffer.from(data, "base64"));
    }

    close() {
        return this.browser.send("Target.closeTarget", { targetId: this.target });
    }
}
