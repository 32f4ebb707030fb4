import { parseRecording, printRecording, readRecording } from "../../../stacks/reality/recording";
import { simulatedRecording } from "./simulated-recording";

describe("a recording", () => {
  const recording = simulatedRecording();

  it("should be read as it was written, a list on one line", () => {
    const text = printRecording(recording);
    expect(parseRecording(text)).toEqual(recording);
    expect(text.split("\n").length).toBeLessThan(200);
  });

  it("should be refused with every problem and its path", () => {
    const broken = {
      ...recording,
      flink: 14,
      series: { ...recording.series, lagSeconds: [1, -1] },
      extra: true,
    };
    expect(() => parseRecording(broken)).toThrow(
      /^this is no recording[^]*flink[^]*series\.lagSeconds\.1[^]*extra/,
    );
  });

  it("should be refused where its lists differ in length, or are empty", () => {
    const { series } = recording;
    const shorter = { ...series, arrived: series.arrived.slice(1) };
    expect(() => parseRecording({ ...recording, series: shorter })).toThrow(
      "its lists differ in length",
    );
    const none = Object.fromEntries(Object.keys(series).map((key) => [key, []]));
    expect(() => parseRecording({ ...recording, series: none })).toThrow("it has no second");
  });

  it("should be refused as no JSON, and as no file", () => {
    expect(() => parseRecording("{")).toThrow("this is no recording: ");
    expect(() => readRecording("/nowhere.json")).toThrow("there is no file /nowhere.json");
  });
});
