import * as fs from "node:fs";
import * as path from "node:path";
import { kubernetesSchema } from "../../stacks/kubernetes/platform-settings";
import { renderKubernetesPage } from "../../stacks/docs/kubernetes-page";
import { settingsOf } from "../../stacks/docs/settings";

const DOCS = path.join(__dirname, "../../docs");
const page = fs.readFileSync(path.join(DOCS, "kubernetes.md"), "utf8");

it("is what `npm run docs` writes", () => {
  expect(renderKubernetesPage(page)).toBe(page);
});

it("has the policies' flows and rights, and a page without markers is refused", () => {
  expect(page).toMatch(/\| taskmanager +\| jobmanager +\| 6123\/TCP +\| registers, reports/);
  expect(page).toMatch(/\| `leases\.coordination\.k8s\.io` +\| `conductor` +\| get, update +\|/);
  expect(() => renderKubernetesPage("# Kubernetes")).toThrow("<!-- begin adapter-rule -->");
});

it("names no setting of kubernetes that there is not", () => {
  const settings = settingsOf(kubernetesSchema, "kubernetes").map((setting) => setting.path);
  const blocks = settings.flatMap((each) =>
    each
      .replace("[]", "")
      .split(".")
      .map((_, i, all) => all.slice(0, i + 1).join(".")),
  );
  const named = [...page.matchAll(/`(kubernetes\.[A-Za-z.]+)`/g)].map(([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !blocks.includes(name))).toEqual([]);
});

it("links to pages that are there", () => {
  const links = [...page.matchAll(/\]\(([a-z-]+\.md)\)/g)].map(([, name = ""]) => name);
  expect(links).toEqual(expect.arrayContaining(["tenant.md", "guard-rails.md"]));
  expect(links.filter((name) => !fs.existsSync(path.join(DOCS, name)))).toEqual([]);
});
