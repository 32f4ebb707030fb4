import * as fs from "node:fs";
import * as path from "node:path";
import {
  dockerProvider,
  kubernetesProvider,
  pulumiTool,
  type Tool,
} from "../../../infra/toolchain/catalog";
import { ensureTool, findOwn, toolKey } from "../../../infra/toolchain/tools";
import { fakeProgram, removeScratch, scratch, withEnv } from "./fixtures/tools";

afterAll(removeScratch);

const HOST = "pulumi-language-nodejs";
const NOWHERE = "http://127.0.0.1:1";

function cli(folder: string, version: string, hostVersion?: string): string {
  fakeProgram(path.join(folder, "pulumi"), version);
  if (hostVersion !== undefined) fakeProgram(path.join(folder, HOST), hostVersion);
  return folder;
}

function search(tool: Tool, folders: string[], more: Record<string, string> = {}) {
  const PATH = [...folders, "/usr/bin", "/bin"].join(path.delimiter);
  const env = { PATH, PULUMI_HOME: scratch(), FLINKTIDE_CACHE: scratch(), ...more };
  return withEnv(env, () => findOwn(tool));
}

describe("the user's own Pulumi", () => {
  it.each([
    ["the same release", "v3.245.0", "3.245.0", true],
    ["another patch of the line", "v3.245.3", "v3.245.3", true],
    ["an older line", "v3.244.9", "v3.244.9", false],
    ["a newer line", "v3.246.0", "v3.246.0", false],
    ["a language host of another line", "v3.245.0", "v3.100.0", false],
    ["a CLI without a language host", "v3.245.0", undefined, false],
    ["something that prints no version", "hello", "hello", false],
  ])("%s", async (_what, version, hostVersion, taken) => {
    const folder = cli(scratch(), version, hostVersion);
    const expected = taken ? [path.join(folder, "pulumi"), path.join(folder, HOST)] : undefined;
    expect(await search(pulumiTool, [folder])).toEqual(expected);
  });

  it("is the first on PATH, as a shell would choose, even if a later one fits", async () => {
    const old = cli(scratch(), "v3.1.0", "v3.1.0");
    const right = cli(scratch(), "v3.245.0", "v3.245.0");
    expect(await search(pulumiTool, [old, right])).toBeUndefined();
  });

  it("may be a link: the language host lies beside the real file", async () => {
    const real = cli(scratch(), "v3.245.0", "v3.245.0");
    const links = scratch();
    fs.symlinkSync(path.join(real, "pulumi"), path.join(links, "pulumi"));
    const expected = [path.join(links, "pulumi"), path.join(fs.realpathSync(real), HOST)];
    expect(await search(pulumiTool, [links])).toEqual(expected);
  });

  it("is not what an earlier shellenv put on PATH", async () => {
    const cache = scratch();
    const folder = cli(path.join(cache, "tools", "pulumi-3.245.0-old"), "v3.245.0", "v3.245.0");
    expect(await search(pulumiTool, [folder], { FLINKTIDE_CACHE: cache })).toBeUndefined();
  });

  it("is used instead of anything made here", async () => {
    const folder = cli(scratch(), "v3.245.0", "v3.245.0");
    const env = {
      PATH: `${folder}:/usr/bin:/bin`,
      FLINKTIDE_CACHE: scratch(),
      PULUMI_HOME: scratch(),
    };
    const found = await withEnv(env, () => ensureTool(pulumiTool));
    expect(found).toMatchObject({
      from: "path",
      executables: [path.join(folder, "pulumi"), expect.any(String)],
    });
  });
});

describe("the user's own provider", () => {
  it("is found in Pulumi's plugin folder, in exactly the wanted version", async () => {
    const home = scratch();
    const file = path.join(home, "plugins", "resource-docker-v4.5.8", "pulumi-resource-docker");
    fakeProgram(file, "4.5.8");
    expect(await search(dockerProvider, [], { PULUMI_HOME: home })).toEqual([file]);
    fakeProgram(file, "4.5.9");
    expect(await search(dockerProvider, [], { PULUMI_HOME: home })).toBeUndefined();
  });
});

describe("a provider that has no version flag", () => {
  it.each([
    ["carries the wanted version", "exit 0 # 4.25.0", true],
    ["carries another", "exit 0 # 4.24.0", false],
    ["does not run", "exit 1 # 4.25.0", false],
  ])("%s", async (_what, text, taken) => {
    const file = path.join(scratch(), "pulumi-resource-kubernetes");
    fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    const expected = taken ? [file] : undefined;
    expect(await search(kubernetesProvider, [path.dirname(file)])).toEqual(expected);
  });
});

describe("a tool that can neither be downloaded nor built", () => {
  it("is a sentence that names both reasons and what to do", async () => {
    const bin = scratch();
    const env = {
      PATH: bin,
      PULUMI_HOME: scratch(),
      FLINKTIDE_CACHE: scratch(),
      FLINKTIDE_DOWNLOAD_BASE: NOWHERE,
    };
    const attempt = withEnv(env, () => ensureTool(dockerProvider));
    await expect(attempt).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(
        /no Go on PATH\. Fix: install Go[^]*download failed too: .*ECONNREFUSED/,
      ),
    });
  });
});

describe("a tool's key", () => {
  it("changes with the go.sum of any of its modules", () => {
    const [first, second] = pulumiTool.modules;
    if (first === undefined || second === undefined) throw new Error("two modules expected");
    const dir = path.join(scratch(), "copy");
    fs.cpSync(second.dir, dir, { recursive: true });
    const same = { ...pulumiTool, modules: [first, { ...second, dir }] };
    expect(toolKey(same)).toBe(toolKey(pulumiTool));
    fs.appendFileSync(path.join(dir, "go.sum"), "example.test/x v1.0.0 h1:abc=\n");
    expect(toolKey(same)).not.toBe(toolKey(pulumiTool));
  });

  it("differs between tools", () => {
    const keys = [pulumiTool, dockerProvider, kubernetesProvider].map(toolKey);
    expect(new Set(keys).size).toBe(3);
  });
});
