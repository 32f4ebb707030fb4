import { UserError } from "../../infra/errors";

/** Letters to insert, remove or replace to turn one text into the other (Levenshtein). */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The known names that a mistyped one probably means, nearest first: within a third of its letters, or its beginning. */
export function nearest(name: string, known: readonly string[]): string[] {
  const typed = name.toLowerCase();
  return known
    .map((other) => ({ other, far: other.startsWith(typed) ? 0 : distance(typed, other) }))
    .filter(({ far }) => far <= Math.max(1, Math.floor(typed.length / 3)))
    .sort((a, b) => a.far - b.far)
    .map(({ other }) => other);
}

/**
 * The items of the given names, each once, in the order of the names; `all` stands for every one.
 * Throws UserError with every unknown name, what it probably means, and the names there are.
 */
export function choose<T extends { name: string }>(
  option: string,
  names: readonly string[],
  known: readonly T[],
): T[] {
  const all = known.map(({ name }) => name);
  const wanted = names.flatMap((name) => (name === "all" ? all : [name]));
  const unknown = [...new Set(wanted)].filter((name) => !all.includes(name));
  if (unknown.length > 0) throw unknownNames(option, unknown, all);
  return [...new Set(wanted)].flatMap((name) => known.filter((item) => item.name === name));
}

function unknownNames(option: string, unknown: readonly string[], all: readonly string[]): Error {
  const lines = unknown.map((name) => {
    const near = nearest(name, all);
    return `${option} ${name}: there is none of this name${near.length > 0 ? `; did you mean ${near.join(" or ")}?` : "."}`;
  });
  return new UserError([...lines, `There are: all, ${all.join(", ")}.`].join("\n"));
}
