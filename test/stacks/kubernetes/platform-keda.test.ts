import { build, CONDUCTOR } from "../../support/kubernetes-platform";
import { inputsOf, names } from "../../support/pulumi-recorder";

interface Spec {
  ingress: object[];
  egress: object[];
}

const policy = async (settings: object, shared: object = {}) => {
  const { resources } = await build(settings, {}, shared);
  const found = names(resources).filter((name) => name.endsWith(" platform-prometheus"));
  return found.length === 0 ? undefined : inputsOf(resources, "platform-prometheus")["spec"];
};
const lets = (namespace: string) => ({
  from: [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
      podSelector: { matchLabels: { app: "keda-operator" } },
    },
  ],
  ports: [{ port: 9090, protocol: "TCP" }],
});

it("KEDA's operator may reach Prometheus, and nothing is made besides", async () => {
  const { resources, result } = await build({ metrics: "keda" });
  const { resources: others } = await build({ metrics: "none" });
  expect(names(resources)).toEqual(names(others));
  expect(result).toMatchObject({ cluster: { metrics: "keda" } });
  const scaling = (await policy({ metrics: "keda" })) as Spec;
  const without = (await policy({ metrics: "none" })) as Spec;
  const besides = scaling.ingress.filter((rule) => JSON.stringify(rule).includes("keda"));
  expect(besides).toEqual([lets("keda")]);
  expect(scaling.ingress.filter((rule) => !besides.includes(rule))).toEqual(without.ingress);
  expect(scaling.egress).toEqual(without.egress);
});

it("KEDA is found in the namespace that is named", async () => {
  const named = { metrics: "keda", keda: { namespace: "scaling" } };
  expect(((await policy(named)) as Spec).ingress).toContainEqual(lets("scaling"));
});

it("a Prometheus that is there lets KEDA in or not, as it does", async () => {
  const prometheus = { url: "http://prometheus.monitoring.svc:9090" };
  expect(await policy({ metrics: "keda" }, { prometheus })).toBeUndefined();
});

it.each([
  ["keda", true],
  ["prometheus-adapter", false],
])("the conductor's rights with %s name ScaledObjects: %s", async (metrics, expected) => {
  const { resources } = await build({ metrics, conductor: CONDUCTOR });
  const { rules } = inputsOf(resources, "conductor-tenant-role") as {
    rules: { resources: string[] }[];
  };
  expect(rules.flatMap((rule) => rule.resources).includes("scaledobjects")).toBe(expected);
});

it("what is no namespace is refused", async () => {
  await expect(build({ keda: { namespace: "keda/operator" } })).rejects.toThrow(
    "kubernetes.keda.namespace",
  );
});
