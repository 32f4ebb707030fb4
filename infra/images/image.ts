import * as fs from "node:fs";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { UserError } from "../errors";
import { transform, type Transform } from "../transform";
import { imageContext } from "./context";
import type { ImageVersion } from "./versions";

/** Credentials of a private registry. */
export interface RegistryArgs {
  /**
   * Address of the registry.
   * @default the host in the image's reference, else Docker Hub's
   */
  server?: string;
  username: pulumi.Input<string>;
  /** Kept secret in the state, in previews and in logs. */
  password: pulumi.Input<string>;
}

/** An image made elsewhere, pulled by its reference. */
export interface PulledImageArgs {
  /** As for `docker pull`, for instance `flink:1.14.6-java11` or `registry.example.com/team/flink:1.20.3`. */
  reference: string;
  /** @default none: the registry is public, or this machine has logged in to it */
  registry?: RegistryArgs;
}

export type ImageArgs = (ImageVersion | PulledImageArgs) & {
  /** Changes the one child resource. */
  transform?: { image?: Transform<docker.RemoteImageArgs> };
};

/**
 * A Docker image in the engine: one of this project's own, built from its context and built anew only when the
 * context changes, or one that is pulled. It stays in the engine when the stack goes.
 *
 *     const flink = new Image("flink", { recipe: "flink", version: "1.14.6" });
 *     const own = new Image("own", { reference: "registry.example.com/flink:7", registry: { username, password } });
 */
export class Image extends pulumi.ComponentResource {
  /** What a Container must be given: with a name in its place, it would be replaced on every `up`. */
  readonly imageId: pulumi.Output<string>;
  /** The name people know the image by. */
  readonly reference: pulumi.Output<string>;

  constructor(name: string, args: ImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:images:Image", name, {}, opts);
    const built = "recipe" in args;
    const childArgs = built ? buildArgs(args) : pullArgs(args);
    const provider = built ? undefined : this.createProvider(name, args);
    const image = new docker.RemoteImage(
      `${name}-image`,
      transform(args.transform?.image, childArgs),
      { parent: this, provider },
    );
    this.imageId = image.imageId;
    this.reference = image.name;
    this.registerOutputs({ imageId: this.imageId, reference: this.reference });
  }

  /** Credentials are a matter of the provider in use, so a private registry gets one of its own. */
  private createProvider(name: string, args: PulledImageArgs): docker.Provider | undefined {
    if (args.registry === undefined) return undefined;
    const { server, username, password } = args.registry;
    return new docker.Provider(
      `${name}-registry`,
      {
        registryAuth: [
          {
            address: server ?? registryOf(args.reference),
            username,
            password: pulumi.secret(password),
          },
        ],
      },
      { parent: this },
    );
  }
}

function buildArgs({ recipe, version }: ImageVersion): docker.RemoteImageArgs {
  const { directory, hash, tag } = imageContext(recipe, version);
  if (!fs.existsSync(directory)) {
    throw new UserError(
      `What the image ${tag} is built from is not there (${directory}). Fix: run npm run setup${recipe === "cdc-collector" ? " -- --collector" : ""}, then again.`,
    );
  }
  return { name: tag, build: { context: directory }, triggers: { hash }, keepLocally: true };
}

function pullArgs({ reference }: PulledImageArgs): docker.RemoteImageArgs {
  return { name: reference, keepLocally: true };
}

/** The registry in a reference: its first part if that looks like a host, else Docker Hub. */
export function registryOf(reference: string): string {
  const [first = "", ...rest] = reference.split("/");
  const host = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return host ? first : "registry-1.docker.io";
}
