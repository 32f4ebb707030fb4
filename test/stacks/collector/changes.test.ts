import fc from "fast-check";
import { batchesOf, changesIn, statementsOf } from "../../../stacks/collector/changes";

/** Applies the SQL of the first batches to rows in memory; throws where it would touch a row that is not there. */
function play(batches: number): { rows: Map<number, string>; changes: number } {
  const rows = new Map<number, string>();
  let changes = 0;
  const there = (id: number) => {
    if (!rows.has(id)) throw new Error(`no row ${id}`);
    changes += 1;
    return id;
  };
  for (let batch = 0; batch < batches; batch++) {
    for (const statement of statementsOf("notes", batch).split(";\n")) {
      for (const [, id, text] of statement.matchAll(/\((\d+), '([^']+)'\)/g)) {
        if (rows.has(Number(id))) throw new Error(`row ${id} twice`);
        rows.set(Number(id), text ?? "");
        changes += 1;
      }
      const [, text, updated] =
        /^UPDATE notes SET body = '(.+)' WHERE id = (\d+)$/.exec(statement) ?? [];
      if (text !== undefined) rows.set(there(Number(updated)), text);
      const [, deleted] = /^DELETE FROM notes WHERE id = (\d+)$/.exec(statement) ?? [];
      if (deleted !== undefined) rows.delete(there(Number(deleted)));
    }
  }
  return { rows, changes };
}

it("every change hits a row that is there, and they are as many as said", () => {
  for (const batches of [0, 1, 2, 25]) expect(play(batches).changes).toBe(changesIn(batches));
});

it("a third of what is inserted is deleted again, and half of the rest is changed", () => {
  const { rows } = play(3);
  expect(rows.size).toBe(500);
  const changed = [...rows.values()].filter((text) => text.startsWith("changed "));
  expect(changed).toHaveLength(375);
  expect(rows.get(1)).toBe("changed row alpha ax");
  expect(rows.has(2)).toBe(false);
});

it("as many batches as a number of changes needs, and no more", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (changes) => {
      const batches = batchesOf(changes);
      expect(changesIn(batches)).toBeGreaterThanOrEqual(changes);
      expect(changesIn(batches - 1)).toBeLessThan(changes);
    }),
  );
});

it("transactions of a batch are whole, and parted by pauses", () => {
  const parts = statementsOf("notes", 1).split("DO SLEEP(0.08);\n");
  expect(parts).toHaveLength(5);
  for (const part of parts) expect(part).toMatch(/^BEGIN;\n[^]*;\nCOMMIT(;\n)?$/);
});
