import * as net from "node:net";
import { installable, isReady, renderChecks, type Check } from "../../../infra/toolchain/check";
import { checkPorts, devPorts, publishedPorts } from "../../../infra/toolchain/dev-ports";
import { examine } from "../../../infra/toolchain/doctor";

const NODE: Check = { name: "node", found: "v20.20.2", wanted: ">= 20.0.0", verdict: "ok" };
const MAVEN: Check = {
  name: "mvn",
  wanted: ">= 3.8.0",
  verdict: "auto",
  fix: "npm run setup installs it",
};
const ENGINE: Check = {
  name: "docker engine",
  wanted: "an engine",
  verdict: "missing",
  fix: "start Docker",
};

describe("the doctor's lines", () => {
  it("say what was found, wanted and to be done, in columns", () => {
    expect(renderChecks([NODE, MAVEN, ENGINE], false)).toBe(
      [
        "ok       node           v20.20.2   wanted >= 20.0.0",
        "setup    mvn            not found  wanted >= 3.8.0   npm run setup installs it",
        "MISSING  docker engine  not found  wanted an engine  start Docker",
        "",
      ].join("\n"),
    );
  });

  it("have colours only where asked for", () => {
    // eslint-disable-next-line no-control-regex
    const colour = /\u001b\[/;
    expect(renderChecks([NODE], false)).not.toMatch(colour);
    expect(renderChecks([NODE], true)).toMatch(colour);
  });

  it("are good unless something needs a person", () => {
    expect([isReady([NODE, MAVEN]), isReady([NODE, ENGINE])]).toEqual([true, false]);
  });

  it.each([
    [{ fits: true, needed: true, canInstall: false }, "ok", undefined],
    [{ fits: false, needed: false, canInstall: false }, "unneeded", undefined],
    [{ fits: false, needed: true, canInstall: true }, "auto", "npm run setup installs it"],
    [{ fits: false, needed: true, canInstall: false }, "missing", "install maven"],
  ])("tell what setup can do from what it can't: %j", (state, verdict, fix) => {
    const check = { name: "mvn", wanted: ">= 3.8.0", fix: "install maven" };
    expect(installable(check, state)).toMatchObject({ verdict, ...(fix && { fix }) });
  });

  it("cover this machine", async () => {
    const checks = await examine();
    const names = checks.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["node", "npm", "pulumi", "docker engine", "dev ports"]),
    );
    expect(checks.find(({ name }) => name === "node")).toMatchObject({
      verdict: "ok",
      found: process.version,
    });
    expect(checks.filter(({ verdict, fix }) => verdict === "missing" && !fix)).toEqual([]);
  }, 60_000);
});

describe("the dev environment's ports", () => {
  it("are those in the stack files", () => {
    expect(devPorts()).toEqual(expect.arrayContaining([8081, 8082, 9090, 9094]));
  });

  it("are recognised in what docker ps prints", () => {
    const text = "127.0.0.1:8081->8081/tcp, 127.0.0.1:6121-6122->6121-6122/tcp\n9249/tcp\n";
    expect([...publishedPorts(text)]).toEqual([8081, 6121, 6122]);
  });

  it("are a fault when another program holds one", async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as net.AddressInfo;
    expect(await checkPorts([port])).toMatchObject({
      verdict: "missing",
      found: `others use ${port}`,
    });
    await new Promise((resolve) => server.close(resolve));
    expect(await checkPorts([port])).toMatchObject({ verdict: "ok" });
  });
});
