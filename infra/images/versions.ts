import { VERSIONS } from "../toolchain/versions";

/** The images this project builds. */
export const RECIPES = ["flink", "kafka", "prometheus", "cdc-collector"] as const;
export type Recipe = (typeof RECIPES)[number];

export interface ImageVersion {
  recipe: Recipe;
  version: string;
}

/** The image every other one starts from. */
export const OS_BASE = `debian:${VERSIONS.debian}-slim`;

/** What `prepareImages` makes ready by default. */
export const IMAGE_VERSIONS: readonly ImageVersion[] = [
  ...VERSIONS.flink.map((version) => ({ recipe: "flink" as const, version })),
  { recipe: "kafka", version: VERSIONS.kafka },
  { recipe: "prometheus", version: VERSIONS.prometheus },
];

/** Made ready only when asked for: what it is made from is 550 MB to download. */
export const COLLECTOR_IMAGE: ImageVersion = {
  recipe: "cdc-collector",
  version: VERSIONS.debezium,
};
