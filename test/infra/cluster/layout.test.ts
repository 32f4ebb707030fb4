import * as fc from "fast-check";
import { isIPv4 } from "node:net";
import {
  clusterLayout,
  networkNamespace,
  readSlot,
  registryOf,
} from "../../../infra/cluster/layout";

const ENV = { ...process.env };

beforeEach(() => {
  process.env.FLINKTIDE_STATE = "/state";
  process.env.FLINKTIDE_CACHE = "/cache";
});

afterEach(() => {
  process.env = { ...ENV };
});

it("should lay out the first cluster", () => {
  expect(clusterLayout()).toEqual({
    name: "flinktide",
    node: "flinktide-node",
    state: "/state/cluster",
    run: "/run/flinktide",
    cache: "/cache/cluster",
    kubeconfig: "/state/cluster/kubeconfig",
    addresses: {
      host: "10.99.0.1",
      node: "10.99.0.2",
      hostInterface: "ftide0h",
      nodeInterface: "ftide0n",
      bridge: "ftide0b",
      podRange: "10.244.0.0/24",
      serviceRange: "10.96.0.0/20",
      apiService: "10.96.0.1",
      dnsService: "10.96.0.10",
      registryPort: 5005,
    },
  });
  expect(registryOf(clusterLayout())).toBe("127.0.0.1:5005");
  expect(networkNamespace(clusterLayout())).toBe("/run/netns/flinktide");
});

it("should give no two clusters the same name, folder, address or port", () => {
  const slot = fc.integer({ min: 0, max: 15 });
  fc.assert(
    fc.property(slot, slot, (a, b) => {
      fc.pre(a !== b);
      const [one, other] = [clusterLayout(a), clusterLayout(b)];
      const values = (layout: typeof one) => [
        ...Object.values({ ...layout, addresses: "" }).filter(Boolean),
        ...Object.values(layout.addresses),
      ];
      expect(values(one).filter((value) => values(other).includes(value))).toEqual([]);
    }),
  );
});

it("should give every cluster addresses that exist and interface names that Linux takes", () => {
  for (let slot = 0; slot <= 15; slot++) {
    const { addresses } = clusterLayout(slot);
    const { host, node, apiService, dnsService, podRange, serviceRange } = addresses;
    const all = [host, node, apiService, dnsService, ...[podRange, serviceRange].map(base)];
    expect(all.filter((address) => !isIPv4(address))).toEqual([]);
    const { hostInterface, nodeInterface, bridge } = addresses;
    expect([hostInterface, nodeInterface, bridge].filter((name) => name.length > 15)).toEqual([]);
  }
});

const base = (range: string) => range.split("/")[0] ?? "";

it("should read a slot, and refuse what is none with what is right", () => {
  expect(["0", "7", "15", undefined].map((text) => readSlot(text))).toEqual([0, 7, 15, 0]);
  for (const wrong of ["16", "-1", "1.5", "a", ""]) {
    expect(() => readSlot(wrong)).toThrow(`--slot ${wrong}: there is no such slot. Fix: give`);
  }
});
