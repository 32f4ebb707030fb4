import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { transform, type Transform } from "../transform";
import { imageContext } from "./context";
import { Image } from "./image";
import type { ImageVersion } from "./versions";

export interface PushedImageArgs extends ImageVersion {
  /** Where images go, with a path if wanted: `registry.example.com/team`. This machine's Docker has to be logged in. */
  registry: string;
  transform?: { registryImage?: Transform<docker.RegistryImageArgs> };
}

/** One of this project's images in a registry, pushed only when what it is built from changes. It stays there. */
export class PushedImage extends pulumi.ComponentResource {
  /** By digest: `registry.example.com/team/flink@sha256:…`. */
  readonly reference: pulumi.Output<string>;

  constructor(name: string, args: PushedImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:images:PushedImage", name, {}, opts);
    const { recipe, version, registry } = args;
    const repository = `${registry}/${recipe}`;
    const image = new Image(name, { recipe, version }, { parent: this });
    const tag = new docker.Tag(
      `${name}-tag`,
      { sourceImage: image.imageId, targetImage: `${repository}:${version}` },
      { parent: this },
    );
    const { hash } = imageContext(recipe, version);
    const pushed: docker.RegistryImageArgs = {
      name: tag.targetImage,
      keepRemotely: true,
      triggers: { hash },
    };
    const inRegistry = new docker.RegistryImage(
      `${name}-pushed`,
      transform(args.transform?.registryImage, pushed),
      { parent: this },
    );
    this.reference = pulumi.interpolate`${repository}@${inRegistry.sha256Digest}`;
    this.registerOutputs({ reference: this.reference });
  }
}
