import { checkFlows, type Player } from "../../../policies/kubernetes/check-flows";
import { platformFlows, tenantFlows, type Flow } from "../../../policies/kubernetes/flows";
import { networkPolicySchema, passes } from "../../../policies/kubernetes/network-policy";

function pod(namespace: string, app: string, ip: string, party: Player["party"] = null): Player {
  const place = { namespace, namespaceLabels: { name: namespace, tier: "own" } };
  const portNames = { metrics: 9249 };
  return { name: app, ip, party, pod: { ...place, labels: { app }, portNames } };
}

const a = pod("one", "a", "10.0.0.1", "taskmanager");
const b = pod("one", "b", "10.0.0.2", "jobmanager");
const c = pod("two", "c", "10.0.1.3");
const outside: Player = { name: "outside", ip: "10.9.0.1", party: null };

const policy = (spec: object, namespace = "one") =>
  networkPolicySchema.parse({
    ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
    metadata: { name: "p", namespace },
    spec: { podSelector: { matchLabels: { app: "b" } }, ...spec },
  });
const onlyTcp = (port: number) => ({ port, protocol: "TCP" as const });
const enters = (from: object[], ports: object[] = []) => policy({ ingress: [{ from, ports }] });
const PODS_A = { podSelector: { matchLabels: { app: "a" } } };

describe("a connection passes", () => {
  it("where no policy selects a side", () => {
    expect(passes([], a, b, onlyTcp(1))).toBe(true);
    expect(passes([enters([PODS_A])], b, a, onlyTcp(1))).toBe(true);
  });

  it.each<[string, object, boolean[]]>([
    ["nothing, without a rule", {}, [false, false, false]],
    ["everything, by a rule that says nothing", { ingress: [{}] }, [true, true, true]],
    [
      "pods of its own namespace",
      { ingress: [{ from: [{ podSelector: {} }] }] },
      [true, false, false],
    ],
    [
      "pods of namespaces with a label",
      { ingress: [{ from: [{ namespaceSelector: { matchLabels: { name: "two" } } }] }] },
      [false, true, false],
    ],
    [
      "pods and namespaces together",
      { ingress: [{ from: [{ ...PODS_A, namespaceSelector: { matchLabels: { tier: "own" } } }] }] },
      [true, false, false],
    ],
    [
      "addresses but for some",
      { ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.0.1.0/24"] } }] }] },
      [true, false, true],
    ],
    ["what is said of egress only, by its types", { policyTypes: ["Egress"] }, [true, true, true]],
    ["what is said of egress beside ingress", { egress: [{}] }, [false, false, false]],
  ])("to a pod whose policy allows %s", (_, spec, expected) => {
    const found = [a, c, outside].map((from) => passes([policy(spec)], from, b, onlyTcp(1)));
    expect(found).toEqual(expected);
  });

  it.each<[object, number[]]>([
    [{ port: 80 }, [80]],
    [{ port: 80, endPort: 82 }, [80, 81, 82]],
    [{ port: "metrics" }, [9249]],
    [{ port: 80, protocol: "UDP" }, []],
    [{}, [79, 80, 81, 82, 83, 9249]],
  ])("on the ports of %j", (port, expected) => {
    const tried = [79, 80, 81, 82, 83, 9249];
    const open = tried.filter((each) => passes([enters([PODS_A], [port])], a, b, onlyTcp(each)));
    expect(open).toEqual(expected);
  });

  it.each<[string, string[] | undefined, boolean]>([
    ["In", ["a", "x"], true],
    ["In", ["x"], false],
    ["NotIn", ["x"], true],
    ["NotIn", ["a"], false],
    ["Exists", undefined, true],
    ["DoesNotExist", undefined, false],
  ])("from pods whose label is %s %j: %s", (operator, values, expected) => {
    const from = { podSelector: { matchExpressions: [{ key: "app", operator, values }] } };
    expect(passes([enters([from])], a, b, onlyTcp(1))).toBe(expected);
  });

  it("only where both sides let it, and any of a side's policies does", () => {
    const leaves = policy({
      podSelector: { matchLabels: { app: "a" } },
      policyTypes: ["Egress"],
      egress: [{ to: [{ podSelector: { matchLabels: { app: "b" } } }], ports: [{ port: 80 }] }],
    });
    const both = [leaves, enters([PODS_A])];
    expect([80, 81].map((port) => passes(both, a, b, onlyTcp(port)))).toEqual([true, false]);
    expect(passes([leaves, enters([])], a, b, onlyTcp(80))).toBe(true);
    const closed = policy({});
    expect(passes([leaves, closed], a, b, onlyTcp(80))).toBe(false);
    expect(passes([leaves, closed, enters([PODS_A])], a, b, onlyTcp(80))).toBe(true);
  });
});

describe("the check of flows", () => {
  const flow: Flow = { from: "taskmanager", to: "jobmanager", port: 80, protocol: "TCP", why: "x" };
  const players = [a, b, c, outside];
  const denied = policy({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  const exact = [
    denied,
    enters([PODS_A], [{ port: 80 }]),
    policy({
      podSelector: PODS_A.podSelector,
      policyTypes: ["Egress"],
      egress: [{ to: [{ podSelector: { matchLabels: { app: "b" } } }], ports: [{ port: 80 }] }],
    }),
  ];

  it("finds nothing where exactly what is needed passes", () => {
    expect(checkFlows(exact, players, [flow])).toEqual([]);
  });

  it("names what is blocked, with what needs it", () => {
    expect(checkFlows([denied], players, [flow])).toEqual([
      "a to b on TCP 80 is blocked, and is needed: x",
    ]);
  });

  it("names what passes too much, also on ports that only a policy names", () => {
    const wide = enters([{ ipBlock: { cidr: "10.9.0.0/16" } }], [{ port: 90, endPort: 91 }]);
    expect(checkFlows([...exact, wide], players, [flow])).toEqual([
      "outside to b on TCP 90 passes, and nothing needs it",
      "outside to b on TCP 91 passes, and nothing needs it",
    ]);
    expect(checkFlows(exact, players, [])).toEqual([
      "a to b on TCP 80 passes, and nothing needs it",
    ]);
  });
});

describe("the flows", () => {
  const of = { apiServerPort: 6443 };
  const print = ({ from, to, protocol, port }: Flow) => `${from} > ${to} ${protocol} ${port}`;

  it("of a tenant are these and no other", () => {
    expect(tenantFlows(of).map(print).sort()).toEqual([
      "api-server > jobmanager TCP 8081",
      "collector > dns TCP 53",
      "collector > dns UDP 53",
      "collector > kafka TCP 9092",
      "conductor > jobmanager TCP 8081",
      "jobmanager > api-server TCP 6443",
      "jobmanager > dns TCP 53",
      "jobmanager > dns UDP 53",
      "jobmanager > kafka TCP 9092",
      "jobmanager > taskmanager TCP 6122",
      "jobmanager > taskmanager TCP 6125",
      "prometheus > collector TCP 8080",
      "prometheus > jobmanager TCP 9249",
      "prometheus > taskmanager TCP 9249",
      "taskmanager > api-server TCP 6443",
      "taskmanager > dns TCP 53",
      "taskmanager > dns UDP 53",
      "taskmanager > jobmanager TCP 6123",
      "taskmanager > jobmanager TCP 6124",
      "taskmanager > kafka TCP 9092",
      "taskmanager > taskmanager TCP 6121",
    ]);
  });

  it("with KEDA are one more, and only to a Prometheus of the platform's own", () => {
    const keda = { ...of, keda: true };
    const before = platformFlows(of).map(print);
    expect(
      platformFlows(keda)
        .map(print)
        .filter((flow) => !before.includes(flow)),
    ).toEqual(["keda > prometheus TCP 9090"]);
    const prometheus = { namespaces: ["monitoring"], networks: [], ports: [9090] };
    const elsewhere = platformFlows({ ...keda, elsewhere: { prometheus } });
    expect(elsewhere.map(print).join()).not.toContain("keda");
  });

  it("of the platform name no process of a tenant, and none is there twice", () => {
    const all = [...tenantFlows(of), ...platformFlows(of)].map(print);
    expect(new Set(all).size).toBe(all.length);
    expect(platformFlows(of).map(print).join()).not.toMatch(/jobmanager|taskmanager/);
  });
});
