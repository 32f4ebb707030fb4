import * as fs from "node:fs";
import * as path from "node:path";
import { findAccess, isInCluster } from "../../../infra/kubernetes/access";
import { removeScratch, scratch } from "../toolchain/fixtures/tools";

afterAll(removeScratch);

/** A machine with what is given. */
function machine({ pod = false, home = false, env = {} as NodeJS.ProcessEnv } = {}) {
  const [homeFolder, serviceAccount] = [scratch(), scratch()];
  if (pod) {
    fs.writeFileSync(path.join(serviceAccount, "token"), "first\n");
    fs.writeFileSync(path.join(serviceAccount, "ca.crt"), "");
  }
  if (home) {
    fs.mkdirSync(path.join(homeFolder, ".kube"));
    fs.writeFileSync(path.join(homeFolder, ".kube/config"), "");
  }
  const inPod = pod ? { KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "443" } : {};
  return { env: { ...inPod, ...env }, home: homeFolder, serviceAccount };
}

describe("isInCluster", () => {
  const file = path.join(scratch(), "kubeconfig");
  fs.writeFileSync(file, "");

  it.each([
    ["in a pod", { pod: true }, true],
    ["on a machine", {}, false],
    ["on a machine with a kubeconfig", { home: true }, false],
    ["in a pod with a kubeconfig", { pod: true, env: { KUBECONFIG: file } }, false],
    ["in a pod whose home has a kubeconfig", { pod: true, home: true }, false],
  ])("%s", (_, what, expected) => {
    expect(isInCluster(machine(what))).toBe(expected);
  });

  it("a KUBECONFIG that names no file is told", () => {
    const around = machine({ pod: true, env: { KUBECONFIG: "/no/such:/nor/this" } });
    expect(() => isInCluster(around)).toThrow(
      "KUBECONFIG is /no/such:/nor/this: there is no such file. Fix: set it to a kubeconfig",
    );
  });
});

describe("findAccess", () => {
  it("in a pod, is the service account's, with its token as it is now", async () => {
    const around = machine({ pod: true });
    const access = await findAccess(around);
    expect(access.server).toBe("https://10.96.0.1:443");
    const before = await access.credentials();
    expect(before.headers).toEqual({ Authorization: "Bearer first" });
    fs.writeFileSync(path.join(around.serviceAccount, "token"), "second");
    const after = await access.credentials();
    expect(after.headers).toEqual({ Authorization: "Bearer second" });
    expect(after.agent).toBe(before.agent);
  });

  it("an address of IPv6 is put in brackets", async () => {
    const around = machine({ pod: true, env: { KUBERNETES_SERVICE_HOST: "fd00::1" } });
    expect((await findAccess(around)).server).toBe("https://[fd00::1]:443");
  });

  it("where there is none, says where it was looked for and how to get one", async () => {
    const around = machine();
    await expect(findAccess(around)).rejects.toMatchObject({
      name: "UserError",
      message:
        "There is no way to a Kubernetes cluster: KUBECONFIG is not set, " +
        `${around.home}/.kube/config does not exist, and this process does not run in a pod. ` +
        "Fix: set KUBECONFIG to the cluster's kubeconfig, or start a cluster on this machine: npm run cluster:up.",
    });
  });
});
