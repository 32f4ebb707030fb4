import type { Problem } from "../../infra/errors";
import { StackFolder } from "../support/stack-folder";

const files = new StackFolder();
afterAll(() => files.remove());

const NO_URL = {
  fault: "it is not an http or https URL without a user",
  fix: "write it as https://alerts.example.com/flinktide; who sends is proven by alerts.secretKey",
};
const NO_KEY = {
  fault: "it is not a config key outside flinktide's own",
  fix: "give alerts:secret, and run: pulumi config set --secret alerts:secret",
};
const NO_MINUTES = {
  fault: "it is not a whole number from 1 to 1440",
  fix: "give a whole number from 1 to 1440",
};
const NO_VALUE = {
  fault: "this config key has no value",
  fix: "run: pulumi config set --secret alerts:secret",
};

test.each<[string, unknown, Omit<Problem, "path" | "value">]>([
  ["webhook", "alerts.example.com", NO_URL],
  ["webhook", "ftp://alerts.example.com", NO_URL],
  ["webhook", "https://me:pw@alerts.example.com", NO_URL],
  ["secretKey", "secret", NO_KEY],
  ["secretKey", "flinktide:secret", NO_KEY],
  ["secretKey", "alerts:secret", NO_VALUE],
  ["cappedMinutes", 0, NO_MINUTES],
  ["cappedMinutes", 1441, NO_MINUTES],
])("alerts.%s: %j", async (key, value, problem) => {
  const config = {
    "flinktide:role": "platform",
    "flinktide:platform": JSON.stringify({ alerts: { [key]: value } }),
  };
  expect(await files.problems(config)).toEqual([
    { path: `flinktide:platform.alerts.${key}`, value, ...problem },
  ]);
});
