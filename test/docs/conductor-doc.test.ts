import * as fs from "node:fs";
import * as path from "node:path";
import { runInNewContext } from "node:vm";
import { parse } from "yaml";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import { interpretConfig } from "../../stacks/config";
import { OPTIONS } from "../../stacks/conductor/options";
import { conductorPaths } from "../../stacks/conductor/paths";
import {
  SIGNATURE_HEADER,
  signatureOf,
  TIMESTAMP_HEADER,
} from "../../stacks/conductor/webhook-signature";

const page = fs.readFileSync(path.join(PROJECT_DIR, "docs", "conductor.md"), "utf8");

/** The code of all blocks in a language. */
function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gs"))].map(
    ([, code = ""]) => code,
  );
}

test("links to files of the project lead somewhere", () => {
  const targets = [...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, target = ""]) => target);
  const files = targets.filter((target) => !/^\w+:/.test(target));
  expect(files.length).toBeGreaterThan(5);
  const missing = files.filter((file) => !fs.existsSync(path.join(PROJECT_DIR, "docs", file)));
  expect(missing).toEqual([]);
});

test("what the conductor keeps lies where the page says", () => {
  const { folder, ...paths } = conductorPaths("dev", "/state");
  expect(folder).toBe("/state/conductor/dev");
  const files = [
    ...[paths.journal("acme"), paths.ownJournal, paths.orders("acme"), paths.status],
    ...[`${paths.lease}/`, paths.token, paths.metricsSocket, `${paths.work("dev-acme")}/`],
  ];
  const rows = files.map((file) => `| \`${file.slice(folder.length + 1)}\``);
  expect(rows.filter((row) => !page.includes(row))).toEqual([]);
});

test("the conductor's options and commands are those that it has", () => {
  const commands = ["status", "log", "why", "pause", "resume", "hold"];
  for (const [, line = ""] of page.matchAll(/npm run conductor --([^#`\n]*)/g)) {
    const [first = ""] = line.trim().split(/\s+/);
    if (!first.startsWith("-")) {
      expect(commands).toContain(first);
      continue;
    }
    const options = [...line.matchAll(/--([\w-]+)/g)].map(([, name = ""]) => name);
    expect(options.filter((name) => !(name in OPTIONS))).toEqual([]);
  }
});

test("the alerts of the example are settings of a platform", () => {
  const [yaml = ""] = blocks("yaml");
  const block = (parse(yaml) as Record<string, unknown>)["flinktide:platform"];
  const { problems } = interpretConfig(
    {
      "flinktide:role": "platform",
      "flinktide:platform": JSON.stringify(block),
      "alerts:secret": "s",
    },
    () => new Date(0),
  );
  expect(problems).toEqual([]);
});

describe("the receiver's check", () => {
  const [code = ""] = blocks("js");
  const isFromFlinktide = runInNewContext(`${code}; isFromFlinktide`, {
    ...{ require, Buffer },
    Date: { now: () => 1_795_000_000_000 },
  }) as (secret: string, headers: Record<string, string>, body: string) => boolean;
  const at = (timestamp: string, secret = "secret") => ({
    [TIMESTAMP_HEADER]: timestamp,
    [SIGNATURE_HEADER]: signatureOf(secret, timestamp, '{"a":1}'),
  });

  it("should take what the conductor signed within five minutes", () => {
    expect(isFromFlinktide("secret", at("1795000000"), '{"a":1}')).toBe(true);
    expect(isFromFlinktide("secret", at("1794999700"), '{"a":1}')).toBe(true);
  });

  it.each([
    ["another body", at("1795000000"), '{"a":2}'],
    ["another secret", at("1795000000", "other"), '{"a":1}'],
    ["an old one", at("1794999699"), '{"a":1}'],
    ["one without a signature", { [TIMESTAMP_HEADER]: "1795000000" }, '{"a":1}'],
    ["one without a timestamp", { [SIGNATURE_HEADER]: "sha256=00" }, '{"a":1}'],
    ["a timestamp that is none", at("soon"), '{"a":1}'],
  ])("should refuse %s", (_, headers, body) => {
    expect(isFromFlinktide("secret", headers, body)).toBe(false);
  });
});
