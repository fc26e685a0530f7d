import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

/** Tests beside the code that start services, workers, trainers or decoders, or compute for long: not what one runs while one types. */
const SYSTEM_TESTS = [
  'apps/api/src/server.test.ts',
  'apps/trainer/src/**/{device-cache,main,peak-memory,terminal.main}.test.ts',
  'apps/worker/src/**/{artifact-sync,gpu-worker,lifecycle,request-slot,worker}.test.ts',
  'libs/artifacts/src/**/{artifacts,s3-store}.test.ts',
  'libs/datasets/src/**/{fetch-dataset,import-dataset,load-split,sample-grid}.test.ts',
  'libs/tensorflow/src/engine.test.ts',
  'libs/training/src/**/measure-speed.test.ts',
]
/** Of tests/: what starts nothing but a Redis. */
const UNIT_TESTS = ['tests/architecture/*.test.ts', 'tests/chaos/checks/*.test.ts', 'tests/docs/{page-steps,pictures,printed-text}.test.ts']
const SCENARIOS = 'tests/chaos/scenarios/*.test.ts'
const CONTAINERS = 'tests/containers/*.test.ts'

type Test = NonNullable<TestProjectInlineConfiguration['test']>

/** Projects run one after another, in the order of `place`. */
const project = (name: string, { place, exclude = [], ...test }: Test & { place: number }): TestProjectInlineConfiguration => ({
  test: {
    name,
    // Processes, not threads: TensorFlow and its worker threads live and die with them.
    pool: 'forks',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    exclude: [...configDefaults.exclude, ...exclude],
    sequence: { groupOrder: place },
    ...test,
  },
})

export default defineConfig({
  test: {
    projects: [
      // importing a file does nothing, so files can share a process, and what they import is loaded once
      project('unit', {
        ...{ place: 0, maxWorkers: 2, isolate: false },
        include: ['{apps,libs}/**/*.test.ts', ...UNIT_TESTS],
        exclude: SYSTEM_TESTS,
      }),
      // no more: several trainers at once slow each other down far beyond their number
      project('system', {
        ...{ place: 1, maxWorkers: 2 },
        include: [...SYSTEM_TESTS, 'tests/*/**/*.test.ts'],
        exclude: [...UNIT_TESTS, SCENARIOS, CONTAINERS],
      }),
      project('chaos', { place: 2, maxWorkers: 1, maxConcurrency: 2, include: [SCENARIOS] }),
      project('containers', { place: 3, maxWorkers: 2, include: [CONTAINERS] }),
    ],
  },
})
