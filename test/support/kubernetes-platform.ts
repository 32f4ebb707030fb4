import { recordProgram } from "../../infra/recorded-program";
import { interpretConfig } from "../../stacks/config";
import { CLUSTER_IMAGES } from "../../stacks/kubernetes/image-names";
import { buildPlatform } from "../../stacks/platform";
import { DIGEST, prodPlatform } from "./prod-stacks";

/** A platform whose images are all there, for a program recorded against Kubernetes. */

export const images = Object.fromEntries(
  [...CLUSTER_IMAGES].map(([name, { recipe }]) => [
    name,
    `registry.example.com/${recipe}@${DIGEST}`,
  ]),
);
export const CONDUCTOR = { enabled: true, image: `registry.example.com/conductor@${DIGEST}` };

/** The platform's stack file as Pulumi gives it to the program, and the same with other keys. */
export async function build(settings: object = {}, others: object = {}, shared: object = {}) {
  const file = { ...prodPlatform({ images, ...settings }, shared), ...others };
  const raw = Object.fromEntries(
    Object.entries(file).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
  const { config, problems } = interpretConfig(raw, () => new Date(0));
  if (config?.role !== "platform") throw new Error(JSON.stringify(problems));
  const { platform } = config;
  return recordProgram(() => buildPlatform("prod", platform), {
    ...{ stack: "prod", outputsOf: () => ({}), config: raw },
  });
}
