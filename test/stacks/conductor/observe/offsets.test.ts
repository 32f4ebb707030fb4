import * as fc from "fast-check";
import {
  backlogOf,
  growth,
  partitionKey,
  Places,
  sumOf,
} from "../../../../stacks/conductor/observe/offsets";

const of = (offsets: Record<string, number>) => new Map(Object.entries(offsets));

describe("growth", () => {
  test.each([
    ["of two partitions", { "a/0": 1, "a/1": 2 }, { "a/0": 4, "a/1": 2 }, 3],
    ["with a new partition of a topic", { "a.b/0": 1 }, { "a.b/0": 1, "a.b/1": 7 }, 7],
    ["with a new topic", { "a/0": 1 }, { "a/0": 9, "b/0": 3 }, undefined],
    ["without a partition that there was", { "a/0": 1, "a/1": 2 }, { "a/0": 9 }, undefined],
    ["of one that went back", { "a/0": 5, "a/1": 2 }, { "a/0": 4, "a/1": 99 }, undefined],
  ])("%s", (_, before, now, expected) => {
    expect(growth(of(before), of(now))).toBe(expected);
  });

  test("is the difference of the sums where nothing goes back", () => {
    const one = fc.tuple(fc.nat(1000), fc.nat(1000));
    fc.assert(
      fc.property(fc.array(one, { minLength: 1 }), (pairs) => {
        const keyed = (value: (pair: [number, number]) => number) =>
          new Map(pairs.map((pair, i) => [partitionKey("t", i), value(pair)]));
        const before = keyed(([from]) => from);
        const now = keyed(([from, more]) => from + more);
        expect(growth(before, now)).toBe(sumOf(now) - sumOf(before));
        expect(backlogOf(now, before)).toBe(sumOf(now) - sumOf(before));
        expect(backlogOf(before, now)).toBe(0);
      }),
    );
  });
});

describe("places", () => {
  const ENDS = { "a/0": 10, "a/1": 20 };

  test("are those that are told", () => {
    expect(new Places().told(of(ENDS), of({ "a/0": 4, "a/1": 20 }))).toEqual({
      places: of({ "a/0": 4, "a/1": 20 }),
      problems: [],
    });
  });

  test("are not known where one is not, and it is said which", () => {
    expect(new Places().told(of(ENDS), of({ "a/0": 4 }))).toEqual({
      places: undefined,
      problems: ["the place in partition 1 of a is not known"],
    });
    expect(new Places().told(of({}), of({})).places).toBeUndefined();
  });

  test("of an empty partition need not be told", () => {
    const { places } = new Places().told(of({ "a/0": 10, "a/1": 0 }), of({ "a/0": 4 }));
    expect(places).toEqual(of({ "a/0": 4, "a/1": 0 }));
  });

  test("need not be told after a restart where all was taken and nothing came since", () => {
    const places = new Places();
    places.told(of(ENDS), of({ "a/0": 10, "a/1": 20 }));
    expect(places.told(of(ENDS), of({})).places).toEqual(of(ENDS));
    const more = { ...ENDS, "a/1": 21 };
    expect(places.told(of(more), of({})).problems).toEqual([
      "the place in partition 1 of a is not known",
    ]);
  });

  test("but need to be told where not all was taken", () => {
    const places = new Places();
    places.told(of(ENDS), of({ "a/0": 9, "a/1": 20 }));
    expect(places.told(of(ENDS), of({})).places).toBeUndefined();
  });

  test("stay while the job does not read", () => {
    const places = new Places();
    expect(places.held(of(ENDS))).toBeUndefined();
    places.told(of(ENDS), of({ "a/0": 4, "a/1": 20 }));
    const later = of({ "a/0": 100, "a/1": 200, "a/2": 0 });
    expect(places.held(later)).toEqual(of({ "a/0": 4, "a/1": 20, "a/2": 0 }));
    expect(places.held(of({ ...ENDS, "a/2": 1 }))).toBeUndefined();
  });

  test("in a topic that was created anew are not known until they are told of the new one", () => {
    const places = new Places();
    places.told(of({ "a/0": 1000 }), of({ "a/0": 990 }));
    const anew = "partition 0 of a is shorter than what was taken of it: it was created anew";
    expect(places.held(of({ "a/0": 5 }))).toBeUndefined();
    for (const end of [5, 7]) {
      expect(places.told(of({ "a/0": end }), of({ "a/0": 990 }))).toEqual({
        places: undefined,
        problems: [anew],
      });
    }
    expect(places.told(of({ "a/0": 8 }), of({ "a/0": 3 })).problems).toEqual([anew]);
    expect(places.told(of({ "a/0": 9 }), of({ "a/0": 6 })).places).toEqual(of({ "a/0": 6 }));
  });
});
