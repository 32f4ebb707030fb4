import * as fs from "node:fs";
import * as path from "node:path";
import { PROJECT_DIR } from "../../../infra/toolchain/paths";
import type { PlantSettings } from "../../../policies/simulator/plant";
import { compare, DECISION_SECONDS, LAG_TOLERANCE } from "../../../stacks/reality/compare";
import { measuredPlant } from "../../../stacks/reality/measured-plant";
import { readRecording } from "../../../stacks/reality/recording";
import { replay } from "../../../stacks/reality/replay";

const FOLDER = path.join(PROJECT_DIR, "docs", "results");
const files = fs.readdirSync(FOLDER).filter((name) => /^reality-.+\.json$/.test(name));
// What the scaler decides is compared too: after a change of policies/scaling, only a new recording can say.
const newest = files.sort().at(-1) ?? "none";
const recording = readRecording(path.join(FOLDER, newest));

const judge = (change: Partial<PlantSettings> = {}) => {
  const predicted = replay(recording, undefined, { ...measuredPlant(recording), ...change });
  return compare(recording.series, predicted, DECISION_SECONDS);
};

describe(`what was recorded of the real stack (${newest})`, () => {
  it("should be at least 15 minutes under a load that was scaled up and down, and exact", () => {
    const { series, rescales, count } = recording;
    expect(series.arrived.length).toBeGreaterThanOrEqual(900);
    const directions = rescales.map(({ from, to }) => Math.sign(to.parallelism - from.parallelism));
    expect(new Set(directions)).toEqual(new Set([1, -1]));
    expect(count.exact).toBe(true);
  });

  it("should be as the simulator predicts: mean lag and parallelism", () => {
    const { lag, parallelism } = judge();
    expect(Math.abs(lag.difference)).toBeLessThanOrEqual(LAG_TOLERANCE);
    expect(parallelism.differing).toEqual([]);
  });

  it.each<[string, Partial<PlantSettings>]>([
    ["half the rate of a slot", { slotRate: measuredPlant(recording).slotRate / 2 }],
    ["TaskManagers that take a minute", { taskManagerStartSeconds: 60 }],
    ["a rescale gap of 20 seconds", { rescaleGapSeconds: 20 }],
    ["one TaskManager less", { ceiling: recording.setting.ceiling - 1 }],
  ])("should not be as on a cluster with %s", (_, change) => expect(judge(change).ok).toBe(false));
});
