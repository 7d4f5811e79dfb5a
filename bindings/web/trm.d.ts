/** Text, a character for each position, in one row or in lines; an array of digits, 0 for a blank, flat or in
    rows; or tokens of the model. */
export type Question = string | Cells<number> | Cells<string> | { tokens: Cells<number> };
export type Cells<T> = ArrayLike<T> | ArrayLike<ArrayLike<T>>;

/** As trm_shape in trm.h: what is left out is the model's own. A number is that of positions that are no
    grid. */
export type Shape =
    | number
    | [rows: number, columns: number]
    | {
          rows?: number;
          columns?: number;
          boxRows?: number;
          boxColumns?: number;
          fields?: number;
          positions?: number;
          helpers?: number;
      };

export interface QuestionOptions {
    /** Without it: that of the lines or rows of the question, the model's own, or a square. */
    shape?: Shape;
    /** Those of a jigsaw in place of boxes: a letter for each position (spaces, line ends and + - | are
        skipped), or an array. */
    regions?: string | Cells<string> | Cells<number>;
    /** By the names of the model's relations: for each element the list of those that it hears. */
    relations?: Record<string, ArrayLike<number>[]>;
    /** The kinds of helpers. */
    helpers?: ArrayLike<number>;
    /** Numbers of each position and helper. */
    features?: Cells<number>;
    /** For models with a table of puzzles. */
    identifier?: number;
}

export interface SolveOptions extends QuestionOptions {
    /** Supervision steps at most, of each run; the model's own. */
    maximumSteps?: number;
    /** Makes all steps, whatever the halt signal says. */
    allSteps?: boolean;
    /** Also stops when the answer was the same after so many steps in a row. */
    stable?: number;
    /** Stops when the halt probability is above it; the model's own. */
    haltProbability?: number;
    start?: "model" | "fixed" | "random";
    /** Of all that is drawn; the same seed gives the same answer. */
    seed?: number;
    /** Of the question; 1. */
    runs?: number;
    policy?: "first-halt" | "vote" | "best" | "first-verified";
    /** Symmetries under which the runs see the question, by number: Model.views(). */
    views?: ArrayLike<number>;
    /** Tries guesses as givens until the rules call an answer right. */
    search?: boolean;
    /** An answer that the rules do not call right is not given. */
    requireVerified?: boolean;
    /** Steps of all runs together, at most. */
    stepBudget?: number;
    /** Milliseconds, of solve() alone: no step is begun that would end later. */
    budget?: number;
    /** Whether answers have logits. */
    logits?: boolean;
    /** Called after every step of every run; what it throws ends the solve. */
    watch?: (step: RunStep) => void;
}

/** As trm_run_step in trm.h. Arrays are copies and the caller's. */
export interface RunStep {
    /** Of the question's runs, from 0, and how it came about. */
    run: number;
    how: How;
    /** Of the run, from 1. */
    step: number;
    stop: Stop;
    verdict: Verdict;
    /** Guesses that the run was given as givens. */
    pins: number;
    /** Positions whose token is another than after the step before. */
    changed: number;
    haltLogit: number;
    haltProbability: number;
    tokens: Int32Array;
    probabilities: Float32Array;
    /** The question with the guesses that this run was given. */
    asked: Int32Array;
}

/** Arrays are copies and the caller's. As trm_answers in trm.h. */
export interface Answer {
    /** A character for each position; undefined where the model has no alphabet. */
    text: string | undefined;
    tokens: Int32Array;
    /** Of each token. */
    probabilities: Float32Array;
    /** How sure the model is of each token, by what it was taught; else as probabilities. */
    cellConfidences: Float32Array;
    /** 1 where the answer changes a given. */
    changed: Uint8Array;
    /** The model's trust in its answer. */
    haltProbability: number;
    haltLogit: number;
    continueLogit: number;
    /** Supervision steps of the run that answers, and of all. */
    steps: number;
    totalSteps: number;
    stop: Stop;
    verdict: Verdict;
    how: How;
    /** Runs that were begun. */
    runs: number;
    /** Guesses that the run that answers was given. */
    pins: number;
    /** positions x vocabulary, with SolveOptions.logits. */
    logits?: Float32Array;
}

export type Stop = "running" | "signal" | "stable" | "limit" | "deadline" | "overflow" | "verified" | "budget";
export type How = "run" | "view" | "restart" | "search";
export type Verdict = "unverified" | "verified" | "refuted";

/** The fields of trm_model_info in trm.h, enumerators as numbers. */
export interface ModelInfo {
    readonly task: string;
    /** "simd128" or "scalar" */
    readonly instructionSet: string;
    readonly block: number;
    readonly positions: number;
    readonly vocabulary: number;
    readonly gridRows: number;
    readonly gridColumns: number;
    readonly boxRows: number;
    readonly boxColumns: number;
    readonly leastRows: number;
    readonly mostRows: number;
    readonly fields: number;
    readonly blank: number;
    readonly maximumSteps: number;
    readonly quantised: number;
    readonly haltThreshold: number;
    readonly [field: string]: number | string;
}

export interface OpenOptions {
    /** Which module: with vectors or without; what the machine has. */
    simd?: boolean;
    /** Turns the matrices into 8-bit integers. */
    int8?: boolean;
    /** The module, where it does not lie beside trm.js. */
    module?: Source | WebAssembly.Module;
}

/** A URL, in Node also a path; or the bytes. */
export type Source = string | URL | ArrayBuffer | ArrayBufferView | Response | Blob;

/** A sentence of the library, and the name of its status, such as TRM_ERROR_PUZZLE. */
export class TrmError extends Error {
    readonly status: string;
}

export class Model {
    private constructor();
    static open(source: Source, options?: OpenOptions): Promise<Model>;
    readonly info: ModelInfo;
    readonly metadata: Readonly<Record<string, string | number | Uint8Array>>;
    readonly relations: readonly { name: string; source: number; level: number; aggregates: number }[];
    /** The character of each token. */
    readonly alphabet: string | undefined;
    /** Computes here and now: a page calls it in a worker. */
    solve(question: Question, options?: SolveOptions): Answer;
    /** The answer after every step; between them the event loop turns. */
    steps(question: Question, options?: Omit<SolveOptions, "budget">): AsyncGenerator<Answer, void, void>;
    /** What the rules of the model's task say of an answer, whoever found it. */
    verify(question: Question, answer: Question, options?: QuestionOptions): Verdict;
    /** Symmetries of the task, by number, for SolveOptions.views. */
    views(shape?: Shape): number[];
    /** Bytes that the model and what solves with it hold; they grow with the largest question. */
    readonly memory: number;
    /** Gives the memory back; a closed model answers nothing. */
    close(): void;
}

/** Whether WebAssembly has vectors here. */
export function hasSimd(): boolean;
