/** A page whose commands are run, from top to bottom, against a service of its own. */
interface Page {
  name: string
  /** What it takes beyond a bare machine. */
  needs?: 'Flowers102'
  /** Where its commands are typed: in a folder of the page's own, unless they belong into the checkout. */
  in?: 'checkout'
}

export const PAGES: Page[] = [
  { name: 'README.md', needs: 'Flowers102' },
  // makes the service's first key, so that all other calls need one
  { name: 'docs/access.md' },
  { name: 'docs/api.md' },
  { name: 'docs/cli.md' },
  { name: 'docs/errors.md' },
  { name: 'docs/notebook.md', needs: 'Flowers102', in: 'checkout' },
  { name: 'docs/signal.md' },
  { name: 'docs/sweeps.md' },
]

/** Commands that no test of these pages runs: the page, how the block begins, and why. */
export const NOT_RUN = [
  {
    page: 'README.md',
    begins: 'git clone',
    why: 'it downloads; tests/tools runs npm start, and every page here a service that it started',
  },
  { page: 'docs/install.md', begins: 'git clone', why: 'as in README.md' },
  { page: 'docs/access.md', begins: 'npm start', why: 'it opens the service to the network' },
  ...['docker compose up', 'git pull', 'docker compose stop'].map((begins) => ({
    page: 'docs/containers.md',
    begins,
    why: 'tests/containers brings the compose file up, takes it down, backs it up and restores it',
  })),
  {
    page: 'docs/containers.md',
    begins: 'docker build',
    why: 'tests/containers builds them, the one for GPUs was built by hand: it downloads 3.3 GB',
  },
  ...['docker compose --profile gpu', 'docker run --detach'].map((begins) => ({
    page: 'docs/containers.md',
    begins,
    why: 'it needs a GPU',
  })),
  { page: 'docs/gpu.md', begins: 'npm start -- --engine gpu', why: 'it downloads 3.3 GB, and wants a GPU' },
  { page: 'docs/gpu.md', begins: 'npm run worker', why: 'it wants a GPU; tests/tools runs it with --engine cpu' },
  { page: 'docs/python.md', begins: 'pip install', why: 'tests/python runs the page, in an environment that has it installed' },
  { page: 'docs/reliability.md', begins: 'npm run chaos', why: 'hours; tests/chaos runs a short version of each scenario' },
  { page: 'docs/gpu.md', begins: 'npm run test:gpu', why: 'they need a GPU; tests/tools runs both where there is none' },
]
