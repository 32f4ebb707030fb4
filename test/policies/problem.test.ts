import { z } from "zod";
import { complaint, distinct, problemsOf, renderPath, valueAt } from "../../policies/problem";

test.each([
  [[], ""],
  [["name"], "name"],
  [["windows", 1, "from"], "windows[1].from"],
  [["jobs", 0, "parallelism", "max"], "jobs[0].parallelism.max"],
])("the path %j is %j", (path, text) => {
  expect(renderPath(path)).toBe(text);
});

test.each([
  [["a", 0, "b"], 7],
  [["a", 1, "b"], undefined],
  [["a", 0, "b", "c"], undefined],
])("at %j stands %j", (path, value) => {
  expect(valueAt({ a: [{ b: 7 }] }, path)).toBe(value);
});

const schema = z.strictObject({
  size: z.int(complaint("it is no size", "give a size")),
  kind: z.enum(["a", "b"]).optional(),
  inner: z.strictObject({ text: z.string().min(1) }).optional(),
  list: z.array(z.boolean()).optional(),
});
const problems = (raw: unknown, prefix?: string) => {
  const parsed = schema.safeParse(raw);
  return parsed.success ? [] : problemsOf(parsed.error, raw, prefix);
};

test("unknown keys are reported one by one, nested ones too, each with its value", () => {
  expect(problems({ size: 1, colour: "red", shape: 2, inner: { text: "x", txet: true } })).toEqual(
    [
      ["inner.txet", true],
      ["colour", "red"],
      ["shape", 2],
    ].map(([path, value]) => ({
      path,
      value,
      fault: "there is no such setting",
      fix: "remove it, or check its spelling in docs/tenant.md",
    })),
  );
});

test.each([
  [{}, "size", "it is missing", "give a size"],
  [{ size: "1" }, "size", "it is no size", "give a size"],
  [{ size: 1, kind: "c" }, "kind", "it is not one of the known values", "use one of a, b"],
  [{ size: 1, inner: 5 }, "inner", "it is not a block of settings", "give a block of settings"],
  [{ size: 1, inner: {} }, "inner.text", "it is missing", "give a text, in quotes"],
  [{ size: 1, inner: { text: "" } }, "inner.text", "it is empty", "give a text that is not"],
  [{ size: 1, list: true }, "list", "it is not a list", "give a list"],
  [{ size: 1, list: [1] }, "list[0]", "it is not true or false", "give true or false"],
])("%j", (raw, path, fault, fix) => {
  expect(problems(raw)).toEqual([{ path, value: valueAt(raw, pathOf(path)), fault, fix }]);
});

function pathOf(text: string): (string | number)[] {
  return text
    .split(/[.[\]]+/)
    .flatMap((key) => (key === "" ? [] : /^\d+$/.test(key) ? Number(key) : key));
}

test("a prefix stands before every path, and alone where the whole is wrong", () => {
  expect(problems({ size: "x" }, "block").map(({ path }) => path)).toEqual(["block.size"]);
  expect(problems(5, "block").map(({ path }) => path)).toEqual(["block"]);
  expect(problems(5).map(({ path }) => path)).toEqual(["(top level)"]);
});

test("the same fault at the same path counts once", () => {
  const one = { path: "a", fault: "f", fix: "first" };
  expect(
    distinct([one, { ...one, fix: "second" }, { ...one, path: "b" }, { ...one, fault: "g" }]),
  ).toHaveLength(3);
});
