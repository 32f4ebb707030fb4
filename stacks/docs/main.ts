import * as fs from "node:fs";
import * as path from "node:path";
import { PROJECT_DIR } from "../../infra/toolchain/paths";
import { renderKubernetesPage } from "./kubernetes-page";
import { renderReference } from "./reference";

/** `npm run docs`: rewrites what pages take from the schemas, the policies and the example tenant. */
const page = path.join(PROJECT_DIR, "docs", "tenant.md");
const example = fs.readFileSync(path.join(PROJECT_DIR, "Pulumi.dev-acme.yaml"), "utf8");
fs.writeFileSync(page, renderReference(fs.readFileSync(page, "utf8"), example));
const kubernetes = path.join(PROJECT_DIR, "docs", "kubernetes.md");
fs.writeFileSync(kubernetes, renderKubernetesPage(fs.readFileSync(kubernetes, "utf8")));
console.log(
  `docs/tenant.md is up to date with the schemas and Pulumi.dev-acme.yaml, docs/kubernetes.md with the policies`,
);
