import * as fs from "node:fs";
import * as path from "node:path";
import { ensureToolchain } from "../../../infra/toolchain/toolchain";
import { fakeProgram, removeScratch, scratch, withEnv } from "./fixtures/tools";

afterAll(removeScratch);

/** A machine that has all the tools, and keeps a log of every run of one. */
function machine() {
  const [bin, home, log] = [scratch(), scratch(), path.join(scratch(), "log")];
  for (const name of ["pulumi", "pulumi-language-nodejs"]) {
    fakeProgram(path.join(bin, name), "v3.245.0", log);
  }
  const provider = path.join(home, "plugins/resource-docker-v4.5.8/pulumi-resource-docker");
  fakeProgram(provider, "4.5.8", log);
  const env = {
    PATH: `${bin}:/usr/bin:/bin`,
    PULUMI_HOME: home,
    FLINKTIDE_CACHE: scratch(),
    FLINKTIDE_STATE: path.join(scratch(), "it's here"),
    FLINKTIDE_BACKEND_URL: undefined,
    PULUMI_BACKEND_URL: undefined,
    PULUMI_CREDENTIALS_PATH: undefined,
    PULUMI_CONFIG_PASSPHRASE: undefined,
    PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
  };
  const runs = () =>
    fs.existsSync(log) ? fs.readFileSync(log, "utf8").trim().split("\n").length : 0;
  return { bin, home, env, provider, runs };
}

async function toolchainEnv(env: Record<string, string | undefined>) {
  return (await withEnv(env, () => ensureToolchain())).env;
}

describe("ensureToolchain", () => {
  it("gives a state folder that only its user can read, and a passphrase for it", async () => {
    const { env } = machine();
    const given = await toolchainEnv(env);
    const folder = path.join(env.FLINKTIDE_STATE, "pulumi");
    expect(given.PULUMI_BACKEND_URL).toBe(`file://${folder}?metadata=skip`);
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
    expect(given.PULUMI_CONFIG_PASSPHRASE).toBe("flinktide-dev");
    expect(given.PULUMI_SKIP_UPDATE_CHECK).toBe("true");
  });

  it("puts the provider where Pulumi looks for it", async () => {
    const { env, provider } = machine();
    const { PULUMI_HOME = "" } = await toolchainEnv(env);
    const link = path.join(PULUMI_HOME, "plugins/resource-docker-v4.5.8/pulumi-resource-docker");
    expect(fs.realpathSync(link)).toBe(fs.realpathSync(provider));
  });

  it("leaves the user's passphrase alone", async () => {
    const { env } = machine();
    const word = await toolchainEnv({ ...env, PULUMI_CONFIG_PASSPHRASE: "" });
    const file = await toolchainEnv({ ...env, PULUMI_CONFIG_PASSPHRASE_FILE: "/run/pass" });
    expect([word.PULUMI_CONFIG_PASSPHRASE, file.PULUMI_CONFIG_PASSPHRASE]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it("leaves the user's backend alone, with the user's login and no passphrase of ours", async () => {
    const { env, home } = machine();
    const given = await toolchainEnv({ ...env, PULUMI_BACKEND_URL: "s3://states" });
    expect(given).toMatchObject({
      PULUMI_BACKEND_URL: "s3://states",
      PULUMI_CREDENTIALS_PATH: home,
    });
    expect(given).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE");
  });

  it("starts no process once the machine is ready", async () => {
    const { env, runs } = machine();
    const first = await toolchainEnv(env);
    const before = runs();
    expect(before).toBeGreaterThan(0);
    expect(await toolchainEnv(env)).toEqual(first);
    expect(runs()).toBe(before);
  });

  it("looks again when a tool was replaced", async () => {
    const { env, bin, runs } = machine();
    await toolchainEnv(env);
    const before = runs();
    fakeProgram(path.join(bin, "pulumi"), "v3.245.11");
    await toolchainEnv(env);
    expect(runs()).toBeGreaterThan(before);
  });

  it("looks again when its notes are damaged", async () => {
    const { env } = machine();
    const { PULUMI_HOME = "" } = await toolchainEnv(env);
    const note = fs.readdirSync(PULUMI_HOME).find((name) => name.startsWith("ready-")) ?? "";
    fs.writeFileSync(path.join(PULUMI_HOME, note), '{"bin":');
    await expect(toolchainEnv(env)).resolves.toHaveProperty("PULUMI_HOME", PULUMI_HOME);
  });

  it("gives the same again inside a shell that it set up, also for another state folder", async () => {
    const { env } = machine();
    const first = await toolchainEnv(env);
    expect(await toolchainEnv({ ...env, ...first, PULUMI_CONFIG_PASSPHRASE: undefined })).toEqual(
      first,
    );
    const elsewhere = scratch();
    const second = await toolchainEnv({ ...env, ...first, FLINKTIDE_STATE: elsewhere });
    expect(second.PULUMI_BACKEND_URL).toBe(`file://${elsewhere}/pulumi?metadata=skip`);
  });

  it("lets Pulumi start the Node that runs it", async () => {
    const { env, bin } = machine();
    fakeProgram(path.join(bin, "node"), "v12.0.0");
    const { PATH = "" } = await toolchainEnv(env);
    const first = PATH.split(":").find((folder) => fs.existsSync(path.join(folder, "node"))) ?? "";
    expect(fs.realpathSync(path.join(first, "node"))).toBe(fs.realpathSync(process.execPath));
  });
});
