import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { hasSecret, manifestsOf } from "../../../stacks/render/manifest";
import { record } from "../../support/pulumi-recorder";

const SECRET = "hunter2";

it("notices a secret wherever it stands, and nothing else", async () => {
  const metadata = { name: "a", namespace: "b" };
  const all = await record(() => {
    new k8s.core.v1.Secret("secret", { metadata, stringData: { password: SECRET } });
    new k8s.core.v1.ConfigMap("hidden", { metadata, data: { password: pulumi.secret(SECRET) } });
    new k8s.core.v1.ConfigMap("plain", { metadata, data: { password: "none" } });
    new k8s.core.v1.Pod("deep", {
      metadata,
      spec: { containers: [{ name: "c", env: [{ name: "P", value: pulumi.secret(SECRET) }] }] },
    });
  });
  expect(all.filter(hasSecret).map(({ name }) => name)).toEqual(["deep", "hidden", "secret"]);
  const written = manifestsOf(all.filter((each) => !hasSecret(each)));
  expect(written.map(({ title }) => title)).toEqual(["ConfigMap b/a"]);
});

it("tells objects of one name by their namespaces", async () => {
  const all = await record(() => {
    for (const namespace of ["a", "b"]) {
      new k8s.core.v1.ConfigMap(namespace, { metadata: { name: "same", namespace } });
    }
  });
  expect(manifestsOf(all).map(({ file }) => file)).toEqual([
    "3-configmap-same.a.yaml",
    "3-configmap-same.b.yaml",
  ]);
});

it("a manifest that means the same object twice has no YAML alias", async () => {
  const labels = { app: "x" };
  const all = await record(
    () =>
      new k8s.core.v1.Service("s", { metadata: { name: "s", labels }, spec: { selector: labels } }),
  );
  expect(manifestsOf(all)[0]?.yaml).toBe(
    [
      ...["apiVersion: v1", "kind: Service", "metadata:", "  name: s", "  labels:", "    app: x"],
      ...["spec:", "  selector:", "    app: x", ""],
    ].join("\n"),
  );
});
