import { COLLECTOR_IMAGE, IMAGE_VERSIONS, type ImageVersion } from "../../infra/images/versions";

/** Of what runs in a cluster, by the names under which the platform's stack tells their references: flink-1.14.6, … */
export const CLUSTER_IMAGES: ReadonlyMap<string, ImageVersion> = new Map(
  [...IMAGE_VERSIONS, COLLECTOR_IMAGE].map((image) => [imageName(image), image]),
);

/** `flink-1.14.6` */
export function imageName({ recipe, version }: ImageVersion): string {
  return `${recipe}-${version}`;
}

export const IMAGE_NAMES = [...CLUSTER_IMAGES.keys()];
