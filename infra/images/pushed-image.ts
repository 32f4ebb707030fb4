import * as pulumi from "@pulumi/pulumi";
import { ImagePush } from "../flink/job";
import { imageContext } from "./context";
import { Image } from "./image";
import type { ImageVersion } from "./versions";

export interface PushedImageArgs extends ImageVersion {
  /** Where images go, with a path if wanted: `registry.example.com/team`. This machine's Docker has to be logged in. */
  registry: string;
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
    const { hash } = imageContext(recipe, version);
    const pushed = new ImagePush(
      `${name}-pushed`,
      { image: image.imageId, target: `${repository}:${version}-${hash.slice(0, 8)}` },
      { parent: this },
    );
    this.reference = pulumi.interpolate`${repository}@${pushed.digest}`;
    this.registerOutputs({ reference: this.reference });
  }
}
