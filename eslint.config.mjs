import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

/** Forbids imports from the given folders: imports go policies <- infra <- stacks. */
const mayNotImport = (...folders) => ({
  "no-restricted-imports": [
    "error",
    {
      patterns: folders.map((f) => ({
        group: [`**/${f}/**`],
        message: `imports go policies <- infra <- stacks; ${f}/ is above this folder`,
      })),
    },
  ],
});

/** In policies/, what is imported is zod or lies within policies/: `./` there, and `../` from a folder in it. */
const mayImportOnlyPolicies = (own) => ({
  "no-restricted-imports": [
    "error",
    {
      patterns: [
        {
          regex: `^(?!(${own}[\\w-]+(/[\\w-]+)?|zod)$).*`,
          message: "policies/ is pure: it imports only zod and its own files",
        },
      ],
    },
  ],
});

export default tseslint.config(
  { ignores: ["node_modules/", "infra/jobs/**/target/", "docs/"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      eqeqeq: ["error", "smart"],
      curly: ["error", "multi-line"],
      "prefer-const": "error",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
      ],
    },
  },
  {
    files: ["policies/**/*.ts"],
    rules: {
      "no-restricted-globals": ["error", "process", "fetch", "setTimeout", "setInterval"],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "the clock is an argument" },
        { object: "Math", property: "random", message: "decisions are deterministic" },
      ],
    },
  },
  { files: ["policies/**/*.ts"], rules: mayImportOnlyPolicies("\\./") },
  { files: ["policies/*/*.ts"], rules: mayImportOnlyPolicies("\\.{1,2}/") },
  { files: ["infra/**/*.ts"], rules: mayNotImport("stacks") },
  { files: ["test/**/*.ts"], rules: { "max-lines-per-function": "off" } },
  {
    files: ["**/*.cjs", "**/*.mjs"],
    languageOptions: {
      globals: {
        require: "readonly",
        module: "writable",
        process: "readonly",
        console: "readonly",
        __dirname: "readonly",
      },
    },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  prettier,
);
