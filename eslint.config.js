import tseslint from 'typescript-eslint';

/** Which folders a folder may not import from (docs/architecture.md, "Parts, and who may know whom"). */
const forbid = (parts, packages = []) => [
  'error',
  {
    patterns: [
      ...parts.map((part) => ({
        regex: `^(\\.\\./)+${part}/`,
        message: `This part may not know ${part}/.`,
      })),
      ...packages.map((name) => ({
        regex: `^${name}(/|$)`,
        message: `This part may not know ${name}: it is the process's.`,
      })),
    ],
  },
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'engine/kernels/assembly/', '.venv/', '.venv-train/', 'coverage/'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './viewer/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: ['test', 'it', 'describe', 'suite'] },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      eqeqeq: 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only tiler/config reads the environment.' },
      ],
    },
  },
  {
    files: ['engine/**/*.ts'],
    rules: {
      'no-restricted-imports': forbid(
        ['cache', 'tiler', 'viewer', 'bench'],
        ['hono', '@hono/node-server', 'prom-client', 'commander'],
      ),
    },
  },
  {
    files: ['cache/**/*.ts'],
    rules: {
      'no-restricted-imports': forbid(
        ['tiler', 'viewer', 'bench'],
        ['hono', '@hono/node-server', 'prom-client', 'commander'],
      ),
    },
  },
  { files: ['tiler/**/*.ts'], rules: { 'no-restricted-imports': forbid(['viewer', 'bench']) } },
  {
    files: ['viewer/**/*.ts'],
    rules: { 'no-restricted-imports': forbid(['engine', 'cache', 'tiler', 'bench']) },
  },
  // Tests in a browser start the built command as the other end-to-end tests do.
  {
    files: ['viewer/e2e/**/*.ts'],
    rules: { 'no-restricted-imports': forbid(['engine', 'cache', 'tiler/(?!e2e)', 'bench']) },
  },
  {
    files: ['tiler/config/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.mjs', '**/*.test.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);
