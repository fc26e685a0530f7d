import { spawn } from 'node:child_process'
import path from 'node:path'
import { OWN_NODE, ROOT } from '../process/repository.mjs'

/** The lesson: three small experiments, their curves, and the table of norms by depth. @param {{ url: string, env: NodeJS.ProcessEnv, signal: AbortSignal }} options */
export function runExample({ url, env, signal }) {
  const args = [path.join(ROOT, 'apps', 'cli', 'bin', 'trainyard.mjs'), 'lesson', '--url', url]
  return new Promise((resolve) => {
    const child = spawn(OWN_NODE, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] })
    const end = () => void child.kill('SIGTERM')
    signal.addEventListener('abort', end, { once: true })
    child.once('error', resolve)
    child.once('exit', resolve)
  })
}

/** What to do next, in commands that work when pasted. @param {{ url: string, port: number }} options */
export function welcome({ url, port }) {
  const at = port === 8787 ? '' : ` --url ${url}`
  return `
Trainyard runs: look at ${url} (its interface: ${url}/docs). Ctrl-C stops it; what it holds stays.

  npx trainyard list${at}
  npx trainyard watch latest${at}
  npx trainyard layers latest${at}
  npx trainyard probe --norms none,layer,group --draws 3${at}
  npx trainyard submit --dataset synthetic-flowers --image-size 32 --depth 3 --epochs 10 --lr 0.02 --watch${at}
`
}
