import { UserError } from "../../infra/errors";
import { choose } from "../simulate/choose";
import type { Fault } from "./fault";
import { FAULTS, type Target } from "./faults";

export const OPTIONS = {
  target: { type: "string", default: "docker" },
  fault: { type: "string", multiple: true },
  repeat: { type: "string", default: "5" },
  seed: { type: "string", default: "1" },
  guarantee: { type: "string", default: "exactly-once" },
  save: { type: "boolean", default: false },
} as const;

export interface RawOptions {
  target: string;
  fault?: string[];
  repeat: string;
  seed: string;
  guarantee: string;
  save: boolean;
}

export interface Settings {
  target: Target;
  faults: Fault[];
  repeat: number;
  seed: number;
  guarantee: "exactly-once" | "at-least-once";
  save: boolean;
}

/** Faults that make a job begin again from a checkpoint: without exactly-once, it puts out some records twice. */
const KILLS: ReadonlySet<string> = new Set(["jobmanager", "taskmanager"]);

/** Throws UserError for a value that can't be. */
export function settingsFrom(raw: RawOptions): Settings {
  const { guarantee, save } = raw;
  const target = targetFrom(raw.target);
  const all: readonly Fault[] = FAULTS[target];
  if (guarantee !== "exactly-once" && guarantee !== "at-least-once") {
    throw new UserError(
      `--guarantee ${guarantee} is none. Fix: give exactly-once, or at-least-once for a run that must show differences.`,
    );
  }
  const repeat = wholeNumber("--repeat", raw.repeat, 1);
  const seed = wholeNumber("--seed", raw.seed, 0);
  const named = raw.fault && choose("--fault", raw.fault, all);
  const usual = guarantee === "exactly-once" ? all : all.filter(({ name }) => KILLS.has(name));
  return { target, faults: named ?? [...usual], repeat, seed, guarantee, save };
}

function targetFrom(text: string): Target {
  const targets = Object.keys(FAULTS) as Target[];
  const target = targets.find((each) => each === text);
  if (target !== undefined) return target;
  throw new UserError(`--target ${text}: there is none. Fix: give ${targets.join(" or ")}.`);
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= least) return value;
  throw new UserError(`${option} ${text} is no count. Fix: give a whole number from ${least}.`);
}
