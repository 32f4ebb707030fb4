import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../../../infra/errors";
import { tryExec } from "../../../infra/exec";
import { onPath } from "../../../infra/images/debian";
import { PROJECT_DIR } from "../../../infra/toolchain/paths";
import { OPTIONS, settingsFrom } from "../../../stacks/conductor/options";

const FILE = path.join(PROJECT_DIR, "infra", "packaging", "flinktide-conductor@.service");
const unit = fs.readFileSync(FILE, "utf8");

/** By section and key; of a key that stands several times, all values. */
function settingsOf(text: string): Map<string, string[]> {
  const settings = new Map<string, string[]>();
  let section = "";
  for (const line of text.split("\n")) {
    section = /^\[(\w+)\]$/.exec(line)?.[1] ?? section;
    const [, key, value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    const name = `${section}.${key}`;
    settings.set(name, [...(settings.get(name) ?? []), value]);
  }
  return settings;
}
const settings = settingsOf(unit);
const setting = (name: string) => settings.get(name)?.join(" ");

describe("the conductor's systemd unit", () => {
  it("should start it again whenever it ends, however often", () => {
    expect(setting("Service.Restart")).toBe("always");
    expect(setting("Unit.StartLimitIntervalSec")).toBe("0");
  });

  it("should signal the conductor alone, and wait for the updates that run", () => {
    expect(setting("Service.KillMode")).toBe("process");
    expect(setting("Service.TimeoutStopSec")).toBe("15min");
  });

  it("should leave it what it needs: Docker, the processes of others, files that outlive it", () => {
    expect(setting("Service.SupplementaryGroups")).toBe("docker");
    expect(setting("Service.RestrictAddressFamilies")?.split(" ")).toContain("AF_UNIX");
    const harmful = ["ProtectProc", "ProcSubset", "PrivateTmp", "MemoryDenyWriteExecute"];
    const alsoHarmful = ["PrivateUsers", "PrivateNetwork", "PIDFile"];
    expect([...harmful, ...alsoHarmful].filter((key) => settings.has(`Service.${key}`))).toEqual(
      [],
    );
  });

  it("should keep state and cache where systemd makes the folders", () => {
    const variables = setting("Service.Environment")?.split(" ");
    expect(variables).toContain(`FLINKTIDE_STATE=/var/lib/${setting("Service.StateDirectory")}`);
    expect(variables).toContain(`FLINKTIDE_CACHE=/var/cache/${setting("Service.CacheDirectory")}`);
  });

  it("should start a program that is there with options that it takes", () => {
    const [node, ...args] = (setting("Service.ExecStart") ?? "").split(" ");
    const script = args.findIndex((arg) => arg.endsWith(".ts"));
    expect([node, ...args.slice(0, script)]).toEqual(["/usr/bin/node", "--import", "tsx"]);
    expect(fs.existsSync(path.join(PROJECT_DIR, args[script] ?? ""))).toBe(true);
    const given = args
      .slice(script + 1)
      .filter((arg) => !arg.startsWith("$"))
      .map((arg) => arg.replace("%i", "prod"));
    const { values } = parseArgs({ args: given, options: OPTIONS });
    expect(settingsFrom(values).environment).toBe("prod");
  });
});

/** What systemd says of a unit; it ends with 0 where it only ignores something. */
async function complaints(text: string): Promise<string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-unit-"));
  try {
    const file = path.join(folder, "flinktide-conductor@dev.service");
    // Whatever Node this machine has, and wherever.
    fs.writeFileSync(file, text.replace("=/usr/bin/node ", `=${process.execPath} `));
    const { code, stdout, stderr } = await tryExec("systemd-analyze", [
      ...["verify", "--man=no", file],
    ]);
    return `${code === 0 ? "" : `code ${code} `}${stdout}${stderr}`;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

describe("what systemd says of it", () => {
  beforeAll(() => {
    if (onPath("systemd-analyze")) return;
    throw new UserError("`systemd-analyze` is missing. Fix: apt-get install systemd");
  });

  it("should be nothing", async () => {
    expect(await complaints(unit)).toBe("");
  });

  it("should name a key that it does not know (control)", async () => {
    const said = await complaints(unit.replace("KillMode=", "KillMod="));
    expect(said).toContain("Unknown key");
  });
});
