import * as path from "node:path";

import { contentHash } from "../content-hash";
import { cacheDir } from "../toolchain/paths";
import type { Recipe } from "./versions";

export interface ImageContext {
  /** Folder with the Dockerfile and all it copies; made by `prepareImages`. */
  directory: string;
  /** Changes with the recipe and the version. */
  hash: string;
  /** `flinktide/<recipe>:<version>-<hash>` */
  tag: string;
}

/** The folder of a recipe in the checkout. */
export function recipeDirectory(recipe: Recipe): string {
  return path.join(__dirname, recipe);
}

/** Where an image's build context is (or will be, after `prepareImages`) and what the image is called. No network. */
export function imageContext(recipe: Recipe, version: string): ImageContext {
  const hash = contentHash(recipeDirectory(recipe), [version]);
  return {
    directory: cacheDir("images", `${recipe}-${version}-${hash}`),
    hash,
    tag: `flinktide/${recipe}:${version}-${hash}`,
  };
}
