import { rounded, type Figures } from "../figures";

/** A setting that differs between two tenant files; absent where one of them leaves it out. */
export interface Change {
  /** Such as `windows.morning.floor`: entries of a list go by their names. */
  path: string;
  before?: string;
  after?: string;
}

/** Every setting that differs, in the order in which the files have them. */
export function changesBetween(before: unknown, after: unknown): Change[] {
  const [old, now] = [leaves(before), leaves(after)];
  const paths = [...new Set([...old.keys(), ...now.keys()])];
  return paths.flatMap((path) => {
    const [was, is] = [old.get(path), now.get(path)];
    if (was === is) return [];
    return [
      {
        path,
        ...(was === undefined ? {} : { before: was }),
        ...(is === undefined ? {} : { after: is }),
      },
    ];
  });
}

/** Every single value with its path. A list of plain values is one value. */
function leaves(value: unknown, path = ""): Map<string, string> {
  const under = (key: string) => (path === "" ? key : `${path}.${key}`);
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) {
    return new Map([[path, `[${value.join(", ")}]`]]);
  }
  if (typeof value !== "object" || value === null) return new Map([[path, String(value)]]);
  const entries = Array.isArray(value)
    ? value.map((item, i) => [nameOf(item) ?? String(i), item] as const)
    : Object.entries(value);
  return new Map(entries.flatMap(([key, item]) => [...leaves(item, under(key))]));
}

function nameOf(item: unknown): string | undefined {
  const name = (item as { name?: unknown } | null)?.name;
  return typeof name === "string" ? name : undefined;
}

/** How the figures of one trace differ: after less before. */
export function figureDifference(before: Figures, after: Figures) {
  const less = (
    key:
      "slotHours" | "violationMinutes" | "worstLagSeconds" | "rescales" | "stoppedSeconds" | "cost",
  ) => rounded(after[key] - before[key]);
  return {
    slotHours: less("slotHours"),
    violationMinutes: less("violationMinutes"),
    worstLagSeconds: less("worstLagSeconds"),
    rescales: less("rescales"),
    stoppedSeconds: less("stoppedSeconds"),
    cost: less("cost"),
  };
}
