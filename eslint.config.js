import tseslint from "typescript-eslint";

/** Rules of style.md that a linter can see: each restriction names the one file that is allowed. */
const timers = ["setTimeout", "setInterval", "setImmediate"].map((name) => ({
  name,
  message: "Timers come from base/clock.",
}));
const jsonParse = {
  selector: "CallExpression[callee.object.name='JSON'][callee.property.name='parse']",
  message: "JSON is parsed by base/json, with a check.",
};
const environment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: "The environment is read by config only.",
};
const srfPrivate =
  /^(createUAC|createUAS|createB2BUA|proxyRequest|findDialogByCallIDAndFromTag|findDialogById|Dialog|payload)$/;
const banned = {
  selector: `MemberExpression[property.name=${srfPrivate}]`,
  message: "Only drachtio-srf's request layer is used (architecture: which layer of drachtio-srf).",
};

export default tseslint.config(
  { ignores: ["dist/**", "**/dist/**", "node_modules/**", "test-output/**", ".run/**", "test/vectors/**"] },
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      "prefer-const": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
    },
  },
  {
    files: ["gateway/**/*.ts", "webclient/**/*.ts"],
    rules: {
      "no-restricted-globals": ["error", ...timers],
      "no-restricted-syntax": [
        "error",
        jsonParse,
        environment,
        { selector: "ExportDefaultDeclaration", message: "No default exports." },
      ],
    },
  },
  {
    files: ["gateway/sip/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", jsonParse, environment, banned] },
  },
  { files: ["**/*.cjs"], rules: { "@typescript-eslint/no-require-imports": "off" } },
  { files: ["gateway/base/clock.ts"], rules: { "no-restricted-globals": "off" } },
  { files: ["gateway/base/json.ts"], rules: { "no-restricted-syntax": "off" } },
  {
    files: ["gateway/config.ts", "gateway/sip-server/config.ts"],
    rules: { "no-restricted-syntax": ["error", jsonParse] },
  },
  {
    files: ["**/*.mjs", "test/**", "gateway/main.ts", "gateway/sip-server/main.ts", "webclient/page/vite.config.ts"],
    rules: { "no-console": "off" },
  },
);
