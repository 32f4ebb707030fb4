import { RowWords } from "../../../stacks/collector/row-words";

const event = (op: string, id: number, pos: number, before?: string, after?: string, row = 0) =>
  [
    JSON.stringify({ id }),
    JSON.stringify({
      op,
      before: before === undefined ? null : { body: before },
      after: after === undefined ? null : { body: after },
      source: { table: "notes", file: "binlog.000001", pos, row },
    }),
  ] as const;
const STORY = [
  event("r", 1, 10, undefined, "a b"),
  event("c", 2, 20, undefined, "a a"),
  event("u", 1, 30, "a b", "b c"),
  event("d", 2, 40, "a a", undefined),
  event("c", 3, 50, undefined, "d"),
  event("c", 4, 50, undefined, "d", 1),
];
const counted = (deduplicate: boolean, story: typeof STORY) => {
  const words = new RowWords(deduplicate);
  story.forEach(([key, value]) => words.add(key, value));
  return words;
};
/** Of the rows 1, 3 and 4, which are left. */
const TABLE = [
  ["b", 1],
  ["c", 1],
  ["d", 2],
];

it("words of inserts, updates and deletes are those of the table", () => {
  expect(counted(true, STORY).words).toEqual(TABLE);
  expect(counted(false, STORY).words).toEqual(TABLE);
});

it("repeated changes are harmless with deduplication, and show without", () => {
  const [first, last] = [STORY.slice(0, 4), STORY.slice(4)];
  const repeated = [...first, ...first.slice(1), ...last, ...last];
  expect(counted(true, repeated).words).toEqual(TABLE);
  expect(counted(true, repeated).duplicates).toBe(5);
  expect(counted(false, repeated).words).toEqual([
    ["a", -1],
    ["b", 1],
    ["c", 2],
    ["d", 4],
  ]);
});
