import * as http from "node:http";
import {
  endpointOf,
  parseServiceUrl,
  serviceHost,
  urlFromPods,
} from "../../../infra/kubernetes/service-url";
import { FakeApiServer } from "../../support/fake-api-server";

const URL_OF_FLINK = "kubernetes://flinktide-dev-acme/jobmanager:8081";

it("names a port of a service", () => {
  const at = { namespace: "flinktide-dev-acme", service: "jobmanager", port: 8081 };
  expect(parseServiceUrl(URL_OF_FLINK)).toEqual(at);
  expect(serviceHost(at)).toBe("jobmanager.flinktide-dev-acme.svc");
  expect(serviceHost(at, "pod-1")).toBe("pod-1.jobmanager.flinktide-dev-acme.svc");
});

it.each([
  "kubernetes://a/b",
  "kubernetes://a/b:70000",
  "kubernetes://a:1/b",
  "kubernetes://a/b:1/path",
  "kubernetes:///b:1",
  "kubernetes://A/b:1",
])("%s is refused with an example", (url) => {
  expect(() => parseServiceUrl(url)).toThrow(
    `${url} does not name a port of a service. Fix: give kubernetes://NAMESPACE/SERVICE:PORT, for instance`,
  );
});

it("a pod reaches a service by its name, and anything else by its URL", () => {
  expect(urlFromPods("kubernetes://flinktide-prod/prometheus:9090")).toBe(
    "http://prometheus.flinktide-prod.svc:9090",
  );
  expect(urlFromPods("https://p.example.com/x")).toBe("https://p.example.com/x");
  expect(() => urlFromPods("kubernetes://flinktide-prod")).toThrow("does not name a port");
});

describe("endpointOf", () => {
  let server: FakeApiServer;
  beforeEach(async () => {
    server = await FakeApiServer.start();
  });
  afterEach(() => server.close());
  const agent = new http.Agent();
  const never = () => Promise.reject(new Error("the cluster was asked for"));

  it("takes any other URL as it is, and asks for no cluster", async () => {
    const inCluster = () => {
      throw new Error("the machine was looked at");
    };
    const through = { inCluster, api: never };
    expect(await endpointOf("http://127.0.0.1:1", agent, through)).toEqual({
      ...{ baseURL: "http://127.0.0.1:1", httpAgent: agent },
    });
    expect(await endpointOf("http://h", undefined, through)).toEqual({ baseURL: "http://h" });
  });

  it("within the cluster goes to the service by its name", async () => {
    const through = { inCluster: () => true, api: never };
    expect(await endpointOf(URL_OF_FLINK, agent, through)).toEqual({
      ...{ baseURL: "http://jobmanager.flinktide-dev-acme.svc:8081", httpAgent: agent },
    });
  });

  it("from outside goes through the API server, with its own connections and credentials", async () => {
    const api = server.client();
    const through = { inCluster: () => false, api: async () => api };
    const { agent: secured } = await api.access.credentials();
    expect(await endpointOf(URL_OF_FLINK, agent, through)).toEqual({
      baseURL: `${server.url}/api/v1/namespaces/flinktide-dev-acme/services/http:jobmanager:8081/proxy`,
      headers: { Authorization: "Bearer secret" },
      httpAgent: secured,
      httpsAgent: secured,
    });
  });
});
