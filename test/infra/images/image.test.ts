import * as pulumi from "@pulumi/pulumi";
import type { MockResourceArgs } from "@pulumi/pulumi/runtime";
import { imageContext } from "../../../infra/images/context";
import { Image, registryOf } from "../../../infra/images/image";

const made: MockResourceArgs[] = [];

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: (args) => {
      made.push(args);
      return { id: `${args.name}-id`, state: { ...args.inputs, imageId: "sha256:abc" } };
    },
    call: ({ token }) => {
      throw new Error(`Mock not implemented: ${token}`);
    },
  });
});
beforeEach(() => made.splice(0));

const valueOf = <T>(output: pulumi.Output<T>) =>
  new Promise<T>((resolve) => output.apply((value) => resolve(value)));
const children = () => made.filter(({ type }) => type !== "flinktide:images:Image");

describe("Image", () => {
  it("should build one of ours from its context, anew only with another hash", async () => {
    const image = new Image("flink", { recipe: "flink", version: "1.14.6" });
    const { directory, hash, tag } = imageContext("flink", "1.14.6");
    expect(await valueOf(image.imageId)).toBe("sha256:abc");
    expect(await valueOf(image.reference)).toBe(tag);
    expect(children()).toEqual([
      expect.objectContaining({
        type: "docker:index/remoteImage:RemoteImage",
        name: "flink-image",
        inputs: { name: tag, build: { context: directory }, triggers: { hash }, keepLocally: true },
      }),
    ]);
  });

  it("should pull any other by its reference", async () => {
    const image = new Image("own", { reference: "flink:1.14.6" });
    expect(await valueOf(image.reference)).toBe("flink:1.14.6");
    expect(children().map(({ inputs }) => inputs)).toEqual([
      { name: "flink:1.14.6", keepLocally: true },
    ]);
  });

  it("should pull from a private registry through a provider that keeps the password secret", async () => {
    const reference = "registry.example.com:5000/team/flink:7";
    const registry = { username: "ann", password: "s3cret" };
    const image = new Image("own", { reference, registry });
    await valueOf(image.imageId);
    const [provider, remote] = children();
    expect(provider?.type).toBe("pulumi:providers:docker");
    const auth = pulumi.runtime.isRpcSecret(provider?.inputs.registryAuth)
      ? pulumi.runtime.unwrapRpcSecret(provider?.inputs.registryAuth)
      : provider?.inputs.registryAuth;
    expect(JSON.parse(auth)).toEqual([
      expect.objectContaining({ address: "registry.example.com:5000", username: "ann" }),
    ]);
    expect(remote?.provider).toContain("own-registry");
    expect(JSON.stringify(remote?.inputs)).not.toContain("s3cret");
  });

  it("should let a caller change the child", async () => {
    const image = new Image("own", {
      reference: "flink:1.14.6",
      transform: { image: { platform: "linux/amd64" } },
    });
    await valueOf(image.imageId);
    expect(children()[0]?.inputs).toMatchObject({ platform: "linux/amd64" });
  });
});

describe("registryOf", () => {
  it.each([
    ["flink:1.14.6", "registry-1.docker.io"],
    ["apache/flink:1.14.6", "registry-1.docker.io"],
    ["ghcr.io/team/flink", "ghcr.io"],
    ["localhost/flink", "localhost"],
    ["127.0.0.1:5000/flink:1", "127.0.0.1:5000"],
  ])("%s is in %s", (reference, registry) => expect(registryOf(reference)).toBe(registry));
});
