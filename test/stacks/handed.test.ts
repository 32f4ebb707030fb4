import { UserError } from "../../infra/errors";
import { observedOf } from "../../stacks/handed";
import { LOAD, MORNING } from "./conductor/narrated";

test("by hand, what runs goes on; where nothing runs, nothing is known", () => {
  expect(observedOf({ decision: MORNING, fence: 3 })).toEqual({ decision: MORNING });
  expect(observedOf({ fence: 0 })).toEqual({});
});

test.each([
  [0, 1],
  [3, 3],
  [3, 4],
])("after lease %i, a decision under lease %i is taken over", (fence, handed) => {
  expect(observedOf({ decision: MORNING, fence }, { fence: handed, decision: LOAD })).toEqual({
    decision: LOAD,
  });
});

test("one under an older lease is refused, with both", () => {
  const refused = () => observedOf({ decision: MORNING, fence: 4 }, { fence: 3, decision: LOAD });
  expect(refused).toThrow(UserError);
  expect(refused).toThrow(
    "This decision was taken under lease 3, but a conductor with lease 4 has acted since. Nothing was changed. " +
      "Fix: none needed; the conductor that has the lease now decides anew.",
  );
});
