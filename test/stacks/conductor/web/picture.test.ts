import { MINUTE_MS, MINUTES_KEPT, UNKNOWN } from "../../../../stacks/conductor/web/history-point";
import {
  extended,
  rangeOf,
  renderPicture,
} from "../../../../stacks/conductor/web/page/client/picture";
import { AT } from "./fixtures/views";

const point = (minute: number, lagSeconds: number | null = 1) => ({
  ...UNKNOWN,
  t: AT + minute * MINUTE_MS,
  lagSeconds,
});
/** Stretches of the lag's line. */
const stretches = (minutes: (readonly [number, number | null])[]) => {
  const range = { from: AT, to: AT + 100 * MINUTE_MS };
  const points = minutes.map(([minute, lag]) => point(minute, lag));
  return renderPicture(points, range, 10).match(/<path class="line a"/g)?.length ?? 0;
};

it("a picture reaches back to the first point: half an hour at least, a day at most", () => {
  const minutes = (points: ReturnType<typeof point>[]) =>
    (AT - rangeOf(points, AT).from) / MINUTE_MS;
  expect(minutes([])).toBe(30);
  expect(minutes([point(-5)])).toBe(30);
  expect(minutes([point(-90), point(-1)])).toBe(90);
  expect(minutes([point(-9999)])).toBe(MINUTES_KEPT);
});

it("a line breaks where nothing is known, and where minutes are missing", () => {
  expect(stretches([])).toBe(0);
  expect(stretches([[1, 1]])).toBe(1);
  expect(
    stretches([
      [1, 1],
      [2, 2],
      [4, 3],
    ]),
  ).toBe(1);
  expect(
    stretches([
      [1, 1],
      [2, null],
      [3, 2],
    ]),
  ).toBe(2);
  expect(
    stretches([
      [1, 1],
      [5, 2],
      [6, 3],
    ]),
  ).toBe(2);
});

it("a line ends now, not when its minute is over", () => {
  const svg = renderPicture([point(-1)], { from: AT - MINUTE_MS, to: AT - MINUTE_MS / 2 }, 10);
  expect(/class="line a" d="(M[^"]*)"/.exec(svg)?.[1]).toBe("M64 229L944 229");
});

it("the allowed lag is within the picture, also above every lag", () => {
  const svg = renderPicture([point(0)], rangeOf([], AT), 40);
  const [, y = ""] = /class="allowed"[^>]*y1="([\d.]+)"/.exec(svg) ?? [];
  expect(Number(y)).toBe(166);
  expect(renderPicture([point(0)], rangeOf([], AT), undefined)).not.toContain('class="allowed"');
});

it("a newer point goes on, is one with that of its minute, and ends what is older than a day", () => {
  const day = [point(0, 1), point(1, 5)];
  expect(extended(day, point(1, 3))).toEqual([point(0, 1), point(1, 5)]);
  expect(extended(day, point(2, 3))).toEqual([...day, point(2, 3)]);
  expect(extended(day, point(MINUTES_KEPT, 3))).toEqual([point(1, 5), point(MINUTES_KEPT, 3)]);
  // After a clock was set back.
  expect(extended([point(0), point(60)], point(1))).toEqual([point(0), point(1)]);
});
