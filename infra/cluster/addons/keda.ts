import type { KubernetesObject } from "./objects";

interface Container {
  name: string;
  image: string;
  [field: string]: unknown;
}

interface PodTemplate {
  spec: { containers: Container[]; securityContext: object; [field: string]: unknown };
  [field: string]: unknown;
}

/** Any but root: the images name no user. */
const USER = 1000;

/**
 * KEDA's own manifests with our images.
 *
 * @param images by the Deployment's name, by digest; each starts its program
 */
export function kedaObjects(
  upstream: readonly KubernetesObject[],
  images: Readonly<Record<string, string>>,
): KubernetesObject[] {
  return upstream.map((object) => {
    const image = images[object.metadata.name];
    return object.kind === "Deployment" && image !== undefined ? withImage(object, image) : object;
  });
}

function withImage(deployment: KubernetesObject, image: string): KubernetesObject {
  const spec = deployment["spec"] as { template: PodTemplate };
  const { template } = spec;
  const containers = template.spec.containers.map(({ command: _, ...container }) => ({
    ...container,
    image,
    imagePullPolicy: "IfNotPresent",
    resources: { requests: { cpu: "20m", memory: "100Mi" } },
  }));
  const securityContext = { ...template.spec.securityContext, runAsUser: USER };
  const pod = { ...template.spec, containers, securityContext };
  return { ...deployment, spec: { ...spec, template: { ...template, spec: pod } } };
}
