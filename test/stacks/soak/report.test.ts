import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { renderPicture } from "../../../stacks/soak/picture";
import { printDay } from "../../../stacks/soak/print";
import { renderReport } from "../../../stacks/soak/report";
import { printResult, readResult } from "../../../stacks/soak/result";
import { derived } from "../../../stacks/soak/verdict";
import { goodTenant, resultOf } from "./a-result";

const result = resultOf(goodTenant, { ...goodTenant, name: "globex", flink: "1.20" });

describe("the result of a day", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "soak-"));
  const file = path.join(folder, "result.json");
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  it("should be read as it was written, with what follows from it beside it", () => {
    fs.writeFileSync(file, printResult(result, derived(result)));
    expect(readResult(file)).toEqual(result);
    expect(JSON.parse(fs.readFileSync(file, "utf8"))).toMatchObject({ held: true });
  });

  it("should not be read from anything else", () => {
    fs.writeFileSync(file, "{}");
    expect(() => readResult(file)).toThrow(`${file} holds no result`);
  });
});

describe("the picture of a day", () => {
  const picture = renderPicture(result);

  it("should stand alone, for light and dark", () => {
    expect(picture).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(picture).toContain("@media (prefers-color-scheme: dark)");
    expect(picture).not.toMatch(/href=|url\(/);
  });

  it("should show windows, decisions and both tenants", () => {
    expect(picture.match(/<rect class="window/g)).toHaveLength(2);
    expect(picture.match(/<g class="mark">/g)).toHaveLength(4);
    expect(picture).toContain(">1 → 2</text>");
    expect(picture).toContain(
      "2 rescales, lag above 10 s 0 % of the time, 0.28 of 0.40 slot-hours",
    );
  });
});

describe("the words on a day", () => {
  it("should say when each window opened, and what it found", () => {
    const printed = printDay(result);
    expect(printed).toMatch(/08:00 .* acme .* lunch .* ran 7\.50 s before/);
    expect(printed).toContain("30.6 % of the slot-hours that clusters sized for the peak hold");
    expect(printed).toContain("ok globex: at most 12 rescales");
  });

  it("should escape what stands in a page", () => {
    const page = renderReport(resultOf({ ...goodTenant, name: "<b>" }));
    expect(page).toContain("&lt;b&gt;");
    expect(page).not.toContain("<b>");
  });
});
