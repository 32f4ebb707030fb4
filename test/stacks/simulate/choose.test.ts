import { choose, distance, nearest } from "../../../stacks/simulate/choose";

const KNOWN = ["flinktide", "operator", "hpa", "static-peak"].map((name) => ({ name }));

test.each([
  ["", "", 0],
  ["hpa", "hpa", 0],
  ["hap", "hpa", 2],
  ["operater", "operator", 1],
  ["", "abc", 3],
])("%j and %j are %d letters apart", (a, b, letters) => {
  expect(distance(a, b)).toBe(letters);
  expect(distance(b, a)).toBe(letters);
});

test("near names, nearest first; a beginning counts as near; far ones are not guessed", () => {
  expect(nearest("Operater", ["operator", "operated"])).toEqual(["operator", "operated"]);
  expect(nearest("static", ["hpa", "static-peak"])).toEqual(["static-peak"]);
  expect(nearest("xyz", ["hpa", "aws"])).toEqual([]);
});

test("names each once, in the order asked for; all is every one", () => {
  const names = (asked: string[]) => choose("--policy", asked, KNOWN).map(({ name }) => name);
  expect(names(["hpa", "operator", "hpa"])).toEqual(["hpa", "operator"]);
  expect(names(["all"])).toEqual(["flinktide", "operator", "hpa", "static-peak"]);
  expect(names(["hpa", "all"])).toEqual(["hpa", "flinktide", "operator", "static-peak"]);
});

test("every mistyped name at once, with what it probably means and what there is", () => {
  expect(() => choose("--policy", ["opertor", "hpa", "nothing"], KNOWN)).toThrow(
    "--policy opertor: there is none of this name; did you mean operator?\n" +
      "--policy nothing: there is none of this name.\n" +
      "There are: all, flinktide, operator, hpa, static-peak.",
  );
});
