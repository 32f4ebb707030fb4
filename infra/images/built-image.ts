import { exec } from "../exec";
import { isInEngine } from "./build-image";
import { imageContext } from "./context";
import { ensureOsBase } from "./os-base";
import { prepareImages } from "./prepare";
import { OS_BASE, type ImageVersion } from "./versions";

/** Gives the tag of one of the project's images, which is built first where it is missing. */
export async function builtImage(image: ImageVersion): Promise<string> {
  const { tag, directory } = imageContext(image.recipe, image.version);
  await ensureOsBase(OS_BASE);
  if (!(await isInEngine(tag))) {
    await prepareImages([image]);
    await exec("docker", ["build", "--tag", tag, directory]);
  }
  return tag;
}
