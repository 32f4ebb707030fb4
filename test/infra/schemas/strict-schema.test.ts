import { strictSchema, type Definitions } from "../../../infra/schemas/strict-schema";

const of = (group: string, version: string, kind: string) => ({
  "x-kubernetes-group-version-kind": [{ group, version, kind }],
});
const reference = (name: string) => ({ $ref: `#/definitions/${name}` });
const QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const TYPES: Definitions = {
  Deployment: {
    ...of("apps", "v1", "Deployment"),
    type: "object",
    properties: { spec: reference("Spec"), limits: reference(QUANTITY) },
  },
  OldDeployment: { ...of("apps", "v1beta1", "Deployment"), type: "object" },
  Spec: {
    type: "object",
    properties: {
      port: { type: "string", format: "int-or-string" },
      again: reference("Spec"),
      labels: { type: "object", additionalProperties: { type: "string" } },
    },
  },
  [QUANTITY]: { type: "string" },
  Unused: { type: "object" },
};

it("has every type that the kind needs, without room for what it does not name", () => {
  expect(strictSchema(TYPES, "apps/v1", "Deployment")).toEqual({
    $schema: "http://json-schema.org/draft-07/schema#",
    allOf: [{ $ref: "#/definitions/Deployment" }],
    required: ["apiVersion", "kind", "metadata"],
    definitions: {
      Deployment: { ...TYPES["Deployment"], additionalProperties: false },
      Spec: {
        type: "object",
        properties: {
          port: { type: ["string", "integer"] },
          again: { $ref: "#/definitions/Spec" },
          labels: { type: "object", additionalProperties: { type: "string" } },
        },
        additionalProperties: false,
      },
      [QUANTITY]: { type: ["string", "number"] },
    },
  });
});

it("knows a kind by group, version and kind", () => {
  expect(strictSchema(TYPES, "apps/v1beta1", "Deployment")).toMatchObject({
    allOf: [{ $ref: "#/definitions/OldDeployment" }],
  });
  expect(strictSchema(TYPES, "apps/v2", "Deployment")).toBeUndefined();
  expect(strictSchema(TYPES, "v1", "Deployment")).toBeUndefined();
  expect(strictSchema(TYPES, "apps/v1", "StatefulSet")).toBeUndefined();
});
