import { at, isContainer, podContainers, problem, type ResourceRule } from "./resource";

const IMAGE_ID = /^sha256:[0-9a-f]{64}$/;
const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** What a name means may change between two starts of the same stack. */
export const imagePinned: ResourceRule = {
  name: "image-pinned",
  says: "Every image is named by what is in it: its id on Docker, its digest on Kubernetes.",
  check(resource) {
    if (isContainer(resource)) {
      const image = at(resource.props, "image");
      if (typeof image === "string" && (IMAGE_ID.test(image) || DIGEST.test(image))) return [];
      return [
        problem(resource, "image", image, {
          fault: "it is a name, whose image may be another one tomorrow",
          fix: "give the imageId of a RemoteImage, or NAME@sha256:DIGEST",
        }),
      ];
    }
    return podContainers(resource).flatMap(({ path, value }) => {
      const image = at(value, "image");
      if (typeof image === "string" && DIGEST.test(image)) return [];
      return [
        problem(resource, `${path}.image`, image, {
          fault: "it is a name, whose image may be another one tomorrow",
          fix: "give it with its digest, as NAME@sha256:DIGEST",
        }),
      ];
    });
  },
};
